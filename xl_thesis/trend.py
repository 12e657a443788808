"""Statistics of drift: is a price going anywhere, in units of what chance would do?

Tests are on returns, or on the slope with the error it has where there is no trend. A regression of a price on time
with ordinary or HAC errors, and the Mann-Kendall test, are not offered: on driftless random walks they report a trend
in most samples (Durlauf and Phillips 1988), because a price is no scatter around a line.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.observations import Schedule, TimeSeries, Values, to_date, to_day

MIN_RETURNS_SINCE_BASE = 21
MIN_COMPLETE = 0.9
_NORMAL_95 = 1.6448536269514722


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


def bartlett_sum(scores: Values, lags: int) -> float:
    """Sum of the autocovariances of ``scores`` with the weights 1 - lag / (lags + 1), both sides, not divided by T.

    The middle of every Newey-West (1987) variance: for a mean the scores are the values less their mean, for a
    regression coefficient the residuals times its regressor with the other regressors taken out.

    >>> bartlett_sum(np.array([1.0, -1.0, 1.0]), lags=1)
    1.0
    """
    total = float(scores @ scores)
    for lag in range(1, min(lags, len(scores) - 1) + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(scores[lag:] @ scores[:-lag])
    return total


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
    if variance <= least_variance(values):
        raise CalculationError("the values do not vary, so a t-statistic is not defined")
    return math.sqrt(bartlett_sum(centred, lags) / count / (count - 1))


def least_variance(values: Values) -> Values:
    """Sums of squared deviations up to this are rounding: the values do not vary. One for each row."""
    return np.asarray(1e-24 * values.shape[-1] * np.maximum(1.0, np.abs(values).max(axis=-1) ** 2))


def _window(series: TimeSeries, window: int) -> TimeSeries:
    """The last window + 1 prices, refused where more than a tenth of the days between them is missing."""
    if len(series) < window + 1:
        raise CalculationError(f"{len(series)} values are too few for {window} returns")
    prices = series.at(np.arange(len(series) - window - 1, len(series)))
    expected = window + missing_days(prices)
    if window < MIN_COMPLETE * expected:
        raise CalculationError(f"only {window / expected:.0%} of the expected days have a value")
    return prices


def missing_days(series: TimeSeries) -> int:
    """Days from the first to the last that have no value: weekdays, or all days of a seven-day series.

    Holidays are among them, so a few a year are no gap.
    """
    first, last = series.days[0], series.days[-1]
    expected = int((last - first).astype(int)) if series.schedule.seven_days else int(np.busday_count(first, last))
    return expected - (len(series) - 1)


def returns_a_year(schedule: Schedule) -> int:
    """Daily returns in a year: 252, or 365 where the market never closes."""
    return 365 if schedule.seven_days else 252


@dataclass(frozen=True, slots=True)
class Drift:
    """Mean daily log return of a price, and its Newey-West standard error."""

    mean: float
    standard_error: float
    returns_a_year: int

    @property
    def t(self) -> float:
        """Mean over standard error; about N(0, 1) without drift."""
        return self.mean / self.standard_error

    @property
    def pct_yr(self) -> float:
        """The drift in percent a year, as 100 times the mean log return of a year."""
        return 100 * self.returns_a_year * self.mean

    @property
    def ci90_pct_yr(self) -> tuple[float, float]:
        """Interval around ``pct_yr``, 1.645 standard errors each way: it covers the true drift 9 times in 10."""
        half = 100 * self.returns_a_year * _NORMAL_95 * self.standard_error
        return self.pct_yr - half, self.pct_yr + half


def drift(series: TimeSeries, window: int) -> Drift:
    """The drift over the last ``window`` daily returns; errors as for ``drift_t``."""
    prices = _window(series, window)
    returns = log_returns(prices)
    error = hac_standard_error(returns, newey_west_lags(window))
    return Drift(float(returns.mean()), error, returns_a_year(series.schedule))


def drift_t(series: TimeSeries, window: int) -> float:
    """t-statistic of the mean daily log return over the last ``window`` returns; positive is up.

    Mean over its Newey-West standard error with ``newey_west_lags(window)`` lags. About N(0, 1) where the price has
    no drift. It is the volatility-scaled 12-month return of time-series momentum (Moskowitz, Ooi and Pedersen 2012).
    Raises ``CalculationError`` where there are too few values, too many gaps, or no variation.
    """
    return drift(series, window).t


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
    base = row_on(series, base_date)
    count = len(series) - 1 - base
    if count < MIN_RETURNS_SINCE_BASE:
        raise MissingData(f"{count} returns since the base date {base_date}, {MIN_RETURNS_SINCE_BASE} are needed")
    volatility = volatility_before(series, base_date, volatility_years)
    start, end = np.log(series.values[[base, -1]]).tolist()
    return float((end - start) / (volatility * math.sqrt(count)))


def volatility_before(series: TimeSeries, base_date: dt.date, years: int) -> float:
    """Standard deviation of the daily log returns in the years before a base date.

    Raises ``MissingData`` where there is no price by then, ``CalculationError`` where there are too few or none moves.
    """
    base = row_on(series, base_date)
    first = int(np.searchsorted(series.days, to_day(_years_before(base_date, years))))
    if base - first < 100 * years:
        raise CalculationError(f"fewer than {years} years of prices before the base date {base_date}")
    deviation = float(np.std(np.diff(np.log(series.values[first : base + 1])), ddof=1))
    if deviation <= 1e-12:
        raise CalculationError("the price did not vary before the base date")
    return deviation


def row_on(series: TimeSeries, base_date: dt.date) -> int:
    """Row of the last price on or before a base date. Raises ``MissingData`` where there is none."""
    row = int(np.searchsorted(series.days, to_day(base_date), side="right")) - 1
    if row < 0:
        raise MissingData(f"no price on or before the base date {base_date}")
    return row


def slope_t(series: TimeSeries, window: int) -> float:
    """OLS slope of the log price on time over its standard error where the price is a driftless random walk.

    With m = ``window`` + 1 prices and the variance s2 of their returns that error is the root of
    6 s2 (m^2 + 1) / (5 m (m^2 - 1)), about 6 s2 / 5m, as the slope is a weighted sum of the returns with weights
    j (m - j) / 2 over m (m^2 - 1) / 12 (Durlauf and Phillips 1988 give the limit). About N(0, 1) without drift; it
    uses the whole path where ``drift_t`` depends on the two ends. Errors as for ``drift_t``.

    >>> days = np.datetime64("2024-01-01", "D") + np.arange(100)
    >>> price = np.exp(0.01 * np.arange(100.0) + 0.02 * np.sin(np.arange(100.0)))
    >>> round(slope_t(TimeSeries(days, price, days, Schedule("daily", 0, seven_days=True)), 99), 2)
    6.69
    """
    prices = _window(series, window)
    returns = log_returns(prices)
    count = len(prices)
    steps = np.arange(1, count)
    slope = float((steps * (count - steps)) @ returns) * 6 / (count * (count**2 - 1))
    variance = hac_standard_error(returns, lags=0) ** 2 * window
    return slope / math.sqrt(variance * 6 * (count**2 + 1) / (5 * count * (count**2 - 1)))


def theil_sen_slope(series: TimeSeries, window: int) -> float:
    """Median slope between any two of the last ``window`` + 1 log prices, for each observation (Sen 1968).

    A description that a few bad prices do not move; it has no p-value here, because the one of Mann and Kendall
    takes prices for independent. Errors as for ``drift_t``.
    """
    prices = _window(series, window)
    log_returns(prices)
    logs = np.log(prices.values)
    early, late = np.triu_indices(len(logs), k=1)
    return float(np.median((logs[late] - logs[early]) / (late - early)))


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The last price under the highest of the years before: percent (0 or negative), that price and its day."""

    pct: float
    peak: float
    peak_on: dt.date


def drawdown(series: TimeSeries, years: int) -> Drawdown:
    """The fall from the highest price of the last ``years`` calendar years (its first day, where it was met twice).

    A description: a driftless price of 7 percent volatility stands 7 percent under its three-year high at the median.
    """
    recent = last_years(series, years)
    row = int(np.argmax(recent.values))
    peak = float(recent.values[row])
    return Drawdown(100 * (float(recent.values[-1]) / peak - 1), peak, to_date(recent.days[row]))


@dataclass(frozen=True, slots=True)
class MovingAverages:
    """The last price beside its means over 50 and 200 observations, and a sentence on their order."""

    price: float
    sma50: float
    sma200: float
    state: str


def moving_averages(series: TimeSeries) -> MovingAverages:
    """Simple moving averages; a description: a driftless price is under its 200-day mean on half of all days.

    Raises ``CalculationError`` for fewer than 200 prices.
    """
    if len(series) < 200:
        raise CalculationError(f"{len(series)} prices have no 200-day average")
    price, sma50, sma200 = (float(series.values[-count:].mean()) for count in (1, 50, 200))
    place = {0: "below both averages", 1: "between the averages", 2: "above both averages"}
    state = f"price {place[(price > sma50) + (price > sma200)]}, the 50-day one "
    return MovingAverages(price, sma50, sma200, state + ("above" if sma50 > sma200 else "below") + " the 200-day one")


def last_years(series: TimeSeries, years: int) -> TimeSeries:
    """The prices of the last ``years`` calendar years up to the last one. Raises ``MissingData`` for none at all."""
    if len(series) == 0:
        raise MissingData("the price series is empty")
    first = int(np.searchsorted(series.days, to_day(_years_before(to_date(series.days[-1]), years))))
    return series.at(np.arange(first, len(series)))


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
