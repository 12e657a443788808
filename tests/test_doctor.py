"""``doctor`` tells what is wrong, each kind of failure apart, with what to do, and never shows a secret."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from tests.feeds import LINK, Table
from tests.servers import fred, yahoo
from tests.test_refresh_end_to_end import FRED_HOST, Services
from xl_thesis import doctor
from xl_thesis.doctor import Finding, examine, is_in_order
from xl_thesis.errors import (
    BadAnswer,
    BadKey,
    ClockWrong,
    ProxyFailed,
    SourceError,
    StoreError,
    TimedOut,
    TLSFailed,
    Unreachable,
)  # fmt: skip
from xl_thesis.pipeline import open_default_store

pytestmark = pytest.mark.usefixtures("own_home")


def findings(*providers: Table) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(providers, lambda: LINK)}


def test_a_computer_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRED_API_KEY", str(LINK.fred_key))
    found = findings(Table("FRED", {}), Table("YAHOO", {}))
    assert is_in_order(list(found.values()))
    assert found["FRED"].said == found["YAHOO"].said == "answers"
    assert found["FRED key"].said == "set, from FRED_API_KEY"
    assert "SQLite" in found["store"].said
    assert str(LINK.fred_key) not in str(found)


@pytest.mark.parametrize(
    ("error", "kind", "advice"),
    [
        (BadKey("no"), "key", "config set fred-key"), (ProxyFailed("no"), "proxy", "network.proxy"),
        (TLSFailed("no"), "certificate", "network.ca_bundle"), (ClockWrong("no"), "clock", "date and time"),
        (TimedOut("no"), "time", "network.timeout"), (Unreachable("no"), "connection", "check the connection"),
        (BadAnswer("no"), "answer", "try again later"), (SourceError("no"), "answer", "try again later"),
    ],
)  # fmt: skip
def test_failures_of_a_provider_are_told_apart(error: SourceError, kind: str, advice: str) -> None:
    found = findings(Table("YAHOO", {}), Table("FRED", {}, failing={"ping": error}))
    assert (found["FRED"].state, found["FRED"].said, found["YAHOO"].state) == ("wrong", f"{kind}: no", "ok")
    assert advice in found["FRED"].line()


def test_to_have_no_key_is_no_fault() -> None:
    without = replace(LINK, fred_key=None)
    table = Table("FRED", {}, failing={"ping": BadKey("no")})
    found = {finding.name: finding for finding in examine([table], lambda: without)}
    assert found["FRED"].state == "note" and is_in_order(list(found.values()))


def test_a_bug_of_a_provider_is_told_without_its_text() -> None:
    found = findings(Table("FRED", {}, failing={"ping": RuntimeError(f"key {LINK.fred_key}")}))
    assert found["FRED"].state == "wrong"
    assert str(LINK.fred_key) not in found["FRED"].line()


def test_a_damaged_store_and_wrong_settings_are_found(own_home: Path) -> None:
    with closing(sqlite3.connect(own_home / "store.sqlite")) as raw, raw:
        raw.execute("UPDATE packed SET content = zeroblob(16) WHERE series = 1")
    (own_home / "settings.toml").write_text("colour = 1", encoding="utf-8")
    found = findings()
    assert found["settings"].state == "wrong"
    assert "no 'colour'" in found["settings"].said
    (own_home / "settings.toml").unlink()
    assert findings()["store"].advice == "run: xl-thesis store check --repair"


def test_a_series_that_failed_is_a_note() -> None:
    with open_default_store() as store:
        store.record_failure("FRED:UNRATE", "the service is closed")
    assert "such as FRED:UNRATE: the service is closed" in findings()["store"].said


def test_an_old_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.10" if name == "rich" else real(name))
    finding = doctor._package("rich")
    assert (finding.state, finding.advice) == ("wrong", 'pip install "rich>=13.7"')
    assert doctor._package("no-such-package").state == "wrong"


def test_a_store_that_cannot_be_reached_is_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XL_THESIS_STORE", "postgresql+psycopg://ann:secret@127.0.0.1:1/macro")
    found = findings()["store"]
    assert found.state == "wrong"
    assert "cannot be reached" in found.said or "needs the driver" in found.said
    assert "secret" not in found.line()
    assert issubclass(StoreError, Exception)


@pytest.fixture
def services(own_home: Path) -> Iterator[Services]:
    with ExitStack() as stack:
        yield Services(own_home, stack)


def test_the_command_reaches_real_clients_and_says_what_stands_in_the_way(services: Services) -> None:
    """FRED and Yahoo answer, the ECB answers, the proxy refuses the others; then FRED refuses the key."""
    document = json.loads(services.run("doctor", "--json", code=1))
    states = {item["name"]: item for item in document["findings"]}
    assert [states[name]["state"] for name in ("fred", "yahoo", "ecb")] == ["ok", "ok", "ok"]
    assert states["sec"]["said"].startswith("proxy: ")
    assert "network.proxy" in states["sec"]["advice"]
    services.environment["FRED_API_KEY"] = "0" * 32
    said = services.run("doctor", code=1)
    assert "WRONG fred: key: " in said
    assert "-> set a FRED key with: xl-thesis config set fred-key" in said
    assert "not endorsed or certified by the Federal Reserve Bank of St. Louis" in said
    assert fred.KEY not in said
    assert services.loopbacks[FRED_HOST] is not services.loopbacks[yahoo.HOSTS[0]]
