"""What the text says, and the dated questions that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from xl_thesis.definition import Claim
from xl_thesis.errors import InputError, MissingData
from xl_thesis_udfs.arguments import AsOf, ThesisName, chosen, one_of
from xl_thesis_udfs.registry import Argument, cell_function
from xl_thesis_udfs.session import session

if TYPE_CHECKING:
    from xl_thesis.ledger import Standing

GROUP = "Claims and questions"

_CLAIM: dict[str, Callable[[Claim], Any]] = {
    "text": lambda claim: claim.text.en,
    "text_zh": lambda claim: claim.text.zh_hant,
    "kind": lambda claim: claim.kind,
    "group": lambda claim: claim.group,
    "number": lambda claim: claim.number,
    "measure": lambda claim: claim.measure,
    "tested_by": lambda claim: ", ".join(claim.tested_by) or None,
    "supports_if": lambda claim: claim.supports_if,
    "falsifier": lambda claim: claim.falsifier,
    "wrong_on": lambda claim: claim.wrong_on,
    "verdict": lambda claim: claim.verdict.status.replace("_", " "),
    "note": lambda claim: claim.verdict.note,
    "later": lambda claim: claim.verdict.later,
}
_QUESTION: dict[str, Callable[[Standing], Any]] = {
    "status": lambda item: item.status,
    "text": lambda item: item.question.text.en,
    "text_zh": lambda item: item.question.text.zh_hant,
    "criterion": lambda item: item.question.criterion,
    "polarity": lambda item: item.question.polarity,
    "opens": lambda item: item.question.opens,
    "resolves": lambda item: item.question.resolves,
    "origin": lambda item: item.question.origin,
    "hindsight": lambda item: item.question.hindsight,
    "pillars": lambda item: ", ".join(item.pillars),
    "base_rate": lambda item: None if item.question.base_rate is None else item.question.base_rate.probability,
    "computed_base_rate": lambda item: None if item.computed is None else item.computed.probability,
    "forecast": lambda item: None if item.last_forecast is None else item.last_forecast.p,
    "forecast_by": lambda item: None if item.last_forecast is None else item.last_forecast.by,
    "forecast_date": lambda item: None if item.last_forecast is None else item.last_forecast.date,
    "resolved_by": lambda item: item.resolved_by,
    "evidence": lambda item: item.evidence,
    "series_answer": lambda item: item.finding.answer,
    "contradiction": lambda item: item.contradiction,
}
_LEDGER = (
    "status", "text", "pillars", "polarity", "opens", "resolves", "origin", "hindsight", "base_rate",
    "computed_base_rate", "forecast", "forecast_by",
)  # fmt: skip
_BOARD = ("by", "questions", "brier", "time_weighted_brier", "log", "base_rate_brier", "skill")


@cell_function("text", GROUP)
def thesis_claim(
    claim: Annotated[str, Argument("Id of the claim, such as T4")],
    field: Annotated[str | None, Argument("What is wanted of it", "text", choices=tuple(_CLAIM))] = None,
    thesis: ThesisName = None,
) -> Any:
    """One statement of the thesis in our own words, how it can be proved wrong, and how it stood at publication.

    Errors: #N/A where the claim has none, #VALUE! for an unknown claim or field.
    Example: =THESIS_CLAIM("T4", "falsifier")
    """
    read = chosen("field", field, _CLAIM, "text")
    value = read(one_of("claim", claim, session().scorer(thesis).thesis.claims))
    if value is None:
        raise MissingData(f"claim {claim} has no {field}")
    return value


@cell_function("table", GROUP)
def thesis_claims(
    group: Annotated[str | None, Argument("Id of a pillar, or META", "all claims")] = None,
    thesis: ThesisName = None,
) -> list[list[Any]]:
    """All claims of a group, with headers; what a claim does not have is #N/A.

    Errors: #VALUE! for an unknown group or thesis.
    Example: =THESIS_CLAIMS("DOLLAR")
    """
    columns = ("group", "kind", "text", "number", "falsifier", "wrong_on", "verdict")
    claims = session().scorer(thesis).thesis.claims
    groups = {claim.group.lower(): claim.group for claim in claims}
    if group is not None and group.lower() not in groups:
        raise InputError(f"there is no group '{group}'; the thesis has: {', '.join(groups.values()) or 'none'}")
    wanted = [claim for claim in claims if group is None or claim.group.lower() == group.lower()]
    return [["id", *columns], *([claim.id, *(_CLAIM[name](claim) for name in columns)] for claim in wanted)]


@cell_function("text", GROUP, cached=False)
def thesis_question(
    question: Annotated[str, Argument("Id of the question, such as Q4")],
    field: Annotated[str | None, Argument("What is wanted of it", "status", choices=tuple(_QUESTION))] = None,
    as_of: AsOf = None,
    thesis: ThesisName = None,
) -> Any:
    """How a dated question stands on a day: its answer, base rates, the last forecast.

    Errors: #N/A where there is none, #VALUE! for an unknown question or field.
    Example: =THESIS_QUESTION("Q4", "resolves")
    """
    read = chosen("field", field, _QUESTION, "status")
    standings = session().standings(as_of, thesis)
    found = one_of("question", question, [standing.question for standing in standings])
    value = read(next(standing for standing in standings if standing.question.id == found.id))
    if value is None:
        raise MissingData(f"question {found.id} has no {(field or 'status').replace('_', ' ')} yet")
    return value


@cell_function("table", GROUP, columns=("id", *_LEDGER), cached=False)
def thesis_ledger(as_of: AsOf = None, thesis: ThesisName = None) -> list[list[Any]]:
    """Every dated question as it stands on a day, with headers; what there is not yet is #N/A.

    Errors: #VALUE! for a bad date or an unknown thesis.
    Example: =THESIS_LEDGER("2026-06-30")
    """
    standings = session().standings(as_of, thesis)
    return [["id", *_LEDGER], *([item.question.id, *(_QUESTION[name](item) for name in _LEDGER)] for item in standings)]


@cell_function("table", GROUP, columns=_BOARD, cached=False)
def thesis_scoreboard(as_of: AsOf = None, thesis: ThesisName = None) -> list[list[Any]]:
    """How good the forecasts of each person were, prospective questions only; lower is better, except for skill.

    Errors: #VALUE! for a bad date or an unknown thesis. Headers alone say that no forecast is scored yet.
    Example: =THESIS_SCOREBOARD("2026-06-30")
    """
    from xl_thesis.scoreboard import scoreboards

    boards = scoreboards(session().standings(as_of, thesis))
    return [list(_BOARD), *([getattr(board, name) for name in _BOARD] for board in boards)]
