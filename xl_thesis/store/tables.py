"""What a change of the store is made of: statements on its tables, all inside a transaction that writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from xl_thesis.store.arrivals import Held
from xl_thesis.store.engine import EXACT, IMPORTED, Engine
from xl_thesis.store.rows import number_of


def key_maker(engine: Engine) -> Callable[[str], int]:
    """Finds a series' key and gives one to a new series."""
    keys: dict[str, int] = dict(engine.all("SELECT id, key FROM series"))

    def key_of(series_id: str) -> int:
        if series_id not in keys:
            keys[series_id] = max(keys.values(), default=0) + 1
            engine.run("INSERT INTO series (key, id) VALUES (?, ?)", [(keys[series_id], series_id)])
        return keys[series_id]

    return key_of


def read_held(engine: Engine, key: int, *, imported: bool = True) -> Held:
    """The rows that count of the series with a key, from its observations; without those that a person imported where
    they are not wanted."""
    return Held.of(
        engine.all(
            "SELECT observed_on, available_at, value, exact, exact_until FROM observation"
            " JOIN series ON series.key = observation.series WHERE series.key = ? AND exact BETWEEN 0 AND ?"
            " ORDER BY observed_on, available_at, exact",
            (key, 2**31 - 1 if imported else IMPORTED - 1),
        )
    )


def pack(engine: Engine, keys: Iterable[int]) -> None:
    """Keep what is held of series a second time, as it is read: a hundred times quicker than row by row."""
    statement = "INSERT INTO packed VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET content = excluded.content"
    engine.run(statement, [(key, read_held(engine, key).pack()) for key in keys])


def supersedes(engine: Engine, key: int, until: dt.date) -> bool:
    """Whether rows that were not exact no longer count, now that exact ones are complete up to a day."""
    return bool(
        engine.all(
            "SELECT 1 FROM observation JOIN series ON series.key = observation.series WHERE series.key = ?"
            " AND exact >= 0 AND exact <> ? AND available_at > coalesce(exact_until, -1000000) AND available_at <= ?"
            " LIMIT 1",
            (key, EXACT, number_of(until)),
        )
    )


def set_exact_until(engine: Engine, key: int, day: dt.date) -> None:
    """Exact rows are complete up to a day."""
    engine.run("UPDATE series SET exact_until = ? WHERE key = ?", [(number_of(day), key)])


def has_series(engine: Engine, series_id: str) -> bool:
    """Whether the store knows a series."""
    return bool(engine.all("SELECT 1 FROM series WHERE id = ?", (series_id,)))


def write_notes(engine: Engine, notes: Mapping[str, str]) -> None:
    """Notes of the store about itself."""
    statement = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    engine.run(statement, list(notes.items()))
