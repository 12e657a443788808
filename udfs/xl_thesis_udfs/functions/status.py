"""What the functions stand on: the day, the data, what failed, and the functions themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from xl_thesis.catalogue import leaves
from xl_thesis.errors import MissingData
from xl_thesis.knowledge import Knowledge
from xl_thesis.models import Operand
from xl_thesis.observations import to_date
from xl_thesis.pipeline import Scorer
from xl_thesis.provenance import FRED_NOTICE
from xl_thesis.store.feeds import Feed
from xl_thesis.thesis import operands_of
from xl_thesis.version import VERSION
from xl_thesis.wording import listed, named
from xl_thesis_udfs import failures
from xl_thesis_udfs.arguments import ThesisName, chosen
from xl_thesis_udfs.registry import FUNCTIONS, Argument, cell_function
from xl_thesis_udfs.session import session

GROUP = "Housekeeping"
_SERIES = (
    "series",
    "title",
    "state",
    "last",
    "available_at",
    "age_days",
    "days_overdue",
    "indicators",
    "publisher",
    "source",
    "checked_on",
    "failure",
)


@cell_function("date", GROUP)
def thesis_asof(thesis: ThesisName = None) -> dt.date:
    """The day that functions take where as_of is empty: today, or that of the embedded data until a refresh.

    Errors: #VALUE! for an unknown thesis.
    Example: =THESIS_ASOF()
    """
    return session().evaluate(None, thesis).as_of


@cell_function("table", GROUP, cached=False)
def thesis_status(
    topic: Annotated[
        str | None,
        Argument("The data with the latest failures of cells, failures alone, every series behind the thesis, the data"
                 " alone", "summary", choices=("summary", "errors", "series", "data")),
    ] = None,
    thesis: ThesisName = None,
) -> list[list[Any]]:  # fmt: skip
    """Which data answer, how old they are, and why cells show an error, newest first; with headers.

    Errors: #VALUE! for an unknown topic or thesis.
    Example: =THESIS_STATUS()
    """
    return chosen("topic", topic, _TOPICS, "summary")(thesis)


@cell_function("table", GROUP, columns=("function", "arguments", "summary", "example", "group"))
def thesis_functions() -> list[list[Any]]:
    """All functions with their arguments and an example, with headers.

    Errors: none.
    Example: =THESIS_FUNCTIONS()
    """
    rows = (
        [spec.name, spec.signature.partition("(")[2].removesuffix(")"), spec.summary, spec.example, spec.group]
        for spec in FUNCTIONS.values()
    )
    return [["function", "arguments", "summary", "example", "group"], *rows]


def _summary(thesis: str | None) -> list[list[Any]]:
    return [*_data(thesis), *_failures()]


def _data(thesis: str | None) -> list[list[Any]]:
    return [["topic", "item", "state", "sentence"], *_facts(session().scorer(thesis))]


def _facts(scorer: Scorer) -> Iterator[list[str]]:
    state = scorer.data_state()
    yield ["data", "store", state.kind, state.sentence()]
    yield ["data", "day", scorer.default_as_of().isoformat(), "Functions without a date are as known on this day."]
    yield ["thesis", scorer.thesis.id, scorer.definition_hash[:12], scorer.thesis.title.en]
    yield ["version", "xl-thesis", VERSION, FRED_NOTICE]


def _failures() -> list[list[str]]:
    return [["cell", item.formula, f"{item.code} at {item.at:%H:%M:%S}", item.sentence] for item in failures.latest()]


def _errors(_: str | None) -> list[list[Any]]:
    return [["topic", "item", "state", "sentence"], *_failures()]


def _series(thesis: str | None) -> list[list[Any]]:
    """Every stored series that an indicator may be computed from, late and missing ones first."""
    scorer = session().scorer(thesis)
    users: dict[str, list[str]] = {}
    for indicator in scorer.thesis.indicators:
        operands: list[Operand] = list(operands_of(indicator))
        for series_id in dict.fromkeys(leaf for operand in operands for leaf in leaves(operand, scorer.catalogue)):
            users.setdefault(series_id, []).append(indicator.id)
    knowledge = session().knowledge(None, thesis)
    feeds = scorer.store.feeds()
    rows = [
        [*_standing(scorer, knowledge, series_id, names), *_feed(feeds.get(series_id), _imported(knowledge, series_id))]
        for series_id, names in users.items()
    ]
    rows.sort(key=lambda row: ("missing", "late", "current").index(row[2]))
    return [list(_SERIES), *rows]


def _imported(knowledge: Knowledge, series_id: str) -> tuple[str, ...]:
    try:
        return knowledge.files(series_id)
    except MissingData:
        return ()


def _feed(feed: Feed | None, files: tuple[str, ...]) -> list[Any]:
    """Where a refresh or an import had the series from, when the source last answered, and why it since has not."""
    if feed is None:
        return [f"imported from {listed(files)}" if files else "", None, ""]
    return [
        named(feed.source or "", files),
        None if feed.checked_at is None else feed.checked_at.date(),
        feed.failure or "",
    ]


def _standing(scorer: Scorer, knowledge: Knowledge, series_id: str, users: list[str]) -> list[Any]:
    meta, day = scorer.meta_of(series_id), knowledge.on
    try:
        series = knowledge.series(series_id)
    except MissingData:
        return [series_id, meta.title, "missing", None, None, None, None, ", ".join(users), meta.publisher]
    last = to_date(series.days[-1])
    overdue = series.schedule.days_overdue(last, day)
    return [
        series_id, meta.title, "late" if overdue else "current", last, to_date(series.available[-1]),
        (day - last).days, overdue, ", ".join(users), meta.publisher,
    ]  # fmt: skip


_TOPICS: dict[str, Callable[[str | None], list[list[Any]]]] = {
    "summary": _summary, "errors": _errors, "series": _series, "data": _data,
}  # fmt: skip
