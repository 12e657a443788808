"""Two workbooks side by side: what moved between them, table by table and cell by cell."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from openpyxl import Workbook

from xl_thesis_workbook.anchors import Anchors
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.grid import Cell, Formula, Grid, Writer
from xl_thesis_workbook.layout import ABOUT, INPUT_LABELS, Column
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.reading import Reader, is_same
from xl_thesis_workbook.report import CellChange, Report, RowChange, plain
from xl_thesis_workbook.saving import book_bytes
from xl_thesis_workbook.step import as_key, shown_value
from xl_thesis_workbook.styles import add_styles
from xl_thesis_workbook.tables import add_table, head
from xl_thesis_workbook.translation import Translation

_MOST_ROWS = 1_000_000


_Key = tuple[Value, int]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row: its number and its key as it is shown, and its cells by the names of their columns."""

    number: int
    key: Value
    cells: dict[str, Cell]


@dataclass(frozen=True)
class _Side:
    """The tables of one workbook, read when they are asked for."""

    book: Book
    reader: Reader
    grids: dict[str, Grid]

    @classmethod
    def of(cls, data: bytes) -> _Side:
        book = Book(Package(data))
        return cls(book, Reader(book), {})

    def pairs(self, name: str) -> dict[Cell, Cell]:
        """The first two columns of a table; nothing where the file has no such table."""
        if name.lower() not in self.book.tables:
            return {}
        rows = (list(row.cells.values()) for row in self.rows(name).values())
        return {cells[0]: cells[1] for cells in rows if len(cells) > 1}

    def rows(self, name: str, words: Translation | None = None) -> dict[_Key, _Row]:
        """The rows of a table by key, and where a key is there again, by how often it was there before.

        With ``words`` in the language of the other file.
        """
        table = self.book.table(name)
        if table.sheet not in self.grids:
            self.grids[table.sheet] = Grid(self.book.package.read(table.sheet))
        grid = self.grids[table.sheet]
        writer, seen = Writer(is_mac=self.book.is_mac), Counter[Value]()
        found: dict[_Key, _Row] = {}
        columns = table.columns if words is None else [words.column(name, column) for column in table.columns]
        for number, held in enumerate(self.reader.rows(grid, table), start=table.first):
            values = held if words is None else words.row(name, held)
            key = as_key(values[0], writer)
            if key is not None:
                cells = dict(zip(columns, values, strict=True))
                found[key, seen[key]] = _Row(number, shown_value(values[0]), cells)
                seen[key] += 1
        return found


def compare(first: bytes, second: bytes) -> Report:
    """What is new, gone or other in the second workbook, in every table that both have.

    ``calculated`` has the formulas with another value, ``formulas`` those that are other formulas. Where the two are in
    two languages, formulas are held against each other by their values alone, and sentences not at all.
    """
    before, after = _Side.of(first), _Side.of(second)
    report, anchors = Report(), Anchors(before.book, after.book)
    stated = [side.pairs(ABOUT.table).get("language") for side in (before, after)]
    labels = [side.pairs(INPUT_LABELS.table) for side in (before, after)]
    words = Translation.of((stated[0], stated[1]), (labels[0], labels[1]))
    for which, side, other in (("first", before, after), ("second", after, before)):
        report.notes += [
            f"table {table.name} is only in the {which} file"
            for name, table in side.book.tables.items() if name not in other.book.tables
        ]  # fmt: skip
    for name, table in after.book.tables.items():
        if name in before.book.tables:
            title = next(title for title, part in after.book.sheets.items() if part == table.sheet)
            rows = before.rows(name, words if words.is_needed else None), after.rows(name)
            _Tables(report, anchors, words, table.name, title).compare(*rows)
    report.note_unknown(anchors.unknown)
    if words.is_needed:
        report.notes.append("the files are in two languages: sentences and the texts of formulas were not compared")
    return report


@dataclass(frozen=True)
class _Tables:
    """One table in two workbooks; ``sheet`` is the title of its sheet in the second."""

    report: Report
    anchors: Anchors
    words: Translation
    name: str
    sheet: str

    def compare(self, before: dict[_Key, _Row], after: dict[_Key, _Row]) -> None:
        """Rows that are new or gone, and cells that differ, in the order of the second."""
        self.report.added += [RowChange(self.name, row.key) for key, row in after.items() if key not in before]
        self.report.removed += [RowChange(self.name, row.key) for key, row in before.items() if key not in after]
        for key, row in after.items():
            if key not in before:
                continue
            old, rows = before[key].cells, (before[key].number, row.number)
            for column, value in row.cells.items():
                if column in old and (old[column] != value or isinstance(value, Formula)):
                    self._cell(CellChange(self.name, row.key, column, old[column], value), rows)

    def _cell(self, change: CellChange, rows: tuple[int, int]) -> None:
        old, new = change.before, change.after
        if isinstance(old, Formula) and isinstance(new, Formula):
            if not self.words.is_needed and not self.anchors.is_ours(old.text, new.text, self.sheet, rows):
                self.report.formulas.append(change)
            elif not self._is_same(old.value, new.value):
                self.report.calculated.append(replace(change, before=old.value, after=new.value))
        elif isinstance(old, Formula) or isinstance(new, Formula):
            self.report.formulas.append(change)
        elif not self._is_same(old, new):
            self.report.changed.append(change)

    def _is_same(self, old: Value, new: Value) -> bool:
        return is_same(old, new) or self.words.are_sentences(old, new)


def comparison_bytes(report: Report, first: str, second: str, day: dt.date) -> bytes:
    """The comparison as a workbook with one table; ``first`` and ``second`` name the files."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Differences"
    add_styles(book)
    head(sheet, "Differences", f"From {first} to {second}")
    columns = (
        Column("What", 18, "Body"), Column("Table", 22, "Body"), Column("Row", 24, "Body"),
        Column("Column", 24, "Body"), Column("Before", 30, "Body"), Column("After", 30, "Body"),
    )  # fmt: skip
    add_table(sheet, "Differences", columns, list(_lines(report))[:_MOST_ROWS], row=4)
    sheet.freeze_panes = "A5"
    return book_bytes(book, "Differences", day)


def _lines(report: Report) -> Iterator[list[Value]]:
    for what, changes in (
        ("value", report.changed), ("result of a formula", report.calculated), ("formula", report.formulas),
    ):  # fmt: skip
        for item in changes:
            yield [what, item.table, _plain(item.key), item.column, plain(item.before), plain(item.after)]
    for what, rows in (("new row", report.added), ("row gone", report.removed)):
        yield from ([what, item.table, _plain(item.key), None, None, None] for item in rows)


def _plain(value: Value) -> Value:
    return value.isoformat() if isinstance(value, dt.date) else value
