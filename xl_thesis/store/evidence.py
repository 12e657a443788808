"""How the values of a series arrived: as real vintages, or dated by a rule such as a usual delay."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xl_thesis.models import SeriesMeta
from xl_thesis.observations import TimeSeries
from xl_thesis.store.engine import Engine

_EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """``since``: the first day for which real vintages say what was known; None where none do.

    ``by_rule``: what counts beside them although its day is a usual delay, or the day it was seen; one number for each
    period and day of availability.
    """

    since: dt.date | None
    by_rule: NDArray[np.int64]

    def vouches(self, known: TimeSeries) -> bool:
        """Whether each of these values came as a real vintage."""
        if len(self.by_rule) == 0:
            return True
        return not np.isin(_places(known.days.view(np.int64), known.available.view(np.int64)), self.by_rule).any()


def read_evidence(engine: Engine, meta: SeriesMeta) -> Evidence:
    """How what is held of a series arrived.

    The embedded vintages of a series are real from the day that the catalogue gives. Those of a refresh are from the
    first that the archive has; of days before that it tells the values of the first.
    """
    none = Evidence(None, np.empty(0, dtype=np.int64))
    embedded = meta.point_in_time == "vintages"
    found = engine.all("SELECT key, exact_until FROM series WHERE id = ?", (meta.id,))
    if not found or (found[0][1] is None and not embedded):
        return none
    key, until = found[0]
    since = meta.vintages_from or dt.date.min if embedded else None
    statement = "SELECT observed_on, available_at FROM observation WHERE series = ? AND exact = 0"
    values = [key]
    if embedded:
        statement += " AND vintage IS NULL"
    if until is not None:
        first, vintage = engine.all(
            "SELECT min(available_at), min(vintage) FROM observation WHERE series = ? AND exact = 1", (key,)
        )[0]
        since = since if vintage is None else dt.date.fromordinal(_EPOCH + vintage)
        if first is not None:
            statement += " AND NOT available_at BETWEEN ? AND ?"
            values += [first, until]
    by_rule = np.array(engine.all(statement, values), dtype=np.int64).reshape(-1, 2)
    return Evidence(since, _places(by_rule[:, 0], by_rule[:, 1]))


def _places(days: NDArray[np.int64], available: NDArray[np.int64]) -> NDArray[np.int64]:
    return (days << 32) + available
