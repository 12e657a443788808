"""``update``, ``verify``, ``diff``: workbooks that were given away and came back."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_thesis.commands import folded, open_scorer, print_json, with_as_of, with_force, with_json
from xl_thesis.wording import count

if TYPE_CHECKING:
    from xl_thesis.mailed import Mailed, Verified
    from xl_thesis_workbook.report import Report

CHANGED = INCOMPLETE = 1
_BOOK = click.Path(path_type=Path, dir_okay=False)
_with_thesis = click.option("--thesis", metavar="ID|FILE", help="The definition, where it is not one of the package.")


@click.command()
@click.argument("book", type=_BOOK)
@click.option("--out", type=_BOOK, help="Write another file and leave BOOK as it is.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--no-backup", is_flag=True, help="Keep no copy of the old file.")
@with_force
@with_json
@_with_thesis
@with_as_of
def update(
    book: Path, out: Path | None, dry_run: bool, no_backup: bool, force: bool, thesis: str | None,
    as_of: dt.date | None, as_json: bool,
) -> None:  # fmt: skip
    """Bring a snapshot up to date; everything that others added to it stays, to the byte.

    Exit code 1: tables of the snapshot are gone or renamed, and could not be kept up.
    """
    from xl_thesis import mailed

    found = mailed.open_mailed(book)
    with open_scorer(thesis or mailed.package_thesis(found)) as scorer:
        done = mailed.update(scorer, found, as_of, out, dry_run=dry_run, backup=not no_backup, force=force)
    if as_json:
        print_json(done.to_json())
        _leave_if_incomplete(found, done.report)
        return
    click.echo(f"{found.thesis}: from {done.before} to {done.after}")
    click.echo("\n".join(done.report.lines()) if list(done.report.lines()) else "nothing differs")
    click.echo(f"Workbook: {done.path}" if done.path else "Nothing was written.")
    _leave_if_incomplete(found, done.report)


def _leave_if_incomplete(book: Mailed, report: Report) -> None:
    """Exit with 1 where tables of ours are gone or renamed, so that they, and formulas that read them, grow old."""
    gone = [name.removeprefix("table ") for name in report.missing if name.startswith("table ")]
    if gone:
        click.echo(
            f"xl-thesis: '{book.path.name}' has no {', '.join(gone)} any more: what reads them fails once a program"
            " calculates the file; take them from a backup, or make a new snapshot",
            err=True,
        )
        sys.exit(INCOMPLETE)


@click.command()
@click.argument("book", type=_BOOK)
@with_json
@_with_thesis
def verify(book: Path, thesis: str | None, as_json: bool) -> None:
    """Hold a snapshot against the engine's numbers of its day: 0 untouched, 1 changed."""
    from xl_thesis import mailed

    found = mailed.open_mailed(book)
    with open_scorer(thesis or mailed.package_thesis(found)) as scorer:
        done = mailed.verify(scorer, found)
    if as_json:
        print_json(done.to_json())
    else:
        click.echo("\n".join(_verified_lines(found, done)))
    if done.verdict != "untouched":
        sys.exit(CHANGED)


def _verified_lines(book: Mailed, done: Verified) -> Iterator[str]:
    from xl_thesis_workbook.report import listing

    yield f"{book.path.name}: {done.verdict} ({book.thesis} as known on {book.as_of})"
    yield from done.notes
    report = done.report
    yield from (f"{name} is missing, or has another name" for name in report.missing)
    yield from listing(
        report.inputs,
        "input is not the definition's (definition -> file)",
        "inputs are not the definition's (definition -> file)",
    )
    yield from listing(
        report.changed, "value is not the engine's (file -> engine)", "values are not the engine's (file -> engine)"
    )
    yield from listing(
        report.formulas, "formula is not ours (file -> engine)", "formulas are not ours (file -> engine)"
    )
    than = "by the definition; not checked" if not done.results_checked else "the engine has"
    than += " for these inputs" if report.inputs and done.results_checked else ""
    other = f"another value than {than} (file -> engine)"
    yield from listing(report.calculated, f"formula shows {other}", f"formulas show {other}")
    if report.inputs and done.results_checked:
        yield "score with these inputs: " + ("withheld" if done.score is None else f"{done.score:.1f}")
    yield from (f"{item.table}: the row {item.key} is missing" for item in report.added)
    yield from (f"{item.table}: the row {item.key} is not ours" for item in report.rows)
    yield from report.notes


@click.command()
@click.argument("first", type=_BOOK)
@click.argument("second", type=_BOOK)
@click.option("--out", type=_BOOK, help="Write the differences as a workbook too.")
@with_force
@with_json
def diff(first: Path, second: Path, out: Path | None, force: bool, as_json: bool) -> None:
    """What moved between two snapshots: the score, what moved it, then every cell."""
    from xl_thesis import mailed
    from xl_thesis_workbook.movement import Movement

    before, after, report = mailed.compare(first, second)
    moved = Movement.of(report) if before.thesis == after.thesis else None
    path = mailed.write_comparison(before, after, report, out, force=force) if out else None
    if as_json:
        print_json({
            "first": first.name, "second": second.name, "as_of": [str(before.as_of), str(after.as_of)],
            "file": None if path is None else str(path), "movement": moved and moved.to_json(), **report.to_json(),
        })  # fmt: skip
        return
    click.echo(f"From {first.name} ({before.thesis}, {before.as_of}) to {second.name} ({after.thesis}, {after.as_of})")
    if moved is None:
        click.echo(f"They are of two theses, {before.thesis} and {after.thesis}: what has one name may be two things.")
    else:
        click.echo("\n".join(map(folded, moved.lines())))
        click.echo()
    click.echo("\n".join(_difference_lines(report)))
    if path:
        click.echo(f"Workbook: {path}")


def _difference_lines(report: Report) -> Iterator[str]:
    from xl_thesis_workbook.report import by_table, listing

    if not report.is_change and not report.formulas:
        yield "Nothing differs in the tables that both have."
    for table, changes in by_table([*report.calculated, *report.changed]).items():
        yield from listing(changes, f"cell of {table} is other", f"cells of {table} are other")
    yield from listing(report.formulas, "cell has another formula", "cells have another formula")
    for words, rows in (("new in", report.added), ("gone from", report.removed)):
        for table, group in by_table(rows).items():
            yield f"{count(len(group), 'row')} {words} {table}"
    yield from report.notes
