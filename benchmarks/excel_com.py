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
    from tools.wine_python import wine_command

    with com_client(folder, home) as client:
        client.ask([("cell", ["THESIS_SCORE", []], 1)])
        calls = [("one", [], 300), ("cell", ["THESIS_SCORE", []], 300), ("cell", ["THESIS_SERIES", DAILY], 3)]
        trivial, score, table = client.ask(calls)
        rows = len(table["value"])
        (plain,) = client.ask([("rows", [rows], 3)])
    print(f"COM under Wine: trivial function {trivial['seconds'] * 1e3:.2f} ms")
    print(f"  warm THESIS_SCORE() {score['seconds'] / trivial['seconds']:.2f} times that (target 1.2)")
    print(f"  {rows} rows {table['seconds'] / plain['seconds']:.2f} times a plain list of that size (target 2)")
    command, environment = wine_command(folder)
    environment["XL_THESIS_HOME"] = "Z:" + str(home).replace("/", "\\")
    began = time.perf_counter()
    run = [*command, "-B", "-c", "import pandas"]
    pipe, silent = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(run, env=environment, stdin=silent, stdout=pipe, stderr=subprocess.STDOUT) as done:
        assert done.wait(120) == 0  # its pipe may stay open longer, in the hands of Wine's own server
    pandas = time.perf_counter() - began
    began = time.perf_counter()
    with com_client(folder, home) as client:
        client.ask([("cell", ["THESIS_SCORE", []], 1)])
        first = time.perf_counter() - began
    print(f"  server start to first value {first:.1f} s, {first / pandas:.2f} times `import pandas` (target 1.5)")


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
