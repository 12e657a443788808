"""Run by the Windows Python: the commands ``install``, ``status`` and ``uninstall`` on Windows' own files.

At first without Excel; then where Excel keeps its add-ins is told to xlwings' installer, which would start it to ask.
The first argument is the folder of the built add-ins, the second the file for one JSON object: each command's exit code
and words.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path

import win32con
import win32file
import xlwings.cli

from xl_thesis import artefacts
from xl_thesis.cli import main as command_line
from xl_thesis_udfs.hosts import excel_install


def command(*words: str) -> list[object]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            command_line(list(words))
            code: object = 0
        except SystemExit as left:
            code = left.code or 0
    return [code, said.getvalue()]


@contextlib.contextmanager
def held_open(path: Path):
    """As Excel holds a file: others may read it, nobody may write or delete it."""
    handle = win32file.CreateFile(
        str(path), win32con.GENERIC_READ, win32con.FILE_SHARE_READ, None, win32con.OPEN_EXISTING, 0, None
    )
    try:
        yield
    finally:
        handle.Close()


def main() -> None:
    artefacts.BUILT = Path(sys.argv[1])
    start = Path(os.environ["APPDATA"]) / "Microsoft" / "Excel" / "XLSTART"
    start.mkdir(parents=True, exist_ok=True)
    targets, settings = [start / name for name in excel_install.ADDINS], excel_install.config_file()
    for target in targets:
        target.unlink(missing_ok=True)
    settings.unlink(missing_ok=True)
    if settings.parent.is_file():  # left by a run that broke off
        settings.parent.unlink()
    absent = [command("install"), command("uninstall")]
    targets[0].write_bytes(b"left by an Excel that is gone")
    absent += [command("uninstall"), [targets[0].exists(), settings.exists()]]
    xlwings.cli.get_addin_dir = lambda *_: str(start)
    found = {"absent": absent, "before": command("status"), "install": command("install")}
    found["status"] = command("status", "--json")
    found["setting"] = settings.read_text(encoding="mbcs")
    found["python"] = sys.executable
    for target in targets:
        target.write_bytes(b"an older version")
    with held_open(targets[1]):
        found["held"] = command("install")
        found["held status"] = command("status")
        found["kept"] = [target.read_bytes().decode() for target in targets]
        found["held uninstall"] = command("uninstall")
    kept = settings.read_bytes()
    settings.unlink()
    settings.parent.rmdir()
    settings.parent.write_bytes(b"a file of that name")
    found["no setting"] = [*command("install"), *(target.read_bytes().decode() for target in targets)]
    settings.parent.unlink()
    settings.parent.mkdir()
    settings.write_bytes(kept)
    found["upgrade"] = command("install")
    found["same"] = [target.read_bytes() == (artefacts.BUILT / target.name).read_bytes() for target in targets]
    found["uninstall"] = command("uninstall")
    found["left"] = [str(path) for path in (*targets, settings, settings.parent) if path.exists()]
    found["again"] = command("uninstall")
    Path(sys.argv[2]).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
