"""Scores of probabilities, against published examples, scikit-learn and their own properties."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference import brier as reference
from xl_thesis.brier import brier_score, log_score, reliability, skill, time_weighted_brier
from xl_thesis.errors import CalculationError


@pytest.mark.parametrize(("p", "outcome", "score"), reference.RAIN)
def test_the_rain_forecasts_of_wikipedia(p: float, outcome: int, score: float) -> None:
    assert brier_score([p], [outcome]) == pytest.approx(score, abs=1e-12)


def test_the_examples_of_scikit_learn() -> None:
    for probabilities, score in (reference.SKLEARN_DOCSTRING, reference.SKLEARN_GUIDE):
        assert brier_score(probabilities, reference.OUTCOMES) == pytest.approx(score, abs=1e-12)
    probabilities, outcomes, loss = reference.SPAM
    assert log_score(probabilities, outcomes) == pytest.approx(loss, abs=1e-5)


def test_forty_forecasts_as_scikit_learn_scores_them() -> None:
    probabilities, outcomes = reference.FORTY["probabilities"], reference.FORTY["outcomes"]
    assert brier_score(probabilities, outcomes) == pytest.approx(reference.FORTY["brier"], abs=1e-15)
    assert log_score(probabilities, outcomes) == pytest.approx(reference.FORTY["log_loss"], abs=1e-14)
    table = reliability(probabilities, outcomes)
    assert [part.forecast for part in table.bins] == pytest.approx(reference.FORTY["mean_forecast"], abs=1e-9)
    assert [part.observed for part in table.bins] == pytest.approx(reference.FORTY["share_that_happened"], abs=1e-9)


@pytest.mark.parametrize(("standing", "score"), reference.STANDING)
def test_a_forecast_counts_for_the_days_it_stood(standing: list[tuple[float, int]], score: float) -> None:
    start, made = dt.date(2026, 1, 1), []
    for p, days in standing:
        made.append((start, p))
        start += dt.timedelta(days=days)
    assert time_weighted_brier(made, closes=start, outcome=1) == pytest.approx(score, abs=1e-15)


def test_the_last_of_a_day_counts_and_none_after_the_close() -> None:
    first, close = dt.date(2026, 1, 1), dt.date(2026, 1, 3)
    made = [(first, 0.1), (first, 0.5), (close, 0.9)]
    assert time_weighted_brier(made, close, 1) == 0.25
    with pytest.raises(CalculationError, match="no forecast stood"):
        time_weighted_brier([(close, 0.9)], close, 1)


def test_a_certainty_that_was_wrong_has_an_infinite_log_score_and_a_right_one_none() -> None:
    assert log_score([1.0, 0.5], [0, 1]) == log_score([0.0], [1]) == math.inf
    assert log_score([1.0, 0.0], [1, 0]) == 0.0


def test_nothing_to_score_and_no_skill_over_perfect_base_rates() -> None:
    with pytest.raises(CalculationError, match="no resolved forecast"):
        brier_score([], [])
    with pytest.raises(CalculationError, match="perfect"):
        skill(0.1, 0.0)


def test_reliability_waits_for_thirty_questions() -> None:
    with pytest.raises(CalculationError, match="29 resolved questions are too few"):
        reliability([0.5] * 29, [1] * 29)
    assert reliability([0.5] * 30, [1, 0] * 15).reliability == 0.0


tenths = st.lists(st.tuples(st.integers(1, 10), st.booleans()), min_size=30, max_size=80)


@given(tenths)
def test_murphys_parts_add_up_where_a_bin_holds_one_probability(pairs: list[tuple[int, bool]]) -> None:
    probabilities, outcomes = [tenth / 10 for tenth, _ in pairs], [int(happened) for _, happened in pairs]
    parts = reliability(probabilities, outcomes)
    total = parts.reliability - parts.resolution + parts.uncertainty
    assert total == pytest.approx(brier_score(probabilities, outcomes), abs=1e-12)


@given(st.floats(0.01, 0.99), st.floats(0, 1))
def test_saying_what_one_believes_scores_best(belief: float, said: float) -> None:
    """Both scores are proper: their expectation is lowest at the true probability."""
    for score in (brier_score, log_score):
        honest, other = (belief * score([p], [1]) + (1 - belief) * score([p], [0]) for p in (belief, said))
        assert honest <= other + 1e-12
