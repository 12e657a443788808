"""FRED: a refresh asks for what can have changed, and for nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.servers import fred as server
from tests.servers.fred import FOREVER
from tests.servers.loopback import Loopback
from tests.sources.conftest import TODAY, wanted
from tests.sources.fred_series import FAST, GDP, UNRATE, Serve, gdp, good, one, pull, unrate
from xl_thesis.sources.fred import Memory
from xl_thesis.sources.protocol import Pull


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
