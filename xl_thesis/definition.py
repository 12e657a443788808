"""The schema of a thesis: pillars, indicators, claims, dated questions. No arithmetic here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from xl_thesis.criteria import Criterion, Fallback
from xl_thesis.limits import WrongWhen
from xl_thesis.models import Frequency, Model, Operand, SeriesId, SeriesMeta, SpanField, Text, in_language
from xl_thesis.wording import DIGEST, IDENTIFIER

Identifier = Annotated[str, Field(pattern=IDENTIFIER)]
Weight = Annotated[float, Field(ge=0, le=1000, strict=False)]
Score = Annotated[float, Field(ge=0, le=100, strict=False)]
Share = Annotated[float, Field(ge=0, le=1, strict=False)]
Sentence = Annotated[str, Field(min_length=1)]
Role = Literal["outcome", "driver"]


class DriftT(Model):
    """t-statistic of the mean daily log return, HAC standard error; window in observations."""

    kind: Literal["drift_t"]
    window: Annotated[int, Field(ge=40)]


class ExcessDriftT(Model):
    """As drift_t, of the return over a risk-free rate quoted in percent a year."""

    kind: Literal["excess_drift_t"]
    window: Annotated[int, Field(ge=40)]
    risk_free: SeriesId


class AnchoredZ(Model):
    """Log move since the base date over the volatility of the years before it, frozen there."""

    kind: Literal["anchored_z"]
    base_date: dt.date | None = None
    volatility_years: Annotated[int, Field(ge=1, le=20)] = 3


class Change(Model):
    """Difference over a calendar span; ``per_month`` divides by the span's length in months."""

    kind: Literal["change"]
    span: SpanField
    per_month: bool = False


class LogChange(Model):
    """Difference of natural (``log_change``) or decimal (``log10_change``) logarithms over a span."""

    kind: Literal["log_change", "log10_change"]
    span: SpanField


class YearOnYear(Model):
    """Percent change on the same month or quarter a year before, less a target in percent."""

    kind: Literal["yoy"]
    target: float = 0.0


class Average(Model):
    """Mean of the last months."""

    kind: Literal["average"]
    months: Annotated[int, Field(ge=1, le=60)]


class AboveLow(Model):
    """Average of the last months, less the lowest such average of a longer window."""

    kind: Literal["above_low"]
    average_months: Annotated[int, Field(ge=1, le=12)] = 3
    low_months: Annotated[int, Field(ge=2, le=60)] = 12
    missing_months_ok: Annotated[int, Field(ge=0, le=3)] = 0


class Beta(Model):
    """Slope of weekly log returns on a benchmark's."""

    kind: Literal["beta"]
    benchmark: SeriesId
    weeks: Annotated[int, Field(ge=26, le=520)] = 104
    min_observations: Annotated[int, Field(ge=20)] = 80


class Level(Model):
    """The value itself."""

    kind: Literal["level"]


class ChangeSince(Model):
    """Difference from the last value on or before the base date."""

    kind: Literal["change_since"]
    base_date: dt.date | None = None


Transform = Annotated[
    DriftT
    | ExcessDriftT
    | AnchoredZ
    | Change
    | LogChange
    | YearOnYear
    | Average
    | AboveLow
    | Beta
    | Level
    | ChangeSince,
    Field(discriminator="kind"),
]
STATISTICS = ("drift_t", "excess_drift_t", "anchored_z", "beta")


class MidRank(Model):
    """Expanding mid-rank percentile of the transformed history."""

    kind: Literal["midrank"]


class NormalCdf(Model):
    """Normal distribution function of (x - neutral) / scale."""

    kind: Literal["normal_cdf"]
    neutral: float = 0.0
    scale: Annotated[float, Field(gt=0)] = 1.0


class Goalposts(Model):
    """Piecewise linear through three declared values that score 0, 50 and 100; ascending in value."""

    kind: Literal["goalposts"]
    posts: Annotated[tuple[float, float, float], Field(strict=False)]

    @model_validator(mode="after")
    def _ascending(self) -> Goalposts:
        if not self.posts[0] < self.posts[1] < self.posts[2]:
            raise ValueError("posts must ascend in value; the indicator's direction is applied afterwards")
        return self


Normaliser = Annotated[MidRank | NormalCdf | Goalposts, Field(discriminator="kind")]


class Indicator(Model):
    """One measured series, how it becomes a number, and which way it speaks.

    ``wrong_when`` is the falsifier for a machine, absent where no number decides it; ``wrong_on`` is its last day.
    ``falsifier_zh_hant`` is shown in a Chinese workbook; the English one is what is judged.
    """

    id: Identifier
    pillar: Identifier
    title: Text
    unit: Sentence
    weight: Weight
    source: Operand
    fallbacks: Annotated[tuple[Fallback, ...], Field(strict=False)] = ()
    transform: Transform
    direction: Literal[1, -1]
    normalise: Normaliser
    contested: bool = False
    claims: Annotated[tuple[Identifier, ...], Field(min_length=1, strict=False)]
    rationale: Sentence
    falsifier: Sentence
    falsifier_zh_hant: Sentence | None = None
    wrong_on: dt.date | None = None
    wrong_when: WrongWhen | None = None

    def falsifier_in(self, language: str) -> str:
        """The falsifier in ``zh-Hant`` where it is given, else in English."""
        return in_language(language, self.falsifier, self.falsifier_zh_hant)

    @model_validator(mode="after")
    def _check(self) -> Indicator:
        if self.normalise.kind == "midrank" and self.transform.kind in STATISTICS:
            raise ValueError(f"{self.transform.kind} is one number at a date: use normal_cdf or goalposts, not midrank")
        if self.wrong_when is not None and self.wrong_when.every is not None:
            if self.wrong_on is None:
                raise ValueError("wrong_when with every needs wrong_on, its last day")
            own = self.wrong_when.measure in ("value", "score")
            if self.wrong_when.every == "period" and own and self.transform.kind in STATISTICS:
                raise ValueError(f"{self.transform.kind} is one number at a date: look every month or quarter")
        return self


class Pillar(Model):
    """A group of indicators: an outcome the thesis predicts, or a driver it names as a cause."""

    id: Identifier
    role: Role
    weight: Weight
    title: Text


class Verdict(Model):
    """How a claim stood when the text was published, and what happened later."""

    status: Literal[
        "true",
        "false",
        "definition_dependent",
        "approximately_true",
        "plausible",
        "contested",
        "open",
        "opinion",
        "unverifiable",
        "not_resolvable",
    ]
    note: Sentence
    later: Sentence | None = None


class Claim(Model):
    """One statement of the source text in our own words.

    ``tested_by`` names public series (``FRED:UNRATE``) or a documented source; ``wrong_on`` is the date on which
    ``falsifier`` is judged, absent only where nothing could falsify the claim. ``falsifier_zh_hant`` is shown in a
    Chinese workbook.
    """

    id: Identifier
    group: Identifier
    kind: Literal["fact", "forecast", "mechanism", "catalyst", "position", "caveat"]
    text: Text
    number: Sentence | None = None
    tested_by: Annotated[tuple[Sentence, ...], Field(strict=False)] = ()
    measure: Sentence | None = None
    supports_if: Sentence | None = None
    falsifier: Sentence | None = None
    falsifier_zh_hant: Sentence | None = None
    wrong_on: dt.date | None = None
    verdict: Verdict

    def falsifier_in(self, language: str) -> str | None:
        """The falsifier in ``zh-Hant`` where it is given, else in English; None where nothing could falsify it."""
        return in_language(language, self.falsifier, self.falsifier_zh_hant)


class BaseRate(Model):
    """How often the event happened without any thesis, and where the figure is from."""

    probability: Share
    how: Sentence


class Question(Model):
    """A dated, resolvable question. ``polarity`` says what a yes means for the thesis.

    ``resolve_when`` is the criterion for a machine, absent where a person must judge. ``criterion_zh_hant`` and
    ``evidence_zh_hant`` are shown in a Chinese workbook; the English ones are what is judged.
    """

    id: Identifier
    claims: Annotated[tuple[Identifier, ...], Field(min_length=1, strict=False)]
    text: Text
    criterion: Sentence
    criterion_zh_hant: Sentence | None = None
    resolve_when: Criterion | None = None
    polarity: Literal["for", "against"]
    opens: dt.date
    resolves: dt.date
    origin: Literal["author", "imposed"]
    hindsight: bool
    note: Sentence | None = None
    base_rate: BaseRate | None = None
    resolution: Literal["yes", "no", "ambiguous", "annulled"] | None = None
    evidence: Sentence | None = None
    evidence_zh_hant: Sentence | None = None

    def criterion_in(self, language: str) -> str:
        """The criterion in ``zh-Hant`` where it is given, else in English."""
        return in_language(language, self.criterion, self.criterion_zh_hant)

    def evidence_in(self, language: str) -> str | None:
        """The evidence in ``zh-Hant`` where it is given, else in English; None for an open question."""
        return in_language(language, self.evidence, self.evidence_zh_hant)

    @model_validator(mode="after")
    def _dates(self) -> Question:
        if self.resolves <= self.opens:
            raise ValueError("resolves must be after opens")
        conditions = self.resolve_when.conditions if self.resolve_when else ()
        if any(condition.decided_on > self.resolves for condition in conditions):
            raise ValueError("resolve_when looks at a day after resolves")
        return self


class Patience(Model):
    """Days overdue before a value loses weight, and until it has none."""

    grace_days: Annotated[int, Field(ge=0)]
    hard_days: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _order(self) -> Patience:
        if self.hard_days <= self.grace_days:
            raise ValueError("hard_days must be greater than grace_days")
        return self


class ShortHistory(Model):
    """Below either minimum a percentile is pulled towards neutral, by ``shrink_months`` neutral months."""

    min_observations: Annotated[int, Field(ge=2)] = 60
    min_years: Annotated[int, Field(ge=1)] = 5
    shrink_months: Annotated[int, Field(ge=0)] = 24


class Method(Model):
    """The rules of aggregation."""

    min_pillar_coverage: Share = 0.5
    partial_below: Share = 0.6
    withheld_below: Share = 0.3
    short_history: ShortHistory = Field(default_factory=ShortHistory)
    staleness: dict[Frequency, Patience]

    @model_validator(mode="after")
    def _complete(self) -> Method:
        missing = [name for name in ("daily", "weekly", "monthly", "quarterly", "annual") if name not in self.staleness]
        if missing:
            raise ValueError(f"staleness lacks {', '.join(missing)}")
        return self


class Label(Model):
    """Words for scores below a limit; the last label has the limit 100."""

    id: Identifier
    below: Score
    text: Text


class Thesis(Model):
    """A written macro thesis made measurable.

    ``target`` is the series that the thesis says will fall: the evidence page holds the scores against it.
    ``rate_differential`` is the yield advantage that ordinarily moves the target, shown there as a rival forecast.
    ``frozen_hash`` begins the hash of the definition and its falsifiers that were frozen on ``frozen_on``; both come
    from ``xl-thesis freeze``, and a definition changed since is refused until they are taken out.
    """

    schema_version: Literal[1]
    id: Identifier
    title: Text
    statement: Text
    origin: Sentence
    published: dt.date
    base_date: dt.date | None = None
    review_dates: Annotated[tuple[dt.date, ...], Field(strict=False)] = ()
    frozen_on: dt.date | None = None
    frozen_hash: Annotated[str, Field(pattern=DIGEST)] | None = None
    target: Operand | None = None
    rate_differential: Operand | None = None
    notes: Annotated[tuple[Sentence, ...], Field(strict=False)] = ()
    method: Method
    labels: Annotated[tuple[Label, ...], Field(min_length=2, strict=False)]
    series: Annotated[tuple[SeriesMeta, ...], Field(strict=False)] = ()
    pillars: Annotated[tuple[Pillar, ...], Field(min_length=1, strict=False)]
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1, strict=False)]
    claims: Annotated[tuple[Claim, ...], Field(strict=False)] = ()
    questions: Annotated[tuple[Question, ...], Field(strict=False)] = ()

    def indicators_of(self, pillar: str) -> Iterator[Indicator]:
        """The indicators of a pillar, those of weight 0 included."""
        return (indicator for indicator in self.indicators if indicator.pillar == pillar)

    def label_of(self, score: float) -> Label:
        """The label of a score; a score on a limit takes the label above it."""
        return next((label for label in self.labels if score < label.below), self.labels[-1])
