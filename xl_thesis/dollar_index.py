"""The dollar index as known on a day by every source of it: a market's own, or rebuilt by the published formula."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.evaluation import Result
from xl_thesis.knowledge import Knowledge
from xl_thesis.models import SeriesMeta, as_document
from xl_thesis.observations import TimeSeries, to_date
from xl_thesis.pipeline import Scorer
from xl_thesis.scoring import freshness

DOLLAR_INDEX = ("YAHOO:DX-Y.NYB", "YAHOO:DX=F", "DERIVED:DXY_H10", "DERIVED:DXY_ECB")
"""The catalogue's dollar index, best first, for any thesis: closes, the future, the formula on two sets of rates."""

NOTABLE_GAP_PCT = 0.5
_OLDEST_COMPARISON_DAYS = 31
_AS_NEW = dt.timedelta(days=4)


class IndexLevel(Result):
    """The last value of one source of the index; ``rebuilt`` by the published formula, or a market's own."""

    series: str
    title: str
    rebuilt: bool
    observed_on: dt.date
    value: float


class IndexGap(Result):
    """How far a rebuilt index lies above another source (percent of it) on the last day that has both."""

    series: str
    other: str
    observed_on: dt.date
    difference_pct: float


class DollarIndex(Result):
    """The index as known on a day by every source, how they differ, and a sentence for each difference of note."""

    as_of: dt.date
    levels: tuple[IndexLevel, ...]
    gaps: tuple[IndexGap, ...]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return as_document(self)


def dollar_index(scorer: Scorer, as_of: dt.date | None = None, chain: Sequence[str] = DOLLAR_INDEX) -> DollarIndex:
    """Rebuilt indices beside the first market close of ``chain`` and beside each other, as known on a day.

    Compared on the last day that two share, if it is at most 31 days ago. A rebuilt index is taken at another time of
    day than a close, so single days differ: against Yahoo's closes of 2014 to 2026 the one from H.10 (noon in New
    York) by 0.16 percent and the one from the ECB (afternoon in Frankfurt) by 0.31 (standard deviations); more than
    0.5 percent on 2 and 9 days in 100. A warning on many days means that a source is broken.
    Raises ``MissingData`` where no source is known.
    """
    knowledge = knowledge_on(scorer, as_of)
    passed_over: list[str] = []
    found = list(known_sources(scorer, knowledge, chain, passed_over))
    if not found:
        raise MissingData("; ".join(passed_over))
    market = [item for item in found if item[0].derived is None][:1]
    rebuilt = [item for item in found if item[0].derived is not None]
    pairs = [(mine, close) for close in market for mine in rebuilt] + list(combinations(rebuilt, 2))
    gaps = [gap for pair in pairs if (gap := _gap(*pair, knowledge.on)) is not None]
    return DollarIndex(
        as_of=knowledge.on,
        levels=tuple(_level(*item) for item in found),
        gaps=tuple(gaps),
        warnings=tuple(_warning(gap) for gap in gaps if abs(gap.difference_pct) > NOTABLE_GAP_PCT),
    )


def best_source(scorer: Scorer, as_of: dt.date | None = None, chain: Sequence[str] = DOLLAR_INDEX) -> str:
    """The series that has the level of the index on a day: the first of ``chain`` that is as new as the newest.

    Four days are as new: a weekend and a holiday. Unlike a trend a level moves with every day. What is past the
    thesis's hard limit does not count. Raises ``MissingData`` with every reason where nothing does.
    """
    knowledge = knowledge_on(scorer, as_of)
    reasons: list[str] = []
    last: dict[str, dt.date] = {}
    for meta, series in known_sources(scorer, knowledge, chain, reasons):
        day = to_date(series.days[-1])
        patience = scorer.thesis.method.staleness[series.schedule.frequency]
        if freshness(series.schedule.days_overdue(day, knowledge.on), patience) > 0:
            last[meta.id] = day
        reasons.append(f"{meta.id}: its last value is of {day}, too old to count")
    if not last:
        raise MissingData("; ".join(reasons))
    newest = max(last.values())
    return next(series_id for series_id, day in last.items() if newest - day <= _AS_NEW)


def knowledge_on(scorer: Scorer, as_of: dt.date | None) -> Knowledge:
    """What the store knows on a day, or on the scorer's default one. Raises ``InputError`` for a day in the future."""
    as_of = scorer.default_as_of() if as_of is None else as_of
    scorer.check(as_of)
    scorer.store.forget_if_changed()
    return scorer.knowledge(as_of)


def known_sources(
    scorer: Scorer, knowledge: Knowledge, chain: Sequence[str], passed_over: list[str]
) -> Iterator[tuple[SeriesMeta, TimeSeries]]:
    """The series of the chain of which something is known; the others are noted with their reason."""
    for series_id in chain:
        meta = scorer.meta_of(series_id)
        try:
            yield meta, knowledge.series(series_id)
        except (MissingData, CalculationError) as error:
            passed_over.append(f"{series_id}: {str(error).removesuffix(f' for {series_id}')}")


def _level(meta: SeriesMeta, series: TimeSeries) -> IndexLevel:
    return IndexLevel(
        series=meta.id,
        title=meta.title,
        rebuilt=meta.derived is not None,
        observed_on=to_date(series.days[-1]),
        value=float(series.values[-1]),
    )


def _gap(first: tuple[SeriesMeta, TimeSeries], second: tuple[SeriesMeta, TimeSeries], on: dt.date) -> IndexGap | None:
    (meta, mine), (other_meta, other) = first, second
    days, rows, other_rows = np.intersect1d(mine.days, other.days, assume_unique=True, return_indices=True)
    if len(days) == 0 or (on - to_date(days[-1])).days > _OLDEST_COMPARISON_DAYS:
        return None
    ratio = float(mine.values[rows[-1]] / other.values[other_rows[-1]])
    return IndexGap(
        series=meta.id, other=other_meta.id, observed_on=to_date(days[-1]), difference_pct=100 * (ratio - 1)
    )


def _warning(gap: IndexGap) -> str:
    return (
        f"On {gap.observed_on} {gap.series} differs from {gap.other} by {gap.difference_pct:+.2f} percent; more than"
        f" {NOTABLE_GAP_PCT} for days in a row means that one of them is wrong."
    )
