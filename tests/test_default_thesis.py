"""The default thesis on the embedded data: what it must contain, and scores computed by hand a second time.

The second computation reads the CSV files itself, with pandas and scipy and nothing of the engine.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats

import xl_thesis
from xl_thesis.default_store import seed
from xl_thesis.definition import Thesis
from xl_thesis.evaluation import Evaluation, IndicatorResult
from xl_thesis.pipeline import Scorer
from xl_thesis.sources import embedded
from xl_thesis.store import Store
from xl_thesis.thesis import computation_key, load_thesis

DATA = Path(xl_thesis.__file__).parent / "data"
DATES = [dt.date(2025, 6, 30), dt.date(2026, 1, 31), dt.date(2026, 7, 22)]
SKETCHED = set(
    """
dxy_trend dxy_since broad_usd us_de_10y custody_ust gold_usd cofer_usd_cc us_vs_world_12m us_vs_world_since spx_absolute
us_vs_china us_vs_europe us_share_acwi btc_drift btc_since btc_beta mstr_mnav tpu eff_tariff canada_exports
eu_defence_rel foreign_ust_share nato_spend labour_cooling infl_gap capex_orders capex_plans gdp_growth implied_cuts
qt_pace mag7_vs_eq app_vs_semis robots_vs_soft china_tech llm_price
""".split()
)


@pytest.fixture(scope="module")
def thesis() -> Thesis:
    return load_thesis("american_exceptionalism")


@pytest.fixture(scope="module")
def scorer(thesis: Thesis) -> Iterator[Scorer]:
    with Store(":memory:") as store:
        seed(store)
        yield Scorer(thesis, store)


def result_of(evaluation: Evaluation, name: str) -> IndicatorResult:
    return next(item for item in evaluation.indicators if item.id == name)


def as_known(series: str, on: dt.date) -> pd.Series:
    """A series as known on a day, read from its file."""
    frame = pd.read_csv(DATA / f"{series}.csv", parse_dates=["observed_on", "available_at"])
    frame = frame[frame.available_at <= pd.Timestamp(on)].sort_values("available_at", kind="stable")
    return frame.groupby("observed_on").value.last().dropna()


def test_the_definition_is_complete(thesis: Thesis) -> None:
    assert [pillar.id for pillar in thesis.pillars] == ["DOLLAR", "EQUITY", "CRYPTO", "GEO", "FED", "AI"]
    assert {indicator.id for indicator in thesis.indicators} >= SKETCHED
    assert len(SKETCHED) == 35
    assert len(thesis.claims) >= 76
    assert len(thesis.questions) == 18
    assert all(claim.text.en and claim.text.zh_hant for claim in thesis.claims)
    assert all((claim.falsifier is None) == (claim.wrong_on is None) for claim in thesis.claims)


def test_five_pillars_are_published_at_the_reference_date(scorer: Scorer) -> None:
    result = scorer.evaluate()
    assert result.as_of == embedded.read_package().reference_date == dt.date(2026, 7, 22)
    assert sum(pillar.score is not None for pillar in result.pillars) >= 5
    assert result.status == "full"
    assert abs(50 + math.fsum(item.contribution or 0 for item in result.indicators) - (result.score or 0)) < 1e-12


def test_every_missing_indicator_says_why(scorer: Scorer) -> None:
    assert all(item.reason for item in scorer.evaluate().indicators if item.score is None)


def test_precomputed_scores_are_of_this_definition_and_never_prices(thesis: Thesis) -> None:
    keys = {indicator.id: computation_key(indicator, thesis) for indicator in thesis.indicators}
    with (DATA / "precomputed_scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert {(row["indicator"], row["key"]) for row in rows} <= set(keys.items())
    assert all(0 <= float(row["score"]) <= 100 and row["observed_on"] == row["available_at"] for row in rows)


def test_precomputed_indicators_are_marked_and_carry_no_value(scorer: Scorer) -> None:
    marked = [item for item in scorer.evaluate().indicators if item.is_precomputed]
    assert len(marked) >= 10
    assert all(item.value is None and item.grade == "B" for item in marked)


@pytest.mark.parametrize("on", DATES)
def test_inflation_by_hand_mid_rank(scorer: Scorer, on: dt.date) -> None:
    index = as_known("fred/CPIAUCNS", on)
    index.index = index.index.to_period("M")
    base = index.reindex(index.index - 12).to_numpy()
    gap = pd.Series(100 * (index.to_numpy() / base - 1) - 2.0, index.index).dropna().round(9)
    below, upto = (scipy.stats.percentileofscore(gap, gap.iloc[-1], kind) for kind in ("strict", "weak"))
    found = result_of(scorer.evaluate(on), "infl_gap")
    assert found.value == pytest.approx(gap.iloc[-1], abs=1e-8)
    assert found.score == pytest.approx((below + upto) / 2, abs=1e-9)
    assert found.observed_on == gap.index[-1].end_time.date()


@pytest.mark.parametrize("on", DATES)
def test_unemployment_by_hand_mid_rank_with_the_month_that_does_not_exist(scorer: Scorer, on: dt.date) -> None:
    rate = as_known("fred/UNRATE", on)
    rate.index = rate.index.to_period("M")
    grid = rate.reindex(pd.period_range(rate.index[0], rate.index[-1], freq="M"))
    average = grid.rolling(3, min_periods=2).mean()
    gap = (average - average.rolling(12, min_periods=11).min().shift(1))[rate.index].dropna().round(9)
    below, upto = (scipy.stats.percentileofscore(gap, gap.iloc[-1], kind) for kind in ("strict", "weak"))
    found = result_of(scorer.evaluate(on), "labour_cooling")
    assert found.score == pytest.approx((below + upto) / 2, abs=1e-9)


@pytest.mark.parametrize("on", [dt.date(2025, 12, 31), *DATES[1:]])
def test_dollar_since_publication_by_hand_normal_cdf(scorer: Scorer, on: dt.date) -> None:
    euro = {pair: as_known(f"ecb/EUR{pair}", on) for pair in ("USD", "JPY", "GBP", "CAD", "SEK", "CHF")}
    rates = pd.DataFrame(euro).dropna()
    usd = rates["USD"]
    index = (
        50.14348112 * usd**-0.576 * (rates["JPY"] / usd) ** 0.136 * (usd / rates["GBP"]) ** -0.119
        * (rates["CAD"] / usd) ** 0.091 * (rates["SEK"] / usd) ** 0.042 * (rates["CHF"] / usd) ** 0.036
    )  # fmt: skip
    base = pd.Timestamp(2025, 2, 24)
    before = index[pd.Timestamp(2022, 2, 24) : base]
    volatility = np.log(before).diff().dropna().std(ddof=1)
    since = index[base:]
    z = math.log(since.iloc[-1] / since.iloc[0]) / (volatility * math.sqrt(len(since) - 1))
    found = result_of(scorer.evaluate(on), "dxy_since")
    assert found.value == pytest.approx(z, rel=1e-9)
    assert found.score == pytest.approx(100 * scipy.stats.norm.sf(z), abs=1e-9)
    assert found.is_proxy


@pytest.mark.parametrize("on", DATES)
def test_growth_by_hand_goalposts(scorer: Scorer, on: dt.date) -> None:
    output = as_known("fred/GDPC1", on)
    growth = 100 * (output.iloc[-1] / output.iloc[-5] - 1)
    # Growth of 0.5 percent supports the thesis fully, 2.2 is neutral, 3.5 speaks fully against it.
    expected = 50 + 50 * (2.2 - growth) / (1.7 if growth < 2.2 else 1.3)
    found = result_of(scorer.evaluate(on), "gdp_growth")
    assert found.value == pytest.approx(growth, abs=1e-9)
    assert found.score == pytest.approx(min(100, max(0, expected)), abs=1e-9)


@pytest.mark.parametrize("on", DATES)
def test_the_score_by_hand_from_its_indicators(scorer: Scorer, thesis: Thesis, on: dt.date) -> None:
    """METHOD: weighted means within and across published pillars, staleness as a factor of the weight."""
    result = scorer.evaluate(on)
    scores, weights, covered = [], [], []
    total = sum(pillar.weight for pillar in thesis.pillars)
    for pillar in thesis.pillars:
        rows = [(i, result_of(result, i.id)) for i in thesis.indicators if i.pillar == pillar.id and i.weight > 0]
        whole = sum(indicator.weight for indicator, _ in rows)
        fresh = [(i.weight, r.score) for i, r in rows if r.status == "fresh" and r.score is not None]
        stale = [r for _, r in rows if r.status == "stale"]
        if not stale and fresh and sum(w for w, _ in fresh) / whole >= 0.5:
            scores.append(sum(w * s for w, s in fresh) / sum(w for w, _ in fresh))
            weights.append(pillar.weight)
            covered.append(pillar.weight / total * sum(w for w, _ in fresh) / whole)
        elif stale:
            shown = next(p for p in result.pillars if p.id == pillar.id)
            if shown.score is not None:
                scores.append(shown.score)
                weights.append(pillar.weight)
                covered.append(pillar.weight / total * shown.coverage)
    assert result.score == pytest.approx(np.average(scores, weights=weights), abs=1e-9)
    assert result.coverage.effective == pytest.approx(sum(covered), abs=1e-9)


@pytest.mark.parametrize("on", [dt.date(2025, 9, 5), dt.date(2025, 12, 20), dt.date(2026, 3, 10)])
def test_real_vintages_as_known_equal_a_store_truncated_at_the_day(thesis: Thesis, scorer: Scorer, on: dt.date) -> None:
    with Store(":memory:") as cut:
        rows = [row for row in embedded.rows() if row[3] <= on.isoformat()]
        cut.write(rows, source="test", vintage_true=lambda _: True)
        truncated = Scorer(thesis, cut).evaluate(on)
    assert truncated == scorer.evaluate(on)


@pytest.mark.parametrize(
    ("series", "indicator", "period"),
    [
        ("FRED:CPIAUCNS", "infl_gap", "1994-03-31"), ("FRED:UNRATE", "labour_cooling", "1987-05-31"),
        ("FRED:DTWEXBGS", "broad_usd", "2012-06-13"), ("WB:GOLD_USD", "gold_usd", "1998-08-31"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("factor", [0.0, 10.0])
def test_a_bad_print_of_long_ago_moves_the_score_by_less_than_half_a_point(
    thesis: Thesis, scorer: Scorer, series: str, indicator: str, period: str, factor: float
) -> None:
    rows = [row for row in embedded.rows() if row[0] == series]
    assert any(row[1] == period for row in rows)
    wrong = [(*row[:2], row[2] and row[2] * factor, row[3]) if row[1] == period else row for row in rows]
    with Store(":memory:") as spoilt:
        spoilt.write((row for row in embedded.rows() if row[0] != series), source="test")
        spoilt.write(wrong, source="test")
        for on in DATES:
            found, expected = Scorer(thesis, spoilt).evaluate(on), scorer.evaluate(on)
            assert result_of(expected, indicator).effective_weight > 0
            assert found.score == pytest.approx(expected.score, abs=0.5)


def test_unemployment_of_august_2023_as_first_published_and_as_revised() -> None:
    # BLS published 3.8 on 2023-09-01; the revised seasonal factors of January 2025 made it 3.7.
    assert as_known("fred/UNRATE", dt.date(2023, 12, 1))[pd.Timestamp(2023, 8, 31)] == 3.8
    assert as_known("fred/UNRATE", dt.date(2026, 3, 1))[pd.Timestamp(2023, 8, 31)] == 3.7


def test_history_equals_evaluate_on_each_day_on_real_vintages(scorer: Scorer) -> None:
    frame = scorer.history(dt.date(2019, 1, 1), dt.date(2026, 7, 22), "daily")
    days = np.random.default_rng(20250224).choice(len(frame), 60, replace=False)
    for row in [*days, len(frame) - 1]:
        when, expected = frame.index[row].date(), frame.iloc[row]
        result = scorer.evaluate(when)
        pairs = {
            "score": result.score, "outcome_score": result.outcome_score, "driver_score": result.driver_score,
            "coverage": result.coverage.effective, **{pillar.id: pillar.score for pillar in result.pillars},
        }  # fmt: skip
        for name, value in pairs.items():
            exact = np.nan if value is None else value
            assert expected[name] == pytest.approx(exact, abs=1e-12, nan_ok=True), (when, name)
