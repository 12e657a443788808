"""``call``: a cell function from the shell."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Any

import click

from xl_thesis.commands import WITHHELD, print_json, with_json

if TYPE_CHECKING:
    from xl_thesis_udfs.cells import CellValue

_BAD_INPUT = 2


@click.command()
@click.argument("formula")
@with_json
def call(formula: str, as_json: bool) -> None:
    """Evaluate a cell function, such as '=THESIS_PILLAR("DOLLAR")'.

    Functions may stand inside one another, DATE and TODAY among them. Commas or semicolons separate arguments. A table
    is printed with tabs between its columns. Exit code 3 says #N/A, 2 any other error; the error stream says why.
    """
    from xl_thesis_udfs.cells import CellError
    from xl_thesis_udfs.formula import evaluate

    value = evaluate(formula)
    failed = value if isinstance(value, CellError) else None
    if as_json:
        plain = [[_plain(cell) for cell in row] for row in value] if isinstance(value, list) else _plain(value)
        print_json({"formula": formula, "value": plain, "error": failed and failed.code,
                    "reason": failed and failed.sentence})  # fmt: skip
    else:
        rows = value if isinstance(value, list) else [[value]]
        for row in rows:
            click.echo("\t".join(map(_text, row)))
    if failed is not None:
        if not as_json:
            click.echo(f"xl-thesis: {failed.sentence}", err=True)
        sys.exit(WITHHELD if failed.code == "#N/A" else _BAD_INPUT)


def _text(cell: CellValue) -> str:
    """As a shell shows it: one line, whole numbers without a point."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return " ".join(str(cell).split("\n")).replace("\t", " ")


def _plain(cell: CellValue) -> Any:
    """A JSON value: dates as ISO text; an error inside a table is null."""
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return cell if isinstance(cell, str | float | bool) else None
