"""``questions``, ``forecast add`` and ``resolve`` as a stranger types them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from tests.test_cli import refused, run
from xl_thesis import days, records, settings
from xl_thesis.ledger import FILE_NAME

TODAY = dt.date(2026, 12, 1)
QUESTION = {
    "id", "text", "opens", "resolves", "origin", "polarity", "hindsight", "base_rate", "computed_base_rate",
    "last_forecast", "status", "resolved_by", "evidence", "series", "contradiction",
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger of this test alone, beside the store that all tests share, on the first of December."""
    monkeypatch.setenv("XL_THESIS_STORE", str(settings.store_location()))
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path))
    set_today(monkeypatch, TODAY)
    return tmp_path / FILE_NAME


def set_today(monkeypatch: pytest.MonkeyPatch, today: dt.date) -> None:
    monkeypatch.setattr(days, "today", lambda: today)
    monkeypatch.setattr(records, "_now", lambda: dt.datetime.combine(today, dt.time(17), dt.UTC))


def questions(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, dict]:  # type: ignore[type-arg]
    assert run("questions", "--json", *arguments) == 0
    return {item["id"]: item for item in json.loads(capsys.readouterr().out)["questions"]}


def test_questions_lists_all_with_their_standing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("questions", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document.keys() >= {"thesis", "as_of", "questions", "scores", "question_counts", "claim_counts", "facts"}
    assert document["as_of"] == "2026-12-01"
    assert len(document["questions"]) == 18
    assert all(item.keys() >= QUESTION for item in document["questions"])
    first, fourth = document["questions"][0], document["questions"][3]
    assert (first["status"], first["resolved_by"], first["series"]["is_proxy"]) == ("yes", "definition", True)
    assert (fourth["status"], fourth["base_rate"]["probability"]) == ("open", 0.51)
    assert document["scores"] == []


def test_questions_reads_well_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("questions") == 0
    out = capsys.readouterr().out
    assert "\x1b[" not in out
    assert max(map(len, out.splitlines())) <= 120
    assert "hindsight, never scored" in out
    assert "base rate: 51% declared; 86% computed (DERIVED:DXY_ECB" in out
    assert "No forecast has been scored yet" in out


def test_as_of_shows_what_was_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert questions(capsys, "--as-of", "2026-02-23")["Q1"]["status"] == "open"
    assert questions(capsys, "--as-of", "2026-02-24")["Q1"]["status"] == "yes"
    assert "in the future" in refused(capsys, "questions", "--as-of", "2999-01-01")


def test_a_forecast_and_its_update_are_two_lines(
    capsys: pytest.CaptureFixture[str], own_ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("forecast", "add", "q4", "0.8", "--by", "A. Nalyst") == 0
    assert f"Line 1 of {own_ledger}" in capsys.readouterr().out
    first = own_ledger.read_bytes()
    set_today(monkeypatch, dt.date(2026, 12, 2))
    assert run("forecast", "add", "Q4", "0.7", "--by", "A. Nalyst", "--date", "2026-12-01", "--json") == 0
    added = json.loads(capsys.readouterr().out)
    assert (added["line"], added["p"], added["question"]) == (2, 0.7, "Q4")
    assert own_ledger.read_bytes().startswith(first)
    found = questions(capsys)["Q4"]
    assert found["last_forecast"] == {"date": "2026-12-01", "p": 0.7, "by": "A. Nalyst"}
    assert [made["counts_from"] for made in found["forecasts"]] == ["2026-12-01", "2026-12-02"]
    assert questions(capsys, "--as-of", "2026-12-01")["Q4"]["last_forecast"]["p"] == 0.8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Q1", "0.5", "--by", "me"), "hindsight takes no forecasts"),
        (("Q99", "0.5", "--by", "me"), "there is no question 'Q99'"),
        (("Q4", "1.5", "--by", "me"), "not between 0 and 1"),
        (("Q4", "-0.5", "--by", "me"), "not between 0 and 1"),
        (("Q4", "nan", "--by", "me"), "not between 0 and 1"),
        (("Q4", "30%", "--by", "me"), "write 30 percent as 0.3"),
        (("Q4", "0.5", "--by", "me", "--date", "2026-12-02"), "in the future"),
        (("Q4", "0.5", "--by", "me", "--date", "2026-11-01"), "before Q4 opens"),
        (("Q4", "0.5", "--by", "me", "--date", "soon"), "write it like 2025-02-24"),
        (("Q4", "0.5", "--by", " "), "the name of who made it"),
        (("Q4", "0.5"), "Missing option '--by'"),
        (("Q4",), "Missing"),
    ],
)
def test_a_forecast_that_is_refused_gets_one_sentence_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], own_ledger: Path, arguments: tuple[str, ...], words: str
) -> None:
    message = refused(capsys, "forecast", "add", *arguments)
    assert words in message
    assert len(message.strip().splitlines()) == 1
    assert not own_ledger.exists()


def test_a_past_question_takes_no_forecast(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    set_today(monkeypatch, dt.date(2027, 2, 24))
    assert "the last day for a forecast was 2027-02-23" in refused(capsys, "forecast", "add", "Q4", "0.5", "--by", "me")


def test_resolve_lists_what_is_due_and_copies_nothing_that_is_answered(
    capsys: pytest.CaptureFixture[str], own_ledger: Path
) -> None:
    assert run("resolve") == 0
    out = capsys.readouterr().out
    assert "series: yes. DERIVED:DXY_ECB 97.891 on 2026-02-24 is below 106.6 (proxy" in out
    assert "series: data missing. no data for YAHOO:SPY/adj" in out
    assert "Q4 " not in out
    assert not own_ledger.exists()
    assert run("resolve", "--json") == 0
    assert [item["id"] for item in json.loads(capsys.readouterr().out)] == [
        "Q1", "Q2", "Q5", "Q6", "Q7", "Q8", "Q9", "Q10", "Q11", "Q12",
    ]  # fmt: skip


def test_a_person_resolves_and_another_supersedes(capsys: pytest.CaptureFixture[str], own_ledger: Path) -> None:
    assert run("forecast", "add", "Q17", "0.5", "--by", "me") == 0
    assert run("resolve", "Q17", "yes", "--evidence", "Two agreements.", "--by", "A") == 0
    assert "yes by A" in capsys.readouterr().out
    assert "Q17 is resolved (yes)" in refused(capsys, "forecast", "add", "Q17", "0.5", "--by", "me")
    assert run("resolve", "Q17", "ambiguous", "--evidence", "One is disputed.", "--by", "B", "--json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["status"], found["resolved_by"], found["evidence"]) == ("ambiguous", "B", "One is disputed.")
    assert len(own_ledger.read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Q4", "yes", "--evidence", "It fell.", "--by", "A"), "decided by a series on 2027-02-24"),
        (("Q17", "perhaps", "--evidence", "Who knows.", "--by", "A"), "yes, no, ambiguous, annulled"),
        (("Q17", "yes", "--by", "A"), "needs --evidence TEXT and --by NAME"),
        (("Q17", "yes", "--evidence", "Two."), "needs --evidence TEXT and --by NAME"),
        (("Q17", "--by", "A"), "belong to an answer"),
        (("Q99",), "there is no question 'Q99'"),
    ],
)
def test_a_resolution_that_is_refused_writes_nothing(
    capsys: pytest.CaptureFixture[str], own_ledger: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in refused(capsys, "resolve", *arguments)
    assert not own_ledger.exists()


def test_an_answer_against_the_series_is_loud(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("resolve", "Q9", "yes", "--evidence", "I think so.", "--by", "A") == 1
    captured = capsys.readouterr()
    assert "xl-thesis: CONTRADICTION: Q9 stands as yes (A), but the series say no: FRED:DFEDTARU 3.75" in captured.err
    assert run("questions") == 0
    captured = capsys.readouterr()
    assert "CONTRADICTION" in captured.out
    assert "CONTRADICTION" in captured.err


def test_scores_appear_once_a_question_with_a_forecast_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("forecast", "add", "Q17", "1", "--by", "A. Nalyst") == 0
    assert run("forecast", "add", "Q13", "0.5", "--by", "A. Nalyst") == 0
    capsys.readouterr()
    # Answered on the day of the forecast: it never stood for a day, so nothing is scored.
    assert run("resolve", "Q17", "no", "--evidence", "None.", "--by", "B") == 0
    capsys.readouterr()
    assert run("questions") == 0
    assert "No forecast has been scored yet" in capsys.readouterr().out


def test_a_certainty_that_was_wrong_is_infinite_in_words_and_null_in_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("forecast", "add", "Q17", "1", "--by", "A. Nalyst") == 0
    set_today(monkeypatch, dt.date(2027, 2, 24))
    assert run("resolve", "Q17", "no", "--evidence", "None came into force.", "--by", "B") == 0
    capsys.readouterr()
    assert run("questions", "--json") == 0
    (board,) = json.loads(capsys.readouterr().out)["scores"]
    assert (board["brier"], board["time_weighted_brier"], board["log"], board["log_is_infinite"]) == (1, 1, None, True)
    assert run("questions") == 0
    assert "A. Nalyst, 1 resolved: Brier 1.000, weighted by time 1.000, log score infinite" in capsys.readouterr().out


def test_a_ledger_that_was_edited_is_refused_by_line(capsys: pytest.CaptureFixture[str], own_ledger: Path) -> None:
    for p in ("0.8", "0.7"):
        assert run("forecast", "add", "Q4", p, "--by", "me") == 0
    own_ledger.write_text(own_ledger.read_text(encoding="utf-8").replace('"p":0.8', '"p":0.2'), encoding="utf-8")
    capsys.readouterr()
    assert "line 1 was edited" in refused(capsys, "questions")
    assert "line 1 was edited" in refused(capsys, "forecast", "add", "Q4", "0.5", "--by", "me")
