"""The evidence page: what the score's past says, and mostly what it cannot say.

Predictors are reconstructed scores, so the choice of indicators is hindsight whatever the tests find. Targets are
forward only, from the day after the score. The family of tests is declared here and corrected as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from xl_thesis import inference
from xl_thesis.days import month_end_days
from xl_thesis.definition import Thesis
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.models import Operand
from xl_thesis.observations import Values, to_date, to_day
from xl_thesis.pipeline import Scorer

HORIZONS = (1, 3, 6, 12)
PREDICTORS = ("driver_score", "score")
START = dt.date(1999, 12, 31)
_SIGN_DRAWS = 1000
_PLACEBO_MONTHS = (6, 12, 17)
_PLACEBO_START = dt.date(2009, 1, 31)


@dataclass(frozen=True, slots=True)
class ForwardTest:
    """One test of the family: the correlation of a score with the target's change over the months after it."""

    predictor: str
    months: int
    observations: int
    correlation: float
    p_circular: float
    p_holm: float
    correlation_non_overlapping: float | None
    independent_windows: int
    detectable: float | None
    gain_over_random_walk: float | None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The same correlation for something much simpler than the thesis; ``reason`` says why there is none."""

    name: str
    months: int
    correlation: float | None
    p_circular: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Placebo:
    """Scores so many months after placebo publications: the base rate without any thesis."""

    months: int
    publications: int
    p5: float
    p50: float
    p95: float
    share_above_55: float
    actual: float | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the page shows."""

    thesis: str
    as_of: dt.date
    target: str
    tests: tuple[ForwardTest, ...]
    baselines: tuple[Baseline, ...]
    share_of_random_signs_beaten: float | None
    placebos: tuple[Placebo, ...]
    conclusion: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}


def gather(scorer: Scorer, target: Operand, as_of: dt.date | None = None) -> Evidence:
    """The evidence on one target series, a level or price whose log change the scores are held against.

    Raises ``MissingData`` where the target is not known.
    """
    as_of = scorer.default_as_of() if as_of is None else as_of
    prices = scorer.knowledge(as_of).series(target).to_pandas()
    frame = scorer.history(max(START, to_date(to_day(prices.index[0].date()))), as_of)
    tests = _corrected(_forward_tests(frame, prices))
    return Evidence(
        thesis=scorer.thesis.id,
        as_of=as_of,
        target=str(target),
        tests=tests,
        baselines=tuple(_baselines(scorer, frame, prices, as_of)),
        share_of_random_signs_beaten=_random_signs(scorer, frame, prices),
        placebos=tuple(_placebos(scorer, as_of)),
        conclusion=_conclusion(tests, frame, frozen=scorer.frozen_on is not None),
    )


def forward_change(prices: pd.Series[float], days: pd.DatetimeIndex, months: int) -> Values:
    """ln P(last value up to day + months) - ln P(first value after day); NaN where the horizon is not over."""
    dates = prices.index.to_numpy()
    logs = np.log(prices.to_numpy())
    starts = np.searchsorted(dates, days.to_numpy(), side="right")
    until = (days + pd.offsets.MonthEnd(months)).to_numpy()
    ends = np.searchsorted(dates, until, side="right") - 1
    over = (until <= dates[-1]) & (starts < len(dates))
    return np.where(over, logs[ends] - logs[np.minimum(starts, len(dates) - 1)], np.nan)


def _pairs(score: pd.Series[float], prices: pd.Series[float], months: int) -> tuple[Values, Values]:
    """Score and forward change of the months that have both."""
    days = pd.DatetimeIndex(score.index)
    values: Values = np.asarray(score.to_numpy(), dtype=np.float64)[days.is_month_end]
    forward = forward_change(prices, days[days.is_month_end], months)
    both = np.isfinite(values) & np.isfinite(forward)
    return values[both], forward[both]


def _forward_tests(frame: pd.DataFrame, prices: pd.Series[float]) -> list[ForwardTest]:
    found = []
    for predictor in PREDICTORS:
        for months in HORIZONS:
            score, forward = _pairs(frame[predictor], prices, months)
            try:
                correlation = inference.rank_correlation(score, forward)
                p_value = inference.circular_shift_p(score, forward)
            except CalculationError:
                continue
            try:
                apart, windows = inference.non_overlapping(score, forward, months)
            except CalculationError:
                apart, windows = None, len(score) // months
            try:
                gain = inference.gain_over_no_change(score, forward, months)
            except CalculationError:
                gain = None
            found.append(
                ForwardTest(predictor, months, len(score), correlation, p_value, 1.0, apart, windows,
                            inference.minimum_detectable(windows), gain)
            )  # fmt: skip
    return found


def _corrected(tests: Sequence[ForwardTest]) -> tuple[ForwardTest, ...]:
    adjusted = inference.holm([test.p_circular for test in tests])
    return tuple(ForwardTest(**{**asdict(test), "p_holm": value}) for test, value in zip(tests, adjusted, strict=True))


def _baselines(scorer: Scorer, frame: pd.DataFrame, prices: pd.Series[float], as_of: dt.date) -> Iterator[Baseline]:
    """What a forecaster has without any thesis: the target's own year, and the yield advantage the thesis names.

    Both are of the latest vintage: they are compared, not scored.
    """
    logs = pd.Series(np.log(prices.to_numpy()), index=prices.index).resample("ME").last()
    yield from _baseline("12-month momentum", (logs - logs.shift(12)).reindex(frame.index), prices)
    advantage = scorer.thesis.rate_differential
    if advantage is None:
        return
    name = "6-month change of the rate differential"
    try:
        rates = scorer.knowledge(as_of).series(advantage).to_pandas().resample("ME").last()
    except MissingData as error:
        yield from (Baseline(name, months, None, None, str(error)) for months in HORIZONS)
        return
    yield from _baseline(name, (rates - rates.shift(6)).reindex(frame.index), prices)


def _baseline(name: str, predictor: pd.Series[float], prices: pd.Series[float]) -> Iterator[Baseline]:
    for months in HORIZONS:
        score, forward = _pairs(predictor, prices, months)
        try:
            correlation = inference.rank_correlation(score, forward)
            yield Baseline(name, months, correlation, inference.circular_shift_p(score, forward))
        except CalculationError as error:
            yield Baseline(name, months, None, None, str(error))


def _random_signs(scorer: Scorer, frame: pd.DataFrame, prices: pd.Series[float]) -> float | None:
    """Share of definitions with random directions whose score foretells a fall less well than the real one.

    Measured on twelve months; the thesis says that the target falls, so the more negative correlation is the better.
    """
    ends = pd.DatetimeIndex(frame.index)
    ends = ends[ends.is_month_end]
    forward = forward_change(prices, ends, 12)
    panel = scorer.panel([day.date() for day in ends])
    rng = np.random.default_rng(20250224)
    real = _correlation(scorer.score_panel(panel).score, forward)
    if real is None:
        return None
    beaten = 0
    for _ in range(_SIGN_DRAWS):
        turned = rng.integers(0, 2, len(panel.scores)).astype(bool)
        drawn = _correlation(scorer.score_panel(panel.turned(turned)).score, forward)
        beaten += drawn is not None and drawn > real
    return beaten / _SIGN_DRAWS


def _correlation(score: Values, forward: Values) -> float | None:
    both = np.isfinite(score) & np.isfinite(forward)
    try:
        return inference.rank_correlation(score[both], forward[both])
    except CalculationError:
        return None


def _placebos(scorer: Scorer, as_of: dt.date) -> list[Placebo]:
    """The same definition published on every month-end since 2009, scored 6, 12 and 17 months later."""
    actual = {months: _score_after(scorer, scorer.thesis, months, as_of) for months in _PLACEBO_MONTHS}
    scores: dict[int, list[float]] = {months: [] for months in _PLACEBO_MONTHS}
    for day in month_end_days(_PLACEBO_START, as_of)[:-1]:
        moved = scorer.thesis.model_copy(update={"base_date": day, "published": day})
        placebo = Scorer(moved, scorer.store)
        for months in _PLACEBO_MONTHS:
            score = _score_after(placebo, moved, months, as_of)
            if score is not None:
                scores[months].append(score)
    found = []
    for months, values in scores.items():
        if values:
            p5, p50, p95 = np.percentile(values, [5, 50, 95]).tolist()
            above = float(np.mean(np.array(values) > 55.0))
            found.append(Placebo(months, len(values), p5, p50, p95, above, actual[months]))
    return found


def _score_after(scorer: Scorer, thesis: Thesis, months: int, as_of: dt.date) -> float | None:
    day = (pd.Timestamp(thesis.published) + pd.DateOffset(months=months)).date()
    if day > as_of:
        return None
    try:
        return scorer.evaluate(day).score
    except MissingData:
        return None


def _conclusion(tests: Sequence[ForwardTest], frame: pd.DataFrame, *, frozen: bool) -> str:
    """The sentence that says what cannot be concluded."""
    since = int(frame["score"].notna().sum())
    found = [test for test in tests if test.p_holm < 0.05]
    if found:
        names = ", ".join(f"{test.predictor} over {test.months} months" for test in found)
        head = f"After correction for {len(tests)} tests, {names} would be unlikely by chance alone."
    else:
        head = f"After correction for {len(tests)} tests, none is distinguishable from chance."
    weakest = max((test.detectable for test in tests if test.detectable is not None), default=None)
    power = "" if weakest is None else f" At the longest horizon only a correlation above {weakest:.2f} could be seen."
    return (
        f"{head}{power} The {since} scores are reconstructions with indicators chosen in hindsight: they can neither"
        " confirm nor refute the thesis, whose own test"
        f" {'began when its definition was' if frozen else 'begins when its definition is'} frozen."
    )
