"""Providers for tests of the refresh: real implementations of the protocol whose service is a table in memory."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from xl_thesis.errors import SourceError
from xl_thesis.models import SeriesMeta
from xl_thesis.observations import month_ends
from xl_thesis.sources.protocol import Link, Outcome, Pull, Request, Row

LINK = Link(fred_key="k" * 32, fred_base_url="http://127.0.0.1:1", proxy=None, ca_bundle=None, pace_file=Path("pace"),
            timeout_seconds=5)  # fmt: skip


class Table:
    """Serves the series with a prefix from rows; counts what it is asked."""

    def __init__(
        self,
        prefix: str,
        rows: Mapping[str, Sequence[Row]],
        *,
        failing: Mapping[str, Exception] | None = None,
        vintage_true: bool = False,
        delay: float = 0.0,
    ) -> None:
        self.name, self.rows, self.failing = prefix, dict(rows), dict(failing or {})
        self.vintage_true, self.delay = vintage_true, delay
        self.asked: list[Request] = []

    def symbol(self, meta: SeriesMeta) -> str | None:
        provider, _, symbol = meta.id.partition(":")
        return symbol if provider == self.name else None

    def pull(
        self, requests: Sequence[Request], link: Link, today: dt.date, stop: Callable[[], bool]
    ) -> Iterator[tuple[Request, Outcome]]:
        for request in requests:
            if stop():
                return
            self.asked.append(request)
            time.sleep(self.delay)
            problem = self.failing.get(request.meta.id)
            if problem is not None and not isinstance(problem, SourceError):
                raise problem
            yield request, problem or self._answer(request)

    def _answer(self, request: Request) -> Pull:
        """The state is the count of rows, with a mark for each time that it was asked although nothing could be new."""
        rows = self.rows.get(request.meta.id, ())
        count, before = str(len(rows)), request.state or ""
        unchanged = before.rstrip("'") == count
        return Pull(
            request.meta.id, rows, unchanged=unchanged, vintage_true=self.vintage_true,
            source=f"{self.name} in memory", state=f"{before}'" if unchanged and request.ask_all else count,
            facts={"title": request.symbol}, warnings=(),
        )  # fmt: skip

    def ping(self, link: Link) -> None:
        if "ping" in self.failing:
            raise self.failing["ping"]


def price_rows(series_id: str, last: dt.date, seed: int = 1, days: int = 1200) -> list[Row]:
    """A daily price whose last business day is ``last`` or the one before."""
    rng = np.random.default_rng(seed)
    end = np.busday_offset(np.datetime64(last), 0, roll="backward")
    dates = np.busday_offset(end, np.arange(1 - days, 1), roll="backward")
    prices = 100 * np.exp(np.cumsum(rng.normal(0.0002, 0.005, days)))
    return [(series_id, str(day), float(price), str(day)) for day, price in zip(dates, prices, strict=True)]


def month_rows(series_id: str, last: dt.date, seed: int = 2, months: int = 120, lag: int = 5) -> list[Row]:
    """A monthly series whose last month is the one before that of ``last``."""
    rng = np.random.default_rng(seed)
    end = np.datetime64(last, "M")
    dates = month_ends(np.arange(end - months, end))
    values = 3 + np.cumsum(rng.normal(0, 0.1, months))
    return [
        (series_id, str(day), round(float(value), 2), str(day + np.timedelta64(lag, "D")))
        for day, value in zip(dates, values, strict=True)
    ]


def environment(**variables: str) -> dict[str, str]:
    """The variables for a process of its own."""
    import sys

    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | variables
