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
from copy import copy
from typing import Any
from weakref import WeakKeyDictionary

import openpyxl.cell._writer as writer
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | int | bool | dt.date | None

DATE_FORMAT = "yyyy-mm-dd"
LONGEST_TEXT = 32_767
FIRST_DAY = dt.date(1900, 3, 1)  # before it, programs disagree on the calendar by a day
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def clean_text(text: str) -> str:
    """Text that every reader of the format shows as it is: no control characters, at most 32,767 characters.

    >>> clean_text("a\\x07b _x0041_")
    'ab _x005F_x0041_'
    """
    cleaned = _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPE.sub("_x005F_", cleaned)[:LONGEST_TEXT]


_dressed: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()


def _dress(cell: Cell, style: str) -> None:
    """Give a cell a style by name; the second time by copying what the name stood for, which is ten times as fast."""
    known = _dressed.setdefault(cell.parent.parent, {})
    if style in known:
        cell._style = copy(known[style])  # noqa: SLF001
    else:
        cell.style = style
        known[style] = copy(cell._style)  # noqa: SLF001


def put(sheet: Worksheet, row: int, column: int, value: Value, style: str | None = None) -> Cell:
    """Write one value; text never becomes a formula or an error, and a number that is not finite leaves the cell empty.

    ``style`` names a style of the workbook. A date before March 1900, which the format cannot hold, becomes text.
    """
    cell: Cell = sheet.cell(row=row, column=column)
    if isinstance(value, dt.date) and not is_writable_day(value):
        value = value.isoformat()
    if isinstance(value, float):
        # the digits themselves, declared a number: openpyxl would round them
        cell.value, cell.data_type = (repr(float(value)) if math.isfinite(value) else None), "n"
    elif isinstance(value, str):
        cell.value, cell.data_type = clean_text(value), "s"
    else:
        cell.value = value
    if style is not None:
        _dress(cell, style)
    elif isinstance(value, dt.date):
        cell.number_format = DATE_FORMAT
    return cell


def is_writable_day(moment: dt.date) -> bool:
    """Whether the format can hold a day: before March 1900, programs disagree on the calendar."""
    return (moment.date() if isinstance(moment, dt.datetime) else moment) >= FIRST_DAY


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
