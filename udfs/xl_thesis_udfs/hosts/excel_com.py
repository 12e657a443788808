"""What Excel's VBA calls through xlwings' COM server: one function for all cells, and the token of their memory.

COM cannot carry an Excel error, so one travels as a text that no data can hold: ``ERROR`` and its number. The VBA
wrapper makes a true error of it, inside tables too, and marks a cell that holds an error in the same way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import xlwings as xw

from xl_thesis_udfs import edge, functions  # noqa: F401 - fills the registry
from xl_thesis_udfs.edge import CellError

ERROR = "\x01"
NUMBERS = {
    "#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042,
}  # fmt: skip
_CODES = {f"{ERROR}{number}": code for code, number in NUMBERS.items()}
_FIRST_DAY = dt.date(1900, 3, 1)  # before it Excel's calendar is a day off, and soon ends


@xw.func
@xw.arg("name", "raw")
@xw.arg("arguments", "raw")
@xw.ret("raw")
def cell(name: str, arguments: Sequence[Any]) -> list[list[Any]]:
    """The value of a cell function as COM carries it: rows of numbers, texts, moments, truth values, marked errors."""
    value = edge.call(name, [_from_excel(given) for given in arguments or ()])
    if isinstance(value, list):
        return [[_to_excel(item) for item in row] for row in value]
    return [[_to_excel(value)]]


@xw.func
@xw.ret("raw")
def token() -> list[list[str]]:
    """A word that changes whenever an answer may."""
    return [[edge.token()]]


def _from_excel(value: Any) -> Any:
    """An argument for the edge: a range is a list, a marked error a ``CellError``, a date without a time zone."""
    if isinstance(value, tuple):
        return [_from_excel(item) for item in value]
    if isinstance(value, str) and value in _CODES:
        return CellError(_CODES[value])  # type: ignore[arg-type]
    if isinstance(value, dt.datetime):
        return dt.datetime(*value.timetuple()[:6])  # noqa: DTZ001 - a cell's date has none
    return value


def _to_excel(value: Any) -> Any:
    if isinstance(value, CellError):
        return f"{ERROR}{NUMBERS[value.code]}"
    if isinstance(value, dt.date):
        moment = dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
        return moment if value >= _FIRST_DAY else value.isoformat()
    return value
