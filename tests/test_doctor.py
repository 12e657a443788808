"""``doctor`` tells what is wrong, each kind of failure apart, with what to do, and never shows a secret."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest
import trustme

from tests.feeds import LINK, Table
from tests.servers import fred, yahoo
from tests.servers.loopback import FAULTS, ConnectProxy, Loopback, Reply, write_authority
from tests.services import FRED_HOST, Services, some_services
from xl_thesis import doctor
from xl_thesis.default_store import open_default_store
from xl_thesis.doctor import Finding, examine, is_in_order
from xl_thesis.errors import (
    BadAnswer,
    BadKey,
    ClockWrong,
    FileUnusable,
    ProxyFailed,
    SourceError,
    StoreError,
    TimedOut,
    TLSFailed,
    Unreachable,
)  # fmt: skip
from xl_thesis.sources.fred import Fred
from xl_thesis.sources.protocol import Link
from xl_thesis.sources.yahoo import Yahoo

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
        (BadAnswer("no"), "answer", "try again later"), (FileUnusable("no"), "file", "set XL_THESIS_HOME to a folder"),
        (SourceError("no"), "answer", "try again later"),
    ],
)  # fmt: skip
def test_failures_of_a_provider_are_told_apart(error: SourceError, kind: str, advice: str) -> None:
    found = findings(Table("YAHOO", {}), Table("FRED", {}, failing={"ping": error}))
    assert (found["FRED"].state, found["FRED"].said, found["YAHOO"].state) == ("wrong", f"{kind}: no", "ok")
    assert advice in found["FRED"].line()


GDPA = Reply(200, b"observation_date,GDPA\n2024-01-01,29298.0\n2025-01-01,30485.7\n", "text/csv")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def keyless(authority: trustme.CA, tmp_path: Path) -> Link:
    bundle = write_authority(authority, tmp_path / "ca.pem")
    return replace(LINK, fred_key=None, ca_bundle=bundle, pace_file=tmp_path / "pace", timeout_seconds=0.5)


def without_a_key(link: Link, url: str) -> list[Finding]:
    return list(examine([Fred(graph_url=f"{url}/graph/fredgraph.csv", per_second=1000.0)], lambda: link))


def test_to_have_no_key_is_no_fault_and_the_way_without_one_is_tried(authority: trustme.CA, keyless: Link) -> None:
    with Loopback(lambda *_: GDPA, authority.issue_cert("127.0.0.1")).running() as graphs:
        found = {finding.name: finding for finding in without_a_key(keyless, graphs.url)}
    assert (found["fred"].state, found["fred"].said) == ("ok", "answers")
    assert (found["FRED key"].state, is_in_order(list(found.values()))) == ("note", True)
    assert graphs.seen == [("/graph/fredgraph.csv", {"id": "GDPA"})]


@pytest.mark.parametrize(
    ("fault", "kind", "advice"),
    [
        ("proxy refuses", "proxy", "network.proxy"), ("no proxy there", "proxy", "network.proxy"),
        ("certificate of nobody we know", "certificate", "network.ca_bundle"), ("ended", "clock", "date and time"),
        ("not begun", "clock", "date and time"), ("clock", "clock", "date and time"),
        ("hang", "time", "network.timeout"),
        ("nothing listens", "connection", "check the connection"), ("500", "connection", "check the connection"),
        ("login page", "answer", "try again later"), ("wrong JSON", "answer", "try again later"),
        ("429", "answer", "try again later"),
    ],
)  # fmt: skip
def test_what_stands_between_us_and_the_way_without_a_key_is_told_apart(
    authority: trustme.CA, keyless: Link, fault: str, kind: str, advice: str
) -> None:
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    spells = {"ended": (now - 20 * day, now - 10 * day), "not begun": (now + 10 * day, now + 20 * day)}
    issuer = trustme.CA() if fault.startswith("certificate") else authority
    first, last = spells.get(fault, (now - day, now + day))
    graphs = Loopback(lambda *_: GDPA, issuer.issue_cert("127.0.0.1", not_before=first, not_after=last))
    with ExitStack() as stack:
        stack.enter_context(graphs.running())
        if fault == "proxy refuses":
            keyless = replace(keyless, proxy=stack.enter_context(ConnectProxy(lambda _: None).running()).url)
        elif fault == "no proxy there":
            keyless = replace(keyless, proxy="http://ann:s3cret@127.0.0.1:9")
        graphs.always = fault if fault in {*FAULTS, "clock", "hang"} else None
        found = without_a_key(keyless, "https://127.0.0.1:9" if fault == "nothing listens" else graphs.url)[-1]
    assert (found.name, found.state, found.said.partition(":")[0]) == ("fred", "wrong", kind), found.said
    assert advice in str(found.advice)
    assert "s3cret" not in found.line()


def test_a_home_that_cannot_be_used_is_told_with_what_to_do(
    authority: trustme.CA, keyless: Link, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is in the way of the folder, which stops also those whom no permission stops."""
    (tmp_path / "taken").write_text("", encoding="ascii")
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path / "taken"))
    link = replace(keyless, pace_file=tmp_path / "taken" / "fred.pace")
    for found in examine([Fred(graph_url="https://127.0.0.1:9"), Yahoo()], lambda: link):
        if found.name in ("fred", "yahoo"):
            assert (found.state, found.said.partition(":")[0]) == ("wrong", "file"), found.said
            assert str(tmp_path / "taken") in found.said
            assert found.advice == "set XL_THESIS_HOME to a folder that can be written"


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
    (own_home / "settings.toml").write_text("colour =", encoding="utf-8")
    for finding in (findings()["settings"], findings()["store"]):
        assert "are not TOML" in finding.said
        assert str(finding.advice).endswith(f"move away the file {own_home / 'settings.toml'}")
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
        yield Services(own_home, stack, some_services())


def test_the_command_reaches_real_clients_and_says_what_stands_in_the_way(services: Services) -> None:
    """FRED and Yahoo answer, the ECB answers, the proxy refuses the others; then FRED refuses the key."""
    document = json.loads(services.run("doctor", "--json", code=1))
    states = {item["name"]: item for item in document["findings"]}
    assert [states[name]["state"] for name in ("fred", "yahoo", "ecb")] == ["ok", "ok", "ok"]
    assert states["sec"]["said"].startswith("proxy: ")
    assert "network.proxy" in states["sec"]["advice"]
    key = services.environment.pop("FRED_API_KEY")
    without = json.loads(services.run("doctor", "--json", code=1))
    found = {item["name"]: item for item in without["findings"]}
    assert (found["FRED key"]["state"], found["fred"]["state"]) == ("note", "wrong"), "the proxy knows no graphs"
    assert found["fred"]["said"].startswith("proxy: ") and "network.proxy" in found["fred"]["advice"]
    assert key == fred.KEY
    services.environment["FRED_API_KEY"] = "0" * 32
    said = services.run("doctor", code=1)
    assert "WRONG fred: key: " in said
    assert "-> set a FRED key with: xl-thesis config set fred-key" in said
    assert "not endorsed or certified by the Federal Reserve Bank of St. Louis" in said
    assert fred.KEY not in said
    assert services.loopbacks[FRED_HOST] is not services.loopbacks[yahoo.HOSTS[0]]
