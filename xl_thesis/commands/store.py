"""``store``: what the store holds, whether it is whole, and moving it to another engine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xl_thesis.addresses import without_password
from xl_thesis.commands import print_json, with_json
from xl_thesis.wording import count

DAMAGED = 1


@click.group()
def store() -> None:
    """Show, verify and move the store of observations."""


@store.command()
@with_json
def info(as_json: bool) -> None:
    """Print where the store is, what it holds and how its last pulls went."""
    from xl_thesis.default_store import open_default_store
    from xl_thesis.store.transfer import describe

    with open_default_store() as opened:
        found = describe(opened)
    if as_json:
        print_json(found.to_json())
        return
    refreshed = "never" if found.refreshed_at is None else f"{found.refreshed_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"{found.engine}: {found.where} (schema {found.schema}, {found.bytes / 1e6:.1f} MB)")
    held = count(found.observations, "observation")
    imports = "" if found.imports == 0 else f"; {count(found.imports, 'import')}"
    click.echo(f"{found.series} series, {held}; refreshed: {found.refreshed} series{imports}")
    click.echo(f"Last refresh that a score rests on: {refreshed}")
    for name, reason in found.failing.items():
        click.echo(f"{name}: the last pull failed: {reason}")


@store.command()
@click.option("--repair", is_flag=True, help="Make anew what is read from what was observed.")
@with_json
def check(repair: bool, as_json: bool) -> None:
    """Verify every part of the store; exit code 1 where something is wrong."""
    from xl_thesis.default_store import open_default_store
    from xl_thesis.store import transfer

    with open_default_store() as opened:
        if repair:
            opened.pack_all()
        faults, where = transfer.check(opened), opened.engine.where
    if as_json:
        print_json({"where": where, "faults": faults})
    else:
        click.echo("\n".join(faults) if faults else f"The store is whole: {where}")
        if faults and not repair:
            click.echo("Run `xl-thesis store check --repair`; if that does not help, move the store aside and refresh.")
    if faults:
        sys.exit(DAMAGED)


@store.command("copy")
@click.argument("target")
@click.option("--from", "source", metavar="STORE", help="The store to copy (default: the one of the settings).")
def copy_store(source: str | None, target: str) -> None:
    """Copy the store to TARGET, a new file or a PostgreSQL address, and compare every row."""
    from xl_thesis.default_store import open_default_store
    from xl_thesis.store import open_store, transfer
    from xl_thesis.store.postgres import is_postgres

    if source is not None and not is_postgres(source) and not Path(source).is_file():
        raise click.BadParameter(f"there is no store '{without_password(source)}'", param_hint="--from")
    with (
        open_default_store() if source is None else open_store(source) as opened,
        open_store(target) as empty,
    ):
        counts = transfer.copy(opened, empty)
        where = empty.engine.where
    total = ", ".join(f"{count:,} {table}" for table, count in counts.items())
    click.echo(f"Copied and compared: {total}.\nStore: {where}")
    click.echo("To use it, set XL_THESIS_STORE to its address, or: xl-thesis config set store ADDRESS")
