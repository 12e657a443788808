"""DXY_TREND: where the dollar index is going, with what is needed to doubt it. Composed over a ``Scorer``.

A description of the past, not a forecast: since 1999 the trend of a year had no measurable relation to the months
after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np
from pydantic import Field

from xl_thesis import breaks, trend
from xl_thesis.dollar_index import DOLLAR_INDEX, knowledge_on, known_sources
from xl_thesis.errors import CalculationError, InputError, MissingData
from xl_thesis.evaluation import Result
from xl_thesis.models import SeriesMeta, as_document
from xl_thesis.normalise import normal_cdf
from xl_thesis.observations import TimeSeries, to_date
from xl_thesis.pipeline import Scorer
from xl_thesis.scoring import freshness

Z_WINDOWS = (63, 126, 252)
WINDOW_RANGE = (40, 2520)
LOOK_BACK_YEARS = 3
SIGNIFICANT = 0.05
_NO_BREAK = "no datable break"

_LABELS = ((2.0, "strong downtrend", 0.025), (1.0, "downtrend", 0.136))
_NO_TREND = ("no clear trend", 0.678)

Value = TypeVar("Value")


class SinceBase(Result):
    """The move since the base date in percent and in standard deviations of a driftless walk.

    ``support`` for the claim that the price falls: 100 Phi(-z), 50 where it has not moved.
    """

    date: dt.date
    pct: float
    z: float | None
    support: float | None


class Break(Result):
    """A shift in the mean return: the last day before it, drifts on either side, and the test behind it."""

    after: dt.date
    drift_before_pct_yr: float
    drift_after_pct_yr: float
    sup_f: float
    p_value: float


class TrendReport(Result):
    """The trend of a price as known on a day.

    ``value`` is ``trend.drift_t`` over ``window`` returns, positive for up, None for the ``reason`` given;
    ``null_frequency`` is the share of days on which a price without drift gets the same ``label``. ``z`` is the value
    by window. ``drift_pct_yr`` is 100 times the mean log return of a year, ``ci90`` its 90 percent interval.
    Everything from ``slope_t`` on describes and is no second test. ``missing_days`` are days of the window without a
    value, holidays included; ``break_text`` is a sentence, ``structural_break`` the numbers behind one.
    ``passed_over`` says why better sources were not used. Its JSON field names are a public contract.
    """

    value: float | None
    label: str | None = None
    null_frequency: float | None = None
    reason: str | None = None
    as_of: dt.date
    window: int
    source: str | None = None
    title: str | None = None
    rebuilt: bool | None = None
    observed_on: dt.date | None = None
    age_days: int | None = None
    n_obs: int | None = None
    missing_days: int | None = None
    drift_pct_yr: float | None = None
    ci90: tuple[float, float] | None = None
    z: dict[int, float | None] = Field(default_factory=dict)
    slope_t: float | None = None
    theil_sen_pct_yr: float | None = None
    since_base: SinceBase | None = None
    drawdown: trend.Drawdown | None = None
    moving_averages: trend.MovingAverages | None = None
    structural_break: Break | None = None
    break_text: str | None = None
    passed_over: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return as_document(self)


def label_of(z: float) -> tuple[str, float]:
    """The words for a trend, and the share of days on which a price without drift earns them.

    The shares were simulated for windows of 252 returns (200,000 Gaussian walks; with clustered volatility they are
    the same to 0.1 points) and add up to 1. Tails are heavier for short windows: 3.1 percent instead of 2.5 for 63.

    >>> label_of(-1.44), label_of(2.0)
    (('downtrend', 0.136), ('strong uptrend', 0.025))
    """
    for bound, words, share in _LABELS:
        if abs(z) >= bound:
            return (words if z < 0 else words.replace("down", "up")), share
    return _NO_TREND


def dxy_trend(
    scorer: Scorer, window: int = 252, as_of: dt.date | None = None, chain: Sequence[str] = DOLLAR_INDEX
) -> TrendReport:
    """The trend of the dollar index, or of any daily price, from the first source of ``chain`` that is fresh.

    ``window`` counts daily returns; ``as_of`` is the scorer's default day unless given. Patience with old data and
    the base date are the thesis's. A source that is late counts only where no other is fresh, one past the hard limit
    never. Formula and source: ``trend.drift_t``.
    Raises ``InputError`` for a window outside 40 to 2520, a day in the future or an unknown series; data that do not
    suffice are no error but a report without a value.

    >>> from xl_thesis.default_store import open_default_store
    >>> from xl_thesis.thesis import load_thesis
    >>> with open_default_store() as store:
    ...     report = dxy_trend(Scorer(load_thesis("american_exceptionalism"), store), as_of=dt.date(2025, 12, 31))
    >>> report.source, report.label, round(report.value, 2)
    ('DERIVED:DXY_ECB', 'downtrend', -1.37)
    """
    low, high = WINDOW_RANGE
    if not low <= window <= high:
        raise InputError(f"a trend window has {low} to {high} daily returns, not {window}")
    if not chain:
        raise InputError("a trend needs at least one series")
    knowledge = knowledge_on(scorer, as_of)
    passed_over: list[str] = []
    usable: list[tuple[float, SeriesMeta, TimeSeries]] = []
    for meta, series in known_sources(scorer, knowledge, chain, passed_over):
        overdue = series.schedule.days_overdue(to_date(series.days[-1]), knowledge.on)
        fresh = freshness(overdue, scorer.thesis.method.staleness[series.schedule.frequency])
        reason = _refusal(series, window) if fresh > 0 else f"its last value is of {series.days[-1]}, too old to count"
        if reason is None:
            usable.append((fresh, meta, series))
        else:
            passed_over.append(f"{meta.id}: {reason}")
        if reason is None and fresh >= 1.0:
            break
    if not usable:
        reason = "; ".join(passed_over)
        return TrendReport(value=None, reason=reason, as_of=knowledge.on, window=window, passed_over=tuple(passed_over))
    best = max(range(len(usable)), key=lambda row: usable[row][0])
    passed_over += [f"{meta.id}: its last value is of {series.days[-1]}, late" for _, meta, series in usable[:best]]
    _, meta, series = usable[best]
    report = _report(meta, series, window, knowledge.on, scorer.thesis.base_date, tuple(passed_over))
    return report.model_copy(update={"source": knowledge.named(meta.id)})


def _refusal(series: TimeSeries, window: int) -> str | None:
    """Why a series has no trend."""
    try:
        trend.drift(series, window)
    except CalculationError as error:
        return str(error)
    return None


def _report(
    meta: SeriesMeta, series: TimeSeries, window: int, on: dt.date, base: dt.date | None, passed_over: tuple[str, ...]
) -> TrendReport:
    drift = trend.drift(series, window)
    label, share = label_of(drift.t)
    shift = _or_none(partial(_break, series))
    sen = trend.theil_sen_slope(series, window)
    return TrendReport(
        value=drift.t,
        label=label,
        null_frequency=share,
        as_of=on,
        window=window,
        source=meta.id,
        title=meta.title,
        rebuilt=meta.derived is not None,
        observed_on=to_date(series.days[-1]),
        age_days=(on - to_date(series.days[-1])).days,
        n_obs=window,
        missing_days=trend.missing_days(series.at(np.arange(len(series) - window - 1, len(series)))),
        drift_pct_yr=drift.pct_yr,
        ci90=drift.ci90_pct_yr,
        z={each: _or_none(partial(trend.drift_t, series, each)) for each in Z_WINDOWS},
        slope_t=trend.slope_t(series, window),
        theil_sen_pct_yr=100 * drift.returns_a_year * sen,
        since_base=None if base is None else _or_none(partial(_since, series, base)),
        drawdown=trend.drawdown(series, LOOK_BACK_YEARS),
        moving_averages=_or_none(partial(trend.moving_averages, series)),
        structural_break=shift,
        break_text=_break_text(shift),
        passed_over=passed_over,
    )


def _or_none(compute: Callable[[], Value]) -> Value | None:
    try:
        return compute()
    except (MissingData, CalculationError):
        return None


def _since(series: TimeSeries, base: dt.date) -> SinceBase:
    row = trend.row_on(series, base)
    if to_date(series.days[-1]) < base:
        raise MissingData(f"nothing is known from the base date {base} on")
    z = _or_none(partial(trend.anchored_z, series, base, LOOK_BACK_YEARS))
    return SinceBase(
        date=base,
        pct=100 * (float(series.values[-1] / series.values[row]) - 1),
        z=z,
        support=None if z is None else normal_cdf(-z),
    )


def _break(series: TimeSeries) -> Break | None:
    """A shift in the mean return of the last three years, None where its p-value is 0.05 or more."""
    recent = trend.last_years(series, LOOK_BACK_YEARS)
    shift = breaks.mean_shift(trend.log_returns(recent))
    if shift.p_value >= SIGNIFICANT:
        return None
    per_year = 100 * trend.returns_a_year(series.schedule)
    return Break(
        after=to_date(recent.days[shift.size]),
        drift_before_pct_yr=per_year * shift.mean_before,
        drift_after_pct_yr=per_year * shift.mean_after,
        sup_f=shift.sup_f,
        p_value=shift.p_value,
    )


def _break_text(shift: Break | None) -> str:
    if shift is None:
        return _NO_BREAK
    chance = "p < 0.0001" if shift.p_value < 1e-4 else f"p = {shift.p_value:.4f}"
    return (
        f"mean return shifted after {shift.after} from {shift.drift_before_pct_yr:+.1f}"
        f" to {shift.drift_after_pct_yr:+.1f} percent a year ({chance})"
    )
