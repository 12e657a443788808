"""What a snapshot shows: an evaluation with its thesis, history, sources and data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_thesis.definition import Thesis
from xl_thesis.evaluation import Evaluation
from xl_thesis.provenance import DataBlock, SourceRecord
from xl_thesis.scoring import round_to_sum

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
        """Points of each published pillar to one decimal, adding up to the displayed score less 50."""
        score = self.evaluation.score
        if score is None:
            return {}
        published = [pillar for pillar in self.evaluation.pillars if pillar.contribution is not None]
        points = round_to_sum([pillar.contribution or 0.0 for pillar in published], round(score, 1) - 50.0)
        return dict(zip((pillar.id for pillar in published), points, strict=True))

    def indicator_points(self) -> dict[str, float]:
        """Points of each indicator to one decimal, adding up like those of the pillars."""
        score = self.evaluation.score
        if score is None:
            return {}
        live = [item for item in self.evaluation.indicators if item.contribution is not None]
        points = round_to_sum([item.contribution or 0.0 for item in live], round(score, 1) - 50.0)
        return dict(zip((item.id for item in live), points, strict=True))
