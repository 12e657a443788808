"""Statistics of many heads at once equal one call for each head."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.series import DAILY, daily
from xl_thesis import markets, rolling, trend
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.observations import Schedule, TimeSeries

EVERY_DAY = Schedule("daily", 0, seven_days=True)


def prices(seed: int, count: int = 700, schedule: Schedule = DAILY, gaps: bool = True) -> TimeSeries:
    """A random walk from 2019 on; with gaps some days are missing, in clusters as well."""
    rng = np.random.default_rng(seed)
    series = daily("2019-01-01", 100 * np.exp(np.cumsum(rng.normal(0, 0.01, count))).tolist(), schedule)
    keep = rng.random(count) > 0.03
    if gaps:
        keep[count // 2 : count // 2 + 40] = False
    return series.at(np.flatnonzero(keep))


def head(series: TimeSeries, count: int) -> TimeSeries:
    return series.at(np.arange(count))


def alone(statistic: object, *arguments: object) -> float:
    try:
        return statistic(*arguments)  # type: ignore[operator, no-any-return]
    except (CalculationError, MissingData):
        return float("nan")


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), window=st.sampled_from([21, 60, 252]), every_day=st.booleans())
def test_drift_of_each_head(seed: int, window: int, every_day: bool) -> None:
    series = prices(seed, schedule=EVERY_DAY if every_day else DAILY)
    heads = np.unique(np.random.default_rng(seed).integers(0, len(series) + 1, 40))
    found = rolling.drift_t(series, heads, window)
    expected = [alone(trend.drift_t, head(series, count), window) for count in heads]
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert np.isfinite(found).any()


def test_a_flat_stretch_and_a_price_of_zero_have_no_drift() -> None:
    values = [100.0] * 40 + [100.0 + step % 3 for step in range(40)] + [0.0] + [100.0 + step % 5 for step in range(40)]
    series = daily("2024-01-01", values, EVERY_DAY)
    heads = np.arange(len(series) + 1)
    found = rolling.drift_t(series, heads, 20)
    expected = [alone(trend.drift_t, head(series, count), 20) for count in heads]
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert np.isnan(found[[30, 90]]).all() and np.isfinite(found[[70, 121]]).all()


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6))
def test_excess_drift_with_the_bill_rates_known_then(seed: int) -> None:
    rng = np.random.default_rng(seed)
    series, rates = prices(seed), daily("2019-02-01", rng.uniform(0, 5, 620).tolist())
    heads = np.unique(rng.integers(0, len(series) + 1, 30))
    rate_heads = rng.integers(0, len(rates) + 1, len(heads))
    found = rolling.excess_drift_t(series, heads, rates, rate_heads, 60)
    expected = [
        alone(trend.excess_drift_t, head(series, count), head(rates, known), 60) if known else np.nan
        for count, known in zip(heads, rate_heads, strict=True)
    ]
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("base", [dt.date(2020, 6, 1), dt.date(2019, 3, 1), dt.date(2018, 1, 1)])
def test_anchored_z_of_each_head(base: dt.date) -> None:
    series = prices(7, gaps=False)
    heads = np.arange(1, len(series) + 1, 17)
    found = rolling.anchored_z(series, heads, base, 1)
    expected = [alone(trend.anchored_z, head(series, count), base, 1) for count in heads]
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert np.isfinite(found).any() == (base == dt.date(2020, 6, 1))


@settings(max_examples=8)
@given(seed=st.integers(0, 10**6))
def test_beta_of_each_pair_of_heads(seed: int) -> None:
    asset, benchmark = prices(seed, 900, EVERY_DAY, gaps=False), prices(seed + 1, 640)
    days = np.arange(np.datetime64("2018-12-30"), np.datetime64("2021-06-01"), np.timedelta64(11, "D"))
    heads, others = (np.searchsorted(series.available, days, side="right") for series in (asset, benchmark))
    found = rolling.weekly_beta(asset, heads, benchmark, others, 52, 30)
    expected = [
        alone(markets.weekly_beta, head(asset, ours), head(benchmark, theirs), 52, 30)
        for ours, theirs in zip(heads, others, strict=True)
    ]
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert np.isfinite(found).any()
