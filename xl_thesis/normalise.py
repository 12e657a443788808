"""From a number to a score of 0 to 100, where 50 is neutral. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

import numpy as np

from xl_thesis.definition import ShortHistory
from xl_thesis.errors import CalculationError
from xl_thesis.observations import TimeSeries, Values

NEUTRAL = 50.0
TIE_WIDTH = 1e-9


def mid_rank(values: Values) -> float:
    """Percentile of the last value in all of them, itself included: 100 (less + equal / 2) / n.

    Ties count half, so the score of -x is 100 minus the score of x, exactly. Values that differ by less than a
    billionth of the larger (or of one) are ties: averages of published decimals differ in the last bit.
    Raises ``CalculationError`` where fewer than two values are given or all are equal.

    >>> mid_rank(np.array([3.0, 1.0, 2.0]))
    50.0
    """
    if len(values) < 2:
        raise CalculationError(f"{len(values)} values have no percentile")
    low, high = _tie(float(values[-1]))
    less = int(np.count_nonzero(values < low))
    equal = int(np.count_nonzero(values <= high)) - less
    if equal == len(values):
        raise CalculationError("all values are equal, so a percentile is not defined")
    return 100.0 * (less + 0.5 * equal) / len(values)


def expanding_mid_rank(values: Values) -> Values:
    """``mid_rank`` of every head of the values, NaN where it is not defined.

    >>> expanding_mid_rank(np.array([2.0, 1.0, 3.0])).round(2).tolist()
    [nan, 25.0, 83.33]
    """
    ordered: list[float] = []
    ranks = np.full(len(values), np.nan)
    for row, value in enumerate(values.tolist()):
        insort(ordered, value)
        low, high = _tie(value)
        less = bisect_left(ordered, low)
        equal = bisect_right(ordered, high) - less
        if equal <= row:
            ranks[row] = 100.0 * (less + 0.5 * equal) / (row + 1)
    return ranks


def _tie(value: float) -> tuple[float, float]:
    """The range of values that count as equal."""
    width = TIE_WIDTH * max(1.0, abs(value))
    return value - width, value + width


def shrink_short_history(score: float, series: TimeSeries, rule: ShortHistory) -> float:
    """Pull the percentile of a short history towards 50: (n s + k 50) / (n + k).

    n is the number of calendar months that have a value, so that a daily and a monthly series of equal length are
    treated alike; k is ``shrink_months``. A history of enough observations and years is returned as it is.
    """
    years = float((series.days[-1] - series.days[0]).astype(int)) / 365.25
    if len(series) >= rule.min_observations and years >= rule.min_years:
        return score
    months = len(np.unique(series.days.astype("datetime64[M]")))
    return (months * score + rule.shrink_months * NEUTRAL) / (months + rule.shrink_months)


def shrink_along(scores: Values, series: TimeSeries, rule: ShortHistory) -> Values:
    """``shrink_short_history`` of the score after each value of the series."""
    years = (series.days - series.days[0]).astype(np.float64) / 365.25
    month = series.days.astype("datetime64[M]")
    months = np.cumsum(np.append(True, month[1:] != month[:-1]))
    short = (np.arange(1, len(scores) + 1) < rule.min_observations) | (years < rule.min_years)
    shrunk = (months * scores + rule.shrink_months * NEUTRAL) / (months + rule.shrink_months)
    return np.where(short, shrunk, scores)


def normal_cdf(value: float, neutral: float = 0.0, scale: float = 1.0) -> float:
    """100 Phi((x - neutral) / scale).

    >>> round(normal_cdf(-1.44), 2)
    7.49
    """
    return 50.0 * math.erfc(-(value - neutral) / scale / math.sqrt(2.0))


def goalposts(value: float, posts: Sequence[float]) -> float:
    """Piecewise linear through the three values that score 0, 50 and 100; flat beyond.

    >>> goalposts(2.2, (0.5, 2.2, 3.5))
    50.0
    """
    return float(np.interp(value, posts, (0.0, NEUTRAL, 100.0)))


def directed(score: float, direction: int) -> float:
    """The score as it speaks for the thesis: mirrored about 50 where a lower value supports it."""
    return score if direction > 0 else 100.0 - score
