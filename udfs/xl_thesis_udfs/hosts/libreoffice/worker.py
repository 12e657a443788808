"""The process that answers the extension: a line of JSON in, a line of JSON out, until the input ends."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from xl_thesis import settings
from xl_thesis.addresses import without_password
from xl_thesis.errors import ThesisError
from xl_thesis.version import VERSION
from xl_thesis_udfs import edge
from xl_thesis_udfs.edge import CellError, Value
from xl_thesis_udfs.hosts.libreoffice.extension.link import PROTOCOL
from xl_thesis_udfs.registry import FUNCTIONS
from xl_thesis_udfs.session import session

_EPOCH = dt.date(1899, 12, 30).toordinal()


def answers(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """A greeting, then an answer for each line."""
    yield {"version": VERSION, "protocol": PROTOCOL}
    edge.call("THESIS_SCORE", [])  # reads thesis and store before the first question comes
    for line in lines:
        kind, *rest = json.loads(line)
        if kind == "call":
            yield called(*rest)
        elif kind == "token":
            yield {"token": edge.token() or None}
        else:
            yield {"lines": status()[0]}


def called(name: str, arguments: Sequence[Any]) -> dict[str, Any]:
    """A function's value as the extension takes it, the sentence of an error, and whether it may be kept a moment.

    >>> called("THESIS_SCORE", ["yesterday"])["value"]
    {'error': '#VALUE!'}
    """
    spec = FUNCTIONS.get(name)
    given = [None if type(value) in (int, float) and value == 0 else value for value in arguments]
    value = edge.call(name, given)  # Calc hands an empty cell over as 0, which no argument may be
    sentence = value.sentence if isinstance(value, CellError) else ""
    keep = spec is not None and spec.cached and not any(_is_file(argument) for argument in given)
    return {"value": encoded(value), "why": sentence, "keep": keep}


def encoded(value: Value) -> Any:
    """A cell or rows of cells as JSON; days are Calc's serial numbers.

    >>> encoded([["a", dt.date(2026, 6, 30), True, CellError("#N/A")]])
    [['a', 46203.0, 1.0, {'error': '#N/A'}]]
    """
    if isinstance(value, list):
        return [[encoded(cell) for cell in row] for row in value]
    if isinstance(value, CellError):
        return {"error": value.code}
    if isinstance(value, dt.date):
        return float(value.toordinal() - _EPOCH)
    return value if isinstance(value, str) else float(value)


def _is_file(argument: Any) -> bool:
    """Whether an argument may name a thesis's file, which changes without the store."""
    return isinstance(argument, str) and argument.lower().endswith((".yaml", ".yml"))


def status() -> tuple[list[str], bool]:
    """What there is to say of this environment and its data, and whether functions can answer."""
    lines = [f"xl-thesis {VERSION} on Python {sys.version.split()[0]} ({sys.executable})"]
    try:
        place = without_password(str(settings.store_location()))
        return [*lines, f"store: {place}", session().scorer(None).data_state().sentence()], True
    except ThesisError as error:
        return [*lines, str(error)], False


def serve(source: TextIO, sink: TextIO) -> None:
    """Answer until the other end closes."""
    for answer in answers(source):
        sink.write(json.dumps(answer, allow_nan=False) + "\n")
        sink.flush()
