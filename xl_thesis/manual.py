"""Values that no source offers, typed in by an analyst: all rows into the store, or none."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from xl_thesis.errors import DefinitionError, Fault
from xl_thesis.pipeline import Scorer, today

SOURCE = "manual entry"

_Row = tuple[str, str, float | None, str]


def enter(scorer: Scorer, lines: Sequence[Sequence[str]]) -> int:
    """Put rows of series, observed on, value, available at and note into the store; return how many.

    Dates are ISO text; an empty ``available at`` is today, since a value is known from when it was entered. Empty rows
    are left out. Raises ``DefinitionError`` with every fault and its row; nothing is stored then.
    """
    rows: list[_Row] = []
    faults: list[Fault] = []
    for number, cells in enumerate(lines, start=1):
        filled = [cell.strip() for cell in (*cells, "", "", "", "", "")[:5]]
        if any(filled[:4]):
            try:
                rows.append(_read(scorer, *filled[:4]))
            except ValueError as error:
                faults.append(Fault("Manual entries", f"row {number}", str(error)))
    if faults:
        raise DefinitionError(faults)
    if not rows:
        return 0
    return scorer.store.write(rows, source=SOURCE)


def _read(scorer: Scorer, series_id: str, observed_on: str, value: str, available_at: str) -> _Row:
    if series_id not in scorer.catalogue:
        raise ValueError(f"there is no series '{series_id}'")
    day = _day("observed on", observed_on)
    known = _day("available at", available_at) if available_at else today()
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"value: '{value}' is not a number")
    if known < day:
        raise ValueError(f"available at {known} is before the day it is for, {day}")
    if known > today():
        raise ValueError(f"available at {known} is in the future")
    return series_id, day.isoformat(), number, known.isoformat()


def _day(name: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name}: '{text}' is not a date; write it like 2025-02-24") from None
