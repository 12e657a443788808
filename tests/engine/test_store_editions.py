"""A package upgrade: another edition of the embedded data rewrites nothing that was known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from tests.engine.test_store_engines import META, X, day, known, location, store
from xl_thesis.days import today
from xl_thesis.default_store import seed
from xl_thesis.sources import embedded
from xl_thesis.store import Row, Store, transfer
from xl_thesis.store.editions import add_edition

__all__ = ["location", "store"]

ONE: list[Row] = [(X, "2026-05-31", 99.0, "2026-06-20"), (X, "2026-06-30", 100.0, "2026-07-20")]
TWO: list[Row] = [(X, "2026-05-31", 99.0, "2026-06-20"), (X, "2026-06-30", 103.0, "2026-07-20"),
                  (X, "2026-07-31", 104.0, "2026-08-20")]  # fmt: skip
SECOND = "2026-09-01"


def first(store: Store) -> None:
    store.write(ONE, source="embedded 1", notes={"embedded": "one"})


def second(store: Store, rows: Sequence[Row] = TWO, on: str = SECOND, vintage_true: Sequence[str] = ()) -> None:
    add_edition(store, rows, seen_on=day(on), source="embedded 2", vintage_true=vintage_true)


def test_another_value_counts_from_the_day_the_edition_came_and_a_new_period_from_its_own(store: Store) -> None:
    first(store)
    second(store)
    assert known(store, "2026-07-31") == {"2026-05-31": 99.0, "2026-06-30": 100.0}
    assert known(store, "2026-08-31") == {"2026-05-31": 99.0, "2026-06-30": 100.0, "2026-07-31": 104.0}
    assert known(store, SECOND) == {"2026-05-31": 99.0, "2026-06-30": 103.0, "2026-07-31": 104.0}


def test_adding_an_edition_again_changes_nothing(store: Store) -> None:
    first(store)
    second(store)
    before = transfer._rows(store, "observation")
    second(store, on="2026-10-01")
    assert transfer._rows(store, "observation") == before


def test_real_vintages_count_from_the_days_they_were_published(store: Store) -> None:
    first(store)
    second(store, [(X, "2026-06-30", 101.0, "2026-08-05")], vintage_true=[X])
    assert known(store, "2026-08-04")["2026-06-30"] == 100.0
    assert known(store, "2026-08-05")["2026-06-30"] == 101.0


def test_what_a_refresh_or_a_person_brought_is_not_replaced_by_an_older_snapshot(store: Store) -> None:
    first(store)
    store.enter((), [(X, "2026-05-31", 98.0, "2026-06-20")], seen_on=day("2026-08-15"), file="hand.csv")
    second(store)
    assert known(store, "2026-12-31")["2026-05-31"] == 98.0, "the edition says of May what the first said"
    store.record(X, [(X, "2026-07-31", 105.0, "2026-08-20")], seen_on=day("2026-09-20"), exact=False, source="feed")
    third: list[Row] = [(X, "2026-07-31", 104.5, "2026-08-20"), (X, "2026-08-31", 106.0, "2026-09-20")]
    second(store, third, on="2026-10-01")
    assert known(store, "2026-12-31") | {"2026-07-31": 105.0, "2026-08-31": 106.0} == known(store, "2026-12-31")


def test_an_upgrade_of_the_whole_package_changes_no_past_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every value of the series dated by rule is another one in the next edition."""
    with Store(":memory:") as store:
        seed(store)
        vintages = {item["series"]["id"] for item in embedded.read_package().resources
                    if item.get("series", {}).get("vintages_since")}  # fmt: skip
        rule = [row for row in embedded.rows() if row[0] not in vintages and row[2]]
        chosen = rule[0][0]
        meta = META.model_copy(update={"id": chosen})
        on = str(embedded.read_package().reference_date)
        before = known(store, on, meta)
        changed = [(*row[:2], row[2] and row[2] * 1.03, row[3]) for row in rule if row[0] == chosen]
        monkeypatch.setattr(embedded, "rows", lambda: iter(changed))
        store.note({"embedded": "an earlier edition", f"embedded {embedded.read_package().fingerprint}": ""})
        seed(store)
        assert known(store, on, meta) == before != {}
        assert known(store, str(today()), meta) != before
        assert store.get("embedded") == embedded.read_package().fingerprint
        assert today() > dt.date.fromisoformat(on)
