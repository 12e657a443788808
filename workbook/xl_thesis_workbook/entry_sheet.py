"""A table of entered values in an .xlsx file: its first sheet, as a person typed it."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from openpyxl import load_workbook

from xl_thesis.entries import Cell, Sheet
from xl_thesis.errors import InputError
from xl_thesis_workbook.definition_tables import DAMAGE
from xl_thesis_workbook.intake import read_package

_MOST_ROWS, _MOST_COLUMNS = 100_000, 60


def read_sheet(path: Path) -> Sheet:
    """The rows of the first visible sheet that are not empty, with their numbers.

    A formula stays the text that it is: a value must be typed, not computed. Raises ``InputError`` with one sentence
    for a file that is unsafe, damaged or far larger than a table of values.
    """
    data = read_package(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts that openpyxl does not know are not needed here
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
            sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
            rows: list[tuple[int, list[Cell]]] = []
            for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True), start=1):
                if number > _MOST_ROWS:
                    raise InputError(f"'{path.name}' has more than {_MOST_ROWS:,} rows; delete what is below the table")
                if any(cell is not None and str(cell).strip() for cell in cells):
                    rows.append((number, [_plain(cell) for cell in cells]))
    except (*DAMAGE, StopIteration):
        raise InputError(f"'{path.name}' cannot be used: it is damaged; try to open and save it in Excel") from None
    return rows


def _plain(cell: object) -> Cell:
    """Anything openpyxl has a type of its own for, an array formula say, begins like the formula it is."""
    import datetime as dt

    if cell is None or isinstance(cell, (str, int, float, bool, dt.date, dt.datetime)):
        return cell
    return f"={type(cell).__name__}"
