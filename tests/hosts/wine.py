"""The COM server and a client that stays, both in the Windows Python; for tests and benchmarks."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.wine_python import ROOT, windows_path, wine_command

CLIENT = Path(__file__).parent / "com_client.py"
CLSID = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
SERVE = f"import sys, os;from xl_thesis_udfs.hosts.excel_start import serve; serve('{CLSID}', 'False;;;;;')"
"""What the command line of our VBA says; a test holds it to that."""


class Client:
    """Asks the server; a call is a function of the module, its arguments and how often."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def ask(self, calls: Sequence[tuple[str, list[Any], int]], patience: float = 200) -> list[dict[str, Any]]:
        """For each call the last value, and the seconds of the fastest."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(list(calls)).encode() + b"\n")
        self._process.stdin.flush()
        answers: list[dict[str, Any]] = json.loads(self._line(patience))
        return answers

    def _line(self, patience: float) -> bytes:
        """The next line. Wine's own server keeps the pipe open, so the end of the client is not the end of the pipe."""
        assert self._process.stdout
        pipe, line, ends = self._process.stdout.fileno(), b"", time.monotonic() + patience
        while not line.endswith(b"\n"):
            part = os.read(pipe, 1 << 20) if select.select([pipe], [], [], 0.5)[0] else b""
            line += part
            if not part and (self._process.poll() is not None or time.monotonic() > ends):
                raise AssertionError(f"no answer: {self._complaint()}")
        return line

    def _complaint(self) -> str:
        assert self._process.stderr
        pipe = self._process.stderr.fileno()
        return os.read(pipe, 1 << 20).decode(errors="replace") if select.select([pipe], [], [], 0)[0] else "no reason"


def _command(folder: Path, home: Path) -> tuple[list[str], dict[str, str]]:
    command, environment = wine_command(folder)
    environment = {name: value for name, value in environment.items() if not name.startswith("XL_THESIS_")}
    return command, {**environment, "XL_THESIS_HOME": windows_path(home)}


def run_script(folder: Path, home: Path, script: Path, *arguments: str, patience: float = 120) -> None:
    """Run a script to its end, which must be a good one."""
    command, environment = _command(folder, home)
    pipe, run = subprocess.PIPE, [*command, windows_path(script), *arguments]
    with subprocess.Popen(run, env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe) as process:
        try:
            process.wait(patience)
        finally:
            process.kill()
            said = Client(process)._complaint()
    assert process.returncode == 0, said


@contextmanager
def com_client(folder: Path, home: Path) -> Iterator[Client]:
    """A client of a server that starts as the VBA starts it, with a store of its own in ``home``."""
    command, environment = _command(folder, home)
    pipe, silent = subprocess.PIPE, subprocess.DEVNULL
    run = [*command, "-B", "-c", SERVE]
    server = subprocess.Popen(run, env=environment, stdin=silent, stdout=pipe, stderr=subprocess.STDOUT)
    run = [*command, windows_path(CLIENT)]
    client = subprocess.Popen(run, env=environment, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        yield Client(client)
    finally:
        assert client.stdin
        client.stdin.close()  # the client ends, and the server with its last one; killed, it would stay registered
        for process in (client, server):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    stream.close()


def prepared() -> Path | None:
    """The folder that tools/wine_python.py has filled, by ``XL_THESIS_WINE_PYTHON``; None where there is none.

    One that was filled for another clone would answer with that clone's code.
    """
    folder = Path(os.environ.get("XL_THESIS_WINE_PYTHON", ""))
    if not (folder / "ready").is_file():
        return None
    if windows_path(ROOT) not in (folder / "python" / "python311._pth").read_text().splitlines():
        raise AssertionError(f"{folder} was filled for another clone: run tools/wine_python.py with a new folder")
    return folder
