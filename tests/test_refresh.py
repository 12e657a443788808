"""Refresh: what arrives is kept whole, what fails costs nothing, and the score is never withheld by half a refresh."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.mini import as_yaml, document
from tests.feeds import LINK, Table, month_rows, price_rows
from xl_thesis import refresh as refreshing
from xl_thesis.days import today
from xl_thesis.default_store import open_default_store
from xl_thesis.errors import InputError, SourceError, StoreError
from xl_thesis.pipeline import Scorer
from xl_thesis.refresh import not_due, refresh
from xl_thesis.refresh_report import Event, RefreshReport
from xl_thesis.sources import embedded
from xl_thesis.sources.protocol import Link, Provider
from xl_thesis.store import Store, open_store
from xl_thesis.thesis import load_thesis, parse_thesis

PRICE, RATE, LEVEL = "MANUAL:price", "MANUAL:rate", "MANUAL:level"
TODAY = today()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.sqlite") as opened:
        yield opened


@pytest.fixture
def scorer(store: Store) -> Scorer:
    """The small thesis over an empty store."""
    return Scorer(parse_thesis(as_yaml(document()), Path("mini.yaml")), store)


def service(**options: object) -> Table:
    rows = {PRICE: price_rows(PRICE, TODAY), RATE: month_rows(RATE, TODAY), LEVEL: month_rows(LEVEL, TODAY, 3)}
    return Table("MANUAL", rows, **options)  # type: ignore[arg-type]


def only_mini(scorer: Scorer, *providers: Provider, link: Link = LINK, **options: object) -> RefreshReport:
    return refresh(scorer, providers, link, only=(PRICE, RATE, LEVEL), **options)  # type: ignore[arg-type]


def statuses(report: RefreshReport) -> dict[str, str]:
    return {item.series_id: item.status for item in report.series}


def test_everything_arrives_and_the_score_is_as_of_today(scorer: Scorer, store: Store) -> None:
    events: list[Event] = []
    provider = service()
    report = only_mini(scorer, provider, progress=events.append)
    assert (report.exit_code, report.stopped) == (0, False)
    assert statuses(report) == dict.fromkeys((PRICE, RATE, LEVEL), "fetched")
    assert [(event.done, event.total) for event in events] == [(1, 3), (2, 3), (3, 3)]
    assert scorer.default_as_of() == report.as_of == TODAY
    assert report.as_of_moved
    assert scorer.evaluate().status == "full"
    feed = store.feeds()[RATE]
    assert (feed.source, feed.state, feed.facts) == ("MANUAL in memory", "120", {"title": "rate"})
    assert report.series[1].added == 120
    assert report.series[1].last_observed == dt.date.fromisoformat(provider.rows[RATE][-1][1])


def test_one_reason_is_told_once(scorer: Scorer) -> None:
    only_mini(scorer, service())
    away = service(failing=dict.fromkeys((PRICE, RATE, LEVEL), SourceError("nobody answers")))
    report = only_mini(scorer, away, ask_all=True)
    assert report.exit_code == 5
    (line,) = (line for line in report.lines() if "nobody answers" in line)
    assert line.startswith(f"3 series ({PRICE}, {RATE}, {LEVEL}): failed: nobody answers; 3 served from the store,")


def test_a_second_refresh_right_after_the_first_asks_for_nothing(scorer: Scorer) -> None:
    provider = service()
    only_mini(scorer, provider)
    provider.asked.clear()
    again = only_mini(scorer, provider)
    assert provider.asked == []
    assert (again.exit_code, statuses(again)) == (0, dict.fromkeys((PRICE, RATE, LEVEL), "unchanged"))
    assert "asked 1 min ago" in again.series[0].sentence()
    forced = only_mini(scorer, provider, ask_all=True)
    assert len(provider.asked) == 3
    assert set(statuses(forced).values()) == {"unchanged"}
    assert provider.asked[0].state == "1200"
    assert provider.asked[0].last_observed == dt.date.fromisoformat(provider.rows[PRICE][-1][1])


def test_a_series_that_fails_keeps_what_the_store_has_and_stops_no_other(scorer: Scorer, store: Store) -> None:
    only_mini(scorer, service())
    before = store.vintages(scorer.meta_of(RATE))
    broken = service(failing={RATE: SourceError("the service is closed")})
    report = only_mini(scorer, broken, ask_all=True)
    assert report.exit_code == 4
    assert statuses(report) == {PRICE: "unchanged", RATE: "failed", LEVEL: "unchanged"}
    assert before is not None
    assert "failed: the service is closed; served from the store, whose newest value is" in report.lines()[1]
    after = store.vintages(scorer.meta_of(RATE))
    assert after is not None
    assert after.values.tolist() == before.values.tolist()
    assert store.feeds()[RATE].failure == "the service is closed"
    fixed = service()
    only_mini(scorer, fixed)
    assert [request.meta.id for request in fixed.asked] == [RATE], "what failed is due, what was answered is not"
    assert store.feeds()[RATE].failure is None


def test_nothing_at_all_is_exit_code_5(scorer: Scorer, store: Store) -> None:
    closed = dict.fromkeys((PRICE, RATE, LEVEL), SourceError("closed"))
    report = only_mini(scorer, service(failing=closed))
    assert (report.exit_code, store.refreshed_at(), report.as_of_moved) == (5, None, False)
    assert "the store has none of them" in report.lines()[1]


def test_a_provider_with_a_bug_fails_alone_and_its_text_is_not_shown(scorer: Scorer) -> None:
    report = only_mini(scorer, service(failing={RATE: RuntimeError(f"?api_key={LINK.fred_key}")}))
    assert statuses(report) == {PRICE: "fetched", RATE: "failed", LEVEL: "failed"}
    assert report.series[1].reason == "MANUAL failed in a way nobody foresaw (RuntimeError)"


def test_a_key_that_a_provider_let_slip_is_taken_out(scorer: Scorer, store: Store) -> None:
    slip = SourceError(f"http://x/?api_key={LINK.fred_key}&x\nline two")
    report = only_mini(scorer, service(failing={RATE: slip}))
    said = f"{report} {report.lines()} {report.to_json()} {store.feeds()} {LINK}"
    assert str(LINK.fred_key) not in said
    assert report.series[1].reason == "http://x/?api_key=***&x line two"


def test_a_provider_that_hangs_is_given_up(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "_PATIENCE", 0.1)
    hanging = service(delay=2)
    report = only_mini(scorer, hanging)
    assert (report.exit_code, set(statuses(report).values())) == (5, {"failed"})
    assert "no answer within" in str(report.series[0].reason)


def test_cancelling_stops_between_two_series_and_the_next_refresh_goes_on(scorer: Scorer) -> None:
    seen: list[Event] = []
    slow = service(delay=0.15)
    report = only_mini(scorer, slow, progress=seen.append, cancelled=lambda: len(seen) >= 1)
    assert (report.stopped, report.exit_code) == (True, 4)
    assert statuses(report) == {PRICE: "fetched", RATE: "not asked", LEVEL: "not asked"}
    rest = service()
    assert only_mini(scorer, rest).exit_code == 0
    assert [request.meta.id for request in rest.asked] == [RATE, LEVEL]


def test_ctrl_c_in_the_middle_of_anything_keeps_what_was_whole(scorer: Scorer) -> None:
    def interrupt(event: Event) -> None:
        if event.done == 2:
            raise KeyboardInterrupt

    report = only_mini(scorer, service(), progress=interrupt)
    assert (report.stopped, report.exit_code) == (True, 4)
    assert list(statuses(report).values())[:2] == ["fetched", "fetched"]


def test_only_one_refresh_at_a_time(scorer: Scorer, store: Store, tmp_path: Path) -> None:
    with (
        open_store(tmp_path / "store.sqlite") as other,
        other.refreshing(),
        pytest.raises(StoreError, match="another refresh"),
    ):
        only_mini(scorer, service())


def test_ids_that_cannot_be_asked_for_are_input_errors(scorer: Scorer) -> None:
    with pytest.raises(InputError, match="unknown series 'FRED:NOPE'"):
        refresh(scorer, [service()], LINK, only=["FRED:NOPE"])
    with pytest.raises(InputError, match="computed from others, so refresh those: ECB:EURUSD"):
        refresh(scorer, [service()], LINK, only=["DERIVED:DXY_ECB"])
    with pytest.raises(InputError, match="no provider serves FRED:UNRATE; enter its values with"):
        refresh(scorer, [service()], LINK, only=["FRED:UNRATE"])


def test_two_providers_work_side_by_side(scorer: Scorer) -> None:
    """Each waits at a barrier that only both can pass."""
    barrier = threading.Barrier(2, timeout=10)

    class Meeting(Table):
        def _answer(self, request):  # type: ignore[no-untyped-def]
            barrier.wait()
            return super()._answer(request)

    ecb = "ECB:EURUSD"
    providers = [Meeting("MANUAL", {RATE: month_rows(RATE, TODAY)}), Meeting("ECB", {ecb: price_rows(ecb, TODAY)})]
    assert refresh(scorer, providers, LINK, only=[RATE, ecb]).exit_code == 0


@pytest.mark.parametrize(
    ("minutes", "frequency", "last", "failure", "due"),
    [
        (5, "daily", "2026-11-20", None, False), (20, "daily", "2026-11-20", None, True),
        (20, "monthly", "2026-10-31", None, False), (20, "monthly", "2026-09-30", None, True),
        (5, "daily", "2026-11-20", "closed", True), (60 * 30, "monthly", "2026-10-31", None, True),
        (-5, "daily", "2026-11-20", None, True),
    ],
)  # fmt: skip
def test_what_is_due(
    scorer: Scorer, minutes: int, frequency: str, last: str, failure: str | None, *, due: bool
) -> None:
    from xl_thesis.sources.protocol import Request
    from xl_thesis.store import Feed

    now = dt.datetime(2026, 11, 27, 15, tzinfo=dt.UTC)
    lag = {"daily": 0, "monthly": 10}[frequency]
    meta = scorer.meta_of(RATE).model_copy(update={"frequency": frequency, "lag_days": lag})
    feed = Feed(RATE, "s", None, {}, now - dt.timedelta(minutes=minutes), None, failure, None)
    request = Request(meta, "rate", dt.date.fromisoformat(last), None)
    assert (not_due(request, feed, now, dt.date(2026, 11, 27)) is None) == due


def test_half_a_refresh_never_moves_the_day_of_the_score(own_home: Path) -> None:
    """Embedded data alone give a full score in July; ECB rates to November may not turn it into none."""
    with open_default_store() as store:
        scorer = Scorer(load_thesis("american_exceptionalism"), store)
        before = scorer.evaluate()
        ecb = Table("ECB", {name: price_rows(name, TODAY, days=9) for name in scorer.catalogue if name[:4] == "ECB:"})
        fred = Table("FRED", {}, failing={name: SourceError("closed") for name in scorer.catalogue})
        report = refresh(scorer, [ecb, fred], LINK)
        after = scorer.evaluate()
        assert report.exit_code == 4
        assert (report.as_of, report.as_of_moved) == (embedded.read_package().reference_date, False)
        assert (after.score, after.status, after.as_of) == (before.score, before.status, before.as_of)
        assert "of the weight that is known in published pillars" in report.lines()[-1]
        assert "another refresh that reaches more moves the day" in report.lines()[-1]


def test_what_was_known_before_stays_known_after_a_refresh(own_home: Path) -> None:
    """A refresh brings other values for every day of the past: the scores of past days are the same to the bit."""
    with open_default_store() as store:
        scorer = Scorer(load_thesis("american_exceptionalism"), store)
        days = [dt.date(2020, 3, 31), dt.date(2026, 6, 30)]
        before = [scorer.evaluate(day) for day in days]
        fred = [name for name in scorer.catalogue if name.startswith("FRED:")]
        revised = {}
        for name in fred:
            vintages = store.vintages(scorer.meta_of(name))
            if vintages is not None:
                known = vintages.as_known(TODAY)
                revised[name] = [
                    (name, str(day), float(value) * 1.01, str(available))
                    for day, value, available in zip(known.days, known.values, known.available, strict=True)
                ]
        report = refresh(scorer, [Table("FRED", revised)], LINK, only=revised)
        assert all(item.revised > 0 for item in report.series)
        assert [scorer.evaluate(day).score for day in days] == [result.score for result in before]
        assert [scorer.evaluate(day).data_hash for day in days] == [result.data_hash for result in before]
        unrate = store.vintages(scorer.meta_of("FRED:UNRATE"))
        assert unrate is not None
        assert unrate.as_known(TODAY).values[-1] == pytest.approx(revised["FRED:UNRATE"][-1][2])
