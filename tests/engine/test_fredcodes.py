"""FRED's own codes against FRED's published definitions and numbers that others published."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_thesis import fredcodes
from xl_thesis.default_store import open_default_store
from xl_thesis.errors import CalculationError, InputError
from xl_thesis.models import Frequency
from xl_thesis.observations import Schedule, TimeSeries, to_date
from xl_thesis.pipeline import Scorer
from xl_thesis.thesis import load_thesis

from .series import DAILY, daily, monthly

DAY = dt.date(2026, 6, 30)


def known(series_id: str) -> TimeSeries:
    with open_default_store() as store:
        return Scorer(load_thesis("american_exceptionalism"), store).knowledge(DAY).series(series_id)


def by_day(series: TimeSeries) -> dict[str, float]:
    return dict(zip(series.days.astype(str).tolist(), series.values.tolist(), strict=True))


# ---------------------------------------------------------------- numbers that others published


def test_the_monthly_average_of_the_funds_rate_is_the_one_the_board_publishes() -> None:
    ours, board = by_day(fredcodes.aggregate(known("FRED:DFF"), "m")), by_day(known("FRED:FEDFUNDS"))
    shared = ours.keys() & board.keys()
    assert len(shared) > 800
    assert [day for day in shared if abs(round(ours[day] + 1e-9, 2) - board[day]) > 0.0101] == []
    assert np.mean([round(ours[day] + 1e-9, 2) == board[day] for day in shared]) > 0.98


@pytest.mark.parametrize(  # Bureau of Labor Statistics, news releases: all items, twelve months, not adjusted
    ("month", "percent"),
    [("2021-12-31", 7.0), ("2022-06-30", 9.1), ("2023-12-31", 3.4), ("2024-06-30", 3.0), ("2024-09-30", 2.4)],
)
def test_pc1_is_the_inflation_that_was_announced(month: str, percent: float) -> None:
    assert round(by_day(fredcodes.transform(known("FRED:CPIAUCNS"), "pc1"))[month], 1) == percent


def test_pca_is_the_annual_rate_of_growth_that_was_announced() -> None:
    growth = by_day(fredcodes.transform(known("FRED:GDPC1"), "pca"))
    assert growth["2020-06-30"] == pytest.approx(-28.0, abs=0.3)  # Bureau of Economic Analysis, later revisions differ
    assert growth["2020-09-30"] == pytest.approx(34.9, abs=0.5)


def test_the_averages_of_freds_help_page() -> None:
    quarter = fredcodes.aggregate(monthly("2025-01", [100.1, 100.4, 100.9]), "q")
    assert round(float(quarter.values[0]), 1) == 100.5  # the example of FRED's page on decimal places


# ---------------------------------------------------------------- aggregation


@pytest.mark.parametrize(
    ("here", "wanted", "fewest"),
    [("daily", "w", 4), ("daily", "m", 17), ("daily", "q", 52), ("daily", "a", 208), ("weekly", "m", 3),
     ("weekly", "q", 10), ("weekly", "a", 39), ("monthly", "q", 3), ("monthly", "a", 12), ("quarterly", "a", 4)],
)  # fmt: skip
def test_the_first_and_last_period_need_as_many_values_as_fred_asks_for(
    here: Frequency, wanted: str, fewest: int
) -> None:
    step = {"daily": 1, "weekly": 7}.get(here, 0)
    first = np.datetime64("2024-01-05") if here == "weekly" else np.datetime64("2024-01-01")
    for count, is_there in ((fewest, True), (fewest - 1, False)):
        if step:
            days = np.busday_offset(first, np.arange(count)) if step == 1 else first + 7 * np.arange(count)
        else:
            months = np.arange(count) * {"monthly": 1, "quarterly": 3}[here] + {"monthly": 1, "quarterly": 3}[here]
            days = (np.datetime64("2024-01", "M") + months).astype("datetime64[D]") - 1
        series = TimeSeries(days, np.arange(count, dtype=float), days, Schedule(here, 1))
        if is_there:
            assert len(fredcodes.aggregate(series, wanted)) == 1
        else:
            with pytest.raises(CalculationError):
                fredcodes.aggregate(series, wanted)


def test_a_missing_month_in_the_middle_is_ignored_and_one_at_the_end_is_not() -> None:
    values: list[float | None] = [1.0, 2.0, 3.0, 4.0, None, 6.0, 7.0, 8.0, 9.0, 10.0, None, 12.0]
    series = fredcodes.aggregate(monthly("2025-01", values), "q")
    assert by_day(series) == {"2025-03-31": 2.0, "2025-06-30": 5.0, "2025-09-30": 8.0}


@pytest.mark.parametrize(("method", "rule"), [("avg", "mean"), ("sum", "sum"), ("eop", "last")])
@pytest.mark.parametrize(("letter", "rule_days"), [("w", "W-FRI"), ("m", "ME"), ("q", "QE"), ("a", "YE")])
def test_aggregates_are_those_of_pandas(method: str, rule: str, letter: str, rule_days: str) -> None:
    series = known("FRED:DGS10")
    theirs = getattr(series.to_pandas().resample(rule_days), rule)().dropna()
    ours = fredcodes.aggregate(series, letter, method).to_pandas()
    both = ours.index.intersection(theirs.index)[1:-1]
    assert len(both) >= len(theirs) - 4
    pd.testing.assert_series_equal(ours[both], theirs[both], check_freq=False, check_names=False)


def test_a_period_is_known_once_its_last_value_is() -> None:
    quarter = fredcodes.aggregate(monthly("2025-01", [1.0, 2.0, 3.0]), "q")
    assert to_date(quarter.available[0]) == dt.date(2025, 4, 10)
    assert quarter.schedule.frequency == "quarterly"


def test_a_week_ends_on_friday() -> None:
    weeks = fredcodes.aggregate(daily("2025-01-06", [1.0] * 10), "w")
    assert weeks.days.astype(str).tolist() == ["2025-01-10", "2025-01-17"]


@pytest.mark.parametrize(("frequency", "method"), [("d", "avg"), ("x", "avg"), ("q", "median")])
def test_what_is_no_code_or_higher_is_refused(frequency: str, method: str) -> None:
    with pytest.raises(InputError):
        fredcodes.aggregate(monthly("2025-01", [1.0, 2.0, 3.0]), frequency, method)
    assert fredcodes.aggregate(monthly("2025-01", [1.0]), "m").values.tolist() == [1.0]


# ---------------------------------------------------------------- units


@pytest.mark.parametrize(("frequency", "count"), [("monthly", 12), ("quarterly", 4), ("annual", 1), ("weekly", 52)])
def test_the_formulas_of_freds_help_page(frequency: Frequency, count: int) -> None:
    size = 3 * count + 4
    months = {"monthly": 1, "quarterly": 3, "annual": 12}.get(frequency)
    if months is None:
        days = np.datetime64("2020-01-03") + 7 * np.arange(size)
    else:
        days = (np.datetime64("2000-01", "M") + months * (np.arange(size) + 1)).astype("datetime64[D]") - 1
    x = np.random.default_rng(1).uniform(50, 150, size)
    series = TimeSeries(days, x, days, Schedule(frequency, 1))
    before, year = x[:-1], x[:-count]
    expected = {
        "lin": x, "chg": x[1:] - before, "ch1": x[count:] - year, "pch": (x[1:] / before - 1) * 100,
        "pc1": (x[count:] / year - 1) * 100, "pca": ((x[1:] / before) ** count - 1) * 100,
        "cch": (np.log(x[1:]) - np.log(before)) * 100, "cca": (np.log(x[1:]) - np.log(before)) * 100 * count,
        "log": np.log(x),
    }  # fmt: skip
    assert tuple(expected) == fredcodes.UNITS
    for code, values in expected.items():
        assert fredcodes.transform(series, code).values == pytest.approx(values, rel=1e-12, abs=1e-12), code


def test_a_day_a_year_ago_is_260_working_days_back_and_365_in_a_series_of_seven_days() -> None:
    working = fredcodes.transform(daily("2024-01-01", list(np.arange(300.0))), "ch1")
    assert set(working.values.tolist()) == {260.0} and len(working) == 40
    whole = fredcodes.transform(daily("2024-01-01", list(np.arange(400.0)), Schedule("daily", 0, True)), "ch1")
    assert set(whole.values.tolist()) == {365.0} and len(whole) == 35


def test_the_change_across_a_period_that_was_not_published_has_no_value() -> None:
    changes = fredcodes.transform(monthly("2025-08", [1.0, 2.0, None, 4.0, 5.0]), "chg")
    assert by_day(changes) == {"2025-09-30": 1.0, "2025-12-31": 1.0}


def test_what_has_no_logarithm_or_base_has_no_value() -> None:
    series = daily("2025-01-06", [0.0, -1.0, 2.0])
    assert len(fredcodes.transform(series, "log")) == 1
    assert np.isfinite(fredcodes.transform(series, "pch").values).all()
    with pytest.raises(InputError):
        fredcodes.transform(series, "LIN")


@given(st.lists(st.floats(1, 1000), min_size=2, max_size=30))
def test_codes_agree_with_each_other(values: list[float]) -> None:
    series = daily("2025-01-06", values, DAILY)
    growth, logs = (fredcodes.transform(series, code).values for code in ("pch", "cch"))
    assert np.log1p(growth / 100) * 100 == pytest.approx(logs, rel=1e-6, abs=1e-9)
    assert fredcodes.transform(series, "cca").values == pytest.approx(260 * logs)
    assert np.cumsum(fredcodes.transform(series, "chg").values)[-1] == pytest.approx(values[-1] - values[0], abs=1e-6)
