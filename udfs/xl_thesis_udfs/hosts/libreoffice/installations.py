"""Which LibreOffice is there, and putting the extension in or out by its own installer, ``unopkg``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from xl_thesis.errors import InputError
from xl_thesis_udfs.hosts.libreoffice import package
from xl_thesis_udfs.hosts.libreoffice.descriptors import OLDEST_OFFICE

_USUAL_PLACES = {
    "linux": ("/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program", "/opt/libreoffice*/program",
              "/usr/local/lib/libreoffice/program"),
    "darwin": ("/Applications/LibreOffice*.app/Contents/MacOS",),
    "win32": ("C:/Program Files/LibreOffice*/program", "C:/Program Files (x86)/LibreOffice*/program"),
}  # fmt: skip
_OUTPUT = re.compile(r"LibreOffice (\d+)\.(\d+)")
_PATIENCE_SECONDS = 120
_SYSTEM_FOLDERS = ("/usr/bin", "/bin")
OLDEST = tuple(int(part) for part in OLDEST_OFFICE.split("."))


@dataclass(frozen=True, slots=True)
class Installation:
    """A LibreOffice: its program folder and its version, such as (25, 2)."""

    program: Path
    version: tuple[int, int]

    def __str__(self) -> str:
        return f"LibreOffice {self.version[0]}.{self.version[1]} in {self.program}"

    @property
    def is_too_old(self) -> bool:
        """Whether the extension cannot work in it."""
        return self.version < OLDEST

    @property
    def uses_the_systems_python(self) -> bool:
        """Whether it is a distribution's package; others bring a Python of their own."""
        return sys.platform == "linux" and not any(self.program.glob("python-core-*"))


def environment() -> dict[str, str]:
    """This process's environment as an office needs it.

    The system's Python looks for its library beside the first ``python3`` of the path. In an active virtual environment
    that is not its own and has no UNO, and the office says no more than ``std::bad_alloc``.
    """
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    if sys.platform == "linux":
        kept["PATH"] = os.pathsep.join([*_SYSTEM_FOLDERS, *filter(None, [kept.get("PATH")])])
    return kept


def misleading_python() -> Path | None:
    """The folder of the path whose Python an office started here would take for the system's, if there is one."""
    found = shutil.which("python3")
    if found is None or str(Path(found).parent) in _SYSTEM_FOLDERS:
        return None
    home = Path(found).parent.parent
    is_whole = (home / "pyvenv.cfg").exists() or any(home.glob("lib/python3*/os.py"))
    return Path(found).parent if is_whole else None


def find(chosen: Path | None = None, places: Iterable[str] | None = None) -> list[Installation]:
    """All that are found, the newest first; with ``chosen`` only that one.

    Raises ``InputError`` where ``chosen`` is no LibreOffice.
    """
    if chosen is not None:
        found = _read(chosen if chosen.is_dir() else chosen.resolve().parent)
        if found is None:
            raise InputError(f"{chosen} is no LibreOffice; give its program folder, or the soffice in it")
        return [found]
    on_path = shutil.which("soffice") or shutil.which("libreoffice")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for pattern in places if places is not None else _USUAL_PLACES.get(sys.platform, ()):
        root = Path(pattern).anchor
        folders += sorted(Path(root).glob(pattern.removeprefix(root)))
    every = {folder.resolve(): _read(folder) for folder in folders}
    return sorted((one for one in every.values() if one is not None), key=lambda one: one.version, reverse=True)


def choose(chosen: Path | None = None, places: Iterable[str] | None = None) -> Installation:
    """The newest LibreOffice. Raises ``InputError`` where there is none or it is too old."""
    found = find(chosen, places)
    if not found:
        raise InputError("no LibreOffice was found; install it, or give its program folder with --office")
    if found[0].is_too_old:
        raise InputError(f"{found[0]} is too old; the extension needs {OLDEST_OFFICE} or newer")
    return found[0]


def install(office: Installation, profile: str | None = None) -> str:
    """Put the extension into the user's profile, in place of an older one; what the installer said.

    Raises ``InputError`` with the installer's own words where it refuses.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / package.FILE_NAME
        path.write_bytes(package.build())
        return _unopkg(office, ["add", "--force", "--suppress-license", str(path)], profile)


def uninstall(office: Installation, profile: str | None = None) -> bool:
    """Whether there was one to take out."""
    if not is_installed(office, profile):
        return False
    _unopkg(office, ["remove", package.IDENTIFIER], profile)
    return True


def is_installed(office: Installation, profile: str | None = None) -> bool:
    """Whether the user's profile has the extension."""
    return f"Identifier: {package.IDENTIFIER}" in _unopkg(office, ["list"], profile)


def _read(folder: Path) -> Installation | None:
    """What is in a program folder; None where that is no LibreOffice.

    Its settings name the version without starting it, except the minor one, which only the program says.
    """
    program = next((path for name in ("soffice", "soffice.exe") if (path := folder / name).exists()), None)
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the user's own office
            [str(program), "--version"], env=environment(),
            capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _OUTPUT.search(done.stdout)
    return Installation(folder, (int(match[1]), int(match[2]))) if match else None


def _unopkg(office: Installation, arguments: Sequence[str], profile: str | None) -> str:
    name = "unopkg.com" if sys.platform == "win32" else "unopkg"
    command = [str(office.program / name), *arguments]
    if profile is not None:
        command.append(f"-env:UserInstallation={profile}")
    try:
        done = subprocess.run(  # noqa: S603 - the user's own office
            command, env=environment(), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise InputError(f"{office} has no unopkg, so the extension cannot be put in; install it whole") from None
    except subprocess.TimeoutExpired:
        raise InputError(f"{office} did not answer; close LibreOffice and try again") from None
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())
        if "as root" in said:
            raise InputError(f"{office} takes no extensions as root; run this as the user who works with it")
        raise InputError(f"{office} refused; close LibreOffice and try again. It says: {said}")
    return done.stdout
