"""FRED's own codes: a series in a lower frequency, then in other units, by the definitions that FRED publishes.

Sources, in the help pages of fred.stlouisfed.org: "What formulas are used to calculate growth rates?", "How are missing
values determined for first/last observations?", "How are data aggregated when periods overlap?". Two differences: a
period is dated by its last day, not its first, and aggregates are not rounded to the decimals of the original.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xl_thesis.errors import CalculationError, InputError
from xl_thesis.models import Frequency
from xl_thesis.observations import Days, Schedule, TimeSeries, Values, later, month_ends

UNITS = ("lin", "chg", "ch1", "pch", "pc1", "pca", "cch", "cca", "log")
AGGREGATIONS = ("avg", "sum", "eop")
FREQUENCIES: dict[str, Frequency] = {"d": "daily", "w": "weekly", "m": "monthly", "q": "quarterly", "a": "annual"}

_ORDER: tuple[Frequency, ...] = ("daily", "weekly", "monthly", "quarterly", "annual")
_FEWEST: dict[tuple[Frequency, Frequency], int] = {
    ("daily", "weekly"): 4, ("daily", "monthly"): 17, ("daily", "quarterly"): 52, ("daily", "annual"): 208,
    ("weekly", "monthly"): 3, ("weekly", "quarterly"): 10, ("weekly", "annual"): 39,
    ("monthly", "quarterly"): 3, ("monthly", "annual"): 12, ("quarterly", "annual"): 4,
}  # fmt: skip
"""Values that the first and the last period must have; periods between them take what there is."""

_A_YEAR: dict[Frequency, int] = {"daily": 260, "weekly": 52, "monthly": 12, "quarterly": 4, "annual": 1}
_MONTHS: dict[Frequency, int] = {"monthly": 1, "quarterly": 3, "annual": 12}
_SATURDAY = 2  # 1970-01-03: weeks run from Saturday to Friday
_MONDAY = np.datetime64("1970-01-05", "D")

Index = NDArray[np.int64]


def aggregate(series: TimeSeries, frequency: str, method: str = "avg") -> TimeSeries:
    """A series in a lower frequency: ``d w m q a`` by ``avg``, ``sum`` or ``eop`` (the last value of the period).

    A week ends on Friday. A value counts in the period that holds its day. The first and the last period are left out
    where they have too few values: 4 days of a week, 17 of a month, 52 of a quarter, 208 of a year; 3, 10 and 39 weeks;
    every month and quarter. A period is known once its last value is.
    Raises ``InputError`` for an unknown code or a frequency higher than that of the series, ``CalculationError`` where
    no period has enough values.

    >>> ends = np.array(["2025-01-31", "2025-02-28", "2025-03-31"], dtype="datetime64[D]")
    >>> months = TimeSeries(ends, np.array([100.1, 100.4, 100.9]), ends, Schedule("monthly", 10))
    >>> round(float(aggregate(months, "q").values[0]), 1)
    100.5
    """
    if frequency not in FREQUENCIES or method not in AGGREGATIONS:
        raise InputError(f"'{frequency}' and '{method}' are not a frequency and an aggregation of FRED")
    here, wanted = series.schedule.frequency, FREQUENCIES[frequency]
    if _ORDER.index(wanted) < _ORDER.index(here):
        raise InputError(f"a {here} series cannot be made {wanted}; take the same or a lower frequency")
    if wanted == here:
        return series
    groups, starts = np.unique(_period(series.days, wanted), return_index=True)
    counts = np.diff(np.append(starts, len(series)))
    enough = np.ones(len(groups), dtype=bool)
    enough[[0, -1]] = counts[[0, -1]] >= _FEWEST[here, wanted]
    if not enough.any():
        raise CalculationError(f"no period has enough values for a {wanted} number")
    last = starts + counts - 1
    values = series.values[last] if method == "eop" else np.add.reduceat(series.values, starts)
    if method == "avg":
        values = values / counts
    available = np.maximum.reduceat(series.available, starts)
    schedule = Schedule(wanted, series.schedule.lag_days)
    return TimeSeries(_ends(groups, wanted), values, available, schedule).at(np.flatnonzero(enough))


def transform(series: TimeSeries, units: str) -> TimeSeries:
    """A series in FRED's units; a period whose base was not published has no value.

    With x the value, b that of the period before, y that of a year before and n the periods of a year (260, or 365
    for a series of seven days a week; 52; 12; 4; 1):

    | code | value | code | value |
    |---|---|---|---|
    | lin | x | pca | 100 ((x / b)^n - 1) |
    | chg | x - b | cch | 100 (ln x - ln b) |
    | ch1 | x - y | cca | 100 n (ln x - ln b) |
    | pch | 100 (x / b - 1) | log | ln x |
    | pc1 | 100 (x / y - 1) | | |

    Raises ``InputError`` for an unknown code.

    >>> ends = np.array(["2024-12-31", "2025-01-31"], dtype="datetime64[D]")
    >>> prices = TimeSeries(ends, np.array([100.0, 101.0]), ends, Schedule("monthly", 10))
    >>> transform(prices, "pca").values.round(2).tolist()
    [12.68]
    """
    if units not in UNITS:
        raise InputError(f"'{units}' is not one of FRED's units: {', '.join(UNITS)}")
    n = 365 if series.schedule.seven_days else _A_YEAR[series.schedule.frequency]
    x = series.values

    def back(periods: int) -> Values:
        return _earlier(series, periods)

    formulas: dict[str, Callable[[], Values]] = {
        "lin": lambda: x,
        "chg": lambda: x - back(1),
        "ch1": lambda: x - back(n),
        "pch": lambda: 100 * (x / back(1) - 1),
        "pc1": lambda: 100 * (x / back(n) - 1),
        "pca": lambda: 100 * ((x / back(1)) ** n - 1),
        "cch": lambda: 100 * (np.log(x) - np.log(back(1))),
        "cca": lambda: 100 * n * (np.log(x) - np.log(back(1))),
        "log": lambda: np.log(x),
    }
    with np.errstate(all="ignore"):
        return series.replace(formulas[units]())


def _earlier(series: TimeSeries, periods: int) -> Values:
    """For each value the one so many periods before, NaN where that period has none."""
    if len(series) == 0:
        return series.values
    index = _index(series)
    rows = np.searchsorted(index, index - periods)
    return np.where(index[rows] == index - periods, series.values[rows], np.nan)


def _index(series: TimeSeries) -> Index:
    """The number of each value's period: working days, or all days where the series has values on weekends."""
    if series.schedule.frequency != "daily":
        return _period(series.days, series.schedule.frequency)
    if series.schedule.seven_days or not np.is_busday(series.days).all():
        return series.days.astype(np.int64)
    return np.asarray(np.busday_count(_MONDAY, series.days), dtype=np.int64)


def _period(days: Days, frequency: Frequency) -> Index:
    if frequency in _MONTHS:
        return np.asarray(days.astype("datetime64[M]").astype(np.int64) // _MONTHS[frequency])
    return np.asarray((days.astype(np.int64) - _SATURDAY) // 7)


def _ends(periods: Index, frequency: Frequency) -> Days:
    """The last day of each period."""
    if frequency in _MONTHS:
        return month_ends(((periods + 1) * _MONTHS[frequency] - 1).astype("datetime64[M]"))
    return later((periods * 7 + _SATURDAY).astype("datetime64[D]"), 6, "D")
