"""A sheet's named Table: header, rows and the Excel object, which must agree to the letter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook.cells import Value, clean_text, put
from xl_thesis_workbook.layout import Column

_NUMERIC = ("points", "signed", "percent", "number", "count")


def add_table(
    sheet: Worksheet,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    row: int,
    column: int = 1,
) -> int:
    """Write a table with its upper left corner at (row, column); return its last row.

    A table without rows gets one empty one, as the format demands.
    """
    for offset, described in enumerate(columns):
        style = "Column right" if described.style.split()[1:2] and described.style.split()[1] in _NUMERIC else "Column"
        put(sheet, row, column + offset, described.header, style)
        sheet.column_dimensions[get_column_letter(column + offset)].width = described.width
    last = row
    for last, values in enumerate(rows, start=row + 1):
        for offset, (described, value) in enumerate(zip(columns, values, strict=True)):
            put(sheet, last, column + offset, value, described.style)
    last = max(last, row + 1)
    reference = f"{get_column_letter(column)}{row}:{get_column_letter(column + len(columns) - 1)}{last}"
    table = Table(displayName=table_name(name), ref=reference)
    table.tableStyleInfo = TableStyleInfo(name=None, showRowStripes=False)
    sheet.add_table(table)
    return last


def table_name(text: str) -> str:
    """A name that Excel takes for a table: letters, digits and underscores, and not like a cell.

    >>> table_name("FRED:UNRATE")
    'Data_FRED_UNRATE'
    """
    plain = re.sub(r"[^0-9A-Za-z_]+", "_", clean_text(text)).strip("_")
    return plain[:200] if plain.startswith(("Score", "Thesis")) else f"Data_{plain}"[:200]


def head(sheet: Worksheet, title: str, note: str) -> None:
    """Title and the one line that says what the sheet is."""
    put(sheet, 1, 1, title, "Sheet title")
    put(sheet, 2, 1, note, "Sheet note")
    sheet.row_dimensions[1].height = 24
    sheet.sheet_view.showGridLines = False
