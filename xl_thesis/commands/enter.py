"""``import``: values of one's own, from a CSV file or a sheet."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from xl_thesis.commands import print_json, with_json, with_thesis
from xl_thesis.wording import count


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--series", "series_id", metavar="ID", help="The series that FILE has dates and values of.")
@click.option("--replace", is_flag=True, help="A row may take the place of another value of the same period and day.")
@click.option("--template", is_flag=True, help="Write FILE with the header that an import reads.")
@with_json
@with_thesis
def import_values(
    thesis: str | None, file: Path, series_id: str | None, replace: bool, template: bool, as_json: bool
) -> None:
    """Bring values of your own into the store from FILE (.csv or .xlsx).

    With --series: columns date, value and optionally available_at. Without: columns series, date, value,
    published_on, source and optionally note, for series such as MANUAL:... Every fault is named with its row.
    """
    from xl_thesis import importing

    if template:
        click.echo(f"Template: {importing.write_template(file, series_id)}")
        return
    report = importing.import_file(file, series_id, thesis, replace=replace)
    if as_json:
        print_json(asdict(report))
        return
    news = f"{report.added} new, {report.revised} of them revisions"
    click.echo(f"{count(report.rows, 'row')} of {', '.join(report.series)}: {news}")
