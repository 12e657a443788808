"""What the score is made of, why it moved and what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from xl_thesis.errors import MissingData
from xl_thesis.evaluation import IndicatorResult, PillarResult, percent
from xl_thesis.wording import listed
from xl_thesis_udfs.arguments import AsOf, ThesisName, chosen, one_of
from xl_thesis_udfs.registry import Argument, cell_function
from xl_thesis_udfs.session import session

GROUP = "Evidence"
_PILLAR = ("score", "weight", "effective_weight", "contribution", "coverage", "title", "role")
_INDICATOR = (
    "score", "value", "unit", "weight", "effective_weight", "contribution", "observed_on", "available_at", "age_days",
    "status", "reason", "source", "grade", "is_proxy", "is_precomputed", "contested", "title", "pillar", "is_imported",
)  # fmt: skip
_NAMED = {"source": "named_source"}
_PILLAR_COLUMNS = ("id", "title", "role", "score", "weight", "effective_weight", "contribution", "coverage")
_INDICATOR_COLUMNS = (
    "id", "pillar", "title", "value", "unit", "score", "effective_weight", "contribution", "observed_on", "age_days",
    "status", "is_imported",
)  # fmt: skip
_SOURCE_COLUMNS = (
    "series", "title", "unit", "first", "last", "age_days", "observations", "grade", "publisher", "licence", "notice",
    "imported",
)  # fmt: skip


@cell_function("number", GROUP)
def thesis_pillar(
    pillar: Annotated[str, Argument("Id of the pillar, such as DOLLAR")],
    field: Annotated[str | None, Argument("What is wanted of it", "score", choices=_PILLAR)] = None,
    as_of: AsOf = None,
    thesis: ThesisName = None,
) -> Any:
    """One number or word of a pillar; scores and contributions in points of 100, weights and coverage 0 to 1.

    Errors: #N/A where the pillar is not published, #VALUE! for an unknown pillar or field.
    Example: =THESIS_PILLAR("DOLLAR", "contribution", "2026-06-30")
    """
    found: PillarResult = one_of("pillar", pillar, session().evaluate(as_of, thesis).pillars)
    return _read(
        found, field, _PILLAR, lambda _: f"is not published: {percent(found.coverage)} of its weight is known and fresh"
    )


@cell_function("number", GROUP)
def thesis_indicator(
    indicator: Annotated[str, Argument("Id of the indicator, such as dxy_trend")],
    field: Annotated[str | None, Argument("What is wanted of it", "score", choices=_INDICATOR)] = None,
    as_of: AsOf = None,
    thesis: ThesisName = None,
) -> Any:
    """One number, word or day of an indicator; value in its unit, contribution in points of the whole score.

    Errors: #N/A where there is none, #VALUE! for an unknown indicator or field.
    Example: =THESIS_INDICATOR("labour_cooling", "value", "2026-06-30")
    """
    found: IndicatorResult = one_of("indicator", indicator, session().evaluate(as_of, thesis).indicators)
    return _read(found, field, _INDICATOR, lambda name: f"has no {name}: {found.reason or 'there is none'}")


def _read(
    found: PillarResult | IndicatorResult, field: str | None, fields: tuple[str, ...], why: Callable[[str], str]
) -> Any:
    """One field of a result. Raises ``MissingData`` with the reason where it has none."""
    name = chosen("field", field, {name: name for name in fields}, "score")
    value = getattr(found, _NAMED.get(name, name))
    if value is None:
        raise MissingData(f"{found.id} {why(name)}")
    return value


@cell_function("table", GROUP)
def thesis_table(
    level: Annotated[
        str | None, Argument("What the rows are", "pillars", choices=("pillars", "indicators", "sources"))
    ] = None,
    as_of: AsOf = None,
    thesis: ThesisName = None,
) -> list[list[Any]]:
    """Table of all pillars, all indicators or all series behind them, with headers; missing numbers are #N/A.

    Values that a person imported are named: is_imported of an indicator, the file in the column imported of a series.

    Errors: #VALUE! for a bad level, date or thesis.
    Example: =THESIS_TABLE("pillars", "2026-06-30")
    """
    rows = chosen("level", level, _TABLES, "pillars")
    return rows(as_of, thesis)


def _pillars(as_of: dt.date | None, thesis: str | None) -> list[list[Any]]:
    return _records(_PILLAR_COLUMNS, session().evaluate(as_of, thesis).pillars)


def _indicators(as_of: dt.date | None, thesis: str | None) -> list[list[Any]]:
    return _records(_INDICATOR_COLUMNS, session().evaluate(as_of, thesis).indicators)


def _sources(as_of: dt.date | None, thesis: str | None) -> list[list[Any]]:
    from xl_thesis.provenance import source_records

    records = source_records(session().scorer(thesis), session().evaluate(as_of, thesis))
    rows = [
        [item.meta.id, item.meta.title, item.meta.unit, item.first, item.last, item.age_days, item.observations,
         item.grade, item.meta.publisher, item.meta.licence, item.meta.notice or "",
         listed(item.imported)]
        for item in records
    ]  # fmt: skip
    return [list(_SOURCE_COLUMNS), *rows]


def _records(columns: tuple[str, ...], items: Any) -> list[list[Any]]:
    return [list(columns), *([getattr(item, column) for column in columns] for item in items)]


_TABLES: dict[str, Callable[[dt.date | None, str | None], list[list[Any]]]] = {
    "pillars": _pillars, "indicators": _indicators, "sources": _sources,
}  # fmt: skip


@cell_function("table", GROUP, unit="points of 100")
def thesis_change(
    since: Annotated[dt.date, Argument("Earlier day to compare with")],
    level: Annotated[
        str | None, Argument("A row for each cause, or each effect of one", "causes", choices=("causes", "effects"))
    ] = None,
    as_of: AsOf = None,
    thesis: ThesisName = None,
) -> list[list[Any]]:
    """Why the score moved: points by cause, with headers; the column of points adds up to the change of the score.

    Errors: #N/A where a score is withheld, #VALUE! where the days are not in order.
    Example: =THESIS_CHANGE("2026-03-31",, "2026-06-30")
    """
    from xl_thesis.attribution import CAUSES

    is_whole = chosen("level", level, {"causes": True, "effects": False}, "causes")
    found = session().change(since, as_of, thesis)
    if is_whole:
        totals = found.totals().items()
        return [["cause", "points", "words"], *([cause, points, CAUSES[cause]] for cause, points in totals)]
    effects = ([item.cause, item.id, item.points, item.words] for item in found.effects)
    return [["cause", "id", "points", "words"], *effects]


_RELEASES = (
    "indicator", "title", "frequency", "source", "observed_on", "expected_on", "days_overdue", "effective_weight",
    "lowest", "usual_low", "usual_high", "highest",
)  # fmt: skip


@cell_function("table", GROUP)
def thesis_calendar(
    level: Annotated[
        str | None,
        Argument("Next releases and what each can do to the score in points, or days of decision", "releases",
                 choices=("releases", "events")),
    ] = None,
    as_of: AsOf = None,
    thesis: ThesisName = None,
) -> list[list[Any]]:  # fmt: skip
    """What comes next: releases, overdue ones first, or the days on which something is decided; with headers.

    Errors: #VALUE! for a bad level, date or thesis.
    Example: =THESIS_CALENDAR("events", "2026-06-30")
    """
    is_events = chosen("level", level, {"releases": False, "events": True}, "releases")
    if is_events:
        events = session().calendar(as_of, thesis).events
        return [["day", "kind", "id", "words"], *([item.on, item.kind, item.id, item.words] for item in events)]
    rows = [
        [item.indicator, item.title, item.frequency, item.source, item.observed_on, item.expected_on,
         item.days_overdue, item.effective_weight, *_moves(item.bounds, item.usual)]
        for item in session().calendar(as_of, thesis).releases
    ]  # fmt: skip
    return [list(_RELEASES), *rows]


def _moves(bounds: tuple[float, float] | None, usual: tuple[float, float] | None) -> Iterator[float | None]:
    low, high = bounds or (None, None)
    down, up = usual or (None, None)
    yield from (low, down, up, high)


_ALERTS = ("indicator", "title", "state", "number", "limit", "observed_on", "met_on", "deadline", "sentence")


@cell_function("table", GROUP, columns=_ALERTS)
def thesis_alerts(
    level: Annotated[
        str | None, Argument("Falsifiers that are met or near, or all that a machine can judge", "alerts",
                             choices=("alerts", "all"))
    ] = None,
    as_of: AsOf = None,
    thesis: ThesisName = None,
) -> list[list[Any]]:  # fmt: skip
    """Which indicators are proved wrong by their own rule, and which are close to it, with headers.

    Errors: #VALUE! for a bad level, date or thesis.
    Example: =THESIS_ALERTS("all", "2026-06-30")
    """
    from xl_thesis.falsifiers import alerts

    is_all = chosen("level", level, {"alerts": False, "all": True}, "alerts")
    states = session().falsifiers(as_of, thesis)
    return _records(_ALERTS, states if is_all else alerts(states))
