"""The engine's number for every cell of the model, so that a file shows them where nothing calculates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xl_thesis import normalise, scoring
from xl_thesis.definition import Indicator
from xl_thesis.evaluation import IndicatorResult
from xl_thesis.observations import TimeSeries, Values, to_date, to_day
from xl_thesis.provenance import Working
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.tokens import TOKENS

Row = dict[str, Value]
_DECIMALS = 12  # of a coverage that is held against its limit


@dataclass(frozen=True, eq=False)
class Figures:
    """Rows by English header: of indicators and pillars in the order of the definition, and of the result by id."""

    indicators: Sequence[Row]
    pillars: Sequence[Row]
    result: Mapping[str, Value]


def new_months(series: TimeSeries) -> list[int]:
    """1 for the first value of each calendar month, else 0."""
    months = series.days.astype("datetime64[M]")
    flags: list[int] = np.append(True, months[1:] != months[:-1]).astype(int).tolist()
    return flags


def figures(content: SnapshotContent) -> Figures:
    """Every number of the model, from the evaluation and the functions that made it."""
    result, thesis = content.evaluation, content.thesis
    places = {pillar.id: number for number, pillar in enumerate(thesis.pillars, start=1)}
    indicators = [
        _indicator(content, defined, found, places[defined.pillar])
        for defined, found in zip(thesis.indicators, result.indicators, strict=True)
    ]
    pillars = [_pillar(content, number, indicators) for number in range(len(thesis.pillars))]
    for row, found in zip(indicators, result.indicators, strict=True):
        pillar = pillars[places[found.pillar] - 1]
        lost = bool(row["Weight"]) and (row["Status"] in ("missing", "expired") or not pillar["Published"])
        declared = _of(pillar, "Declared")
        row["Weight in all"] = _of(pillar, "Share") * _of(row, "Weight") / declared if declared > 0 else 0.0
        row["Lost weight"] = row["Weight in all"] if lost else 0.0
    _round(indicators, scoring.displayed_points(result.score, result.indicators))
    _round(pillars, scoring.displayed_points(result.score, result.pillars))
    return Figures(indicators, pillars, _result(content, indicators, pillars))


def _of(row: Mapping[str, Value], header: str) -> float:
    value = row[header]
    return float(value) if isinstance(value, (int, float)) else 0.0


def _indicator(content: SnapshotContent, defined: Indicator, found: IndicatorResult, pillar: int) -> Row:
    working, facts = content.facts.workings[found.id], _result_of(content.facts, found.id)
    undirected = None if found.score is None else normalise.directed(found.score, defined.direction)
    due = overdue = None
    fresh = 0.0
    if working.schedule is not None and facts.observed_on is not None:
        due = to_date(working.schedule.expected_after(np.array([to_day(facts.observed_on)]))[0])
        overdue = working.schedule.days_overdue(facts.observed_on, content.evaluation.as_of)
        if found.score is not None:
            fresh = scoring.freshness(overdue, content.thesis.method.staleness[working.schedule.frequency])
    live = 0.0 if found.score is None else defined.weight * fresh
    return {
        "Pillar number": pillar, "Method": working.method, "Value": facts.value, **_percentile(working),
        "Undirected": undirected, "Score": found.score, "Next due": due, "Days overdue": overdue, "Freshness": fresh,
        "Weight": defined.weight, "Live weight": live, "Live points": live * (found.score or 0.0),
        "Effective weight": found.effective_weight, "Contribution": found.contribution, "Status": found.status,
        "Age in days": found.age_days, "Uncontested weight": 0.0 if defined.contested else defined.weight,
        "Uncontested live": 0.0 if defined.contested else live,
        "As defined": _is_as_defined(content, defined), "Id": found.id,
    }  # fmt: skip


def _is_as_defined(content: SnapshotContent, indicator: Indicator) -> int:
    """Whether a reader left alone what turns an indicator's value into its score."""
    first = next(item for item in content.facts.thesis.indicators if item.id == indicator.id)
    return int((first.direction, first.normalise) == (indicator.direction, indicator.normalise))


def _result_of(content: SnapshotContent, indicator: str) -> IndicatorResult:
    return next(item for item in content.evaluation.indicators if item.id == indicator)


def _percentile(working: Working) -> Row:
    """How a percentile comes about; empty for other methods."""
    if working.history is None:
        return dict.fromkeys(("Values", "Less", "Equal", "Months", "Years", "Percentile"))
    values = working.history.values
    less, equal = ranks(values)
    days = working.history.days
    return {
        "Values": len(values), "Less": less, "Equal": equal, "Months": sum(new_months(working.history)),
        "Years": float((days[-1] - days[0]).astype(int)) / 365.25,
        "Percentile": normalise.mid_rank(values),
    }  # fmt: skip


def ranks(values: Values) -> tuple[int, int]:
    """How many values are less than the last, and how many equal to it; a billionth apart is equal."""
    last = float(values[-1])
    width = normalise.TIE_WIDTH * max(1.0, abs(last))
    less = int(np.count_nonzero(values < last - width))
    return less, int(np.count_nonzero(values <= last + width)) - less


def _pillar(content: SnapshotContent, number: int, indicators: Sequence[Row]) -> Row:
    pillar, found = content.thesis.pillars[number], content.evaluation.pillars[number]
    rows = [row for row in indicators if row["Pillar number"] == number + 1]
    declared = math.fsum(_of(row, "Weight") for row in rows)
    live = math.fsum(_of(row, "Live weight") for row in rows)
    covered = [_of(row, "Weight") for row in rows if _of(row, "Live weight") > 0]
    ages = [int(_of(row, "Age in days")) for row in rows if _of(row, "Live weight") > 0]
    calm = math.fsum(_of(row, "Uncontested weight") for row in rows)
    calm_live = math.fsum(_of(row, "Uncontested live") for row in rows)
    calm_points = [_of(row, "Live points") for row in rows if _of(row, "Uncontested live") > 0]
    calm_coverage = calm_live / calm if calm > 0 and pillar.weight > 0 else 0.0
    return {
        "Id": pillar.id, "Role": pillar.role, "Weight": pillar.weight, "Share": found.weight, "Declared": declared,
        "Live": live, "Coverage": found.coverage, "Published": int(found.score is not None),
        "Mean": math.fsum(_of(row, "Live points") for row in rows) / live if live > 0 else 0.0,
        "Score": found.score, "Effective weight": found.effective_weight, "Contribution": found.contribution,
        "Nominal coverage": math.fsum(covered) / declared if declared > 0 and pillar.weight > 0 else 0.0,
        "Uncontested declared": calm, "Uncontested coverage": calm_coverage,
        "Uncontested published": int(pillar.weight > 0 and calm_live > 0 and (
            round(calm_coverage, _DECIMALS) >= content.thesis.method.min_pillar_coverage)),
        "Uncontested mean": math.fsum(calm_points) / calm_live if calm_live > 0 else 0.0,
        "Oldest in days": max(ages) if found.score is not None else None,
    }  # fmt: skip


def _round(rows: Sequence[Row], shown: Mapping[str, float]) -> None:
    """Add the columns that round contributions so that they add up."""
    for row in rows:
        tenths = None if row["Contribution"] is None else _of(row, "Contribution") * 10
        units = 0 if tenths is None else math.floor(round(tenths, 6))
        row["Units"] = units
        row["Remainder"] = 1 if tenths is None else units / 10 - _of(row, "Contribution")
        row["Points"] = None if tenths is None else shown[str(row["Id"])]


def _result(content: SnapshotContent, indicators: Sequence[Row], pillars: Sequence[Row]) -> dict[str, Value]:
    result = content.evaluation
    label = None if result.score is None else content.thesis.label_of(result.score)
    short = None if result.score is None else round((round(result.score, 1) - normalise.NEUTRAL) * 10)
    return {
        "as_of": result.as_of,
        "published_share": math.fsum(_of(row, "Share") for row in pillars if row["Published"]),
        "coverage": result.coverage.effective,
        "nominal_coverage": result.coverage.nominal,
        "score": result.score,
        "label": None if label is None else label.text.in_language(content.language),
        "status": TOKENS[result.status].say(content.language),
        "low": result.bounds.low if result.bounds else None,
        "high": result.bounds.high if result.bounds else None,
        "outcome": result.outcome_score,
        "driver": result.driver_score,
        "uncontested": result.score_without_contested,
        "units_of_indicators": None if short is None else short - sum(int(_of(row, "Units")) for row in indicators),
        "units_of_pillars": None if short is None else short - sum(int(_of(row, "Units")) for row in pillars),
        "changed": content.changed_inputs,
    }
