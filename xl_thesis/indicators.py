"""One indicator on one day: the way to it that is fresh, its value, its score, and why not where there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from xl_thesis import definition as d
from xl_thesis import markets, normalise, transforms, trend
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.evaluation import Grade, IndicatorStatus
from xl_thesis.knowledge import Knowledge
from xl_thesis.models import Operand, SeriesMeta
from xl_thesis.observations import Schedule, TimeSeries, to_date
from xl_thesis.scoring import freshness
from xl_thesis.thesis import transform_series


@dataclass(frozen=True, slots=True)
class Reading:
    """What one way to an indicator gave. ``series_ids`` are the stored series behind it, ``imported`` the files from
    which values of them were imported."""

    value: float | None = None
    score: float | None = None
    freshness: float = 0.0
    observed_on: dt.date | None = None
    available_at: dt.date | None = None
    source: str | None = None
    is_proxy: bool = False
    is_precomputed: bool = False
    reason: str | None = None
    grade: Grade | None = None
    series_ids: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    schedule: Schedule | None = None

    @property
    def status(self) -> IndicatorStatus:
        """One word for how the value stands."""
        if self.score is None:
            return "missing"
        if self.freshness >= 1.0:
            return "fresh"
        return "stale" if self.freshness > 0.0 else "expired"


def read(indicator: d.Indicator, thesis: d.Thesis, knowledge: Knowledge, precomputed: SeriesMeta) -> Reading:
    """The first fresh way to the indicator, else the freshest, of expired ones the newest.

    Ways are its source, then each fallback, then scores that came precomputed with the package because the prices
    behind them may not be passed on.
    """
    best, reasons = Reading(), []
    for reading in _ways(indicator, thesis, knowledge, precomputed):
        if reading.freshness >= 1.0:
            return reading
        if reading.score is None:
            reasons.append(reading.reason)
        elif best.score is None or _rank(reading) > _rank(best):
            best = reading
    if best.score is None:
        return Reading(reason="; ".join(dict.fromkeys(reason for reason in reasons if reason)))
    return best


def _rank(reading: Reading) -> tuple[float, dt.date]:
    """What makes a way the better one: freshness, and among the expired the newer value."""
    day = reading.observed_on if reading.freshness == 0 else None
    return reading.freshness, day or dt.date.min


def _ways(indicator: d.Indicator, thesis: d.Thesis, knowledge: Knowledge, precomputed: SeriesMeta) -> Iterator[Reading]:
    yield _attempt(indicator, indicator.source, thesis, knowledge)
    for fallback in indicator.fallbacks:
        reading = _attempt(indicator, fallback.source, thesis, knowledge)
        note = f"proxy: {fallback.note}" + (f"; {reading.reason}" if reading.reason else "")
        yield reading if reading.score is None else replace(reading, is_proxy=True, reason=note)
    yield _from_precomputed(thesis, knowledge, precomputed)


def _attempt(indicator: d.Indicator, source: Operand, thesis: d.Thesis, knowledge: Knowledge) -> Reading:
    try:
        return compute(indicator, source, thesis, knowledge)
    except (MissingData, CalculationError) as error:
        return Reading(reason=str(error))


def compute(indicator: d.Indicator, source: Operand, thesis: d.Thesis, knowledge: Knowledge) -> Reading:
    """The indicator from one source.

    Raises ``MissingData`` where something is not known and ``CalculationError`` where it cannot be computed.
    """
    series = knowledge.series(source)
    others = transform_series(indicator)
    inputs = (indicator, thesis, series, *map(knowledge.series, others))
    if isinstance(indicator.transform, d.AnchoredZ | d.ChangeSince):
        _base(indicator.transform.base_date or thesis.base_date, knowledge.on)
    transformed, score = knowledge.once(
        ("score", indicator.id, source), inputs, lambda: _scored(indicator, source, thesis, knowledge)
    )
    observed_on = to_date(transformed.days[-1])
    newest = to_date(series.days[-1])
    carried = f"carried: the value of {newest} has nothing to compare with" if newest > observed_on else None
    operands = (source, *others)
    metas = [meta for operand in operands for meta in knowledge.leaves(operand)]
    return Reading(
        value=float(transformed.values[-1]),
        score=score,
        freshness=_freshness(transformed.schedule, observed_on, thesis, knowledge.on),
        observed_on=observed_on,
        available_at=to_date(transformed.available[-1]),
        source=str(source),
        reason=carried,
        grade=max(grade_of(meta, knowledge) for meta in metas),
        series_ids=tuple(meta.id for meta in metas),
        imported=tuple(dict.fromkeys(file for operand in operands for file in knowledge.files(operand))),
        schedule=transformed.schedule,
    )


def _scored(
    indicator: d.Indicator, source: Operand, thesis: d.Thesis, knowledge: Knowledge
) -> tuple[TimeSeries, float]:
    """The transformed series and the directed score of its last value; the same for the same inputs on any day."""
    transformed = transform(indicator.transform, knowledge.series(source), knowledge, thesis.base_date)
    if len(transformed) == 0:
        raise CalculationError(f"{source} is too short for its transform")
    score = score_of(indicator.normalise, transformed, thesis.method.short_history)
    return transformed, normalise.directed(score, indicator.direction)


def _from_precomputed(thesis: d.Thesis, knowledge: Knowledge, precomputed: SeriesMeta) -> Reading:
    try:
        scores = knowledge.stored(precomputed)
    except MissingData:
        return Reading()
    observed_on = to_date(scores.days[-1])
    return Reading(
        score=float(scores.values[-1]),
        freshness=_freshness(scores.schedule, observed_on, thesis, knowledge.on),
        observed_on=observed_on,
        available_at=to_date(scores.available[-1]),
        source=precomputed.id,
        is_precomputed=True,
        reason="precomputed with the package from prices that may not be passed on; a refresh replaces it",
        grade="B",
        series_ids=(precomputed.id,),
        schedule=scores.schedule,
    )


def transform(rule: d.Transform, series: TimeSeries, knowledge: Knowledge, base_date: dt.date | None) -> TimeSeries:
    """Apply a transform; a statistic gives its last point alone.

    Raises ``MissingData`` where it is not defined yet and ``CalculationError`` where it cannot be computed.
    """
    match rule:
        case d.DriftT():
            return series.last(trend.drift_t(series, rule.window))
        case d.ExcessDriftT():
            risk_free = knowledge.series(rule.risk_free)
            return series.last(trend.excess_drift_t(series, risk_free, rule.window))
        case d.AnchoredZ():
            base = _base(rule.base_date or base_date, knowledge.on)
            return series.last(trend.anchored_z(series, base, rule.volatility_years))
        case d.Beta():
            benchmark = knowledge.series(rule.benchmark)
            return series.last(markets.weekly_beta(series, benchmark, rule.weeks, rule.min_observations))
        case d.ChangeSince():
            return transforms.change_since(series, _base(rule.base_date or base_date, knowledge.on))
        case d.Change():
            return transforms.change(series, rule)
        case d.LogChange():
            return transforms.log_change(series, rule)
        case d.YearOnYear():
            return transforms.year_on_year(series, rule)
        case d.Average():
            return transforms.average(series, rule)
        case d.AboveLow():
            return transforms.above_low(series, rule)
        case d.Level():
            return series


def score_of(rule: d.Normaliser, transformed: TimeSeries, short: d.ShortHistory) -> float:
    """The undirected score of the last value."""
    match rule:
        case d.MidRank():
            return normalise.shrink_short_history(normalise.mid_rank(transformed.values), transformed, short)
        case d.NormalCdf():
            return normalise.normal_cdf(float(transformed.values[-1]), rule.neutral, rule.scale)
        case d.Goalposts():
            return normalise.goalposts(float(transformed.values[-1]), rule.posts)


def grade_of(meta: SeriesMeta, knowledge: Knowledge) -> Grade:
    """A where every value known is that of the day: never revised, or brought as a vintage. B where one came otherwise,
    a latest value dated by its usual delay or by the day it was seen, or imported by a person."""
    if knowledge.imported(meta):
        return "B"
    return "A" if meta.point_in_time == "never_revised" or knowledge.rests_on_vintages(meta) else "B"


def _base(base_date: dt.date | None, as_of: dt.date) -> dt.date:
    if base_date is None or as_of < base_date:
        raise MissingData(f"not defined before its base date {base_date}")
    return base_date


def _freshness(schedule: Schedule, observed_on: dt.date, thesis: d.Thesis, as_of: dt.date) -> float:
    overdue = schedule.days_overdue(observed_on, as_of)
    return freshness(overdue, thesis.method.staleness[schedule.frequency])
