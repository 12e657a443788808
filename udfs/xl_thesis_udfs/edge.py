"""Between a cell and a function: cell arguments in, a cell value or a true error out; never an exception.

Hosts disagree on what an empty cell is: None, "" and nothing at all are the same here, and so is 0 where a date or a
word is wanted. A number where a date is wanted is an Excel serial date.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import xl_thesis_udfs.functions  # noqa: F401 - fills the registry
from xl_thesis.errors import CalculationError, InputError, MissingData, ThesisError
from xl_thesis.wording import did_you_mean
from xl_thesis_udfs import failures
from xl_thesis_udfs.cells import CellError, CellValue, Code, Value, day_of, outgoing
from xl_thesis_udfs.memo import Memo
from xl_thesis_udfs.registry import FUNCTIONS, ArgumentSpec, FunctionSpec
from xl_thesis_udfs.session import session

__all__ = ["CellError", "CellValue", "Value", "call", "incoming", "outgoing", "token"]

REMEMBERED_CELLS = 1_000_000
_VALUES: Memo[Value] = Memo(REMEMBERED_CELLS, lambda value: sum(map(len, value)) if isinstance(value, list) else 1)


def call(name: str, arguments: Sequence[Any]) -> Value:
    """The value of a cell function: number, text, date, truth value, a table (rows of them) or a ``CellError``.

    A table may be handed out again: hosts copy it and never change it.

    >>> call("DXY", ["2026-06-30", "ecb"]) == call("dxy", [46203.0, "ECB"])
    True
    >>> str(call("DXY", ["tomorrow"]))
    '#VALUE!'
    """
    spec = FUNCTIONS.get(name) or FUNCTIONS.get(name.upper())
    if spec is None:
        near = did_you_mean(name, FUNCTIONS)
        return _failed(name, arguments, "#NAME?", f"there is no function {name}{near}; THESIS_FUNCTIONS() lists all")
    try:
        given = incoming(spec, arguments)
        if not spec.cached:
            return outgoing(spec.call(*given))
        key = (spec.name, session().state(given[-1] if spec.takes_thesis else None), *given)
        value = _VALUES.find(key)
        if value is None:
            value = outgoing(spec.call(*given))
            _VALUES.put(key, value)
    except _ErrorGiven as error:
        return error.given
    except ThesisError as error:
        return _failed(spec.name, arguments, _code(error), str(error))
    except Exception as error:  # noqa: BLE001 - a fault of ours must not reach a cell as a traceback
        failures.log_fault(spec.name, arguments, error)
        return _failed(spec.name, arguments, "#VALUE!", f"a fault of xl-thesis: {failures.FILE_NAME} has the details")
    return value


def token() -> str:
    """Changes whenever a value that a host keeps may have: the store, the day, or a thesis that a cell names did.

    Empty while the store is out of reach, and then nothing may be kept.
    """
    try:
        return session().token()
    except ThesisError:
        return ""
    except Exception as error:  # noqa: BLE001 - as in a cell
        failures.log_fault("token", [], error)
        return ""


def incoming(spec: FunctionSpec, arguments: Sequence[Any]) -> list[Any]:
    """Arguments as the function takes them; None for those left to their defaults.

    Raises ``InputError`` for one too many, one missing, or one of the wrong kind.
    """
    missing = len(spec.arguments) - len(arguments)
    if missing < 0:
        raise InputError(f"{spec.name} takes at most {len(spec.arguments)} arguments")
    given = [_argument(described, value) for described, value in zip(spec.arguments, arguments, strict=False)]
    given += [None] * missing
    for described, value in zip(spec.arguments, given, strict=True):
        if value is None and described.required:
            raise InputError(f"{spec.name} needs {described.name}: {described.help}")
    return given


class _ErrorGiven(Exception):
    """An argument is an error, which is then the value, as in every function of a spreadsheet."""

    def __init__(self, given: CellError) -> None:
        super().__init__(given.code)
        self.given = given


def _argument(described: ArgumentSpec, value: Any) -> Any:
    value = _single(described.name, value)
    if isinstance(value, CellError):
        raise _ErrorGiven(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool):
        raise InputError(f"{described.name}: {str(value).upper()} is not a {described.kind}")
    if described.kind == "number":
        return _whole_number(described.name, value)
    if value == 0:
        return None
    return _date(described.name, value) if described.kind == "date" else _word(described.name, value)


def _single(name: str, value: Any) -> Any:
    """The value of a range of one cell."""
    while isinstance(value, list | tuple):
        if len(value) != 1:
            raise InputError(f"{name} takes one cell, not a range")
        value = value[0]
    return value


def _date(name: str, value: Any) -> dt.date:
    try:
        return day_of(value)
    except ValueError:
        raise InputError(f"{name}: '{value}' is not a date; write it like 2025-02-24 or use a date cell") from None


def _whole_number(name: str, value: Any) -> int:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name}: '{value}' is not a number") from None
    if not (math.isfinite(number) and number.is_integer()):
        raise InputError(f"{name}: '{value}' is not a whole number")
    return int(number)


def _word(name: str, value: Any) -> str:
    if isinstance(value, dt.date):
        return (value.date() if isinstance(value, dt.datetime) else value).isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    word = str(value).strip()
    if not word.isprintable():
        raise InputError(f"{name}: the text holds characters that no name has")
    if name == "thesis" and word[:2].replace("/", "\\") == "\\\\":
        raise InputError("a cell reads no thesis from another machine; copy the file to this one")
    return word


def _failed(name: str, arguments: Sequence[Any], code: Code, sentence: str) -> CellError:
    sentence = sentence[: failures.LONGEST]
    failures.note(name, arguments, code, sentence)
    return CellError(code, sentence)


def _code(error: ThesisError) -> Code:
    if isinstance(error, MissingData):
        return "#N/A"
    return "#NUM!" if isinstance(error, CalculationError) else "#VALUE!"
