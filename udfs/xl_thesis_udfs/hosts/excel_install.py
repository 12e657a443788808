"""Putting the add-ins into Excel and taking them out again, without administrator's rights, on Windows.

Installed are two add-ins in the user's XLSTART folder, by xlwings' own installer, a line in the user's settings that
says which Python answers, and nothing else. The library that xlwings needs lies beside that Python.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import struct
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xl_thesis.errors import InputError
from xl_thesis.files import put_file
from xl_thesis_udfs.hosts.xlwings_vba import PROJECT, library_names, version

ADDINS = (f"{PROJECT}_python.xlam", f"{PROJECT}.xlam")
"""The add-in that reaches Python, and the one with functions and ribbon, which needs it."""
INTERPRETER = "INTERPRETER_WIN"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be right, whether it is, and a sentence that says what was found or what to do."""

    name: str
    ok: bool
    sentence: str


def require_windows() -> None:
    """Raises ``InputError`` on another system."""
    if sys.platform != "win32":
        raise InputError(
            "Excel calls Python only on Windows, so there is nothing to install here; `xl-thesis snapshot` writes"
            " workbooks and `xl-thesis call` evaluates cell functions on every system"
        )


def install(addins: Mapping[str, bytes]) -> list[Check]:
    """Install the add-ins, by name, and the setting, and look at the result.

    Raises ``InputError`` where the library or Excel is missing, where Excel holds an old add-in open, where a file
    cannot be written, or where Excel's VBA could not read the path of this Python; both old ones then stay.
    """
    require_windows()
    library = _library()
    if not library.ok:
        raise InputError(library.sentence)
    start = start_folder()
    try:
        with _all_or_nothing(start, addins):
            for name, content in addins.items():
                _put(start, name, content)
            write_setting(config_file(), INTERPRETER, sys.executable)
    except OSError as error:
        raise InputError(f"the add-ins cannot be installed ({error.strerror or type(error).__name__})") from None
    return checks(addins)


@contextlib.contextmanager
def _all_or_nothing(start: Path, names: Iterable[str]) -> Iterator[None]:
    """Add-ins that a block has changed, perhaps only begun to, are as they were where it fails or is interrupted.

    Where that is not possible either, they are of two versions, and ``checks`` says so.
    """
    before = {name: _content(start / name) for name in names}
    try:
        yield
    except BaseException:
        for name, content in before.items():
            if _content(start / name) != content:
                with contextlib.suppress(InputError, OSError):
                    _remove(start / name) if content is None else _put(start, name, content)
        raise


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _put(start: Path, name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / name
        source.write_bytes(content)
        with _quiet() as said:
            _xlwings("_addin_install", str(source))
    if not (start / name).exists() or (start / name).read_bytes() != content:
        words = " ".join(said.getvalue().split())
        reason = "Excel holds the old one open" if "Excel is running" in words else words or "it could not be copied"
        raise InputError(f"{name} was not installed: {reason}. Close Excel and run `xl-thesis install` again.")


def uninstall() -> list[Path]:
    """Take out the add-ins and our line of the settings, also where Excel itself is gone; return what was removed.

    Raises ``InputError`` where Excel holds an add-in open. The one that needs the other goes first, so functions are
    never left without their way to Python.
    """
    require_windows()
    removed = []
    for target in reversed(_addins_found()):
        _remove(target)
        if target.exists():
            raise InputError(f"'{target}' is still there: close Excel and run `xl-thesis uninstall` again")
        removed.append(target)
    if remove_setting(config_file(), INTERPRETER):
        removed.append(config_file())
    return removed


def checks(addins: Mapping[str, bytes]) -> list[Check]:
    """What an installation needs, each with what was found."""
    require_windows()
    return [_python(), _library(), _setting(config_file()), *_addins(addins)]


def config_file() -> Path:
    """The user's settings that our VBA reads."""
    return Path(os.environ.get("USERPROFILE") or Path.home()) / f".{PROJECT}" / f"{PROJECT}.conf"


def start_folder() -> Path:
    """Where the add-ins are, or would be: Excel's own start folder of the user.

    Raises ``InputError`` where they are not in the usual one and there is no Excel to ask.
    """
    roaming = os.environ.get("APPDATA")
    folder = Path(roaming) / "Microsoft" / "Excel" / "XLSTART" if roaming else None
    if folder is not None and any((folder / name).exists() for name in ADDINS):
        return folder
    return Path(str(_xlwings("get_addin_dir", False)))


def _remove(target: Path) -> None:
    try:
        with _quiet():
            _xlwings("_addin_remove", target.name, False)
    except InputError:  # no Excel that could hold it open
        with contextlib.suppress(OSError):
            target.unlink()


def _addins_found() -> list[Path]:
    try:
        start = start_folder()
    except InputError:
        return []
    return [start / name for name in ADDINS if (start / name).exists()]


def read_settings(path: Path) -> dict[str, str]:
    """The settings as name and value; none where there is no file."""
    if not path.exists():
        return {}
    lines = csv.reader(io.StringIO(path.read_text(encoding=_encoding(), errors="replace")))
    return {line[0]: line[1] for line in lines if len(line) == 2}


def write_setting(path: Path, name: str, value: str) -> None:
    """Set one line and keep the others.

    Raises ``InputError`` where Excel could not read the value, or the file cannot be written.
    """
    try:
        value.encode(_encoding())
    except UnicodeEncodeError:
        reason = "has characters that Excel's VBA cannot read; use a Python in another folder"
        raise InputError(f"'{value}' {reason}") from None
    with _said_of(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _save(path, {**read_settings(path), name: value})


def remove_setting(path: Path, name: str) -> bool:
    """Take out one line, and the file and its folder once they are empty; whether there was one.

    Raises ``InputError`` where the file cannot be written.
    """
    with _said_of(path):
        settings = read_settings(path)
        if name not in settings:
            return False
        del settings[name]
        if settings:
            _save(path, settings)
            return True
        path.unlink()
    with contextlib.suppress(OSError):  # the user keeps something else there
        path.parent.rmdir()
    return True


def _save(path: Path, settings: dict[str, str]) -> None:
    lines = (f'"{name}","{value}"{os.linesep}' for name, value in settings.items())
    put_file(path, "".join(lines).encode(_encoding()), force=True, backup=False)


@contextlib.contextmanager
def _said_of(path: Path) -> Iterator[None]:
    """Raises ``InputError`` that names the settings file where the system refuses it."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"the setting cannot be written to '{path}' ({reason})") from None


def _encoding() -> str:
    return "mbcs" if sys.platform == "win32" else "cp1252"


def _python() -> Check:
    bits = struct.calcsize("P") * 8
    return Check("Python", True, f"{sys.executable}, {bits} bits")


def _library() -> Check:
    """Office may have 32 bits and Python 64: both libraries come with xlwings, beside the Python or one folder up."""
    folders = (Path(sys.executable).parent, Path(sys.executable).parent.parent, Path(sys.prefix))
    missing = [name for name in library_names() if not any((folder / name).exists() for folder in folders)]
    if missing:
        words = f"{missing[0]} is not beside {sys.executable}: run `pip install --force-reinstall xlwings=={version()}`"
        return Check("xlwings library", False, words)
    return Check("xlwings library", True, f"version {version()}")


def _setting(path: Path) -> Check:
    chosen = read_settings(path).get(INTERPRETER)
    if chosen is None:
        return Check("setting", False, f"{path} names no Python: run `xl-thesis install`")
    if not Path(chosen).exists():
        return Check("setting", False, f"{chosen}, which {path} names, is gone: run `xl-thesis install`")
    return Check("setting", True, f"{path} names {chosen}")


def _addins(addins: Mapping[str, bytes]) -> Iterator[Check]:
    try:
        start = start_folder()
    except InputError as error:
        yield Check("add-ins", False, str(error))
        return
    for name, content in addins.items():
        target = start / name
        if not target.exists():
            yield Check(name, False, f"{target} is not there: run `xl-thesis install`")
        elif target.read_bytes() != content:
            yield Check(name, False, f"{target} is of another version: close Excel and run `xl-thesis install`")
        else:
            yield Check(name, True, str(target))


def _xlwings(function: str, *arguments: object) -> object:
    """A function of xlwings' installer, which the command ``xlwings addin`` calls.

    Raises ``InputError`` where it cannot: it asks Excel for its folders.
    """
    from xlwings import cli

    try:
        return getattr(cli, function)(*arguments)
    except OSError as error:
        raise InputError(f"Excel's start folder cannot be used ({error.strerror or error})") from None
    except Exception as error:  # noqa: BLE001 - without Excel, Windows raises what its COM gives
        raise InputError(f"Excel does not start ({type(error).__name__}): is it installed?") from None


@contextlib.contextmanager
def _quiet() -> Iterator[io.StringIO]:
    """xlwings' installer prints what went wrong instead of raising it."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        yield said
