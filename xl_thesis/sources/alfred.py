"""Real-time periods to rows: the days on which a value changed, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from xl_thesis.models import Frequency, SeriesMeta
from xl_thesis.sources.protocol import Row

FOREVER = dt.date(9999, 12, 31)
_DAY = dt.timedelta(days=1)


class Spell(NamedTuple):
    """A value and the days on which it was the one in force, both included. None: the source prints no number."""

    observed_on: dt.date
    start: dt.date
    end: dt.date
    value: float | None


def rows(series_id: str, spells: Iterable[Spell], after: dt.date | None = None) -> Iterator[Row]:
    """One row for each day on which the value of a period changed; None where it was withdrawn.

    Spells that were cut at the seam of two requests are joined. With ``after``, only what changed later than that day
    (the spells must then reach back to it). A value never counts before the last day of its period.

    >>> first = Spell(dt.date(2023, 8, 31), dt.date(2023, 9, 1), dt.date(2024, 1, 30), 3.8)
    >>> seam = Spell(dt.date(2023, 8, 31), dt.date(2024, 1, 31), dt.date(2024, 3, 1), 3.7)
    >>> rest = Spell(dt.date(2023, 8, 31), dt.date(2024, 3, 2), FOREVER, 3.7)
    >>> for row in rows("FRED:UNRATE", [rest, first, seam]): print(row)
    ('FRED:UNRATE', '2023-08-31', 3.8, '2023-09-01')
    ('FRED:UNRATE', '2023-08-31', 3.7, '2024-01-31')
    """
    for observed_on, spells_of_period in groupby(sorted(spells, key=attrgetter("observed_on", "start")), _period):
        changes: dict[dt.date, float | None] = {}
        for day, value in _changes(spells_of_period):
            changes[max(day, observed_on)] = value
        known: float | None = None
        for day, value in changes.items():
            if value != known and (after is None or day > after):
                yield series_id, observed_on.isoformat(), value, day.isoformat()
            known = value


def _period(spell: Spell) -> dt.date:
    return spell.observed_on


def _changes(spells: Iterable[Spell]) -> Iterator[tuple[dt.date, float | None]]:
    """Day and new value, in order; a hole between two spells, or after the last, is a withdrawal."""
    end: dt.date | None = None
    for spell in spells:
        if end is not None and spell.start > end + _DAY:
            yield end + _DAY, None
        yield spell.start, spell.value
        end = spell.end
    if end is not None and end < FOREVER:
        yield end + _DAY, None


def period_end(first_day: dt.date, frequency: Frequency) -> dt.date:
    """Last day of the period that a provider names by its first; days and weeks are named by their last already.

    >>> period_end(dt.date(2026, 1, 1), "quarterly")
    datetime.date(2026, 3, 31)
    """
    months = {"monthly": 1, "quarterly": 3, "annual": 12}.get(frequency)
    if months is None:
        return first_day
    month = first_day.year * 12 + first_day.month - 1 + months
    return dt.date(month // 12, month % 12 + 1, 1) - _DAY


def usual_day(meta: SeriesMeta, observed_on: dt.date, today: dt.date) -> dt.date:
    """The day on which a period's first print is usually public, by the catalogue; a value in hand is public today."""
    return min(meta.release_dates.get(observed_on, observed_on + dt.timedelta(days=meta.lag_days)), today)


def before_the_first_vintage(meta: SeriesMeta, rows: Sequence[Row]) -> list[Row]:
    """What the first vintage tells of periods that were over long before it, each from its usual day.

    The archive of a series begins later than the series. These days are cautious, but the values are those of the
    first vintage, not of the day.
    """
    first = min(row[3] for row in rows)
    found: list[Row] = []
    for series_id, observed_on, value, available_at in rows:
        usual = usual_day(meta, dt.date.fromisoformat(observed_on), FOREVER).isoformat()
        if available_at == first and value is not None and usual < first:
            found.append((series_id, observed_on, value, usual))
    return found


def snapshot_rows(
    meta: SeriesMeta, values: Iterable[tuple[dt.date, float]], last_observed: dt.date | None, today: dt.date
) -> list[Row]:
    """Rows of a provider that only tells today's values.

    A period that is new counts from its usual day. One that the store had already counts from today: where its value
    differs it was revised, and nobody can say when.
    """
    return [
        (
            meta.id,
            observed_on.isoformat(),
            value,
            (
                today if last_observed and observed_on <= last_observed else usual_day(meta, observed_on, today)
            ).isoformat(),
        )
        for observed_on, value in values
        if observed_on <= today
    ]
