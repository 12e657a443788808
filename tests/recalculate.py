"""A workbook computed again by programs that nobody here wrote, after every cached value was spoilt."""

from __future__ import annotations

import functools
import io
import re
import subprocess
import tempfile
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import ironcalc
import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import to_excel

POISON = "-987654"
IRONCALC = 3e-9  # its normal distribution is right to 2.5e-11, of which a score is a hundredfold
Cells = dict[tuple[str, str], Any]
_FORMULA = re.compile(
    rb'(<c r="[A-Z]+\d+"(?: s="\d+")?)(?: t="(?:str|e|b)")?>(<f(?: [^>]*)?(?:/>|>[^<]*</f>))(?:<v>[^<]*</v>|<v ?/>)?'
)
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@functools.lru_cache(maxsize=4)
def opened(data: bytes, data_only: bool = False) -> openpyxl.Workbook:
    """The workbook, to be read and never written to: opening one takes seconds, and many tests ask the same one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only)


@functools.lru_cache(maxsize=4)
def poisoned(data: bytes) -> bytes:
    """The workbook with a wrong number as the value of every formula."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = _FORMULA.sub(rb"\1>\2<v>" + POISON.encode() + b"</v>", content)
            copy.writestr(name, content)
    return target.getvalue()


def formulas(data: bytes) -> dict[tuple[str, str], str]:
    """Every formula by sheet and cell."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in opened(data).worksheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    }  # fmt: skip


def values(data: bytes, places: Iterable[tuple[str, str]]) -> Cells:
    """What the file says of these cells; days as numbers, nothing as an empty text."""
    book = opened(data, data_only=True)
    return {(sheet, place): _plain(book[sheet][place].value) for sheet, place in places}


def by_ironcalc(
    data: bytes, places: Iterable[tuple[str, str]], changes: Mapping[tuple[str, str], float | None] | None = None
) -> Cells:
    """What IronCalc computes for these cells, after inputs were changed, or emptied with None."""
    names = opened(data).sheetnames
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(poisoned(data))
        model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
    for (sheet, place), value in (changes or {}).items():
        model.set_user_input(names.index(sheet), *coordinate_to_tuple(place), "" if value is None else repr(value))
    model.evaluate()
    found = {}
    for sheet, place in places:
        found[sheet, place] = _plain(model.get_cell_value(names.index(sheet), *coordinate_to_tuple(place)))
    return found


def by_libreoffice(office: str, books: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """The workbooks, each computed anew by LibreOffice, in one start."""
    profile, source, target = folder / "profile", folder / "source", folder / "target"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    source.mkdir()
    for name, data in books.items():
        (source / f"{name}.xlsx").write_bytes(poisoned(data))
    subprocess.run(
        [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(target), *(str(path) for path in sorted(source.iterdir()))],
        check=True, capture_output=True, timeout=400,
    )  # fmt: skip
    return {name: (target / f"{name}.xlsx").read_bytes() for name in books}


def differences(expected: Cells, found: Cells, tolerance: float = 1e-9) -> list[str]:
    """One line for each cell that is not as expected."""
    return [
        f"{place}: {want!r} expected, {found[place]!r} found"
        for place, want in expected.items() if not _agree(want, found[place], tolerance)
    ]  # fmt: skip


def _agree(want: Any, got: Any, tolerance: float) -> bool:
    if isinstance(want, (int, float)) and isinstance(got, (int, float)):
        return abs(want - got) <= tolerance
    return bool(want == got)


def _plain(value: Any) -> Any:
    if hasattr(value, "year"):
        return to_excel(value)
    return "" if value is None else value
