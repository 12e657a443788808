"""Whatever arrives: an answer that was cut anywhere brings no wrong row, and no byte of it is beyond words."""

from __future__ import annotations

import datetime as dt
import random
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from tests.servers import fred, yahoo
from tests.servers.loopback import ConnectProxy, Loopback, Reply
from tests.sources import fred_series, test_plain, yahoo_series
from tests.sources.conftest import TODAY, is_one_plain_line, never, wanted
from tests.sources.test_fred_graph import graph
from xl_thesis.errors import SourceError, TLSFailed
from xl_thesis.sources.connection import proxy_of, trusted_file
from xl_thesis.sources.fred import Fred
from xl_thesis.sources.protocol import Link, Outcome, Provider, Pull, Request
from xl_thesis.sources.yahoo import Yahoo

Serve = Callable[[Loopback], Link]
Damage = Callable[[bytes, random.Random], bytes]
SEEDS = 6


def cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body))]


def flip(body: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def noise(body: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(len(body))


def one(provider: Provider, link: Link, request: Request, today: dt.date) -> Outcome:
    return next(outcome for _, outcome in provider.pull([request], link, today, never))


def start(name: str, serve: Serve) -> tuple[Provider, Loopback, Link, Request, dt.date]:
    if name == "fred":
        loopback = Loopback(fred.Fred({"GDP": fred_series.gdp()}).answer)
        return fred_series.FAST, loopback, serve(loopback), wanted(fred_series.GDP), TODAY
    if name == "graph":
        lines = "".join(f"2020-{month:02}-01,{month}.5\n" for month in range(1, 13))
        loopback = graph(f"observation_date,UNRATE\n{lines}")
        link = replace(serve(loopback), fred_key=None)
        provider: Provider = Fred(graph_url=loopback.url, per_second=1e4)
        return provider, loopback, link, wanted(fred_series.UNRATE), TODAY
    plain, loopback, link = test_plain.start(name, serve)
    return plain, loopback, link, test_plain.wanted(test_plain.IDS[name]), test_plain.TODAY


@pytest.mark.parametrize("damage", [cut, flip, noise])
@pytest.mark.parametrize("name", ["fred", "graph", *test_plain.NAMES])
def test_no_damage_is_beyond_words(serve: Serve, name: str, damage: Damage) -> None:
    provider, loopback, link, request, today = start(name, serve)
    whole = one(provider, link, request, today)
    assert isinstance(whole, Pull) and whole.rows
    link = replace(link, timeout_seconds=0.5)
    answer = loopback.answer
    for seed in range(SEEDS):
        chance = random.Random(seed)

        def damaged(path: str, query: dict[str, str], chance: random.Random = chance) -> Reply:
            reply = answer(path, query)
            return replace(reply, body=damage(reply.body, chance)) if reply.body else reply

        loopback.answer = damaged
        outcome = one(provider, link, request, today)
        if isinstance(outcome, SourceError):
            assert is_one_plain_line(outcome)
        elif damage is cut:
            assert set(outcome.rows) <= set(whole.rows)


@pytest.mark.parametrize("damage", [cut, flip, noise])
def test_no_damage_to_yahoo_is_beyond_words(
    link: Link, authority: trustme.CA, ca_bundle: Path, damage: Damage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path))
    fake = yahoo.Yahoo({"SPY": yahoo_series.steady(5)})
    loopback = Loopback(fake.answer, authority.issue_cert(*yahoo.HOSTS))
    with loopback.running(), ConnectProxy(lambda _: loopback.port).running() as proxy:
        link = replace(link, proxy=proxy.url, ca_bundle=ca_bundle)
        for seed in range(4):
            chance = random.Random(seed)

            def damaged(path: str, query: dict[str, str], chance: random.Random = chance) -> Reply:
                reply = fake.answer(path, query)
                return replace(reply, body=damage(reply.body, chance)) if reply.body else reply

            loopback.answer = damaged
            outcome = one(Yahoo(), link, yahoo_series.wanted(), TODAY)
            assert damage is flip or isinstance(outcome, SourceError)
            if isinstance(outcome, SourceError):
                assert is_one_plain_line(outcome)


def test_certificates_of_the_system_reach_a_client_that_reads_a_file(
    link: Link, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A company's own certificate, in the store of the system, is written beside the public ones."""
    system = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(system)
    monkeypatch.setattr(ssl, "create_default_context", lambda: system)
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path))
    assert len(trusted_file(link, tmp_path).read_text().split("BEGIN CERTIFICATE")) > 50
    fake = yahoo.Yahoo({"SPY": yahoo_series.steady(5)})
    loopback = Loopback(fake.answer, authority.issue_cert(*yahoo.HOSTS))
    with loopback.running(), ConnectProxy(lambda _: loopback.port).running() as proxy:
        outcome = one(Yahoo(), replace(link, proxy=proxy.url), yahoo_series.wanted(), TODAY)
    assert isinstance(outcome, Pull)


def test_a_bundle_that_is_not_there(link: Link, tmp_path: Path) -> None:
    with pytest.raises(TLSFailed, match=r"network\.ca_bundle"):
        trusted_file(replace(link, ca_bundle=tmp_path / "none.pem"), tmp_path)


def test_the_proxy_is_the_one_that_is_set_else_the_systems(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://system:8080")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert proxy_of(link, "https://api.example/x") == "http://system:8080"
    assert proxy_of(link, "https://inside.example/x") is None
    assert proxy_of(link, "http://api.example/x") is None
    assert proxy_of(replace(link, proxy="http://ours:3128"), "https://inside.example/x") == "http://ours:3128"
