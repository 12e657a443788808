"""Bringing values of one's own into the store, from a CSV file or a sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from xl_thesis import entries, settings
from xl_thesis.catalogue import Catalogue
from xl_thesis.days import today
from xl_thesis.default_store import open_default_store
from xl_thesis.entries import Entry
from xl_thesis.errors import DefinitionError, Fault, InputError
from xl_thesis.files import put_file, require_free
from xl_thesis.store import Import, Row, Store
from xl_thesis.thesis import catalogue_of, load_thesis
from xl_thesis.wording import did_you_mean


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: rows read, rows that were new, and of those the ones that revise a known period.

    ``number`` is what it is taken back by; None where no row was new, so that there is nothing to take back.
    """

    file: str
    series: tuple[str, ...]
    rows: int
    added: int
    revised: int
    number: int | None = None


def import_file(
    path: Path, series_id: str | None = None, thesis: str | None = None, *, replace: bool = False
) -> ImportReport:
    """Read a table of values and keep it, whole or not at all.

    With ``series_id`` the table has dates and values of that series; without, each row names its series, its source
    and the day it was published. A value without a day counts as in a refresh: a new period from its usual day, a
    changed one from today. ``replace`` lets a row take the place of another value of the same period and day.
    Raises ``DefinitionError`` with every fault and its row, ``InputError`` for a file or series that cannot be used.
    """
    return import_sheet(_read(path), path.name, series_id, thesis, replace=replace)


def import_sheet(
    sheet: entries.Sheet, name: str, series_id: str | None = None, thesis: str | None = None, *, replace: bool = False
) -> ImportReport:
    """As ``import_file``, from a table that was read already; ``name`` is what faults call it."""
    catalogue = catalogue_of(load_thesis(thesis or settings.default_thesis()))
    if series_id is not None and series_id not in catalogue:
        near = did_you_mean(series_id, catalogue)
        raise InputError(
            f"unknown series '{series_id}'{near}; add it to the thesis under series:, or see `xl-thesis series`"
        )
    found = entries.parse(sheet, catalogue, name, today(), series_id)
    with open_default_store() as store:
        complete = next((entry.series_id for entry in found if store.has_vintages(entry.series_id)), None)
        if complete is not None:
            raise InputError(f"the store has the real vintages of {complete}; other values of it would not count")
        for entry in found:
            last = store.last_vintage(entry.series_id)
            if last is not None and entry.observed_on <= last:
                raise InputError(
                    f"the store has real vintages of {entry.series_id} up to {last}; only later periods can be entered"
                )
        if not replace:
            _check_not_given_otherwise(store, catalogue, found, name)
        kept, change = store.enter(
            [(_row(entry, entry.available_at), entry.source) for entry in found if entry.available_at],
            [_row(entry, entries.usual_day(catalogue[entry.series_id], entry.observed_on))
             for entry in found if entry.available_at is None],
            seen_on=today(), file=name,
        )  # fmt: skip
    ids = tuple(dict.fromkeys(entry.series_id for entry in found))
    return ImportReport(name, ids, len(found), change.added, change.revised, kept.number if kept else None)


def imports() -> tuple[Import, ...]:
    """Every import into the user's store, the oldest first."""
    with open_default_store() as store:
        return store.imports()


def take_back(number: int) -> Import:
    """Take an import back; see ``Store.take_back``. Raises ``InputError`` where there is none that counts."""
    with open_default_store() as store:
        return store.take_back(number)


def write_template(path: Path, series_id: str | None) -> Path:
    """Write a CSV file with the header alone. Raises ``InputError`` where the file exists, or is to be no CSV file."""
    require_free(path, ".csv", force=True)
    if path.exists():
        raise InputError(f"'{path}' exists; choose another name")
    header = entries.SERIES_HEADER if series_id else entries.MANUAL_HEADER
    return put_file(path, (",".join(header) + "\n").encode())


def _read(path: Path) -> entries.Sheet:
    if path.suffix.lower() == ".xlsx":
        from xl_thesis_workbook.entry_sheet import read_sheet

        return read_sheet(path)
    if path.suffix.lower() not in (".csv", ".txt", ".tsv", ""):
        raise InputError(f"'{path.name}' must be .csv or .xlsx; save it as one of them")
    return entries.read_csv(path)


def _check_not_given_otherwise(store: Store, catalogue: Catalogue, found: Iterable[Entry], file: str) -> None:
    """A day has one value: a correction has a later day, unless it is a slip of the pen."""
    faults = []
    known: dict[str, dict[tuple[dt.date, dt.date], float]] = {}
    for entry in found:
        if entry.available_at is None:
            continue
        name = entry.series_id
        if name not in known:
            vintages = store.vintages(catalogue[name])
            known[name] = {} if vintages is None else {
                (day, available): value for day, available, value in zip(
                    vintages.days.tolist(), vintages.available.tolist(), vintages.values.tolist(), strict=True
                )
            }  # fmt: skip
        before = known[name].get((entry.observed_on, entry.available_at))
        if before is not None and before != entry.value:
            faults.append(
                Fault(file, "value", f"{name} for {entry.observed_on} is {before:g} since {entry.available_at}; give a"
                      " correction the day it was published, or use --replace", entry.row)
            )  # fmt: skip
    if faults:
        raise DefinitionError(faults, f"'{file}'")


def _row(entry: Entry, available_at: dt.date) -> Row:
    return entry.series_id, entry.observed_on.isoformat(), entry.value, available_at.isoformat()
