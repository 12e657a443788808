"""Providers without a key: their files become rows, one file is read once, and every fault has its sentence."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.servers import plain as server
from tests.servers.loopback import Loopback, Reply
from tests.servers.plain import TODAY
from tests.sources.conftest import SHORT, is_one_plain_line, never, series
from xl_thesis.catalogue import load_catalogue
from xl_thesis.errors import BadAnswer, RateLimited, SourceError, TimedOut, UnknownSeries, Unreachable
from xl_thesis.models import Frequency, SeriesMeta
from xl_thesis.sources import providers
from xl_thesis.sources.ecb import ECB
from xl_thesis.sources.oecd import OECD
from xl_thesis.sources.plain import Plain
from xl_thesis.sources.protocol import Link, Outcome, Pull, Request
from xl_thesis.sources.sec import SEC
from xl_thesis.sources.treasury import Treasury
from xl_thesis.sources.worldbank import WorldBank

Serve = Callable[[Loopback], Link]
NAMES = ["ecb", "worldbank", "oecd", "treasury", "sec"]
IDS = {"ecb": "ECB:EURUSD", "worldbank": "WB:GOLD_USD", "oecd": "OECD:USA.SHARE", "treasury": "TREASURY:DEBT_TO_PENNY",
       "sec": "SEC:CAPEX_AMZN"}  # fmt: skip


def start(name: str, serve: Serve) -> tuple[Plain, Loopback, Link]:
    if name == "worldbank":
        bank = server.WorldBank()
        loopback = Loopback(bank.answer)
        bank.url = loopback.url
        return WorldBank(f"{loopback.url}/v2/", f"{loopback.url}/markets"), loopback, serve(loopback)
    loopback = Loopback(getattr(server, name))
    kind = {"ecb": ECB, "oecd": OECD, "treasury": Treasury, "sec": SEC}[name]
    return kind(f"{loopback.url}/"), loopback, serve(loopback)


def wanted(
    series_id: str, last: dt.date | None = None, state: str | None = None, frequency: Frequency = "daily", lag: int = 0
) -> Request:
    meta = load_catalogue().get(series_id) or series(series_id, frequency, lag)
    return Request(meta, series_id.partition(":")[2], last, state)


def one(provider: Plain, link: Link, request: Request) -> Outcome:
    return next(outcome for _, outcome in provider.pull([request], link, TODAY, never))


def rows(outcome: Outcome) -> list[tuple[str, float | None, str]]:
    assert isinstance(outcome, Pull), str(outcome)
    return [row[1:] for row in outcome.rows]


def test_ecb_rates(serve: Serve) -> None:
    provider, loopback, link = start("ecb", serve)
    requests = [wanted("ECB:EURUSD"), wanted("ECB:EURJPY")]
    dollar, yen = (outcome for _, outcome in provider.pull(requests, link, TODAY, never))
    assert rows(dollar) == [("2026-10-29", 1.08, "2026-10-29"), ("2026-10-30", 1.09, "2026-10-30")]
    assert rows(yen) == [("2026-10-29", 160.1, "2026-10-29")]
    assert [path for path, _ in loopback.seen] == ["/eurofxref-hist.zip"]
    assert rows(one(provider, link, wanted("ECB:EURUSD", dt.date(2026, 10, 29)))) == rows(dollar)[1:]
    assert loopback.seen[-1][0] == "/eurofxref-hist-90d.xml"


def test_world_bank_gold_from_the_sheet_that_its_page_links_to(serve: Serve) -> None:
    provider, _, link = start("worldbank", serve)
    assert rows(one(provider, link, wanted("WB:GOLD_USD"))) == [
        ("2026-05-31", 4100.5, "2026-06-07"), ("2026-06-30", 4200.5, "2026-07-07"),
    ]  # fmt: skip


def test_world_bank_share_of_the_world(serve: Serve) -> None:
    provider, _, link = start("worldbank", serve)
    assert rows(one(provider, link, wanted("WB:US_SHARE_WORLD_GDP"))) == [("2024-12-31", 25.0, "2025-07-19")]


def test_oecd_share_prices(serve: Serve) -> None:
    provider, _, link = start("oecd", serve)
    outcome = one(provider, link, wanted("OECD:USA.SHARE"))
    assert [row[:2] for row in rows(outcome)] == [("2026-08-31", 188.25), ("2026-09-30", 190.5)]
    assert isinstance(one(provider, link, wanted("OECD:XYZ.SHARE", frequency="monthly")), UnknownSeries)


def test_treasury_debt_in_million_dollars(serve: Serve) -> None:
    provider, loopback, link = start("treasury", serve)
    found = rows(one(provider, link, wanted("TREASURY:DEBT_TO_PENNY")))
    assert [row[:2] for row in found] == [("2026-10-29", pytest.approx(38_000_000)), ("2026-10-30", 38_000_500)]
    again = rows(one(provider, link, wanted("TREASURY:DEBT_TO_PENNY", dt.date(2026, 10, 29))))
    assert again[0][2] == TODAY.isoformat() and again[1] == found[1]  # what comes again counts from today
    assert "record_date:gte:2026-10-15" in loopback.seen[-1][1]["filter"]


def test_capital_expenditure_counts_from_its_filing(serve: Serve) -> None:
    """Year-to-date amounts become quarters; of two names for one thing the first wins; changes come later."""
    provider, _, link = start("sec", serve)
    assert rows(one(provider, link, wanted("SEC:CAPEX_AMZN"))) == [
        ("2024-03-31", 10.0, "2024-05-01"), ("2024-06-30", 15.0, "2024-08-02"), ("2024-09-30", 20.0, "2024-11-01"),
        ("2024-12-31", 25.0, "2025-02-07"), ("2025-03-31", 30.0, "2025-05-02"),
    ]  # fmt: skip


def test_the_sec_is_told_whom_to_write_to(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XL_THESIS_SEC_CONTACT", "analyst@example.org")
    assert SEC().agent.endswith(" analyst@example.org")
    refusing = Loopback(lambda *_: Reply(403, b"Undeclared Automated Tool", "text/plain"))
    link = serve(refusing)
    outcome = one(SEC(f"{refusing.url}/"), link, wanted("SEC:CAPEX_MSFT"))
    assert "XL_THESIS_SEC_CONTACT" in str(outcome)


@pytest.mark.parametrize("name", NAMES)
def test_a_second_refresh_costs_nothing(serve: Serve, name: str) -> None:
    provider, loopback, link = start(name, serve)
    first = one(provider, link, wanted(IDS[name]))
    assert isinstance(first, Pull)
    loopback.seen.clear()
    second = one(provider, link, wanted(IDS[name], TODAY, first.state))
    assert isinstance(second, Pull) and second.unchanged and loopback.seen == []


@pytest.mark.parametrize("name", NAMES)
def test_the_same_file_after_a_while_brings_nothing(serve: Serve, name: str) -> None:
    provider, _, link = start(name, serve)
    last = dt.date(2026, 10, 20)
    first = one(provider, link, wanted(IDS[name], last))
    assert isinstance(first, Pull) and first.state
    state = first.state.replace(str(dt.datetime.now(dt.UTC).year), "2020")
    second = one(provider, link, wanted(IDS[name], last, state))
    assert isinstance(second, Pull) and second.unchanged and not second.rows


@pytest.mark.parametrize("name", NAMES)
def test_a_rest_repeats_the_state_word_for_word_and_an_answer_never_does(serve: Serve, name: str) -> None:
    provider, _, link = start(name, serve)
    last = dt.date(2026, 10, 20)
    first = one(provider, link, wanted(IDS[name], last))
    assert isinstance(first, Pull) and first.state
    rest = one(provider, link, wanted(IDS[name], last, first.state))
    assert isinstance(rest, Pull) and rest.unchanged and rest.state == first.state
    old = first.state.replace(str(dt.datetime.now(dt.UTC).year), "2020")
    same = one(provider, link, wanted(IDS[name], last, old))
    assert isinstance(same, Pull) and same.unchanged and same.state != old


@pytest.mark.parametrize("name", NAMES)
def test_who_asks_all_the_same_is_answered_by_the_source(serve: Serve, name: str) -> None:
    provider, loopback, link = start(name, serve)
    first = one(provider, link, wanted(IDS[name]))
    assert isinstance(first, Pull) and first.state
    loopback.seen.clear()
    rest = wanted(IDS[name], TODAY, first.state)
    assert one(provider, link, rest).state == first.state and not loopback.seen  # type: ignore[union-attr]
    again = one(provider, link, replace(rest, ask_all=True))
    assert isinstance(again, Pull) and again.state != first.state and loopback.seen


@pytest.mark.parametrize("name", NAMES)
def test_a_state_stamped_in_the_future_is_due(serve: Serve, name: str) -> None:
    provider, loopback, link = start(name, serve)
    first = one(provider, link, wanted(IDS[name]))
    assert isinstance(first, Pull) and first.state
    kept = json.loads(first.state)
    ahead = dt.datetime.fromisoformat(kept["asked"]) + dt.timedelta(days=300)
    loopback.seen.clear()
    second = one(provider, link, wanted(IDS[name], TODAY, json.dumps(kept | {"asked": ahead.isoformat()})))
    assert isinstance(second, Pull) and second.state and loopback.seen
    assert dt.datetime.fromisoformat(json.loads(second.state)["asked"]) <= dt.datetime.now(dt.UTC)


VALUES = {"ecb": ("ECB:EURUSD", "1.0900"), "worldbank": ("WB:US_SHARE_WORLD_GDP", "25.0"),
          "oecd": ("OECD:USA.SHARE", "190.5"), "treasury": ("TREASURY:DEBT_TO_PENNY", "38000500000000.00"),
          "sec": ("SEC:CAPEX_AMZN", "30000000")}  # fmt: skip


@pytest.mark.parametrize("text", ["Infinity", "-1e999", "NaN"])
@pytest.mark.parametrize("name", NAMES)
def test_a_value_that_is_no_finite_number_is_a_bad_answer(serve: Serve, name: str, text: str) -> None:
    provider, loopback, link = start(name, serve)
    series_id, value = VALUES[name]
    answer = loopback.answer

    def broken(path: str, query: dict[str, str]) -> Reply:
        reply = answer(path, query)
        return replace(reply, body=reply.body.replace(value.encode(), text.encode()))

    loopback.answer = broken
    outcome = one(provider, link, wanted(series_id, dt.date(2026, 10, 20) if name == "ecb" else None))
    assert isinstance(outcome, BadAnswer), outcome
    assert is_one_plain_line(outcome)


def test_a_currency_without_a_finite_rate_fails_alone(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(server.ECB_DAYS, "2026-10-29", {"USD": "1.0800", "JPY": "inf"})
    provider, _, link = start("ecb", serve)
    requests = [wanted("ECB:EURJPY"), wanted("ECB:EURUSD")]
    yen, dollar = (outcome for _, outcome in provider.pull(requests, link, TODAY, never))
    assert isinstance(yen, BadAnswer) and "ECB:EURJPY for 2026-10-29" in str(yen)
    assert len(rows(dollar)) == 2


KINDS: dict[str, type[SourceError]] = {
    "404": SourceError, "429": RateLimited, "500": Unreachable, "502 page": Unreachable, "empty": BadAnswer,
    "wrong JSON": BadAnswer, "login page": BadAnswer, "truncated": BadAnswer, "cut": BadAnswer, "hang": TimedOut,
}  # fmt: skip


@pytest.mark.parametrize("fault", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_fault_that_stays(serve: Serve, name: str, fault: str) -> None:
    provider, loopback, link = start(name, serve)
    if fault == "hang":
        link = replace(link, timeout_seconds=SHORT / 4)
    loopback.always = fault
    began = time.monotonic()
    outcome = one(provider, link, wanted(IDS[name]))
    assert time.monotonic() - began < 4
    assert isinstance(outcome, KINDS[fault]), f"{type(outcome).__name__}: {outcome}"
    assert is_one_plain_line(outcome)


@pytest.mark.parametrize("name", NAMES)
def test_doctor_can_ask(serve: Serve, name: str) -> None:
    provider, loopback, link = start(name, serve)
    if name != "sec":  # the server knows one company only
        provider.ping(link)
    loopback.always = "500"
    with pytest.raises(Unreachable):
        provider.ping(link)


def test_every_series_of_the_catalogue_has_at_most_one_provider() -> None:
    for meta in load_catalogue().values():
        serving = [provider.name for provider in providers() if provider.symbol(meta)]
        alone = meta.id.startswith(("MANUAL:", "FREDMD:")) or meta.derived is not None
        assert len(serving) == (0 if alone else 1), f"{meta.id}: {serving}"


def test_naming_the_providers_loads_nothing_heavy_and_embedded_data_nothing_of_the_network() -> None:
    code = """
import sys
import xl_thesis.sources.embedded
assert not {"httpx", "fredapi", "yfinance", "curl_cffi", "requests"} & sys.modules.keys()
from xl_thesis.sources import providers
assert len(providers()) == 7
assert not {"fredapi", "yfinance", "curl_cffi", "pandas"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_nobody_serves() -> None:
    stranger = SeriesMeta(id="OTHER:x", title="x", unit="x", frequency="daily", lag_days=0, publisher="x", licence="x",
                          redistributable=False)  # fmt: skip
    assert not any(provider.symbol(stranger) for provider in providers())
