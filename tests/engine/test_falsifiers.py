"""Falsifiers that a machine judges, by hand on small series; and the calendar of what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xl_thesis import falsifiers, releases
from xl_thesis.errors import DefinitionError, InputError
from xl_thesis.falsifiers import FalsifierState
from xl_thesis.observations import month_ends
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Row, Store
from xl_thesis.thesis import parse_thesis

from .mini import as_yaml, document

MONTHS = month_ends(np.arange(np.datetime64("2016-01"), np.datetime64("2023-01")))


def rates(after: Sequence[float], before: float = 3.0) -> list[Row]:
    """A monthly rate, ``before`` until 2021 and then these values, each known ten days after its month."""
    values = [before] * (len(MONTHS) - 12) + list(after)
    known = MONTHS + np.timedelta64(10, "D")
    return [("MANUAL:rate", str(day), value, str(at)) for day, value, at in zip(MONTHS, values, known, strict=False)]


def scorer(rows: list[Row], rule: dict[str, Any], **change: Any) -> Scorer:
    found = document()
    found["review_dates"] = [dt.date(2022, 3, 31), dt.date(2022, 6, 30), dt.date(2022, 9, 30)]
    item = found["indicators"][0]
    item |= {
        "transform": {"kind": "level"}, "normalise": {"kind": "goalposts", "posts": [0, 5, 10]},
        "wrong_on": dt.date(2022, 12, 31), "wrong_when": rule, **change,
    }  # fmt: skip
    found["indicators"], found["pillars"] = [item], found["pillars"][:1]
    store = Store(":memory:")
    store.write(rows, source="test")
    return Scorer(parse_thesis(as_yaml(found), Path("mini.yaml")), store)


def judge(rows: list[Row], rule: dict[str, Any], on: str, **change: Any) -> FalsifierState:
    (state,) = falsifiers.check(scorer(rows, rule, **change), dt.date.fromisoformat(on))
    return state


BELOW_2 = {"measure": "value", "compare": "below", "value": 2.0, "days": [dt.date(2022, 6, 30)]}


@pytest.mark.parametrize(
    ("on", "value", "state"),
    [
        ("2022-05-20", 3.0, "not due"),  # further than a tenth of the way, 0.5, from the limit
        ("2022-05-20", 2.4, "near"),
        ("2022-05-20", 1.0, "near"),  # past it today, and looked at again
        ("2022-06-30", 1.0, "met"),
        ("2022-12-01", 1.0, "met"),
        ("2022-06-30", 2.0, "not met"),  # on the limit is not below it
        ("2022-08-01", 3.0, "not met"),
    ],
)
def test_a_value_on_one_day(on: str, value: float, state: str) -> None:
    found = judge(rates([value] * 12), BELOW_2, on)
    assert found.state == state
    assert found.number == value
    assert (found.met_on == dt.date(2022, 6, 30)) == (state == "met")


def test_it_is_judged_as_known_on_its_day_whatever_was_published_later() -> None:
    later: list[Row] = [("MANUAL:rate", "2022-05-31", 1.0, "2022-09-01")]
    assert judge([*rates([3.0] * 12), *later], BELOW_2, "2022-12-01").state == "not met"


def test_without_a_number_of_the_day_nothing_is_decided() -> None:
    found = judge(rates([]), BELOW_2, "2022-08-01")
    assert found.state == "no data" and found.unseen == (dt.date(2022, 6, 30),)
    assert "no data on 2022-06-30" in found.sentence


def test_three_periods_in_a_row() -> None:
    rule = {"measure": "value", "compare": "at_most", "value": 2.0, "every": "period", "in_a_row": 3}
    broken = rates([2.0, 2.0, 3.0, 2.0, 2.0, 2.5])
    assert judge(broken, rule, "2022-07-20").state != "met"
    running = judge(rates([2.0, 2.0]), rule, "2022-03-20")
    assert (running.state, running.run) == ("near", 2)
    whole = judge(rates([3.0, 2.0, 2.0, 2.0, 5.0]), rule, "2022-08-20")
    assert (whole.state, whole.met_on) == ("met", dt.date(2022, 4, 30))


def test_what_was_before_the_base_date_does_not_count() -> None:
    rule = {"measure": "value", "compare": "at_most", "value": 2.0, "every": "period", "in_a_row": 3}
    assert judge(rates([2.0, 2.0], before=2.0), rule, "2022-03-20").run == 2


@pytest.mark.parametrize(
    ("every", "days"),
    [("month", ["2022-02-28", "2022-03-31"]), ("quarter", ["2022-06-30", "2022-09-30"]),
     ("review_date", ["2022-06-30", "2022-09-30"])],
)  # fmt: skip
def test_looks_at_the_ends_of_months_and_quarters_and_on_review_dates(every: str, days: list[str]) -> None:
    rule = {"measure": "value", "compare": "below", "value": 2.0, "every": every, "in_a_row": 2}
    # the look of 31 March is at February, known since 10 March; that of 30 June at May, that of 30 September at August
    values = [1.0, 1.0] + [3.0] * 10 if every == "month" else [1.0, 3.0, 3.0, 3.0, 1.0, 3.0, 3.0, 1.0]
    found = judge(rates(values), rule, "2022-12-30")
    assert found.state == "met" and found.met_on == dt.date.fromisoformat(days[-1])


@pytest.mark.parametrize(
    ("rule", "number"),
    [
        ({"measure": "level"}, 1.5),
        ({"measure": "score"}, 15.0),
        ({"measure": "change_since"}, -1.5),
        ({"measure": "return_since"}, -50.0),
        ({"measure": "return_over", "over": "1M"}, 100 * (1.5 / 1.2 - 1)),
        ({"measure": "change_since", "since": dt.date(2022, 5, 15)}, 1.5 - 1.0),
    ],
)
def test_every_measure_by_hand(rule: dict[str, Any], number: float) -> None:
    rows = rates([2.0, 2.0, 2.0, 1.0, 1.2, 1.5])
    whole = {"compare": "below", "value": -1000.0, "days": [dt.date(2022, 12, 31)], "margin": 1.0, **rule}
    assert judge(rows, whole, "2022-07-20").number == pytest.approx(number)


def test_a_second_condition_must_hold_as_well() -> None:
    rule = {**BELOW_2, "provided": {"measure": "score", "compare": "below", "value": 5.0}}
    assert judge(rates([1.0] * 12), rule, "2022-06-30").state == "not met"
    rule["provided"]["value"] = 15.0  # type: ignore[index]
    assert judge(rates([1.0] * 12), rule, "2022-06-30").state == "met"


def test_a_return_less_that_of_another_series() -> None:
    rule = {
        "measure": "return_since", "series": "MANUAL:rate", "less": "MANUAL:level", "compare": "below", "value": 0,
        "margin": 1, "days": [dt.date(2022, 12, 31)],
    }  # fmt: skip
    level = [("MANUAL:level", *row[1:2], 2 * row[2], row[3]) for row in rates([3.3] * 12)]
    found = judge([*rates([3.0, 6.0]), *level], rule, "2022-03-20")
    assert found.number == pytest.approx(100 * (6 / 3 - 1) - 100 * (6.6 / 6 - 1))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"measure": "value", "compare": "below", "value": 1}, "either days or every"),
        ({"measure": "level", "compare": "below", "value": 1, "every": "month"}, "needs a margin"),
        ({**BELOW_2, "days": [dt.date(2022, 6, 30), dt.date(2022, 1, 1)]}, "days must ascend"),
        ({**BELOW_2, "in_a_row": 2}, "more days than are given"),
        ({**BELOW_2, "indicator": "nobody"}, "nobody"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: dict[str, Any], words: str) -> None:
    with pytest.raises((DefinitionError, InputError), match=words):
        judge(rates([3.0]), rule, "2022-03-20")


def test_every_indicator_of_the_default_thesis_can_be_proved_wrong(default: Scorer) -> None:
    states = falsifiers.check(default)
    weighted = {item.id for item in default.thesis.indicators if item.weight > 0}
    judged = {item.indicator for item in states}
    by_hand = {item.id for item in default.thesis.indicators if item.falsifier and item.wrong_when is None}
    assert weighted <= judged | by_hand
    assert len(judged) >= 30


def test_a_falsifier_of_the_default_thesis_by_hand(default: Scorer) -> None:
    found = next(item for item in falsifiers.check(default, dt.date(2026, 7, 22)) if item.indicator == "infl_gap")
    prices = default.knowledge(dt.date(2026, 7, 22)).series("FRED:CPIAUCNS")
    may, year_before = (prices.values[prices.days == np.datetime64(day)][0] for day in ("2026-05-31", "2025-05-31"))
    assert found.number == pytest.approx(100 * (may / year_before - 1) - 2, abs=1e-12)
    assert (found.state, found.limit, found.in_a_row) == ("not met", 0.3, 3)


def test_the_summary_names_met_ones_first(default: Scorer) -> None:
    met = judge(rates([1.0] * 12), BELOW_2, "2022-06-30")
    near = judge(rates([2.4] * 12), BELOW_2, "2022-05-20")
    assert falsifiers.summary(falsifiers.alerts([near, met])).startswith(
        "PROVED WRONG by its own rule: rank; near to being"
    )
    assert falsifiers.summary([]) == "No indicator is proved wrong by its own rule, or near to it."


def test_bounds_of_a_release_are_what_its_extremes_would_do(default: Scorer) -> None:
    as_of = dt.date(2026, 6, 30)
    result, found = default.evaluate(as_of), releases.calendar(default, as_of)
    shown = {item.id: item for item in result.indicators}
    fresh = [item for item in found.releases if shown[item.indicator].status == "fresh" and item.effective_weight > 0]
    assert len(fresh) >= 10
    for item in fresh:
        assert item.bounds == pytest.approx(
            (item.effective_weight * -item.score, item.effective_weight * (100 - item.score)), abs=1e-9
        )
        if item.usual is not None:
            assert item.bounds[0] <= item.usual[0] <= item.usual[1] <= item.bounds[1]
            assert item.past_releases >= releases.MIN_CHANGES


def test_usual_moves_are_quantiles_of_past_releases(default: Scorer) -> None:
    as_of = dt.date(2026, 6, 30)
    item = next(one for one in releases.calendar(default, as_of).releases if one.indicator == "gdp_growth")
    days = [dt.date(year, month, 28) for year in range(2008, 2027) for month in range(1, 13)]
    scores = [next(i.score for i in default.evaluate(day).indicators if i.id == "gdp_growth") for day in days[::3]]
    changes = np.diff(np.array([score for score in scores[: len(days) // 3 - 2] if score is not None]))
    low, high = item.effective_weight * np.quantile(changes, (0.05, 0.95))
    assert item.usual == pytest.approx((low, high), abs=0.4)  # sampled on other days of the quarter


def test_the_calendar_is_in_order_and_ends_with_decisions(default: Scorer) -> None:
    found = releases.calendar(default, dt.date(2026, 6, 30))
    keys = [(item.days_overdue == 0, item.expected_on) for item in found.releases]
    assert keys == sorted(keys)
    assert all((item.expected_on < found.as_of) == (item.days_overdue > 0) for item in found.releases)
    assert [event.on for event in found.events] == sorted(event.on for event in found.events)
    assert {event.kind for event in found.events} == {"review", "question", "falsifier"}
    assert all(event.on >= found.as_of for event in found.events)
    due = {item.indicator: item.expected_on for item in found.releases}
    assert due["infl_gap"] == dt.date(2026, 7, 16)  # June's prices, sixteen days after the month
