"""What people brought of their own, import by import: each in rows of its own, so that one can be taken back and what
any source said stays as it is."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from typing import Any

from xl_thesis.errors import InputError
from xl_thesis.store.arrivals import Change, changed_rows
from xl_thesis.store.engine import IMPORTED, Engine
from xl_thesis.store.rows import Row, by_series, day_of, finite, number_of, stamp_of
from xl_thesis.store.tables import key_maker, pack, read_held, write_notes

_NOTE = "import:"


@dataclass(frozen=True, slots=True)
class Import:
    """One import: how many rows it added, of which series, from which file. ``taken_back_at``: since when it does not
    count any more; its rows stay in the store."""

    number: int
    file: str
    series: tuple[str, ...]
    rows: int
    imported_at: dt.datetime
    taken_back_at: dt.datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "number": self.number, "file": self.file, "series": list(self.series), "rows": self.rows,
            "imported_at": self.imported_at.isoformat(),
            "taken_back_at": self.taken_back_at and self.taken_back_at.isoformat(),
        }  # fmt: skip


def read_imports(engine: Engine) -> tuple[Import, ...]:
    """Every import, those that were taken back among them, the oldest first."""
    found = engine.all("SELECT value FROM meta WHERE key LIKE ?", (f"{_NOTE}%",))
    return tuple(sorted((_import_of(json.loads(value)) for (value,) in found), key=lambda item: item.number))


def _import_of(note: dict[str, Any]) -> Import:
    moments = {name: note[name] and dt.datetime.fromisoformat(note[name]) for name in ("imported_at", "taken_back_at")}
    return Import(**{**note, **moments, "series": tuple(note["series"])})


def _write(engine: Engine, item: Import) -> None:
    write_notes(engine, {f"{_NOTE}{item.number}": json.dumps(item.to_json(), ensure_ascii=False)})


def enter(
    engine: Engine, dated: Iterable[tuple[Row, str | None]], undated: Iterable[Row], *, seen_on: dt.date, file: str
) -> tuple[Import | None, Change]:
    """Add an import; see ``Store.enter``. A row that the store has already is no part of it; None where no row is new.

    Only inside a transaction that writes.
    """
    stamp, number = stamp_of(None), 1 + max((item.number for item in read_imports(engine)), default=0)
    key_of, said_of = key_maker(engine), f"entered from {file}"
    table: dict[tuple[int, int, int], tuple[float | None, str]] = {}
    for (series_id, observed_on, value, available_at), said in dated:
        table[key_of(series_id), day_of(observed_on), day_of(available_at)] = finite(value), said or said_of
    for name, own in by_series(undated).items():
        key = key_of(name)
        arrived, _ = changed_rows(key, own, read_held(engine, key), number_of(seen_on), exact=False)
        table |= {row[:3]: (row[4], said_of) for row in arrived}
    change, keys, rows = Change(), list[int](), 0
    for key, group in itertools.groupby(sorted(table), key=lambda place: place[0]):
        before = read_held(engine, key)
        known = before.rows()
        new = [place for place in group if known.get(place[1:]) != table[place][0]]
        if not new:
            continue
        engine.put([(*place, number + 1, table[place][0], stamp, table[place][1], None) for place in new])
        pack(engine, [key])
        change += before.difference(read_held(engine, key))
        keys, rows = [*keys, key], rows + len(new)
    if not keys:
        return None, change
    ids = dict(engine.all("SELECT key, id FROM series"))
    item = Import(number, file, tuple(sorted(ids[key] for key in keys)), rows, dt.datetime.fromisoformat(stamp))
    _write(engine, item)
    return item, change


def take_back(engine: Engine, number: int) -> Import:
    """Mark an import as taken back; see ``Store.take_back``. Only inside a transaction that writes."""
    item = next((item for item in read_imports(engine) if item.number == number), None)
    if item is None:
        raise InputError(f"there is no import {number}; `xl-thesis import --list` shows those there are")
    if item.taken_back_at is not None:
        raise InputError(f"import {number} was taken back already, on {item.taken_back_at:%Y-%m-%d}")
    keys = [key for key, name in engine.all("SELECT key, id FROM series") if name in item.series]
    layer = number + 1
    engine.run(
        "UPDATE observation SET exact = ? WHERE series = ? AND exact = ?", [(-layer, key, layer) for key in keys]
    )
    pack(engine, keys)
    done = replace(item, taken_back_at=dt.datetime.fromisoformat(stamp_of(None)))
    _write(engine, done)
    return done


def of_series(items: Iterable[Import], series_id: str) -> dict[int, Import]:
    """By number, the imports that brought values of a series and count."""
    return {item.number: item for item in items if item.taken_back_at is None and series_id in item.series}


def files_of(items: Iterable[Import], series_ids: Set[str]) -> tuple[str, ...]:
    """The files from which values of any of these series were imported and count, the latest first."""
    counting = [item for item in items if item.taken_back_at is None and series_ids & set(item.series)]
    return tuple(dict.fromkeys(item.file for item in reversed(counting)))


def places(engine: Engine, key: int) -> dict[tuple[int, int], int]:
    """(period, available_at) of the rows of a series that imports brought and that count, each with its import."""
    statement = (
        "SELECT observed_on, available_at, exact FROM observation WHERE series = ? AND exact >= ? ORDER BY exact"
    )
    return {(period, available): layer - 1 for period, available, layer in engine.all(statement, (key, IMPORTED))}


def in_force(engine: Engine, key: int) -> dict[int, float | None]:
    """The periods of a series whose newest value was imported, with that value."""
    held, found = read_held(engine, key), places(engine, key)
    newest = dict(zip(held.days.tolist(), held.available.tolist(), strict=True))
    return {period: value for period, value in held.in_force().items() if (period, newest[period]) in found}
