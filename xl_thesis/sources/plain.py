"""What providers without a key have in common: a public file, read whole, and read seldom."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from xl_thesis.errors import BadAnswer, SourceError, UnknownSeries
from xl_thesis.models import SeriesMeta
from xl_thesis.sources.alfred import snapshot_rows
from xl_thesis.sources.each import each
from xl_thesis.sources.protocol import Link, Outcome, Pull, Request, Row
from xl_thesis.sources.web import Answer, Web

Values = Sequence[tuple[dt.date, float]]
"""Last days of periods, ascending, and values in the catalogue's unit."""

_REST = {"daily": 3, "weekly": 12, "monthly": 20, "quarterly": 20, "annual": 72}
"""Hours for which an answer is taken as still the newest, by the frequency of a series."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One refresh's stay: the connection, and what was read of it already."""

    web: Web
    today: dt.date
    read: dict[str, object] = field(default_factory=dict)

    def once(self, key: str, fetch: Callable[[], object]) -> object:
        """What ``fetch`` brings, asked once for all series that need it."""
        if key not in self.read:
            self.read[key] = fetch()
        return self.read[key]


@dataclass(frozen=True, slots=True)
class Plain(ABC):
    """A provider whose whole past comes in one file. A subclass says how to read a series out of it."""

    @property
    @abstractmethod
    def name(self) -> str:
        """As in ``Provider``."""

    @property
    @abstractmethod
    def title(self) -> str:
        """The publisher, in words."""

    @property
    @abstractmethod
    def prefix(self) -> str:
        """What the ids of its series begin with."""

    @abstractmethod
    def values(self, visit: Visit, request: Request) -> Values:
        """Today's values of a series. Raises ``SourceError``."""

    @abstractmethod
    def probe(self, web: Web) -> None:
        """Ask for the smallest thing. Raises ``SourceError``."""

    @property
    def agent(self) -> str:
        """How we introduce ourselves; empty for the usual words."""
        return ""

    def symbol(self, meta: SeriesMeta) -> str | None:
        """What follows the prefix."""
        prefix, _, symbol = meta.id.partition(":")
        return symbol if prefix == self.prefix else None

    def pull(
        self, requests: Sequence[Request], link: Link, today: dt.date, stop: Callable[[], bool]
    ) -> Iterator[tuple[Request, Outcome]]:
        """A series that was asked for a few hours ago costs nothing; one file serves all its series."""
        with self._web(link) as web:
            visit = Visit(web, today)
            yield from each(self.title, requests, stop, lambda request: self._fetch(visit, request))

    def ping(self, link: Link) -> None:
        """As in ``Provider``."""
        with self._web(link) as web:
            self.probe(web)

    def _web(self, link: Link) -> Web:
        return Web(self.title, link, agent=self.agent) if self.agent else Web(self.title, link)

    def _fetch(self, visit: Visit, request: Request) -> Pull:
        """One series. Where nothing was asked the state comes back word for word; an answer always has another."""
        now = dt.datetime.now(dt.UTC)
        asked, digest = _memory(request.state)
        rest = dt.timedelta(hours=_REST[request.meta.frequency])
        rests = asked is not None and dt.timedelta() <= now - asked < rest  # not where a wrong clock stamped it
        if request.last_observed is not None and rests and not request.ask_all:
            return self._pull(request, (), request.state)
        rows = self.rows(visit, request)
        newest = hashlib.sha256(repr(sorted(row[1:3] for row in rows)).encode()).hexdigest()
        state = json.dumps({"asked": now.isoformat(), "digest": newest})
        known = request.last_observed is not None and newest == digest
        return self._pull(request, () if known else rows, state)

    def rows(self, visit: Visit, request: Request) -> Sequence[Row]:
        """Rows of a series: a new period from its usual day, one that was known from today."""
        values = self.values(visit, request)
        if not values:
            raise BadAnswer(f"{self.title} sent no value of {request.symbol}")
        rows = snapshot_rows(request.meta, values, request.last_observed, visit.today)
        if request.meta.point_in_time == "never_revised" and request.last_observed is not None:
            return [row for row in rows if row[1] > request.last_observed.isoformat()]
        return rows

    def _pull(self, request: Request, rows: Sequence[Row], state: str | None) -> Pull:
        facts: Mapping[str, str] = {"publisher": self.title}
        return Pull(request.meta.id, rows, not rows, False, self.title, state, facts, ())


def _memory(state: str | None) -> tuple[dt.datetime | None, str]:
    try:
        kept = json.loads(state or "null")
        return dt.datetime.fromisoformat(kept["asked"]).astimezone(dt.UTC), str(kept["digest"])
    except (KeyError, TypeError, ValueError):
        return None, ""


def expect_ok(title: str, answer: Answer, wanted: str) -> None:
    """Raise unless the answer is a success."""
    if answer.status == 404:
        raise UnknownSeries(f"{title} has no {wanted}")
    if answer.status != 200:
        raise SourceError(f"{title} refused ({answer.status}) to send {wanted}")


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def json_of(title: str, answer: Answer, wanted: str) -> object:
    """The answer's JSON. Raises ``BadAnswer`` where it is cut short or none."""
    expect_ok(title, answer, wanted)
    try:
        document: object = json.loads(answer.body, parse_constant=_no_number)
    except ValueError:
        raise BadAnswer(f"{title} sent something that is cut short or is not JSON for {wanted}") from None
    return document
