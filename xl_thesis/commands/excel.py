"""``install``, ``uninstall``, ``status`` and ``new``: Excel and what it needs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xl_thesis.commands import print_json, with_force, with_json

_file = click.Path(path_type=Path, dir_okay=False)


@click.command()
def install() -> None:
    """Put the add-ins into Excel for this user; no administrator's rights are needed."""
    from xl_thesis import artefacts
    from xl_thesis_udfs.hosts import excel_install

    excel_install.require_windows()
    for check in excel_install.install(artefacts.addins()):
        click.echo(f"{check.name}: {check.sentence}")
    click.echo("Start Excel: there is a tab named Thesis, and =THESIS_SCORE() works in every workbook.")


@click.command()
def uninstall() -> None:
    """Take the add-ins and their setting out again; your data and workbooks stay."""
    from xl_thesis_udfs.hosts import excel_install

    removed = excel_install.uninstall()
    for path in removed:
        click.echo(f"Removed: {path}")
    if not removed:
        click.echo("Nothing was installed.")


@click.command()
@with_json
def status(as_json: bool) -> None:
    """Say whether Excel will find Python, the library and the add-ins; exit code 2 if something is wrong."""
    from xl_thesis import artefacts
    from xl_thesis_udfs.hosts import excel_install

    excel_install.require_windows()
    found = excel_install.checks(artefacts.addins())
    if as_json:
        print_json([{"name": check.name, "ok": check.ok, "sentence": check.sentence} for check in found])
    else:
        for check in found:
            click.echo(f"{'ok   ' if check.ok else 'wrong'}  {check.name}: {check.sentence}")
    if not all(check.ok for check in found):
        sys.exit(2)


@click.command()
@click.argument("file", metavar="FILE.xlsm|FILE.ods", type=_file)
@click.option("--classic", is_flag=True, help="For Excel 2016 and 2019, which have no dynamic arrays.")
@with_force
def new(file: Path, classic: bool, force: bool) -> None:
    """Write a template workbook: a dashboard on live cells, with buttons; an .ods is for LibreOffice Calc."""
    from xl_thesis.buttons import new_template
    from xl_thesis.commands.libreoffice import write_template
    from xl_thesis.errors import InputError

    if file.suffix.lower() == ".ods":
        click.echo(f"Workbook: {write_template(file, force=force)}")
        return
    if file.suffix.lower() != ".xlsm":
        raise InputError(f"'{file.name}' must end in .xlsm, or for LibreOffice Calc in .ods")
    click.echo(f"Workbook: {new_template(file, classic=classic, force=force)}")
