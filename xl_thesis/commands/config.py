"""``config``: the settings, and the FRED key in the system's credential store."""

from __future__ import annotations

import os
from pathlib import Path

import click

from xl_thesis import keys, settings
from xl_thesis.addresses import is_no_file
from xl_thesis.commands import print_json, with_json
from xl_thesis.errors import InputError


@click.group()
def config() -> None:
    """Read and change settings; keep the FRED key in the system's credential store."""


@config.command("list")
@with_json
def list_settings(as_json: bool) -> None:
    """Print every setting, its value and where the value comes from."""
    values, key = settings.read_all(), keys.fred_key()
    origin = settings.HOME_VARIABLE if os.environ.get(settings.HOME_VARIABLE) else "default"
    home = {"value": str(settings.home()), "from": origin, "variable": settings.HOME_VARIABLE}
    if as_json:
        found = {
            value.setting.name: {
                "value": _shown(value) or None, "from": value.origin, "variable": value.setting.variable,
            } for value in values
        }  # fmt: skip
        secret = {"value": None, "from": key and key.origin, "variable": keys.FRED_VARIABLE}
        print_json({**found, keys.FRED_KEY: secret, "home": home})
        return
    for value in values:
        click.echo(f"{value.setting.name} = {_shown(value)}  ({value.origin})")
        click.echo(f"    {value.setting.about}; variable {value.setting.variable}")
    click.echo(f"{keys.FRED_KEY}: {_state(key)}\n    FRED's free key; variable {keys.FRED_VARIABLE}")
    click.echo(f"Folder for everything that is kept: {home['value']}  ({home['from']})")
    click.echo(f"    not in the file; variable {settings.HOME_VARIABLE}")
    click.echo(f"File: {settings.settings_file()}\nA variable comes before the file.")


@config.command()
@click.argument("name")
def get(name: str) -> None:
    """Print the value of setting NAME; of the FRED key, only whether it is set."""
    if name == keys.FRED_KEY:
        click.echo(_state(keys.fred_key()))
    else:
        click.echo(_shown(settings.read(name)))


@config.command("set")
@click.argument("name")
@click.argument("value", required=False)
def set_value(name: str, value: str | None) -> None:
    """Keep VALUE for setting NAME. `config set fred-key` asks for the key without showing it."""
    if name == keys.FRED_KEY:
        if value is not None:
            raise InputError("leave the key out of the command, where others can see it: xl-thesis config set fred-key")
        keys.keep_fred_key(click.prompt("FRED key", hide_input=True))
        click.echo("The key is kept in the system's credential store.")
        return
    if value is None:
        settings.read(name)  # raises where there is no such setting
        raise InputError(f"give a value: xl-thesis config set {name} VALUE")
    if name == "thesis":
        value = _known_thesis(value)
    elif name == "store":
        _check_store(value)
    click.echo(f"Kept in {settings.change(name, value)}")


@config.command()
@click.argument("name")
def unset(name: str) -> None:
    """Go back to the default of setting NAME, or forget the FRED key."""
    if name == keys.FRED_KEY:
        click.echo("The key is forgotten." if keys.forget_fred_key() else "There was no key.")
    else:
        click.echo(f"Removed from {settings.change(name, None)}")


def _known_thesis(value: str) -> str:
    """An id, or a file by its whole path, which is right in every folder. Raises ``InputError`` for no thesis."""
    from xl_thesis.thesis import load_thesis

    load_thesis(value)
    return str(Path(value).resolve()) if Path(value).suffix else value


def _check_store(value: str) -> None:
    """Raise ``InputError`` for a folder, ``StoreError`` for a file that is no store; what is not there yet is made."""
    from xl_thesis.store.aside import refuse_foreign

    path = Path(value.removeprefix("sqlite:///")).expanduser()
    if "://" in str(path) or is_no_file(str(path)):
        return  # an address, or what the settings refuse
    if path.is_dir():
        raise InputError(f"'{path}' is a folder; name a file in it, such as {path / 'store.sqlite'}")
    refuse_foreign(path)


def _shown(value: settings.Value) -> str:
    """A setting as people read it; of the store, also where it lies where none is set."""
    is_store = value.setting.name == "store" and value.text is None
    return str(settings.store_location()) if is_store else value.shown() or ""


def _state(key: keys.Key | None) -> str:
    return "not set" if key is None else f"set, from {key.origin}"
