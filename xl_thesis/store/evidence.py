"""How the values of a series arrived: as real vintages, dated by a rule such as a usual delay, or from a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xl_thesis.models import SeriesMeta
from xl_thesis.observations import TimeSeries
from xl_thesis.store.engine import EXACT, Engine
from xl_thesis.store.imports import Import, of_series, places
from xl_thesis.store.rows import date_of


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """``since``: the first day for which real vintages say what was known; None where none do.

    ``by_rule``: what counts beside them although its day is a usual delay, or the day it was seen; one number for each
    period and day of availability. ``imported``: of such numbers, those that a person brought, with the file.
    """

    since: dt.date | None
    by_rule: NDArray[np.int64]
    imported: Mapping[int, str] = field(default_factory=dict)

    def vouches(self, known: TimeSeries) -> bool:
        """Whether each of these values came as a real vintage."""
        if len(self.by_rule) == 0:
            return True
        return not np.isin(_places_of(known), self.by_rule).any()

    def is_imported(self, known: TimeSeries) -> NDArray[np.bool_]:
        """Of each of these values whether a person imported it."""
        return np.isin(_places_of(known), np.fromiter(self.imported, dtype=np.int64))

    def files(self, known: TimeSeries) -> tuple[str, ...]:
        """The files from which any of these values were imported, that of the newest value first."""
        found = _places_of(known)[self.is_imported(known)]
        return tuple(dict.fromkeys(self.imported[place] for place in found[::-1].tolist()))


def read_evidence(engine: Engine, meta: SeriesMeta, items: Iterable[Import]) -> Evidence:
    """How what is held of a series arrived; ``items`` are the imports into the store.

    The embedded vintages of a series are real from the day that the catalogue gives. Those of a refresh are from the
    first that the archive has; of days before that it tells the values of the first.
    """
    files = {number: item.file for number, item in of_series(items, meta.id).items()}
    embedded = meta.point_in_time == "vintages"
    found = engine.all("SELECT key, exact_until FROM series WHERE id = ?", (meta.id,))
    if not found or (found[0][1] is None and not embedded and not files):
        return Evidence(None, np.empty(0, dtype=np.int64))
    key, until = found[0]
    since = meta.vintages_from or dt.date.min if embedded else None
    statement = "SELECT observed_on, available_at FROM observation WHERE series = ? AND exact >= 0 AND exact <> ?"
    values, covered = [key, EXACT], range(0)
    if embedded:
        statement += " AND vintage IS NULL"
    if until is not None:
        first, vintage = engine.all(
            "SELECT min(available_at), min(vintage) FROM observation WHERE series = ? AND exact = ?", (key, EXACT)
        )[0]
        since = since if vintage is None else date_of(vintage)
        if first is not None:
            statement += " AND NOT available_at BETWEEN ? AND ?"
            values, covered = [*values, first, until], range(first, until + 1)
    by_rule = np.array(engine.all(statement, values), dtype=np.int64).reshape(-1, 2)
    imported = {
        (period << 32) + available: files[number]
        for (period, available), number in (places(engine, key) if files else {}).items()
        if available not in covered
    }
    return Evidence(since, _places(by_rule[:, 0], by_rule[:, 1]), imported)


def _places(days: NDArray[np.int64], available: NDArray[np.int64]) -> NDArray[np.int64]:
    return (days << 32) + available


def _places_of(known: TimeSeries) -> NDArray[np.int64]:
    return _places(known.days.view(np.int64), known.available.view(np.int64))
