"""FRED: every fault has its sentence, costs bounded time, and leaves what arrived whole."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from tests.servers import fred as server
from tests.servers.loopback import FAULTS, Loopback
from tests.sources.conftest import SHORT, TODAY, is_one_plain_line, never, series, short_if_slow, wanted
from tests.sources.fred_series import FAST, GDP, UNRATE, Serve, gdp, good, one, pull, unrate
from xl_thesis.errors import (
    BadAnswer,
    BadKey,
    ClockWrong,
    RateLimited,
    SourceError,
    TimedOut,
    TLSFailed,
    UnknownSeries,
    Unreachable,
)  # fmt: skip
from xl_thesis.sources.protocol import Link, Outcome, Pull

KINDS: dict[str, type[SourceError]] = {
    "404": BadAnswer, "429": RateLimited, "429 retry soon": RateLimited, "429 retry tomorrow": RateLimited,
    "500": Unreachable, "502 page": Unreachable, "empty": BadAnswer, "wrong JSON": BadAnswer, "login page": BadAnswer,
    "truncated": BadAnswer, "cut": BadAnswer, "reset": SourceError, "hang": TimedOut, "drip": TimedOut,
    "clock": ClockWrong,
}  # fmt: skip
"""A reset is read as a broken connection or a broken answer, as the system tells it."""


def test_every_fault_of_the_server_is_tried() -> None:
    assert set(FAULTS) <= set(KINDS)


@pytest.mark.parametrize("fault", KINDS)
def test_a_fault_that_stays(serve: Serve, fault: str) -> None:
    loopback = Loopback(server.Fred({"UNRATE": unrate(), "GDP": gdp()}).answer)
    link = serve(loopback)
    loopback.always = fault
    link = short_if_slow(link, fault)
    began = time.monotonic()
    found = pull(FAST, [wanted(UNRATE), wanted(GDP)], link)
    assert time.monotonic() - began < 8
    for outcome in found.values():
        assert isinstance(outcome, KINDS[fault]), f"{type(outcome).__name__}: {outcome}"
        assert is_one_plain_line(outcome)


@pytest.mark.parametrize("fault", [fault for fault in KINDS if fault not in {"clock", "429 retry tomorrow", "drip"}])
def test_a_fault_that_passes_costs_nothing_but_time(serve: Serve, fault: str) -> None:
    loopback = Loopback(server.Fred({"UNRATE": unrate()}).answer)
    link = replace(serve(loopback), timeout_seconds=1.0)
    loopback.faults = [fault, "500", fault]
    assert len(good(one(link)).rows) == 5


def test_a_fault_in_the_middle_leaves_what_arrived_whole(serve: Serve) -> None:
    names = [f"S{number}" for number in range(5)]
    fake = server.Fred({name: unrate() for name in names})
    loopback = Loopback(fake.answer)
    link = replace(serve(loopback), timeout_seconds=SHORT)
    found: dict[str, Outcome] = {}
    for request, outcome in FAST.pull([wanted(series(f"FRED:{name}")) for name in names], link, TODAY, never):
        found[request.symbol] = outcome
        loopback.always = "hang" if len(found) == 2 else None if len(found) == 3 else loopback.always
    assert [isinstance(outcome, Pull) for outcome in found.values()] == [True, True, False, True, True]
    assert all(len(outcome.rows) == 5 for outcome in found.values() if isinstance(outcome, Pull))


def test_an_unknown_series_is_named_and_blocks_no_other(serve: Serve) -> None:
    link = serve(Loopback(server.Fred({"UNRATE": unrate()}).answer))
    found = pull(FAST, [wanted(series("FRED:UNRATTE")), wanted(UNRATE)], link)
    assert isinstance(found["FRED:UNRATTE"], UnknownSeries) and "FRED:UNRATTE" in str(found["FRED:UNRATTE"])
    assert len(good(found["FRED:UNRATE"]).rows) == 5


def test_a_bad_key_is_said_once_and_asked_once(serve: Serve) -> None:
    loopback = Loopback(server.Fred({"UNRATE": unrate()}).answer)
    link = replace(serve(loopback), fred_key="0" * 32)
    found = pull(FAST, [wanted(UNRATE), wanted(GDP)], link)
    assert all(isinstance(outcome, BadKey) for outcome in found.values())
    assert len(loopback.seen) == 1
    with pytest.raises(BadKey):
        FAST.ping(link)


def test_nothing_listens(link: Link) -> None:
    outcome = one(replace(link, fred_base_url="http://127.0.0.1:9/fred"))
    assert isinstance(outcome, Unreachable) and "cannot be reached" in str(outcome)


def test_a_certificate_that_is_not_trusted(serve: Serve, authority: trustme.CA, ca_bundle: Path) -> None:
    link = serve(Loopback(server.Fred({"UNRATE": unrate()}).answer, authority.issue_cert("127.0.0.1")))
    outcome = one(link)
    assert isinstance(outcome, TLSFailed) and "network.ca_bundle" in str(outcome)
    assert len(good(one(replace(link, ca_bundle=ca_bundle))).rows) == 5


@pytest.mark.parametrize("days", [(-20, -10), (10, 20)], ids=["ended", "not begun"])
def test_a_certificate_that_does_not_hold_today(
    serve: Serve, authority: trustme.CA, ca_bundle: Path, days: tuple[int, int]
) -> None:
    first, last = (dt.datetime.now(dt.UTC) + dt.timedelta(days=day) for day in days)
    leaf = authority.issue_cert("127.0.0.1", not_before=first, not_after=last)
    link = serve(Loopback(server.Fred().answer, leaf))
    outcome = one(replace(link, ca_bundle=ca_bundle))
    assert isinstance(outcome, ClockWrong) and "clock" in str(outcome)


def test_a_bundle_that_is_no_bundle(link: Link, tmp_path: Path) -> None:
    outcome = one(replace(link, ca_bundle=tmp_path / "none.pem"))
    assert isinstance(outcome, TLSFailed) and "network.ca_bundle" in str(outcome)
