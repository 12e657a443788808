"""What a store asks of a database. Statements are SQL that both know, with ``?`` for a value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

SCHEMA_VERSION = 2

BY_RULE, EXACT, IMPORTED = 0, 1, 2
"""How a row came, its column ``exact``: from a source that dates it by a rule, from one that tells every value that was
ever published, or from a person. Each import has a number of its own there, from ``IMPORTED`` on one more than people
see; it is negative once the import was taken back, and what is negative does not count."""

TABLES = {
    "meta": ("key", "value"),
    "series": ("key", "id", "exact_until"),
    "observation": (
        "series", "observed_on", "available_at", "exact", "value", "fetched_at", "source", "vintage",
    ),
    "packed": ("series", "content"),
    "feed": ("series", "source", "state", "facts", "checked_at", "changed_at", "failure", "failed_at"),
}  # fmt: skip
"""Every table with its columns: what ``copy`` moves and what ``check`` compares."""

KEYS = {"meta": 1, "series": 1, "observation": 4, "packed": 1, "feed": 1}
"""How many of a table's first columns are its key."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE series (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, exact_until INTEGER);
CREATE TABLE observation (
    series INTEGER NOT NULL REFERENCES series (key),
    observed_on INTEGER NOT NULL,
    available_at INTEGER NOT NULL,
    exact INTEGER NOT NULL,
    value DOUBLE PRECISION,
    fetched_at TEXT NOT NULL,
    source TEXT NOT NULL,
    vintage INTEGER,
    PRIMARY KEY (series, observed_on, available_at, exact)
){clustered};
CREATE TABLE packed (series INTEGER PRIMARY KEY REFERENCES series (key), content {bytes} NOT NULL);
CREATE TABLE feed (
    series TEXT PRIMARY KEY,
    source TEXT,
    state TEXT,
    facts TEXT NOT NULL,
    checked_at TEXT,
    changed_at TEXT,
    failure TEXT,
    failed_at TEXT
)
"""

Observation = tuple[int, int, int, int, "float | None", str, str, "int | None"]
"""One row of the table ``observation``."""


class Engine(Protocol):
    """A database with the tables of a store. ``where`` names it to people and holds no password."""

    name: str
    where: str

    def all(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Every row that a statement returns."""
        ...

    def run(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """A statement once for each row of values."""
        ...

    def put(self, rows: Sequence[Observation]) -> None:
        """Add observations; a row whose key is there and whose value differs replaces it. No key comes twice."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """One transaction that changes the store: whole or not at all, after any other."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """While it lasts, every statement sees the store as it was at the first."""
        ...

    def refreshing(self) -> AbstractContextManager[None]:
        """The right to refresh, which one process has at a time and loses when it ends, however it ends.

        Raises ``StoreError`` while another has it.
        """
        ...

    def changes(self) -> object:
        """Something that is another once another connection has written."""
        ...

    def can_write(self) -> bool:
        """Whether this user may change the store."""
        ...

    def size(self) -> int:
        """Bytes on disk."""
        ...

    def faults(self) -> list[str]:
        """What the database itself finds wrong with its files, one sentence each."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
