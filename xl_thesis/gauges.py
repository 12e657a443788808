"""The number that a limit is held against, read from an indicator or a series as known on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xl_thesis import indicators as reading
from xl_thesis import normalise, transforms
from xl_thesis.criteria import Comparison
from xl_thesis.definition import Indicator, Thesis
from xl_thesis.errors import CalculationError, InputError, MissingData
from xl_thesis.knowledge import Knowledge
from xl_thesis.limits import Limit
from xl_thesis.models import Operand, SeriesMeta
from xl_thesis.observations import TimeSeries, Values, to_date, to_day
from xl_thesis.scoring import freshness
from xl_thesis.sources.embedded import precomputed_id
from xl_thesis.thesis import computation_key

NEAR_POINTS = 5.0
"""Near the limit where no margin is declared: points of the indicator's own score."""

MetaOf = Callable[[str], SeriesMeta]
"""What a series is, precomputed scores included."""

_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Gauge:
    """A history that ends with the number, and ``of``, which makes a head of that history the number at its end.

    ``position`` turns a number into points of the indicator's score, None where it is one or has none. ``imported`` are
    the files from which values behind it were imported.
    """

    history: TimeSeries
    of: Callable[[TimeSeries], float]
    freshness: float
    position: Callable[[float], float] | None = None
    is_proxy: bool = False
    is_precomputed: bool = False
    imported: tuple[str, ...] = ()

    @property
    def number(self) -> float:
        """The newest number. Raises ``CalculationError`` where it is not defined."""
        return self.of(self.history)

    @property
    def observed_on(self) -> dt.date:
        """The day or period it is of."""
        return to_date(self.history.days[-1])

    def compare(self, number: float, limit: Limit) -> tuple[bool, bool]:
        """Whether a number is past a limit, and whether it is near; less than a billionth apart is equal."""
        gap = round(number - limit.value, _DIGITS)
        past: dict[Comparison, bool] = {"below": gap < 0, "at_most": gap <= 0, "above": gap > 0, "at_least": gap >= 0}
        if limit.margin is not None:
            return past[limit.compare], abs(gap) <= limit.margin
        try:
            points = gap if self.position is None else self.position(number) - self.position(limit.value)
        except CalculationError:
            return past[limit.compare], False
        return past[limit.compare], abs(points) <= NEAR_POINTS


def gauge(limit: Limit, indicator: Indicator, thesis: Thesis, knowledge: Knowledge, meta_of: MetaOf) -> Gauge:
    """What is held against a limit of an indicator, by the first fresh way to it, else the freshest.

    Raises ``MissingData`` or ``CalculationError`` where there is nothing, ``InputError`` for an unknown name.
    """
    if limit.indicator is not None:
        indicator = _named(limit.indicator, thesis)
    if limit.measure in ("value", "score"):
        return _of_indicator(limit, indicator, thesis, knowledge, meta_of)
    ways: list[tuple[Operand, bool]] = [(limit.series or indicator.source, False)]
    if limit.series is None:
        ways += [(fallback.source, True) for fallback in indicator.fallbacks]
    best, reasons = None, []
    for operand, is_proxy in ways:
        try:
            found = _of_series(limit, operand, thesis, knowledge, is_proxy=is_proxy)
        except (MissingData, CalculationError) as error:
            reasons.append(str(error))
            continue
        if best is None or found.freshness > best.freshness:
            best = found
    if best is None:
        raise MissingData("; ".join(dict.fromkeys(reasons)))
    return best


def _of_indicator(limit: Limit, indicator: Indicator, thesis: Thesis, knowledge: Knowledge, meta_of: MetaOf) -> Gauge:
    """The value or the score of an indicator, by the way that its score uses."""
    precomputed = meta_of(precomputed_id(indicator.id, computation_key(indicator, thesis)))
    found = reading.read(indicator, thesis, knowledge, precomputed)
    if found.score is None:
        raise MissingData(found.reason or f"nothing is known of {indicator.id}")
    if found.is_precomputed:
        if limit.measure == "value":
            raise MissingData("only its precomputed score is known, not its value; a refresh brings it")
        return Gauge(knowledge.stored(precomputed), _newest, found.freshness, is_precomputed=True)
    ways: tuple[Operand, ...] = (indicator.source, *(fallback.source for fallback in indicator.fallbacks))
    source = next(way for way in ways if str(way) == found.source)
    history = reading.transform(indicator.transform, knowledge.series(source), knowledge, thesis.base_date)

    def score(head: TimeSeries) -> float:
        plain = reading.score_of(indicator.normalise, head, thesis.method.short_history)
        return normalise.directed(plain, indicator.direction)

    def position(value: float) -> float:
        return score(history.replace(np.append(history.values[:-1], value)))

    if limit.measure == "score":
        return Gauge(history, score, found.freshness, is_proxy=found.is_proxy, imported=found.imported)
    return Gauge(history, _newest, found.freshness, position, is_proxy=found.is_proxy, imported=found.imported)


def _of_series(limit: Limit, operand: Operand, thesis: Thesis, knowledge: Knowledge, *, is_proxy: bool) -> Gauge:
    """A level, a change or a return of a series."""
    series, files = knowledge.series(operand), knowledge.files(operand)
    since = limit.since or thesis.base_date or thesis.published
    measured = series.replace(_measured(limit, series, since))
    if limit.less is not None:
        other = knowledge.series(limit.less)
        files += knowledge.files(limit.less)
        other = other.replace(_measured(limit, other, since))
        _, rows, others = np.intersect1d(measured.days, other.days, return_indices=True)
        measured = measured.at(rows).replace(measured.values[rows] - other.values[others])
    if len(measured) == 0:
        raise MissingData(f"{operand} is too short for {limit.measure}")
    patience = thesis.method.staleness[series.schedule.frequency]
    overdue = series.schedule.days_overdue(to_date(measured.days[-1]), knowledge.on)
    return Gauge(measured, _newest, freshness(overdue, patience), is_proxy=is_proxy, imported=files)


def _measured(limit: Limit, series: TimeSeries, since: dt.date) -> Values:
    """The measure of a limit at each day of a series, NaN where it is not defined."""
    if limit.measure == "level":
        return series.values
    row = int(np.searchsorted(series.days, to_day(since), side="right")) - 1
    if limit.over is None and row < 0:
        raise MissingData(f"no value on or before {since}")
    base = series.values[row] if limit.over is None else transforms.value_before(series, limit.over)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = series.values - base if limit.measure == "change_since" else 100 * (series.values / base - 1)
    return moved if limit.over is not None else np.where(series.days > series.days[row], moved, np.nan)


def _newest(head: TimeSeries) -> float:
    return float(head.values[-1])


def _named(name: str, thesis: Thesis) -> Indicator:
    found = next((item for item in thesis.indicators if item.id == name), None)
    if found is None:
        raise InputError(f"a falsifier of {thesis.id} names an indicator that is not there: '{name}'")
    return found
