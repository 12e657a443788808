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
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.errors import InputError
from xl_thesis.pipeline import Scorer, seed
from xl_thesis.provenance import data_blocks, source_records
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis
from xl_thesis.version import VERSION
from xl_thesis_workbook.cells import clean_text, exact_numbers, put
from xl_thesis_workbook.snapshot import SnapshotContent, snapshot_bytes, write_snapshot

NASTY = [
    "=cmd|'/c calc'!A1", "=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "#REF!", "a\x07b", "\ud800", "\ufffe", "_x0041_",
    "x" * 40_000, "\r\nline", "<&>\"'", "TRUE", "2025-02-24", "'quoted",
]  # fmt: skip


def content_of(as_of: dt.date | None) -> SnapshotContent:
    with Store(":memory:") as store:
        seed(store)
        scorer = Scorer(load_thesis("american_exceptionalism"), store)
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


@pytest.fixture(scope="module", params=["full", "withheld"])
def book_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    chosen = content_of(None if request.param == "full" else dt.date(1995, 6, 30))
    return write_snapshot(chosen, tmp_path_factory.mktemp("book") / f"{request.param}.xlsx")


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
    with exact_numbers():
        book.save(buffer)
    assert openpyxl.load_workbook(buffer).active["A1"].value == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), np.nan])
def test_a_number_that_is_not_one_is_an_empty_cell(value: float) -> None:
    sheet = Workbook().active
    assert put(sheet, 1, 1, value).value is None


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
    book = openpyxl.load_workbook(path)
    assert not [cell for sheet in book.worksheets for cell in cells(sheet) if cell.data_type in ("f", "e")]  # type: ignore[attr-defined]


def faults(validator: str, path: Path) -> list[str]:
    done = subprocess.run([validator, str(path)], capture_output=True, text=True)
    return [f"{item['path']}: {item['description']}" for item in json.loads(done.stdout)["errors"]]


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


@pytest.mark.parametrize(("name", "words"), [("no/where/book.xlsx", "cannot be written"), ("book.txt", "end in .xlsx")])
def test_a_bad_place_is_one_sentence_and_leaves_nothing(
    content: SnapshotContent, tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
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
