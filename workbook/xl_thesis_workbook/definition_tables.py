"""Finding the tables of a definition in a workbook that came back, wherever its sheets were moved or renamed."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.errors import InputError
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.definition_book import FORM_HEADERS
from xl_thesis_workbook.definition_layout import Section, sections
from xl_thesis_workbook.intake import read_package

_ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")
_MOST_ROWS, _MOST_COLUMNS = 5_000, 300
_HEADER_SEARCH = 30
DAMAGE = (
    InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError,
    SyntaxError, OSError,
)  # fmt: skip


@dataclass(frozen=True)
class FoundTable:
    """A table of a definition: its sheet with values and with formulas, its header's row, and the header's names."""

    values: Worksheet
    formulas: Worksheet
    header_row: int
    header: tuple[tuple[str, int], ...]

    def name(self, row: int, column: int) -> str:
        """A cell as a person names it."""
        title = self.values.title
        return f"{title if title.isalnum() else quote_sheetname(title)}!{get_column_letter(column)}{row}"

    def rows(self) -> Iterator[int]:
        """Rows below the header to the last of the sheet: a row typed under the table counts too."""
        yield from range(self.header_row + 1, self.values.max_row + 1)

    def is_empty(self, row: int, column: int) -> bool:
        """Whether nothing stands in a cell, neither a value nor a formula."""
        values = (sheet.cell(row, column).value for sheet in (self.values, self.formulas))
        return all(value is None or (isinstance(value, str) and not value.strip()) for value in values)

    def value(self, row: int, column: int) -> Value:
        """What a cell holds, None where it is empty. Raises ``InputError`` for an error or an unsaved result."""
        cell: Cell = self.values.cell(row, column)
        value: Value = cell.value
        if cell.data_type == "e":
            raise InputError(f"the cell holds the error {value}")
        if value is None and self.formulas.cell(row, column).data_type == "f":
            raise InputError("the cell holds a formula whose result was not saved; type the value")
        if isinstance(value, str):
            value = _ESCAPED.sub("_", value.replace("_x000D_", "").replace("\r\n", "\n"))
            return value if value.strip() else None
        return value


def find_tables(path: Path) -> dict[str, FoundTable]:
    """The tables of a definition workbook by the title of their section.

    Raises ``InputError`` with one sentence for a file that is unsafe, damaged, or no such workbook.
    """
    values, formulas = _open(path)
    found = {section.title: _find(section, values, formulas) for section in sections()}
    absent = [title for title, table in found.items() if table is None]
    if absent:
        raise InputError(
            f"'{path.name}' has no sheet {', '.join(absent)}; write a fresh one with `xl-thesis thesis export` and move"
            " the changes there"
        )
    return {title: table for title, table in found.items() if table is not None}


def _open(path: Path) -> tuple[Workbook, Workbook]:
    """The workbook with the results of its formulas, and again with the formulas."""
    data = read_package(path, may_hold_macros=path.suffix.lower() == ".xlsm")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts that openpyxl does not know are not needed here
            values, formulas = (load_workbook(io.BytesIO(data), data_only=only) for only in (True, False))
    except DAMAGE:
        raise InputError(f"'{path.name}' cannot be used: it is damaged; try to open and save it in Excel") from None
    for sheet in values.worksheets:
        if sheet.max_row > _MOST_ROWS or sheet.max_column > _MOST_COLUMNS:
            last = f"{get_column_letter(sheet.max_column)}{sheet.max_row}"
            raise InputError(
                f"'{path.name}' cannot be used: its sheet '{sheet.title}' reaches as far as {last}; delete what is"
                " beyond the table"
            )
    return values, formulas


def _find(section: Section, values: Workbook, formulas: Workbook) -> FoundTable | None:
    """The section's table: by the name of the table, else by the title of the sheet and its first header."""
    for sheet in values.worksheets:
        if section.table in sheet.tables:
            corner = sheet[sheet.tables[section.table].ref.split(":")[0]]
            return _table(sheet, formulas, corner.row, corner.column)
    first = FORM_HEADERS[0] if section.is_form else section.columns[0].header
    for sheet in values.worksheets:
        if sheet.title == section.title:
            for row in range(1, _HEADER_SEARCH):
                if sheet.cell(row, 1).value == first:
                    return _table(sheet, formulas, row, 1)
    return None


def _table(sheet: Worksheet, formulas: Workbook, row: int, first: int) -> FoundTable:
    """The header ends at the first empty cell: notes beyond it are left alone."""
    header = []
    for column in range(first, sheet.max_column + 1):
        value = sheet.cell(row, column).value
        if value is None:
            break
        header.append((str(value).strip(), column))
    return FoundTable(sheet, formulas[sheet.title], row, tuple(header))
