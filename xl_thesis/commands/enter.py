"""``import``: values of one's own, from a CSV file or a sheet, and taking them back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xl_thesis.commands import print_json, with_json, with_thesis
from xl_thesis.wording import count

if TYPE_CHECKING:
    from xl_thesis.store import Import


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--series", "series_id", metavar="ID", help="The series that FILE has dates and values of.")
@click.option("--replace", is_flag=True, help="A row may take the place of another value of the same period and day.")
@click.option("--template", is_flag=True, help="Write FILE with the header that an import reads.")
@click.option("--list", "is_list", is_flag=True, help="List what was imported, with the numbers that --undo takes.")
@click.option("--undo", metavar="NUMBER", type=click.IntRange(min=1), help="Take an import back.")
@with_json
@with_thesis
def import_values(
    thesis: str | None, file: Path | None, series_id: str | None, undo: int | None, as_json: bool, **flags: bool
) -> None:
    """Bring values of your own into the store from FILE (.csv or .xlsx), or take them back.

    With --series: columns date, value and optionally available_at. Without: columns series, date, value,
    published_on, source and optionally note, for series such as MANUAL:... Every fault is named with its row.

    --undo takes one import back, as if it had never been: what sources and other imports say counts again, on past days
    too. Scores that were given out stay in their log as they were.
    """
    from xl_thesis import importing

    if undo is not None or flags["is_list"]:
        given = [file, series_id, flags["replace"], flags["template"], undo is not None and flags["is_list"]]
        if any(given):
            raise click.UsageError("--list and --undo stand alone")
        items = importing.imports() if undo is None else (importing.take_back(undo),)
        _tell(items, as_json=as_json, is_list=undo is None)
        return
    if file is None:
        raise click.UsageError("Missing argument 'FILE'; --list shows what was imported")
    if flags["template"]:
        click.echo(f"Template: {importing.write_template(file, series_id)}")
        return
    report = importing.import_file(file, series_id, thesis, replace=flags["replace"])
    if as_json:
        print_json(asdict(report))
        return
    news = f"{report.added} new, {report.revised} of them revisions"
    click.echo(f"{count(report.rows, 'row')} of {', '.join(report.series)}: {news}")
    if report.number is not None:
        click.echo(f"To take it back: xl-thesis import --undo {report.number}")


def _tell(items: tuple[Import, ...], *, as_json: bool, is_list: bool) -> None:
    documents: list[dict[str, Any]] = [item.to_json() for item in items]
    if as_json:
        print_json(documents if is_list else documents[0])
        return
    for line in _lines(items) if is_list else [f"Taken back: {_what(items[0])}. Scores no longer rest on it."]:
        click.echo(line)


def _lines(items: tuple[Import, ...]) -> Iterator[str]:
    for item in items:
        gone = "" if item.taken_back_at is None else f", taken back on {item.taken_back_at:%Y-%m-%d}"
        yield f"{item.number}  {item.imported_at:%Y-%m-%d %H:%M} UTC  {_what(item)}{gone}"
    if not items:
        yield "Nothing was imported."


def _what(item: Import) -> str:
    return f"{count(item.rows, 'value')} of {', '.join(item.series)} from {item.file}"
