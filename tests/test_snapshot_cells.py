"""Values as cells: every number with all its digits, any text as text."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from tests.snapshots import NASTY
from xl_thesis_workbook import lint
from xl_thesis_workbook.cells import clean_text, put
from xl_thesis_workbook.measure import lines_of
from xl_thesis_workbook.tables import table_names


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_survive_the_file(value: float) -> None:
    book, buffer = Workbook(), io.BytesIO()
    put(book.active, 1, 1, value)
    book.save(buffer)
    with zipfile.ZipFile(buffer) as package:
        (written,) = re.findall(r"<v>([^<]*)</v>", package.read("xl/worksheets/sheet1.xml").decode())
    assert struct.pack("d", float(written)) == struct.pack("d", value)
    assert openpyxl.load_workbook(buffer).active["A1"].value == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), np.nan])
def test_a_number_that_is_not_one_is_an_empty_cell(value: float) -> None:
    sheet = Workbook().active
    assert put(sheet, 1, 1, value).value is None


def test_a_date_that_the_format_cannot_hold_is_text() -> None:
    sheet = Workbook().active
    assert put(sheet, 1, 1, dt.date(1871, 1, 31)).value == "1871-01-31"
    assert put(sheet, 2, 1, dt.date(1913, 1, 31)).is_date


def test_tables_of_series_with_like_names_have_names_of_their_own() -> None:
    names = table_names(["A:B", "A_B", "a.b", "A:B!", "x" * 300])
    assert len({name.lower() for name in names}) == len(names)
    assert all(lint.is_name(name) for name in names)


@given(st.text(max_size=300), st.floats(3, 200))
def test_a_wider_column_never_takes_more_lines(text: str, width: float) -> None:
    assert 1 <= lines_of(text, width + 10) <= lines_of(text, width)


@pytest.mark.parametrize("text", NASTY)
def test_any_text_is_text(text: str) -> None:
    book, buffer = Workbook(), io.BytesIO()
    put(book.active, 1, 1, text)
    book.save(buffer)
    cell = openpyxl.load_workbook(buffer).active["A1"]
    assert cell.data_type == "s" or cell.value is None
    assert len(cell.value or "") <= 32_767
    with zipfile.ZipFile(buffer) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


@given(st.text())
def test_clean_text_is_writable_and_stays_clean(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert not re.search(r"(?<!_x005F)_x[0-9A-Fa-f]{4}_", cleaned.replace("_x005F_", "_x005F"))
