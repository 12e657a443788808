"""Refresh: what once went wrong. Days of other theses, sources that were not asked, values that nobody can keep."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.engine.mini import as_yaml, document
from tests.feeds import month_rows, price_rows
from tests.test_refresh import LEVEL, PRICE, RATE, TODAY, only_mini, scorer, service, statuses, store
from xl_thesis import actions, days, published, sources
from xl_thesis.default_store import seed
from xl_thesis.errors import SourceError
from xl_thesis.pipeline import Scorer
from xl_thesis.refresh_report import Event
from xl_thesis.store import Change, Store
from xl_thesis.thesis import load_thesis

__all__ = ["scorer", "store"]


def test_the_refresh_of_one_thesis_moves_the_day_of_no_other(scorer: Scorer, store: Store) -> None:
    seed(store)
    other = Scorer(load_thesis("american_exceptionalism"), store)
    before = other.evaluate()
    assert only_mini(scorer, service()).as_of_moved
    assert (scorer.default_as_of(), scorer.data_state().kind) == (TODAY, "refreshed")
    assert other.evaluate() == before
    assert (other.default_as_of(), other.data_state().kind) == (before.as_of, "embedded")
    assert store.refreshed_at() == store.refreshed_at("mini") is not None


def test_a_bad_refresh_brings_back_the_day_on_which_the_score_stood(scorer: Scorer, store: Store) -> None:
    """Refreshed long ago; then one series of three comes, and another refresh brings all."""
    stood = TODAY - dt.timedelta(days=200)
    moment = dt.datetime.combine(stood, dt.time(15), dt.UTC)
    rows = {PRICE: price_rows(PRICE, stood), RATE: month_rows(RATE, stood), LEVEL: month_rows(LEVEL, stood, 3)}
    for name, own in rows.items():
        store.record(name, own, seen_on=stood, exact=False, source="earlier", fetched_at=moment)
    scorer.stands(moment)
    assert scorer.default_as_of() == TODAY
    kept = scorer.evaluate(stood)
    assert kept.status == "full"
    closed = dict.fromkeys((PRICE, RATE), SourceError("closed"))
    report = only_mini(scorer, service(failing=closed))
    assert (report.as_of, report.as_of_moved, report.exit_code) == (stood, False, 4)
    assert f"that of {stood} on 100%; another refresh that reaches more" in report.lines()[-1]
    assert scorer.evaluate() == kept
    again = only_mini(scorer, service(failing=closed))
    assert (again.as_of, again.as_of_reason) == (stood, report.as_of_reason), "as long as it does not stand"
    good = only_mini(scorer, service())
    assert (good.as_of, good.as_of_moved, good.as_of_reason) == (TODAY, True, None)
    assert scorer.evaluate().status == "full"


def test_a_refresh_that_reaches_nobody_holds_the_day_only_where_the_score_has_grown_old(
    scorer: Scorer, store: Store
) -> None:
    only_mini(scorer, service())
    moment = store.refreshed_at("mini")
    closed = dict.fromkeys((PRICE, RATE, LEVEL), SourceError("closed"))
    report = only_mini(scorer, service(failing=closed), ask_all=True)
    assert (report.exit_code, report.as_of, report.as_of_reason) == (5, TODAY, None)
    assert store.refreshed_at("mini") == moment


def test_an_infinite_value_costs_its_own_series_alone(scorer: Scorer, store: Store) -> None:
    provider = service()
    provider.rows[RATE] = [*provider.rows[RATE], (RATE, str(TODAY), float("inf"), str(TODAY))]
    report = only_mini(scorer, provider)
    assert statuses(report) == {PRICE: "fetched", RATE: "failed", LEVEL: "fetched"}
    assert "an infinite value cannot be kept" in str(report.series[1].reason)
    assert store.vintages(scorer.meta_of(RATE)) is None
    assert store.feeds()[RATE].state is None


def test_a_value_from_elsewhere_hides_no_period_from_the_provider(scorer: Scorer, store: Store) -> None:
    provider = service()
    only_mini(scorer, provider)
    store.enter((), [(RATE, "2030-12-31", 9.0, str(TODAY))], seen_on=TODAY, file="hand.csv")
    provider.asked.clear()
    report = only_mini(scorer, provider, ask_all=True)
    assert report.series[1].last_observed == dt.date(2030, 12, 31)
    assert provider.asked[1].last_observed == dt.date.fromisoformat(provider.rows[RATE][-1][1])
    assert store.feeds()[RATE].newest == provider.asked[1].last_observed


def checked(store: Store, series_id: str, at: dt.datetime) -> None:
    """As if the last pull had been then."""
    store.engine.run("UPDATE feed SET checked_at = ? WHERE series = ?", [(at.isoformat(), series_id)])


def test_an_answer_from_memory_says_nothing_about_the_source(scorer: Scorer, store: Store) -> None:
    provider = service()
    only_mini(scorer, provider)
    then = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    checked(store, PRICE, then)
    provider.asked.clear()
    report = only_mini(scorer, provider)
    assert [(request.meta.id, request.ask_all) for request in provider.asked] == [(PRICE, False)]
    assert (report.series[0].status, report.series[0].source) == ("unchanged", None)
    assert report.series[0].reason == "nothing can be new yet"
    assert store.feeds()[PRICE].checked_at == then
    forced = only_mini(scorer, provider, ask_all=True)
    assert all(request.ask_all for request in provider.asked[1:])
    assert forced.series[0].source == "MANUAL in memory"
    assert then < (store.feeds()[PRICE].checked_at or then)


def test_what_failed_or_was_asked_in_the_future_is_really_asked(scorer: Scorer, store: Store) -> None:
    provider = service()
    only_mini(scorer, provider)
    store.record_failure(RATE, "closed")
    checked(store, PRICE, dt.datetime.now(dt.UTC) + dt.timedelta(days=900))
    provider.asked.clear()
    assert only_mini(scorer, provider).exit_code == 0
    assert [(request.meta.id, request.ask_all) for request in provider.asked] == [(PRICE, True), (RATE, True)]
    feeds = store.feeds()
    assert feeds[RATE].failure is None
    assert feeds[PRICE].checked_at is not None
    assert feeds[PRICE].checked_at <= dt.datetime.now(dt.UTC)


@pytest.mark.parametrize("number", range(4))
def test_ctrl_c_while_an_answer_is_written_is_told(
    scorer: Scorer, store: Store, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Interrupted in the writing of the first, second or third series; or after the last was told."""
    record, count = store.record, iter(range(9))

    def interrupted(*arguments: Any, **options: Any) -> Change:
        if next(count) == number:
            raise KeyboardInterrupt
        return record(*arguments, **options)

    def after_the_last(event: Event) -> None:
        if event.done == number == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(store, "record", interrupted)
    report = only_mini(scorer, service(), progress=after_the_last)
    assert (report.stopped, report.exit_code) == (True, 4 if number else 5)
    assert list(statuses(report).values()) == ["fetched"] * number + ["not asked"] * (3 - number)
    assert list(statuses(report)) == [PRICE, RATE, LEVEL]


def test_each_refresh_that_any_source_answered_records_the_score(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a later day nothing is new, yet the score is given out for that day as well; one unanswered gives out none."""
    thesis = own_home / "mini.yaml"
    thesis.write_text(as_yaml(document()), encoding="utf-8")
    provider = service()
    monkeypatch.setattr(sources, "providers", lambda: [provider])
    log = published.open_log()
    before = [record.number for record in log.read()]
    counts = []
    for day in range(3):
        monkeypatch.setattr(days, "today", lambda day=day: TODAY + dt.timedelta(days=day))
        provider.failing = dict.fromkeys(provider.rows, SourceError("closed")) if day == 2 else {}
        report = actions.refresh(thesis=str(thesis), only=list(provider.rows), ask_all=True)
        counts.append(len(log.read()) - len(before))
        assert report.counts() == [{"fetched": 3}, {"unchanged": 3}, {"failed": 3}][day]
    assert counts == [1, 2, 2]
