"""A vendor's prices, made so that nothing that happens later rescales what was known.

The vendor divides its whole past at each split, and scales its adjusted closes down at each dividend. Here a close is
the price as it was traded, and the total return carries on, by the vendor's own returns, from where it stood.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xl_thesis.sources.protocol import Row

TOTAL_RETURN = "/adj"
"""What the id of a total return ends with."""

_TAIL = 15
"""Days kept to hold the next pull against."""
_CLOSE_TOLERANCE = 1e-5
_RETURN_TOLERANCE = 2e-4
"""Relative. Adjusted closes are rounded after each rescaling; less than this is no restatement."""


@dataclass(frozen=True, slots=True)
class Quotes:
    """What the vendor tells today: ascending days, closes divided by later splits, adjusted closes, events by day."""

    days: Sequence[dt.date]
    closes: Sequence[float]
    adjusted: Sequence[float]
    dividends: Mapping[dt.date, float] = field(default_factory=dict)
    splits: Mapping[dt.date, float] = field(default_factory=dict)

    def split_after(self, day: dt.date) -> float:
        """How many of today's shares one share of that day has become.

        >>> day = dt.date(2020, 8, 28)
        >>> Quotes([day], [124.81], [121.0], splits={dt.date(2020, 8, 31): 4.0}).split_after(day)
        4.0
        """
        factor = 1.0
        for split, ratio in self.splits.items():
            if split > day:
                factor *= ratio
        return factor

    def traded(self) -> list[float]:
        """Closes as they were traded."""
        if not self.splits:
            return list(self.closes)
        return [close * self.split_after(day) for day, close in zip(self.days, self.closes, strict=True)]

    def paid(self) -> dict[dt.date, float]:
        """Dividends as they were paid, for one share of that day."""
        return {day: amount * self.split_after(day) for day, amount in self.dividends.items()}


@dataclass(frozen=True, slots=True)
class History:
    """A ticker's whole answer: finished sessions only, and the moment from which another may have finished.

    ``gaps``: days on which the vendor gave no close.
    """

    quotes: Quotes
    next_close: dt.datetime
    facts: Mapping[str, str]
    gaps: int = 0


Tail = tuple[tuple[str, float, float], ...]
"""The last days as kept: day, close as traded, total return level."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Prices carried on from an earlier pull.

    ``restated`` are days whose price or return the vendor changed; ``late`` those that an earlier pull went past
    because the vendor had no close of them then.
    """

    days: Sequence[dt.date]
    traded: Sequence[float]
    total: Sequence[float]
    first_new: int
    restated: tuple[int, ...]
    late: tuple[int, ...] = ()

    @property
    def tail(self) -> Tail:
        """What the next pull needs."""
        rows = zip(self.days, self.traded, self.total, strict=True)
        return tuple((day.isoformat(), close, level) for day, close, level in rows)[-_TAIL:]


def carry_on(quotes: Quotes, tail: Tail) -> Carried | None:
    """The quotes on the scale of an earlier pull; None where the two share no day.

    The total return is tied to the latest shared day whose close is still the same, so that a correction of the newest
    close is a correction of one day.
    """
    traded = quotes.traded()
    if not tail:
        return Carried(quotes.days, traded, quotes.adjusted, 0, ())
    place = {day: number for number, day in enumerate(quotes.days)}
    known = [(place[day], close, level) for text, close, level in tail if (day := dt.date.fromisoformat(text)) in place]
    if not known:
        return None
    same = [item for item in known if _near(traded[item[0]], item[1], _CLOSE_TOLERANCE)] or known
    anchor, _, level = same[-1]
    scale = level / quotes.adjusted[anchor]
    total = [value * scale for value in quotes.adjusted]
    restated = tuple(
        number
        for number, close, level in known
        if not (_near(traded[number], close, _CLOSE_TOLERANCE) and _near(total[number], level, _RETURN_TOLERANCE))
    )
    for number, close, level in known:
        if number not in restated:  # rounding is not news
            traded[number], total[number] = close, level
    return Carried(quotes.days, traded, total, known[-1][0] + 1, restated, _late(quotes.days, tail))


def _late(days: Sequence[dt.date], tail: Tail) -> tuple[int, ...]:
    """Places of the days between the first and the last of the tail that the tail does not have."""
    told = [day for day, _, _ in tail]
    return tuple(
        number for number, day in enumerate(days) if told[0] < (text := day.isoformat()) < told[-1] and text not in told
    )


def _near(value: float, other: float, tolerance: float) -> bool:
    return abs(value - other) <= tolerance * abs(other)


def price_rows(
    series_id: str, quotes: Quotes, carried: Carried, today: dt.date, last_observed: dt.date | None
) -> Iterator[Row]:
    """Close, dividends and splits of every new day, and of restated and late ones as of today; total return where that
    is asked.

    Total return has its level from one pull to the next in the memory of its own series, so no other series writes it.
    A whole past that comes again, because nothing ties it to what the store has, is dated today.
    """
    ticker = series_id.removesuffix(TOTAL_RETURN)
    paid, past = quotes.paid(), last_observed if carried.first_new == 0 else None
    as_of_today = {*carried.restated, *carried.late}
    for number in sorted(as_of_today.union(range(carried.first_new, len(carried.days)))):
        day = carried.days[number]
        again = number in as_of_today or (past is not None and day <= past)
        available = (today if again else day).isoformat()
        yield ticker, day.isoformat(), carried.traded[number], available
        if series_id != ticker:
            yield series_id, day.isoformat(), carried.total[number], available
        for name, events in (("div", paid), ("split", quotes.splits)):
            if day in events:
                yield f"{ticker}/{name}", day.isoformat(), events[day], available
