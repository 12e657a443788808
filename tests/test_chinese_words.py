"""What would prove a thesis wrong, in Chinese: the same numbers, days and series as in English, which is judged."""

from __future__ import annotations

import calendar
import io
import re
from collections import Counter
from collections.abc import Iterator

import openpyxl
import pytest

from tests.snapshots import content_of, data_of
from xl_thesis.definition import Thesis
from xl_thesis.thesis import definition_hash, falsifiers_hash, load_thesis, thesis_ids
from xl_thesis_workbook.snapshot import snapshot_bytes

SERIES = re.compile(r"[A-Z]+:[A-Z0-9][\w=/-]*(?:\.\w+)?", re.ASCII)
NAMES = re.compile(r"(?<![A-Za-z])[A-Z][A-Z0-9]{2,}(?![A-Za-z0-9])")
IN_CHINESE = {"NATO"}  # 北約
MONTHS = "|".join(calendar.month_name[1:])
WORDS = {"two": "2", "three": "3", "four": "4", "six": "6", "seven": "7", "ten": "10", "twelve": "12", "hundred": "100"}
UNITS = {"trillion": 1e12, "billion": 1e9, "兆": 1e12, "億": 1e8}


def numbers(text: str) -> Counter[str]:
    """The numbers of a sentence, those in words and of months included, each as it is counted in ones."""
    text = SERIES.sub(" ", text)
    text = re.sub(r"(\S+) to (\S+) (billion|trillion)", r"\1 \3 \2 \3", text)
    text = re.sub(r"(\d+) 至 (\d+) 兆", r"\1 兆 \2 兆", text)
    text = re.sub(rf"\b({MONTHS})\b", lambda found: f"{list(calendar.month_name).index(found[1])}", text)
    words = "|".join(WORDS)
    text = re.sub(rf"\b({words})\b", lambda found: WORDS[found[1].lower()], text, flags=re.IGNORECASE)
    found = re.findall(r"(?<![A-Za-z])([+-]?\d[\d,]*(?:\.\d+)?)\s*(trillion|billion|兆|億)?", text)
    return Counter(f"{float(digits.replace(',', '')) * UNITS.get(unit, 1):g}" for digits, unit in found)


def pairs(thesis: Thesis) -> Iterator[tuple[str, str, str | None]]:
    """Every sentence that has a Chinese form beside it: its place, English, Chinese."""
    for indicator in thesis.indicators:
        yield f"{indicator.id} falsifier", indicator.falsifier, indicator.falsifier_zh_hant
    for claim in thesis.claims:
        if claim.falsifier is not None:
            yield f"{claim.id} falsifier", claim.falsifier, claim.falsifier_zh_hant
    for question in thesis.questions:
        yield f"{question.id} criterion", question.criterion, question.criterion_zh_hant
        if question.evidence is not None:
            yield f"{question.id} evidence", question.evidence, question.evidence_zh_hant


@pytest.mark.parametrize("name", thesis_ids())
def test_both_languages_have_the_same_numbers_days_and_series(name: str) -> None:
    found = list(pairs(load_thesis(name)))
    assert len(found) > 15
    for place, english, chinese in found:
        assert chinese is not None and re.search(r"[\u3002\u4e00-\u9fff]", chinese), place
        assert numbers(english) == numbers(chinese), (place, english, chinese)
        assert Counter(SERIES.findall(english)) == Counter(SERIES.findall(chinese)), place
        names = Counter(word for word in NAMES.findall(english) if word not in IN_CHINESE)
        assert names == Counter(NAMES.findall(chinese)), place


def test_a_number_that_differs_is_found() -> None:
    assert numbers("from 25 to 5 billion") == numbers("由 250 億降至 50 億")
    assert numbers("19 March 2025, three cuts") == numbers("2025 年 3 月 19 日，降息 3 次")
    assert numbers("on 2027-02-24 above +30%") != numbers("2027-02-25 高於 +30%")
    assert numbers("under 300 billion") != numbers("不到 300 億")


def test_a_chinese_workbook_says_in_chinese_what_would_prove_it_wrong() -> None:
    book = openpyxl.load_workbook(io.BytesIO(data_of("chinese")), data_only=True)
    thesis = load_thesis("american_exceptionalism")
    texts = {cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    for place, english, chinese in pairs(thesis):
        assert chinese in texts, place
        assert english not in texts, place


def test_what_has_no_chinese_form_is_shown_in_english() -> None:
    thesis = load_thesis("jobless_boom")
    first = thesis.indicators[0].model_copy(update={"falsifier_zh_hant": None})
    bare = thesis.model_copy(update={"indicators": (first, *thesis.indicators[1:])})
    book = openpyxl.load_workbook(io.BytesIO(snapshot_bytes(content_of(bare, language="zh-Hant"))), data_only=True)
    column = [cell.value for cell in book["指標"][4]].index("何時證明有誤")
    shown = [row[column].value for row in book["指標"].iter_rows(min_row=5)]
    assert shown == [first.falsifier, *(item.falsifier_zh_hant for item in thesis.indicators[1:])]


def test_a_translation_changes_no_hash() -> None:
    thesis = load_thesis("jobless_boom")
    other = thesis.indicators[0].model_copy(update={"falsifier_zh_hant": "改寫"})
    changed = thesis.model_copy(update={"indicators": (other, *thesis.indicators[1:])})
    assert definition_hash(changed) == definition_hash(thesis)
    assert falsifiers_hash(changed) == falsifiers_hash(thesis)
