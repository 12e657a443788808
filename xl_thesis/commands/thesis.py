"""``thesis``: the definitions that come with the package, and writing one's own in a text file or a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_thesis import settings
from xl_thesis.commands import load, open_scorer, print_json, with_force, with_json, with_thesis
from xl_thesis.errors import DefinitionError
from xl_thesis.wording import count

if TYPE_CHECKING:
    from xl_thesis.authoring import Inventory

_file = click.Path(path_type=Path)


@click.group()
def thesis() -> None:
    """List, start, check and edit thesis definitions."""


@thesis.command("list")
@with_json
def list_theses(as_json: bool) -> None:
    """List the theses that come with the package."""
    from xl_thesis.thesis import load_thesis, thesis_ids

    found = [load_thesis(name) for name in thesis_ids()]
    if as_json:
        print_json([{"id": item.id, "title": item.title.en, "statement": item.statement.en} for item in found])
        return
    for item in found:
        mark = " (used where none is named)" if item.id == settings.default_thesis() else ""
        parts = f"{count(len(item.indicators), 'indicator')}, {count(len(item.claims), 'claim')}"
        click.echo(f"{item.id}{mark}\n  {item.title.en}: {parts}")


@thesis.command()
@click.argument("file", type=_file)
def new(file: Path) -> None:
    """Write a small commented thesis to FILE, to change piece by piece."""
    from xl_thesis.authoring import start_thesis

    path = start_thesis(file)
    click.echo(f"Thesis: {path}\nChange it, then run: xl-thesis thesis check {path}")


@thesis.command()
@click.argument("file", metavar="FILE|ID")
@with_json
def check(file: str, as_json: bool) -> None:
    """Name every fault of a thesis with its line; without any, say what its score can rest on."""
    from xl_thesis.authoring import take_inventory
    from xl_thesis.checking import find_faults
    from xl_thesis.documents import read_text

    path = Path(file)
    if path.suffix.lower() in (".yaml", ".yml"):
        faults = find_faults(read_text(path), path)
        if faults:
            raise DefinitionError(faults)
    with open_scorer(file) as scorer:
        inventory = take_inventory(scorer)
    if as_json:
        print_json(inventory.to_json())
    else:
        click.echo("\n".join(_lines(inventory)))


@thesis.command("export")
@click.argument("file", metavar="FILE.xlsx", type=_file)
@with_thesis
@with_force
def export_workbook(file: Path, thesis: str | None, force: bool) -> None:
    """Write a thesis as a workbook to edit, one sheet for each part."""
    from xl_thesis_workbook.definition_book import write_definition

    click.echo(f"Workbook: {write_definition(load(thesis), file, force=force)}")


@thesis.command("import")
@click.argument("file", metavar="FILE.xlsx", type=_file)
@click.option("--out", type=_file, required=True, help="The .yaml file to write; its name is the thesis id.")
@with_force
def import_workbook(file: Path, out: Path, force: bool) -> None:
    """Read an edited workbook back; every fault is named with its sheet and cell, and nothing is written."""
    from xl_thesis.authoring import require_thesis_name
    from xl_thesis.files import put_file
    from xl_thesis_workbook.definition_import import read_definition

    require_thesis_name(out)
    click.echo(f"Thesis: {put_file(out, read_definition(file, out).encode(), force=force)}")


def _lines(found: Inventory) -> Iterator[str]:
    """An inventory for a terminal."""
    from xl_thesis.evaluation import percent

    yield f"{found.thesis}: no faults"
    yield "It has " + ", ".join(f"{name} {count}" for name, count in found.counts.items()) + "."
    yield f"It needs {len(found.series)} series, all known; {len(found.without_data)} have no data in the store."
    if found.without_data:
        yield f"  without data: {', '.join(found.without_data)}"
    for name, reason in found.unmeasured.items():
        yield f"  {name} does not count: {reason}"
    known = f"{percent(found.coverage)} of the weight is known in published pillars"
    yield f"On {found.as_of} {known}: the score is {found.status}."
