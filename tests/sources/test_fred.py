"""FRED: what was known on a day is what its archive says, every fault has its sentence, and the key shows nowhere."""

from __future__ import annotations

import csv
import datetime as dt
import json
import logging
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fredapi
import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.servers import fred as server
from tests.servers.fred import FOREVER, KEY, Series
from tests.servers.loopback import FAULTS, Limit, Loopback
from tests.sources.conftest import SHORT, TODAY, never, series, short_if_slow, wanted
from xl_thesis.errors import (
    BadAnswer,
    BadKey,
    ClockWrong,
    RateLimited,
    SourceError,
    TimedOut,
    TLSFailed,
    UnknownSeries,
    Unreachable,
)  # fmt: skip
from xl_thesis.models import SeriesMeta
from xl_thesis.sources import alfred
from xl_thesis.sources.fred import Fred, Memory
from xl_thesis.sources.pace import Pace
from xl_thesis.sources.protocol import Link, Outcome, Pull, Request
from xl_thesis.store import Store

ARCHIVE = Path(__file__).parent.parent / "reference" / "alfred_gdp"
FAST = Fred(per_second=10_000.0)
GDP = series("FRED:GDP", "quarterly", 31)
UNRATE = series("FRED:UNRATE")
Serve = Callable[[Loopback], Link]


def read(name: str) -> list[dict[str, str]]:
    with (ARCHIVE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def gdp() -> Series:
    rows = read("spells.csv")
    return Series([(row["date"], row["realtime_start"], row["realtime_end"], row["value"]) for row in rows],
                  title="Gross Domestic Product", frequency="Quarterly", units="Billions of Dollars",
                  notes="Measured output. Copyright, 2024, nobody in particular.")  # fmt: skip


def unrate() -> Series:
    return Series([
        ("2023-07-01", "2023-08-04", "2024-01-04", "3.5"), ("2023-07-01", "2024-01-05", FOREVER, "3.5"),
        ("2023-08-01", "2023-09-01", "2024-01-04", "3.8"), ("2023-08-01", "2024-01-05", FOREVER, "3.7"),
        ("2023-09-01", "2023-10-06", "2024-01-04", "3.8"), ("2023-10-01", "2023-11-03", FOREVER, "."),
    ])  # fmt: skip


def pull(provider: Fred, requests: list[Request], link: Link) -> dict[str, Outcome]:
    return {request.meta.id: outcome for request, outcome in provider.pull(requests, link, TODAY, never)}


def one(link: Link, request: Request | None = None, provider: Fred = FAST) -> Outcome:
    request = request or wanted(UNRATE)
    return pull(provider, [request], link)[request.meta.id]


def good(outcome: Outcome) -> Pull:
    assert isinstance(outcome, Pull), str(outcome)
    return outcome


def known(store: Store, meta: object, on: str) -> dict[str, float]:
    vintages = store.vintages(meta)  # type: ignore[arg-type]
    assert vintages is not None
    found = vintages.as_known(dt.date.fromisoformat(on))
    return dict(zip(found.days.astype(str).tolist(), found.values.tolist(), strict=True))


# ---- as known on D ----


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


# ---- incremental ----


def test_a_second_refresh_costs_one_request(serve: Serve) -> None:
    loopback = Loopback(server.Fred({"GDP": gdp(), "UNRATE": unrate()}).answer)
    link = serve(loopback)
    requests = [wanted(GDP), wanted(UNRATE)]
    first = pull(FAST, requests, link)
    loopback.seen.clear()
    again = [replace(request, last_observed=TODAY, state=good(first[request.meta.id]).state) for request in requests]
    second = pull(FAST, again, link)
    assert [path for path, _ in loopback.seen] == ["/fred/series/updates"]
    assert all(good(outcome).unchanged and not good(outcome).rows for outcome in second.values())
    assert good(second["FRED:GDP"]).vintage_true and good(second["FRED:GDP"]).facts["title"]


def test_only_what_changed_is_asked_and_only_changes_are_brought(serve: Serve) -> None:
    fake = server.Fred({"GDP": gdp(), "UNRATE": unrate()})
    loopback = Loopback(fake.answer)
    link = serve(loopback)
    requests = [wanted(GDP), wanted(UNRATE)]
    first = pull(FAST, requests, link)
    now = TODAY.isoformat()
    spells = fake.series["UNRATE"].spells
    spells[1] = (*spells[1][:2], (TODAY - dt.timedelta(days=1)).isoformat(), spells[1][3])
    spells += [("2023-07-01", now, FOREVER, "3.6"), ("2023-11-01", now, FOREVER, "3.9")]
    fake.series["UNRATE"].last_updated = f"{now} 23:59:00-06"
    loopback.seen.clear()
    again = [replace(request, last_observed=TODAY, state=good(first[request.meta.id]).state) for request in requests]
    second = pull(FAST, again, link)
    assert [query.get("series_id") for _, query in loopback.seen] == [None, "UNRATE"]
    assert good(second["FRED:UNRATE"]).rows == [
        ("FRED:UNRATE", "2023-07-31", 3.6, now), ("FRED:UNRATE", "2023-11-30", 3.9, now),
    ]  # fmt: skip
    assert good(second["FRED:GDP"]).unchanged


def test_after_a_long_time_every_series_is_asked_from_where_it_ended(serve: Serve) -> None:
    loopback = Loopback(server.Fred({"UNRATE": unrate()}).answer)
    link = serve(loopback)
    old = dt.datetime(2023, 12, 1, 12, tzinfo=dt.UTC)
    memory = Memory(old.isoformat(), "2023-11-30", facts={"last_updated": "2023-11-03 07:00:00-05"})
    outcome = good(one(link, wanted(UNRATE, dt.date(2023, 9, 30), memory.text())))
    assert [path for path, _ in loopback.seen] == ["/fred/series/observations"]
    assert outcome.rows == [
        ("FRED:UNRATE", "2023-08-31", 3.7, "2024-01-05"), ("FRED:UNRATE", "2023-09-30", None, "2024-01-05"),
    ]  # fmt: skip


def test_one_series_that_was_long_away_does_not_make_the_others_be_asked(serve: Serve) -> None:
    loopback = Loopback(server.Fred({"UNRATE": unrate(), "GDP": gdp()}).answer)
    link = serve(loopback)
    first = good(one(link))
    old = Memory("2023-12-01T12:00:00+00:00", "2023-11-30", facts={"last_updated": "x"}).text()
    loopback.seen.clear()
    pull(FAST, [wanted(UNRATE, TODAY, first.state), wanted(GDP, TODAY, old)], link)
    assert [query.get("series_id") for _, query in loopback.seen] == [None, "GDP"]


def test_many_changes_at_once_are_read_page_by_page_but_not_without_end(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xl_thesis.sources.fred_api._PAGE_OF_UPDATES", 2)
    now = f"{TODAY} 23:59:00-06"
    others = {f"X{number}": replace(unrate(), last_updated=now) for number in range(9)}
    loopback = Loopback(server.Fred({"UNRATE": unrate(), **others}).answer)
    link = serve(loopback)
    first = good(one(link))
    loopback.seen.clear()
    again = wanted(UNRATE, TODAY, first.state)
    assert isinstance(one(link, again), Pull)
    assert [path.rpartition("/")[2] for path, _ in loopback.seen] == ["updates", "observations"]


def test_a_copy_of_fred_without_a_list_of_updates(serve: Serve) -> None:
    fake = server.Fred({"UNRATE": unrate()})
    loopback = Loopback(
        lambda path, query: server.error(404, "Not Found.", False) if "updates" in path else fake.answer(path, query)
    )
    link = serve(loopback)
    first = good(one(link))
    assert isinstance(one(link, wanted(UNRATE, TODAY, first.state)), Pull)


def test_another_frequency_than_the_catalogue_says_is_said(serve: Serve) -> None:
    link = serve(Loopback(server.Fred({"UNRATE": replace(unrate(), frequency="Weekly, Ending Friday")}).answer))
    assert "FRED calls it weekly, ending friday, the catalogue monthly" in good(one(link)).warnings[0]


@pytest.mark.parametrize("asked_in", [dt.timedelta(minutes=5), dt.timedelta(days=400)])
def test_a_state_that_a_wrong_clock_stamped_hides_nothing(serve: Serve, asked_in: dt.timedelta) -> None:
    """A little ahead, the list of updates still reaches back far enough; beyond that everything is read anew."""
    fake = server.Fred({"UNRATE": unrate()})
    link = serve(Loopback(fake.answer))
    first = Memory.of(good(one(link)).state)
    assert first is not None
    asked = dt.datetime.now(dt.UTC) + asked_in
    until = dt.date.fromisoformat(first.until) + dt.timedelta(days=asked_in.days)
    ahead = replace(first, asked=asked.isoformat(), until=until.isoformat())
    now = TODAY.isoformat()
    fake.series["UNRATE"].spells.append(("2023-11-01", now, FOREVER, "3.9"))
    fake.series["UNRATE"].last_updated = f"{now} 23:59:00-06"
    outcome = good(one(link, wanted(UNRATE, TODAY, ahead.text())))
    assert ("FRED:UNRATE", "2023-11-30", 3.9, now) in outcome.rows
    again = Memory.of(outcome.state)
    assert again is not None and again.asked_at <= dt.datetime.now(dt.UTC)


@pytest.mark.parametrize("state", ["", "null", "{}", "[]", "not json", '{"asked": "x", "until": "y"}'])
def test_a_state_of_another_version_is_begun_anew(serve: Serve, state: str) -> None:
    link = serve(Loopback(server.Fred({"UNRATE": unrate()}).answer))
    assert len(good(one(link, wanted(UNRATE, TODAY, state))).rows) == 5


def test_it_stops_between_two_series(serve: Serve) -> None:
    link = serve(Loopback(server.Fred({"GDP": gdp(), "UNRATE": unrate()}).answer))
    answers = iter([False, True])
    found = list(FAST.pull([wanted(UNRATE), wanted(GDP)], link, TODAY, lambda: next(answers)))
    assert [request.meta.id for request, _ in found] == ["FRED:UNRATE"]


# ---- faults ----

KINDS: dict[str, type[SourceError]] = {
    "404": BadAnswer, "429": RateLimited, "429 retry soon": RateLimited, "429 retry tomorrow": RateLimited,
    "500": Unreachable, "502 page": Unreachable, "empty": BadAnswer, "wrong JSON": BadAnswer, "login page": BadAnswer,
    "truncated": BadAnswer, "cut": BadAnswer, "reset": SourceError, "hang": TimedOut, "drip": TimedOut,
    "clock": ClockWrong,
}  # fmt: skip
"""A reset is read as a broken connection or a broken answer, as the system tells it."""


def is_one_plain_line(error: SourceError) -> bool:
    text = str(error)
    return bool(text) and "\n" not in text and len(text) < 250 and KEY not in text and "Traceback" not in text


@pytest.mark.parametrize("fault", KINDS)
def test_a_fault_that_stays(serve: Serve, fault: str) -> None:
    loopback = Loopback(server.Fred({"UNRATE": unrate(), "GDP": gdp()}).answer)
    link = serve(loopback)
    loopback.always = fault
    link = short_if_slow(link, fault)
    began = time.monotonic()
    found = pull(FAST, [wanted(UNRATE), wanted(GDP)], link)
    assert time.monotonic() - began < 8
    for outcome in found.values():
        assert isinstance(outcome, KINDS[fault]), f"{type(outcome).__name__}: {outcome}"
        assert is_one_plain_line(outcome)


@pytest.mark.parametrize("fault", [fault for fault in KINDS if fault not in {"clock", "429 retry tomorrow", "drip"}])
def test_a_fault_that_passes_costs_nothing_but_time(serve: Serve, fault: str) -> None:
    loopback = Loopback(server.Fred({"UNRATE": unrate()}).answer)
    link = replace(serve(loopback), timeout_seconds=1.0)
    loopback.faults = [fault, "500", fault]
    assert len(good(one(link)).rows) == 5


def test_a_fault_in_the_middle_leaves_what_arrived_whole(serve: Serve) -> None:
    names = [f"S{number}" for number in range(5)]
    fake = server.Fred({name: unrate() for name in names})
    loopback = Loopback(fake.answer)
    link = replace(serve(loopback), timeout_seconds=SHORT)
    found: dict[str, Outcome] = {}
    for request, outcome in FAST.pull([wanted(series(f"FRED:{name}")) for name in names], link, TODAY, never):
        found[request.symbol] = outcome
        loopback.always = "hang" if len(found) == 2 else None if len(found) == 3 else loopback.always
    assert [isinstance(outcome, Pull) for outcome in found.values()] == [True, True, False, True, True]
    assert all(len(outcome.rows) == 5 for outcome in found.values() if isinstance(outcome, Pull))


def test_an_unknown_series_is_named_and_blocks_no_other(serve: Serve) -> None:
    link = serve(Loopback(server.Fred({"UNRATE": unrate()}).answer))
    found = pull(FAST, [wanted(series("FRED:UNRATTE")), wanted(UNRATE)], link)
    assert isinstance(found["FRED:UNRATTE"], UnknownSeries) and "FRED:UNRATTE" in str(found["FRED:UNRATTE"])
    assert len(good(found["FRED:UNRATE"]).rows) == 5


def test_a_bad_key_is_said_once_and_asked_once(serve: Serve) -> None:
    loopback = Loopback(server.Fred({"UNRATE": unrate()}).answer)
    link = replace(serve(loopback), fred_key="0" * 32)
    found = pull(FAST, [wanted(UNRATE), wanted(GDP)], link)
    assert all(isinstance(outcome, BadKey) for outcome in found.values())
    assert len(loopback.seen) == 1
    with pytest.raises(BadKey):
        FAST.ping(link)
    with pytest.raises(BadKey, match="config set fred-key"):
        FAST.ping(replace(link, fred_key=None))


def test_a_series_id_with_a_space_shows_no_key(serve: Serve) -> None:
    link = serve(Loopback(server.Fred().answer))
    outcome = one(link, Request(UNRATE, "UN RATE&x", None, None))
    assert isinstance(outcome, UnknownSeries) and KEY not in str(outcome)


def test_nothing_listens(link: Link) -> None:
    outcome = one(replace(link, fred_base_url="http://127.0.0.1:9/fred"))
    assert isinstance(outcome, Unreachable) and "cannot be reached" in str(outcome)


def test_a_certificate_that_is_not_trusted(serve: Serve, authority: trustme.CA, ca_bundle: Path) -> None:
    link = serve(Loopback(server.Fred({"UNRATE": unrate()}).answer, authority.issue_cert("127.0.0.1")))
    outcome = one(link)
    assert isinstance(outcome, TLSFailed) and "network.ca_bundle" in str(outcome)
    assert len(good(one(replace(link, ca_bundle=ca_bundle))).rows) == 5


@pytest.mark.parametrize("days", [(-20, -10), (10, 20)], ids=["ended", "not begun"])
def test_a_certificate_that_does_not_hold_today(
    serve: Serve, authority: trustme.CA, ca_bundle: Path, days: tuple[int, int]
) -> None:
    first, last = (dt.datetime.now(dt.UTC) + dt.timedelta(days=day) for day in days)
    leaf = authority.issue_cert("127.0.0.1", not_before=first, not_after=last)
    link = serve(Loopback(server.Fred().answer, leaf))
    outcome = one(replace(link, ca_bundle=ca_bundle))
    assert isinstance(outcome, ClockWrong) and "clock" in str(outcome)


def test_a_bundle_that_is_no_bundle(link: Link, tmp_path: Path) -> None:
    outcome = one(replace(link, ca_bundle=tmp_path / "none.pem"))
    assert isinstance(outcome, TLSFailed) and "network.ca_bundle" in str(outcome)


# ---- the key ----


def test_the_key_is_in_no_log_and_no_exception(
    serve: Serve, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    loopback = Loopback(server.Fred({"UNRATE": unrate()}).answer)
    link = replace(serve(loopback), timeout_seconds=SHORT)
    texts = [repr(link), str(link)]
    with caplog.at_level(logging.DEBUG):
        for fault in (None, "reset", "hang", "429 retry tomorrow", "login page", "cut", "500"):
            loopback.always = fault
            outcome = one(link)
            texts.append(repr(outcome))
            cause: BaseException | None = outcome if isinstance(outcome, SourceError) else None
            while cause is not None:
                texts += traceback.format_exception(cause)
                texts += [repr(frame.f_locals) for frame, _ in traceback.walk_tb(cause.__traceback__)]
                cause = cause.__cause__ or cause.__context__
    assert any(query.get("api_key") == KEY for _, query in loopback.seen)
    assert caplog.records
    texts += [caplog.text, *capfd.readouterr()]
    assert not any(KEY in text for text in texts)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_key_is_in_no_process_list(serve: Serve) -> None:
    link = serve(Loopback(server.Fred({"UNRATE": unrate()}).answer))
    good(one(link))
    for entry in ("cmdline", "environ"):
        assert KEY.encode() not in Path(f"/proc/self/{entry}").read_bytes()


def test_a_key_follows_no_redirect(serve: Serve) -> None:
    elsewhere = Loopback(server.Fred({"UNRATE": unrate()}).answer)
    serve(elsewhere)
    moved = Loopback(lambda path, _: server.Reply(302, b"moved", "text/plain", {"Location": elsewhere.url + path}))
    assert isinstance(one(serve(moved)), SourceError)
    assert elsewhere.seen == []


# ---- pace ----


PACED = """
import sys, time
from pathlib import Path
from xl_thesis.sources.pace import Pace
pace = Pace(Path(sys.argv[1]), 10.0)
for _ in range(5):
    pace.wait()
    print(time.time())
"""


def test_three_processes_keep_one_pace(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PACED, str(tmp_path / "pace")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    times = sorted(float(line) for process in started for line in process.communicate()[0].splitlines())
    assert len(times) == 15
    assert times[-1] - times[0] > 14 * 0.1 - 0.05


def test_a_turn_from_a_wrong_clock_is_not_waited_for(tmp_path: Path) -> None:
    slept: list[float] = []
    pace = Pace(tmp_path / "pace", 2.0, clock=lambda: 1000.0, sleep=slept.append)
    for text in ("9e9", "", "no number"):
        pace.file.write_text(text)
        pace.wait()
    assert slept == []
    pace.wait()
    assert slept == [0.5]


def test_a_folder_that_cannot_be_written_is_said(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    link = serve(Loopback(server.Fred({"UNRATE": unrate()}).answer))
    outcome = one(replace(link, pace_file=tmp_path / "file" / "pace"))
    assert isinstance(outcome, SourceError) and "paces requests" in str(outcome)


def test_the_pace_keeps_to_the_limit_of_the_server(serve: Serve) -> None:
    fake = server.Fred({f"S{number}": unrate() for number in range(2)}, limit=Limit(2))
    link = serve(Loopback(fake.answer))
    found = pull(Fred(), [wanted(series(f"FRED:S{number}")) for number in range(2)], link)
    assert all(isinstance(outcome, Pull) for outcome in found.values())


# ---- without a key ----


def graph(text: str) -> Loopback:
    return Loopback(lambda *_: server.Reply(200, text.encode(), "application/csv"))


def test_without_a_key_todays_values_come_labelled(serve: Serve, link: Link) -> None:
    loopback = graph("observation_date,UNRATE\n2023-07-01,3.5\n2023-08-01,3.8\n2023-09-01,\n")
    serve(loopback)
    link = replace(link, fred_key=None)
    provider = replace(FAST, graph_url=f"{loopback.url}/graph/fredgraph.csv")
    outcome = good(one(link, wanted(UNRATE), provider))
    assert outcome.source == "FRED graph (without a key)" and not outcome.vintage_true
    assert outcome.rows == [
        ("FRED:UNRATE", "2023-07-31", 3.5, "2023-08-10"), ("FRED:UNRATE", "2023-08-31", 3.8, "2023-09-10"),
    ]  # fmt: skip
    later = good(one(link, wanted(UNRATE, dt.date(2023, 7, 31)), provider))
    assert later.rows == [
        ("FRED:UNRATE", "2023-07-31", 3.5, TODAY.isoformat()), ("FRED:UNRATE", "2023-08-31", 3.8, "2023-09-10"),
    ]  # fmt: skip
    assert good(one(link, wanted(UNRATE, TODAY, outcome.state), provider)).unchanged
    assert len(loopback.seen) == 2 and all("api_key" not in query for _, query in loopback.seen)


def test_a_graph_rests_word_for_word_and_is_asked_again_after_a_wrong_clock(serve: Serve, link: Link) -> None:
    loopback = graph("observation_date,UNRATE\n2023-07-01,3.5\n")
    serve(loopback)
    link, provider = replace(link, fred_key=None), replace(FAST, graph_url=loopback.url)
    first = good(one(link, wanted(UNRATE), provider)).state
    rest = good(one(link, wanted(UNRATE, TODAY, first), provider))
    assert rest.unchanged and rest.state == first and len(loopback.seen) == 1
    kept = json.loads(first or "")
    ahead = dt.datetime.fromisoformat(kept["asked"]) + dt.timedelta(days=30)
    state = json.dumps(kept | {"asked": ahead.isoformat()})
    again = good(one(link, wanted(UNRATE, TODAY, state), provider))
    assert again.unchanged and again.state not in (first, state) and len(loopback.seen) == 2


def test_a_value_published_early_counts_from_the_day_it_was_seen(serve: Serve, link: Link) -> None:
    first = TODAY.replace(day=1) - dt.timedelta(days=1)
    loopback = graph(f"observation_date,SLOW\n{first.replace(day=1)},1.0\n")
    serve(loopback)
    provider = replace(FAST, graph_url=loopback.url)
    outcome = good(one(replace(link, fred_key=None), wanted(series("FRED:SLOW", lag_days=90)), provider))
    assert outcome.rows == [("FRED:SLOW", first.isoformat(), 1.0, TODAY.isoformat())]


@pytest.mark.parametrize(
    "text",
    ["", "DATE,OTHER\n2023-07-01,1\n", "observation_date,UNRATE\n2023-07-01,1\n2023-08-0", "observation_date,UNRATE\n",
     "observation_date,UNRATE\n2023-07-01,many\n", "observation_date,UNRATE\n2023-07-01,inf\n",
     "observation_date,UNRATE\n2023-07-01,1e999\n", "observation_date,UNRATE\n2023-07-01,nan\n", '{"error": 1}'],
)  # fmt: skip
def test_a_graph_that_is_none(serve: Serve, link: Link, text: str) -> None:
    loopback = graph(text)
    serve(loopback)
    outcome = one(replace(link, fred_key=None), wanted(UNRATE), replace(FAST, graph_url=loopback.url))
    assert isinstance(outcome, BadAnswer) and is_one_plain_line(outcome)


# ---- the server is like the real one: the unmodified client talks to it ----


def test_plain_fredapi_talks_to_the_server(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    link = serve(Loopback(server.Fred({"GDP": gdp()}).answer))
    plain = fredapi.Fred(api_key=KEY)
    monkeypatch.setattr(plain, "root_url", link.fred_base_url)
    assert plain.get_series_info("GDP")["title"] == "Gross Domestic Product"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas' words about fredapi's code
        first = plain.get_series_first_release("GDP")
    assert {str(day.date()): value for day, value in first.items()} == {
        answer["date"]: float(answer["first"]) for answer in read("answers.csv")
    }
    assert len(plain.get_series_vintage_dates("GDP")) > 50
    with pytest.raises(ValueError, match="does not exist"):
        plain.get_series("NONE")


def test_the_server_speaks_json_too(serve: Serve) -> None:
    import urllib.request

    link = serve(Loopback(server.Fred({"GDP": gdp()}).answer))
    query = urllib.parse.urlencode({"series_id": "GDP", "api_key": KEY, "file_type": "json",
                                    "realtime_start": "1776-07-04", "realtime_end": FOREVER})  # fmt: skip
    with urllib.request.urlopen(f"{link.fred_base_url}/series/observations?{query}") as response:
        answer = json.load(response)
    assert answer["observations"][0] == {
        "date": "2013-01-01", "realtime_start": "2013-04-26", "realtime_end": "2013-05-29", "value": "16010.2",
    }  # fmt: skip
    assert set(FAULTS) <= set(KINDS)
