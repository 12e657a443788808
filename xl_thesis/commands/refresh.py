"""``refresh``: the only command that brings data from the network."""

from __future__ import annotations

import sys

import click

from xl_thesis.commands import print_json, with_json, with_thesis


@click.command()
@click.option("--series", "only", metavar="ID", multiple=True, help="Only this series; may be given again.")
@click.option("--all", "ask_all", is_flag=True, help="Ask also where nothing can be new yet.")
@with_json
@with_thesis
def refresh(thesis: str | None, only: tuple[str, ...], ask_all: bool, as_json: bool) -> None:
    """Bring new data into the store; what fails keeps the data it has.

    Exit codes: 0 all series, 4 some, 5 none. Ctrl-C stops; the next refresh goes on from there.
    """
    from xl_thesis import actions, render
    from xl_thesis.sources.fred import NOTICE

    with render.refresh_progress(lines=not as_json) as progress:
        report = actions.refresh(thesis=thesis, only=only or None, ask_all=ask_all, progress=progress)
    if as_json:
        print_json(report.to_json())
    else:
        click.echo("\n".join(report.lines()))
        if any(item.series_id.startswith("FRED:") for item in report.series):
            click.echo(NOTICE)
    sys.exit(report.exit_code)
