"""References of others that cover a whole column of our table follow its last row; all others keep every byte."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from tests import corpus
from tests.test_corpus import table_xml, with_tables
from tests.test_package import parts
from tests.test_update_tables import made, series, updated
from xl_thesis_workbook import lint
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.following import Following
from xl_thesis_workbook.opc import Package


def formula(text: str) -> Callable[[Workbook], None]:
    def write(book: Workbook) -> None:
        book["Theirs"]["C3"] = f"={text}"

    return write


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SUM(Sheet!B2:B7)", "SUM(Sheet!B2:B9)"),
        ("SUM('Sheet'!$B$2:$B$7)*2", "SUM('Sheet'!$B$2:$B$9)*2"),
        ("COUNTA(Sheet!$A$1:$C$7)", "COUNTA(Sheet!$A$1:$C$9)"),
        ("INDEX(Sheet!B2:B7,3)+SUM(Sheet!C2:C7)", "INDEX(Sheet!B2:B9,3)+SUM(Sheet!C2:C9)"),
        ('IF(A1="Sheet!B2:B7",Sheet!B2:B7,0)', 'IF(A1="Sheet!B2:B7",Sheet!B2:B9,0)'),
        *((same, same) for same in (
            "SUM(Sheet!B3:B7)", "SUM(Sheet!B2:B6)", "SUM(Sheet!B2:B8)", "SUM(Sheet!B2:D7)", "SUM(B2:B7)",
            "SUM(Series[Value])", "SUM([1]Sheet!B2:B7)", "SUM('[other.xlsx]Sheet'!B2:B7)", "SUM(Theirs!B2:B7)",
            "SUM(Sheet:Theirs!B2:B7)", "Sheet!B7", "SUM(Sheet!B2:B77)", "SUM(MySheet!B2:B7)",
        )),
    ],
)  # fmt: skip
def test_a_formula_follows_only_where_it_covers_the_column(before: str, after: str) -> None:
    data, report = updated(made(formula(before)), series(8))
    assert openpyxl.load_workbook(io.BytesIO(data))["Theirs"]["C3"].value == f"={after}"
    assert [(item.before, item.after) for item in report.followed] == ([(before, after)] if before != after else [])
    again, report = updated(data, series(8))
    assert again == data and not report.is_change


def names(book: Workbook) -> None:
    book.defined_names["Whole"] = DefinedName("Whole", attr_text="Sheet!$B$2:$B$7")
    book.defined_names["Part"] = DefinedName("Part", attr_text="Sheet!$B$3:$B$7")


def conditions(book: Workbook) -> None:
    book.active.conditional_formatting.add("B2:B7 F2:F7", CellIsRule(operator="greaterThan", formula=["0.5"]))
    book["Theirs"].conditional_formatting.add("D1:D5", FormulaRule(formula=["D1>MAX(Sheet!$B$2:$B$7)"]))


def validations(book: Workbook) -> None:
    for place, source in (("D9", "Sheet!$C$2:$C$7"), ("D10", "Sheet!$C$2:$C$6")):
        rule = DataValidation("list", formula1=source)
        rule.add(place)
        book["Theirs"].add_data_validation(rule)
    rule = DataValidation("decimal", formula1="0", formula2="9")
    rule.add("B2:B7")
    book.active.add_data_validation(rule)


def chart(book: Workbook) -> None:
    drawn = LineChart()
    drawn.add_data(Reference(book.active, min_col=2, min_row=1, max_row=7), titles_from_data=True)
    drawn.set_categories(Reference(book.active, min_col=1, min_row=2, max_row=7))
    drawn.add_data(Reference(book.active, min_col=2, min_row=4, max_row=7))
    book["Theirs"].add_chart(drawn, "F2")


def array(book: Workbook) -> None:
    book["Theirs"]["C5"] = ArrayFormula("C5:C6", "=Sheet!B2:B7*2")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (names, [b"Sheet!$B$2:$B$9", b"Sheet!$B$3:$B$7"]),
        (conditions, [b'sqref="B2:B9 F2:F7"', b"D1&gt;MAX(Sheet!$B$2:$B$9)"]),
        (validations, [b">Sheet!$C$2:$C$9<", b">Sheet!$C$2:$C$6<", b'sqref="B2:B9"']),
        (chart, [b"'Sheet'!$B$2:$B$9", b"'Sheet'!$A$2:$A$9", b"'Sheet'!$B$4:$B$7"]),
        (array, [b'ref="C5:C6"', b"Sheet!B2:B9*2"]),
    ],
)
def test_what_else_refers_to_a_column_follows_it(change: Callable[[Workbook], None], words: list[bytes]) -> None:
    before = made(change)
    after, report = updated(before, series(8))
    whole = b"".join(parts(after).values())
    assert report.followed and all(word in whole for word in words)
    assert lint.faults(after) == lint.faults(before)
    for name, content in parts(before).items():  # back to what it was, but for the table and its rows
        now = parts(after)[name]
        if now != content and "worksheets/sheet1" not in name and "tables" not in name:
            assert re.sub(rb"(\$?[ABC]\$?[12]:\$?[ABC]\$?)9\b", rb"\g<1>7", now) == content
    again, report = updated(after, series(8))
    assert again == after and not report.is_change


def test_a_column_that_became_shorter_is_followed_too() -> None:
    after, _ = updated(made(formula("SUM(Sheet!B2:B7)")), [*series(1), *series(3, 2)])
    assert openpyxl.load_workbook(io.BytesIO(after))["Theirs"]["C3"].value == "=SUM(Sheet!B2:B5)"


@pytest.mark.parametrize("title", ["資料", "O'Brien & Söhne", "R&D 2024"])
def test_a_sheet_of_any_name_is_known(title: str) -> None:
    quoted = "'" + title.replace("'", "''") + "'!$B$2:$B$7"

    def rename(book: Workbook) -> None:
        book.active.title = title
        book["Theirs"]["A1"] = None
        book["Theirs"]["C3"] = f"=SUM({quoted})"

    after, report = updated(made(rename), series(8))
    assert openpyxl.load_workbook(io.BytesIO(after))["Theirs"]["C3"].value == f"=SUM({quoted[:-1]}9)"
    assert len(report.followed) == 1


def test_the_source_of_a_pivot_table_follows() -> None:
    """The range of its source has a table over it, as another maker would put one there."""
    data = corpus.MAKERS["excelize_pivot"]()
    name = next(part for part in parts(data) if "pivotCacheDefinition" in part and part.endswith(".xml"))
    book = Book(Package(data))
    sheet = next(iter(book.sheets.values()))
    columns = ["Region", "Kind", "Year", "Sales"]
    made_by = {"xl/tables/theirs.xml": table_xml(9000, "Theirs", "A1:D9", columns)}
    book = Book(Package(with_tables(data, book, sheet, book.package.read(sheet), made_by)))
    table = book.table("Theirs")
    found = Following(book, [(table, table.bottom + 5)]).run()
    assert [(item.part, item.before, item.after) for item in found] == [(name, "A1:D9", "A1:D14")]
    assert b'ref="A1:D14"' in book.package.read(name)


def test_sparklines_and_newer_conditions_follow() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet, front = book.add_worksheet("Data"), book.add_worksheet("Front")
    sheet.add_table("A1:B5", {"name": "Rows", "columns": [{"header": "Day"}, {"header": "Value"}],
                              "data": [[1, 2], [2, 3], [3, 4], [4, 5]]})  # fmt: skip
    sheet.conditional_format("B2:B5", {"type": "data_bar", "data_bar_2010": True})
    front.add_sparkline("A1", {"range": "Data!B2:B5"})
    front.add_sparkline("A2", {"range": "Data!B2:B4"})
    book.close()
    found = Book(Package(buffer.getvalue()))
    table = found.table("Rows")
    followed = Following(found, [(table, 8)]).run()
    assert sorted((item.before, item.after) for item in followed) == [
        ("B2:B5", "B2:B8"), ("B2:B5", "B2:B8"), ("Data!B2:B5", "Data!B2:B8"),
    ]  # fmt: skip
    assert zipfile.ZipFile(io.BytesIO(found.package.to_bytes())).testzip() is None
    assert b"Data!B2:B4<" in found.package.read(found.sheets["Front"])


@pytest.mark.parametrize(("text", "after"), [(b"B2:B7", b"B2:B7"), (b"B$2:B$7", b"B$2:B$9")])
def test_a_formula_stated_once_for_many_cells_follows_where_its_rows_are_the_same_in_each(
    text: bytes, after: bytes
) -> None:
    package, name = Package(made(formula("SUM(Sheet!B2:B7)"))), "xl/worksheets/sheet3.xml"
    shared = b'<f t="shared" ref="C3:C4" si="0">SUM(Sheet!' + text + b")</f>"
    package.put(name, package.read(name).replace(b"<f>SUM(Sheet!B2:B7)</f>", shared))
    found, _ = updated(package.to_bytes(), series(8))
    assert b"SUM(Sheet!" + after + b")</f>" in parts(found)[name]
