"""A finished openpyxl workbook as bytes: exact numbers, no clock, and styles that Microsoft's validator accepts."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from openpyxl.workbook import Workbook
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, tostring

from xl_thesis_workbook.cells import exact_numbers

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family",
    "charset", "scheme",
)  # fmt: skip


def book_bytes(book: Workbook, title: str, day: dt.date) -> bytes:
    """The workbook as bytes, dated to the start of ``day``; the same content gives the same bytes."""
    book.properties.creator = book.properties.lastModifiedBy = "xl-thesis"
    book.properties.title = title
    buffer = io.BytesIO()
    with exact_numbers():
        book.save(buffer)
    return _tidy(buffer.getvalue(), f"{day.isoformat()}T00:00:00Z".encode())


def _tidy(data: bytes, stamp: bytes) -> bytes:
    """The same package without the clock, and with the children of fonts in the order the standard asks for."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "docProps/core.xml":
                content = _MOMENT.sub(rb"\g<1>" + stamp, content)
            elif member.filename == "xl/styles.xml":
                content = _order_fonts(content)
            copy.writestr(zipfile.ZipInfo(member.filename, _EARLIEST), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _order_fonts(styles: bytes) -> bytes:
    root = fromstring(styles)
    for font in root.iter(f"{{{SHEET_MAIN_NS}}}font"):
        font[:] = sorted(font, key=lambda child: _FONT_ORDER.index(child.tag.rpartition("}")[2]))
    ordered: bytes = tostring(root)
    return ordered
