"""A definition edited in a workbook: equal after the round trip, every fault named with its cell."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from tests.definitions import FIRST, STARTER, Edit, back, book_of, cell_name, faults_after, put, put_at, saved, together
from xl_thesis.checking import TEMPLATE
from xl_thesis.models import Derived
from xl_thesis.thesis import definition_hash, load_thesis, thesis_ids
from xl_thesis_workbook import lint
from xl_thesis_workbook.definition_book import HEADER_ROW, definition_bytes

# ---- Round trip ----


@pytest.mark.parametrize("name", [*thesis_ids(), str(TEMPLATE)])
def test_export_then_import_gives_the_same_thesis(name: str, tmp_path: Path) -> None:
    thesis = load_thesis(name)
    again = back(definition_bytes(thesis), tmp_path, thesis.id)
    assert again == thesis
    assert definition_hash(again) == definition_hash(thesis)


@pytest.mark.parametrize("name", thesis_ids())
def test_no_cell_is_a_formula_or_an_error(name: str) -> None:
    book = book_of(load_thesis(name))
    found = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.data_type in "fe"]
    assert found == []


@pytest.mark.parametrize("name", thesis_ids())
def test_every_table_is_sound(name: str) -> None:
    book = book_of(load_thesis(name))
    tables = [(sheet, table) for sheet in book.worksheets for table in sheet.tables.values()]
    assert len(tables) == len(book.worksheets) == len({table.displayName for _, table in tables})
    for sheet, table in tables:
        header = [cell.value for cell in sheet[table.ref][0]]
        assert header == [column.name for column in table.tableColumns]
        assert len(set(header)) == len(header)
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.formula1) <= 255


@pytest.mark.parametrize("name", thesis_ids())
def test_excel_would_not_offer_to_repair_it(name: str) -> None:
    assert lint.faults(definition_bytes(load_thesis(name))) == []


def test_the_same_definition_gives_the_same_bytes() -> None:
    assert definition_bytes(STARTER) == definition_bytes(STARTER)


def test_microsofts_validator_finds_nothing(open_xml_validator: str, tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(definition_bytes(load_thesis("american_exceptionalism")))
    command = [open_xml_validator, str(tmp_path / "book.xlsx")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert json.loads(done.stdout)["errors"] == []


def test_libreoffice_saves_what_reads_back(office: str, tmp_path: Path) -> None:
    thesis = load_thesis("american_exceptionalism")
    (tmp_path / "book.xlsx").write_bytes(definition_bytes(thesis))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"),
               str(tmp_path / "book.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    assert back((tmp_path / "out" / "book.xlsx").read_bytes(), tmp_path, thesis.id) == thesis


# ---- Faults ----

ONE_FAULT: list[tuple[str, str, object, str]] = [
    ("About", "id", "other", "must equal the file's name"),
    ("About", "id", "1st", "it must begin with a letter"),
    ("About", "title.en", None, "this key is missing"),
    ("About", "published", "yesterday", "'yesterday' is not a date"),
    ("About", "published", dt.datetime(2025, 2, 24, 12), "is not a date"),  # noqa: DTZ001 - sheets know no zones
    ("About", "schema_version", 2, "'2' is not one of 1"),
    ("About", "review_dates", "2025-02-24, soon", "is not a date"),
    ("Pillars", "id", "TWO WORDS", "it must begin with a letter"),
    ("Pillars", "role", "result", "'result' is not one of outcome, driver"),
    ("Pillars", "weight", -1, "it must be 0 or more"),
    ("Pillars", "weight", "much", "'much' is not a number"),
    ("Pillars", "weight", "0,25", "is not a number"),
    ("Pillars", "weight", None, "this key is missing"),
    ("Pillars", "title.zh-Hant", None, "this key is missing"),
    ("Indicators", "claims", "C1, C9", "there is no claim 'C9'"),
    ("Indicators", "claims", None, "this key is missing"),
    ("Indicators", "claims", "C1; C2", "it must begin with a letter"),
    ("Indicators", "title.en", dt.date(2025, 2, 24), "it is a date"),
    ("Indicators", "source", "ratio(FRED:DGS10)", "ratio takes 2 operands, not 1"),
    ("Indicators", "source", "DGS10", "'DGS10' is not a series id"),
    ("Indicators", "source", "FRED:NOTHING", "unknown series 'FRED:NOTHING'"),
    ("Indicators", "source", "sum(FRED:DGS10, ratio(FRED:DGS2, FRED:NONE))", "unknown series 'FRED:NONE'"),
    ("Indicators", "fallbacks", 'source=FRED:DGS2, note="a"\nsource=FRED:NO, note="b"', "unknown series 'FRED:NO'"),
    ("Indicators", "fallbacks", "FRED:DGS2", "name=value was expected"),
    ("Indicators", "fallbacks", "source=FRED:DGS2", "this key is missing"),
    ("Indicators", "transform.kind", "slope", "'slope' is not one of"),
    ("Indicators", "transform.kind", None, "it needs a `kind`"),
    ("Indicators", "transform.parameters", None, "this key is missing"),
    ("Indicators", "transform.parameters", "span=soon", "is not a span"),
    ("Indicators", "transform.parameters", "span=6M, spam=1", "unknown key"),
    ("Indicators", "transform.parameters", "kind=yoy, span=6M", "the kind stands in the column before"),
    ("Indicators", "transform.parameters", "6M", "name=value was expected"),
    ("Indicators", "direction", 2, "'2' is not one of 1, -1"),
    ("Indicators", "normalise.parameters", "posts=[1, 2, 3]", "unknown key"),
    ("Indicators", "contested", "perhaps", "neither TRUE nor FALSE"),
    ("Indicators", "rationale", None, "this key is missing"),
    ("Indicators", "wrong_on", "2027-02-30", "is not a date"),
    ("Claims", "group", "X", "there is no pillar 'X'"),
    ("Claims", "kind", "guess", "'guess' is not one of fact"),
    ("Claims", "verdict.status", "maybe", "'maybe' is not one of true"),
    ("Claims", "verdict.note", None, "this key is missing"),
    ("Questions", "claims", "C9", "there is no claim 'C9'"),
    ("Questions", "hindsight", None, "this key is missing"),
    ("Questions", "base_rate.probability", 2, "it must be 1 or less"),
    ("Questions", "base_rate.how", None, "this key is missing"),
    ("Labels", "below", "sixty", "'sixty' is not a number"),
    ("Labels", "below", 101, "it must be 100 or less"),
    ("Method", "partial_below", 60, "it must be 1 or less"),
    ("Method", "short_history.min_years", 2.5, "'2.5' is not a whole number"),
    ("Method", "staleness.daily.grace_days", None, "this key is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "header", "value", "words"), ONE_FAULT)
def test_each_fault_is_found_in_its_cell(sheet: str, header: str, value: object, words: str, tmp_path: Path) -> None:
    found = faults_after(tmp_path, put(sheet, header, value))
    cell = f"{sheet}!{cell_name(sheet, header)}"
    assert words in found[cell]
    assert list(found) == [cell]


HEADER, SECOND = HEADER_ROW, FIRST + 1
AROUND: list[tuple[str, Edit, str, str]] = [
    ("a pillar that does not exist", put("Indicators", "pillar", "X"), "Indicators!B6", "there is no pillar 'X'"),
    ("goalposts that descend", put("Indicators", "normalise.parameters", "posts=[3, 2, 1]", SECOND),
     f"Indicators!{cell_name('Indicators', 'normalise.parameters', SECOND)}", "ascend"),
    ("a percentile of a statistic", together(put("Indicators", "transform.kind", "drift_t"),
                                             put("Indicators", "transform.parameters", "window=252")),
     "Indicators!A6", "not midrank"),
    ("a second row with the same id", put("Indicators", "id", "ten_year", SECOND), "Indicators!A7", "used twice"),
    ("a benchmark that does not exist", together(put("Indicators", "transform.kind", "beta"),
                                                 put("Indicators", "normalise.kind", "normal_cdf"),
                                                 put("Indicators", "transform.parameters", "benchmark=FRED:NO")),
     f"Indicators!{cell_name('Indicators', 'transform.parameters')}", "unknown series 'FRED:NO'"),
    ("dates in the wrong order", put("Questions", "resolves", dt.date(2026, 1, 1)), "Questions!A6", "after opens"),
    ("limits that do not ascend", put("Labels", "below", 90), "Labels!A5", "ascend"),
    ("a pillar without indicators", put("Indicators", "weight", 0, SECOND), "Pillars!A7", "weight above 0"),
    ("hard days before grace days", put("Method", "staleness.daily.hard_days", 1),
     f"Method!{cell_name('Method', 'staleness.daily.grace_days')}", "greater than grace_days"),
    ("a row below the table", put("Pillars", "id", "MORE", FIRST + 2), "Pillars!B8", "this key is missing"),
    ("a field that does not exist", put("Pillars", "weight", "wieght", HEADER), "Pillars!A5", "lacks weight"),
    ("a column too many", put_at("Pillars", "F5", "colour"), "Pillars!F5", "there is no field 'colour'"),
    ("a column twice", put_at("Pillars", "F5", "weight"), "Pillars!F5", "there twice"),
    ("a row of a form that is no field", put_at("Method", "A6", "patience"), "Method!A6", "no field 'patience'"),
    ("a field of a form twice", put_at("About", "A9", "title.en"), "About!B9", "there twice"),
    ("an error value", put_at("Pillars", "C6", "#N/A"), "Pillars!C6", "the error #N/A"),
    ("a formula never calculated", put_at("Pillars", "C6", "=1/3"), "Pillars!C6", "result was not saved"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "cell", "words"), [rest for _, *rest in AROUND], ids=[name for name, *_ in AROUND])
def test_faults_between_cells_are_found_nearby(edit: Edit, cell: str, words: str, tmp_path: Path) -> None:
    found = faults_after(tmp_path, edit)
    assert words in found[cell]


def test_every_fault_at_once_in_the_order_of_reading(tmp_path: Path) -> None:
    edits = [
        put("About", "published", "soon"),
        put("Pillars", "role", "effect", FIRST + 1),
        put("Indicators", "pillar", "X"),
        put("Indicators", "direction", 0),
        put("Indicators", "source", "FRED:NOTHING", FIRST + 1),
        put("Claims", "group", "Y"),
        put("Claims", "wrong_on", "never"),
        put("Questions", "claims", "C7"),
        put("Labels", "below", "x", FIRST + 2),
    ]
    found = faults_after(tmp_path, *edits)
    where = [("About", "published", FIRST), ("Pillars", "id", FIRST), ("Pillars", "role", FIRST + 1),
             ("Indicators", "pillar", FIRST), ("Indicators", "direction", FIRST), ("Indicators", "source", FIRST + 1),
             ("Claims", "group", FIRST), ("Claims", "wrong_on", FIRST), ("Questions", "claims", FIRST),
             ("Labels", "below", FIRST + 2)]  # fmt: skip
    assert list(found) == [f"{sheet}!{cell_name(sheet, header, row)}" for sheet, header, row in where]


# ---- What an analyst may do ----


def test_edits_arrive(tmp_path: Path) -> None:
    book = book_of(STARTER)
    for edit in (
        put("Pillars", "weight", "0.75"),
        put("Indicators", "source", "difference(FRED:DGS10, FRED:DGS2)"),
        put("Indicators", "contested", "true"),
        put("Claims", "verdict.status", True),
        put("Claims", "number", 2.5),
        put("Claims", "tested_by", "FRED:DGS10\n\nmy own eyes, mostly"),
        put("Questions", "base_rate.probability", None),
        put("Questions", "base_rate.how", None),
        put("Method", "short_history.min_years", None),
    ):
        edit(book)
    thesis = back(saved(book), tmp_path, STARTER.id)
    assert thesis.pillars[0].weight == 0.75
    assert thesis.indicators[0].source == Derived(op="difference", of=("FRED:DGS10", "FRED:DGS2"))
    assert thesis.indicators[0].contested
    assert thesis.claims[0].verdict.status == "true"
    assert thesis.claims[0].number == "2.5"
    assert thesis.claims[0].tested_by == ("FRED:DGS10", "my own eyes, mostly")
    assert thesis.questions[0].base_rate is None
    assert thesis.method.short_history.min_years == 5


def test_rows_may_be_added_and_deleted_sheets_moved_and_renamed_and_notes_kept_beside(tmp_path: Path) -> None:
    book = book_of(STARTER)
    claims = book["Claims"]
    for column in range(1, claims.max_column + 1):
        claims.cell(FIRST + 3, column).value = claims.cell(FIRST, column).value
    claims[f"A{FIRST + 3}"] = "C3"
    claims.cell(FIRST, claims.max_column + 2).value = "ask Ann about this"
    book["Questions"].delete_rows(FIRST)
    book["Pillars"].title = "Our pillars"
    book.move_sheet("Claims", -3)
    thesis = back(saved(book), tmp_path, STARTER.id)
    assert [claim.id for claim in thesis.claims] == ["C1", "C2", "C3"]
    assert thesis.questions == ()
    assert thesis.pillars == STARTER.pillars


def test_a_fault_on_a_renamed_sheet_has_its_new_name(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        put("Pillars", "role", "cause")(book)
        book["Pillars"].title = "Our pillars"

    assert list(faults_after(tmp_path, edit)) == [f"'Our pillars'!{cell_name('Pillars', 'role')}"]


def test_a_sheet_that_lost_its_table_is_found_by_its_title(tmp_path: Path) -> None:
    book = book_of(STARTER)
    for sheet in book.worksheets:
        for name in list(sheet.tables):
            del sheet.tables[name]
    assert back(saved(book), tmp_path, STARTER.id) == STARTER
