"""A store in one SQLite file: any number of readers beside one writer."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from xl_thesis.errors import StoreError
from xl_thesis.store.engine import SCHEMA, SCHEMA_VERSION, Observation

_TABLES = SCHEMA.format(clustered=" WITHOUT ROWID", bytes="BLOB").strip()
APPLICATION_ID = 0x786C7468  # "xlth"
_BUSY_SECONDS = 30.0

_VIEW = """
CREATE VIEW observations AS
SELECT id AS series, date(observed_on * 86400, 'unixepoch') AS observed_on, value,
       date(available_at * 86400, 'unixepoch') AS available_at, exact, fetched_at, source,
       date(vintage * 86400, 'unixepoch') AS vintage
FROM observation JOIN series ON series.key = observation.series
"""

_FROM_VERSION_1 = """
DROP VIEW observations;
ALTER TABLE observation RENAME TO observation_1;
ALTER TABLE series RENAME TO series_1;
ALTER TABLE meta RENAME TO meta_1;
{schema};
INSERT INTO meta SELECT key, value FROM meta_1;
INSERT INTO series SELECT key, id, NULL FROM series_1;
INSERT INTO observation
SELECT series, observed_on, available_at, 0, value, fetched_at, source, vintage FROM observation_1;
DROP TABLE observation_1;
DROP TABLE series_1;
DROP TABLE meta_1
"""


class NotAStoreError(sqlite3.DatabaseError):
    """The file is a database, but not one of ours."""


class SqliteEngine:
    """See ``Engine``."""

    name = "SQLite"
    damage = sqlite3.DatabaseError

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self.where = str(path)
        self._is_open = False
        self._frozen_at: int | None = None
        try:
            self._connection = self._connect()
        except sqlite3.OperationalError as error:
            raise StoreError(f"the store {path} cannot be opened: {error}{self._remedy()}") from None
        try:
            self._prepare()
            self._is_open = True
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise StoreError(f"the store {path} cannot be opened: {error}") from None
        except BaseException:  # whatever it was, the file is let go and it goes on up
            self._connection.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        """A connection; where file or folder may not be written, one that only reads."""
        path = Path(self.path)
        if self.path == ":memory:" or not path.exists() or all(os.access(it, os.W_OK) for it in (path, path.parent)):
            connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
            except BaseException:  # whatever it was, the file is let go and it goes on up
                connection.close()
                raise
            return connection
        return self._connect_to_read(path)

    def _connect_to_read(self, path: Path) -> sqlite3.Connection:
        """As long as nobody writes, SQLite's own companions of the file are not there and cannot be made.

        Then the file is read as it is, see ``changes``.
        """
        is_quiet = not Path(f"{path}-wal").exists()
        self._frozen_at = path.stat().st_mtime_ns if is_quiet else None
        address = f"{path.resolve().as_uri()}?{'immutable=1' if is_quiet else 'mode=ro'}"
        connection = sqlite3.connect(address, timeout=_BUSY_SECONDS, isolation_level=None, uri=True)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _remedy(self) -> str:
        """What to do where it is the folder that stands in the way."""
        if os.access(Path(self.path).parent, os.W_OK):
            return ""
        return "; set XL_THESIS_HOME or XL_THESIS_STORE to a place you can write to"

    def _require_write(self) -> None:
        if not self.can_write():
            raise StoreError(
                f"you may only read the store {self.where}; whoever may write keeps it up, or set XL_THESIS_STORE to a"
                " file of your own"
            )

    def all(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """See ``Engine``."""
        with self._spoken():
            return self._connection.execute(statement, values).fetchall()

    def run(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """See ``Engine``."""
        with self._spoken():
            self._connection.executemany(statement, rows)

    def put(self, rows: Sequence[Observation]) -> None:
        """See ``Engine``."""
        self.run(
            "INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET value = excluded.value, fetched_at = excluded.fetched_at,"
            " source = excluded.source WHERE value IS NOT excluded.value",
            rows,
        )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """See ``Engine``."""
        self._require_write()
        with self._spoken():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._spoken():
                self._connection.execute("COMMIT")
        except BaseException:  # Ctrl-C too: nothing by halves
            self._roll_back()
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See ``Engine``."""
        if self._connection.in_transaction:
            yield
            return
        with self._spoken():
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.DatabaseError):  # a damaged file; what was read of it has been said
                self._connection.execute("COMMIT")
            self._roll_back()

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """The lock is that of a second file, because the operating system frees it when a process is killed."""
        if self.path == ":memory:":
            yield
            return
        self._require_write()
        with closing(sqlite3.connect(f"{self.path}.refreshing", timeout=0, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                raise StoreError("another refresh of this store is running; wait until it is done") from None
            yield

    def changes(self) -> object:
        """See ``Engine``."""
        if self._connection.in_transaction:
            self.all("SELECT 1 FROM meta LIMIT 1")  # the transaction sees the store from here on
        elif self._frozen_at is not None and self._frozen_at != Path(self.path).stat().st_mtime_ns:
            self._connection.close()
            self._connection = self._connect()
        return self.all("PRAGMA data_version")[0][0], self._frozen_at

    def can_write(self) -> bool:
        """See ``Engine``."""
        return bool(self.all("PRAGMA query_only")[0][0] == 0)

    def size(self) -> int:
        """See ``Engine``."""
        pages, bytes_each = self.all("PRAGMA page_count")[0][0], self.all("PRAGMA page_size")[0][0]
        return int(pages * bytes_each)

    def faults(self) -> list[str]:
        """See ``Engine``."""
        try:
            said = [str(row[0]) for row in self.all("PRAGMA integrity_check")]
        except StoreError as error:
            return [str(error)]
        return [line for line in said if line != "ok"]

    def close(self) -> None:
        """See ``Engine``."""
        self._connection.close()

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """What stands in the way, a full disk or damage say, as one sentence.

        While it is being opened, damage stays what it is, see ``open_store``.
        """
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreError(f"the store {self.where} cannot be used: {error}") from None
        except sqlite3.DatabaseError as error:
            if not self._is_open or type(error) is not sqlite3.DatabaseError:  # those below it are faults of ours
                raise
            raise StoreError(
                f"the store {self.where} is damaged ({error}); put a backup in its place, or move it aside and run"
                " `xl-thesis refresh`, which begins a new one"
            ) from None

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # a full disk has ended it already
            with suppress(sqlite3.Error):  # what went wrong before is what is told
                self._connection.execute("ROLLBACK")

    def _prepare(self) -> None:
        """Create the schema in an empty file, bring an older one up to date; refuse a file that is not ours."""
        if self._is_empty():
            with self.writing():
                if self._is_empty():  # another process may have been first
                    self._script(f"{_TABLES};\n{_VIEW}")
                    self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if self.all("PRAGMA application_id")[0][0] != APPLICATION_ID:
            raise NotAStoreError("it is a database of another program")
        version = self._version()
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"the store {self.path} was written by a newer xl-thesis (schema {version}, this one knows"
                f" {SCHEMA_VERSION}); upgrade xl-thesis or set XL_THESIS_STORE to another file"
            )
        if version < SCHEMA_VERSION:
            self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        """From schema 1. The store as it was stays beside it, as ``NAME.schema1``."""
        kept = Path(f"{self.path}.schema1")
        if not kept.exists():
            beside = kept.with_name(f"{kept.name}.{os.getpid()}.tmp")
            beside.unlink(missing_ok=True)
            self.all("VACUUM INTO ?", (str(beside),))
            beside.replace(kept)
        with self.writing():
            if self._version() < SCHEMA_VERSION:  # another process may have been first
                self._script(_FROM_VERSION_1.format(schema=_TABLES) + f";\n{_VIEW}")
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _script(self, text: str) -> None:
        for statement in text.split(";\n"):
            self._connection.execute(statement)

    def _version(self) -> int:
        return int(self.all("PRAGMA user_version")[0][0])

    def _is_empty(self) -> bool:
        return bool(self.all("SELECT count(*) FROM sqlite_master")[0][0] == 0)
