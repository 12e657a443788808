"""The sentences of the snapshot, in one place; the words of tables are in ``layout``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xl_thesis.evaluation import Evaluation, IndicatorResult
from xl_thesis.provenance import FRED_NOTICE
from xl_thesis_workbook.content import SnapshotContent

if TYPE_CHECKING:
    import pandas as pd

AS_OF_FORMAT = '"As known on "d mmmm yyyy'
SCORE_LABEL = "Score (0 to 100, 50 is neutral)"
COVERAGE = "Coverage: known weight"
TILES = (
    "Lowest it could be", "Highest it could be", COVERAGE, "Outcomes the thesis predicts", "Causes it names",
    "Without contested indicators",
)  # fmt: skip
PILLAR_CHART = "Score of each pillar, right or left of neutral"
NO_HISTORY = "No score on any month-end up to this day: too little was known."
SCORE_LESS_NEUTRAL = "Score less 50"
MOVERS = "What moves it most"
MOVER_COLUMNS = ("Score", "Points", "Pillar", "Flags")
NO_MOVERS = "Nothing: there is no score."
GAPS = "What does not count, and why"
GAP_COLUMNS = ("Weight", "Reason")
NO_GAPS = "Nothing: every indicator counts."
QUESTIONS = "Next questions"
QUESTION_COLUMN = "Resolves"
NOTES = "What to know before you quote it"
HASHES = ("Definition hash (SHA-256)", "Data hash (SHA-256)")
CREDITS = (
    "ECB series: source European Central Bank. World Bank series: CC BY 4.0. FRED-MD vintages: McCracken and Ng (2016)."
    " A dollar index rebuilt from reference rates is not the ICE U.S. Dollar Index."
)


def status(content: SnapshotContent) -> str:
    """How far the score can be trusted: how much is known, and the bounds that follow."""
    result, method = content.evaluation, content.thesis.method
    known = f"{result.coverage.effective:.0%} of the weight is known"
    if result.bounds is None:
        return f"Withheld: {known}, less than the {method.withheld_below:.0%} that a score needs."
    bounds = f"between {result.bounds.low:.1f} and {result.bounds.high:.1f}"
    if result.status == "partial":
        return f"Partial evidence: {known}, less than {method.partial_below:.0%}. The score could be anything {bounds}."
    return f"{known}; whatever the rest would say, the score is {bounds}."


def band(result: Evaluation) -> str | None:
    """How far the score depends on choices of method; None where that was not computed."""
    if result.band is None:
        return None
    return (
        f"Other reasonable choices of method give {result.band.p5:.1f} to {result.band.p95:.1f} in nine of ten draws,"
        f" above 50 in {result.band.share_above_50:.0%}."
    )


def data_state(result: Evaluation) -> str:
    """Which data, of which grade, and whether the definition is older than the day."""
    shares = ", ".join(f"{grade} {share:.0%}" for grade, share in result.grade_shares.items())
    grades = f"Data grade {result.grade} (by weight: {shares})." if result.grade else ""
    origin = (
        "Reconstruction: today's definition applied to that day."
        if result.reconstruction
        else "The definition was frozen before that day."
    )
    return " ".join(sentence for sentence in (result.data.sentence(), grades, origin) if sentence)


def remark(item: IndicatorResult, closed_pillars: set[str]) -> str | None:
    """Why an indicator has no value, or does not count, or counts less; None where nothing is to be said."""
    reasons = [item.reason] if item.reason else []
    if item.status == "expired":
        reasons.append(f"too old to count: the last value is of {item.observed_on}")
    if item.status == "stale":
        reasons.append(f"late, so it counts less: the last value is of {item.observed_on}")
    if item.weight == 0:
        reasons.append("context only, without weight")
    elif item.score is not None and item.pillar in closed_pillars and item.status != "expired":
        reasons.append("its pillar is not published")
    return "; ".join(reasons) or None


def flags(item: IndicatorResult) -> str | None:
    """What to know of an indicator before quoting it, in words."""
    found = {
        "proxy": item.is_proxy,
        "precomputed": item.is_precomputed,
        "contested": item.contested,
        "late": item.status == "stale",
    }
    return ", ".join(word for word, holds in found.items() if holds) or None


def more_gaps(count: int, share: float) -> str:
    """The gaps that found no room on the page."""
    return f"and {count} more with {share:.0%} of the weight: see the sheet Indicators"


def claims(content: SnapshotContent) -> str:
    """How many claims stood how when the thesis was published."""
    counts = Counter(claim.verdict.status.replace("_", " ") for claim in content.thesis.claims)
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    return f"Claims as they stood at publication: {verdicts} ({len(content.thesis.claims)} in all)."


def notes(content: SnapshotContent) -> list[str]:
    """What a reader must know before quoting the score."""
    result, method = content.evaluation, content.thesis.method
    counted = [item for item in result.indicators if item.effective_weight > 0]
    proxies = ", ".join(item.title for item in counted if item.is_proxy)
    stored = [item for item in counted if item.is_precomputed]
    closed = ", ".join(pillar.title for pillar in result.pillars if pillar.score is None)
    found = [
        "The score weighs evidence. Neither it nor its range over methods is a probability that the thesis is right."
    ]
    if closed:
        least = f"{method.min_pillar_coverage:.0%}"
        found.append(f"Pillars not published, since less than {least} of their weight is known: {closed}.")
    if proxies:
        found.append(f"Measured by a proxy: {proxies}.")
    if stored:
        found.append(f"{len(stored)} indicators were computed beforehand from prices that may not be passed on.")
    if content.thesis.claims:
        found.append(claims(content))
    return [*found, FRED_NOTICE]


def history_title(is_published: bool) -> str:
    """The title of the chart over time."""
    return f"Score as known at each month-end{'; bold since publication' if is_published else ', before publication'}"


def pillars_aloud(result: Evaluation) -> str:
    """The chart of pillars for those who cannot see it."""
    scores = {item.title: "not published" if item.score is None else f"{item.score:.1f}" for item in result.pillars}
    listed = "; ".join(f"{title} {score}" for title, score in scores.items())
    return f"Bar chart of the score of each pillar, 50 is neutral: {listed}."


def history_aloud(scores: pd.Series[float]) -> str:
    """The chart of the score over time for those who cannot see it; ``scores`` by day, none missing."""
    first, last = scores.index[0], scores.index[-1]
    return (
        f"Line chart of the score from {first:%B %Y} to {last:%B %Y}: between {scores.min():.1f} and"
        f" {scores.max():.1f}, at the end {scores.iloc[-1]:.1f}; 50 is neutral."
    )


def reproduce(content: SnapshotContent) -> str:
    """The command that gives the same score again."""
    result = content.evaluation
    return (
        f"Reproduce with xl-thesis {content.version}:"
        f" xl-thesis score --thesis {result.thesis} --as-of {result.as_of}"
    )
