"""What a person imports: apart from what sources say, named, taken back without a trace in what is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.arrivals import META, X, day, known, published, seen
from tests.engine.questions import asked
from tests.engine.test_falsifiers import rates, scorer
from tests.engine.test_store_engines import location, store
from xl_thesis import falsifiers
from xl_thesis.errors import InputError
from xl_thesis.knowledge import Knowledge
from xl_thesis.resolution import resolve
from xl_thesis.store import Import, Row, Store, open_store
from xl_thesis.store.transfer import check, copy

__all__ = ["location", "store"]

JULY: Row = (X, "2024-06-30", 9.0, "2024-07-01")


def enter(store: Store, *rows: Row, on: str = "2024-07-03", dated: bool = True, file: str = "mine.csv") -> Import:
    pairs = [(row, None) for row in rows]
    item, _ = store.enter(pairs if dated else (), () if dated else rows, seen_on=day(on), file=file)
    assert item is not None
    return item


def knowledge(store: Store, on: str) -> Knowledge:
    return Knowledge(store, {X: META}, day(on))


def test_an_import_is_kept_apart_and_taken_back_whole(store: Store) -> None:
    seen(store, "2024-06-08", (X, "2024-05-31", 1.0, "2024-06-05"))
    item = enter(store, (X, "2024-05-31", 2.0, "2024-06-05"), JULY)
    assert (item.number, item.file, item.series, item.rows) == (1, "mine.csv", (X,), 2)
    assert known(store, "2024-07-01") == {"2024-05-31": 2.0, "2024-06-30": 9.0}
    assert known(store, "2024-06-30") == {"2024-05-31": 2.0}, "it takes the place of the source's value of that day"
    done = store.take_back(1)
    assert store.imports() == (done,)
    assert done.taken_back_at is not None
    assert known(store, "2024-07-01") == known(store, "2024-06-05") == {"2024-05-31": 1.0}
    kept = store.engine.all("SELECT value, source FROM observation WHERE exact < 0 ORDER BY value")
    assert kept == [(2.0, "entered from mine.csv"), (9.0, "entered from mine.csv")], "nothing is deleted"


def test_each_import_is_taken_back_by_itself_and_only_once(store: Store) -> None:
    enter(store, JULY)
    later: Row = (*JULY[:2], 7.0, JULY[3])
    assert enter(store, later, file="second.csv").number == 2
    assert known(store, "2024-07-01") == {"2024-06-30": 7.0}
    store.take_back(2)
    assert known(store, "2024-07-01") == {"2024-06-30": 9.0}, "what the first import says counts again"
    with pytest.raises(InputError, match="import 2 was taken back already, on 20"):
        store.take_back(2)
    with pytest.raises(InputError, match="there is no import 3; `xl-thesis import --list`"):
        store.take_back(3)
    assert enter(store, later, file="third.csv").number == 3, "a number is not given twice"
    store.take_back(1)
    assert known(store, "2024-07-01") == {"2024-06-30": 7.0}


def test_rows_that_the_store_has_are_no_import(store: Store) -> None:
    seen(store, "2024-07-02", JULY)
    item, change = store.enter([(JULY, None)], [], seen_on=day("2024-07-03"), file="mine.csv")
    assert (item, change.added, store.imports()) == (None, 0, ())
    assert knowledge(store, "2024-07-03").imported(META) == ()


def test_what_a_source_says_later_takes_its_place_and_stays_when_it_is_taken_back(store: Store) -> None:
    """The import came on the 3rd, the source's own first value of the period on the 10th; it was public on the 4th."""
    enter(store, JULY)
    change = seen(store, "2024-07-10", (X, "2024-06-30", 8.0, "2024-07-04"))
    assert (change.added, change.revised) == (2, 1), "the source's own row, and one that takes the import's place"
    assert known(store, "2024-07-03") == {"2024-06-30": 9.0}
    assert known(store, "2024-07-10") == {"2024-06-30": 8.0}
    assert knowledge(store, "2024-07-03").imported(META) == ("mine.csv",)
    assert knowledge(store, "2024-07-10").imported(META) == ()
    store.take_back(1)
    assert known(store, "2024-07-03") == {}
    assert known(store, "2024-07-04") == {"2024-06-30": 8.0}, "as if the import had never been"


def test_a_source_that_says_the_same_makes_the_value_its_own(store: Store) -> None:
    enter(store, JULY)
    seen(store, "2024-07-10", (X, "2024-06-30", 9.0, "2024-07-04"))
    assert known(store, "2024-07-01") == {"2024-06-30": 9.0}
    assert knowledge(store, "2024-07-10").imported(META) == ()
    store.take_back(1)
    assert known(store, "2024-07-04") == {"2024-06-30": 9.0}, "a refresh would not bring it a second time"


def test_a_source_overrules_a_correction_of_its_own_value_from_the_day_it_says_so_again(store: Store) -> None:
    told: Row = (X, "2024-05-31", 1.0, "2024-06-05")
    seen(store, "2024-06-08", told)
    enter(store, (X, "2024-05-31", 2.0, "2024-06-20"))
    assert seen(store, "2024-07-10", told).revised == 1
    assert known(store, "2024-07-09") == {"2024-05-31": 2.0}
    assert known(store, "2024-07-10") == {"2024-05-31": 1.0}
    assert seen(store, "2024-07-11", told).added == 0, "said once"


def test_a_source_that_has_no_value_leaves_the_one_that_was_imported(store: Store) -> None:
    enter(store, JULY)
    for on in ("2024-07-10", "2024-08-10"):
        assert seen(store, on, (X, "2024-06-30", None, "2024-07-04")).added == 0
    assert known(store, "2024-08-10") == {"2024-06-30": 9.0}


def test_real_vintages_decide_alone_and_what_was_imported_is_not_named(store: Store) -> None:
    enter(store, JULY)
    published(store, "2024-07-20", (X, "2024-05-31", 1.0, "2024-06-05"), (X, "2024-06-30", 8.0, "2024-07-05"))
    assert known(store, "2024-07-04") == {"2024-05-31": 1.0}
    assert knowledge(store, "2024-07-20").imported(META) == ()
    assert knowledge(store, "2024-07-20").rests_on_vintages(META)


def test_an_edition_of_the_embedded_data_is_a_source(store: Store) -> None:
    enter(store, JULY)
    store.add([(X, "2024-06-30", 8.0, "2024-07-04")], seen_on=day("2024-07-10"), source="embedded 2")
    assert known(store, "2024-07-10") == {"2024-06-30": 8.0}
    store.take_back(1)
    assert known(store, "2024-07-04") == {"2024-06-30": 8.0}


def test_another_connection_sees_it_come_and_go(store: Store, location: Path | str) -> None:
    with open_store(location) as reader:
        reader.forget_if_changed()
        generation = reader.generation
        enter(store, JULY)
        reader.forget_if_changed()
        assert (reader.generation > generation, known(reader, "2024-07-01")) == (True, {"2024-06-30": 9.0})
        generation = reader.generation
        store.take_back(1)
        reader.forget_if_changed()
        assert (reader.generation > generation, known(reader, "2024-07-01")) == (True, {})
        assert reader.imports()[0].taken_back_at is not None


def test_a_copy_has_the_imports_and_what_was_taken_back(store: Store) -> None:
    enter(store, JULY)
    enter(store, (X, "2024-05-31", 2.0, "2024-06-05"), file="second.csv")
    store.take_back(2)
    with Store(":memory:") as target:
        copy(store, target)
        assert target.imports() == store.imports()
        assert known(target, "2024-07-01") == {"2024-06-30": 9.0}
        target.take_back(1)
        assert known(target, "2024-07-01") == {}


def test_a_row_of_no_import_is_a_fault_of_the_store() -> None:
    with Store(":memory:") as store:
        enter(store, JULY)
        with store.engine.writing():
            store.engine.run("UPDATE observation SET exact = ? WHERE exact = ?", [(-2, 2)])
        assert "1 observations are neither exact, nor dated by rule, nor of an import" in check(store)


def test_an_answer_and_a_falsifier_that_rest_on_an_imported_value_say_so() -> None:
    at_once = {"measure": "value", "compare": "below", "value": 2.0, "days": [dt.date(2022, 6, 30)]}
    judged = scorer(rates([3.0] * 4), at_once)
    since = "with values imported from mine.csv"
    assert since not in falsifiers.check(judged, day("2022-06-30"))[0].sentence
    enter(judged.store, ("MANUAL:rate", "2022-05-31", 1.0, "2022-06-10"), on="2022-06-20")
    (state,) = falsifiers.check(judged, day("2022-06-30"))
    assert (state.state, state.imported) == ("met", ("mine.csv",))
    assert f"value 1 points (2022-05-31, {since})" in state.sentence
    found = resolve(asked(series="MANUAL:rate", day=dt.date(2022, 5, 31)), judged.knowledge, day("2025-02-28"))
    assert found.evidence == f"MANUAL:rate 1 on 2022-05-31 is below 100, {since}."


DAYS = [dt.date(2020, 1, 1) + dt.timedelta(days=number) for number in range(12)]
places = st.sampled_from(DAYS)
rows = st.dictionaries(st.tuples(places, places), st.sampled_from([1.0, 2.0, 3.0]), min_size=1, max_size=4)
said = st.dictionaries(places, st.sampled_from([1.0, 2.0, None]), max_size=4)
steps = st.lists(st.tuples(places, st.sampled_from(["refresh", "import", "undated"]), said, rows), max_size=7)
Step = tuple[dt.date, str, dict[dt.date, float | None], dict[tuple[dt.date, dt.date], float]]


def play(store: Store, plan: Sequence[Step], *, exact_from: dt.date, wanted: Callable[[str], bool]) -> None:
    """Arrivals of a source, exact ones from a day on, and imports, which end where the vintages begin."""
    for on, kind, values, entered in sorted(plan, key=lambda step: step[0]):
        if not wanted(kind):
            continue
        if kind == "refresh":
            is_exact = on >= exact_from
            told: list[Row] = [(X, str(period), value, str(max(period, on) if is_exact else period))
                               for period, value in values.items() if period <= on]  # fmt: skip
            store.record(X, told, seen_on=on, exact=is_exact, source="a source")
        elif not store.has_vintages(X):
            given = [(X, str(period), value, str(max(period, since))) for (period, since), value in entered.items()]
            only = [row for row in given if row[3] <= str(on)]
            by_place = {(row[1], row[3]): row for row in only}
            dated = [(row, "a person") for row in by_place.values()] if kind == "import" else []
            store.enter(dated, [] if dated else list(by_place.values()), seen_on=on, file="mine.csv")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=steps, exact_from=st.sampled_from([*DAYS[6:], dt.date.max]), order=st.randoms())
def test_taken_back_in_any_order_imports_leave_what_sources_said_alone(
    plan: list[Step], exact_from: dt.date, order: object
) -> None:
    """On every day the same is known as in a store into which nothing was ever imported."""
    with Store(":memory:") as store, Store(":memory:") as plain:
        play(store, plan, exact_from=exact_from, wanted=lambda _: True)
        play(plain, plan, exact_from=exact_from, wanted=lambda kind: kind == "refresh")
        numbers = [item.number for item in store.imports()]
        order.shuffle(numbers)  # type: ignore[attr-defined]
        for number in numbers:
            store.take_back(number)
            assert check(store) == []
        for on in DAYS:
            assert known(store, str(on)) == known(plain, str(on))
