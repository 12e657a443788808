"""Definitions as workbooks for tests: made, edited, and read back."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from xl_thesis.checking import TEMPLATE
from xl_thesis.definition import Thesis
from xl_thesis.errors import DefinitionError
from xl_thesis.thesis import load_thesis, parse_thesis
from xl_thesis_workbook.definition_book import HEADER_ROW, definition_bytes
from xl_thesis_workbook.definition_import import read_definition
from xl_thesis_workbook.definition_layout import sections

FIRST = HEADER_ROW + 1
STARTER = load_thesis(str(TEMPLATE))
Edit = Callable[[Workbook], None]


@cache
def starter_bytes() -> bytes:
    return definition_bytes(STARTER)


def book_of(thesis: Thesis) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(starter_bytes() if thesis is STARTER else definition_bytes(thesis)))


@cache
def rows_of_form(sheet: str) -> list[object]:
    """The first column of a form."""
    return [cells[0].value for cells in book_of(STARTER)[sheet].iter_rows(min_row=1, max_col=1)]


def back(data: bytes, folder: Path, name: str) -> Thesis:
    """The thesis that a workbook's bytes hold."""
    (folder / "book.xlsx").write_bytes(data)
    target = folder / f"{name}.yaml"
    return parse_thesis(read_definition(folder / "book.xlsx", target), target)


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cell_name(sheet: str, header: str, row: int = FIRST) -> str:
    """The name of the cell of a field: in a form by its first row, elsewhere in the column and the row given."""
    section = next(section for section in sections() if section.title == sheet)
    headers = [column.header for column in section.columns]
    if not section.is_form:
        return f"{openpyxl.utils.get_column_letter(headers.index(header) + 1)}{row}"
    return f"B{rows_of_form(sheet).index(header) + 1}"


def put(sheet: str, header: str, value: object, row: int = FIRST) -> Edit:
    def edit(book: Workbook) -> None:
        book[sheet][cell_name(sheet, header, row)] = value

    return edit


def put_at(sheet: str, cell: str, value: object) -> Edit:
    return lambda book: book[sheet].__setitem__(cell, value)


def together(*edits: Edit) -> Edit:
    def edit(book: Workbook) -> None:
        for one in edits:
            one(book)

    return edit


def faults_after(folder: Path, *edits: Edit, thesis: Thesis = STARTER) -> dict[str, str]:
    """The faults of a thesis's workbook after some edits, by cell."""
    book = book_of(thesis)
    for edit in edits:
        edit(book)
    with pytest.raises(DefinitionError) as caught:
        back(saved(book), folder, thesis.id)
    return {fault.field: fault.message for fault in caught.value.faults}
