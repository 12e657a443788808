"""One table of one workbook on its way from what it holds to what it is to hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xl_thesis.errors import InputError
from xl_thesis_workbook.book import Book, TablePlace
from xl_thesis_workbook.cells import FIRST_DAY, Value, clean_text, is_writable_day
from xl_thesis_workbook.grid import Cell, Formula, Grid, Segment, Writer, changed_height
from xl_thesis_workbook.measure import Fit
from xl_thesis_workbook.reading import Reader, decoded
from xl_thesis_workbook.report import Report


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that a table is to have: the first column is the key.

    ``inputs`` names the columns that readers change, each with the column that holds the definition's value. Where the
    key is a formula, the table is a window of fixed size over the newest rows. ``sheet`` and ``first`` say where the
    rows lie in the workbook that they are from, ``left`` its first column, and ``fits`` what their heights follow from.
    ``known`` are keys of ours that the table may have had on another day. A table that ``is_fixed`` has the same keys
    on every day: those that it lacks are another version's, and stay out where the sheet has no room for them.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    inputs: Mapping[str, str] = field(default_factory=dict)
    known: Collection[Value] = ()
    sheet: str = ""
    first: int = 0
    left: int = 1
    fits: Mapping[int, Fit] = field(default_factory=dict)
    is_fixed: bool = False

    @property
    def is_window(self) -> bool:
        """Whether the table shows the last rows, as many as it has room for."""
        return bool(self.rows) and isinstance(self.rows[0][0], Formula)


class Step:
    """One table of one workbook on its way from what it holds to what it is to hold.

    ``ours`` are all tables that belong to us: what lies beside them is somebody's note. With ``keeps_results`` formulas
    keep the values that they have.
    """

    def __init__(
        self, book: Book, reader: Reader, grid: Grid, table: TablePlace, wanted: Rows, day: dt.date | None = None
    ) -> None:
        self.book, self.reader, self.grid, self.table, self.wanted = book, reader, grid, table, wanted
        self.day = day
        self.is_check = self.keeps_results = False
        self.ours: Sequence[TablePlace] = (table,)
        self.writer = Writer(grid.prefix, is_mac=book.is_mac)
        self.places = _places(table, wanted.columns)
        self.report = Report()
        self.keys: dict[int, Value] = {}
        self.settled_keys: set[Value] = set()
        self.segments: dict[int, list[Segment]] = {}
        self.heights: dict[int, float | None] = {}
        self.bottom = table.bottom

    @cached_property
    def own_rows(self) -> dict[int, int]:
        """The number that each wanted row has in the workbook that it is from."""
        return {id(row): number for number, row in enumerate(self.wanted.rows, start=self.wanted.first)}

    def fit(self, number: int, values: Sequence[Cell]) -> None:
        """Let a row be as high as its new words need, unless somebody has given it another height."""
        fit = self.wanted.fits.get(self.own_rows[id(values)])
        if fit is None:
            return
        old, new = dict[int, object](), dict[int, object]()
        for column, _, _ in fit.texts:
            offset = column - self.wanted.left
            cell = self.grid.cell(number, self.table.left + self.places[offset])
            old[column] = None if cell is None else self.reader.found(cell).value
            new[column] = shown_value(values[offset])
        if old != new:
            self.heights |= changed_height(self.grid, number, fit.height(old), fit.height(new))

    @property
    def last(self) -> int:
        """The last row of data."""
        return self.table.bottom - (1 if self.table.has_totals else 0)

    def key(self, number: int) -> Value:
        """The key of a row of the file."""
        cell = self.grid.cell(number, self.table.left + self.places[0])
        return None if cell is None else self.as_key(self.reader.found(cell).value)

    def as_key(self, value: Cell) -> Value:
        """A key as it is compared."""
        return as_key(value, self.writer)


def as_key(value: Cell, writer: Writer) -> Value:
    """A key as it is compared: numbers and days as the numbers that a workbook has for them, words as they are."""
    if type(value) is dt.date and value >= FIRST_DAY:
        return float(value.toordinal() - writer.epoch)
    value = shown_value(value)
    if isinstance(value, dt.date) and is_writable_day(value):
        return float(writer.digits(value))
    if isinstance(value, str | dt.date):
        return decoded(clean_text(str(value))) or None
    return value if value is None else float(value)


def shown_value(value: Cell) -> Value:
    """The value of a cell, also of a formula."""
    return value.value if isinstance(value, Formula) else value


def _places(table: TablePlace, columns: Sequence[str]) -> list[int]:
    """Where a table has our columns, whose order and neighbours are its owner's."""
    names = [name.lower() for name in table.columns]
    missing = [column for column in columns if column.lower() not in names]
    if missing:
        raise InputError(
            f"table {table.name} has no column '{missing[0]}': it is another table of that name, or the column was"
            " renamed or deleted, or another version made the file; then make a new snapshot"
        )
    return [names.index(column.lower()) for column in columns]
