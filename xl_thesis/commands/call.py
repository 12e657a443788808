"""``call``: a cell function from the shell."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import click

from xl_thesis.commands import print_json, with_json

_CODES = {"#N/A": 3}


@click.command()
@click.argument("formula")
@with_json
def call(formula: str, as_json: bool) -> None:
    """Evaluate a cell function, such as '=THESIS_PILLAR("DOLLAR")'."""
    from xl_thesis_udfs import edge, functions  # noqa: F401 - fills the registry
    from xl_thesis_udfs.formula import parse

    name, arguments = parse(formula)
    value = edge.call(name, arguments)
    if as_json:
        print_json({"formula": formula, "value": _plain(value), "error": getattr(value, "code", None),
                    "reason": getattr(value, "sentence", None)})  # fmt: skip
    elif isinstance(value, list):
        for row in value:
            click.echo("\t".join(str(cell) for cell in row))
    else:
        click.echo(str(value))
    if isinstance(value, edge.CellError):
        if not as_json:
            click.echo(f"xl-thesis: {value.sentence}", err=True)
        sys.exit(_CODES.get(value.code, 2))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [[_plain(cell) for cell in row] for row in value]
    return value if value is None or isinstance(value, str | float | int | bool) else _text(value)


def _text(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, dt.date) else None
