"""Transforms count on the calendar, never in rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_thesis import definition as d
from xl_thesis import transforms
from xl_thesis.errors import MissingData
from xl_thesis.models import Derived, Span, parse_span
from xl_thesis.observations import Schedule
from xl_thesis.operators import derive

from .series import daily, day, monthly

HOLE = [315.664, 317.603, 319.086, 319.775, 319.615, 321.435, 322.132, 323.291, 324.054, None, 325.063]


def span(text: str) -> Span:
    result = parse_span(text)
    assert isinstance(result, Span)
    return result


def test_year_on_year_skips_the_month_that_was_not_published() -> None:
    # BLS, CPI-U not seasonally adjusted: November 2024 315.493, November 2025 324.122, published as 2.7 percent.
    values: list[float | None] = [None] * 24
    values[10], values[22] = 315.493, 324.122
    series = monthly("2024-01", values)
    result = transforms.year_on_year(series, d.YearOnYear(kind="yoy"))
    assert len(result) == 1
    assert round(float(result.values[-1]), 1) == 2.7


def test_a_month_without_a_base_has_no_value() -> None:
    values: list[float | None] = [100.0 + row for row in range(24)]
    values[9] = None
    result = transforms.year_on_year(monthly("2025-01", values), d.YearOnYear(kind="yoy"))
    assert "2026-10-31" not in result.days.astype(str)
    assert "2026-11-30" in result.days.astype(str)


@pytest.mark.parametrize(("text", "months"), [("13W", 2.9897), ("6M", 6), ("2Q", 6), ("1Y", 12)])
def test_spans(text: str, months: float) -> None:
    assert span(text).months == pytest.approx(months, abs=1e-3)


@pytest.mark.parametrize("text", ["", "12", "0M", "M", "1D", "-3M", "3 M"])
def test_bad_spans_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="span"):
        parse_span(text)


def test_shift_back_clips_to_the_end_of_the_month() -> None:
    days = np.array(["2025-03-31", "2024-02-29"], dtype="datetime64[D]")
    assert transforms.shift_back(days, span("1M")).astype(str).tolist() == ["2025-02-28", "2024-01-29"]
    assert transforms.shift_back(days, span("12M")).astype(str).tolist() == ["2024-03-31", "2023-02-28"]


def test_daily_change_takes_the_last_value_on_or_before_the_day_a_span_earlier() -> None:
    series = daily("2024-01-01", list(np.arange(300.0)))
    result = transforms.change(series, d.Change(kind="change", span=span("3M")))
    frame = series.to_pandas()
    for when, value in result.to_pandas().items():
        before = frame[: pd.Timestamp(when) - pd.DateOffset(months=3)].iloc[-1]
        assert value == frame[when] - before


def test_daily_lookup_refuses_a_value_more_than_ten_days_older() -> None:
    series = daily("2024-01-01", list(np.arange(100.0)))
    keep = np.r_[0:10, 40:100]
    gappy = type(series)(series.days[keep], series.values[keep], series.available[keep], series.schedule)
    result = transforms.change(gappy, d.Change(kind="change", span=span("1M")))
    lookups = transforms.shift_back(result.days, span("1M"))
    rows = np.searchsorted(gappy.days, lookups, side="right") - 1
    assert (lookups - gappy.days[rows] <= np.timedelta64(10, "D")).all()


def test_per_month_divides_by_the_length_of_the_span() -> None:
    series = daily("2024-01-01", list(np.arange(200.0)))
    plain = transforms.change(series, d.Change(kind="change", span=span("13W")))
    paced = transforms.change(series, d.Change(kind="change", span=span("13W"), per_month=True))
    np.testing.assert_allclose(paced.values, plain.values / (91 / (365.25 / 12)))


def test_log_changes() -> None:
    series = monthly("2024-01", [10.0, 100.0])
    natural = transforms.log_change(series, d.LogChange(kind="log_change", span=span("1M")))
    decimal = transforms.log_change(series, d.LogChange(kind="log10_change", span=span("1M")))
    assert natural.values[-1] == pytest.approx(np.log(10))
    assert decimal.values[-1] == pytest.approx(1.0)


def test_average_needs_two_thirds_of_its_months() -> None:
    series = monthly("2025-08", [4.3, 4.4, None, 4.5])
    result = transforms.average(series, d.Average(kind="average", months=3))
    assert result.to_pandas().round(6).to_dict() == {pd.Timestamp("2025-09-30"): 4.35, pd.Timestamp("2025-11-30"): 4.45}


# Real-time unemployment rates (BLS, as published month by month) and the published real-time indicator for July 2024
# and for the months around it (C. Sahm, FRED series SAHMREALTIME: 0.43 in June and 0.53 in July 2024).
UNRATE_2023_07 = [3.5, 3.8, 3.8, 3.9, 3.7, 3.7, 3.7, 3.9, 3.8, 3.9, 4.0, 4.1, 4.3]


def test_above_low_is_the_published_recession_indicator() -> None:
    history: list[float | None] = [3.6, 3.4, 3.6, 3.5, 3.4, 3.7, 3.6]  # 2022-12 to 2023-06
    series = monthly("2022-12", [*history, *UNRATE_2023_07])
    result = transforms.above_low(series, d.AboveLow(kind="above_low")).to_pandas()
    assert round(result[pd.Timestamp("2024-06-30")], 2) == 0.43
    assert round(result[pd.Timestamp("2024-07-31")], 2) == 0.53


def test_above_low_bridges_one_missing_month_only_if_allowed() -> None:
    values: list[float | None] = [4.0] * 20
    values[16] = None
    strict = transforms.above_low(monthly("2024-06", values), d.AboveLow(kind="above_low"))
    lenient = transforms.above_low(monthly("2024-06", values), d.AboveLow(kind="above_low", missing_months_ok=1))
    assert strict.days[-1] < np.datetime64("2025-10-01")
    assert lenient.days[-1] == np.datetime64("2026-01-31")
    assert "2025-10-31" not in lenient.days.astype(str)


def test_change_since() -> None:
    series = monthly("2025-01", [66.0, 65.0, 64.5])
    assert transforms.change_since(series, day("2025-02-10")).values.tolist() == [-1.0, -1.5]
    with pytest.raises(MissingData, match="base date"):
        transforms.change_since(series, day("2024-12-31"))


def test_nothing_has_changed_since_a_base_that_is_the_newest_value() -> None:
    """No evidence yet: a change of 0 would count as known and neutral."""
    with pytest.raises(MissingData, match="no value after the one of 2025-03-31"):
        transforms.change_since(monthly("2025-01", [66.0, 65.0, 64.5]), day("2025-04-10"))


@given(st.lists(st.floats(1, 1000), min_size=30, max_size=60), st.integers(1, 28))
def test_later_values_never_change_earlier_transforms(values: list[float], cut: int) -> None:
    rule = d.LogChange(kind="log_change", span=span("6M"))
    whole, part = (transforms.log_change(monthly("2020-01", v), rule) for v in (values, values[:-cut]))
    np.testing.assert_array_equal(whole.values[: len(part)], part.values)


@pytest.mark.parametrize(("seven_days", "last_day"), [(False, "2026-05-29"), (True, "2026-05-31")])
def test_a_month_has_a_mean_once_its_last_day_is_observed(seven_days: bool, last_day: str) -> None:
    """May 2026 ends on a Sunday."""
    series = daily("2026-05-01", np.arange(31.0).tolist(), Schedule("daily", 0, seven_days))
    mean = Derived(op="monthly_mean", of=("MANUAL:daily",))
    last = int(np.flatnonzero(series.days == np.datetime64(last_day))[0])
    before, after = (derive(mean, {"MANUAL:daily": series.at(np.arange(count))}) for count in (last, last + 1))
    assert len(before) == 0
    assert after.days.astype(str).tolist() == ["2026-05-31"]
    assert after.values[0] == series.values[: last + 1].mean()


@pytest.mark.parametrize("op", ["ratio", "difference", "sum", "product", "basket", "power_product"])
def test_a_day_has_the_same_digits_whatever_other_days_stand_beside_it(op: str) -> None:
    rng = np.random.default_rng(6)
    ids = ("A:1", "A:2") if op in ("ratio", "difference") else tuple(f"A:{row}" for row in range(6))
    exponents = (-0.576, 0.136, -0.119, 0.091, 0.042, 0.036) if op == "power_product" else None
    inputs = {name: daily("2024-01-01", rng.uniform(0.5, 2, 60).tolist()) for name in ids}
    whole = derive(Derived.model_validate({"op": op, "of": ids, "exponents": exponents}), inputs)
    for count in range(1, 60):
        head = {name: series.at(np.arange(count)) for name, series in inputs.items()}
        part = derive(Derived.model_validate({"op": op, "of": ids, "exponents": exponents}), head)
        assert part.values.tobytes() == whole.values[:count].tobytes()
