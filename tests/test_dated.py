"""What names the day outside the cells goes to the new day with an update, where it is ours."""

from __future__ import annotations

import datetime as dt
import functools
import re
from html import unescape
from pathlib import Path

import pytest

from tests.snapshots import content_of, scorer_of
from tests.test_package import parts
from xl_thesis.ledger import Ledger, open_log
from xl_thesis.thesis import load_thesis
from xl_thesis_workbook.about import fresh_of
from xl_thesis_workbook.language import Language
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.renewal import Fresh, Renewal
from xl_thesis_workbook.report import Report
from xl_thesis_workbook.snapshot import snapshot_bytes

EARLY, LATE = dt.date(2026, 3, 15), dt.date(2026, 6, 20)
FRONT, CORE, DRAWING = "xl/worksheets/sheet1.xml", "docProps/core.xml", "xl/drawings/drawing1.xml"


@functools.cache
def early(language: Language) -> bytes:
    return snapshot_bytes(content_of(load_thesis("jobless_boom"), EARLY, language=language))


@functools.cache
def fresh(language: Language) -> Fresh:
    scorer = scorer_of(load_thesis("jobless_boom"))
    standings = Ledger(scorer.thesis, open_log(Path("no such folder"))).standings(scorer.knowledge, LATE)
    return fresh_of(scorer, LATE, standings, language, "derived", early(language))


def renewed(data: bytes, language: Language = "en") -> tuple[dict[str, bytes], Report]:
    renewal = Renewal(data, fresh(language), EARLY)
    report = renewal.run()
    return parts(renewal.finish()), report


def changed(name: str, old: str, new: str) -> bytes:
    package = Package(early("en"))
    content, count = re.subn(old, new, package.read(name).decode())
    assert count
    package.put(name, content.encode())
    return package.to_bytes()


def footers(found: dict[str, bytes]) -> list[str]:
    """The footers without the titles in their middle."""
    sheets = (found[name].decode() for name in sorted(found) if name.startswith("xl/worksheets/sheet"))
    words = (unescape(words) for sheet in sheets for words in re.findall(r"<oddFooter>(.*?)</oddFooter>", sheet))
    return [re.sub("&C.*?&R", "&R", text) for text in words]


def descriptions(found: dict[str, bytes]) -> list[str]:
    return [unescape(words) for words in re.findall(r'descr="([^"]*)"', found[DRAWING].decode())]


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_footers_texts_and_date_are_those_of_a_new_file(language: Language) -> None:
    found, report = renewed(early(language), language)
    new = parts(fresh(language).skeleton)
    assert footers(found) == footers(new) and str(LATE) in footers(found)[0]
    assert descriptions(found) == descriptions(new) != descriptions(parts(early(language)))
    assert f">{LATE}T00:00:00Z</dcterms:modified>".encode() in found[CORE]
    assert f">{EARLY}T00:00:00Z</dcterms:created>".encode() in found[CORE]
    assert report.words > len(footers(found))
    assert [line for line in report.lines() if line.startswith(f"{report.words} text")]


def test_a_second_update_changes_nothing() -> None:
    first = Renewal(early("en"), fresh("en"), EARLY)
    first.run()
    after = first.finish()
    again = Renewal(after, fresh("en"), LATE)
    report = again.run()
    assert again.finish() == after and report.words == 0


def test_a_footer_keeps_the_letters_and_the_words_that_somebody_gave_it() -> None:
    left = f"&amp;L&amp;&quot;Arial,Bold&quot;&amp;8jobless_boom as known on {EARLY}&amp;CFor Ann, {EARLY}"
    found, _ = renewed(changed(FRONT, r"<oddFooter>&amp;L.*?&amp;C[^&<]*", f"<oddFooter>{left}"))
    assert unescape(left).replace(str(EARLY), str(LATE), 1) in unescape(found[FRONT].decode())


def test_a_footer_of_somebodys_own_stays() -> None:
    data = changed(FRONT, r"<oddFooter>.*?</oddFooter>", f"<oddFooter>&amp;CDraft of {EARLY}</oddFooter>")
    assert footers(renewed(data)[0])[0] == f"&CDraft of {EARLY}"


def test_an_alternative_text_of_somebodys_own_stays() -> None:
    found, _ = renewed(changed(DRAWING, r'(descr="Line chart of the score from[^"]*)"', r'\1 Ann: see page 2."'))
    old, new = descriptions(parts(early("en"))), descriptions(found)
    kept = [words for words in new if words.endswith("Ann: see page 2.")]
    assert len(kept) == 1 and kept[0].removesuffix(" Ann: see page 2.") in old


def test_the_date_of_somebody_elses_last_change_stays() -> None:
    data = changed(CORE, r"<((?:\w+:)?)lastModifiedBy>xl-thesis</", r"<\1lastModifiedBy>Ann</")
    assert parts(data)[CORE] == renewed(data)[0][CORE]
