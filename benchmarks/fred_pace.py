"""Forty series from a FRED that allows two requests a second: plain fredapi with eight threads, and a refresh.

The refresh follows an earlier one and every series has changed, so it costs one request for the list of changes and one
a series. "The limit's own time" is that many requests at two a second.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import fredapi

from tests.servers import fred as server
from tests.servers.loopback import Limit, Loopback
from xl_thesis.models import SeriesMeta
from xl_thesis.sources.fred import Fred, Memory
from xl_thesis.sources.protocol import Link, Pull, Request

SERIES, PER_SECOND, LATENCY = 40, 2, 0.1
NAMES = [f"S{number:02}" for number in range(SERIES)]
TODAY = dt.datetime.now(dt.UTC).date()


class Distant(server.Fred):
    """A server that is a tenth of a second away."""

    def answer(self, path: str, query: dict[str, str]) -> server.Reply:
        time.sleep(LATENCY)
        return super().answer(path, query)


@contextmanager
def serving() -> Iterator[Loopback]:
    months = [dt.date(2000 + month // 12, month % 12 + 1, 1) for month in range(300)]
    spells = [(str(month), str(month + dt.timedelta(days=40)), server.FOREVER, "1.5") for month in months]
    changed = f"{TODAY} 12:00:00-06"
    fake = Distant({name: server.Series(list(spells), last_updated=changed) for name in NAMES})
    fake.limit = Limit(PER_SECOND)
    with Loopback(fake.answer).running() as loopback:
        yield loopback


def plain(url: str) -> int:
    """Series that arrive by plain fredapi, eight at a time."""
    fred = fredapi.Fred(api_key=server.KEY)
    fred.root_url = f"{url}/fred"

    def ask(name: str) -> bool:
        try:
            return len(fred.get_series(name)) > 0
        except ValueError:  # fredapi's only error for a refusal
            return False

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(ask, NAMES))


def ours(url: str, folder: Path) -> int:
    """Series that a refresh brings."""
    link = Link(server.KEY, f"{url}/fred", None, None, folder / "pace", 30.0)
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    state = Memory(yesterday.isoformat(), "2024-12-01", facts={"last_updated": "2024-12-01 07:00:00-06"}).text()
    requests = [
        Request(
            SeriesMeta(id=f"FRED:{name}", title=name, unit="percent", frequency="monthly", lag_days=10, publisher="x",
                       licence="x", redistributable=False),
            name, dt.date(2024, 12, 31), state,
        )
        for name in NAMES
    ]  # fmt: skip
    outcomes = [outcome for _, outcome in Fred().pull(requests, link, TODAY, lambda: False)]
    return sum(isinstance(outcome, Pull) and not outcome.unchanged for outcome in outcomes)


def main() -> None:
    with serving() as loopback:
        began = time.perf_counter()
        arrived = plain(loopback.url)
        print(f"plain fredapi, 8 threads: {arrived} of {SERIES} series in {time.perf_counter() - began:.1f} s")
    with serving() as loopback, tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        arrived = ours(loopback.url, Path(folder))
        seconds = time.perf_counter() - began
        limit = len(loopback.seen) / PER_SECOND
        refused = len(loopback.seen) - SERIES - 1
    print(
        f"a refresh: {arrived} of {SERIES} series in {seconds:.1f} s, {refused} of {SERIES + 1 + refused} requests"
        f" refused; the limit's own time is {limit:.1f} s, ours {seconds / limit - 1:+.1%}"
    )


if __name__ == "__main__":
    main()
