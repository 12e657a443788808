"""FRED: every vintage with a key, today's values without one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from xl_thesis.errors import BadAnswer, BadKey, RateLimited, SourceError, UnknownSeries, Unreachable
from xl_thesis.models import SeriesMeta
from xl_thesis.sources import alfred, fred_graph
from xl_thesis.sources.each import each
from xl_thesis.sources.pace import FRED_PER_SECOND, Pace
from xl_thesis.sources.protocol import Link, Outcome, Pull, Request, Row
from xl_thesis.sources.web import Web

if TYPE_CHECKING:
    from xl_thesis.sources.fred_api import FredAPI

SOURCE = "FRED API"
NOTICE = "This product uses the FRED® API but is not endorsed or certified by the Federal Reserve Bank of St. Louis."
_ST_LOUIS = ZoneInfo("America/Chicago")
_UPDATES_REACH_BACK = dt.timedelta(days=13)
"""FRED lists what it changed in the last two weeks."""
_PAGES_OF_UPDATES = 8
_MARGIN = dt.timedelta(hours=2)
"""What a clock may differ. A memory stamped later than that is of a wrong clock, and everything is read anew."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of a series from the last pull. ``until``: everything that changed up to this day has been read."""

    asked: str
    until: str
    vintages: bool = True
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, state: str | None) -> Memory | None:
        """From the text of a ``Pull``; None where there is none, or none that this version understands."""
        try:
            memory = cls(**json.loads(state or "null"))
            dt.date.fromisoformat(memory.until)
            zone = memory.asked_at.tzinfo
        except (TypeError, ValueError):
            return None
        return memory if zone else None

    @property
    def asked_at(self) -> dt.datetime:
        """The moment of the last pull."""
        return dt.datetime.fromisoformat(self.asked)

    def text(self) -> str:
        """As a ``Pull`` carries it."""
        return json.dumps({"asked": self.asked, "until": self.until, "vintages": self.vintages, "facts": self.facts})


@dataclass(frozen=True, slots=True)
class Fred:
    """The provider. Without a key it goes the labelled way of ``fred_graph``."""

    name: str = "fred"
    graph_url: str = fred_graph.URL
    per_second: float = FRED_PER_SECOND

    def symbol(self, meta: SeriesMeta) -> str | None:
        """What follows ``FRED:``."""
        prefix, _, symbol = meta.id.partition(":")
        return symbol if prefix == "FRED" else None

    def pull(
        self, requests: Sequence[Request], link: Link, today: dt.date, stop: Callable[[], bool]
    ) -> Iterator[tuple[Request, Outcome]]:
        """Series that FRED has not changed since the last pull cost one request together, the others one each."""
        if link.fred_key is None:
            pace = Pace(link.pace_file, self.per_second)
            yield from fred_graph.pull(self.graph_url, pace, requests, link, today, stop)
            return
        with self._web(link) as web:
            api = _api(web, link)
            now = dt.datetime.now(dt.UTC)
            visit = _Visit(api, now, today, requests)
            yield from each("FRED", requests, stop, visit.fetch)

    def ping(self, link: Link) -> None:
        """Ask for one release; without a key, for a short series of the graphs."""
        if link.fred_key is None:
            fred_graph.ping(self.graph_url, Pace(link.pace_file, self.per_second), link)
            return
        with self._web(link) as web:
            _api(web, link).ask("releases", limit=1)

    def _web(self, link: Link) -> Web:
        return Web("FRED", link, Pace(link.pace_file, self.per_second), "api_key", link.fred_key)


def _api(web: Web, link: Link) -> FredAPI:
    from xl_thesis.sources.fred_api import FredAPI

    return FredAPI(web, link.fred_base_url)


@dataclass(slots=True)
class _Visit:
    """One refresh's stay at FRED."""

    api: FredAPI
    now: dt.datetime
    today: dt.date
    requests: Sequence[Request]
    _updates: dict[str, str] | None = None
    _looked: bool = False

    @property
    def yesterday(self) -> str:
        """The last day that is over in St. Louis: what changes later today is read again next time."""
        return (self.now.astimezone(_ST_LOUIS).date() - dt.timedelta(days=1)).isoformat()

    def fetch(self, request: Request) -> Pull:
        """One series, from where the last pull ended."""
        memory = Memory.of(request.state)
        try:
            if memory is None or request.last_observed is None or memory.asked_at > self.now + _MARGIN:
                return self._whole(request)
            known = memory.facts.get("last_updated", "")
            moment = self._last_updated(request.symbol, memory)
            if moment == known:
                return self._unchanged(request, memory)
            return self._changes(request, replace(memory, facts={**memory.facts, "last_updated": moment or known}))
        except UnknownSeries:
            raise UnknownSeries(f"FRED has no series '{request.symbol}'; correct the id '{request.meta.id}'") from None

    def _last_updated(self, symbol: str, memory: Memory) -> str | None:
        """When FRED last changed a series; None where only asking for the series itself can tell."""
        if not self._looked:
            self._updates = self._list_of_updates()
            self._looked = True  # not before: where FRED cannot be reached, that is the outcome of this series
        if self._updates is None or not self._is_recent(memory):
            return None
        return self._updates.get(symbol, memory.facts.get("last_updated", ""))

    def _is_recent(self, memory: Memory) -> bool:
        return -_MARGIN <= self.now - memory.asked_at <= _UPDATES_REACH_BACK

    def _list_of_updates(self) -> dict[str, str] | None:
        """What FRED changed since the earliest of the recent pulls; None where that takes too many pages."""
        memories = [memory for request in self.requests if (memory := Memory.of(request.state))]
        since = min((memory.asked_at for memory in memories if self._is_recent(memory)), default=None)
        if since is None:
            return None
        window = (since - _MARGIN).astimezone(_ST_LOUIS), self.now.astimezone(_ST_LOUIS)
        try:
            return self.api.updated(*window, pages=min(_PAGES_OF_UPDATES, len(memories)))
        except (BadKey, RateLimited, Unreachable):
            raise
        except SourceError:  # a copy of FRED that has no such list
            return None

    def _whole(self, request: Request) -> Pull:
        facts = self.api.facts(request.symbol)
        return self._rows(request, Memory("", "", facts=facts), None)

    def _changes(self, request: Request, memory: Memory) -> Pull:
        return self._rows(request, memory, dt.date.fromisoformat(memory.until))

    def _rows(self, request: Request, memory: Memory, after: dt.date | None) -> Pull:
        from xl_thesis.sources.fred_api import BEGINNING, NoVintages

        meta = request.meta
        memory = replace(memory, asked=self.now.isoformat(), until=self.yesterday)
        warnings = _other_frequency(meta, memory.facts)
        rows: Sequence[Row]
        if memory.vintages and has_vintages(meta):
            try:
                spells = self.api.spells(request.symbol, meta.frequency, after or BEGINNING)
                rows = list(alfred.rows(meta.id, spells, after))
                if after is None and not rows:
                    raise BadAnswer(f"FRED sent no observation of {request.symbol}")
                if after is None:
                    facts = {**memory.facts, "vintages_from": min(row[3] for row in rows)}
                    memory, rows = replace(memory, facts=facts), [*alfred.before_the_first_vintage(meta, rows), *rows]
                return self._pull(request, memory, rows, warnings)
            except NoVintages as why:
                memory = replace(memory, vintages=False)
                warnings = (*warnings, f"{meta.id}: {why}; dated by the usual delay")
        since = None if has_vintages(meta) else request.last_observed
        newest = self.api.newest(request.symbol, meta.frequency, since)
        if since is None and not newest:
            raise BadAnswer(f"FRED sent no observation of {request.symbol}")
        rows = alfred.snapshot_rows(meta, newest, request.last_observed, self.today)
        return self._pull(request, replace(memory, vintages=False), rows, warnings)

    def _pull(self, request: Request, memory: Memory, rows: Sequence[Row], warnings: tuple[str, ...]) -> Pull:
        vintage_true = memory.vintages and has_vintages(request.meta)
        first = memory.facts.get("vintages_from")
        return Pull(
            request.meta.id, rows, not rows, vintage_true, SOURCE, memory.text(), memory.facts, warnings,
            None if first is None else dt.date.fromisoformat(first),
        )  # fmt: skip

    def _unchanged(self, request: Request, memory: Memory) -> Pull:
        memory = replace(memory, asked=self.now.isoformat())
        return self._pull(request, memory, (), ())


def has_vintages(meta: SeriesMeta) -> bool:
    """Whether ALFRED is asked: a daily rate that is never revised would bring thousands of equal vintages."""
    return meta.point_in_time != "never_revised" or meta.frequency != "daily"


def _other_frequency(meta: SeriesMeta, facts: Mapping[str, str]) -> tuple[str, ...]:
    theirs = facts.get("frequency", meta.frequency)
    if theirs.lower().startswith(meta.frequency):
        return ()
    return (f"{meta.id}: FRED calls it {theirs.lower()}, the catalogue {meta.frequency}; its periods would be misread",)
