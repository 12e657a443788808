"""The only values that may stand in a cell, and how others become one."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Code = Literal["#N/A", "#VALUE!", "#NUM!", "#NAME?"]
LONGEST_TEXT = 32_767
_SERIAL_ZERO, _AFTER_FALSE_DAY, _SERIALS_END = dt.date(1899, 12, 30), 61, 2_958_466
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class CellError:
    """A true Excel error and the sentence that explains it; a host turns it into its own error value."""

    code: Code
    sentence: str = ""

    def __str__(self) -> str:
        return self.code


CellValue = float | bool | str | dt.date | CellError
Value = CellValue | list[list[CellValue]]


def day_of(value: object) -> dt.date:
    """The day of a date, of an Excel serial number or of ISO text, with a time or without.

    Serial numbers are Excel's: 60 is a 29 February 1900 that never was. Raises ``ValueError`` for anything else.

    >>> day_of(46203.75), day_of(" 2026-06-30 ")
    (datetime.date(2026, 6, 30), datetime.date(2026, 6, 30))
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        return dt.datetime.fromisoformat(value.strip()).date()
    if isinstance(value, int | float) and 1 <= value < _SERIALS_END:
        days = math.floor(value)
        return _SERIAL_ZERO + dt.timedelta(days=days + (days < _AFTER_FALSE_DAY))
    raise ValueError(f"{value!r} is no day")


def outgoing(value: Any) -> Value:
    """A cell value, or a table of them (a list of rows of equal length).

    No value and NaN are ``#N/A``, infinity is ``#NUM!``, so that no cell shows a false zero or a blank. Whole numbers
    become floats, as cells have them. Text is cut at 32,767 characters and loses what XML cannot hold.
    """
    if not isinstance(value, list):
        return cell(value)
    first, *rows = value
    given = list(zip(*rows, strict=True))
    columns = [_column(column) for column in given]
    if any(column is not old for column, old in zip(columns, given, strict=True)):
        rows = list(map(list, zip(*columns, strict=True)))
    return [list(map(cell, first)), *rows]


def _column(values: Sequence[Any]) -> Sequence[CellValue]:
    """The cells of a column; one of finite numbers or of days is one already, which is what makes long tables quick."""
    kinds = set(map(type, values))
    if kinds == {dt.date} or (kinds == {float} and all(map(math.isfinite, values))):
        return values
    return [cell(value) for value in values]


def cell(value: Any) -> CellValue:
    """One cell value. Raises ``TypeError`` for what no cell can show."""
    if type(value) is float:
        if math.isfinite(value):
            return value
        return CellError("#N/A", "there is no value") if value != value else CellError("#NUM!", "it is infinite")
    if value is None:
        return CellError("#N/A", "there is no value")
    if isinstance(value, bool | CellError):
        return value
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", value)[:LONGEST_TEXT]
    if isinstance(value, int | float):
        return cell(float(value))
    raise TypeError(f"a {type(value).__name__} is no cell value")
