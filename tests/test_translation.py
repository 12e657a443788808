"""Files in two languages are held against each other by what their words stand for."""

from __future__ import annotations

import datetime as dt
import functools

import pytest

from tests.snapshots import content_of
from xl_thesis.thesis import load_thesis
from xl_thesis_workbook.comparison import compare
from xl_thesis_workbook.language import Language
from xl_thesis_workbook.movement import Movement
from xl_thesis_workbook.snapshot import snapshot_bytes

DAYS = dt.date(2026, 3, 31), dt.date(2026, 6, 30)


@functools.cache
def made(day: dt.date, language: Language) -> bytes:
    return snapshot_bytes(content_of(load_thesis("american_exceptionalism"), day, language=language))


@pytest.mark.parametrize(("first", "second"), [("en", "zh-Hant"), ("zh-Hant", "en")])
def test_a_day_in_two_languages_differs_in_the_language_alone(first: Language, second: Language) -> None:
    report = compare(made(DAYS[0], first), made(DAYS[0], second))
    assert [(item.table, item.key, item.before, item.after) for item in report.changed] == [
        ("ThesisAbout", "language", first, second)
    ]
    assert (report.added, report.removed, report.calculated, report.formulas) == ([], [], [], [])
    assert report.notes == ["the files are in two languages: sentences and the texts of formulas were not compared"]


@pytest.mark.parametrize(("first", "second"), [("en", "zh-Hant"), ("zh-Hant", "en")])
def test_what_moved_is_the_same_in_whichever_language_each_file_is(first: Language, second: Language) -> None:
    wanted = compare(made(DAYS[0], second), made(DAYS[1], second))
    found = compare(made(DAYS[0], first), made(DAYS[1], second))
    assert Movement.of(found) == Movement.of(wanted)
    assert Movement.of(found).score is not None
    assert found.added == wanted.added
    assert found.removed == wanted.removed
    assert [item for item in found.calculated if item not in wanted.calculated] == []
    left = [item for item in wanted.calculated if item not in found.calculated]
    assert all(isinstance(item.before, str) for item in left)  # sentences of the dashboard's tables
    numbers = {(item.table, item.key, item.column): (item.before, item.after)
               for item in wanted.changed if not isinstance(item.before, str)}  # fmt: skip
    same = {(item.table, item.key, item.column): (item.before, item.after) for item in found.changed}
    assert numbers.items() <= same.items()
