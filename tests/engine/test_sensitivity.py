"""Leave-one-out, influence, distance to another label and Sobol indices against definitions changed by hand."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from xl_thesis.commands.sensitivity import sensitivity
from xl_thesis.definition import Label
from xl_thesis.errors import CalculationError, InputError
from xl_thesis.models import Text
from xl_thesis.pipeline import Scorer
from xl_thesis.reconstruction import Panel
from xl_thesis.robustness import choices_of, uniforms
from xl_thesis.scoring import Part, Table
from xl_thesis.sensitivity import (
    Case,
    Flip,
    analyse,
    flips,
    influence,
    latin_hypercube,
    leave_one_out,
    sobol_indices,
    sobol_of,
)
from xl_thesis.store import Store
from xl_thesis.thesis import parse_thesis

from .drawn import AS_OF, METHOD
from .mini import as_yaml, document

LABELS = [
    Label(id=f"L{limit}", below=limit, text=Text(en=f"below {limit}", zh_hant="標")) for limit in (35, 45, 55, 65, 100)
]
ISHIGAMI_FIRST, ISHIGAMI_TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
THREE = {"x1": (0,), "x2": (1,), "x3": (2,)}


def scorer(store: Store, content: dict[str, Any]) -> Scorer:
    return Scorer(parse_thesis(as_yaml(content), Path("mini.yaml")), store)


# Leave-one-out


def test_leaving_out_is_a_definition_without_it(store: Store) -> None:
    result = analyse(scorer(store, document()), AS_OF)
    left = {item.id: item for item in result.left_out}
    assert list(left) == ["rank", "drift", "posts", "P", "Q"]
    for name in ("rank", "drift", "P"):
        content = document()
        content["indicators"] = [item for item in content["indicators"] if name not in (item["id"], item["pillar"])]
        content["pillars"] = [item for item in content["pillars"] if item["id"] != name]
        content["claims"][0]["group"] = "META"
        score = scorer(store, content).evaluate(AS_OF).score
        assert left[name].score == pytest.approx(score, abs=1e-12)
        assert left[name].shift == pytest.approx((score or 0) - (result.score or 0), abs=1e-12)


def test_leaving_out_the_only_one_withholds_the_score() -> None:
    case = Case([Part("a", "A", 1.0, 70.0, 1.0), Part("b", "A", 1.0, None, 0.0)], {"A": 1.0}, METHOD, LABELS)
    assert [(item.id, item.score, item.shift) for item in leave_one_out(case)] == [
        ("a", None, None), ("b", 70.0, 0.0), ("A", None, None),
    ]  # fmt: skip


# Influence


def panel_of(thesis_rows: Table) -> Panel:
    days = np.arange("2010-01", "2015-01", dtype="datetime64[M]").astype("datetime64[D]")
    return Panel(days, thesis_rows, np.where(np.isfinite(thesis_rows), 1.0, 0.0), np.full_like(thesis_rows, np.nan))


def test_influence_is_the_squared_correlation_with_the_score(store: Store) -> None:
    rank, drift, posts = 100 * uniforms(3, 3, 60)
    found = influence(scorer(store, document()), panel_of(np.vstack([rank, 50 + 0.01 * drift, posts])))
    total = (2 * (rank + 50 + 0.01 * drift) / 2 + posts) / 3  # pillar P weighs 2, Q weighs 1
    squared = [scipy.stats.pearsonr(row, total)[0] ** 2 for row in (rank, drift, posts)]
    assert [item.r_squared for item in found] == pytest.approx(squared)
    assert [item.influence_share for item in found] == pytest.approx([value / sum(squared) for value in squared])
    assert [item.nominal_share for item in found] == pytest.approx([1 / 3] * 3)
    expected = [not 0.5 <= 3 * value / sum(squared) <= 2 for value in squared]
    assert [item.out_of_proportion for item in found] == expected == [False, True, False]


def test_influence_needs_two_years_and_variation(store: Store) -> None:
    rank, drift, posts = 100 * uniforms(3, 3, 60)
    rank[23:], drift[:] = np.nan, 40.0
    found = influence(scorer(store, document()), panel_of(np.vstack([rank, drift, posts])))
    assert [(item.months, item.r_squared is None) for item in found] == [(23, True), (60, True), (60, False)]
    assert [item.nominal_share for item in found] == [None, None, 1.0]
    assert not any(item.out_of_proportion for item in found)


def test_what_is_too_old_to_count_has_no_influence(store: Store) -> None:
    panel = panel_of(100 * uniforms(3, 3, 60))
    panel.freshness[0, :30] = 0.0
    assert [item.months for item in influence(scorer(store, document()), panel)] == [30, 60, 60]


# Distance to another label

parts = st.lists(
    st.builds(
        Part,
        id=st.uuids().map(str),
        pillar=st.sampled_from("ABC"),
        weight=st.floats(0.05, 3).map(lambda weight: round(weight, 3)),
        score=st.none() | st.floats(0, 100).map(lambda score: round(score, 2)),
        freshness=st.sampled_from([0.0, 0.4, 0.8, 1.0, 1.0, 1.0]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda part: part.id,
)
pillars = st.fixed_dictionaries({name: st.floats(0.05, 2).map(lambda weight: round(weight, 3)) for name in "ABC"})


def label(case: Case, part: Part, **changes: float) -> str | None:
    return case.label_with(replace(part, **changes))  # type: ignore[arg-type]


def check_score_flip(case: Case, part: Part, flip: Flip, here: str | None) -> None:
    """Just beyond it the label is another, and nothing nearer on a grid is."""
    if part.score is None:
        assert flip.score_change is None
        return
    nearest = abs(flip.score_change) if flip.score_change is not None else np.inf
    for score in chain(np.linspace(0, 100, 101).tolist(), [part.score]):
        if abs(score - part.score) < nearest - 1e-6:
            assert label(case, part, score=score) == here
    if flip.score_change is not None:
        assert 0 <= part.score + flip.score_change <= 100
        beyond = part.score + flip.score_change + 1e-7 * (1 if flip.score_change > 0 else -1)
        assert label(case, part, score=beyond) == flip.score_label != here


def check_weight_flip(case: Case, part: Part, flip: Flip, here: str | None) -> None:
    nearest = abs(flip.weight_factor - 1) if flip.weight_factor is not None else np.inf
    for factor in chain([0.0], np.linspace(0.01, 3, 60).tolist(), np.geomspace(3, 1e4, 30).tolist()):
        if abs(factor - 1) < nearest - 1e-6:
            assert label(case, part, weight=factor * part.weight) in (here, None)
    if flip.weight_factor is not None:
        step = 1e-7 * max(1.0, flip.weight_factor)
        up, down = (max(0.0, flip.weight_factor + away) * part.weight for away in (step, -step))
        sides = {up, down} if nearest < 1e-9 else {up} if flip.weight_factor > 1 else {down}
        assert flip.weight_label in {label(case, part, weight=weight) for weight in sides} - {here}
        assert flip.weight_change == pytest.approx((flip.weight_factor - 1) * part.weight)


@settings(max_examples=150)
@given(parts, pillars)
def test_beyond_the_distance_the_label_is_another_and_within_it_is_not(
    items: list[Part], weights: dict[str, float]
) -> None:
    case = Case(items, weights, METHOD, LABELS)
    found = flips(case)
    if case.whole.score is None:
        assert found == ()
        return
    if any(abs(case.whole.score - each.below) < 1e-4 for each in LABELS):
        return  # on a limit, "just beyond" is narrower than this test's step
    here = case.label_with(items[0])
    for part, flip in zip(items, found, strict=True):
        check_score_flip(case, part, flip, here)
        check_weight_flip(case, part, flip, here)


def test_distances_of_two_indicators_by_hand() -> None:
    """50 is 10 points of 'a' under the limit 55; with a's weight k the score is (60 k + 40) / (k + 1), 55 at k = 3."""
    case = Case([Part("a", "A", 1.0, 60.0, 1.0), Part("b", "A", 1.0, 40.0, 1.0)], {"A": 1.0}, METHOD, LABELS)
    first, second = flips(case)
    assert (first.score_change, first.score_label) == (10.0, "below 65")
    assert (first.weight_factor, first.weight_label) == (pytest.approx(1 / 3), "below 45")
    assert (second.score_change, second.weight_factor) == (10.0, pytest.approx(1 / 3))


def test_no_distance_where_nothing_can_change_the_label() -> None:
    case = Case([Part("a", "A", 1.0, 50.0, 1.0), Part("b", "A", 99.0, 50.0, 1.0)], {"A": 1.0}, METHOD, LABELS)
    assert (flips(case)[0].score_change, flips(case)[0].weight_factor) == (None, None)


def test_a_weight_that_only_withholds_the_score_gives_no_other_label() -> None:
    items = [Part("a", "A", 1.0, 50.0, 1.0), Part("b", "A", 0.5, None, 0.0)]
    assert [flip.weight_factor for flip in flips(Case(items, {"A": 1.0}, METHOD, LABELS))] == [None, None]


def test_a_missing_indicator_can_flip_the_label_by_its_weight_alone() -> None:
    """Once half of B's weight is missing the pillar is not published, and A alone has another label."""
    items = [Part("a", "A", 1.0, 50.0, 1.0), Part("b", "B", 1.0, 90.0, 1.0), Part("c", "B", 0.5, None, 0.0)]
    flip = flips(Case(items, {"A": 1.0, "B": 1.0}, METHOD, LABELS))[2]
    assert (flip.score_change, flip.weight_label) == (None, "below 55")
    assert (flip.weight_factor, flip.weight_change) == pytest.approx((2.0, 0.5))


# Sobol indices


def ishigami(sample: Table) -> Any:
    x = np.pi * (2 * sample - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


@pytest.mark.parametrize(
    ("sample", "tolerance"),
    [(qmc.Sobol(6, scramble=False).random(8192), 0.01), (latin_hypercube(1, 8192, 6), 0.03)],
    ids=["scipy's sequence", "own sample"],
)
def test_ishigami(sample: Table, tolerance: float) -> None:
    found = sobol_indices(ishigami, THREE, sample[:, :3], sample[:, 3:])
    assert [index.first for index in found] == pytest.approx(ISHIGAMI_FIRST, abs=tolerance)
    assert [index.total for index in found] == pytest.approx(ISHIGAMI_TOTAL, abs=tolerance)


def test_ishigami_with_two_inputs_as_one_choice() -> None:
    """x1 and x3 together explain all that x2 does not, and nothing mixes with x2."""
    sample = qmc.Sobol(6, scramble=False).random(8192)
    both, alone = sobol_indices(ishigami, {"x1, x3": (0, 2), "x2": (1,)}, sample[:, :3], sample[:, 3:])
    assert (both.first, both.total) == pytest.approx((0.5576, 0.5576), abs=0.01)
    assert (alone.first, alone.total) == pytest.approx((0.4424, 0.4424), abs=0.01)


def test_latin_hypercube_fills_every_interval_once_and_pairs_at_random() -> None:
    sample = latin_hypercube(4, 512, 5)
    assert np.array_equal(np.sort(np.floor(512 * sample), axis=0), np.tile(np.arange(512.0)[:, None], 5))
    assert np.abs(np.corrcoef(sample.T) - np.eye(5)).max() < 0.15


def test_draws_without_a_score_are_left_out_and_most_must_have_one() -> None:
    sample = latin_hypercube(2, 4096, 4)
    few, most = ((lambda x, limit=limit: np.where(x[:, 0] < limit, np.nan, x[:, 1])) for limit in (0.05, 0.9))
    pair = {"x": (0,), "y": (1,)}
    found = sobol_indices(few, pair, sample[:, :2], sample[:, 2:])
    assert [index.total for index in found] == pytest.approx([0.0, 1.0], abs=0.03)
    with pytest.raises(CalculationError, match="withheld"):
        sobol_indices(most, pair, sample[:, :2], sample[:, 2:])
    with pytest.raises(CalculationError, match="no choice"):
        sobol_indices(lambda x: np.full(len(x), 50.0), pair, sample[:, :2], sample[:, 2:])


def test_choices_of_a_thesis_share_the_variance(default: Scorer) -> None:
    choices = choices_of(default.thesis, *default.read(dt.date(2026, 6, 30)))
    assert choices is not None
    found = {index.choice: index for index in sobol_of(choices, 7)}
    assert list(found) == ["normaliser", "look_back", "drop", "weights", "staleness"]
    assert 0.8 < sum(index.first for index in found.values()) < 1.05
    assert all(index.first < index.total + 0.03 for index in found.values())


# Together


def test_analysis_of_the_default_thesis_is_json_and_repeats(default: Scorer) -> None:
    as_of = dt.date(2026, 6, 30)
    result, evaluation = analyse(default, as_of), default.evaluate(as_of)
    assert (result.score, result.label, result.definition_hash) == (
        evaluation.score, evaluation.label, evaluation.definition_hash
    )  # fmt: skip
    weighted = [item.id for item in evaluation.indicators if item.weight > 0]
    assert [flip.id for flip in result.flips] == [item.id for item in result.influence] == weighted
    assert json.loads(json.dumps(result.to_json(), allow_nan=False))["sobol"] == []
    assert analyse(default, as_of) == result


def test_without_a_score_there_is_nothing_to_analyse(default: Scorer) -> None:
    result = analyse(default, dt.date(1990, 1, 31), with_sobol=True)
    assert (result.score, result.band, result.left_out, result.flips, result.sobol) == (None, None, (), (), ())
    with pytest.raises(InputError):
        analyse(default, dt.date(2999, 1, 1))


def test_the_command_prints_everything_or_json() -> None:
    run = CliRunner().invoke(sensitivity, ["--as-of", "2026-06-30", "--sobol"])
    assert run.exit_code == 0, run.output
    for words in ("robustness band (method choices)", "not a probability", "us_vs_world_12m", "CRYPTO", "look_back"):
        assert words in run.output
    run = CliRunner().invoke(sensitivity, ["--as-of", "2026-06-30", "--json"])
    assert run.exit_code == 0
    assert json.loads(run.output)["band"]["draws"] == 2000


def test_the_command_leaves_with_3_where_the_score_is_withheld() -> None:
    run = CliRunner().invoke(sensitivity, ["--as-of", "1990-01-31"])
    assert run.exit_code == 3
    assert "withheld" in run.output
