"""Named operators that turn series into a derived series. Pure; every input is as known on one day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import numpy as np

from xl_thesis.errors import CalculationError
from xl_thesis.models import Derived, Operand
from xl_thesis.observations import Days, Schedule, TimeSeries, Values, month_ends

Inputs = Mapping[str, TimeSeries]


def derive(operand: Operand, inputs: Inputs) -> TimeSeries:
    """The series an operand stands for, computed on the days all its inputs share.

    Raises ``CalculationError`` where the inputs have no day in common.
    """
    if isinstance(operand, str):
        return inputs[operand]
    parts = [derive(part, inputs) for part in operand.of]
    result = _SINGLE[operand.op](parts[0], operand) if operand.op in _SINGLE else _joined(parts, operand)
    return result if operand.factor == 1.0 else result.replace(result.values * operand.factor)


def looks_back_only(operand: Operand) -> bool:
    """Whether a value never changes when later ones arrive; a monthly mean does until its month ends."""
    if isinstance(operand, str):
        return True
    return operand.op != "monthly_mean" and all(looks_back_only(part) for part in operand.of)


def _joined(parts: Sequence[TimeSeries], operand: Derived) -> TimeSeries:
    days = reduce(_common, (part.days for part in parts))
    if len(days) == 0:
        raise CalculationError(f"{operand} has no day on which all its inputs have a value")
    parts = [part if len(part) == len(days) else part.at(np.searchsorted(part.days, days)) for part in parts]
    values = np.vstack([part.values for part in parts])
    available = np.vstack([part.available for part in parts]).max(axis=0)
    schedule = reduce(Schedule.slowest, (part.schedule for part in parts))
    with np.errstate(divide="ignore", invalid="ignore"):
        combined = _COMBINE[operand.op](values, operand)
    return TimeSeries(days, combined, available, schedule).replace(combined)


def _common(left: Days, right: Days) -> Days:
    """Days in both; both ascend."""
    if len(left) == len(right) and np.array_equal(left, right):
        return left
    rows = np.searchsorted(right, left)
    rows[rows == len(right)] = 0
    return left[right[rows] == left] if len(right) else right


def _log(values: Values) -> Values:
    return np.asarray(np.log(np.where(values > 0, values, np.nan)))


def _weighted(weights: Sequence[float], rows: Values) -> Values:
    """Weighted sum of rows, one after the other: a matrix product rounds a day by how many others stand beside it."""
    return reduce(np.add, (weight * row for weight, row in zip(weights, rows, strict=True)))


_COMBINE: dict[str, Callable[[Values, Derived], Values]] = {
    "ratio": lambda values, _: values[0] / values[1],
    "difference": lambda values, _: values[0] - values[1],
    "sum": lambda values, _: values.sum(axis=0),
    "product": lambda values, _: values.prod(axis=0),
    "basket": lambda values, _: np.exp(_log(values).mean(axis=0)),
    "power_product": lambda values, operand: np.exp(_weighted(operand.exponents or (), _log(values))),
}


def _rolling_sum(series: TimeSeries, operand: Derived) -> TimeSeries:
    """Sum over the last months of a monthly series; a month without a value leaves a gap."""
    if series.schedule.frequency != "monthly":
        raise CalculationError(f"rolling_sum needs a monthly series, not a {series.schedule.frequency} one")
    months = operand.months or 1
    index = _month_numbers(series.days)
    totals = np.concatenate([[0.0], np.cumsum(series.values)])
    first = np.searchsorted(index, index - (months - 1))
    count = np.arange(1, len(index) + 1) - first
    sums = totals[1:] - totals[first]
    return series.replace(np.where(count == months, sums, np.nan))


def _monthly_mean(series: TimeSeries, _: Derived) -> TimeSeries:
    """Mean of each complete month: one whose last day has been observed, or a later one.

    The last weekday, unless the series has all seven days.
    """
    months = series.days.astype("datetime64[M]")
    starts = np.flatnonzero(np.concatenate([[True], months[1:] != months[:-1]]))
    if len(series) == 0:
        return series
    ends = np.append(starts[1:], len(series))
    means = np.add.reduceat(series.values, starts) / (ends - starts)
    days = month_ends(months[starts])
    last = days if series.schedule.seven_days else np.busday_offset(days, 0, roll="backward")
    complete = series.days[-1] >= last
    schedule = Schedule("monthly", series.schedule.lag_days)
    result = TimeSeries(days, means, series.available[ends - 1], schedule)
    return result.replace(np.where(complete, means, np.nan))


def _month_numbers(days: Days) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return days.astype("datetime64[M]").astype(np.int64)


_SINGLE: dict[str, Callable[[TimeSeries, Derived], TimeSeries]] = {
    "rolling_sum": _rolling_sum,
    "monthly_mean": _monthly_mean,
}
