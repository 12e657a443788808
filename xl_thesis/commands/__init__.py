"""The commands of ``xl-thesis``, one module a family, and what they share."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from xl_thesis import settings
from xl_thesis.errors import DefinitionError, InputError

if TYPE_CHECKING:
    from xl_thesis.definition import Thesis
    from xl_thesis.pipeline import Scorer

WITHHELD = 3


def read_date(_: click.Context, option: click.Parameter, value: str | None) -> dt.date | None:
    """An option's ISO date; a callback for click."""
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a date; write it like 2025-02-24", param=option) from None


with_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
with_force = click.option("--force", is_flag=True, help="Replace an existing file; the old one is kept as a backup.")
with_thesis = click.option("--thesis", metavar="ID|FILE", help="A thesis of the package, or a YAML file.")
with_as_of = click.option(
    "--as-of",
    callback=read_date,
    metavar="DATE",
    help="As known on this day (default: today, or the embedded data's reference date until a refresh).",
)


def thesis_name(thesis: str | None) -> str:
    """The thesis that was named, else the one of the settings."""
    return thesis or settings.default_thesis()


def load(thesis: str | None) -> Thesis:
    """The definition that was named, else the one of the settings; an error says that it is from there."""
    from xl_thesis.thesis import load_thesis

    try:
        return load_thesis(thesis_name(thesis))
    except DefinitionError:
        raise
    except InputError as error:
        if thesis:
            raise
        origin = settings.read("thesis").origin
        raise InputError(f"{error} (it is the setting thesis, from {origin})") from None


@contextmanager
def open_scorer(thesis: str | None) -> Iterator[Scorer]:
    """A scorer over the user's store."""
    from xl_thesis.default_store import open_default_store
    from xl_thesis.pipeline import Scorer

    loaded = load(thesis)
    with open_default_store() as store:
        yield Scorer(loaded, store)


def print_json(document: object) -> None:
    """JSON on standard output; a number that is not finite is an error, never text."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def line_width() -> int | None:
    """The terminal's width; None where nobody looks."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def folded(text: str) -> str:
    """A sentence broken between words where it is wider than the terminal; as it is where nobody looks."""
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return text
    width = shutil.get_terminal_size().columns
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def leave_if_withheld(score: float | None) -> None:
    """Exit with 3 where there is no score."""
    if score is None:
        click.echo("xl-thesis: the score is withheld because too little is known on that day", err=True)
        sys.exit(WITHHELD)
