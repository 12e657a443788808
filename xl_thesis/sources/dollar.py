"""Four ways to one number: the dollar index of its owner, its future, and the formula on two sets of rates.

A thesis goes down the chain where one is missing; this says when two of them do not tell the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import combinations
from statistics import median

CHAIN = ("YAHOO:DX-Y.NYB", "YAHOO:DX=F", "DERIVED:DXY_H10", "DERIVED:DXY_ECB")
"""In the order in which a thesis should ask."""
TOLERANCE = 0.005
_DAYS = 5


def disagreements(levels: Mapping[str, Mapping[dt.date, float]]) -> tuple[str, ...]:
    """A sentence for each two ways whose levels, by the median of their last five common days, differ by over 0.5 %.

    ``levels``: id of a series in ``CHAIN``, and its value by day. The median, because the ways fix at different times
    of a day: on one day in a hundred that alone makes 0.7 %.

    >>> day = dt.date(2026, 7, 20)
    >>> print(*disagreements({"YAHOO:DX=F": {day: 98.9}, "DERIVED:DXY_H10": {day: 97.9}}))
    the dollar index by YAHOO:DX=F and by DERIVED:DXY_H10 differ by 1.0 % (98.90 and 97.90 on 2026-07-20)
    """
    found = []
    for one, other in combinations([name for name in CHAIN if name in levels], 2):
        common = sorted(levels[one].keys() & levels[other].keys())[-_DAYS:]
        gaps = [abs(levels[one][day] / levels[other][day] - 1) for day in common]
        if gaps and median(gaps) > TOLERANCE:
            last = common[-1]
            found.append(
                f"the dollar index by {one} and by {other} differ by {median(gaps):.1%}".replace("%", " %")
                + f" ({levels[one][last]:.2f} and {levels[other][last]:.2f} on {last})"
            )
    return tuple(found)
