"""Small series for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from xl_thesis.observations import Schedule, TimeSeries, later, month_ends

MONTHLY, DAILY = Schedule("monthly", 10), Schedule("daily", 0)


def monthly(start: str, values: Sequence[float | None], schedule: Schedule = MONTHLY) -> TimeSeries:
    """A monthly series from a first month; None is a month that was not published."""
    first = np.datetime64(start, "M")
    months = np.arange(first, first + np.timedelta64(len(values), "M"))
    keep = [row for row, value in enumerate(values) if value is not None]
    days = month_ends(months)[keep]
    return TimeSeries(days, np.array([values[row] for row in keep], dtype=np.float64), later(days, 10, "D"), schedule)


def daily(start: str, values: Sequence[float], schedule: Schedule = DAILY) -> TimeSeries:
    """A series on weekdays (every day for a seven-day schedule)."""
    first = np.datetime64(start, "D")
    steps = np.arange(len(values))
    if schedule.seven_days:
        days = first + steps.astype("timedelta64[D]")
    else:
        days = np.busday_offset(first, steps, roll="forward")
    return TimeSeries(days, np.array(values, dtype=np.float64), days, schedule)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
