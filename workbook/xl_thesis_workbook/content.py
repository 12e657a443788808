"""What a snapshot shows: an evaluation with its thesis, history, sources and data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_thesis.definition import Thesis
from xl_thesis.evaluation import Evaluation, IndicatorResult
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

    def movers(self, most: int) -> list[IndicatorResult]:
        """Up to ``most`` indicators with the largest points for the thesis, then as many against, largest first."""
        live = [item for item in self.evaluation.indicators if item.contribution]
        ranked = sorted(live, key=lambda item: -abs(item.contribution or 0.0))
        above = [item for item in ranked if (item.contribution or 0.0) > 0]
        below = [item for item in ranked if (item.contribution or 0.0) < 0]
        return above[:most] + below[:most]

    def closed_pillars(self) -> set[str]:
        """Ids of the pillars that are not published."""
        return {pillar.id for pillar in self.evaluation.pillars if pillar.score is None}

    def gaps(self) -> list[tuple[IndicatorResult, float]]:
        """The indicators that do not count although they have a weight, each with its share of all weight (0 to 1).

        Largest first. The shares, and what stale indicators have lost, add up to one less coverage.
        """
        closed = self.closed_pillars()
        shares = self._shares()
        missing = [
            (item, shares[item.id])
            for item in self.evaluation.indicators
            if shares[item.id] > 0 and (item.status in ("missing", "expired") or item.pillar in closed)
        ]
        return sorted(missing, key=lambda pair: -pair[1])

    def _shares(self) -> dict[str, float]:
        """Share of all weight by indicator."""
        shares: dict[str, float] = {}
        for pillar in self.evaluation.pillars:
            items = [item for item in self.evaluation.indicators if item.pillar == pillar.id]
            total = math.fsum(item.weight for item in items)
            shares |= {item.id: pillar.weight * item.weight / total if total > 0 else 0.0 for item in items}
        return shares
