"""The template for Calc: the sheets of the Excel template, calculated by Calc itself."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.office.host import Office
from xl_thesis import artefacts
from xl_thesis_udfs import edge


@pytest.fixture(scope="session")
def template(excel_files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / artefacts.CALC
    path.write_bytes(excel_files[artefacts.CALC])
    return path


def test_its_sheets_and_formulas_are_those_of_the_excel_template(
    template: Path, excel_files: dict[str, bytes], tmp_path: Path
) -> None:
    classic = tmp_path / artefacts.CLASSIC
    classic.write_bytes(excel_files[artefacts.CLASSIC])
    ours, excels = load_workbook(template), load_workbook(classic)
    assert ours.sheetnames == excels.sheetnames
    assert ours.defined_names.keys() == excels.defined_names.keys()
    for sheet in excels:
        theirs = {cell.coordinate: content(cell.value) for row in sheet for cell in row if cell.value is not None}
        assert {cell.coordinate: content(cell.value) for row in ours[sheet.title] for cell in row
                if cell.value is not None} == theirs  # fmt: skip


def content(value: object) -> object:
    """What a cell holds; an array formula by its range and text."""
    return (value.ref, value.text) if hasattr(value, "ref") else value  # type: ignore[attr-defined]


def test_it_has_no_macros(template: Path) -> None:
    with zipfile.ZipFile(template) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]


def test_calc_calculates_its_dashboard(newer_office: Office, template: Path, tmp_path: Path) -> None:
    calc = newer_office
    calc.open("template", str(template))
    try:
        calc.formulas("template", {"Dashboard.B4": 46203.0})
        (row,) = calc.values("template", "Dashboard.C4:E4")
        assert row[0] == edge.call("THESIS_SCORE", ["2026-06-30"])
        assert row[2] == edge.call("THESIS_LABEL", ["2026-06-30"])
        saved = tmp_path / "saved.ods"
        calc.save("template", str(saved))
        calc.open("saved", str(saved))
        assert calc.values("saved", "Dashboard.C4") == [[row[0]]]
        calc.close("saved")
    finally:
        calc.close("template")


def test_new_writes_it_and_never_over_another(template: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "xl_thesis", "libreoffice", "new"]
    wrong = subprocess.run([*command, str(tmp_path / "book.ods")], capture_output=True, text=True)
    assert (wrong.returncode, "must end in .xlsx" in wrong.stderr) == (2, True)
    (tmp_path / "book.xlsx").write_text("mine")
    again = subprocess.run([*command, str(tmp_path / "book.xlsx")], capture_output=True, text=True)
    assert again.returncode == 2
    assert (tmp_path / "book.xlsx").read_text() == "mine"
