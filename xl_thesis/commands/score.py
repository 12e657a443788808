"""``demo``, ``score``, ``explain``, ``snapshot``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_thesis.commands import (
    folded,
    leave_if_withheld,
    open_scorer,
    print_json,
    thesis_name,
    with_as_of,
    with_force,
    with_json,
    with_thesis,
)
from xl_thesis.errors import StoreError

if TYPE_CHECKING:
    from xl_thesis_workbook.content import DataChoice
    from xl_thesis_workbook.language import Language


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the workbook.")
@with_force
@with_thesis
@with_as_of
def demo(thesis: str | None, as_of: dt.date | None, out: Path | None, force: bool) -> None:
    """Score the embedded data and write the snapshot workbook; needs no network and no key."""
    from xl_thesis import actions, falsifiers, render

    with actions.demonstrate(thesis_name(thesis), as_of, out, force=force) as (scorer, result, path):
        alerts = falsifiers.alerts(falsifiers.check(scorer, result.as_of))
    render.show(render.score_report(result))
    click.echo(folded(falsifiers.summary(alerts)))
    click.echo(f"\nWorkbook: {path}")
    leave_if_withheld(result.score)


@click.command()
@with_json
@with_thesis
@with_as_of
def score(thesis: str | None, as_of: dt.date | None, as_json: bool) -> None:
    """Print the score with its coverage, bounds and pillars."""
    from xl_thesis import falsifiers

    with open_scorer(thesis) as scorer:
        result = scorer.evaluate(as_of, with_band=True)
        alerts = falsifiers.alerts(falsifiers.check(scorer, result.as_of))
    if as_json:
        print_json({**result.to_json(), "alerts": [item.to_json() for item in alerts]})
    else:
        from xl_thesis import render

        render.show(render.score_report(result))
        click.echo(folded(falsifiers.summary(alerts)))
    leave_if_withheld(result.score)


@click.command()
@with_json
@with_thesis
@with_as_of
def explain(thesis: str | None, as_of: dt.date | None, as_json: bool) -> None:
    """What moves the score: every indicator's value, score, weight and points, and why one is missing."""
    from xl_thesis import render

    with open_scorer(thesis) as scorer:
        result = scorer.evaluate(as_of, with_band=True)
        loaded = scorer.thesis
    if as_json:
        print_json(render.explanation(loaded, result))
    else:
        render.show(render.explain_report(result))
    leave_if_withheld(result.score)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The .xlsx file to write.")
@click.option(
    "--lang",
    type=click.Choice(["en", "zh-Hant"]),
    default="en",
    show_default=True,
    help="The language of every word in it.",
)
@click.option(
    "--data",
    type=click.Choice(["full", "derived", "none"]),
    default="derived",
    show_default=True,
    help="full: also the series behind it, vendors' prices included; derived: what the formulas need, no"
    " vendor's prices; none: values without formulas.",
)
@with_force
@with_json
@with_thesis
@with_as_of
def snapshot(
    thesis: str | None, as_of: dt.date | None, out: Path, lang: Language, data: DataChoice, force: bool, as_json: bool
) -> None:
    """Write the snapshot workbook, a live file for people who have no Python, and record the score as given out."""
    from xl_thesis import actions, published
    from xl_thesis.files import require_free
    from xl_thesis.records import BrokenLogError

    require_free(out, ".xlsx", force=force)
    with open_scorer(thesis) as scorer:
        result, path = actions.snapshot(scorer, as_of, out, force=force, language=lang, data=data)
    unrecorded = None
    try:
        published.publish(result)
    except BrokenLogError:
        raise
    except StoreError as error:
        unrecorded = f"the workbook is written, but its score is not recorded as given out: {error}"
    if as_json:
        print_json({"file": str(path), "score": result.score, "as_of": str(result.as_of), "status": result.status})
    else:
        click.echo(f"Workbook: {path}")
    if unrecorded:
        click.echo(f"xl-thesis: {unrecorded}", err=True)
    leave_if_withheld(result.score)
