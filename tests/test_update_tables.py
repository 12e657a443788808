"""Tables brought up to date in a workbook that people have worked with: what is kept, what is refused."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table, TableColumn, TableFormula

from tests.test_package import SHEET, parts, values
from xl_thesis.errors import InputError
from xl_thesis_workbook import lint
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.grid import Cell, Formula
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.report import Report
from xl_thesis_workbook.step import Rows
from xl_thesis_workbook.update import Update

DAYS = [dt.date(2024, month, 1) for month in range(1, 13)]


def series(count: int, start: int = 0) -> list[list[Cell]]:
    return [[day, number / 8, f"note {number}"] for number, day in enumerate(DAYS[start : start + count], start)]


def made(*changes: Callable[[Workbook], object]) -> bytes:
    """A workbook with a table of six days, a table of inputs, and something of a colleague's, changed as asked."""
    book, buffer = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(["Day", "Value", "Words"])
    for day, value, words in series(6):
        sheet.append([day, value, words])
    sheet.add_table(Table(displayName="Series", ref="A1:C7"))
    inputs = book.create_sheet("Inputs")
    for row in (["Id", "Weight", "Definition"], ["A", 1.0, 1.0], ["B", 2.0, 2.0]):
        inputs.append(row)
    inputs.add_table(Table(displayName="Inputs", ref="A1:C3"))
    theirs = book.create_sheet("Theirs")
    theirs["A1"], theirs["A2"] = "=SUM(Series[Value])", "a word"
    theirs["A1"].comment = Comment("why", "Ann")
    for change in changes:
        change(book)
    book.save(buffer)
    return buffer.getvalue()


def updated(data: bytes, rows: Sequence[Sequence[Cell]], **more: Rows) -> tuple[bytes, Report]:
    update = Update(Book(Package(data)), DAYS[5])
    for name, wanted in {"Series": Rows(["Day", "Value", "Words"], rows), **more}.items():
        update.table(name, wanted)
    return update.finish(), update.report


def differing(before: bytes, after: bytes) -> set[str]:
    old, new = parts(before), parts(after)
    assert old.keys() == new.keys()
    return {name for name in old if old[name] != new[name]}


def rows_of(data: bytes) -> list[list[object]]:
    return [[day.date() if isinstance(day, dt.datetime) else day, *rest] for day, *rest in values(data, "Series")]


def test_new_rows_are_added_and_nothing_else_moves() -> None:
    before = made()
    after, report = updated(before, series(8))
    assert rows_of(after) == series(8)
    assert [item.key for item in report.added] == DAYS[6:8]
    assert not report.changed and not report.rows
    assert differing(before, after) == {SHEET, "xl/tables/table1.xml"}  # openpyxl asks for a calculation already
    assert lint.faults(after) == []


def test_a_second_run_changes_nothing() -> None:
    after, _ = updated(made(), series(8))
    again, report = updated(after, series(8))
    assert again == after
    assert not report.is_change


def test_parts_that_did_not_change_keep_their_compressed_bytes() -> None:
    before = made()
    after, _ = updated(before, series(8))
    assert packed(before, "xl/worksheets/sheet3.xml") == packed(after, "xl/worksheets/sheet3.xml")


def packed(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        info = package.getinfo(name)
        start = info.header_offset + 30 + len(name)
        return data[start : start + info.compress_size]


def test_a_revised_value_takes_the_place_of_the_old_one_in_its_row() -> None:
    def sort_downwards_with_notes(book: Workbook) -> None:
        sheet = book.active
        for row, line in enumerate(reversed(series(6)), start=2):
            for column, value in enumerate(line, start=1):
                sheet.cell(row, column, value)
            sheet.cell(row, 5, f"my note on {line[0]}")

    rows = series(6)
    rows[2][1] = 99.5
    after, report = updated(made(sort_downwards_with_notes), rows)
    assert [(item.key, item.column, item.before, item.after) for item in report.changed] == [
        (DAYS[2], "Value", 2 / 8, 99.5)
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(after)).active
    found = {str(row[4].value): row[1].value for row in sheet["A2:E7"]}
    assert found[f"my note on {DAYS[2]}"] == 99.5


def test_a_moved_and_renamed_sheet_is_found() -> None:
    def move(book: Workbook) -> None:
        book.active.title = "Somewhere else"
        book.move_sheet(book.active, 2)

    after, report = updated(made(move), series(7))
    assert rows_of(after) == series(7)
    assert not report.notes


def test_columns_that_somebody_added_or_moved_stay_theirs() -> None:
    book, buffer = Workbook(), io.BytesIO()
    book.active.append(["Words", "Mine", "Value", "Twice", "Day"])
    for day, value, words in series(3):
        book.active.append([words, "my view", value, "=Series[[#This Row],[Value]]*2", day])
    table = Table(displayName="Series", ref="A1:E4")
    table._initialise_columns()
    for column, name in zip(table.tableColumns, ["Words", "Mine", "Value", "Twice", "Day"], strict=True):
        column.name = name
    table.tableColumns[3].calculatedColumnFormula = TableFormula(attr_text="Series[[#This Row],[Value]]*2")
    book.active.add_table(table)
    assert isinstance(table.tableColumns[3], TableColumn)
    book.save(buffer)
    after, report = updated(buffer.getvalue(), series(4))
    assert not report.changed
    last = values(after, "Series")[-1]
    assert last[:3] == ["note 3", None, 3 / 8]
    assert last[3] == "=Series[[#This Row],[Value]]*2"
    assert lint.faults(after) == []


def test_a_formula_in_our_cell_is_kept_and_told() -> None:
    def write(book: Workbook) -> None:
        book.active["B3"] = "=1+1"

    rows = series(7)
    after, report = updated(made(write), rows)
    assert [(item.key, item.before) for item in report.formulas] == [(DAYS[1], Formula("1+1"))]
    assert values(after, "Series")[1][1] == "=1+1"


def test_changed_inputs_are_kept_and_the_others_follow_the_definition() -> None:
    def change(book: Workbook) -> None:
        book["Inputs"]["B2"] = 7.5

    wanted: list[list[Cell]] = [["A", 1.0, 1.0], ["B", 3.0, 3.0]]
    data = made(change)
    inputs = Rows(["Id", "Weight", "Definition"], wanted, {"Weight": "Definition"})
    after, report = updated(data, series(6), Inputs=inputs)
    assert [(item.key, item.before, item.after) for item in report.inputs] == [("A", 1.0, 7.5)]
    assert values(after, "Inputs") == [["A", 7.5, 1.0], ["B", 3.0, 3.0]]
    assert [(item.key, item.column) for item in report.changed] == [("B", "Weight"), ("B", "Definition")]


def test_formulas_keep_their_text_and_get_their_value() -> None:
    def change(book: Workbook) -> None:
        sheet = book["Inputs"]
        sheet["C2"], sheet["C3"] = "=SUM(Theirs!$B$2:B9)", "=MAX(B2)"

    data = made(change)
    wanted: list[list[Cell]] = [["A", 1.0, Formula("SUM(Other!A1:A2)", 4.25)], ["B", 2.0, Formula("MIN(B2)", 1)]]
    after, report = updated(data, series(6), Inputs=Rows(["Id", "Weight", "Definition"], wanted))
    assert [(item.before, item.after) for item in report.calculated] == [(None, 4.25)]
    assert [item.before for item in report.formulas] == [Formula("MAX(B2)")]
    assert values(after, "Inputs")[0][2] == "=SUM(Theirs!$B$2:B9)"
    assert openpyxl.load_workbook(io.BytesIO(after), data_only=True)["Inputs"]["C2"].value == 4.25
    again, report = updated(after, series(6), Inputs=Rows(["Id", "Weight", "Definition"], wanted))
    assert again == after and not report.is_change


def test_days_that_the_data_have_no_more_are_taken_out() -> None:
    """Formulas count every row of a history, so none may be left over from another source."""
    wanted = [*series(1), *series(4, 2)]
    after, report = updated(made(), wanted)
    assert rows_of(after) == wanted
    assert [item.key for item in report.removed] == [DAYS[1]]
    assert openpyxl.load_workbook(io.BytesIO(after)).active.tables["Series"].ref == "A1:C6"
    assert openpyxl.load_workbook(io.BytesIO(after)).active["A7"].value is None
    again, report = updated(after, wanted)
    assert again == after and not report.is_change


def test_a_history_that_is_gone_leaves_one_empty_row() -> None:
    after, report = updated(made(), [[None, None, None]])
    assert values(after, "Series") == [[None, None, None]]
    assert len(report.removed) == 6
    again, report = updated(after, [[None, None, None]])
    assert again == after and not report.is_change
    back, report = updated(after, series(3))
    assert rows_of(back) == series(3)


def test_days_between_old_ones_take_their_place() -> None:
    before, _ = updated(made(), [*series(2), *series(4, 4)])
    after, report = updated(before, series(9))
    assert rows_of(after) == series(9)
    assert [item.key for item in report.added] == [*DAYS[2:4], DAYS[8]]


def note(book: Workbook) -> None:
    book.active["F5"] = "my note"


def comment(book: Workbook) -> None:
    book.active["B5"].comment = Comment("why", "Ann")


def formula(book: Workbook) -> None:
    book.active["B5"] = "=1+1"


@pytest.mark.parametrize("change", [note, comment, formula])
def test_nothing_beside_a_row_loses_its_day(change: Callable[[Workbook], None]) -> None:
    with pytest.raises(InputError, match="row 5 would lose its day"):
        updated(made(change), [*series(1), *series(4, 2)])
    after, _ = updated(made(change), series(5))  # the last one is gone, the others stay where they are
    assert values(after, "Series")[3][0] == values(made(), "Series")[3][0]


def window(start: int) -> list[list[Cell]]:
    """Six days in a table whose days are formulas over another one."""
    return [[Formula(f"Days!A{row}", day), *rest] for row, (day, *rest) in enumerate(series(6, start))]  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [note, comment])
def test_nothing_beside_a_window_loses_its_day_when_it_moves_on(change: Callable[[Workbook], None]) -> None:
    with pytest.raises(InputError, match="beside its row 5 would lose its month"):
        updated(made(change), window(2))
    _, report = updated(made(change), window(0))
    assert report.notes == []


def test_what_leaves_a_window_is_told_and_formulas_beside_it_move_on() -> None:
    def beside(book: Workbook) -> None:
        book.active["F5"] = "=B5*2"

    after, report = updated(made(beside), window(2))
    assert report.notes == [
        "2 rows left Series, which shows the newest 6 months; the sheet of past readings has them all"
    ]
    assert openpyxl.load_workbook(io.BytesIO(after)).active["F5"].value == "=B5*2"  # type: ignore[union-attr]


def test_rows_that_somebody_added_are_kept_and_told() -> None:
    def add(book: Workbook) -> None:
        book["Inputs"]["A3"] = "Mine"

    wanted: list[list[Cell]] = [["A", 1.0, 1.0], ["B", 2.0, 2.0]]
    after, report = updated(made(add), series(6), Inputs=Rows(["Id", "Weight", "Definition"], wanted))
    assert values(after, "Inputs") == [["A", 1, 1], ["Mine", 2, 2], ["B", 2, 2]]
    assert [item.key for item in report.rows] == ["Mine"]


def test_the_row_of_the_day_that_the_workbook_was_made_for_moves_on() -> None:
    """A history ends at that day, which is no end of a month; the next history has other days there."""
    rows = [*series(5), [dt.date(2024, 6, 30), 1.5, "end of month"], [dt.date(2024, 7, 4), 2.5, "today"]]
    after, report = updated(made(), rows)
    assert rows_of(after) == rows
    assert not report.rows
    assert [item.key for item in report.added] == [dt.date(2024, 7, 4)]


def test_a_window_of_formulas_shows_the_newest_rows_and_never_grows() -> None:
    def window(book: Workbook) -> None:
        sheet = book.create_sheet("Window")
        sheet.append(["As of", "Score"])
        for back in (2, 1, 0):
            sheet.append([f"=INDEX(Series[Day],ROWS(Series[Day])-{back})", f"=A{4 - back}+0"])
        sheet.add_table(Table(displayName="Window", ref="A1:B4"))

    rows: list[list[Cell]] = [
        [Formula(f"INDEX(Series[Day],ROWS(Series[Day])-{back})", 100 - back), Formula(f"A{9 - back}+0", 200 - back)]
        for back in (4, 3, 2, 1, 0)
    ]
    after, report = updated(made(window), series(6), Window=Rows(["As of", "Score"], rows))
    assert len(report.calculated) == 6 and not report.formulas and not report.added
    sheet = openpyxl.load_workbook(io.BytesIO(after), data_only=True)["Window"]
    assert [[cell.value for cell in row] for row in sheet["A2:B4"]] == [[98, 198], [99, 199], [100, 200]]


def test_an_empty_row_is_filled_first() -> None:
    def empty(book: Workbook) -> None:
        sheet = book.active
        for row in sheet["A6:C7"]:
            for cell in row:
                cell.value = None

    after, report = updated(made(empty), series(7))
    assert rows_of(after) == series(7)
    assert len(report.added) == 3


def test_a_table_that_is_gone_is_left_out_and_told() -> None:
    _, report = updated(made(), series(6), Gone=Rows(["A"], [["x"]]))
    assert report.missing == ["table Gone"]
    assert list(report.lines()) == ["table Gone is no longer there; nothing was written for it"]


def below(book: Workbook) -> None:
    book.active["B9"] = "mine"


def styled_below(book: Workbook) -> None:
    book.active["B9"].number_format = "0.000"


def merged_below(book: Workbook) -> None:
    book.active.merge_cells("C8:D9")


def table_below(book: Workbook) -> None:
    for cell, value in (("A9", "One"), ("B9", "Two")):
        book.active[cell] = value
    book.active.add_table(Table(displayName="Theirs_1", ref="A9:B10"))


def other_columns(book: Workbook) -> None:
    book.active["B1"] = "Worth"


def totals(book: Workbook) -> None:
    book.active.tables["Series"].totalsRowCount = 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (below, "something in row 9 below table Series"),
        (merged_below, "merged cells below table Series"),
        (table_below, "below table Series"),
        (other_columns, "has no column 'Value'"),
        (totals, "has a totals row"),
    ],
)
def test_what_cannot_be_done_safely_is_refused(change: Callable[[Workbook], None], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        updated(made(change), series(9))


def test_cells_with_nothing_but_a_format_are_room() -> None:
    after, _ = updated(made(styled_below), series(9))
    assert rows_of(after) == series(9)


def test_days_before_those_that_a_reader_added_are_refused() -> None:
    def estimate(book: Workbook) -> None:
        book.active["A7"] = dt.date(2025, 1, 1)

    with pytest.raises(InputError, match="later days than its data"):
        updated(made(estimate), series(6))


KEYS = Rows(["Id", "Weight", "Definition"], [["B", 2.0, 2.0]], known=["A", "B", "C"])


def test_a_row_of_ours_of_another_day_is_taken_out() -> None:
    after, report = updated(made(), series(6), Inputs=KEYS)
    assert values(after, "Inputs") == [["B", 2, 2]]
    assert [item.key for item in report.removed] == ["A"] and not report.rows
    assert lint.faults(after) == []
    again, report = updated(after, series(6), Inputs=KEYS)
    assert again == after and not report.is_change


def noted(book: Workbook) -> None:
    book["Inputs"]["E3"] = "my note"


def own_row(book: Workbook) -> None:
    book["Inputs"]["A2"] = "Mine"


def same_key_twice(book: Workbook) -> None:
    book["Inputs"]["A3"] = "A"


@pytest.mark.parametrize("change", [noted, own_row, same_key_twice])
def test_a_row_of_ours_stays_where_somebody_worked_in_its_table(change: Callable[[Workbook], None]) -> None:
    after, report = updated(made(change), series(6), Inputs=KEYS)
    assert not report.removed and len(report.rows) == 1
    assert values(after, "Inputs")[0] == values(made(change), "Inputs")[0]
