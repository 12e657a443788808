"""``history``: the score on past days, recomputed or as it was given out; never both in one list."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from xl_thesis.commands import load, open_scorer, print_json, read_date, with_json, with_thesis
from xl_thesis.errors import InputError

if TYPE_CHECKING:
    from xl_thesis.models import Frequency

_FREQUENCIES: dict[str, Frequency] = {
    "d": "daily", "w": "weekly", "m": "monthly", "q": "quarterly", "a": "annual"
}  # fmt: skip


@click.command()
@click.option("--start", callback=read_date, metavar="DATE", help="First day (default: the thesis's publication).")
@click.option("--finish", callback=read_date, metavar="DATE", help="Last day (default: the one `score` takes).")
@click.option(
    "--frequency",
    type=click.Choice(list(_FREQUENCIES)),
    default="m",
    show_default=True,
    help="Every day, every Friday, or the ends of months, quarters or years.",
)
@click.option("--published", "as_published", is_flag=True, help="Scores as they were given out, from the log.")
@with_json
@with_thesis
def history(
    thesis: str | None, start: dt.date | None, finish: dt.date | None, frequency: str, as_published: bool, as_json: bool
) -> None:
    """List the score on past days: a reconstruction by today's definition on what was known then, unless --published.

    The two kinds are never mixed: what was given out is in a log that cannot be edited unnoticed.
    """
    if as_published:
        kind, rows = "published", _published(load(thesis).id, start, finish)
    else:
        kind, rows = "reconstruction", _reconstructed(thesis, start, finish, _FREQUENCIES[frequency])
    if as_json:
        print_json({"kind": kind, "rows": rows})
        return
    click.echo({
        "reconstruction": "RECONSTRUCTION: today's definition, on what was known on each day; nobody saw these scores.",
        "published": "PUBLISHED: scores as they were given out, each by the definition of its day.",
    }[kind])  # fmt: skip
    for line in _table(rows):
        click.echo(line)


def _reconstructed(
    thesis: str | None, start: dt.date | None, finish: dt.date | None, frequency: Frequency
) -> list[dict[str, Any]]:
    with open_scorer(thesis) as scorer:
        frame = scorer.history(start or scorer.thesis.published, finish, frequency)
        frozen_on = scorer.frozen_on
    return [
        {
            "as_of": str(day.date()),
            **{str(name): None if math.isnan(value) else value for name, value in row.items()},
            "reconstruction": frozen_on is None or day.date() < frozen_on,
        }
        for day, row in zip(frame.index, frame.to_dict("records"), strict=True)
    ]


def _published(thesis: str, start: dt.date | None, finish: dt.date | None) -> list[dict[str, Any]]:
    from xl_thesis import published

    first, last = start or dt.date.min, finish or dt.date.max
    if first > last:
        raise InputError(f"the history's start {first} is after its end {last}")
    return [
        {
            "date": str(entry.date), "as_of": str(entry.as_of), "score": entry.score, "coverage": entry.coverage,
            "definition": entry.definition_hash[:12], "reconstruction": entry.reconstruction,
        }
        for entry in published.read_published(thesis)
        if first <= entry.date <= last
    ]  # fmt: skip


def _table(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Aligned columns under their names; a score that was withheld is two dashes."""
    if not rows:
        return ["Nothing in these days."]
    names = [name for name in rows[0] if name != "reconstruction"]
    cells = [names, *([_cell(name, row[name]) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]


def _cell(name: str, value: Any) -> str:
    from xl_thesis.evaluation import percent

    if value is None:
        return "--"
    if isinstance(value, float):
        return percent(value) if name == "coverage" else f"{value:.1f}"
    return str(value)
