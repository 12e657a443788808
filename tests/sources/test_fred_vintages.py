"""FRED: what was known on a day is what its archive says."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.servers import fred as server
from tests.servers.fred import FOREVER, Series
from tests.servers.loopback import Loopback
from tests.sources.conftest import is_one_plain_line, series, wanted
from tests.sources.fred_series import FAST, GDP, UNRATE, Serve, gdp, good, known, one, pull, read, unrate
from xl_thesis.errors import BadAnswer
from xl_thesis.models import SeriesMeta
from xl_thesis.sources import alfred
from xl_thesis.store import Store


def test_gdp_as_known_is_what_the_archive_answered(serve: Serve) -> None:
    outcome = good(one(serve(Loopback(server.Fred({"GDP": gdp()}).answer)), wanted(GDP)))
    assert outcome.vintage_true and outcome.source == "FRED API" and not outcome.unchanged
    with Store(":memory:") as store:
        store.write(outcome.rows, source=outcome.source, vintage_true=lambda _: True)
        for answer in read("answers.csv"):
            end = alfred.period_end(dt.date.fromisoformat(answer["date"]), "quarterly").isoformat()
            before = (dt.date.fromisoformat(answer["first_day"]) - dt.timedelta(days=1)).isoformat()
            assert end not in known(store, GDP, before)
            assert known(store, GDP, answer["first_day"])[end] == float(answer["first"])
            assert known(store, GDP, "2024-10-30")[end] == float(answer["on_2024_10_30"])
            then = known(store, GDP, "2019-01-01").get(end)
            assert then == (float(answer["on_2019_01_01"]) if answer["on_2019_01_01"] else None)


@pytest.mark.parametrize("cap", [3, 7, 40])
def test_many_vintages_come_in_parts_and_are_joined(serve: Serve, cap: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = good(one(serve(Loopback(server.Fred({"GDP": gdp()}).answer)), wanted(GDP)))
    monkeypatch.setattr("xl_thesis.sources.fred_api._VINTAGES", cap)
    parts = good(one(serve(Loopback(server.Fred({"GDP": gdp()}, cap=cap).answer)), wanted(GDP)))
    assert parts.rows == whole.rows


def test_pages_are_read_to_the_end(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xl_thesis.sources.fred_api._PAGE", 50)
    paged = Loopback(server.Fred({"GDP": gdp()}).answer)
    rows = good(one(serve(paged), wanted(GDP))).rows
    assert sum(path.endswith("observations") for path, _ in paged.seen) == 6
    assert len(rows) == len(good(one(serve(Loopback(server.Fred({"GDP": gdp()}).answer)), wanted(GDP))).rows)


def test_rows_are_changes_and_a_withdrawn_value_is_none(serve: Serve) -> None:
    rows = good(one(serve(Loopback(server.Fred({"UNRATE": unrate()}).answer)))).rows
    assert rows == [
        ("FRED:UNRATE", "2023-07-31", 3.5, "2023-08-04"),
        ("FRED:UNRATE", "2023-08-31", 3.8, "2023-09-01"),
        ("FRED:UNRATE", "2023-08-31", 3.7, "2024-01-05"),
        ("FRED:UNRATE", "2023-09-30", 3.8, "2023-10-06"),
        ("FRED:UNRATE", "2023-09-30", None, "2024-01-05"),
    ]


days = st.dates(dt.date(2020, 1, 1), dt.date(2020, 1, 25))


@given(
    st.lists(st.tuples(st.integers(1, 9), st.none() | st.sampled_from([1.0, 2.0])), min_size=1, max_size=6),
    st.sets(days, max_size=4), st.booleans(), days,
)  # fmt: skip
@settings(max_examples=200)
def test_seams_change_nothing(
    lengths: list[tuple[int, float | None]], seams: set[dt.date], ends: bool, on: dt.date
) -> None:
    """However the windows are cut, each day knows the value that was in force on it."""
    period, start, spells = dt.date(2019, 12, 31), dt.date(2020, 1, 1), []
    for number, (length, value) in enumerate(lengths):
        end = start + dt.timedelta(days=length - 1)
        last = number == len(lengths) - 1
        spells.append(alfred.Spell(period, start, alfred.FOREVER if last and not ends else end, value))
        start = end + dt.timedelta(days=1)
    pieces = []
    for spell in spells:
        cuts = sorted(day for day in seams if spell.start < day <= spell.end)
        firsts, lasts = [spell.start, *cuts], [*(day - dt.timedelta(days=1) for day in cuts), spell.end]
        pieces += [spell._replace(start=first, end=end) for first, end in zip(firsts, lasts, strict=True)]
    rows = list(alfred.rows("FRED:X", pieces))
    assert rows == list(alfred.rows("FRED:X", spells))
    truth = next((spell.value for spell in spells if spell.start <= on <= spell.end), None)
    told = [value for _, _, value, available in rows if available <= on.isoformat()]
    assert (told[-1] if told else None) == truth


def test_before_its_archive_begins_a_series_counts_from_its_usual_days(serve: Serve) -> None:
    old = Series([("2000-01-01", "2011-05-25", "2012-01-04", "1.0"), ("2000-01-01", "2012-01-05", FOREVER, "1.1"),
                  ("2011-04-01", "2011-05-25", FOREVER, "2.0")])  # fmt: skip
    outcome = good(one(serve(Loopback(server.Fred({"OLD": old}).answer)), wanted(series("FRED:OLD", lag_days=30))))
    assert outcome.rows == [
        ("FRED:OLD", "2000-01-31", 1.0, "2000-03-01"), ("FRED:OLD", "2000-01-31", 1.0, "2011-05-25"),
        ("FRED:OLD", "2000-01-31", 1.1, "2012-01-05"), ("FRED:OLD", "2011-04-30", 2.0, "2011-05-25"),
    ]  # fmt: skip
    assert outcome.facts["vintages_from"] == "2011-05-25"


def test_no_value_counts_before_its_period_has_ended() -> None:
    spell = alfred.Spell(dt.date(2026, 1, 31), dt.date(2026, 1, 15), alfred.FOREVER, 1.0)
    assert list(alfred.rows("FRED:X", [spell])) == [("FRED:X", "2026-01-31", 1.0, "2026-01-31")]


def test_what_fred_says_of_a_series_is_kept(serve: Serve) -> None:
    facts = good(one(serve(Loopback(server.Fred({"GDP": gdp()}).answer)), wanted(GDP))).facts
    assert facts["title"] == "Gross Domestic Product"
    assert facts["units"] == "Billions of Dollars" and facts["frequency"] == "Quarterly"
    assert facts["seasonal_adjustment"] == "Seasonally Adjusted" and facts["release"] == "A release"
    assert facts["copyright"] == "Copyright, 2024, nobody in particular."


def test_a_series_without_an_archive_is_dated_by_its_usual_delay(serve: Serve) -> None:
    plain = Series([("2023-08-01", "2023-09-01", FOREVER, "3.8")], archived=False)
    outcome = good(one(serve(Loopback(server.Fred({"UNRATE": plain}).answer))))
    assert outcome.rows == [("FRED:UNRATE", "2023-08-31", 3.8, "2023-09-10")]
    assert not outcome.vintage_true and "no vintages" in outcome.warnings[0]


def test_an_archive_that_is_far_too_large_is_left_where_it_is(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    link = serve(Loopback(server.Fred({"UNRATE": unrate()}).answer))
    monkeypatch.setattr("xl_thesis.sources.fred_api._LARGEST_ARCHIVE", 5)
    outcome = good(one(link))
    assert "too many to keep" in outcome.warnings[0] and not outcome.vintage_true
    assert [row[1:3] for row in outcome.rows] == [("2023-07-31", 3.5), ("2023-08-31", 3.7)]


def test_a_rate_that_is_never_revised_asks_only_for_what_is_new(serve: Serve) -> None:
    rates = Series([("2024-10-28", "2024-11-04", FOREVER, "1.08"), ("2024-10-29", "2024-11-04", FOREVER, "1.09")])
    euro = series("FRED:DEXUSEU", "daily", 8, "never_revised")
    link = serve(Loopback(server.Fred({"DEXUSEU": rates}).answer))
    outcome = good(one(link, wanted(euro, dt.date(2024, 10, 28))))
    assert outcome.rows == [("FRED:DEXUSEU", "2024-10-29", 1.09, "2024-11-06")] and not outcome.vintage_true


def test_an_answer_for_another_real_time_is_refused(serve: Serve) -> None:
    outcome = one(serve(Loopback(server.Fred({"UNRATE": unrate()}, ignores_real_time=True).answer)))
    assert isinstance(outcome, BadAnswer) and "realtime_start" in str(outcome)


@pytest.mark.parametrize("text", ["inf", "-Infinity", "1e999", "nan"])
@pytest.mark.parametrize("meta", [UNRATE, series("FRED:UNRATE", "daily", 0, "never_revised")], ids=["spells", "newest"])
def test_a_value_that_is_no_finite_number_fails_its_series_alone(serve: Serve, meta: SeriesMeta, text: str) -> None:
    broken = Series([*unrate().spells, ("2023-11-01", "2023-12-08", FOREVER, text)])
    link = serve(Loopback(server.Fred({"UNRATE": broken, "GDP": gdp()}).answer))
    found = pull(FAST, [wanted(meta), wanted(GDP)], link)
    outcome = found["FRED:UNRATE"]
    assert isinstance(outcome, BadAnswer) and "finite" in str(outcome) and is_one_plain_line(outcome)
    assert good(found["FRED:GDP"]).rows
