"""Bringing a workbook up to date that people have worked with: our tables and formulas, and not a byte besides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from xl_thesis.errors import InputError
from xl_thesis_workbook.anchors import Anchors
from xl_thesis_workbook.book import Book, TablePlace
from xl_thesis_workbook.following import Following
from xl_thesis_workbook.grid import Grid, Segment
from xl_thesis_workbook.reading import Reader
from xl_thesis_workbook.report import Report
from xl_thesis_workbook.step import Rows
from xl_thesis_workbook.upsert import Upsert
from xl_thesis_workbook.xml_bytes import prove

_SIGNATURES, _REVISIONS = "_xmlsignatures/", "xl/revisions/"


class Update:
    """One workbook on its way: what differs is gathered by sheet, and written at once.

    ``day`` is the one that the workbook was made for; with ``is_check`` only the report is wanted. With
    ``keeps_results`` formulas keep the values that they have. Raises ``InputError`` for a workbook that a change would
    harm.
    """

    def __init__(self, book: Book, day: dt.date | None = None, *, is_check: bool = False) -> None:
        if not is_check:
            check_changeable(book)
        self.book, self.reader, self.report = book, Reader(book), Report()
        self._day, self._is_check, self.keeps_results = day, is_check, False
        self.ours: list[TablePlace] = list(book.tables.values())
        self.anchors: Anchors | None = None
        self._grids: dict[str, Grid] = {}
        self._segments: dict[str, dict[int, list[Segment]]] = {}
        self.heights: dict[str, dict[int, float | None]] = {}
        self._bottoms: list[tuple[TablePlace, int]] = []

    def grid(self, sheet: str) -> Grid:
        """The rows of a sheet, as they were."""
        if sheet not in self._grids:
            self._grids[sheet] = Grid(self.book.package.read(sheet))
        return self._grids[sheet]

    def put(self, sheet: str, number: int, segments: Iterable[Segment]) -> None:
        """Have cells written into a row of a sheet."""
        self._segments.setdefault(sheet, {}).setdefault(number, []).extend(segments)

    def table(self, name: str, wanted: Rows) -> None:
        """Bring a table to the rows it is to hold; one that is not there is said to be missing."""
        if name.lower() not in self.book.tables:
            self.report.missing.append(f"table {name}")
            return
        table = self.book.table(name)
        step = Upsert(self.book, self.reader, self.grid(table.sheet), table, wanted, self._day)
        step.is_check, step.ours, step.keeps_results = self._is_check, self.ours, self.keeps_results
        step.anchors = self.anchors
        step.run()
        for number, segments in step.segments.items():
            self.put(table.sheet, number, segments)
        self.heights.setdefault(table.sheet, {}).update(step.heights)
        self._bottoms.append((table, step.bottom))
        self.report.add(step.report)

    def finish(self) -> bytes:
        """The workbook as it is now to be."""
        self.write()
        return self.closed()

    def write(self) -> None:
        """Write what was gathered into the package."""
        package = self.book.package
        for sheet, segments in self._segments.items():
            package.put(sheet, self.grid(sheet).spliced(segments, self.heights.get(sheet, {})))
        for table, bottom in self._bottoms:
            self.book.resize(table, bottom)
        self.report.followed += Following(self.book, self._bottoms).run()

    def closed(self) -> bytes:
        """The workbook's bytes, asking for a calculation where anything changed; changed parts are proven sound."""
        package = self.book.package
        if package.changed:
            self.book.ask_for_calculation()
        for part in package.changed:
            prove(package.read(part), part)
        return package.to_bytes()


def check_changeable(book: Book) -> None:
    """Raise ``InputError`` for a workbook that a change would harm."""
    names = [name.lower() for name in book.package.names]
    if any(name.startswith(_SIGNATURES) for name in names):
        raise InputError("it is signed, and a change would break the signature; remove it in Excel first")
    if any(name.startswith(_REVISIONS) for name in names):
        raise InputError("it is shared in the old way, with a record of changes; stop sharing it in Excel first")
    book.check_days()
