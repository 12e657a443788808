"""Unmodified yfinance does the talking, and is left as it was."""

from __future__ import annotations

import logging
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yfinance

from tests.servers.loopback import Loopback, Reply
from tests.servers.yahoo import Yahoo as Server
from tests.sources.conftest import series
from tests.sources.yahoo_series import good, of, pull, steady, wanted
from xl_thesis.sources.protocol import Link


def test_settings_of_yfinance_are_left_as_they_were(yahoo: tuple[Server, Loopback, Link], tmp_path: Path) -> None:
    fake, _, link = yahoo
    fake.tickers["SPY"] = steady(3)
    before = yfinance.config.debug.hide_exceptions
    pull(link, wanted())
    assert yfinance.config.debug.hide_exceptions == before
    assert (tmp_path / "yahoo").is_dir()  # its cache lives with us


def test_two_sessions_at_once_leave_the_process_as_it_was(yahoo: tuple[Server, Loopback, Link]) -> None:
    """The second asks while the first still waits for its answer, and ends after it."""
    fake, loopback, link = yahoo
    fake.tickers = {name: steady(5) for name in ("SPY", "QQQ", "VGK")}
    names = ("yfinance", "peewee")
    debug, network = yfinance.config.debug, yfinance.config.network

    def kept() -> tuple[object, ...]:
        levels = [logging.getLogger(name).level for name in names]
        return debug.hide_exceptions, network.proxy, levels, list(warnings.filters)

    def slowly(path: str, query: dict[str, str]) -> Reply:
        time.sleep(0.1)
        return fake.answer(path, query)

    before = kept()
    loopback.answer = slowly
    with ThreadPoolExecutor(3) as pool:
        requests = [wanted(series(f"YAHOO:{name}/adj", "daily", 0)) for name in fake.tickers]
        found = list(pool.map(lambda request: pull(link, request)[0], requests))
    for name, outcome in zip(fake.tickers, found, strict=True):
        assert len(of(good(outcome), f"YAHOO:{name}")) == 5
    assert kept() == before


def test_plain_yfinance_talks_to_the_server(
    yahoo: tuple[Server, Loopback, Link], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake, loopback, link = yahoo
    fake.tickers["SPY"] = steady(5)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(link.ca_bundle))
    monkeypatch.setenv("https_proxy", link.proxy or "")
    yfinance.set_tz_cache_location(str(tmp_path / "plain"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas' words about yfinance's code
        frame = yfinance.Ticker("SPY").history(period="max", auto_adjust=False)
    assert frame["Close"].tolist() == [100.0, 101.0, 102.0, 103.0, 104.0]
    assert any(query.get("crumb") == "Cru.mb/12" for _, query in loopback.seen)
