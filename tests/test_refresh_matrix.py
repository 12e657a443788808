"""Every fault of FRED and of Yahoo in the middle of a refresh: bounded time, one line, nothing lost or half kept."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import trustme
import yfinance

from tests.feeds import LINK
from tests.servers import fred, yahoo
from tests.servers.loopback import FAULTS, ConnectProxy, Loopback, write_authority
from xl_thesis.days import today
from xl_thesis.pipeline import Scorer
from xl_thesis.refresh import refresh
from xl_thesis.refresh_report import RefreshReport
from xl_thesis.sources.fred import Fred
from xl_thesis.sources.protocol import Link, Provider
from xl_thesis.sources.yahoo import Yahoo
from xl_thesis.store import Store
from xl_thesis.store.transfer import check
from xl_thesis.thesis import load_thesis

TODAY = today()
FRED = ("FRED:UNRATE", "FRED:PAYEMS", "FRED:INDPRO")
YAHOO = ("YAHOO:SPY/adj", "YAHOO:QQQ/adj", "YAHOO:VGK/adj")
KINDS = (*FAULTS, "truncated", "cut", "reset", "hang", "drip", "clock", "unknown")
"""What the second series meets. A wrong clock concerns all, so that the third is then not asked."""
SLOW = ("hang", "drip")


class Place:
    """A server with three series of a provider, and a store that has them already."""

    def __init__(self, names: tuple[str, ...], provider: Provider, link: Link, loopback: Loopback) -> None:
        self.names, self.provider, self.link, self.loopback = names, provider, link, loopback
        self.store = Store(":memory:")
        self.scorer = Scorer(load_thesis("american_exceptionalism"), self.store)
        self.change: Callable[[], object] = lambda: None
        self.forget: Callable[[], object] = lambda: None
        assert self.refresh().counts() == {"fetched": 3}

    def refresh(self) -> RefreshReport:
        return refresh(self.scorer, [self.provider], self.link, only=self.names, ask_all=True)

    def rows(self) -> dict[str, list[Any]]:
        """All that is kept of each series, companions included."""
        found: dict[str, list[Any]] = {}
        statement = (
            "SELECT id, observed_on, available_at, exact, value, source, vintage FROM observation"
            " JOIN series ON series.key = observation.series ORDER BY id, observed_on, available_at"
        )
        for name, *row in self.store.engine.all(statement):
            found.setdefault(name.partition("/")[0], []).append(row)
        return found


def months(count: int) -> fred.Series:
    """Each printed on the fifth of the next; the 61st now."""
    now = dt.datetime.now(ZoneInfo("America/Chicago"))
    spells = []
    for number in range(count):
        year, month = divmod(number, 12)
        later, after = divmod(number + 1, 12)
        printed = f"{2020 + later}-{after + 1:02}-05" if number < 60 else str(now.date())
        spells.append((f"{2020 + year}-{month + 1:02}-01", printed, fred.FOREVER, f"{3 + number / 10:.1f}"))
    moment = now if count > 60 else now - dt.timedelta(days=1)
    return fred.Series(spells, last_updated=f"{moment:%Y-%m-%d %H:%M:%S}-06")


def fred_place(stack: ExitStack, folder: Path) -> Place:
    service = fred.Fred({name[5:]: months(60) for name in FRED})
    loopback = stack.enter_context(Loopback(service.answer).running())
    link = replace(LINK, fred_key=fred.KEY, fred_base_url=f"{loopback.url}/fred", pace_file=folder / "pace")
    place = Place(FRED, Fred(per_second=10_000.0), link, loopback)
    loopback.where = lambda _, query: query.get("series_id") == "PAYEMS"

    def change() -> None:
        for name in FRED:
            service.series[name[5:]] = months(61)

    def forget() -> None:
        """It is still in the list of what changed, but gone when it is asked for."""
        missing = fred.error(400, fred.MISSING, as_json=False)
        loopback.answer = lambda path, query: missing if loopback.where(path, query) else service.answer(path, query)

    place.change, place.forget = change, forget
    return place


def yahoo_place(stack: ExitStack, folder: Path) -> Place:
    days = [TODAY - dt.timedelta(days=back) for back in range(60, 0, -1)]
    prices = {day: (100.0 + row, 100.0 + row) for row, day in enumerate(days)}
    service = yahoo.Yahoo({name[6:9]: yahoo.Ticker(dict(list(prices.items())[:-1])) for name in YAHOO})
    authority = trustme.CA()
    loopback = stack.enter_context(Loopback(service.answer, authority.issue_cert(*yahoo.HOSTS)).running())
    proxy = stack.enter_context(ConnectProxy(lambda host: loopback.port if host in yahoo.HOSTS else None).running())
    link = replace(LINK, proxy=proxy.url, ca_bundle=write_authority(authority, folder / "ca.pem"))
    place = Place(YAHOO, Yahoo(), link, loopback)
    loopback.where = lambda path, _: path.endswith("/QQQ")

    def change() -> None:
        for name in YAHOO:
            service.tickers[name[6:9]] = yahoo.Ticker(dict(prices))

    place.change, place.forget = change, lambda: service.tickers.pop("QQQ")
    return place


@pytest.fixture(params=[fred_place, yahoo_place], ids=["FRED", "Yahoo"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(yfinance.data.SingletonMeta, "_instances", {})
    yfinance.data.YfData.cache_get.cache_clear()
    with ExitStack() as stack:
        yield request.param(stack, tmp_path)


def is_one_line(text: str | None) -> bool:
    return bool(text) and "\n" not in str(text) and len(str(text)) < 300 and fred.KEY not in str(text)


@pytest.mark.parametrize("fault", KINDS)
def test_a_fault_in_the_middle_costs_its_own_series_alone(place: Place, fault: str) -> None:
    place.link = replace(place.link, timeout_seconds=1.5 if fault in SLOW else 4.0)
    before, states = place.rows(), {name: feed.state for name, feed in place.store.feeds().items()}
    place.change()
    if fault == "unknown":
        place.forget()
    else:
        place.loopback.always = fault
    began = time.monotonic()
    report = place.refresh()
    assert time.monotonic() - began < 20
    first, second, third = report.series
    failed = [second] if fault != "clock" else [second, third]
    assert (report.exit_code, first.status, second.status) == (4, "fetched", "failed")
    assert third.status == ("failed" if third in failed else "fetched")
    for item in failed:
        assert is_one_line(item.reason) and is_one_line(item.sentence())
        assert "served from the store, whose newest value is" in item.sentence()
    after = place.rows()
    for item in report.series:
        name = item.series_id.partition("/")[0]
        new = [row for row in after[name] if row not in before[name]]
        assert [row for row in before[name] if row not in after[name]] == [], "nothing is lost"
        assert len(new) == (0 if item in failed else 1 + (item.series_id in YAHOO)), "whole, or not at all"
        assert (place.store.feeds()[item.series_id].state == states[item.series_id]) == (item in failed)
    assert check(place.store) == []
    place.loopback.always = None
    place.scorer.store.engine.run("UPDATE feed SET checked_at = NULL WHERE series = ?", [(second.series_id,)])
    if fault != "unknown":
        again = place.refresh()
        assert again.exit_code == 0, again.lines()
        newest = {str(item.last_observed) for item in again.series}
        assert len(newest) == 1, "what was missed is brought by the next refresh"


@pytest.mark.parametrize("fault", ["away", "certificate", "key"])
def test_what_stands_before_all_series_changes_nothing(place: Place, fault: str, tmp_path: Path) -> None:
    """Nothing listens; a certificate that nobody here knows; a key that FRED does not accept."""
    before, link = place.rows(), replace(place.link, timeout_seconds=3.0)
    place.change()
    bundle = write_authority(trustme.CA(), tmp_path / "other.pem")
    if place.names == YAHOO:
        link = replace(link, proxy="http://127.0.0.1:9") if fault == "away" else replace(link, ca_bundle=bundle)
    elif fault == "key":
        link = replace(link, fred_key="0" * 32)
    else:
        link = replace(link, fred_base_url="http://127.0.0.1:9/fred")
    place.link = link
    began = time.monotonic()
    report = place.refresh()
    assert time.monotonic() - began < 20
    assert (report.exit_code, report.counts()) == (5, {"failed": 3})
    assert all(is_one_line(item.sentence()) for item in report.series)
    assert place.rows() == before
    assert check(place.store) == []
