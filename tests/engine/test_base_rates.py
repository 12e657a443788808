"""How often a question of this kind came true before it was asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from xl_thesis.errors import CalculationError
from xl_thesis.knowledge import Knowledge
from xl_thesis.models import Derived
from xl_thesis.observations import to_day
from xl_thesis.pipeline import Scorer
from xl_thesis.resolution import computed_base_rate, event_rate

from .questions import TODAY


@pytest.mark.parametrize(
    ("question", "months", "limit_pct", "compare", "windows"),
    [("Q1", 12, 0.0, "below", 300), ("Q2", 12, -5.0, "at_most", 300), ("Q3", 24, -10.0, "at_most", 288),
     ("Q4", 24, 0.0, "below", 288)],
)  # fmt: skip
def test_declared_base_rates_of_the_dollar_index_are_recomputed(
    default: Scorer, question: str, months: int, limit_pct: float, compare: Any, windows: int
) -> None:
    monthly = default.knowledge(TODAY).series(Derived(op="monthly_mean", of=("DERIVED:DXY_H10",)))
    until_2024 = monthly.at(np.flatnonzero(monthly.days <= to_day(dt.date(2024, 12, 31))))
    rate = event_rate(until_2024, months, limit_pct, compare)
    declared = next(item.base_rate for item in default.thesis.questions if item.id == question)
    assert declared is not None
    assert rate.windows == windows
    assert round(rate.probability, 2) == declared.probability
    separate = event_rate(until_2024, months, limit_pct, compare, overlapping=False)
    assert separate.windows == rate.independent == 311 // months


def test_a_base_rate_starts_from_where_the_series_stood_when_the_question_opened(default: Scorer) -> None:
    rates = {item.id: computed_base_rate(item, default.knowledge, TODAY) for item in default.thesis.questions}
    assert {name for name, rate in rates.items() if rate} == {"Q1", "Q2", "Q3", "Q4"}
    first, fourth = rates["Q1"], rates["Q4"]
    assert first is not None and fourth is not None
    assert first.how.startswith("DERIVED:DXY_H10 106.72 on 2025-02-14: below -0.1%; 301 overlapping windows of 12")
    assert "DERIVED:DXY_ECB 101.85 on 2026-10-30: below +4.7%" in fourth.how
    assert fourth.probability > 0.8  # declared without the level: 0.51


def test_a_base_rate_never_uses_what_was_published_after_the_question_opened(default: Scorer) -> None:
    first = default.thesis.questions[0]
    asked_for: list[dt.date] = []

    def know(on: dt.date) -> Knowledge:
        asked_for.append(on)
        return default.knowledge(on)

    assert computed_base_rate(first, know, TODAY) is not None
    assert asked_for == [first.opens]


def test_windows_that_a_gap_breaks_are_left_out(default: Scorer) -> None:
    from .series import monthly

    rate = event_rate(monthly("2024-01", [1.0, 2.0, None, 1.0, 2.0]), 1, 0.0, "above")
    assert (rate.probability, rate.windows) == (1.0, 2)
    with pytest.raises(CalculationError, match="no window"):
        event_rate(monthly("2024-01", [1.0, None, 2.0]), 1, 0.0, "above")
    with pytest.raises(CalculationError, match="no window"):
        event_rate(monthly("2024-01", []), 1, 0.0, "above")
