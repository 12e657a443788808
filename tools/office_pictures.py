"""A LibreOffice on a screen of its own, with toolbar, menu, dialogs and a refresh; takes pictures to look at.

    python tools/office_pictures.py FOLDER [SOFFICE]     the first picture is docs/pictures/libreoffice.png

Needs Xvfb, openbox, xdotool and ImageMagick (Debian packages xvfb, openbox, xdotool, imagemagick) and python3-uno.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "udfs"), str(ROOT / "workbook")]

from tests.office.host import QUIET, Office  # noqa: E402
from xl_thesis import artefacts  # noqa: E402
from xl_thesis_udfs.hosts.libreoffice import package  # noqa: E402

SIZE = "1440x960x24"
SETTLED = 2.5
"""Seconds after which a window has been drawn."""
MENU = ("Alt_L+F", *["Right"] * 7, *["Down"])
"""Keys to the menu before Window and Help."""


@contextmanager
def screen() -> Iterator[str]:
    """A virtual screen with a window manager; its name."""
    reading, writing = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp"],
                              pass_fds=[writing], stderr=subprocess.DEVNULL)  # fmt: skip
    display = ":" + os.read(reading, 16).decode().strip()
    manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": display}, **QUIET)
    try:
        yield display
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()


def show(office: Office, display: str, picture: Callable[[str], None]) -> None:
    """Every button once, with a picture of what it shows."""

    def press(*keys: str) -> None:
        for key in keys:
            subprocess.run(["xdotool", "key", key], env={**os.environ, "DISPLAY": display}, check=True)
            time.sleep(0.2)

    def dialog(name: str, command: str, key: str) -> None:
        office.begin("dispatch", "book", f"org.xlthesis:{command}")
        time.sleep(SETTLED)
        picture(name)
        press(key)
        office.answer()

    picture("libreoffice")
    press(*MENU)
    picture("menu")
    press("Escape", "Escape", "Escape")
    dialog("status", "status", "Return")
    office.formulas("book", {"Dashboard.B5": "no such thesis"})
    dialog("status-with-errors", "status", "Return")
    office.formulas("book", {"Dashboard.B5": ""})
    dialog("snapshot", "snapshot", "Escape")
    office.dispatch("book", "org.xlthesis:refresh")
    for number in range(1, 4):
        time.sleep(SETTLED / 2)
        picture(f"refresh-{number}")
    office.dispatch("book", "org.xlthesis:stop")
    while office.state()["Busy"]:
        time.sleep(SETTLED / 5)
    time.sleep(SETTLED)
    picture("refreshed")
    press("Return")


def main() -> None:
    out, command = Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else "soffice"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, screen() as display:
        folder = Path(temporary)
        book = folder / "thesis.xlsx"
        book.write_bytes(artefacts.excel_file(artefacts.CALC))
        extensions = package.unpack(folder / "extensions")
        office = Office(command, folder, extensions, folder / "home", visible=True, DISPLAY=display)

        def picture(name: str) -> None:
            made = ["import", "-display", display, "-window", "root", f"png8:{out / name}.png"]
            subprocess.run(made, check=True)

        try:
            office.open("book", str(book), False)
            time.sleep(2 * SETTLED)
            show(office, display, picture)
        finally:
            office.stop()


if __name__ == "__main__":
    main()
