"""Series as known on a day, in FRED's own frequencies and units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np

from xl_thesis import fredcodes
from xl_thesis.errors import CalculationError, InputError, MissingData, StaleData
from xl_thesis.models import SeriesMeta
from xl_thesis.observations import TimeSeries, to_date, to_day
from xl_thesis.scoring import freshness
from xl_thesis.wording import did_you_mean
from xl_thesis_udfs.arguments import AsOf, Finish, SeriesName, Start, ThesisName, chosen
from xl_thesis_udfs.registry import Argument, cell_function
from xl_thesis_udfs.session import session

GROUP = "Series"
_FREQUENCY = Annotated[
    str | None,
    Argument("Lower frequency to aggregate to: day, week to Friday, month, quarter, year", "that of the series",
             choices=tuple(fredcodes.FREQUENCIES)),
]  # fmt: skip
_TRANSFORM = Annotated[
    str | None,
    Argument(
        "FRED's units: level, change, change in a year, % change, % in a year, annualised %, the continuously"
        " compounded % and the same annualised, logarithm",
        "lin",
        choices=fredcodes.UNITS,
    ),
]
_AGGREGATION = Annotated[
    str | None, Argument("How to aggregate: average, sum, end of period", "avg", choices=fredcodes.AGGREGATIONS)
]


@cell_function("table", GROUP)
def thesis_series(
    id: SeriesName,  # noqa: A002 - the word that analysts know
    start: Start = None,
    finish: Finish = None,
    frequency: _FREQUENCY = None,
    transform: _TRANSFORM = None,
    as_of: AsOf = None,
    aggregation: _AGGREGATION = None,
) -> list[list[Any]]:
    """Series as known on a day, with headers, ascending: first aggregated, then transformed, then cut to the days.

    A day is the last one of its period (FRED shows the first).
    Errors: #N/A where nothing is known, #VALUE! for an unknown series or code.
    Example: =THESIS_SERIES("FRED:UNRATE", "2026-01-01", "2026-06-30")
    """
    meta = find_series(id)
    code = chosen("transform", transform, {code: code for code in fredcodes.UNITS}, "lin")
    method = chosen("aggregation", aggregation, {code: code for code in fredcodes.AGGREGATIONS}, "avg")
    series = session().knowledge(as_of).series(meta.id)
    if frequency is not None:
        letter = chosen("frequency", frequency, {code: code for code in fredcodes.FREQUENCIES}, "m")
        series = fredcodes.aggregate(series, letter, method)
    rows = rows_of(fredcodes.transform(series, code), start, finish)
    if not rows:
        raise MissingData(f"{meta.id} has no value in these days")
    return [["observed_on", meta.id], *rows]


@cell_function("number", GROUP)
def thesis_latest(id: SeriesName, as_of: AsOf = None) -> float:  # noqa: A002
    """Last value of a series as known on a day.

    Errors: #N/A where nothing is known, #VALUE! for an unknown series.
    Example: =THESIS_LATEST("FRED:UNRATE", "2026-06-30")
    """
    return float(session().knowledge(as_of).series(find_series(id).id).values[-1])


_KNOWN: dict[str, Callable[[TimeSeries], Any]] = {
    "first": lambda series: to_date(series.days[0]),
    "last": lambda series: to_date(series.days[-1]),
    "available_at": lambda series: to_date(series.available[-1]),
    "observations": len,
}
_META: dict[str, Callable[[SeriesMeta], Any]] = {
    "title": lambda meta: meta.title,
    "unit": lambda meta: meta.unit,
    "frequency": lambda meta: meta.frequency,
    "publisher": lambda meta: meta.publisher,
    "licence": lambda meta: meta.licence,
    "redistributable": lambda meta: meta.redistributable,
    "notice": lambda meta: meta.notice,
    "point_in_time": lambda meta: meta.point_in_time.replace("_", " "),
    "lag_days": lambda meta: meta.lag_days,
    "formula": lambda meta: None if meta.derived is None else str(meta.derived),
    "id": lambda meta: meta.id,
}


@cell_function("text", GROUP)
def thesis_meta(
    id: SeriesName,  # noqa: A002 - the word that analysts know
    field: Annotated[str | None, Argument("What is wanted", "title", choices=(*_META, *_KNOWN))] = None,
    as_of: AsOf = None,
) -> Any:
    """What a series is, or from which day to which it is known.

    Errors: #N/A where there is none, #VALUE! for an unknown series or field.
    Example: =THESIS_META("FRED:UNRATE", "unit")
    """
    meta = find_series(id)
    name = chosen("field", field, {name: name for name in (*_META, *_KNOWN)}, "title")
    if name in _KNOWN:
        return _KNOWN[name](session().knowledge(as_of).series(meta.id))
    value = _META[name](meta)
    if value is None:
        raise MissingData(f"{meta.id} has no {name}")
    return value


_CATALOGUE = ("id", "title", "unit", "frequency", "first", "last", "value", "publisher", "redistributable")


@cell_function("table", GROUP, columns=_CATALOGUE)
def thesis_catalogue(
    find: Annotated[str | None, Argument("Part of an id, a title or a publisher", "all series")] = None,
    as_of: AsOf = None,
    thesis: ThesisName = None,
) -> list[list[Any]]:
    """Every series that can be asked for, with its last value and days as known on a day, with headers.

    Errors: #N/A where none fits, #VALUE! for a bad date or an unknown thesis.
    Example: =THESIS_CATALOGUE("unemployment", "2026-06-30")
    """
    wanted = (find or "").lower()
    knowledge = session().knowledge(as_of, thesis)
    rows: list[list[Any]] = []
    for meta in session().scorer(thesis).catalogue.values():
        if wanted not in f"{meta.id} {meta.title} {meta.publisher}".lower():
            continue
        known: list[Any] = [None, None, None]
        try:
            series = knowledge.series(meta.id)
            known = [to_date(series.days[0]), to_date(series.days[-1]), float(series.values[-1])]
        except (MissingData, CalculationError):
            pass
        rows.append([meta.id, meta.title, meta.unit, meta.frequency, *known, meta.publisher, meta.redistributable])
    if not rows:
        raise MissingData(f"no series has '{find}' in its id, title or publisher")
    return [list(_CATALOGUE), *rows]


def find_series(name: str) -> SeriesMeta:
    """A series by its id in any case of letters; without a provider the one on FRED, else the only one of that name.

    A ticker stands for its total return (SPY for YAHOO:SPY/adj) where there is no series of its price.

    Raises ``InputError`` with the nearest ids.
    """
    by_id = {series_id.lower(): meta for series_id, meta in session().scorer(None).catalogue.items()}
    wanted = name.lower()
    found = by_id.get(wanted) or by_id.get(f"fred:{wanted}") or _named(by_id, wanted) or _named(by_id, f"{wanted}/adj")
    if found is None:
        near = did_you_mean(name, [meta.id for meta in by_id.values()])
        raise InputError(f"unknown series '{name}'{near}; THESIS_CATALOGUE() lists all")
    return found


def current(series: TimeSeries, name: str, day: dt.date) -> TimeSeries:
    """The series itself. Raises ``StaleData`` where its last value is past the hard limit of the thesis on a day."""
    last = to_date(series.days[-1])
    patience = session().scorer(None).thesis.method.staleness[series.schedule.frequency]
    if freshness(series.schedule.days_overdue(last, day), patience) <= 0:
        raise StaleData(f"the last value of {name} known on {day} is of {last}, too old to count")
    return series


def current_series(name: str, as_of: dt.date | None) -> TimeSeries:
    """A series by its id, as known on a day. Raises ``InputError`` for an unknown one, ``StaleData`` as ``current``."""
    day, found = session().day(as_of), find_series(name).id
    return current(session().knowledge(day).series(found), found, day)


def _named(by_id: dict[str, SeriesMeta], name: str) -> SeriesMeta | None:
    """The only series of a name, whoever provides it."""
    same = [meta for series_id, meta in by_id.items() if series_id.partition(":")[2] == name]
    return same[0] if len(same) == 1 else None


def rows_of(series: TimeSeries, start: Any, finish: Any) -> list[list[Any]]:
    """Day and value of a series from the first day to the last one wanted.

    Raises ``InputError`` where they are in the wrong order.
    """
    if start is not None and finish is not None and start > finish:
        raise InputError(f"the start {start} is after the finish {finish}")
    first = 0 if start is None else int(np.searchsorted(series.days, to_day(start)))
    last = len(series) if finish is None else int(np.searchsorted(series.days, to_day(finish), side="right"))
    days, values = series.days[first:last].tolist(), series.values[first:last].tolist()
    return list(map(list, zip(days, values, strict=True)))
