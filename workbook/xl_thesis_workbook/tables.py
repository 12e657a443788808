"""A sheet's named Table: header, rows and the Excel object, which must agree to the letter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook.cells import Value, clean_text, put
from xl_thesis_workbook.layout import Column
from xl_thesis_workbook.measure import Fit

_NUMERIC = ("points", "signed", "percent", "number", "count")
_LONGEST_NAME, _SIZE = 200, 10
HEADER_HEIGHT = 30.0  # of a header that takes two lines, in points


def add_table(
    sheet: Worksheet,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    row: int,
    column: int = 1,
    fits: dict[int, Fit] | None = None,
) -> int:
    """Write a table with its upper left corner at (row, column); return its last row.

    A table without rows gets one empty one, as the format demands. ``fits`` gets what each row's height follows from.
    """
    places = ((offset, item) for offset, item in enumerate(columns, start=column) if item.is_wrapped)
    fit = Fit(tuple((offset, item.width, _SIZE) for offset, item in places))
    for offset, (described, header) in enumerate(zip(columns, _distinct(columns), strict=True)):
        is_number = any(word in _NUMERIC for word in described.style.split())
        put(sheet, row, column + offset, header, "Column right" if is_number else "Column")
        sheet.column_dimensions[get_column_letter(column + offset)].width = described.width
    last = row
    for last, values in enumerate(rows, start=row + 1):
        for offset, (described, value) in enumerate(zip(columns, values, strict=True)):
            put(sheet, last, column + offset, value, described.style)
        fit.apply(sheet, last, dict(enumerate(values, start=column)))
        if fits is not None and fit.texts:
            fits[last] = fit
    last = max(last, row + 1)
    reference = f"{get_column_letter(column)}{row}:{get_column_letter(column + len(columns) - 1)}{last}"
    table = Table(displayName=name, ref=reference)
    table.tableStyleInfo = TableStyleInfo(name=None, showRowStripes=False)
    sheet.add_table(table)
    return last


def _distinct(columns: Sequence[Column]) -> Iterator[str]:
    """Headers that differ also where case does not count, as the format demands."""
    seen: set[str] = set()
    for column in columns:
        header = clean_text(column.header)
        while header.lower() in seen:
            header += " *"
        seen.add(header.lower())
        yield header


def table_names(texts: Iterable[str]) -> list[str]:
    """A name for each text that Excel takes for a table: letters, digits and underscores, not like a cell, and unique.

    >>> table_names(["FRED:UNRATE", "FRED UNRATE"])
    ['Data_FRED_UNRATE', 'Data_FRED_UNRATE_2']
    """
    names: list[str] = []
    seen: set[str] = set()
    for text in texts:
        plain = f"Data_{re.sub(r'[^0-9A-Za-z]+', '_', text).strip('_')}"[:_LONGEST_NAME]
        name, number = plain, 2
        while name.lower() in seen:
            name, number = f"{plain}_{number}", number + 1
        seen.add(name.lower())
        names.append(name)
    return names


def head(sheet: Worksheet, title: str, note: str) -> None:
    """Title and the one line that says what the sheet is."""
    put(sheet, 1, 1, title, "Sheet title")
    put(sheet, 2, 1, note, "Sheet note")
    sheet.row_dimensions[1].height = 24
    sheet.sheet_view.showGridLines = False
