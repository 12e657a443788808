"""Scores over past days for a cell: which days a frequency means, and one column for each thing that can be asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xl_thesis.definition import Role
from xl_thesis.errors import InputError
from xl_thesis.observations import Days, Values, month_ends, to_date, to_day
from xl_thesis.pipeline import Scorer

MOST_DAYS = 6000
_DAY, _FRIDAY = np.timedelta64(1, "D"), 4
_ROLES: tuple[Role, ...] = ("outcome", "driver")


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Days, and by name the values as known on each of them; NaN where withheld or not published."""

    days: Days
    columns: dict[str, Values]


def history(scorer: Scorer, start: dt.date | None, finish: dt.date | None, frequency: str) -> History:
    """Scores, coverage and pillars on the days of a frequency, as ``Scorer.history`` has them.

    ``start`` is the thesis's publication unless given; a history cannot begin before anything is known. The last day
    is always there. Raises ``InputError`` for a day in the future, an end before anything is known or before the start,
    and more than 6,000 days.
    """
    finish = scorer.default_as_of() if finish is None else finish
    scorer.check(finish)
    start = scorer.thesis.published if start is None else start
    if finish < start:
        raise InputError(f"the history's start {start} is after its end {finish}")
    first = scorer.store.first_available()
    if first is None or finish < first:
        raise InputError(f"nothing is known on {finish}; the first date with data is {first}")
    days = days_of(max(start, first), finish, frequency)
    if len(days) > MOST_DAYS:
        raise InputError(f"a history of {len(days):,} days is too long for a cell; take a later start or fewer days")
    panel = scorer.panel([to_date(day) for day in days])
    whole = scorer.score_panel(panel)
    roles = {f"{role}_score": scorer.score_panel(panel, role).score for role in _ROLES}
    return History(days, {"score": whole.score, **roles, "coverage": whole.coverage, **whole.pillars})


def days_of(start: dt.date, finish: dt.date, frequency: str) -> Days:
    """Days of a frequency (d, w, m, q or a) from ``start`` on, and ``finish`` as the last.

    >>> days_of(dt.date(2026, 1, 10), dt.date(2026, 5, 5), "q").astype(str).tolist()
    ['2026-03-31', '2026-05-05']
    """
    first, last = to_day(start), to_day(finish)
    days = _DAYS[frequency](first, last)
    return np.append(days[(days >= first) & (days < last)], last)


def _fridays(first: np.datetime64, last: np.datetime64) -> Days:
    weekday = (first.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    return np.arange(first + (_FRIDAY - weekday) % 7, last, 7 * _DAY)


def _month_ends(first: np.datetime64, last: np.datetime64, each: int) -> Days:
    months = np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 1)
    return month_ends(months[(months.astype(np.int64) + 1) % each == 0])


_DAYS: dict[str, Callable[[np.datetime64, np.datetime64], Days]] = {
    "d": lambda first, last: np.arange(first, last, _DAY),
    "w": _fridays,
    "m": lambda first, last: _month_ends(first, last, 1),
    "q": lambda first, last: _month_ends(first, last, 3),
    "a": lambda first, last: _month_ends(first, last, 12),
}
