"""From a number to a score of 0 to 100, where 50 is neutral. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from xl_thesis.definition import ShortHistory
from xl_thesis.errors import CalculationError
from xl_thesis.observations import TimeSeries, Values

NEUTRAL = 50.0
_TIE = 1e-9


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
    last = values[-1]
    tie = _TIE * max(1.0, abs(float(last)))
    gap = values - last
    less, equal = int(np.count_nonzero(gap < -tie)), int(np.count_nonzero(np.abs(gap) <= tie))
    if equal == len(values):
        raise CalculationError("all values are equal, so a percentile is not defined")
    return 100.0 * (less + 0.5 * equal) / len(values)


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
