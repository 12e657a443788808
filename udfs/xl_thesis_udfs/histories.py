"""Scores over past days for a cell: which days are asked for, and one column for each thing that can be asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from xl_thesis.days import period_ends
from xl_thesis.errors import InputError
from xl_thesis.models import Frequency
from xl_thesis.observations import Days, Values
from xl_thesis.pipeline import Scorer

MOST_DAYS = 6000
FREQUENCIES: dict[str, Frequency] = {
    "d": "daily", "w": "weekly", "m": "monthly", "q": "quarterly", "a": "annual",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Days, and by name the values as known on each of them; NaN where withheld or not published."""

    days: Days
    columns: dict[str, Values]


def history(scorer: Scorer, start: dt.date | None, finish: dt.date | None, frequency: str) -> History:
    """Scores, coverage and pillars on the days of a frequency (d, w, m, q or a), as ``Scorer.history`` has them.

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
    days = period_ends(max(start, first), finish, FREQUENCIES[frequency])
    if len(days) > MOST_DAYS:
        raise InputError(f"a history of {len(days):,} days is too long for a cell; take a later start or fewer days")
    panel = scorer.panel(days)
    return History(panel.days, scorer.history_columns(panel))
