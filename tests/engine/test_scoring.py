"""Normalisers and aggregation: exact sums, mirrors, bounds."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from xl_thesis.definition import Method, Patience, ShortHistory
from xl_thesis.errors import CalculationError
from xl_thesis.models import Frequency
from xl_thesis.normalise import directed, goalposts, mid_rank, normal_cdf, shrink_short_history
from xl_thesis.robustness import aggregate_draws
from xl_thesis.scoring import Part, aggregate, aggregate_days, freshness, round_to_sum

from .series import monthly

FREQUENCIES: tuple[Frequency, ...] = ("daily", "weekly", "monthly", "quarterly", "annual")
METHOD = Method(staleness=dict.fromkeys(FREQUENCIES, Patience(grace_days=5, hard_days=20)))
decimals = st.decimals(-50, 50, places=1).map(float)


@given(st.lists(decimals, min_size=2, max_size=80).filter(lambda values: len(set(values)) > 1))
def test_mid_rank_is_scipys_mean_percentile_and_mirrors(values: list[float]) -> None:
    array = np.array(values)
    below, above = (scipy.stats.percentileofscore(array, array[-1], kind) for kind in ("strict", "weak"))
    assert mid_rank(array) == pytest.approx((below + above) / 2, abs=1e-9)
    assert mid_rank(-array) == pytest.approx(100 - mid_rank(array), abs=1e-12)


def test_mid_rank_treats_rounding_noise_as_a_tie() -> None:
    assert mid_rank(np.array([0.1, 0.3, 0.1 + 0.2])) == mid_rank(np.array([0.1, 0.3, 0.3]))


@pytest.mark.parametrize("values", [[1.0], [2.0, 2.0, 2.0]])
def test_mid_rank_needs_variation(values: list[float]) -> None:
    with pytest.raises(CalculationError):
        mid_rank(np.array(values))


def test_short_history_is_shrunk_by_months() -> None:
    rule = ShortHistory(min_observations=60, min_years=5, shrink_months=24)
    short = monthly("2024-01", [float(row) for row in range(24)])
    assert shrink_short_history(90.0, short, rule) == (24 * 90 + 24 * 50) / 48
    long = monthly("2018-01", [float(row) for row in range(72)])
    assert shrink_short_history(90.0, long, rule) == 90.0


@given(st.floats(-8, 8), st.floats(-2, 2), st.floats(0.1, 5))
def test_normal_cdf_is_scipys(value: float, neutral: float, scale: float) -> None:
    expected = 100 * scipy.stats.norm.cdf(value, neutral, scale)
    assert normal_cdf(value, neutral, scale) == pytest.approx(expected, abs=1e-10)


def test_goalposts_ascend_and_direction_comes_afterwards() -> None:
    posts = (0.5, 2.2, 3.5)
    assert [goalposts(value, posts) for value in (0.0, 0.5, 1.35, 2.2, 2.85, 3.5, 9.0)] == pytest.approx(
        [0, 0, 25, 50, 75, 100, 100]
    )
    assert directed(goalposts(0.5, posts), -1) == 100.0


def test_freshness() -> None:
    patience = Patience(grace_days=20, hard_days=75)
    assert [freshness(days, patience) for days in (0, 20, 75, 400)] == [1.0, 1.0, 0.0, 0.0]
    assert freshness(31, patience) == pytest.approx(0.8)


parts = st.lists(
    st.builds(
        Part,
        id=st.uuids().map(str),
        pillar=st.sampled_from("ABC"),
        weight=st.just(0.0) | st.floats(0.01, 10),
        score=st.none() | st.floats(0, 100),
        freshness=st.sampled_from([0.0, 0.3, 0.7, 1.0, 1.0, 1.0]),
    ),
    min_size=1,
    max_size=20,
    unique_by=lambda part: part.id,
)
weights = st.fixed_dictionaries({name: st.floats(0.01, 5) for name in "ABC"})


@given(parts, weights)
def test_contributions_add_up_and_bounds_hold(items: list[Part], pillars: dict[str, float]) -> None:
    result = aggregate(items, pillars, METHOD)
    assert 0 <= result.coverage <= 1 + 1e-12
    if result.score is None:
        assert result.bounds is None
        return
    assert abs(50 + math.fsum(result.contributions.values()) - result.score) < 1e-12
    by_pillar = math.fsum(pillar.contribution or 0.0 for pillar in result.pillars.values())
    assert abs(50 + by_pillar - result.score) < 1e-11
    low, high = result.bounds or (0, 0)
    assert low - 1e-9 <= result.score <= high + 1e-9
    assert high - low == pytest.approx(100 * (1 - result.coverage), abs=1e-9)
    assert result.coverage <= result.nominal_coverage + 1e-12


@given(parts, weights, st.sampled_from([0.25, 2.0, 16.0]), st.randoms(use_true_random=False))
def test_scale_order_and_mirror(items: list[Part], pillars: dict[str, float], scale: float, random: object) -> None:
    plain = aggregate(items, pillars, METHOD).score
    scaled = [Part(p.id, p.pillar, p.weight * scale, p.score, p.freshness) for p in items]
    shuffled = list(scaled)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = aggregate(shuffled, {name: weight * scale for name, weight in reversed(pillars.items())}, METHOD).score
    flipped = [Part(p.id, p.pillar, p.weight, None if p.score is None else 100 - p.score, p.freshness) for p in items]
    mirrored = aggregate(flipped, pillars, METHOD).score
    if plain is None:
        assert mirrored is None
    else:
        assert mirrored == pytest.approx(100 - plain, abs=1e-9)
        assert again == pytest.approx(plain, abs=1e-9)


def test_a_coverage_on_its_limit_reaches_it_in_whatever_order_it_is_summed() -> None:
    """The default dollar pillar: three of its halves add up to a bit less than 0.5."""
    declared = np.array([0.3, 0.15, 0.2, 0.1, 0.1, 0.05, 0.1])
    halves = [row for row in product((0.0, 1.0), repeat=7) if round(float(declared @ row), 9) == 0.5]
    known = np.where(np.array(halves).T, 60.0, np.nan)
    fresh = np.ones_like(known)
    days = aggregate_days(known, fresh, {"P": declared}, {"P": 1.0}, METHOD)
    weights, one = np.tile(declared, (len(halves), 1)), fresh.T[:, :1]
    draws = aggregate_draws(known.T, fresh.T, weights, one, np.ones((7, 1)), METHOD)
    assert len(halves) == 10
    for row, scores in enumerate(known.T.tolist()):
        parts = [Part(str(at), "P", declared[at], None if math.isnan(x) else x, 1.0) for at, x in enumerate(scores)]
        alone = aggregate(parts, {"P": 1.0}, METHOD).score
        assert [alone, days.score[row], draws[row]] == pytest.approx([60.0] * 3)


def test_a_pillar_below_half_its_weight_is_not_published_and_too_little_is_withheld() -> None:
    items = [Part("a", "A", 0.4, 80.0, 1.0), Part("b", "A", 0.6, None, 0.0), Part("c", "B", 1.0, 60.0, 1.0)]
    result = aggregate(items, {"A": 0.6, "B": 0.4}, METHOD)
    assert result.pillars["A"].score is None
    assert result.score == 60.0
    assert result.coverage == pytest.approx(0.4)
    assert aggregate(items, {"A": 0.8, "B": 0.2}, METHOD).score is None


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=8), st.integers(0, 2))
def test_displayed_contributions_add_up(values: list[float], digits: int) -> None:
    total = math.fsum(values)
    rounded = round_to_sum(values, total, digits)
    assert math.fsum(rounded) == pytest.approx(round(total, digits), abs=1e-9)
    assert all(abs(shown - value) < 10.0**-digits + 1e-9 for shown, value in zip(rounded, values, strict=True))
