"""What a refresh and a provider say to each other.

A refresh hands a provider one ``Request`` a series and a ``Link``, and gets one outcome for each as it arrives: a
``Pull`` (rows that arrived whole) or a ``SourceError`` (one sentence). Nothing is written here; a refresh may stop
between two outcomes and go on another day, because all that a provider remembers travels in ``state``.

What a store does with rows, so that "as known on D" stays exact:

* ``vintage_true`` rows are the whole truth from the first ``available_at`` that this way ever brought: from that day
  on, rows of any other source for the series (embedded ones, dated by a usual delay) no longer count.
* Other rows may repeat what is known: one whose value equals the value in force on its ``available_at`` changes
  nothing and need not be written. A past period that comes again is dated by the day it was fetched, never earlier.
* ``rows`` may hold companions of the series (``YAHOO:SPY/div`` beside ``YAHOO:SPY/adj``): each row names its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from xl_thesis.errors import SourceError
from xl_thesis.models import SeriesMeta

Row = tuple[str, str, float | None, str]
"""(series id, observed_on, value, available_at), dates as ISO text; a value of None was withdrawn."""

NOT_ASKED = "not asked, because "
"""How the reason begins of a series that was left out because its provider is away."""


@dataclass(frozen=True, slots=True)
class Link:
    """How to reach the providers. ``pace_file`` is where every process of this user's machine waits for its turn."""

    fred_key: str | None = field(repr=False)
    fred_base_url: str
    proxy: str | None
    ca_bundle: Path | None
    pace_file: Path
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Request:
    """One series to bring. ``last_observed`` is the newest period the store has from this provider; ``state`` is what
    the provider answered last time, word for word.

    A provider that its state tells that nothing can be new need not ask its source, and then answers ``unchanged`` with
    the same state, word for word; an answer of the source has another. ``ask_all``: it is to ask all the same.
    """

    meta: SeriesMeta
    symbol: str
    last_observed: dt.date | None
    state: str | None
    ask_all: bool = False


@dataclass(frozen=True, slots=True)
class Pull:
    """What arrived for one series: its rows, and what the provider says of it (title, units, frequency, ...).

    ``vintage_true``: ``available_at`` is the day on which a real vintage was published; not before ``vintages_from``,
    where the archive begins, because rows of earlier days repeat its first vintage. ``source`` is the way it came, in
    words for outputs. ``unchanged``: there was nothing to bring.
    """

    series_id: str
    rows: Sequence[Row]
    unchanged: bool
    vintage_true: bool
    source: str
    state: str | None
    facts: Mapping[str, str]
    warnings: tuple[str, ...]
    vintages_from: dt.date | None = None


Outcome = Pull | SourceError


class Provider(Protocol):
    """One publisher's service."""

    @property
    def name(self) -> str:
        """``fred``, ``yahoo``, ``ecb``, ``worldbank``, ``oecd``, ``treasury`` or ``sec``."""
        ...

    def symbol(self, meta: SeriesMeta) -> str | None:
        """The provider's own id of a series; None where it does not serve the series."""
        ...

    def pull(
        self, requests: Sequence[Request], link: Link, today: dt.date, stop: Callable[[], bool]
    ) -> Iterator[tuple[Request, Outcome]]:
        """One outcome for each request, as it arrives; ends early, between two series, once ``stop()`` says so."""
        ...

    def ping(self, link: Link) -> None:
        """Ask for the smallest thing there is. Raises the ``SourceError`` that says what stands in the way."""
        ...
