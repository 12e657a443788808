"""The dashboard: what stands on it, in both languages, on one page of either paper."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from tests.snapshots import CASES, case, data_of, table_rows
from xl_thesis.default_store import seed
from xl_thesis.pipeline import Scorer
from xl_thesis.provenance import FRED_NOTICE
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis
from xl_thesis_workbook.content import gather
from xl_thesis_workbook.snapshot import SnapshotContent, snapshot_bytes, write_snapshot


@pytest.fixture(scope="module")
def content() -> SnapshotContent:
    return case("content")


@pytest.fixture(scope="module")
def book() -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data_of("content")), data_only=True)


@pytest.mark.parametrize("name", CASES)
def test_parts_of_the_dashboard_do_not_lie_on_each_other(name: str) -> None:
    """Charts cover no cell with words, for however many pillars and however long their names."""
    sheet = openpyxl.load_workbook(io.BytesIO(data_of(name))).worksheets[0]
    for chart in sheet._charts:
        start, end = chart.anchor._from, chart.anchor.to
        covered = sheet.iter_rows(min_row=start.row + 1, max_row=end.row, min_col=start.col + 1, max_col=end.col)
        assert not [cell.coordinate for row in covered for cell in row if cell.value is not None]


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


@pytest.mark.parametrize("wrong", [{}, {"spx_absolute": dt.date(2026, 2, 24)}])
def test_an_indicator_that_is_proved_wrong_is_named_as_loudly_as_the_score(
    wrong: dict[str, dt.date], content: SnapshotContent
) -> None:
    made = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(replace(content, wrong=wrong))), data_only=True)
    said = made["Dashboard"]["A9"].value
    assert said.endswith(" PROVED WRONG by their own rule: US shares over Treasury bills, trend over a year.") == bool(
        wrong
    )
    assert ("PROVED WRONG" in said) == bool(wrong)
    notes = {row["Id"]: row["Reason or note"] or "" for row in table_rows(made["Indicators"], "ThesisIndicators")}
    assert notes["spx_absolute"].startswith("PROVED WRONG by its own rule on 2026-02-24") == bool(wrong)
    assert sum("PROVED WRONG" in str(note) for note in notes.values()) == len(wrong)


def test_the_default_thesis_does_not_hide_its_own_miss() -> None:
    with Store(":memory:") as store:
        seed(store)
        found = gather(Scorer(load_thesis("american_exceptionalism"), store), dt.date(2026, 7, 22)).wrong
    assert found == {"spx_absolute": dt.date(2026, 2, 24)}


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


def test_each_thing_that_a_reader_looks_for_is_on_the_page(book: Workbook) -> None:
    """Titles of its parts, as the words of the sheet and of its charts have them."""
    words = {str(cell.value) for row in book["Dashboard"].iter_rows() for cell in row if cell.value is not None}
    assert words >= {
        "Score (0 to 100, 50 is neutral)", "Other methods: 5 to 95 %", "Weight that is known", "Data grade, by weight",
        "Pillars", "What moved it since the month before", "What does not count, and why", "The ledger",
        "Dated questions", "still open", "Next questions", "How old the data are", "oldest that counts, in days",
        "Data in this file: derived. It holds series after their transforms and scores, no vendor's prices.",
    }  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(data_of("content"))) as package:
        charts = "".join(package.read(name).decode() for name in package.namelist() if "/charts/chart" in name)
    titles = "".join(re.findall(r"<a:t>([^<]*)</a:t>", charts))
    for title in ("Where the score comes from", "Score since publication, to the last review date",
                  "Score as known at each month-end", "What it is about, since publication"):  # fmt: skip
        assert title in titles
    heads = {str(cell.value) for cell in book["Chart data"][4]}
    assert heads >= {"US Dollar Index since publication", "US shares against the rest of the world since publication",
                     "Bitcoin since publication", "review date"}  # fmt: skip


def test_points_turn_with_their_sign_and_charts_leave_gaps_where_nothing_is_known() -> None:
    data = data_of("content")
    rules = openpyxl.load_workbook(io.BytesIO(data))["Dashboard"].conditional_formatting
    assert {rule.operator for cells in rules for rule in cells.rules} >= {"greaterThan", "lessThan"}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        charts = [package.read(name).decode() for name in package.namelist() if "/charts/chart" in name]
    for chart in charts:
        assert 'dispBlanksAs val="gap"' in chart
        assert "<v>#N/A</v>" not in chart and "<v></v>" not in chart


def test_the_chart_of_moves_ends_with_the_newest_month(book: Workbook, content: SnapshotContent) -> None:
    header = [cell.value for cell in book["Chart data"][4]]
    column = header.index("US Dollar Index since publication")
    days = [row[column - 1].value.date() for row in book["Chart data"].iter_rows(min_row=5, max_row=40)
            if row[column - 1].value]  # fmt: skip
    assert days == sorted(days) and (days[-1].year, days[-1].month) == (
        content.evaluation.as_of.year, content.evaluation.as_of.month
    )  # fmt: skip


CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{4,}")


def test_every_word_of_the_dashboard_and_every_header_is_chinese_where_asked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(data_of("chinese")), data_only=True)
    assert all(CHINESE.search(name) for name in book.sheetnames)
    result = case("chinese").evaluation
    texts = {cell.value for row in book.worksheets[0].iter_rows() for cell in row if isinstance(cell.value, str)}
    bare = {text for text in texts if re.search("[A-Za-z]", text) and not CHINESE.search(text)}
    grades = {text for text in bare if re.fullmatch(r"A \d+% · B \d+%", text)}
    assert bare - grades == {result.definition_hash, result.data_hash, FRED_NOTICE}
    names = ("xl-thesis", "Strategy", "MSCI", "ACWI")  # with Chinese words around them
    assert [text for text in texts - bare if LATIN.search(text) and not any(name in text for name in names)] == []
    with zipfile.ZipFile(io.BytesIO(data_of("chinese"))) as package:
        drawn = [package.read(name).decode() for name in package.namelist() if re.search("charts/|drawings/draw", name)]
    found = ["".join(text) for part in drawn for text in re.findall(r'<a:t>([^<]*)</a:t>|descr="([^"]*)"', part)]
    spoken = [text for text in found if text]
    assert len(spoken) == 15 and all(CHINESE.search(text) for text in spoken)  # titles and alternative texts
    units = {cell.value for cell in book["指標"]["E"][4:]}
    assert all(CHINESE.search(unit) for unit in units)
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
    said = [re.findall("<a:t>([^<]+)</a:t>", chart)[1:] for chart in charts]
    assert said[0] == ["against the thesis  ←  points  →  for the thesis"]
    assert [sorted(words) for words in said[1:3]] == [["month-end", "score"]] * 2
    assert sorted(said[3]) == ["month-end", "standard deviations"]
    assert all(chart.count('rot="-5400000"') == 1 for chart in charts[1:])
    for chart in charts:
        assert chart.count('delete val="0"') >= 2
        assert set(re.findall(r'typeface="([^"]+)"', chart)) == {"Calibri", "Microsoft JhengHei"}
        places = re.findall(r"<f>([^<]+)</f>", chart)
        assert places and all(place.startswith("'Chart data'!") for place in places)  # windows that never grow
        order = re.findall(r"<idx val=\"(\d+)\" ?/><order", chart)
        assert len(order) == len(set(order))
    assert set(re.findall(r'<name val="([^"]+)"', styles)) == {"Calibri"}


def test_the_bands_of_the_labels_say_their_limits_and_follow_the_inputs(content: SnapshotContent) -> None:
    """Told apart without their colours."""
    shown = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(content)), data_only=True)["Chart data"][4]
    typed = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(content)))["Chart data"][4]
    bands = [(cell.value, typed[place].value) for place, cell in enumerate(shown) if "–" in str(cell.value)]
    assert [value for value, _ in bands[:5]] == [
        "contradicted 0–35", "leaning against 35–45", "inconclusive 45–55", "leaning for 55–65", "supported 65–100"
    ]  # fmt: skip
    assert len(bands) == 10 and bands[1][1] == '="leaning against "&Inputs!$C$57&"–"&Inputs!$C$58'


def on_letter(path: Path) -> Path:
    """The same workbook for American paper."""
    other = path.with_name(f"{path.stem} letter.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'paperSize="9"', b'paperSize="1"'))
    return other


def test_libreoffice_draws_the_dashboard_on_one_page(office: str, tmp_path: Path) -> None:
    files = [write_snapshot(case(name), tmp_path / f"{name}.xlsx") for name in CASES]
    files += [on_letter(path) for path in files if path.stem in ("content", "chinese", "crowded")]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    options = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}'
    command = [office, profile, "--headless", "--convert-to", options, "--outdir", str(tmp_path), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=400)
    for path in files:
        about = subprocess.run(["pdfinfo", str(path.with_suffix(".pdf"))], capture_output=True, text=True, check=True)
        assert ("(letter)" if path.stem.endswith("letter") else "(A4)") in about.stdout
        text = subprocess.run(["pdftotext", "-layout", str(path.with_suffix(".pdf")), "-"], capture_output=True,
                              text=True, check=True).stdout  # fmt: skip
        assert "SHA-256" in text and case(path.stem.removesuffix(" letter")).evaluation.data_hash in text
        assert "###" not in text and "#N/A" not in text
