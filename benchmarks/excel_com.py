"""Cells on the way to Excel: the dispatcher without COM, and, where Wine is prepared, through xlwings' real server.

Targets: through COM at most 1.2 times a trivial function for a warm score, at most 2 times a plain list of the same
size for a spilled history, and a server whose first value comes within 1.5 times `import pandas` in the same Python.
Set XL_THESIS_WINE_PYTHON to the folder of tools/wine_python.py for the COM part.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "udfs"), str(ROOT / "workbook")]
DAILY = ["FRED:DFF", "2012-10-18", "2026-06-30"]


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


def through_com(folder: Path, home: Path) -> None:
    from tests.hosts.wine import com_client
    from tools.wine_python import windows_path, wine_command

    with com_client(folder, home) as client:
        client.ask([("cell", ["THESIS_SCORE", []], 1)])  # a new store receives the embedded data
        (table,) = client.ask([("cell", ["THESIS_SERIES", DAILY], 1)])
        rows = len(table["value"])
        calls = [("one", [], 100), ("cell", ["THESIS_SCORE", []], 100)]
        calls += [("rows", [rows], 3), ("cell", ["THESIS_SERIES", DAILY], 3)]
        rounds = [[answer["seconds"] for answer in client.ask(calls)] for _ in range(5)]
        trivial, score, plain, spill = map(min, zip(*rounds, strict=True))
    print(f"COM under Wine: trivial function {trivial * 1e3:.2f} ms, {rows} plain rows {plain * 1e3:.0f} ms")
    print(f"  warm THESIS_SCORE() {score / trivial:.2f} times the trivial function (target 1.2)")
    print(f"  {rows} rows with dates {spill / plain:.2f} times a plain list of that size (target 2)")
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
