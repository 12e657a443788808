"""LibreOffice: 10,000 THESIS_SCORE cells against 10,000 of a trivial add-in, and the start with the first value.

    XL_THESIS_NEWER_OFFICE=.../soffice python benchmarks/libreoffice.py

Ratios within one run. The trivial add-in is made here from the same parts, with a function that returns 1. A bare start
is one without any extension, to the value of =1+1; starts alternate, each in a profile that was used before.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "udfs"), str(ROOT / "workbook")]

from tests.office.host import Office, has_uno  # noqa: E402
from xl_thesis_udfs.hosts.libreoffice import package  # noqa: E402

CELLS, DAYS, ROUNDS, STARTS = 10_000, 250, 5, 5
COLUMNS = 10
TRIVIAL = """
import unohelper
from com.sun.star.lang import XServiceInfo, XServiceName, Locale
from com.sun.star.sheet import XAddIn
from org.trivial import XTrivial
NAME = "org.trivial.One"
class One(unohelper.Base, XAddIn, XServiceName, XServiceInfo, XTrivial):
    def __init__(self, context): self.locale = Locale("en", "US", "")
    def trivialOne(self, a0): return 1.0
    def getProgrammaticFuntionName(self, name): return "trivialOne"
    def getDisplayFunctionName(self, name): return "TRIVIAL_ONE"
    def getFunctionDescription(self, name): return ""
    def getDisplayArgumentName(self, name, position): return "a"
    def getArgumentDescription(self, name, position): return ""
    def getProgrammaticCategoryName(self, name): return "Add-In"
    def getDisplayCategoryName(self, name): return "Add-In"
    def setLocale(self, locale): self.locale = locale
    def getLocale(self): return self.locale
    def getServiceName(self): return NAME
    def getImplementationName(self): return NAME
    def supportsService(self, name): return name in self.getSupportedServiceNames()
    def getSupportedServiceNames(self): return (NAME, "com.sun.star.sheet.AddIn")
g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(One, NAME, (NAME, "com.sun.star.sheet.AddIn"))
"""
TYPES = "module org { module trivial { interface XTrivial { any trivialOne([in] any a0); }; }; };"


def unpack_trivial(folder: Path) -> None:
    kinds = {"types.idl": "typelibrary;type=RDB", "one.py": "component;type=Python"}
    entries = "".join(
        f'<m:file-entry m:full-path="{name}" m:media-type="application/vnd.sun.star.uno-{kind}"/>'
        for name, kind in kinds.items()
    )
    manifest = f'<m:manifest xmlns:m="http://openoffice.org/2001/manifest">{entries}</m:manifest>'
    files = {"types.idl": TYPES, "one.py": TRIVIAL, "META-INF/manifest.xml": manifest}
    for name, text in files.items():
        path = folder / "trivial" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def recalculation(office: Office, name: str, function: str) -> float:
    """Median seconds of a hard recalculation, each after a pause in which kept answers grow old."""
    office.open(name)
    days = [[float(46203 - number)] for number in range(DAYS)]
    office.fill(name, f"A1:A{DAYS}", days)
    rows = CELLS // COLUMNS
    letters = [chr(ord("B") + column) for column in range(COLUMNS)]
    formulas = [[f"={function}($A${1 + row % DAYS})" for _ in letters] for row in range(rows)]
    office.fill(name, f"B1:{letters[-1]}{rows}", formulas)
    office.calculate(name)
    seconds = []
    for _ in range(ROUNDS):
        time.sleep(1.2)
        seconds.append(office.calculate(name))
    office.close(name)
    return statistics.median(seconds)


def first_value(command: str, folder: Path, bundled: Path | None, home: Path, formula: str) -> float:
    """Seconds from the start of the office to the value of a first cell."""
    start = time.perf_counter()
    office = Office(command, folder, bundled, home)
    try:
        office.open("first")
        office.formulas("first", {"A1": formula})
        office.values("first", "A1")
        return time.perf_counter() - start
    finally:
        office.stop()


def starts(command: str, folder: Path, bundled: Path, home: Path) -> tuple[float, float]:
    """Median seconds of a bare start, and of one with a first value of ours; the first of each makes its profile."""
    pairs = [
        (
            first_value(command, folder / "bare", None, home, "=1+1"),
            first_value(command, folder / "ours", bundled, home, "=THESIS_SCORE()"),
        )
        for _ in range(STARTS + 1)
    ]
    bare, live = zip(*pairs[1:], strict=True)
    return statistics.median(bare), statistics.median(live)


def main() -> None:
    command = os.environ.get("XL_THESIS_NEWER_OFFICE") or shutil.which("soffice")
    if command is None or not has_uno():
        print("libreoffice: no LibreOffice with UNO for Python is here")
        return
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled once, as pip leaves it
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        bundled = package.unpack(folder / "extensions")
        unpack_trivial(bundled)
        office = Office(command, folder / "one", bundled, folder / "home")
        try:
            ours = recalculation(office, "ours", "THESIS_SCORE")
            trivial = recalculation(office, "trivial", "TRIVIAL_ONE")
        finally:
            office.stop()
        bare, live = starts(command, folder, package.unpack(folder / "ours alone"), folder / "home")
    print(json.dumps({
        "office": command, "cells": CELLS, "distinct days": DAYS,
        "THESIS_SCORE s": round(ours, 3), "trivial add-in s": round(trivial, 3),
        "ratio (at most 2.5)": round(ours / trivial, 2), "start s": round(bare, 2),
        "start and first value s": round(live, 2), "over a bare start s (at most 1)": round(live - bare, 2),
    }, indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
