"""Rate expectations: CME's examples and a table of its tool, and what must hold for any strip of prices."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference import fedwatch as published
from xl_thesis import fedfunds
from xl_thesis.errors import InputError, MissingData

YEAR = [dt.date(2025, month, day) for month, day in
        [(1, 29), (3, 19), (5, 7), (6, 18), (7, 30), (9, 17), (10, 29), (12, 10)]]  # fmt: skip
EVE = dt.date(2025, 1, 2)


def strip_of(path: dict[dt.date, float], start_pct: float, months: range = range(1, 13)) -> dict[fedfunds.Month, float]:
    """Prices of 2025 for a rate that takes the given level on the day after each meeting."""
    prices = {}
    for month in months:
        rates = []
        for day in range(1, calendar.monthrange(2025, month)[1] + 1):
            held = [rate for meeting, rate in path.items() if meeting < dt.date(2025, month, day)]
            rates.append(held[-1] if held else start_pct)
        prices[2025, month] = 100 - sum(rates) / len(rates)
    return prices


def test_example_of_2015() -> None:
    case: dict[str, Any] = published.CME_2015
    eve, meeting = dt.date(2015, 9, 16), dt.date(2015, 9, 17)
    rates = fedfunds.implied_rates(case["futures"], [meeting], eve, effective_lag_days=0)[meeting]
    assert rates.start_pct == pytest.approx(case["start_pct"], abs=1e-9)
    assert rates.end_pct == pytest.approx(case["end_pct"], abs=5e-6)
    odds = fedfunds.meeting_probabilities(case["futures"], [meeting], eve, 0.0, 0.25, effective_lag_days=0)[meeting]
    assert odds == {0: pytest.approx(1 - case["hike"], abs=5e-4), 25: pytest.approx(case["hike"], abs=5e-4)}


def test_a_month_with_a_meeting_is_no_anchor_for_2015() -> None:
    case: dict[str, Any] = published.CME_2015
    with_october = case["futures"] | {(2015, 10): 99.80}
    eve = dt.date(2015, 9, 16)
    until = case["meetings"][0]
    assert fedfunds.cuts_by(with_october, case["meetings"], eve, until, 0.14, 0) == pytest.approx(
        (0.14 - case["end_pct"]) / 0.25, abs=5e-5
    )


def test_example_of_2022() -> None:
    case: dict[str, Any] = published.CME_2022
    rates = fedfunds.implied_rates(case["futures"], case["meetings"], case["watch_date"], effective_lag_days=0)
    september, november = (rates[meeting] for meeting in case["meetings"])
    assert 100 - september.start_pct == pytest.approx(case["september_start_price"], abs=5.1e-5)
    assert september.change_pct == pytest.approx(case["september_change_pct"], abs=5.1e-5)
    assert september.change_pct / fedfunds.STEP_PCT == pytest.approx(case["september_hikes"], abs=5e-4)
    assert 100 - november.end_pct == pytest.approx(case["november_end_price"], abs=5e-5)
    assert november.change_pct == pytest.approx(case["november_change_pct"], abs=5e-5)


def test_the_same_prices_with_the_new_rate_from_the_day_after() -> None:
    case: dict[str, Any] = published.CME_2022
    expected: dict[str, Any] = published.SAME_PRICES_DAY_AFTER
    arguments = (case["futures"], case["meetings"], case["watch_date"])
    september, november = fedfunds.implied_rates(*arguments).values()
    assert september.change_pct == pytest.approx(expected["september_change_pct"], abs=1e-9)
    assert november.change_pct == pytest.approx(expected["november_change_pct"], abs=5e-7)
    odds = fedfunds.meeting_probabilities(*arguments, 2.25, 2.50)[case["meetings"][1]]
    assert odds == pytest.approx(expected["november"], abs=5e-7)


def fedwatch_2026() -> dict[dt.date, fedfunds.Probabilities]:
    """The settlements of 18 September 2026; December 2027 is a meeting month, so October is solved from November."""
    meetings = published.MEETINGS_2026_09_TO_2027
    return fedfunds.meeting_probabilities(published.SETTLEMENTS_2026_09_18, meetings, dt.date(2026, 9, 18), 3.75, 4.00)


@pytest.mark.parametrize("meeting", published.FEDWATCH_2026_09_18)
def test_table_of_nine_meetings(meeting: dt.date) -> None:
    ours, shown = fedwatch_2026()[meeting], published.FEDWATCH_2026_09_18[meeting]
    for lower in ours.keys() | shown.keys():
        assert 100 * ours.get(lower, 0.0) == pytest.approx(shown.get(lower, 0.0), abs=0.06)


def test_the_page_counts_the_decision_day_at_the_old_rate() -> None:
    meetings = published.MEETINGS_2026_09_TO_2027
    other = fedfunds.meeting_probabilities(
        published.SETTLEMENTS_2026_09_18, meetings, dt.date(2026, 9, 18), 3.75, 4.00, effective_lag_days=0
    )
    october = meetings[1]
    assert abs(100 * other[october][375] - published.FEDWATCH_2026_09_18[october][375]) > 2


def test_only_coming_meetings_are_given_and_a_decision_counts_as_held_on_its_day() -> None:
    assert list(fedwatch_2026()) == published.MEETINGS_2026_09_TO_2027[1:]
    table = fedfunds.implied_rates(strip_of({YEAR[0]: 4.0}, 4.25), YEAR, YEAR[0])
    assert next(iter(table)) == YEAR[1]


levels = st.lists(st.integers(-4, 4), min_size=8, max_size=8)


@given(levels)
def test_a_known_path_is_recovered(steps: list[int]) -> None:
    path, rate = {}, 4.3
    for meeting, step in zip(YEAR, steps, strict=True):
        rate += 0.25 * step / 2
        path[meeting] = rate
    prices = strip_of(path, 4.3)
    rates = fedfunds.implied_rates(prices, YEAR, EVE)
    assert {meeting: item.end_pct for meeting, item in rates.items()} == pytest.approx(path, abs=1e-8)
    assert rates[YEAR[0]].start_pct == pytest.approx(4.3, abs=1e-8)
    cuts = fedfunds.cuts_by(prices, YEAR, EVE, dt.date(2025, 12, 31), effr_pct=4.3)
    assert cuts == pytest.approx(-sum(steps) / 2, abs=1e-6)


@given(levels, st.floats(-0.1, 0.1))
def test_probabilities_sum_to_one_and_their_mean_is_the_implied_rate(steps: list[int], noise: float) -> None:
    path, rate = {}, 4.3
    for meeting, step in zip(YEAR, steps, strict=True):
        rate += 0.1 * step + noise
        path[meeting] = rate
    table = fedfunds.meeting_probabilities(strip_of(path, 4.3), YEAR, EVE, 4.25, 4.50)
    for meeting, odds in table.items():
        assert sum(odds.values()) == pytest.approx(1.0, abs=1e-9)
        assert all(0 <= chance <= 1 for chance in odds.values())
        mean = sum(lower * chance for lower, chance in odds.items())
        assert mean - 425 == pytest.approx(100 * (path[meeting] - 4.3), abs=1e-4)


def test_a_whole_move_is_certain_and_half_a_move_is_even() -> None:
    sure = fedfunds.meeting_probabilities(strip_of({YEAR[0]: 3.83}, 4.33), YEAR[:1], EVE, 4.25, 4.5)[YEAR[0]]
    assert sure == {375: pytest.approx(1.0)}
    even = fedfunds.meeting_probabilities(strip_of({YEAR[0]: 4.205}, 4.33), YEAR[:1], EVE, 4.25, 4.5)[YEAR[0]]
    assert even == {400: pytest.approx(0.5, abs=1e-6), 425: pytest.approx(0.5, abs=1e-6)}


def test_solved_forward_where_no_later_anchor_has_a_price() -> None:
    path = {YEAR[2]: 4.2, YEAR[3]: 4.0, YEAR[4]: 3.9}
    prices = strip_of(path, 4.33, range(4, 8))
    rates = fedfunds.implied_rates(prices, YEAR[2:5], dt.date(2025, 4, 30))
    assert [item.end_pct for item in rates.values()] == pytest.approx([4.2, 4.0, 3.9], abs=1e-8)


def test_a_decision_on_the_last_day_leaves_its_own_contract_at_the_old_rate() -> None:
    last = dt.date(2024, 1, 31)
    prices = {(2024, 1): 94.67, (2024, 2): 94.80}
    rates = fedfunds.implied_rates(prices, [last], dt.date(2024, 1, 2))[last]
    assert [rates.start_pct, rates.end_pct] == pytest.approx([5.33, 5.20])
    with pytest.raises(MissingData, match="2024-02 or of a later month"):
        fedfunds.implied_rates({(2023, 12): 94.67, (2024, 1): 94.67}, [last], dt.date(2024, 1, 2))


def test_a_decision_on_the_first_day_counted_at_the_new_rate() -> None:
    first = dt.date(2023, 11, 1)
    prices = {(2023, 10): 94.67, (2023, 11): 94.6, (2023, 12): 94.6}
    rates = fedfunds.implied_rates(prices, [first], dt.date(2023, 10, 3), effective_lag_days=0)[first]
    assert rates.change_pct == pytest.approx(0.07)
    del prices[2023, 11]
    with pytest.raises(MissingData, match="2023-09"):
        fedfunds.implied_rates(prices, [dt.date(2023, 10, 4), first], dt.date(2023, 9, 30), 0)


def test_missing_contracts_are_named() -> None:
    prices = strip_of({YEAR[0]: 4.0}, 4.25)
    without_july = {month: price for month, price in prices.items() if month[1] != 7}
    with pytest.raises(MissingData, match=r"2025-07-30 needs the price of the contract of 2025-07"):
        fedfunds.implied_rates(without_july, YEAR, dt.date(2025, 6, 2))
    with pytest.raises(MissingData, match=r"2025-02, or of a month without a meeting after it"):
        fedfunds.implied_rates({(2025, 3): 95.7}, YEAR[1:2], EVE)
    alone = {(2025, 2): 95.7}
    assert fedfunds.cuts_by(alone | {(2025, 1): 95.68}, YEAR, EVE, YEAR[0], 4.33) == pytest.approx(0.12, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"futures": {(2025, 1): 4.33}}, "100 less a rate"),
        ({"futures": {(2025, 1): float("nan")}}, "100 less a rate"),
        ({"meetings": []}, "no meeting after"),
        ({"watch_date": dt.date(2026, 1, 1)}, "no meeting after"),
        ({"meetings": [dt.date(2025, 3, 3), dt.date(2025, 3, 15)]}, "share a contract"),
        ({"target_lower": 4.5, "target_upper": 4.25}, "no target range"),
        ({"target_lower": 425, "target_upper": 450}, "no target range"),
        ({"effective_lag_days": 2}, "0 or 1 days"),
    ],
)
def test_bad_input_is_refused(change: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {
        "futures": strip_of({YEAR[0]: 4.0}, 4.25),
        "meetings": YEAR,
        "watch_date": EVE,
        "target_lower": 4.25,
        "target_upper": 4.5,
    }
    with pytest.raises(InputError, match=message):
        fedfunds.meeting_probabilities(**(arguments | change))


def test_cuts_need_a_meeting_in_between() -> None:
    with pytest.raises(InputError, match="no meeting lies between"):
        fedfunds.cuts_by(strip_of({YEAR[0]: 4.0}, 4.25), YEAR, EVE, dt.date(2025, 1, 20), 4.33)


def test_the_proxy_says_what_it_is() -> None:
    proxy = fedfunds.cuts_proxy(policy_rate_pct=4.33, one_year_yield_pct=4.12)
    assert proxy.cuts == pytest.approx(0.84)
    assert proxy.note.startswith("proxy") and "term premium" in proxy.note
