"""What is held of a series, and what of an arrival is new to it. Days are integers since 1970-01-01."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_thesis.store.engine import BY_RULE, EXACT

_SAME = 1e-9  # two numbers this close, relative to their size, are one number written twice

Arrival = tuple[int, int, "float | None"]
"""(period, available_at, value)."""


@dataclass(frozen=True, slots=True)
class Change:
    """How many rows an arrival added, and how many of them revise a period that had a value."""

    added: int = 0
    revised: int = 0

    def __add__(self, other: Change) -> Change:
        return Change(self.added + other.added, self.revised + other.revised)

    def __bool__(self) -> bool:
        return self.added > 0


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Rows of one series that count, sorted by period and then by the day each became available; NaN is withdrawn."""

    days: NDArray[np.int64]
    available: NDArray[np.int64]
    values: NDArray[np.float64]
    exact_until: int | None = None

    @classmethod
    def of(cls, rows: Sequence[tuple[Any, ...]]) -> Held:
        """From rows of (period, available_at, value, exact, exact_until).

        Exact rows are everything that was ever published. From the first of them until the day up to which they are
        complete, other rows do not count: they would bring back values already revised. Of two rows of the same day the
        later import comes first, and before what a source says.
        """
        if not rows:
            empty = np.empty(0, dtype=np.int64)
            return cls(empty, empty, np.empty(0))
        table = np.array(rows, dtype=np.float64)
        days, available = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
        values, exact, until = table[:, 2].copy(), table[:, 3] == EXACT, table[0, 4]
        is_covered = until == until and exact.any()
        if is_covered:
            counts = exact | (available < available[exact].min()) | (available > until)
            days, available, values = days[counts], available[counts], values[counts]
        last = np.ones(len(days), dtype=bool)
        last[:-1] = (days[1:] != days[:-1]) | (available[1:] != available[:-1])
        return cls(days[last], available[last], values[last], int(until) if is_covered else None)

    @classmethod
    def unpack(cls, content: bytes) -> Held:
        """From the bytes of ``pack``.

        >>> held = Held.of([(0, 5, 1.5, 0, None), (31, 40, None, 0, None)])
        >>> Held.unpack(held.pack()).in_force()
        {0: 1.5, 31: None}
        """
        count = len(content) // 16
        days = np.frombuffer(content, "<i4", count).astype(np.int64)
        available = np.frombuffer(content, "<i4", count, 4 * count).astype(np.int64)
        return cls(days, available, np.frombuffer(content, "<f8", count, 8 * count))

    def pack(self) -> bytes:
        """All periods, then all days of availability (32-bit integers), then all values (64-bit), little-endian."""
        return (
            self.days.astype("<i4").tobytes()
            + self.available.astype("<i4").tobytes()
            + self.values.astype("<f8").tobytes()
        )

    def rows(self) -> dict[tuple[int, int], float]:
        """Every value by (period, day it became available)."""
        places = zip(self.days.tolist(), self.available.tolist(), strict=True)
        return dict(zip(places, self.values.tolist(), strict=True))

    def difference(self, after: Held) -> Change:
        """What came between this and a later state of the series."""
        before, periods = self.rows(), set(self.days.tolist())
        new = [place for place, value in after.rows().items() if before.get(place) != value and value == value]
        return Change(len(new), sum(1 for period, _ in new if period in periods))

    def in_force(self) -> dict[int, float | None]:
        """The newest value of each period."""
        pairs = zip(self.days.tolist(), self.values.tolist(), strict=True)
        return {day: None if value != value else value for day, value in pairs}


def changed_rows(
    key: int,
    rows: Sequence[Arrival],
    held: Held,
    seen_on: int,
    *,
    exact: bool,
    imported: Mapping[int, float | None] = MappingProxyType({}),
) -> tuple[list[tuple[int, int, int, int, float | None]], Change]:
    """Rows to add to a series, as (key, period, available_at, exact, value), and their count.

    See ``Store.record`` for what counts from when. ``held`` is what sources said before; ``imported`` has the periods
    whose newest value a person brought: what a source says of them now takes its place from ``seen_on``.
    """
    before = held.in_force()
    if exact:
        rows = sorted(rows)
        known = set(zip(held.days.tolist(), held.available.tolist(), held.values.tolist(), strict=True))
        new = [row for row in rows if (row[0], row[1], row[2]) not in known]
        added = {(period, available): (key, period, available, EXACT, value) for period, available, value in rows}
        return list(added.values()), Change(len(new), sum(1 for row in new if row[0] in before))
    # What is new beside exact rows was not published on the days that they cover.
    earliest = min(seen_on, held.exact_until + 1) if held.exact_until is not None else None
    first: dict[tuple[int, int], tuple[int, int, int, int, float | None]] = {}
    revised = 0
    for period, available, value in _newest_if_known(rows, before):
        if period not in before:
            day = min(available, seen_on) if earliest is None else max(earliest, min(available, seen_on))
            if value is not None:
                first[period, day] = (key, period, day, BY_RULE, value)
        elif not _same(before[period], value):
            first[period, seen_on] = (key, period, seen_on, BY_RULE, value)
            revised += 1
    change = Change(len(first), revised)
    for period, value in _taking_place(rows, before, imported):
        if (period, seen_on) not in first:
            first[period, seen_on] = (key, period, seen_on, BY_RULE, value)
            change += Change() if _same(imported[period], value) else Change(1, 1)
    return list(first.values()), change


def _taking_place(
    rows: Sequence[Arrival], before: Mapping[int, float | None], imported: Mapping[int, float | None]
) -> Iterator[tuple[int, float | None]]:
    """What a source says of periods whose newest value was imported; that it still has none says nothing of one."""
    said = {period: value for period, _, value in sorted(rows, key=lambda row: row[:2])}
    for period in sorted(imported.keys() & said.keys()):
        if said[period] is not None or before.get(period) is not None:
            yield period, said[period]


def _newest_if_known(rows: Sequence[Arrival], before: dict[int, float | None]) -> list[Arrival]:
    """All rows of periods that are new, the last row alone of a period that is known."""
    ordered = sorted(rows, key=lambda row: row[:2])
    last = {row[0]: row for row in ordered}
    return [row for row in ordered if row[0] not in before or row is last[row[0]]]


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _SAME * max(abs(one), abs(other))
