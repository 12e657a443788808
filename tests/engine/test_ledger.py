"""Forecasts that are never edited, their answers and their scores."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xl_thesis import records
from xl_thesis.definition import Question, Thesis
from xl_thesis.errors import InputError
from xl_thesis.ledger import AUTOMATIC, Ledger, Standing, open_log
from xl_thesis.pipeline import Scorer
from xl_thesis.scoreboard import claim_counts, facts, question_counts, scoreboards
from xl_thesis.thesis import load_thesis

from .questions import TODAY
from .series import day


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are written at noon of today, in New York."""
    monkeypatch.setattr(records, "_now", lambda: dt.datetime(2026, 11, 23, 17, tzinfo=dt.UTC))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(load_thesis("american_exceptionalism"), open_log(tmp_path))


@pytest.mark.parametrize(
    ("name", "p", "made_on", "today", "words"),
    [
        ("Q1", 0.5, "2026-11-23", "2026-11-23", "hindsight takes no forecasts"),
        ("Q3", 1.01, "2026-11-23", "2026-11-23", "1.01 is not between 0 and 1"),
        ("Q3", -0.1, "2026-11-23", "2026-11-23", "not between 0 and 1"),
        ("Q3", math.nan, "2026-11-23", "2026-11-23", "not between 0 and 1"),
        ("Q3", 0.5, "2026-11-24", "2026-11-23", "2026-11-24 is in the future; the last possible one is 2026-11-23"),
        ("Q3", 0.5, "2026-11-22", "2026-11-23", "before Q3 opens, on 2026-11-23"),
        ("Q3", 0.5, "2027-02-24", "2027-02-24", "Q3 is past: the last day for a forecast was 2027-02-23"),
        ("Q99", 0.5, "2026-11-23", "2026-11-23", "there is no question 'Q99' .did you mean Q9.*the thesis has: Q1, Q2"),
    ],
)
def test_forecasts_that_are_refused(ledger: Ledger, name: str, p: float, made_on: str, today: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        ledger.add_forecast(name, p, "me", day(made_on), today=day(today))
    assert not ledger.log.path.exists()


def test_a_resolved_question_takes_no_more_forecasts(ledger: Ledger) -> None:
    ledger.add_resolution("Q17", "yes", "Two agreements.", "A", today=dt.date(2026, 12, 24))
    with pytest.raises(InputError, match=r"Q17 is resolved \(yes\)"):
        ledger.add_forecast("q17", 0.5, "me", dt.date(2026, 12, 24), today=dt.date(2026, 12, 24))


@pytest.mark.parametrize(
    ("name", "value", "evidence", "by", "today", "words"),
    [
        ("Q3", "yes", "It fell.", "A", "2027-02-23", "decided by a series on 2027-02-24"),
        ("Q17", "yes", " ", "A", "2026-12-01", "needs evidence"),
        ("Q17", "yes", "Two.", "", "2026-12-01", "the name of who judged it"),
        ("Q17", "yes", "Two.", "A", "2026-11-22", "Q17 opens on 2026-11-23"),
        ("Q17", "yes", "x" * 2001, "A", "2026-12-01", "evidence: it must have 2000 characters at most"),
        ("Q17", "yes", "\ud800", "A", "2026-12-01", "evidence: "),
    ],
)
def test_resolutions_that_are_refused(
    ledger: Ledger, name: str, value: Any, evidence: str, by: str, today: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        ledger.add_resolution(name, value, evidence, by, today=day(today))
    assert not ledger.log.path.exists()


def test_updates_and_later_answers_are_new_lines(ledger: Ledger, default: Scorer) -> None:
    for p, made_on in ((0.2, "2026-11-23"), (0.3, "2026-12-01")):
        ledger.add_forecast("Q17", p, "me", day(made_on), today=day(made_on))
    ledger.add_resolution("Q17", "yes", "Two agreements.", "A", today=dt.date(2026, 12, 24))
    before = ledger.log.path.read_bytes()
    ledger.add_resolution("Q17", "no", "One of them is older.", "B", today=dt.date(2026, 12, 28))
    assert ledger.log.path.read_bytes().startswith(before)
    assert len(ledger.log.read()) == 4
    seen = {on: standing_of(ledger, default, "Q17", day(on)) for on in ("2026-12-20", "2026-12-24", "2026-12-28")}
    assert [seen[on].status for on in seen] == ["open", "yes", "no"]
    last = seen["2026-12-28"]
    assert (last.resolved_by, last.evidence, last.closes) == ("B", "One of them is older.", dt.date(2026, 12, 24))


def standing_of(ledger: Ledger, default: Scorer, name: str, on: dt.date) -> Standing:
    return next(item for item in ledger.standings(default.knowledge, on) if item.question.id == name)


def test_a_forecast_counts_from_the_day_it_was_written_down(ledger: Ledger, default: Scorer) -> None:
    """What was "made" earlier but entered later could know more than it says."""
    record = ledger.add_forecast("Q4", 0.9, "me", dt.date(2026, 11, 25), today=dt.date(2027, 1, 20))
    late = record.content, dt.datetime(2027, 1, 21, 3, tzinfo=dt.UTC)  # still the 20th in New York
    ledger.log.append(*late)
    written = standing_of(ledger, default, "Q4", dt.date(2027, 1, 20)).forecasts[-1]
    assert written[0] == dt.date(2027, 1, 20)
    assert standing_of(ledger, default, "Q4", dt.date(2027, 1, 19)).forecasts[-1:] != (written,)


def test_another_thesis_has_its_own_questions_in_the_same_log(ledger: Ledger, default: Scorer) -> None:
    ledger.add_forecast("Q4", 0.9, "me", TODAY, today=TODAY)
    other = Ledger(ledger.thesis.model_copy(update={"id": "other"}), ledger.log)
    assert standing_of(other, default, "Q4", dt.date(2027, 2, 1)).forecasts == ()


def test_a_reworded_question_says_so(ledger: Ledger, default: Scorer) -> None:
    ledger.add_forecast("Q4", 0.9, "me", TODAY, today=TODAY)
    assert not standing_of(ledger, default, "Q4", dt.date(2027, 2, 1)).is_reworded
    reworded = with_questions(ledger.thesis, lambda item: item.model_copy(update={"criterion": "Another one."}))
    assert standing_of(Ledger(reworded, ledger.log), default, "Q4", dt.date(2027, 2, 1)).is_reworded


def with_questions(thesis: Thesis, change: Callable[[Question], Question]) -> Thesis:
    return thesis.model_copy(update={"questions": tuple(map(change, thesis.questions))})


def test_the_definitions_answers_stand_and_the_series_agree(ledger: Ledger, default: Scorer) -> None:
    standings = {item.question.id: item for item in ledger.standings(default.knowledge, TODAY)}
    assert standings["Q1"].status == "yes"
    assert standings["Q1"].resolved_by == "definition"
    assert standings["Q1"].finding.is_proxy
    assert not any(item.contradiction for item in standings.values())
    early = standing_of(ledger, default, "Q1", dt.date(2026, 2, 23))
    assert (early.status, early.evidence) == ("open", None)


def test_an_answer_that_contradicts_the_series_is_said(ledger: Ledger, default: Scorer) -> None:
    wrong = with_questions(
        ledger.thesis, lambda item: item.model_copy(update={"resolution": "yes"}) if item.id == "Q9" else item
    )
    found = standing_of(Ledger(wrong, ledger.log), default, "Q9", TODAY)
    assert found.contradiction == (
        "Q9 stands as yes (definition), but the series say no: FRED:DFEDTARU 3.75 on 2025-12-31 is not at least 4."
    )
    ledger.add_resolution("Q9", "yes", "I think so.", "A", today=TODAY)
    assert (standing_of(ledger, default, "Q9", TODAY).contradiction or "").startswith("Q9 stands as yes (A)")
    ledger.add_resolution("Q9", "annulled", "Asked badly.", "A", today=TODAY)
    assert standing_of(ledger, default, "Q9", TODAY).contradiction is None


def unanswered(thesis: Thesis) -> Thesis:
    """The thesis with no answer in its definition, and its hindsight questions taken for prospective ones."""
    return with_questions(
        thesis, lambda item: item.model_copy(update={"resolution": None, "evidence": None, "hindsight": False})
    )


def test_what_is_due_is_resolved_once_and_recorded(ledger: Ledger, default: Scorer) -> None:
    fresh = Ledger(unanswered(ledger.thesis), ledger.log)
    first = {standing.question.id: recorded for standing, recorded in fresh.resolve_due(default.knowledge, TODAY)}
    assert {name for name, recorded in first.items() if recorded} == {"Q1", "Q2", "Q9", "Q11"}
    assert set(first) == {"Q1", "Q2", "Q5", "Q6", "Q7", "Q8", "Q9", "Q10", "Q11", "Q12"}
    again = fresh.resolve_due(default.knowledge, TODAY)
    assert not any(recorded for _, recorded in again)
    assert len(fresh.log.read()) == 4
    assert standing_of(fresh, default, "Q9", TODAY).resolved_by == AUTOMATIC
    assert standing_of(fresh, default, "Q5", TODAY).status == "due"
    assert [item.question.id for item, _ in fresh.resolve_due(default.knowledge, TODAY, "q3")] == ["Q3"]


def test_an_answer_by_proxy_is_recorded_only_after_ten_days(ledger: Ledger, default: Scorer) -> None:
    fresh = Ledger(unanswered(ledger.thesis), ledger.log)
    for on, expected in ((dt.date(2026, 3, 5), False), (dt.date(2026, 3, 6), True)):
        ((standing, recorded),) = fresh.resolve_due(default.knowledge, on, "Q1")
        assert (standing.status, recorded) == ("yes", expected)


def test_the_definition_comes_before_the_series_and_is_not_copied(ledger: Ledger, default: Scorer) -> None:
    assert not any(recorded for _, recorded in ledger.resolve_due(default.knowledge, TODAY))
    assert not ledger.log.path.exists()


def test_scores_are_of_each_persons_prospective_questions_alone(ledger: Ledger, default: Scorer) -> None:
    """Q9 came out no, Q1 yes; Q1 declares a base rate of 0.49."""
    thesis = with_questions(
        unanswered(ledger.thesis), lambda item: item.model_copy(update={"hindsight": item.id not in ("Q1", "Q9")})
    )
    fresh = Ledger(thesis, ledger.log)

    def say(name: str, p: float, by: str, on: str) -> None:
        moment = dt.datetime.combine(day(on), dt.time(15), dt.UTC)
        made = fresh_forecast(fresh, name, p, by, day(on))
        fresh.log.append(made, moment)

    say("Q9", 0.2, "A", "2025-12-01")
    say("Q9", 0.1, "A", "2025-12-21")
    say("Q1", 0.7, "A", "2026-02-14")
    say("Q9", 1.0, "B", "2025-12-30")
    say("Q2", 0.9, "B", "2025-12-30")  # hindsight: never scored
    say("Q1", 0.9, "C", "2026-02-24")  # on the day it closed: too late
    boards = {board.by: board for board in scoreboards(fresh.standings(default.knowledge, TODAY))}
    assert set(boards) == {"A", "B"}
    assert boards["A"].questions == 2
    assert boards["A"].brier == pytest.approx((0.1**2 + 0.3**2) / 2)
    assert boards["A"].log == pytest.approx(-(math.log(0.9) + math.log(0.7)) / 2)
    assert boards["A"].time_weighted_brier == pytest.approx(((20 * 0.04 + 10 * 0.01) / 30 + 0.09) / 2)
    assert boards["A"].with_base_rate == 1
    assert boards["A"].skill == pytest.approx(1 - 0.3**2 / 0.51**2)
    assert boards["A"].reliability is None
    assert boards["B"].log == math.inf
    assert boards["B"].to_json()["log"] is None
    assert boards["B"].to_json()["log_is_infinite"] is True
    assert "infinite (a certainty was wrong)" in boards["B"].sentence()
    assert boards["B"].skill is None


def fresh_forecast(ledger: Ledger, name: str, p: float, by: str, on: dt.date) -> Any:
    from xl_thesis.ledger import Forecast, wording

    question = ledger.question(name)
    return Forecast(thesis=ledger.thesis.id, question=name, date=on, p=p, by=by, wording=wording(question))


def test_counts_of_claims_questions_and_facts(ledger: Ledger, default: Scorer) -> None:
    thesis = ledger.thesis
    assert sum(row["claims"] for row in claim_counts(thesis)) == len(thesis.claims)
    rows = question_counts(ledger.standings(default.knowledge, TODAY))
    assert {"pillar": "DOLLAR", "origin": "imposed", "hindsight": True, "status": "yes", "questions": 2} in rows
    assert {"pillar": "FED", "origin": "author", "hindsight": True, "status": "yes", "questions": 1} in rows
    assert all(fact["evidence"] for fact in facts(thesis))
    assert {fact["id"]: fact["verdict"] for fact in facts(thesis)}["A15"] in ("false", "definition_dependent")


def test_a_standing_is_plain_json(ledger: Ledger, default: Scorer) -> None:
    import json

    ledger.add_forecast("Q4", 0.9, "me", TODAY, today=TODAY)
    document_of = standing_of(ledger, default, "Q4", dt.date(2027, 1, 1)).to_json()
    assert json.loads(json.dumps(document_of, allow_nan=False)) == document_of
    assert document_of["last_forecast"] == {"date": "2026-11-23", "p": 0.9, "by": "me"}
