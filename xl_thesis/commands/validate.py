"""``validate``: the evidence page."""

from __future__ import annotations

import datetime as dt

import click

from xl_thesis.commands import open_scorer, print_json, with_as_of, with_json, with_thesis
from xl_thesis.errors import InputError


@click.command()
@click.option("--target", metavar="SERIES", help="Series to hold the scores against (default: the thesis's target).")
@with_json
@with_thesis
@with_as_of
def validate(thesis: str | None, as_of: dt.date | None, target: str | None, as_json: bool) -> None:
    """Whether past scores say anything about what came after: forward tests, placebos, and what cannot be concluded."""
    from xl_thesis import render, validation
    from xl_thesis.catalogue import meta_of

    with open_scorer(thesis) as scorer:
        chosen = target or scorer.thesis.target
        if chosen is None:
            raise InputError("the thesis names no target; say which series with --target")
        if target is not None:
            meta_of(scorer.catalogue, target)
        evidence = validation.gather(scorer, chosen, as_of)
    if as_json:
        print_json(evidence.to_json())
    else:
        render.show(render.evidence_report(evidence.to_json()))
