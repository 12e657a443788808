"""The only reader and writer of observations.

One SQLite file. An observation is (series, period, value, available_at, fetched_at, source, vintage); the same period
may have several, one for each day its value changed, so that "series X as known on D" has an answer. Days are stored
as integers since 1970-01-01; the view ``observations`` shows them as dates. A null value is a withdrawn one.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np

from xl_thesis.errors import StoreError
from xl_thesis.models import SeriesMeta
from xl_thesis.observations import Schedule, Vintages

SCHEMA_VERSION = 1
_APPLICATION_ID = 0x786C7468  # "xlth"
_EPOCH = dt.date(1970, 1, 1).toordinal()
_BUSY_SECONDS = 30.0

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE series (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE observation (
    series INTEGER NOT NULL REFERENCES series (key),
    observed_on INTEGER NOT NULL,
    available_at INTEGER NOT NULL,
    value REAL,
    fetched_at TEXT NOT NULL,
    source TEXT NOT NULL,
    vintage INTEGER,
    PRIMARY KEY (series, observed_on, available_at)
) WITHOUT ROWID;
CREATE VIEW observations AS
SELECT id AS series, date(observed_on * 86400, 'unixepoch') AS observed_on, value,
       date(available_at * 86400, 'unixepoch') AS available_at, fetched_at, source,
       date(vintage * 86400, 'unixepoch') AS vintage
FROM observation JOIN series ON series.key = observation.series;
"""

Row = tuple[str, str, float | None, str]
"""(series id, observed_on, value, available_at), dates as ISO text."""

Result = TypeVar("Result")


class Store:
    """An open store. Use ``open_store`` to get one. ``generation`` grows whenever what it holds may have changed.

    >>> store = Store(":memory:")
    >>> _ = store.write([("FRED:UNRATE", "2023-08-31", 3.8, "2023-09-01")], source="example")
    >>> store.series_ids()
    ['FRED:UNRATE']
    """

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self._cache: dict[tuple[str, Schedule, bool], Vintages | None] = {}
        self._data_version = -1
        self.generation = 0
        try:
            self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        except sqlite3.OperationalError as error:
            raise StoreError(f"the store {path} cannot be opened: {error}") from None
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._prepare()
        except BaseException as error:
            self._connection.close()
            if isinstance(error, sqlite3.OperationalError):
                raise StoreError(f"the store {path} cannot be opened: {error}") from None
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def vintages(self, meta: SeriesMeta) -> Vintages | None:
        """Every value ever known of a series; None where the store has none. Cached: see ``forget_if_changed``."""
        key = (meta.id, Schedule.of(meta), meta.zero_is_missing)
        if key not in self._cache:
            self._cache[key] = self._read(meta)
        return self._cache[key]

    def series_ids(self) -> list[str]:
        """Ids of all series with observations."""
        return [row[0] for row in self._all("SELECT id FROM series ORDER BY id")]

    def first_available(self) -> dt.date | None:
        """The first day on which anything was known."""
        day = self._all("SELECT min(available_at) FROM observation")[0][0]
        return None if day is None else dt.date.fromordinal(_EPOCH + day)

    def get(self, key: str) -> str | None:
        """A note of the store about itself."""
        found = self._all("SELECT value FROM meta WHERE key = ?", (key,))
        return found[0][0] if found else None

    def refreshed_at(self) -> dt.datetime | None:
        """When a refresh last brought what the score needs; None on embedded data alone."""
        text = self.get("refreshed_at")
        return None if text is None else dt.datetime.fromisoformat(text)

    def write(
        self,
        rows: Iterable[Row],
        *,
        source: str,
        fetched_at: dt.datetime | None = None,
        vintage_true: Callable[[str], bool] = lambda _: False,
        notes: dict[str, str] | None = None,
    ) -> int:
        """Add observations in one transaction and return how many rows were given.

        Nothing is ever deleted: a value that changed comes with a later ``available_at``. The same value of the same
        day is written again without effect. ``vintage_true`` says of a series whether ``available_at`` is the day a
        real vintage was published; ``notes`` are kept with the data, in the same transaction.
        """
        stamp = (fetched_at or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds")
        with self._transaction():
            keys = dict(self._all("SELECT id, key FROM series"))
            count = 0
            for series_id, observed_on, value, available_at in rows:
                count += 1
                if series_id not in keys:
                    inserted = self._connection.execute("INSERT INTO series (id) VALUES (?)", (series_id,))
                    keys[series_id] = inserted.lastrowid
                day = _day(available_at)
                vintage = day if vintage_true(series_id) else None
                self._connection.execute(
                    "INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET value = excluded.value, fetched_at = excluded.fetched_at,"
                    " source = excluded.source WHERE value IS NOT excluded.value",
                    (keys[series_id], _day(observed_on), day, value, stamp, source, vintage),
                )
            for key, text in (notes or {}).items():
                self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, text))
        self._forget()
        return count

    def _read(self, meta: SeriesMeta) -> Vintages | None:
        found = self._all(
            "SELECT observed_on, available_at, value FROM observation"
            " WHERE series = (SELECT key FROM series WHERE id = ?) ORDER BY observed_on, available_at",
            (meta.id,),
        )
        if not found:
            return None
        table = np.array(found, dtype=np.float64)
        values = table[:, 2]
        if meta.zero_is_missing:
            values = np.where(values == 0.0, np.nan, values)
        days, available = (table[:, column].astype("int64").view("datetime64[D]") for column in (0, 1))
        return Vintages.of(days, values.copy(), available, Schedule.of(meta))

    def forget_if_changed(self) -> None:
        """Drop the cache once another process has written; asked once before each evaluation."""
        version = self._all("PRAGMA data_version")[0][0]
        if version != self._data_version:
            self._forget()
            self._data_version = version

    def _forget(self) -> None:
        self._cache.clear()
        self.generation += 1

    def _prepare(self) -> None:
        """Create the schema in an empty file; refuse a file that is not ours."""
        if self._is_empty():
            with self._transaction():
                if self._is_empty():  # another process may have been first
                    for statement in _SCHEMA.split(";\n"):
                        self._connection.execute(statement)
                    self._connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                    self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if self._all("PRAGMA application_id")[0][0] != _APPLICATION_ID:
            raise NotAStoreError("it is a database of another program")
        version = self._all("PRAGMA user_version")[0][0]
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"the store {self.path} was written by a newer xl-thesis (schema {version}, this one knows"
                f" {SCHEMA_VERSION}); upgrade xl-thesis or set XL_THESIS_STORE to another file"
            )

    def _is_empty(self) -> bool:
        return bool(self._all("SELECT count(*) FROM sqlite_master")[0][0] == 0)

    def _all(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple]:  # type: ignore[type-arg]
        return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


class NotAStoreError(sqlite3.DatabaseError):
    """The file is a database, but not one of ours."""


def open_store(path: Path) -> Store:
    """The store at a path, created where there is none.

    A file that is damaged or belongs to another program is moved aside, never deleted, and a new store is begun; a
    sentence on the error stream says so. Raises ``StoreError`` where the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Store(path)
    except sqlite3.DatabaseError as error:
        kept = _set_aside(path)
        print(f"xl-thesis: the store {path} could not be used ({error}); it is kept as {kept.name}", file=sys.stderr)
        return Store(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            f"the folder {path.parent} cannot be used ({reason}); set XL_THESIS_HOME to one that can be written"
        ) from None


def _set_aside(path: Path) -> Path:
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S")
    kept = path.with_name(f"{path.name}.kept-{stamp}-{os.getpid()}")
    for suffix in ("-wal", "-shm"):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.replace(kept.with_name(kept.name + suffix))
    path.replace(kept)
    return kept


def _day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal() - _EPOCH
