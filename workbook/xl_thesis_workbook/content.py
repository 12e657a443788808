"""What a snapshot shows: an evaluation with its thesis, history, sources and data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_thesis.definition import Thesis
from xl_thesis.evaluation import Evaluation
from xl_thesis.provenance import DataBlock, SourceRecord
from xl_thesis.scoring import displayed_points

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class SnapshotContent:
    """Everything the workbook is made from; ``history`` as ``Scorer.history`` gives it."""

    thesis: Thesis
    evaluation: Evaluation
    history: pd.DataFrame
    sources: list[SourceRecord]
    blocks: list[DataBlock]
    version: str

    def pillar_points(self) -> dict[str, float]:
        """Points of each published pillar, adding up to the displayed score less 50."""
        return displayed_points(self.evaluation.score, self.evaluation.pillars)

    def indicator_points(self) -> dict[str, float]:
        """Points of each indicator, adding up like those of the pillars."""
        return displayed_points(self.evaluation.score, self.evaluation.indicators)
