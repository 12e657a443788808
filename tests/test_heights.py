"""Rows of a workbook that came back: as high as their new words need, but where somebody gave them another height."""

from __future__ import annotations

import datetime as dt
import functools
import io
import re
from pathlib import Path

import openpyxl
import pytest

from tests.snapshots import START, scorer_of
from xl_thesis import mailed
from xl_thesis.definition import Thesis
from xl_thesis.ledger import Ledger, open_log
from xl_thesis.thesis import load_thesis
from xl_thesis_workbook.content import gather
from xl_thesis_workbook.grid import Grid, Segment, changed_height
from xl_thesis_workbook.measure import Fit, height_of, lines_of
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.snapshot import snapshot_bytes

EARLY, LATE = dt.date(2026, 3, 15), dt.date(2026, 6, 20)
NOWHERE = Path("no such folder")
LONG = "a great deal of evidence " * 20


def thesis(words: str) -> Thesis:
    """The smaller thesis with other words in a verdict."""
    found = load_thesis("jobless_boom")
    claim = found.claims[0]
    verdict = claim.verdict.model_copy(update={"note": words})
    return found.model_copy(update={"claims": (claim.model_copy(update={"verdict": verdict}), *found.claims[1:])})


@functools.cache
def made(words: str, day: dt.date) -> bytes:
    scorer = scorer_of(thesis(words))
    standings = Ledger(scorer.thesis, open_log(NOWHERE)).standings(scorer.knowledge, day)
    return snapshot_bytes(gather(scorer, day, standings=standings, start=START))


def updated(data: bytes, words: str, folder: Path) -> bytes:
    path = folder / "mailed.xlsx"
    path.write_bytes(data)
    mailed.update(scorer_of(thesis(words)), mailed.open_mailed(path), LATE, backup=False, ledger=NOWHERE)
    return path.read_bytes()


def heights(data: bytes, sheet: str) -> dict[int, float | None]:
    found = openpyxl.load_workbook(io.BytesIO(data))[sheet]
    return {row: found.row_dimensions[row].height for row in range(1, found.max_row + 1)}


def with_height(data: bytes, sheet: str, row: int, tag: bytes) -> bytes:
    """The workbook as a program saves it after somebody has dragged a row."""
    package = Package(data)
    part = f"xl/worksheets/sheet{openpyxl.load_workbook(io.BytesIO(data)).sheetnames.index(sheet) + 1}.xml"
    content = package.read(part)
    old = re.search(rb'<row r="%d"[^>]*>' % row, content)
    assert old is not None
    package.put(part, content.replace(old[0], b'<row r="%d"%s>' % (row, tag)))
    return package.to_bytes()


@pytest.mark.parametrize(("before", "after"), [("Short.", LONG), (LONG, "Short.")])
def test_rows_are_as_high_as_in_a_new_file(before: str, after: str, tmp_path: Path) -> None:
    old, new = made(before, EARLY), made(after, LATE)
    found = updated(old, after, tmp_path)
    assert heights(old, "Claims") != heights(new, "Claims")
    for sheet in ("Dashboard", "Claims", "Indicators", "Questions", "Sources", "About"):
        assert heights(found, sheet) == heights(new, sheet), sheet
    again = updated(found, after, tmp_path)
    assert again == found


def test_a_height_that_somebody_chose_stays(tmp_path: Path) -> None:
    old = with_height(made("Short.", EARLY), "Claims", 5, b' ht="33" customHeight="1"')
    assert heights(updated(old, LONG, tmp_path), "Claims")[5] == 33


def test_a_height_that_a_program_rounded_or_fitted_is_ours(tmp_path: Path) -> None:
    new = heights(made("Short.", LATE), "Claims")[5]
    ours = heights(made(LONG, EARLY), "Claims")[5]
    assert ours is not None and ours != new
    for tag in (f' ht="{round(ours / 0.75) * 0.75}" customHeight="1"', f' ht="{ours + 90}"'):
        old = with_height(made(LONG, EARLY), "Claims", 5, tag.encode())
        assert heights(updated(old, "Short.", tmp_path), "Claims")[5] == new


def test_a_fit_is_the_highest_of_its_texts() -> None:
    fit = Fit(((1, 20, 10), (2, 20, 9)), least=16.5)
    assert fit.height({}) == fit.height({1: None, 2: 3.5}) == 16.5
    assert fit.height({1: LONG, 2: "short"}) == height_of(lines_of(LONG, 20))
    assert Fit(((1, 20, 10),)).height({1: "short"}) is None


def test_a_row_without_cells_of_ours_keeps_its_bytes() -> None:
    rows = b'<row r="1" ht="20" customHeight="1"><c r="A1"/></row><row r="2"/>'
    grid = Grid(b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>")
    assert changed_height(grid, 1, 20.3, 43.6) == {1: 43.6}
    assert changed_height(grid, 1, 43.6, 17.2) == changed_height(grid, 1, 20.0, 20.5) == {}
    segment = [Segment(1, 1, b'<c r="A1"><v>1</v></c>')]
    tall = grid.spliced({1: segment}, {1: 43.6, 2: 60.0})
    assert b'<row r="1" ht="43.6" customHeight="1"><c r="A1"><v>1</v></c></row><row r="2"/>' in tall
    assert b'<row r="1"><c' in grid.spliced({1: segment}, {1: None})
    assert b'<row r="3" ht="43.6" customHeight="1"><c' in grid.spliced({3: segment}, {3: 43.6})
