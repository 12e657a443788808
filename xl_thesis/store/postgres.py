"""A store in a PostgreSQL database, shared by a team: one scheduled refresher, any number of readers.

The tables are those of the SQLite file, in a schema ``xl_thesis`` of their own. ``change`` has one row, which every
writer counts up, so that readers notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus, urlsplit

from xl_thesis.addresses import fault, without_password
from xl_thesis.errors import StoreError
from xl_thesis.store.engine import SCHEMA, SCHEMA_VERSION, TABLES, Observation

if TYPE_CHECKING:
    import psycopg

_TABLES = SCHEMA.format(clustered="", bytes="BYTEA")
_ADVISORY_LOCK = 0x786C7468  # "xlth"
_CONNECT_SECONDS = 10
_SEARCH_PATH = b"SET search_path TO xl_thesis"
_SCHEME = re.compile(r"^postgres(?:ql)?(?:\+psycopg)?://")

_PLAIN = frozenset(("host", "hostaddr", "port", "user", "dbname", "connect_timeout", "application_name", "sslmode"))
"""Parameters of an address that hold no secret; of all others the value is shown nowhere."""

_EXTRAS = """
CREATE TABLE change (count BIGINT NOT NULL);
INSERT INTO change VALUES (0);
CREATE VIEW observations AS
SELECT id AS series, DATE '1970-01-01' + observed_on AS observed_on, value,
       DATE '1970-01-01' + available_at AS available_at, exact, fetched_at, source,
       DATE '1970-01-01' + vintage AS vintage
FROM observation JOIN series ON series.key = observation.series
"""


def is_postgres(location: object) -> bool:
    """Whether a store's location is a PostgreSQL address.

    >>> is_postgres("postgresql+psycopg://reader@db.example/macro")
    True
    """
    return isinstance(location, str) and _SCHEME.match(location) is not None


class PostgresEngine:
    """See ``Engine``. Raises ``StoreError`` with one sentence where the database cannot be reached."""

    name = "PostgreSQL"

    def __init__(self, address: str) -> None:
        self._address = _SCHEME.sub("postgresql://", address)
        self.where = without_password(self._address)
        wrong = fault(self._address)
        if wrong is not None:
            raise StoreError(f"the store {self.where} cannot be reached: {wrong}")
        self._connection = self._connect()
        try:
            self._prepare()
        except self._driver.Error as error:
            self._connection.close()
            raise StoreError(f"the store {self.where} cannot be used: {self._reason(error)}") from None
        except BaseException:  # whatever it was, it is let go and goes on up
            self._connection.close()
            raise

    def all(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """See ``Engine``."""
        self._ensure_connected()
        with self._spoken():
            return self._connection.execute(_translated(statement), values).fetchall()

    def run(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """See ``Engine``."""
        with self._spoken(), self._connection.cursor() as cursor:
            cursor.executemany(_translated(statement), list(rows))

    def put(self, rows: Sequence[Observation]) -> None:
        """See ``Engine``. All rows travel in one COPY."""
        if not rows:
            return
        with self._spoken(), self._connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE arriving (LIKE observation) ON COMMIT DROP")
            with cursor.copy("COPY arriving FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(
                "INSERT INTO observation SELECT * FROM arriving"
                " ON CONFLICT (series, observed_on, available_at, exact) DO UPDATE SET value = excluded.value,"
                " fetched_at = excluded.fetched_at, source = excluded.source"
                " WHERE observation.value IS DISTINCT FROM excluded.value"
            )
            cursor.execute("DROP TABLE arriving")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """See ``Engine``. Readers go on; another writer waits at the lock of the table ``change``."""
        self._ensure_connected()
        with self._spoken(), self._connection.transaction():
            self._connection.execute("UPDATE change SET count = count + 1")
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See ``Engine``."""
        self._ensure_connected()
        if self._connection.info.transaction_status != self._driver.pq.TransactionStatus.IDLE:
            yield
            return
        with self._spoken(), self._connection.transaction():
            self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """The server frees the lock when the connection ends, also when the process is killed."""
        if not self.all("SELECT pg_try_advisory_lock(?)", (_ADVISORY_LOCK,))[0][0]:
            raise StoreError("another refresh of this store is running; wait until it is done")
        try:
            yield
        finally:
            self.all("SELECT pg_advisory_unlock(?)", (_ADVISORY_LOCK,))

    def changes(self) -> object:
        """See ``Engine``."""
        return self.all("SELECT count FROM change")[0][0]

    def can_write(self) -> bool:
        """See ``Engine``."""
        return bool(self.all("SELECT has_table_privilege('observation', 'INSERT')")[0][0])

    def size(self) -> int:
        """See ``Engine``."""
        return sum(int(self.all("SELECT pg_total_relation_size(?::regclass)", (name,))[0][0]) for name in TABLES)

    def faults(self) -> list[str]:
        """PostgreSQL guards its files itself."""
        return []

    def close(self) -> None:
        """See ``Engine``."""
        self._connection.close()

    def _connect(self) -> psycopg.Connection[Any]:
        try:
            import psycopg
        except ImportError:
            raise StoreError(
                "a store on PostgreSQL needs the driver psycopg; install it from the folder of xl-thesis with:"
                " pip install '.[postgres]'"
            ) from None
        self._driver = psycopg
        options: dict[str, Any] = {"autocommit": True, "application_name": "xl-thesis"}
        if "connect_timeout=" not in self._address:
            options["connect_timeout"] = _CONNECT_SECONDS
        try:
            return psycopg.connect(self._address, **options)
        except psycopg.OperationalError as error:
            raise StoreError(f"the store {self.where} cannot be reached: {self._reason(error)}") from None
        except psycopg.Error:
            raise StoreError(f"the store {self.where} cannot be reached: its address is not understood") from None

    def _ensure_connected(self) -> None:
        """A session that outlives the server's restart goes on with a new connection."""
        if self._connection.closed:
            self._connection = self._connect()
            self._connection.execute(_SEARCH_PATH)

    def _prepare(self) -> None:
        """Create the tables where there are none; refuse those of a newer version."""
        if not self._has_tables():
            with self._connection.transaction():
                self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK + 1,))
                if not self._has_tables():  # another process may have been first
                    self._connection.execute("CREATE SCHEMA IF NOT EXISTS xl_thesis")
                    self._connection.execute("SET LOCAL search_path TO xl_thesis")
                    for statement in f"{_TABLES};\n{_EXTRAS}".split(";\n"):
                        self._connection.execute(statement.encode())
                    self._connection.execute("INSERT INTO meta VALUES ('schema_version', %s)", (str(SCHEMA_VERSION),))
        self._connection.execute(_SEARCH_PATH)
        version = int(self.all("SELECT value FROM meta WHERE key = 'schema_version'")[0][0])
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"the store {self.where} was written by a newer xl-thesis (schema {version}, this one knows"
                f" {SCHEMA_VERSION}); upgrade xl-thesis or set XL_THESIS_STORE to another database"
            )

    def _has_tables(self) -> bool:
        found = self._connection.execute("SELECT to_regclass('xl_thesis.change')").fetchone()
        return found is not None and found[0] is not None

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """What the driver raises, as one sentence."""
        try:
            yield
        except self._driver.Error as error:
            raise StoreError(f"the store {self.where} cannot be used: {self._reason(error)}") from None

    def _reason(self, error: Exception) -> str:
        """The first line of what the driver says, without the password."""
        text = next(iter(str(error).strip().splitlines()), type(error).__name__)
        parts = urlsplit(self._address)
        pairs = [pair.partition("=") for pair in parts.query.split("&")]
        secrets = [parts.password, *(value for name, _, value in pairs if name not in _PLAIN)]
        for secret in filter(None, secrets):
            for written in (secret, unquote(secret), unquote_plus(secret)):
                text = text.replace(written, "***")
        return text


def _translated(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()
