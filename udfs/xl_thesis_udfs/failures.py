"""What went wrong in cells: the latest sentences for THESIS_STATUS, and a log of our own faults for their repair."""

from __future__ import annotations

import datetime as dt
import traceback
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xl_thesis import settings

FILE_NAME = "cells.log"
KEPT = 50
_BYTES, _FILES = 500_000, 2
LONGEST = 1000
_LATEST: OrderedDict[str, Failure] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Failure:
    """A formula, the error it gave at last, when (local time) and why."""

    at: dt.datetime
    formula: str
    code: str
    sentence: str


def note(name: str, arguments: Sequence[Any], code: str, sentence: str) -> None:
    """Remember a failure; the same formula is remembered once, with its last reason."""
    formula = f"={name}({', '.join(map(_text, arguments))})"[:LONGEST]
    _LATEST.pop(formula, None)
    _LATEST[formula] = Failure(dt.datetime.now().astimezone(), formula, code, sentence)
    while len(_LATEST) > KEPT:
        _LATEST.popitem(last=False)


def latest() -> list[Failure]:
    """The failures remembered, newest first."""
    return list(reversed(_LATEST.values()))


def forget() -> None:
    """Forget every failure, as a refresh does before cells are calculated anew."""
    _LATEST.clear()


def log_fault(name: str, arguments: Sequence[Any], error: BaseException) -> None:
    """Write a fault of ours to ``cells.log`` in the user's folder, at most 1.5 MB in three files.

    Kinds and places only, never the text of an argument or an error: one of them may hold a key. A log that cannot be
    written is no reason for another failure.
    """
    kinds = ", ".join(type(argument).__name__ for argument in arguments)
    places = "".join(traceback.format_tb(error.__traceback__))
    message = f"{name}({kinds}): {type(error).__name__}\n{places}"
    path = settings.home() / FILE_NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, message)
    except OSError:
        return


def _write(path: Path, message: str) -> None:
    import logging
    from logging.handlers import RotatingFileHandler

    handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", errors="replace")
    try:
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        handler.emit(logging.LogRecord(__name__, logging.ERROR, "", 0, message, None, None))
    finally:
        handler.close()


def _text(argument: Any) -> str:
    while isinstance(argument, list | tuple) and len(argument) == 1:
        argument = argument[0]
    if isinstance(argument, list | tuple):
        return "a range"
    if argument is None:
        return ""
    if isinstance(argument, bool):
        return str(argument).upper()
    if isinstance(argument, dt.date):
        argument = argument.isoformat()
    if isinstance(argument, float):
        return f"{argument:.15g}"
    if isinstance(argument, str):
        doubled = argument.replace('"', '""')
        return f'"{doubled}"'
    return str(argument)
