"""Settings: one file, ``settings.toml``, and environment variables, which come first.

The file lies in the user's configuration folder, or in ``XL_THESIS_HOME`` where that is set. Keys are no settings: see
``xl_thesis.keys``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_config_path, user_data_path

from xl_thesis.addresses import fault, is_no_file, without_password
from xl_thesis.errors import InputError
from xl_thesis.wording import did_you_mean

FILE_NAME = "settings.toml"
HOME_VARIABLE = "XL_THESIS_HOME"
_DATABASES = ("postgresql://", "postgresql+psycopg://")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its name in the file, its variable, what it stands for without either, and what it is."""

    name: str
    variable: str
    default: str | None
    about: str
    kind: Literal["text", "store", "address", "file", "seconds"] = "text"


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("store", "XL_THESIS_STORE", None,
                "the store: a file, sqlite:///file or postgresql+psycopg://address", "store"),
        Setting("thesis", "XL_THESIS_DEFAULT", "american_exceptionalism", "id or file of the thesis used by default"),
        Setting("network.proxy", "XL_THESIS_NETWORK_PROXY", None,
                "proxy for every provider, such as http://proxy.example:8080", "address"),
        Setting("network.ca_bundle", "XL_THESIS_NETWORK_CA_BUNDLE", None,
                "file of certificates to trust (PEM), where a company inspects its traffic", "file"),
        Setting("network.timeout", "XL_THESIS_NETWORK_TIMEOUT", "30", "seconds to wait for an answer", "seconds"),
        Setting("fred.base_url", "XL_THESIS_FRED_BASE_URL", "https://api.stlouisfed.org/fred",
                "where FRED answers, or a gateway to it", "address"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """What a setting is now and where it comes from: a variable, the file, or the default."""

    setting: Setting
    text: str | None
    origin: str

    def shown(self) -> str | None:
        """The value without a password."""
        return None if self.text is None else without_password(self.text)


def home() -> Path:
    """The folder for everything the package keeps, not yet created."""
    chosen = os.environ.get(HOME_VARIABLE)
    return Path(chosen).expanduser() if chosen else user_data_path("xl-thesis", appauthor=False)


def settings_file() -> Path:
    """Where the settings are kept, not yet created."""
    chosen = os.environ.get(HOME_VARIABLE)
    folder = Path(chosen).expanduser() if chosen else user_config_path("xl-thesis", appauthor=False)
    return folder / FILE_NAME


def read(name: str) -> Value:
    """A setting. Raises ``InputError`` for an unknown one, or a file that cannot be understood.

    >>> read("network.timeout").text
    '30'
    """
    setting = _setting(name)
    text = os.environ.get(setting.variable)
    if text:
        return Value(setting, _checked(setting, text, setting.variable), setting.variable)
    kept = _kept().get(name)
    if kept is not None:
        return Value(setting, _checked(setting, kept, f"{name} in {settings_file()}"), str(settings_file()))
    return Value(setting, setting.default, "default")


def read_all() -> list[Value]:
    """Every setting in order."""
    return [read(name) for name in SETTINGS]


def change(name: str, text: str | None) -> Path:
    """Keep a setting in the file, or remove it with None; comments and order stay. Returns the file.

    Raises ``InputError`` for an unknown setting or a value that cannot be one.
    """
    import tomlkit

    setting = _setting(name)
    if text is not None:
        text = _absolute(setting, _checked(setting, text, name))
    _kept()  # a file that is not understood is not written over
    path = settings_file()
    document = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
    table: Any = document
    *groups, last = name.split(".")
    for group in groups:
        table = table.setdefault(group, tomlkit.table())
    if text is None:
        table.pop(last, None)
    else:
        table[last] = text
    _put(path, tomlkit.dumps(document))
    return path


def store_location() -> Path | str:
    """The store: a file (``store.sqlite`` in ``home()`` unless set) or a PostgreSQL address."""
    chosen = read("store").text
    if not chosen:
        return home() / "store.sqlite"
    if chosen.startswith(_DATABASES):
        return chosen
    return Path(chosen.removeprefix("sqlite:///")).expanduser()


def is_default_store() -> bool:
    """Whether no store was chosen."""
    return not read("store").text


def default_thesis() -> str:
    """Id or file of the thesis used where none is named."""
    return read("thesis").text or "american_exceptionalism"


def _setting(name: str) -> Setting:
    if name not in SETTINGS:
        names = [*SETTINGS, "fred-key"]
        raise InputError(f"unknown setting '{name}'{did_you_mean(name, names)}; there are: {', '.join(names)}")
    return SETTINGS[name]


def _kept() -> dict[str, str]:
    """The file's settings by name. Raises ``InputError`` for what it may not hold."""
    path = settings_file()
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise InputError(f"the settings {path} cannot be read ({error.strerror or type(error).__name__})") from None
    except UnicodeDecodeError:
        raise InputError(f"the settings {path} are not UTF-8 text") from None
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the settings {path} are not TOML: {error}") from None
    found = dict(_flat(document))
    unknown = sorted(found.keys() - SETTINGS.keys())
    if unknown:
        raise InputError(
            f"the settings {path} have no '{unknown[0]}'; there are: {', '.join(SETTINGS)}"
            + (" (the FRED key is kept with: xl-thesis config set fred-key)" if "key" in unknown[0] else "")
        )
    return found


def _flat(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in document.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _checked(setting: Setting, text: str, place: str) -> str:
    """The text, where it can be a value of the setting."""
    if setting.kind == "seconds":
        try:
            seconds = float(text)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= 600:
            raise InputError(f"{place} must be seconds between 0 and 600, not '{text}'")
    if setting.kind == "address":
        _check_address(text, place)
    known = (*_DATABASES, "sqlite:///")
    if setting.kind == "store" and not text.startswith(known) and ("://" in text or is_no_file(text)):
        raise InputError(f"{place} must be a file path, sqlite:///path or postgresql+psycopg://address")
    if setting.kind == "file" and not Path(text).expanduser().is_file():
        raise InputError(f"{place} must be a file that exists, not '{text}'")
    return text


def _absolute(setting: Setting, text: str) -> str:
    """A path that means the same file from every folder."""
    if setting.kind not in ("store", "file") or text.startswith(_DATABASES):
        return text
    return str(Path(text.removeprefix("sqlite:///")).expanduser().resolve())


def _check_address(text: str, place: str) -> None:
    """Raise ``InputError``, without a password, unless the text is an address of the web."""
    shown = without_password(text if "://" in text else f"://{text}").removeprefix("://")
    wrong = fault(text)
    if wrong is not None:
        raise InputError(f"{place} '{shown}' cannot be read: {wrong}")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{place} must be an address such as http://host:8080, not '{shown}'")


def _put(path: Path, text: str) -> None:
    """Whole or not at all, and for the user alone: an address may hold a password."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        beside.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"the settings {path} cannot be written ({reason})") from None
    finally:
        beside.unlink(missing_ok=True)
