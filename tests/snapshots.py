"""Contents of snapshots for tests: what is known, what is not, another thesis, a crowded one."""

from __future__ import annotations

import atexit
import datetime as dt
import functools
from pathlib import Path

from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.default_store import seed
from xl_thesis.definition import Thesis
from xl_thesis.ledger import Ledger, open_log
from xl_thesis.models import Text
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis
from xl_thesis_workbook.content import DataChoice, SnapshotContent, gather
from xl_thesis_workbook.language import Language
from xl_thesis_workbook.snapshot import snapshot_bytes

START = dt.date(2021, 1, 31)
NASTY = [
    "=cmd|'/c calc'!A1", "=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "#REF!", "a\x07b", "\ud800", "\ufffe", "_x0041_",
    "x" * 40_000, "\r\nline", "<&>\"'", "TRUE", "2025-02-24", "'quoted",
]  # fmt: skip
CASES = ("content", "partial", "withheld", "second", "crowded", "chinese")


@functools.cache
def embedded() -> Store:
    """The embedded data, for tests that only read."""
    store = Store(":memory:")
    atexit.register(store.close)
    seed(store)
    return store


def scorer_of(thesis: Thesis) -> Scorer:
    return Scorer(thesis, embedded())


def content_of(
    thesis: Thesis,
    as_of: dt.date | None = None,
    *,
    language: Language = "en",
    choice: DataChoice = "derived",
) -> SnapshotContent:
    scorer = scorer_of(thesis)
    day = as_of or scorer.default_as_of()
    standings = Ledger(thesis, open_log(Path("no such folder"))).standings(scorer.knowledge, day)
    return gather(scorer, day, standings=standings, language=language, choice=choice, start=START)


@functools.cache
def case(name: str) -> SnapshotContent:
    thesis = load_thesis("jobless_boom" if name == "second" else "american_exceptionalism")
    if name == "crowded":
        thesis = crowded(thesis)
    day = {"partial": dt.date(2012, 6, 30), "withheld": dt.date(1995, 6, 30)}.get(name)
    return content_of(thesis, day, language="zh-Hant" if name == "chinese" else "en")


@functools.cache
def data_of(name: str) -> bytes:
    return snapshot_bytes(case(name))


def crowded(thesis: Thesis) -> Thesis:
    """More pillars than usual, and longer words everywhere."""
    more = "seen over many years and against the rest of the world, in prices of each year"

    def longer(text: Text) -> Text:
        return Text(en=f"{text.en} {more}", zh_hant=f"{text.zh_hant}{more}")

    pillars = [item.model_copy(update={"title": longer(item.title)}) for item in thesis.pillars]
    pillars += [item.model_copy(update={"id": f"{item.id}_{copy}"}) for copy in range(2) for item in thesis.pillars]
    indicators = tuple(item.model_copy(update={"title": longer(item.title)}) for item in thesis.indicators)
    return thesis.model_copy(
        update={"title": longer(thesis.title), "pillars": tuple(pillars), "indicators": indicators}
    )


def table_rows(sheet: Worksheet, table: str) -> list[dict[str, object]]:
    header, *rows = sheet[sheet.tables[table].ref]
    return [dict(zip((cell.value for cell in header), (cell.value for cell in row), strict=True)) for row in rows]
