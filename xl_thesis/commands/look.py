"""``claims`` and ``series``: what the thesis says and what the store holds."""

from __future__ import annotations

import datetime as dt

import click

from xl_thesis.commands import load, open_scorer, print_json, with_as_of, with_json, with_thesis
from xl_thesis.errors import InputError
from xl_thesis.wording import did_you_mean


@click.command()
@click.option("--pillar", help="Only the claims of this pillar (or META).")
@with_json
@with_thesis
@with_as_of
def claims(thesis: str | None, as_of: dt.date | None, pillar: str | None, as_json: bool) -> None:
    """List every claim of the thesis with its verdict and the date on which it would be wrong."""
    from xl_thesis import render
    from xl_thesis.days import check_day, today
    from xl_thesis.models import as_document

    if as_of is not None:
        check_day(as_of)
    loaded = load(thesis)
    found = [claim for claim in loaded.claims if pillar is None or claim.group == pillar.upper()]
    if not found:
        known = ", ".join(dict.fromkeys(claim.group for claim in loaded.claims)) or "none"
        near = did_you_mean(pillar or "", known.split(", "))
        raise InputError(f"the thesis has no claims of '{pillar}'{near}; it has claims of: {known}")
    if as_json:
        print_json([as_document(claim) for claim in found])
    else:
        render.show(render.claims_report(loaded, found, as_of or today(), is_today=as_of is None))


@click.command()
@click.argument("series_id", metavar="[ID]", required=False)
@with_json
@with_thesis
@with_as_of
def series(thesis: str | None, as_of: dt.date | None, series_id: str | None, as_json: bool) -> None:
    """Print a series as known on a day; without an id, list the series that are known."""
    from xl_thesis import actions, render

    with open_scorer(thesis) as scorer:
        if series_id is None:
            listing = actions.series_listing(scorer, as_of)
            if as_json:
                print_json(listing)
            else:
                render.show(render.listing_report(listing))
            return
        document = actions.series_document(scorer, series_id, as_of)
    if as_json:
        print_json(document)
    else:
        render.show(render.series_report(document))
