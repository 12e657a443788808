"""Values that a person imported onto series of the catalogue: named in every output, and gone once taken back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.recalculate import by_ironcalc
from tests.test_settings import run
from xl_thesis.days import today
from xl_thesis.default_store import open_default_store
from xl_thesis_udfs import edge, formula
from xl_thesis_udfs.session import session

DAY = "2026-07-22"
DOLLAR, EURO = "FRED:DTWEXBGS", "ECB:EURUSD"
TAG = "with values imported from"


@pytest.fixture(autouse=True)
def own_folder(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    session.cache_clear()
    yield
    session().close()
    session.cache_clear()


def bring(series_id: str, file: str = "mine.csv", value: float = 121.5) -> None:
    Path(file).write_text(f"date,value,available_at\n2026-07-21,{value},{DAY}\n", encoding="utf-8")
    assert run("import", file, "--series", series_id) == 0


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert run(*arguments) == 0
    out = capsys.readouterr().out
    return json.loads(out) if "--json" in arguments else " ".join(out.split())


def test_scores_say_that_imported_values_are_in_and_which_indicators_rest_on_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = told(capsys, "score", "--json")
    assert before["data"]["imported"] == []
    bring(DOLLAR)
    found = told(capsys, "score", "--json")
    items = {item["id"]: item for item in found["indicators"]}
    assert [name for name, item in items.items() if item["imported"]] == ["broad_usd"]
    assert (items["broad_usd"]["imported"], items["broad_usd"]["source"]) == (["mine.csv"], DOLLAR)
    assert (items["broad_usd"]["observed_on"], items["broad_usd"]["grade"]) == ("2026-07-21", "B")
    assert (found["data"]["kind"], found["data"]["imported"]) == ("embedded", ["mine.csv"])
    assert found["data_hash"] != before["data_hash"]
    words = told(capsys, "score")
    assert f"Embedded data, reference date {DAY}, {TAG} mine.csv; run a refresh" in words
    assert "Embedded data only" not in words
    assert "With imported values: broad_usd" in words
    words = told(capsys, "explain")
    assert f"broad_usd: {DOLLAR}, {TAG} mine.csv" in words
    assert "fresh, imported" in words
    assert "Imported from mine.csv: 1 of 5,147 values, the newest of 2026-07-21." in told(
        capsys, "series", DOLLAR, "--as-of", DAY
    )
    rows = told(capsys, "series", DOLLAR, "--as-of", DAY, "--json")["observations"]
    assert [row["observed_on"] for row in rows if row["imported"]] == ["2026-07-21"]
    awaited = {item["indicator"]: item["source"] for item in told(capsys, "calendar", "--json")["releases"]}
    assert awaited["broad_usd"] == f"{DOLLAR}, {TAG} mine.csv"
    assert told(capsys, "store", "info", "--json")["imports"] == 1


def test_one_imported_value_ends_grade_a_of_a_series_that_is_never_revised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    grades = {item["id"]: item["grade"] for item in told(capsys, "score", "--json")["indicators"]}
    assert grades["dxy_trend"] == "A"
    bring(EURO, value=1.2)
    found = {item["id"]: item for item in told(capsys, "score", "--json")["indicators"]}
    assert (found["dxy_trend"]["grade"], found["dxy_trend"]["imported"]) == ("B", ["mine.csv"])
    assert f"Source: {found['dxy_trend']['source']}, {TAG} mine.csv" in told(capsys, "dxy")
    early = told(capsys, "score", "--as-of", "2026-07-20", "--json")["indicators"]
    assert {item["id"]: item["grade"] for item in early}["dxy_trend"] == "A", "it was not known then"


def test_values_of_a_series_that_the_thesis_does_not_use_are_not_mentioned(capsys: pytest.CaptureFixture[str]) -> None:
    bring("FRED:WALCL")
    assert "Embedded data only" in told(capsys, "score", "--thesis", "american_exceptionalism")


def test_cells_name_them_and_follow_when_they_are_taken_back() -> None:
    asked = {
        '=THESIS_INDICATOR("broad_usd","source")': (DOLLAR, f"{DOLLAR}, {TAG} mine.csv"),
        '=THESIS_INDICATOR("broad_usd","grade")': ("B", "B"),
        '=THESIS_INDICATOR("broad_usd","is_imported")': (False, True),
    }
    score = formula.evaluate("=THESIS_SCORE()")
    assert [formula.evaluate(text) for text in asked] == [plain for plain, _ in asked.values()]
    token = edge.token()
    bring(DOLLAR)
    assert edge.token() != token
    assert [formula.evaluate(text) for text in asked] == [named for _, named in asked.values()]
    assert formula.evaluate('=THESIS_DETAIL("imported")') == "mine.csv"
    assert formula.evaluate("=THESIS_SCORE()") != score
    assert cell("indicators", "broad_usd", "is_imported") is True
    assert (cell("sources", DOLLAR, "imported"), cell("sources", DOLLAR, "grade")) == ("mine.csv", "B")
    assert [row[9] for row in table('=THESIS_STATUS("series")') if row[0] == DOLLAR] == ["imported from mine.csv"]
    assert TAG in str(table("=THESIS_STATUS()")[1][3])
    token = edge.token()
    assert run("import", "--undo", "1") == 0
    assert edge.token() != token
    assert [formula.evaluate(text) for text in asked] == [plain for plain, _ in asked.values()]
    assert formula.evaluate("=THESIS_SCORE()") == score
    assert cell("sources", DOLLAR, "imported") == ""


def table(text: str) -> list[list[Any]]:
    found = formula.evaluate(text)
    assert isinstance(found, list)
    return found


def cell(level: str, key: str, column: str) -> Any:
    head, *rows = table(f'=THESIS_TABLE("{level}")')
    return next(row[head.index(column)] for row in rows if row[0] == key)


@pytest.mark.parametrize(("language", "words"), [("en", f"{TAG} =1+1.csv"), ("zh-Hant", "含自 =1+1.csv 匯入的數值")])
def test_the_workbook_names_them_on_its_first_page_and_beside_each_source(language: str, words: str) -> None:
    bring(DOLLAR, "=1+1.csv")
    assert run("snapshot", "--out", "book.xlsx", "--lang", language) == 0
    book = openpyxl.load_workbook("book.xlsx", data_only=True)
    first, rows = book.worksheets[0], [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    state = str(first["A10"].value)
    assert words in state and DAY in state
    (indicator,) = [row for row in rows if row[0] == "broad_usd" and any(words in str(value) for value in row)]
    assert "B" in indicator
    assert [row for row in rows if row[0] == DOLLAR and words in str(row[2])]
    place = (first.title, "A10")
    assert by_ironcalc(Path("book.xlsx").read_bytes(), [place]) == {place: state}, "the formula says the same"


def test_taken_back_every_output_is_what_it_was_and_what_was_given_out_stays(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = told(capsys, "score", "--json"), told(capsys, "history", "--start", "2026-01-01", "--json")
    bring(DOLLAR)
    assert run("snapshot", "--out", "book.xlsx") == 0, "which records the score as given out"
    given = (own_home / "published.jsonl").read_bytes()
    assert told(capsys, "history", "--start", "2026-01-01", "--json") != before[1]
    assert "Taken back: 1 value of FRED:DTWEXBGS from mine.csv" in told(capsys, "import", "--undo", "1")
    assert (told(capsys, "score", "--json"), told(capsys, "history", "--start", "2026-01-01", "--json")) == before
    assert (own_home / "published.jsonl").read_bytes() == given
    assert run("log") == run("store", "check") == 0
    (entry,) = told(capsys, "history", "--published", "--start", "2020-01-01", "--json")["rows"]
    assert entry["score"] != before[0]["score"]
    with closing(sqlite3.connect(own_home / "store.sqlite")) as raw:
        kept = raw.execute("SELECT series, value, source FROM observations WHERE exact < 0").fetchall()
    assert kept == [(DOLLAR, 121.5, "entered from mine.csv")]


def test_a_refresh_that_brings_the_value_makes_it_the_sources_own(capsys: pytest.CaptureFixture[str]) -> None:
    bring(DOLLAR)
    with open_default_store() as store:
        store.record(DOLLAR, [(DOLLAR, "2026-07-21", 121.5, DAY)], seen_on=today(), exact=False, source="FRED")
    assert told(capsys, "series", DOLLAR, "--as-of", str(today()), "--json")["imported"] == []
    assert told(capsys, "series", DOLLAR, "--as-of", DAY, "--json")["imported"] == ["mine.csv"]


def test_the_list_and_its_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "import", "--list") == "Nothing was imported."
    bring(DOLLAR)
    bring(EURO, "euro.csv", 1.2)
    assert run("import", "--undo", "1", "--json") == 0
    listed = told(capsys, "import", "--list")
    assert "1 value of FRED:DTWEXBGS from mine.csv, taken back on 20" in listed
    assert listed.endswith("UTC 1 value of ECB:EURUSD from euro.csv")
    items = told(capsys, "import", "--list", "--json")
    assert [(item["number"], item["file"], item["taken_back_at"] is None) for item in items] == [
        (1, "mine.csv", False), (2, "euro.csv", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--undo", "1"), "there is no import 1; `xl-thesis import --list` shows those there are"),
        (("--undo", "0"), "0 is not in the range x>=1"), (("--undo", "mine.csv"), "is not a valid integer"),
        (("--undo", "1", "--list"), "--list and --undo stand alone"),
        (("mine.csv", "--undo", "1"), "--list and --undo stand alone"),
        (("--list", "--series", DOLLAR), "--list and --undo stand alone"),
        ((), "--list shows what was imported"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_back_is_one_sentence(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", *arguments) == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert "\n" not in said
