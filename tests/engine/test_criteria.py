"""Criteria as data, and the answers that the series give to dated questions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from xl_thesis.catalogue import leaves, load_catalogue
from xl_thesis.criteria import Criterion
from xl_thesis.errors import DefinitionError
from xl_thesis.pipeline import Scorer
from xl_thesis.resolution import Finding, resolve
from xl_thesis.store import Store
from xl_thesis.thesis import parse_thesis

from .mini import as_yaml, document
from .questions import TODAY, answer, asked
from .series import day


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


def test_every_question_on_a_series_has_a_criterion_and_its_series_are_known(default: Scorer) -> None:
    by_hand = {question.id for question in default.thesis.questions if question.resolve_when is None}
    assert by_hand == {"Q10", "Q12", "Q13", "Q14", "Q17"}
    for question in default.thesis.questions:
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


@pytest.mark.parametrize(
    ("compare", "expected"), [("at_least", "yes"), ("above", "no"), ("at_most", "yes"), ("below", "no")]
)
def test_a_change_of_published_decimals_meets_its_limit_exactly(compare: str, expected: str) -> None:
    """Unemployment was 3.9 percent in April 2024 and 4.1 in June; as floating-point numbers they are 0.19999 apart."""
    question = asked(measure="change_since", since=dt.date(2025, 1, 2), compare=compare, value=0.2)
    assert answer(question, {"price": {"2025-01-02": 3.9, "2025-01-31": 4.1}}).answer == expected


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


def test_the_embedded_data_agree_with_every_answer_they_can_check(default: Scorer) -> None:
    """Q1 and Q2 by proxy, the target rate of Q9, the growth of Q11; prices may not be passed on."""
    found = {item.id: resolve(item, default.knowledge, TODAY) for item in default.thesis.questions}
    assert {name: (item.answer, item.is_proxy) for name, item in found.items() if item.answer in ("yes", "no")} == {
        "Q1": ("yes", True), "Q2": ("yes", True), "Q9": ("no", False), "Q11": ("yes", False),
    }  # fmt: skip
    assert all(item.resolution == found[item.id].answer for item in default.thesis.questions
               if found[item.id].answer in ("yes", "no"))  # fmt: skip
    assert {name for name, item in found.items() if item.answer == "data missing"} == {"Q5", "Q6", "Q7", "Q8"}
    assert {name for name, item in found.items() if item.answer == "open"} == {
        "Q3", "Q4", "Q13", "Q14", "Q15", "Q16", "Q17", "Q18",
    }  # fmt: skip


def test_bills_earned_what_the_default_thesis_says(default: Scorer) -> None:
    from xl_thesis.resolution import _earned

    bills = default.knowledge(TODAY).series("FRED:DTB3")
    assert _earned(bills, dt.date(2025, 2, 24), dt.date(2026, 2, 24), "bills") == pytest.approx(4.1, abs=0.05)
