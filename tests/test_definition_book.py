"""A definition edited in a workbook: equal after the round trip, every fault named with its cell, bad files refused."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from xl_thesis.checking import TEMPLATE
from xl_thesis.definition import Fallback, Thesis
from xl_thesis.errors import DefinitionError, InputError
from xl_thesis.models import Derived, SeriesMeta, Text, parse_span
from xl_thesis.thesis import definition_hash, load_thesis, parse_thesis, thesis_ids
from xl_thesis_workbook import lint
from xl_thesis_workbook.definition_book import HEADER_ROW, definition_bytes
from xl_thesis_workbook.definition_import import read_definition
from xl_thesis_workbook.definition_layout import columns_of, from_cell, sections, to_cell

FIRST = HEADER_ROW + 1
STARTER = load_thesis(str(TEMPLATE))
Edit = Callable[[Workbook], None]


@cache
def starter_bytes() -> bytes:
    return definition_bytes(STARTER)


def book_of(thesis: Thesis) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(starter_bytes() if thesis is STARTER else definition_bytes(thesis)))


@cache
def rows_of_form(sheet: str) -> list[object]:
    """The first column of a form."""
    return [cells[0].value for cells in book_of(STARTER)[sheet].iter_rows(min_row=1, max_col=1)]


def back(data: bytes, folder: Path, name: str) -> Thesis:
    """The thesis that a workbook's bytes hold."""
    (folder / "book.xlsx").write_bytes(data)
    target = folder / f"{name}.yaml"
    return parse_thesis(read_definition(folder / "book.xlsx", target), target)


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cell_name(sheet: str, header: str, row: int = FIRST) -> str:
    """The name of the cell of a field: in a form by its first row, elsewhere in the column and the row given."""
    section = next(section for section in sections() if section.title == sheet)
    headers = [column.header for column in section.columns]
    if not section.is_form:
        return f"{openpyxl.utils.get_column_letter(headers.index(header) + 1)}{row}"
    return f"B{rows_of_form(sheet).index(header) + 1}"


def put(sheet: str, header: str, value: object, row: int = FIRST) -> Edit:
    def edit(book: Workbook) -> None:
        book[sheet][cell_name(sheet, header, row)] = value

    return edit


def put_at(sheet: str, cell: str, value: object) -> Edit:
    return lambda book: book[sheet].__setitem__(cell, value)


def together(*edits: Edit) -> Edit:
    def edit(book: Workbook) -> None:
        for one in edits:
            one(book)

    return edit


def faults_after(folder: Path, *edits: Edit, thesis: Thesis = STARTER) -> dict[str, str]:
    """The faults of a thesis's workbook after some edits, by cell."""
    book = book_of(thesis)
    for edit in edits:
        edit(book)
    with pytest.raises(DefinitionError) as caught:
        back(saved(book), folder, thesis.id)
    return {fault.field: fault.message for fault in caught.value.faults}


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
    done = subprocess.run([open_xml_validator, str(tmp_path / "book.xlsx")], capture_output=True, text=True)
    assert json.loads(done.stdout)["errors"] == []


def test_libreoffice_saves_what_reads_back(office: str, tmp_path: Path) -> None:
    thesis = load_thesis("american_exceptionalism")
    (tmp_path / "book.xlsx").write_bytes(definition_bytes(thesis))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"),
               str(tmp_path / "book.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    assert back((tmp_path / "out" / "book.xlsx").read_bytes(), tmp_path, thesis.id) == thesis


# ---- Random definitions ----

PROSE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1).filter(
    lambda text: text.strip() and "x005F_" not in text
)
LINES = st.lists(PROSE, min_size=1, max_size=3).map("\n".join)
TEXTS = st.builds(lambda en, zh: Text(en=en, zh_hant=zh), LINES, PROSE | st.sampled_from(["=1+1", "@SUM(A1)", "#N/A"]))
NUMBERS = st.floats(-1e9, 1e9)
WEIGHTS = st.floats(0.001, 1000)
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1))
OPERANDS = st.sampled_from(["FRED:DGS10", "FRED:DGS2", "YAHOO:DX-Y.NYB"]) | st.builds(
    lambda op, factor: Derived(op=op, of=("FRED:DGS10", Derived(op="sum", of=("FRED:DGS2",))), factor=factor),
    st.sampled_from(["ratio", "difference", "basket"]), NUMBERS,
)  # fmt: skip
SPANS = st.sampled_from(["13W", "6M", "2Q", "1Y"]).map(parse_span)
TRANSFORMS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(lambda span, per: {"kind": "change", "span": span, "per_month": per}, SPANS, st.booleans()),
    st.builds(lambda target: {"kind": "yoy", "target": target}, NUMBERS),
    st.builds(lambda day: {"kind": "change_since", "base_date": day}, DAYS),
)
POSTS = st.lists(NUMBERS, min_size=3, max_size=3, unique=True).map(sorted)
SERIES = st.builds(
    lambda name, title, notice, dates, derived: SeriesMeta(
        id=f"MANUAL:{name}", title=title, unit="%", frequency="monthly", lag_days=3, publisher="me", licence="CC0",
        redistributable=True, notice=notice, release_dates=dates, derived=derived,
    ),
    st.from_regex(r"[!-9;-~]{1,9}", fullmatch=True), LINES, st.none() | LINES,
    st.dictionaries(DAYS, DAYS, max_size=3), st.none() | OPERANDS.filter(lambda found: isinstance(found, Derived)),
)  # fmt: skip


@st.composite
def theses(draw: st.DrawFn) -> Thesis:
    """The starting thesis with many of its fields drawn anew."""
    indicators = []
    for item in STARTER.indicators:
        changes = {
            "title": draw(TEXTS), "unit": draw(LINES), "weight": draw(WEIGHTS), "source": draw(OPERANDS),
            "fallbacks": tuple(draw(st.lists(st.builds(Fallback, source=OPERANDS, note=LINES), max_size=2))),
            "direction": draw(st.sampled_from([1, -1])), "contested": draw(st.booleans()), "rationale": draw(LINES),
            "wrong_on": draw(st.none() | DAYS), "normalise": {"kind": "goalposts", "posts": tuple(draw(POSTS))},
            "transform": draw(TRANSFORMS),
        }  # fmt: skip
        indicators.append(type(item).model_validate({**dict(item), **changes}))
    claims = tuple(
        item.model_copy(update={"text": draw(TEXTS), "number": draw(st.none() | LINES),
                                "tested_by": tuple(draw(st.lists(LINES, max_size=3)))})
        for item in STARTER.claims
    )  # fmt: skip
    return STARTER.model_copy(update={
        "notes": tuple(draw(st.lists(LINES, max_size=3))), "review_dates": tuple(draw(st.lists(DAYS, max_size=3))),
        "base_date": draw(st.none() | DAYS), "indicators": tuple(indicators), "claims": claims,
        "series": tuple(draw(st.lists(SERIES, max_size=2, unique_by=lambda meta: meta.id))),
        "questions": draw(st.sampled_from([STARTER.questions, ()])),
    })  # fmt: skip


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(theses())
def test_any_definition_reads_back(tmp_path_factory: pytest.TempPathFactory, thesis: Thesis) -> None:
    again = back(definition_bytes(thesis), tmp_path_factory.mktemp("book"), thesis.id)
    assert again == thesis
    assert definition_hash(again) == definition_hash(thesis)


def test_every_cell_of_every_value_reads_back_alone() -> None:
    for name in thesis_ids():
        for question in load_thesis(name).questions:
            for column in columns_of(type(question)):
                value: Any = question
                for key in column.path:
                    value = getattr(value, {"zh-Hant": "zh_hant", "all": "conditions"}.get(key, key), None)
                cell = to_cell(column, value)
                assert cell is None or to_cell(column, value) == cell
                assert cell is None or from_cell(column, cell) is not None


# ---- Faults ----

ONE_FAULT: list[tuple[str, str, object, str]] = [
    ("About", "id", "other", "must equal the file's name"),
    ("About", "id", "1st", "String should match pattern"),
    ("About", "title.en", None, "this key is missing"),
    ("About", "published", "yesterday", "'yesterday' is not a date"),
    ("About", "published", dt.datetime(2025, 2, 24, 12), "is not a date"),  # noqa: DTZ001 - sheets know no zones
    ("About", "schema_version", 2, "'2' is not one of 1"),
    ("About", "review_dates", "2025-02-24, soon", "is not a date"),
    ("Pillars", "id", "TWO WORDS", "String should match pattern"),
    ("Pillars", "role", "result", "'result' is not one of outcome, driver"),
    ("Pillars", "weight", -1, "greater than or equal to 0"),
    ("Pillars", "weight", "much", "'much' is not a number"),
    ("Pillars", "weight", "0,25", "is not a number"),
    ("Pillars", "weight", None, "this key is missing"),
    ("Pillars", "title.zh-Hant", None, "this key is missing"),
    ("Indicators", "claims", "C1, C9", "there is no claim 'C9'"),
    ("Indicators", "claims", None, "this key is missing"),
    ("Indicators", "claims", "C1; C2", "String should match pattern"),
    ("Indicators", "title.en", dt.date(2025, 2, 24), "it is a date"),
    ("Indicators", "source", "ratio(FRED:DGS10)", "ratio takes 2 operands, not 1"),
    ("Indicators", "source", "DGS10", "'DGS10' is not a series id"),
    ("Indicators", "source", "FRED:NOTHING", "unknown series 'FRED:NOTHING'"),
    ("Indicators", "source", "sum(FRED:DGS10, ratio(FRED:DGS2, FRED:NONE))", "unknown series 'FRED:NONE'"),
    ("Indicators", "fallbacks", 'source=FRED:DGS2, note="a"\nsource=FRED:NO, note="b"', "unknown series 'FRED:NO'"),
    ("Indicators", "fallbacks", "FRED:DGS2", "name=value was expected"),
    ("Indicators", "fallbacks", "source=FRED:DGS2", "this key is missing"),
    ("Indicators", "transform.kind", "slope", "'slope' is not one of"),
    ("Indicators", "transform.kind", None, "Unable to extract tag"),
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
    ("Questions", "base_rate.probability", 2, "less than or equal to 1"),
    ("Questions", "base_rate.how", None, "this key is missing"),
    ("Labels", "below", "sixty", "'sixty' is not a number"),
    ("Labels", "below", 101, "less than or equal to 100"),
    ("Method", "partial_below", 60, "less than or equal to 1"),
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


# ---- Files that are none ----


def with_part(name: str, content: bytes) -> bytes:
    """The starting workbook with one more part, or with another in its place."""
    source = zipfile.ZipFile(io.BytesIO(starter_bytes()))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in source.namelist():
            if part != name:
                copy.writestr(part, source.read(part))
        copy.writestr(name, content)
    return target.getvalue()


def with_the_part_twice() -> bytes:
    buffer = io.BytesIO(starter_bytes())
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as package:
        warnings.simplefilter("ignore")
        package.writestr("xl/workbook.xml", b"<a/>")
    return buffer.getvalue()


def without_sheet(*titles: str) -> bytes:
    book = book_of(STARTER)
    for title in titles:
        del book[title]
    return saved(book)


def far_row() -> bytes:
    book = book_of(STARTER)
    book["Pillars"]["A900000"] = "lost"
    return saved(book)


def encrypted_part() -> bytes:
    data = bytearray(starter_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


BAD_FILES: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty", lambda: b"", "not a whole .xlsx file"),
    ("text", lambda: b"id,role\n", "not a whole .xlsx file"),
    ("cut short", lambda: starter_bytes()[:9_000], "not a whole .xlsx file"),
    ("old or encrypted", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "with a password or an old .xls"),
    ("one part encrypted", encrypted_part, "encrypted"),
    ("macros", lambda: with_part("xl/vbaProject.bin", b"code"), "it holds macros"),
    ("too large", lambda: b"PK" + bytes(21_000_000), "larger than 20 MB"),
    ("a bomb", lambda: with_part("xl/worksheets/sheet99.xml", b" " * 50_000_000), "times when unpacked"),
    ("a bigger bomb", lambda: with_part("xl/media/image.png", b" " * 70_000_000), "too large for a thesis"),
    ("a document type", lambda: with_part("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "document type"),
    ("another encoding", lambda: with_part("xl/workbook.xml", "<workbook/>".encode("utf-16")), "not UTF-8"),
    ("a part twice", with_the_part_twice, "there twice"),
    ("not a workbook", lambda: with_part("[Content_Types].xml", b"<Types/>"), "damaged"),
    ("broken XML", lambda: with_part("xl/worksheets/sheet1.xml", b"<worksheet"), "damaged"),
    ("a far row", far_row, "reaches as far as"),
    ("a missing sheet", lambda: without_sheet("Claims"), "has no sheet Claims;"),
    ("a foreign workbook", lambda: saved(openpyxl.Workbook()), "has no sheet About, Pillars"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "words"), [rest for _, *rest in BAD_FILES], ids=[name for name, *_ in BAD_FILES])
def test_a_file_that_is_no_definition_gets_one_sentence(
    content: Callable[[], bytes], words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        back(content(), tmp_path, STARTER.id)
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as package:
        package.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match=r"not an \.xlsx workbook"):
        back((tmp_path / "other.zip").read_bytes(), tmp_path, STARTER.id)


def test_a_text_too_long_for_a_cell_is_refused() -> None:
    long = STARTER.model_copy(update={"origin": "x" * 40_000})
    with pytest.raises(InputError, match="'origin' is longer"):
        definition_bytes(long)
