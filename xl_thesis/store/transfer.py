"""What a store holds, whether it is whole, and moving it to another engine with nothing lost."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from xl_thesis.errors import InputError, StoreError
from xl_thesis.store import Store
from xl_thesis.store.engine import BY_RULE, EXACT, KEYS, SCHEMA_VERSION, TABLES
from xl_thesis.store.imports import read_imports

# Statements below name tables of ours, never anything from outside (S608).
_ENGINE_NOTES = ("schema_version",)


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """A store at a glance; ``where`` holds no password. ``failing``: series whose last pull failed, with the reason."""

    engine: str
    where: str
    schema: int
    bytes: int
    series: int
    observations: int
    refreshed: int
    imports: int
    failing: dict[str, str]
    refreshed_at: dt.datetime | None
    last_arrival: dt.datetime | None

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        moments = {name: getattr(self, name) for name in ("refreshed_at", "last_arrival")}
        return asdict(self) | {name: moment and moment.isoformat() for name, moment in moments.items()}


def describe(store: Store) -> StoreInfo:
    """What a store holds."""
    feeds = store.feeds()
    return StoreInfo(
        engine=store.engine.name,
        where=store.engine.where,
        schema=SCHEMA_VERSION,
        bytes=store.engine.size(),
        series=_count(store, "series"),
        observations=_count(store, "observation"),
        refreshed=sum(feed.checked_at is not None for feed in feeds.values()),
        imports=sum(item.taken_back_at is None for item in store.imports()),
        failing={name: feed.failure for name, feed in sorted(feeds.items()) if feed.failure is not None},
        refreshed_at=store.refreshed_at(),
        last_arrival=max((feed.changed_at for feed in feeds.values() if feed.changed_at), default=None),
    )


def check(store: Store) -> list[str]:
    """Everything that is wrong with a store, one sentence each; none for one that is whole."""
    with store.engine.reading():
        faults = store.engine.faults()
        if faults:
            return faults
        orphans = store.engine.all("SELECT count(*) FROM observation WHERE series NOT IN (SELECT key FROM series)")
        if orphans[0][0]:
            faults.append(f"{orphans[0][0]} observations belong to no series")
        for key, name in store.engine.all("SELECT key, id FROM series ORDER BY id"):
            packed = store.engine.all("SELECT content FROM packed WHERE series = ?", (key,))
            if packed and bytes(packed[0][0]) != store.held(key).pack():
                faults.append(f"what is read of {name} is not what its observations say")
        numbers = {item.number + 1: item.taken_back_at is not None for item in read_imports(store.engine)}
        allowed = {BY_RULE, EXACT, *(-layer if is_gone else layer for layer, is_gone in numbers.items())}
        for kind, count in store.engine.all("SELECT exact, count(*) FROM observation GROUP BY exact ORDER BY exact"):
            if kind not in allowed:
                faults.append(f"{count} observations are neither exact, nor dated by rule, nor of an import")
    return faults


def copy(source: Store, target: Store) -> dict[str, int]:
    """Move everything to an empty store, of whatever engine, in one transaction, and compare every row afterwards.

    Returns the rows of each table. Raises ``InputError`` where the target already holds observations, ``StoreError``
    where a row arrived otherwise than it was; the target is then as empty as before.
    """
    if any(_rows(target, table) for table in TABLES):
        raise InputError(f"{target.engine.where} already holds data; copy to a store that is empty")
    counts = {}
    with source.engine.reading(), target.engine.writing():
        for table, columns in TABLES.items():
            rows = _rows(source, table)
            counts[table] = len(rows)
            if table == "observation":
                target.engine.put(rows)
            else:
                marks = ", ".join("?" * len(columns))
                target.engine.run(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608
            if _digest(_rows(target, table)) != _digest(rows):
                raise StoreError(f"the table {table} did not arrive as it was; nothing was copied")
    target.forget_if_changed()
    return counts


def _rows(store: Store, table: str) -> list[Any]:
    """Every row of a table in the order of its key, without an engine's notes about itself."""
    columns, keys = TABLES[table], TABLES[table][: KEYS[table]]
    rows = store.engine.all(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {', '.join(keys)}")  # noqa: S608
    if table in ("meta", "feed"):  # databases differ in how they sort text
        rows = sorted((row for row in rows if row[0] not in _ENGINE_NOTES), key=lambda row: row[0])
    return [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in rows]


def _digest(rows: list[Any]) -> str:
    sha = hashlib.sha256()
    for row in rows:
        sha.update(f"{row!r}\n".encode())
    return sha.hexdigest()


def _count(store: Store, table: str) -> int:
    return int(store.engine.all(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608
