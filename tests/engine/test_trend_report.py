"""DXY_TREND: its statistics against Stata, scipy and chance; the report on real rates; the way through the sources."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm
from click.testing import CliRunner

from tests.reference import dollar_index as published
from tests.reference.newey_west import STATA_LAG_4
from xl_thesis import dxy, trend
from xl_thesis.commands.dxy import dxy as command
from xl_thesis.default_store import seed
from xl_thesis.dollar_index import DOLLAR_INDEX, dollar_index
from xl_thesis.errors import CalculationError, InputError, MissingData
from xl_thesis.observations import Schedule, TimeSeries
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Row, Store
from xl_thesis.thesis import load_thesis

from .series import daily, day

ECB, H10, YAHOO = "DERIVED:DXY_ECB", "DERIVED:DXY_H10", "YAHOO:DX-Y.NYB"
SEVEN_DAYS = Schedule("daily", 0, seven_days=True)


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Store(":memory:") as store:
        seed(store)
        yield Scorer(load_thesis("american_exceptionalism"), store)


@pytest.fixture
def own_scorer() -> Iterator[Scorer]:
    """One whose store a test may write to."""
    with Store(":memory:") as store:
        seed(store)
        yield Scorer(load_thesis("american_exceptionalism"), store)


def walks(count: int, length: int, seed: int = 20250224) -> Iterator[TimeSeries]:
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield daily("2022-01-03", list(100 * np.exp(np.cumsum(rng.normal(0, 0.0044, length)))))


def walk(length: int, seed: int, drift: float = 0.0) -> TimeSeries:
    steps = np.random.default_rng(seed).normal(drift, 0.0044, length)
    return daily("2022-01-03", list(100 * np.exp(np.cumsum(steps))))


def rows_of(series: TimeSeries, name: str) -> list[Row]:
    return [(name, str(on), float(value), str(on)) for on, value in zip(series.days, series.values, strict=True)]


# ---------------------------------------------------------------- statistics


def test_the_kernel_gives_the_standard_errors_of_stata() -> None:
    """Each coefficient's regressor is cleared of the others, and its scores go through the engine's own sum."""
    data = sm.datasets.macrodata.load_pandas().data
    growth = {name: 400 * np.diff(np.log(data[name].to_numpy())) for name in ("realgdp", "realinv")}
    design = np.column_stack([growth["realgdp"], data["realint"].to_numpy()[:-1], np.ones(len(data) - 1)])
    count, width = design.shape
    coefficients = np.linalg.lstsq(design, growth["realinv"], rcond=None)[0]
    residuals = growth["realinv"] - design @ coefficients
    errors = []
    for column in range(width):
        others = np.delete(design, column, axis=1)
        cleared = design[:, column] - others @ np.linalg.lstsq(others, design[:, column], rcond=None)[0]
        total = trend.bartlett_sum(cleared * residuals, lags=4)
        errors.append(math.sqrt(total * count / (count - width)) / float(cleared @ cleared))
    assert coefficients == pytest.approx(STATA_LAG_4["coefficients"], abs=1e-9)
    assert errors == pytest.approx(STATA_LAG_4["standard_errors"], abs=1e-9)


@pytest.mark.parametrize("lags", [0, 1, 4, 9])
def test_error_of_a_mean_is_that_of_statsmodels(lags: int) -> None:
    values = np.random.default_rng(lags).normal(0.1, 1, 120).cumsum()
    fit = sm.OLS(values, np.ones(120)).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    assert trend.hac_standard_error(values, lags) == pytest.approx(float(fit.bse[0]), rel=1e-12)


def test_slope_is_least_squares_and_its_error_that_of_the_sum_of_returns() -> None:
    series = walk(300, 3)
    logs = np.log(series.values[-101:])
    slope, variance = np.polyfit(np.arange(101), logs, 1)[0], np.var(np.diff(logs), ddof=1)
    centred = np.arange(101) - 50
    weights = np.array([centred[row:].sum() for row in range(1, 101)]) / (centred @ centred)
    assert weights @ np.diff(logs) == pytest.approx(slope, rel=1e-9)
    expected = slope / math.sqrt(variance * float(weights @ weights))
    assert trend.slope_t(series, 100) == pytest.approx(expected, rel=1e-9)


def test_median_slope_is_that_of_scipy() -> None:
    series = walk(300, 4, drift=0.0002)
    expected = scipy.stats.theilslopes(np.log(series.values[-253:])).slope
    assert trend.theil_sen_slope(series, 252) == pytest.approx(expected, rel=1e-12)


def test_no_trend_is_found_in_driftless_walks_but_one_time_in_twenty() -> None:
    found = list(walks(3000, 253))
    for statistic in (trend.drift_t, trend.slope_t):
        assert 0.04 <= np.mean([abs(statistic(series, 252)) > 1.96 for series in found]) <= 0.07


def test_a_regression_of_the_price_on_time_would_find_one_in_most() -> None:
    """Why it is not offered, and the Mann-Kendall test neither."""
    rejected = []
    time = sm.add_constant(np.arange(253.0))
    for series in walks(200, 253):
        fit = sm.OLS(np.log(series.values), time).fit(cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": True})
        rejected.append(abs(float(fit.tvalues[1])) > 1.96)
    assert np.mean(rejected) > 0.7
    assert not [name for module in (trend, dxy) for name in dir(module) if "mann" in name or "kendall" in name]


@pytest.mark.parametrize("window", [63, 126, 252])
def test_labels_come_as_often_as_they_say(window: int) -> None:
    values = np.array([trend.drift_t(series, window) for series in walks(6000, window + 1, seed=window)])
    labels = [dxy.label_of(float(value)) for value in values]
    shares = dict(labels)
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-12)
    for words, share in shares.items():
        assert np.mean([label == words for label, _ in labels]) == pytest.approx(share, abs=0.02)


def test_label_at_its_bounds() -> None:
    words = [dxy.label_of(z)[0] for z in (-2.0, -1.999, -1.0, -0.999, 0.0, 0.999, 1.0, 1.999, 2.0)]
    assert words == [
        "strong downtrend", "downtrend", "downtrend", "no clear trend", "no clear trend", "no clear trend", "uptrend",
        "uptrend", "strong uptrend",
    ]  # fmt: skip


def test_a_year_has_252_returns_or_365_where_the_market_never_closes() -> None:
    prices = np.exp(np.cumsum(np.random.default_rng(1).normal(0.001, 0.01, 500)))
    for schedule, a_year in ((Schedule("daily", 0), 252), (SEVEN_DAYS, 365)):
        series = daily("2022-01-03", list(prices), schedule)
        returns = np.diff(np.log(prices))[-252:]
        drift = trend.drift(series, 252)
        assert drift.pct_yr == pytest.approx(100 * a_year * returns.mean(), rel=1e-12)
        low, high = drift.ci90_pct_yr
        assert (low + high) / 2 == pytest.approx(drift.pct_yr)
        half = 100 * a_year * trend.hac_standard_error(returns, 4) * scipy.stats.norm.ppf(0.95)
        assert high - drift.pct_yr == pytest.approx(half, rel=1e-12)


def test_missing_days_are_weekdays_or_days() -> None:
    series = daily("2025-01-06", [1.0] * 20)
    assert trend.missing_days(series) == 0
    assert trend.missing_days(series.at(np.array([0, 1, 4, 19]))) == 16
    assert trend.missing_days(daily("2025-01-06", [1.0] * 20, SEVEN_DAYS).at(np.array([0, 19]))) == 18


def test_drawdown_looks_back_three_years() -> None:
    prices = [100.0] * 10 + [90.0] * 800 + [95.0, 80.0]
    series = daily("2022-01-03", prices)
    fall = trend.drawdown(series, 3)
    assert fall.peak == 95.0
    assert fall.peak_on == series.days[-2].item()
    assert fall.pct == pytest.approx(100 * (80 / 95 - 1))
    assert trend.drawdown(series, 4).peak == 100.0


def test_moving_averages_say_where_the_price_is() -> None:
    rising = trend.moving_averages(daily("2022-01-03", list(np.arange(1.0, 301.0))))
    assert (rising.sma50, rising.sma200) == (275.5, 200.5)
    assert rising.state == "price above both averages, the 50-day one above the 200-day one"
    with pytest.raises(CalculationError, match="200-day"):
        trend.moving_averages(daily("2022-01-03", [1.0] * 199))


# ---------------------------------------------------------------- the report on real rates


@pytest.mark.parametrize(("on", "window"), published.DRIFT_T)
def test_trend_of_the_rebuilt_index_is_near_that_of_the_closes(scorer: Scorer, on: dt.date, window: int) -> None:
    report = dxy.dxy_trend(scorer, window, on, chain=[ECB])
    assert report.observed_on == on
    assert report.value == pytest.approx(published.DRIFT_T[on, window], abs=0.15)


@pytest.mark.parametrize("on", published.SINCE_PUBLICATION)
def test_move_since_publication_is_near_that_of_the_closes(scorer: Scorer, on: dt.date) -> None:
    since = dxy.dxy_trend(scorer, as_of=on, chain=[ECB]).since_base
    pct, z, support = published.SINCE_PUBLICATION[on]
    assert since is not None
    assert since.date == scorer.thesis.base_date
    assert since.pct == pytest.approx(pct, abs=0.3)
    assert since.z == pytest.approx(z, abs=0.05)
    assert since.support == pytest.approx(support, abs=1.5)


@pytest.mark.parametrize(("on", "close"), published.CLOSES.items())
@pytest.mark.parametrize("series_id", [H10, ECB])
def test_rebuilt_index_is_near_published_closes(scorer: Scorer, series_id: str, on: dt.date, close: float) -> None:
    series = scorer.knowledge(dt.date(2026, 10, 31)).series(series_id)
    row = int(np.searchsorted(series.days, np.datetime64(on)))
    if row == len(series):
        assert series_id == H10  # the embedded rates of the Federal Reserve end in August 2025
        return
    assert series.days[row].item() == on
    assert float(series.values[row]) == pytest.approx(close, rel=0.007)


def test_h10_index_is_the_published_formula(scorer: Scorer) -> None:
    knowledge = scorer.knowledge(dt.date(2025, 8, 31))
    index = knowledge.series(H10)
    for row in (0, 3000, len(index) - 1):
        expected = published.FACTOR
        for series_id, exponent in published.EXPONENTS.items():
            rates = knowledge.series(series_id)
            expected *= float(rates.values[np.searchsorted(rates.days, index.days[row])]) ** exponent
        assert float(index.values[row]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("on", ["2009-12-31", "2025-02-24", "2025-06-30", "2025-12-31", "2026-07-22"])
def test_report_and_score_agree(scorer: Scorer, on: str) -> None:
    indicator = next(item for item in scorer.thesis.indicators if item.id == "dxy_trend")
    assert tuple(DOLLAR_INDEX) == (indicator.source, *(fallback.source for fallback in indicator.fallbacks))
    result = next(item for item in scorer.evaluate(day(on)).indicators if item.id == "dxy_trend")
    report = dxy.dxy_trend(scorer, as_of=day(on))
    assert (report.value, report.source, report.observed_on) == (result.value, result.source, result.observed_on)
    assert report.rebuilt is True


def test_report_says_everything(scorer: Scorer) -> None:
    report = dxy.dxy_trend(scorer, as_of=dt.date(2025, 12, 31))
    document = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert document["label"] == "downtrend"
    assert document["null_frequency"] == 0.136
    assert document["z"]["252"] == document["value"] == pytest.approx(document["drift_pct_yr"] / 6.8, abs=0.05)
    assert document["ci90"][0] < document["drift_pct_yr"] < document["ci90"][1]
    assert document["source"] == ECB
    assert document["age_days"] == 0
    assert document["n_obs"] == 252
    assert 3 <= document["missing_days"] <= 8
    assert document["drawdown"]["peak_on"] == "2025-01-13"
    assert document["break_text"] == "no datable break"
    assert document["structural_break"] is None
    assert [text.split(": ")[0] for text in document["passed_over"]] == [YAHOO, "YAHOO:DX=F", H10]


def test_a_window_of_half_a_year_keeps_the_other_windows(scorer: Scorer) -> None:
    report = dxy.dxy_trend(scorer, 126, dt.date(2025, 12, 31))
    assert report.value == report.z[126]
    assert report.z[252] == dxy.dxy_trend(scorer, 252, dt.date(2025, 12, 31)).value


def test_before_the_base_date_nothing_is_said_of_it(scorer: Scorer) -> None:
    assert dxy.dxy_trend(scorer, as_of=dt.date(2025, 2, 23)).since_base is None
    # The rates of the base date itself are out eight days later, and a z needs 21 returns.
    assert dxy.dxy_trend(scorer, as_of=dt.date(2025, 2, 24), chain=[H10]).since_base is None
    since = dxy.dxy_trend(scorer, as_of=dt.date(2025, 3, 10), chain=[H10]).since_base
    assert since is not None and since.z is None and since.support is None


# ---------------------------------------------------------------- the way through the sources


def closes(scorer: Scorer, first: str, last: str, factor: float = 1.0) -> TimeSeries:
    """The index by ECB rates, in the place of market closes."""
    series = scorer.knowledge(day(last)).series(ECB)
    rows = np.arange(int(np.searchsorted(series.days, np.datetime64(first))), len(series))
    return series.at(rows).replace(series.values[rows] * factor)


def test_a_fresh_close_comes_first_and_a_late_one_gives_way(own_scorer: Scorer) -> None:
    own_scorer.store.write(rows_of(closes(own_scorer, "2020-01-01", "2025-12-31"), YAHOO), source="test")
    fresh = dxy.dxy_trend(own_scorer, as_of=dt.date(2025, 12, 31))
    assert (fresh.source, fresh.rebuilt, fresh.passed_over) == (YAHOO, False, ())
    late = dxy.dxy_trend(own_scorer, as_of=dt.date(2026, 1, 12))
    assert late.source == ECB
    assert f"{YAHOO}: its last value is of 2025-12-31, late" in late.passed_over
    alone = dxy.dxy_trend(own_scorer, as_of=dt.date(2026, 1, 12), chain=[YAHOO])
    assert (alone.source, alone.age_days) == (YAHOO, 12)
    expired = dxy.dxy_trend(own_scorer, as_of=dt.date(2026, 3, 1), chain=[YAHOO])
    assert expired.value is None
    assert "too old to count" in str(expired.reason)


def test_a_close_with_gaps_gives_way_and_has_no_trend_alone(own_scorer: Scorer) -> None:
    whole = closes(own_scorer, "2020-01-01", "2025-12-31")
    kept = np.sort(np.random.default_rng(0).permutation(len(whole) - 1)[: int(0.8 * len(whole))])
    gappy = whole.at(np.append(kept, len(whole) - 1))
    own_scorer.store.write(rows_of(gappy, YAHOO), source="test")
    assert dxy.dxy_trend(own_scorer, as_of=dt.date(2025, 12, 31)).source == ECB
    alone = dxy.dxy_trend(own_scorer, as_of=dt.date(2025, 12, 31), chain=[YAHOO])
    assert alone.value is None
    assert alone.label is None
    assert "of the expected days" in str(alone.reason)
    json.dumps(alone.to_json(), allow_nan=False)


def test_a_shift_of_the_drift_is_dated(own_scorer: Scorer) -> None:
    rng = np.random.default_rng(5)
    steps = np.concatenate([rng.normal(0.002, 0.004, 500), rng.normal(-0.002, 0.004, 250)])
    series = daily("2023-01-02", list(100 * np.exp(np.cumsum(steps))))
    own_scorer.store.write(rows_of(series, YAHOO), source="test")
    report = dxy.dxy_trend(own_scorer, as_of=series.days[-1].item(), chain=[YAHOO])
    found = report.structural_break
    assert found is not None
    assert abs(int((np.datetime64(found.after) - series.days[499]).astype(int))) <= 30
    assert found.drift_before_pct_yr > 0 > found.drift_after_pct_yr
    assert found.p_value < 0.001
    assert str(found.after) in str(report.break_text)


def test_the_mirrored_price_has_the_mirrored_trend(own_scorer: Scorer) -> None:
    up = walk(700, 8, drift=0.0005)
    on = up.days[-1].item()
    own_scorer.store.write(rows_of(up, YAHOO), source="test")
    own_scorer.store.write(rows_of(up.replace(1e4 / up.values), "YAHOO:DX=F"), source="test")
    first, second = (dxy.dxy_trend(own_scorer, as_of=on, chain=[name]) for name in (YAHOO, "YAHOO:DX=F"))
    assert first.value is not None and second.value is not None and second.slope_t is not None
    assert first.value == pytest.approx(-second.value, rel=1e-9)
    assert first.slope_t == pytest.approx(-second.slope_t, rel=1e-9)
    assert str(first.label).replace("up", "down") == second.label


def test_later_prices_change_no_earlier_report(own_scorer: Scorer) -> None:
    on = dt.date(2025, 6, 30)
    before = dxy.dxy_trend(own_scorer, as_of=on)
    late = daily("2025-07-01", [1.0, 500.0] * 100)
    own_scorer.store.write(rows_of(late, "ECB:EURUSD"), source="test")
    own_scorer.store.write(rows_of(late, YAHOO), source="test")
    after = dxy.dxy_trend(own_scorer, as_of=on)
    assert after.model_dump(exclude={"passed_over"}) == before.model_dump(exclude={"passed_over"})


def test_wrong_questions_are_refused(scorer: Scorer) -> None:
    with pytest.raises(InputError, match="40 to 2520"):
        dxy.dxy_trend(scorer, 39)
    with pytest.raises(InputError, match="future"):
        dxy.dxy_trend(scorer, as_of=dt.date(2999, 1, 1))
    with pytest.raises(InputError, match="unknown series"):
        dxy.dxy_trend(scorer, chain=["YAHOO:NOTHING"])
    with pytest.raises(InputError, match="at least one"):
        dxy.dxy_trend(scorer, chain=[])


# ---------------------------------------------------------------- the index by every source


def test_rebuilt_indices_are_compared_where_they_meet(scorer: Scorer) -> None:
    index = dollar_index(scorer, dt.date(2025, 6, 30))
    assert [(level.series, level.rebuilt) for level in index.levels] == [(H10, True), (ECB, True)]
    (gap,) = index.gaps
    assert (gap.series, gap.other, gap.observed_on) == (H10, ECB, dt.date(2025, 6, 20))
    assert abs(gap.difference_pct) < 0.5
    assert index.warnings == ()
    assert dollar_index(scorer, dt.date(2026, 7, 22)).gaps == ()  # their last common day is a year old


def test_a_close_far_from_the_rebuilt_index_is_warned_of(own_scorer: Scorer) -> None:
    own_scorer.store.write(rows_of(closes(own_scorer, "2025-01-01", "2025-06-30", 1.01), YAHOO), source="test")
    index = dollar_index(own_scorer, dt.date(2025, 6, 30))
    gaps = {(gap.series, gap.other): gap for gap in index.gaps}
    assert gaps[ECB, YAHOO].difference_pct == pytest.approx(100 * (1 / 1.01 - 1))
    assert len(index.warnings) == 2
    assert all("percent" in warning for warning in index.warnings)
    json.dumps(index.to_json(), allow_nan=False)


def test_an_index_nobody_has_is_missing(scorer: Scorer) -> None:
    with pytest.raises(MissingData, match="no data"):
        dollar_index(scorer, chain=[YAHOO])


# ---------------------------------------------------------------- the command


def test_command_prints_the_report() -> None:
    shown = CliRunner().invoke(command, ["--as-of", "2025-12-31"], catch_exceptions=False)
    assert shown.exit_code == 0
    assert shown.output.startswith("Trend -1.37: downtrend (a price without drift is called so on 13.6 % of days)")
    assert "rebuilt, not the index itself" in shown.output
    assert "no datable break" in shown.output


def test_command_prints_json() -> None:
    shown = CliRunner().invoke(command, ["--json", "--window", "126", "--as-of", "2025-06-30"], catch_exceptions=False)
    document = json.loads(shown.output)
    assert document["window"] == 126
    assert document["dollar_index"]["levels"][0]["series"] == H10


def test_command_says_why_there_is_no_trend() -> None:
    shown = CliRunner().invoke(command, ["--source", YAHOO], catch_exceptions=False)
    assert shown.exit_code == 3
    assert "no data" in shown.output
