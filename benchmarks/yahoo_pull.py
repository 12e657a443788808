"""Twenty tickers of ten years from a Yahoo of this machine: plain yfinance, and a refresh, in one run.

Both go through a CONNECT proxy and TLS, and every fifth ticker is refused three times (429). What counts is how many
arrive whole, what is said of the others, and the time. Plain yfinance asks with threads of its own; for a ticker that
failed it gives a column of NaN. A refresh asks one after the other, and keeps closes as traded, dividends and splits.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import logging
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import trustme
import yfinance

from tests.servers import yahoo as server
from tests.servers.loopback import ConnectProxy, Loopback, Reply, write_authority
from xl_thesis.models import SeriesMeta
from xl_thesis.sources.protocol import Link, Pull, Request
from xl_thesis.sources.yahoo import Yahoo

TICKERS, DAYS = [f"T{number:02}" for number in range(20)], 2520
TODAY = dt.datetime.now(dt.UTC).date()


class Unsteady(server.Yahoo):
    """Every fifth ticker is refused three times."""

    def __init__(self) -> None:
        days = [TODAY - dt.timedelta(days=back) for back in range(DAYS, 0, -1)]
        prices = {day: (100.0 + row / 50, 100.0 + row / 50) for row, day in enumerate(days)}
        super().__init__({name: server.Ticker(dict(prices)) for name in TICKERS})
        self.refusals = dict.fromkeys(TICKERS[::5], 3)

    def answer(self, path: str, query: dict[str, str]) -> Reply:
        name = path.rpartition("/")[2]
        if self.refusals.get(name) and query.get("range") != "1d":  # the history, not the look-up of the time zone
            self.refusals[name] -= 1
            return Reply(429, b"Too Many Requests", "text/plain")
        return super().answer(path, query)


@contextmanager
def serving(folder: Path) -> Iterator[Link]:
    """A fresh server, and the link that reaches it."""
    authority = trustme.CA()
    bundle = write_authority(authority, folder / "ca.pem")
    with Loopback(Unsteady().answer, authority.issue_cert(*server.HOSTS)).running() as loopback:
        proxy = ConnectProxy(lambda host: loopback.port if host in server.HOSTS else None)
        with proxy.running():
            yield Link(None, "http://127.0.0.1:9", proxy.url, bundle, folder / "pace", 10.0)


def plain(link: Link, folder: Path) -> int:
    """Tickers that plain yfinance brings whole."""
    os.environ["REQUESTS_CA_BUNDLE"], os.environ["https_proxy"] = str(link.ca_bundle), str(link.proxy)
    yfinance.set_tz_cache_location(str(folder / "plain"))
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        frame = yfinance.download(TICKERS, period="max", auto_adjust=False, progress=False)
    del os.environ["REQUESTS_CA_BUNDLE"], os.environ["https_proxy"]
    return sum(int(frame["Close"][name].notna().sum()) == DAYS for name in TICKERS if name in frame["Close"])


def ours(link: Link) -> int:
    """Tickers that a refresh brings whole."""
    about = {"unit": "x", "frequency": "daily", "lag_days": 0, "publisher": "x", "licence": "x"}
    requests = [
        Request(SeriesMeta(id=f"YAHOO:{name}", title=name, redistributable=False, **about), name, None, None)
        for name in TICKERS
    ]
    outcomes = [outcome for _, outcome in Yahoo().pull(requests, link, TODAY, lambda: False)]
    return sum(isinstance(outcome, Pull) and len(outcome.rows) >= DAYS for outcome in outcomes)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XL_THESIS_HOME"] = str(folder / "home")
        for who in ("a refresh", "plain yfinance"):
            yfinance.data.SingletonMeta._instances.clear()  # noqa: SLF001 - as in a process of its own
            with serving(folder) as link:
                began = time.perf_counter()
                arrived = ours(link) if who == "a refresh" else plain(link, folder)
                lost = "named as failed" if who == "a refresh" else "columns of NaN"
                print(f"{who}: {arrived} of {len(TICKERS)} tickers whole, {len(TICKERS) - arrived} {lost},"
                      f" in {time.perf_counter() - began:.1f} s")  # fmt: skip


if __name__ == "__main__":
    main()
