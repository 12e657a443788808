"""Filling tables by bytes: every value as given, every other byte as it was, and a file that Excel would open."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table

from tests.corpus import validator_faults as faults
from xl_thesis.errors import InputError
from xl_thesis_workbook import lint
from xl_thesis_workbook.cells import clean_text
from xl_thesis_workbook.package import Cell, Formula, fill
from xl_thesis_workbook.styles import add_styles

NASTY = [
    "=cmd|'/c calc'!A1", "=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "#REF!", "a\x07b", "\ud800", "\ufffe", "_x0041_",
    "x" * 40_000, "\r\nline", "<&>\"'", "TRUE", "2025-02-24", "'quoted",
]  # fmt: skip
SHEET = "xl/worksheets/sheet1.xml"


def skeleton_of(*tables: tuple[str, str, Sequence[str]], style: str = "Body") -> bytes:
    """A workbook with tables of one empty row, given as (name, upper left cell, headers), and a note beside them."""
    book, buffer = Workbook(), io.BytesIO()
    sheet = book.active
    add_styles(book)
    for name, corner, headers in tables:
        start = sheet[corner]
        for offset, header in enumerate(headers):
            sheet.cell(start.row, start.column + offset, header)
            sheet.cell(start.row + 1, start.column + offset).style = style
        last = get_column_letter(start.column + len(headers) - 1)
        sheet.add_table(Table(displayName=name, ref=f"{corner}:{last}{start.row + 1}"))
    sheet["J2"] = "a note"
    sheet["J9"] = "=SUM(A:A)"
    book.create_sheet("Other")["A1"] = "theirs"
    book.save(buffer)
    return buffer.getvalue()


ONE_COLUMN = skeleton_of(("T", "A1", ["x"]), style="Normal")


@pytest.fixture(scope="module")
def skeleton() -> bytes:
    return skeleton_of(("Left", "A1", ["Day", "Value"]), ("Right", "D3", ["Id", "Number", "Double"]))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def values(data: bytes, name: str) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    (sheet,) = [sheet for sheet in book.worksheets if name in sheet.tables]
    return [[cell.value for cell in row] for row in sheet[sheet.tables[name].ref][1:]]


def test_tables_side_by_side_hold_what_they_were_given(skeleton: bytes) -> None:
    left: list[list[Cell]] = [[dt.date(2024, 1, day), day / 7] for day in range(1, 30)]
    right: list[list[Cell]] = [["a", 1, Formula("2*E4", 2)], ["=b", True, None], [None, 0.1, Formula('"x"', "x")]]
    filled = fill(skeleton, {"Left": left, "right": right})
    assert values(filled, "Left") == [[45_291 + day, day / 7] for day in range(1, 30)]
    assert values(filled, "Right") == [["a", 1, "=2*E4"], ["=b", True, None], [None, 0.1, '="x"']]
    sheet = openpyxl.load_workbook(io.BytesIO(filled), data_only=True).worksheets[0]
    assert [sheet["F4"].value, sheet["F6"].value, sheet["J2"].value] == [2, "x", "a note"]
    assert {sheet.cell(row, 1).style for row in range(2, 31)} == {"Body"}
    assert sheet.dimensions == "A1:J30"
    assert lint.faults(filled) == []


def test_only_the_parts_of_the_table_differ(skeleton: bytes) -> None:
    before, after = parts(skeleton), parts(fill(skeleton, {"Left": [[None, 1.5]] * 9}))
    assert {name for name in before if before[name] != after[name]} == {SHEET, "xl/tables/table1.xml"}
    assert list(before) == list(after)


def test_the_same_rows_give_the_same_bytes(skeleton: bytes) -> None:
    rows: dict[str, list[list[Cell]]] = {"Left": [["a", 1.5], ["b", 2.5]]}
    filled = fill(skeleton, rows)
    assert filled == fill(skeleton, rows)
    assert parts(filled) == parts(fill(filled, rows))


def test_fewer_rows_leave_none_behind(skeleton: bytes) -> None:
    filled = fill(fill(skeleton, {"Left": [["a", 1.5]] * 9}), {"Left": [["b", 2.5]]})
    assert values(filled, "Left") == [["b", 2.5]]
    assert openpyxl.load_workbook(io.BytesIO(filled)).worksheets[0]["A5"].value is None


def test_a_table_without_rows_has_an_empty_one(skeleton: bytes) -> None:
    filled = fill(skeleton, {"Right": []})
    assert values(filled, "Right") == [[None, None, None]]
    assert lint.faults(filled) == []


def test_what_does_not_fit_is_refused(skeleton: bytes) -> None:
    with pytest.raises(InputError, match="no table Middle"):
        fill(skeleton, {"Middle": []})
    with pytest.raises(ValueError, match="zip"):
        fill(skeleton, {"Left": [[1.0]]})


@given(st.lists(st.floats(), min_size=1, max_size=50))
@settings(deadline=None)
def test_numbers_keep_every_digit(numbers: list[float]) -> None:
    filled = fill(ONE_COLUMN, {"T": [[value] for value in numbers]})
    cells = re.findall(rb'<c r="A(\d+)"(?:/>|><v>([^<]*)</v></c>)', parts(filled)[SHEET])
    found = {int(row): text for row, text in cells}
    for row, value in enumerate(numbers, start=2):
        is_finite = value - value == 0.0
        assert found[row] == b"" if not is_finite else struct.pack("d", float(found[row])) == struct.pack("d", value)


@pytest.mark.parametrize("text", NASTY)
def test_any_text_is_text(skeleton: bytes, text: str) -> None:
    filled = fill(skeleton, {"Left": [[text, 1.0]]})
    assert b"<f>" not in parts(filled)[SHEET].partition(b'r="J9"')[0]
    assert values(filled, "Left")[0][0] in (clean_text(text), clean_text(text).replace("_x005F_", "_"), None)
    assert lint.faults(filled) == []


def test_days_are_counted_as_the_workbook_counts_them() -> None:
    book, buffer = Workbook(), io.BytesIO()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["Day"])
    book.active.append([None])
    book.active.add_table(Table(displayName="T", ref="A1:A2"))
    book.save(buffer)
    filled = fill(buffer.getvalue(), {"T": [[dt.date(2024, 2, 29)]]})
    assert b"<v>43889</v>" in parts(filled)[SHEET]


def test_microsofts_validator_finds_nothing(skeleton: bytes, tmp_path: Path, open_xml_validator: str) -> None:
    path = tmp_path / "filled.xlsx"
    rows: list[list[Cell]] = [[text, Formula("1+1", 2)] for text in NASTY]
    path.write_bytes(fill(skeleton, {"Left": rows, "Right": [["a", 1.5, None]]}))
    known = tmp_path / "skeleton.xlsx"
    known.write_bytes(skeleton)
    assert set(faults(open_xml_validator, path)) <= set(faults(open_xml_validator, known))


def test_libreoffice_reads_what_was_written(skeleton: bytes, tmp_path: Path, office: str) -> None:
    path = tmp_path / "filled.xlsx"
    path.write_bytes(fill(skeleton, {"Left": [["=a", 0.1], ["b,c", 2.5]]}))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run([office, profile, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), str(path)],
                   check=True, capture_output=True, timeout=120)  # fmt: skip
    lines = (tmp_path / "filled.csv").read_text().splitlines()
    assert lines[1:3] == ["=a,0.1,,,,,,,,a note", '"b,c",2.5,,Id,Number,Double,,,,']
