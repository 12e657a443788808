"""The grade of a value is how it came: A only where every value known is the one that was in force on the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.engine.mini import as_yaml, document
from tests.feeds import LINK, price_rows
from tests.servers import fred as server
from tests.servers.loopback import Loopback, Reply
from tests.services import TODAY, unrate
from xl_thesis import actions
from xl_thesis.default_store import open_default_store
from xl_thesis.knowledge import Knowledge
from xl_thesis.models import SeriesMeta
from xl_thesis.pipeline import Scorer
from xl_thesis.provenance import source_records
from xl_thesis.refresh import refresh
from xl_thesis.sources.fred import Fred
from xl_thesis.store import Row, Store
from xl_thesis.thesis import load_thesis
from xl_thesis_udfs import formula
from xl_thesis_udfs.session import session

UNRATE = "FRED:UNRATE"
EMBEDDED_END = "2026-07-31"
PRICE, LEVEL = "YAHOO:SPY/adj", "MANUAL:level"
META = SeriesMeta(id="MANUAL:x", title="x", unit="percent", frequency="monthly", lag_days=5, publisher="test",
                  licence="CC0", redistributable=True)  # fmt: skip
EMBEDDED = META.model_copy(update={"point_in_time": "vintages", "vintages_from": dt.date(2020, 3, 1)})
MONTHS = [("2019-12-31", 1.0, "2020-01-05"), ("2020-01-31", 2.0, "2020-02-05"), ("2020-02-29", 3.0, "2020-03-05"),
          ("2020-03-31", 4.0, "2020-04-05")]  # fmt: skip
ROWS: list[Row] = [(META.id, *row) for row in MONTHS]
JUNE = dt.date(2020, 6, 1)


def rests(store: Store, on: str, meta: SeriesMeta = META) -> bool:
    return Knowledge(store, {meta.id: meta}, dt.date.fromisoformat(on)).rests_on_vintages(meta)


def test_exact_rows_vouch_from_the_first_vintage_on() -> None:
    """The archive begins in March; what it says of periods before counts from usual days, which are no vintages."""
    with Store(":memory:") as store:
        store.record(META.id, ROWS, seen_on=JUNE, exact=True, source="x", vintages_from=dt.date(2020, 3, 5))
        assert [rests(store, day) for day in ("2020-01-20", "2020-03-04", "2020-03-05", "2020-06-01")] == [
            False, False, True, True,
        ]  # fmt: skip


def test_a_value_that_came_otherwise_ends_it_from_its_day_on_and_a_vintage_restores_it() -> None:
    with Store(":memory:") as store:
        store.record(META.id, ROWS, seen_on=JUNE, exact=True, source="x")
        later, seen = (META.id, "2020-05-31", 5.0, "2020-07-05"), dt.date(2020, 7, 8)
        store.record(META.id, [later], seen_on=seen, exact=False, source="without a key")
        assert [rests(store, day) for day in ("2020-07-04", "2020-07-05", "2020-08-01")] == [True, False, False]
        store.record(META.id, [later], seen_on=dt.date(2020, 8, 1), exact=True, source="x")
        assert rests(store, "2020-08-01")


def test_a_revision_that_was_only_seen_is_no_vintage_though_the_newest_value_is() -> None:
    with Store(":memory:") as store:
        store.record(META.id, ROWS, seen_on=JUNE, exact=True, source="x")
        store.record(META.id, [(META.id, "2020-01-31", 2.5, "2020-02-05")], seen_on=dt.date(2020, 6, 9), exact=False,
                     source="without a key")  # fmt: skip
        assert [rests(store, day) for day in ("2020-06-08", "2020-06-09")] == [True, False]


def test_embedded_vintages_vouch_from_the_day_of_the_catalogue_and_rows_by_rule_never() -> None:
    with Store(":memory:") as store:
        store.write(ROWS, source="embedded 1", vintage_true=lambda _: True)
        assert [rests(store, day, EMBEDDED) for day in ("2020-02-28", "2020-03-01")] == [False, True]
        assert not rests(store, "2020-06-01"), "the catalogue promises vintages of no other series"
        store.enter((), [(META.id, "2020-04-30", 5.0, "2020-05-05")], seen_on=JUNE, file="hand.csv")
        assert [rests(store, day, EMBEDDED) for day in ("2020-05-04", "2020-05-05")] == [True, False]
    with Store(":memory:") as store:
        store.write(ROWS, source="a file")
        assert not rests(store, "2020-06-01", EMBEDDED)


def graph(fake: server.Fred) -> Callable[[str, Mapping[str, str]], Reply]:
    """Today's values, as the graphs of FRED give them without a key."""

    def answer(path: str, query: Mapping[str, str]) -> Reply:
        name = query["id"]
        newest = {day: value for day, _, end, value in fake.series[name].spells if end == server.FOREVER}
        lines = [f"observation_date,{name}", *(f"{day},{value}" for day, value in sorted(newest.items()))]
        return Reply(200, ("\n".join(lines) + "\n").encode(), "text/csv")

    return answer


@pytest.fixture
def thesis(own_home: Path) -> Path:
    """The small thesis over the unemployment rate, whose embedded values are vintages, as a file."""
    content = document()
    content["series"] = [item for item in content["series"] if item["id"] == LEVEL]
    path = own_home / "mini.yaml"
    path.write_text(as_yaml(content).replace("MANUAL:rate", UNRATE).replace("MANUAL:price", PRICE), encoding="utf-8")
    return path


@contextmanager
def refreshed(thesis: Path, store: Store, *, with_key: bool) -> Iterator[Scorer]:
    """After a refresh of the unemployment rate from FRED, with or without a key."""
    fake = server.Fred({"UNRATE": unrate()})
    scorer = Scorer(load_thesis(str(thesis)), store)
    store.write(price_rows(PRICE, TODAY), source="test")
    with Loopback(graph(fake)).running() as graphs, Loopback(fake.answer).running() as api:
        key = server.KEY if with_key else None
        link = replace(LINK, fred_key=key, fred_base_url=f"{api.url}/fred", pace_file=thesis.with_name("pace"))
        report = refresh(scorer, [Fred(graph_url=f"{graphs.url}/graph")], link, only=[UNRATE])
    assert report.counts() == {"fetched": 1}, report.lines()
    yield scorer


@pytest.mark.parametrize(("with_key", "grade"), [(True, "A"), (False, "B")])
def test_score_workbook_and_cells_say_how_it_came(thesis: Path, own_home: Path, with_key: bool, grade: str) -> None:
    with open_default_store() as store, refreshed(thesis, store, with_key=with_key) as scorer:
        result = scorer.evaluate(TODAY)
        found = {item.id: item for item in result.indicators}
        assert str(found["rank"].observed_on) > EMBEDDED_END, "the newest value is one of the refresh"
        assert (found["rank"].grade, found["drift"].grade) == (grade, "A")
        assert (result.grade, set(result.grade_shares)) == (grade, {"A", grade})
        assert {item.meta.id: item.grade for item in source_records(scorer, result)}[UNRATE] == grade
        before = scorer.evaluate(dt.date(2025, 9, 30))
        assert before.indicators[0].grade == "A", "as the embedded vintages had it"
        actions.snapshot(scorer, TODAY, own_home / "book.xlsx", force=True)
    book = openpyxl.load_workbook(own_home / "book.xlsx", data_only=True)
    for key in ("rank", UNRATE):
        assert [row for sheet in book for row in sheet.iter_rows(values_only=True) if row[0] == key and grade in row]
    session.cache_clear()
    try:
        assert formula.evaluate(f'=THESIS_DETAIL("grade","{TODAY}","{thesis}")') == grade
        assert formula.evaluate(f'=THESIS_INDICATOR("rank","grade","{TODAY}","{thesis}")') == grade
    finally:
        session().close()
        session.cache_clear()
