"""Beta and its error, relative return, run-off and mNAV."""

from __future__ import annotations

import csv
import datetime as dt
import math
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from tests.reference import balance_sheet, strategy
from xl_thesis import markets
from xl_thesis.errors import CalculationError, InputError, MissingData
from xl_thesis.mnav import Dated, Holdings, mnav
from xl_thesis.models import Span
from xl_thesis.observations import Schedule, TimeSeries
from xl_thesis.trend import newey_west_lags

from .series import DAILY, daily, day


def walk(count: int, seed: int, volatility: float = 0.01) -> list[float]:
    return list(100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, volatility, count))))


def on_days(prices: dict[str, float]) -> TimeSeries:
    days = np.array(list(prices), dtype="datetime64[D]")
    return TimeSeries(days, np.array(list(prices.values())), days, DAILY)


def pair(seed: int, slope: float = 1.5) -> tuple[TimeSeries, TimeSeries]:
    """An asset and its benchmark, with autocorrelated noise between them."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, 900)
    noise = np.convolve(rng.normal(0, 0.01, 909), np.ones(10) / 3, mode="valid")
    asset, benchmark = (100 * np.exp(np.cumsum(returns)) for returns in (slope * market + noise, market))
    return daily("2021-01-04", list(asset)), daily("2021-01-04", list(benchmark))


# ---- beta ----


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("weeks", [40, 104, 150])
def test_slope_and_error_are_those_of_statsmodels(seed: int, weeks: int) -> None:
    asset, benchmark = pair(seed)
    beta = markets.beta_with_error(asset, benchmark, weeks, 30)
    fridays = np.datetime64(beta.last) - 7 * np.arange(weeks, -1, -1)
    a, b = (np.diff(np.log(markets.friday_closes(series, fridays))) for series in (asset, benchmark))
    fit = sm.OLS(a, sm.add_constant(b)).fit(
        cov_type="HAC", cov_kwds={"maxlags": newey_west_lags(weeks), "use_correction": True}
    )
    assert beta.slope == pytest.approx(float(fit.params[1]), rel=1e-9)
    assert beta.standard_error == pytest.approx(float(fit.bse[1]), rel=1e-9)
    assert (beta.observations, beta.first) == (weeks, beta.last - dt.timedelta(weeks=weeks))


def test_weekly_beta_is_the_slope_and_a_missing_fortnight_is_left_out() -> None:
    asset, benchmark = pair(3)
    whole = markets.beta_with_error(asset, benchmark, 104, 80)
    assert markets.weekly_beta(asset, benchmark, 104, 80) == whole.slope
    keep = np.flatnonzero((asset.days < np.datetime64("2023-06-01")) | (asset.days > np.datetime64("2023-06-21")))
    gappy = markets.beta_with_error(asset.at(keep), benchmark, 104, 80)
    assert whole.observations > gappy.observations >= whole.observations - 4
    assert (gappy.first, gappy.last) == (whole.first, whole.last)


def test_an_asset_against_itself_has_beta_one_without_error() -> None:
    _, benchmark = pair(1)
    beta = markets.beta_with_error(benchmark, benchmark, 104, 80)
    assert beta.slope == pytest.approx(1.0, rel=1e-12)
    assert beta.standard_error == pytest.approx(0.0, abs=1e-12)


@given(st.integers(0, 50), st.floats(-3, 3))
def test_beta_of_a_power_scales_with_its_exponent(seed: int, exponent: float) -> None:
    asset, benchmark = pair(seed)
    plain = markets.beta_with_error(asset, benchmark, 60, 50)
    powered = markets.beta_with_error(asset.replace(asset.values**exponent), benchmark, 60, 50)
    assert powered.slope == pytest.approx(exponent * plain.slope, rel=1e-6, abs=1e-9)
    assert powered.standard_error == pytest.approx(abs(exponent) * plain.standard_error, rel=1e-6, abs=1e-9)


def test_the_error_needs_three_weeks() -> None:
    with pytest.raises(CalculationError, match="3 are needed"):
        markets.beta_with_error(*pair(1), weeks=2, min_observations=1)


# ---- relative return ----

ASSET, BENCHMARK = daily("2024-01-01", walk(600, 1)), daily("2024-01-01", walk(600, 2))
days_of_2024 = st.dates(dt.date(2024, 1, 15), dt.date(2026, 3, 31))


@given(days_of_2024, days_of_2024)
def test_the_other_way_round_is_the_opposite(since: dt.date, until: dt.date) -> None:
    since, until = sorted((since, until))
    if since == until:
        return
    one = markets.relative_return(ASSET, BENCHMARK, since, until)
    other = markets.relative_return(BENCHMARK, ASSET, since, until)
    assert one.log_points == pytest.approx(-other.log_points, abs=1e-12)
    assert (1 + one.percent / 100) * (1 + other.percent / 100) == pytest.approx(1.0)
    assert (one.start, one.end) == (other.start, other.end)


@given(st.tuples(days_of_2024, days_of_2024, days_of_2024))
def test_stretches_that_meet_add_up(days: tuple[dt.date, dt.date, dt.date]) -> None:
    first, middle, last = sorted(days)
    if not first < middle < last:
        return
    whole = markets.relative_return(ASSET, BENCHMARK, first, last).log_points
    parts = [markets.relative_return(ASSET, BENCHMARK, *ends).log_points for ends in ((first, middle), (middle, last))]
    assert whole == pytest.approx(sum(parts), abs=1e-12)


def test_by_hand_and_the_days_used() -> None:
    asset = on_days({"2025-02-21": 90.0, "2025-02-24": 100.0, "2026-02-23": 150.0})
    benchmark = on_days({"2025-02-21": 100.0, "2026-02-23": 120.0, "2026-02-24": 500.0})
    result = markets.relative_return(asset, benchmark, day("2025-02-24"), day("2026-02-28"))
    assert result.log_points == pytest.approx(math.log(150 / 90) - math.log(120 / 100))
    assert result.percent == pytest.approx(100 * (150 / 90 / 1.2 - 1))
    assert (result.start, result.end) == (day("2025-02-21"), day("2026-02-23"))


def test_a_span_is_counted_back_from_the_last_common_day() -> None:
    result = markets.relative_return(ASSET, BENCHMARK, Span(count=6, unit="M"))
    assert result.end == ASSET.days[-1].item()
    explicit = markets.relative_return(ASSET, BENCHMARK, day("2025-10-17"))
    assert result.end == day("2026-04-17") and result == explicit


def test_weekend_prices_of_one_of_them_do_not_matter() -> None:
    bitcoin = daily("2024-01-01", walk(840, 5), Schedule("daily", 0, seven_days=True))
    result = markets.relative_return(bitcoin, BENCHMARK, day("2024-06-09"), day("2024-12-08"))
    assert (result.start, result.end) == (day("2024-06-07"), day("2024-12-06"))


def test_relative_return_refuses_what_it_cannot_compute() -> None:
    with pytest.raises(InputError, match="not after"):
        markets.relative_return(ASSET, BENCHMARK, day("2025-01-10"), day("2025-01-10"))
    with pytest.raises(MissingData, match="ten days"):
        markets.relative_return(ASSET, BENCHMARK, day("2023-12-01"))
    with pytest.raises(MissingData, match="ten days"):
        markets.relative_return(ASSET, BENCHMARK, day("2025-01-10"), day("2027-01-10"))
    with pytest.raises(MissingData, match="no day in common"):
        markets.relative_return(ASSET, daily("2010-01-04", [1.0, 2.0]), day("2025-01-10"))
    with pytest.raises(CalculationError, match="zero or negative"):
        markets.relative_return(ASSET.replace(-ASSET.values), BENCHMARK, day("2025-01-10"))


# ---- run-off ----


def embedded(name: str) -> TimeSeries:
    """A weekly series of the embedded data package."""
    path = resources.files("xl_thesis") / "data" / "fred" / f"{name}.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    days, available = (
        np.array([row[key] for row in rows], dtype="datetime64[D]") for key in ("observed_on", "available_at")
    )
    return TimeSeries(days, np.array([float(row["value"]) for row in rows]), available, Schedule("weekly", 1))


def between(series: TimeSeries, first: dt.date, end: dt.date) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Values whose 13-week window lies inside these days."""
    inside = (series.days >= np.datetime64(first) + np.timedelta64(91, "D")) & (series.days < np.datetime64(end))
    return series.values[inside]


@pytest.mark.parametrize(("first", "end", "cap"), balance_sheet.TREASURY_CAPS)
def test_treasury_run_off_keeps_to_its_cap(first: dt.date, end: dt.date, cap: float) -> None:
    treasuries = embedded("TREAST")
    alone = markets.qt_pace(treasuries, treasuries.replace(np.zeros(len(treasuries))))
    pace = between(alone, first, end)
    # A month has four or five Wednesdays and holdings grow with the inflation of indexed securities.
    assert float(np.mean(pace)) == pytest.approx(cap, abs=3.0)
    assert float(np.max(np.abs(pace - cap))) < 12


@pytest.mark.parametrize(("first", "end", "cap"), balance_sheet.TREASURY_CAPS)
def test_total_run_off_lies_between_the_caps(first: dt.date, end: dt.date, cap: float) -> None:
    pace = between(markets.qt_pace(embedded("TREAST"), embedded("WSHOMCB")), first, end)
    assert cap + 8 < float(np.mean(pace)) < cap + balance_sheet.MORTGAGE_CAP


def test_run_off_has_ended() -> None:
    pace = between(
        markets.qt_pace(embedded("TREAST"), embedded("WSHOMCB")), balance_sheet.RUN_OFF_ENDED_ON, dt.date(2026, 8, 21)
    )
    assert len(pace) > 20 and (pace < 0).all()


def test_qt_pace_by_hand() -> None:
    days = np.datetime64("2024-01-03") + 7 * np.arange(14)
    bonds = TimeSeries(days, np.linspace(4_000_000, 3_870_000, 14), days, Schedule("weekly", 1))
    mortgages = bonds.replace(np.linspace(2_400_000, 2_361_000, 14))
    assert markets.qt_pace(bonds, mortgages).values.tolist() == [pytest.approx((130 + 39) / (91 / (365.25 / 12)))]


# ---- mNAV ----

TODAY = dt.date(2025, 11, 4)


def holdings(**amounts: float) -> Holdings:
    values = {"share_price_usd": 200.0, "basic_shares": 300e6, "diluted_shares": 330e6, "debt_usd": 8e9,
              "preferred_usd": 7e9, "cash_usd": 1e9, "bitcoin_price_usd": 100e3, "bitcoin": 640e3}  # fmt: skip
    return Holdings(**{name: Dated(value, TODAY) for name, value in (values | amounts).items()})


def test_mnav_by_hand() -> None:
    ratios = mnav(holdings())
    assert ratios.basic == pytest.approx(60 / 64)
    assert ratios.diluted == pytest.approx(66 / 64)
    assert ratios.enterprise == pytest.approx((60 + 8 + 7 - 1) / 64)


def test_published_figures_of_november_2025() -> None:
    fact = strategy.NOVEMBER_2025
    claims = fact["enterprise_value_usd"] - fact["market_cap_usd"]
    inputs = holdings(
        share_price_usd=fact["market_cap_usd"] / 300e6,
        debt_usd=claims,
        preferred_usd=0.0,
        cash_usd=0.0,
        bitcoin_price_usd=fact["bitcoin_price_usd"],
        bitcoin=fact["bitcoin"],
    )
    assert inputs.bitcoin_nav_usd == pytest.approx(fact["bitcoin_nav_usd"], abs=0.1e9)
    ratios = mnav(inputs)
    assert ratios.enterprise == pytest.approx(fact["enterprise_mnav"], abs=0.005)
    assert 1 / ratios.basic == pytest.approx(1.05, abs=0.01)


def test_published_worked_example() -> None:
    fact = strategy.WORKED_EXAMPLE
    inputs = holdings(
        share_price_usd=fact["market_cap_usd"] / 300e6,
        debt_usd=fact["debt_usd"],
        preferred_usd=fact["preferred_usd"],
        bitcoin_price_usd=fact["bitcoin_price_usd"],
        bitcoin=fact["bitcoin"],
    )
    assert mnav(inputs).basic == pytest.approx(fact["market_cap_mnav"], abs=0.005)
    assert mnav(inputs).enterprise > mnav(inputs).basic


amount = st.floats(1e6, 1e11)


@given(amount, amount, amount, st.floats(1e3, 1e6))
def test_mnav_properties(debt: float, preferred: float, cash: float, bitcoin_price: float) -> None:
    inputs = holdings(debt_usd=debt, preferred_usd=preferred, cash_usd=cash, bitcoin_price_usd=bitcoin_price)
    ratios = mnav(inputs)
    assert ratios.diluted >= ratios.basic
    assert (ratios.enterprise > ratios.basic) == (debt + preferred > cash) or debt + preferred == pytest.approx(cash)
    doubled = mnav(replace(inputs, bitcoin=Dated(2 * inputs.bitcoin.value, TODAY)))
    assert (doubled.basic, doubled.diluted, doubled.enterprise) == pytest.approx(
        (ratios.basic / 2, ratios.diluted / 2, ratios.enterprise / 2)
    )


def test_the_oldest_input_is_named() -> None:
    older = replace(holdings(), basic_shares=Dated(300e6, dt.date(2025, 9, 30)))
    oldest = replace(older, preferred_usd=Dated(7e9, dt.date(2025, 6, 30)))
    assert (mnav(older).oldest_input, mnav(oldest).oldest_input) == ("basic_shares", "preferred_usd")
    assert mnav(oldest).oldest_on == dt.date(2025, 6, 30)


@pytest.mark.parametrize(
    ("name", "value"),
    [("bitcoin", 0.0), ("bitcoin_price_usd", -1.0), ("share_price_usd", math.nan), ("basic_shares", 0.0),
     ("debt_usd", -1.0), ("cash_usd", math.inf), ("diluted_shares", 299e6)],
)  # fmt: skip
def test_impossible_holdings_are_refused(name: str, value: float) -> None:
    with pytest.raises(InputError, match=name):
        holdings(**{name: value})
