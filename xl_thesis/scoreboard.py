"""Counts of claims and questions, and how good each person's forecasts were."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from xl_thesis.brier import (
    MIN_FOR_RELIABILITY,
    Reliability,
    brier_score,
    log_score,
    reliability,
    skill,
    time_weighted_brier,
)
from xl_thesis.definition import Thesis
from xl_thesis.ledger import Standing
from xl_thesis.wording import count


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """One person's scores over prospective questions answered yes or no; lower is better, but for ``skill``.

    ``brier`` and ``log`` take the last forecast before the question closed, ``time_weighted_brier`` every day one
    stood. ``skill`` is 1 - Brier score / that of the declared base rates, over the ``with_base_rate`` questions that
    declare one. ``log`` is infinite once a probability of 0 or 1 was wrong. ``reliability`` begins at 30 questions.
    """

    by: str
    questions: int
    brier: float
    log: float
    time_weighted_brier: float
    with_base_rate: int
    base_rate_brier: float | None
    skill: float | None
    reliability: Reliability | None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; an infinite log score is null, and ``log_is_infinite`` says so."""
        infinite = math.isinf(self.log)
        return {**asdict(self), "log": None if infinite else self.log, "log_is_infinite": infinite}

    def sentence(self) -> str:
        """The scores in words."""
        log = "infinite (a certainty was wrong)" if math.isinf(self.log) else f"{self.log:.3f}"
        parts = [f"Brier {self.brier:.3f}", f"weighted by time {self.time_weighted_brier:.3f}", f"log score {log}"]
        if self.skill is not None:
            parts.append(f"skill over base rates {self.skill:+.2f} ({count(self.with_base_rate, 'question')})")
        if self.reliability is None:
            parts.append(f"reliability from {MIN_FOR_RELIABILITY} questions on")
        else:
            known = self.reliability
            parts.append(f"reliability {known.reliability:.3f}, resolution {known.resolution:.3f}")
        return f"{self.by}, {self.questions} resolved: {', '.join(parts)}."


def scoreboards(standings: Sequence[Standing]) -> list[Scoreboard]:
    """The scores of everyone with a forecast that stood before a prospective question was answered yes or no."""
    scored = [standing for standing in standings if standing.is_scored]
    people = dict.fromkeys(made.by for standing in scored for _, made in standing.forecasts)
    return [board for by in people if (board := _scoreboard(by, scored)) is not None]


def claim_counts(thesis: Thesis) -> list[dict[str, Any]]:
    """How many claims of each group have which verdict at publication."""
    counts = Counter((claim.group, claim.verdict.status) for claim in thesis.claims)
    return [{"group": group, "verdict": verdict, "claims": count} for (group, verdict), count in counts.items()]


def question_counts(standings: Sequence[Standing]) -> list[dict[str, Any]]:
    """How many questions of each pillar and origin stand how, hindsight apart; one of two pillars counts in both."""
    counts = Counter(
        (pillar, item.question.origin, item.question.hindsight, item.status)
        for item in standings for pillar in item.pillars
    )  # fmt: skip
    keys = ("pillar", "origin", "hindsight", "status")
    return [{**dict(zip(keys, place, strict=True)), "questions": count} for place, count in counts.items()]


def facts(thesis: Thesis) -> list[dict[str, Any]]:
    """The facts the text rests on, each checked once at publication, with the evidence. They are never scored."""
    return [
        {"id": claim.id, "group": claim.group, "text": claim.text.en, "verdict": claim.verdict.status,
         "evidence": claim.verdict.note, "later": claim.verdict.later}
        for claim in thesis.claims if claim.kind == "fact"
    ]  # fmt: skip


def _scoreboard(by: str, scored: Sequence[Standing]) -> Scoreboard | None:
    """One person's scores; None without a forecast that counts."""
    last, outcomes, weighted = [], [], []
    based: list[tuple[float, float, int]] = []
    for standing in scored:
        made = [(day, item.p) for day, item in standing.forecasts if item.by == by and day < standing.closes]
        if not made:
            continue
        p, outcome = made[-1][1], int(standing.status == "yes")
        last.append(p)
        outcomes.append(outcome)
        weighted.append(time_weighted_brier(made, standing.closes, outcome))
        if standing.question.base_rate is not None:
            based.append((p, standing.question.base_rate.probability, outcome))
    if not last:
        return None
    own, reference = _over_base_rates(based)
    return Scoreboard(
        by=by,
        questions=len(last),
        brier=brier_score(last, outcomes),
        log=log_score(last, outcomes),
        time_weighted_brier=math.fsum(weighted) / len(weighted),
        with_base_rate=len(based),
        base_rate_brier=reference,
        skill=skill(own, reference) if own is not None and reference else None,
        reliability=reliability(last, outcomes) if len(last) >= MIN_FOR_RELIABILITY else None,
    )


def _over_base_rates(based: Sequence[tuple[float, float, int]]) -> tuple[float | None, float | None]:
    """Brier scores of the forecasts and of the base rates, over the questions that declare one."""
    if not based:
        return None, None
    outcomes = [outcome for _, _, outcome in based]
    return brier_score([p for p, _, _ in based], outcomes), brier_score([base for _, base, _ in based], outcomes)
