"""The only composition: store -> series as known -> transform -> normalise -> score -> one frozen Evaluation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xl_thesis import indicators as reading
from xl_thesis import scoring
from xl_thesis.catalogue import meta_of
from xl_thesis.days import as_date, check_day, day_of, period_ends, today
from xl_thesis.default_store import open_default_store
from xl_thesis.definition import Indicator, Role, Thesis
from xl_thesis.errors import InputError
from xl_thesis.evaluation import (
    BandResult,
    Bounds,
    Coverage,
    DataState,
    Evaluation,
    Grade,
    IndicatorResult,
    PillarResult,
    Status,
)
from xl_thesis.indicators import Reading
from xl_thesis.knowledge import Archive, Knowledge
from xl_thesis.models import Frequency, SeriesMeta
from xl_thesis.observations import Values
from xl_thesis.published import freezes, frozen_since, rules_of
from xl_thesis.reconstruction import Panel, Reconstruction
from xl_thesis.robustness import robustness_band
from xl_thesis.sources import embedded
from xl_thesis.store import Store
from xl_thesis.store.imports import files_of
from xl_thesis.thesis import catalogue_of, computation_key, definition_hash, series_behind
from xl_thesis.version import VERSION

if TYPE_CHECKING:
    import pandas as pd


class Scorer:
    """A thesis over a store: what does not depend on the date is prepared once.

    >>> from xl_thesis.thesis import load_thesis
    >>> with open_default_store() as store:
    ...     result = Scorer(load_thesis("american_exceptionalism"), store).evaluate(dt.date(2026, 6, 30))
    >>> 0 <= result.score <= 100
    True
    """

    def __init__(self, thesis: Thesis, store: Store) -> None:
        self.thesis = thesis
        self.store = store
        self.catalogue = catalogue_of(thesis)
        self.definition_hash = definition_hash(thesis)
        self._rules = rules_of(thesis)
        self._archive = Archive(store, self.catalogue)
        self._precomputed = {indicator.id: _precomputed_meta(indicator, thesis) for indicator in thesis.indicators}
        self._reconstruction = Reconstruction(thesis, store, self._archive, self.catalogue, self._precomputed)

    @property
    def frozen_on(self) -> dt.date | None:
        """The day from which the definition is frozen, by its own file or by the user's log as it is now."""
        return self.thesis.frozen_on or frozen_since(self.thesis.id, self._rules, freezes())

    def meta_of(self, series_id: str) -> SeriesMeta:
        """What a series is, precomputed scores included."""
        precomputed = (meta for meta in self._precomputed.values() if meta.id == series_id)
        return next(precomputed, None) or meta_of(self.catalogue, series_id)

    def knowledge(self, on: dt.date) -> Knowledge:
        """What the store knows on a day."""
        return Knowledge(self.store, self.catalogue, on, self._archive)

    def default_as_of(self) -> dt.date:
        """Today once a refresh has brought what this thesis' score needs, until one finds that it does not stand today.

        From then on it is the last day on which it stood; on embedded data alone it is their reference date.
        """
        if self.store.refreshed_at(self.thesis.id) is None:
            return embedded.read_package().reference_date
        held = self.store.get(self._held_note)
        return min(dt.date.fromisoformat(held), today()) if held else today()

    def last_stood(self) -> dt.date:
        """The last day on which a refresh found that the score stands; before any, the embedded reference date."""
        found = self.store.refreshed_at(self.thesis.id)
        return embedded.read_package().reference_date if found is None else min(day_of(found), today())

    def stands(self, moment: dt.datetime) -> None:
        """Keep that a refresh found today's score to stand."""
        text = moment.isoformat(timespec="seconds")
        self.store.note({"refreshed_at": text, f"refreshed_at:{self.thesis.id}": text, self._held_note: ""})

    def hold(self, day: dt.date) -> None:
        """Keep that a refresh found today's score worse than that of a day, which stays the default."""
        self.store.note({self._held_note: day.isoformat()})

    @property
    def _held_note(self) -> str:
        return f"held_at:{self.thesis.id}"

    def evaluate(self, as_of: dt.date | None = None, *, with_band: bool = False) -> Evaluation:
        """The thesis scored as known at the end of a day (New York).

        ``with_band`` adds the robustness band. Raises ``InputError`` for a day in the future or before anything was
        known.
        """
        as_of = self.default_as_of() if as_of is None else as_of
        knowledge, readings = self.read(as_of)
        used = {series_id for item in readings.values() if item.freshness > 0 for series_id in item.series_ids}
        result = self._assemble(as_of, readings, knowledge.data_hash(self.meta_of(series_id) for series_id in used))
        if not with_band:
            return result
        band = robustness_band(self.thesis, knowledge, readings, self.definition_hash)
        shown = None if band is None else band.model_dump(include=set(BandResult.model_fields))
        return result.model_copy(update={"band": shown and BandResult.model_validate(shown)})

    def read(self, as_of: dt.date) -> tuple[Knowledge, dict[str, Reading]]:
        """What is known on a day, and the reading of every indicator by id.

        Raises ``InputError`` for a day in the future or before anything was known.
        """
        self.check(as_of)
        with self.store.reading():
            knowledge = self.knowledge(as_of)
            readings = {
                indicator.id: reading.read(indicator, self.thesis, knowledge, self._precomputed[indicator.id])
                for indicator in self.thesis.indicators
            }
        self._check_known(as_of, readings)
        return knowledge, readings

    def history(self, start: dt.date, finish: dt.date | None = None, frequency: Frequency = "monthly") -> pd.DataFrame:
        """Scores as known on each past day, recomputed with today's definition: a reconstruction, not a record.

        Index: every day, every Friday, or the ends of months, quarters or years, and ``finish`` as the last. Columns:
        score, outcome_score, driver_score, coverage, and one per pillar; points of 100, coverage 0 to 1.
        Raises ``InputError`` for days in the future or not in order.
        """
        import pandas as pd

        finish = self.default_as_of() if finish is None else finish
        self.check(finish)
        if finish < start:
            raise InputError(f"the history's start {start} is after its end {finish}")
        panel = self.panel(period_ends(start, finish, frequency))
        index = pd.DatetimeIndex(panel.days, name="as_of")
        return pd.DataFrame(self.history_columns(panel), index=index, dtype="float64")

    def history_columns(self, panel: Panel) -> dict[str, Values]:
        """The columns of ``history``, by name, on the days of a panel; NaN where withheld or not published."""
        whole = self.score_panel(panel)
        roles: tuple[Role, ...] = ("outcome", "driver")
        of_roles = {f"{role}_score": self.score_panel(panel, role).score for role in roles}
        coverage = np.round(whole.coverage, scoring.SHARE_DIGITS)
        return {"score": whole.score, **of_roles, "coverage": coverage, **whole.pillars}

    def panel(self, days: Sequence[dt.date]) -> Panel:
        """Score and freshness of every indicator on past days, which ascend."""
        with self.store.reading():
            return self._reconstruction.panel(days)

    def score_panel(self, panel: Panel, role: Role | None = None) -> scoring.DailyScores:
        """The scores that a panel's indicators add up to, of all pillars or those of one role."""
        chosen = {pillar.id: pillar.weight for pillar in self.thesis.pillars if role in (None, pillar.role)}
        weights = {
            pillar: np.array([item.weight if item.pillar == pillar else 0.0 for item in self.thesis.indicators])
            for pillar in chosen
        }
        return scoring.aggregate_days(panel.scores, panel.freshness, weights, chosen, self.thesis.method)

    def data_state(self) -> DataState:
        """What the store holds."""
        refreshed_at, items = self.store.refreshed_at(self.thesis.id), self.store.imports()
        return DataState(
            kind="refreshed" if refreshed_at else "embedded",
            reference_date=embedded.read_package().reference_date,
            refreshed_at=refreshed_at,
            imported=files_of(items, series_behind(self.thesis, self.catalogue)) if items else (),
        )

    def check(self, as_of: dt.date) -> None:
        """Raise ``InputError`` for a day in the future."""
        check_day(as_of)

    def _check_known(self, as_of: dt.date, readings: Mapping[str, Reading]) -> None:
        if all(item.score is None for item in readings.values()):
            first = self.store.first_available()
            if first is None or as_of < first:
                raise InputError(f"nothing is known on {as_of}; the first date with data is {first or 'still to come'}")

    def _assemble(self, as_of: dt.date, readings: Mapping[str, Reading], data_hash: str) -> Evaluation:
        thesis = self.thesis
        whole = self._aggregate(readings, thesis.indicators)
        roles = {
            role: self._aggregate(readings, thesis.indicators, [p.id for p in thesis.pillars if p.role == role])
            for role in ("outcome", "driver")
        }
        uncontested = self._aggregate(readings, [item for item in thesis.indicators if not item.contested])
        shares = _grade_shares(readings, whole.weights)
        return Evaluation(
            thesis=thesis.id,
            title=thesis.title.en,
            as_of=as_of,
            status=self._status(whole),
            score=whole.score,
            label=None if whole.score is None else thesis.label_of(whole.score).text.en,
            outcome_score=roles["outcome"].score,
            driver_score=roles["driver"].score,
            score_without_contested=uncontested.score,
            coverage=Coverage(nominal=_share(whole.nominal_coverage), effective=_share(whole.coverage)),
            bounds=None if whole.bounds is None else Bounds(low=whole.bounds[0], high=whole.bounds[1]),
            grade=max(shares, default=None),
            grade_shares=dict(sorted(shares.items())),
            definition_hash=self.definition_hash,
            data_hash=data_hash,
            version=VERSION,
            reconstruction=(frozen := self.frozen_on) is None or as_of < frozen,
            data=self.data_state(),
            pillars=self._pillars(whole),
            indicators=tuple(_indicator_result(item, readings[item.id], whole, as_of) for item in thesis.indicators),
        )

    def _aggregate(
        self, readings: Mapping[str, Reading], items: Iterable[Indicator], pillars: Iterable[str] | None = None
    ) -> scoring.Aggregate:
        weights = {pillar.id: pillar.weight for pillar in self.thesis.pillars}
        if pillars is not None:
            weights = {pillar: weights[pillar] for pillar in pillars}
        parts = [
            scoring.Part(item.id, item.pillar, item.weight, readings[item.id].score, readings[item.id].freshness)
            for item in items
        ]
        return scoring.aggregate(parts, weights, self.thesis.method)

    def _status(self, whole: scoring.Aggregate) -> Status:
        if whole.score is None:
            return "withheld"
        return "partial" if whole.coverage < self.thesis.method.partial_below - scoring.ROUNDING else "full"

    def _pillars(self, whole: scoring.Aggregate) -> tuple[PillarResult, ...]:
        return tuple(
            PillarResult(
                id=pillar.id,
                title=pillar.title.en,
                role=pillar.role,
                score=whole.pillars[pillar.id].score,
                weight=whole.pillars[pillar.id].weight,
                effective_weight=whole.pillars[pillar.id].effective_weight,
                contribution=whole.pillars[pillar.id].contribution if whole.score is not None else None,
                coverage=_share(whole.pillars[pillar.id].coverage),
            )
            for pillar in self.thesis.pillars
        )


def evaluate(thesis: Thesis, as_of: dt.date | str | None = None, store: Store | None = None) -> Evaluation:
    """A thesis scored as known on a day, from the user's store unless another is given. See ``Scorer.evaluate``.

    The day may be ISO text, and a moment stands for its day. Raises ``InputError`` for anything else.
    """
    as_of = None if as_of is None else as_date(as_of)
    if store is not None:
        return Scorer(thesis, store).evaluate(as_of)
    with open_default_store() as opened:
        return Scorer(thesis, opened).evaluate(as_of)


def _precomputed_meta(indicator: Indicator, thesis: Thesis) -> SeriesMeta:
    return SeriesMeta(
        id=embedded.precomputed_id(indicator.id, computation_key(indicator, thesis)),
        title=f"{indicator.title.en}: precomputed scores",
        unit="score",
        frequency="monthly",
        lag_days=0,
        publisher="xl-thesis",
        licence="CC0",
        redistributable=True,
    )


def _indicator_result(item: Indicator, found: Reading, whole: scoring.Aggregate, as_of: dt.date) -> IndicatorResult:
    return IndicatorResult(
        id=item.id,
        pillar=item.pillar,
        title=item.title.en,
        value=found.value,
        unit=item.unit,
        score=found.score,
        weight=item.weight,
        effective_weight=whole.weights.get(item.id, 0.0),
        contribution=whole.contributions.get(item.id),
        observed_on=found.observed_on,
        available_at=found.available_at,
        age_days=None if found.observed_on is None else (as_of - found.observed_on).days,
        status=found.status,
        reason=found.reason,
        source=found.source,
        series=found.series_ids,
        grade=found.grade,
        is_proxy=found.is_proxy,
        is_precomputed=found.is_precomputed,
        imported=found.imported,
        contested=item.contested,
    )


def _share(value: float) -> float:
    return round(value, scoring.SHARE_DIGITS)


def _grade_shares(readings: Mapping[str, Reading], weights: Mapping[str, float]) -> dict[Grade, float]:
    """Share of the score's effective weight that rests on data of each grade."""
    shares: dict[Grade, float] = {}
    for name, weight in weights.items():
        grade = readings[name].grade
        if grade is not None and weight > 0:
            shares[grade] = shares.get(grade, 0.0) + weight
    return shares
