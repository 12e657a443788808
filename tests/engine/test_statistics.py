"""Drift, anchored move and beta, against other people's code and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm

from xl_thesis import markets, trend
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.observations import Schedule

from .series import daily, day


def walk(count: int, seed: int, drift: float = 0.0, volatility: float = 0.004) -> list[float]:
    steps = np.random.default_rng(seed).normal(drift, volatility, count - 1)
    return list(100 * np.exp(np.concatenate([[0.0], np.cumsum(steps)])))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("window", [63, 126, 252])
def test_drift_t_is_statsmodels_newey_west(seed: int, window: int) -> None:
    series = daily("2022-01-03", walk(400, seed, drift=-0.0003))
    returns = np.diff(np.log(series.values))[-window:]
    lags = trend.newey_west_lags(window)
    fit = sm.OLS(returns, np.ones(window)).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    assert trend.drift_t(series, window) == pytest.approx(float(fit.tvalues[0]), rel=1e-10)


def test_lags_of_a_year_are_four() -> None:
    assert [trend.newey_west_lags(n) for n in (63, 100, 126, 252, 365)] == [3, 4, 4, 4, 5]


def test_drift_t_rejects_a_driftless_walk_about_one_time_in_twenty() -> None:
    rng = np.random.default_rng(20250224)
    values = [trend.drift_t(daily("2022-01-03", list(100 * np.exp(np.cumsum(rng.normal(0, 0.0044, 253))))), 252)
              for _ in range(2000)]  # fmt: skip
    assert 0.04 <= np.mean(np.abs(values) > 1.96) <= 0.07


def test_drift_t_mirrors() -> None:
    up = walk(300, 3, drift=0.0004)
    down = [10000 / value for value in up]
    assert trend.drift_t(daily("2022-01-03", up), 252) == pytest.approx(-trend.drift_t(daily("2022-01-03", down), 252))


def test_drift_t_refuses_short_gappy_and_flat_series() -> None:
    with pytest.raises(CalculationError, match="too few"):
        trend.drift_t(daily("2022-01-03", walk(252, 1)), 252)
    with pytest.raises(CalculationError, match="not vary"):
        trend.drift_t(daily("2022-01-03", [100.0] * 300), 252)
    series = daily("2022-01-03", walk(400, 1))
    keep = np.sort(np.random.default_rng(0).permutation(400)[:300])
    gappy = type(series)(series.days[keep], series.values[keep], series.days[keep], series.schedule)
    with pytest.raises(CalculationError, match="expected days"):
        trend.drift_t(gappy, 252)
    with pytest.raises(CalculationError, match="zero or negative"):
        trend.drift_t(daily("2022-01-03", [-1.0, *walk(300, 1)]), 300)


def test_excess_drift_subtracts_the_bill_rate_known_the_day_before() -> None:
    prices, bills = daily("2022-01-03", walk(300, 2)), daily("2022-01-03", list(np.linspace(4.0, 5.0, 300)))
    returns = np.diff(np.log(prices.values))
    days = np.diff(prices.days).astype(float)
    excess = (returns - bills.values[:-1] / 100 * days / 360)[-252:]
    fit = sm.OLS(excess, np.ones(252)).fit(cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": True})
    assert trend.excess_drift_t(prices, bills, 252) == pytest.approx(float(fit.tvalues[0]), rel=1e-10)


def test_anchored_z_by_hand_and_frozen_volatility() -> None:
    values = walk(1200, 4)
    series = daily("2021-01-04", values)
    base = series.days[900].item()
    first = int(np.searchsorted(series.days, np.datetime64(base.replace(year=base.year - 3))))
    sigma = np.std(np.diff(np.log(values[first:901])), ddof=1)
    expected = math.log(values[-1] / values[900]) / (sigma * math.sqrt(299))
    assert trend.anchored_z(series, base, 3) == pytest.approx(expected, rel=1e-12)
    wild = [*values[:901], *(value * (1.3 if row % 2 else 0.8) for row, value in enumerate(values[901:-1])), values[-1]]
    assert trend.anchored_z(daily("2021-01-04", wild), base, 3) == pytest.approx(expected, rel=1e-12)


def test_anchored_z_is_missing_for_a_month_after_its_base() -> None:
    series = daily("2021-01-04", walk(1000, 5))
    with pytest.raises(MissingData, match="21 are needed"):
        trend.anchored_z(series, series.days[-21].item(), 3)
    assert math.isfinite(trend.anchored_z(series, series.days[-22].item(), 3))
    with pytest.raises(MissingData, match="base date"):
        trend.anchored_z(series, day("2020-01-01"), 3)


def test_weekly_beta_joins_friday_to_friday() -> None:
    rng = np.random.default_rng(7)
    market = rng.normal(0, 0.01, 900)
    asset_returns = 1.5 * market + rng.normal(0, 0.002, 900)
    benchmark = daily("2021-01-04", list(100 * np.exp(np.cumsum(market))))
    asset = daily("2021-01-04", list(100 * np.exp(np.cumsum(asset_returns))))
    fridays = benchmark.to_pandas().resample("W-FRI").last(), asset.to_pandas().resample("W-FRI").last()
    returns = [np.diff(np.log(series.to_numpy()))[-105:] for series in fridays]
    ended_on_friday = benchmark.days[-1].item().weekday() == 4
    cut = slice(-104, None) if ended_on_friday else slice(-105, -1)
    expected = np.polyfit(returns[0][cut], returns[1][cut], 1)[0]
    assert markets.weekly_beta(asset, benchmark, 104, 80) == pytest.approx(expected, rel=1e-10)
    assert expected == pytest.approx(1.5, abs=0.1)


def test_weekly_beta_ignores_weekend_prices_of_the_asset() -> None:
    seven = Schedule("daily", 0, seven_days=True)
    asset = daily("2021-01-04", walk(800, 8), seven)
    benchmark = daily("2021-01-04", walk(570, 9))
    weekend = (asset.days.astype("datetime64[D]").view("int64") - 1) % 7 < 2
    shaken = asset.replace(np.where(weekend, asset.values * 3, asset.values))
    plain = markets.weekly_beta(asset, benchmark, 104, 80)
    assert markets.weekly_beta(shaken, benchmark, 104, 80) == pytest.approx(plain, rel=1e-10)


def test_weekly_beta_refuses_too_few_weeks_and_a_flat_benchmark() -> None:
    with pytest.raises(CalculationError, match="common weeks"):
        markets.weekly_beta(daily("2021-01-04", walk(200, 1)), daily("2021-01-04", walk(200, 2)), 104, 80)
    with pytest.raises(CalculationError, match="does not vary"):
        markets.weekly_beta(daily("2021-01-04", walk(700, 1)), daily("2021-01-04", [5.0] * 700), 104, 80)
