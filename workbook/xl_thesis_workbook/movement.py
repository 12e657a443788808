"""What a comparison of two workbooks says of the score: how far it moved, and what moved it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xl_thesis.scoring import round_to_sum
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.layout import MODEL, MODEL_PILLARS, RESULT, Block
from xl_thesis_workbook.report import CellChange, Report

_LEAST, _MOST = 0.05, 12
_HEADER = "Contribution"


@dataclass(frozen=True)
class Movement:
    """The score of both files, None where withheld, and by how many points each pillar and indicator moved it.

    ``score`` is None where the files have the same one. The points of all pillars, and of all indicators, add up to
    the change of the score unless it is withheld in one of them.
    """

    score: tuple[float | None, float | None] | None
    label: tuple[str, str] | None
    pillars: Mapping[str, float]
    indicators: Mapping[str, float]

    @classmethod
    def of(cls, report: Report) -> Movement:
        """The movement that a comparison found."""
        changes = [*report.calculated, *report.changed]
        score, label = (_result(changes, name) for name in ("score", "label"))
        return cls(
            None if score is None else (_number(score.before), _number(score.after)),
            None if label is None else (str(label.before or "withheld"), str(label.after or "withheld")),
            _points(changes, MODEL_PILLARS),
            _points(changes, MODEL),
        )

    def to_json(self) -> dict[str, Any]:
        """The movement as JSON values."""
        return {
            "score": self.score and list(self.score), "label": self.label and list(self.label),
            "points_of_pillars": dict(self.pillars), "points_of_indicators": dict(self.indicators),
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The movement as text, the largest parts first."""
        moved = None
        if self.score is None:
            yield "The score is the same."
        else:
            before, after = self.score
            if before is not None and after is not None:
                moved = round(round(after, 1) - round(before, 1), 1)
            yield f"Score: {_said(before)} -> {_said(after)}{'' if moved is None else f' ({moved:+.1f} points)'}"
        if self.label:
            yield f"Label: {self.label[0]} -> {self.label[1]}"
        yield from _largest("Pillars", self.pillars, moved)
        yield from _largest("Indicators", self.indicators, moved)


def _result(changes: list[CellChange], name: str) -> CellChange | None:
    return next((item for item in changes if item.table == RESULT.table and item.key == name), None)


def _points(changes: list[CellChange], block: Block) -> dict[str, float]:
    """By how much the contribution of each row of a table moved; one that does not count contributes nothing."""
    column = next(column for column in block.columns if column.header == _HEADER)
    names = {column.name("en"), column.name("zh-Hant")}
    moved = {
        str(item.key): (_number(item.after) or 0.0) - (_number(item.before) or 0.0)
        for item in changes if item.table == block.table and item.column in names
    }  # fmt: skip
    return dict(sorted(moved.items(), key=lambda pair: -abs(pair[1])))


def _largest(title: str, points: Mapping[str, float], moved: float | None) -> Iterator[str]:
    """The largest parts to one decimal; what is shown adds up to what the shown score moved by."""
    total = sum(points.values()) if moved is None else moved
    rounded = dict(zip(points, round_to_sum(list(points.values()), total), strict=True))
    shown = [(name, part) for name, part in rounded.items() if abs(part) >= _LEAST][:_MOST]
    if not shown:
        return
    rest = total - sum(part for _, part in shown)
    others = f"; all others {rest:+.1f}" if abs(rest) >= _LEAST else ""
    yield f"{title} that moved it, in points: {', '.join(f'{name} {part:+.1f}' for name, part in shown)}{others}"


def _number(value: Value | object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _said(score: float | None) -> str:
    return "withheld" if score is None else f"{score:.1f}"
