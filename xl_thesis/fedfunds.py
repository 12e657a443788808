"""What federal funds futures say about coming rate decisions, by the published method of CME's FedWatch.

A contract settles at 100 less the average effective federal funds rate (EFFR) of its month. A month without a meeting
therefore gives the level of the rate, and is an anchor: the rate at the end of the month before it and at the start
of the month after it. A month with a meeting averages the rate before and the rate after:
average = N / (N + M) before + M / (N + M) after, for N days at the old and M days at the new rate.
The change over 25 basis points, split into its whole part and the remainder, gives each meeting two outcomes; the
outcomes of successive meetings are taken as independent and convolved.

Source: CME Group, "Understanding the CME Group FedWatch Tool Methodology", and its Fed Funds Futures Probability Tree
Calculator. A decision of the 16th is federal funds practice from the 17th, and that is how the tool's own page counts
days; CME's printed examples of 2015 and 2022 count the decision day as the first at the new rate
(``effective_lag_days=0``). Prices hold term premia: these are expectations under the pricing measure.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xl_thesis.errors import InputError, MissingData

STEP_PCT = 0.25

MEETINGS = tuple(
    dt.date.fromisoformat(day)
    for day in (
        "2025-01-29", "2025-03-19", "2025-05-07", "2025-06-18", "2025-07-30", "2025-09-17", "2025-10-29", "2025-12-10",
        "2026-01-28", "2026-03-18", "2026-04-29", "2026-06-17", "2026-07-29", "2026-09-16", "2026-10-28", "2026-12-09",
        "2027-01-27", "2027-03-17", "2027-04-28", "2027-06-09", "2027-07-28", "2027-09-15", "2027-10-27", "2027-12-08",
        "2028-01-26",
    )
)  # fmt: skip
"""Decision days of the scheduled meetings. Source: the Committee's announcements of August 2024 and September 2025."""

_MONTH_LETTERS = "FGHJKMNQUVXZ"

Month = tuple[int, int]
"""Year and month of a contract: (2026, 9)."""

Probabilities = dict[int, float]
"""Lower bound of the target range in basis points -> probability, 0 to 1."""


@dataclass(frozen=True, slots=True)
class MeetingRates:
    """The effective rate a meeting starts from and ends with, in percent a year."""

    start_pct: float
    end_pct: float

    @property
    def change_pct(self) -> float:
        """Expected change at the meeting, in percentage points; positive is a rise."""
        return self.end_pct - self.start_pct


@dataclass(frozen=True, slots=True)
class CutsProxy:
    """A stand-in for futures-implied cuts: their number, and what it is instead."""

    cuts: float
    note: str


def contract_id(month: Month) -> str:
    """The series id of the contract of a month.

    >>> contract_id((2026, 12))
    'YAHOO:ZQZ26.CBT'
    """
    return f"YAHOO:ZQ{_MONTH_LETTERS[month[1] - 1]}{month[0] % 100:02d}.CBT"


def months_around(watch_date: dt.date, by: dt.date) -> list[Month]:
    """The contracts that prices of rates from one day to another may need: a month before to three after."""
    first, last = (day.year * 12 + day.month - 1 for day in (watch_date, by))
    return [(index // 12, index % 12 + 1) for index in range(first - 1, last + 4)]


def implied_rates(
    futures: Mapping[Month, float], meetings: Iterable[dt.date], watch_date: dt.date, effective_lag_days: int = 1
) -> dict[dt.date, MeetingRates]:
    """The effective rate before and after each meeting later than ``watch_date``, as priced on that day.

    ``futures``: price by (year, month); the final settlement of an expired month may serve as an anchor.
    ``meetings``: decision days, complete from the month of ``watch_date`` (those already held included) to the month
    after the last one asked for: a month without one counts as an anchor.
    Each run of meeting months is solved backward from the anchor after it, and forward from the one before it where
    the later one has no price; a decision late in its month makes the forward way sensitive to a quarter basis point.
    Raises ``InputError`` for a price that is none, for two coming meetings in a month, or where no meeting is to
    come; ``MissingData`` naming the contract that is needed.

    >>> september, november = dt.date(2022, 9, 21), dt.date(2022, 11, 2)
    >>> prices = {(2022, 9): 97.4475, (2022, 10): 96.94, (2022, 11): 96.43}
    >>> rates = implied_rates(prices, [september, november], dt.date(2022, 9, 12))
    >>> round(rates[september].start_pct, 4), round(rates[september].change_pct, 4)
    (2.335, 0.725)
    """
    strip = _Strip.of(futures, meetings, watch_date, effective_lag_days)
    return {meeting: strip.around(meeting) for meeting in strip.coming}


def meeting_probabilities(
    futures: Mapping[Month, float],
    meetings: Iterable[dt.date],
    watch_date: dt.date,
    target_lower: float,
    target_upper: float,
    effective_lag_days: int = 1,
) -> dict[dt.date, Probabilities]:
    """Probability of each target range after each meeting later than ``watch_date``.

    ``target_lower`` and ``target_upper``: the range in force, percent a year (equal before December 2008). A range is
    keyed by its lower bound in basis points; outcomes are whole moves of 25 basis points from the present one.
    Arguments and errors as for ``implied_rates``; ``InputError`` also for a range that is none.

    >>> prices = {(2022, 9): 97.4475, (2022, 10): 96.94}
    >>> odds = meeting_probabilities(prices, [dt.date(2022, 9, 21)], dt.date(2022, 9, 12), 2.25, 2.50)
    >>> {lower: round(chance, 3) for lower, chance in odds[dt.date(2022, 9, 21)].items()}
    {275: 0.1, 300: 0.9}
    """
    if not 0 <= target_lower <= target_upper <= target_lower + 1:
        raise InputError(f"{target_lower} to {target_upper} is no target range in percent, such as 3.75 to 4.00")
    path = {round(target_lower * 100): 1.0}
    table = {}
    for meeting, rates in implied_rates(futures, meetings, watch_date, effective_lag_days).items():
        path = _convolve(path, _moves(rates.change_pct))
        table[meeting] = path
    return table


def cuts_by(
    futures: Mapping[Month, float],
    meetings: Iterable[dt.date],
    watch_date: dt.date,
    by: dt.date,
    effr_pct: float,
    effective_lag_days: int = 1,
) -> float:
    """Cuts of 25 basis points priced by a day: (EFFR - rate after the last meeting up to ``by``) / 0.25.

    ``effr_pct`` is the effective rate now, percent a year. Negative where rises are priced. The rate after a meeting
    is not the price of that month's contract, which still averages days before it.
    Arguments and errors as for ``implied_rates``; ``InputError`` also where no meeting lies between the two days.

    >>> prices = {(2022, 9): 97.4475, (2022, 10): 96.94}
    >>> round(cuts_by(prices, [dt.date(2022, 9, 21)], dt.date(2022, 9, 12), dt.date(2022, 12, 31), effr_pct=2.33), 2)
    -2.92
    """
    strip = _Strip.of(futures, meetings, watch_date, effective_lag_days)
    held = [meeting for meeting in strip.coming if meeting <= by]
    if not held:
        raise InputError(f"no meeting lies between {watch_date} and {by}")
    return (effr_pct - strip.around(held[-1]).end_pct) / STEP_PCT


def cuts_proxy(policy_rate_pct: float, one_year_yield_pct: float) -> CutsProxy:
    """A proxy where there are no futures: (policy rate - one-year Treasury yield) / 0.25, in cuts.

    It is not the same quantity: the yield averages the rate expected over a year, dates no meeting, and contains a
    term premium and the convenience of Treasury bills. Both rates in percent a year (FRED: DFF and DGS1).

    >>> cuts_proxy(policy_rate_pct=4.5, one_year_yield_pct=4.0).cuts
    2.0
    """
    note = "proxy: policy rate less the one-year Treasury yield, an average over the year that contains a term premium"
    return CutsProxy((policy_rate_pct - one_year_yield_pct) / STEP_PCT, note)


@dataclass(frozen=True, slots=True)
class _Strip:
    """Average rates by contract month, and the meetings in between."""

    averages: Mapping[Month, float]
    meetings: Mapping[Month, dt.date]
    coming: tuple[dt.date, ...]
    lag: int

    @classmethod
    def of(cls, futures: Mapping[Month, float], meetings: Iterable[dt.date], watch_date: dt.date, lag: int) -> _Strip:
        if lag not in (0, 1):
            raise InputError(f"a decision takes effect 0 or 1 days later, not {lag}")
        for month, price in futures.items():
            if not 75 <= price <= 102:
                raise InputError(f"{price} is no price of the contract of {_name(month)}: it is 100 less a rate")
        days = sorted(set(meetings))
        coming = tuple(day for day in days if day > watch_date)
        if not coming:
            raise InputError(f"no meeting after {watch_date} is given")
        by_month = {(day.year, day.month): day for day in days}
        for day in coming:
            same = [other for other in days if (other.year, other.month) == (day.year, day.month)]
            if len(same) > 1:
                raise InputError(f"{same[0]} and {same[1]} share a contract, which cannot tell two meetings apart")
        return cls({month: 100 - price for month, price in futures.items()}, by_month, coming, lag)

    def around(self, meeting: dt.date) -> MeetingRates:
        month = (meeting.year, meeting.month)
        return MeetingRates(self._before(month), self._after(month))

    def _before(self, month: Month) -> float:
        """Rate at the start of a meeting month."""
        earlier = _shift(month, -1)
        if earlier not in self.meetings and earlier in self.averages:
            return self.averages[earlier]
        old, new = self._days(month)
        if old and self._anchored_later(month):
            return ((old + new) * self._average(month) - new * self._after(month)) / old
        if earlier in self.meetings:
            return self._after(earlier)
        raise self._missing(month, f"{_name(earlier)}, or of a month without a meeting after it")

    def _after(self, month: Month) -> float:
        """Rate at the end of a meeting month."""
        later = _shift(month, 1)
        if self._anchored_later(month):
            return self._before(later) if later in self.meetings else self.averages[later]
        old, new = self._days(month)
        if not new:
            raise self._missing(month, f"{_name(later)} or of a later month without a meeting")
        return ((old + new) * self._average(month) - old * self._before(month)) / new

    def _anchored_later(self, month: Month) -> bool:
        """Whether the run of meeting months ends in a month with a price from which this one can be reached."""
        month = _shift(month, 1)
        while month in self.meetings:
            if not self._days(month)[0]:
                return False
            month = _shift(month, 1)
        return month in self.averages

    def _days(self, month: Month) -> tuple[int, int]:
        """Days of a meeting month at the old and at the new rate."""
        length = calendar.monthrange(*month)[1]
        old = self.meetings[month].day - 1 + self.lag
        return old, length - old

    def _average(self, month: Month) -> float:
        if month not in self.averages:
            raise self._missing(month, _name(month))
        return self.averages[month]

    def _missing(self, month: Month, contract: str) -> MissingData:
        return MissingData(f"the meeting of {self.meetings[month]} needs the price of the contract of {contract}")


def _shift(month: Month, by: int) -> Month:
    years, index = divmod(month[0] * 12 + month[1] - 1 + by, 12)
    return years, index + 1


def _name(month: Month) -> str:
    return f"{month[0]}-{month[1]:02d}"


def _moves(change_pct: float) -> Probabilities:
    """Two neighbouring moves in basis points whose mean is the change."""
    steps = round(change_pct / STEP_PCT, 9)
    whole = math.floor(steps)
    rest = steps - whole
    return {25 * whole: 1 - rest} | ({25 * (whole + 1): rest} if rest else {})


def _convolve(path: Probabilities, moves: Probabilities) -> Probabilities:
    """Distribution of the sum of two independent amounts."""
    total: Probabilities = {}
    for level, chance in path.items():
        for move, odds in moves.items():
            total[level + move] = total.get(level + move, 0.0) + chance * odds
    return dict(sorted(total.items()))
