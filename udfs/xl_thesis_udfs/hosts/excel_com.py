"""What Excel's VBA calls through xlwings' COM server: one function for all cells, and the token of their memory.

COM cannot carry an Excel error, so one travels as a text that no data can hold: ``ERROR`` and its number. Our VBA
makes a true error of it, inside tables too, and marks a cell that holds an error in the same way.

A date is slow on its way through COM, each one an object of pywin32. So a column of days travels as serial numbers
below a header that begins with ``DAYS``, and the VBA makes true dates of them; a date among other values is a date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import xlwings as xw

from xl_thesis_udfs import edge, functions  # noqa: F401 - fills the registry
from xl_thesis_udfs.edge import CellError

ERROR, DAYS = "\x01", "\x02"
NUMBERS = {
    "#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042,
}  # fmt: skip
_CODES = {f"{ERROR}{number}": code for code, number in NUMBERS.items()}
_FIRST_DAY = dt.date(1900, 3, 1)  # before it Excel's calendar is a day off, and soon ends
_SERIAL_ZERO = dt.date(1899, 12, 30).toordinal()


@xw.func
@xw.arg("name", "raw")
@xw.arg("arguments", "raw")
@xw.ret("raw")
def cell(name: str, arguments: Sequence[Any]) -> list[list[Any]]:
    """The value of a cell function as COM carries it: rows of numbers, texts, moments, truth values, marked errors."""
    value = edge.call(name, [_from_excel(given) for given in arguments or ()])
    return _table(value) if isinstance(value, list) else [[_to_excel(value)]]


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


def _table(rows: list[list[edge.CellValue]]) -> list[list[Any]]:
    """The rows of a table, its columns made ready one by one."""
    headers, *below = rows
    columns = list(zip(*below, strict=True))
    ready = [_column(header, values) for header, values in zip(headers, columns, strict=False)]
    if not ready:
        return [list(map(_to_excel, headers))]
    return [[header for header, _ in ready], *map(list, zip(*(values for _, values in ready), strict=True))]


def _column(header: edge.CellValue, values: Sequence[edge.CellValue]) -> tuple[Any, Sequence[Any]]:
    """Header and values: a column of floats as it is, one of days, perhaps with errors, as marked serial numbers."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return _to_excel(header), values
    if dt.date in kinds and kinds <= {dt.date, CellError} and isinstance(header, str):
        days = [_serial(value) if type(value) is dt.date else _to_excel(value) for value in values]
        if None not in days:
            return f"{DAYS}{header}", days
    return _to_excel(header), list(map(_to_excel, values))


@lru_cache(maxsize=50_000)
def _serial(day: dt.date) -> float | None:
    """A date as Excel counts it; None where its calendar has none."""
    return float(day.toordinal() - _SERIAL_ZERO) if day >= _FIRST_DAY else None


def _to_excel(value: Any) -> Any:
    if isinstance(value, CellError):
        return f"{ERROR}{NUMBERS[value.code]}"
    return _moment(value) if isinstance(value, dt.date) else value


def _moment(day: dt.date) -> dt.datetime | str:
    """A date as COM carries it; as text where Excel's calendar has none."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC) if day >= _FIRST_DAY else day.isoformat()
