"""Rows put into the tables of a finished workbook, by bytes: fast, exact, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from xl_thesis.errors import InputError
from xl_thesis_workbook.book import Book, TablePlace
from xl_thesis_workbook.grid import Cell, Formula, Grid, Segment, Shared, Writer
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.shared import is_moved
from xl_thesis_workbook.xml_bytes import prove

__all__ = ["Cell", "Formula", "fill"]

Styles = Sequence[str]


def fill(skeleton: bytes, tables: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """The workbook with these rows as the data of its tables, by table name.

    Each row has a value for every column of its table, in their order. Rows keep the styles of the rows they replace;
    those beyond the last take its styles; for None there is no cell. Text stays text, numbers keep every digit, a table
    without rows gets an empty one. Tables may lie side by side. The same arguments give the same bytes.

    Raises ``InputError`` for a table that is not there, and ``ValueError`` for a row of another length.

    >>> import io, openpyxl
    >>> from openpyxl.worksheet.table import Table
    >>> book, skeleton = openpyxl.Workbook(), io.BytesIO()
    >>> book.active.append(["Day", "Value"])
    >>> book.active.append(["", 0.0])
    >>> book.active.add_table(Table(displayName="Series", ref="A1:B2"))
    >>> book.save(skeleton)
    >>> filled = fill(skeleton.getvalue(), {"Series": [["=first", 0.1], ["second", Formula("2*B2", 0.2)]]})
    >>> [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(filled)).active["A1:B3"]]
    [['Day', 'Value'], ['=first', 0.1], ['second', '=2*B2']]
    """
    book = Book(Package(skeleton))
    by_sheet: dict[str, list[str]] = {}
    for name in tables:
        by_sheet.setdefault(book.table(name).sheet, []).append(name)
    for sheet, names in by_sheet.items():
        grid = Grid(book.package.read(sheet))
        writer = Writer(grid.prefix, is_mac=book.is_mac)
        segments: dict[int, list[Segment]] = {}
        numbers = count()
        for name in names:
            table = book.table(name)
            _write(grid, writer, table, _stated_once(table, tables[name], numbers), segments)
        book.package.put(sheet, grid.spliced(segments))
        for name in names:
            table = book.table(name)
            book.resize(table, table.first + max(len(tables[name]), 1) - 1)
    for part in book.package.changed:
        prove(book.package.read(part), part)
    return book.package.to_bytes()


def _write(
    grid: Grid, writer: Writer, table: TablePlace, rows: Sequence[Sequence[Cell]], segments: dict[int, list[Segment]]
) -> None:
    """Add the segments of one table, and empty those of its old rows that have no successor."""
    if table.has_totals:
        raise InputError(f"table {table.name} has a totals row")
    rows = rows or [[None] * len(table.columns)]
    letters, columns = table.letters, [(letter, "") for letter in table.letters]
    for number, values in enumerate(rows, start=table.first):
        if number <= table.bottom:
            columns = list(zip(letters, styles_of(grid, table, number), strict=True))
        places, known = columns, values
        if None in values:
            places = [column for column, value in zip(columns, values, strict=True) if value is not None]
            known = [value for value in values if value is not None]
        xml = writer.row(number, places, known).encode()
        segments.setdefault(number, []).append(Segment(table.left, table.right, xml))
    for number in range(table.first + len(rows), table.bottom + 1):
        segments.setdefault(number, []).append(Segment(table.left, table.right, b""))


def _stated_once(table: TablePlace, rows: Sequence[Sequence[Cell]], numbers: Iterator[int]) -> Sequence[Sequence[Cell]]:
    """The rows, in which a column with one formula throughout states it in its first row alone.

    The sheet is a quarter of the size then, and each cell keeps its formula.
    """
    if len(rows) < 2 or not any(isinstance(item, Formula) for item in rows[0]):
        return rows
    columns: list[Sequence[Cell]] = []
    for letters, column in zip(table.letters, zip(*rows, strict=True), strict=True):
        found = [item for item in column if isinstance(item, Formula)]
        if len(found) < len(column) or not is_moved((row, item.text) for row, item in enumerate(found, table.first)):
            columns.append(column)
            continue
        number, area = next(numbers), f"{letters}{table.first}:{letters}{table.first + len(rows) - 1}"
        first = Shared(found[0].text, found[0].value, number, area)
        columns.append([first, *(Shared("", item.value, number) for item in found[1:])])
    return list(zip(*columns, strict=True))


def styles_of(grid: Grid, table: TablePlace, number: int) -> list[str]:
    """The style attribute of each of a table's cells in a row, empty where a cell has none."""
    found = (grid.cell(number, column) for column in range(table.left, table.right + 1))
    styles = (None if cell is None else cell.tag.get("s") for cell in found)
    return [f' s="{style}"' if style else "" for style in styles]
