"""The COM server and a client that stays, both in the Windows Python; for tests and benchmarks."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.wine_python import windows_path, wine_command

CLIENT = Path(__file__).parent / "com_client.py"
CLSID = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
SERVE = (
    "import sys, os;import xlwings.utils;xlwings.utils.prepare_sys_path('False;;;;;');"
    f"import xlwings; xlwings.serve('{CLSID}')"
)


class Client:
    """Asks the server; a call is a function of the module, its arguments and how often."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, calls: Sequence[tuple[str, list[Any], int]]) -> list[dict[str, Any]]:
        """For each call the last value, and the seconds of the fastest."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(list(calls)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the client ended: " + (self._process.stderr.read() if self._process.stderr else "")
        answers: list[dict[str, Any]] = json.loads(line)
        return answers


@contextmanager
def com_client(folder: Path, home: Path) -> Iterator[Client]:
    """A client of a server that starts as the VBA starts it, with a store of its own in ``home``."""
    command, environment = wine_command(folder)
    environment = {name: value for name, value in environment.items() if not name.startswith("XL_THESIS_")}
    environment["XL_THESIS_HOME"] = windows_path(home)
    server = subprocess.Popen(
        [*command, "-B", "-c", SERVE], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    pipe = subprocess.PIPE
    client = subprocess.Popen(
        [*command, windows_path(CLIENT)], env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True,
        encoding="utf-8",
    )  # fmt: skip
    try:
        yield Client(client)
    finally:
        for process in (client, server):
            if process.stdin:
                process.stdin.close()
            process.terminate()
            process.wait(30)
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()


def prepared() -> Path | None:
    """The folder that tools/wine_python.py has filled, by ``XL_THESIS_WINE_PYTHON``; None where there is none."""
    folder = Path(os.environ.get("XL_THESIS_WINE_PYTHON", ""))
    return folder if (folder / "ready").is_file() else None
