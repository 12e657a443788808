"""Bringing a workbook up to date that people have worked with: our tables and formulas, and not a byte besides."""

from __future__ import annotations

from collections.abc import Mapping

from xl_thesis.errors import InputError
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.grid import Grid, Segment
from xl_thesis_workbook.reading import Reader
from xl_thesis_workbook.report import Report
from xl_thesis_workbook.upsert import Rows, Upsert
from xl_thesis_workbook.xml_bytes import prove

_SIGNATURES, _REVISIONS = "_xmlsignatures/", "xl/revisions/"


def update_tables(book: Book, wanted: Mapping[str, Rows]) -> Report:
    """Bring tables of a workbook to what they are to hold; return what was done.

    Rows are found by their key. A table that is not there is left out and noted. Raises ``InputError``, with the book
    as it was, for what cannot be done without harm.
    """
    check_changeable(book)
    reader, report = Reader(book), Report()
    by_sheet: dict[str, list[str]] = {}
    for name in wanted:
        if name.lower() in book.tables:
            by_sheet.setdefault(book.table(name).sheet, []).append(name)
        else:
            report.notes.append(f"table {name} is no longer there; nothing was written for it")
    done: dict[str, tuple[Grid, list[Upsert]]] = {}
    for sheet, names in by_sheet.items():
        grid = Grid(book.package.read(sheet))
        done[sheet] = grid, [Upsert(book, reader, grid, book.table(name), wanted[name]) for name in names]
        for step in done[sheet][1]:
            step.run()
    for sheet, (grid, steps) in done.items():
        segments: dict[int, list[Segment]] = {}
        for step in steps:
            for number, found in step.segments.items():
                segments.setdefault(number, []).extend(found)
            report.add(step.report)
        book.package.put(sheet, grid.spliced(segments))
        for step in steps:
            book.resize(step.table, step.bottom)
    return report


def finish(book: Book) -> bytes:
    """The workbook's bytes, asking for a calculation where anything changed; every changed part is proven sound."""
    if book.package.changed:
        book.ask_for_calculation()
    for part in book.package.changed:
        prove(book.package.read(part), part)
    return book.package.to_bytes()


def check_changeable(book: Book) -> None:
    """Raise ``InputError`` for a workbook that a change would harm."""
    names = [name.lower() for name in book.package.names]
    if any(name.startswith(_SIGNATURES) for name in names):
        raise InputError("it is signed, and a change would break the signature; remove it in Excel first")
    if any(name.startswith(_REVISIONS) for name in names):
        raise InputError("it is shared in the old way, with a record of changes; stop sharing it in Excel first")
