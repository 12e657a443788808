"""The result of one evaluation: plain frozen values, ready for any host to render.

``score --json`` prints ``Evaluation.to_json()``; its field names are a public contract, new ones may be added.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from xl_thesis.definition import Role
from xl_thesis.models import as_document
from xl_thesis.wording import named

Status = Literal["full", "partial", "withheld"]
IndicatorStatus = Literal["fresh", "stale", "expired", "missing"]
Grade = Literal["A", "B"]


def percent(share: float) -> str:
    """A share from 0 to 1 in whole percent, as a workbook shows it: halves up, whatever the last digits say.

    >>> percent(0.6549999999999999), percent(0.655), percent(0.6549)
    ('66%', '66%', '65%')
    """
    return f"{int(share * 100 + 0.5 + 1e-9)}%"


class Result(BaseModel):
    """A frozen value."""

    model_config = ConfigDict(frozen=True)


class Coverage(Result):
    """Share of all weight that is known in published pillars, before and after staleness (0 to 1)."""

    nominal: float
    effective: float


class Bounds(Result):
    """The score if everything not known scored 0, and if it scored 100."""

    low: float
    high: float


class BandResult(Result):
    """The middle 90 % of the scores that other reasonable choices of method give; not a confidence interval.

    ``varied_share``: effective weight of the indicators that were also scored in other ways; the rest, such as
    precomputed ones, were only weighted anew.
    """

    p5: float
    p50: float
    p95: float
    share_above_50: float
    draws: int
    seed: int
    varied_share: float


class PillarResult(Result):
    """``weight`` is over all pillars, ``effective_weight`` over the published ones; the contribution is in points."""

    id: str
    title: str
    role: Role
    score: float | None
    weight: float
    effective_weight: float
    contribution: float | None
    coverage: float


class IndicatorResult(Result):
    """One indicator as it entered the score, or the reason why it did not.

    ``series``: stored series behind it; ``imported``: the files from which values of them were imported by a person.
    """

    id: str
    pillar: str
    title: str
    value: float | None
    unit: str
    score: float | None
    weight: float
    effective_weight: float
    contribution: float | None
    observed_on: dt.date | None
    available_at: dt.date | None
    age_days: int | None
    status: IndicatorStatus
    reason: str | None
    source: str | None
    series: tuple[str, ...]
    grade: Grade | None
    is_proxy: bool
    is_precomputed: bool
    contested: bool
    imported: tuple[str, ...] = ()

    @property
    def is_imported(self) -> bool:
        """Whether values among those that are known were imported by a person."""
        return bool(self.imported)

    @property
    def named_source(self) -> str | None:
        """The source, and from where values of it were imported."""
        return self.source and named(self.source, self.imported)


class DataState(Result):
    """What the store held: the embedded package alone, or refreshed data.

    ``imported``: files from which values of series behind the thesis were imported by a person, and not taken back.
    """

    kind: Literal["embedded", "refreshed"]
    reference_date: dt.date
    refreshed_at: dt.datetime | None
    imported: tuple[str, ...] = ()

    def sentence(self) -> str:
        """What to tell a reader of the score."""
        if self.kind == "embedded":
            data = f"Embedded data{'' if self.imported else ' only'}, reference date {self.reference_date}"
            return f"{named(data, self.imported)}; run a refresh for newer data."
        return f"{named(f'Data refreshed at {self.refreshed_at:%Y-%m-%d %H:%M} UTC', self.imported)}."


class Evaluation(Result):
    """A thesis scored as known on one day."""

    thesis: str
    title: str
    as_of: dt.date
    status: Status
    score: float | None
    label: str | None
    outcome_score: float | None
    driver_score: float | None
    score_without_contested: float | None
    coverage: Coverage
    bounds: Bounds | None
    band: BandResult | None = None
    grade: Grade | None
    grade_shares: dict[str, float]
    definition_hash: str
    data_hash: str
    version: str
    reconstruction: bool
    data: DataState
    pillars: tuple[PillarResult, ...]
    indicators: tuple[IndicatorResult, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return as_document(self)

    def verdict(self) -> str:
        """The label as it must be shown: partial evidence and a withheld score say so."""
        if self.status == "withheld" or self.label is None:
            return "withheld: too little is known"
        return f"{self.label} (partial evidence)" if self.status == "partial" else self.label
