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

from xl_thesis.errors import InputError
from xl_thesis.evaluation import BandResult
from xl_thesis.pipeline import Scorer, seed
from xl_thesis.provenance import data_blocks, source_records
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis
from xl_thesis.version import VERSION
from xl_thesis_workbook import lint, words
from xl_thesis_workbook.cells import clean_text, put
from xl_thesis_workbook.measure import lines_of
from xl_thesis_workbook.snapshot import SnapshotContent, snapshot_bytes, write_snapshot
from xl_thesis_workbook.tables import table_names

NASTY = [
    "=cmd|'/c calc'!A1", "=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "#REF!", "a\x07b", "\ud800", "\ufffe", "_x0041_",
    "x" * 40_000, "\r\nline", "<&>\"'", "TRUE", "2025-02-24", "'quoted",
]  # fmt: skip


def content_of(as_of: dt.date | None, thesis: str = "american_exceptionalism") -> SnapshotContent:
    with Store(":memory:") as store:
        seed(store)
        scorer = Scorer(load_thesis(thesis), store)
        result = scorer.evaluate(as_of)
        return SnapshotContent(
            thesis=scorer.thesis,
            evaluation=result,
            history=scorer.history(min(dt.date(2020, 1, 31), result.as_of), result.as_of),
            sources=source_records(scorer, result),
            blocks=data_blocks(scorer, result),
            version=VERSION,
        )


@pytest.fixture(scope="module")
def content() -> SnapshotContent:
    return content_of(None)


@pytest.fixture(scope="module")
def partial() -> SnapshotContent:
    return content_of(dt.date(2012, 6, 30))


@pytest.fixture(scope="module")
def withheld() -> SnapshotContent:
    return content_of(dt.date(1995, 6, 30))


@pytest.fixture(scope="module", params=["content", "partial", "withheld", "second thesis", "crowded"])
def book_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "second thesis":
        chosen = content_of(None, "jobless_boom")
    elif request.param == "crowded":
        chosen = crowded(request.getfixturevalue("content"))
    else:
        chosen = request.getfixturevalue(request.param)
    return write_snapshot(chosen, tmp_path_factory.mktemp("book") / f"{request.param}.xlsx")


def crowded(content: SnapshotContent) -> SnapshotContent:
    """More pillars than usual, and longer words everywhere."""
    result = content.evaluation
    words = "seen over many years and against the rest of the world, in prices of each year"
    pillars = [item.model_copy(update={"title": f"{item.title} {words}"}) for item in result.pillars]
    more = [item.model_copy(update={"id": f"{item.id}_{number}"}) for number in range(2) for item in result.pillars]
    indicators = [item.model_copy(update={"title": f"{item.title} {words}"}) for item in result.indicators]
    changes = {"title": f"{result.title} {words}", "pillars": (*pillars, *more), "indicators": tuple(indicators)}
    return replace(content, evaluation=result.model_copy(update=changes))


@pytest.fixture(scope="module")
def book(content: SnapshotContent) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(snapshot_bytes(content)))


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
    assert sum(content.pillar_points().values()) == pytest.approx(shown - 50, abs=1e-9)
    assert sum(content.indicator_points().values()) == pytest.approx(shown - 50, abs=1e-9)
    sheet = book["Dashboard"]
    table = sheet[sheet.tables["ThesisPillars"].ref]
    points = [row[5].value for row in table[1:] if row[5].value is not None]
    assert sum(points) == pytest.approx(shown - 50, abs=1e-9)


def test_what_counts_and_what_does_not_add_up_to_all_weight(
    content: SnapshotContent, partial: SnapshotContent, withheld: SnapshotContent
) -> None:
    """Weight is known, or missing with a reason; only late indicators that still count lose some beside that."""
    for chosen in (content, partial, withheld):
        gaps, closed = chosen.gaps(), chosen.closed_pillars()
        assert all(words.remark(item, closed) for item, _ in gaps)
        total = chosen.evaluation.coverage.effective + sum(share for _, share in gaps)
        late = [item for item in chosen.evaluation.indicators if item.status == "stale" and item.pillar not in closed]
        assert total < 1.0 if late else total == pytest.approx(1.0, abs=1e-12)


def test_movers_are_the_largest_on_either_side(content: SnapshotContent) -> None:
    movers = [item.contribution or 0.0 for item in content.movers(3)]
    all_of_them = [item.contribution or 0.0 for item in content.evaluation.indicators]
    assert movers[:3] == sorted(all_of_them, reverse=True)[:3]
    assert movers[3:] == sorted(all_of_them)[:3]


def test_how_far_to_trust_the_score_stands_beside_it(
    content: SnapshotContent, partial: SnapshotContent, withheld: SnapshotContent
) -> None:
    for chosen, status, start in (
        (content, "full", ""),
        (partial, "partial", "Partial evidence: "),
        (withheld, "withheld", "Withheld: "),
    ):
        result, bounds = chosen.evaluation, chosen.evaluation.bounds
        assert result.status == status
        sheet = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(chosen)))["Dashboard"]
        assert sheet["A6"].value == result.verdict()
        assert sheet["B6"].value.startswith(f"{start}{result.coverage.effective:.0%} of the weight is known")
        assert (sheet["B5"].value, sheet["D5"].value) == ((bounds.low, bounds.high) if bounds else (None, None))
        assert bounds is None or f"between {bounds.low:.1f} and {bounds.high:.1f}" in sheet["B6"].value
        assert result.data.sentence() in sheet["A7"].value
        assert len(sheet._charts) == (1 if status == "withheld" else 2)


def test_the_range_over_methods_stands_beside_the_score_where_it_was_computed(content: SnapshotContent) -> None:
    found = BandResult(p5=49.14, p50=57.0, p95=66.26, share_above_50=0.92, draws=500, seed=1, varied_share=0.5)
    banded = replace(content, evaluation=content.evaluation.model_copy(update={"band": found}))
    text = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(banded)))["Dashboard"]["B6"].value
    assert "give 49.1 to 66.3 in nine of ten draws, above 50 in 92%" in text
    assert words.band(content.evaluation) is None


def test_a_missing_number_is_an_empty_cell_with_a_reason(book: Workbook, content: SnapshotContent) -> None:
    sheet = book["Indicators"]
    header, *rows = sheet[sheet.tables["ThesisIndicators"].ref]
    column = {cell.value: number for number, cell in enumerate(header)}
    numbers = ("Value", "Score", "Declared weight", "Effective weight", "Points", "Age in days")
    assert all(row[column[name]].data_type == "n" for row in rows for name in numbers)
    assert all(row[column["Reason or note"]].value for row in rows if row[column["Score"]].value is None)
    found = content.evaluation.indicators
    flags = {
        "Stale": [item.status == "stale" for item in found],
        "Proxy": [item.is_proxy for item in found],
        "Precomputed": [item.is_precomputed for item in found],
        "Contested": [item.contested for item in found],
    }
    for name, holds in flags.items():
        assert [row[column[name]].value == "yes" for row in rows] == holds


def test_each_sheet_says_what_it_is_and_prints(book: Workbook, content: SnapshotContent) -> None:
    assert book.sheetnames == ["Dashboard", "Indicators", "Claims", "Questions", "Score history", "Sources", "Data"]
    for sheet in book.worksheets:
        is_first = sheet.title == "Dashboard"
        assert sheet["A1"].value == (content.evaluation.title if is_first else sheet.title)
        assert len(sheet["A2"].value) > 30
        assert not sheet.sheet_view.showGridLines
        assert (sheet.freeze_panes is None) == is_first
        assert int(sheet.page_setup.paperSize) == int(sheet.PAPERSIZE_A4)
        assert str(content.evaluation.as_of) in sheet.oddFooter.left.text
    first = book["Dashboard"]
    assert (first.page_setup.orientation, first.page_setup.fitToHeight) == ("portrait", 1)
    assert first.print_area.endswith(f"$K${first.max_row}")


def test_charts_have_titles_axes_and_words_for_those_who_cannot_see_them(content: SnapshotContent) -> None:
    with zipfile.ZipFile(io.BytesIO(snapshot_bytes(content))) as package:
        drawing = package.read("xl/drawings/drawing1.xml").decode()
        charts = [package.read(f"xl/charts/chart{number}.xml").decode() for number in (1, 2)]
        styles = package.read("xl/styles.xml").decode()
    assert re.findall(r'cNvPr id="\d" name="([^"]+)" descr="[^"]{80,}"', drawing) == ["Pillar scores", "Score history"]
    for chart in charts:
        assert chart.count('delete val="0"') == 2
        assert "<a:t>Score" in chart or ":t>Score" in chart
        assert set(re.findall(r'typeface="([^"]+)"', chart)) == {"Calibri"}
        assert "numCache" not in chart or "nan" not in chart
    assert set(re.findall(r'<name val="([^"]+)"', styles)) == {"Calibri"}
    assert 'crossesAt val="50"' in charts[0]


def test_parts_of_the_dashboard_do_not_lie_on_each_other(book_file: Path) -> None:
    """Charts cover no cell with words, for however many pillars and however long their names."""
    sheet = openpyxl.load_workbook(book_file)["Dashboard"]
    for chart in sheet._charts:
        start, end = chart.anchor._from, chart.anchor.to
        covered = sheet.iter_rows(min_row=start.row + 1, max_row=end.row, min_col=start.col + 1, max_col=end.col)
        assert not [cell.coordinate for row in covered for cell in row if cell.value is not None]


def test_a_pillar_may_be_called_like_a_column(content: SnapshotContent) -> None:
    pillars = (content.thesis.pillars[0].model_copy(update={"id": "Score"}), *content.thesis.pillars[1:])
    history = content.history.assign(Score=content.history[content.thesis.pillars[0].id])
    thesis = content.thesis.model_copy(update={"pillars": pillars})
    assert lint.faults(snapshot_bytes(replace(content, thesis=thesis, history=history))) == []


def test_every_block_is_a_named_table_whose_header_is_its_first_row(book: Workbook, content: SnapshotContent) -> None:
    names = []
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            names.append(table.displayName)
            header = [cell.value for cell in sheet[table.ref][0]]
            assert header == [column.name for column in table.tableColumns]
            assert len(set(header)) == len(header)
            assert all(isinstance(text, str) and text for text in header)
            assert not [merge for merge in sheet.merged_cells.ranges if not merge.isdisjoint(
                openpyxl.worksheet.cell_range.CellRange(table.ref))]  # fmt: skip
    assert len(set(names)) == len(names)
    assert {"ThesisPillars", "ThesisIndicators", "ThesisClaims", "ThesisQuestions", "ThesisSources"} <= {*names}
    assert "ScoreHistory" in names
    assert sum(name.startswith("Data_") for name in names) == len(content.blocks) > 5
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{2,254}", name) for name in names)


def test_no_formula_and_no_error_anywhere(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert not [cell.coordinate for cell in cells(sheet) if cell.data_type in ("f", "e")]  # type: ignore[attr-defined]


def test_only_data_that_may_be_passed_on_is_in_the_file(content: SnapshotContent) -> None:
    assert all("YAHOO" not in block.source for block in content.blocks)
    assert not any(record.meta.id.startswith("YAHOO") for record in content.sources)


def test_sources_show_licences_and_notices(book: Workbook, content: SnapshotContent) -> None:
    text = "\n".join(str(cell.value) for cell in cells(book["Sources"]) if cell.value)  # type: ignore[attr-defined]
    assert "not endorsed or certified by the Federal Reserve Bank of St. Louis" in text
    assert "source European Central Bank" in text
    assert content.evaluation.definition_hash in text
    assert f"--as-of {content.evaluation.as_of}" in text


def test_the_data_sheet_is_the_series_digit_for_digit(book: Workbook, content: SnapshotContent) -> None:
    sheet = book["Data"]
    for table, block in zip(sheet.tables.values(), content.blocks, strict=True):
        rows = sheet[table.ref][1:]
        assert [row[1].value for row in rows] == block.series.values.tolist()
        assert [row[0].value.date().isoformat() for row in rows] == block.series.days.astype(str).tolist()


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


def test_nasty_words_in_a_thesis_make_a_valid_file(
    content: SnapshotContent, tmp_path: Path, open_xml_validator: str
) -> None:
    result = content.evaluation
    indicators = [
        item.model_copy(update={"title": NASTY[row % len(NASTY)], "reason": NASTY[-row % len(NASTY)]})
        for row, item in enumerate(result.indicators)
    ]
    nasty = result.model_copy(update={"title": "=HYPERLINK(1)", "indicators": tuple(indicators)})
    path = write_snapshot(replace(content, evaluation=nasty), tmp_path / "nasty.xlsx")
    assert faults(open_xml_validator, path) == []
    assert lint.faults(path.read_bytes()) == []
    book = openpyxl.load_workbook(path)
    assert not [cell for sheet in book.worksheets for cell in cells(sheet) if cell.data_type in ("f", "e")]  # type: ignore[attr-defined]


def faults(validator: str, path: Path) -> list[str]:
    done = subprocess.run([validator, str(path)], capture_output=True, text=True)
    return [f"{item['path']}: {item['description']}" for item in json.loads(done.stdout)["errors"]]


def test_excel_would_open_it_without_a_word(book_file: Path) -> None:
    assert lint.faults(book_file.read_bytes()) == []


def test_microsofts_validator_finds_nothing(book_file: Path, open_xml_validator: str) -> None:
    assert faults(open_xml_validator, book_file) == []


def test_libreoffice_draws_the_dashboard_on_one_page(book_file: Path, office: str, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    options = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}'
    command = [office, profile, "--headless", "--convert-to", options, "--outdir", str(tmp_path), str(book_file)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    text = subprocess.run(["pdftotext", "-layout", str(tmp_path / f"{book_file.stem}.pdf"), "-"], capture_output=True,
                          text=True, check=True).stdout  # fmt: skip
    assert "What to know before you quote it" in text
    assert "Data hash" in text


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
