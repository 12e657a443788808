"""The robustness band against draws scored one by one, scipy's normalisers and closed forms."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from xl_thesis import indicators as reading
from xl_thesis import robustness
from xl_thesis.alternatives import alternatives, rescaled, robust_z, rolling_mid_rank
from xl_thesis.definition import Indicator, ShortHistory
from xl_thesis.errors import CalculationError, InputError
from xl_thesis.models import Frequency
from xl_thesis.pipeline import Scorer
from xl_thesis.robustness import aggregate_draws, robustness_band, uniforms
from xl_thesis.scoring import Part, aggregate
from xl_thesis.store import Store

from .drawn import AS_OF, METHOD, ROWS, choices, mini
from .mini import document
from .series import monthly

HASH = "0" * 64
SHORT = ShortHistory()
LOOK_BACK_MONTHS = (2, 3, 6)  # half of three months is two: whole months, halves rounded up
LOOK_BACK_DAYS = (60, 120, 240)


def band(scorer: Scorer, as_of: dt.date = AS_OF, draws: int = 2000) -> robustness.Band | None:
    return robustness_band(scorer.thesis, *scorer.read(as_of), HASH, draws)


def test_uniforms_are_numpys_and_begin_alike() -> None:
    assert np.array_equal(uniforms(5, 40, 7), np.random.Generator(np.random.PCG64(5)).random((40, 7)))
    assert np.array_equal(uniforms(5, 10, 7), uniforms(5, 40, 7)[:10])


def test_uniforms_are_the_published_generator() -> None:
    """PCG64 XSL-RR 128/64 as O'Neill (2014) gives it, from numpy's seeded state."""
    seeded = np.random.PCG64(2025).state["state"]
    state, words = seeded["state"], []
    for _ in range(6):
        state = (state * 0x2360ED051FC65DA44385DF649FCCF645 + seeded["inc"]) % 2**128
        mixed, turn = (state >> 64 ^ state) % 2**64, state >> 122
        words.append((mixed >> turn | mixed << (64 - turn)) % 2**64 >> 11)
    assert uniforms(2025, 2, 3).ravel().tolist() == [word / 2**53 for word in words]


def test_seed_is_the_head_of_a_sha_256() -> None:
    digest = hashlib.sha256(b"ab\n2025-02-24").hexdigest()
    assert robustness.seed_of("ab", dt.date(2025, 2, 24)) == int(digest[:12], 16) < 2**53
    assert robustness.seed_of("ab", dt.date(2025, 2, 25)) != robustness.seed_of("ab", dt.date(2025, 2, 24))


weights = st.floats(0.01, 3)
items = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2]), weights, st.none() | st.floats(0, 100), st.sampled_from([0.0, 0.3, 0.7, 1.0, 1.0])
    ),
    min_size=1,
    max_size=12,
)


@given(items, st.tuples(weights, weights, weights), st.integers(0, 2**40))
def test_draws_are_aggregated_as_one_score_is(
    parts: list[tuple[int, float, float | None, float]], pillars: tuple[float, float, float], stream: int
) -> None:
    factors = 0.5 + uniforms(stream, 5, len(parts) + 3)  # so that no coverage lies on a limit by accident
    own = np.array([part[1] for part in parts]) * factors[:, : len(parts)]
    shared = np.array(pillars) * factors[:, len(parts) :]
    scores = np.tile([np.nan if part[2] is None else part[2] for part in parts], (5, 1))
    fresh = np.tile([part[3] for part in parts], (5, 1))
    members = np.array([[float(part[0] == pillar) for pillar in range(3)] for part in parts])
    together = aggregate_draws(scores, fresh, own, shared, members, METHOD)
    for draw in range(5):
        one = [Part(str(row), str(part[0]), float(own[draw, row]), part[2], part[3]) for row, part in enumerate(parts)]
        alone = aggregate(one, {str(pillar): float(shared[draw, pillar]) for pillar in range(3)}, METHOD).score
        assert together[draw] == pytest.approx(np.nan if alone is None else alone, abs=1e-9, nan_ok=True)


values = st.lists(st.floats(-100, 100), min_size=70, max_size=90).filter(
    lambda history: scipy.stats.median_abs_deviation(history) > 0.1
)


@given(values)
def test_robust_z_is_scipys_and_mirrors(history: list[float]) -> None:
    series = monthly("2015-01", history)
    scale = scipy.stats.median_abs_deviation(history, scale="normal")
    expected = 100 * scipy.stats.norm.cdf((history[-1] - np.median(history)) / scale)
    assert robust_z(series, SHORT) == pytest.approx(expected, abs=1e-6)
    mirrored = robust_z(series.replace(-series.values), SHORT)
    assert mirrored == pytest.approx(100 - robust_z(series, SHORT), abs=1e-9)


def test_robust_z_needs_variation() -> None:
    with pytest.raises(CalculationError):
        robust_z(monthly("2015-01", [1.0] * 50 + [2.0] * 20), SHORT)


def test_rolling_mid_rank_forgets_what_is_older_than_ten_years() -> None:
    series = monthly("2000-01", [1000.0] * 60 + [float(row) for row in range(120)])
    assert rolling_mid_rank(series, SHORT) == pytest.approx(100 * 119.5 / 120)
    quarterly = monthly("2000-01", [float(row) if row % 3 == 0 else None for row in range(180)])
    assert rolling_mid_rank(quarterly, SHORT) == pytest.approx((40 * 100 * 39.5 / 40 + 24 * 50) / 64)


def indicator(transform: dict[str, Any], normaliser: dict[str, Any]) -> Indicator:
    return mini(posts={"transform": transform, "normalise": normaliser}).indicators[2]


RANK = {"kind": "midrank"}
POSTS = {"kind": "goalposts", "posts": [0, 1, 2]}


@pytest.mark.parametrize(
    ("transform", "normaliser", "frequency", "half", "double"),
    [
        ({"kind": "change", "span": "3M"}, RANK, "monthly", "2M", "6M"),
        ({"kind": "change", "span": "4Q"}, RANK, "quarterly", "6M", "24M"),
        ({"kind": "change", "span": "1Q"}, RANK, "quarterly", "3M", "6M"),
        ({"kind": "change", "span": "1Y"}, RANK, "annual", "12M", "24M"),
        ({"kind": "log_change", "span": "13W"}, RANK, "weekly", "7W", "26W"),
        ({"kind": "change", "span": "13W", "per_month": True}, POSTS, "weekly", "7W", "26W"),
        ({"kind": "change", "span": "4Q"}, POSTS, "quarterly", "12M", "12M"),  # posts are declared for one year
    ],
)
def test_a_span_is_rescaled_in_whole_periods(
    transform: dict[str, Any], normaliser: dict[str, Any], frequency: Frequency, half: str, double: str
) -> None:
    item = indicator(transform, normaliser)
    spans = [str(getattr(rescaled(item, scale, frequency), "span", "")) for scale in (0.5, 2.0)]
    assert spans == [half, double]


@pytest.mark.parametrize(
    ("transform", "field", "lengths"),
    [
        ({"kind": "drift_t", "window": 252}, "window", [126, 252, 504]),
        ({"kind": "drift_t", "window": 60}, "window", [40, 60, 120]),
        ({"kind": "anchored_z"}, "volatility_years", [2, 3, 6]),
        ({"kind": "beta", "benchmark": "MANUAL:price"}, "weeks", [52, 104, 208]),
        ({"kind": "beta", "benchmark": "MANUAL:price"}, "min_observations", [40, 80, 160]),
        ({"kind": "average", "months": 3}, "months", [2, 3, 6]),
        ({"kind": "above_low"}, "low_months", [6, 12, 24]),
    ],
)
def test_a_window_is_rescaled(transform: dict[str, Any], field: str, lengths: list[int]) -> None:
    item = indicator(transform, POSTS)
    assert [getattr(rescaled(item, scale, "daily"), field) for scale in (0.5, 1.0, 2.0)] == lengths


@pytest.mark.parametrize("transform", [{"kind": "yoy"}, {"kind": "level"}, {"kind": "change_since"}])
def test_a_length_that_is_the_meaning_stays(transform: dict[str, Any]) -> None:
    item = indicator(transform, RANK)
    assert rescaled(item, 0.5, "monthly") == rescaled(item, 2.0, "monthly") == item.transform


def rank_scores(scorer: Scorer, months: int) -> list[float]:
    """The three scores of a mid-rank indicator, by scipy, over the changes of one look-back."""
    series = scorer.knowledge(AS_OF).series("MANUAL:rate")
    changes = series.values[months:] - series.values[:-months]
    z = (changes[-1] - np.median(changes)) / scipy.stats.median_abs_deviation(changes, scale="normal")
    ranks = [
        scipy.stats.percentileofscore(np.round(past, 9), round(changes[-1], 9), "mean")
        for past in (changes, changes[-120:])
    ]
    return [ranks[0], 100 * scipy.stats.norm.cdf(z), ranks[1]]


def drift_score(scorer: Scorer, window: int) -> float:
    item = scorer.thesis.indicators[1]
    item = item.model_copy(update={"transform": item.transform.model_copy(update={"window": window})})
    return reading.compute(item, item.source, scorer.thesis, scorer.knowledge(AS_OF)).score or 0.0


def test_every_draw_is_the_score_of_its_choices(store: Store) -> None:
    scorer = Scorer(mini(), store)
    posts = scorer.evaluate(AS_OF).indicators[2]
    table = choices(scorer)
    drawn = uniforms(11, 60, table.dimensions)
    ranks, drifts = (
        [rank_scores(scorer, months) for months in LOOK_BACK_MONTHS],
        [drift_score(scorer, days) for days in LOOK_BACK_DAYS],
    )
    for row, score in zip(drawn, table.scores_of(drawn), strict=True):
        normaliser, look_back, drop = (int(3 * number) for number in row[:3])
        factor = 0.5 + row[3:]
        parts = [
            Part("rank", "P", factor[0], ranks[look_back][normaliser], 1.0),
            Part("drift", "P", factor[1], drifts[look_back], 1.0),
            Part("posts", "Q", factor[2], posts.score, 1.0),
        ]
        del parts[drop]
        expected = aggregate(parts, {"P": 2 * factor[3], "Q": factor[4]}, scorer.thesis.method).score
        assert score == pytest.approx(expected, abs=1e-8)


def test_the_band_sums_up_its_draws(store: Store) -> None:
    scorer = Scorer(mini(), store)
    result = band(scorer)
    table = choices(scorer)
    drawn = table.scores_of(uniforms(robustness.seed_of(HASH, AS_OF), 2000, table.dimensions))
    assert result is not None
    assert (result.p5, result.p50, result.p95) == pytest.approx(tuple(np.percentile(drawn, [5, 50, 95])), abs=1e-6)
    assert result.share_above_50 == pytest.approx(np.mean(drawn > 50))
    assert result.score == scorer.evaluate(AS_OF).score
    assert (result.draws, result.withheld_draws) == (2000, 0)
    assert result == band(scorer)


def test_what_could_be_varied_is_counted(store: Store) -> None:
    result = band(Scorer(mini(), store))
    assert result is not None  # rank and drift weigh a third each, posts (a level against posts) the last third
    assert result.normaliser_share == pytest.approx(1 / 3, abs=1e-6)
    assert result.look_back_share == result.varied_share == pytest.approx(2 / 3, abs=1e-6)
    assert result.precomputed_share == 0.0


def test_too_little_history_for_a_longer_look_back_is_no_choice(store: Store) -> None:
    scorer = Scorer(mini(drift={"transform": {"kind": "drift_t", "window": 1000}}), store)
    scores = choices(scorer).scores[0, :, 1]
    assert scores[2] == scores[1] == scorer.evaluate(AS_OF).indicators[1].score != scores[0]


def test_a_value_carried_under_another_look_back_is_less_fresh() -> None:
    """Without October 2023, December has nothing two months earlier: November's is 21 days overdue, 1 past grace."""
    with Store(":memory:") as gap:
        gap.write([row for row in ROWS if row[:2] != ("MANUAL:rate", "2023-10-31")], source="test")
        table = choices(Scorer(mini(), gap))
        assert table.freshness[:, 0].tolist() == pytest.approx([54 / 55, 1.0, 1.0])
        draws = uniforms(1, 2, table.dimensions + 1)
        draws[:, :3] = 0.5, 0.0, 0.9  # the shorter look-back, without posts
        draws[:, 3:] = 0.5
        draws[:, -1] = 0.0, 0.9  # the staleness rule on, then off
        rank, drift = (table.scores[1, 0, row] for row in (0, 1))
        expected = [(54 / 55 * rank + drift) / (54 / 55 + 1), (rank + drift) / 2]
        assert table.scores_of(draws).tolist() == pytest.approx(expected)


def test_alternatives_are_those_of_the_way_that_was_used(store: Store) -> None:
    """Two ways that differ in a number have one name; the score tells them apart."""
    ways = [{"op": "rolling_sum", "of": ["MANUAL:rate"], "months": months} for months in (12, 24)]
    scorer = Scorer(mini(rank={"source": ways[0], "fallbacks": [{"source": ways[1], "note": "longer"}]}), store)
    item, knowledge = scorer.thesis.indicators[0], scorer.knowledge(AS_OF)
    for source in (item.source, item.fallbacks[0].source):
        found = reading.compute(item, source, scorer.thesis, knowledge)
        other = alternatives(item, found, scorer.thesis, knowledge)
        assert other.scores[0, 1] == found.score
        assert other.by_look_back


def test_later_data_do_not_move_an_earlier_band(store: Store) -> None:
    early = dt.date(2022, 6, 30)
    with Store(":memory:") as until:
        until.write([row for row in ROWS if row[3] <= str(early)], source="test")
        assert band(Scorer(mini(), until), early) == band(Scorer(mini(), store), early)


def test_turning_every_direction_mirrors_the_band(store: Store) -> None:
    turned = {item["id"]: {"direction": -item["direction"]} for item in document()["indicators"]}
    plain, mirrored = band(Scorer(mini(), store)), band(Scorer(mini(**turned), store))
    assert plain is not None and mirrored is not None
    assert mirrored.p5 == pytest.approx(100 - plain.p95, abs=2e-6)
    assert mirrored.p50 == pytest.approx(100 - plain.p50, abs=2e-6)
    assert mirrored.share_above_50 == pytest.approx(1 - plain.share_above_50)


def test_no_band_around_a_score_that_is_withheld(store: Store) -> None:
    assert band(Scorer(mini(), store), dt.date(2004, 2, 20)) is None


def test_a_few_draws_are_refused(store: Store) -> None:
    with pytest.raises(InputError, match="at least 100"):
        band(Scorer(mini(), store), draws=99)


def test_the_default_thesis_has_a_band_that_says_what_it_is_not(default: Scorer) -> None:
    result = band(default, dt.date(2026, 6, 30))
    assert result is not None
    assert 0 <= result.p5 < result.p50 < result.p95 <= 100
    assert 0.3 < result.varied_share < 0.7 < result.varied_share + result.precomputed_share < 1
    assert json.loads(json.dumps(result.to_json()))["name"] == "robustness band (method choices)"
    assert "no sampling error, and not a probability" in result.sentence()
    table = choices(default, dt.date(2026, 6, 30))
    declared = [item.score for item in default.evaluate(dt.date(2026, 6, 30)).indicators if item.weight > 0]
    assert np.array_equal(table.scores[0, 1], np.array(declared, dtype=np.float64), equal_nan=True)
