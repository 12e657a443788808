"""The evidence page on real data: forward only, corrected, and with the sentence that says what it cannot show."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from xl_thesis import validation
from xl_thesis.cli import main


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
    momentum = {row["months"]: row for row in evidence["baselines"]}
    assert all(abs(row["correlation"]) < 0.2 and row["p_circular"] > 0.1 for row in momentum.values())
    with pytest.raises(SystemExit):
        main(["validate"])
    assert "neither confirm nor refute" in " ".join(capsys.readouterr().out.split())


def test_an_unknown_target_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["validate", "--target", "FRED:NOPE"])
    assert left.value.code == 2
    assert "unknown series" in capsys.readouterr().err
