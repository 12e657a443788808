"""The template for Calc: the sheets of the Excel template, calculated by Calc itself."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.office.host import Office
from tests.office.test_extension import office_at
from xl_thesis import artefacts
from xl_thesis.errors import InputError
from xl_thesis_udfs import edge
from xl_thesis_udfs.hosts.libreoffice import conversion, installations


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


def as_ods(command: str, excel_files: dict[str, bytes], path: Path) -> Path:
    path.write_bytes(conversion.as_ods(installations.choose(Path(command)), excel_files[artefacts.CALC]))
    return path


@pytest.fixture(scope="session")
def own_format(calc_command: str, excel_files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as .ods, from each version."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XL_THESIS_HOME", str(tmp_path_factory.getbasetemp() / "home"))
        return as_ods(calc_command, excel_files, tmp_path_factory.mktemp("own") / "book.ods")


def test_the_ods_is_equal_in_content(calc: Office, template: Path, own_format: Path) -> None:
    """Formulas, what cells show, charts and names, as Calc reads them from either file."""
    calc.open("xlsx", str(template))
    calc.open("ods", str(own_format))
    try:
        first, second = calc.content("xlsx"), calc.content("ods")
        assert list(second["sheets"]) == load_workbook(template).sheetnames
        assert {"ThesisDay", "ThesisName"} <= second["names"].keys()
        for title, sheet in first["sheets"].items():
            assert second["sheets"][title] == sheet, title
        assert second == first
        assert sum(sheet["charts"] for sheet in second["sheets"].values()) == 3
    finally:
        calc.close("ods")
        calc.close("xlsx")


def test_the_charts_are_drawn_as_in_excel(own_format: Path, excel_files: dict[str, bytes]) -> None:
    """Calc would draw #N/A at 0, and bars that are to be inverted to the wrong side."""
    with zipfile.ZipFile(own_format) as archive:
        parts = [name for name in archive.namelist() if re.match(r"Object \d+/content.xml", name)]
        charts = [archive.read(name).decode() for name in parts]
    lines = [chart for chart in charts if 'chart:class="chart:line"' in chart]
    assert len(lines) == 2
    assert all('chart:treat-empty-cells="ignore"' in chart for chart in lines)
    with zipfile.ZipFile(io.BytesIO(excel_files[artefacts.CALC])) as archive:
        drawn = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("xl/charts/"))
    assert b'<c:invertIfNegative val="1"/>' not in drawn


def test_the_ods_calculates(calc: Office, own_format: Path) -> None:
    calc.open("ods", str(own_format))
    try:
        assert calc.values("ods", "Dashboard.C4") == [[edge.call("THESIS_SCORE", [])]]
        calc.formulas("ods", {"Dashboard.B4": 46203.0})
        assert calc.values("ods", "Dashboard.C4") == [[edge.call("THESIS_SCORE", ["2026-06-30"])]]
    finally:
        calc.close("ods")


def test_the_newer_calculates_what_the_older_wrote(
    office: str, newer_office: Office, excel_files: dict[str, bytes], tmp_path: Path
) -> None:
    """Before 25.2 an .ods has the names that people type; from then on those of the interface."""
    newer_office.open("old", str(as_ods(office, excel_files, tmp_path / "old.ods")))
    try:
        newer_office.formulas("old", {"Dashboard.B4": 46203.0})
        assert newer_office.values("old", "Dashboard.C4") == [[edge.call("THESIS_SCORE", ["2026-06-30"])]]
    finally:
        newer_office.close("old")


def test_an_office_that_cannot_write_it_says_so(tmp_path: Path) -> None:
    silent = office_at(tmp_path / "silent", "LibreOffice 25.2.3.2")
    with pytest.raises(InputError, match="did not write the workbook"):
        conversion.as_ods(installations.choose(silent), b"")
    without = office_at(tmp_path / "without", "LibreOffice 25.2.3.2")
    lost = tmp_path / "lost.ods"
    with zipfile.ZipFile(lost, "w") as archive:
        archive.writestr("content.xml", '<x table:formula="of:=thesis_score()"/>')
    (without / "soffice").write_text(f"""#!/bin/sh
if [ $# -eq 1 ]; then echo LibreOffice 25.2.3.2; else cp '{lost}' "$8/workbook.ods"; fi
""")
    with pytest.raises(InputError, match="install python3-uno"):
        conversion.as_ods(installations.choose(without), b"")


def test_calc_calculates_its_dashboard(calc: Office, template: Path, tmp_path: Path) -> None:
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


def test_new_writes_it_and_never_over_another(office: str, tmp_path: Path) -> None:
    def new(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "xl_thesis", "new", str(tmp_path / name)]
        return subprocess.run(command, capture_output=True, text=True)

    first = new("book.ods")
    assert first.returncode == 0, first.stderr
    with zipfile.ZipFile(tmp_path / "book.ods") as archive:
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
    before = (tmp_path / "book.ods").read_bytes()
    again = new("book.ods")
    assert (again.returncode, "--force" in again.stderr) == (2, True)
    assert (tmp_path / "book.ods").read_bytes() == before
