"""Yahoo: nothing that was known is rescaled later."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.loopback import Loopback
from tests.servers.yahoo import Ticker
from tests.servers.yahoo import Yahoo as Server
from tests.sources.conftest import TODAY, is_one_plain_line, series
from tests.sources.yahoo_series import DAY, DX, DX_FUTURE, days, due, good, of, pull, steady, wanted
from xl_thesis.errors import (
    BadAnswer,
)  # fmt: skip
from xl_thesis.sources.prices import Quotes, carry_on, price_rows
from xl_thesis.sources.protocol import Link, Pull
from xl_thesis.sources.yahoo import Memory


def test_a_first_pull_keeps_close_total_return_dividends_and_splits(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    some = days(30)
    fake.tickers["SPY"] = replace(steady(), dividends={some[20]: 1.5}, splits={some[10]: 2.0})
    pulled = good(pull(link, wanted())[0])
    assert of(pulled, "YAHOO:SPY/adj")[str(some[0])] == (90.0, str(some[0]))
    assert of(pulled, "YAHOO:SPY")[str(some[9])] == (218.0, str(some[9]))  # as traded, before the split
    assert of(pulled, "YAHOO:SPY")[str(some[10])] == (110.0, str(some[10]))
    assert of(pulled, "YAHOO:SPY/div") == {str(some[20]): (1.5, str(some[20]))}
    assert of(pulled, "YAHOO:SPY/split") == {str(some[10]): (2.0, str(some[10]))}
    assert pulled.facts["title"] == "SPY Trust" and pulled.source == "Yahoo SPY" and not pulled.vintage_true


def test_one_ticker_is_asked_once_for_all_its_series(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, loopback, link = yahoo
    fake.tickers["SPY"] = steady()
    raw = series("YAHOO:SPY", "daily", 0, "never_revised")
    assert all(isinstance(outcome, Pull) for outcome in pull(link, wanted(), wanted(raw)))
    asked = [query for path, query in loopback.seen if path.endswith("/SPY")]
    assert sum(query.get("range") != "1d" for query in asked) == 1  # beside it, once, a look at its time zone


def test_only_the_total_return_itself_writes_its_level(yahoo: tuple[Server, Loopback, Link]) -> None:
    """A close that is asked for later knows nothing of the level that was carried on till then."""
    fake, _, link = yahoo
    fake.tickers["SPY"] = steady()
    raw = good(pull(link, wanted(series("YAHOO:SPY", "daily", 0, "never_revised")))[0])
    assert {row[0] for row in raw.rows} == {"YAHOO:SPY"}


def test_until_the_next_session_ends_nothing_is_asked(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, loopback, link = yahoo
    fake.tickers["SPY"] = steady()
    first = good(pull(link, wanted())[0])
    loopback.seen.clear()
    second = good(pull(link, wanted(last=TODAY - DAY, state=first.state))[0])
    assert second.unchanged and not second.rows and loopback.seen == []


def test_a_rest_repeats_the_state_and_a_close_far_in_the_future_is_not_waited_for(
    yahoo: tuple[Server, Loopback, Link],
) -> None:
    fake, loopback, link = yahoo
    fake.tickers["SPY"] = steady()
    first = good(pull(link, wanted())[0])
    assert good(pull(link, wanted(last=TODAY - DAY, state=first.state))[0]).state == first.state
    ahead = dt.datetime.now(dt.UTC) + 300 * DAY
    state = Memory(ahead.isoformat(), Memory.of(first.state).tail).text()
    loopback.seen.clear()
    second = good(pull(link, wanted(last=TODAY - DAY, state=state))[0])
    assert second.unchanged and loopback.seen and second.state == first.state


def test_a_dividend_that_is_no_finite_number_is_a_bad_answer(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    fake.tickers["SPY"] = replace(steady(), dividends={TODAY - 3 * DAY: float("inf")})
    outcome = pull(link, wanted())[0]
    assert isinstance(outcome, BadAnswer) and is_one_plain_line(outcome)


def test_a_later_dividend_rescales_nothing_that_was_known(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    fake.tickers["SPY"] = steady(30, TODAY - 3 * DAY)
    first = good(pull(link, wanted())[0])
    later = steady(32, TODAY - DAY).prices
    known = dict(zip(days(30, TODAY - 3 * DAY), fake.tickers["SPY"].prices.values(), strict=True))
    # A dividend of two on the last day but one: Yahoo scales all adjusted closes before it down.
    paid = TODAY - 2 * DAY
    base = known[TODAY - 3 * DAY][0] or 0.0
    down = 1 - 2.0 / base
    prices = {day: (close, (adjusted or 0.0) * down) for day, (close, adjusted) in known.items()}
    prices |= {paid: (130.0, 130.0), TODAY - DAY: (131.0, 131.0)}
    fake.tickers["SPY"] = Ticker(prices, dividends={paid: 2.0})
    second = good(pull(link, wanted(last=TODAY - 3 * DAY, state=due(first.state)))[0])
    total = of(second, "YAHOO:SPY/adj")
    assert set(total) == {str(paid), str(TODAY - DAY)} and len(later) == 32
    last = of(first, "YAHOO:SPY/adj")[str(TODAY - 3 * DAY)][0] or 0.0
    adjusted = prices[TODAY - 3 * DAY][1] or 0.0
    assert total[str(paid)][0] == pytest.approx(last * 130.0 / adjusted, rel=1e-12)
    assert (total[str(TODAY - DAY)][0] or 0) / (total[str(paid)][0] or 1) == pytest.approx(131 / 130, rel=1e-12)
    assert of(second, "YAHOO:SPY/div") == {str(paid): (2.0, str(paid))} and second.warnings == ()


def test_a_later_split_rescales_nothing_that_was_known(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    fake.tickers["SPY"] = steady(30, TODAY - 2 * DAY)
    first = good(pull(link, wanted())[0])
    prices = {
        day: ((close or 0) / 4, (adjusted or 0) / 4) for day, (close, adjusted) in fake.tickers["SPY"].prices.items()
    }
    prices[TODAY - DAY] = (33.0, 33.0)
    fake.tickers["SPY"] = Ticker(prices, splits={TODAY - DAY: 4.0})
    second = good(pull(link, wanted(last=TODAY - 2 * DAY, state=due(first.state)))[0])
    assert set(of(second, "YAHOO:SPY")) == {str(TODAY - DAY)}
    assert of(second, "YAHOO:SPY")[str(TODAY - DAY)][0] == 33.0
    assert of(second, "YAHOO:SPY/split") == {str(TODAY - DAY): (4.0, str(TODAY - DAY))}
    assert second.warnings == ()


def test_a_restated_close_is_dated_today_and_said(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    fake.tickers["SPY"] = steady(30, TODAY - 2 * DAY)
    first = good(pull(link, wanted())[0])
    wrong = TODAY - 4 * DAY
    fake.tickers["SPY"] = steady(31, TODAY - DAY)
    fake.tickers["SPY"].prices = {**dict(zip(days(30, TODAY - 2 * DAY), steady(30).prices.values(), strict=True)),
                                  TODAY - DAY: (130.0, 117.0), wrong: (50.0, 45.0)}  # fmt: skip
    second = good(pull(link, wanted(last=TODAY - 2 * DAY, state=due(first.state)))[0])
    assert of(second, "YAHOO:SPY")[str(wrong)] == (50.0, str(TODAY))
    assert set(of(second, "YAHOO:SPY")) == {str(wrong), str(TODAY - DAY)}
    assert "restated 1 days" in second.warnings[0]


def test_a_day_whose_close_comes_late_is_brought_as_of_today_once(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    whole = steady(31).prices
    late, known = TODAY - 4 * DAY, TODAY - 2 * DAY
    before = {day: price for day, price in whole.items() if day <= known}
    fake.tickers["SPY"] = Ticker(before | {late: (None, None)})
    first = good(pull(link, wanted())[0])
    assert str(late) not in of(first, "YAHOO:SPY") and "no close on 1 days" in first.warnings[0]
    fake.tickers["SPY"] = Ticker(whole, dividends={late: 1.5})
    second = good(pull(link, wanted(last=known, state=due(first.state)))[0])
    assert of(second, "YAHOO:SPY") == {
        str(late): (whole[late][0], str(TODAY)), str(TODAY - DAY): (whole[TODAY - DAY][0], str(TODAY - DAY)),
    }  # fmt: skip
    assert of(second, "YAHOO:SPY/adj")[str(late)] == (pytest.approx(whole[late][1]), str(TODAY))
    assert of(second, "YAHOO:SPY/div") == {str(late): (1.5, str(TODAY))} and second.warnings == ()
    third = good(pull(link, wanted(last=TODAY - DAY, state=due(second.state)))[0])
    assert third.unchanged and not third.rows


def test_after_a_long_gap_the_whole_past_comes_again_dated_today(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    fake.tickers["SPY"] = steady(5)
    state = Memory("2000-01-01T00:00:00+00:00", (("2001-01-02", 1.0, 1.0),)).text()
    pulled = good(pull(link, wanted(last=TODAY - 3 * DAY, state=state))[0])
    dates = {day: available for day, (_, available) in of(pulled, "YAHOO:SPY/adj").items()}
    assert dates == {str(day): str(max(day, TODAY) if day <= TODAY - 3 * DAY else day) for day in days(5)}


def test_a_session_that_is_not_over_is_left_out(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    ends = dt.datetime.combine(TODAY, dt.time(23, 59), dt.UTC)
    fake.tickers["SPY"] = replace(steady(10, TODAY), session_ends=ends)
    pulled = good(pull(link, wanted())[0])
    assert max(of(pulled, "YAHOO:SPY")) == str(TODAY - DAY)
    assert Memory.of(pulled.state).next_close == (ends + dt.timedelta(minutes=20)).isoformat()


def test_a_day_without_a_close_is_left_out_and_said(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    fake.tickers["SPY"] = steady(10)
    assert len(of(good(pull(link, wanted())[0]), "YAHOO:SPY")) == 10
    fake.tickers["VGK"] = steady(10)
    fake.tickers["VGK"].prices = dict.fromkeys(fake.tickers["VGK"].prices, (None, None))
    outcome = pull(link, wanted(series("YAHOO:VGK/adj", "daily", 0)))[0]
    assert isinstance(outcome, BadAnswer) and is_one_plain_line(outcome)


def test_two_dollar_indices_that_disagree_are_said(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    fake.tickers["DX-Y.NYB"] = steady(10)
    fake.tickers["DX=F"] = Ticker({day: (101.0 + number, 1.0) for number, day in enumerate(days(10))})
    spot, future = (good(outcome) for outcome in pull(link, wanted(DX), wanted(DX_FUTURE)))
    assert spot.warnings == () and "differ by 0.9 %" in future.warnings[0]


returns = st.lists(st.floats(-0.2, 0.2), min_size=6, max_size=30)


@given(returns, st.integers(2, 5), st.floats(0.1, 5), st.sampled_from([1.0, 2.0, 4.0, 0.1]))
def test_carried_prices_are_those_of_one_whole_pull(
    changes: list[float], new: int, rescaled: float, ratio: float
) -> None:
    """Pulled in two parts, with any rescaling between, levels and returns are as if the first pull had seen it all."""
    span = days(len(changes))
    levels = [100.0]
    for change in changes[1:]:
        levels.append(levels[-1] * (1 + change))
    cut = len(span) - new
    first = carry_on(Quotes(span[:cut], levels[:cut], levels[:cut]), ())
    assert first is not None
    splits = {span[cut]: ratio} if ratio != 1.0 else {}
    closes = [level / ratio if number < cut else level for number, level in enumerate(levels)]
    second = carry_on(Quotes(span, closes, [level * rescaled for level in levels], splits=splits), first.tail)
    assert second is not None and second.first_new == cut and second.restated == ()
    assert second.traded == pytest.approx(levels, rel=1e-9)
    assert second.total == pytest.approx(levels, rel=1e-9)


@given(st.sets(st.integers(1, 24), max_size=5), st.sets(st.integers(0, 24), max_size=3))
def test_every_day_the_tail_spans_is_brought_whatever_was_missing(missing: set[int], gone: set[int]) -> None:
    """Days without a close in the first pull, days the vendor drops in the second: none is lost, none comes twice."""
    span, levels = days(27), [100.0 + number for number in range(27)]
    first_days = [number for number in range(25) if number not in missing]
    first = carry_on(Quotes(*([items[number] for number in first_days] for items in (span, levels, levels))), ())
    assert first is not None
    later = [number for number in range(27) if number not in gone]
    quotes = Quotes(*([items[number] for number in later] for items in (span, levels, levels)))
    second = carry_on(quotes, first.tail)
    assert second is not None and second.restated == ()
    rows = [row[1:] for row in price_rows("YAHOO:SPY", quotes, second, TODAY, span[24])]
    tail = [dt.date.fromisoformat(day) for day, _, _ in first.tail]
    expected = [number for number in later if span[number] > tail[0] and span[number] not in tail]
    assert rows == [
        (str(span[number]), levels[number], str(TODAY if span[number] < tail[-1] else span[number]))
        for number in expected
    ]
