"""Why the score moved between two days: new data, revised data, another source, staleness, entry and exit. Exact.

The change of a weighted mean S = 50 + Σ w (s - 50) is split as Bennet (1920) splits the change of an expenditure:

    S2 - S1 = Σ w̄ (s2 - s1) + Σ (s̄ - 50) (w2 - w1)

w are effective weights of the whole score, zero where an indicator was not in; bars are means of the two days. The
score of a day without weight does not count: that of the other day stands for both. The first sum has three causes:

    route       where the way to an indicator changed: the score by the later way less that by the earlier, on the day
                on which the way not in use was fresher (the second if equal); all of s2 - s1 where they never met
    revision    the way's score from the second day's values of the periods known on the first, less that of the first
    news        the rest: periods that became known after the first day

The second sum shifts weight within pillars, then between them. In a pillar published on both days let a and b be live
weights (declared weight times freshness), A and B their sums, and M the means of s̄ - 50 under them. Then

    M_B - M_A = Σ (b - a) ((s̄ - 50 - M_A) / B + (s̄ - 50 - M_B) / A) / 2

so each indicator answers for what its own gain or loss of weight did: *staleness* where its score is known on both
days, fresh or not, and *entry* where on one. The same with the weights of pillars is *publication*: pillars that cross
the coverage which they must have.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from xl_thesis import indicators as reading
from xl_thesis.definition import Indicator
from xl_thesis.errors import CalculationError, InputError, MissingData
from xl_thesis.evaluation import Evaluation, IndicatorResult, percent
from xl_thesis.knowledge import Knowledge
from xl_thesis.models import Operand
from xl_thesis.normalise import NEUTRAL
from xl_thesis.observations import TimeSeries, Vintages, to_date
from xl_thesis.pipeline import Scorer
from xl_thesis.scoring import freshness, round_to_sum

Cause = Literal["news", "revision", "route", "staleness", "entry", "publication"]
CAUSES: dict[Cause, str] = {
    "news": "new observations",
    "revision": "revisions of older observations",
    "route": "a switch to another source",
    "staleness": "data that went stale, or are fresh again",
    "entry": "indicators that came in or dropped out",
    "publication": "pillars that came in or dropped out",
}
_NO_CHANGE = 1e-14


@dataclass(frozen=True, slots=True)
class Split:
    """A change of an indicator's own score by cause, in points of that score."""

    news: float
    revision: float = 0.0
    route: float = 0.0


@dataclass(frozen=True, slots=True)
class Effect:
    """Points of the whole score that an indicator, or for ``publication`` a pillar, moved it by for one cause."""

    cause: Cause
    id: str
    points: float
    words: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """The change of the score from ``since`` to ``as_of``; ``effects`` add up to it within 1e-12."""

    thesis: str
    since: dt.date
    as_of: dt.date
    before: float
    after: float
    effects: tuple[Effect, ...]

    @property
    def change(self) -> float:
        """Points of 100."""
        return self.after - self.before

    def totals(self) -> dict[Cause, float]:
        """Points by cause, every cause included."""
        return {cause: math.fsum(item.points for item in self.effects if item.cause == cause) for cause in CAUSES}

    def displayed(self) -> dict[Cause, tuple[float, list[tuple[Effect, float]]]]:
        """By cause its points to one decimal, and its effects with theirs, largest first.

        Effects add up to their cause, causes to the difference of the displayed scores. What is shown as 0.0 is left
        out.
        """
        totals = {cause: points for cause, points in self.totals().items() if points or self._of(cause)}
        shown = round_to_sum(list(totals.values()), round(self.after, 1) - round(self.before, 1))
        tree = {}
        for cause, points in zip(totals, shown, strict=True):
            effects = self._of(cause)
            pairs = zip(effects, round_to_sum([item.points for item in effects], points), strict=True)
            seen = sorted((pair for pair in pairs if pair[1]), key=lambda pair: -abs(pair[1]))
            if points or seen:
                tree[cause] = points, seen
        return tree

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; points are not rounded."""
        return {
            "thesis": self.thesis, "since": str(self.since), "as_of": str(self.as_of), "before": self.before,
            "after": self.after, "change": self.change, "causes": self.totals(),
            "effects": [
                {"cause": item.cause, "id": item.id, "points": item.points, "words": item.words}
                for item in self.effects
            ],
        }  # fmt: skip

    def _of(self, cause: Cause) -> list[Effect]:
        return [item for item in self.effects if item.cause == cause]


def explain_change(scorer: Scorer, since: dt.date, as_of: dt.date | None = None) -> Attribution:
    """Why the score as known on ``as_of`` differs from that as known on ``since``, both by today's definition.

    Raises ``InputError`` where the days are not in order, in the future or before all data, and ``MissingData`` where
    the score of one is withheld.

    >>> from xl_thesis.default_store import open_default_store
    >>> from xl_thesis.thesis import load_thesis
    >>> with open_default_store() as store:
    ...     scorer = Scorer(load_thesis("american_exceptionalism"), store)
    ...     found = explain_change(scorer, dt.date(2026, 3, 31), dt.date(2026, 6, 30))
    >>> abs(math.fsum(found.totals().values()) - found.change) < 1e-12
    True
    """
    as_of = scorer.default_as_of() if as_of is None else as_of
    if since >= as_of:
        raise InputError(f"the change is from an earlier day to a later one, not from {since} to {as_of}")
    with scorer.store.reading():  # both days from one state of the store
        before, after = scorer.evaluate(since), scorer.evaluate(as_of)
        ways = _Ways(scorer, since, as_of)
        splits = {
            item.id: ways.split(item, old, new)
            for item, old, new in zip(scorer.thesis.indicators, before.indicators, after.indicators, strict=True)
        }
    return attribute(before, after, splits)


def attribute(before: Evaluation, after: Evaluation, splits: Mapping[str, Split]) -> Attribution:
    """The change between two evaluations of one definition; ``splits`` has the change of each indicator's own score.

    Raises ``MissingData`` where one of the scores is withheld.
    """
    for result in (before, after):
        if result.score is None:
            raise MissingData(f"the score on {result.as_of} is withheld, so it has no change to explain")
    pairs = [_Pair(old, new) for old, new in zip(before.indicators, after.indicators, strict=True)]
    effects = [
        *_own_changes(pairs, splits), *_shifts_within(before, after, pairs), *_shifts_between(before, after, pairs)
    ]  # fmt: skip
    return Attribution(
        thesis=after.thesis,
        since=before.as_of,
        as_of=after.as_of,
        before=before.score or 0.0,
        after=after.score or 0.0,
        effects=tuple(item for item in effects if item.points),
    )


class _Ways:
    """The scores of indicators by a way of choice, on either day or with the first day's periods alone."""

    def __init__(self, scorer: Scorer, since: dt.date, as_of: dt.date) -> None:
        self._scorer = scorer
        self._first, self._second = scorer.knowledge(since), scorer.knowledge(as_of)
        self._revised = _Revised(scorer, since, as_of)

    def split(self, indicator: Indicator, old: IndicatorResult, new: IndicatorResult) -> Split:
        """The change of an indicator's own score by cause."""
        if old.score is None or new.score is None or old.source is None or new.source is None:
            return Split(0.0)
        if not (old.effective_weight and new.effective_weight):
            return Split(new.score - old.score)
        start, end, way, route = old.score, new.score, old.source, 0.0
        if old.source != new.source:
            early = self._look(indicator, new.source, self._first)
            late = self._look(indicator, old.source, self._second)
            if early is not None and (late is None or early[1] > late[1]):
                route, start, way = early[0] - start, early[0], new.source
            elif late is not None:
                route, end = end - late[0], late[0]
            else:
                return Split(0.0, route=end - start)
        revised = self._look(indicator, way, self._revised)
        middle = start if revised is None else revised[0]
        return Split(news=end - middle, revision=middle - start, route=route)

    def _look(self, indicator: Indicator, source: str, knowledge: Knowledge) -> tuple[float, float] | None:
        """Score and freshness of an indicator by one way; None where it cannot be computed."""
        ways: tuple[Operand, ...] = (indicator.source, *(fallback.source for fallback in indicator.fallbacks))
        operand = next((way for way in ways if str(way) == source), None)
        thesis = self._scorer.thesis
        try:
            if operand is not None:
                found = reading.compute(indicator, operand, thesis, knowledge)
                return None if found.score is None else (found.score, found.freshness)
            scores = knowledge.stored(self._scorer.meta_of(source))
        except (MissingData, CalculationError):
            return None
        overdue = scores.schedule.days_overdue(to_date(scores.days[-1]), knowledge.on)
        return float(scores.values[-1]), freshness(overdue, thesis.method.staleness[scores.schedule.frequency])


class _Revised(Knowledge):
    """The periods known on one day with the values known on a later one."""

    def __init__(self, scorer: Scorer, since: dt.date, on: dt.date) -> None:
        super().__init__(scorer.store, scorer.catalogue, on)
        self._since = since

    def _known(self, operand: Operand, vintages: Vintages | None) -> TimeSeries:
        known = super()._known(operand, vintages)
        periods = vintages.as_known(self._since).days if vintages is not None else known.days
        rows = np.flatnonzero(np.isin(known.days, periods))
        if len(rows) == 0:
            raise MissingData(f"{operand} had no value known on {self._since}")
        return known.at(rows)


@dataclass(frozen=True, slots=True)
class _Pair:
    """An indicator on both days."""

    old: IndicatorResult
    new: IndicatorResult

    @property
    def points(self) -> float:
        """Mean score less 50 of the days on which it had weight."""
        known = [item.score for item in (self.old, self.new) if item.score is not None and item.effective_weight > 0]
        return math.fsum(known) / len(known) - NEUTRAL if known else 0.0


def _own_changes(pairs: Sequence[_Pair], splits: Mapping[str, Split]) -> Iterator[Effect]:
    """The first sum: mean weight times the change of the indicator's own score."""
    for pair in pairs:
        old, new, split = pair.old, pair.new, splits[pair.new.id]
        if old.score is not None and new.score is not None and old.effective_weight > 0 and new.effective_weight > 0:
            weight = (old.effective_weight + new.effective_weight) / 2
            scores = f"score {old.score:.1f} to {new.score:.1f}"
            yield Effect("news", new.id, weight * split.news, f"{scores}, last observed {new.observed_on}")
            yield Effect("revision", new.id, weight * split.revision, f"{scores}, {split.revision:+.1f} by revision")
            yield Effect("route", new.id, weight * split.route, f"{scores}, from {new.source}, not {old.source}")


def _shifts_within(before: Evaluation, after: Evaluation, pairs: Sequence[_Pair]) -> Iterator[Effect]:
    """The second sum within pillars published on both days."""
    for old, new in zip(before.pillars, after.pillars, strict=True):
        if old.score is None or new.score is None:
            continue
        inside = {pair.new.id: pair for pair in pairs if pair.new.pillar == new.id}
        per_old, per_new = old.coverage / old.effective_weight, new.coverage / new.effective_weight
        first = {name: pair.old.effective_weight * per_old for name, pair in inside.items()}
        second = {name: pair.new.effective_weight * per_new for name, pair in inside.items()}
        points = _moved_mean(first, second, {name: pair.points for name, pair in inside.items()})
        share = (old.effective_weight + new.effective_weight) / 2
        for name, pair in inside.items():
            cause: Cause = "entry" if pair.old.score is None or pair.new.score is None else "staleness"
            yield Effect(cause, name, share * points[name], _words_of_shift(pair, second[name] - first[name]))


def _shifts_between(before: Evaluation, after: Evaluation, pairs: Sequence[_Pair]) -> Iterator[Effect]:
    """The second sum between pillars: those published on one day only."""
    first, second = (
        {pillar.id: pillar.weight if pillar.score is not None else 0.0 for pillar in result.pillars}
        for result in (before, after)
    )
    means = {}
    for old, new in zip(before.pillars, after.pillars, strict=True):
        inside = [pair for pair in pairs if pair.new.pillar == new.id]
        found = []
        if old.score is not None:
            found.append(math.fsum(pair.old.effective_weight * pair.points for pair in inside) / old.effective_weight)
        if new.score is not None:
            found.append(math.fsum(pair.new.effective_weight * pair.points for pair in inside) / new.effective_weight)
        means[new.id] = math.fsum(found) / len(found) if found else 0.0
    points = _moved_mean(first, second, means)
    for old, new in zip(before.pillars, after.pillars, strict=True):
        verb = "published now" if old.score is None else "no longer published"
        words = f"{verb}: {percent(new.coverage)} of its weight is known, {percent(old.coverage)} before"
        yield Effect("publication", new.id, points[new.id], words)


def _moved_mean(
    first: Mapping[str, float], second: Mapping[str, float], values: Mapping[str, float]
) -> dict[str, float]:
    """What each change of weight did to the weighted mean of the values; it adds up to the change of the mean."""
    total_first, total_second = math.fsum(first.values()), math.fsum(second.values())
    mean_first = math.fsum(first[name] * value for name, value in values.items()) / total_first
    mean_second = math.fsum(second[name] * value for name, value in values.items()) / total_second
    effects = {}
    for name, value in values.items():
        shift = second[name] - first[name]
        if abs(shift) <= _NO_CHANGE * first[name]:  # the same weight, computed on two days
            shift = 0.0
        effects[name] = shift * ((value - mean_first) / total_second + (value - mean_second) / total_first) / 2
    return effects


def _words_of_shift(pair: _Pair, change: float) -> str:
    old, new = pair.old, pair.new
    if old.score is None:
        return f"known now; before: {old.reason}"
    if new.score is None:
        return f"missing now: {new.reason}"
    if change > 0:
        return f"{'fresh' if new.status == 'fresh' else 'less stale'} with the value of {new.observed_on}"
    state = "too old to count" if new.status == "expired" else "went stale"
    last = max(day for day in (old.observed_on, new.observed_on) if day is not None)
    return f"{state}: nothing after the value of {last}"
