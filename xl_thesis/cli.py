"""The ``xl-thesis`` command: arguments in, exit code out.

Exit codes: 0 done, 2 bad input, 3 the score is withheld, 1 anything else.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from xl_thesis import settings
from xl_thesis.errors import InputError, ThesisError
from xl_thesis.version import VERSION

if TYPE_CHECKING:
    from xl_thesis.pipeline import Scorer

BAD_INPUT, WITHHELD = 2, 3
Command = TypeVar("Command", bound=Callable[..., Any])


class Date(click.ParamType):
    """An ISO date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not a date; write it like 2025-02-24", param, ctx)


def _common(command: Command) -> Command:
    thesis = click.option("--thesis", metavar="ID|FILE", help="A thesis of the package, or a YAML file.")
    as_of = click.option("--as-of", type=Date(), help="Score as known on this day (default: today, or the embedded"
                         " data's reference date while nothing newer was fetched).")
    return thesis(as_of(command))


_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_force = click.option("--force", is_flag=True, help="Replace an existing file; the old one is kept as a backup.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="xl-thesis")
def cli() -> None:
    """Score a written macro thesis against public data, as known on any day."""


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the workbook.")
@_force
@_common
def demo(thesis: str | None, as_of: dt.date | None, out: Path | None, force: bool) -> None:
    """Score the embedded data and write the snapshot workbook; needs no network and no key."""
    from xl_thesis import actions, render

    with actions.demo_scorer(_thesis_name(thesis)) as scorer:
        result, path = actions.snapshot(scorer, as_of, out, force=force)
    render.show(render.score_report(result))
    click.echo(f"\nWorkbook: {path}")
    _leave_if_withheld(result.score)


@cli.command()
@_json
@_common
def score(thesis: str | None, as_of: dt.date | None, as_json: bool) -> None:
    """Print the score with its coverage, bounds and pillars."""
    with _scorer(thesis) as scorer:
        result = scorer.evaluate(as_of)
    if as_json:
        _print_json(result.to_json())
    else:
        from xl_thesis import render

        render.show(render.score_report(result))
    _leave_if_withheld(result.score)


@cli.command()
@_json
@_common
def explain(thesis: str | None, as_of: dt.date | None, as_json: bool) -> None:
    """What moves the score: every indicator's value, score, weight and points, and why one is missing."""
    from xl_thesis import render

    with _scorer(thesis) as scorer:
        result = scorer.evaluate(as_of)
        loaded = scorer.thesis
    if as_json:
        _print_json(render.explanation(loaded, result))
    else:
        render.show(render.explain_report(loaded, result))
    _leave_if_withheld(result.score)


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The .xlsx file to write.")
@_force
@_json
@_common
def snapshot(thesis: str | None, as_of: dt.date | None, out: Path, force: bool, as_json: bool) -> None:
    """Write the snapshot workbook: a file for people who have no Python."""
    from xl_thesis import actions

    with _scorer(thesis) as scorer:
        result, path = actions.snapshot(scorer, as_of, out, force=force)
    if as_json:
        _print_json({"file": str(path), "score": result.score, "as_of": str(result.as_of), "status": result.status})
    else:
        click.echo(f"Workbook: {path}")
    _leave_if_withheld(result.score)


@cli.command()
@click.option("--pillar", help="Only the claims of this pillar (or META).")
@_json
@_common
def claims(thesis: str | None, as_of: dt.date | None, pillar: str | None, as_json: bool) -> None:
    """List every claim of the thesis with its verdict and the date on which it would be wrong."""
    from xl_thesis import render
    from xl_thesis.models import as_document
    from xl_thesis.pipeline import today

    if as_of is not None and as_of > today():
        raise InputError(f"the date {as_of} is in the future; the last possible one is {today()}")
    loaded = _load(thesis)
    found = [claim for claim in loaded.claims if pillar is None or claim.group == pillar.upper()]
    if not found:
        known = ", ".join(dict.fromkeys(claim.group for claim in loaded.claims)) or "none"
        raise InputError(f"the thesis has no claims of '{pillar}'; it has claims of: {known}")
    if as_json:
        _print_json([as_document(claim) for claim in found])
    else:
        render.show(render.claims_report(loaded, found, as_of))


@cli.command()
@click.argument("series_id", metavar="ID", required=False)
@_json
@_common
def series(thesis: str | None, as_of: dt.date | None, series_id: str | None, as_json: bool) -> None:
    """Print a series as known on a day; without an id, list the series that are known."""
    from xl_thesis import actions, render

    with _scorer(thesis) as scorer:
        if series_id is None:
            listing = actions.series_listing(scorer, as_of)
            if as_json:
                _print_json(listing)
            else:
                render.show(render.listing_report(listing))
            return
        document = actions.series_document(scorer, series_id, as_of)
    if as_json:
        _print_json(document)
    else:
        render.show(render.series_report(document))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; every expected failure is one sentence on the error stream."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(cli.main(args=arguments, prog_name="xl-thesis", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as shown:
        click.echo(shown.format_message())
        sys.exit(0)
    except click.ClickException as error:
        _fail(error.format_message())
    except ThesisError as error:
        _fail(str(error))
    except click.Abort:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def _fail(message: str) -> None:
    click.echo(f"xl-thesis: {message}", err=True)
    sys.exit(BAD_INPUT)


def _thesis_name(thesis: str | None) -> str:
    return thesis or settings.default_thesis()


def _load(thesis: str | None) -> Any:
    from xl_thesis.thesis import load_thesis

    return load_thesis(_thesis_name(thesis))


@contextmanager
def _scorer(thesis: str | None) -> Iterator[Scorer]:
    from xl_thesis.pipeline import Scorer, open_default_store

    loaded = _load(thesis)
    with open_default_store() as store:
        yield Scorer(loaded, store)


def _print_json(document: object) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def _leave_if_withheld(score: float | None) -> None:
    if score is None:
        click.echo("xl-thesis: the score is withheld because too little is known on that day", err=True)
        sys.exit(WITHHELD)
