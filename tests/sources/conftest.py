"""A link to servers of this machine: short timeouts, a pace of its own, and no proxy from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
import yfinance

from tests.servers import yahoo as yahoo_server
from tests.servers.fred import KEY
from tests.servers.loopback import ConnectProxy, Loopback, write_authority
from xl_thesis.errors import SourceError
from xl_thesis.models import Frequency, PointInTime, SeriesMeta
from xl_thesis.sources.protocol import Link, Request

TIMEOUT = 2.0
SHORT = 0.4
SLOW_FAULTS = {"hang", "drip"}
TODAY = dt.datetime.now(dt.UTC).date()


def series(
    series_id: str, frequency: Frequency = "monthly", lag_days: int = 10, point_in_time: PointInTime = "lag"
) -> SeriesMeta:
    return SeriesMeta(id=series_id, title="x", unit="percent", frequency=frequency, lag_days=lag_days, publisher="test",
                      licence="CC0", redistributable=True, point_in_time=point_in_time)  # fmt: skip


def wanted(meta: SeriesMeta, last_observed: dt.date | None = None, state: str | None = None) -> Request:
    return Request(meta, meta.id.partition(":")[2], last_observed, state)


def short_if_slow(link: Link, fault: str) -> Link:
    """Little patience where a fault would use it up; otherwise enough for a busy machine."""
    return replace(link, timeout_seconds=SHORT) if fault in SLOW_FAULTS else link


def is_one_plain_line(error: SourceError) -> bool:
    text = str(error)
    return bool(text) and "\n" not in text and len(text) < 250 and KEY not in text and "Traceback" not in text


def never() -> bool:
    return False


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_authority(authority, tmp_path_factory.mktemp("ca") / "ca.pem")


@pytest.fixture
def link(tmp_path: Path) -> Link:
    return Link(KEY, "http://127.0.0.1:9/fred", None, None, tmp_path / "pace", TIMEOUT)


@pytest.fixture
def serve(link: Link) -> Iterator[Callable[[Loopback], Link]]:
    """Start a server; returns the link whose FRED it is."""
    running = []

    def start(server: Loopback) -> Link:
        entered = server.running()
        entered.__enter__()
        running.append(entered)
        return replace(link, fred_base_url=f"{server.url}/fred")

    yield start
    for entered in running:
        entered.__exit__(None, None, None)


@pytest.fixture
def fresh_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """yfinance keeps one client and one cache a process; a test has its own."""
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path))
    monkeypatch.setattr(yfinance.data.SingletonMeta, "_instances", {})
    yfinance.data.YfData.cache_get.cache_clear()


@pytest.fixture
def yahoo(
    fresh_client: None, link: Link, authority: trustme.CA, ca_bundle: Path
) -> Iterator[tuple[yahoo_server.Yahoo, Loopback, Link]]:
    """A server under Yahoo's names, and the link that reaches it: a CONNECT proxy, and our own certificates."""
    fake = yahoo_server.Yahoo()
    with Loopback(fake.answer, authority.issue_cert(*yahoo_server.HOSTS)).running() as loopback:
        proxy = ConnectProxy(lambda host: loopback.port if host in yahoo_server.HOSTS else None)
        with proxy.running():
            yield fake, loopback, replace(link, proxy=proxy.url, ca_bundle=ca_bundle)
