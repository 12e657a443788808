"""``change``, ``calendar``, ``alerts``, ``log``, ``freeze``: why the score moved, what comes, what was given out."""

from __future__ import annotations

import datetime as dt
import itertools
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_thesis.commands import (
    WITHHELD,
    folded,
    line_width,
    load,
    open_scorer,
    print_json,
    read_date,
    thesis_name,
    with_as_of,
    with_json,
    with_thesis,
)
from xl_thesis.errors import MissingData
from xl_thesis.wording import count

if TYPE_CHECKING:
    from xl_thesis.attribution import Attribution
    from xl_thesis.falsifiers import FalsifierState
    from xl_thesis.published import Entry
    from xl_thesis.records import Record
    from xl_thesis.releases import Calendar

BROKEN = 1
_WIDTH = 120


@click.command()
@click.argument("since", callback=read_date)
@with_json
@with_thesis
@with_as_of
def change(thesis: str | None, as_of: dt.date | None, since: dt.date, as_json: bool) -> None:
    """Say why the score moved from SINCE (a date) to --as-of: news, revisions, sources, staleness, entry and exit."""
    from xl_thesis.attribution import explain_change

    with open_scorer(thesis) as scorer:
        try:
            found = explain_change(scorer, since, as_of)
        except MissingData as error:
            click.echo(f"xl-thesis: {error}", err=True)
            sys.exit(WITHHELD)
    if as_json:
        print_json(found.to_json())
    else:
        _echo(_change_report(found))


@click.command()
@with_json
@with_thesis
@with_as_of
def calendar(thesis: str | None, as_of: dt.date | None, as_json: bool) -> None:
    """List the next release of each indicator, overdue ones first, and the days on which something is decided."""
    from xl_thesis import releases

    with open_scorer(thesis) as scorer:
        found = releases.calendar(scorer, as_of)
    if as_json:
        print_json(found.to_json())
    else:
        _echo(_calendar_report(found))


@click.command()
@click.option("--all", "show_all", is_flag=True, help="Also those that are neither met nor near.")
@with_json
@with_thesis
@with_as_of
def alerts(thesis: str | None, as_of: dt.date | None, show_all: bool, as_json: bool) -> None:
    """List the falsifiers that are met or near."""
    from xl_thesis import falsifiers

    with open_scorer(thesis) as scorer:
        day = scorer.default_as_of() if as_of is None else as_of
        states = falsifiers.check(scorer, day)
    shown = states if show_all else falsifiers.alerts(states)
    if as_json:
        print_json([item.to_json() for item in shown])
    else:
        _echo(_alerts_report(day, states, shown))


@click.command()
@click.option("--thesis", metavar="ID", help="Only the lines of this thesis.")
@with_json
def log(thesis: str | None, as_json: bool) -> None:
    """Print every score that was given out, as it was given out, and verify that no line was changed since.

    Exit code 1 says that a line was edited, removed or moved.
    """
    from xl_thesis.published import line_json, open_log

    published = open_log()
    flaws = published.verify()
    if flaws:
        for line in (f"THE LOG WAS CHANGED AFTER IT WAS WRITTEN: {published.path}", *flaws):
            click.secho(f"xl-thesis: {line}", fg="red", bold=True, err=True)
        sys.exit(BROKEN)
    everything = published.read()
    records = [record for record in everything if thesis in (None, record.content.thesis)]
    if as_json:
        print_json([line_json(record) for record in records])
        return
    _echo(line for record in records for line in _log_lines(record))
    click.echo("Nothing has been published yet: a snapshot does." if not everything else (
        f"{_all_lines(len(everything), published.path)} written; the last hash is {everything[-1].hash}"
    ))  # fmt: skip


@click.command()
@with_json
@with_thesis
def freeze(thesis: str | None, as_json: bool) -> None:
    """Record that the definition is frozen from today on; scores for days before are reconstructions."""
    from xl_thesis import published
    from xl_thesis.thesis import seal_of

    loaded, name = load(thesis), thesis_name(thesis)
    journal = published.open_log()
    record, is_new = published.freeze(loaded, journal)
    since = published.frozen_on(loaded, journal)
    own = Path(name).suffix.lower() in (".yaml", ".yml")
    lines = [f"frozen_on: {since}", f"frozen_hash: {seal_of(loaded)}"]
    lines = lines if own and loaded.frozen_on != since else []
    if as_json:
        document = published.line_json(record)
        print_json({**document, "frozen_on": str(since), "is_new": is_new, "put_into_file": lines})
        return
    click.echo(f"{loaded.id} is frozen since {since}: definition {record.content.definition_hash[:12]}")
    click.echo(f"{'Written as' if is_new else 'It was so already:'} line {record.number} of {journal.path}")
    click.echo(f"Scores for days before {since} are reconstructions. A changed definition is no longer frozen.")
    if lines:
        click.echo(f"Put these lines into {name}, for those who do not have your log:\n")
        click.echo("\n".join(f"    {line}" for line in lines))


def _echo(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)


def _wrapped(text: str, indent: str = "", hang: str = "  ") -> Iterator[str]:
    yield from textwrap.wrap(
        text, min(_WIDTH, line_width() or _WIDTH), initial_indent=indent, subsequent_indent=indent + hang,
        break_long_words=False, break_on_hyphens=False,
    ) or [""]  # fmt: skip


def _change_report(found: Attribution) -> Iterator[str]:
    """A tree: the change, its causes, and under each the indicators or pillars; every level adds up."""
    from xl_thesis.attribution import CAUSES

    before, after = round(found.before, 1), round(found.after, 1)
    yield f"{found.thesis}: {before:.1f} on {found.since}, {after:.1f} on {found.as_of}: {after - before:+.1f} points"
    tree = found.displayed()
    for cause, (points, effects) in tree.items():
        yield ""
        yield f"{points:+6.1f}  {CAUSES[cause]}"
        for effect, part in effects:
            yield from _wrapped(f"{part:+6.1f}  {effect.id}: {effect.words}", "        ", "        ")
    yield ""
    yield from _wrapped(
        "Points of the whole score, to one decimal so that every level adds up; smaller ones are left out. Both scores"
        " are by today's definition."
    )
    for cause in ("staleness", "entry", "publication"):
        if cause in tree:
            yield f"{tree[cause][0]:+.1f} points are not news: they come from {CAUSES[cause]}."


def _calendar_report(found: Calendar) -> Iterator[str]:
    from xl_thesis import render

    score = "withheld" if found.score is None else f"{found.score:.1f}"
    yield f"As of {found.as_of}, score {score}. Next releases, and how far each could move it:"
    yield ""
    head = ("Indicator", "last of", "due", "days late", "weight", "usually", "at the most")
    yield from render.columns([head] + [
        (item.indicator, str(item.observed_on), str(item.expected_on), str(item.days_overdue or ""),
         f"{item.effective_weight:.1%}", _span(item.usual), _span(item.bounds))
        for item in found.releases
    ], line_width())  # fmt: skip
    yield ""
    yield from _wrapped(
        "Usually: points of the whole score from the 5% to the 95% quantile of what past releases did to the"
        " indicator's score. At the most: if its score became 0, or 100."
    )
    for day, group in itertools.groupby(found.events, key=lambda event: event.on):
        events = list(group)
        parts = ["review date"] if any(event.kind == "review" for event in events) else []
        for kind, words in (("question", "to resolve:"), ("falsifier", "falsifier of")):
            names = [event.id for event in events if event.kind == kind]
            parts += [f"{words} {', '.join(names)}"] if names else []
        yield from _wrapped(f"{day}  {'; '.join(parts)}", "", " " * 12)


def _alerts_report(day: dt.date, states: Sequence[FalsifierState], shown: Sequence[FalsifierState]) -> Iterator[str]:
    for item in shown:
        yield from _wrapped(f"{item.state.upper():<8} {item.indicator} ({item.title})")
        yield from _wrapped(item.falsifier, " " * 9, "")
        yield from _wrapped(item.sentence, " " * 9, "")
    counts = [(state, sum(item.state == state for item in states)) for state in ("met", "near", "not met", "not due",
                                                                                 "no data")]  # fmt: skip
    words = ", ".join(f"{count} {state}" for state, count in counts)
    yield folded(f"{count(len(states), 'falsifier')} that a machine can judge, as known on {day}: {words}.")


def _log_lines(record: Record[Entry]) -> Iterator[str]:
    from xl_thesis.evaluation import percent
    from xl_thesis.published import Published

    entry = record.content
    head = f"{record.number:>4}  {entry.date}  {entry.thesis}"
    if not isinstance(entry, Published):
        yield f"{head}: definition {entry.definition_hash[:12]} frozen"
        return
    score = "withheld" if entry.score is None else f"{entry.score:.1f} {entry.label}"
    parts = [f"{score} ({entry.status})", f"{percent(entry.coverage)} known"]
    if entry.bounds is not None:
        parts.append(f"bounds {entry.bounds[0]:.1f} to {entry.bounds[1]:.1f}")
    if entry.band is not None:
        parts.append(f"band {entry.band[0]:.1f} to {entry.band[2]:.1f}")
    parts.append("published, as a reconstruction" if entry.reconstruction else "published")
    hashes = f"definition {entry.definition_hash[:12]}, data {entry.data_hash[:12]}, xl-thesis {entry.version}"
    yield f"{head} as known on {entry.as_of}: {', '.join(parts)}"
    yield f"      {hashes}"


def _all_lines(number: int, path: Path) -> str:
    if number == 1:
        return f"The only line of {path} is as it was"
    return f"All {number:,} lines of {path} are as they were"


def _span(ends: tuple[float, float] | None) -> str:
    return "--" if ends is None else " to ".join(f"{round(end, 1) + 0.0:+.1f}" for end in ends)
