"""Rows brought into a table that people work with: by key, cell by cell, and only where something differs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from xl_thesis.errors import InputError
from xl_thesis_workbook.book import Book, TablePlace
from xl_thesis_workbook.cells import Value, clean_text, is_writable_day
from xl_thesis_workbook.grid import Cell, Formula, Grid, Old, Segment, Writer
from xl_thesis_workbook.package import styles_of
from xl_thesis_workbook.reading import Found, Reader, as_cell, decoded, is_same
from xl_thesis_workbook.report import CellChange, Report, RowChange
from xl_thesis_workbook.room import check_free, is_our_formula

_RELATIVE = re.compile(r"(?<![\w$\[])\$?[A-Za-z]{1,3}\$?\d+(?![\w(])")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that a table is to have: the first column is the key.

    ``inputs`` names the columns that readers change, each with the column that holds the definition's value. Where the
    key is a formula, the table is a window of fixed size over the newest rows.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_window(self) -> bool:
        """Whether the table shows the last rows, as many as it has room for."""
        return bool(self.rows) and isinstance(self.rows[0][0], Formula)


class Upsert:
    """One table of one workbook on its way from what it holds to what it is to hold."""

    def __init__(
        self, book: Book, reader: Reader, grid: Grid, table: TablePlace, wanted: Rows, day: dt.date | None = None
    ) -> None:
        self._book, self._reader, self._grid, self.table, self._wanted = book, reader, grid, table, wanted
        self._day = day
        self.is_check = False
        self._writer = Writer(grid.prefix, is_mac=book.is_mac)
        self._places = _places(table, wanted.columns)
        self._definitions = {
            wanted.columns.index(now): wanted.columns.index(then) for now, then in wanted.inputs.items()
        }
        self.report = Report()
        self.segments: dict[int, list[Segment]] = {}
        self.bottom = table.bottom

    def run(self) -> None:
        """Find what differs, and write it into ``segments``."""
        if self._wanted.is_window:
            numbers = range(self.table.first, self._last_data() + 1)
            for number, values in zip(reversed(numbers), reversed(self._wanted.rows), strict=False):
                self._renew(number, values)
            return
        rest = self._rest()
        by_key: dict[Value, int] = {}
        free = [number for number in range(self.table.first, self._last_data() + 1) if number not in self._settled]
        for number in free:
            key = self._key(number)
            if key is not None:
                by_key.setdefault(key, number)
        fresh: list[Sequence[Cell]] = []
        for values in rest:
            key = self._as_key(values[0])
            if key in by_key:
                self._renew(by_key.pop(key), values)
            else:
                fresh.append(values)
        self._move_on(by_key, fresh)
        blanks = list(takewhile(self._is_blank, reversed(free)))[::-1] if fresh else []
        self._report_rest(by_key)
        self._append(fresh, blanks)

    def _last_data(self) -> int:
        return self.table.bottom - (1 if self.table.has_totals else 0)

    def _rest(self) -> list[Sequence[Cell]]:
        """The rows that are not to the byte what the file has at their place."""
        table, rest = self.table, []
        self._settled: set[int] = set()
        plain = self._places == list(range(len(table.columns)))
        styles = list(zip(table.letters, styles_of(self._grid, table, table.first), strict=True)) if plain else []
        for number, values in enumerate(self._wanted.rows, start=table.first):
            row = self._grid.rows.get(number) if number <= self._last_data() else None
            if row is not None and plain and self._writer.row(number, styles, values).encode() in row.body:
                self._settled.add(number)
            else:
                rest.append(values)
        return rest

    def _key(self, number: int) -> Value:
        column = self.table.left + self._places[0]
        cell = next((cell for cell in self._grid.cells(number) if cell.column == column), None)
        return None if cell is None else self._as_key(self._reader.found(cell).value)

    def _as_key(self, value: Cell) -> Value:
        """A key as it is compared: numbers and days as numbers, words as they are."""
        value = _shown(value)
        if isinstance(value, dt.date) and is_writable_day(value):
            return float(self._writer.digits(value))
        if isinstance(value, str | dt.date):
            return decoded(clean_text(str(value))) or None
        return value if value is None else float(value)

    def _is_blank(self, number: int) -> bool:
        return all(item.is_empty for item in self._reader.cells(self._grid, self.table, number))

    def _renew(self, number: int, values: Sequence[Cell]) -> None:
        """Write the cells of one row that differ."""
        cells = {cell.column: cell for cell in self._grid.cells(number)}
        found: dict[int, Found] = {}
        for offset in range(len(values)):
            old = cells.get(self.table.left + self._places[offset])
            found[offset] = Found(None) if old is None else self._reader.found(old)
        for offset, value in enumerate(values):
            column = self.table.left + self._places[offset]
            change = CellChange(
                self.table.name, _shown(values[0]), self._wanted.columns[offset], as_cell(found[offset]), value
            )
            if offset in self._definitions:
                self._keep_input(change, as_cell(found[self._definitions[offset]]), number, column, cells.get(column))
            elif isinstance(value, Formula):
                self._renew_formula(change, value, found[offset], number, column, cells.get(column))
            elif found[offset].formula is not None:
                self.report.formulas.append(change)
            elif not is_same(found[offset].value, value):
                self.report.changed.append(change)
                self._write(number, column, value, cells.get(column))

    def _keep_input(self, change: CellChange, stated: Cell, number: int, column: int, old: Old | None) -> None:
        """An input that differs from the definition beside it was changed by somebody, and stays."""
        before, after = change.before, change.after
        if isinstance(before, Formula) or isinstance(stated, Formula):
            self.report.formulas.append(change)
        elif not is_same(before, stated):
            self.report.inputs.append(CellChange(change.table, change.key, change.column, stated, before))
        elif not isinstance(after, Formula) and not is_same(before, after):
            self.report.changed.append(change)
            self._write(number, column, after, old)

    def _renew_formula(
        self, change: CellChange, value: Formula, found: Found, number: int, column: int, old: Old | None
    ) -> None:
        """The value of a formula of ours; anybody else's formula, or value in its place, stays."""
        if found.formula is None or old is None:
            if found.is_empty:
                return
            self.report.formulas.append(change)
        elif not is_our_formula(found.formula, value.text):
            self.report.formulas.append(change)
        elif not is_same(_shown(as_cell(found)), value.value):
            self.report.calculated += 1
            self._put(number, column, self._writer.with_value(old, value.value))

    def _write(self, number: int, column: int, value: Cell, old: Old | None) -> None:
        style = f' s="{old.tag["s"]}"' if old is not None and "s" in old.tag else ""
        letters = self.table.letters[column - self.table.left]
        self._put(number, column, self._writer.row(number, [(letters, style)], [value]).encode())

    def _put(self, number: int, column: int, xml: bytes) -> None:
        self.segments.setdefault(number, []).append(Segment(column, column, xml))

    def _move_on(self, by_key: dict[Value, int], fresh: list[Sequence[Cell]]) -> None:
        """The last row of a history is of the day that the workbook was made for; it becomes the next row."""
        key = self._as_key(self._day)
        if fresh and by_key.get(key) == self._last_data():
            self._renew(by_key.pop(key), fresh.pop(0))

    def _report_rest(self, by_key: Mapping[Value, int]) -> None:
        """Rows that no wanted row has claimed stay as they are."""
        for key, number in by_key.items():
            values = self._reader.cells(self._grid, self.table, number)
            shown = values[self._places[0]].value
            self.report.rows.append(RowChange(self.table.name, key if shown is None else shown))

    def _append(self, rows: list[Sequence[Cell]], blanks: list[int]) -> None:
        """New rows: in blank rows of the table first, then below it."""
        if not rows:
            return
        if self.is_check:
            self.report.added += [RowChange(self.table.name, _shown(values[0])) for values in rows]
            return
        self._check_order(rows)
        table, last = self.table, self._last_data()
        numbers = blanks[: len(rows)]
        more = len(rows) - len(numbers)
        if more and table.has_totals:
            raise InputError(f"table {table.name} has a totals row; turn it off in Excel, update, and turn it on again")
        numbers += range(last + 1, last + 1 + more)
        check_free(self._book, self._grid, self._reader, table, last + more)
        columns = list(zip(table.letters, styles_of(self._grid, table, numbers[0] if blanks else last), strict=True))
        for number, values in zip(numbers, rows, strict=True):
            whole: list[Cell] = [self._theirs(name) for name in table.columns]
            for place, value in zip(self._places, values, strict=True):
                whole[place] = value
            xml = self._writer.row(number, columns, whole).encode()
            self.segments.setdefault(number, []).append(Segment(table.left, table.right, xml))
            self.report.added.append(RowChange(table.name, _shown(values[0])))
        self.bottom = max(table.bottom, numbers[-1])

    def _theirs(self, column: str) -> Cell:
        """What a column that somebody added holds in a new row: its formula, where that is the same in every row."""
        formula = self.table.calculated.get(column, "")
        return Formula(formula) if formula and not _RELATIVE.search(formula) else None

    def _check_order(self, rows: list[Sequence[Cell]]) -> None:
        """Refuse days between old ones: formulas and charts read such tables from top to bottom."""
        keys = [self._as_key(values[0]) for values in rows]
        if not all(isinstance(key, float) for key in keys):
            return
        old = [key for key in map(self._key, range(self.table.first, self._last_data() + 1)) if isinstance(key, float)]
        if old and old == sorted(old) and min(keys) < old[-1]:  # type: ignore[type-var, operator]
            raise InputError(
                f"table {self.table.name} would get rows between its old ones, which would part notes from their rows;"
                " make a new snapshot"
            )


def _places(table: TablePlace, columns: Sequence[str]) -> list[int]:
    """Where a table has our columns, whose order and neighbours are its owner's."""
    names = [name.lower() for name in table.columns]
    missing = [column for column in columns if column.lower() not in names]
    if missing:
        raise InputError(
            f"table {table.name} has no column '{missing[0]}': it is another table of that name, or the column was"
            " renamed or deleted"
        )
    return [names.index(column.lower()) for column in columns]


def _shown(value: Cell) -> Value:
    return value.value if isinstance(value, Formula) else value
