"""Refresh: providers to store, the only composition that touches the network.

Each provider works in a thread of its own; one thread, the caller's, writes. The rows of a series and the state of its
feed are one transaction, so that a refresh may end at any moment and the next one goes on.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread

from xl_thesis.catalogue import leaves, meta_of
from xl_thesis.days import today
from xl_thesis.errors import InputError, SourceError, StoreError, ThesisError, UnfitValue
from xl_thesis.evaluation import Status, percent
from xl_thesis.models import SeriesMeta
from xl_thesis.observations import Schedule, to_date
from xl_thesis.pipeline import Scorer
from xl_thesis.refresh_report import Event, Progress, RefreshReport, SeriesResult, SeriesStatus
from xl_thesis.sources.protocol import Link, Outcome, Provider, Pull, Request
from xl_thesis.store import Change, Feed

ASKED_AGAIN_AFTER = dt.timedelta(minutes=15)
"""A source that answered less than this ago is not asked again."""

_LOOK_SECONDS = 0.1
_PATIENCE = 12  # times the time allowed for one answer, retries included, until a provider counts as hanging
_RANK = {"withheld": 0, "partial": 1, "full": 2}

_Arrival = tuple[str, Request | None, Outcome | None]


def plan(
    scorer: Scorer, providers: Sequence[Provider], only: Iterable[str] | None = None, *, ask_all: bool = False
) -> dict[str, tuple[Provider, list[Request]]]:
    """What each provider would be asked for: every stored series of the thesis' catalogue, or ``only`` some.

    Where the last pull failed, or has a time that is still to come, its source is asked whatever the provider
    remembers. Raises ``InputError`` for an id that is unknown or that no provider serves.
    """
    feeds = scorer.store.feeds()
    wanted = list(scorer.catalogue) if only is None else list(dict.fromkeys(only))
    found: dict[str, tuple[Provider, list[Request]]] = {provider.name: (provider, []) for provider in providers}
    for series_id in wanted:
        meta = meta_of(scorer.catalogue, series_id)
        served = [(provider, symbol) for provider in providers if (symbol := _symbol(provider, meta)) is not None]
        if served:
            provider, symbol = served[0]
            feed = feeds.get(series_id)
            found[provider.name][1].append(_request(meta, symbol, feed, ask_all=ask_all))
        elif only is not None:
            raise InputError(f"no provider serves {series_id}; {_what_brings(scorer, meta)}")
    return {name: part for name, part in found.items() if part[1]}


def refresh(
    scorer: Scorer,
    providers: Sequence[Provider],
    link: Link,
    *,
    only: Iterable[str] | None = None,
    ask_all: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> RefreshReport:
    """Bring what can have changed into the store; ``ask_all`` asks also where nothing can be new.

    ``progress`` hears of each series as it is done; ``cancelled`` is asked often and ends the refresh early, as does
    Ctrl-C. A series that fails keeps what the store has and never stops another. Raises ``StoreError`` where another
    refresh runs, or the store cannot or may not be written; ``InputError`` for a series in ``only`` that cannot be
    asked for.
    """
    if not scorer.store.engine.can_write():
        raise StoreError(f"you may only read the store {scorer.store.engine.where}; another user refreshes it")
    with scorer.store.refreshing():
        return _Refresh(scorer, link, progress or (lambda _: None), cancelled).run(
            plan(scorer, providers, only, ask_all=ask_all), ask_all=ask_all
        )


class _Refresh:
    """One refresh while it runs."""

    def __init__(self, scorer: Scorer, link: Link, progress: Progress, cancelled: Callable[[], bool]) -> None:
        self._scorer, self._store, self._link = scorer, scorer.store, link
        self._progress, self._cancelled = progress, cancelled
        self._stop = Flag()
        self._started_at = dt.datetime.now(dt.UTC)
        self._today = today()
        self._results: dict[str, SeriesResult] = {}
        self._total = 0

    def run(self, planned: dict[str, tuple[Provider, list[Request]]], *, ask_all: bool) -> RefreshReport:
        stopped = False
        self._total = sum(len(requests) for _, requests in planned.values())
        before = self._scorer.default_as_of()
        waiting: dict[str, dict[str, Request]] = {}
        try:
            work = {name: (provider, self._due(name, requests, ask_all=ask_all))
                    for name, (provider, requests) in planned.items()}  # fmt: skip
            waiting = {name: {request.meta.id: request for request in due} for name, (_, due) in work.items() if due}
            stopped = self._collect({name: part for name, part in work.items() if part[1]}, waiting)
        except KeyboardInterrupt:
            stopped = True
        finally:
            self._stop.set()
        for name, (_, requests) in planned.items():
            for request in requests:
                if request.meta.id not in self._results:
                    self._say(name, request, "not asked", reason="the refresh was stopped")
        moved, reason = self._move_as_of(before)
        order = [request.meta.id for _, requests in planned.values() for request in requests]
        return RefreshReport(
            started_at=self._started_at,
            finished_at=dt.datetime.now(dt.UTC),
            series=tuple(self._results[series_id] for series_id in order if series_id in self._results),
            stopped=stopped,
            as_of=self._scorer.default_as_of(),
            as_of_moved=moved,
            as_of_reason=reason,
        )

    def _due(self, name: str, requests: Sequence[Request], *, ask_all: bool) -> list[Request]:
        feeds = self._store.feeds()
        due = []
        for request in requests:
            reason = None if ask_all else not_due(request, feeds.get(request.meta.id), self._started_at, self._today)
            if reason is None:
                due.append(request)
            else:
                self._say(name, request, "unchanged", reason=reason)
        return due

    def _collect(self, work: dict[str, tuple[Provider, list[Request]]], waiting: dict[str, dict[str, Request]]) -> bool:
        """Write what arrives until every provider is done; True where the user stopped it."""
        arrivals: SimpleQueue[_Arrival] = SimpleQueue()
        for name, (provider, requests) in work.items():
            Thread(target=self._ask, args=(name, provider, requests, arrivals), daemon=True).start()
        heard = dict.fromkeys(work, time.monotonic())
        while heard:
            if self._cancelled():
                return True
            try:
                name, request, outcome = arrivals.get(timeout=_LOOK_SECONDS)
            except Empty:
                self._give_up_on_silent(heard, waiting)
                continue
            if name not in heard:
                continue
            heard[name] = time.monotonic()
            if request is None:
                del heard[name]
                self._fail_rest(name, waiting, "the provider gave no answer" if outcome is None else str(outcome))
            elif outcome is not None and request.meta.id in waiting[name]:
                self._keep(name, request, outcome)
                del waiting[name][request.meta.id]
        return False

    def _ask(self, name: str, provider: Provider, requests: Sequence[Request], arrivals: SimpleQueue[_Arrival]) -> None:
        """In a thread: what a provider answers, then that it is done."""
        problem: SourceError | None = None
        try:
            for request, outcome in provider.pull(requests, self._link, self._today, self._stop.is_set):
                arrivals.put((name, request, outcome))
        except ThesisError as error:
            problem = SourceError(str(error))
        except Exception as error:  # noqa: BLE001 - a bug of one provider may not stop the others; its text may hold a key
            problem = SourceError(f"{name} failed in a way nobody foresaw ({type(error).__name__})")
        arrivals.put((name, None, problem))

    def _give_up_on_silent(self, heard: dict[str, float], waiting: dict[str, dict[str, Request]]) -> None:
        allowed = _PATIENCE * self._link.timeout_seconds
        for name in [name for name, moment in heard.items() if time.monotonic() - moment > allowed]:
            del heard[name]
            self._fail_rest(name, waiting, f"no answer within {allowed:.0f} seconds")

    def _fail_rest(self, name: str, waiting: dict[str, dict[str, Request]], reason: str) -> None:
        for request in list(waiting[name].values()):
            self._keep(name, request, SourceError(reason))
            del waiting[name][request.meta.id]

    def _keep(self, name: str, request: Request, outcome: Outcome) -> None:
        """Write one answer, whole or not at all; what no store keeps is a failure of its series."""
        if not isinstance(outcome, Pull):
            self._fail(name, request, str(outcome))
        elif _rested(request, outcome):
            self._say(name, request, "unchanged", reason="nothing can be new yet", warnings=outcome.warnings)
        else:
            try:
                change = self._record(request, outcome)
            except UnfitValue as error:
                self._fail(name, request, f"{outcome.source} sent something that is no value: {error}")
                return
            self._say(
                name, request, "fetched" if change else "unchanged", added=change.added, revised=change.revised,
                source=outcome.source, warnings=outcome.warnings,
            )  # fmt: skip

    def _record(self, request: Request, pull: Pull) -> Change:
        return self._store.record(
            request.meta.id,
            () if pull.unchanged else pull.rows,
            seen_on=self._today,
            exact=pull.vintage_true,
            source=pull.source,
            state=pull.state,
            facts=pull.facts,
            vintages_from=pull.vintages_from,
        )

    def _fail(self, name: str, request: Request, why: str) -> None:
        reason = self._without_key(why)
        self._store.record_failure(request.meta.id, reason)
        self._say(name, request, "failed", reason=reason)

    def _without_key(self, text: str) -> str:
        """Providers redact the key themselves; this is the second lock."""
        key = self._link.fred_key
        return " ".join((text.replace(key, "***") if key else text).split())

    def _say(
        self,
        provider: str,
        request: Request,
        status: SeriesStatus,
        *,
        reason: str | None = None,
        added: int = 0,
        revised: int = 0,
        source: str | None = None,
        warnings: tuple[str, ...] = (),
    ) -> None:
        newest = _newest(self._scorer, request.meta)
        age = None if newest is None else (self._today - newest).days
        result = SeriesResult(request.meta.id, provider, status, reason, added, revised, source, newest, age, warnings)
        self._results[result.series_id] = result
        self._progress(Event(len(self._results), self._total, result))

    def _standing(self, day: dt.date) -> tuple[Status, float]:
        """How the score of a day stands, and the share of the weight that is known in published pillars."""
        try:
            result = self._scorer.evaluate(day)
        except InputError:  # nothing at all is known on that day
            return "withheld", 0.0
        return result.status, result.coverage.effective

    def _move_as_of(self, before: dt.date) -> tuple[bool, str | None]:
        """Let the default day of a score be today where today's score stands as well as that of the day it last stood.

        Where today's is worse, that day is the default again. Returns whether the day moved to today, and where today's
        score does not stand, the sentence that says why.
        """
        stood = self._scorer.last_stood()
        now, then = self._standing(self._today), self._standing(stood)
        if now[0] == "withheld" or _RANK[now[0]] < _RANK[then[0]]:
            if _RANK[now[0]] < _RANK[then[0]]:
                self._scorer.hold(stood)
            return False, (
                f"Today's score would rest on the {percent(now[1])} of the weight that is known in published pillars"
                f" ({now[0]}), that of {stood} on {percent(then[1])};"
                " another refresh that reaches more moves the day."
            )
        brought = [item for item in self._results.values() if item.status in ("fetched", "unchanged")]
        if any(item.source is not None for item in brought) or (brought and before < self._today):
            self._scorer.stands(self._started_at)
            return before < self._today, None
        return False, None


def not_due(request: Request, feed: Feed | None, now: dt.datetime, day: dt.date) -> str | None:
    """Why a series need not be asked for; None where it is due.

    It is not due for 15 minutes after its source answered, nor again on a day on which no release of it is expected.
    A series that failed last time is due.
    """
    if feed is None or feed.checked_at is None or feed.failure is not None:
        return None
    since = now - feed.checked_at
    if since < dt.timedelta():  # a clock was set back
        return None
    if since < ASKED_AGAIN_AFTER:
        return f"asked {max(1, round(since.total_seconds() / 60))} min ago"
    if request.last_observed is None or feed.checked_at.astimezone(now.tzinfo).date() != now.date():
        return None
    due_on = _next_release(request.meta, request.last_observed)
    return f"asked today, the next release is due on {due_on}" if due_on > day else None


def _request(meta: SeriesMeta, symbol: str, feed: Feed | None, *, ask_all: bool) -> Request:
    if feed is None:
        return Request(meta, symbol, None, None, ask_all)
    to_come = feed.checked_at is not None and feed.checked_at > dt.datetime.now(dt.UTC)  # a clock was set back
    last = None if feed.checked_at is None else feed.newest
    return Request(meta, symbol, last, feed.state, ask_all or to_come or feed.failure is not None)


def _what_brings(scorer: Scorer, meta: SeriesMeta) -> str:
    """What to do for a series that no provider serves."""
    if meta.derived is None:
        return "enter its values with `xl-thesis import`"
    return f"it is computed from others, so refresh those: {', '.join(leaves(meta.id, scorer.catalogue))}"


def _rested(request: Request, pull: Pull) -> bool:
    """Whether a provider answered from memory, which says nothing about its source."""
    return pull.unchanged and pull.state is not None and pull.state == request.state


def _next_release(meta: SeriesMeta, last_observed: dt.date) -> dt.date:
    import numpy as np

    return to_date(Schedule.of(meta).expected_after(np.array([last_observed], dtype="datetime64[D]"))[0])


def _newest(scorer: Scorer, meta: SeriesMeta) -> dt.date | None:
    vintages = scorer.store.vintages(meta)
    return None if vintages is None else to_date(vintages.days[-1])


def _symbol(provider: Provider, meta: SeriesMeta) -> str | None:
    return None if meta.derived is not None else provider.symbol(meta)
