"""The snapshot workbook: written whole, beside its place, then moved there."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import zipfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, tostring

from xl_thesis.errors import InputError
from xl_thesis_workbook import dashboard, sheets
from xl_thesis_workbook.cells import exact_numbers
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.layout import add_styles

__all__ = ["SnapshotContent", "snapshot_bytes", "write_snapshot"]

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family",
    "charset", "scheme",
)  # fmt: skip


def snapshot_bytes(content: SnapshotContent) -> bytes:
    """The workbook as bytes; the same content gives the same bytes."""
    book = Workbook()
    add_styles(book)
    book.active.title = dashboard.SHEET
    sheets.add_indicators(book, content)
    sheets.add_claims(book, content)
    sheets.add_questions(book, content)
    history_last = sheets.add_history(book, content)
    sheets.add_sources(book, content)
    sheets.add_data(book, content)
    dashboard.add_dashboard(book, content, history_last)
    _name_cells(book)
    moment = dt.datetime.combine(content.evaluation.as_of, dt.time())
    book.properties.creator = book.properties.lastModifiedBy = "xl-thesis"
    book.properties.title = content.evaluation.title
    buffer = io.BytesIO()
    with exact_numbers():
        book.save(buffer)
    return _tidy(buffer.getvalue(), moment)


def write_snapshot(content: SnapshotContent, path: Path, *, force: bool = False) -> Path:
    """Write the workbook and return its path.

    Raises ``InputError`` where the file exists and ``force`` is not given, or where it cannot be written. With
    ``force`` the old file is kept beside it as ``NAME.bak1.xlsx``, ``NAME.bak2.xlsx`` and so on.
    """
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"'{path.name}' must end in .xlsx")
    if path.exists() and not force:
        raise InputError(f"'{path}' exists; use --force to replace it (the old file is kept as a backup)")
    if path.is_dir():
        raise InputError(f"'{path}' is a folder")
    beside = path.with_name(f".{path.stem}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(snapshot_bytes(content))
        if path.exists():
            _keep(path)
        beside.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"'{path}' cannot be written ({reason}); close it if it is open, or choose another") from None
    finally:
        beside.unlink(missing_ok=True)
    return path


def _keep(path: Path) -> None:
    """Copy the old file to the first free backup name."""
    backups = (path.with_name(f"{path.stem}.bak{number}{path.suffix}") for number in range(1, 10_000))
    next(backup for backup in backups if not backup.exists()).write_bytes(path.read_bytes())


def _name_cells(book: Workbook) -> None:
    cells = {
        "Score": dashboard.SCORE_CELL,
        "AsOf": dashboard.AS_OF_CELL,
        "Coverage": dashboard.COVERAGE_CELL,
        "DefinitionHash": dashboard.DEFINITION_CELL,
        "DataHash": dashboard.DATA_CELL,
    }
    for name, cell in cells.items():
        book.defined_names[name] = DefinedName(name, attr_text=f"{dashboard.SHEET}!{cell}")


def _tidy(data: bytes, moment: dt.datetime) -> bytes:
    """The same package without the clock, and with the children of fonts in the order the standard asks for."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "docProps/core.xml":
                stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
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
