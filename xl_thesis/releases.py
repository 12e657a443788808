"""The calendar: which release is due next, what it can do to the score, and the days on which something is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from xl_thesis.definition import Indicator, Thesis
from xl_thesis.indicators import Reading
from xl_thesis.models import Frequency
from xl_thesis.observations import Days, Values, to_date, to_day
from xl_thesis.pipeline import Scorer
from xl_thesis.reconstruction import Panel
from xl_thesis.wording import named

HISTORY_START = dt.date(2008, 1, 31)
MIN_CHANGES = 12
"""Fewer releases in the history than this have no usual move."""

EventKind = Literal["review", "question", "falsifier"]
_KINDS = get_args(EventKind)
_MONTHS: dict[Frequency, int] = {"quarterly": 3, "annual": 12}


@dataclass(frozen=True, slots=True)
class Release:
    """The next release of an indicator with a weight, and how far it could move the whole score.

    ``expected_on`` is the day after which it is overdue. ``bounds`` are the changes of the score, in points, if the
    release made the indicator's own score s be 0, and 100: where the value in use is fresh, effective weight times
    (0 - s) and (100 - s); where it is stale, the weight it regains counts too. ``usual`` is the range from the 5 % to
    the 95 % quantile of what its releases since 2008 did to s, at the weight of a fresh value and within the bounds;
    None where there were fewer than 12.
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
    """A day on which something is decided: a review, a question, or a look at a falsifier (its last, if many)."""

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

    >>> from xl_thesis.default_store import open_default_store
    >>> from xl_thesis.thesis import load_thesis
    >>> with open_default_store() as store:
    ...     found = calendar(Scorer(load_thesis("american_exceptionalism"), store), dt.date(2026, 6, 30))
    >>> next(item.expected_on for item in found.releases if item.indicator == "infl_gap")
    datetime.date(2026, 7, 16)
    """
    as_of = scorer.default_as_of() if as_of is None else as_of
    result, (_, readings) = scorer.evaluate(as_of), scorer.read(as_of)
    moves, releases = _Moves(scorer, as_of, result.score), []
    for indicator, shown in zip(scorer.thesis.indicators, result.indicators, strict=True):
        release = _release(indicator, readings[indicator.id], shown.effective_weight, moves, as_of)
        if release is not None:
            releases.append(release)
    releases.sort(key=lambda item: (item.days_overdue == 0, item.expected_on, item.indicator))
    events = [event for event in _events(scorer.thesis) if event.on >= as_of]
    events.sort(key=lambda event: (event.on, _KINDS.index(event.kind)))
    return Calendar(as_of, result.score, tuple(releases), tuple(events))


class _Moves:
    """What releases can do to a score, and what they did to the scores of indicators."""

    def __init__(self, scorer: Scorer, as_of: dt.date, score: float | None) -> None:
        self._scorer = scorer
        self._score = score
        days = np.arange(to_day(min(HISTORY_START, as_of)), to_day(as_of) + np.timedelta64(1, "D"))
        self._history = scorer.panel([to_date(day) for day in days[np.is_busday(days) | (days == days[-1])]])
        self._rows = {item.id: row for row, item in enumerate(scorer.thesis.indicators)}

    def after_release(self, indicator: str, score: float) -> tuple[float, float, float] | None:
        """Changes of the whole score if a release made the indicator fresh with a score of 0, as it is, and of 100."""
        if self._score is None:
            return None
        today, row = self._history.days[-1:], self._rows[indicator]
        scores, fresh = np.repeat(self._history.scores[:, -1:], 4, 1), np.repeat(self._history.freshness[:, -1:], 4, 1)
        scores[row, 1:], fresh[row, 1:] = (0.0, score, 100.0), 1.0
        cases = Panel(np.repeat(today, 4), scores, fresh, np.full_like(scores, np.nan))
        now, low, same, high = self._scorer.score_panel(cases).score.tolist()
        return low - now, same - now, high - now

    def past(self, indicator: str, frequency: Frequency) -> Values:
        """Changes of the indicator's score from release to release, as known then."""
        scores: Values = self._history.scores[self._rows[indicator]]
        changes: Values = np.diff(scores[_samples(self._history.days, frequency)])
        return changes[np.isfinite(changes)]


def _release(indicator: Indicator, found: Reading, weight: float, moves: _Moves, as_of: dt.date) -> Release | None:
    """The next release of an indicator, None where it has no weight or nothing of it is known."""
    if indicator.weight == 0 or found.score is None or found.observed_on is None or found.schedule is None:
        return None
    schedule, usual, bounds = found.schedule, None, None
    changes = moves.past(indicator.id, schedule.frequency)
    after = moves.after_release(indicator.id, found.score)
    if after is not None:
        low, same, high = after
        bounds = low, high
        if len(changes) >= MIN_CHANGES:
            down, up = (same + (high - low) / 100 * np.quantile(changes, (0.05, 0.95))).tolist()
            usual = max(low, down), min(high, up)
    return Release(
        indicator=indicator.id,
        title=indicator.title.en,
        frequency=schedule.frequency,
        source=named(found.source or "", found.imported),
        observed_on=found.observed_on,
        expected_on=to_date(schedule.expected_after(np.array([to_day(found.observed_on)]))[0]),
        days_overdue=schedule.days_overdue(found.observed_on, as_of),
        score=found.score,
        effective_weight=weight,
        bounds=bounds,
        usual=usual,
        past_releases=len(changes),
    )


def _samples(days: Days, frequency: Frequency) -> NDArray[np.intp]:
    """Rows so far apart that one release falls between two of them: all days, or the last day of each interval."""
    if frequency == "daily":
        return np.arange(len(days))
    interval = days.astype("datetime64[W]" if frequency == "weekly" else "datetime64[M]").astype(np.int64)
    interval //= _MONTHS.get(frequency, 1)
    return np.flatnonzero(interval[1:] != interval[:-1])


def _events(thesis: Thesis) -> Iterator[Event]:
    """Every day of decision."""
    for day in thesis.review_dates:
        yield Event(day, "review", thesis.id, "review date")
    for question in thesis.questions:
        yield Event(question.resolves, "question", question.id, question.text.en)
    for indicator in thesis.indicators:
        looks = indicator.wrong_when.days if indicator.wrong_when is not None else ()
        if not looks and indicator.wrong_on is not None:
            looks = (indicator.wrong_on,)
        yield from (Event(day, "falsifier", indicator.id, indicator.falsifier) for day in looks)
