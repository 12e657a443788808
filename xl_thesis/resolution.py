"""Dated questions against series: the answer once the day has come, and how often the event happened before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xl_thesis.criteria import Comparison, Condition, Measure
from xl_thesis.definition import Question
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.knowledge import Knowledge
from xl_thesis.models import Derived, Operand
from xl_thesis.observations import TimeSeries, to_date, to_day
from xl_thesis.wording import named

Answer = Literal["open", "yes", "no", "data missing", "needs a person"]
KnowledgeOn = Callable[[dt.date], Knowledge]
"""What is known at the end of a day."""

_OLDEST = np.timedelta64(10, "D")
_LATE_DAYS = 4
_ANY_DAY = ("daily", "weekly")
_MIN_WINDOWS = 60
_DIGITS = 9
_HOLDS: dict[Comparison, Callable[[float], bool]] = {
    "below": lambda gap: gap < 0,
    "at_most": lambda gap: gap <= 0,
    "above": lambda gap: gap > 0,
    "at_least": lambda gap: gap >= 0,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the series say of a question, in one sentence of values, days and sources."""

    answer: Answer
    evidence: str
    is_proxy: bool = False


@dataclass(frozen=True, slots=True)
class EventRate:
    """How often an event happened: share of ``windows`` windows, of which ``independent`` fit in a row."""

    probability: float
    windows: int
    independent: int
    how: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """A measure from one way to a condition: the number, in words, over which days, of a proxy what it is, and the
    files from which values of it were imported."""

    value: float
    words: str
    days: str = ""
    note: str | None = None
    files: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.words} {self.days}".rstrip()


def resolve(question: Question, know: KnowledgeOn, as_of: dt.date) -> Finding:
    """The answer of the series to a question, as known on a day.

    ``open`` before it resolves, ``needs a person`` where its criterion is no series, ``data missing`` where a value is
    not known (one of an earlier day never stands in, unless the series goes on and has none on the day itself).
    """
    if as_of < question.resolves:
        return Finding("open", f"It resolves on {question.resolves}.")
    if question.resolve_when is None:
        return Finding("needs a person", f"No series decides it: {question.criterion}")
    sentences, failed, proxy, missing = [], False, False, False
    for condition in question.resolve_when.conditions:
        try:
            reading, holds, words = _judge(condition, know, as_of)
        except (MissingData, CalculationError) as error:
            sentences.append(f"{error}.")
            missing = True
            continue
        failed, proxy = failed or not holds, proxy or reading.note is not None
        sentences.append(words)
    answer: Answer = "no" if failed else "data missing" if missing else "yes"
    return Finding(answer, " ".join(sentences), is_proxy=proxy)


def event_rate(
    series: TimeSeries, months: int, limit_pct: float, compare: Comparison, *, overlapping: bool = True
) -> EventRate:
    """Share of windows of ``months`` months of a monthly series over which its change was below (above ...) a limit.

    Each month begins a window, or where they must not overlap only the month in which the one before ends.
    ``limit_pct`` is a change in percent of the value a window begins with. Months without a value begin and end none.
    Raises ``CalculationError`` where there is no window.

    >>> from xl_thesis.observations import Schedule
    >>> ends = np.array(["2025-01-31", "2025-02-28", "2025-03-31"], dtype="datetime64[D]")
    >>> rates = TimeSeries(ends, np.array([100.0, 95.0, 96.0]), ends, Schedule("monthly", 1))
    >>> fell = event_rate(rates, months=1, limit_pct=0.0, compare="below")
    >>> fell.probability, fell.windows
    (0.5, 2)
    """
    index = series.days.astype("datetime64[M]").astype(np.int64)
    rows = np.searchsorted(index, index + months)
    starts = np.flatnonzero(index[np.minimum(rows, len(index) - 1)] == index + months) if len(index) else rows
    if not overlapping:
        starts = starts[(index[starts] - index[0]) % months == 0]
    if len(starts) == 0:
        raise CalculationError(f"no window of {months} months in {len(series)} months")
    changes = 100 * (series.values[rows[starts]] / series.values[starts] - 1)
    share = float(np.mean([_holds(float(change), compare, limit_pct) for change in changes]))
    independent = int(index[-1] - index[0]) // months
    first, last = series.days[0].astype("datetime64[M]"), series.days[-1].astype("datetime64[M]")
    how = f"{len(starts)} {'overlapping' if overlapping else 'separate'} windows of {months} months, {first} to {last}"
    how += f", about {independent} independent" if overlapping else ""
    return EventRate(share, len(starts), independent, how)


def computed_base_rate(question: Question, know: KnowledgeOn, as_of: dt.date) -> EventRate | None:
    """How often the first series of a question moved, in as long a time, as far as it must from where it stood.

    From what was known when the question opened: the change from the last value then to the limit, the months until
    the day that decides, and monthly averages over the whole history. None where the criterion is not one level, one
    change or one return of one series against a number, where the series is itself a rate in percent, or where fewer
    than 60 windows are known. A proxy with a fresh value comes before a first choice without one.
    """
    conditions = question.resolve_when.conditions if question.resolve_when else ()
    if len(conditions) != 1:
        return None
    condition, knowledge = conditions[0], know(min(question.opens, as_of))
    if condition.than is not None or condition.averaged_with or condition.measure in ("bills_since", "annual_growth"):
        return None
    found: tuple[dt.date, EventRate] | None = None
    for operand, _ in _ways(condition):
        try:
            rate, seen = _rate(operand, condition, knowledge)
        except (MissingData, CalculationError):
            continue
        if rate.windows >= _MIN_WINDOWS and (found is None or seen > found[0]):
            found = (seen, rate)
            if to_day(knowledge.on) - to_day(seen) <= _OLDEST:
                break
    return None if found is None else found[1]


def _rate(operand: Operand, condition: Condition, knowledge: Knowledge) -> tuple[EventRate, dt.date]:
    """The event's rate in a series, and the day of its last value known."""
    if any(meta.unit.startswith("percent") for meta in knowledge.leaves(operand)):
        raise CalculationError(f"{operand} is in percent, so its change in percent says nothing")
    series = knowledge.series(operand)
    level, seen = float(series.values[-1]), to_date(series.days[-1])
    months = max(1, round((condition.day - seen).days / (365.25 / 12)))
    needed_pct = 100 * (_limit_level(condition, series) / level - 1)
    rate = event_rate(_monthly(operand, knowledge), months, needed_pct, condition.compare)
    needed = f"{condition.compare.replace('_', ' ')} {round(needed_pct, 1) + 0.0:+.1f}%"
    how = f"{operand} {level:.5g} on {seen}: {needed}; {rate.how}"
    return EventRate(rate.probability, rate.windows, rate.independent, how), seen


def _monthly(operand: Operand, knowledge: Knowledge) -> TimeSeries:
    series = knowledge.series(operand)
    if series.schedule.frequency in _ANY_DAY:
        return knowledge.series(Derived(op="monthly_mean", of=(operand,)))
    if series.schedule.frequency != "monthly":
        raise CalculationError(f"{operand} is {series.schedule.frequency}: it has no monthly averages")
    return series


def _limit_level(condition: Condition, series: TimeSeries) -> float:
    """The limit as a level of the series."""
    limit = condition.value or 0.0
    if condition.since is None:
        return limit
    base, _ = _value_on(series, condition.since, str(condition.series))
    return base + limit if condition.measure == "change_since" else base * (1 + limit / 100)


def _ways(condition: Condition) -> Iterator[tuple[Operand, str | None]]:
    yield condition.series, None
    yield from ((fallback.source, fallback.note) for fallback in condition.fallbacks)


def _judge(condition: Condition, know: KnowledgeOn, as_of: dt.date) -> tuple[_Reading, bool, str]:
    """The condition's reading, whether it holds, and the sentence that says so."""
    knowledge = know(condition.known_on or as_of)
    reading = _read(condition, knowledge)
    limit, words = condition.value or 0.0, str(condition.value or 0.0).removesuffix(".0")
    files = reading.files
    if condition.than is not None:
        files += knowledge.files(condition.than.series)
        other = _measure(condition.than.series, condition.than.measure, condition, knowledge)
        limit, words = other.value, str(other)
    holds = _holds(reading.value, condition.compare, limit)
    relation = condition.compare.replace("_", " ")
    sentence = named(f"{reading} is {'' if holds else 'not '}{relation} {words}", tuple(dict.fromkeys(files)))
    return reading, holds, f"{sentence} (proxy: {reading.note.rstrip('.')})." if reading.note else f"{sentence}."


def _holds(value: float, compare: Comparison, limit: float) -> bool:
    """Whether a number is past a limit; less than a billionth apart is equal, as 4.1 - 3.9 and 0.2 are."""
    return _HOLDS[compare](round(value - limit, _DIGITS))


def _read(condition: Condition, knowledge: Knowledge) -> _Reading:
    """The first way that is known. Raises ``MissingData`` with every reason where there is none."""
    reasons = []
    for operand, note in _ways(condition):
        try:
            parts = [
                _measure(part, condition.measure, condition, knowledge) for part in (operand, *condition.averaged_with)
            ]
        except (MissingData, CalculationError) as error:
            reasons.append(str(error))
            continue
        value, words = parts[0].value, parts[0].words
        if len(parts) > 1:
            value = float(np.mean([part.value for part in parts]))
            words = f"the mean {value:.6g} of {', '.join(part.words for part in parts)}"
        if condition.decimals is not None:
            value = round(value, condition.decimals)
            words += f" (rounded {value:g})"
        used = (operand, *condition.averaged_with)
        return _Reading(
            value, words, parts[0].days, note, tuple(file for each in used for file in knowledge.files(each))
        )
    raise MissingData("; ".join(dict.fromkeys(reasons)))


def _measure(operand: Operand, measure: Measure, condition: Condition, knowledge: Knowledge) -> _Reading:
    """A measure of one series over the condition's days."""
    series, name = knowledge.series(operand), str(operand)
    if measure == "annual_growth":
        growth = _annual_growth(series, condition.day, name)
        return _Reading(growth, f"{name} {growth:+.2f}%", f"in {condition.day.year}, as known on {knowledge.on}")
    last, seen = _value_on(series, condition.day, name, known_on=condition.known_on)
    if condition.since is None or measure == "level":
        return _Reading(last, f"{name} {last:.6g}", f"on {seen}")
    if measure == "bills_since":
        earned = _earned(series, condition.since, condition.day, name)
        return _Reading(earned, f"{name} {earned:+.2f}%", f"earned from {condition.since} to {condition.day}")
    first, began = _value_on(series, condition.since, name)
    if measure == "change_since":
        return _Reading(last - first, f"{name} {last - first:+.6g}", f"from {began} to {seen}")
    if first <= 0:
        raise CalculationError(f"{name} is not positive on {began}, so it has no return")
    gain = 100 * (last / first - 1)
    return _Reading(gain, f"{name} {gain:+.2f}%", f"from {began} to {seen}")


def _value_on(series: TimeSeries, day: dt.date, name: str, known_on: dt.date | None = None) -> tuple[float, dt.date]:
    """The value of a day, else of the last one before it: at most ten days older, in a series that goes on after.

    With ``known_on`` the last value known then will do, if the next one was at most four days overdue. A monthly or
    slower series must have that very period. Raises ``MissingData``.
    """
    row = int(np.searchsorted(series.days, to_day(day), side="right")) - 1
    if row < 0:
        raise MissingData(f"{name} begins on {series.days[0]}, after {day}")
    seen = to_date(series.days[row])
    if seen < day:
        goes_on = row < len(series) - 1 and to_day(day) - series.days[row] <= _OLDEST
        newest = known_on is not None and series.schedule.days_overdue(seen, known_on) <= _LATE_DAYS
        if series.schedule.frequency not in _ANY_DAY or not (goes_on or newest):
            raise MissingData(f"{name} has no value of {day}; the last one before is of {seen}")
    return float(series.values[row]), seen


def _earned(rate: TimeSeries, since: dt.date, until: dt.date, name: str) -> float:
    """What a rate in percent a year of 360 days earns, in percent: a day earns the last rate of the days before it."""
    first = int(np.searchsorted(rate.days, to_day(since), side="right")) - 1
    if first < 0 or to_day(since) - rate.days[first] > _OLDEST:
        raise MissingData(f"{name} has no rate at {since}")
    last = int(np.searchsorted(rate.days, to_day(until), side="left"))
    edges = np.concatenate([[to_day(since)], rate.days[first + 1 : last], [to_day(until)]])
    days = np.diff(edges).astype(np.int64)
    return 100 * (float(np.prod((1 + rate.values[first:last] / 36000) ** days)) - 1)


def _annual_growth(series: TimeSeries, year_end: dt.date, name: str) -> float:
    """Average of the calendar year over that of the year before, less 1, in percent."""
    expected = {"monthly": 12, "quarterly": 4}.get(series.schedule.frequency, 1)
    years = series.days.astype("datetime64[Y]").astype(np.int64) + 1970
    averages = []
    for year in (year_end.year - 1, year_end.year):
        values = series.values[years == year]
        if len(values) != expected:
            raise MissingData(f"{name} has {len(values)} of {expected} values in {year}")
        averages.append(float(values.mean()))
    return 100 * (averages[1] / averages[0] - 1)
