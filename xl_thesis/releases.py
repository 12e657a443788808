"""The calendar: which release is due next, what it can do to the score, and the days on which something is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from xl_thesis.definition import Indicator
from xl_thesis.gauges import read_indicator
from xl_thesis.indicators import Reading
from xl_thesis.models import Frequency
from xl_thesis.observations import Values, to_date, to_day
from xl_thesis.pipeline import Scorer
from xl_thesis.reconstruction import Panel

HISTORY_START = dt.date(2008, 1, 31)
MIN_CHANGES = 12
"""Fewer releases in the history than this have no usual move."""

EventKind = Literal["review", "question", "falsifier"]
_MONTHS: dict[Frequency, int] = {"monthly": 1, "quarterly": 3, "annual": 12}


@dataclass(frozen=True, slots=True)
class Release:
    """The next release of an indicator that counts.

    ``expected_on`` is the day it is due; on the day of the calendar it is ``days_overdue`` (0: not yet due). ``bounds``
    are the changes of the whole score, in points, if the release made the indicator's score 0 and if it made it 100;
    where the value in use is fresh these are its effective weight times (0 - s) and (100 - s). ``usual`` are the points
    between which 90 % of its past releases would have moved the score at that weight, None where there were too few.
    """

    indicator: str
    title: str
    frequency: Frequency
    source: str
    observed_on: dt.date
    expected_on: dt.date
    days_overdue: int
    score: float
    effective_weight: float
    bounds: tuple[float, float] | None
    usual: tuple[float, float] | None
    past_releases: int


@dataclass(frozen=True, slots=True)
class Event:
    """A day on which something is decided: a review, a question, or the last look at a falsifier."""

    on: dt.date
    kind: EventKind
    id: str
    words: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is awaited as of a day: overdue releases first, then by the day they are due; and the days of decision."""

    as_of: dt.date
    score: float | None
    releases: tuple[Release, ...]
    events: tuple[Event, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        releases = [
            {**asdict(item), "observed_on": str(item.observed_on), "expected_on": str(item.expected_on)}
            for item in self.releases
        ]
        events = [{**asdict(item), "on": str(item.on)} for item in self.events]
        return {"as_of": str(self.as_of), "score": self.score, "releases": releases, "events": events}


def calendar(scorer: Scorer, as_of: dt.date | None = None) -> Calendar:
    """The calendar as of a day.

    Raises ``InputError`` for a day in the future or before anything was known.

    >>> from xl_thesis.pipeline import open_default_store
    >>> from xl_thesis.thesis import load_thesis
    >>> with open_default_store() as store:
    ...     found = calendar(Scorer(load_thesis("american_exceptionalism"), store), dt.date(2026, 6, 30))
    >>> next(item.expected_on for item in found.releases if item.indicator == "infl_gap")
    datetime.date(2026, 7, 12)
    """
    as_of = scorer.default_as_of() if as_of is None else as_of
    result = scorer.evaluate(as_of)
    weights = {item.id: item.effective_weight for item in result.indicators}
    knowledge = scorer.knowledge(as_of)
    readings = {
        item.id: read_indicator(item, scorer.thesis, knowledge, scorer.meta_of)
        for item in scorer.thesis.indicators if item.weight > 0
    }  # fmt: skip
    moves = _Moves(scorer, as_of, result.score)
    releases = [
        _release(item, readings[item.id], weights[item.id], moves, as_of)
        for item in scorer.thesis.indicators if item.id in readings and readings[item.id].score is not None
    ]  # fmt: skip
    releases.sort(key=lambda item: (item.days_overdue == 0, item.expected_on, item.indicator))
    events = sorted(_events(scorer, as_of), key=lambda item: (item.on, item.kind, item.id))
    return Calendar(as_of, result.score, tuple(releases), tuple(events))


class _Moves:
    """What releases can do to a score, and what they did to the scores of indicators."""

    def __init__(self, scorer: Scorer, as_of: dt.date, score: float | None) -> None:
        self._scorer = scorer
        self._score = score
        days = np.arange(to_day(min(HISTORY_START, as_of)), to_day(as_of) + np.timedelta64(1, "D"))
        self._history = scorer.panel([to_date(day) for day in days[np.is_busday(days) | (days == days[-1])]])
        self._rows = {item.id: row for row, item in enumerate(scorer.thesis.indicators)}

    def bounds(self, indicator: str) -> tuple[float, float] | None:
        """Changes of the whole score if the next release made the indicator fresh with a score of 0, and of 100."""
        if self._score is None:
            return None
        scores, fresh = (np.repeat(table[:, -1:], 2, axis=1) for table in (self._history.scores, self._history.freshness))
        scores[self._rows[indicator]] = 0.0, 100.0
        fresh[self._rows[indicator]] = 1.0
        low, high = self._scorer.score_panel(Panel(np.repeat(self._history.days[-1:], 2), scores, fresh)).score.tolist()
        return low - self._score, high - self._score

    def usual(self, indicator: str, frequency: Frequency) -> tuple[float, float, int]:
        """5 % and 95 % quantiles of the changes of the indicator's score from release to release, and how many."""
        scores = self._history.scores[self._rows[indicator]]
        changes = np.diff(scores[_samples(self._history, frequency)])
        changes = changes[np.isfinite(changes)]
        if len(changes) < MIN_CHANGES:
            return np.nan, np.nan, len(changes)
        low, high = np.quantile(changes, (0.05, 0.95)).tolist()
        return low, high, len(changes)


def _samples(history: Panel, frequency: Frequency) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Columns so far apart that there is one release between two of them."""
    days = history.days
    if frequency == "daily":
        return np.arange(len(days))
    step = days.astype("datetime64[W]") if frequency == "weekly" else days.astype("datetime64[M]")
    number = step.astype(np.int64)
    if frequency != "weekly":
        number = (number + 0) // _MONTHS[frequency]
    last = np.append(number[1:] != number[:-1], False)
    return np.flatnonzero(last)
