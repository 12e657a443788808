"""The snapshot workbook: an evaluation as a file for people who have no Python."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from xl_thesis.errors import InputError
from xl_thesis.files import put_file
from xl_thesis_workbook import sheets
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.dashboard import add_dashboard
from xl_thesis_workbook.layout import DASHBOARD, add_styles
from xl_thesis_workbook.saving import book_bytes

__all__ = ["SnapshotContent", "snapshot_bytes", "write_snapshot"]


def snapshot_bytes(content: SnapshotContent) -> bytes:
    """The workbook as bytes; the same content gives the same bytes."""
    book = Workbook()
    add_styles(book)
    sheets.add_indicators(book, content)
    sheets.add_claims(book, content)
    sheets.add_questions(book, content)
    history, last = sheets.add_history(book, content)
    sheets.add_sources(book, content)
    sheets.add_data(book, content)
    for name, cell in add_dashboard(book, content, history, last).items():
        book.defined_names[name] = DefinedName(name, attr_text=f"{DASHBOARD}!{cell}")
    return book_bytes(book, content.evaluation.title, content.evaluation.as_of)


def write_snapshot(content: SnapshotContent, path: Path, *, force: bool = False) -> Path:
    """Write the workbook and return its path.

    Raises ``InputError`` where the file exists and ``force`` is not given, or where it cannot be written. With
    ``force`` the old file is kept beside it as ``NAME.bak1.xlsx``, ``NAME.bak2.xlsx`` and so on.
    """
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"'{path.name}' must end in .xlsx")
    return put_file(path, snapshot_bytes(content), force=force)
