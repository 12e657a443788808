"""The only reader and writer of observations.

One SQLite file, or a PostgreSQL database for a team. An observation is (series, period, value, available_at,
fetched_at, source, vintage); the same period may have several, one for each day its value changed, so that "series X
as known on D" has an answer. Days are stored as integers since 1970-01-01; the view ``observations`` shows them as
dates. A null value is a withdrawn one.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np

from xl_thesis.addresses import is_no_file
from xl_thesis.errors import StoreError
from xl_thesis.models import SeriesMeta
from xl_thesis.observations import Schedule, Vintages
from xl_thesis.store import imports
from xl_thesis.store.arrivals import Arrival, Change, Held, changed_rows
from xl_thesis.store.aside import refuse_foreign, set_aside
from xl_thesis.store.engine import SCHEMA_VERSION, Engine, Observation
from xl_thesis.store.evidence import Evidence, read_evidence
from xl_thesis.store.feeds import Feed, newest_note, read_feeds, write_failure, write_feed
from xl_thesis.store.imports import Import
from xl_thesis.store.postgres import PostgresEngine, is_postgres
from xl_thesis.store.rows import Row, by_series, date_of, day_of, finite, number_of, stamp_of
from xl_thesis.store.sqlite import NotAStoreError, SqliteEngine
from xl_thesis.store.tables import has_series, key_maker, pack, read_held, set_exact_until, supersedes, write_notes

__all__ = ["SCHEMA_VERSION", "Change", "Feed", "Import", "NotAStoreError", "Row", "Store", "open_store"]


class Store:
    """An open store. Use ``open_store`` to get one. ``generation`` grows whenever what it holds may have changed.

    >>> store = Store(":memory:")
    >>> _ = store.write([("FRED:UNRATE", "2023-08-31", 3.8, "2023-09-01")], source="example")
    >>> store.series_ids()
    ['FRED:UNRATE']
    """

    def __init__(self, location: Path | str) -> None:
        self._cache: dict[tuple[str, Schedule, bool], Vintages | None] = {}
        self._evidence: dict[tuple[object, ...], Evidence] = {}
        self._imports: tuple[Import, ...] | None = None
        self._changes: object = None
        self.generation = 0
        self.engine: Engine = (
            PostgresEngine(location) if isinstance(location, str) and is_postgres(location) else SqliteEngine(location)
        )
        try:
            self._pack_what_is_not()
        except BaseException:  # whatever it was, it is let go and goes on up
            self.engine.close()
            raise

    def close(self) -> None:
        """Let go of the file or the connection."""
        self.engine.close()

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

    def evidence(self, meta: SeriesMeta) -> Evidence:
        """How what is held of a series arrived. Cached as ``vintages`` is."""
        key = (meta.id, meta.point_in_time, meta.vintages_from)
        if key not in self._evidence:
            self._evidence[key] = read_evidence(self.engine, meta, self.imports())
        return self._evidence[key]

    def series_ids(self) -> list[str]:
        """Ids of all series with observations."""
        return [row[0] for row in self.engine.all("SELECT id FROM series ORDER BY id")]

    def first_available(self) -> dt.date | None:
        """The first day on which anything was known."""
        day = self.engine.all("SELECT min(available_at) FROM observation WHERE exact >= 0")[0][0]
        return None if day is None else date_of(day)

    def get(self, key: str) -> str | None:
        """A note of the store about itself."""
        found = self.engine.all("SELECT value FROM meta WHERE key = ?", (key,))
        return found[0][0] if found else None

    def note(self, notes: Mapping[str, str]) -> None:
        """Keep notes of the store about itself."""
        with self.engine.writing():
            write_notes(self.engine, notes)
        self._forget()

    def refreshed_at(self, thesis: str | None = None) -> dt.datetime | None:
        """When a refresh last brought what the score of a thesis, or of any, needs; None on embedded data alone."""
        text = self.get("refreshed_at" if thesis is None else f"refreshed_at:{thesis}")
        return None if text is None else dt.datetime.fromisoformat(text)

    def feeds(self) -> dict[str, Feed]:
        """How each series was last brought, by id; series that no refresh has asked for are not there."""
        return read_feeds(self.engine)

    def has_vintages(self, series_id: str) -> bool:
        """Whether the store has the real vintages of a series, which then decide alone what was known."""
        return bool(self.engine.all("SELECT 1 FROM series WHERE id = ? AND exact_until IS NOT NULL", (series_id,)))

    def last_vintage(self, series_id: str) -> dt.date | None:
        """The last period of which the store has a real vintage; None where it has none."""
        statement = (
            "SELECT max(observed_on) FROM observation JOIN series ON series.key = observation.series"
            " WHERE id = ? AND vintage IS NOT NULL"
        )
        ((last,),) = self.engine.all(statement, (series_id,))
        return None if last is None else date_of(last)

    def write(
        self,
        rows: Iterable[Row],
        *,
        source: str,
        fetched_at: dt.datetime | None = None,
        vintage_true: Callable[[str], bool] = lambda _: False,
        notes: Mapping[str, str] | None = None,
    ) -> int:
        """Add observations in one transaction and return how many rows were given.

        Nothing is ever deleted: a value that changed comes with a later ``available_at``. The same value of the same
        day is written again without effect. ``vintage_true`` says of a series whether ``available_at`` is the day a
        real vintage was published; ``notes`` are kept with the data, in the same transaction.
        """
        stamp = stamp_of(fetched_at)
        with self.engine.writing():
            table: dict[tuple[int, int, int], Observation] = {}
            key_of = key_maker(self.engine)
            count = 0
            for series_id, observed_on, value, available_at in rows:
                count += 1
                key, period, day = key_of(series_id), day_of(observed_on), day_of(available_at)
                vintage = day if vintage_true(series_id) else None
                table[key, period, day] = (key, period, day, 0, finite(value), stamp, source, vintage)
            self.engine.put(list(table.values()))
            pack(self.engine, dict.fromkeys(key for key, _, _ in table))
            write_notes(self.engine, notes or {})
        self._forget()
        return count

    def record(
        self,
        series_id: str,
        rows: Iterable[Row],
        *,
        seen_on: dt.date,
        exact: bool,
        source: str,
        state: str | None = None,
        facts: Mapping[str, str] | None = None,
        vintages_from: dt.date | None = None,
        fetched_at: dt.datetime | None = None,
    ) -> Change:
        """Keep what a refresh brought of a series on a day, and the state of its feed, in one transaction.

        ``exact``: the rows are every value that was ever published, each from the day it was: within the days they
        cover they decide alone. Those of days before ``vintages_from``, where the archive begins, repeat what it first
        says and are no vintages. Otherwise a period that is new counts from the day given, at the latest from
        ``seen_on``; a period whose value has changed counts as changed from ``seen_on``; the same value adds nothing.
        Rows may belong to companions of the series. Returns how many rows came and how many of them were revisions.
        """
        rows, stamp = list(rows), stamp_of(fetched_at)
        first = number_of(vintages_from or dt.date.min)
        change, said = Change(), (stamp, source)
        with self.engine.writing():
            key_of = key_maker(self.engine)
            for name, own in {series_id: [], **by_series(rows)}.items():
                if own or has_series(self.engine, name):
                    change += self._arrive(key_of(name), name, own, seen_on, said, exact=exact, first=first)
            write_feed(self.engine, series_id, source=source, state=state, facts=facts, at=stamp, changed=bool(change))
            write_notes(self.engine, newest_note(self.engine, series_id, rows))
        self._forget()
        return change

    def add(self, rows: Iterable[Row], *, seen_on: dt.date, source: str) -> None:
        """Keep what a source says of several series, in one transaction, as ``record`` does where it is not exact."""
        stamp = stamp_of(None)
        with self.engine.writing():
            key_of = key_maker(self.engine)
            for name, own in by_series(rows).items():
                self._arrive(key_of(name), name, own, seen_on, (stamp, source), exact=False)
        self._forget()

    def enter(
        self, dated: Iterable[tuple[Row, str | None]], undated: Iterable[Row], *, seen_on: dt.date, file: str
    ) -> tuple[Import | None, Change]:
        """Keep what a person imported from a file, in one transaction, apart from what sources say.

        ``dated`` rows, each with its own source if it has one, count from the day they give, and come before another
        value of the same day. ``undated`` rows count as in ``record`` where they are not exact. Returns the import,
        None where the store had every row, and how many rows were new.
        """
        with self.engine.writing():
            done = imports.enter(self.engine, dated, undated, seen_on=seen_on, file=file)
        self._forget()
        return done

    def imports(self) -> tuple[Import, ...]:
        """What people imported, the oldest first. Cached as ``vintages`` is."""
        if self._imports is None:
            self._imports = imports.read_imports(self.engine)
        return self._imports

    def take_back(self, number: int) -> Import:
        """Take an import back: from now on every day is known as if it had never been. Its rows stay, marked.

        Raises ``InputError`` where there is no such import, or where it was taken back before.
        """
        with self.engine.writing():
            done = imports.take_back(self.engine, number)
        self._forget()
        return done

    def _arrive(
        self, key: int, name: str, own: Sequence[Arrival], seen_on: dt.date, said: tuple[str, str], *, exact: bool,
        first: int = 0,
    ) -> Change:  # fmt: skip
        """Keep what a source says of one series; ``said`` are the moment and the source."""
        engine, imported = self.engine, dict[int, float | None]()
        if own and not exact and imports.of_series(imports.read_imports(engine), name):
            imported = imports.in_force(engine, key)
        held = read_held(engine, key, imported=False) if own else Held.of(())  # a look only where something came
        arrived, change = changed_rows(key, own, held, number_of(seen_on), exact=exact, imported=imported)
        engine.put([(*row, *said, row[2] if exact and row[2] >= first else None) for row in arrived])
        is_stale = bool(change) or (exact and supersedes(engine, key, seen_on)) or bool(imported)
        if exact:
            set_exact_until(engine, key, seen_on)
        if is_stale:
            pack(engine, [key])
        return change

    def record_failure(self, series_id: str, reason: str, at: dt.datetime | None = None) -> None:
        """Keep why a series could not be brought; what is held stays."""
        with self.engine.writing():
            write_failure(self.engine, series_id, reason, stamp_of(at))

    def refreshing(self) -> AbstractContextManager[None]:
        """The right to refresh; raises ``StoreError`` while another process has it."""
        return self.engine.refreshing()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While it lasts, every series is read as the store was at one moment, whatever others write meanwhile."""
        with self.engine.reading():
            self.forget_if_changed()
            yield

    def forget_if_changed(self) -> None:
        """Drop the cache once another process has written; asked once before each evaluation."""
        changes = self.engine.changes()
        if changes != self._changes:
            self._forget()
            self._changes = changes

    def _forget(self) -> None:
        self._cache.clear()
        self._evidence.clear()
        self._imports = None
        self.generation += 1

    def held(self, key: int) -> Held:
        """The rows that count of the series with a key, from its observations."""
        return read_held(self.engine, key)

    def _read(self, meta: SeriesMeta) -> Vintages | None:
        found = self.engine.all(
            "SELECT key, content FROM series LEFT JOIN packed ON packed.series = series.key WHERE id = ?", (meta.id,)
        )
        if not found:
            return None
        key, content = found[0]
        held = self.held(key) if content is None else Held.unpack(content)
        if len(held.days) == 0:
            return None
        values = np.where(held.values == 0.0, np.nan, held.values) if meta.zero_is_missing else held.values
        days, available = (column.view("datetime64[D]") for column in (held.days, held.available))
        return Vintages.of(days, values, available, Schedule.of(meta))

    def pack_all(self) -> None:
        """Make what is read anew from the observations, for every series."""
        with self.engine.writing():
            pack(self.engine, [key for (key,) in self.engine.all("SELECT key FROM series")])
        self._forget()

    def _pack_what_is_not(self) -> None:
        """After an upgrade of the schema."""
        statement = "SELECT key FROM series WHERE key NOT IN (SELECT series FROM packed)"
        if self.engine.all(statement) and self.engine.can_write():
            with self.engine.writing():
                pack(self.engine, [key for (key,) in self.engine.all(statement)])


def open_store(location: Path | str, *, is_default: bool = False) -> Store:
    """The store at a path or a PostgreSQL address, created where there is none.

    A damaged one is moved aside, never deleted, and a new one begun; a sentence on the error stream says so. At a path
    that a user named, any other file is refused and left alone; the default one is ours, whatever lies there.
    Raises ``StoreError`` where it cannot be reached, read or written.
    """
    if is_postgres(location):
        return Store(location)
    location = str(location).removeprefix("sqlite:///")
    if "://" in location or is_no_file(location):
        raise StoreError("a store is a file, sqlite:///file, or an address: postgresql+psycopg://user@host/database")
    path = Path(location)
    if not is_default:
        refuse_foreign(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Store(path)
    except SqliteEngine.damage as error:
        kept = set_aside(path)
        print(f"xl-thesis: the store {path} could not be used ({error}); it is kept as {kept.name}", file=sys.stderr)
        return Store(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            f"the folder {path.parent} cannot be used ({reason}); set XL_THESIS_HOME to one that can be written"
        ) from None
