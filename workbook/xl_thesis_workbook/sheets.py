"""The sheets of values: indicators, claims, questions, sources, data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.attribution import Attribution
from xl_thesis.evaluation import IndicatorResult
from xl_thesis.observations import to_date
from xl_thesis.provenance import FRED_NOTICE
from xl_thesis.wording import listed
from xl_thesis_workbook import phrases
from xl_thesis_workbook.cells import Value, put
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.draft import Content, Draft
from xl_thesis_workbook.figures import new_months
from xl_thesis_workbook.layout import (
    ABOUT,
    CHANGE_ROWS,
    CHANGES,
    CLAIMS,
    DATA_COLUMNS,
    INDICATORS,
    QUESTIONS,
    RAW_COLUMNS,
    SOURCES,
    Block,
    SheetPlan,
    data_table,
)
from xl_thesis_workbook.measure import Fit
from xl_thesis_workbook.paper import keep_together, print_beginning, set_page, split_pages
from xl_thesis_workbook.styles import GENERAL, UNIT_FORMATS
from xl_thesis_workbook.tables import HEADER_HEIGHT, head, table_names
from xl_thesis_workbook.tokens import TOKENS, UNITS

DECIMALS = 10  # of a history that a percentile is taken in: ties are a billionth apart, and more would double the file
HEADER_ROW = 4
_BLOCK_HEADER_ROW = 5
_BLOCK_GAP = 3
NOTHING = "–"  # text, because programs do not agree on what an empty cell is to a formula


def add_indicators(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> None:
    """One row an indicator: what was measured and how late it is, or why it is missing."""
    rows: list[list[Content]] = []
    for defined, found in zip(content.thesis.indicators, content.evaluation.indicators, strict=True):
        working = content.workings[found.id]
        schedule = working.schedule
        rows.append([
            found.id, found.pillar, defined.title.in_language(draft.language), found.value, _unit(draft, found.unit),
            found.observed_on, found.available_at, _yes(draft, found.is_proxy), _yes(draft, found.is_precomputed),
            _yes(draft, found.contested), found.grade, _source(draft, found.source, found.imported),
            _remark(draft, found, content.wrong.get(found.id)), defined.falsifier_in(draft.language),
            defined.wrong_on, draft.say(TOKENS[working.method]),
            draft.say(TOKENS[schedule.frequency]) if schedule else None, schedule.lag_days if schedule else None,
            int(schedule.seven_days) if schedule else None, found.score if working.method == "given" else None,
        ])  # fmt: skip
    _table_sheet(draft, content, sheet, INDICATORS, rows)
    for row, found in enumerate(content.evaluation.indicators, start=HEADER_ROW + 1):
        sheet.cell(row, INDICATORS.block["Value"] + 1).number_format = UNIT_FORMATS.get(found.unit, GENERAL)


def _source(draft: Draft, source: str | None, files: Sequence[str]) -> str | None:
    """A source, and the files from which values were imported beside it."""
    if not files:
        return source
    return draft.say(phrases.IMPORTED, source=source or NOTHING, files=listed(files))


def _remark(draft: Draft, item: IndicatorResult, wrong_since: dt.date | None) -> str | None:
    """That an indicator is proved wrong, why it has no value, or counts less than another; None where nothing is to be
    said.
    """
    reasons = []
    if wrong_since:
        reasons.append(draft.say(phrases.PROVED_WRONG, day=wrong_since))
    if item.is_precomputed:
        reasons.append(draft.say(phrases.GIVEN))
    elif item.reason:
        reasons.append(item.reason)
    if item.status == "expired":
        reasons.append(draft.say(phrases.EXPIRED, day=item.observed_on))
    if item.status == "stale":
        reasons.append(draft.say(phrases.LATE, day=item.observed_on))
    if item.weight == 0:
        reasons.append(draft.say(phrases.CONTEXT))
    return "; ".join(reasons) or None


def add_claims(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> None:
    """The ledger of claims as it stood at publication, and what happened since."""
    rows: list[list[Content]] = [
        [
            claim.id, claim.group, draft.say(TOKENS[claim.kind]), claim.text.in_language(draft.language), claim.number,
            "; ".join(claim.tested_by), claim.falsifier_in(draft.language), claim.wrong_on,
            draft.say(TOKENS[claim.verdict.status]), claim.verdict.note, claim.verdict.later,
        ]
        for claim in content.thesis.claims
    ]  # fmt: skip
    _table_sheet(draft, content, sheet, CLAIMS, rows)


def add_questions(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> None:
    """Dated questions as the ledger has them; hindsight ones were written after the answer was known."""
    standings = {item.question.id: item for item in content.standings}
    coming = sorted(
        (item.resolves, item.id) for item in content.thesis.questions if item.resolves > content.evaluation.as_of
    )
    order = {name: place for place, (_, name) in enumerate(coming, start=1)}
    rows: list[list[Content]] = []
    for item in content.thesis.questions:
        standing = standings.get(item.id)
        answer = standing.status if standing else item.resolution
        is_found = standing is not None and standing.resolved_by not in (None, "definition")
        evidence = standing.evidence if standing and is_found else item.evidence_in(draft.language)
        rows.append([
            item.id, item.text.in_language(draft.language), item.criterion_in(draft.language),
            draft.say(TOKENS[item.polarity]), item.opens, item.resolves, draft.say(TOKENS[item.origin]),
            _yes(draft, item.hindsight), item.base_rate.probability if item.base_rate else None,
            draft.say(TOKENS[answer or "open"]), evidence, order.get(item.id),
        ])  # fmt: skip
    _table_sheet(draft, content, sheet, QUESTIONS, rows)


def add_sources(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> None:
    """What this file is, where every number comes from, and how to get the same again."""
    rows: list[list[Content]] = [
        [
            record.meta.id, record.meta.title, _source(draft, record.meta.publisher, record.imported),
            record.meta.licence, record.meta.notice, record.grade, record.first, record.last, record.available_at,
            record.age_days, record.observations, ", ".join(record.proxy_for),
            _in_file(draft, content, record.meta.id, record.indicators),
            ", ".join(record.indicators),
        ]
        for record in content.sources
    ]  # fmt: skip
    _table_sheet(draft, content, sheet, SOURCES, rows)


def add_about(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> None:
    """What this file is, how to get the same again, and why the score moved."""
    result = content.evaluation
    head(sheet, sheet.title, draft.say(phrases.ABOUT_NOTE))
    lines_of_table = [[key, NOTHING if value is None else value] for key, value in about(content).items()]
    last = draft.table(sheet, ABOUT, lines_of_table, row=HEADER_ROW)
    lines = [
        draft.say(phrases.DATA_STATED[content.choice]), FRED_NOTICE, draft.say(phrases.CREDITS),
        draft.say(phrases.REPRODUCE, version=content.version, thesis=result.thesis, as_of=result.as_of),
    ]  # fmt: skip
    for row, line in enumerate(lines, start=last + 2):
        put(sheet, row, 1, line, "Sheet note")
    top = last + len(lines) + 4
    put(sheet, top - 1, 1, draft.say(phrases.CHANGES_TITLE), "Section")
    draft.table(sheet, CHANGES, _changes(draft, content, content.change), row=top)
    for column, width in enumerate((24, 66, 46, 9, 60), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row in range(HEADER_ROW + 1, last + 1):
        if sheet.cell(row, 2).is_date:
            sheet.cell(row, 2).style = "Body date"
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    set_page(draft, sheet, content, HEADER_ROW)


def about(content: SnapshotContent) -> dict[str, Value]:
    """What the workbook is made from, by key; the keys are the same in every language."""
    result, band = content.evaluation, content.evaluation.band
    titles = {item.id: item.title.in_language(content.language) for item in content.thesis.indicators}
    wrong = [titles[name] for name in content.wrong]
    return {
        "thesis": result.thesis, "as_of": result.as_of, "definition_hash": result.definition_hash,
        "data_hash": result.data_hash, "version": content.version, "language": content.language,
        "data": content.choice, "score": result.score, "status": result.status,
        "data_kind": result.data.kind, "data_reference_date": result.data.reference_date,
        "data_imported": listed(result.data.imported) or None,
        "proved_wrong": "; ".join(wrong) or None,
        "data_refreshed_at": None if result.data.refreshed_at is None else f"{result.data.refreshed_at:%Y-%m-%d %H:%M}",
        "band_low": band.p5 if band else None, "band_high": band.p95 if band else None,
        "band_above_50": band.share_above_50 if band else None, "reconstruction": int(result.reconstruction),
        "grade_a": result.grade_shares.get("A", 0.0), "grade_b": result.grade_shares.get("B", 0.0),
        "change_since": content.change.since if content.change else None,
        "change_before": content.change.before if content.change else None,
    }  # fmt: skip


def _in_file(draft: Draft, content: SnapshotContent, series: str, users: Sequence[str]) -> str:
    """What of a series is in the file."""
    if content.choice != "derived":
        return draft.say(phrases.IN_FILE[content.choice])
    if series.startswith("PRECOMPUTED:"):
        return draft.say(phrases.IN_FILE["score"])
    has_history = any(content.workings[name].history is not None for name in users)
    return draft.say(phrases.IN_FILE["derived" if has_history else "score"])


def _changes(draft: Draft, content: SnapshotContent, change: Attribution | None) -> list[list[Content]]:
    """The largest effects on the score since the month before, to one decimal; the rest is in the last line."""
    names = {item.id: item.title.in_language(draft.language) for item in content.thesis.indicators}
    names |= {item.id: item.title.in_language(draft.language) for item in content.thesis.pillars}
    tree = change.displayed() if change else {}
    found = sorted(
        ((points, cause, effect) for cause, (_, pairs) in tree.items() for effect, points in pairs),
        key=lambda line: -abs(line[0]),
    )
    rows: list[list[Content]] = [
        [place, draft.say(TOKENS[cause]), names.get(effect.id, effect.id), points, effect.words]
        for place, (points, cause, effect) in enumerate(found[: CHANGE_ROWS - 1], start=1)
    ]
    total = round(change.after, 1) - round(change.before, 1) if change else 0.0
    rest = round(total - sum(points for points, _, _ in found[: CHANGE_ROWS - 1]), 1) + 0.0
    empty: list[list[Content]] = [[place, *[NOTHING] * 4] for place in range(len(rows) + 1, CHANGE_ROWS)]
    return [*rows, *empty, [CHANGE_ROWS, "", draft.say(phrases.CHANGE_REST), rest if change else NOTHING, ""]]


def add_data(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> None:
    """The transformed history behind each percentile, side by side; an empty table where none is known."""
    note = phrases.DATA_NOTE_FULL if content.choice == "full" else phrases.DATA_NOTE
    head(sheet, sheet.title, draft.say(note))
    ranked = [item for item in content.thesis.indicators if item.normalise.kind == "midrank"]
    for number, item in enumerate(ranked):
        history = content.workings[item.id].history
        rows: list[list[Value]] = [[None] * len(DATA_COLUMNS)]
        if history is not None:
            days, values = history.days.tolist(), (round(value, DECIMALS) for value in history.values.tolist())
            months = (new or None for new in new_months(history))
            rows = [list(line) for line in zip(days, values, months, strict=True)]
        title = item.title.in_language(draft.language)
        block = Block(data_table(item.id), "values", DATA_COLUMNS)
        _side_by_side(draft, sheet, number, block, rows, (item.id, title))
    _finish_data(draft, content, sheet, len(ranked), len(DATA_COLUMNS))


def add_raw(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> None:
    """The series behind the score in full, each in a table of its own, side by side."""
    head(sheet, sheet.title, draft.say(phrases.RAW_NOTE))
    names = table_names(block.source for block in content.blocks)
    for number, (name, block) in enumerate(zip(names, content.blocks, strict=True)):
        series = block.series
        days = zip(series.days, series.values.tolist(), series.available, strict=True)
        rows: list[list[Value]] = [[to_date(day), value, to_date(available)] for day, value, available in days]
        used = f"{'; '.join(block.titles)} ({draft.say(phrases.USED_BY, names=', '.join(block.indicators))})"
        _side_by_side(draft, sheet, number, Block(name, "values", RAW_COLUMNS), rows, (block.source, used))
    _finish_data(draft, content, sheet, len(names), len(RAW_COLUMNS))


def _side_by_side(
    draft: Draft, sheet: Worksheet, number: int, block: Block, rows: list[list[Value]], titles: tuple[str, str]
) -> None:
    width = len(block.columns)
    column = 1 + number * (width + 1)
    for row, text, style in zip((3, 4), titles, ("Block title", "Small"), strict=True):
        put(sheet, row, column, text, style)
        sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=column + width - 1)
    Fit(((column, sum(item.width for item in block.columns), 10),)).apply(sheet, 3, {column: titles[0]})
    draft.long_table(sheet, block, rows, row=_BLOCK_HEADER_ROW, column=column)
    sheet.column_dimensions[get_column_letter(column + width)].width = _BLOCK_GAP


def _finish_data(draft: Draft, content: SnapshotContent, sheet: Worksheet, blocks: int, width: int) -> None:
    """Each block has so many columns, and an empty one beside it."""
    group = width + 1
    columns = blocks * group
    sheet.row_dimensions[4].height = 50
    sheet.row_dimensions[_BLOCK_HEADER_ROW].height = HEADER_HEIGHT
    sheet.freeze_panes = sheet.cell(row=_BLOCK_HEADER_ROW + 1, column=1)
    set_page(draft, sheet, content, _BLOCK_HEADER_ROW)
    print_beginning(sheet, _BLOCK_HEADER_ROW, max(columns, 1))
    keep_together(sheet, columns, group)


def _table_sheet(
    draft: Draft, content: SnapshotContent, sheet: Worksheet, plan: SheetPlan, rows: Sequence[Sequence[Content]]
) -> int:
    """A sheet as planned; return the last row of its table."""
    head(sheet, draft.say(plan.title), draft.say(plan.note))
    last = draft.table(sheet, plan.block, rows, row=HEADER_ROW)
    sheet.row_dimensions[HEADER_ROW].height = HEADER_HEIGHT
    sheet.freeze_panes = plan.frozen
    set_page(draft, sheet, content, HEADER_ROW)
    if plan.second_page is not None:
        split_pages(sheet, plan, plan.second_page)
    return last


def _unit(draft: Draft, unit: str | None) -> str | None:
    return draft.say(UNITS[unit]) if unit in UNITS else unit


def _yes(draft: Draft, flag: bool) -> str | None:
    return draft.say(TOKENS["yes"]) if flag else None
