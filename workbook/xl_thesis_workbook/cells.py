"""Writing a cell so that it holds exactly what was meant: text is text, a number is that number.

openpyxl makes a formula of any text that begins with ``=``, an error of ``#N/A``, and writes floats with 16 digits,
which changes one double in four.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl.cell._writer as writer
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | int | bool | dt.date | None

DATE_FORMAT = "yyyy-mm-dd"
_MAX_TEXT = 32_767
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def clean_text(text: str) -> str:
    """Text that every reader of the format shows as it is: no control characters, at most 32,767 characters.

    >>> clean_text("a\\x07b _x0041_")
    'ab _x005F_x0041_'
    """
    cleaned = _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPE.sub("_x005F_", cleaned)[:_MAX_TEXT]


def put(sheet: Worksheet, row: int, column: int, value: Value, style: str | None = None) -> Cell:
    """Write one value; text never becomes a formula or an error, and a number that is not finite leaves the cell empty.

    ``style`` names a style of the workbook.
    """
    cell: Cell = sheet.cell(row=row, column=column)
    if isinstance(value, str):
        cell.value = clean_text(value)
        cell.data_type = "s"
    elif isinstance(value, float) and not math.isfinite(value):
        cell.value = None
    else:
        cell.value = value
    if style is not None:
        cell.style = style
    if isinstance(value, dt.date) and style is None:
        cell.number_format = DATE_FORMAT
    return cell


@contextmanager
def exact_numbers() -> Iterator[None]:
    """While it lasts, openpyxl writes floats with as many digits as read back to the same number."""
    original = writer.safe_string
    writer.safe_string = _exact
    try:
        yield
    finally:
        writer.safe_string = original


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        return repr(float(value)) if math.isfinite(value) else ""
    return _original(value)


_original = writer.safe_string
