"""Cells on the way to Excel: the dispatcher without COM, and, where Wine is prepared, through xlwings' real server.

Targets: through COM at most 1.2 times a trivial function for a warm score, at most 2 times a plain list of the same
size for a spilled history, and a server whose first value comes within 1.5 times `import pandas` in the same Python.
Set XL_THESIS_WINE_PYTHON to the folder of tools/wine_python.py for the COM part.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "udfs"), str(ROOT / "workbook")]
if TYPE_CHECKING:
    from tests.hosts.wine import Client

DAILY = ["FRED:DFF", "2012-10-18", "2026-06-30"]
ROUNDS = 5
WINE_LINGERS = 5  # seconds, after its last program


def direct() -> None:
    from xl_thesis_udfs.hosts import excel_com

    def best(repeat: int, call) -> float:
        call()
        times = []
        for _ in range(repeat):
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
        return min(times)

    score = best(2000, lambda: excel_com.cell("THESIS_SCORE", ()))
    table = best(5, lambda: excel_com.cell("THESIS_SERIES", DAILY))
    rows = len(excel_com.cell("THESIS_SERIES", DAILY))
    print(f"dispatcher, without COM: warm THESIS_SCORE() {score * 1e6:.1f} us, {rows} rows {table * 1e3:.1f} ms")


def warm_score(client: Client, processors: int) -> None:
    """A trivial function and a warm score in turn, call by call, so that both meet the same moments of the machine.

    The fastest of many calls one after the other is no measure here: it is the one that no processor had to be woken
    for, and a trivial function that is called alone meets it more often.
    """
    calls = [("one", [], 1), ("cell", ["THESIS_SCORE", []], 1)]
    client.ask(calls * 100)  # a new store receives the embedded data
    trivials, ratios = [], []
    for _ in range(ROUNDS):
        seconds = [answer["seconds"] for answer in client.ask(calls * 250)]
        trivial, score = statistics.median(seconds[::2]), statistics.median(seconds[1::2])
        trivials.append(trivial)
        ratios.append(score / trivial)
    usual, ratio = statistics.median(trivials), statistics.median(ratios)
    print(f"COM under Wine on {processors} processor{'s' * (processors > 1)}: trivial function {usual * 1e3:.2f} ms")
    between = f"{min(ratios):.2f} to {max(ratios):.2f} in {ROUNDS} rounds"
    print(f"  warm THESIS_SCORE() {ratio:.2f} times the trivial function, {between} (target 1.2)")


def spilled_history(client: Client) -> None:
    (table,) = client.ask([("cell", ["THESIS_SERIES", DAILY], 1)])
    rows = len(table["value"])
    calls = [("rows", [rows], 3), ("cell", ["THESIS_SERIES", DAILY], 3)]
    rounds = [[answer["seconds"] for answer in client.ask(calls)] for _ in range(5)]
    plain, spill = map(min, zip(*rounds, strict=True))
    print(f"COM under Wine: {rows} plain rows {plain * 1e3:.0f} ms")
    print(f"  {rows} rows with dates {spill / plain:.2f} times a plain list of that size (target 2)")


@contextmanager
def on_processors(chosen: set[int]) -> Iterator[None]:
    """What is started in the block runs on these processors; Wine's own server too, once the one before has ended."""
    time.sleep(WINE_LINGERS)
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, chosen)
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)


def through_com(folder: Path, home: Path) -> None:
    from tests.hosts.wine import com_client
    from tools.wine_python import windows_path, wine_command

    every = os.sched_getaffinity(0)
    with on_processors({min(every)}), com_client(folder, home) as client:
        warm_score(client, 1)
    with on_processors(every), com_client(folder, home) as client:
        warm_score(client, len(every))
        spilled_history(client)
    command, environment = wine_command(folder)
    environment["XL_THESIS_HOME"] = windows_path(home)

    def seconds_of(code: str) -> float:
        began, run = time.perf_counter(), [*command, "-c", code]
        pipe, silent = subprocess.PIPE, subprocess.DEVNULL
        with subprocess.Popen(run, env=environment, stdin=silent, stdout=pipe, stderr=subprocess.STDOUT) as done:
            assert done.wait(120) == 0  # its pipe may stay open longer, in the hands of Wine's own server
        return time.perf_counter() - began

    def first_value() -> float:
        began = time.perf_counter()
        with com_client(folder, home) as client:
            client.ask([("cell", ["THESIS_SCORE", []], 1)])
            return time.perf_counter() - began

    modules = "import xlwings.com_server; from xl_thesis_udfs.hosts import excel_com, excel_start"
    seconds_of(f"{modules}; excel_com.cell('THESIS_SCORE', ())")  # compiled once, as pip does it
    imports, firsts = [], []
    for _ in range(2):
        imports.append(seconds_of("import pandas"))
        firsts.append(first_value())
    ratio = min(firsts) / min(imports)
    print(f"  server start to first value {min(firsts):.1f} s, {ratio:.2f} times `import pandas` (target 1.5)")


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["XL_THESIS_HOME"] = home
        direct()
        folder = Path(os.environ.get("XL_THESIS_WINE_PYTHON", ""))
        if (folder / "ready").is_file():
            through_com(folder, Path(home) / "wine")
        else:
            print("COM under Wine: not measured, since XL_THESIS_WINE_PYTHON names no Windows Python")


if __name__ == "__main__":
    main()
