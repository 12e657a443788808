"""The templates and the add-ins as files: the same bytes each time, no repair, and what each cell shows at first."""

from __future__ import annotations

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xl_thesis import artefacts
from xl_thesis.attribution import CAUSES
from xl_thesis.thesis import load_thesis, parse_thesis
from xl_thesis_udfs import edge, failures, formula
from xl_thesis_udfs.registry import FUNCTIONS
from xl_thesis_workbook import lint
from xl_thesis_workbook.definition_import import read_own_definition
from xl_thesis_workbook.definition_layout import sections
from xl_thesis_workbook.template import python_bytes

PARTS = [f"Definition {name}" for name in (*(section.title for section in sections()), "Help", "Catalogue")]
SHEETS = ["Dashboard", "Indicators", "Browser", "Score history", "Watch", "Calendar", "Status", "Errors",
          "Manual entries", "Definition",
          *PARTS, "Functions"]  # fmt: skip


@pytest.fixture
def packages(excel_files: dict[str, bytes]) -> dict[str, bytes]:
    return excel_files


@pytest.fixture(params=[artefacts.TEMPLATE, artefacts.CLASSIC])
def template(request: pytest.FixtureRequest, packages: dict[str, bytes]) -> bytes:
    return packages[request.param]


def formulas(package: bytes) -> dict[str, str]:
    """Every formula by sheet and cell, as the file holds it."""
    book = openpyxl.load_workbook(io.BytesIO(package), keep_vba=False)
    found = {}
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                text = getattr(cell.value, "text", cell.value)
                if cell.data_type == "f":
                    found[f"{sheet.title}!{cell.coordinate}"] = str(text)
    return found


def test_a_second_build_has_the_same_bytes(packages: dict[str, bytes], tmp_path: Path) -> None:
    again = {path.name: path.read_bytes() for path in artefacts.build_all(tmp_path)}
    assert again == packages


@pytest.mark.parametrize("name", artefacts.FILES)
def test_our_lint_finds_no_fault(name: str, packages: dict[str, bytes]) -> None:
    assert lint.faults(packages[name]) == []


@pytest.mark.parametrize("name", artefacts.FILES)
def test_microsoft_s_validator_finds_no_fault(
    name: str, packages: dict[str, bytes], open_xml_validator: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(packages[name])
    done = subprocess.run([open_xml_validator, str(path)], capture_output=True, text=True, timeout=300)
    assert json.loads(done.stdout)["errors"] == []


def test_the_sheets_and_their_order(template: bytes, packages: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template))
    assert book.sheetnames == SHEETS
    assert {"ThesisDay", "ThesisName", "ThesisDayInUse"} <= set(book.defined_names)
    assert book["Functions"].max_row == 5 + len(FUNCTIONS)
    for addin, names in ((artefacts.ADDIN, ["Functions"]), (artefacts.PYTHON, ["About", "xl_thesis.conf"])):
        sheets = zipfile.ZipFile(io.BytesIO(packages[addin])).read("xl/workbook.xml").decode()
        assert re.findall(r'<sheet name="([^"]+)"', sheets) == names
    assert '<sheet name="xl_thesis.conf" sheetId="2" state="veryHidden"' in sheets


def test_the_settings_of_the_add_in_keep_one_server_and_hide_no_interpreter() -> None:
    """As xlwings' VBA reads them: texts, and an empty row would hide what the user's own settings say."""
    sheet = openpyxl.load_workbook(io.BytesIO(python_bytes()))["xl_thesis.conf"]
    held = {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}
    assert held == {"ADD_WORKBOOK_TO_PYTHONPATH": "False", "USE UDF SERVER": "True", "UDF MODULES": None}


def test_every_formula_calls_known_functions_with_no_more_arguments_than_they_take(template: bytes) -> None:
    seen = set()
    for place, text in formulas(template).items():
        for name, inside in re.findall(r"\b(THESIS_\w+|DXY\w*)\(([^()]*(?:\([^()]*\)[^()]*)*)\)", text):
            assert name in FUNCTIONS, place
            given = [part for part in re.sub(r"\([^()]*\)", "", inside).split(",") if part]
            assert len(given) <= len(FUNCTIONS[name].arguments), place
            seen.add(name)
    needed = ("SCORE", "TABLE", "HISTORY", "STATUS", "INDICATOR", "SERIES")
    assert {f"THESIS_{name}" for name in needed} <= seen
    assert not any("TODAY" in text or "NOW(" in text for text in formulas(template).values())  # nothing is volatile


def test_cells_show_the_embedded_data_before_excel_calculates(template: bytes) -> None:
    shown = openpyxl.load_workbook(io.BytesIO(template), data_only=True)
    assert shown["Dashboard"]["C4"].value == edge.call(*formula.parse("=THESIS_SCORE()"))
    assert shown["Dashboard"]["A11"].value == edge.call(*formula.parse('=THESIS_TABLE("pillars")'))[1][0]
    history = edge.call(*formula.parse('=THESIS_HISTORY("score","2008-01-31",,"m")'))
    column = [row[0].value for row in shown["Score history"].iter_rows(min_row=6, max_col=1) if row[0].value]
    assert len(column) == len(history) - 1
    assert column[0].date() == history[1][0]  # shown as a date, since its column is formatted as one
    sheets = [sheet for sheet in shown if sheet.title != "Functions"]
    values = [cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert not any(isinstance(value, str) and value.startswith(("#VALUE", "#NAME", "#NUM", "#REF")) for value in values)


def test_dynamic_arrays_are_marked_and_the_classic_form_has_none(packages: dict[str, bytes]) -> None:
    for name, dynamic in ((artefacts.TEMPLATE, True), (artefacts.CLASSIC, False)):
        package = zipfile.ZipFile(io.BytesIO(packages[name]))
        sheets = [package.read(part).decode() for part in package.namelist() if re.search(r"sheet\d+\.xml$", part)]
        assert ("xl/metadata.xml" in package.namelist()) == dynamic
        assert any(' cm="1"' in sheet for sheet in sheets) == dynamic
        arrays = [match for sheet in sheets for match in re.findall(r'<f t="array" ref="([^"]+)">', sheet)]
        assert len(arrays) == 11
        assert all(":" in reference for reference in arrays if not dynamic)


@pytest.fixture
def many_failures() -> Iterator[None]:
    """As many cells that failed as are remembered."""
    failures.forget()
    for number in range(failures.KEPT):
        edge.call("THESIS_LATEST", [f"FRED:X{number}"])
    yield
    failures.forget()


def test_every_table_has_room_for_all_its_columns_and_rows(template: bytes) -> None:
    """Among them, on Status, where a series came from, and why it did not come."""
    failures.forget()  # other tests' failures would ask for rooms of their own
    shown = {"THESIS_SERIES": '"FRED:UNRATE","2006-01-01"', "THESIS_HISTORY": '"score","2008-01-31",,"m"',
             "THESIS_CHANGE": '"2026-04-22"'}  # fmt: skip
    blocks: dict[str, Any] = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(template)):
        for array in (cell.value for row in sheet.iter_rows() for cell in row if hasattr(cell.value, "ref")):
            name, words = re.match(r'=(\w+)\(("\w+")?', array.text).groups()
            table = edge.call(*formula.parse(f"={name}({shown.get(name, words)})"))
            blocks[sheet.title] = block = sheet[array.ref]
            assert len(block[0]) == len(table[0]) and len(block) >= len(table), (sheet.title, array.ref)
    assert len(blocks) == 9
    headers = {cell.value for cell in blocks["Status"][0][1:]}
    assert {"title", "last", "age_days", "source", "checked_on", "failure"} <= headers


def test_a_spilled_block_holds_no_value_outside_its_reference(packages: dict[str, bytes]) -> None:
    """A value in the way of a spill would be #SPILL! in Excel."""
    book = openpyxl.load_workbook(io.BytesIO(packages[artefacts.TEMPLATE]))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                reference = getattr(cell.value, "ref", None)
                if reference is None:
                    continue
                first, _, last = reference.partition(":")
                block = sheet[reference] if last else ((sheet[first],),)
                below = sheet.cell(block[-1][0].row + 1, cell.column)
                right = sheet.cell(cell.row, block[0][-1].column + 1)
                assert below.value is None and right.value is None, (sheet.title, reference)


def test_a_table_with_another_below_it_is_as_long_as_it_ever_gets(
    packages: dict[str, bytes], many_failures: None
) -> None:
    """A longer one would be #SPILL!; the classic form would leave its rows out."""
    most = {"THESIS_CHANGE": 1 + len(CAUSES), "THESIS_STATUS": len(edge.call("THESIS_STATUS", ["data"]))}  # type: ignore[arg-type]
    for package in (packages[artefacts.TEMPLATE], packages[artefacts.CLASSIC]):
        found = {}
        for sheet in openpyxl.load_workbook(io.BytesIO(package)):
            arrays = [cell for row in sheet.iter_rows() for cell in row if hasattr(cell.value, "ref")]
            for upper, lower in pairwise(arrays):
                name = re.match(r"=(\w+)\(", upper.value.text)[1]  # type: ignore[index]
                found[name] = upper.row + most[name]
                assert found[name] < lower.row - 1, (sheet.title, name)  # its heading stands above it
        assert set(found) == set(most)


def test_the_sheet_errors_has_room_for_every_failure_that_is_remembered(
    packages: dict[str, bytes], many_failures: None
) -> None:
    table = edge.call("THESIS_STATUS", ["errors"])
    sheet = openpyxl.load_workbook(io.BytesIO(packages[artefacts.CLASSIC]))["Errors"]
    assert isinstance(table, list) and len(sheet[sheet["A5"].value.ref]) == len(table) == failures.KEPT + 1


def test_nothing_calculates_from_a_folder_of_the_build(packages: dict[str, bytes]) -> None:
    for package in packages.values():
        members = zipfile.ZipFile(io.BytesIO(package))
        core = members.read("docProps/core.xml").decode()
        assert "xl-thesis" in core and "2026-01-01T00:00:00Z" in core
        assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in members.infolist())


def test_the_browser_lists_the_indicators(template: bytes) -> None:
    sheet: Any = openpyxl.load_workbook(io.BytesIO(template))["Browser"]
    rules = sheet.data_validations.dataValidation
    assert [rule.formula1 for rule in rules if rule.type == "list"] == ["Indicators!$A$6:$A$65"]


@pytest.mark.parametrize("name", [artefacts.TEMPLATE, artefacts.CLASSIC, artefacts.CALC])
def test_the_definition_inside_is_the_thesis_to_the_last_digit(
    name: str, excel_files: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(excel_files[name])
    thesis = load_thesis("american_exceptionalism")
    target, text = read_own_definition(path, tmp_path)
    assert target.name == "my_thesis.yaml"
    assert parse_thesis(text, target).model_copy(update={"id": thesis.id}) == thesis


def test_the_definition_comes_back_whole_from_libreoffice(
    excel_files: dict[str, bytes], office: str, tmp_path: Path
) -> None:
    source = tmp_path / "in" / artefacts.CALC
    source.parent.mkdir()
    source.write_bytes(excel_files[artefacts.CALC])
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=180)
    thesis = load_thesis("american_exceptionalism")
    target, text = read_own_definition(tmp_path / artefacts.CALC, tmp_path)
    assert parse_thesis(text, target).model_copy(update={"id": thesis.id}) == thesis


def test_the_series_of_the_browser_is_as_known_on_the_day_of_the_dashboard(template: bytes) -> None:
    (text,) = [text for place, text in formulas(template).items() if "THESIS_SERIES(" in text]
    assert text.removesuffix(")").split(",")[-1] == "ThesisDay"


@pytest.mark.parametrize(("name", "columns"), [(artefacts.TEMPLATE, "AG"), (artefacts.CLASSIC, "JK")])
def test_the_chart_of_pillars_reads_no_error_from_the_empty_room_of_a_fixed_array(
    name: str, columns: str, packages: dict[str, bytes]
) -> None:
    package = zipfile.ZipFile(io.BytesIO(packages[name]))
    charts = [package.read(part).decode() for part in package.namelist() if part.startswith("xl/charts/chart")]
    (pillars,) = [chart for chart in charts if "Points above or below 50" in chart]
    read = re.findall(r"<c:f>Dashboard!\$([A-Z])\$11:\$([A-Z])\$22</c:f>", pillars)
    assert read == [(part, part) for part in columns]
    texts = formulas(packages[name])
    if name == artefacts.CLASSIC:
        shown = openpyxl.load_workbook(io.BytesIO(packages[name]), data_only=True)["Dashboard"]
        assert texts["Dashboard!J11"] == '=IFERROR(A11,"")' and texts["Dashboard!K22"] == '=IFERROR(G22,"")'
        assert shown["J11"].value == shown["A11"].value and shown["K11"].value == shown["G11"].value
        assert not shown["J22"].value and not shown["K14"].value  # no pillar there; one whose score is withheld
