"""The sheets of the template at work: browse, look at the state, put another thesis in; calculated by Calc itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.office.host import Office
from xl_thesis import artefacts
from xl_thesis_udfs import edge
from xl_thesis_workbook.definition_import import read_own_definition

FIELDS = ("title", "pillar", "score", "value", "unit", "contribution", "effective_weight", "observed_on")


@pytest.fixture(scope="module")
def desk(
    newer_office: Office, excel_files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """The office with the template open."""
    newer_office.open("sheets", str(artefact(excel_files, tmp_path_factory.mktemp("sheets"))))
    yield newer_office
    newer_office.close("sheets")


def shown(value: Any) -> Any:
    """A value as Calc holds it: a day is a number."""
    return float((value - dt.date(1899, 12, 30)).days) if isinstance(value, dt.date) else value


def test_the_browser_shows_the_indicator_and_the_series_that_are_chosen(desk: Any) -> None:
    desk.formulas("sheets", {"Browser.B4": "gold_usd", "Browser.B20": "FRED:DGS10"})
    found = [row[0] for row in desk.values("sheets", f"Browser.B5:B{4 + len(FIELDS)}")]
    expected = [shown(edge.call("THESIS_INDICATOR", ["gold_usd", field])) for field in FIELDS]
    assert found == [pytest.approx(value) if isinstance(value, float) else value for value in expected]
    head, first = desk.values("sheets", "Browser.A22:B23")
    assert head == ["observed_on", "FRED:DGS10"]
    whole = edge.call("THESIS_SERIES", ["FRED:DGS10"])
    assert isinstance(whole, list) and first in [[shown(day), value] for day, value in whole[1:]]


def test_status_lists_every_series_with_its_age_its_source_and_its_failure(desk: Any) -> None:
    table = edge.call("THESIS_STATUS", ["series"])
    assert isinstance(table, list)
    assert desk.values("sheets", f"Status.A12:L{11 + len(table)}")[0] == table[0]
    rows = desk.values("sheets", f"Status.A13:G{11 + len(table)}")
    assert [row[0] for row in rows] == [row[0] for row in table[1:]]
    assert rows[-1] == [shown(value) for value in table[-1][:7]]


def test_a_definition_changed_on_its_sheet_is_what_the_dashboard_calculates_with(
    desk: Any, excel_files: dict[str, bytes], tmp_path: Path
) -> None:
    book = load_workbook(artefact(excel_files, tmp_path))
    sheet = book["Definition Pillars"]
    weight = next(cell.column for cell in sheet[5] if cell.value == "weight")
    sheet.cell(6, weight).value = 40
    book.save(tmp_path / "edited.xlsx")
    target, text = read_own_definition(tmp_path / "edited.xlsx", tmp_path)
    target.write_text(text, encoding="utf-8")
    plain = desk.values("sheets", "Dashboard.C4")[0][0]
    desk.formulas("sheets", {"Dashboard.B5": str(target)})
    assert desk.values("sheets", "Dashboard.C4") == [[edge.call("THESIS_SCORE", [None, str(target)])]]
    assert desk.values("sheets", "Dashboard.C4")[0][0] != plain


def artefact(excel_files: dict[str, bytes], folder: Path) -> Path:
    path = folder / artefacts.CALC
    path.write_bytes(excel_files[artefacts.CALC])
    return path
