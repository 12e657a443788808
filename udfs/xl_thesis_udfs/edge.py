"""Between a cell and a function: cell arguments in, a cell value or a true error out; never an exception.

A host turns ``CellError`` into its own error value. Hosts disagree on what an empty cell is: None, "" and nothing at
all are the same here, and a number where a date is wanted is an Excel serial date.
"""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from xl_thesis.errors import CalculationError, InputError, MissingData, ThesisError
from xl_thesis_udfs.registry import FUNCTIONS, ArgumentSpec, FunctionSpec

Code = Literal["#N/A", "#VALUE!", "#NUM!", "#NAME?"]
CellValue = str | float | bool | dt.date | None
_EPOCH = dt.date(1899, 12, 30)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CellError:
    """A true Excel error and the sentence that explains it."""

    code: Code
    sentence: str = ""

    def __str__(self) -> str:
        return self.code


def call(name: str, arguments: Sequence[Any]) -> Any:
    """The value of a cell function: a number, text, date, a table (rows of them) or a ``CellError``."""
    spec = FUNCTIONS.get(name.upper())
    if spec is None:
        return CellError("#NAME?", f"there is no function {name}")
    try:
        return outgoing(spec.call(*incoming(spec, arguments)))
    except ThesisError as error:
        return CellError(_code(error), str(error))
    except Exception as error:  # noqa: BLE001 - a bug must not reach a cell as a traceback
        _LOG.exception("%s%s failed", name, tuple(arguments))
        return CellError("#VALUE!", f"{name} failed unexpectedly ({type(error).__name__}); the log has the details")


def incoming(spec: FunctionSpec, arguments: Sequence[Any]) -> list[Any]:
    """Arguments as the function takes them; omitted ones are left to their defaults.

    Raises ``InputError`` for one too many, one missing, or one of the wrong kind.
    """
    if len(arguments) > len(spec.arguments):
        raise InputError(f"{spec.name} takes at most {len(spec.arguments)} arguments")
    given = [None if _is_empty(value) else value for value in arguments]
    given += [None] * (len(spec.arguments) - len(given))
    return [_argument(spec, described, value) for described, value in zip(spec.arguments, given, strict=True)]


def outgoing(value: Any) -> Any:
    """A cell value, or a table of them; a number that is not one is ``#N/A``, so that no cell shows a false zero."""
    if isinstance(value, list):
        return [[outgoing(cell) for cell in row] for row in value]
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return CellError("#N/A", "there is no value")
    return value


def _argument(spec: FunctionSpec, described: ArgumentSpec, value: Any) -> Any:
    if isinstance(value, CellError):
        raise InputError(f"{described.name} is an error")
    if value is None:
        if described.required:
            raise InputError(f"{spec.name} needs {described.name}")
        return None
    if described.kind == "date":
        return _date(described.name, value)
    if described.kind == "number":
        return _number(described.name, value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _date(name: str, value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _EPOCH + dt.timedelta(days=math.floor(value))
        return dt.date.fromisoformat(str(value).strip())
    except (ValueError, OverflowError):
        raise InputError(f"{name}: '{value}' is not a date; write it like 2025-02-24 or use a date cell") from None


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InputError(f"{name}: '{value}' is not a number") from None
    if not math.isfinite(number):
        raise InputError(f"{name}: '{value}' is not a number")
    return number


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _code(error: ThesisError) -> Code:
    if isinstance(error, InputError):
        return "#VALUE!"
    if isinstance(error, MissingData):
        return "#N/A"
    return "#NUM!" if isinstance(error, CalculationError) else "#VALUE!"
