"""Yahoo: every fault has its sentence, costs bounded time, and leaves what arrived whole."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from tests.servers.loopback import FAULTS, ConnectProxy, Loopback
from tests.servers.yahoo import HOSTS
from tests.servers.yahoo import Yahoo as Server
from tests.sources.conftest import TODAY, is_one_plain_line, never, series, short_if_slow
from tests.sources.yahoo_series import DAY, good, of, pull, steady, wanted
from xl_thesis.errors import (
    BadAnswer,
    ClockWrong,
    ProxyFailed,
    RateLimited,
    SourceError,
    TimedOut,
    TLSFailed,
    UnknownSeries,
    Unreachable,
)  # fmt: skip
from xl_thesis.sources.protocol import Link, Outcome, Pull
from xl_thesis.sources.yahoo import Yahoo


def test_it_goes_on_without_cookie_and_crumb(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, loopback, link = yahoo
    fake.tickers["SPY"] = steady(5)
    loopback.faults = ["404", "429", "500", "429"]
    assert isinstance(pull(replace(link, timeout_seconds=3.0), wanted())[0], Pull)


KINDS: dict[str, type[SourceError]] = {
    "404": SourceError, "429": RateLimited, "429 retry soon": RateLimited, "429 retry tomorrow": RateLimited,
    "500": Unreachable, "502 page": Unreachable, "empty": BadAnswer, "wrong JSON": BadAnswer, "login page": BadAnswer,
    "truncated": SourceError, "cut": SourceError, "reset": Unreachable, "hang": TimedOut, "drip": TimedOut,
    "clock": ClockWrong,
}  # fmt: skip


def test_every_fault_of_the_server_is_tried() -> None:
    assert set(FAULTS) <= set(KINDS)


@pytest.mark.parametrize("fault", KINDS)
def test_a_fault_that_stays(
    yahoo: tuple[Server, Loopback, Link], fault: str, capfd: pytest.CaptureFixture[str]
) -> None:
    fake, loopback, link = yahoo
    fake.tickers["SPY"] = steady()
    loopback.always = fault
    link = short_if_slow(link, fault)
    began = time.monotonic()
    outcome = pull(link, wanted())[0]
    assert time.monotonic() - began < 6
    assert isinstance(outcome, KINDS[fault]), f"{type(outcome).__name__}: {outcome}"
    assert is_one_plain_line(outcome)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("fault", ["500", "502 page", "empty", "wrong JSON", "login page", "cut", "reset"])
def test_a_fault_that_passes_costs_nothing_but_time(yahoo: tuple[Server, Loopback, Link], fault: str) -> None:
    fake, loopback, link = yahoo
    link = replace(link, timeout_seconds=3.0)
    fake.tickers["SPY"] = steady()
    loopback.faults = [fault] * 3
    assert len(of(good(pull(link, wanted())[0]), "YAHOO:SPY")) == 30


def test_a_fault_in_the_middle_leaves_what_arrived_whole(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, loopback, link = yahoo
    names = ["SPY", "QQQ", "VGK", "RSP"]
    fake.tickers = {name: steady() for name in names}
    requests = [wanted(series(f"YAHOO:{name}/adj", "daily", 0)) for name in names]
    found: list[Outcome] = []
    for _, outcome in Yahoo().pull(requests, link, TODAY, never):
        found.append(outcome)
        loopback.always = "cut" if len(found) == 1 else None
    assert [isinstance(outcome, Pull) for outcome in found] == [True, False, True, True]


def test_an_unknown_ticker_is_named(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, _, link = yahoo
    fake.tickers["SPY"] = steady(3)
    missing, present = pull(link, wanted(series("YAHOO:NOPE/adj", "daily", 0)), wanted())
    assert isinstance(missing, UnknownSeries) and "'NOPE'" in str(missing)
    assert isinstance(present, Pull)


def test_a_proxy_that_refuses_or_is_not_there(yahoo: tuple[Server, Loopback, Link]) -> None:
    _, _, link = yahoo
    with ConnectProxy(lambda _: None).running() as refusing:
        outcome = pull(replace(link, proxy=refusing.url), wanted())[0]
        assert isinstance(outcome, ProxyFailed) and is_one_plain_line(outcome)
    outcome = pull(replace(link, proxy="http://ann:secret@127.0.0.1:9"), wanted())[0]
    assert isinstance(outcome, ProxyFailed) and "127.0.0.1:9" in str(outcome) and "secret" not in str(outcome)


def test_a_certificate_that_is_not_trusted(yahoo: tuple[Server, Loopback, Link]) -> None:
    _, _, link = yahoo
    outcome = pull(replace(link, ca_bundle=None), wanted())[0]
    assert isinstance(outcome, TLSFailed) and "network.ca_bundle" in str(outcome)


@pytest.mark.parametrize("spell", [(-20, -10), (10, 20)], ids=["ended", "not begun"])
def test_a_certificate_that_does_not_hold_today(
    link: Link, authority: trustme.CA, ca_bundle: Path, spell: tuple[int, int]
) -> None:
    first, last = (dt.datetime.now(dt.UTC) + DAY * day for day in spell)
    leaf = authority.issue_cert(*HOSTS, not_before=first, not_after=last)
    with Loopback(Server().answer, leaf).running() as server, ConnectProxy(lambda _: server.port).running() as proxy:
        outcome = pull(replace(link, proxy=proxy.url, ca_bundle=ca_bundle), wanted())[0]
    assert isinstance(outcome, ClockWrong) and "clock" in str(outcome)


def test_doctor_can_ask(yahoo: tuple[Server, Loopback, Link]) -> None:
    fake, loopback, link = yahoo
    fake.tickers["SPY"] = steady()
    Yahoo().ping(link)
    loopback.always = "429"
    with pytest.raises(RateLimited):
        Yahoo().ping(link)
