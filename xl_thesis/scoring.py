"""Weighted arithmetic means from indicators to pillars to the score, with exact contributions. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from xl_thesis.definition import Method, Patience
from xl_thesis.normalise import NEUTRAL
from xl_thesis.observations import Values

Table = NDArray[np.float64]

SHARE_DIGITS = 12  # of a coverage that is given out: 0.35 of 0.4 would be 87 % where it is read as it is, not 88
ROUNDING = 5e-13  # a coverage short of its limit by less reaches it: sums of shares differ in their last bits


@dataclass(frozen=True, slots=True)
class Part:
    """One indicator's share: its score (None where missing), declared weight and freshness (1 fresh, 0 expired)."""

    id: str
    pillar: str
    weight: float
    score: float | None
    freshness: float

    @property
    def live_weight(self) -> float:
        """Declared weight times freshness, zero where the score is missing."""
        return 0.0 if self.score is None else self.weight * self.freshness


@dataclass(frozen=True, slots=True)
class PillarScore:
    """A pillar's score and coverage (share of its weight that is known, after staleness)."""

    score: float | None
    coverage: float
    nominal_coverage: float
    weight: float
    effective_weight: float = 0.0

    @property
    def contribution(self) -> float | None:
        """Points above or below neutral."""
        return None if self.score is None else self.effective_weight * (self.score - NEUTRAL)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The score of a set of pillars; ``weights`` and ``contributions`` are by indicator id."""

    score: float | None
    coverage: float
    nominal_coverage: float
    pillars: Mapping[str, PillarScore]
    weights: Mapping[str, float]
    contributions: Mapping[str, float]

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The score if all that is not known were 0, and if it were 100."""
        if self.score is None:
            return None
        low = math.fsum(p.weight * p.coverage * p.score for p in self.pillars.values() if p.score is not None)
        return low, low + 100.0 * (1.0 - self.coverage)


def freshness(days_overdue: int, patience: Patience) -> float:
    """1 until ``grace_days`` overdue, then falling linearly to 0 at ``hard_days``.

    >>> freshness(50, Patience(grace_days=20, hard_days=80))
    0.5
    """
    if days_overdue <= patience.grace_days:
        return 1.0
    return max(0.0, (patience.hard_days - days_overdue) / (patience.hard_days - patience.grace_days))


def freshness_along(days_overdue: NDArray[np.int64], patience: Patience) -> Values:
    """``freshness`` of many; days that are not yet due are negative."""
    return np.clip((patience.hard_days - days_overdue) / (patience.hard_days - patience.grace_days), 0.0, 1.0)


def score_pillar(parts: Sequence[Part], weight: float, min_coverage: float) -> PillarScore:
    """Mean of the known scores by live weight; None where less than ``min_coverage`` of the weight is known."""
    total = math.fsum(part.weight for part in parts)
    if total <= 0 or weight <= 0:
        return PillarScore(None, 0.0, 0.0, weight)
    live = math.fsum(part.live_weight for part in parts)
    nominal = math.fsum(part.weight for part in parts if part.live_weight > 0) / total
    coverage = live / total
    if live <= 0 or coverage < min_coverage - ROUNDING:
        return PillarScore(None, coverage, nominal, weight)
    mean = math.fsum(part.live_weight / live * part.score for part in parts if part.score is not None)
    return PillarScore(mean, coverage, nominal, weight)


def aggregate(parts: Iterable[Part], pillar_weights: Mapping[str, float], method: Method) -> Aggregate:
    """Score = mean of published pillars by weight = 50 + sum of contributions, to within 1e-12.

    Coverage is the weight of what is known in published pillars over all weight. The score is None under
    ``withheld_below``. Weights need not sum to one.
    """
    by_pillar: dict[str, list[Part]] = {pillar: [] for pillar in pillar_weights}
    for part in parts:
        if part.pillar in by_pillar:
            by_pillar[part.pillar].append(part)
    total = math.fsum(pillar_weights.values())
    pillars = {
        pillar: score_pillar(by_pillar[pillar], weight / total if total > 0 else 0.0, method.min_pillar_coverage)
        for pillar, weight in pillar_weights.items()
    }
    published = [pillar for pillar in pillars.values() if pillar.score is not None]
    coverage = math.fsum(pillar.weight * pillar.coverage for pillar in published)
    nominal = math.fsum(pillar.weight * pillar.nominal_coverage for pillar in published)
    if not published or coverage < method.withheld_below - ROUNDING:
        return Aggregate(None, coverage, nominal, pillars, {}, {})
    return _contributions(by_pillar, pillars, coverage, nominal)


def _contributions(
    by_pillar: Mapping[str, Sequence[Part]], pillars: Mapping[str, PillarScore], coverage: float, nominal: float
) -> Aggregate:
    published_weight = math.fsum(pillar.weight for pillar in pillars.values() if pillar.score is not None)
    weighted: dict[str, PillarScore] = {}
    weights: dict[str, float] = {}
    contributions: dict[str, float] = {}
    for name, pillar in pillars.items():
        if pillar.score is None:
            weighted[name] = pillar
            continue
        share = pillar.weight / published_weight
        weighted[name] = PillarScore(pillar.score, pillar.coverage, pillar.nominal_coverage, pillar.weight, share)
        live = math.fsum(part.live_weight for part in by_pillar[name])
        for part in by_pillar[name]:
            if part.score is not None and part.live_weight > 0:
                weights[part.id] = share * part.live_weight / live
                contributions[part.id] = weights[part.id] * (part.score - NEUTRAL)
    score = NEUTRAL + math.fsum(contributions.values())
    return Aggregate(min(100.0, max(0.0, score)), coverage, nominal, weighted, weights, contributions)


@dataclass(frozen=True, slots=True, eq=False)
class DailyScores:
    """Score, coverage and pillar scores on many days; NaN where a score is withheld or a pillar not published."""

    score: Values
    coverage: Values
    pillars: Mapping[str, Values]


def aggregate_days(
    scores: Table, freshness: Table, weights: Mapping[str, Values], pillar_weights: Mapping[str, float], method: Method
) -> DailyScores:
    """``aggregate`` on many days at once: one row an indicator, one column a day, NaN a missing score.

    ``weights`` has for each pillar one weight a row, zero for the indicators of other pillars.
    """
    live = np.where(np.isfinite(scores), freshness, 0.0)
    known = np.where(np.isfinite(scores), scores, 0.0)
    total = math.fsum(pillar_weights.values())
    points, share, coverage = (np.zeros(scores.shape[1]) for _ in range(3))
    pillars: dict[str, Values] = {}
    for name, weight in pillar_weights.items():
        row_weights = weights[name]
        declared = math.fsum(row_weights)
        current = row_weights @ live
        covered = current / declared if declared > 0 else np.zeros_like(current)
        published = (current > 0) & (covered >= method.min_pillar_coverage - ROUNDING) & (weight > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            pillars[name] = np.where(published, (row_weights @ (live * known)) / current, np.nan)
        part = weight / total if total > 0 else 0.0
        points += np.where(published, part * np.nan_to_num(pillars[name]), 0.0)
        share += np.where(published, part, 0.0)
        coverage += np.where(published, part * covered, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where((share > 0) & (coverage >= method.withheld_below - ROUNDING), points / share, np.nan)
    return DailyScores(score, coverage, pillars)


class Contributor(Protocol):
    """A pillar or an indicator of an evaluation."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def contribution(self) -> float | None: ...  # noqa: D102


def displayed_points(score: float | None, contributors: Iterable[Contributor]) -> dict[str, float]:
    """Points by id, to one decimal, that add up to the displayed score less 50; empty where there is no score."""
    return displayed_parts(None if score is None else round(score, 1) - NEUTRAL, contributors)


def displayed_parts(total: float | None, contributors: Iterable[Contributor]) -> dict[str, float]:
    """Points by id, to one decimal, that add up to the displayed points of their whole; empty where it has none."""
    if total is None:
        return {}
    live = [(item.id, item.contribution) for item in contributors if item.contribution is not None]
    points = round_to_sum([contribution for _, contribution in live], total)
    return dict(zip((name for name, _ in live), points, strict=True))


def round_to_sum(values: Sequence[float], total: float, digits: int = 1) -> list[float]:
    """Values rounded so that they add up to the rounded total (largest-remainder method).

    >>> round_to_sum([1.24, 2.27, 3.29], 6.80, 1)
    [1.2, 2.3, 3.3]
    """
    exact = [round(value * 10**digits, 6) for value in values]
    units = [math.floor(value) for value in exact]
    short = round(total * 10**digits) - sum(units)
    order = sorted(range(len(units)), key=lambda row: units[row] - exact[row], reverse=short < 0)
    for step in range(abs(short) if units else 0):
        units[order[step % len(units)]] += 1 if short > 0 else -1
    return [round(count / 10**digits, digits) for count in units]
