"""What holds on every engine: the same answers from SQLite and from PostgreSQL."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_thesis.errors import StoreError
from xl_thesis.store import Change, Row, Store, open_store
from xl_thesis.store.transfer import check

from .arrivals import META, X, day, known, published, seen


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.host)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    if request.param == "sqlite":
        return tmp_path / "store.sqlite"
    return str(request.getfixturevalue("postgres"))


@pytest.fixture
def store(location: Path | str) -> Iterator[Store]:
    with open_store(location) as opened:
        yield opened
        assert check(opened) == []


def test_what_is_written_is_read_as_known_on_each_day(store: Store) -> None:
    rows: list[Row] = [(X, "2023-08-31", 3.8, "2023-09-01"), (X, "2023-08-31", 3.7, "2024-01-31"),
                       (X, "2023-09-30", float("nan"), "2023-10-06")]  # fmt: skip
    assert store.write(rows, source="test", notes={"embedded": "one"}) == 3
    assert store.write(rows, source="test") == 3
    assert known(store, "2023-12-31") == {"2023-08-31": 3.8}
    assert known(store, "2024-01-31") == {"2023-08-31": 3.7}
    assert (store.series_ids(), store.first_available(), store.get("embedded")) == ([X], day("2023-09-01"), "one")
    assert store.vintages(META.model_copy(update={"id": "MANUAL:none"})) is None


def test_a_first_print_counts_from_its_day_and_never_from_one_still_to_come(store: Store) -> None:
    change = seen(store, "2024-03-08", (X, "2024-01-31", 1.0, "2024-02-05"), (X, "2024-02-29", 2.0, "2024-03-20"))
    assert change == Change(added=2)
    assert known(store, "2024-02-05") == {"2024-01-31": 1.0}
    assert known(store, "2024-03-07") == {"2024-01-31": 1.0}
    assert known(store, "2024-03-08") == {"2024-01-31": 1.0, "2024-02-29": 2.0}


def test_another_value_of_a_known_period_is_a_revision_from_the_day_it_was_seen(store: Store) -> None:
    seen(store, "2024-03-08", (X, "2024-01-31", 1.0, "2024-02-05"))
    assert seen(store, "2024-03-20", (X, "2024-01-31", 1.0, "2024-02-05")) == Change()
    assert seen(store, "2024-04-02", (X, "2024-01-31", 1.1, "2024-02-05")) == Change(added=1, revised=1)
    assert known(store, "2024-04-01") == {"2024-01-31": 1.0}
    assert known(store, "2024-04-02") == {"2024-01-31": 1.1}
    assert seen(store, "2024-05-02", (X, "2024-01-31", None, "2024-02-05")) == Change(added=1, revised=1)
    assert known(store, "2024-05-02") == {}
    assert known(store, "2024-05-01") == {"2024-01-31": 1.1}


def test_the_last_word_of_a_day_is_what_was_known_at_its_end(store: Store) -> None:
    seen(store, "2024-03-08", (X, "2024-03-07", 1.0, "2024-03-07"))
    seen(store, "2024-03-08", (X, "2024-03-07", 1.5, "2024-03-07"))
    seen(store, "2024-03-08", (X, "2024-03-07", 1.7, "2024-03-07"))
    assert known(store, "2024-03-08") == {"2024-03-07": 1.7}
    assert known(store, "2024-03-07") == {"2024-03-07": 1.0}


def test_real_vintages_take_the_place_of_dates_by_rule_within_the_days_they_cover(store: Store) -> None:
    # By rule, the revision of January counts from the month-end; it was published on the 5th, and revised again.
    store.write([(X, "2023-08-31", 3.8, "2023-09-10"), (X, "2023-08-31", 3.7, "2024-01-31")], source="embedded")
    published(store, "2024-03-01", (X, "2023-08-31", 3.8, "2023-09-01"), (X, "2023-08-31", 3.7, "2024-01-05"),
              (X, "2023-08-31", 3.6, "2024-01-20"))  # fmt: skip
    assert known(store, "2023-09-01") == {"2023-08-31": 3.8}
    assert known(store, "2024-01-05") == {"2023-08-31": 3.7}
    assert known(store, "2024-02-15") == {"2023-08-31": 3.6}, "the month-end row would bring back 3.7"
    store.write([(X, "2023-08-31", 3.5, "2024-06-30")], source="a later edition")
    assert known(store, "2024-06-30") == {"2023-08-31": 3.5}, "beyond what the vintages cover, other rows count"
    published(store, "2024-07-01")
    assert known(store, "2024-07-01") == {"2023-08-31": 3.6}, "nothing new until July: the vintages say 3.6 still"


def test_a_period_that_comes_without_vintages_later_counts_after_the_days_that_they_cover(store: Store) -> None:
    """The key was lost: by rule October counts from 8 November, but the vintages of the 20th did not have it."""
    published(store, "2024-11-20", (X, "2024-09-30", 3.8, "2024-10-04"))
    seen(store, "2024-11-27", (X, "2024-09-30", 3.8, "2024-10-08"), (X, "2024-10-31", 3.9, "2024-11-08"))
    assert known(store, "2024-11-20") == {"2024-09-30": 3.8}
    assert known(store, "2024-11-21") == {"2024-09-30": 3.8, "2024-10-31": 3.9}


def test_before_the_first_vintage_the_dates_by_rule_stay(store: Store) -> None:
    store.write([(X, "2005-01-31", 1.0, "2005-02-10")], source="embedded")
    published(store, "2024-03-01", (X, "2005-01-31", 1.2, "2010-06-04"))
    assert known(store, "2009-12-31") == {"2005-01-31": 1.0}
    assert known(store, "2010-06-04") == {"2005-01-31": 1.2}


def test_how_a_value_came_is_known_by_both_engines(store: Store) -> None:
    rows: list[Row] = [(META.id, "2025-01-31", 1.0, "2025-02-05"), (META.id, "2025-02-28", 2.0, "2025-03-05")]
    store.write([(META.id, "2024-12-31", 0.5, "2025-01-05"), rows[0]], source="by rule")
    assert store.evidence(META).since is None
    store.record(META.id, rows, seen_on=dt.date(2025, 4, 1), exact=True, source="x", vintages_from=dt.date(2025, 3, 5))
    evidence = store.evidence(META)
    assert (evidence.since, len(evidence.by_rule)) == (dt.date(2025, 3, 5), 1), "what came before the archive stays"
    late: Row = (META.id, "2025-03-31", 3.0, "2025-04-05")
    store.record(META.id, [late], seen_on=dt.date(2025, 4, 6), exact=False, source="without a key")
    assert len(store.evidence(META).by_rule) == 2
    vintages = store.vintages(META)
    assert vintages is not None
    assert not store.evidence(META).vouches(vintages.as_known(dt.date(2025, 4, 6)))


def test_companions_are_kept_under_their_own_names(store: Store) -> None:
    seen(store, "2024-03-08", (X, "2024-03-07", 1.0, "2024-03-07"), (f"{X}/div", "2024-03-07", 0.2, "2024-03-07"))
    assert known(store, "2024-03-08", META.model_copy(update={"id": f"{X}/div"})) == {"2024-03-07": 0.2}
    assert list(store.feeds()) == [X]


def test_a_feed_remembers_state_facts_and_failures(store: Store) -> None:
    at = dt.datetime(2024, 3, 8, 12, tzinfo=dt.UTC)
    store.record(X, [(X, "2024-03-07", 1.0, "2024-03-07")], seen_on=day("2024-03-08"), exact=False, source="here",
                 state="7", facts={"title": "X, 人工"}, fetched_at=at)  # fmt: skip
    store.record_failure(X, "the service is closed", at + dt.timedelta(hours=1))
    feed = store.feeds()[X]
    assert (feed.source, feed.state, feed.facts, feed.checked_at) == ("here", "7", {"title": "X, 人工"}, at)
    assert (feed.failure, feed.failed_at) == ("the service is closed", at + dt.timedelta(hours=1))
    store.record(X, [], seen_on=day("2024-03-09"), exact=False, source="there", state="8",
                 fetched_at=at + dt.timedelta(days=1))  # fmt: skip
    feed = store.feeds()[X]
    assert (feed.failure, feed.state, feed.changed_at, feed.facts) == (None, "8", at, {"title": "X, 人工"})


def test_an_infinite_value_is_refused_and_nothing_of_its_arrival_stays(store: Store) -> None:
    with pytest.raises(StoreError, match="infinite"):
        seen(store, "2024-03-08", (X, "2024-03-07", 1.0, "2024-03-07"), (X, "2024-03-08", float("inf"), "2024-03-08"))
    assert (store.series_ids(), store.feeds()) == ([], {})


def test_another_connection_is_noticed(store: Store, location: Path | str) -> None:
    seen(store, "2024-03-08", (X, "2024-03-07", 1.0, "2024-03-07"))
    with open_store(location) as reader:
        assert known(reader, "2024-03-08") == {"2024-03-07": 1.0}
        generation = reader.generation
        reader.forget_if_changed()
        reader.forget_if_changed()
        assert reader.generation <= generation + 1
        assert known(reader, "2024-03-09") == {"2024-03-07": 1.0}
        seen(store, "2024-03-09", (X, "2024-03-07", 2.0, "2024-03-07"))
        assert known(reader, "2024-03-09") == {"2024-03-07": 1.0}, "the cache holds until it is asked to look"
        reader.forget_if_changed()
        assert known(reader, "2024-03-09") == {"2024-03-07": 2.0}


def test_a_reading_sees_one_moment(store: Store, location: Path | str) -> None:
    y = META.model_copy(update={"id": "MANUAL:y"})
    for name in (X, y.id):
        store.write([(name, "2024-01-31", 1.0, "2024-02-05")], source="test")
    with open_store(location) as reader:
        with reader.reading():
            assert known(reader, "2024-03-01") == {"2024-01-31": 1.0}
            store.write([(name, "2024-01-31", 2.0, "2024-02-05") for name in (X, y.id)], source="test")
            assert known(reader, "2024-03-01", y) == {"2024-01-31": 1.0}
        with reader.reading():
            assert known(reader, "2024-03-01") == known(reader, "2024-03-01", y) == {"2024-01-31": 2.0}


def test_one_refresh_at_a_time(store: Store, location: Path | str) -> None:
    with open_store(location) as other:
        held = store.refreshing()
        held.__enter__()
        with pytest.raises(StoreError, match="another refresh of this store is running"), other.refreshing():
            pass
        held.__exit__(None, None, None)
        with other.refreshing():
            pass


HOLDER = """
import sys, time
from xl_thesis.store import open_store
with open_store(sys.argv[1]) as store, store.refreshing():
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_of_a_killed_refresh_is_free(store: Store, location: Path | str) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(location)], env=environment, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match="another refresh"), store.refreshing():
            pass
        holder.kill()
    for _ in range(50):
        try:
            with store.refreshing():
                return
        except StoreError:
            subprocess.run(["sleep", "0.05"])
    pytest.fail("the lock is still held")


days = st.dates(dt.date(2020, 1, 1), dt.date(2020, 2, 1))
arrivals = st.lists(st.tuples(days, st.dictionaries(days, st.sampled_from([1.0, 2.0, None]), max_size=4)), max_size=6)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals=arrivals, exact=st.booleans())
def test_later_arrivals_never_change_what_was_known_earlier(
    arrivals: list[tuple[dt.date, dict[dt.date, float | None]]], exact: bool
) -> None:
    """What was known on the days before an arrival stays known, whatever arrives."""
    with Store(":memory:") as store:
        fetched: list[dt.date] = []
        for on, values in sorted(arrivals, key=lambda arrival: arrival[0]):
            before = {past: known(store, str(past)) for past in fetched if past < on}
            rows: list[Row] = [(X, str(period), value, str(max(period, on) if exact else period))
                               for period, value in values.items() if period <= on]  # fmt: skip
            store.record(X, rows, seen_on=on, exact=exact, source="test")
            for past, values_known in before.items():
                after = known(store, str(past))
                assert {period: after.get(period) for period in values_known} == values_known
            fetched.append(on)
        assert check(store) == []


@pytest.mark.host
def test_both_engines_give_the_same_answers(postgres: str) -> None:
    """Random arrivals, exact ones and others, through both: every value as known on every day is the same."""
    numbers = itertools.count()
    with open_store(postgres) as team, Store(":memory:") as file:

        @settings(max_examples=15, deadline=None)
        @given(arrivals=arrivals, exact=st.lists(st.booleans(), min_size=6, max_size=6))
        def same(arrivals: list[tuple[dt.date, dict[dt.date, float | None]]], exact: list[bool]) -> None:
            meta = META.model_copy(update={"id": f"MANUAL:s{next(numbers)}"})
            for (on, values), is_exact in zip(sorted(arrivals, key=lambda arrival: arrival[0]), exact, strict=False):
                rows: list[Row] = [(meta.id, str(period), value, str(on)) for period, value in values.items()]
                changes = [
                    store.record(meta.id, rows, seen_on=on, exact=is_exact, source="test") for store in (team, file)
                ]
                assert changes[0] == changes[1]
            for day_number in range(40):
                on = str(dt.date(2019, 12, 30) + dt.timedelta(days=day_number))
                assert known(team, on, meta) == known(file, on, meta)

        same()
        assert check(team) == check(file) == []
