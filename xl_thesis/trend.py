"""Statistics of drift: is a price going anywhere, in units of what chance would do?"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.observations import TimeSeries, Values, to_day

MIN_RETURNS_SINCE_BASE = 21
_MIN_COMPLETE = 0.9


def log_returns(series: TimeSeries) -> Values:
    """ln x(t) - ln x(t - 1), one fewer than the series has values."""
    if np.any(series.values <= 0):
        raise CalculationError("a price is zero or negative, so it has no logarithm")
    return np.diff(np.log(series.values))


def newey_west_lags(count: int) -> int:
    """floor(4 (T/100)^(2/9)), the rule of thumb of Newey and West (1994) for the Bartlett kernel.

    >>> newey_west_lags(252)
    4
    """
    return math.floor(4 * math.pow(count / 100, 2 / 9))


def hac_standard_error(values: Values, lags: int) -> float:
    """Newey-West (1987) standard error of a mean: Bartlett kernel, small-sample factor T / (T - 1).

    Raises ``CalculationError`` where the values do not vary.

    >>> round(hac_standard_error(np.array([1.0, 2.0, 3.0, 4.0]), lags=0), 6)
    0.645497
    """
    count = len(values)
    if count < 2:
        raise CalculationError(f"{count} values have no standard error")
    centred = values - values.mean()
    variance = float(centred @ centred)
    if variance <= 1e-24 * count * max(1.0, float(np.abs(values).max()) ** 2):
        raise CalculationError("the values do not vary, so a t-statistic is not defined")
    for lag in range(1, min(lags, count - 1) + 1):
        variance += 2 * (1 - lag / (lags + 1)) * float(centred[lag:] @ centred[:-lag])
    return math.sqrt(variance / count / (count - 1))


def _window(series: TimeSeries, window: int) -> TimeSeries:
    """The last window + 1 prices, refused where more than a tenth of the days between them is missing."""
    if len(series) < window + 1:
        raise CalculationError(f"{len(series)} values are too few for {window} returns")
    days = series.days[-window - 1 :]
    seven_days = series.schedule.seven_days
    expected = int((days[-1] - days[0]).astype(int)) if seven_days else int(np.busday_count(days[0], days[-1]))
    if window < _MIN_COMPLETE * expected:
        raise CalculationError(f"only {window / expected:.0%} of the expected days have a value")
    return TimeSeries(days, series.values[-window - 1 :], series.available[-window - 1 :], series.schedule)


def drift_t(series: TimeSeries, window: int) -> float:
    """t-statistic of the mean daily log return over the last ``window`` returns; positive is up.

    Mean over its Newey-West standard error with ``newey_west_lags(window)`` lags. About N(0, 1) where the price has
    no drift. It is the volatility-scaled 12-month return of time-series momentum (Moskowitz, Ooi and Pedersen 2012).
    Raises ``CalculationError`` where there are too few values, too many gaps, or no variation.
    """
    returns = log_returns(_window(series, window))
    return float(returns.mean()) / hac_standard_error(returns, newey_west_lags(window))


def excess_drift_t(series: TimeSeries, risk_free: TimeSeries, window: int) -> float:
    """``drift_t`` of the return over cash.

    ``risk_free`` is a bill rate in percent a year; a day earns the rate known at the close before, times calendar
    days over 360.
    """
    prices = _window(series, window)
    rows = np.searchsorted(risk_free.days, prices.days[:-1], side="right") - 1
    if rows[0] < 0:
        raise MissingData("the risk-free rate does not cover the window")
    if prices.days[-2] - risk_free.days[rows[-1]] > np.timedelta64(31, "D"):
        raise MissingData(f"the risk-free rate ends on {risk_free.days[-1]}, more than a month before the price")
    elapsed = np.diff(prices.days).astype(np.float64)
    excess = log_returns(prices) - risk_free.values[rows] / 100 * elapsed / 360
    return float(excess.mean()) / hac_standard_error(excess, newey_west_lags(window))


def anchored_z(series: TimeSeries, base_date: dt.date, volatility_years: int) -> float:
    """Log move since the base date in standard deviations of a driftless walk of the same length.

    ln(P / P0) / (s sqrt(n)): P0 is the last price on or before the base date, n the number of returns since, s the
    standard deviation of the daily log returns in the ``volatility_years`` before it. Later volatility never enters.
    Raises ``MissingData`` until 21 returns have been observed, ``CalculationError`` where there is no volatility.
    """
    base = int(np.searchsorted(series.days, to_day(base_date), side="right")) - 1
    if base < 0:
        raise MissingData(f"no price on or before the base date {base_date}")
    count = len(series) - 1 - base
    if count < MIN_RETURNS_SINCE_BASE:
        raise MissingData(f"{count} returns since the base date {base_date}, {MIN_RETURNS_SINCE_BASE} are needed")
    first = int(np.searchsorted(series.days, to_day(_years_before(base_date, volatility_years))))
    if base - first < 100 * volatility_years:
        raise CalculationError(f"fewer than {volatility_years} years of prices before the base date {base_date}")
    logs = np.log(series.values)
    volatility = float(np.std(np.diff(logs[first : base + 1]), ddof=1))
    if volatility <= 1e-12:
        raise CalculationError("the price did not vary before the base date")
    return float(logs[-1] - logs[base]) / (volatility * math.sqrt(count))


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
