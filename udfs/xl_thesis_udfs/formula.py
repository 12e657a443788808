"""A formula typed in a shell: ``=NAME(argument, ...)`` with text, numbers, TRUE, FALSE and blanks."""

from __future__ import annotations

import re
from typing import Any

from xl_thesis.errors import InputError

_FORMULA = re.compile(r"^\s*=?\s*([A-Za-z_][A-Za-z0-9_]*)\s*\((.*)\)\s*$", re.DOTALL)
_ARGUMENT = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^",;]*?))\s*(?:([,;])|$)', re.DOTALL)


def parse(text: str) -> tuple[str, list[Any]]:
    """Name and arguments; commas or semicolons between them, quotes doubled inside text.

    Raises ``InputError`` for anything else.

    >>> parse('=THESIS_PILLAR("DOLLAR",, 45000)')
    ('THESIS_PILLAR', ['DOLLAR', None, 45000.0])
    """
    match = _FORMULA.match(text)
    if not match:
        raise InputError(f"'{text}' is not a formula such as =THESIS_SCORE()")
    name, inside = match[1].upper(), match[2]
    arguments: list[Any] = []
    position, more = 0, bool(inside.strip())
    while more:
        part = _ARGUMENT.match(inside, position)
        if part is None:
            raise InputError(f"'{inside[position:]}' is not an argument; put text in double quotes")
        arguments.append(part[1].replace('""', '"') if part[1] is not None else _plain(part[2]))
        position, more = part.end(), part[3] is not None
    return name, arguments


def _plain(text: str) -> Any:
    if not text:
        return None
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    try:
        return float(text)
    except ValueError:
        raise InputError(f"'{text}' is not an argument; put text in double quotes") from None
