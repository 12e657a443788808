"""The cell functions, a few lines each. They answer from the store, never from the network."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xl_thesis.errors import InputError, MissingData
from xl_thesis.evaluation import Evaluation, IndicatorResult, PillarResult
from xl_thesis.observations import to_date
from xl_thesis_udfs.registry import cell_function
from xl_thesis_udfs.session import session


@cell_function("number")
def thesis_score(as_of: dt.date | None = None, thesis: str | None = None) -> float:
    """Score of the thesis, 0 to 100; 50 is neutral.

    as_of: Day as known on; empty for today, or the embedded data's reference date until a refresh.
    thesis: Id or file of the thesis; empty for the default.
    Errors: #N/A where the score is withheld, #VALUE! for a bad date or an unknown thesis.
    Example: =THESIS_SCORE("2026-06-30")
    """
    result = session().evaluate(as_of, thesis)
    if result.score is None:
        raise MissingData(f"the score is withheld: only {result.coverage.effective:.0%} of the weight is known")
    return result.score


@cell_function("text")
def thesis_label(as_of: dt.date | None = None, thesis: str | None = None) -> str:
    """Words for the score; partial evidence and a withheld score say so.

    as_of: Day as known on; empty for today, or the embedded data's reference date until a refresh.
    thesis: Id or file of the thesis; empty for the default.
    Errors: #VALUE! for a bad date or an unknown thesis.
    Example: =THESIS_LABEL("2026-06-30")
    """
    return session().evaluate(as_of, thesis).verdict()


@cell_function("number")
def thesis_coverage(as_of: dt.date | None = None, thesis: str | None = None) -> float:
    """Share of all weight that is known in published pillars, 0 to 1.

    as_of: Day as known on; empty for today, or the embedded data's reference date until a refresh.
    thesis: Id or file of the thesis; empty for the default.
    Errors: #VALUE! for a bad date or an unknown thesis.
    Example: =THESIS_COVERAGE("2026-06-30")
    """
    return session().evaluate(as_of, thesis).coverage.effective


@cell_function("date")
def thesis_asof(thesis: str | None = None) -> dt.date:
    """Day that a function without a date is as known on.

    thesis: Id or file of the thesis; empty for the default.
    Errors: #VALUE! for an unknown thesis.
    Example: =THESIS_ASOF()
    """
    return session().evaluate(None, thesis).as_of


@cell_function("number")
def thesis_pillar(
    pillar: str, field: str | None = None, as_of: dt.date | None = None, thesis: str | None = None
) -> Any:
    """One number or word of a pillar.

    pillar: Id of the pillar, such as DOLLAR.
    field: score, weight, effective_weight, contribution, coverage, title or role; empty for score.
    as_of: Day as known on; empty for today, or the embedded data's reference date until a refresh.
    thesis: Id or file of the thesis; empty for the default.
    Errors: #N/A where the pillar is not published, #VALUE! for an unknown pillar or field.
    Example: =THESIS_PILLAR("DOLLAR", "contribution", "2026-06-30")
    """
    found = _one("pillar", pillar, session().evaluate(as_of, thesis).pillars)
    return _field(found, field or "score")


@cell_function("number")
def thesis_indicator(
    indicator: str, field: str | None = None, as_of: dt.date | None = None, thesis: str | None = None
) -> Any:
    """One number or word of an indicator.

    indicator: Id of the indicator, such as dxy_trend.
    field: score, value, unit, contribution, effective_weight, observed_on, age_days, status, source; empty for score.
    as_of: Day as known on; empty for today, or the embedded data's reference date until a refresh.
    thesis: Id or file of the thesis; empty for the default.
    Errors: #N/A where there is none, #VALUE! for an unknown indicator or field.
    Example: =THESIS_INDICATOR("labour_cooling", "value", "2026-06-30")
    """
    found = _one("indicator", indicator, session().evaluate(as_of, thesis).indicators)
    return _field(found, field or "score")


@cell_function("table")
def thesis_table(level: str | None = None, as_of: dt.date | None = None, thesis: str | None = None) -> list[list[Any]]:
    """Table of all pillars or indicators, with headers; missing numbers are #N/A.

    level: pillars or indicators; empty for pillars.
    as_of: Day as known on; empty for today, or the embedded data's reference date until a refresh.
    thesis: Id or file of the thesis; empty for the default.
    Errors: #VALUE! for a bad level, date or thesis.
    Example: =THESIS_TABLE("pillars", "2026-06-30")
    """
    result: Evaluation = session().evaluate(as_of, thesis)
    tables: dict[str, tuple[list[str], Any]] = {
        "pillars": (["id", "title", "role", "score", "weight", "effective_weight", "contribution", "coverage"],
                    result.pillars),
        "indicators": (["id", "pillar", "title", "value", "unit", "score", "effective_weight", "contribution",
                        "observed_on", "age_days", "status"], result.indicators),
    }  # fmt: skip
    chosen = (level or "pillars").lower()
    if chosen not in tables:
        raise InputError(f"level: '{level}' is not pillars or indicators")
    headers, items = tables[chosen]
    return [list(headers), *([getattr(item, header) for header in headers] for item in items)]


@cell_function("table")
def thesis_history(
    item: str | None = None,
    start: dt.date | None = None,
    finish: dt.date | None = None,
    frequency: str | None = None,
    thesis: str | None = None,
) -> list[list[Any]]:
    """Reconstructed scores as known on past days, with headers, ascending.

    item: score, outcome_score, driver_score, coverage or a pillar's id; empty for score.
    start: First day; empty for the thesis's publication.
    finish: Last day; empty for the day that other functions take.
    frequency: m for month-ends, d for days; empty for m.
    thesis: Id or file of the thesis; empty for the default.
    Errors: #VALUE! for an unknown item, a bad date or frequency.
    Example: =THESIS_HISTORY("score", "2026-01-01", "2026-06-30")
    """
    scorer = session().scorer(thesis)
    frequencies = {"m": "monthly", "d": "daily"}
    letter = (frequency or "m").lower()
    if letter not in frequencies:
        raise InputError(f"frequency: '{frequency}' is not m or d")
    frame = scorer.history(start or scorer.thesis.published, finish, frequencies[letter])  # type: ignore[arg-type]
    columns = {column.lower(): column for column in frame.columns}
    chosen = columns.get((item or "score").lower())
    if chosen is None:
        raise InputError(f"item: '{item}' is not one of {', '.join(columns.values())}")
    values = frame[chosen].tolist()
    return [["as_of", chosen], *([day.date(), value] for day, value in zip(frame.index, values, strict=True))]


@cell_function("number")
def thesis_latest(series_id: str, as_of: dt.date | None = None) -> float:
    """Last value of a series as known on a day.

    series_id: Id of the series with its provider, such as FRED:UNRATE.
    as_of: Day as known on; empty for today, or the embedded data's reference date until a refresh.
    Errors: #N/A where nothing is known, #VALUE! for an unknown series.
    Example: =THESIS_LATEST("FRED:UNRATE", "2026-06-30")
    """
    scorer = session().scorer(None)
    day = as_of or scorer.default_as_of()
    scorer.check(day)
    return float(scorer.knowledge(day).series(series_id).values[-1])


@cell_function("table")
def thesis_series(
    series_id: str, start: dt.date | None = None, finish: dt.date | None = None, as_of: dt.date | None = None
) -> list[list[Any]]:
    """Series as known on a day, with headers, ascending.

    series_id: Id of the series with its provider, such as FRED:UNRATE.
    start: First day wanted; empty for all.
    finish: Last day wanted; empty for all.
    as_of: Day as known on; empty for today, or the embedded data's reference date until a refresh.
    Errors: #N/A where nothing is known, #VALUE! for an unknown series.
    Example: =THESIS_SERIES("FRED:UNRATE", "2026-01-01", "2026-06-30")
    """
    scorer = session().scorer(None)
    day = as_of or scorer.default_as_of()
    scorer.check(day)
    known = scorer.knowledge(day).series(series_id)
    rows = [[to_date(when), value] for when, value in zip(known.days, known.values.tolist(), strict=True)]
    chosen = [row for row in rows if (start is None or row[0] >= start) and (finish is None or row[0] <= finish)]
    if not chosen:
        raise MissingData(f"{series_id} has no value in these days")
    return [["observed_on", series_id], *chosen]


@cell_function("text")
def thesis_claim(claim: str, field: str | None = None, thesis: str | None = None) -> Any:
    """One field of a claim.

    claim: Id of the claim, such as T4.
    field: text, kind, group, number, falsifier, wrong_on, verdict or note; empty for text.
    thesis: Id or file of the thesis; empty for the default.
    Errors: #N/A where the claim has none, #VALUE! for an unknown claim or field.
    Example: =THESIS_CLAIM("T4", "wrong_on")
    """
    found = _one("claim", claim, session().scorer(thesis).thesis.claims)
    fields = {
        "text": found.text.en, "kind": found.kind, "group": found.group, "number": found.number,
        "falsifier": found.falsifier, "wrong_on": found.wrong_on, "verdict": found.verdict.status.replace("_", " "),
        "note": found.verdict.note,
    }  # fmt: skip
    chosen = (field or "text").lower()
    if chosen not in fields:
        raise InputError(f"field: '{field}' is not one of {', '.join(fields)}")
    return fields[chosen]


def _one(what: str, wanted: str, items: Any) -> Any:
    found = next((item for item in items if item.id.lower() == wanted.lower()), None)
    if found is None:
        raise InputError(f"there is no {what} '{wanted}'")
    return found


def _field(item: PillarResult | IndicatorResult, field: str) -> Any:
    chosen = field.lower()
    if chosen not in type(item).model_fields or chosen == "series":
        raise InputError(f"field: '{field}' is not one of {', '.join(type(item).model_fields)}")
    return getattr(item, chosen)
