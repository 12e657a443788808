"""What the score hangs on: each indicator and pillar left out, its influence, and how far it is from another label.

The first three are exact and need no draws. Sobol indices say which method choice drives the robustness band; they take
some fifty thousand draws and come on demand only.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from xl_thesis import robustness
from xl_thesis.days import month_end_days
from xl_thesis.definition import Label, Method
from xl_thesis.errors import CalculationError
from xl_thesis.evaluation import Result
from xl_thesis.models import as_document
from xl_thesis.observations import Values
from xl_thesis.pipeline import Scorer
from xl_thesis.reconstruction import Panel
from xl_thesis.robustness import Band, Choices, parts_of, uniforms
from xl_thesis.scoring import Aggregate, Part, Table, aggregate

Kind = Literal["indicator", "pillar"]

INFLUENCE_START = dt.date(2008, 1, 31)
MIN_MONTHS = 24
SOBOL_ROWS = 8192
_OUT_OF_PROPORTION = 2.0
_SAME_POINT = 1e-12


class LeftOut(Result):
    """The score without one indicator or pillar, and the shift in points; None where it is then withheld."""

    id: str
    kind: Kind
    score: float | None
    shift: float | None


class Influence(Result):
    """An indicator's squared correlation with the score over ``months`` month-ends, beside its nominal weight.

    Both shares are over the indicators that have an ``r_squared`` and sum to 1. ``out_of_proportion``: one share is
    more than twice the other.
    """

    id: str
    months: int
    r_squared: float | None
    influence_share: float | None
    nominal_share: float | None
    out_of_proportion: bool


class Flip(Result):
    """The smallest changes of one indicator beyond which the score has another label; None where none does.

    ``score_change`` is in points of the indicator's own score, which stays within 0 and 100. ``weight_factor``
    multiplies its declared weight (0 leaves it out); ``weight_change`` is the same in the unit of the definition.
    """

    id: str
    score_change: float | None
    score_label: str | None
    weight_factor: float | None
    weight_change: float | None
    weight_label: str | None


class SobolIndex(Result):
    """The share of the draws' variance that a choice explains alone (``first``) and with all others (``total``)."""

    choice: str
    first: float
    total: float


class Sensitivity(Result):
    """What a score hangs on, on one day. Without a score there is nothing but the day."""

    thesis: str
    as_of: dt.date
    definition_hash: str
    score: float | None
    label: str | None
    band: Band | None = None
    left_out: tuple[LeftOut, ...] = ()
    influence: tuple[Influence, ...] = ()
    flips: tuple[Flip, ...] = ()
    sobol: tuple[SobolIndex, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return as_document(self)


def analyse(scorer: Scorer, as_of: dt.date | None = None, *, with_sobol: bool = False) -> Sensitivity:
    """Band, leave-one-out, influence and distance to flip on a day, and Sobol indices where they are asked for.

    Raises ``InputError`` as ``Scorer.evaluate`` does, ``CalculationError`` where no choice moves the score.

    >>> from xl_thesis.default_store import open_default_store
    >>> from xl_thesis.thesis import load_thesis
    >>> with open_default_store() as store:
    ...     result = analyse(Scorer(load_thesis("american_exceptionalism"), store), dt.date(2026, 6, 30))
    >>> [item.id for item in result.left_out if item.kind == "pillar"]
    ['DOLLAR', 'EQUITY', 'CRYPTO', 'GEO', 'FED', 'AI']
    """
    thesis, evaluation = scorer.thesis, scorer.evaluate(as_of)
    empty = Sensitivity(
        thesis=thesis.id, as_of=evaluation.as_of, definition_hash=scorer.definition_hash, score=evaluation.score,
        label=evaluation.label,
    )  # fmt: skip
    knowledge, readings = scorer.read(evaluation.as_of)
    choices = robustness.choices_of(thesis, knowledge, readings)
    if choices is None:
        return empty
    weights = {pillar.id: pillar.weight for pillar in thesis.pillars}
    case = Case(parts_of(thesis, readings), weights, thesis.method, thesis.labels)
    seed = robustness.seed_of(scorer.definition_hash, evaluation.as_of)
    return empty.model_copy(
        update={
            "band": robustness.band_of(choices, seed),
            "left_out": leave_one_out(case),
            "influence": influence(scorer, scorer.panel(_month_ends(evaluation.as_of))),
            "flips": flips(case),
            "sobol": sobol_of(choices, seed) if with_sobol else (),
        }
    )


@dataclass(frozen=True, slots=True)
class Case:
    """Indicators (those with a weight), pillar weights and rules behind one score."""

    parts: Sequence[Part]
    pillar_weights: Mapping[str, float]
    method: Method
    labels: Sequence[Label]

    @property
    def whole(self) -> Aggregate:
        """The score as declared."""
        return aggregate(self.parts, self.pillar_weights, self.method)

    def without(self, indicator: str | None = None, pillar: str | None = None) -> float | None:
        """The score of a definition without an indicator or a pillar."""
        parts = [part for part in self.parts if part.id != indicator]
        weights = {name: weight for name, weight in self.pillar_weights.items() if name != pillar}
        return aggregate(parts, weights, self.method).score

    def label_with(self, changed: Part) -> str | None:
        """The label if this indicator were as given; None where the score is withheld."""
        parts = [changed if part.id == changed.id else part for part in self.parts]
        score = aggregate(parts, self.pillar_weights, self.method).score
        if score is None:
            return None
        return next((label for label in self.labels if score < label.below), self.labels[-1]).text.en


def leave_one_out(case: Case) -> tuple[LeftOut, ...]:
    """The score of a definition without each indicator, then without each pillar; shifts are against the whole score.

    >>> from xl_thesis.definition import Patience
    >>> patience = Patience(grace_days=5, hard_days=20)
    >>> rules = Method(staleness=dict.fromkeys(("daily", "weekly", "monthly", "quarterly", "annual"), patience))
    >>> two = [Part("a", "P", 1.0, 80.0, 1.0), Part("b", "P", 3.0, 40.0, 1.0)]
    >>> [(item.id, item.score, item.shift) for item in leave_one_out(Case(two, {"P": 1.0}, rules, []))]
    [('a', 40.0, -10.0), ('b', 80.0, 30.0), ('P', None, None)]
    """
    without: list[tuple[Kind, str, float | None]]
    without = [("indicator", part.id, case.without(indicator=part.id)) for part in case.parts]
    without += [("pillar", pillar, case.without(pillar=pillar)) for pillar in case.pillar_weights]
    whole = case.whole.score
    return tuple(
        LeftOut(id=name, kind=kind, score=score, shift=None if score is None or whole is None else score - whole)
        for kind, name, score in without
    )


def _month_ends(finish: dt.date) -> list[dt.date]:
    return month_end_days(min(INFLUENCE_START, finish), finish)


def influence(scorer: Scorer, panel: Panel) -> tuple[Influence, ...]:
    """Influence beside nominal weight over a reconstructed history (Paruolo, Saisana and Saltelli 2013).

    The squared correlation is the linear main effect; it counts what an indicator shares with others, so weights need
    not say how much it moves the score. It is over the days on which both are known, at least ``MIN_MONTHS`` of them.
    """
    thesis, total = scorer.thesis, scorer.score_panel(panel).score
    pillar_weights = {pillar.id: pillar.weight for pillar in thesis.pillars}
    within = {pillar: sum(item.weight for item in thesis.indicators_of(pillar)) for pillar in pillar_weights}
    months, squared, nominal = {}, {}, {}
    for row, item in enumerate(thesis.indicators):
        if item.weight > 0 and pillar_weights[item.pillar] > 0:
            known = np.isfinite(total) & np.isfinite(panel.scores[row]) & (panel.freshness[row] > 0)
            months[item.id] = int(known.sum())
            squared[item.id] = _r_squared(panel.scores[row][known], total[known])
            nominal[item.id] = pillar_weights[item.pillar] * item.weight / within[item.pillar]
    influences = _shares({name: value for name, value in squared.items() if value is not None})
    weights = _shares({name: nominal[name] for name in influences})
    ratio = {name: influences[name] / weights[name] for name in influences}
    return tuple(
        Influence(
            id=name,
            months=months[name],
            r_squared=squared[name],
            influence_share=influences.get(name),
            nominal_share=weights.get(name),
            out_of_proportion=not 1 / _OUT_OF_PROPORTION <= ratio.get(name, 1.0) <= _OUT_OF_PROPORTION,
        )
        for name in months
    )


def _shares(values: Mapping[str, float]) -> dict[str, float]:
    total = math.fsum(values.values())
    return {name: value / total for name, value in values.items()} if total > 0 else {}


def _r_squared(one: Values, other: Values) -> float | None:
    if len(one) < MIN_MONTHS or np.ptp(one) <= _SAME_POINT or np.ptp(other) <= _SAME_POINT:
        return None
    return float(np.corrcoef(one, other)[0, 1] ** 2)


def flips(case: Case) -> tuple[Flip, ...]:
    """For each indicator the smallest change of its score, and of its weight, beyond which the label is another.

    Empty where the score is withheld. A change that only withholds the score gives no other label.
    """
    if case.whole.score is None:
        return ()
    return tuple(
        Flip(
            id=part.id,
            score_change=change,
            score_label=label,
            weight_factor=factor,
            weight_label=weight_label,
            weight_change=None if factor is None else (factor - 1) * part.weight,
        )
        for part in case.parts
        for (change, label), (factor, weight_label) in [(_score_flip(part, case), _weight_flip(part, case))]
    )


def _score_flip(part: Part, case: Case) -> tuple[float | None, str | None]:
    """Closed form: the score is linear in the indicator's, with its effective weight as the slope."""
    whole = case.whole
    weight = whole.weights.get(part.id, 0.0)
    if whole.score is None or part.score is None or weight <= 0:
        return None, None
    limits = [label.below for label in case.labels[:-1]]
    row = sum(limit <= whole.score for limit in limits)  # of the label it has
    options = []
    if row < len(limits) and part.score + (limits[row] - whole.score) / weight <= 100:
        options.append(((limits[row] - whole.score) / weight, case.labels[row + 1].text.en))
    if row > 0 and part.score + (limits[row - 1] - whole.score) / weight > 0:
        options.append(((limits[row - 1] - whole.score) / weight, case.labels[row - 1].text.en))
    return min(options, key=lambda each: abs(each[0]), default=(None, None))


def _weight_flip(part: Part, case: Case) -> tuple[float | None, str | None]:
    """Walk outwards from the declared weight over every factor at which the label can change.

    Between two neighbours of ``_critical_factors`` the label is constant, so its value in the middle is its value.
    """

    def label_at(factor: float) -> str | None:
        return case.label_with(replace(part, weight=part.weight * factor))

    here = label_at(1.0)
    points = [0.0]
    for point in sorted(_critical_factors(part, case)):
        if point > points[-1] + _SAME_POINT * max(1.0, point):
            points.append(point)
    spans = [*pairwise(points), (points[-1], 2 * max(1.0, points[-1]) + 1)]
    up = [(low, (low + high) / 2) for low, high in spans if low >= 1 - _SAME_POINT]
    down = [(high, (low + high) / 2) for low, high in reversed(spans) if high <= 1 + _SAME_POINT] + [(0.0, 0.0)]
    nearest = (
        next(((factor, label) for factor, inside in side if (label := label_at(inside)) not in (here, None)), None)
        for side in (up, down)
    )
    return min((each for each in nearest if each), key=lambda each: abs(each[0] - 1), default=(None, None))


def _critical_factors(part: Part, case: Case) -> Iterator[float]:
    """Every factor of a weight at which the score can cross a label's limit, be withheld, or lose or gain its pillar.

    With the weight k w, the pillar's mean is (A + k w f s) / (B + k w f) and its coverage (B + k w f) / (C + k w), both
    monotone in k: A, B and C sum live weight times score, live weight and declared weight of its other indicators.
    """
    others = [each for each in case.parts if each.pillar == part.pillar and each.id != part.id]
    points = math.fsum(each.live_weight * each.score for each in others if each.score is not None)
    known, declared = math.fsum(each.live_weight for each in others), math.fsum(each.weight for each in others)
    rest = [
        (case.pillar_weights[name], pillar.coverage, pillar.score)
        for name, pillar in case.whole.pillars.items()
        if name != part.pillar and pillar.score is not None
    ]
    total, own = math.fsum(case.pillar_weights.values()), case.pillar_weights[part.pillar]
    if own <= 0 or part.weight <= 0:
        return
    weight = own + math.fsum(each for each, _, _ in rest)
    coverage = math.fsum(each * covered for each, covered, _ in rest)
    score = math.fsum(each * mean for each, _, mean in rest)
    fresh = part.live_weight / part.weight
    for least in (case.method.min_pillar_coverage, (case.method.withheld_below * total - coverage) / own):
        if fresh != least:
            yield (least * declared - known) / (part.weight * (fresh - least))
    for label in case.labels[:-1]:
        mean = (label.below * weight - score) / own
        if part.score is not None and fresh > 0 and part.score != mean:
            yield (mean * known - points) / (part.weight * fresh * (part.score - mean))


def sobol_of(choices: Choices, seed: int, rows: int = SOBOL_ROWS) -> tuple[SobolIndex, ...]:
    """Sobol indices of the choices behind the robustness band, the staleness rule on or off among them.

    Drawn on a Latin hypercube (McKay, Beckman and Conover 1979); with 8,192 rows the standard error is about 0.01.
    Draws whose score is withheld are left out with their row. Raises ``CalculationError`` where more than half of the
    rows go, or where nothing moves the score.
    """
    columns = choices.dimensions + 1
    sample = latin_hypercube(seed, rows, 2 * columns)
    return sobol_indices(choices.scores_of, choices.groups, sample[:, :columns], sample[:, columns:])


def sobol_indices(
    model: Callable[[Table], Values], groups: Mapping[str, Sequence[int]], one: Table, other: Table
) -> tuple[SobolIndex, ...]:
    """First-order and total Sobol indices of groups of columns, from two independent samples.

    First order with the estimator of Saltelli et al. (2010), total with that of Jansen (1999). A small
    first-order index can come out slightly negative. Errors as for ``sobol_of``.

    >>> sample = latin_hypercube(1, 2000, 4)
    >>> both = sobol_indices(lambda x: 2 * x[:, 0] + x[:, 1], {"x": (0,), "y": (1,)}, sample[:, :2], sample[:, 2:])
    >>> [round(index.total, 1) for index in both]
    [0.8, 0.2]
    """
    samples = [one, other]
    for columns in groups.values():
        samples.append(one.copy())
        samples[-1][:, list(columns)] = other[:, list(columns)]
    drawn = np.array([model(sample) for sample in samples])
    known = np.isfinite(drawn).all(axis=0)
    if 2 * known.sum() < len(known):
        raise CalculationError("the score is withheld in most draws, so their variance says nothing")
    base, new, *mixed = drawn[:, known]
    variance = float(np.var(drawn[:2, known]))
    if variance <= _SAME_POINT:
        raise CalculationError("no choice moves the score, so there is no variance to explain")
    centred = new - drawn[:2, known].mean()
    return tuple(
        SobolIndex(
            choice=name,
            first=float(np.mean(centred * (values - base))) / variance,
            total=float(np.mean((base - values) ** 2)) / (2 * variance),
        )
        for name, values in zip(groups, mixed, strict=True)
    )


def latin_hypercube(seed: int, rows: int, columns: int) -> Table:
    """Uniform numbers of which each column has exactly one in every interval of length 1 / rows.

    >>> np.sort(np.floor(4 * latin_hypercube(7, 4, 2)), axis=0).T.tolist()
    [[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0]]
    """
    raw = uniforms(seed, 2 * rows, columns)
    return (np.argsort(raw[:rows], axis=0, kind="stable") + raw[rows:]) / rows
