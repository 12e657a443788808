"""Calendar-aligned transforms: a series in, a series out, one value for each day that has one.

A span is counted on the calendar, never in rows, so a month that was not published (October 2025) shifts nothing:
a monthly, quarterly or annual series looks up exactly that period; a daily or weekly one takes the last value on or
before that day, if it is at most ten days older.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from xl_thesis import definition as d
from xl_thesis.errors import MissingData
from xl_thesis.models import Span
from xl_thesis.observations import Days, TimeSeries, Values, later, month_ends, to_day

_TOLERANCE = np.timedelta64(10, "D")
_PERIODIC = ("monthly", "quarterly", "annual")


def shift_back(days: Days, span: Span) -> Days:
    """The same calendar day a span earlier, clipped to the end of a shorter month."""
    if span.unit == "W":
        return later(days, -7 * span.count, "D")
    months = days.astype("datetime64[M]")
    earlier = later(months, -span.count, "M")
    same_day: Days = earlier.astype("datetime64[D]") + (days - months.astype("datetime64[D]"))
    return np.minimum(same_day, month_ends(earlier))


def value_before(series: TimeSeries, span: Span) -> Values:
    """For each day the value a span earlier, NaN where there is none."""
    days = series.days
    if len(days) == 0:
        return np.empty(0)
    if series.schedule.frequency in _PERIODIC and span.unit == "M":
        months = days.astype("datetime64[M]")
        target = later(months, -span.count, "M")
        rows = np.searchsorted(months, target)
        found = months[np.minimum(rows, len(days) - 1)] == target
    else:
        target = shift_back(days, span)
        rows = np.searchsorted(days, target, side="right") - 1
        found = (rows >= 0) & (target - days[rows] <= _TOLERANCE)
    return np.where(found, series.values[np.clip(rows, 0, len(days) - 1)], np.nan)


def _log(values: Values) -> Values:
    return np.asarray(np.log(np.where(values > 0, values, np.nan)))


def change(series: TimeSeries, rule: d.Change) -> TimeSeries:
    """x(t) - x(t - span), in the unit of the series; divided by the span's months if ``per_month``."""
    divisor = rule.span.months if rule.per_month else 1.0
    return series.replace((series.values - value_before(series, rule.span)) / divisor)


def log_change(series: TimeSeries, rule: d.LogChange) -> TimeSeries:
    """ln x(t) - ln x(t - span), in log points; decimal logarithms for ``log10_change``."""
    base = 1.0 if rule.kind == "log_change" else np.log(10.0)
    return series.replace((_log(series.values) - _log(value_before(series, rule.span))) / base)


def year_on_year(series: TimeSeries, rule: d.YearOnYear) -> TimeSeries:
    """100 (x(t) / x(t - 12 months) - 1) - target, in percent; no value where the base is zero."""
    before = value_before(series, Span(count=12, unit="M"))
    with np.errstate(divide="ignore", invalid="ignore"):
        return series.replace(100.0 * (series.values / before - 1.0) - rule.target)


def average(series: TimeSeries, rule: d.Average) -> TimeSeries:
    """Mean of the values in the last months, in the unit of the series.

    A monthly series must have at least two thirds of the months; a day needs the window's start to be observed.
    """
    return series.replace(_trailing_mean(series, rule.months, -(-2 * rule.months // 3)))


def _trailing_mean(series: TimeSeries, months: int, least: int) -> Values:
    totals = np.concatenate([[0.0], np.cumsum(series.values)])
    if series.schedule.frequency in _PERIODIC:
        index = series.days.astype("datetime64[M]")
        first = np.searchsorted(index, later(index, 1 - months, "M"))
        enough = np.arange(1, len(series) + 1) - first >= least
    else:
        start = shift_back(series.days, Span(count=months, unit="M"))
        first = np.searchsorted(series.days, start, side="right")
        enough = start >= series.days[0] - _TOLERANCE
    count = np.arange(1, len(series) + 1) - first
    return np.where(enough, (totals[1:] - totals[first]) / count, np.nan)


def above_low(series: TimeSeries, rule: d.AboveLow) -> TimeSeries:
    """Average of the last months less the lowest such average of the months before, in the unit of the series.

    With the defaults it is the real-time recession indicator of Sahm (2019): three-month average unemployment rate
    less its lowest value in the twelve months before. ``missing_months_ok`` months may lack a value in the average,
    and as many averages in the search for the low.
    """
    months = series.days.astype("datetime64[M]").astype(np.int64)
    if len(months) == 0:
        return series
    grid = np.full(months[-1] - months[0] + 1, np.nan)
    grid[months - months[0]] = series.values
    averages = _windowed_mean(grid, rule.average_months, rule.average_months - rule.missing_months_ok)
    lows = _windowed_low(averages, rule.low_months, rule.low_months - rule.missing_months_ok)
    lows = np.concatenate([[np.nan], lows[:-1]])
    return series.replace((averages - lows)[months - months[0]])


def _windows(grid: Values, width: int) -> Values:
    """The last ``width`` cells up to each, NaN before the first."""
    return np.lib.stride_tricks.sliding_window_view(np.concatenate([np.full(width - 1, np.nan), grid]), width)


def _windowed_mean(grid: Values, width: int, least: int) -> Values:
    """Mean of the last ``width`` cells where at least ``least`` of them have a value."""
    windows = _windows(grid, width)
    known = np.isfinite(windows)
    count = known.sum(axis=1)
    return np.where(count >= least, np.where(known, windows, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _windowed_low(grid: Values, width: int, least: int) -> Values:
    """Lowest of the last ``width`` cells where at least ``least`` of them have a value."""
    count = np.isfinite(_windows(grid, width)).sum(axis=1)
    lows = _windows(np.where(np.isfinite(grid), grid, np.inf), width)
    return np.where(count >= least, np.fmin.reduce(lows, axis=1), np.nan)


def change_since(series: TimeSeries, base_date: dt.date) -> TimeSeries:
    """x(t) - x(base date), in the unit of the series, for the days after the value of the base date.

    That is the last one on or before it. Raises ``MissingData`` where there is none, or nothing after it yet.
    """
    base = int(np.searchsorted(series.days, to_day(base_date), side="right")) - 1
    if base < 0:
        raise MissingData(f"no value on or before the base date {base_date}")
    if base == len(series) - 1:
        raise MissingData(f"no value after the one of {series.days[base]}, the last by the base date {base_date}")
    return series.replace(np.where(np.arange(len(series)) > base, series.values - series.values[base], np.nan))
