"""Dated questions: the series' answer, base rates, forecasts that are never edited, and their scores."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference import brier as reference
from xl_thesis import records
from xl_thesis.brier import brier_score, log_score, reliability, skill, time_weighted_brier
from xl_thesis.catalogue import leaves, load_catalogue
from xl_thesis.criteria import Condition, Criterion
from xl_thesis.definition import Question, Thesis
from xl_thesis.errors import CalculationError, DefinitionError, InputError
from xl_thesis.knowledge import Knowledge
from xl_thesis.ledger import AUTOMATIC, Ledger, Standing, open_log
from xl_thesis.models import Derived
from xl_thesis.observations import to_day
from xl_thesis.pipeline import Scorer, seed
from xl_thesis.resolution import Finding, computed_base_rate, event_rate, resolve
from xl_thesis.scoreboard import claim_counts, facts, question_counts, scoreboards
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis, parse_thesis

from .mini import as_yaml, document
from .series import day

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are written at noon of today, in New York."""
    monkeypatch.setattr(records, "_now", lambda: dt.datetime(2026, 11, 23, 17, tzinfo=dt.UTC))


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Store(":memory:") as store:
        seed(store)
        yield Scorer(load_thesis("american_exceptionalism"), store)


def asked(**parts: Any) -> Question:
    """A question over the mini thesis's series, opened on 2 January 2025 and due on 31 January."""
    condition = {"series": "MANUAL:price", "measure": "level", "day": dt.date(2025, 1, 31), "compare": "below",
                 "value": 100.0}  # fmt: skip
    condition |= {name: part for name, part in parts.items() if name in Condition.model_fields}
    return Question.model_validate({
        "id": "A1", "claims": ["C1"], "text": {"en": "Is it?", "zh-Hant": "是嗎？"}, "criterion": "The price.",
        "resolve_when": condition, "polarity": "for", "opens": dt.date(2025, 1, 2), "resolves": dt.date(2025, 1, 31),
        "origin": "imposed", "hindsight": False,
        **{name: part for name, part in parts.items() if name in Question.model_fields},
    })  # fmt: skip


def answer(
    question: Question, values: dict[str, dict[str, float]], as_of: str = "2025-02-28", daily: str = "price"
) -> Finding:
    """The series' answer where each series has these values, known on the day itself (``day/available`` otherwise)."""
    rows = []
    for name, points in values.items():
        for when, value in points.items():
            observed, _, available = when.partition("/")
            rows.append((f"MANUAL:{name}", observed, value, available or observed))
    content = document()
    next(series for series in content["series"] if series["id"] == f"MANUAL:{daily}")["frequency"] = "daily"
    thesis = parse_thesis(as_yaml(content), Path("mini.yaml"))
    with Store(":memory:") as store:
        store.write(rows or [("MANUAL:none", "2020-01-01", 0.0, "2020-01-01")], source="test")
        return resolve(question, Scorer(thesis, store).knowledge, day(as_of))


# ---- The criterion as data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": None}, "either value, a number, or than"),
        ({"than": {"series": "MANUAL:rate", "measure": "level"}}, "either value, a number, or than"),
        ({"measure": "return_since"}, "they need it"),
        ({"since": dt.date(2025, 1, 2)}, "since belongs to"),
        ({"measure": "return_since", "since": dt.date(2025, 2, 2)}, "day must be after since"),
        ({"known_on": dt.date(2025, 1, 30)}, "known_on must not be before day"),
        ({"day": dt.date(2025, 2, 1)}, "a day after resolves"),
        ({"known_on": dt.date(2025, 2, 1)}, "a day after resolves"),
        ({"compare": "under"}, "at_most"),
        ({"series": "price"}, "not a series id"),
    ],
)
def test_a_criterion_that_makes_no_sense_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        asked(**change)


def test_unknown_keys_of_a_criterion_are_faults_with_their_line() -> None:
    content = document()
    question = asked().model_dump(mode="python", by_alias=True, exclude_none=True)
    question["resolve_when"] = {**question["resolve_when"]["all"][0], "frm": 1}
    content["questions"] = [question]
    text = as_yaml(content)
    with pytest.raises(DefinitionError) as caught:
        parse_thesis(text, Path("mini.yaml"))
    assert [fault.message for fault in caught.value.faults] == ["unknown key"]
    assert "frm" in text.splitlines()[(caught.value.faults[0].line or 0) - 1]


def test_one_condition_and_a_list_of_one_are_the_same() -> None:
    alone = asked().resolve_when
    assert alone is not None
    assert Criterion.model_validate({"all": [alone.conditions[0]]}) == alone
    with pytest.raises(ValueError, match="at least one condition"):
        Criterion.model_validate({"all": []})


def test_every_question_on_a_series_has_a_criterion_and_its_series_are_known(scorer: Scorer) -> None:
    by_hand = {question.id for question in scorer.thesis.questions if question.resolve_when is None}
    assert by_hand == {"Q10", "Q12", "Q13", "Q14", "Q17"}
    for question in scorer.thesis.questions:
        for condition in question.resolve_when.conditions if question.resolve_when else ():
            operands = [condition.series, *condition.averaged_with, *(item.source for item in condition.fallbacks)]
            operands += [condition.than.series] if condition.than else []
            assert all(leaves(operand, load_catalogue()) for operand in operands)


# ---- What the series say


@pytest.mark.parametrize(
    ("value", "compare", "expected"),
    [
        (99.9, "below", "yes"), (100.0, "below", "no"), (100.0, "at_most", "yes"), (100.1, "at_most", "no"),
        (100.1, "above", "yes"), (100.0, "above", "no"), (100.0, "at_least", "yes"), (99.9, "at_least", "no"),
    ],
)  # fmt: skip
def test_a_level_against_a_limit(value: float, compare: str, expected: str) -> None:
    found = answer(asked(compare=compare), {"price": {"2025-01-31": value}})
    assert found.answer == expected
    assert f"MANUAL:price {value:g} on 2025-01-31 is" in found.evidence
    assert not found.is_proxy


def test_before_the_day_it_is_open_whatever_is_known() -> None:
    found = answer(asked(), {"price": {"2025-01-30": 1.0}}, as_of="2025-01-30")
    assert found == Finding("open", "It resolves on 2025-01-31.")


def test_an_earlier_value_stands_in_only_where_the_series_goes_on() -> None:
    friday = asked(day=dt.date(2025, 1, 26), resolves=dt.date(2025, 1, 26))  # a Sunday
    assert answer(friday, {"price": {"2025-01-24": 99.0}}).answer == "data missing"
    found = answer(friday, {"price": {"2025-01-24": 99.0, "2025-01-27": 200.0}})
    assert (found.answer, "on 2025-01-24" in found.evidence) == ("yes", True)
    assert answer(friday, {"price": {"2025-01-10": 99.0, "2025-01-27": 200.0}}).answer == "data missing"
    assert answer(friday, {"price": {"2025-01-27": 99.0}}).answer == "data missing"
    assert "no data for MANUAL:price" in answer(friday, {}).evidence


def test_a_value_published_after_the_day_of_knowledge_is_not_used() -> None:
    points = {"price": {"2025-01-31/2025-02-20": 99.0}}
    assert answer(asked(), points, as_of="2025-02-19").answer == "data missing"
    assert answer(asked(), points, as_of="2025-02-20").answer == "yes"


def test_the_first_way_that_has_the_day_counts_and_a_fallback_is_a_proxy() -> None:
    question = asked(fallbacks=[{"source": "MANUAL:level", "note": "Something like it."}])
    level = {"2025-01-31": 120.0}
    found = answer(question, {"level": level})
    assert (found.answer, found.is_proxy) == ("no", True)
    assert found.evidence == "MANUAL:level 120 on 2025-01-31 is not below 100 (proxy: Something like it)."
    assert answer(question, {"price": {"2025-01-31": 99.0}, "level": level}) == Finding(
        "yes", "MANUAL:price 99 on 2025-01-31 is below 100."
    )
    assert answer(question, {"price": {"2025-01-20": 99.0}, "level": level}).is_proxy


def test_changes_and_returns_since_a_day() -> None:
    prices = {"price": {"2025-01-02": 80.0, "2025-01-31": 100.0}}
    since = {"since": dt.date(2025, 1, 2), "compare": "at_least"}
    assert answer(asked(measure="change_since", value=20.0, **since), prices).answer == "yes"
    found = answer(asked(measure="return_since", value=25.1, **since), prices)
    assert found == Finding("no", "MANUAL:price +25.00% from 2025-01-02 to 2025-01-31 is not at least 25.1.")
    prices["price"]["2025-01-02"] = 0.0
    assert answer(asked(measure="return_since", value=0.0, **since), prices).answer == "data missing"


def test_a_return_against_another_series_and_against_bills() -> None:
    """Rate 3.6 percent: 29 days of 0.01 percent each."""
    values = {"price": {"2025-01-02": 100.0, "2025-01-31": 100.3}, "level": {"2025-01-02": 10.0, "2025-01-31": 10.2},
              "rate": {"2025-01-01": 3.6, "2025-01-25": 3.6, "2025-02-01": 9.9}}  # fmt: skip
    since = {"since": dt.date(2025, 1, 2), "measure": "return_since", "value": None}
    other = {"series": "MANUAL:level", "measure": "return_since"}
    assert answer(asked(than=other, **since), values).answer == "yes"
    bills = {"series": "MANUAL:rate", "measure": "bills_since"}
    found = answer(asked(than=bills, compare="above", **since), values, daily="rate")
    assert found.answer == "yes"
    assert f"{100 * (1.0001**29 - 1):+.2f}% earned" in found.evidence
    values["price"]["2025-01-31"] = 100.29
    assert answer(asked(than=bills, compare="above", **since), values, daily="rate").answer == "no"


def test_equal_amounts_bought_and_held() -> None:
    """One doubles, one halves: +25 percent together, where rebalancing or a mean of logarithms would give less."""
    values = {"price": {"2025-01-02": 1.0, "2025-01-31": 2.0}, "level": {"2025-01-02": 100.0, "2025-01-31": 50.0}}
    question = asked(averaged_with=["MANUAL:level"], measure="return_since", since=dt.date(2025, 1, 2),
                     compare="at_least", value=25.0)  # fmt: skip
    found = answer(question, values)
    assert found.answer == "yes"
    assert found.evidence.startswith("the mean 25 of MANUAL:price +100.00%, MANUAL:level -50.00%")


def test_all_conditions_must_hold_and_one_that_fails_is_enough() -> None:
    both = {"all": [{"series": f"MANUAL:{name}", "measure": "level", "day": dt.date(2025, 1, 31), "compare": "at_least",
                     "value": 10.0} for name in ("price", "level")]}  # fmt: skip
    question = asked(resolve_when=both)
    high, low = {"2025-01-31": 11.0}, {"2025-01-31": 9.0}
    assert answer(question, {"price": high, "level": high}).answer == "yes"
    assert answer(question, {"price": high, "level": low}).answer == "no"
    assert answer(question, {"price": low}).answer == "no"
    assert answer(question, {"price": high}).answer == "data missing"


def test_growth_of_a_year_counts_as_known_on_its_day_and_is_rounded() -> None:
    quarters = [f"{year}-{end}" for year in (2023, 2024) for end in ("03-31", "06-30", "09-30", "12-31")]
    content = document()
    content["series"][0] |= {"frequency": "quarterly"}
    thesis = parse_thesis(as_yaml(content), Path("mini.yaml"))
    rows = [("MANUAL:rate", when, 100.0 if "2023" in when else 102.16, "2025-01-20") for when in quarters]
    rows.append(("MANUAL:rate", "2024-12-31", 110.0, "2025-06-30"))  # a later revision
    question = asked(series="MANUAL:rate", measure="annual_growth", day=dt.date(2024, 12, 31), value=2.2,
                     known_on=dt.date(2025, 1, 31))  # fmt: skip
    rounded = asked(series="MANUAL:rate", measure="annual_growth", day=dt.date(2024, 12, 31), value=2.2, decimals=1,
                    known_on=dt.date(2025, 1, 31))  # fmt: skip
    with Store(":memory:") as store:
        store.write(rows, source="test")
        know = Scorer(thesis, store).knowledge
        found = resolve(question, know, day("2025-12-31"))
        assert found.answer == "yes"
        assert found.evidence == "MANUAL:rate +2.16% in 2024, as known on 2025-01-31 is below 2.2."
        assert resolve(rounded, know, day("2025-12-31")).answer == "no"
        incomplete = asked(series="MANUAL:rate", measure="annual_growth", day=dt.date(2023, 12, 31), value=2.2)
        assert "0 of 4 values in 2022" in resolve(incomplete, know, day("2025-12-31")).evidence


def test_the_last_value_published_by_a_day_will_do_unless_the_next_was_overdue() -> None:
    """The price comes the same day, so on the 31st one of the 28th is 2 days overdue and one of the 22nd 8."""
    question = asked(known_on=dt.date(2025, 1, 31))
    assert answer(question, {"price": {"2025-01-28": 99.0}}).answer == "yes"
    assert answer(question, {"price": {"2025-01-22": 99.0}}).answer == "data missing"
    revised = {"price": {"2025-01-31": 99.0, "2025-01-31/2025-02-03": 101.0}}
    assert answer(question, revised).answer == "yes"
    assert answer(asked(), revised).answer == "no"


def test_a_month_is_never_answered_from_the_month_before() -> None:
    """The rate of December is due on 10 January, and on the 12th that is not yet long ago."""
    question = asked(series="MANUAL:rate", day=dt.date(2024, 12, 31), known_on=dt.date(2025, 1, 12))
    assert answer(question, {"rate": {"2024-11-30/2024-12-10": 99.0}}).answer == "data missing"
    assert answer(question, {"rate": {"2024-12-31/2025-01-12": 99.0}}).answer == "yes"


def test_a_question_without_a_series_needs_a_person() -> None:
    found = answer(asked(resolve_when=None), {})
    assert (found.answer, "The price." in found.evidence) == ("needs a person", True)


def test_the_embedded_data_agree_with_every_answer_they_can_check(scorer: Scorer) -> None:
    """Q1 and Q2 by proxy, the target rate of Q9, the growth of Q11; prices may not be passed on."""
    found = {item.id: resolve(item, scorer.knowledge, TODAY) for item in scorer.thesis.questions}
    assert {name: (item.answer, item.is_proxy) for name, item in found.items() if item.answer in ("yes", "no")} == {
        "Q1": ("yes", True), "Q2": ("yes", True), "Q9": ("no", False), "Q11": ("yes", False),
    }  # fmt: skip
    assert all(item.resolution == found[item.id].answer for item in scorer.thesis.questions
               if found[item.id].answer in ("yes", "no"))  # fmt: skip
    assert {name for name, item in found.items() if item.answer == "data missing"} == {"Q5", "Q6", "Q7", "Q8"}
    assert {name for name, item in found.items() if item.answer == "open"} == {
        "Q3", "Q4", "Q13", "Q14", "Q15", "Q16", "Q17", "Q18",
    }  # fmt: skip


def test_bills_earned_what_the_default_thesis_says(scorer: Scorer) -> None:
    from xl_thesis.resolution import _earned

    bills = scorer.knowledge(TODAY).series("FRED:DTB3")
    assert _earned(bills, dt.date(2025, 2, 24), dt.date(2026, 2, 24), "bills") == pytest.approx(4.1, abs=0.05)


# ---- Base rates


@pytest.mark.parametrize(
    ("question", "months", "limit_pct", "compare", "windows"),
    [("Q1", 12, 0.0, "below", 300), ("Q2", 12, -5.0, "at_most", 300), ("Q3", 24, -10.0, "at_most", 288),
     ("Q4", 24, 0.0, "below", 288)],
)  # fmt: skip
def test_declared_base_rates_of_the_dollar_index_are_recomputed(
    scorer: Scorer, question: str, months: int, limit_pct: float, compare: Any, windows: int
) -> None:
    monthly = scorer.knowledge(TODAY).series(Derived(op="monthly_mean", of=("DERIVED:DXY_H10",)))
    until_2024 = monthly.at(np.flatnonzero(monthly.days <= to_day(dt.date(2024, 12, 31))))
    rate = event_rate(until_2024, months, limit_pct, compare)
    declared = next(item.base_rate for item in scorer.thesis.questions if item.id == question)
    assert declared is not None
    assert rate.windows == windows
    assert round(rate.probability, 2) == declared.probability
    separate = event_rate(until_2024, months, limit_pct, compare, overlapping=False)
    assert separate.windows == rate.independent == 311 // months


def test_a_base_rate_starts_from_where_the_series_stood_when_the_question_opened(scorer: Scorer) -> None:
    rates = {item.id: computed_base_rate(item, scorer.knowledge, TODAY) for item in scorer.thesis.questions}
    assert {name for name, rate in rates.items() if rate} == {"Q1", "Q2", "Q3", "Q4"}
    first, fourth = rates["Q1"], rates["Q4"]
    assert first is not None and fourth is not None
    assert first.how.startswith("DERIVED:DXY_H10 106.72 on 2025-02-14: below -0.1%; 301 overlapping windows of 12")
    assert "DERIVED:DXY_ECB 101.85 on 2026-10-30: below +4.7%" in fourth.how
    assert fourth.probability > 0.8  # declared without the level: 0.51


def test_a_base_rate_never_uses_what_was_published_after_the_question_opened(scorer: Scorer) -> None:
    first = scorer.thesis.questions[0]
    asked_for: list[dt.date] = []

    def know(on: dt.date) -> Knowledge:
        asked_for.append(on)
        return scorer.knowledge(on)

    assert computed_base_rate(first, know, TODAY) is not None
    assert asked_for == [first.opens]


def test_windows_that_a_gap_breaks_are_left_out(scorer: Scorer) -> None:
    from .series import monthly

    rate = event_rate(monthly("2024-01", [1.0, 2.0, None, 1.0, 2.0]), 1, 0.0, "above")
    assert (rate.probability, rate.windows) == (1.0, 2)
    with pytest.raises(CalculationError, match="no window"):
        event_rate(monthly("2024-01", [1.0, None, 2.0]), 1, 0.0, "above")
    with pytest.raises(CalculationError, match="no window"):
        event_rate(monthly("2024-01", []), 1, 0.0, "above")


# ---- Scores of probabilities


@pytest.mark.parametrize(("p", "outcome", "score"), reference.RAIN)
def test_the_rain_forecasts_of_wikipedia(p: float, outcome: int, score: float) -> None:
    assert brier_score([p], [outcome]) == pytest.approx(score, abs=1e-12)


def test_the_examples_of_scikit_learn() -> None:
    for probabilities, score in (reference.SKLEARN_DOCSTRING, reference.SKLEARN_GUIDE):
        assert brier_score(probabilities, reference.OUTCOMES) == pytest.approx(score, abs=1e-12)
    probabilities, outcomes, loss = reference.SPAM
    assert log_score(probabilities, outcomes) == pytest.approx(loss, abs=1e-5)


def test_forty_forecasts_as_scikit_learn_scores_them() -> None:
    probabilities, outcomes = reference.FORTY["probabilities"], reference.FORTY["outcomes"]
    assert brier_score(probabilities, outcomes) == pytest.approx(reference.FORTY["brier"], abs=1e-15)
    assert log_score(probabilities, outcomes) == pytest.approx(reference.FORTY["log_loss"], abs=1e-14)
    table = reliability(probabilities, outcomes)
    assert [part.forecast for part in table.bins] == pytest.approx(reference.FORTY["mean_forecast"], abs=1e-9)
    assert [part.observed for part in table.bins] == pytest.approx(reference.FORTY["share_that_happened"], abs=1e-9)


@pytest.mark.parametrize(("standing", "score"), reference.STANDING)
def test_a_forecast_counts_for_the_days_it_stood(standing: list[tuple[float, int]], score: float) -> None:
    start, made = dt.date(2026, 1, 1), []
    for p, days in standing:
        made.append((start, p))
        start += dt.timedelta(days=days)
    assert time_weighted_brier(made, closes=start, outcome=1) == pytest.approx(score, abs=1e-15)


def test_the_last_of_a_day_counts_and_none_after_the_close() -> None:
    first, close = dt.date(2026, 1, 1), dt.date(2026, 1, 3)
    made = [(first, 0.1), (first, 0.5), (close, 0.9)]
    assert time_weighted_brier(made, close, 1) == 0.25
    with pytest.raises(CalculationError, match="no forecast stood"):
        time_weighted_brier([(close, 0.9)], close, 1)


def test_a_certainty_that_was_wrong_has_an_infinite_log_score_and_a_right_one_none() -> None:
    assert log_score([1.0, 0.5], [0, 1]) == log_score([0.0], [1]) == math.inf
    assert log_score([1.0, 0.0], [1, 0]) == 0.0


def test_nothing_to_score_and_no_skill_over_perfect_base_rates() -> None:
    with pytest.raises(CalculationError, match="no resolved forecast"):
        brier_score([], [])
    with pytest.raises(CalculationError, match="perfect"):
        skill(0.1, 0.0)


def test_reliability_waits_for_thirty_questions() -> None:
    with pytest.raises(CalculationError, match="29 resolved questions are too few"):
        reliability([0.5] * 29, [1] * 29)
    assert reliability([0.5] * 30, [1, 0] * 15).reliability == 0.0


tenths = st.lists(st.tuples(st.integers(1, 10), st.booleans()), min_size=30, max_size=80)


@given(tenths)
def test_murphys_parts_add_up_where_a_bin_holds_one_probability(pairs: list[tuple[int, bool]]) -> None:
    probabilities, outcomes = [tenth / 10 for tenth, _ in pairs], [int(happened) for _, happened in pairs]
    parts = reliability(probabilities, outcomes)
    total = parts.reliability - parts.resolution + parts.uncertainty
    assert total == pytest.approx(brier_score(probabilities, outcomes), abs=1e-12)


@given(st.floats(0.01, 0.99), st.floats(0, 1))
def test_saying_what_one_believes_scores_best(belief: float, said: float) -> None:
    """Both scores are proper: their expectation is lowest at the true probability."""
    for score in (brier_score, log_score):
        honest, other = (belief * score([p], [1]) + (1 - belief) * score([p], [0]) for p in (belief, said))
        assert honest <= other + 1e-12


# ---- The ledger


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
        ("Q99", 0.5, "2026-11-23", "2026-11-23", "there is no question 'Q99'; the thesis has: Q1, Q2"),
    ],
)
def test_forecasts_that_are_refused(
    ledger: Ledger, name: str, p: float, made_on: str, today: str, words: str
) -> None:
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
        ("Q17", "yes", "x" * 2001, "A", "2026-12-01", "evidence: string should have at most 2000"),
        ("Q17", "yes", "\ud800", "A", "2026-12-01", "evidence: "),
    ],
)
def test_resolutions_that_are_refused(
    ledger: Ledger, name: str, value: Any, evidence: str, by: str, today: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        ledger.add_resolution(name, value, evidence, by, today=day(today))
    assert not ledger.log.path.exists()


def test_updates_and_later_answers_are_new_lines(ledger: Ledger, scorer: Scorer) -> None:
    for p, made_on in ((0.2, "2026-11-23"), (0.3, "2026-12-01")):
        ledger.add_forecast("Q17", p, "me", day(made_on), today=day(made_on))
    ledger.add_resolution("Q17", "yes", "Two agreements.", "A", today=dt.date(2026, 12, 24))
    before = ledger.log.path.read_bytes()
    ledger.add_resolution("Q17", "no", "One of them is older.", "B", today=dt.date(2026, 12, 28))
    assert ledger.log.path.read_bytes().startswith(before)
    assert len(ledger.log.read()) == 4
    seen = {on: standing_of(ledger, scorer, "Q17", day(on)) for on in ("2026-12-20", "2026-12-24", "2026-12-28")}
    assert [seen[on].status for on in seen] == ["open", "yes", "no"]
    last = seen["2026-12-28"]
    assert (last.resolved_by, last.evidence, last.closes) == ("B", "One of them is older.", dt.date(2026, 12, 24))


def standing_of(ledger: Ledger, scorer: Scorer, name: str, on: dt.date) -> Standing:
    return next(item for item in ledger.standings(scorer.knowledge, on) if item.question.id == name)


def test_a_forecast_counts_from_the_day_it_was_written_down(ledger: Ledger, scorer: Scorer) -> None:
    """What was "made" earlier but entered later could know more than it says."""
    record = ledger.add_forecast("Q4", 0.9, "me", dt.date(2026, 11, 25), today=dt.date(2027, 1, 20))
    late = record.content, dt.datetime(2027, 1, 21, 3, tzinfo=dt.UTC)  # still the 20th in New York
    ledger.log.append(*late)
    written = standing_of(ledger, scorer, "Q4", dt.date(2027, 1, 20)).forecasts[-1]
    assert written[0] == dt.date(2027, 1, 20)
    assert standing_of(ledger, scorer, "Q4", dt.date(2027, 1, 19)).forecasts[-1:] != (written,)


def test_another_thesis_has_its_own_questions_in_the_same_log(ledger: Ledger, scorer: Scorer) -> None:
    ledger.add_forecast("Q4", 0.9, "me", TODAY, today=TODAY)
    other = Ledger(ledger.thesis.model_copy(update={"id": "other"}), ledger.log)
    assert standing_of(other, scorer, "Q4", dt.date(2027, 2, 1)).forecasts == ()


def test_a_reworded_question_says_so(ledger: Ledger, scorer: Scorer) -> None:
    ledger.add_forecast("Q4", 0.9, "me", TODAY, today=TODAY)
    assert not standing_of(ledger, scorer, "Q4", dt.date(2027, 2, 1)).is_reworded
    reworded = with_questions(ledger.thesis, lambda item: item.model_copy(update={"criterion": "Another one."}))
    assert standing_of(Ledger(reworded, ledger.log), scorer, "Q4", dt.date(2027, 2, 1)).is_reworded


def with_questions(thesis: Thesis, change: Callable[[Question], Question]) -> Thesis:
    return thesis.model_copy(update={"questions": tuple(map(change, thesis.questions))})


def test_the_definitions_answers_stand_and_the_series_agree(ledger: Ledger, scorer: Scorer) -> None:
    standings = {item.question.id: item for item in ledger.standings(scorer.knowledge, TODAY)}
    assert standings["Q1"].status == "yes"
    assert standings["Q1"].resolved_by == "definition"
    assert standings["Q1"].finding.is_proxy
    assert not any(item.contradiction for item in standings.values())
    early = standing_of(ledger, scorer, "Q1", dt.date(2026, 2, 23))
    assert (early.status, early.evidence) == ("open", None)


def test_an_answer_that_contradicts_the_series_is_said(ledger: Ledger, scorer: Scorer) -> None:
    wrong = with_questions(
        ledger.thesis, lambda item: item.model_copy(update={"resolution": "yes"}) if item.id == "Q9" else item
    )
    found = standing_of(Ledger(wrong, ledger.log), scorer, "Q9", TODAY)
    assert found.contradiction == (
        "Q9 stands as yes (definition), but the series say no: FRED:DFEDTARU 3.75 on 2025-12-31 is not at least 4."
    )
    ledger.add_resolution("Q9", "yes", "I think so.", "A", today=TODAY)
    assert (standing_of(ledger, scorer, "Q9", TODAY).contradiction or "").startswith("Q9 stands as yes (A)")
    ledger.add_resolution("Q9", "annulled", "Asked badly.", "A", today=TODAY)
    assert standing_of(ledger, scorer, "Q9", TODAY).contradiction is None


def unanswered(thesis: Thesis) -> Thesis:
    """The thesis with no answer in its definition, and its hindsight questions taken for prospective ones."""
    return with_questions(
        thesis, lambda item: item.model_copy(update={"resolution": None, "evidence": None, "hindsight": False})
    )


def test_what_is_due_is_resolved_once_and_recorded(ledger: Ledger, scorer: Scorer) -> None:
    fresh = Ledger(unanswered(ledger.thesis), ledger.log)
    first = {standing.question.id: recorded for standing, recorded in fresh.resolve_due(scorer.knowledge, TODAY)}
    assert {name for name, recorded in first.items() if recorded} == {"Q1", "Q2", "Q9", "Q11"}
    assert set(first) == {"Q1", "Q2", "Q5", "Q6", "Q7", "Q8", "Q9", "Q10", "Q11", "Q12"}
    again = fresh.resolve_due(scorer.knowledge, TODAY)
    assert not any(recorded for _, recorded in again)
    assert len(fresh.log.read()) == 4
    assert standing_of(fresh, scorer, "Q9", TODAY).resolved_by == AUTOMATIC
    assert standing_of(fresh, scorer, "Q5", TODAY).status == "due"
    assert [item.question.id for item, _ in fresh.resolve_due(scorer.knowledge, TODAY, "q3")] == ["Q3"]


def test_an_answer_by_proxy_is_recorded_only_after_ten_days(ledger: Ledger, scorer: Scorer) -> None:
    fresh = Ledger(unanswered(ledger.thesis), ledger.log)
    for on, expected in ((dt.date(2026, 3, 5), False), (dt.date(2026, 3, 6), True)):
        (standing, recorded), = fresh.resolve_due(scorer.knowledge, on, "Q1")
        assert (standing.status, recorded) == ("yes", expected)


def test_the_definition_comes_before_the_series_and_is_not_copied(ledger: Ledger, scorer: Scorer) -> None:
    assert not any(recorded for _, recorded in ledger.resolve_due(scorer.knowledge, TODAY))
    assert not ledger.log.path.exists()


def test_scores_are_of_each_persons_prospective_questions_alone(ledger: Ledger, scorer: Scorer) -> None:
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
    boards = {board.by: board for board in scoreboards(fresh.standings(scorer.knowledge, TODAY))}
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


def test_counts_of_claims_questions_and_facts(ledger: Ledger, scorer: Scorer) -> None:
    thesis = ledger.thesis
    assert sum(row["claims"] for row in claim_counts(thesis)) == len(thesis.claims)
    rows = question_counts(ledger.standings(scorer.knowledge, TODAY))
    assert {"pillar": "DOLLAR", "origin": "imposed", "hindsight": True, "status": "yes", "questions": 2} in rows
    assert {"pillar": "FED", "origin": "author", "hindsight": True, "status": "yes", "questions": 1} in rows
    assert all(fact["evidence"] for fact in facts(thesis))
    assert {fact["id"]: fact["verdict"] for fact in facts(thesis)}["A15"] in ("false", "definition_dependent")


def test_a_standing_is_plain_json(ledger: Ledger, scorer: Scorer) -> None:
    import json

    ledger.add_forecast("Q4", 0.9, "me", TODAY, today=TODAY)
    document_of = standing_of(ledger, scorer, "Q4", dt.date(2027, 1, 1)).to_json()
    assert json.loads(json.dumps(document_of, allow_nan=False)) == document_of
    assert document_of["last_forecast"] == {"date": "2026-11-23", "p": 0.9, "by": "me"}
