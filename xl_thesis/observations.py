"""Series in memory: every vintage of one, and what was known of it on a day.

Days are ``datetime64[D]``; an observation is dated by the last day of its period.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from xl_thesis.models import Frequency, SeriesMeta

if TYPE_CHECKING:
    import pandas as pd

Days = NDArray[np.datetime64]
Values = NDArray[np.float64]

_MONTHS = {"monthly": 1, "quarterly": 3, "annual": 12}
_RANK: dict[Frequency, int] = {"daily": 0, "weekly": 1, "monthly": 2, "quarterly": 3, "annual": 4}


def to_day(date: dt.date) -> np.datetime64:
    """A date as numpy has it."""
    return np.datetime64(date, "D")


def to_date(day: np.datetime64) -> dt.date:
    """A numpy day as a date."""
    date: dt.date = day.astype("datetime64[D]").item()
    return date


def later(days: Days, count: int, unit: Literal["D", "M"]) -> Days:
    """Days (or months) moved by whole days (or months)."""
    moved: Days = days + np.timedelta64(count, unit)
    return moved


def month_ends(months: Days) -> Days:
    """Last day of each month (given as ``datetime64[M]``)."""
    return later(later(months, 1, "M").astype("datetime64[D]"), -1, "D")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a series is expected: its frequency and the days from period end to first print."""

    frequency: Frequency
    lag_days: int
    seven_days: bool = False

    @classmethod
    def of(cls, meta: SeriesMeta) -> Schedule:
        """The schedule of a catalogue entry."""
        return cls(meta.frequency, meta.lag_days, meta.seven_days)

    def slowest(self, other: Schedule) -> Schedule:
        """The schedule of a series that needs both: the lower frequency, the longer lag."""
        low = max(self.frequency, other.frequency, key=_RANK.__getitem__)
        return Schedule(low, max(self.lag_days, other.lag_days), self.seven_days and other.seven_days)

    def expected_after(self, observed_on: Days) -> Days:
        """For each period (its last day) the day on which the release of the next one is due."""
        return later(self._next_period(observed_on), self.lag_days, "D")

    def _next_period(self, observed_on: Days) -> Days:
        if self.frequency in _MONTHS:
            # A day inside a month (the last of the precomputed scores) is followed by the end of that month.
            months = later(observed_on, 1, "D").astype("datetime64[M]")
            return month_ends(later(months, _MONTHS[self.frequency] - 1, "M"))
        if self.frequency == "weekly":
            return later(observed_on, 7, "D")
        if self.seven_days:
            return later(observed_on, 1, "D")
        return np.busday_offset(observed_on, 1, roll="backward")

    def days_overdue(self, observed_on: dt.date, as_of: dt.date) -> int:
        """Days since the release after ``observed_on`` was due; 0 before."""
        return max(0, (as_of - _expected(self, observed_on)).days)


@lru_cache(maxsize=4096)
def _expected(schedule: Schedule, observed_on: dt.date) -> dt.date:
    return to_date(schedule.expected_after(np.array([to_day(observed_on)]))[0])


@dataclass(frozen=True, slots=True, eq=False)
class TimeSeries:
    """One value a period, ascending, with the day each became available."""

    days: Days
    values: Values
    available: Days
    schedule: Schedule

    def __len__(self) -> int:
        return len(self.days)

    def replace(self, values: Values) -> TimeSeries:
        """Other values on the same days; days whose new value is not finite are dropped."""
        keep = np.isfinite(values)
        if keep.all():
            return TimeSeries(self.days, values, self.available, self.schedule)
        return TimeSeries(self.days[keep], values[keep], self.available[keep], self.schedule)

    def at(self, rows: NDArray[np.intp]) -> TimeSeries:
        """The points in these rows."""
        return TimeSeries(self.days[rows], self.values[rows], self.available[rows], self.schedule)

    def last(self, value: float | None = None) -> TimeSeries:
        """The last point alone, optionally with another value."""
        values = self.values[-1:] if value is None else np.array([value], dtype=np.float64)
        return TimeSeries(self.days[-1:], values, self.available[-1:], self.schedule)

    def digest(self) -> str:
        """SHA-256 over days (as integers since 1970) and values, both little-endian 64-bit."""
        sha = hashlib.sha256(self.days.astype("<i8").tobytes())
        sha.update(self.values.astype("<f8").tobytes())
        return sha.hexdigest()

    def to_pandas(self) -> pd.Series[float]:
        """As a pandas Series indexed by day."""
        import pandas as pd

        return pd.Series(self.values, index=pd.DatetimeIndex(self.days), dtype="float64")


@dataclass(frozen=True, slots=True, eq=False)
class Vintages:
    """Every value ever known of one series, sorted by day and then by the day it became available.

    NaN is a withdrawn value. ``in_order``: one finite value a period, each available no earlier than the one before, so
    that what is known on a day is a head of the arrays.
    """

    days: Days
    values: Values
    available: Days
    schedule: Schedule
    in_order: bool = False

    @classmethod
    def of(cls, days: Days, values: Values, available: Days, schedule: Schedule) -> Vintages:
        """From arrays sorted by day and then by availability."""
        in_order = (
            bool(np.isfinite(values).all())
            and bool((days[1:] > days[:-1]).all())
            and bool((available[1:] >= available[:-1]).all())
        )
        return cls(days, values, available, schedule, in_order)

    def as_known(self, on: dt.date) -> TimeSeries:
        """For each period the value in force on that day.

        >>> import numpy as np
        >>> day = np.array(["2023-08-31", "2023-08-31"], dtype="datetime64[D]")
        >>> known = np.array(["2023-09-01", "2024-01-31"], dtype="datetime64[D]")
        >>> unrate = Vintages.of(day, np.array([3.8, 3.7]), known, Schedule("monthly", 10))
        >>> unrate.as_known(dt.date(2023, 12, 31)).values.tolist()
        [3.8]
        """
        if self.in_order:
            count = int(np.searchsorted(self.available, to_day(on), side="right"))
            return TimeSeries(self.days[:count], self.values[:count], self.available[:count], self.schedule)
        known = self.available <= to_day(on)
        days, values, available = self.days[known], self.values[known], self.available[known]
        newest = np.ones(len(days), dtype=bool)
        newest[:-1] = days[1:] != days[:-1]
        newest &= np.isfinite(values)
        return TimeSeries(days[newest], values[newest], available[newest], self.schedule)
