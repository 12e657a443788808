"""Tests of tests: right sizes under the null, other people's numbers where there are some."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from xl_thesis import inference
from xl_thesis.errors import CalculationError
from xl_thesis.observations import Values


def persistent(rng: np.random.Generator, count: int, phi: float) -> Values:
    """An autoregressive score."""
    noise = rng.normal(size=count)
    values = np.empty(count)
    values[0] = noise[0] / np.sqrt(1 - phi**2)
    for row in range(1, count):
        values[row] = phi * values[row - 1] + noise[row]
    return values


def overlapping(rng: np.random.Generator, count: int, months: int) -> Values:
    """Forward changes over overlapping windows of an unrelated walk."""
    steps = rng.normal(size=count + months)
    sums = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(sums[months : months + count] - sums[:count])


@given(st.lists(st.integers(-5, 5), min_size=4, max_size=40).filter(lambda values: len(set(values)) > 1))
def test_rank_correlation_is_scipys(values: list[int]) -> None:
    left = np.array(values, dtype=float)
    right = np.arange(len(values), dtype=float) ** 2
    assert inference.rank_correlation(left, right) == pytest.approx(scipy.stats.spearmanr(left, right)[0], abs=1e-12)


def test_circular_shift_p_is_the_brute_force_count() -> None:
    rng = np.random.default_rng(1)
    score, forward = rng.normal(size=60), rng.normal(size=60)
    real = abs(inference.rank_correlation(score, forward))
    all_shifts = [abs(inference.rank_correlation(np.roll(score, shift), forward)) for shift in range(60)]
    expected = float(np.mean([value >= real * (1 - 1e-9) for value in all_shifts]))
    assert inference.circular_shift_p(score, forward) == pytest.approx(expected)


@pytest.mark.parametrize(("count", "phi", "months", "most"), [(300, 0.95, 12, 0.10), (300, 0.90, 6, 0.09)])
def test_false_alarms_stay_near_five_percent_where_a_naive_test_has_forty_or_more(
    count: int, phi: float, months: int, most: float
) -> None:
    # Design experiment: naive 52 and 39 percent, circular shift 7 and 6 percent.
    rng = np.random.default_rng(20250224)
    ours, naive = [], []
    for _ in range(400):
        score, forward = persistent(rng, count, phi), overlapping(rng, count, months)
        ours.append(inference.circular_shift_p(score, forward) < 0.05)
        naive.append(scipy.stats.spearmanr(score, forward)[1] < 0.05)
    assert np.mean(ours) <= most
    assert np.mean(naive) > 0.3


def test_it_finds_what_is_there() -> None:
    rng = np.random.default_rng(2)
    score = persistent(rng, 300, 0.5)
    assert inference.circular_shift_p(score, score + rng.normal(size=300)) < 0.01


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_is_statsmodels(p_values: list[float]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gc.collect", lambda: 0)  # statsmodels does it in each call, over all that the run holds
        expected = multipletests(p_values, method="holm")[1]
    np.testing.assert_allclose(inference.holm(p_values), expected, atol=1e-12)


def test_too_little_is_refused() -> None:
    with pytest.raises(CalculationError, match="too few"):
        inference.circular_shift_p(np.arange(20.0), np.arange(20.0))
    with pytest.raises(CalculationError, match="does not vary"):
        inference.rank_correlation(np.ones(30), np.arange(30.0))
    with pytest.raises(CalculationError, match="do not overlap"):
        inference.non_overlapping(np.arange(30.0), np.arange(30.0), 12)
    assert inference.minimum_detectable(4) is None


@pytest.mark.parametrize(("pairs", "critical"), [(16, 0.503), (25, 0.398)])  # two-sided 5 %: Zar (1972), table 1
def test_a_rank_test_finds_the_detectable_correlation_four_times_in_five(pairs: int, critical: float) -> None:
    """Drawn normal pairs whose rank correlation is 6 / pi asin(rho / 2) (Pearson 1907)."""
    detectable = inference.minimum_detectable(pairs)
    assert detectable is not None
    rho = 2 * np.sin(np.pi * detectable / 6)
    rng = np.random.default_rng(16)
    left, noise = rng.normal(size=(2, 40_000, pairs))
    right = rho * left + np.sqrt(1 - rho**2) * noise
    ranks = [side.argsort(axis=1).argsort(axis=1) - (pairs - 1) / 2 for side in (left, right)]
    found = (ranks[0] * ranks[1]).sum(axis=1) / (pairs * (pairs**2 - 1) / 12)
    assert np.mean(np.abs(found) >= critical) == pytest.approx(0.8, abs=0.01)


def test_gain_over_no_change_is_that_of_a_regression_each_month() -> None:
    rng = np.random.default_rng(3)
    score, months = persistent(rng, 120, 0.9), 6
    forward = 0.3 * score + overlapping(rng, 120, months)
    errors, changes = 0.0, 0.0
    for now in range(24 + months - 1, 120):
        over = now - months + 1  # windows that began this many months ago or earlier are over
        slope, level = np.polyfit(score[:over], forward[:over], 1)
        errors += float((forward[now] - level - slope * score[now]) ** 2)
        changes += float(forward[now] ** 2)
    assert inference.gain_over_no_change(score, forward, months) == pytest.approx(1 - errors / changes, abs=1e-9)


def test_later_months_do_not_help_earlier_forecasts() -> None:
    rng = np.random.default_rng(4)
    score, forward = rng.normal(size=80), rng.normal(size=80)
    shaken = forward.copy()
    shaken[-6:] = 0.0  # no forecast rests on these, and of them only the last six are judged
    first = inference.gain_over_no_change(score[:74], forward[:74], 6)
    assert inference.gain_over_no_change(score[:74], shaken[:74], 6) == first


def test_noise_is_no_better_than_no_change() -> None:
    rng = np.random.default_rng(5)
    gains = [inference.gain_over_no_change(rng.normal(size=200), rng.normal(size=200), 1) for _ in range(50)]
    assert float(np.mean(gains)) < 0
