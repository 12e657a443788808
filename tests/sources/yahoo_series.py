"""What the tests of Yahoo share: tickers, and a pull of them."""

from __future__ import annotations

import datetime as dt

from tests.servers.yahoo import Ticker
from tests.sources.conftest import TODAY, never, series
from xl_thesis.models import SeriesMeta
from xl_thesis.sources.protocol import Link, Outcome, Pull, Request
from xl_thesis.sources.yahoo import Memory, Yahoo

DAY = dt.timedelta(days=1)
SPY = series("YAHOO:SPY/adj", "daily", 0, "never_revised")
DX = series("YAHOO:DX-Y.NYB", "daily", 0, "never_revised")
DX_FUTURE = series("YAHOO:DX=F", "daily", 0, "never_revised")


def days(count: int, end: dt.date = TODAY - DAY) -> list[dt.date]:
    return [end - DAY * back for back in reversed(range(count))]


def steady(count: int = 30, end: dt.date = TODAY - DAY) -> Ticker:
    return Ticker({day: (100.0 + number, 90.0 + 0.9 * number) for number, day in enumerate(days(count, end))})


def wanted(meta: SeriesMeta = SPY, last: dt.date | None = None, state: str | None = None) -> Request:
    return Request(meta, Yahoo().symbol(meta) or "", last, state)


def pull(link: Link, *requests: Request) -> list[Outcome]:
    return [outcome for _, outcome in Yahoo().pull(requests, link, TODAY, never)]


def good(outcome: Outcome) -> Pull:
    assert isinstance(outcome, Pull), str(outcome)
    return outcome


def of(pulled: Pull, series_id: str) -> dict[str, tuple[float | None, str]]:
    return {day: (value, available) for name, day, value, available in pulled.rows if name == series_id}


def due(state: str | None, tail_only: bool = False) -> str:
    """The state as if the next session had ended."""
    memory = Memory.of(state)
    return Memory("2000-01-01T00:00:00+00:00", memory.tail).text()
