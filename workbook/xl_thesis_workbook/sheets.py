"""The sheets behind the dashboard: indicators, claims, questions, score history, sources, data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.observations import to_date
from xl_thesis.provenance import FRED_NOTICE, DataBlock
from xl_thesis_workbook import words
from xl_thesis_workbook.cells import Value, put
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.layout import (
    BLOCK,
    CLAIMS,
    DATA_NOTE,
    DATA_TITLE,
    GENERAL,
    HISTORY,
    INDICATORS,
    QUESTIONS,
    SOURCES,
    UNIT_FORMATS,
    Column,
    SheetPlan,
)
from xl_thesis_workbook.measure import fit_row
from xl_thesis_workbook.tables import add_table, head, table_names

HEADER_ROW = 4
_BLOCK_HEADER_ROW = 5
_BLOCK_GAP = 3
_A4_PIXELS = 980  # what surely fits across a landscape page between its margins, at full size


def add_indicators(book: Workbook, content: SnapshotContent) -> None:
    """One row an indicator: what it says, how fresh it is, or why it is missing."""
    points, closed = content.indicator_points(), content.closed_pillars()
    rows: list[list[Value]] = []
    for defined, found in zip(content.thesis.indicators, content.evaluation.indicators, strict=True):
        rows.append([
            found.id, found.pillar, found.title, found.value, found.unit, found.score, found.weight,
            found.effective_weight, points.get(found.id), found.observed_on, found.available_at, found.age_days,
            found.status, _yes(found.status == "stale"), _yes(found.is_proxy), _yes(found.is_precomputed),
            _yes(found.contested), found.grade, found.source, words.remark(found, closed), defined.falsifier,
            defined.wrong_on,
        ])  # fmt: skip
    sheet, _ = _table_sheet(book, content, INDICATORS, rows)
    for row, found in enumerate(content.evaluation.indicators, start=HEADER_ROW + 1):
        sheet.cell(row, 4).number_format = UNIT_FORMATS.get(found.unit, GENERAL)


def add_claims(book: Workbook, content: SnapshotContent) -> None:
    """The ledger of claims as it stood at publication, and what happened since."""
    rows = [
        [
            claim.id, claim.group, claim.kind, claim.text.en, claim.number, "; ".join(claim.tested_by), claim.falsifier,
            claim.wrong_on, claim.verdict.status.replace("_", " "), claim.verdict.note, claim.verdict.later,
        ]
        for claim in content.thesis.claims
    ]  # fmt: skip
    _table_sheet(book, content, CLAIMS, rows)


def add_questions(book: Workbook, content: SnapshotContent) -> None:
    """Dated questions; hindsight ones were written after the answer was known."""
    rows = [
        [
            item.id, item.text.en, item.criterion, item.polarity, item.opens, item.resolves, item.origin,
            _yes(item.hindsight), item.base_rate.probability if item.base_rate else None, item.resolution,
            item.evidence,
        ]
        for item in content.thesis.questions
    ]  # fmt: skip
    _table_sheet(book, content, QUESTIONS, rows)


def add_history(book: Workbook, content: SnapshotContent) -> tuple[Worksheet, int]:
    """Reconstructed scores at month-ends; return the sheet and its last row."""
    pillars = [pillar.id for pillar in content.thesis.pillars]
    plan = replace(HISTORY, columns=(*HISTORY.columns, *(Column(pillar, 11, "Data points") for pillar in pillars)))
    names = ["outcome_score", "driver_score", "coverage", *pillars]
    rows: list[list[Value]] = []
    days = pd.DatetimeIndex(content.history.index).date
    for day, (_, line) in zip(days, content.history.iterrows(), strict=True):
        score = _number(line["score"])
        since = score if day >= content.thesis.published else None
        rows.append([day, score, since, 50.0, *(_number(line[name]) for name in names)])
    return _table_sheet(book, content, plan, rows)


def add_sources(book: Workbook, content: SnapshotContent) -> None:
    """Where every number comes from, and how to get the same again."""
    rows: list[list[Value]] = [
        [
            record.meta.id, record.meta.title, record.meta.publisher, record.meta.licence, record.meta.notice,
            record.grade, record.first, record.last, record.available_at, record.age_days, record.observations,
            ", ".join(record.indicators),
        ]
        for record in content.sources
    ]  # fmt: skip
    sheet, last = _table_sheet(book, content, SOURCES, rows)
    hashes = (content.evaluation.definition_hash, content.evaluation.data_hash)
    lines = [
        FRED_NOTICE, words.CREDITS,
        *(f"{label}: {value}" for label, value in zip(words.HASHES, hashes, strict=True)),
        words.reproduce(content),
    ]  # fmt: skip
    for row, line in enumerate(lines, start=last + 2):
        put(sheet, row, 1, line, "Sheet note")


def add_data(book: Workbook, content: SnapshotContent) -> None:
    """The inputs that may be passed on, each in a table of its own, side by side."""
    sheet = book.create_sheet(DATA_TITLE)
    head(sheet, DATA_TITLE, DATA_NOTE)
    width = sum(column.width for column in BLOCK)
    names = table_names(block.source for block in content.blocks)
    for number, (name, block) in enumerate(zip(names, content.blocks, strict=True)):
        column = 1 + number * (len(BLOCK) + 1)
        used = f"{'; '.join(block.titles)} (used by {', '.join(block.indicators)})"
        for row, text, style in ((3, block.source, "Block title"), (4, used, "Small")):
            put(sheet, row, column, text, style)
            sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=column + len(BLOCK) - 1)
        add_table(sheet, name, BLOCK, _block_rows(block), row=_BLOCK_HEADER_ROW, column=column)
        sheet.column_dimensions[get_column_letter(column + len(BLOCK))].width = _BLOCK_GAP
    fit_row(sheet, 3, ((block.source, width) for block in content.blocks))
    sheet.row_dimensions[4].height = 50
    sheet.freeze_panes = sheet.cell(row=_BLOCK_HEADER_ROW + 1, column=1)
    set_page(sheet, content, _BLOCK_HEADER_ROW)
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _block_rows(block: DataBlock) -> Iterator[list[Value]]:
    series = block.series
    for day, value, available in zip(series.days, series.values.tolist(), series.available, strict=True):
        yield [to_date(day), value, to_date(available)]


def _table_sheet(
    book: Workbook, content: SnapshotContent, plan: SheetPlan, rows: Sequence[Sequence[Value]]
) -> tuple[Worksheet, int]:
    """A sheet as planned, and the last row of its table."""
    sheet = book.create_sheet(plan.title)
    head(sheet, plan.title, plan.note)
    last = add_table(sheet, plan.table, plan.columns, rows, row=HEADER_ROW)
    sheet.row_dimensions[HEADER_ROW].height = 30
    sheet.freeze_panes = plan.frozen
    set_page(sheet, content, HEADER_ROW)
    if plan.second_page is None:
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    else:
        _split(sheet, plan, plan.second_page)
    return sheet, last


def _split(sheet: Worksheet, plan: SheetPlan, second_page: str) -> None:
    """Print on two pages across, with the frozen columns on both."""
    headers = [column.header for column in plan.columns]
    first = headers.index(second_page)
    frozen = sheet[plan.frozen].column - 1
    pixels = [column.width * 7 + 5 for column in plan.columns]
    widest = max(sum(pixels[:first]), sum(pixels[:frozen]) + sum(pixels[first:]))
    sheet.page_setup.scale = min(100, int(100 * _A4_PIXELS / widest))
    sheet.col_breaks.append(Break(id=first))
    sheet.print_title_cols = f"A:{get_column_letter(frozen)}"


def set_page(sheet: Worksheet, content: SnapshotContent, header_row: int | None = None) -> None:
    """A4, landscape, the header row on each page, and a footer that says what this is."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    for side in ("left", "right"):
        setattr(sheet.page_margins, side, 0.4)
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.5, 0.6, 0.3
    if header_row is not None:
        sheet.print_title_rows = f"{header_row}:{header_row}"
    result = content.evaluation
    sheet.oddFooter.left.text = f"{result.thesis} as known on {result.as_of}"
    sheet.oddFooter.center.text = sheet.title
    sheet.oddFooter.right.text = f"xl-thesis {content.version}, page &P"


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def _yes(flag: bool) -> str | None:
    return "yes" if flag else None
