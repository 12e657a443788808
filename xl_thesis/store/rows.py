"""Rows as they come into a store and days as it keeps them: integers since 1970-01-01."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

from xl_thesis.errors import UnfitValue

Row = tuple[str, str, float | None, str]
"""(series id, observed_on, value, available_at), dates as ISO text."""

EPOCH = dt.date(1970, 1, 1).toordinal()


def by_series(rows: Iterable[Row]) -> dict[str, list[tuple[int, int, float | None]]]:
    """Rows as (period, available_at, value) by series, days as numbers."""
    found: dict[str, list[tuple[int, int, float | None]]] = {}
    for series_id, observed_on, value, available_at in rows:
        found.setdefault(series_id, []).append((day_of(observed_on), day_of(available_at), finite(value)))
    return found


def finite(value: float | None) -> float | None:
    """The value; None, a withdrawn one, where it is no number. Raises ``UnfitValue`` for an infinite one."""
    if value is None or value != value:
        return None
    if math.isinf(value):
        raise UnfitValue("an infinite value cannot be kept")
    return float(value)


def stamp_of(moment: dt.datetime | None) -> str:
    """A moment, now where there is none, as text."""
    return (moment or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds")


def number_of(day: dt.date) -> int:
    """A day as a store keeps it."""
    return day.toordinal() - EPOCH


def day_of(text: str) -> int:
    """A day in ISO text as a store keeps it."""
    return number_of(dt.date.fromisoformat(text))


def date_of(number: int) -> dt.date:
    """A day that a store keeps as a date."""
    return dt.date.fromordinal(EPOCH + number)
