"""How each series was last brought: the source, what it said, and why it failed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xl_thesis.store.engine import Engine

_NEWEST = "newest:"


@dataclass(frozen=True, slots=True)
class Feed:
    """The last pull of a series. ``checked_at``: when the source last answered; ``failure``: why it since has not.

    ``state`` is what the provider wants to be told at the next pull; ``facts`` is what it says of the series (title,
    units, notice). ``newest`` is the last period that its pulls have brought, whatever else the store has of it.
    """

    series_id: str
    source: str | None
    state: str | None
    facts: Mapping[str, str] = field(default_factory=dict)
    checked_at: dt.datetime | None = None
    changed_at: dt.datetime | None = None
    failure: str | None = None
    failed_at: dt.datetime | None = None
    newest: dt.date | None = None


def read_feeds(engine: Engine) -> dict[str, Feed]:
    """Every feed by the id of its series."""
    found = engine.all(
        "SELECT series, source, state, facts, checked_at, changed_at, failure, failed_at, meta.value"
        " FROM feed LEFT JOIN meta ON meta.key = ? || feed.series",
        (_NEWEST,),
    )
    return {
        series: Feed(
            series,
            source,
            state,
            json.loads(facts),
            _moment(checked),
            _moment(changed),
            failure,
            _moment(failed),
            None if newest is None else dt.date.fromisoformat(newest),
        )
        for series, source, state, facts, checked, changed, failure, failed, newest in found
    }


def write_feed(
    engine: Engine,
    series_id: str,
    *,
    source: str,
    state: str | None,
    facts: Mapping[str, str] | None,
    at: str,
    changed: bool,
) -> None:
    """A pull that succeeded; facts that were not given again are kept."""
    kept = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True) if facts else None
    engine.run(
        "INSERT INTO feed (series, source, state, facts, checked_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (series) DO UPDATE SET source = excluded.source, state = excluded.state,"
        " facts = CASE excluded.facts WHEN '{}' THEN feed.facts ELSE excluded.facts END,"
        " checked_at = excluded.checked_at, changed_at = coalesce(excluded.changed_at, feed.changed_at),"
        " failure = NULL, failed_at = NULL",
        [(series_id, source, state, kept or "{}", at, at if changed else None)],
    )


def newest_note(engine: Engine, series_id: str, rows: Iterable[tuple[str, str, float | None, str]]) -> dict[str, str]:
    """The note that keeps the last period which pulls of a series have brought; none where they brought no row."""
    key = f"{_NEWEST}{series_id}"
    before = [str(value) for (value,) in engine.all("SELECT value FROM meta WHERE key = ?", (key,))]
    periods = [observed_on for name, observed_on, _, _ in rows if name == series_id]
    return {key: max(before + periods)} if periods else {}


def write_failure(engine: Engine, series_id: str, reason: str, at: str) -> None:
    """A pull that failed; what earlier ones brought and said stays."""
    engine.run(
        "INSERT INTO feed (series, facts, failure, failed_at) VALUES (?, '{}', ?, ?)"
        " ON CONFLICT (series) DO UPDATE SET failure = excluded.failure, failed_at = excluded.failed_at",
        [(series_id, reason, at)],
    )


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
