"""The lint finds every fault that makes Excel offer to repair a file: each is planted in a sound one."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from xl_thesis_workbook import lint
from xl_thesis_workbook.cells import put
from xl_thesis_workbook.layout import Column
from xl_thesis_workbook.lint_cells import formula_faults
from xl_thesis_workbook.styles import add_styles
from xl_thesis_workbook.tables import add_table

SHEET, TABLE, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml", "xl/styles.xml"


@pytest.fixture(scope="module")
def sound() -> bytes:
    """A small workbook with one of everything that can be broken."""
    book, buffer = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = "One"
    add_styles(book)
    columns = [Column("Day", 10, "Body"), Column("Value", 10, "Body number")]
    add_table(sheet, "Series", columns, [["a", 1.5], ["b", 2.5]], row=4)
    add_table(sheet, "Other", columns, [["a", 1.5]], row=4, column=5)
    put(sheet, 1, 1, "Title")
    sheet["H1"] = "=SUM(B5:B6)"
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:D1")
    rule = DataValidation(type="list", formula1='"yes,no"')
    rule.add("J1")
    sheet.add_data_validation(rule)
    book.create_sheet("Two")
    book.defined_names["Total"] = DefinedName("Total", attr_text="One!$H$1")
    book.save(buffer)
    return buffer.getvalue()


def broken(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            text = source.read(name)
            changed = change(text.decode()).encode() if name == part else text
            assert name != part or changed != text, "nothing was broken"
            copy.writestr(name, changed)
    return target.getvalue()


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


def test_a_sound_file_has_no_fault(sound: bytes) -> None:
    assert lint.faults(sound) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "words"),
    [
        (TABLE, 'name="Value"', 'name="Worth"', "says 'Worth' where the cell says 'Value'"),
        (TABLE, 'name="Value"', 'name="day"', "two with one name"),
        (TABLE, 'ref="A4:B6"', 'ref="A4:C6"', "another number of columns"),
        (TABLE, 'tableColumns count="2"', 'tableColumns count="3"', "another number of columns"),
        (TABLE, 'ref="A4:B6"', 'ref="A4:B4"', "no row under its header"),
        (TABLE, 'ref="A4:B6"', 'ref="A4:E6"', "tables overlap"),
        (TABLE, 'displayName="Series"', 'displayName="Other"', "'other' is there twice"),
        (TABLE, 'displayName="Series"', 'displayName="Total"', "'total' is there twice"),
        (TABLE, 'displayName="Series"', 'displayName="AB12"', "'AB12' is no name"),
        (TABLE, 'displayName="Series"', 'displayName="R1C1"', "'R1C1' is no name"),
        (TABLE, 'displayName="Series"', 'displayName="A B"', "'A B' is no name"),
        (TABLE, "<table ", '<table dataDxfId="7" ', "a style that is not there"),
        (TABLE, '<tableColumn id="2"', '<tableColumn id="1"', "columns that share an id"),
        (TABLE, "</table>", "", "not well-formed"),
        ("xl/tables/table2.xml", ' id="2" ', ' id="1" ', "table id 1 is there twice"),
        (SHEET, 'mergeCell ref="A1:B1"', 'mergeCell ref="A5:B5"', "has merged cells"),
        (SHEET, 'mergeCell ref="A1:B1"', 'mergeCell ref="B1:C1"', "merged ranges overlap"),
        (SHEET, "<v>1.5</v>", "<v>nan</v>", "'nan', which is no number"),
        (SHEET, "<v>1.5</v>", "<v>inf</v>", "'inf', which is no number"),
        (SHEET, "<v>1.5</v>", "<v>n/a</v>", "'n/a', which is no number"),
        (SHEET, 'r="A5" s="', 'r="A5" s="99', "A5 has a style that is not there"),
        (SHEET, 'r="A5"', 'r="C5"', "B5 is out of order"),
        (SHEET, '<row r="5"', '<row r="6"', "row 6 is out of order"),
        (SHEET, "<f>SUM(B5:B6)</f>", "<f>=SUM(B5:B6)</f>", "begins with ="),
        (SHEET, "<f>SUM(B5:B6)</f>", "<f>SUM(B5;B6)</f>", "with a semicolon"),
        (SHEET, "<f>SUM(B5:B6)</f>", "<f>STDEV.S(B5:B6)</f>", "must be written _xlfn.STDEV.S"),
        (SHEET, "<f>SUM(B5:B6)</f>", f"<f>{'1+' * 5_000}1</f>", "more than 8192 characters"),
        (SHEET, "<f>SUM(B5:B6)</f>", "<f>NORM.S.INV(0.5)</f>", "must be written _xlfn.NORM.S.INV"),
        (SHEET, "<f>SUM(B5:B6)</f>", "<f>SUM(Gone[A])</f>", "names the table Gone"),
        (SHEET, "<f>SUM(B5:B6)</f>", "<f>SUM(Series[Gone])</f>", "names the column Gone of Series"),
        (SHEET, "yes,no", "y" * 300, "longer than 255"),
        (SHEET, "<t>a</t>", f"<t>{'a' * 32_768}</t>", "more than 32767 characters"),
        (BOOK, 'name="Two"', 'name="one"', "'one' is there twice"),
        (BOOK, 'name="Two"', f'name="{"x" * 32}"', "too long"),
        (BOOK, 'name="Two"', 'name="a/b"', "forbidden character"),
        (BOOK, 'name="Two"', 'name="History"', "reserved"),
        (BOOK, 'definedName name="Total"', 'definedName name="A1"', "'A1' is no name"),
        (BOOK, "One!$H$1", "Gone!$H$1", "refers to the sheet Gone"),
        (STYLES, 'fontId="1"', 'fontId="77"', "has a fontId that is not there"),
        (STYLES, 'formatCode="yyyy-mm-dd"', 'formatCode="d mmm yyyy"', None),
        ("xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "worksheets/sheet9.xml", "which is not there"),
        ("[Content_Types].xml", "/xl/tables/table1.xml", "/xl/tables/table7.xml", "no content type of its own"),
    ],
)
def test_each_fault_is_found(sound: bytes, part: str, old: str, new: str, words: str | None) -> None:
    found = lint.faults(broken(sound, part, swap(old, new)))
    assert any(words in fault for fault in found) if words else found == []


def test_a_number_format_that_is_not_there_is_found(sound: bytes) -> None:
    data = broken(sound, STYLES, lambda text: re.sub(r"<numFmts.*?</numFmts>", "", text))
    assert any("a number format that is not there" in fault for fault in lint.faults(data))


def test_a_part_that_is_there_twice_is_found(sound: bytes) -> None:
    buffer = io.BytesIO(sound)
    with zipfile.ZipFile(buffer, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr(BOOK, package.read(BOOK))
    assert f"part {BOOK} is there twice" in lint.faults(buffer.getvalue())


def test_an_order_of_calculation_that_is_stale_is_found(sound: bytes) -> None:
    buffer = io.BytesIO(broken(sound, "[Content_Types].xml", swap("</Types>", CHAIN_TYPE)))
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("xl/calcChain.xml", CHAIN)
    assert lint.faults(buffer.getvalue()) == ["calcChain names Z9, which has no formula"]


CHAIN = (
    '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="H1" i="1"/><c r="Z9" i="1"/>'
    "</calcChain>"
)
CHAIN_TYPE = (
    '<Override PartName="/xl/calcChain.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>'
)


@pytest.mark.parametrize("formula", ['IF(A1>0,"a;b","=")', "_xlfn.STDEV.S(A1:A9)", "SUM({1;2;3})", "MY.FILTERED(A1)"])
def test_sound_formulas_are_left_alone(formula: str) -> None:
    assert list(formula_faults(formula)) == []
