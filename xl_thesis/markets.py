"""Statistics of markets: a price against another, and the pace of the central bank's run-off."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from xl_thesis import definition as d
from xl_thesis import transforms
from xl_thesis.errors import CalculationError, InputError, MissingData
from xl_thesis.models import Derived, Span
from xl_thesis.observations import Days, TimeSeries, Values, to_date, to_day
from xl_thesis.operators import derive
from xl_thesis.trend import bartlett_sum, newey_west_lags

_FRIDAY = np.datetime64("1970-01-02", "D")
_WEEK = np.timedelta64(7, "D")
_TOLERANCE = np.timedelta64(4, "D")
_OLDEST_PRICE = np.timedelta64(10, "D")


@dataclass(frozen=True, slots=True)
class Beta:
    """Sensitivity of an asset to a benchmark: percent for each percent of the benchmark.

    ``observations`` weekly returns between the Fridays ``first`` and ``last``.
    """

    slope: float
    standard_error: float
    observations: int
    first: dt.date
    last: dt.date


def friday_closes(series: TimeSeries, fridays: Days) -> Values:
    """The close of each Friday, else the last one at most four days before it, else NaN."""
    rows = np.searchsorted(series.days, fridays, side="right") - 1
    found = (rows >= 0) & (fridays - series.days[np.maximum(rows, 0)] <= _TOLERANCE)
    return np.where(found, series.values[np.maximum(rows, 0)], np.nan)


def last_friday(day: Days) -> Days:
    """The last Friday on or before a day, or each of several."""
    friday: Days = _FRIDAY + ((day - _FRIDAY) // _WEEK) * _WEEK
    return friday


def weekly_beta(asset: TimeSeries, benchmark: TimeSeries, weeks: int, min_observations: int) -> float:
    """The slope of ``beta_with_error`` alone, with its errors."""
    return beta_with_error(asset, benchmark, weeks, min_observations).slope


def beta_with_error(asset: TimeSeries, benchmark: TimeSeries, weeks: int, min_observations: int) -> Beta:
    """Slope of the asset's weekly log returns on the benchmark's, Cov(a, b) / Var(b), and its standard error.

    Friday to Friday, because assets that trade on weekends share no Monday return with those that do not. The last
    week is the last Friday that both have reached, the first at most ``weeks`` earlier. The standard error is robust
    to heteroskedasticity and autocorrelation (Newey and West 1987): Bartlett kernel with ``newey_west_lags`` lags,
    small-sample factor T / (T - 2).
    Raises ``CalculationError`` where fewer than ``min_observations`` weeks (or three) are common or the benchmark does
    not vary.

    >>> from xl_thesis.observations import Schedule
    >>> days = np.datetime64("2024-01-05", "D") + 7 * np.arange(30)
    >>> market = np.exp(0.02 * np.sin(np.arange(30.0)))
    >>> price = TimeSeries(days, market, days, Schedule("weekly", 0))
    >>> beta = beta_with_error(price.replace(market**2), price, weeks=26, min_observations=20)
    >>> round(beta.slope, 6), beta.observations, str(beta.last)
    (2.0, 26, '2024-07-26')
    """
    if len(asset) == 0 or len(benchmark) == 0:
        raise CalculationError("a price series is empty")
    end = min(asset.days[-1], benchmark.days[-1])
    last = last_friday(end)
    fridays = last - _WEEK * np.arange(weeks, -1, -1)
    returns = np.vstack([np.diff(np.log(friday_closes(series, fridays))) for series in (asset, benchmark)])
    common = np.flatnonzero(np.isfinite(returns).all(axis=0))
    returns = returns[:, common]
    if len(common) < max(min_observations, 3):
        raise CalculationError(f"{len(common)} common weeks, {max(min_observations, 3)} are needed")
    covariance = np.cov(returns)
    if covariance[1, 1] <= 1e-18:
        raise CalculationError("the benchmark does not vary")
    slope = float(covariance[0, 1] / covariance[1, 1])
    return Beta(
        slope=slope,
        standard_error=_slope_error(returns[0], returns[1], slope),
        observations=len(common),
        first=to_date(fridays[common[0]]),
        last=to_date(fridays[common[-1] + 1]),
    )


def _slope_error(response: Values, regressor: Values, slope: float) -> float:
    """Newey-West standard error of the slope of a regression with intercept; 0 for a perfect fit."""
    count = len(response)
    centred = regressor - regressor.mean()
    scores = centred * (response - response.mean() - slope * centred)
    total = bartlett_sum(scores, newey_west_lags(count))
    return math.sqrt(max(total, 0.0) * count / (count - 2)) / float(centred @ centred)


@dataclass(frozen=True, slots=True)
class RelativeReturn:
    """Return of an asset over a benchmark between two days on which both have a price."""

    log_points: float
    start: dt.date
    end: dt.date

    @property
    def percent(self) -> float:
        """Growth of the price ratio, in percent."""
        return 100 * math.expm1(self.log_points)


def relative_return(
    asset: TimeSeries, benchmark: TimeSeries, since: dt.date | Span, until: dt.date | None = None
) -> RelativeReturn:
    """ln(A1 / A0) - ln(B1 / B0) over a stretch of the calendar.

    ``since`` is a day, or a span counted back from the end; ``until`` is the last day both have, unless given. Each end
    is the last day on or before it on which both have a price, at most ten days earlier; the result says which. In log
    points it changes sign with the order of the two, and stretches that meet add up. It is a total return if the
    prices include distributions.
    Raises ``InputError`` where the end is not after the start, ``MissingData`` where no common day is near, and
    ``CalculationError`` for a price that is not positive.

    >>> from xl_thesis.observations import Schedule
    >>> days = np.array(["2025-02-24", "2026-02-24"], dtype="datetime64[D]")
    >>> shares = TimeSeries(days, np.array([100.0, 121.0]), days, Schedule("daily", 0))
    >>> bonds = TimeSeries(days, np.array([50.0, 55.0]), days, Schedule("daily", 0))
    >>> result = relative_return(shares, bonds, since=Span(count=12, unit="M"))
    >>> round(result.percent, 6), str(result.start)
    (10.0, '2025-02-24')
    """
    days, rows, other_rows = np.intersect1d(asset.days, benchmark.days, assume_unique=True, return_indices=True)
    if len(days) == 0:
        raise MissingData("the two prices have no day in common")
    end = to_day(until) if until is not None else days[-1]
    if isinstance(since, Span):
        start = transforms.shift_back(np.array([end], dtype="datetime64[D]"), since)[0]
    else:
        start = to_day(since)
    if start >= end:
        raise InputError(f"the end {end} is not after the start {start}")
    ends = [_row_at(days, start), _row_at(days, end)]
    prices = np.vstack([asset.values[rows[ends]], benchmark.values[other_rows[ends]]])
    if not (prices > 0).all():
        raise CalculationError("a price is zero or negative, so it has no logarithm")
    moves = np.diff(np.log(prices), axis=1)
    return RelativeReturn(float(moves[0, 0] - moves[1, 0]), to_date(days[ends[0]]), to_date(days[ends[1]]))


def _row_at(days: Days, day: np.datetime64) -> int:
    """Row of the last day on or before this one, at most ten days earlier."""
    row = int(np.searchsorted(days, day, side="right")) - 1
    if row < 0 or day - days[row] > _OLDEST_PRICE:
        raise MissingData(f"no day with both prices in the ten days up to {day}")
    return row


def qt_pace(treasuries: TimeSeries, mortgages: TimeSeries) -> TimeSeries:
    """Pace of the Federal Reserve's run-off (quantitative tightening), in billion dollars a month; positive shrinks.

    Minus the 13-week change of its Treasury and mortgage securities (FRED: TREAST and WSHOMCB, million dollars), over
    the 2.99 months of 13 weeks. Securities alone: total assets also move with loans, swaps and repo. Source of the
    holdings: Federal Reserve release H.4.1, Wednesday levels.

    >>> from xl_thesis.observations import Schedule
    >>> days = np.datetime64("2024-01-03", "D") + 7 * np.arange(14)
    >>> bonds = TimeSeries(days, 4_000_000 - 10_000 * np.arange(14.0), days, Schedule("weekly", 1))
    >>> round(float(qt_pace(bonds, bonds.replace(np.full(14, 2e6))).values[-1]), 2)
    43.48
    """
    holdings = Derived(op="sum", of=("FRED:TREAST", "FRED:WSHOMCB"), factor=-0.001)
    total = derive(holdings, {"FRED:TREAST": treasuries, "FRED:WSHOMCB": mortgages})
    return transforms.change(total, d.Change(kind="change", span=Span(count=13, unit="W"), per_month=True))
