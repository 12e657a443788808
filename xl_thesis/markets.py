"""Statistics that compare two prices."""

from __future__ import annotations

import numpy as np

from xl_thesis.errors import CalculationError
from xl_thesis.observations import Days, TimeSeries, Values

_FRIDAY = np.datetime64("1970-01-02", "D")
_WEEK = np.timedelta64(7, "D")
_TOLERANCE = np.timedelta64(4, "D")


def friday_closes(series: TimeSeries, fridays: Days) -> Values:
    """The close of each Friday, else the last one at most four days before it, else NaN."""
    rows = np.searchsorted(series.days, fridays, side="right") - 1
    found = (rows >= 0) & (fridays - series.days[np.maximum(rows, 0)] <= _TOLERANCE)
    return np.where(found, series.values[np.maximum(rows, 0)], np.nan)


def weekly_beta(asset: TimeSeries, benchmark: TimeSeries, weeks: int, min_observations: int) -> float:
    """Slope of the asset's weekly log returns on the benchmark's: Cov(a, b) / Var(b).

    Friday to Friday, because assets that trade on weekends share no Monday return with those that do not. The last
    week is the last Friday that both have reached.
    Raises ``CalculationError`` where fewer than ``min_observations`` weeks are common or the benchmark does not vary.
    """
    if len(asset) == 0 or len(benchmark) == 0:
        raise CalculationError("a price series is empty")
    end = min(asset.days[-1], benchmark.days[-1])
    last = _FRIDAY + ((end - _FRIDAY) // _WEEK) * _WEEK
    fridays = last - _WEEK * np.arange(weeks, -1, -1)
    returns = np.vstack([np.diff(np.log(friday_closes(series, fridays))) for series in (asset, benchmark)])
    returns = returns[:, np.isfinite(returns).all(axis=0)]
    if returns.shape[1] < min_observations:
        raise CalculationError(f"{returns.shape[1]} common weeks, {min_observations} are needed")
    covariance = np.cov(returns)
    if covariance[1, 1] <= 1e-18:
        raise CalculationError("the benchmark does not vary")
    return float(covariance[0, 1] / covariance[1, 1])
