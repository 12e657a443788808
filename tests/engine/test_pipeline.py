"""Evaluation on a small thesis: no look-ahead, honest gaps, mirrored by turning every direction."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_thesis.errors import InputError
from xl_thesis.observations import month_ends
from xl_thesis.pipeline import Scorer
from xl_thesis.sources import embedded
from xl_thesis.store import Row, Store
from xl_thesis.thesis import computation_key, parse_thesis

from .mini import as_yaml, document


def monthly_rows(name: str, rng: np.random.Generator, lag: int) -> list[Row]:
    """Ten years of a monthly series, every value revised once, two months later."""
    days = month_ends(np.arange(np.datetime64("2014-01"), np.datetime64("2024-01")))
    rows: list[Row] = []
    for day, value in zip(days, 3 + np.cumsum(rng.normal(0, 0.1, len(days))), strict=True):
        rows.append((f"MANUAL:{name}", str(day), round(float(value), 2), str(day + np.timedelta64(lag, "D"))))
        revised = str(day + np.timedelta64(lag + 60, "D"))
        rows.append((f"MANUAL:{name}", str(day), round(float(value), 2) + 0.07, revised))
    return rows


def all_rows() -> list[Row]:
    rng = np.random.default_rng(1)
    days = np.busday_offset("2019-01-01", np.arange(1200), roll="forward")
    prices = 100 * np.exp(np.cumsum(rng.normal(0.0002, 0.005, 1200)))
    daily = [("MANUAL:price", str(day), float(price), str(day)) for day, price in zip(days, prices, strict=True)]
    return monthly_rows("rate", rng, 10) + monthly_rows("level", rng, 5) + daily


ROWS = all_rows()


def scorer(store: Store, content: dict[str, Any] | None = None) -> Scorer:
    return Scorer(parse_thesis(as_yaml(content or document()), Path("mini.yaml")), store)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        opened.write(ROWS, source="test")
        yield opened


as_of_days = st.dates(dt.date(2020, 1, 1), dt.date(2024, 3, 1))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(on=as_of_days)
def test_as_known_equals_a_store_truncated_at_the_day(store: Store, on: dt.date) -> None:
    with Store(":memory:") as cut:
        cut.write([row for row in ROWS if row[3] <= on.isoformat()], source="test")
        assert scorer(cut).evaluate(on) == scorer(store).evaluate(on)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(on=as_of_days)
def test_turning_every_direction_mirrors_the_score(store: Store, on: dt.date) -> None:
    turned = document()
    for indicator in turned["indicators"]:
        indicator["direction"] *= -1
    plain, mirrored = scorer(store).evaluate(on), scorer(store, turned).evaluate(on)
    assert plain.score is not None
    assert mirrored.score == pytest.approx(100 - plain.score, abs=1e-9)


def test_contributions_add_up(store: Store) -> None:
    result = scorer(store).evaluate(dt.date(2023, 6, 30))
    total = 50 + math.fsum(item.contribution or 0 for item in result.indicators)
    assert result.score == pytest.approx(total, abs=1e-12)


def test_staleness_is_counted_from_the_missed_release(store: Store) -> None:
    last = scorer(store).evaluate(dt.date(2024, 3, 1))
    rate = next(item for item in last.indicators if item.id == "rank")
    assert (rate.observed_on, rate.age_days, rate.status) == (dt.date(2023, 12, 31), 61, "fresh")
    later = scorer(store).evaluate(dt.date(2024, 3, 5))
    # The January value was expected on 10 February: 24 days overdue, of which 20 are tolerated and 75 the end.
    assert [item.status for item in later.indicators] == ["stale", "expired", "stale"]
    assert later.pillars[1].coverage == pytest.approx((75 - 24) / 55)
    assert later.pillars[0].score is None
    assert later.coverage.effective == pytest.approx((75 - 24) / 55 / 3)
    assert later.coverage.nominal == pytest.approx(1 / 3)


def test_missing_indicators_say_why_and_the_rest_is_renormalised(store: Store) -> None:
    content = document()
    content["series"].append({**content["series"][0], "id": "MANUAL:absent", "title": "absent"})
    content["indicators"][1]["source"] = "MANUAL:absent"
    result = scorer(store, content).evaluate(dt.date(2023, 6, 30))
    absent = result.indicators[1]
    assert (absent.status, absent.reason, absent.score) == ("missing", "no data for MANUAL:absent", None)
    assert result.coverage.effective == pytest.approx(2 / 3 * 0.5 + 1 / 3)
    assert result.bounds is not None
    assert result.bounds.high - result.bounds.low == pytest.approx(100 * (1 - result.coverage.effective))


def test_too_little_is_withheld_not_guessed(store: Store) -> None:
    content = document()
    content["series"].append({**content["series"][0], "id": "MANUAL:absent", "title": "absent"})
    for row in (0, 1):
        content["indicators"][row]["source"] = "MANUAL:absent"
    content["pillars"][1]["weight"] = 0.5
    result = scorer(store, content).evaluate(dt.date(2023, 6, 30))
    assert (result.status, result.score, result.label, result.bounds) == ("withheld", None, None, None)
    assert "withheld" in result.verdict()


def test_partial_evidence_says_so(store: Store) -> None:
    content = document()
    content["series"].append({**content["series"][0], "id": "MANUAL:absent", "title": "absent"})
    content["indicators"][2]["source"] = "MANUAL:absent"
    content["pillars"][1]["weight"] = 2.0
    result = scorer(store, content).evaluate(dt.date(2023, 6, 30))
    assert result.status == "partial"
    assert result.verdict().endswith("(partial evidence)")


def test_a_fallback_is_used_only_while_the_source_is_not_fresh_and_is_called_a_proxy(store: Store) -> None:
    content = document()
    content["series"].append({**content["series"][0], "id": "MANUAL:absent", "title": "absent"})
    rank = content["indicators"][0]
    rank["fallbacks"] = [{"source": "MANUAL:level", "note": "another level"}]
    kept = scorer(store, content).evaluate(dt.date(2023, 6, 30)).indicators[0]
    assert (kept.source, kept.is_proxy) == ("MANUAL:rate", False)
    rank["source"] = "MANUAL:absent"
    used = scorer(store, content).evaluate(dt.date(2023, 6, 30)).indicators[0]
    assert (used.source, used.is_proxy) == ("MANUAL:level", True)
    assert used.reason is not None
    assert "another level" in used.reason


def test_of_two_ways_that_are_too_old_the_newer_is_shown_and_neither_counts() -> None:
    content = document()
    content["series"].append({**content["series"][0], "id": "MANUAL:older", "title": "older"})
    content["indicators"][0] |= {
        "source": "MANUAL:older", "fallbacks": [{"source": "MANUAL:rate", "note": "another rate"}],
    }  # fmt: skip
    rates = [row for row in ROWS if row[0] == "MANUAL:rate"]
    older = [("MANUAL:older", *row[1:]) for row in rates if row[1] < "2022-06"]
    with Store(":memory:") as opened:
        opened.write([*ROWS, *older], source="test")
        late = scorer(opened, content)
        found = late.evaluate(dt.date(2024, 12, 31)).indicators[0]
        panel = late.panel([dt.date(2024, 12, 31)])
    assert (found.source, found.status, found.effective_weight) == ("MANUAL:rate", "expired", 0.0)
    assert found.observed_on == max(dt.date.fromisoformat(row[1]) for row in rates)
    assert (panel.scores[0, 0], panel.freshness[0, 0]) == (found.score, 0.0)


def test_precomputed_scores_give_way_to_live_ones() -> None:
    thesis = parse_thesis(as_yaml(document()), Path("mini.yaml"))
    drift = thesis.indicators[1]
    row: Row = (embedded.precomputed_id("drift", computation_key(drift, thesis)), "2023-06-30", 12.5, "2023-06-30")
    prices = [other for other in ROWS if other[0] == "MANUAL:price"]
    rest = [other for other in ROWS if other[0] != "MANUAL:price"]
    with Store(":memory:") as partial:
        partial.write([*rest, row], source="test")
        before = Scorer(thesis, partial).evaluate(dt.date(2023, 6, 30)).indicators[1]
        assert (before.score, before.value, before.is_precomputed) == (12.5, None, True)
        partial.write(prices, source="test")
        after = Scorer(thesis, partial).evaluate(dt.date(2023, 6, 30)).indicators[1]
        assert (after.is_precomputed, after.source) == (False, "MANUAL:price")


def test_dates_outside_the_data_are_refused(store: Store) -> None:
    with pytest.raises(InputError, match="in the future"):
        scorer(store).evaluate(dt.date(2999, 1, 1))
    with pytest.raises(InputError, match="first date with data"):
        scorer(store).evaluate(dt.date(1950, 1, 1))
    with Store(":memory:") as empty, pytest.raises(InputError, match=r"data is still to come$"):
        scorer(empty).evaluate(dt.date(2023, 1, 1))


def test_history_is_evaluate_on_each_day(store: Store) -> None:
    frame = scorer(store).history(dt.date(2022, 11, 15), dt.date(2023, 2, 10))
    assert frame.index.strftime("%Y-%m-%d").tolist() == ["2022-11-30", "2022-12-31", "2023-01-31", "2023-02-10"]
    for when, value in frame["score"].items():
        assert value == pytest.approx(scorer(store).evaluate(when.date()).score, abs=1e-12)


def test_history_does_not_look_ahead_where_precomputed_scores_are_told_anew() -> None:
    thesis = parse_thesis(as_yaml(document()), Path("mini.yaml"))
    name = embedded.precomputed_id("drift", computation_key(thesis.indicators[1], thesis))
    scores: list[Row] = [(name, f"2023-0{month}-28", 10.0 * month, f"2023-0{month}-28") for month in range(1, 7)]
    later: list[Row] = [(name, day, (value or 0) + 5.0, "2023-08-01") for _, day, value, _ in scores]
    rest = [row for row in ROWS if row[0] != "MANUAL:price"]
    with Store(":memory:") as told_anew:
        told_anew.write([*rest, *scores, *later], source="test")
        scorer = Scorer(thesis, told_anew)
        frame = scorer.history(dt.date(2023, 1, 31), dt.date(2023, 8, 31))
        for when, value in frame["score"].items():
            assert value == pytest.approx(scorer.evaluate(when.date()).score, abs=1e-12)
        assert scorer.panel([dt.date(2023, 7, 15), dt.date(2023, 8, 2)]).scores[1].tolist() == [60.0, 65.0]


def test_a_carried_value_is_flagged(store: Store) -> None:
    content = document()
    content["indicators"][0]["transform"] = {"kind": "yoy"}
    rows = [row for row in ROWS if row[1] != "2022-06-30"]
    with Store(":memory:") as holed:
        holed.write(rows, source="test")
        result = scorer(holed, content).evaluate(dt.date(2023, 7, 20)).indicators[0]
    assert result.observed_on == dt.date(2023, 5, 31)
    assert result.reason is not None
    assert result.reason.startswith("carried")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.integers(0, 80), factor=st.sampled_from([-10.0, 0.0, 1.5, 100.0]))
def test_one_bad_print_hardly_moves_what_comes_years_later(row: int, factor: float) -> None:
    """A mid-rank forgives it: the values it enters directly are two of many, and only their ranks count."""
    months = [item for item in ROWS if item[0] == "MANUAL:rate"][: 2 * 120]
    bad = months[2 * row]  # and its revision; 120 months in all, the last window ends three months after row 80
    damaged = [
        (item[0], item[1], item[2] * factor, item[3]) if item[:2] == bad[:2] and item[2] is not None else item
        for item in ROWS
    ]
    with Store(":memory:") as clean, Store(":memory:") as spoilt:
        clean.write(ROWS, source="test")
        spoilt.write(damaged, source="test")
        content = document()
        content["indicators"] = content["indicators"][:2]
        content["pillars"] = content["pillars"][:1]
        for on in (dt.date(2021, 6, 30), dt.date(2023, 3, 31), dt.date(2024, 3, 1)):
            one, other = scorer(clean, content).evaluate(on), scorer(spoilt, content).evaluate(on)
            ranks = [next(i.score for i in found.indicators if i.id == "rank") for found in (one, other)]
            assert abs(ranks[0] - ranks[1]) <= 100 * 2 / 80
            assert abs(one.score - other.score) < 100 * 2 / 80 * one.indicators[0].effective_weight + 1e-9


def test_a_history_of_days_on_which_nothing_was_known_is_empty(store: Store) -> None:
    frame = scorer(store).history(dt.date(1999, 1, 5), dt.date(1999, 1, 6), "daily")
    assert frame["score"].isna().all() and (frame["coverage"] == 0).all()
