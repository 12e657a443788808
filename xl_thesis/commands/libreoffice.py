"""``libreoffice``: the Calc extension, put in and taken out, and the processes that it starts."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xl_thesis.commands import thesis_name, with_force
from xl_thesis.errors import InputError, ThesisError

if TYPE_CHECKING:
    from xl_thesis_udfs.hosts.libreoffice.installations import Installation

with_office = click.option(
    "--office",
    type=click.Path(path_type=Path, exists=True),
    metavar="FOLDER",
    help="Program folder of the LibreOffice that is meant (default: the newest that is found).",
)
_LONGEST_MESSAGE = 8
with_profile = click.option("--profile", metavar="URL", help="A profile other than the user's own (file:///...).")


def _say_what_misleads(offices: Iterable[Installation]) -> None:
    from xl_thesis_udfs.hosts.libreoffice import installations

    folder = installations.misleading_python()
    if folder is not None and any(office.uses_the_systems_python for office in offices):
        click.echo(
            f"An environment is active here ({folder}): LibreOffice started from this terminal takes its Python for "
            "the system's and shows #NAME?. Start it from the desktop, or after `deactivate`."
        )


@click.group()
def libreoffice() -> None:
    """The extension for LibreOffice Calc: all cell functions, a toolbar and a menu."""


@libreoffice.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@with_force
def build(out: Path | None, force: bool) -> None:
    """Write the extension as a file, to be opened in LibreOffice."""
    from xl_thesis.files import put_file
    from xl_thesis_udfs.hosts.libreoffice import package

    click.echo(str(put_file(out or Path(package.FILE_NAME), package.build(), force=force).resolve()))


@libreoffice.command()
@with_office
@with_profile
def install(office: Path | None, profile: str | None) -> None:
    """Put the extension into LibreOffice, in place of an older one; close LibreOffice before."""
    from xl_thesis_udfs.hosts.libreoffice import installations

    chosen = installations.choose(office)
    installations.install(chosen, profile)
    click.echo(f"Installed in {chosen}; it answers from {sys.executable}. Start LibreOffice again to see it.")
    others = [] if office is not None else installations.find()[1:]
    for other in others:
        click.echo(f"Also found: {other}. Versions share your profile; --office chooses another one.")
    _say_what_misleads([chosen, *others])


@libreoffice.command()
@with_office
@with_profile
def uninstall(office: Path | None, profile: str | None) -> None:
    """Take the extension out of LibreOffice."""
    from xl_thesis_udfs.hosts.libreoffice import installations

    chosen = installations.choose(office)
    was_there = installations.uninstall(chosen, profile)
    click.echo(f"Taken out of {chosen}." if was_there else f"{chosen} does not have the extension.")


@libreoffice.command()
@with_office
@with_profile
def status(office: Path | None, profile: str | None) -> None:
    """Print which LibreOffice is there, whether the extension is in it, and what its functions stand on.

    Exit code 1 where something keeps them from working.
    """
    from xl_thesis_udfs.hosts.libreoffice import installations, worker

    found = installations.find(office)
    for one in found:
        if one.is_too_old:
            click.echo(f"{one}: too old, the extension does not work in it")
        else:
            try:
                state = "installed" if installations.is_installed(one, profile) else "not installed"
            except InputError as error:
                state = f"unknown: {str(error).replace(str(one), 'it', 1)}"
            click.echo(f"{one}: extension {state}")
    _say_what_misleads(found)
    if not found:
        click.echo("no LibreOffice was found; install it, or give its program folder with --office")
    lines, works = worker.status()
    click.echo("\n".join(lines))
    sys.exit(0 if works and found else 1)


@libreoffice.command()
@click.argument("file", metavar="FILE.ods|FILE.xlsx", type=click.Path(path_type=Path))
@with_office
@with_force
def new(file: Path, office: Path | None, force: bool) -> None:
    """Write the template workbook for Calc: a dashboard on live cells. LibreOffice itself writes the .ods."""
    click.echo(f"Workbook: {write_template(file, office, force=force)}")


def write_template(file: Path, office: Path | None = None, *, force: bool = False) -> Path:
    """The template as .ods or .xlsx, by the ending of the file's name."""
    from xl_thesis import artefacts
    from xl_thesis.files import put_file, require_free
    from xl_thesis_udfs.hosts.libreoffice import conversion, installations

    if file.suffix.lower() not in (".ods", ".xlsx"):
        raise InputError(f"'{file.name}' must end in .ods or .xlsx")
    require_free(file, force=force)
    if file.suffix.lower() == ".xlsx":
        return put_file(file, artefacts.excel_file(artefacts.CALC), force=force)
    chosen = installations.choose(office)
    return put_file(file, conversion.as_ods(chosen, artefacts.excel_file(artefacts.CALC)), force=force)


@libreoffice.command(hidden=True)
def serve() -> None:
    """Answer the extension's questions; LibreOffice starts this."""
    from xl_thesis_udfs.hosts.libreoffice import worker

    sink, sys.stdout = sys.stdout, sys.stderr
    worker.serve(sys.stdin, sink)


@libreoffice.command(hidden=True)
@click.argument("task", type=click.Choice(["refresh", "snapshot"]))
@click.option("--out", type=click.Path(path_type=Path))
def run(task: str, out: Path | None) -> None:
    """Do a button's work and report each step as a line of JSON; the end of the input stops it."""
    sink, sys.stdout = sys.stdout, sys.stderr

    def report(**content: Any) -> None:
        sink.write(json.dumps(content) + "\n")
        sink.flush()

    try:
        report(done=_refresh(report) if task == "refresh" else _snapshot(out))
    except ThesisError as error:
        report(failed=str(error))


def _refresh(report: Callable[..., None]) -> str:
    from xl_thesis import actions
    from xl_thesis.refresh_report import NOTHING

    stopped = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        stopped.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    result = actions.refresh(
        progress=lambda event: report(share=event.done / event.total, text=event.result.sentence()),
        cancelled=stopped.is_set,
    )
    lines = result.lines()
    if len(lines) > _LONGEST_MESSAGE:
        lines = [*lines[: _LONGEST_MESSAGE - 2], 'and more; =THESIS_STATUS("series") lists every series', lines[-1]]
    text = "\n".join(lines)
    if result.exit_code == NOTHING:
        raise InputError(f"Nothing could be refreshed; all values stay as they were.\n{text}")
    return text


def _snapshot(out: Path | None) -> str:
    from xl_thesis import actions
    from xl_thesis.default_store import open_default_store
    from xl_thesis.pipeline import Scorer
    from xl_thesis.thesis import load_thesis

    with open_default_store() as store:
        result, path = actions.snapshot(Scorer(load_thesis(thesis_name(None)), store), None, out, force=True)
    return f"Snapshot as known on {result.as_of}: {path}"
