"""What formulas show in a workbook made from other inputs, put into one of the same structure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from xl_thesis_workbook.book import Book
from xl_thesis_workbook.grid import Cell, Formula, Grid, Segment, Writer
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.reading import Reader, as_cell
from xl_thesis_workbook.renewal import Fresh


def with_results(fresh: Fresh, other: Fresh) -> Fresh:
    """The workbook with the other's results of its formulas; texts, data and inputs stay its own."""
    old, new = Book(Package(fresh.skeleton)), Book(Package(other.skeleton))
    for title, part in old.sheets.items():
        segments = dict(_segments(old, part, new, new.sheets[title]))
        old.package.put(part, Grid(old.package.read(part)).spliced(segments))
    tables = {name: _rows(rows, other.tables[name]) for name, rows in fresh.tables.items()}
    return replace(fresh, skeleton=old.package.to_bytes(), tables=tables)


def _segments(old: Book, part: str, new: Book, other: str) -> Iterator[tuple[int, list[Segment]]]:
    """The formulas of a sheet by row, each with the result that it has on the other sheet."""
    ours, theirs, reader = Grid(old.package.read(part)), Grid(new.package.read(other)), Reader(new)
    writer = Writer(ours.prefix)
    for number in ours.rows:
        found = []
        for cell in ours.cells(number):
            twin = theirs.cell(number, cell.column)
            value = None if twin is None or b"<f" not in cell.xml else as_cell(reader.found(twin))
            if isinstance(value, Formula):
                found.append(Segment(cell.column, cell.column, writer.with_value(cell, value.value)))
        if found:
            yield number, found


def _rows(rows: Sequence[Sequence[Cell]], others: Sequence[Sequence[Cell]]) -> Sequence[Sequence[Cell]]:
    """Rows of a table with the other's results; a table of data may have other rows, and has no formulas."""
    if len(rows) != len(others):
        return rows
    return [
        [
            replace(cell, value=twin.value) if isinstance(cell, Formula) and isinstance(twin, Formula) else cell
            for cell, twin in zip(row, other, strict=True)
        ]
        for row, other in zip(rows, others, strict=True)
    ]
