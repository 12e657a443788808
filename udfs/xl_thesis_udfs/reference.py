"""The reference page of the cell functions, generated from the registry."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import xl_thesis_udfs.functions  # noqa: F401 - fills the registry
from xl_thesis_udfs.registry import FUNCTIONS, ArgumentSpec, FunctionSpec

_HEAD = """\
# Cell functions

This page is generated from the registry; `python -m xl_thesis_udfs.reference > docs/FUNCTIONS.md` writes it anew.

Every function answers from the store on your machine, never from the network. `xl-thesis call '=THESIS_SCORE()'`
evaluates one from the shell, with `--json` for a program.

**Arguments.** Those in brackets may be left out or empty. A date is ISO text (`"2026-06-30"`), a date cell or a serial
number. Words and ids are taken in any case of letters. A cell that is empty, or holds 0 where a date or a word is
wanted, counts as left out. An error given in is the error that comes out. Functions that take a thesis take its id or
the path of a YAML file on this machine, and always last.

**Results.** Real numbers, dates and truth values; tables have headers and ascend. A number that does not exist is an
error in its cell, never a blank or a zero. Weights, coverage and shares run from 0 to 1, scores and contributions are
points of 100, ages are days.

**Errors.** `#N/A`: there are no data, or the score is withheld. `#VALUE!`: an argument is wrong. `#NUM!`: the number
cannot be computed from the data. `#NAME?`: there is no such function. `=THESIS_STATUS()` says why, newest first.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    group = None
    for spec in FUNCTIONS.values():
        if spec.group != group:
            group = spec.group
            yield f"## {group}\n"
        yield from _function(spec)


def _function(spec: FunctionSpec) -> Iterator[str]:
    yield f"### {spec.name}\n\n`={spec.signature}`\n\n{spec.summary}\n"
    if spec.arguments:
        yield from map(_argument, spec.arguments)
        yield ""
    unit = f" ({spec.unit})" if spec.unit else ""
    columns = f" with the columns {', '.join(f'`{name}`' for name in spec.columns)}" if spec.columns else ""
    yield f"Returns: {spec.returned}{columns}{unit}. Errors: {spec.errors}\n\nExample: `{spec.example}`\n"


def _argument(argument: ArgumentSpec) -> str:
    if not argument.choices:
        return f"- `{argument.name}` ({argument.kind}): {argument.help}"
    said = argument.help.partition(f": {argument.choices[0]}, ")[0]
    words = ", ".join(f"`{choice}`" for choice in argument.choices)
    rest = "" if argument.required else f"; empty for {argument.default}"
    return f"- `{argument.name}` ({argument.kind}): {said}: {words}{rest}."


if __name__ == "__main__":
    sys.stdout.write(page())
