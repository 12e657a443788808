"""One indicator under the other normalisers and look-backs that an analyst might have chosen."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from xl_thesis import definition as d
from xl_thesis import indicators as reading
from xl_thesis import normalise, transforms
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.indicators import Reading
from xl_thesis.knowledge import Knowledge
from xl_thesis.models import Frequency, Span
from xl_thesis.observations import TimeSeries, Values, to_date
from xl_thesis.scoring import Table, freshness

NORMALISERS = ("expanding_midrank", "robust_z", "rolling_midrank")
LOOK_BACKS = (0.5, 1.0, 2.0)
_ROLLING = Span(count=120, unit="M")
_NORMAL_MAD = 1.4826022185056018  # 1 / Phi^-1(3/4): the standard deviation of a normal variable over its MAD
_PERIOD_MONTHS: dict[Frequency, int] = {"quarterly": 3, "annual": 12}
_MIN_WINDOW, _MIN_WEEKS = 40, 20  # the least that drift_t and beta accept


class Alternatives(NamedTuple):
    """One indicator's directed scores (normaliser x look-back), freshness by look-back, and what could be varied."""

    scores: Table
    freshness: Values
    by_normaliser: bool
    by_look_back: bool


def alternatives(indicator: d.Indicator, found: Reading, thesis: d.Thesis, knowledge: Knowledge) -> Alternatives:
    """Its score under each normaliser and look-back, on the same way to it as the declared score ``found``."""
    score = np.nan if found.score is None else found.score
    scores = np.full((len(NORMALISERS), len(LOOK_BACKS)), score)
    fresh = np.full(len(LOOK_BACKS), found.freshness)
    way = None if found.score is None or found.is_precomputed else _way_of(indicator, found, thesis, knowledge)
    if way is None:
        return Alternatives(scores, fresh, by_normaliser=False, by_look_back=False)
    series, declared = way
    scores[:] = declared[:, None]
    by_look_back = False
    for column, scale in enumerate(LOOK_BACKS):
        rule = rescaled(indicator, scale, series.schedule.frequency)
        if rule == indicator.transform:
            continue
        try:
            scores[:, column], fresh[column] = _scored(indicator, rule, series, thesis, knowledge)
        except (MissingData, CalculationError):  # too short for it: no choice
            continue
        by_look_back = True
    return Alternatives(scores, fresh, indicator.normalise.kind == "midrank", by_look_back)


def _way_of(
    indicator: d.Indicator, found: Reading, thesis: d.Thesis, knowledge: Knowledge
) -> tuple[TimeSeries, Values] | None:
    """The input series that gave this score, and its scores under each normaliser."""
    for source in (indicator.source, *(fallback.source for fallback in indicator.fallbacks)):
        if str(source) != found.source:
            continue
        series = knowledge.series(source)
        try:
            scores, _ = _scored(indicator, indicator.transform, series, thesis, knowledge)
        except (MissingData, CalculationError):
            continue
        if scores[0] == found.score:
            return series, scores
    return None


def _scored(
    indicator: d.Indicator, rule: d.Transform, series: TimeSeries, thesis: d.Thesis, knowledge: Knowledge
) -> tuple[Values, float]:
    """Directed scores under each normaliser, and freshness; a normaliser that is not defined gives the declared one."""
    moved = reading.transform(rule, series, knowledge, thesis.base_date)
    if len(moved) == 0:
        raise CalculationError("too short for its transform")
    overdue = moved.schedule.days_overdue(to_date(moved.days[-1]), knowledge.on)
    fresh = freshness(overdue, thesis.method.staleness[moved.schedule.frequency])
    scores = np.full(len(NORMALISERS), reading.score_of(indicator.normalise, moved, thesis.method.short_history))
    if indicator.normalise.kind == "midrank":
        for row, normaliser in enumerate((robust_z, rolling_mid_rank), start=1):
            with suppress(CalculationError):
                scores[row] = normaliser(moved, thesis.method.short_history)
    return np.array([normalise.directed(score, indicator.direction) for score in scores.tolist()]), fresh


def robust_z(series: TimeSeries, short: d.ShortHistory) -> float:
    """100 Phi((x - median) / (1.4826 MAD)) of the last value in its whole history, a short one pulled towards 50.

    The median absolute deviation times 1.4826 is the standard deviation of a normal variable (Hampel 1974).
    Raises ``CalculationError`` where more than half of the values are equal.

    >>> from xl_thesis.observations import Schedule
    >>> months = np.arange("2000-01", "2010-01", dtype="datetime64[M]").astype("datetime64[D]")
    >>> steps = TimeSeries(months, np.arange(120.0), months, Schedule("monthly", 0))
    >>> round(robust_z(steps, d.ShortHistory()), 2)
    90.95
    """
    median = float(np.median(series.values))
    deviation = _NORMAL_MAD * float(np.median(np.abs(series.values - median)))
    if deviation <= 1e-12 * max(1.0, abs(median)):
        raise CalculationError("more than half of the values are equal, so their deviation is zero")
    score = normalise.normal_cdf(float(series.values[-1]), median, deviation)
    return normalise.shrink_short_history(score, series, short)


def rolling_mid_rank(series: TimeSeries, short: d.ShortHistory) -> float:
    """``mid_rank`` of the last value among those of the ten years up to it, fewer than ``short`` pulled towards 50.

    Errors as for ``mid_rank``.
    """
    start = transforms.shift_back(series.days[-1:], _ROLLING)[0]
    window = series.at(np.flatnonzero(series.days > start))
    return normalise.shrink_short_history(normalise.mid_rank(window.values), window, short)


def rescaled(indicator: d.Indicator, scale: float, frequency: Frequency) -> d.Transform:
    """The indicator's transform with its window or span times ``scale``, in whole units, halves rounded up.

    A span is at least one period of the series. Unchanged where nothing looks back or where the length is part of the
    meaning: ``yoy``, and a change over a span that is judged against a declared level for just that span.
    """
    rule = indicator.transform
    match rule:
        case d.DriftT() | d.ExcessDriftT():
            return rule.model_copy(update={"window": max(_MIN_WINDOW, _whole(rule.window * scale))})
        case d.AnchoredZ():
            return rule.model_copy(update={"volatility_years": _whole(rule.volatility_years * scale)})
        case d.Beta():
            least = max(_MIN_WEEKS, _whole(rule.min_observations * scale))
            return rule.model_copy(update={"weeks": _whole(rule.weeks * scale), "min_observations": least})
        case d.Average():
            return rule.model_copy(update={"months": _whole(rule.months * scale)})
        case d.AboveLow():
            return rule.model_copy(update={"low_months": max(2, _whole(rule.low_months * scale))})
        case d.Change() | d.LogChange():
            if indicator.normalise.kind != "midrank" and not (isinstance(rule, d.Change) and rule.per_month):
                return rule
            period = _PERIOD_MONTHS.get(frequency, 1) if rule.span.unit == "M" else 1
            count = period * max(1, _whole(rule.span.count * scale / period))
            return rule.model_copy(update={"span": Span(count=count, unit=rule.span.unit)})
    return rule


def _whole(length: float) -> int:
    """The nearest whole number from 1 up; halves go up."""
    return max(1, math.floor(length + 0.5))
