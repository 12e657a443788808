"""``xl-thesis refresh`` as a user runs it: unmodified fredapi and yfinance against servers of this machine that answer
under the services' own names, behind TLS and a proxy, all by settings.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import trustme
import yaml

from tests.engine.mini import document
from tests.feeds import environment, price_rows
from tests.servers import fred, plain, yahoo
from tests.servers.loopback import ConnectProxy, Loopback, write_authority
from xl_thesis.catalogue import load_catalogue
from xl_thesis.pipeline import today

TODAY = today()
FRED_HOST = "api.stlouisfed.org"


def month_starts(count: int) -> list[str]:
    last = np.datetime64(TODAY, "M") - 1
    return [f"{month}-01" for month in np.arange(last - count + 1, last + 1)]


def unrate() -> fred.Series:
    """Each month first printed on the 5th of the next and revised a month later; the newest only printed."""
    spells = []
    for number, day in enumerate(months := month_starts(120)):
        printed, revised = ((np.datetime64(day, "M") + ahead).astype("datetime64[D]") + 4 for ahead in (1, 2))
        value, end = 4 + 0.01 * (number % 40), "9999-12-31"
        if day != months[-1] and revised < np.datetime64(TODAY):
            spells.append((day, str(revised), end, f"{value + 0.1:.2f}"))
            end = str(revised - 1)
        spells.append((day, str(printed), end, f"{value:.2f}"))
    return fred.Series(sorted(spells), title="Unemployment Rate", last_updated=f"{TODAY} 07:45:02-05")


def ticker(symbol: str, last: dt.date) -> yahoo.Ticker:
    rows = price_rows(symbol, last, seed=len(symbol) + ord(symbol[0]), days=1300)
    return yahoo.Ticker({dt.date.fromisoformat(day): (value, value) for _, day, value, _ in rows if value is not None})


class Services:
    """Every service that is up, and the settings that lead to it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        authority = trustme.CA()
        self.fred = fred.Fred({"UNRATE": unrate()})
        symbols = [name.split(":")[1].removesuffix("/adj") for name in load_catalogue() if name.startswith("YAHOO:")]
        self.yahoo = yahoo.Yahoo({symbol: ticker(symbol, TODAY - dt.timedelta(days=1)) for symbol in symbols})
        self.loopbacks = {
            host: stack.enter_context(Loopback(answer, authority.issue_cert(*hosts)).running())
            for hosts, answer in (
                ((FRED_HOST,), self.fred.answer), (yahoo.HOSTS, self.yahoo.answer),
                (("www.ecb.europa.eu",), plain.ecb),
            )
            for host in hosts
            if host == hosts[0]
        }  # fmt: skip
        for host in yahoo.HOSTS:
            self.loopbacks[host] = self.loopbacks[yahoo.HOSTS[0]]
        proxy = stack.enter_context(ConnectProxy(self.port).running())
        self.home = folder
        self.environment = environment(
            XL_THESIS_HOME=str(folder), FRED_API_KEY=fred.KEY, XL_THESIS_NETWORK_PROXY=proxy.url,
            XL_THESIS_NETWORK_CA_BUNDLE=str(write_authority(authority, folder / "ca.pem")),
            XL_THESIS_NETWORK_TIMEOUT="5", PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
        )  # fmt: skip

    def port(self, host: str) -> int | None:
        found = self.loopbacks.get(host)
        return None if found is None else found.port

    def asked(self) -> int:
        return sum(len(loopback.seen) for loopback in {id(one): one for one in self.loopbacks.values()}.values())

    def run(self, *arguments: str, code: int | None = 0) -> str:
        done = subprocess.run([sys.executable, "-m", "xl_thesis", *arguments], env=self.environment, text=True,
                              capture_output=True, timeout=120)  # fmt: skip
        assert code in (None, done.returncode), done.stdout + done.stderr
        assert fred.KEY not in done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def services(own_home: Path) -> Iterator[Services]:
    with ExitStack() as stack:
        yield Services(own_home, stack)


def mini_thesis(folder: Path) -> Path:
    """The small thesis over one series of each provider."""
    names = {"MANUAL:rate": "FRED:UNRATE", "MANUAL:price": "YAHOO:SPY/adj", "MANUAL:level": "YAHOO:BTC-USD"}
    content = document()
    content["series"] = []
    text = json.dumps(content)
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    content = json.loads(text)
    for key in ("published", "base_date"):
        content[key] = dt.date.fromisoformat(content[key])
    (folder / "mini.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder / "mini.yaml"


def test_a_refresh_from_every_kind_of_source_moves_the_score_to_today_and_shows_no_key(services: Services) -> None:
    thesis = str(mini_thesis(services.home))
    only = [word for name in ("FRED:UNRATE", "YAHOO:SPY/adj", "YAHOO:BTC-USD", "ECB:EURUSD")
            for word in ("--series", name)]  # fmt: skip
    said = services.run("refresh", "--thesis", thesis, *only)
    assert "[4/4]" in said
    assert f"Scores are now as known on {TODAY}." in said
    assert "not endorsed or certified by the Federal Reserve Bank of St. Louis" in said
    score = json.loads(services.run("score", "--thesis", thesis, "--json"))
    assert (score["as_of"], score["status"], score["data"]["kind"]) == (str(TODAY), "full", "refreshed")
    known = json.loads(services.run("series", "FRED:UNRATE", "--thesis", thesis, "--json", "--as-of", "2026-10-04"))
    rows = {row["observed_on"]: row for row in known["observations"]}
    assert rows["2026-08-31"]["available_at"] == "2026-09-05", "the first print, and its day, from the vintages"
    assert "2026-09-30" not in rows
    assert known["feed"]["source"].startswith("FRED")
    assert known["feed"]["facts"]["title"] == "Unemployment Rate"
    assert "Brought by FRED" in services.run("series", "FRED:UNRATE", "--thesis", thesis)

    before = services.asked()
    again = json.loads(services.run("refresh", "--thesis", thesis, *only, "--json"))
    assert (again["exit_code"], services.asked() - before) == (0, 0)
    forced = json.loads(services.run("refresh", "--thesis", thesis, *only, "--json", "--all"))
    assert forced["counts"] == {"unchanged": 4}
    assert services.asked() - before <= 6, "FRED's list of changes, ECB's file, two tickers, a cookie and a crumb"

    services.run("snapshot", "--thesis", thesis, "--out", str(services.home / "book.xlsx"))
    holding = [file.name for file in services.home.rglob("*") if file.is_file() and fred.KEY.encode() in content(file)]
    assert holding == []


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="lists processes by /proc")
def test_the_key_is_in_no_command_line_while_a_refresh_runs(services: Services) -> None:
    services.loopbacks[FRED_HOST].always = "500"  # tried again and again, so that there is time to look
    command = [sys.executable, "-m", "xl_thesis", "refresh", "--series", "FRED:UNRATE"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, env=services.environment, **pipes) as running:
        listed, looks = b"", 0
        while running.poll() is None:
            listed += b"\n".join(commands())
            looks += 1
            time.sleep(0.02)
        assert running.stdout is not None
        said = running.stdout.read()
    assert looks > 10
    assert b"FRED:UNRATE" in listed
    assert fred.KEY.encode() not in listed + said


def commands() -> Iterator[bytes]:
    """The command line of every process."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield process.read_bytes()
        except OSError:  # it has ended meanwhile
            continue


def content(file: Path) -> bytes:
    """The bytes of a file, unpacked where it is a workbook."""
    import zipfile

    if file.suffix != ".xlsx":
        return file.read_bytes()
    with zipfile.ZipFile(file) as package:
        return b"".join(package.read(name) for name in package.namelist())


def test_live_prices_take_the_place_of_precomputed_scores(services: Services) -> None:
    day = ["--as-of", str(TODAY), "--json"]
    before = {item["id"]: item for item in json.loads(services.run("explain", *day, code=None))["indicators"]}
    assert any(item["is_precomputed"] for item in before.values())
    symbols = [name for name in load_catalogue() if name.startswith("YAHOO:")]
    report = json.loads(services.run("refresh", "--json", *(word for name in symbols for word in ("--series", name))))
    assert report["counts"] == {"fetched": len(symbols)}
    after = {item["id"]: item for item in json.loads(services.run("explain", *day, code=None))["indicators"]}
    live = [name for name, item in before.items() if item["is_precomputed"] and not after[name]["is_precomputed"]]
    assert sum(after[name]["status"] == "fresh" for name in live) >= len(live) / 2, "some lean on other sources too"
    assert all("YAHOO:" in after[name]["source"] and after[name]["value"] is not None for name in live)
    assert len(live) > sum(item["is_precomputed"] for item in after.values()), "what stays needs other sources"
    assert report["as_of"] == "2026-07-22", "prices alone are too little for a score of today"


def test_one_provider_down_is_told_by_name_and_the_rest_arrives(services: Services) -> None:
    services.loopbacks[FRED_HOST].always = "500"
    only = ("--series", "FRED:UNRATE", "--series", "YAHOO:SPY/adj")
    said = services.run("refresh", *only, code=4)
    assert "FRED:UNRATE: failed: FRED cannot answer now (500); served from the store, whose newest value is" in said
    assert re.search(r"YAHOO:SPY/adj: \d+ new", said)
    services.loopbacks[yahoo.HOSTS[0]].always = "500"
    said = services.run("refresh", *only[:2], "--all", code=5)
    assert "1 failed" in said
