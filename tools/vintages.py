"""Who could know what, and when: from dated vintages of a series to rows that carry their day of publication."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import gzip
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

Values = dict[dt.date, float]
Calendar = Callable[[dt.date], dt.date]
"""Last day of a period -> the day its first print is public on the regular schedule."""

NEW_YORK = ZoneInfo("America/New_York")
RECENT_PERIODS = 12
LEVEL_SHIFT = 0.001
"""A vintage that typically moves the latest twelve values by more than this share (new base year, benchmark) is taken
as one release."""


class Row(NamedTuple):
    """A value and the day from which it was the one in force; no value means that it was withdrawn."""

    observed_on: dt.date
    available_at: dt.date
    value: float | None


@dataclass(frozen=True)
class Vintage:
    """What changed in a series by a date. ``exact``: the changes were published on that very day."""

    known_on: dt.date
    changes: dict[dt.date, float | None]
    exact: bool = False


def period_end(day: dt.date, frequency: str) -> dt.date:
    """Last day of the period that contains ``day``; daily and weekly observations keep their date.

    >>> period_end(dt.date(2025, 4, 1), "quarterly")
    datetime.date(2025, 6, 30)
    """
    if frequency == "annual":
        return dt.date(day.year, 12, 31)
    if frequency == "quarterly":
        return month_end(day.year, (day.month + 2) // 3 * 3)
    if frequency == "monthly":
        return month_end(day.year, day.month)
    return day


def month_end(year: int, month: int) -> dt.date:
    """Last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def fred_md_vintages(path: Path, frequency: str) -> list[Vintage]:
    """Monthly vintages from a change-only file (date, value, vintage YYYY-MM); each counts from its month-end."""
    changes: dict[dt.date, dict[dt.date, float | None]] = {}
    with gzip.open(path, "rt", newline="", encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            year, month = map(int, line["vintage"].split("-"))
            period = period_end(dt.date.fromisoformat(line["date"]), frequency)
            changes.setdefault(month_end(year, month), {})[period] = float(line["value"]) if line["value"] else None
    months = _month_ends(min(changes), max(changes))
    return [Vintage(known_on, changes.get(known_on, {})) for known_on in months]


def first_seen_vintages(path: Path, frequency: str) -> list[Vintage]:
    """Vintages from a log of values first seen at an instant (UTC), by New York date.

    The first one holds the whole history as it stood when the log began: a state, not a release.
    """
    changes: dict[dt.date, dict[dt.date, float | None]] = {}
    with path.open(newline="", encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            seen = dt.datetime.fromisoformat(line["first_seen_utc"]).astimezone(NEW_YORK).date()
            period = period_end(dt.date.fromisoformat(line["date"]), frequency)
            changes.setdefault(seen, {})[period] = float(line["value"])
    return [Vintage(seen, changes[seen], exact=True) for seen in sorted(changes)]


def snapshot_vintages(path: Path, frequency: str) -> list[Vintage]:
    """Vintages from a table with one column for each dated snapshot of the series."""
    with path.open(newline="", encoding="utf-8") as lines:
        table = list(csv.DictReader(lines))
    snapshots = [name for name in table[0] if name != "date"]
    return [
        Vintage(
            dt.date.fromisoformat(snapshot),
            {
                period_end(dt.date.fromisoformat(line["date"]), frequency): float(line[snapshot])
                for line in table
                if line[snapshot]
            },
        )
        for snapshot in snapshots
    ]


def replay(vintages: list[Vintage], newest: Values, regular_date: Calendar) -> list[Row]:
    """Rows in the order of periods and days: each value from the day on which it could be known.

    The first vintage gives every period its regular date. A period that appears later gets its regular date if that
    lies after the vintage without it and not after the one with it, otherwise the date of the vintage; the same when
    the vintage moves the level of the series, since a new level must not stand beside the old one. A changed value
    counts from the vintage that shows it. Periods that no vintage covers have today's value, at their regular date.
    """
    known: dict[dt.date, float | None] = {}
    rows: list[Row] = []
    previous: dt.date | None = None
    for vintage in vintages:
        as_one = vintage.exact or _moves_level(vintage, known)
        for period, value in vintage.changes.items():
            if period not in known:
                published = _first_print(regular_date(period), vintage.known_on, previous, as_one)
                rows.append(Row(period, published, value))
            elif value != known[period]:
                rows.append(Row(period, vintage.known_on, value))
            known[period] = value
        previous = vintage.known_on
    rows += [Row(period, regular_date(period), value) for period, value in newest.items() if period not in known]
    return sorted(rows, key=lambda row: row[:2])


def check(rows: list[Row], newest: Values) -> list[str]:
    """Faults of a replay: a value known before its period ended, two on one day, or another last state than today's."""
    faults = [f"{row.observed_on} known on {row.available_at}" for row in rows if row.available_at < row.observed_on]
    if len({row[:2] for row in rows}) < len(rows):
        faults.append("two values of one period on one day")
    last = {row.observed_on: row.value for row in rows}
    last = {period: value for period, value in last.items() if value is not None}
    faults += [
        f"{period}: {last.get(period)} at the end of the vintages, {newest.get(period)} in the newest file"
        for period in sorted(last.keys() | newest.keys())
        if last.get(period) != newest.get(period)
    ]
    return faults


def _first_print(regular: dt.date, known_on: dt.date, previous: dt.date | None, as_one: bool) -> dt.date:
    if previous is None:
        return min(regular, known_on)
    if as_one or not previous < regular <= known_on:
        return known_on
    return regular


def _moves_level(vintage: Vintage, known: dict[dt.date, float | None]) -> bool:
    shifts = []
    for period in sorted(known)[-RECENT_PERIODS:]:
        before, after = known[period], vintage.changes.get(period, known[period])
        if before and after is not None:
            shifts.append(abs(after / before - 1))
    return bool(shifts) and statistics.median(shifts) > LEVEL_SHIFT


def _month_ends(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    day = first
    while day <= last:
        yield day
        after = day + dt.timedelta(days=1)
        day = month_end(after.year, after.month)
