"""Does a score say anything about what comes after it? Tests that stay honest when scores persist and windows overlap.

Pure. A score and the forward change it is held against are arrays of equal length, one entry a month.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from xl_thesis.errors import CalculationError
from xl_thesis.observations import Values

_LEAST = 24
_Z_TWO_SIDED_5, _Z_POWER_80 = 1.959964, 0.841621
_STEPS = 20  # each comes more than twenty times nearer to the solution


def ranks(values: Values) -> Values:
    """Ranks from 1, ties sharing their mean rank.

    >>> ranks(np.array([10.0, 30.0, 10.0])).tolist()
    [1.5, 3.0, 1.5]
    """
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[inverse], dtype=np.float64)


def rank_correlation(score: Values, forward: Values) -> float:
    """Spearman's correlation, the *information coefficient*; -1 to 1.

    Raises ``CalculationError`` where there are fewer than three pairs or one side does not vary.
    """
    if len(score) < 3:
        raise CalculationError(f"{len(score)} pairs are too few for a correlation")
    left, right = (ranks(side) - (len(score) + 1) / 2 for side in (score, forward))
    scale = math.sqrt(float(left @ left) * float(right @ right))
    if scale == 0.0:
        raise CalculationError("one side does not vary, so a correlation is not defined")
    return float(left @ right) / scale


def circular_shift_p(score: Values, forward: Values) -> float:
    """Two-sided p-value of the rank correlation under every rotation of the score against the forward change.

    Rotating keeps the persistence of both sides, which a shuffle would destroy; so overlapping windows do not make
    chance look like skill. The smallest value it can give is one over the number of months.
    Raises ``CalculationError`` under 24 months.
    """
    count = len(score)
    if count < _LEAST:
        raise CalculationError(f"{count} months are too few to test, {_LEAST} are needed")
    left, right = (ranks(side) - (count + 1) / 2 for side in (score, forward))
    products = np.fft.irfft(np.fft.rfft(left) * np.conj(np.fft.rfft(right)), count)
    return float(np.mean(np.abs(products) >= abs(products[0]) * (1 - 1e-9)))


def non_overlapping(score: Values, forward: Values, months: int) -> tuple[float, int]:
    """Rank correlation over every ``months``-th month, averaged over the possible starts, and the pairs in each.

    Raises ``CalculationError`` where fewer than three windows do not overlap.
    """
    if len(score) // months < 3:
        raise CalculationError(f"fewer than three windows of {months} months do not overlap")
    found = [rank_correlation(score[start::months], forward[start::months]) for start in range(months)]
    return float(np.mean(found)), len(score) // months


def gain_over_no_change(score: Values, forward: Values, months: int) -> float:
    """Out-of-sample R-squared against a random walk (Campbell and Thompson 2008): 1 - SSE / sum of squared changes.

    Each month's forecast comes from a regression of forward changes on scores whose windows were over by then, at
    least 24 of them; a random walk forecasts no change. Below 0 the score forecasts worse than no change does.
    Raises ``CalculationError`` where fewer than three forecasts can be made.

    >>> score = np.sin(np.arange(90.0))
    >>> round(gain_over_no_change(score, 0.02 * score, 3), 6)
    1.0
    """
    first = _LEAST + months - 1  # the window of month i is over at month i + months
    if len(score) - first < 3:
        raise CalculationError(f"{len(score)} months are too few to forecast {months} months ahead")
    over = np.arange(first, len(score)) - months + 1
    count = over.astype(np.float64)
    sums = [np.cumsum(part)[over - 1] for part in (score, forward, score * score, score * forward)]
    spread = sums[2] - sums[0] ** 2 / count
    slope = np.where(spread > 0, (sums[3] - sums[0] * sums[1] / count) / np.where(spread > 0, spread, 1.0), 0.0)
    forecast = (sums[1] - slope * sums[0]) / count + slope * score[first:]
    real = forward[first:]
    if not real.any():
        raise CalculationError("the target never changed")
    return 1.0 - float((real - forecast) @ (real - forecast)) / float(real @ real)


def minimum_detectable(count: int) -> float | None:
    """The rank correlation that a two-sided 5 % test of so many independent pairs finds four times in five.

    The r that solves atanh(r) = (1.96 + 0.84 sqrt(1 + r^2 / 2)) / sqrt(n - 3): Fisher's transformation, with the
    larger error that it has for ranks where there is a correlation (Bonett and Wright 2000). None under five pairs.

    >>> [round(minimum_detectable(n), 2) for n in (7, 25, 50, 100, 300)]
    [0.9, 0.54, 0.39, 0.28, 0.16]
    """
    if count < 5:
        return None
    found = 0.0
    for _ in range(_STEPS):
        z = _Z_TWO_SIDED_5 + _Z_POWER_80 * math.sqrt(1 + found * found / 2)
        found = math.tanh(z / math.sqrt(count - 3))
    return found


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) adjusted p-values, in the order given: the chance of any false alarm in the family stays at 5 %.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, running = [0.0] * len(p_values), 0.0
    for step, row in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - step) * p_values[row]))
        adjusted[row] = running
    return adjusted
