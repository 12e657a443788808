"""Is everything in order here, and what to do where it is not. Changes nothing but what opening the store does."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, Literal

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from xl_thesis import keys, settings
from xl_thesis.default_store import open_default_store
from xl_thesis.errors import (
    BadKey,
    ClockWrong,
    FileUnusable,
    InputError,
    ProxyFailed,
    SourceError,
    ThesisError,
    TimedOut,
    TLSFailed,
    Unreachable,
)
from xl_thesis.sources.protocol import Link, Provider
from xl_thesis.store import Store
from xl_thesis.store.transfer import check, describe
from xl_thesis.version import VERSION
from xl_thesis.wording import count

State = Literal["ok", "note", "wrong"]

PACKAGES = (
    "numpy", "pandas", "pydantic", "fredapi", "yfinance", "openpyxl", "xlsxwriter", "xlwings", "keyring", "psycopg",
)  # fmt: skip
_OPTIONAL = {"psycopg": "only a store on PostgreSQL needs it", "xlsxwriter": "only building the Excel files needs it"}
_OLDEST_PYTHON = (3, 11)

_WHAT_TO_DO: dict[type[SourceError], str] = {
    BadKey: "set a FRED key with: xl-thesis config set fred-key",
    ProxyFailed: "ask for the proxy's address and set it with: xl-thesis config set network.proxy",
    TLSFailed: "where a company inspects traffic, set its certificates with: xl-thesis config set network.ca_bundle",
    ClockWrong: "set this computer's date and time, best automatically",
    TimedOut: "try again, or allow more with: xl-thesis config set network.timeout 60",
    Unreachable: "check the connection; behind a proxy: xl-thesis config set network.proxy",
    FileUnusable: "set XL_THESIS_HOME to a folder that can be written",
    SourceError: "try again later; the store keeps what it has",
}
"""By the kind of failure; of several that fit, the first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what it is, how it is, and where it is not in order, what to do."""

    name: str
    state: State
    said: str
    advice: str | None = None

    def line(self) -> str:
        """For people."""
        mark = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}[self.state]
        return f"{mark} {self.name}: {self.said}" + (f"\n      -> {self.advice}" if self.advice else "")

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def examine(providers: Sequence[Provider], link: Callable[[], Link]) -> Iterator[Finding]:
    """Every finding, the quick ones first. Providers are asked for the smallest thing each has."""
    yield _python()
    yield from (_package(name) for name in PACKAGES)
    yield _excel()
    yield from _guarded("settings", _settings)
    yield from _guarded("store", _store)
    key = keys.fred_key()
    yield _key(key)
    try:
        way = link()
    except ThesisError:
        return  # the settings have been found wrong above
    with ThreadPoolExecutor(max_workers=max(1, len(providers))) as pool:
        yield from pool.map(lambda provider: _reachable(provider, way), providers)


def is_in_order(findings: Sequence[Finding]) -> bool:
    """Whether nothing is wrong."""
    return all(finding.state != "wrong" for finding in findings)


def _python() -> Finding:
    said = f"{platform.python_version()} on {platform.system()} ({platform.machine()}), xl-thesis {VERSION}"
    if sys.version_info < _OLDEST_PYTHON:
        return Finding("Python", "wrong", said, "install Python 3.11 or newer")
    return Finding("Python", "ok", said)


def _package(name: str) -> Finding:
    """Installed, and in a version that this package promises to work with."""
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        if name in _OPTIONAL:
            return Finding(name, "note", f"not installed; {_OPTIONAL[name]}")
        return Finding(name, "wrong", "not installed", "install xl-thesis again from its folder: pip install .")
    wanted = _requirement(name)
    if not wanted.contains(found, prereleases=True):
        return Finding(name, "wrong", f"{found}, but {wanted} is needed", f'pip install "{name}{wanted}"')
    return Finding(name, "ok", found)


def _requirement(name: str) -> SpecifierSet:
    """The versions of a package that the installed xl-thesis asks for; any where it asks for none."""
    try:
        required = metadata.requires("xl-thesis") or []
    except metadata.PackageNotFoundError:  # run from a folder without being installed
        required = []
    asked = (requirement for requirement in map(Requirement, required) if requirement.name.lower() == name)
    return next((requirement.specifier for requirement in asked), SpecifierSet())


def _excel() -> Finding:
    system = platform.system()
    if system == "Windows":
        winreg: Any = import_module("winreg")
        try:
            with winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, r"Excel.Application\CurVer") as key:
                return Finding("Excel", "ok", str(winreg.QueryValue(key, None)))
        except OSError:
            pass
    elif system == "Darwin" and Path("/Applications/Microsoft Excel.app").exists():
        return Finding("Excel", "ok", "Microsoft Excel.app")
    return Finding("Excel", "note", "no Excel here; workbooks can be written and opened elsewhere, without live cells")


def _settings() -> Finding:
    chosen = [value for value in settings.read_all() if value.origin != "default"]
    said = "; ".join(f"{value.setting.name} = {value.shown()}" for value in chosen)
    return Finding("settings", "ok", said or "all as they come")


def _store() -> Finding:
    with open_default_store() as store:
        return _state_of(store)


def _state_of(store: Store) -> Finding:
    faults, info = check(store), describe(store)
    if faults:
        return Finding("store", "wrong", f"{info.where}: {'; '.join(faults)}", "run: xl-thesis store check --repair")
    size = f"{info.series} series, {count(info.observations, 'observation')}, {info.bytes / 1e6:.0f} MB"
    said = f"{info.engine} {info.where}: {size}"
    if info.failing:
        name, reason = next(iter(info.failing.items()))
        said += f"; {len(info.failing)} series failed when last asked for, such as {name}: {reason}"
        return Finding("store", "note", said, "run: xl-thesis refresh")
    return Finding("store", "ok", said)


def _key(key: keys.Key | None) -> Finding:
    if key is None:
        return Finding("FRED key", "note", "not set; FRED's data come by its website, without vintages",
                       "a key is free at fred.stlouisfed.org; then: xl-thesis config set fred-key")  # fmt: skip
    return Finding("FRED key", "ok", f"set, from {key.origin}")


def _reachable(provider: Provider, link: Link) -> Finding:
    try:
        provider.ping(link)
    except SourceError as error:
        return _failed(provider, error, link)
    except OSError as error:
        said = f"{error.filename or 'a file'} cannot be used ({error.strerror or type(error).__name__})"
        return _failed(provider, FileUnusable(said), link)
    except Exception as error:  # noqa: BLE001 - a doctor tells of every failure; the text may hold a key
        return Finding(provider.name, "wrong", f"failed in a way nobody foresaw ({type(error).__name__})",
                       "please report it")  # fmt: skip
    return Finding(provider.name, "ok", "answers")


def _failed(provider: Provider, error: SourceError, link: Link) -> Finding:
    advice = next(words for kind, words in _WHAT_TO_DO.items() if isinstance(error, kind))
    text = str(error).replace(link.fred_key, "***") if link.fred_key else str(error)
    return Finding(provider.name, "wrong", f"{_kind(error)}: {text}", advice)


def _kind(error: SourceError) -> str:
    words = {"BadKey": "key", "ProxyFailed": "proxy", "TLSFailed": "certificate", "ClockWrong": "clock",
             "TimedOut": "time", "Unreachable": "connection", "FileUnusable": "file"}  # fmt: skip
    return words.get(type(error).__name__, "answer")


def _guarded(name: str, look: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        yield look()
    except InputError as error:  # of a setting, without which no command lists them
        advice = f"correct it, or unset the variable or move away the file {settings.settings_file()}"
        yield Finding(name, "wrong", str(error), advice)
    except ThesisError as error:
        yield Finding(name, "wrong", str(error), "see `xl-thesis config list`")
