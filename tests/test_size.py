"""A file is small enough to mail where every series is known in full; a formula stated once is read in each cell."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator

import numpy as np
import openpyxl
import pytest

from tests.recalculate import IRONCALC, by_ironcalc, differences, formulas, values
from tests.snapshots import content_of, data_of
from xl_thesis.catalogue import load_catalogue
from xl_thesis.models import Frequency, SeriesMeta
from xl_thesis.observations import Days, month_ends
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis
from xl_thesis_workbook import lint
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.comparison import compare
from xl_thesis_workbook.content import gather
from xl_thesis_workbook.grid import Formula, Grid
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.reading import Reader
from xl_thesis_workbook.snapshot import snapshot_bytes, snapshot_parts

END = np.datetime64("2026-07-22")
STEPS: dict[Frequency, int] = {"daily": 252, "weekly": 52, "monthly": 12, "quarterly": 4, "annual": 1}
GOAL = 1_500_000


def days_of(frequency: Frequency) -> Days:
    """The ends of all periods since 2000."""
    days = np.arange(np.datetime64("2000-01-01"), END)
    if frequency == "daily":
        return days[np.is_busday(days)]
    if frequency == "weekly":
        return days[np.is_busday(days, weekmask="Fri")]
    months = np.arange(np.datetime64("2000-01"), END.astype("datetime64[M]"))
    return month_ends(months[(months.astype(int) + 1) % (12 // STEPS[frequency]) == 0])


def rows_of(number: int, meta: SeriesMeta) -> Iterator[tuple[str, str, float, str]]:
    """A random walk, as a rate or as an index, with as many digits as such series are published with."""
    days, random = days_of(meta.frequency), np.random.default_rng(number)
    steps = np.cumsum(random.normal(0, 0.15 / STEPS[meta.frequency] ** 0.5, len(days)))
    is_rate = "percent" in meta.unit.lower()
    numbers = np.round(3 + 3 * steps, 2) if is_rate else np.round(100 * np.exp(steps), 4)
    for day, value, known in zip(days, numbers.tolist(), days + meta.lag_days, strict=True):
        if known <= END:
            yield meta.id, str(day), value, str(known)


@pytest.fixture(scope="module")
def full() -> Iterator[bytes]:
    stored = [meta for meta in load_catalogue().values() if meta.derived is None and meta.id[:3] != "PRE"]
    with Store(":memory:") as store:
        rows = (row for number, meta in enumerate(stored) for row in rows_of(number, meta))
        store.write(rows, source="made up", vintage_true=lambda _: False)
        content = gather(Scorer(load_thesis("american_exceptionalism"), store), dt.date(2026, 7, 22))
        assert sum(item.history is not None for item in content.workings.values()) > 20
        yield snapshot_bytes(content)


def test_a_file_of_a_full_store_is_small_enough_to_mail_and_sound(full: bytes) -> None:
    assert len(full) < GOAL
    assert lint.faults(full) == []


def test_its_formulas_give_the_numbers_of_the_engine(full: bytes) -> None:
    places = formulas(full)
    assert differences(values(full, places), by_ironcalc(full, places), IRONCALC) == []


def test_a_formula_that_is_stated_once_is_read_in_each_of_its_cells() -> None:
    content = content_of(load_thesis("american_exceptionalism"), language="zh-Hant")
    data, (_, draft) = snapshot_bytes(content), snapshot_parts(content)
    book = Book(Package(data))
    table = book.table("ScoreHistory")
    sheet = book.package.read(table.sheet)
    assert sheet.count(b' t="shared" ref=') == len(table.columns) - 1  # the row's number is another one in each
    rows = list(Reader(book).rows(Grid(sheet), table))
    written = [[cell.text for cell in row if isinstance(cell, Formula)] for row in draft.filled["ScoreHistory"]]
    assert [[cell.text for cell in row if isinstance(cell, Formula)] for row in rows] == written
    by_openpyxl = openpyxl.load_workbook(io.BytesIO(data))["分數歷史"]
    read = by_openpyxl.iter_rows(table.first, table.bottom, table.left, table.right)
    assert [[str(cell.value)[1:] for cell in row] for row in read] == written


def test_a_stated_formula_that_was_changed_is_found_in_each_of_its_cells() -> None:
    book = Book(Package(data_of("content")))
    table = book.table("ScoreHistory")
    sheet = book.package.read(table.sheet)
    changed = re.sub(rb'(ref="B\d+:B\d+" si="\d+">)([^<]+)<', rb"\1\2+1<", sheet, count=1)
    assert changed != sheet
    book.package.put(table.sheet, changed)
    report = compare(data_of("content"), book.package.to_bytes())
    assert {item.column for item in report.formulas} == {"Score"}
    assert len(report.formulas) == table.bottom - table.top
    assert report.notes == []
