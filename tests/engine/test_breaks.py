"""The shift in a mean: R's numbers on the Nile, Andrews' and Hansen's distribution, and what chance alone does."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from tests.reference.structural_break import ANDREWS_2003, HANSEN_1997, NILE
from xl_thesis import breaks
from xl_thesis.errors import CalculationError


def test_nile_is_that_of_r() -> None:
    nile = sm.datasets.nile.load_pandas().data
    shift = breaks.mean_shift(nile["volume"].to_numpy())
    assert shift.size == NILE["size"]
    assert nile["year"].iloc[shift.size - 1] == NILE["year"]
    assert shift.sup_f == pytest.approx(NILE["sup_f"], abs=5e-3)
    assert shift.ave_f == pytest.approx(NILE["ave_f"], abs=5e-4)
    assert shift.exp_f == pytest.approx(NILE["exp_f"], abs=5e-4)
    assert shift.p_value < 1e-12


@pytest.mark.parametrize("size", [15, 40, 77])
def test_an_f_statistic_is_that_of_two_regressions(size: int) -> None:
    values = np.random.default_rng(size).normal(0, 1, 100)
    dummy = np.column_stack([np.ones(100), np.arange(100) >= size])
    both = sm.OLS(values, dummy).fit()
    expected = float(both.tvalues[1]) ** 2
    first = breaks.mean_shift(values, trim=size / 100 if size < 50 else 1 - size / 100)
    assert first.sup_f >= expected - 1e-9
    pushed = values + np.where(np.arange(100) >= size, 5.0, 0.0)
    found = breaks.mean_shift(pushed)
    assert abs(found.size - size) <= 1
    dummy = np.column_stack([np.ones(100), np.arange(100) >= found.size])
    assert found.sup_f == pytest.approx(float(sm.OLS(pushed, dummy).fit().tvalues[1]) ** 2, rel=1e-10)


@given(st.integers(0, 2**32 - 1), st.floats(-100, 100), st.floats(0.01, 100))
def test_units_and_level_change_nothing(seed: int, level: float, unit: float) -> None:
    values = np.random.default_rng(seed).normal(0, 1, 80)
    plain, moved = breaks.mean_shift(values), breaks.mean_shift(level + unit * values)
    assert moved.size == plain.size
    assert moved.sup_f == pytest.approx(plain.sup_f, rel=1e-6)


@pytest.mark.parametrize(("level", "critical"), ANDREWS_2003.items())
def test_p_value_at_the_published_critical_values(level: float, critical: float) -> None:
    assert breaks.supremum_p_value(critical) == pytest.approx(level, rel=0.13)


@pytest.mark.parametrize("trim", HANSEN_1997)
@pytest.mark.parametrize("statistic", [8.0, 9.0, 10.0, 12.0, 15.0])
def test_p_value_is_near_the_curve_of_hansen(trim: float, statistic: float) -> None:
    curve = HANSEN_1997[trim]
    hansen = scipy.stats.chi2.sf(curve["first"] + curve["second"] * statistic, curve["degrees"])
    exact = breaks.supremum_p_value(statistic, trim)
    assert hansen == pytest.approx(exact, abs=0.015)
    assert hansen < exact  # his walks were watched at intervals, and miss a little of each peak


def test_p_value_without_a_choice_of_split_is_chi_squared() -> None:
    for statistic in (1.0, 3.84, 6.63):
        p_value = breaks.supremum_p_value(statistic, 0.5 - 1e-9)
        assert p_value == pytest.approx(scipy.stats.chi2.sf(statistic, 1), abs=5e-3)


def test_the_slowest_rate_solves_the_equation_of_delong() -> None:
    """Watched for long, ln P(stay) falls at the smallest e with 1F1(-e, 1/2, c / 2) = 0."""
    statistic = 3.0
    short, long = (0.1 / (1 + 0.1), 0.001 / (1 + 0.001))
    times = [2 * math.log((1 - trim) / trim) for trim in (short, long)]
    stays = [math.log(1 - breaks.supremum_p_value(statistic, trim)) for trim in (short, long)]
    rate = -(stays[1] - stays[0]) / (times[1] - times[0])
    assert scipy.special.hyp1f1(-rate, 0.5, statistic / 2) == pytest.approx(0.0, abs=1e-3)


def test_p_value_falls_from_one_to_nothing() -> None:
    p_values = [breaks.supremum_p_value(statistic) for statistic in np.arange(0.0, 60.0, 0.5)]
    assert p_values[0] == 1.0
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(p_values))
    assert 0 <= p_values[-1] < 1e-10
    with pytest.raises(ValueError, match="trim"):
        breaks.supremum_p_value(5.0, 0.5)


@pytest.mark.parametrize("clustered", [False, True])
def test_chance_alone_gives_a_break_in_about_one_sample_of_twenty(clustered: bool) -> None:
    rng = np.random.default_rng(20250224)
    found = []
    for _ in range(1000):
        values = _garch(rng, 756) if clustered else rng.standard_normal(756)
        found.append(breaks.mean_shift(values).p_value < 0.05)
    assert 0.025 <= np.mean(found) <= 0.075


def _garch(rng: np.random.Generator, count: int) -> np.ndarray:
    """Returns with the clustered volatility of daily exchange rates: GARCH(1,1), 0.04 and 0.95."""
    values, variance = np.empty(count), 1.0
    for row, shock in enumerate(rng.standard_normal(count).tolist()):
        values[row] = math.sqrt(variance) * shock
        variance = 0.01 + 0.04 * values[row] ** 2 + 0.95 * variance
    return values


def test_too_few_or_constant_values_are_refused() -> None:
    with pytest.raises(CalculationError, match="too few"):
        breaks.mean_shift(np.arange(39.0))
    with pytest.raises(CalculationError, match="not vary"):
        breaks.mean_shift(np.full(100, 0.3))
    with pytest.raises(CalculationError, match="not vary"):
        breaks.mean_shift(np.repeat([0.0, 1.0], 50))
