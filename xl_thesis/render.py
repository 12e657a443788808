"""An evaluation as text for a terminal: colours and tables there, plain text when piped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from xl_thesis.definition import Claim, Thesis
from xl_thesis.evaluation import Evaluation, IndicatorResult, percent
from xl_thesis.refresh_report import Event, Progress
from xl_thesis.scoring import displayed_parts, displayed_points
from xl_thesis.wording import count, listed

_PIPED_WIDTH = 120
_UNBOUNDED = 10_000
_BAR = 20
_PADDING = {1: (0, 0, 0, 0), 2: (0, 1, 0, 0), 3: (0, 1, 0, 1)}
"""By the blanks between two columns, of which the box gives one."""


def show(report: RenderableType) -> None:
    """Print to standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PIPED_WIDTH)
    console.print(report)


def columns(rows: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """Lines of a table without colours, no wider than ``width``; None for as wide as it needs.

    The first row is its head; the first column is to the left, the others are to the right.
    """
    first, *rest = rows[0]
    table = _table(first, *(f">{name}" for name in rest))
    for row in rows[1:]:
        table.add_row(*map(Text, row))
    console = Console(color_system=None, highlight=False, width=width or _UNBOUNDED)
    with console.capture() as captured:
        console.print(table)
    yield from (line.rstrip() for line in captured.get().splitlines())


@contextmanager
def refresh_progress(*, lines: bool) -> Iterator[Progress]:
    """What shows a refresh as it goes: a bar on a terminal, else a line a series on standard output if ``lines``."""
    console = Console(stderr=not lines)
    if not console.is_terminal:
        yield _print_line if lines else lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def advance(event: Event) -> None:
            bar.update(task, completed=event.done, total=event.total, description=event.result.sentence()[:80])

        yield advance


def _print_line(event: Event) -> None:
    print(f"[{event.done}/{event.total}] {event.result.sentence()}", flush=True)  # noqa: T201 - this is the door


def score_report(result: Evaluation) -> RenderableType:
    """Headline, the numbers beside it, and the pillars with contributions that add up."""
    table = _table("Pillar", "Role", ">Score", ">Weight", ">Points", ">Known", "")
    table.columns[-1].no_wrap = True
    points = displayed_points(result.score, result.pillars)
    for pillar in result.pillars:
        score = pillar.score
        table.add_row(
            pillar.title,
            pillar.role,
            _number(score),
            f"{pillar.weight:.0%}",
            _signed(points.get(pillar.id)),
            percent(pillar.coverage),
            _bar(score) if score is not None else Text("not published", "dim"),
        )
    return Group(*_headline(result), table, *_footer(result))


def explain_report(result: Evaluation) -> RenderableType:
    """Per pillar, every indicator, with contributions that add up to that of the pillar, and its reason."""
    parts: list[RenderableType] = [*_headline(result)]
    points = displayed_points(result.score, result.pillars)
    for pillar in result.pillars:
        state = f"score {_number(pillar.score)}, {_signed(points.get(pillar.id))} points"
        state += f", {percent(pillar.coverage)} known"
        parts.append(Text(f"\n{pillar.title} ({pillar.id}, {pillar.role}): {state}", "bold"))
        items = [item for item in result.indicators if item.pillar == pillar.id]
        shown = displayed_parts(points.get(pillar.id), items)
        parts += [_indicator_table(items, shown), *_reasons(items)]
    return Group(*parts, *_footer(result))


def explanation(thesis: Thesis, result: Evaluation) -> dict[str, Any]:
    """``explain`` as JSON: the evaluation, with each indicator's rationale, falsifier and claims."""
    document = result.to_json()
    definitions = {indicator.id: indicator for indicator in thesis.indicators}
    for item in document["indicators"]:
        definition = definitions[item["id"]]
        item.update(
            direction=definition.direction,
            rationale=definition.rationale,
            falsifier=definition.falsifier,
            wrong_on=None if definition.wrong_on is None else definition.wrong_on.isoformat(),
            claims=list(definition.claims),
        )
    return document


def claims_report(thesis: Thesis, claims: Sequence[Claim], day: dt.date, *, is_today: bool) -> RenderableType:
    """Claims with verdict and the date on which each would be wrong; of those past it, today, what happened later."""
    table = _table("Id", "Group", "Kind", "Claim", "At publication", "Wrong on")
    table.columns[-1].no_wrap = True
    for claim in claims:
        is_due = claim.wrong_on is not None and claim.wrong_on <= day
        wrong_on = f"{claim.wrong_on or ''}{' (due)' if is_due else ''}"
        later = f"\nLater: {claim.verdict.later}" if is_due and is_today and claim.verdict.later else ""
        status = claim.verdict.status.replace("_", " ")
        table.add_row(claim.id, claim.group, claim.kind, f"{claim.text.en}{later}", status, wrong_on)
    counts: dict[str, int] = {}
    for claim in claims:
        counts[claim.verdict.status] = counts.get(claim.verdict.status, 0) + 1
    words = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in sorted(counts.items()))
    return Group(Text(thesis.title.en, "bold"), table, Text(f"{count(len(claims), 'claim')} at publication: {words}."))


def series_report(document: dict[str, Any]) -> RenderableType:
    """A series with its source; long ones show their ends."""
    rows = document["observations"]
    table = _table("Observed on", ">Value", "Available at")
    shown: Iterable[dict[str, Any] | None] = rows if len(rows) <= 30 else [*rows[:5], None, *rows[-15:]]
    for row in shown:
        if row is None:
            table.add_row("...", f"{len(rows) - 20} more", "")
        else:
            table.add_row(row["observed_on"], f"{row['value']:g}", row["available_at"])
    head = f"{document['id']}: {document['title']} ({document['unit']}, {document['frequency']})"
    source = f"{document['publisher']}. {document['licence']}. {document['notice'] or ''}".strip()
    return Group(
        Text(head, "bold"), Text(f"As known on {document['as_of']}. {document['data']}"), table, Text(source),
        *_feed_lines(document["feed"]), *_import_line(document),
    )  # fmt: skip


def _feed_lines(feed: dict[str, Any] | None) -> list[Text]:
    """How a series was last brought, and why it since could not be."""
    if feed is None:
        return []
    lines = [Text(f"Brought by {feed['source']}, last at {feed['checked_at']}.", "dim")] if feed["checked_at"] else []
    if feed["failure"]:
        lines.append(Text(f"Could not be brought at {feed['failed_at']}: {feed['failure']}", "dim"))
    return lines


def _import_line(document: dict[str, Any]) -> list[Text]:
    """From where values of a series, or of those it is computed from, were imported, and how many."""
    days = [row["observed_on"] for row in document["observations"] if row["imported"]]
    if not document["imported"]:
        return []
    of_all = (
        f"{len(days):,} of {count(len(document['observations']), 'value')}, the newest of {days[-1]}" if days else ""
    )
    files = listed(document["imported"])
    return [Text(f"Imported from {files}: {of_all}." if days else f"With values imported from {files}.", "dim")]


def listing_report(listing: Sequence[dict[str, Any]]) -> RenderableType:
    """Every series that is known, and how many are not."""
    table = _table("Series", "Title", "Frequency", "First", "Last", ">Values")
    for entry in listing:
        if entry["observations"]:
            table.add_row(*(str(entry[key]) for key in ("id", "title", "frequency", "first", "last", "observations")))
    absent = sum(1 for entry in listing if not entry["observations"])
    return Group(table, Text(f"{absent} more series have no data yet; a refresh brings them, or an import your own."))


def evidence_report(evidence: dict[str, Any]) -> RenderableType:
    """Forward tests, baselines, placebos, and the sentence that says what cannot be concluded."""
    tests = _table(
        "Predictor",
        ">Months ahead",
        ">Scores",
        ">Correlation",
        ">p",
        ">p in family",
        ">Apart",
        ">Windows",
        ">Detectable",
        ">Over random walk",
    )
    for test in evidence["tests"]:
        tests.add_row(
            test["predictor"].replace("_", " "), str(test["months"]), str(test["observations"]),
            f"{test['correlation']:+.2f}",
            f"{test['p_circular']:.2f}", f"{test['p_holm']:.2f}", _signed(test["correlation_non_overlapping"], 2),
            str(test["independent_windows"]), "--" if test["detectable"] is None else f"{test['detectable']:.2f}",
            _signed(test["gain_over_random_walk"], 2),
        )  # fmt: skip
    for test in evidence["baselines"]:
        p_value = "--" if test["p_circular"] is None else f"{test['p_circular']:.2f}"
        tests.add_row(test["name"], str(test["months"]), "", _signed(test["correlation"], 2), p_value)
    placebos = _table(">Months after", ">Publications", ">5 %", ">Median", ">95 %", ">Above 55", ">This thesis")
    for row in evidence["placebos"]:
        placebos.add_row(
            str(row["months"]), str(row["publications"]), *(_number(row[name]) for name in ("p5", "p50", "p95")),
            f"{row['share_above_55']:.0%}", _number(row["actual"]),
        )  # fmt: skip
    beaten = evidence["share_of_random_signs_beaten"]
    signs = "" if beaten is None else f"Random directions: the real ones do better than {beaten:.0%} of 1,000 draws."
    return Group(
        Text(f"{evidence['thesis']}: rank correlation of scores with the later change of {evidence['target']}", "bold"),
        Text("p: circular shifts of the score; in the family: Holm's correction; apart: windows that do not overlap;"
             " detectable: what so many windows could show; over random walk: out-of-sample R-squared against a"
             " forecast of no change."),
        tests, Text(signs), Text("\nThe same definition published on every month-end since 2009", "bold"), placebos,
        Text(f"\n{evidence['conclusion']}", "bold"),
    )  # fmt: skip


def _headline(result: Evaluation) -> list[Text]:
    score = "--" if result.score is None else f"{result.score:.1f}"
    lines = [Text(f"{result.title}", "bold"), Text.assemble((f"{score}", "bold"), " of 100: ", result.verdict())]
    if result.bounds is not None:
        lines.append(
            Text(
                f"Between {result.bounds.low:.1f} and {result.bounds.high:.1f} whatever is not known turns out to be;"
                f" {percent(result.coverage.effective)} of the weight is known in published pillars."
            )
        )
    else:
        lines.append(Text(f"Only {percent(result.coverage.effective)} of the weight is known in published pillars."))
    if result.band is not None:
        lines.append(
            Text(f"Other reasonable choices of method give {result.band.p5:.1f} to {result.band.p95:.1f} in nine of ten"
                 f" draws, above 50 in {result.band.share_above_50:.0%} (robustness band, not a probability).")
        )  # fmt: skip
    basis = "reconstruction with today's definition" if result.reconstruction else "definition frozen before that day"
    lines.append(Text(f"As known on {result.as_of} ({basis}). {result.data.sentence()}", "dim"))
    return lines


def _footer(result: Evaluation) -> list[Text]:
    parts = [
        f"outcomes {_number(result.outcome_score)}",
        f"drivers {_number(result.driver_score)}",
        f"without contested indicators {_number(result.score_without_contested)}",
    ]
    shares = ", ".join(f"{grade} {share:.0%}" for grade, share in result.grade_shares.items())
    proxies = [item.id for item in result.indicators if item.is_proxy and item.effective_weight > 0]
    precomputed = [item.id for item in result.indicators if item.is_precomputed and item.effective_weight > 0]
    imported = [item.id for item in result.indicators if item.is_imported and item.effective_weight > 0]
    missing = [item.id for item in result.indicators if item.score is None and item.weight > 0]
    expired = [item.id for item in result.indicators if item.status == "expired" and item.weight > 0]
    lines = [Text("50 is neutral. " + "; ".join(parts) + (f". Data grade {shares}." if shares else "."))]
    for words, names in (
        ("Proxies", proxies),
        ("Precomputed from prices that may not be passed on", precomputed),
        ("With imported values", imported),
        ("Missing", missing),
        ("Too old to count", expired),
    ):
        if names:
            lines.append(Text(f"{words}: {', '.join(names)}", "dim"))
    lines.append(
        Text(
            f"definition {result.definition_hash[:12]}  data {result.data_hash[:12]}  xl-thesis {result.version}", "dim"
        )
    )
    return lines


def _reasons(items: Sequence[IndicatorResult]) -> list[Text]:
    """Why an indicator is missing, what stands in for it, or from where its values were imported.

    Precomputed ones are explained once, in the footer.
    """
    lines = []
    for item in items:
        if item.reason and not item.is_precomputed:
            lines.append(Text(f"  {item.id}: {item.reason}", "dim"))
        if item.imported:
            lines.append(Text(f"  {item.id}: {item.named_source}", "dim"))
    return lines


def _indicator_table(items: Sequence[IndicatorResult], points: Mapping[str, float]) -> Table:
    table = _table("Indicator", ">Value", "Unit", ">Score", ">Weight", ">Points", "Observed", "State")
    for item in items:
        flags = [item.status] + [
            word
            for word, on in (
                ("proxy", item.is_proxy),
                ("precomputed", item.is_precomputed),
                ("imported", item.is_imported),
                ("contested", item.contested),
                ("context only", item.weight == 0),
            )
            if on
        ]
        table.add_row(
            item.title,
            "" if item.value is None else f"{item.value:.3g}",
            item.unit,
            _number(item.score),
            f"{item.effective_weight:.1%}",
            _signed(points.get(item.id)),
            str(item.observed_on or ""),
            ", ".join(flags),
        )
    return table


class _Fitted(Table):
    """A table as wide as it needs, or where that is too wide, no wider than there is room, broken between words."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        needs = [_needed(console, options, column) for column in self.columns]
        words, cells, most = ([need[size] for need in needs] for size in range(3))
        room, gaps = options.max_width, len(needs) - 1
        ways = ((most, 3), (most, 2), (cells, 2), (cells, 1), (words, 2), (words, 1))
        least, gap = next((way for way in ways if sum(way[0]) + way[1] * gaps <= room), ways[-1])
        self.padding = _PADDING[gap]
        for column, width in zip(self.columns, _widths(least, most, room - gap * gaps), strict=True):
            column.width = width
        yield from super().__rich_console__(console, options)


def _needed(console: Console, options: ConsoleOptions, column: Column) -> tuple[int, int, int]:
    """The width of a column's longest word, of its longest cell under a head broken between words, and of all of it."""
    head, *cells = (Measurement.get(console, options, cell) for cell in (column.header, *column.cells))
    longest = max([head.minimum, *(cell.maximum for cell in cells)])
    words = longest if column.no_wrap else max([head.minimum, *(cell.minimum for cell in cells)])
    return words, longest, max(head.maximum, longest)


def _widths(least: Sequence[int], most: Sequence[int], room: int) -> list[int]:
    """Widths that fill the room: the longest words give way first, what is left goes to the fullest columns."""
    widths, places = list(least), range(len(least))
    while sum(widths) > max(room, len(widths)):
        widths[max(places, key=lambda place: widths[place])] -= 1
    while sum(widths) < min(room, sum(most)):
        widths[max(places, key=lambda place: most[place] / widths[place])] += 1
    return widths


def _table(*columns: str) -> Table:
    table = _Fitted(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left", overflow="fold")
    return table


def _number(value: float | None) -> str:
    return "--" if value is None else f"{value:.1f}"


def _signed(value: float | None, digits: int = 1) -> str:
    return "--" if value is None else f"{value:+.{digits}f}"


def _bar(score: float) -> Text:
    """A bar from the neutral middle; blue speaks for the thesis, orange against it."""
    half = _BAR // 2
    length = round(abs(score - 50.0) / 50.0 * half)
    block = "#" if Console().options.ascii_only else "█"
    if score >= 50:
        return Text(" " * half + "|", "dim").append(block * length, "blue")
    return Text(" " * (half - length)).append(block * length, "dark_orange").append("|", "dim")
