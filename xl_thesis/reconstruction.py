"""The score on many past days at once, equal to ``evaluate`` on each of them.

What is known of an indicator changes only when a value becomes available. So each way to it is computed once for every
such day (a *track*), and a day's score is put together from the tracks in force on it. Where a series has one value a
period and its transform looks back only, the whole track comes from one pass.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xl_thesis import definition as d
from xl_thesis import indicators as reading
from xl_thesis import normalise, rolling
from xl_thesis.definition import STATISTICS, Indicator, Thesis
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.knowledge import Archive, Knowledge
from xl_thesis.models import Operand, SeriesMeta
from xl_thesis.observations import Days, Schedule, TimeSeries, Values, to_date, to_day
from xl_thesis.operators import looks_back_only
from xl_thesis.scoring import freshness_along
from xl_thesis.store import Store
from xl_thesis.thesis import transform_series

_ONE_PASS_EXCEPT = (*STATISTICS, "change_since")


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One way to an indicator: from each ``known_on`` the score (NaN: not defined) of the value of ``observed_on``.

    ``values`` are those that were scored; NaN where the scores came with the package.
    """

    known_on: Days
    observed_on: Days
    scores: Values
    values: Values
    schedule: Schedule

    def on(self, days: Days, thesis: Thesis) -> tuple[Values, Values, Values, Values]:
        """Score, freshness and value on each day, and of which day; NaN, 0, NaN and any where there is none."""
        rows = np.searchsorted(self.known_on, days, side="right") - 1
        scores, values = (np.where(rows >= 0, part[np.maximum(rows, 0)], np.nan) for part in (self.scores, self.values))
        expected = self.schedule.expected_after(self.observed_on)[np.maximum(rows, 0)]
        overdue = (days - expected).astype(np.int64)
        fresh = freshness_along(overdue, thesis.method.staleness[self.schedule.frequency])
        observed = self.observed_on[np.maximum(rows, 0)].astype("datetime64[D]").astype(np.float64)
        return scores, np.where(np.isfinite(scores), fresh, 0.0), values, observed


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Score (NaN: missing) and freshness of every indicator on every day: one row an indicator.

    ``values`` are those that were scored, after the transform; NaN where a score came with the package.
    """

    days: Days
    scores: NDArray[np.float64]
    freshness: NDArray[np.float64]
    values: NDArray[np.float64]

    def turned(self, rows: NDArray[np.bool_]) -> Panel:
        """The same with the direction of these indicators turned."""
        return Panel(self.days, np.where(rows[:, None], 100.0 - self.scores, self.scores), self.freshness, self.values)


class Reconstruction:
    """The tracks of a thesis over a store, made as days ask for them."""

    def __init__(
        self,
        thesis: Thesis,
        store: Store,
        archive: Archive,
        catalogue: Mapping[str, SeriesMeta],
        precomputed: Mapping[str, SeriesMeta],
    ) -> None:
        self._thesis = thesis
        self._store = store
        self._archive = archive
        self._catalogue = catalogue
        self._precomputed = precomputed

    def panel(self, days: Sequence[dt.date]) -> Panel:
        """Every indicator on every day; the days ascend."""
        asked = np.array(days, dtype="datetime64[D]")
        rows = [self._indicator(indicator, asked) for indicator in self._thesis.indicators]
        return Panel(asked, *(np.vstack(part) for part in zip(*rows, strict=True)))

    def _indicator(self, indicator: Indicator, days: Days) -> tuple[Values, Values, Values]:
        """The first fresh way on each day, else the freshest, of expired ones the newest.

        Ways are computed only on days that need them.
        """
        scores, fresh, values, observed = (np.full(len(days), start) for start in (np.nan, -1.0, np.nan, np.nan))
        for source in (indicator.source, *(fallback.source for fallback in indicator.fallbacks), None):
            open_days = np.flatnonzero(fresh < 1.0)
            if len(open_days) == 0:
                break
            if source is None:
                track = self._precomputed_track(indicator)
            else:
                track = self._track(indicator, source, days[open_days])
            if track is None:
                continue
            way = track.on(days[open_days], self._thesis)
            newer = (way[1] == 0) & (fresh[open_days] == 0) & (way[3] > observed[open_days])
            better = np.isfinite(way[0]) & ((way[1] > fresh[open_days]) | newer)
            for whole, part in zip((scores, fresh, values, observed), way, strict=True):
                whole[open_days[better]] = part[better]
        return scores, np.maximum(fresh, 0.0), values

    def _precomputed_track(self, indicator: Indicator) -> Track | None:
        vintages = self._store.vintages(self._precomputed[indicator.id])
        if vintages is None:
            return None
        known_on, observed_on, scores = vintages.available, vintages.days, vintages.values
        if not vintages.in_order:  # a later edition of the package has told some of them anew
            known_on = np.unique(known_on)
            then = [vintages.as_known(to_date(day)) for day in known_on]
            observed_on = np.array([known.days[-1] if len(known) else known_on[0] for known in then])
            scores = np.array([known.values[-1] if len(known) else np.nan for known in then])
        return Track(known_on, observed_on, scores, np.full(len(scores), np.nan), vintages.schedule)

    def _track(self, indicator: Indicator, source: Operand, days: Days) -> Track | None:
        changes = self._changes((source, *transform_series(indicator)))
        if changes is None:
            return None
        base = getattr(indicator.transform, "base_date", None) or self._thesis.base_date
        if base is not None:  # an anchored transform begins on its base date, whether or not anything is published then
            changes = np.union1d(changes, to_day(base))
        one_pass = self._is_head(source)
        if one_pass and indicator.transform.kind not in _ONE_PASS_EXCEPT:
            return self._in_one_pass(indicator, source)
        first = max(0, int(np.searchsorted(changes, days[0], side="right")) - 1)
        last = int(np.searchsorted(changes, days[-1], side="right"))
        needed = changes[first:last]
        if len(needed) == 0:  # nothing of it is known on any of these days
            return None
        if len(days) < len(needed):  # few days asked for: compute on those alone
            needed = days
        if one_pass and all(map(self._is_head, transform_series(indicator))):
            statistics = self._statistics(indicator, source, needed)
            if statistics is not None:
                return statistics
        return self._day_by_day(indicator, source, needed)

    def _is_head(self, source: Operand) -> bool:
        """Whether what is known of a series on a day is always a head of the whole."""
        vintages = self._archive.vintages(source)
        return vintages is not None and vintages.in_order and looks_back_only(source)

    def _statistics(self, indicator: Indicator, source: Operand, days: Days) -> Track | None:
        """A statistic on all these days at once; None for transforms that are none."""
        knowledge = self._knowledge(dt.date.max)
        series, *others = [knowledge.series(operand) for operand in (source, *transform_series(indicator))]
        heads, *other_heads = [np.searchsorted(part.available, days, side="right") for part in (series, *others)]
        values = self._values(indicator, series, heads, days, [*zip(others, other_heads, strict=True)])
        if values is None:
            return None
        scores = _scores_of(indicator, values)
        directed = scores if indicator.direction > 0 else 100.0 - scores
        return Track(days, series.days[np.maximum(heads - 1, 0)], directed, values, series.schedule)

    def _values(
        self,
        indicator: Indicator,
        series: TimeSeries,
        heads: rolling.Heads,
        days: Days,
        others: Sequence[tuple[TimeSeries, rolling.Heads]],
    ) -> Values | None:
        match indicator.transform:
            case d.DriftT(window=window):
                return rolling.drift_t(series, heads, window)
            case d.ExcessDriftT(window=window):
                return rolling.excess_drift_t(series, heads, *others[0], window)
            case d.Beta(weeks=weeks, min_observations=least):
                return rolling.weekly_beta(series, heads, *others[0], weeks, least)
            case d.AnchoredZ(base_date=own, volatility_years=years):
                base = own or self._thesis.base_date
                if base is None:
                    return np.full(len(days), np.nan)
                return np.where(days >= to_day(base), rolling.anchored_z(series, heads, base, years), np.nan)
        return None

    def _in_one_pass(self, indicator: Indicator, source: Operand) -> Track | None:
        knowledge = self._knowledge(dt.date.max)
        series = knowledge.series(source)
        moved = reading.transform(indicator.transform, series, knowledge, self._thesis.base_date)
        if len(moved) == 0:
            return None
        scores = _scores_along(indicator, moved, self._thesis)
        directed = scores if indicator.direction > 0 else 100.0 - scores
        known_on = np.maximum.accumulate(moved.available)
        newest = np.append(known_on[1:] != known_on[:-1], True)
        return Track(known_on[newest], moved.days[newest], directed[newest], moved.values[newest], moved.schedule)

    def _day_by_day(self, indicator: Indicator, source: Operand, days: Days) -> Track | None:
        observed, scores, values, schedule = [], [], [], None
        for day in days:
            try:
                found = reading.compute(indicator, source, self._thesis, self._knowledge(to_date(day)))
            except (MissingData, CalculationError):
                observed.append(day)
                scores.append(np.nan)
                values.append(np.nan)
                continue
            observed.append(to_day(found.observed_on or to_date(day)))
            scores.append(np.nan if found.score is None else found.score)
            values.append(np.nan if found.value is None else found.value)
            schedule = found.schedule
        if schedule is None:
            return None
        return Track(days, np.array(observed, dtype="datetime64[D]"), np.array(scores), np.array(values), schedule)

    def _changes(self, operands: Iterable[Operand]) -> Days | None:
        """Days on which anything behind these operands became known; None where something never did."""
        knowledge = self._knowledge(dt.date.max)
        changes = []
        for operand in operands:
            for meta in knowledge.leaves(operand):
                vintages = self._store.vintages(meta)
                if vintages is None:
                    return None
                changes.append(vintages.available)
        return np.unique(np.concatenate(changes))

    def _knowledge(self, on: dt.date) -> Knowledge:
        return Knowledge(self._store, self._catalogue, on, self._archive)


def _scores_along(indicator: Indicator, moved: TimeSeries, thesis: Thesis) -> Values:
    """The undirected score after each value of a transformed series."""
    if indicator.normalise.kind != "midrank":
        return _scores_of(indicator, moved.values)
    ranks = normalise.expanding_mid_rank(moved.values)
    return normalise.shrink_along(ranks, moved, thesis.method.short_history)


def _scores_of(indicator: Indicator, values: Values) -> Values:
    """The undirected score of each value on its own; NaN stays NaN."""
    rule = indicator.normalise
    if isinstance(rule, d.Goalposts):
        return np.array([normalise.goalposts(value, rule.posts) for value in values.tolist()])
    if isinstance(rule, d.NormalCdf):
        return np.array([normalise.normal_cdf(value, rule.neutral, rule.scale) for value in values.tolist()])
    raise ValueError(f"{rule.kind} needs a history")
