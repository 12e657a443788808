"""The snapshot workbook: opens without repair, holds the evaluation's numbers, and no text is a formula."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import re
import struct
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.recalculate import IRONCALC, by_ironcalc, differences, formulas, values
from tests.snapshots import CASES, START, case, content_of, data_of
from xl_thesis.actions import demo_scorer
from xl_thesis.errors import InputError
from xl_thesis.models import Text
from xl_thesis.pipeline import Scorer
from xl_thesis.thesis import load_thesis
from xl_thesis.version import VERSION
from xl_thesis_workbook import lint
from xl_thesis_workbook.cells import clean_text, put
from xl_thesis_workbook.content import DataChoice
from xl_thesis_workbook.measure import lines_of
from xl_thesis_workbook.snapshot import SnapshotContent, gather, snapshot_bytes, write_snapshot
from xl_thesis_workbook.tables import table_names

NASTY = [
    "=cmd|'/c calc'!A1", "=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "#REF!", "a\x07b", "\ud800", "\ufffe", "_x0041_",
    "x" * 40_000, "\r\nline", "<&>\"'", "TRUE", "2025-02-24", "'quoted",
]  # fmt: skip


@pytest.fixture(scope="module")
def content() -> SnapshotContent:
    return case("content")


@pytest.fixture(scope="module", params=[*CASES, "values only", "full"])
def book_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    choices: dict[str, DataChoice] = {"values only": "none", "full": "full"}
    if request.param in choices:
        chosen = content_of(load_thesis("american_exceptionalism"), choice=choices[request.param])
    else:
        chosen = case(request.param)
    return write_snapshot(chosen, tmp_path_factory.mktemp("book") / f"{request.param}.xlsx")


@pytest.fixture(scope="module")
def book(content: SnapshotContent) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data_of("content")), data_only=True)


def cells(sheet: Worksheet) -> Iterator[object]:
    for row in sheet.iter_rows():
        yield from row


def test_defined_names_hold_the_evaluation(book: Workbook, content: SnapshotContent) -> None:
    def named(name: str) -> object:
        ((sheet, cell),) = book.defined_names[name].destinations
        return book[sheet][cell].value

    result = content.evaluation
    assert named("Score") == result.score
    assert named("AsOf") == dt.datetime.combine(result.as_of, dt.time())
    assert named("Coverage") == result.coverage.effective
    assert named("DefinitionHash") == result.definition_hash
    assert named("DataHash") == result.data_hash


def test_parts_of_the_dashboard_do_not_lie_on_each_other(book_file: Path) -> None:
    """Charts cover no cell with words, for however many pillars and however long their names."""
    sheet = openpyxl.load_workbook(book_file).worksheets[0]
    for chart in sheet._charts:
        start, end = chart.anchor._from, chart.anchor.to
        covered = sheet.iter_rows(min_row=start.row + 1, max_row=end.row, min_col=start.col + 1, max_col=end.col)
        assert not [cell.coordinate for row in covered for cell in row if cell.value is not None]


def test_displayed_points_add_up_to_the_displayed_score(book: Workbook, content: SnapshotContent) -> None:
    shown = round(content.evaluation.score or 0, 1)
    for table in ("ThesisPillars", "ThesisModel"):
        rows = table_rows(book["Model"], table)
        assert sum(row["Points"] for row in rows if isinstance(row["Points"], float)) == pytest.approx(shown - 50)


def table_rows(sheet: Worksheet, table: str) -> list[dict[str, object]]:
    header, *rows = sheet[sheet.tables[table].ref]
    return [dict(zip((cell.value for cell in header), (cell.value for cell in row), strict=True)) for row in rows]


@pytest.mark.parametrize("name", ["content", "partial", "withheld"])
def test_how_far_to_trust_the_score_stands_beside_it(name: str) -> None:
    content = case(name)
    result, bounds = content.evaluation, content.evaluation.bounds
    starts = {"content": "", "partial": "Partial evidence: ", "withheld": "Withheld: "}
    assert result.status == {"content": "full"}.get(name, name)
    sheet = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(content)), data_only=True)["Dashboard"]
    assert sheet["A7"].value == result.verdict()
    assert sheet["A9"].value.startswith(f"{starts[name]}{result.coverage.effective:.0%} of the weight is known")
    assert sheet["L5"].value == (f"{bounds.low:.1f} – {bounds.high:.1f}" if bounds else None)
    assert bounds is None or f"between {bounds.low:.1f} and {bounds.high:.1f}" in sheet["A9"].value
    assert result.data.sentence() in sheet["A10"].value
    band = result.band
    assert sheet["G5"].value == (f"{band.p5:.1f} – {band.p95:.1f}" if band else "not computed")


def test_the_page_tells_what_moved_what_is_missing_and_what_is_next(book: Workbook, content: SnapshotContent) -> None:
    words = {str(cell.value) for row in book["Dashboard"].iter_rows() for cell in row if cell.value is not None}
    titles = {item.id: item.title.en for item in content.thesis.indicators}
    counted = [item for item in content.evaluation.indicators if item.contribution]
    live = sorted(counted, key=lambda item: item.contribution or 0)
    for item in (*live[:3], *live[-3:]):
        assert titles[item.id] in words
    lost = [row for row in table_rows(book["Model"], "ThesisModel") if row["Lost weight"]]
    heaviest = max(lost, key=lambda row: float(str(row["Lost weight"])))
    assert heaviest["Indicator"] in words
    coming = min((item.resolves, item.id, item.text.en) for item in content.thesis.questions
                 if item.resolves > content.evaluation.as_of)  # fmt: skip
    assert coming[2] in words
    assert content.change is not None
    largest = max(content.change.effects, key=lambda effect: abs(effect.points))
    assert titles[largest.id] in words
    counts = Counter(item.status for item in content.standings)
    column = [cell.value for cell in book["Questions"]["J"]]
    assert column.count("open") == counts["open"] and column.count("yes") == counts["yes"]


def test_what_counts_and_what_does_not_add_up_to_all_weight() -> None:
    for name in ("content", "partial", "withheld"):
        data = openpyxl.load_workbook(io.BytesIO(data_of(name)), data_only=True)
        rows = table_rows(data["Model"], "ThesisModel")
        total = case(name).evaluation.coverage.effective + sum(float(str(row["Lost weight"])) for row in rows)
        late = [row for row in rows if row["Status"] == "late" and not row["Lost weight"] and row["Weight"]]
        assert total < 1.0 if late else total == pytest.approx(1.0, abs=1e-12)


def test_a_missing_indicator_has_a_reason(book: Workbook, content: SnapshotContent) -> None:
    facts = {row["Id"]: row for row in table_rows(book["Indicators"], "ThesisIndicators")}
    for item in content.evaluation.indicators:
        row = facts[item.id]
        assert item.score is not None or row["Reason or note"]
        assert [row[name] == "yes" for name in ("Proxy", "Precomputed", "Contested")] == [
            item.is_proxy, item.is_precomputed, item.contested
        ]  # fmt: skip


def test_each_sheet_says_what_it_is_and_prints(content: SnapshotContent) -> None:
    book = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(content)))
    assert book.sheetnames == [
        "Dashboard", "Inputs", "Model", "Indicators", "Claims", "Questions", "Score history", "Sources", "About",
        "Data", "Past readings", "Chart data",
    ]  # fmt: skip
    for sheet in book.worksheets:
        is_first = sheet.title == "Dashboard"
        assert sheet["A1"].value == (content.evaluation.title if is_first else sheet.title)
        assert len(sheet["A2"].value) > 30
        assert not sheet.sheet_view.showGridLines
        assert sheet.freeze_panes is not None
        assert int(sheet.page_setup.paperSize) == int(sheet.PAPERSIZE_A4)
        assert str(content.evaluation.as_of) in sheet.oddFooter.left.text
    first = book["Dashboard"]
    assert (first.page_setup.orientation, first.page_setup.fitToHeight) == ("portrait", 1)
    assert first.print_area.endswith(f"$Y${first.max_row}")


CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{4,}")


def test_every_word_of_the_dashboard_and_every_header_is_chinese_where_asked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(data_of("chinese")), data_only=True)
    assert all(CHINESE.search(name) for name in book.sheetnames)
    first = book[book.sheetnames[0]]
    kept = ("FRED", "xl-thesis", "Strategy", "MSCI", "ACWI")  # names, a notice that must stay as it is, a command
    for row in first.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and LATIN.search(cell.value):
                assert any(word in cell.value for word in kept) or re.fullmatch(r"[0-9a-f]{64}", cell.value)
    for sheet in book.worksheets:
        assert CHINESE.search(sheet["A1"].value) and CHINESE.search(sheet["A2"].value)
        for table in sheet.tables.values():
            if table.displayName not in ("HistoryScores", "HistoryFreshness", "HistoryBasis"):
                assert all(CHINESE.search(column.name) for column in table.tableColumns)


def test_charts_have_titles_axes_and_words_for_those_who_cannot_see_them(content: SnapshotContent) -> None:
    with zipfile.ZipFile(io.BytesIO(snapshot_bytes(content))) as package:
        drawing = package.read("xl/drawings/drawing1.xml").decode()
        charts = [package.read(f"xl/charts/chart{number}.xml").decode() for number in (1, 2, 3, 4)]
        styles = package.read("xl/styles.xml").decode()
    assert re.findall(r'cNvPr id="\d" name="([^"]+)" descr="[^"]{80,}"', drawing) == [
        "Pillars", "Since publication", "Score history", "Moves since publication"
    ]  # fmt: skip
    for chart in charts:
        assert chart.count('delete val="0"') >= 2
        assert set(re.findall(r'typeface="([^"]+)"', chart)) == {"Calibri", "Microsoft JhengHei"}
        places = re.findall(r"<f>([^<]+)</f>", chart)
        assert places and all(place.startswith("'Chart data'!") for place in places)  # windows that never grow
        order = re.findall(r"<idx val=\"(\d+)\" ?/><order", chart)
        assert len(order) == len(set(order))
    assert set(re.findall(r'<name val="([^"]+)"', styles)) == {"Calibri"}


def test_a_pillar_may_be_called_like_a_column(content: SnapshotContent) -> None:
    name = "Score"
    first = content.thesis.pillars[0].id
    renamed = tuple(
        item.model_copy(update={"pillar": name}) if item.pillar == first else item for item in content.thesis.indicators
    )
    pillars = (content.thesis.pillars[0].model_copy(update={"id": name}), *content.thesis.pillars[1:])
    thesis = content.thesis.model_copy(update={"pillars": pillars, "indicators": renamed})
    assert lint.faults(snapshot_bytes(content_of(thesis))) == []


def test_every_block_is_a_named_table_whose_header_is_its_first_row(book: Workbook) -> None:
    names = []
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            names.append(table.displayName)
            header = [cell.value for cell in sheet[table.ref][0]]
            assert header == [column.name for column in table.tableColumns]
            assert len(set(header)) == len(header)
            assert not [merge for merge in sheet.merged_cells.ranges if not merge.isdisjoint(
                openpyxl.worksheet.cell_range.CellRange(table.ref))]  # fmt: skip
    assert len(set(names)) == len(names)
    assert {
        "ThesisAbout", "ThesisChanges", "ThesisClaims", "ThesisIndicators", "ThesisModel", "ThesisPatience",
        "ThesisPillars", "ThesisQuestions", "ThesisResult", "ThesisSources", "ScoreHistory", "HistoryScores",
        "HistoryFreshness", "InputPillars", "InputIndicators", "InputLabels", "InputRules",
    } <= {*names}  # fmt: skip


def test_no_error_but_the_gaps_of_charts(book: Workbook) -> None:
    for sheet in book.worksheets:
        wrong = [cell for cell in cells(sheet) if cell.data_type == "e"]  # type: ignore[attr-defined]
        assert {cell.value for cell in wrong} <= {"#N/A"}  # type: ignore[attr-defined]
        assert not wrong or sheet.title == "Chart data"


VENDOR = ("YAHOO:SPY/adj", "YAHOO:ACWX/adj", "YAHOO:GC=F")


@pytest.fixture(scope="module")
def with_prices() -> Iterator[Scorer]:
    """A store that a refresh has filled with prices, made up here."""
    with demo_scorer("american_exceptionalism") as scorer:
        days = np.arange(np.datetime64("2021-01-04"), np.datetime64("2026-07-22"))
        days = days[np.is_busday(days)]
        rows = []
        for number, name in enumerate(VENDOR):
            steps = np.random.default_rng(number).normal(0, 0.01, len(days))
            prices = (100.0 + number) * np.exp(np.cumsum(steps))
            rows += [
                (name, day.isoformat(), float(price), day.isoformat())
                for day, price in zip(days.tolist(), prices, strict=True)
            ]
        scorer.store.write(rows, source="made up", vintage_true=lambda _: False)
        yield scorer


@pytest.mark.parametrize("choice", ["derived", "none"])
def test_no_price_of_a_vendor_is_in_a_file_that_is_mailed(with_prices: Scorer, choice: DataChoice) -> None:
    content = gather(with_prices, dt.date(2026, 7, 22), choice=choice, start=START)
    found = {item.id: item for item in content.evaluation.indicators}
    assert found["us_vs_world_12m"].source == "ratio(YAHOO:SPY/adj, YAHOO:ACWX/adj)"
    data = snapshot_bytes(content)
    prices = {
        repr(value) for name in VENDOR
        for value in with_prices.knowledge(dt.date(2026, 7, 22)).series(name).values.tolist()
    }  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        text = b"".join(package.read(name) for name in package.namelist()).decode()
    assert not prices & set(re.findall(r"<v>([^<]*)</v>", text))
    assert f"Data in this file: {choice}." in text or choice in text
    assert lint.faults(data) == []
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    source = next(row for row in table_rows(book["Sources"], "ThesisSources") if row["Series"] == VENDOR[0])
    assert source["In this file"] == {"derived": "after its transform", "none": "nothing"}[choice]


def test_a_full_file_holds_the_series_and_says_so(with_prices: Scorer) -> None:
    content = gather(with_prices, dt.date(2026, 7, 22), choice="full", start=START)
    book = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(content)), data_only=True)
    assert "vendors' prices included" in book["Series in full"]["A2"].value
    for table, block in zip(book["Series in full"].tables.values(), content.blocks, strict=True):
        rows = book["Series in full"][table.ref][1:]
        assert [row[1].value for row in rows] == block.series.values.tolist()


def test_a_mailed_file_is_small(with_prices: Scorer) -> None:
    """With the whole history since 2008, and room left for prices of other series."""
    assert len(snapshot_bytes(gather(with_prices, dt.date(2026, 7, 22)))) < 1_000_000


def test_where_it_comes_from_and_how_to_get_it_again(book: Workbook, content: SnapshotContent) -> None:
    text = "\n".join(str(cell.value) for cell in cells(book["About"]) if cell.value)  # type: ignore[attr-defined]
    assert "not endorsed or certified by the Federal Reserve Bank of St. Louis" in text
    assert "source European Central Bank" in text
    assert content.evaluation.definition_hash in text and content.evaluation.data_hash in text
    assert f"--as-of {content.evaluation.as_of}" in text
    facts = {row["Key"]: row["Value"] for row in table_rows(book["About"], "ThesisAbout")}
    assert (facts["language"], facts["data"], facts["version"]) == ("en", "derived", VERSION)
    sources = {row["Series"]: row for row in table_rows(book["Sources"], "ThesisSources")}
    for record in content.sources:
        row = sources[record.meta.id]
        assert (row["Licence"], row["Age in days"]) == (record.meta.licence, record.age_days)
        assert (row["Proxy for"] or "") == ", ".join(record.proxy_for)


def test_nasty_words_in_a_thesis_make_a_valid_file(
    content: SnapshotContent, tmp_path: Path, open_xml_validator: str
) -> None:
    path = write_snapshot(nasty(content), tmp_path / "nasty.xlsx")
    assert faults(open_xml_validator, path) == []


def nasty(content: SnapshotContent) -> SnapshotContent:
    """The same with dangerous words wherever a definition or a source has words."""
    def bad(row: int) -> Text:
        return Text.model_construct(en=NASTY[row % len(NASTY)], zh_hant=NASTY[-row % len(NASTY)])

    thesis, result = content.thesis, content.evaluation
    changed = thesis.model_copy(update={
        "title": Text.model_construct(en="=HYPERLINK(1)", zh_hant="=1"),
        "statement": bad(0),
        "pillars": tuple(item.model_copy(update={"title": bad(row)}) for row, item in enumerate(thesis.pillars)),
        "indicators": tuple(
            item.model_copy(update={"title": bad(row), "falsifier": NASTY[row % len(NASTY)]})
            for row, item in enumerate(thesis.indicators)
        ),
        "labels": tuple(item.model_copy(update={"text": bad(row)}) for row, item in enumerate(thesis.labels)),
        "claims": tuple(item.model_copy(update={"text": bad(row)}) for row, item in enumerate(thesis.claims)),
        "questions": tuple(item.model_copy(update={"text": bad(row)}) for row, item in enumerate(thesis.questions)),
    })  # fmt: skip
    indicators = tuple(
        item.model_copy(update={"reason": NASTY[-row % len(NASTY)], "unit": NASTY[row % len(NASTY)]})
        for row, item in enumerate(result.indicators)
    )
    evaluation = result.model_copy(update={"title": "=HYPERLINK(1)", "indicators": indicators})
    return replace(content, thesis=changed, evaluation=evaluation)


def test_nasty_words_are_never_a_formula(content: SnapshotContent) -> None:
    """Every formula of the file with dangerous words is one of the file without them, up to the texts in quotes."""
    data = snapshot_bytes(nasty(content))
    assert lint.faults(data) == []
    bare = [
        {(place, re.sub(r'"(?:[^"]|"")*"', "", formula)) for place, formula in formulas(one).items()}
        for one in (data, snapshot_bytes(content))
    ]
    assert bare[0] == bare[1]
    places = formulas(data)
    assert differences(values(data, places), by_ironcalc(data, places), IRONCALC) == []


def test_libreoffice_draws_the_dashboard_on_one_page(office: str, tmp_path: Path) -> None:
    files = [write_snapshot(case(name), tmp_path / f"{name}.xlsx") for name in CASES]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    options = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}'
    command = [office, profile, "--headless", "--convert-to", options, "--outdir", str(tmp_path), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=400)
    for path in files:
        text = subprocess.run(["pdftotext", "-layout", str(path.with_suffix(".pdf")), "-"], capture_output=True,
                              text=True, check=True).stdout  # fmt: skip
        assert "SHA-256" in text and case(path.stem).evaluation.data_hash in text
        assert "###" not in text and "#N/A" not in text


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


def faults(validator: str, path: Path) -> list[str]:
    done = subprocess.run([validator, str(path)], capture_output=True, text=True)
    return [f"{item['path']}: {item['description']}" for item in json.loads(done.stdout)["errors"]]


def test_excel_would_open_it_without_a_word(book_file: Path) -> None:
    assert lint.faults(book_file.read_bytes()) == []


def test_microsofts_validator_finds_nothing(book_file: Path, open_xml_validator: str) -> None:
    assert faults(open_xml_validator, book_file) == []


def test_the_same_content_gives_the_same_bytes_without_clock_or_user(content: SnapshotContent) -> None:
    first = snapshot_bytes(content)
    assert first == snapshot_bytes(content)
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {item.date_time for item in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b">xl-thesis<" in package.read("docProps/core.xml")
        everything = b"".join(package.read(name) for name in package.namelist())
    assert b"2026-07-22T00:00:00Z" in everything
    assert b"openpyxl" not in everything
    for secret in (str(Path.home()), str(Path.cwd())):
        assert secret.encode() not in everything or len(secret) < 3


def test_an_existing_file_is_refused_and_kept(content: SnapshotContent, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"first")
    with pytest.raises(InputError, match="--force"):
        write_snapshot(content, path)
    assert path.read_bytes() == b"first"
    write_snapshot(content, path, force=True)
    path.write_bytes(b"second")
    write_snapshot(content, path, force=True)
    assert (tmp_path / "book.bak1.xlsx").read_bytes() == b"first"
    assert (tmp_path / "book.bak2.xlsx").read_bytes() == b"second"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["book.bak1.xlsx", "book.bak2.xlsx", "book.xlsx"]


def test_a_file_that_must_not_be_changed_is_not_lost(content: SnapshotContent, tmp_path: Path) -> None:
    """Where the system allows its replacement, it is kept as a backup; elsewhere the write is refused."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"read-only")
    path.chmod(0o444)
    with contextlib.suppress(InputError):
        write_snapshot(content, path, force=True)
    assert b"read-only" in [file.read_bytes() for file in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("name", "sentence"), [("no/where/book.xlsx", "cannot be written"), ("book.txt", "end in .xlsx")]
)
def test_a_bad_place_is_one_sentence_and_leaves_nothing(
    content: SnapshotContent, tmp_path: Path, name: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        write_snapshot(content, tmp_path / name)
    assert list(tmp_path.rglob("*")) == []


def test_a_file_that_cannot_be_replaced_is_one_sentence_and_stays(
    content: SnapshotContent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace a workbook that Excel holds open; this is that refusal."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"open in Excel")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InputError, match="close it if it is open"):
        write_snapshot(content, path, force=True)
    assert path.read_bytes() == b"open in Excel"
    assert not [file for file in tmp_path.iterdir() if file.name.endswith(".tmp")]
