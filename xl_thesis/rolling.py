"""The statistics of ``trend`` and ``markets`` after many heads of a series at once, equal to one call for each.

``heads`` are numbers of values known: a statistic of ``series`` after the first ``heads[i]`` of them. NaN where the
single call would raise. A series here has one value a period, known in order.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from xl_thesis import markets, trend
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.observations import TimeSeries, Values

Heads = NDArray[np.intp]
_CHUNK = 2048  # heads at a time, so that their windows fit the processor's cache


def drift_t(series: TimeSeries, heads: Heads, window: int) -> Values:
    """``trend.drift_t`` of each head.

    >>> from xl_thesis.observations import Schedule
    >>> days = np.datetime64("2024-01-01", "D") + np.arange(100)
    >>> prices = TimeSeries(days, np.exp(0.1 * np.sin(np.arange(100.0))), days, Schedule("daily", 0, seven_days=True))
    >>> several = drift_t(prices, np.array([40, 100]), 30)
    >>> float(several[1]) - trend.drift_t(prices, 30) < 1e-12
    True
    """
    found = np.full(len(heads), np.nan)
    rows = np.flatnonzero(_complete(series, heads, window))
    logs = _logs(series)
    for part in _parts(rows):
        steps = heads[part][:, None] - window + np.arange(window)  # rows of the price at the end of each return
        found[part] = _t(logs[steps] - logs[steps - 1], trend.newey_west_lags(window))
    return found


def excess_drift_t(
    series: TimeSeries, heads: Heads, risk_free: TimeSeries, risk_free_heads: Heads, window: int
) -> Values:
    """``trend.excess_drift_t`` of each head, with the bill rates of the first ``risk_free_heads`` values."""
    found = np.full(len(heads), np.nan)
    if len(risk_free) == 0:
        return found
    logs, day = _logs(series), series.days.astype(np.int64)
    rate_days, rates = risk_free.days.astype(np.int64), risk_free.values / 100
    latest = np.searchsorted(rate_days, day, side="right") - 1
    for part in _parts(np.flatnonzero(_complete(series, heads, window))):
        steps = heads[part][:, None] - window + np.arange(window)
        rate_rows = np.minimum(latest[steps - 1], risk_free_heads[part][:, None] - 1)
        covered = (rate_rows >= 0).all(axis=1) & (day[steps[:, -1] - 1] - rate_days[rate_rows[:, -1]] <= 31)
        excess = logs[steps] - logs[steps - 1] - rates[rate_rows] * (day[steps] - day[steps - 1]) / 360
        found[part] = np.where(covered, _t(excess, trend.newey_west_lags(window)), np.nan)
    return found


def anchored_z(series: TimeSeries, heads: Heads, base_date: dt.date, volatility_years: int) -> Values:
    """``trend.anchored_z`` of each head; all have the same volatility, that of the years before the base date."""
    found = np.full(len(heads), np.nan)
    try:
        base = trend.row_on(series, base_date)
        volatility = trend.volatility_before(series, base_date, volatility_years)
    except (CalculationError, MissingData):
        return found
    counts = heads - 1 - base
    enough = counts >= trend.MIN_RETURNS_SINCE_BASE
    logs = np.log(series.values)
    found[enough] = (logs[heads[enough] - 1] - logs[base]) / (volatility * np.sqrt(counts[enough]))
    return found


def weekly_beta(
    asset: TimeSeries, heads: Heads, benchmark: TimeSeries, benchmark_heads: Heads, weeks: int, min_observations: int
) -> Values:
    """``markets.weekly_beta`` of each pair of heads, computed once for each last Friday that both have reached."""
    found = np.full(len(heads), np.nan)
    some = np.flatnonzero((heads > 0) & (benchmark_heads > 0))
    ends = np.minimum(asset.days[heads[some] - 1], benchmark.days[benchmark_heads[some] - 1])
    fridays, first, week = np.unique(markets.last_friday(ends), return_index=True, return_inverse=True)
    betas = np.full(len(fridays), np.nan)
    for row, place in enumerate(some[first]):
        ours, theirs = (
            part.at(np.arange(head)) for part, head in ((asset, heads[place]), (benchmark, benchmark_heads[place]))
        )
        try:
            betas[row] = markets.weekly_beta(ours, theirs, weeks, min_observations)
        except CalculationError:
            continue
    found[some] = betas[week]
    return found


def _parts(rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK)]


def _logs(series: TimeSeries) -> Values:
    """Logarithms, NaN where a price is zero or negative."""
    return np.asarray(np.log(np.where(series.values > 0, series.values, np.nan)))


def _complete(series: TimeSeries, heads: Heads, window: int) -> NDArray[np.bool_]:
    """Whether the window before each head has enough values and few gaps, as ``trend.drift_t`` asks."""
    long_enough = heads > window
    first = series.days[np.where(long_enough, heads - 1 - window, 0)]
    last = series.days[np.where(long_enough, heads - 1, 0)]
    expected = (last - first).astype(np.int64) if series.schedule.seven_days else np.busday_count(first, last)
    return long_enough & (window >= trend.MIN_COMPLETE * expected)


def _t(returns: NDArray[np.float64], lags: int) -> Values:
    """Mean over Newey-West standard error of each row; NaN where a row does not vary or has a NaN."""
    count = returns.shape[1]
    means = returns.mean(axis=1)
    centred = returns - means[:, None]
    total = variance = np.einsum("ij,ij->i", centred, centred)
    for lag in range(1, min(lags, count - 1) + 1):
        products = np.einsum("ij,ij->i", centred[:, lag:], centred[:, :-lag])
        total = total + 2 * (1 - lag / (lags + 1)) * products
    varies = variance > trend.least_variance(returns)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(varies, means / np.sqrt(total / count / (count - 1)), np.nan)
