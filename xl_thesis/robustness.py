"""The robustness band: where the score goes if other reasonable method choices are made.

It answers "would other choices change the sign?". It holds no sampling error and no probability of being right: it says
nothing about data that are wrong or about indicators nobody thought of.

A draw makes each choice once, as an analyst would: one normaliser and one look-back for all indicators, every weight
times its own factor, one indicator left out. Independent choices for each indicator would average out and flatter the
score. Steps follow the uncertainty analysis of the OECD and JRC Handbook on Constructing Composite Indicators (2008).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_thesis import definition as d
from xl_thesis.alternatives import LOOK_BACKS, NORMALISERS, alternatives
from xl_thesis.errors import InputError
from xl_thesis.evaluation import Result
from xl_thesis.indicators import Reading
from xl_thesis.knowledge import Knowledge
from xl_thesis.models import as_document
from xl_thesis.normalise import NEUTRAL
from xl_thesis.observations import Values
from xl_thesis.scoring import ROUNDING, Aggregate, Part, Table, aggregate

DRAWS = 2000
WEIGHT_SPREAD = 0.5
_DIGITS = 6  # published: sums may differ in their last bits from machine to machine


class Band(Result):
    """The middle 90 % of the drawn scores, in points of 100, and what could be varied, as shares of effective weight.

    ``share_above_50`` and the percentiles are over draws that have a score; ``withheld_draws`` knew too little for one.
    """

    name: str = "robustness band (method choices)"
    note: str = "Other choices of method on the same data: no sampling error, and not a probability."
    score: float
    p5: float
    p50: float
    p95: float
    share_above_50: float
    draws: int
    withheld_draws: int
    seed: int
    normaliser_share: float
    look_back_share: float
    varied_share: float
    precomputed_share: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return as_document(self)

    def sentence(self) -> str:
        """The band in one line, with what it is not."""
        return (
            f"{self.name}: {self.p5:.1f} to {self.p95:.1f} in 90% of {self.draws:,} draws, median {self.p50:.1f};"
            f" {self.share_above_50:.0%} above 50. {self.varied_share:.0%} of the weight was also scored in other ways,"
            f" the rest only weighted anew. {self.note}"
        )


def robustness_band(
    thesis: d.Thesis, knowledge: Knowledge, readings: Mapping[str, Reading], definition_hash: str, draws: int = DRAWS
) -> Band | None:
    """The band on the day of ``knowledge``; None where the score is withheld.

    ``readings`` are those of the score, by indicator id. Raises ``InputError`` for fewer than 100 draws.

    >>> from xl_thesis.default_store import open_default_store
    >>> from xl_thesis.pipeline import Scorer
    >>> from xl_thesis.thesis import load_thesis
    >>> with open_default_store() as store:
    ...     scorer = Scorer(load_thesis("american_exceptionalism"), store)
    ...     knowledge, readings = scorer.read(dt.date(2026, 6, 30))
    ...     band = robustness_band(scorer.thesis, knowledge, readings, scorer.definition_hash)
    >>> band.p5 < band.p50 < band.p95
    True
    """
    if draws < 100:
        raise InputError(f"{draws} draws have no 5th percentile worth the name; ask for at least 100")
    choices = choices_of(thesis, knowledge, readings)
    return None if choices is None else band_of(choices, seed_of(definition_hash, knowledge.on), draws)


def band_of(choices: Choices, seed: int, draws: int = DRAWS) -> Band | None:
    """The band over choices that were computed before; None where no draw knows enough for a score."""
    drawn = choices.scores_of(uniforms(seed, draws, choices.dimensions))
    known = drawn[np.isfinite(drawn)]
    if choices.whole.score is None or len(known) == 0:
        return None
    low, middle, high = (round(float(value), _DIGITS) for value in np.percentile(known, (5, 50, 95)))
    return Band(
        score=choices.whole.score,
        p5=low,
        p50=middle,
        p95=high,
        share_above_50=float(np.mean(known > NEUTRAL + 10**-_DIGITS)),
        draws=draws,
        withheld_draws=draws - len(known),
        seed=seed,
        normaliser_share=choices.share(choices.by_normaliser),
        look_back_share=choices.share(choices.by_look_back),
        varied_share=choices.share(choices.by_normaliser | choices.by_look_back),
        precomputed_share=choices.share(choices.precomputed),
    )


def seed_of(definition_hash: str, as_of: dt.date) -> int:
    """The first 48 bits of SHA-256 over definition hash and date: a spreadsheet cell holds them exactly.

    >>> seed_of("0" * 64, dt.date(2025, 2, 24))
    62430593810292
    """
    return int.from_bytes(hashlib.sha256(f"{definition_hash}\n{as_of.isoformat()}".encode()).digest()[:6], "big")


def uniforms(seed: int, rows: int, columns: int) -> Table:
    """Uniform numbers in [0, 1), filled row by row, so that a longer run begins with the shorter one.

    The upper 53 bits of the raw output of PCG64 (O'Neill 2014). numpy promises that stream for every version and
    machine (NEP 19), and does not promise what its generators make of it.

    >>> uniforms(1, 1, 2).round(6).tolist()
    [[0.511822, 0.950464]]
    """
    raw = np.random.PCG64(seed).random_raw(rows * columns)
    return np.asarray((raw >> np.uint64(11)) * 2.0**-53, dtype=np.float64).reshape(rows, columns)


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Every alternative score, computed once; one column an indicator with a weight.

    ``scores``: normaliser x look-back x indicator, NaN where missing; ``freshness``: look-back x indicator. ``members``
    is 1 where an indicator (row) belongs to a pillar (column). ``counted``: indicators that enter the score, the ones
    a draw may leave out. ``whole`` is the score as declared.
    """

    scores: Table
    freshness: Table
    weights: Values
    pillar_weights: Values
    members: Table
    effective: Values
    by_normaliser: NDArray[np.bool_]
    by_look_back: NDArray[np.bool_]
    precomputed: NDArray[np.bool_]
    counted: NDArray[np.intp]
    whole: Aggregate
    method: d.Method

    @property
    def groups(self) -> dict[str, tuple[int, ...]]:
        """Columns of a draw by choice; the last, ``staleness``, is used on demand only."""
        return {
            "normaliser": (0,),
            "look_back": (1,),
            "drop": (2,),
            "weights": tuple(range(3, self.dimensions)),
            "staleness": (self.dimensions,),
        }

    @property
    def dimensions(self) -> int:
        """Uniform numbers that a draw takes, staleness left out."""
        return 3 + len(self.weights) + len(self.pillar_weights)

    def share(self, which: NDArray[np.bool_]) -> float:
        """Effective weight of these indicators (0 to 1)."""
        return round(math.fsum(self.effective[which]), _DIGITS)

    def scores_of(self, draws: Table) -> Values:
        """The score of each draw (row of uniform numbers), NaN where it is withheld.

        With a column for ``staleness``, numbers from one half up turn that rule off: a value counts however old it is.
        """
        rows = np.arange(len(draws))
        normaliser = (draws[:, 0] * len(NORMALISERS)).astype(np.intp)
        look_back = (draws[:, 1] * len(LOOK_BACKS)).astype(np.intp)
        factors = 1 - WEIGHT_SPREAD + 2 * WEIGHT_SPREAD * draws[:, 3 : self.dimensions]
        weights = self.weights * factors[:, : len(self.weights)]
        weights[rows, self.counted[(draws[:, 2] * len(self.counted)).astype(np.intp)]] = 0.0
        fresh = self.freshness[look_back]
        if draws.shape[1] > self.dimensions:
            fresh[draws[:, self.dimensions] >= 0.5] = 1.0
        pillar_weights = self.pillar_weights * factors[:, len(self.weights) :]
        scores = self.scores[normaliser, look_back]
        return aggregate_draws(scores, fresh, weights, pillar_weights, self.members, self.method)


def aggregate_draws(
    scores: Table, fresh: Table, weights: Table, pillar_weights: Table, members: Table, method: d.Method
) -> Values:
    """``scoring.aggregate`` for many sets of scores and weights at once, one set a row; NaN where it is withheld."""
    known = np.isfinite(scores)
    live = np.where(known, weights * fresh, 0.0)
    declared, current = weights @ members, live @ members
    with np.errstate(invalid="ignore", divide="ignore"):
        covered = np.where(declared > 0, current / declared, 0.0)
        means = (live * np.where(known, scores, 0.0)) @ members / current
        published = (current > 0) & (covered >= method.min_pillar_coverage - ROUNDING)
        share = np.where(published, pillar_weights, 0.0)
        score = np.sum(share * np.where(published, means, 0.0), axis=1) / share.sum(axis=1)
        coverage = np.sum(share * covered, axis=1) / pillar_weights.sum(axis=1)
    return np.where(published.any(axis=1) & (coverage >= method.withheld_below - ROUNDING), score, np.nan)


def parts_of(thesis: d.Thesis, readings: Mapping[str, Reading]) -> list[Part]:
    """The indicators that have a weight, as ``scoring.aggregate`` takes them."""
    return [
        Part(item.id, item.pillar, item.weight, readings[item.id].score, readings[item.id].freshness)
        for item in thesis.indicators
        if item.weight > 0
    ]


def choices_of(thesis: d.Thesis, knowledge: Knowledge, readings: Mapping[str, Reading]) -> Choices | None:
    """Every alternative score on the day of ``knowledge``; None where the score is withheld.

    What has no alternative keeps its score: one that came precomputed, a normaliser that is a declared level, a
    look-back for which there is too little history.
    """
    parts = parts_of(thesis, readings)
    pillar_weights = {pillar.id: pillar.weight for pillar in thesis.pillars}
    whole = aggregate(parts, pillar_weights, thesis.method)
    if whole.score is None:
        return None
    items = [item for item in thesis.indicators if item.weight > 0]
    found = [alternatives(item, readings[item.id], thesis, knowledge) for item in items]
    effective = np.array([whole.weights.get(part.id, 0.0) for part in parts])
    return Choices(
        scores=np.stack([each.scores for each in found], axis=-1),
        freshness=np.stack([each.freshness for each in found], axis=-1),
        weights=np.array([part.weight for part in parts]),
        pillar_weights=np.array(list(pillar_weights.values())),
        members=np.array([[float(part.pillar == pillar) for pillar in pillar_weights] for part in parts]),
        effective=effective,
        by_normaliser=np.array([each.by_normaliser for each in found]),
        by_look_back=np.array([each.by_look_back for each in found]),
        precomputed=np.array([readings[part.id].is_precomputed for part in parts]),
        counted=np.flatnonzero(effective),
        whole=whole,
        method=thesis.method,
    )
