"""``store info|check|copy``: the same data on every engine, and a fault that is there is found."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.postgres import PASSWORD, PostgresServer
from tests.test_settings import run
from xl_thesis.errors import InputError
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Store, open_store, transfer
from xl_thesis.thesis import load_thesis

pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture
def used(own_home: Path) -> Path:
    """A store with embedded data, exact vintages, a withdrawn value, notes, a failed and a working feed."""
    path = own_home / "store.sqlite"
    with open_store(path) as store:
        day = dt.date(2026, 11, 20)
        store.record("FRED:UNRATE", [("FRED:UNRATE", "2026-08-31", 4.5, "2026-09-04"),
                                     ("FRED:UNRATE", "2026-08-31", None, "2026-10-02")],
                     seen_on=day, exact=True, source="FRED", state="a b", facts={"title": "失業率"})  # fmt: skip
        store.record("ECB:EURUSD", [("ECB:EURUSD", "2026-11-19", 0.1 + 0.2, "2026-11-19")], seen_on=day, exact=False,
                     source="ECB")  # fmt: skip
        store.record_failure("ECB:EURJPY", "closed")
        store.note({"refreshed_at": "2026-11-20T10:00:00+00:00"})
    return path


def everything(store: Store) -> dict[str, object]:
    return {table: transfer._rows(store, table) for table in transfer.TABLES}


@pytest.mark.host
def test_a_store_goes_to_postgresql_and_back_with_nothing_lost(
    used: Path, tmp_path: Path, postgres: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("store", "copy", postgres) == 0
    monkeypatch.setenv("XL_THESIS_STORE", postgres)
    back = tmp_path / "back.sqlite"
    assert run("store", "copy", str(back)) == 0
    said = capsys.readouterr()
    assert "Copied and compared" in said.out
    assert PASSWORD not in said.out + said.err
    assert run("store", "check") == run("store", "info") == 0
    assert PASSWORD not in capsys.readouterr().out
    thesis = load_thesis("american_exceptionalism")
    with open_store(used) as first, open_store(postgres) as team, open_store(back) as last:
        assert everything(first) == everything(team) == everything(last)
        results = [Scorer(thesis, store).evaluate(dt.date(2026, 6, 30)) for store in (first, team, last)]
        assert results[0] == results[1] == results[2]
        assert first.feeds() == team.feeds()


@pytest.mark.host
def test_a_store_that_holds_data_is_not_copied_over(tmp_path: Path, postgres: str) -> None:
    with open_store(tmp_path / "small.sqlite") as small:
        small.write([("FRED:UNRATE", "2026-08-31", 4.5, "2026-09-04")], source="test")
    with open_store(tmp_path / "small.sqlite") as one, open_store(postgres) as other:
        transfer.copy(one, other)
        before = everything(other)
        with pytest.raises(InputError, match="already holds data"):
            transfer.copy(one, other)
        assert everything(other) == before


def test_info_says_what_is_there(used: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("store", "info", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["engine"], found["failing"], found["refreshed"]) == ("SQLite", {"ECB:EURJPY": "closed"}, 2)
    assert run("store", "info") == 0
    assert "ECB:EURJPY: the last pull failed: closed" in capsys.readouterr().out


def test_check_finds_what_is_wrong_and_repair_makes_it_right(used: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("store", "check") == 0
    with closing(sqlite3.connect(used)) as raw, raw:
        raw.execute("UPDATE packed SET content = zeroblob(16) WHERE series = 3")
        raw.execute("INSERT INTO observation VALUES (999, 1, 1, 0, 1.0, 'x', 'x', NULL)")
    assert run("store", "check") == 1
    said = capsys.readouterr().out
    assert "is not what its observations say" in said
    assert "1 observations belong to no series" in said
    with closing(sqlite3.connect(used)) as raw, raw:
        raw.execute("DELETE FROM observation WHERE series = 999")
    assert run("store", "check", "--repair") == 0
    capsys.readouterr()
    assert run("store", "check", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"where": str(used), "faults": []}


def test_the_store_to_copy_must_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("store", "copy", str(tmp_path / "new.sqlite"), "--from", str(tmp_path / "none.sqlite")) == 2
    assert "there is no store" in capsys.readouterr().err
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.host
def test_the_password_is_in_no_process_list_and_no_server_log(postgres: str, postgres_server: PostgresServer) -> None:
    with open_store(postgres) as store:
        shown = store.engine.all("SELECT application_name, query FROM pg_stat_activity")
    assert "s3cret" not in f"{shown} {postgres_server.log()} {store.engine.where}"
