"""Every function against an independent computation, or against the engine's public result."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xl_thesis
from tests.reference import dollar_index
from xl_thesis import attribution, dxy, falsifiers, releases, sensitivity
from xl_thesis.default_store import open_default_store
from xl_thesis.definition import Thesis
from xl_thesis.evaluation import Evaluation
from xl_thesis.ledger import Ledger, open_log
from xl_thesis.pipeline import Scorer
from xl_thesis.provenance import source_records
from xl_thesis.thesis import load_thesis
from xl_thesis_udfs import edge, formula
from xl_thesis_udfs.cells import CellError
from xl_thesis_udfs.registry import FUNCTIONS

JUNE, MARCH = dt.date(2026, 6, 30), dt.date(2026, 3, 31)
THESIS = "american_exceptionalism"
DATA = Path(xl_thesis.__file__).parent / "data"
SECOND = "jobless_boom"


@pytest.fixture
def scorer(private_home: None) -> Iterator[Scorer]:
    with open_default_store() as store:
        yield Scorer(load_thesis(THESIS), store)


@pytest.fixture
def june(scorer: Scorer) -> Evaluation:
    return scorer.evaluate(JUNE, with_band=True)


def value(text: str) -> Any:
    return formula.evaluate(text)


def table(text: str) -> list[dict[str, Any]]:
    """The rows of a table by header, errors as None."""
    found = value(text)
    assert isinstance(found, list), found
    return [
        {str(head): None if isinstance(cell, CellError) else cell for head, cell in zip(found[0], row, strict=True)}
        for row in found[1:]
    ]


@cache
def embedded(path: str, until: dt.date = JUNE) -> dict[str, float]:
    """Values of an embedded file as known on a day, read without the package."""
    found: dict[str, float] = {}
    with (DATA / path).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["available_at"] <= until.isoformat():
                found[row["observed_on"]] = float(row["value"])
    return found


# ---------------------------------------------------------------- score


def test_the_score_and_its_words_are_the_evaluation(june: Evaluation) -> None:
    assert value('=THESIS_SCORE("2026-06-30")') == june.score
    assert value('=THESIS_LABEL("2026-06-30")') == june.verdict()
    assert value('=THESIS_COVERAGE("2026-06-30")') == june.coverage.effective
    assert value("=THESIS_ASOF()") == xl_thesis.score().as_of
    assert value(f'=THESIS_SCORE("2026-06-30","{SECOND}")') == xl_thesis.score(SECOND, JUNE).score


def test_the_band_is_the_evaluations(june: Evaluation) -> None:
    band = june.band
    assert band is not None
    found = [value(f'=THESIS_BAND("{name}","2026-06-30")') for name in ("low", "median", "high", "share_above_50")]
    assert found == [band.p5, band.p50, band.p95, band.share_above_50]
    assert value('=THESIS_BAND(,"2026-06-30")') == band.p50


def test_every_detail_is_the_evaluations(june: Evaluation) -> None:
    document = june.to_json()
    for row in table('=THESIS_SUMMARY("2026-06-30")'):
        name, shown = row["field"], row["value"]
        expected = {
            "coverage": june.coverage.effective, "nominal_coverage": june.coverage.nominal,
            "without_contested": june.score_without_contested, "data": "embedded",
            "bounds_low": june.bounds and june.bounds.low, "bounds_high": june.bounds and june.bounds.high,
            "reference_date": june.data.reference_date, "refreshed_on": None, "as_of": JUNE,
        }.get(name, document.get(name))  # fmt: skip
        assert shown == expected, name
        alone = value(f'=THESIS_DETAIL("{name}","2026-06-30")')
        assert alone == expected or (expected is None and alone.code == "#N/A"), name


@pytest.mark.parametrize("level", ["pillars", "indicators"])
def test_pillars_and_indicators_are_the_evaluations(june: Evaluation, level: str) -> None:
    items = {item.id: item for item in getattr(june, level)}
    rows = table(f'=THESIS_TABLE("{level}","2026-06-30")')
    assert [row["id"] for row in rows] == list(items)
    function = {"pillars": "THESIS_PILLAR", "indicators": "THESIS_INDICATOR"}[level]
    for row in rows:
        for name, shown in row.items():
            assert shown == getattr(items[row["id"]], name)
    for name in FUNCTIONS[function].arguments[1].choices:
        for key, item in items.items():
            alone, expected = edge.call(function, [key, name, JUNE]), getattr(item, name)
            if expected is None:
                assert isinstance(alone, CellError) and alone.code == "#N/A"
            else:
                assert alone == expected
    points = [row["contribution"] for row in rows if row["contribution"] is not None]
    assert 50 + math.fsum(points) == pytest.approx(june.score, abs=1e-12)


def test_sources_are_the_record_of_provenance(scorer: Scorer, june: Evaluation) -> None:
    rows = table('=THESIS_TABLE("sources","2026-06-30")')
    records = source_records(scorer, june)
    assert [(row["series"], row["last"], row["observations"], row["grade"]) for row in rows] == [
        (item.meta.id, item.last, item.observations, item.grade) for item in records
    ]


def test_the_history_is_the_scorers(scorer: Scorer) -> None:
    frame = scorer.history(dt.date(2025, 2, 24), JUNE)
    rows = table('=THESIS_HISTORY("all",,"2026-06-30")')
    assert [row["as_of"] for row in rows] == [day.date() for day in frame.index]
    for name in frame.columns:
        shown = [np.nan if row[name] is None else row[name] for row in rows]
        np.testing.assert_array_equal(shown, frame[name].to_numpy())
    assert value('=THESIS_HISTORY("dollar",,"2026-06-30")')[0] == ["as_of", "DOLLAR"]


@pytest.mark.parametrize(
    ("letter", "days"),
    [("w", ["2026-05-29", "2026-06-05", "2026-06-10"]), ("q", ["2026-06-10"]), ("a", ["2026-06-10"]),
     ("m", ["2026-05-31", "2026-06-10"]), ("d", [f"2026-06-{day:02d}" for day in range(1, 11)])],
)  # fmt: skip
def test_each_day_of_a_history_is_the_score_of_that_day(scorer: Scorer, letter: str, days: list[str]) -> None:
    start = "2026-06-01" if letter == "d" else "2026-05-24"
    rows = table(f'=THESIS_HISTORY(,"{start}","2026-06-10","{letter}")')
    assert [str(row["as_of"]) for row in rows] == days
    for row in rows:
        assert row["score"] == pytest.approx(scorer.evaluate(row["as_of"]).score, abs=1e-12)


def test_causes_add_up_to_the_change(scorer: Scorer, june: Evaluation) -> None:
    found = attribution.explain_change(scorer, MARCH, JUNE)
    causes, effects = (table(f'=THESIS_CHANGE("2026-03-31","{level}","2026-06-30")') for level in ("causes", "effects"))
    moved = (june.score or 0.0) - (scorer.evaluate(MARCH).score or 0.0)
    for rows in (causes, effects):
        assert math.fsum(row["points"] for row in rows) == pytest.approx(moved, abs=1e-12)
    assert {row["cause"]: row["points"] for row in causes} == found.totals()
    assert [(row["cause"], row["id"], row["points"]) for row in effects] == [
        (item.cause, item.id, item.points) for item in found.effects
    ]


def test_the_calendar_is_the_engines(scorer: Scorer) -> None:
    found = releases.calendar(scorer, JUNE)
    rows = table('=THESIS_CALENDAR("releases","2026-06-30")')
    assert [(row["indicator"], row["expected_on"], row["days_overdue"]) for row in rows] == [
        (item.indicator, item.expected_on, item.days_overdue) for item in found.releases
    ]
    assert [(row["lowest"], row["highest"]) for row in rows] == [item.bounds for item in found.releases]
    events = table('=THESIS_CALENDAR("events","2026-06-30")')
    assert [(row["day"], row["kind"], row["id"]) for row in events] == [
        (event.on, event.kind, event.id) for event in found.events
    ]


def test_alerts_are_the_engines(scorer: Scorer) -> None:
    states = falsifiers.check(scorer, JUNE)
    rows = table('=THESIS_ALERTS("all","2026-06-30")')
    assert [(row["indicator"], row["state"], row["number"]) for row in rows] == [
        (item.indicator, item.state, item.number) for item in states
    ]
    assert [row["indicator"] for row in table('=THESIS_ALERTS(,"2026-06-30")')] == [
        item.indicator for item in falsifiers.alerts(states)
    ]


def test_sensitivity_is_the_engines(scorer: Scorer) -> None:
    found = sensitivity.analyse(scorer, JUNE)
    rows = {row["id"]: row for row in table('=THESIS_SENSITIVITY("2026-06-30")')}
    assert [(row["id"], row["score_without"], row["shift"]) for row in rows.values()] == [
        (item.id, item.score, item.shift) for item in found.left_out
    ]
    for flip in found.flips:
        assert rows[flip.id]["points_to_flip"] == flip.score_change
        assert rows[flip.id]["weight_factor_to_flip"] == flip.weight_factor
    for item in found.influence:
        assert rows[item.id]["influence_share"] == item.influence_share
    assert str(value('=THESIS_SENSITIVITY("1995-06-30")')) == "#N/A"


# ---------------------------------------------------------------- series


def test_a_series_is_its_file() -> None:
    rows = value('=THESIS_SERIES("FRED:DGS10","2026-01-01","2026-06-30",,,"2026-06-30")')
    expected = {day: x for day, x in embedded("fred/DGS10.csv").items() if day >= "2026-01-01"}
    assert rows[0] == ["observed_on", "FRED:DGS10"]
    assert {str(day): x for day, x in rows[1:]} == expected
    last = max(embedded("fred/DGS10.csv"))
    assert value('=THESIS_LATEST("dgs10","2026-06-30")') == embedded("fred/DGS10.csv")[last]
    assert str(value('=THESIS_META("DGS10","last","2026-06-30")')) == last
    assert value('=THESIS_META("DGS10","observations","2026-06-30")') == len(embedded("fred/DGS10.csv"))


def test_a_series_is_as_known_on_the_day() -> None:
    """August 2023: 3.8 percent when it was published, 3.7 after the revision of January 2025."""
    day = '"2023-08-31","2023-08-31",,,'
    assert value(f'=THESIS_SERIES("UNRATE",{day}"2023-09-30")')[1] == [dt.date(2023, 8, 31), 3.8]
    assert value(f'=THESIS_SERIES("UNRATE",{day}"2026-06-30")')[1] == [dt.date(2023, 8, 31), 3.7]


def test_a_series_is_aggregated_first_and_transformed_then() -> None:
    found = value('=THESIS_SERIES("FRED:DGS10","2024-01-01","2025-12-31","q","chg","2026-06-30","eop")')
    series = pd.Series(embedded("fred/DGS10.csv"))
    series.index = pd.DatetimeIndex(series.index)
    expected = series.resample("QE").last().diff()["2024":"2025"]  # type: ignore[misc]
    assert [x for _, x in found[1:]] == pytest.approx(expected.to_list(), abs=1e-12)
    assert [day for day, _ in found[1:]] == [stamp.date() for stamp in expected.index]


def test_the_catalogue_finds_by_part_of_id_title_or_publisher() -> None:
    assert {row["id"] for row in table('=THESIS_CATALOGUE("swiss franc")')} == {"FRED:DEXSZUS", "ECB:EURCHF"}
    assert len(table("=THESIS_CATALOGUE()")) > 80
    row = table('=THESIS_CATALOGUE("FRED:DGS10","2026-06-30")')[0]
    assert row["value"] == value('=THESIS_LATEST("DGS10","2026-06-30")')
    assert table('=THESIS_CATALOGUE("YAHOO:SPY/adj")')[0]["value"] is None


@pytest.mark.parametrize("name", ["FRED:UNRATE", "fred:unrate", "UNRATE", "unrate"])
def test_a_series_by_any_of_its_names(name: str) -> None:
    assert edge.call("THESIS_META", [name, "id"]) == "FRED:UNRATE"


def test_a_ticker_is_a_series_of_yahoo() -> None:
    assert edge.call("THESIS_META", ["SPY", "id"]) == "YAHOO:SPY/adj"
    assert edge.call("THESIS_META", ["DX-Y.NYB", "id"]) == "YAHOO:DX-Y.NYB"


# ---------------------------------------------------------------- dollar


def dollar_of(day: str) -> float:
    """The dollar index from the ECB's rates of a day, by the published formula."""
    rates = {name: embedded(f"ecb/EUR{name}.csv")[day] for name in ("USD", "JPY", "GBP", "CAD", "SEK", "CHF")}
    usd = rates["USD"]
    return (
        50.14348112 * usd**-0.576 * (rates["JPY"] / usd) ** 0.136 * (usd / rates["GBP"]) ** -0.119
        * (rates["CAD"] / usd) ** 0.091 * (rates["SEK"] / usd) ** 0.042 * (rates["CHF"] / usd) ** 0.036
    )  # fmt: skip


def test_the_dollar_index_is_the_published_formula() -> None:
    assert value('=DXY("2026-06-30","ecb")') == pytest.approx(dollar_of("2026-06-30"), rel=1e-12)
    rows = value('=DXY_HISTORY("2026-06-01","2026-06-30",,"ecb")')[1:]
    assert [x for _, x in rows] == pytest.approx([dollar_of(str(day)) for day, _ in rows], rel=1e-12)
    june = [dollar_of(str(day)) for day, _ in rows]
    month = value('=DXY_HISTORY("2026-06-30","2026-06-30","m","ecb","2026-06-30")')
    assert month[1] == [JUNE, pytest.approx(float(np.mean(june)))]


@pytest.mark.parametrize("day", [day for day in dollar_index.CLOSES if day <= dt.date(2026, 7, 22)])
def test_the_dollar_index_is_near_the_close_that_was_published(day: dt.date) -> None:
    assert edge.call("DXY", [day]) == pytest.approx(dollar_index.CLOSES[day], rel=0.006)


def test_the_trend_is_the_engines(scorer: Scorer) -> None:
    report = dxy.dxy_trend(scorer, 126, JUNE)
    expected = {
        **{name: getattr(report, name) for name in type(report).model_fields},
        "ci90_low": (report.ci90 or (0, 0))[0], "ci90_high": (report.ci90 or (0, 0))[1],
        **{f"z{days}": z for days, z in report.z.items()},
    }  # fmt: skip
    for part in ("since_base", "drawdown", "moving_averages"):
        expected |= {f"{part}_{name}": x for name, x in vars_of(getattr(report, part)).items()}
    for name in FUNCTIONS["DXY_TREND"].arguments[2].choices:
        assert edge.call("DXY_TREND", [126, JUNE, name]) == expected[name], name


def test_the_level_is_of_the_newest_source() -> None:
    """On that day the Federal Reserve's rates ended on the 20th; the dollar fell by 2 percent in the week after."""
    assert value('=DXY("2025-06-30")') == value('=DXY("2025-06-30","ecb")') != value('=DXY("2025-06-30","h10")')


def vars_of(part: Any) -> dict[str, Any]:
    return {name: getattr(part, name) for name in ("pct", "z", "support", "peak", "peak_on", "state")
            if hasattr(part, name)}  # fmt: skip


# ---------------------------------------------------------------- markets


def test_relative_return_is_the_growth_of_the_ratio() -> None:
    usd, jpy = embedded("ecb/EURUSD.csv"), embedded("ecb/EURJPY.csv")
    ratio = {day: usd[day] / jpy[day] for day in usd.keys() & jpy.keys()}
    first = max(day for day in ratio if day <= "2025-06-30")
    expected = 100 * (ratio["2026-06-30"] / ratio[first] - 1)
    for window in ('"12M"', '"1y"', '"2025-06-30"', "45838", "DATE(2025,6,30)"):
        found = value(f'=THESIS_RELATIVE("ECB:EURUSD","ECB:EURJPY",{window},"2026-06-30")')
        assert found == pytest.approx(expected), window


def test_beta_is_the_slope_of_weekly_returns() -> None:
    prices = {name: pd.Series(embedded(f"ecb/{name}.csv")) for name in ("EURCHF", "EURUSD")}
    frame = pd.DataFrame(prices)
    frame.index = pd.DatetimeIndex(frame.index)
    fridays = frame.resample("W-FRI").last()[: pd.Timestamp("2026-06-26")].iloc[-105:]
    returns = np.log(fridays).diff().dropna()
    slope = np.polyfit(returns["EURUSD"], returns["EURCHF"], 1)[0]
    assert value('=THESIS_BETA("ECB:EURCHF","ECB:EURUSD",,"2026-06-30")') == pytest.approx(slope, rel=1e-9)


def test_cuts_by_proxy_are_the_rate_less_the_yield() -> None:
    day = dt.date(2026, 4, 24)
    rate, bond = (embedded(f"fred/{name}.csv", day) for name in ("DFF", "DGS1"))
    assert value('=FED_CUTS(,"2026-04-24")') == pytest.approx((rate[max(rate)] - bond[max(bond)]) / 0.25)


# ---------------------------------------------------------------- claims and questions


def thesis() -> Thesis:
    return load_thesis(THESIS)


def test_claims_are_the_definitions() -> None:
    claims = {claim.id: claim for claim in thesis().claims}
    claim = claims["T4"]
    assert value('=THESIS_CLAIM("T4")') == claim.text.en
    assert value('=THESIS_CLAIM("t4","wrong_on")') == claim.wrong_on
    assert value('=THESIS_CLAIM("T4","text_zh")') == claim.text.zh_hant
    assert value('=THESIS_CLAIM("T4","verdict")') == claim.verdict.status.replace("_", " ")
    rows = table("=THESIS_CLAIMS()")
    assert [row["id"] for row in rows] == list(claims)
    assert [row["id"] for row in table('=THESIS_CLAIMS("fed")')] == [x.id for x in claims.values() if x.group == "FED"]
    for row in rows:
        assert (row["falsifier"], row["wrong_on"]) == (claims[row["id"]].falsifier, claims[row["id"]].wrong_on)


def test_questions_are_the_ledgers(scorer: Scorer) -> None:
    standings = Ledger(scorer.thesis, open_log()).standings(scorer.knowledge, JUNE)
    rows = table('=THESIS_LEDGER("2026-06-30")')
    assert [(row["id"], row["status"], row["resolves"]) for row in rows] == [
        (item.question.id, item.status, item.question.resolves) for item in standings
    ]
    for item in standings:
        name = item.question.id
        assert edge.call("THESIS_QUESTION", [name, None, JUNE]) == item.status
        assert edge.call("THESIS_QUESTION", [name, "hindsight", JUNE]) is item.question.hindsight
        rate = edge.call("THESIS_QUESTION", [name, "computed_base_rate", JUNE])
        assert rate == item.computed.probability if item.computed else isinstance(rate, CellError)


# ---------------------------------------------------------------- housekeeping


def test_the_functions_are_listed() -> None:
    rows = table("=THESIS_FUNCTIONS()")
    assert [row["function"] for row in rows] == list(FUNCTIONS)
    assert rows[0]["arguments"] == "[as_of], [thesis]"


def test_the_status_lists_every_series_late_and_missing_ones_first() -> None:
    rows = table('=THESIS_STATUS("series")')
    states = [row["state"] for row in rows]
    assert states == sorted(states, key=("missing", "late", "current").index)
    by_id = {row["series"]: row for row in rows}
    assert by_id["YAHOO:SPY/adj"]["state"] == "missing" and by_id["YAHOO:SPY/adj"]["last"] is None
    assert "labour_cooling" in by_id["FRED:UNRATE"]["indicators"]
    assert all((row["days_overdue"] or 0) > 0 for row in rows if row["state"] == "late")
    assert any("FRED® API" in row["sentence"] for row in table("=THESIS_STATUS()"))


def test_every_function_has_a_test_here() -> None:
    here = Path(__file__).read_text(encoding="utf-8") + Path(__file__).with_name("test_session.py").read_text(
        encoding="utf-8"
    )
    missing = [name for name in FUNCTIONS if f"={name}(" not in here and f'"{name}"' not in here]
    assert missing == []
