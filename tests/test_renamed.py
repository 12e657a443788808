"""Every sheet of a workbook renamed by its reader, also the one that has no table to be known by."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from tests.recalculate import IRONCALC, by_ironcalc, differences, formulas, opened, values
from tests.snapshots import scorer_of
from tests.test_mailed import made_on
from xl_thesis import mailed
from xl_thesis.thesis import load_thesis
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.grid import Grid, Segment, Writer
from xl_thesis_workbook.opc import Package

DAYS = dt.date(2026, 3, 31), dt.date(2026, 6, 30)
THESIS = load_thesis("jobless_boom")


def renamed(data: bytes) -> bytes:
    """As Excel does it: in the list of sheets, and wherever a sheet is referred to."""
    package = Package(data)
    titles = {title: f"{title[::-1]} & more" for title in Book(package).sheets}
    for part in [name for name in package.names if name.startswith("xl/") and name.endswith(".xml")]:
        content = package.read(part)
        for old, new in titles.items():
            said = new.replace("&", "&amp;").encode()
            reference = rb"(?<![\w'])(?:'%s'|%s)!" % (old.encode(), old.encode())
            content = re.sub(reference, b"'%s'!" % said, content)
            if part == "xl/workbook.xml":
                content = content.replace(b' name="%s"' % old.encode(), b' name="%s"' % said)
        if content != package.read(part):
            package.put(part, content)
    return package.to_bytes()


def cached(data: bytes) -> list[bytes]:
    """What the charts of a workbook keep."""
    package = Package(data)
    charts = sorted(name for name in package.names if name.startswith("xl/charts/"))
    return [kept for name in charts for kept in re.findall(rb"<numCache>.*?</numCache>", package.read(name), re.DOTALL)]


def test_a_workbook_with_other_titles_is_verified_and_brought_up_to_date(tmp_path: Path) -> None:
    path, ledger, scorer = tmp_path / "mailed.xlsx", tmp_path / "none", scorer_of(THESIS)
    data = made_on(scorer, DAYS[0], ledger, window=60)
    path.write_bytes(renamed(data))
    done = mailed.verify(scorer, mailed.open_mailed(path), ledger)
    assert (done.verdict, done.report.missing) == ("untouched", [])
    report = mailed.update(scorer, mailed.open_mailed(path), DAYS[1], ledger=ledger).report
    assert (report.missing, report.formulas, report.rows) == ([], [], [])
    after = path.read_bytes()
    places = formulas(after)
    assert {sheet for sheet, _ in places} > {"atad trahC & more", "draobhsaD & more"}
    assert differences(values(after, places), by_ironcalc(after, places), IRONCALC) == []
    assert mailed.verify(scorer, mailed.open_mailed(path), ledger).verdict == "untouched"
    path.write_bytes(data)
    mailed.update(scorer, mailed.open_mailed(path), DAYS[1], ledger=ledger)
    assert cached(after) == cached(path.read_bytes()) != cached(data)


def test_a_file_of_a_version_that_knew_less_of_itself_is_brought_up_to_date(tmp_path: Path) -> None:
    """What the table of About lacks stays out where our own words stand below it."""
    path, ledger, scorer = tmp_path / "mailed.xlsx", tmp_path / "none", scorer_of(THESIS)
    path.write_bytes(without_last_row(made_on(scorer, DAYS[0], ledger, window=60), "ThesisAbout"))
    report = mailed.update(scorer, mailed.open_mailed(path), DAYS[1], ledger=ledger).report
    assert report.notes[1:] == ["there is no room in table ThesisAbout for change_before, which it was made without"]
    assert mailed.open_mailed(path).as_of == DAYS[1]
    assert ["words"] in [[cell.value for cell in row] for row in opened(path.read_bytes())["About"]["A1:A40"]]


def without_last_row(data: bytes, name: str) -> bytes:
    """A table that ends one row earlier, with somebody's words in its place."""
    book = Book(Package(data))
    table = book.table(name)
    grid = Grid(book.package.read(table.sheet))
    words = Writer(grid.prefix).row(table.bottom, [("A", ""), ("B", "")], ["words", None]).encode()
    book.package.put(table.sheet, grid.spliced({table.bottom: [Segment(table.left, table.right, words)]}))
    book.resize(table, table.bottom - 1)
    return book.package.to_bytes()
