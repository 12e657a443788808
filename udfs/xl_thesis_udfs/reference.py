"""The reference page of the cell functions, generated from the registry."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import xl_thesis_udfs.functions  # noqa: F401 - fills the registry
from xl_thesis_udfs.registry import FUNCTIONS

_HEAD = """\
# Cell functions

This page is generated from the registry; `python -m xl_thesis_udfs.reference > docs/FUNCTIONS.md` writes it anew.

Every function answers from the store on your machine, never from the network. Dates may be ISO text or date cells; an
empty argument takes its default. Until the Excel add-in is there, `xl-thesis call '=THESIS_SCORE()'` evaluates them.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    for spec in FUNCTIONS.values():
        yield f"## {spec.name}\n\n`={spec.signature}`\n\n{spec.summary}\n"
        yield from (f"- `{argument.name}`: {argument.help}" for argument in spec.arguments)
        yield f"\nErrors: {spec.errors} Example: `{spec.example}`\n"


if __name__ == "__main__":
    sys.stdout.write(page())
