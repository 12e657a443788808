"""What a snapshot shows: an evaluation with its thesis, history, sources and data, gathered from a scorer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from xl_thesis import falsifiers
from xl_thesis.attribution import Attribution, explain_change
from xl_thesis.days import month_end_days
from xl_thesis.definition import Indicator, Thesis
from xl_thesis.errors import InputError, MissingData
from xl_thesis.evaluation import Evaluation
from xl_thesis.ledger import Standing
from xl_thesis.pipeline import Scorer
from xl_thesis.provenance import DataBlock, SourceRecord, Working, data_blocks, source_records, workings
from xl_thesis.reconstruction import Panel
from xl_thesis.scoring import DailyScores
from xl_thesis.version import VERSION
from xl_thesis_workbook.language import Language

DataChoice = Literal["full", "derived", "none"]
DATA_CHOICES: tuple[DataChoice, ...] = get_args(DataChoice)
HISTORY_START, _LEAST_HISTORY = dt.date(2008, 1, 31), dt.timedelta(days=366)


@dataclass(frozen=True, eq=False)
class SnapshotContent:
    """Everything the workbook is made from.

    ``history`` has the scores of all pillars (``whole``) and of each role on the days of ``panel``. ``change`` is None
    where a score is withheld.
    ``choice``: ``full`` holds the series behind the score as well, ``derived`` only what the formulas compute from,
    ``none`` has values and no formulas. ``window``: how many months the score history shows, all where None.
    ``wrong``: since when indicators are proved wrong by their own rule, by id.
    ``changed_inputs``: how many of a reader's inputs the thesis has in place of the definition's, and ``defined``: the
    content by the definition itself.
    """

    thesis: Thesis
    evaluation: Evaluation
    panel: Panel
    history: Mapping[str, DailyScores]
    workings: Mapping[str, Working]
    sources: Sequence[SourceRecord]
    blocks: Sequence[DataBlock]
    change: Attribution | None
    standings: Sequence[Standing]
    wrong: Mapping[str, dt.date]
    language: Language = "en"
    choice: DataChoice = "derived"
    version: str = VERSION
    window: int | None = None
    changed_inputs: int = 0
    defined: SnapshotContent | None = None

    @property
    def facts(self) -> SnapshotContent:
        """The content that the sheets of facts state, whatever a reader typed into the inputs."""
        return self.defined or self

    @property
    def shown(self) -> range:
        """The places of the panel's days that the score history shows: the last ``window`` of them, or all."""
        count = len(self.panel.days)
        return range(max(0, count - (self.window or count)), count)


def gather(
    scorer: Scorer,
    as_of: dt.date | None = None,
    *,
    standings: Sequence[Standing] = (),
    language: Language = "en",
    choice: DataChoice = "derived",
    start: dt.date = HISTORY_START,
    window: int | None = None,
) -> SnapshotContent:
    """The content of a snapshot as known on a day; ``standings`` are the dated questions as the ledger has them."""
    result = scorer.evaluate(as_of, with_band=True)
    panel = scorer.panel(month_end_days(min(start, result.as_of - _LEAST_HISTORY), result.as_of))
    found = workings(scorer, result)
    if choice != "full":
        result, panel = _without_prices(scorer, result, panel, found)
    return SnapshotContent(
        thesis=scorer.thesis,
        evaluation=result,
        panel=panel,
        history={
            "whole": scorer.score_panel(panel), "outcome": scorer.score_panel(panel, "outcome"),
            "driver": scorer.score_panel(panel, "driver"),
        },
        workings=found,
        sources=source_records(scorer, result),
        blocks=data_blocks(scorer, result, all_of_them=True) if choice == "full" else [],
        change=_change(scorer, result.as_of),
        standings=standings,
        wrong={item.indicator: item.met_on for item in falsifiers.check(scorer, result.as_of) if item.met_on},
        language=language,
        choice=choice,
        window=window,
    )  # fmt: skip


def _without_prices(
    scorer: Scorer, result: Evaluation, panel: Panel, found: dict[str, Working]
) -> tuple[Evaluation, Panel]:
    """What a mailed file may hold: of an indicator that is a vendor's price itself, its score alone, as if given."""
    prices = [_is_price(scorer, item, result.as_of) for item in scorer.thesis.indicators]
    for item, is_price in zip(result.indicators, prices, strict=True):
        if is_price and item.score is not None:
            found[item.id] = Working("given", found[item.id].schedule)
    shown = tuple(
        item.model_copy(update={"value": None}) if is_price else item
        for item, is_price in zip(result.indicators, prices, strict=True)
    )
    values = np.where(np.array(prices)[:, None], np.nan, panel.values)
    return result.model_copy(update={"indicators": shown}), replace(panel, values=values)


def _is_price(scorer: Scorer, indicator: Indicator, as_of: dt.date) -> bool:
    """Whether any way to an indicator is the level of one series alone that may not be passed on."""
    if indicator.transform.kind != "level":
        return False
    knowledge = scorer.knowledge(as_of)
    ways = (indicator.source, *(fallback.source for fallback in indicator.fallbacks))
    leaves = ([meta.redistributable for meta in knowledge.leaves(way)] for way in ways)
    return [False] in leaves


def _change(scorer: Scorer, as_of: dt.date) -> Attribution | None:
    """Why the score moved since the end of the month before; None where either score is withheld."""
    since = as_of.replace(day=1) - dt.timedelta(days=1)
    try:
        return explain_change(scorer, since, as_of)
    except (InputError, MissingData):
        return None
