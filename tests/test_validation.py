"""The evidence page on real data: forward only, corrected, and with the sentence that says what it cannot show."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

import evidence_page
from xl_thesis import validation
from xl_thesis.cli import main
from xl_thesis.default_store import seed
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis

AS_OF = dt.date(2026, 7, 22)


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Store(":memory:") as store:
        seed(store)
        yield Scorer(load_thesis("american_exceptionalism"), store)


def test_forward_changes_start_after_the_day_and_never_before() -> None:
    days = pd.bdate_range("2024-01-01", "2024-12-31")
    prices = pd.Series(np.exp(np.arange(len(days)) / 1000), index=days)
    score_days = pd.DatetimeIndex(["2024-03-31", "2024-12-31"])
    changes = validation.forward_change(prices, score_days, 3)
    first, last = days.get_loc(pd.Timestamp("2024-04-01")), days.get_loc(pd.Timestamp("2024-06-28"))
    assert changes[0] == pytest.approx((last - first) / 1000)
    assert np.isnan(changes[1])


def test_earlier_prices_do_not_matter() -> None:
    days = pd.bdate_range("2024-01-01", "2024-12-31")
    prices = pd.Series(np.linspace(1, 2, len(days)), index=days)
    shaken = prices.copy()
    shaken[: pd.Timestamp("2024-03-31")] = 7.0
    when = pd.DatetimeIndex(["2024-03-31"])
    np.testing.assert_array_equal(
        validation.forward_change(prices, when, 3), validation.forward_change(shaken, when, 3)
    )


def test_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["validate", "--json"])
    assert not left.value.code
    evidence = json.loads(capsys.readouterr().out)
    assert len(evidence["tests"]) == 8
    assert all(test["p_holm"] >= test["p_circular"] for test in evidence["tests"])
    assert {row["months"] for row in evidence["placebos"]} == {6, 12, 17}
    assert all(row["publications"] > 150 for row in evidence["placebos"])
    assert "can neither confirm nor refute" in evidence["conclusion"]
    # Twelve-month momentum of the dollar foretells nothing either (design experiment since 1999: -0.05, -0.10, -0.12).
    momentum = [row for row in evidence["baselines"] if row["name"] == "12-month momentum"]
    assert all(abs(row["correlation"]) < 0.2 and row["p_circular"] > 0.1 for row in momentum)
    # What cannot be had says so; it is never left out.
    rival = [row for row in evidence["baselines"] if "rate differential" in row["name"]]
    assert len(momentum) == len(rival) == 4 and all("no data for FRED:" in row["reason"] for row in rival)
    with pytest.raises(SystemExit):
        main(["validate"])
    assert "neither confirm nor refute" in " ".join(capsys.readouterr().out.split())


def test_the_rate_differential_is_a_rival_where_its_series_are_known() -> None:
    months = pd.date_range("2000-01-31", "2026-05-31", freq="ME")
    rows = [("FRED:IRLTLT01DEM156N", str(day.date()), 3 + row % 7 / 10, str(day.date())) for row, day in
            enumerate(months)]  # fmt: skip
    with Store(":memory:") as store:
        seed(store)
        store.write(rows, source="test")
        scorer = Scorer(load_thesis("american_exceptionalism"), store)
        prices = scorer.knowledge(AS_OF).series("DERIVED:DXY_ECB").to_pandas()
        frame = scorer.history(months[0].date(), AS_OF)
        found = [*validation._baselines(scorer, frame, prices, AS_OF)]
    assert [item.months for item in found] == [1, 3, 6, 12] * 2
    assert all(item.reason is None and item.p_circular is not None for item in found)


def test_the_page_in_the_docs_is_the_code_s() -> None:
    assert evidence_page.page(None) == evidence_page.PAGE.read_text(encoding="utf-8")


def test_the_table_of_base_dates_has_the_score_of_the_definition(scorer: Scorer) -> None:
    page = evidence_page.PAGE.read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if "(the definition's)" in line]
    days = [dt.date(2025, 6, 30), dt.date(2025, 12, 31), AS_OF]
    scores = [f"{scorer.evaluate(day).score:.1f}" for day in days]
    assert len(lines) == 1 and lines[0].split(" | ")[1:4] == scores


def test_an_unknown_target_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["validate", "--target", "FRED:NOPE"])
    assert left.value.code == 2
    assert "unknown series" in capsys.readouterr().err
