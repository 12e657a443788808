"""The snapshot workbook: opens without repair, holds the evaluation's numbers, and no text is a formula."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.recalculate import IRONCALC, by_ironcalc, differences, formulas, values
from tests.snapshots import CASES, NASTY, START, case, content_of, data_of, scorer_of, table_rows
from xl_thesis.actions import demo_scorer
from xl_thesis.models import Text
from xl_thesis.pipeline import Scorer
from xl_thesis.thesis import load_thesis
from xl_thesis.version import VERSION
from xl_thesis_workbook import lint
from xl_thesis_workbook.content import DataChoice
from xl_thesis_workbook.snapshot import SnapshotContent, gather, snapshot_bytes, write_snapshot


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


def test_displayed_points_add_up_to_the_displayed_score(book: Workbook, content: SnapshotContent) -> None:
    shown = round(content.evaluation.score or 0, 1)
    for table in ("ThesisPillars", "ThesisModel"):
        rows = table_rows(book["Model"], table)
        assert sum(row["Points"] for row in rows if isinstance(row["Points"], float)) == pytest.approx(shown - 50)


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
        column, row = coordinate_to_tuple(sheet.freeze_panes)[::-1]
        frozen = sum(sheet.column_dimensions[get_column_letter(place)].width for place in range(1, column))
        assert frozen <= 30 and row <= 16, sheet.title  # or a phone shows nothing that scrolls
    first = book["Dashboard"]
    assert (first.page_setup.orientation, first.page_setup.fitToHeight) == ("portrait", 1)
    assert first.print_area.endswith(f"$Y${first.max_row}")


@pytest.mark.parametrize("choice", ["derived", "full"])
def test_who_prints_the_whole_workbook_gets_the_beginning_of_long_tables(choice: DataChoice) -> None:
    book = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(replace(case("content"), choice=choice))))
    for title in ("Data", "Past readings", *(("Series in full",) if choice == "full" else ())):
        sheet = book[title]
        _, top, _, bottom = range_boundaries(sheet.print_area.rpartition("!")[2].replace("$", ""))
        header = int(sheet.print_title_rows.rpartition("$")[2])
        assert (top, bottom) == (1, header + 40)


def test_no_table_of_data_is_torn_between_two_pages(content: SnapshotContent) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(content)))["Data"]
    ends = [item.id for item in sheet.col_breaks.brk]
    boxes = [range_boundaries(table.ref) for table in sheet.tables.values()]
    assert len(ends) >= 2 and not any(left <= end < right for end in ends for left, _, right, _ in boxes)
    assert 40 < sheet.page_setup.scale <= 100


def test_a_file_with_every_series_full_since_2000_stays_small() -> None:
    content = gather(scorer_of(load_thesis("american_exceptionalism")))
    days = np.arange(np.datetime64("2000-01-03"), np.datetime64("2026-07-22"))
    days = days[np.is_busday(days)]
    numbers, found = np.random.default_rng(1), dict(content.workings)
    known = [name for name, working in found.items() if working.history is not None]
    for name in known[:12]:
        history = found[name].history
        assert history is not None
        values = np.cumsum(numbers.normal(0, 0.03, len(days)))
        found[name] = replace(found[name], history=replace(history, days=days, values=values, available=days))
    data = snapshot_bytes(replace(content, workings=found))
    assert len(data) < 1_600_000


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
    prices |= {repr(round(float(price), 10)) for price in prices}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        text = b"".join(package.read(name) for name in package.namelist()).decode()
    assert not prices & set(re.findall(r"<(?:\w+:)?v>([^<]*)<", text))  # of cells, and of what charts keep
    assert f"Data in this file: {choice}." in text or choice in text
    assert lint.faults(data) == []
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    source = next(row for row in table_rows(book["Sources"], "ThesisSources") if row["Series"] == VENDOR[0])
    assert source["In this file"] == {"derived": "after its transform", "none": "nothing"}[choice]


def test_an_indicator_that_is_a_price_itself_travels_as_its_score(with_prices: Scorer) -> None:
    """A level that is ranked, and one that goalposts score: neither history is in the file, both still score."""
    thesis, day = with_prices.thesis, dt.date(2026, 7, 22)
    level = next(item.transform for item in thesis.indicators if item.transform.kind == "level")
    posts = next(item.normalise for item in thesis.indicators if item.normalise.kind == "goalposts")
    price = {"source": "YAHOO:GC=F", "fallbacks": (), "transform": level}
    changed = {"gold_usd": price, "btc_beta": price | {"normalise": posts.model_copy(update={"posts": (1, 90, 300)})}}
    indicators = tuple(item.model_copy(update=changed.get(item.id, {})) for item in thesis.indicators)
    scorer = Scorer(thesis.model_copy(update={"indicators": indicators}), with_prices.store)
    content = gather(scorer, day, start=START)
    assert {content.workings[name].method for name in changed} == {"given"}
    data = snapshot_bytes(content)
    prices = {repr(value) for value in scorer.knowledge(day).series("YAHOO:GC=F").values.tolist()}
    prices |= {repr(round(float(price), 10)) for price in prices}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        text = b"".join(package.read(name) for name in package.namelist()).decode()
    assert not prices & set(re.findall(r"<(?:\w+:)?v>([^<]*)<", text))
    places = formulas(data)
    assert differences(values(data, places), by_ironcalc(data, places), IRONCALC) == []
    full = snapshot_bytes(gather(scorer, day, choice="full", start=START))
    with zipfile.ZipFile(io.BytesIO(full)) as package:
        text = b"".join(package.read(name) for name in package.namelist()).decode()
    assert prices & set(re.findall(r"<v>([^<]*)<", text))


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


def faults(validator: str, path: Path) -> list[str]:
    done = subprocess.run([validator, str(path)], capture_output=True, text=True, timeout=300)
    return [f"{item['path']}: {item['description']}" for item in json.loads(done.stdout)["errors"]]


def test_excel_would_open_it_without_a_word(book_file: Path) -> None:
    assert lint.faults(book_file.read_bytes()) == []


def test_microsofts_validator_finds_nothing(book_file: Path, open_xml_validator: str) -> None:
    assert faults(open_xml_validator, book_file) == []
