"""The day that every date in this package means, which ends in New York, and the days on which periods end."""

from __future__ import annotations

import datetime as dt

import numpy as np

from xl_thesis.errors import InputError
from xl_thesis.models import Frequency
from xl_thesis.observations import month_ends, to_date


def day_of(moment: dt.datetime) -> dt.date:
    """The day that a moment, with its time zone, belongs to.

    >>> str(day_of(dt.datetime(2026, 7, 1, 3, 30, tzinfo=dt.UTC)))
    '2026-06-30'
    """
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo("America/New_York")).date()


def today() -> dt.date:
    """The day it is."""
    return day_of(_now())


def check_day(as_of: dt.date) -> None:
    """Raise ``InputError`` for a day after today, by New York or by this computer's clock, whichever is further.

    East of New York a cell's ``TODAY()`` is a day ahead every morning; what is known on it so far is the answer.
    """
    now = _now()
    last = today() + max(now.astimezone().date() - day_of(now), dt.timedelta(0))
    if as_of > last:
        raise InputError(f"the date {as_of} is in the future; the last possible one is {last}")


def as_date(value: object) -> dt.date:
    """A day as people give it: a date, a moment, which stands for its day, or ISO text.

    Raises ``InputError`` for anything else.

    >>> as_date("2026-06-30")
    datetime.date(2026, 6, 30)
    """
    if isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    try:
        if isinstance(value, str):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise InputError(f"{value!r} is no day; give a date, or text such as '2026-06-30'")


def month_end_days(start: dt.date, finish: dt.date) -> list[dt.date]:
    """The month-ends from ``start`` on, and ``finish`` as the last day."""
    return period_ends(start, finish, "monthly")


def period_ends(start: dt.date, finish: dt.date, frequency: Frequency) -> list[dt.date]:
    """The last days of the periods from ``start`` on (Fridays for weeks), and ``finish`` as the last day.

    >>> [str(day) for day in period_ends(dt.date(2025, 2, 24), dt.date(2025, 7, 1), "quarterly")]
    ['2025-03-31', '2025-06-30', '2025-07-01']
    """
    every_day = np.arange(np.datetime64(start, "D"), np.datetime64(finish, "D"))
    if frequency == "daily":
        ends = every_day
    elif frequency == "weekly":
        ends = every_day[np.is_busday(every_day, weekmask="Fri")]
    else:
        months = np.arange(np.datetime64(start, "M"), np.datetime64(finish, "M") + np.timedelta64(1, "M"))
        last = months.astype(np.int64) % 12 + 1
        ends = month_ends(months[last % {"monthly": 1, "quarterly": 3, "annual": 12}[frequency] == 0])
    return [day for day in map(to_date, ends) if start <= day < finish] + [finish]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
