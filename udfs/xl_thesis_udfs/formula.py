"""A formula typed in a shell: ``=NAME(argument; ...)`` with text, numbers, TRUE, FALSE, blanks and inner functions."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from xl_thesis.errors import InputError
from xl_thesis_udfs import edge
from xl_thesis_udfs.cells import CellError, Value

_TEXT = re.compile(r'"(?:[^"]|"")*"')
_NAME = r"(?P<name>[A-Za-z_]\w*)"
_NUMBER = r"(?P<number>[+-]?(?:\d+(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?)"
_WORDS = {"TRUE": True, "FALSE": False}
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Call:
    """A function inside another one, with its arguments."""

    name: str
    arguments: list[Any]


def evaluate(text: str) -> Value:
    """The value of a formula. Raises ``InputError`` for what is no formula.

    >>> evaluate('=DXY(DATE(2026; 6; 30); "ecb")') == evaluate('=DXY("2026-06-30", "ecb")')
    True
    """
    name, arguments = parse(text)
    return _value(Call(name, arguments))


def parse(text: str) -> tuple[str, list[Any]]:
    """Name and arguments; a function inside is a ``Call``. Quotes are doubled inside text.

    Commas separate arguments, or semicolons do, and then a number may have a decimal comma.
    Raises ``InputError`` for anything else.

    >>> parse('=THESIS_PILLAR("DOLLAR",, 45000)')
    ('THESIS_PILLAR', ['DOLLAR', None, 45000.0])
    """
    reader = _Reader(text)
    reader.take("=")
    if not reader.rest():
        raise InputError("the formula is empty; write one such as =THESIS_SCORE()")
    found = reader.argument()
    if not isinstance(found, Call) or reader.rest():
        raise InputError(f"'{text}' is not a formula such as =THESIS_SCORE()")
    return found.name, found.arguments


class _Reader:
    """Reads a formula from the left."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = self._depth = 0
        self._separator = ";" if ";" in _TEXT.sub("", text) else ","
        self._number = re.compile(_NUMBER.format(point="[.,]" if self._separator == ";" else r"\."))

    def rest(self) -> str:
        """What is left to read."""
        return self._text[self._at :].strip()

    def take(self, mark: str) -> bool:
        """Whether the next character is this one, which is then behind."""
        self._skip()
        if self._text.startswith(mark, self._at):
            self._at += len(mark)
            return True
        return False

    def argument(self) -> Any:
        """The next argument; None for a blank."""
        self._skip()
        if not self._next():
            raise self._not_closed()
        if self._next() in (self._separator, ")"):
            return None
        if found := self._match(_TEXT):
            return found[0][1:-1].replace('""', '"')
        if found := self._match(self._number):
            return float(found[0].replace(",", "."))
        if found := self._match(re.compile(_NAME)):
            name = found[0].upper()
            if self.take("("):
                return Call(name, self._arguments())
            if name in _WORDS:
                return _WORDS[name]
            raise InputError(f"'{found[0]}' is not an argument; write \"{found[0]}\" for text, {name}() for a function")
        raise InputError(f"'{self.rest() or self._text}' is not an argument; put text in double quotes")

    def _arguments(self) -> list[Any]:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InputError(f"functions are at most {_DEEPEST} deep")
        arguments: list[Any] = []
        if not self.take(")"):
            arguments.append(self.argument())
            while self.take(self._separator):
                arguments.append(self.argument())
            if not self.rest():
                raise self._not_closed()
            if not self.take(")"):
                raise InputError(f"'{self.rest()}': a separator or a closing bracket is missing")
        self._depth -= 1
        return arguments

    def _not_closed(self) -> InputError:
        return InputError(f"'{self._text}': a bracket is not closed")

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _skip(self) -> None:
        while self._next().isspace():
            self._at += 1

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]


def _value(found: Call) -> Value:
    arguments = [_value(item) if isinstance(item, Call) else item for item in found.arguments]
    if found.name == "DATE":
        return _date(arguments)
    if found.name == "TODAY" and not arguments:
        return dt.datetime.now().astimezone().date()
    return edge.call(found.name, arguments)


def _date(arguments: list[Any]) -> dt.date | CellError:
    try:
        year, month, day = (int(argument) for argument in arguments)
        return dt.date(year, month, day)
    except (TypeError, ValueError, OverflowError):
        return CellError("#VALUE!", "DATE takes a year, a month and a day")
