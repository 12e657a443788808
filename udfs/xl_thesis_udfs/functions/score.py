"""The score of a thesis, in parts and over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from xl_thesis.errors import MissingData
from xl_thesis.evaluation import BandResult, Evaluation, percent
from xl_thesis.wording import listed
from xl_thesis_udfs.arguments import AsOf, ThesisName, chosen
from xl_thesis_udfs.registry import Argument, cell_function
from xl_thesis_udfs.session import session

GROUP = "Score"
_POINTS = "points of 100"

_QUANTILES: dict[str, Callable[[BandResult], float]] = {
    "low": lambda band: band.p5,
    "median": lambda band: band.p50,
    "high": lambda band: band.p95,
    "share_above_50": lambda band: band.share_above_50,
    "varied_share": lambda band: band.varied_share,
}
_DETAILS: dict[str, Callable[[Evaluation], Any]] = {
    "thesis": lambda found: found.thesis,
    "title": lambda found: found.title,
    "as_of": lambda found: found.as_of,
    "status": lambda found: found.status,
    "score": lambda found: found.score,
    "label": lambda found: found.label,
    "outcome_score": lambda found: found.outcome_score,
    "driver_score": lambda found: found.driver_score,
    "without_contested": lambda found: found.score_without_contested,
    "coverage": lambda found: found.coverage.effective,
    "nominal_coverage": lambda found: found.coverage.nominal,
    "bounds_low": lambda found: None if found.bounds is None else found.bounds.low,
    "bounds_high": lambda found: None if found.bounds is None else found.bounds.high,
    "grade": lambda found: found.grade,
    "reconstruction": lambda found: found.reconstruction,
    "data": lambda found: found.data.kind,
    "reference_date": lambda found: found.data.reference_date,
    "refreshed_on": lambda found: None if found.data.refreshed_at is None else found.data.refreshed_at.date(),
    "imported": lambda found: listed(found.data.imported) or None,
    "definition_hash": lambda found: found.definition_hash,
    "data_hash": lambda found: found.data_hash,
    "version": lambda found: found.version,
}


@cell_function("number", GROUP, unit=_POINTS)
def thesis_score(as_of: AsOf = None, thesis: ThesisName = None) -> float:
    """Score of the thesis, 0 to 100; 50 is neutral. Not a probability that the thesis is right.

    Errors: #N/A where the score is withheld, #VALUE! for a bad date or an unknown thesis.
    Example: =THESIS_SCORE("2026-06-30")
    """
    result = session().evaluate(as_of, thesis)
    if result.score is None:
        known = percent(result.coverage.effective)
        raise MissingData(f"the score is withheld: only {known} of the weight is known in published pillars")
    return result.score


@cell_function("text", GROUP)
def thesis_label(as_of: AsOf = None, thesis: ThesisName = None) -> str:
    """The score in words, such as leaning for; also says where evidence is partial or the score is withheld.

    Errors: #VALUE! for a bad date or an unknown thesis.
    Example: =THESIS_LABEL("2026-06-30")
    """
    return session().evaluate(as_of, thesis).verdict()


@cell_function("number", GROUP, unit=_POINTS)
def thesis_band(
    bound: Annotated[
        str | None,
        Argument(
            "Lower end, middle or upper end of the band in points; the share of the choices that give more than 50,"
            " of the weight that was scored in other ways",
            "median",
            choices=tuple(_QUANTILES),
        ),
    ] = None,
    as_of: AsOf = None,
    thesis: ThesisName = None,
) -> float:
    """Robustness band: the middle 90% of the scores that other reasonable choices of method give. No probability.

    Errors: #N/A where the score is withheld, #VALUE! for a bad bound, date or thesis.
    Example: =THESIS_BAND("low", "2026-06-30")
    """
    number = chosen("bound", bound, _QUANTILES, "median")
    band = session().band(as_of, thesis)
    if band is None:
        raise MissingData("the score is withheld, so it has no band")
    return number(band)


@cell_function("number", GROUP, unit="share, 0 to 1")
def thesis_coverage(as_of: AsOf = None, thesis: ThesisName = None) -> float:
    """Share of all weight whose data are known and fresh, in published pillars only; 0 to 1.

    Errors: #VALUE! for a bad date or an unknown thesis.
    Example: =THESIS_COVERAGE("2026-06-30")
    """
    return session().evaluate(as_of, thesis).coverage.effective


@cell_function("number", GROUP)
def thesis_detail(
    field: Annotated[str, Argument("What is wanted of the evaluation", choices=tuple(_DETAILS))],
    as_of: AsOf = None,
    thesis: ThesisName = None,
) -> Any:
    """One number or word of the whole evaluation, such as the score of the outcomes alone.

    Errors: #N/A where there is none, #VALUE! for an unknown field, a bad date or an unknown thesis.
    Example: =THESIS_DETAIL("outcome_score", "2026-06-30")
    """
    value = chosen("field", field, _DETAILS, "score")(session().evaluate(as_of, thesis))
    if value is None:
        raise MissingData(f"there is no {field.lower()} on that day")
    return value


@cell_function("table", GROUP, columns=("field", "value"))
def thesis_summary(as_of: AsOf = None, thesis: ThesisName = None) -> list[list[Any]]:
    """All fields of THESIS_DETAIL in a table of two columns.

    Errors: #VALUE! for a bad date or an unknown thesis.
    Example: =THESIS_SUMMARY("2026-06-30")
    """
    result = session().evaluate(as_of, thesis)
    return [["field", "value"], *([name, read(result)] for name, read in _DETAILS.items())]


_EACH = {letter: letter for letter in ("d", "w", "m", "q", "a")}


@cell_function("table", GROUP)
def thesis_history(
    item: Annotated[
        str | None,
        Argument("score, outcome_score, driver_score, coverage, the id of a pillar, or all", "score"),
    ] = None,
    start: Annotated[dt.date | None, Argument("First day wanted", "the day the thesis was published")] = None,
    finish: Annotated[dt.date | None, Argument("Last day wanted", "the day of THESIS_ASOF")] = None,
    frequency: Annotated[
        str | None, Argument("Every day, Friday, month-end, quarter-end or year-end", "m", choices=tuple(_EACH))
    ] = None,
    thesis: ThesisName = None,
) -> list[list[Any]]:
    """Scores as known on past days, recomputed with today's definition (a reconstruction), with headers, ascending.

    Errors: #VALUE! for an unknown item, a bad date or frequency, or more than 6,000 days.
    Example: =THESIS_HISTORY("score", "2026-01-01", "2026-06-30")
    """
    letter = chosen("frequency", frequency, _EACH, "m")
    found = session().history(start, finish, letter, thesis)
    columns = {"all": [*found.columns], **{name.lower(): [name] for name in found.columns}}
    names = chosen("item", item, columns, "score")
    values = [found.columns[name].tolist() for name in names]
    return [["as_of", *names], *map(list, zip(found.days.tolist(), *values, strict=True))]


_SENSITIVITY = (
    "id", "kind", "score_without", "shift", "influence_share", "nominal_share", "points_to_flip",
    "weight_factor_to_flip", "label_then",
)  # fmt: skip


@cell_function("table", GROUP, columns=_SENSITIVITY)
def thesis_sensitivity(as_of: AsOf = None, thesis: ThesisName = None) -> list[list[Any]]:
    """What the score hangs on: without each indicator or pillar, its influence, and how far it is from another label.

    A cell is #N/A where no change flips the label.
    Errors: #N/A where the score is withheld, #VALUE! for a bad date or an unknown thesis.
    Example: =THESIS_SENSITIVITY("2026-06-30")
    """
    found = session().sensitivity(as_of, thesis)
    if found.score is None:
        raise MissingData("the score is withheld, so it hangs on nothing")
    flips = {item.id: item for item in found.flips}
    shares = {item.id: (item.influence_share, item.nominal_share) for item in found.influence}
    rows: list[list[Any]] = [list(_SENSITIVITY)]
    for item in found.left_out:
        flip = flips.get(item.id) if item.kind == "indicator" else None
        ends = (flip.score_change, flip.weight_factor, flip.score_label or flip.weight_label) if flip else (None,) * 3
        rows.append([item.id, item.kind, item.score, item.shift, *shares.get(item.id, (None, None)), *ends])
    return rows


_PUBLISHED = (
    "date", "as_of", "score", "label", "status", "coverage", "band_low", "band_high", "reconstruction",
    "definition_hash", "data_hash", "version",
)  # fmt: skip


@cell_function("table", GROUP, columns=_PUBLISHED, cached=False)
def thesis_published(thesis: ThesisName = None) -> list[list[Any]]:
    """Every score as it was given out, from the sealed log and never recomputed; headers alone where none was.

    Errors: #VALUE! for an unknown thesis, or a log that was changed after it was written.
    Example: =THESIS_PUBLISHED()
    """
    from xl_thesis.published import read_published

    rows = []
    for entry in read_published(session().scorer(thesis).thesis.id):
        low, _, high = entry.band or (None, None, None)
        ends = [getattr(entry, name) for name in _PUBLISHED[8:]]
        rows.append([*(getattr(entry, name) for name in _PUBLISHED[:6]), low, high, *ends])
    return [list(_PUBLISHED), *rows]
