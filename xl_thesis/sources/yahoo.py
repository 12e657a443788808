"""Yahoo Finance through yfinance: one ticker at a time, exceptions on, never an empty answer without a word."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xl_thesis.models import SeriesMeta
from xl_thesis.sources import dollar
from xl_thesis.sources.each import each
from xl_thesis.sources.prices import TOTAL_RETURN, Carried, History, Tail, carry_on, price_rows
from xl_thesis.sources.protocol import Link, Outcome, Pull, Request

if TYPE_CHECKING:
    from xl_thesis.sources.yahoo_client import Session

_OVERLAP = dt.timedelta(days=20)
_LONGEST_REST = dt.timedelta(days=7)
"""No exchange is closed for longer between two sessions; a next close beyond it was noted by a wrong clock."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept between pulls."""

    next_close: str = ""
    tail: Tail = ()

    @classmethod
    def of(cls, state: str | None) -> Memory:
        """From the text of a ``Pull``; empty where there is none, or none that this version understands."""
        try:
            kept = json.loads(state or "null")
            tail = tuple((str(day), float(close), float(level)) for day, close, level in kept["tail"])
            dt.datetime.fromisoformat(kept["next_close"]).astimezone(dt.UTC)
            for day, _, _ in tail:
                dt.date.fromisoformat(day)
        except (KeyError, TypeError, ValueError):
            return cls()
        return cls(kept["next_close"], tail)

    def text(self) -> str:
        """As a ``Pull`` carries it."""
        return json.dumps({"next_close": self.next_close, "tail": self.tail})


@dataclass(frozen=True, slots=True)
class Yahoo:
    """The provider. ``YAHOO:SPY`` is the close, ``YAHOO:SPY/adj`` the total return of the same ticker."""

    name: str = "yahoo"

    def symbol(self, meta: SeriesMeta) -> str | None:
        """The ticker."""
        prefix, _, symbol = meta.id.partition(":")
        return symbol.removesuffix(TOTAL_RETURN) if prefix == "YAHOO" else None

    def pull(
        self, requests: Sequence[Request], link: Link, today: dt.date, stop: Callable[[], bool]
    ) -> Iterator[tuple[Request, Outcome]]:
        """Tickers whose next session has not ended cost nothing."""
        with ExitStack() as stack:
            visit = _Visit(link, stack, today, dt.datetime.now(dt.UTC))
            yield from each("Yahoo", requests, stop, visit.fetch)

    def ping(self, link: Link) -> None:
        """Ask for the last days of one ticker."""
        from xl_thesis.sources.yahoo_client import Session

        with Session(link) as session:
            session.history("SPY", dt.datetime.now(dt.UTC).date() - _OVERLAP)


@dataclass(slots=True)
class _Visit:
    """One refresh's stay at Yahoo. Series of one ticker share one question; the dollar's two are held together."""

    link: Link
    stack: ExitStack
    today: dt.date
    now: dt.datetime
    answers: dict[tuple[str, dt.date | None], History] = field(default_factory=dict)
    dollars: dict[str, dict[dt.date, float]] = field(default_factory=dict)
    _session: Session | None = None

    def fetch(self, request: Request) -> Pull:
        """One series, from where the last pull ended."""
        memory = Memory.of(request.state)
        if request.last_observed is None:
            memory = Memory()
        asked_for = request.ask_all or not memory.tail
        if not asked_for and self.now < dt.datetime.fromisoformat(memory.next_close) <= self.now + _LONGEST_REST:
            return Pull(request.meta.id, (), True, False, f"Yahoo {request.symbol}", request.state, {}, ())
        since = dt.date.fromisoformat(memory.tail[-1][0]) - _OVERLAP if memory.tail else None
        history = self._ask(request.symbol, since)
        carried = carry_on(history.quotes, memory.tail)
        if carried is None:  # too long ago to be tied to what is stored
            history = self._ask(request.symbol, None)
            carried = carry_on(history.quotes, ()) or Carried((), (), (), 0, ())
        warnings = [*self._restated(request, carried), *self._dollars(request, carried)]
        if history.gaps:
            warnings.append(f"{request.meta.id}: Yahoo gave no close on {history.gaps} days, which are left out")
        kept = Memory(history.next_close.isoformat(), carried.tail)
        rows = tuple(price_rows(request.meta.id, history.quotes, carried, self.today, request.last_observed))
        source = f"Yahoo {request.symbol}"
        return Pull(request.meta.id, rows, not rows, False, source, kept.text(), history.facts, tuple(warnings))

    def _ask(self, ticker: str, since: dt.date | None) -> History:
        """The ticker's history, asked once for all its series."""
        if (ticker, since) not in self.answers:
            self.answers[ticker, since] = self._opened().history(ticker, since)
        return self.answers[ticker, since]

    def _opened(self) -> Session:
        """The session, opened with the first question: yfinance takes a second to load."""
        if self._session is None:
            from xl_thesis.sources.yahoo_client import Session

            self._session = self.stack.enter_context(Session(self.link))
        return self._session

    def _restated(self, request: Request, carried: Carried) -> Iterator[str]:
        if carried.restated:
            days = ", ".join(carried.days[number].isoformat() for number in carried.restated[:3])
            yield f"{request.meta.id}: Yahoo restated {len(carried.restated)} days ({days}); the old values are kept"

    def _dollars(self, request: Request, carried: Carried) -> Iterator[str]:
        if request.meta.id in dollar.CHAIN:
            self.dollars[request.meta.id] = dict(zip(carried.days, carried.traded, strict=True))
            yield from dollar.disagreements(self.dollars)
