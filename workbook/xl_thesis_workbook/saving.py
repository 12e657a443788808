"""A finished openpyxl workbook as bytes: exact numbers, no clock, and styles that Microsoft's validator accepts."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from openpyxl.workbook import Workbook
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, tostring

from xl_thesis_workbook.cells import Value, clean_text, exact_numbers
from xl_thesis_workbook.chart_cache import Address, with_cache

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_FORMULA = re.compile(
    rb'<c(?P<attributes> r="(?P<place>[A-Z]+[0-9]+)"(?: s="[0-9]+")?)>(?P<formula><f>[^<]*</f>)<v ?(?:/>|></v>)</c>'
)
_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family",
    "charset", "scheme",
)  # fmt: skip


def book_bytes(
    book: Workbook, title: str, day: dt.date, cached: Mapping[str, Mapping[str, Value]] | None = None
) -> bytes:
    """The workbook as bytes, dated to the start of ``day``; the same content gives the same bytes.

    ``cached`` has the values of formulas, by sheet and cell: openpyxl writes none, in cells or in charts, and readers
    that do not calculate would show nothing.
    """
    book.properties.creator = book.properties.lastModifiedBy = "xl-thesis"
    book.properties.title = clean_text(title)[:255]
    buffer = io.BytesIO()
    with exact_numbers():
        book.save(buffer)
    places = {sheet.title: number for number, sheet in enumerate(book.worksheets, start=1)}
    values = {f"xl/worksheets/sheet{places[name]}.xml": found for name, found in (cached or {}).items() if found}

    def value_of(title: str, address: Address) -> Value:
        cell = book[title].cell(*address)
        value: Value = (cached or {}).get(title, {}).get(cell.coordinate, cell.value)
        return value

    return _tidy(buffer.getvalue(), f"{day.isoformat()}T00:00:00Z".encode(), values, value_of)


def _tidy(
    data: bytes, stamp: bytes, values: Mapping[str, Mapping[str, Value]], value_of: Callable[[str, Address], Value]
) -> bytes:
    """The same package without the clock, and with the children of fonts in the order the standard asks for."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "docProps/core.xml":
                content = _MOMENT.sub(rb"\g<1>" + stamp, content)
            elif member.filename == "xl/styles.xml":
                content = _order_fonts(content)
            elif member.filename.startswith("xl/charts/"):
                content = with_cache(content, value_of)
            elif member.filename in values:
                content = _with_values(content, values[member.filename])
            copy.writestr(zipfile.ZipInfo(member.filename, _EARLIEST), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _with_values(sheet: bytes, values: Mapping[str, Value]) -> bytes:
    """The sheet with the value of each formula in its cell."""

    def filled(found: re.Match[bytes]) -> bytes:
        kind, text = _as_xml(values.get(found["place"].decode()))
        return b"<c%s%s>%s<v>%s</v></c>" % (found["attributes"], kind, found["formula"], text)

    return _FORMULA.sub(filled, sheet)


def _as_xml(value: Value) -> tuple[bytes, bytes]:
    """The type attribute and the text of a formula's value."""
    if isinstance(value, bool):
        return b' t="b"', b"1" if value else b"0"
    if isinstance(value, (int, float)):
        return b"", repr(value).encode()
    text = str("" if value is None else value)
    return (b' t="e"' if text == "#N/A" else b' t="str"'), escape(clean_text(text)).encode()


def _order_fonts(styles: bytes) -> bytes:
    root = fromstring(styles)
    for font in root.iter(f"{{{SHEET_MAIN_NS}}}font"):
        font[:] = sorted(font, key=lambda child: _FONT_ORDER.index(child.tag.rpartition("}")[2]))
    ordered: bytes = tostring(root)
    return ordered
