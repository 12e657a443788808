"""The store keeps every vintage, survives damage, and can be read while it is written."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_settings import run
from xl_thesis.default_store import open_default_store, seed
from xl_thesis.errors import StoreError
from xl_thesis.models import SeriesMeta
from xl_thesis.sources import embedded
from xl_thesis.store import SCHEMA_VERSION, Row, Store, open_store

META = SeriesMeta(id="MANUAL:x", title="x", unit="percent", frequency="monthly", lag_days=5, publisher="test",
                  licence="CC0", redistributable=True)  # fmt: skip


def known(store: Store, on: str) -> dict[str, float]:
    vintages = store.vintages(META)
    assert vintages is not None
    series = vintages.as_known(dt.date.fromisoformat(on))
    return dict(zip(series.days.astype(str).tolist(), series.values.tolist(), strict=True))


def test_a_series_as_known_on_a_day() -> None:
    with Store(":memory:") as store:
        store.write(
            [("MANUAL:x", "2023-08-31", 3.8, "2023-09-01"), ("MANUAL:x", "2023-08-31", 3.7, "2024-01-31"),
             ("MANUAL:x", "2023-09-30", 3.8, "2023-10-06"), ("MANUAL:x", "2023-09-30", None, "2024-03-01")],
            source="test",
        )  # fmt: skip
        assert known(store, "2023-08-31") == {}
        assert known(store, "2023-09-01") == {"2023-08-31": 3.8}
        assert known(store, "2024-02-01") == {"2023-08-31": 3.7, "2023-09-30": 3.8}
        assert known(store, "2024-03-01") == {"2023-08-31": 3.7}


def test_the_store_has_no_answer_for_an_unknown_series() -> None:
    with Store(":memory:") as store:
        assert store.vintages(META) is None
        assert store.first_available() is None


def test_writing_twice_changes_nothing_and_a_correction_of_the_same_day_replaces() -> None:
    with Store(":memory:") as store:
        for value in (1.0, 1.0, 2.0):
            store.write([("MANUAL:x", "2023-08-31", value, "2023-09-01")], source="test")
        assert known(store, "2023-12-31") == {"2023-08-31": 2.0}


days = st.dates(dt.date(2020, 1, 1), dt.date(2020, 3, 1))


@given(st.dictionaries(st.tuples(days, days), st.none() | st.floats(-9, 9), min_size=1, max_size=25), days)
def test_as_known_equals_a_store_cut_at_that_day(
    rows: dict[tuple[dt.date, dt.date], float | None], on: dt.date
) -> None:
    table = [("MANUAL:x", str(day), value, str(available)) for (day, available), value in rows.items()]
    with Store(":memory:") as whole, Store(":memory:") as cut:
        whole.write(table, source="test")
        cut.write([row for row in table if row[3] <= str(on)] or [("MANUAL:y", "2020-01-01", 0.0, "2020-01-01")],
                  source="test")  # fmt: skip
        expected = {} if cut.vintages(META) is None else known(cut, "2030-01-01")
        assert known(whole, str(on)) == expected


def test_zero_can_mean_missing() -> None:
    with Store(":memory:") as store:
        store.write([("MANUAL:x", "2020-01-31", 0.0, "2020-02-05"), ("MANUAL:x", "2020-02-29", 2.0, "2020-03-05")],
                    source="test")  # fmt: skip
        vintages = store.vintages(META.model_copy(update={"zero_is_missing": True}))
        assert vintages is not None
        assert vintages.as_known(dt.date(2021, 1, 1)).values.tolist() == [2.0]


FOREIGN = [b"not a database at all, certainly not", b"SQLite format 3\0" + b"\xff" * 4000]


@pytest.mark.parametrize("content", FOREIGN)
def test_what_lies_at_the_default_path_is_kept_aside(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(content)
    with open_store(path, is_default=True) as store:
        assert store.series_ids() == []
    kept = list(tmp_path.glob("store.sqlite.kept-*"))
    assert [file.read_bytes() for file in kept] == [content]
    assert "kept as" in capsys.readouterr().err


@pytest.mark.parametrize("length", [72, 100, 4096, 20_000])
def test_a_store_of_ours_that_is_cut_short_is_kept_aside_wherever_it_lies(
    tmp_path: Path, length: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "store.sqlite"
    with open_store(path) as store:
        rows = [("MANUAL:x", "2020-01-31", float(day), f"2020-02-{day:02d}") for day in range(1, 29)]
        store.write(rows, source="test")
    whole = path.read_bytes()
    path.write_bytes(whole[:length])
    with open_store(path) as store:
        assert store.series_ids() == []
    (kept,) = tmp_path.glob("store.sqlite.kept-*[0-9]")
    assert kept.read_bytes() == whole[:length]
    assert "kept as" in capsys.readouterr().err


@pytest.mark.parametrize("content", [*FOREIGN, b"{}", b"PK\3\4 a workbook"])
def test_a_file_of_the_users_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"mine\.xlsx' is no store of xl-thesis but another file; name another path"):
        open_store(path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.xlsx"]
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is no store of xl-thesis"):
        open_store(path)
    assert path.read_bytes() == before
    open_store(path, is_default=True).close()
    (kept,) = tmp_path.glob("other.sqlite.kept-*[0-9]")
    assert kept.read_bytes()[:16] == before[:16]


SCHEMA_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE series (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE observation (
    series INTEGER NOT NULL REFERENCES series (key), observed_on INTEGER NOT NULL, available_at INTEGER NOT NULL,
    value REAL, fetched_at TEXT NOT NULL, source TEXT NOT NULL, vintage INTEGER,
    PRIMARY KEY (series, observed_on, available_at)
) WITHOUT ROWID;
CREATE VIEW observations AS SELECT id AS series, value FROM observation JOIN series ON series.key = observation.series;
INSERT INTO meta VALUES ('embedded', 'abc');
INSERT INTO series VALUES (7, 'MANUAL:x');
INSERT INTO observation VALUES (7, 19600, 19601, 3.8, '2026-01-01T00:00:00+00:00', 'old', 19601);
INSERT INTO observation VALUES (7, 19600, 19700, NULL, '2026-01-01T00:00:00+00:00', 'old', NULL);
PRAGMA application_id = 2020373608;
PRAGMA user_version = 1;
"""


def test_a_store_of_the_first_schema_is_brought_up_to_date_and_kept_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(SCHEMA_1)
    for _ in range(2):
        with open_store(path) as store:
            assert store.get("embedded") == "abc"
            assert known(store, "2023-09-01") == {"2023-08-31": 3.8}
            assert known(store, "2023-12-31") == {}
            assert store.engine.all("SELECT vintage, source FROM observation") == [(19601, "old"), (None, "old")]
    with closing(sqlite3.connect(tmp_path / "store.sqlite.schema1")) as kept:
        assert kept.execute("SELECT count(*) FROM observation").fetchone() == (2,)
        assert kept.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_store_of_a_newer_version_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(StoreError, match="newer xl-thesis"):
        open_store(path)
    assert list(tmp_path.glob("*kept*")) == []


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="XL_THESIS_HOME"):
        open_store(tmp_path / "file" / "store.sqlite")
    (tmp_path / "store.sqlite").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(tmp_path / "store.sqlite")


def test_a_full_disk_is_one_sentence_and_costs_only_what_was_being_written(tmp_path: Path) -> None:
    rows: list[Row] = [("MANUAL:x", f"20{year:02}-{month:02}-28", 1.0, "2030-01-01")
                       for year in range(99) for month in range(1, 13)]  # fmt: skip
    with open_store(tmp_path / "store.sqlite") as store:
        store.record("MANUAL:x", rows[:5], seen_on=dt.date(2029, 1, 1), exact=False, source="test")
        pages = store.engine.all("PRAGMA page_count")[0][0]
        store.engine.all(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(StoreError, match="cannot be used: database or disk is full"):
            store.record("MANUAL:x", rows, seen_on=dt.date(2029, 1, 2), exact=False, source="test", state="new")
        assert len(known(store, "2100-01-01")) == 5
        assert store.feeds()["MANUAL:x"].state is None
        store.engine.all("PRAGMA max_page_count = 100000")
        store.record("MANUAL:x", rows, seen_on=dt.date(2029, 1, 2), exact=False, source="test", state="new")
        assert len(known(store, "2100-01-01")) == len(rows)


def test_pages_damaged_after_the_store_was_made_are_one_sentence_that_says_what_to_do(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every page of the observations is overwritten; the ones that opening reads are whole."""
    path = own_home / "store.sqlite"
    open_default_store().close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = raw.execute("PRAGMA page_size").fetchone()[0]
        root = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'observation'").fetchone()[0]
    content = bytearray(path.read_bytes())
    content[(root - 1) * size : root * size] = b"\xff" * size
    path.write_bytes(content)
    table = own_home / "values.csv"
    table.write_text("date,value\n2026-06-30,4.1\n", encoding="utf-8")
    capsys.readouterr()
    assert run("store", "check") == 1
    assert "move the store aside" in capsys.readouterr().out
    commands = ["store info", "store check --repair", f"import {table} --series FRED:UNRATE"]
    for command in commands:
        assert run(*command.split()) not in (0, None)
        said = capsys.readouterr().err
        assert "is damaged (database disk image is malformed); put a backup in its place, or move it aside" in said
        assert "Traceback" not in said
    with open_store(path) as store, pytest.raises(StoreError, match="is damaged"):
        seed_again(store)
    assert path.read_bytes()[(root - 1) * size : root * size] == b"\xff" * size, "nothing is lost, nothing moved aside"


def seed_again(store: Store) -> None:
    """As after an upgrade of the package."""
    store.note({"embedded": "an earlier edition", f"embedded {embedded.read_package().fingerprint}": ""})
    seed(store)


WRITER = """
import sys
from xl_thesis.store import Store
with Store(sys.argv[1]) as store:
    for number in range(40):
        rows = [("MANUAL:x", f"20{20 + month // 12}-{month % 12 + 1:02}-28", float(number), f"20{30 + number}-01-01")
                for month in range(60)]
        store.write(rows, source="writer")
"""


def test_readers_see_whole_transactions_while_another_process_writes(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    Store(path).close()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], env=environment)
    with Store(path) as store:
        while writer.poll() is None:
            store.forget_if_changed()
            vintages = store.vintages(META)
            if vintages is not None:
                series = vintages.as_known(dt.date(2100, 1, 1))
                assert len(series) == 60
                assert len(set(series.values.tolist())) == 1
        assert writer.wait() == 0
        store.forget_if_changed()
        assert set(known(store, "2100-01-01").values()) == {39.0}
