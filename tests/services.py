"""The services that a refresh asks, on this machine under their own names, behind TLS and a proxy, all by settings."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import trustme

from tests.feeds import environment, price_rows
from tests.servers import fred, plain, yahoo
from tests.servers.loopback import ConnectProxy, Loopback, Reply, write_authority
from xl_thesis.catalogue import load_catalogue
from xl_thesis.days import today

TODAY = today()
FRED_HOST = "api.stlouisfed.org"
Answer = Callable[[str, dict[str, str]], Reply]


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
    """Every service that is up, under its own hosts, and the settings that lead there."""

    def __init__(self, folder: Path, stack: ExitStack, answers: Iterable[tuple[Sequence[str], Answer]]) -> None:
        authority = trustme.CA()
        self.loopbacks: dict[str, Loopback] = {}
        for hosts, answer in answers:
            loopback = stack.enter_context(Loopback(answer, authority.issue_cert(*hosts)).running())
            self.loopbacks |= dict.fromkeys(hosts, loopback)
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

    def run(self, *arguments: str, code: int | None = 0, seconds: float = 120) -> str:
        done = subprocess.run([sys.executable, "-m", "xl_thesis", *arguments], env=self.environment, text=True,
                              capture_output=True, timeout=seconds)  # fmt: skip
        assert code in (None, done.returncode), done.stdout + done.stderr
        assert fred.KEY not in done.stdout + done.stderr
        return done.stdout


def some_services() -> Iterator[tuple[Sequence[str], Answer]]:
    """FRED with one series, every ticker, and the ECB; the proxy knows no others."""
    symbols = [name.split(":")[1].removesuffix("/adj") for name in load_catalogue() if name.startswith("YAHOO:")]
    tickers = {symbol: ticker(symbol, TODAY - dt.timedelta(days=1)) for symbol in symbols}
    yield (FRED_HOST,), fred.Fred({"UNRATE": unrate()}).answer
    yield yahoo.HOSTS, yahoo.Yahoo(tickers).answer
    yield ("www.ecb.europa.eu",), plain.ecb
