"""Scores of probabilities for events that happened (1) or did not (0). Pure; lower is better throughout.

The Brier score is the mean of (p - o)^2: 0 perfect, 0.25 for always saying one half, 1 for certain and wrong. (Some
platforms add the same term for "it does not happen"; theirs is twice as large.)
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from xl_thesis.errors import CalculationError

MIN_FOR_RELIABILITY = 30
"""Resolved questions under which a reliability table would show noise."""

_BINS = 10


def brier_score(probabilities: Sequence[float], outcomes: Sequence[int]) -> float:
    """Mean of (p - o)^2 (Brier 1950, for one of two outcomes).

    Raises ``CalculationError`` where there is nothing to score.

    >>> round(brier_score([0.7, 0.3], [1, 1]), 4)
    0.29
    """
    return _mean([(p - o) ** 2 for p, o in _pairs(probabilities, outcomes)])


def log_score(probabilities: Sequence[float], outcomes: Sequence[int]) -> float:
    """Mean of -ln(the probability given to what happened); infinite once a probability of 0 or 1 was wrong.

    Nothing is clipped: who says "certain" and is wrong has no finite score. Errors as for ``brier_score``.

    >>> log_score([1.0], [0])
    inf
    """
    given = [p if o else 1 - p for p, o in _pairs(probabilities, outcomes)]
    return _mean([-math.log(p) if p > 0 else math.inf for p in given])


def skill(score: float, reference: float) -> float:
    """1 - score / reference: 1 perfect, 0 no better than the reference (the base rates), negative worse.

    Raises ``CalculationError`` where the reference is perfect.

    >>> skill(0.1, 0.2)
    0.5
    """
    if reference <= 0:
        raise CalculationError("the base rates were perfect, so there is no skill over them")
    return 1 - score / reference


def time_weighted_brier(forecasts: Sequence[tuple[dt.date, float]], closes: dt.date, outcome: int) -> float:
    """Average of (p - o)^2 over the days from the first forecast until the day before ``closes``.

    ``forecasts`` are (day, p) in the order they were made; each stands until the next, and of several on one day the
    last counts. Days before the first are not scored. Raises ``CalculationError`` where no forecast stood for a day.

    >>> days = [dt.date(2026, 1, day) for day in (1, 4, 5)]
    >>> time_weighted_brier([(days[0], 0.5), (days[1], 0.9)], closes=days[2], outcome=1)
    0.19
    """
    standing = {day: p for day, p in sorted(forecasts, key=lambda forecast: forecast[0]) if day < closes}
    if not standing:
        raise CalculationError("no forecast stood before the question was resolved")
    ends = [*list(standing)[1:], closes]
    days = [(end - start).days for start, end in zip(standing, ends, strict=True)]
    terms = [count * (p - outcome) ** 2 for count, p in zip(days, standing.values(), strict=True)]
    return math.fsum(terms) / sum(days)


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts in a tenth of the range: how many, their mean, and the share of them that came true."""

    count: int
    forecast: float
    observed: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Murphy's (1973) parts: Brier score = reliability - resolution + uncertainty, apart from spread within a bin.

    ``reliability``: how far stated probabilities are from what happened (0 is perfect); ``resolution``: how far the
    outcomes of different forecasts differ (more is better); ``uncertainty``: the variance of the outcomes.
    """

    bins: tuple[Bin, ...]
    reliability: float
    resolution: float
    uncertainty: float


def reliability(probabilities: Sequence[float], outcomes: Sequence[int]) -> Reliability:
    """Ten bins of equal width, each with its upper edge (and the first with 0), and Murphy's parts over them.

    Raises ``CalculationError`` for fewer than 30 resolved questions.
    """
    pairs = _pairs(probabilities, outcomes)
    if len(pairs) < MIN_FOR_RELIABILITY:
        raise CalculationError(f"{len(pairs)} resolved questions are too few: reliability needs {MIN_FOR_RELIABILITY}")
    groups: dict[int, list[tuple[float, int]]] = {}
    for p, o in pairs:
        groups.setdefault(max(math.ceil(p * _BINS - 1e-9) - 1, 0), []).append((p, o))
    bins = [
        Bin(len(group), _mean([p for p, _ in group]), _mean([o for _, o in group]))
        for _, group in sorted(groups.items())
    ]  # fmt: skip
    overall = _mean([o for _, o in pairs])
    return Reliability(
        bins=tuple(bins),
        reliability=math.fsum(part.count * (part.forecast - part.observed) ** 2 for part in bins) / len(pairs),
        resolution=math.fsum(part.count * (part.observed - overall) ** 2 for part in bins) / len(pairs),
        uncertainty=overall * (1 - overall),
    )


def _pairs(probabilities: Sequence[float], outcomes: Sequence[int]) -> list[tuple[float, int]]:
    return list(zip(probabilities, outcomes, strict=True))


def _mean(values: Sequence[float]) -> float:
    if not values:
        raise CalculationError("no resolved forecast to score")
    return math.fsum(values) / len(values)
