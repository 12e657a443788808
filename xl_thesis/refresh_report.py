"""What a refresh tells: an event while each series arrives, and a report at its end."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from xl_thesis.sources.protocol import NOT_ASKED
from xl_thesis.wording import count

SeriesStatus = Literal["fetched", "unchanged", "failed", "not asked"]

_MOST_NAMES = 4
DONE, PARTLY, NOTHING = 0, 4, 5
"""Exit codes of a refresh."""


@dataclass(frozen=True, slots=True)
class SeriesResult:
    """One series of a refresh.

    ``added``: rows that are new, ``revised`` of them for periods that had another value. ``last_observed`` and
    ``age_days``: the newest period that the store has now and the days since; None where it has none.
    """

    series_id: str
    provider: str
    status: SeriesStatus
    reason: str | None = None
    added: int = 0
    revised: int = 0
    source: str | None = None
    last_observed: dt.date | None = None
    age_days: int | None = None
    warnings: tuple[str, ...] = ()

    def sentence(self) -> str:
        """One line for people."""
        words = {
            "fetched": f"{self.added} new" + (f", {self.revised} of them revisions" if self.revised else ""),
            "unchanged": "unchanged" + (f" ({self.reason})" if self.reason else ""),
            "failed": f"failed: {self.reason}; {self._held()}",
            "not asked": f"not asked: {self.reason}; {self._held()}",
        }
        return f"{self.series_id}: {words[self.status]}"

    def _held(self) -> str:
        if self.last_observed is None:
            return "the store has nothing of it"
        days = "a day" if self.age_days == 1 else f"{self.age_days} days"
        return f"served from the store, whose newest value is {days} old ({self.last_observed})"


@dataclass(frozen=True, slots=True)
class Event:
    """A series is done: the ``done``-th of ``total``."""

    done: int
    total: int
    result: SeriesResult


Progress = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """A refresh from start to end.

    ``as_of`` is the default day of a score afterwards, ``as_of_moved`` whether this refresh let it move, and
    ``as_of_reason`` why not. ``stopped``: the user ended it early.
    """

    started_at: dt.datetime
    finished_at: dt.datetime
    series: tuple[SeriesResult, ...]
    stopped: bool
    as_of: dt.date
    as_of_moved: bool
    as_of_reason: str | None
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 where every series was brought, 4 where some were or the user stopped it, 5 where none was."""
        brought = any(item.status in ("fetched", "unchanged") for item in self.series)
        missed = self.stopped or any(item.status in ("failed", "not asked") for item in self.series)
        return (PARTLY if missed else DONE) if brought or not missed else NOTHING

    def counts(self) -> dict[str, int]:
        """How many series ended in each way."""
        return dict(Counter(item.status for item in self.series))

    def lines(self) -> list[str]:
        """The end of a refresh for people: counts, what failed and why, warnings, and what day a score is now for."""
        words = ", ".join(f"{count} {status}" for status, count in sorted(self.counts().items()))
        seconds = (self.finished_at - self.started_at).total_seconds()
        head = f"{len(self.series)} series in {seconds:.1f} s: {words or 'no provider serves any'}."
        if self.stopped:
            head += " Stopped early; the next refresh goes on from here."
        failed = _failures([item for item in self.series if item.status == "failed"])
        warnings = [f"warning: {text}" for text in self.warnings]
        warnings += [f"warning: {item.series_id}: {text}" for item in self.series for text in item.warnings]
        day = f"Scores are now as known on {self.as_of}."
        return [head, *failed, *warnings, day if self.as_of_reason is None else f"{day} {self.as_of_reason}"]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        document = asdict(self)
        document["series"] = [
            {**item, "last_observed": item["last_observed"] and item["last_observed"].isoformat()}
            for item in document["series"]
        ]
        for name in ("started_at", "finished_at", "as_of"):
            document[name] = document[name].isoformat()
        return {**document, "counts": self.counts(), "exit_code": self.exit_code}


def _failures(failed: Sequence[SeriesResult]) -> list[str]:
    """One line for each reason; the lines of a provider that cannot be reached would say the same a hundred times."""
    groups: dict[tuple[str, str], list[SeriesResult]] = {}
    for item in failed:
        reason = (item.reason or "").removeprefix(NOT_ASKED)
        groups.setdefault((item.provider, reason), []).append(item)
    return [
        items[0].sentence() if len(items) == 1 else _together(reason, items) for (_, reason), items in groups.items()
    ]


def _together(reason: str, items: Sequence[SeriesResult]) -> str:
    names = ", ".join(item.series_id for item in items[:_MOST_NAMES])
    more = f" and {len(items) - _MOST_NAMES} more" if len(items) > _MOST_NAMES else ""
    ages = [item.age_days for item in items if item.age_days is not None]
    least, most = min(ages, default=0), max(ages, default=0)
    days = count(most, "day") if least == most else f"{least} to {count(most, 'day')}"
    held = f"{len(ages)} served from the store, newest values {days} old" if ages else "the store has none of them"
    return f"{len(items)} series ({names}{more}): failed: {reason}; {held}"
