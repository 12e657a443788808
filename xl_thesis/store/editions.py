"""A later edition of data that the store already has: what it says anew counts from the day it came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from xl_thesis.store.engine import BY_RULE, EXACT
from xl_thesis.store.rows import date_of

if TYPE_CHECKING:
    from xl_thesis.store import Row, Store


def add_edition(
    store: Store, rows: Iterable[Row], *, seen_on: dt.date, source: str, vintage_true: Collection[str]
) -> None:
    """Add what an edition of the embedded data says that the one before did not.

    Real vintages, of the series in ``vintage_true``, count from the days on which they were published. Of others a new
    period counts from the day given, at the latest from ``seen_on``, and another value of a period from ``seen_on``. Of
    a series that a refresh brings, only periods count that are newer than what it brought. Adding an edition twice is
    adding it once.
    """
    published: list[Row] = []
    by_period: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row[0] in vintage_true:
            published.append(row)
        else:
            by_period.setdefault(row[:2], []).append(row)
    before, brought = _last_said(store), {name: feed.newest for name, feed in store.feeds().items()}
    fresh: list[Row] = []
    for (series_id, period), said in by_period.items():
        newest, last = brought.get(series_id), max(said, key=lambda row: row[3])
        told = (series_id, period) in before and before[series_id, period] == last[2]
        if not told and (newest is None or period > newest.isoformat()):
            fresh += said
    store.write(published, source=source, vintage_true=lambda _: True)
    store.add(fresh, seen_on=seen_on, source=source)


def _last_said(store: Store) -> dict[tuple[str, str], float | None]:
    """The newest value of each period in the embedded data that the store has."""
    found = store.engine.all(
        "SELECT id, observed_on, value FROM observation JOIN series ON series.key = observation.series"
        " WHERE source LIKE ? AND exact IN (?, ?) ORDER BY available_at",
        ("embedded %", BY_RULE, EXACT),
    )
    return {(name, date_of(period).isoformat()): value for name, period, value in found}
