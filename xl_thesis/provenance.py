"""Where the numbers of an evaluation come from: a record for each stored series, how each score was computed, and the
data that may be passed on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from xl_thesis.definition import Indicator
from xl_thesis.evaluation import Evaluation, Grade
from xl_thesis.indicators import grade_of, transform
from xl_thesis.models import Operand, SeriesMeta
from xl_thesis.observations import Schedule, TimeSeries, to_date
from xl_thesis.pipeline import Scorer

FRED_NOTICE = (
    "This product uses the FRED® API but is not endorsed or certified by the Federal Reserve Bank of St. Louis."
)


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One stored series as known on the day, the indicators that used it, and the files from which values of it were
    imported."""

    meta: SeriesMeta
    indicators: tuple[str, ...]
    first: dt.date
    last: dt.date
    available_at: dt.date
    age_days: int
    observations: int
    grade: Grade
    proxy_for: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataBlock:
    """The input of one or more indicators, in full."""

    source: str
    indicators: tuple[str, ...]
    titles: tuple[str, ...]
    series: TimeSeries


@dataclass(frozen=True, slots=True, eq=False)
class Working:
    """How an indicator came by its score: the method, when a value is due, and the history a percentile was taken in.

    ``given``: the score came with the package and cannot be computed again. ``none``: there is no score.
    """

    method: Literal["midrank", "normal_cdf", "goalposts", "given", "none"]
    schedule: Schedule | None = None
    history: TimeSeries | None = None


def workings(scorer: Scorer, evaluation: Evaluation) -> dict[str, Working]:
    """How each indicator came by its score, by id."""
    knowledge = scorer.knowledge(evaluation.as_of)
    found = {}
    for indicator, result in zip(scorer.thesis.indicators, evaluation.indicators, strict=True):
        operand = _operand_of(indicator, result.source)
        if result.score is None:
            found[indicator.id] = Working("none")
        elif operand is None:
            given = knowledge.stored(scorer.meta_of(result.series[0]))
            found[indicator.id] = Working("given", given.schedule)
        else:
            series = knowledge.series(operand)
            moved = transform(indicator.transform, series, knowledge, scorer.thesis.base_date)
            kind = indicator.normalise.kind
            found[indicator.id] = Working(kind, moved.schedule, moved if kind == "midrank" else None)
    return found


def source_records(scorer: Scorer, evaluation: Evaluation) -> list[SourceRecord]:
    """A record for each stored series behind the score, by id."""
    knowledge = scorer.knowledge(evaluation.as_of)
    users: dict[str, list[str]] = {}
    proxies: dict[str, list[str]] = {}
    for result in evaluation.indicators:
        for series_id in dict.fromkeys(result.series):
            users.setdefault(series_id, []).append(result.id)
            if result.is_proxy:
                proxies.setdefault(series_id, []).append(result.id)
    records = []
    for series_id in sorted(users):
        meta = scorer.meta_of(series_id)
        series = knowledge.stored(meta)
        last = to_date(series.days[-1])
        records.append(
            SourceRecord(
                meta=meta,
                indicators=tuple(users[series_id]),
                first=to_date(series.days[0]),
                last=last,
                available_at=to_date(series.available[-1]),
                age_days=(evaluation.as_of - last).days,
                observations=len(series),
                grade=grade_of(meta, knowledge),
                proxy_for=tuple(proxies.get(series_id, ())),
                imported=knowledge.imported(meta),
            )
        )
    return records


def data_blocks(scorer: Scorer, evaluation: Evaluation, *, all_of_them: bool = False) -> list[DataBlock]:
    """The input series of every indicator whose data may be redistributed, each distinct source once.

    ``all_of_them``: also those that may not, for a reader who holds a licence of his own.
    """
    knowledge = scorer.knowledge(evaluation.as_of)
    found: dict[str, tuple[Operand, list[str]]] = {}
    for indicator, result in zip(scorer.thesis.indicators, evaluation.indicators, strict=True):
        operand = _operand_of(indicator, result.source)
        if operand is None:
            continue
        if all_of_them or all(meta.redistributable for meta in knowledge.leaves(operand)):
            found.setdefault(str(operand), (operand, []))[1].append(indicator.id)
    return [
        DataBlock(
            source=source,
            indicators=tuple(names),
            titles=tuple(meta.title for meta in knowledge.leaves(operand)),
            series=knowledge.series(operand),
        )
        for source, (operand, names) in found.items()
    ]


def _operand_of(indicator: Indicator, source: str | None) -> Operand | None:
    candidates = (indicator.source, *(fallback.source for fallback in indicator.fallbacks))
    return next((operand for operand in candidates if str(operand) == source), None)
