"""Values that a person enters: a table of dates and values from a file, every fault at once with its row.

Two kinds of table. *One series*: ``date``, ``value`` and optionally ``available_at`` (or ``published_on``). *Manual
entries*: ``series``, ``date``, ``value``, ``published_on``, ``source`` and optionally ``note``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xl_thesis.catalogue import Catalogue
from xl_thesis.errors import DefinitionError, Fault, InputError
from xl_thesis.models import SeriesMeta
from xl_thesis.observations import Schedule, month_ends, to_date
from xl_thesis.wording import did_you_mean

Cell = str | float | int | bool | dt.date | dt.datetime | None
Sheet = Sequence[tuple[int, Sequence[Cell]]]
"""Rows of a table, the header first, each with its number in the file."""

MANUAL_HEADER = ("series", "date", "value", "published_on", "source", "note")
SERIES_HEADER = ("date", "value", "available_at")
MOST_BYTES = 20_000_000

_NAMES = {
    "observed_on": "date", "observation_date": "date", "period": "date",
    "published_on": "available_at", "published": "available_at", "series_id": "series",
}  # fmt: skip
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_MONTH, _QUARTER, _YEAR = re.compile(r"(\d{4})-(\d{2})"), re.compile(r"(\d{4})-?Q([1-4])"), re.compile(r"(\d{4})")
_MONTHS = {"monthly": 1, "quarterly": 3, "annual": 12}
_FORMULA = "holds a formula or text that begins like one; enter the value"


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: of which series, for which period (its last day), known from which day, from where."""

    row: int
    series_id: str
    observed_on: dt.date
    value: float
    available_at: dt.date | None
    source: str | None = None


def read_csv(path: Path) -> Sheet:
    """The table in a CSV file: UTF-8, separated by comma, semicolon or tab.

    Raises ``InputError`` where it cannot be read as such.
    """
    try:
        size = path.stat().st_size
        text = path.read_bytes().decode("utf-8-sig") if size <= MOST_BYTES else ""
    except FileNotFoundError:
        raise InputError(f"there is no file '{path}'") from None
    except UnicodeDecodeError:
        raise InputError(f"'{path.name}' is not UTF-8; save it as 'CSV UTF-8'") from None
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or type(error).__name__}") from None
    if size > MOST_BYTES:
        raise InputError(f"'{path.name}' is larger than {MOST_BYTES // 1_000_000} MB")
    if "\0" in text:
        raise InputError(f"'{path.name}' is not a text file; save it as CSV UTF-8 or .xlsx")
    head = next(iter(text.splitlines()), "")
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, list(row)) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"'{path.name}' is not a CSV table: {error}") from None


def parse(
    sheet: Sheet, catalogue: Catalogue, file: str, today: dt.date, series_id: str | None = None
) -> tuple[Entry, ...]:
    """The entries of a table; of one series where an id is given, else of those that its rows name.

    Raises ``DefinitionError`` with every fault and its row.
    """
    columns = _columns(sheet, file, series_id)
    titles = {name: str(sheet[0][1][place]).strip().lower() for name, place in columns.items()}  # as the file has them
    faults: list[Fault] = []
    entries: dict[tuple[str, dt.date, dt.date | None], Entry] = {}
    for number, cells in sheet[1:]:
        row = {name: cells[place] if place < len(cells) else None for name, place in columns.items()}
        found = _Row(number, row, catalogue, today, series_id)
        entry = found.entry()
        faults += [Fault(file, titles.get(name, name), message, number) for name, message in found.faults]
        if any(str(cell if cell is not None else "").strip() for cell in cells[len(sheet[0][1]) :]):
            message = "the row has more cells than the header; write a point for decimals, and no commas in numbers"
            faults.append(Fault(file, titles["value"], message, number))
        if entry is not None:
            key = (entry.series_id, entry.observed_on, entry.available_at)
            if key in entries:
                faults.append(Fault(file, "date", f"the same period is in row {entries[key].row} already", number))
            entries[key] = entry
    if faults:
        raise DefinitionError(faults, f"'{file}'")
    if not entries:
        raise InputError(f"'{file}' has no rows below its header")
    return tuple(entries.values())


def _columns(sheet: Sheet, file: str, series_id: str | None) -> dict[str, int]:
    """Where each known column is. Raises ``InputError`` where one is missing or there twice."""
    header = [str(cell or "").strip().lower().replace(" ", "_") for cell in sheet[0][1]] if sheet else []
    names = [_NAMES.get(name, name) for name in header]
    needed = ("date", "value") if series_id else ("series", "date", "value", "available_at", "source")
    absent = [name for name in needed if name not in names]
    if absent:
        shown = ", ".join(SERIES_HEADER if series_id else MANUAL_HEADER)
        wanted = absent if series_id else ["published_on" if name == "available_at" else name for name in absent]
        hint = "" if series_id else "; for one series alone give its id with --series"
        raise InputError(f"'{file}' has no column {', '.join(wanted)}; its first row must be: {shown}{hint}")
    twice = [name for name in needed if names.count(name) > 1]
    if twice:
        raise InputError(f"'{file}' has the column {twice[0]} more than once")
    return {name: place for place, name in enumerate(names) if name}


class _Row:
    """One row while it is read; ``faults`` are (column, what is wrong)."""

    def __init__(
        self, number: int, cells: Mapping[str, Cell], catalogue: Catalogue, today: dt.date, series_id: str | None
    ) -> None:
        self.number, self.cells, self.catalogue, self.today = number, cells, catalogue, today
        self.series_id = series_id
        self.faults: list[tuple[str, str]] = []

    def entry(self) -> Entry | None:
        """The entry; None where something is wrong."""
        meta = self._meta()
        value = self._value()
        observed_on = self._period(meta)
        available_at = self._available_at(observed_on)
        source = self._source()
        if self.faults or meta is None or value is None or observed_on is None:
            return None
        return Entry(self.number, meta.id, observed_on, value, available_at, source)

    def _meta(self) -> SeriesMeta | None:
        name = self.series_id or self._text("series")
        meta = self.catalogue.get(name)
        if meta is None:
            near = did_you_mean(name, self.catalogue)
            what = f"unknown series '{name}'{near}; add it to the thesis under series:" if name else "is empty"
            self.faults.append(("series", what))
        elif meta.derived is not None:
            self.faults.append(("series", f"{name} is computed from others and takes no values"))
            return None
        return meta

    def _value(self) -> float | None:
        cell = self.cells.get("value")
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            number = float(cell)
        else:
            text = self._text("value")
            if text.startswith(("=", "@")):
                self.faults.append(("value", _FORMULA))
                return None
            try:
                number = float(text) if "_" not in text else math.nan
            except ValueError:
                number = math.nan
        if not math.isfinite(number):
            shown = self._text("value")
            hint = " (write a point for the decimals and nothing between thousands)" if "," in shown else ""
            self.faults.append(("value", f"'{shown}' is not a number{hint}" if shown else "is empty"))
            return None
        return number

    def _period(self, meta: SeriesMeta | None) -> dt.date | None:
        """The last day of the period that a date, month, quarter or year names."""
        day = self._day("date", required=True)
        if day is None or meta is None:
            return None
        if meta.frequency in _MONTHS:
            step = _MONTHS[meta.frequency]
            month = (day.month - 1) // step * step + step
            day = to_date(month_ends(np.array([f"{day.year}-{month:02}"], dtype="datetime64[M]"))[0])
        if day > self.today:
            self.faults.append(("date", f"the period ends on {day}, which is still to come"))
            return None
        return day

    def _available_at(self, observed_on: dt.date | None) -> dt.date | None:
        day = self._day("available_at", required=self.series_id is None)
        if day is None:
            return None
        if day > self.today:
            self.faults.append(("available_at", f"{day} is still to come"))
        if observed_on is not None and day < observed_on:
            self.faults.append(("available_at", f"{day} is before the end of the period, {observed_on}"))
        return day

    def _source(self) -> str | None:
        source = self._text("source")
        if not source and self.series_id is None:
            self.faults.append(("source", "is empty; say where the value was published"))
        if len(source) > 500:
            self.faults.append(("source", "is longer than 500 characters"))
        return source or None

    def _day(self, name: str, *, required: bool) -> dt.date | None:
        cell = self.cells.get(name)
        if isinstance(cell, dt.datetime):
            return cell.date()
        if isinstance(cell, dt.date):
            return cell
        text = self._text(name)
        if not text:
            if required:
                self.faults.append((name, "is empty"))
            return None
        try:
            return next(_dates(text, periods=name == "date"))
        except (StopIteration, ValueError):
            example = "2026-06-30, 2026-06, 2026Q2 or 2026" if name == "date" else "2026-07-15"
            what = _FORMULA if text.startswith("=") else f"'{text}' is not a date; write it like {example}"
            self.faults.append((name, what))
            return None

    def _text(self, name: str) -> str:
        cell = self.cells.get(name)
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)  # a spreadsheet keeps the year 2026 as 2026.0
        return "" if cell is None else str(cell).strip()


def _dates(text: str, *, periods: bool) -> Iterator[dt.date]:
    if found := _DAY.fullmatch(text):
        yield dt.date(*(int(part) for part in found.groups()))
    if periods and (found := _MONTH.fullmatch(text)):
        yield dt.date(int(found[1]), int(found[2]), 1)
    if periods and (found := _QUARTER.fullmatch(text)):
        yield dt.date(int(found[1]), int(found[2]) * 3, 1)
    if periods and (found := _YEAR.fullmatch(text)):
        yield dt.date(int(found[1]), 12, 1)


def usual_day(meta: SeriesMeta, observed_on: dt.date) -> dt.date:
    """The day on which a period's first print is usually public."""
    given = meta.release_dates.get(observed_on)
    return given or observed_on + dt.timedelta(days=Schedule.of(meta).lag_days)
