"""What a chart draws, kept in the chart beside its references: phones and previews draw that, and compute nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape

from openpyxl.utils import column_index_from_string

from xl_thesis_workbook.book import Book
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.grid import ERRORS, Grid
from xl_thesis_workbook.reading import FIRST, Reader
from xl_thesis_workbook.xml_bytes import as_text

Address = tuple[int, int]  # row, column
_REFERENCE = re.compile(
    rb"<((?:[\w.-]+:)?)(num|str)Ref>\s*<\1f>([^<]*)</\1f>(?:\s*<\1\2Cache>(.*?)</\1\2Cache>)?", re.DOTALL
)
_FORMAT = re.compile(rb"<(?:[\w.-]+:)?formatCode>[^<]*</(?:[\w.-]+:)?formatCode>")
_COLUMN = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d+)(?::\$?\3\$?(\d+))?")


def with_cache(chart: bytes, value_of: Callable[[str, Address], Value]) -> bytes:
    """A chart that keeps the values of the cells that it refers to; ``value_of`` has them by sheet title and address.

    References to anything but cells of one column keep what they have.
    """
    known: dict[bytes, bytes] = {}

    def filled(found: re.Match[bytes]) -> bytes:
        prefix, kind, formula, old = found.groups()
        place = _COLUMN.fullmatch(unescape(formula.decode()))
        if place is None:
            return found[0]
        if formula not in known:
            known[formula] = _points(prefix, list(_values(place, value_of)))
        name = prefix + kind
        shown = _FORMAT.search(old or b"") if kind == b"num" else None
        parts = b"" if shown is None else shown[0]
        reference = b"<%sRef><%sf>%s</%sf>" % (name, prefix, formula, prefix)
        return reference + b"<%sCache>%s%s</%sCache>" % (name, parts, known[formula], name)

    return _REFERENCE.sub(filled, chart)


def _values(place: re.Match[str], value_of: Callable[[str, Address], Value]) -> Iterator[Value]:
    title = (place[1] or place[2]).replace("''", "'")
    column, first = column_index_from_string(place[3]), int(place[4])
    for row in range(first, int(place[5] or first) + 1):
        yield value_of(title, (row, column))


def _points(prefix: bytes, values: list[Value]) -> bytes:
    """The values that there are, each with its place; an error is a gap, as in the chart."""
    points = (
        b'<%spt idx="%d"><%sv>%s</%sv></%spt>' % (prefix, place, prefix, _written(value), prefix, prefix)
        for place, value in enumerate(values)
        if value not in (None, "", *ERRORS)
    )
    return b'<%sptCount val="%d"/>' % (prefix, len(values)) + b"".join(points)


def _written(value: Value) -> bytes:
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        return str((day - FIRST).days).encode()
    if isinstance(value, str):
        return as_text(value)
    return repr(value).removesuffix(".0").encode()


def renew_charts(old: Book, new: Book, sheets: Mapping[str, str]) -> None:
    """Bring what our charts in an old workbook keep to its cells.

    ``sheets`` has for each of the new one's sheets the old one's part. A chart is ours where it is on a sheet of ours
    and refers to nothing but what the new one's charts refer to.
    """
    drawn = {part for sheet in sheets for chart in _charts(new, sheet) for part in _parts(new, chart)}
    ours = {other for part, other in sheets.items() if part in drawn}
    reader, grids = Reader(old), {part: Grid(old.package.read(part)) for part in ours}

    def value_of(title: str, address: Address) -> Value:
        cell = grids[old.sheets[title]].cell(*address)
        return None if cell is None else reader.found(cell).value

    for sheet in sheets.values():
        for chart in _charts(old, sheet):
            if _parts(old, chart) <= ours:
                old.package.put(chart, with_cache(old.package.read(chart), value_of))


def _charts(book: Book, sheet: str) -> Iterator[str]:
    """The charts on a sheet."""
    yield from (chart for drawing in _related(book, sheet, "drawing") for chart in _related(book, drawing, "chart"))


def _related(book: Book, owner: str, kind: str) -> Iterator[str]:
    for relation in book.package.relations(owner):
        part = None if relation.is_external else book.package.name_of(relation.target)
        if relation.kind == kind and part is not None:
            yield part


def _parts(book: Book, chart: str) -> set[str | None]:
    """The sheets that a chart refers to; None for anything else."""
    found = set[str | None]()
    for reference in _REFERENCE.finditer(book.package.read(chart)):
        place = _COLUMN.fullmatch(unescape(reference[3].decode()))
        found.add(None if place is None else book.sheets.get((place[1] or place[2]).replace("''", "'")))
    return found
