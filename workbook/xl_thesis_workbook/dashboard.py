"""The first sheet: one page that an analyst would mail. Each part starts where the one above it ends."""

from __future__ import annotations

import math

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook import charts, words
from xl_thesis_workbook.cells import Value, put
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.layout import DASHBOARD, DASHBOARD_WIDTHS, PILLARS
from xl_thesis_workbook.measure import height_of, lines_of
from xl_thesis_workbook.sheets import HEADER_ROW, set_page
from xl_thesis_workbook.tables import add_table

_LEFT, _RIGHT, _LAST = len(PILLARS), len(PILLARS) + 2, len(DASHBOARD_WIDTHS)
_SCORE_CELL, _AS_OF_CELL, _COVERAGE_CELL = "$A$5", "$I$1", "$F$5"
_CHART_ROWS, _FEWEST_PILLAR_ROWS = 12, 7
_ROW, _GAP = 16.5, 7.0
_MOVERS, _GAPS, _QUESTIONS = 3, 10, 3
_TITLE_SIZE, _VERDICT_SIZE, _STATEMENT_SIZE, _LINE_SIZE, _NOTE_SIZE = 18, 12, 10.5, 10, 9
_BOLD = 1.06  # how much wider bold letters are


def add_dashboard(book: Workbook, content: SnapshotContent, history: Worksheet, history_last: int) -> dict[str, str]:
    """Fill the first sheet; return the cells that are to be named, by name.

    ``history_last`` is the last row of the sheet that holds the score history.
    """
    sheet = book.active
    sheet.title = DASHBOARD
    sheet.sheet_view.showGridLines = False
    for column, width in enumerate(DASHBOARD_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _title(sheet, content)
    _tiles(sheet, content)
    row = _pillars(sheet, content, 9)
    row = _history(sheet, content, history, history_last, row)
    row = _movers(sheet, content, row)
    row = _gaps(sheet, content, row)
    row = _questions(sheet, content, row)
    row = _notes(sheet, content, row)
    _page(sheet, content, row + 1)
    return {
        "Score": _SCORE_CELL,
        "AsOf": _AS_OF_CELL,
        "Coverage": _COVERAGE_CELL,
        "DefinitionHash": f"$C${row}",
        "DataHash": f"$C${row + 1}",
    }


def _span(sheet: Worksheet, row: int, first: int, last: int, value: Value, style: str) -> None:
    """One value over several cells of a row, all of them styled."""
    for column in range(first, last + 1):
        put(sheet, row, column, None, style)
    put(sheet, row, first, value, style)
    if last > first:
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)


def _width(first: int, last: int) -> float:
    return math.fsum(DASHBOARD_WIDTHS[first - 1 : last])


def _height(sheet: Worksheet, first: int, last: int, height: float) -> None:
    for row in range(first, last + 1):
        sheet.row_dimensions[row].height = height


def _paragraph(sheet: Worksheet, row: int, text: str, style: str, size: float) -> None:
    """Text across the page, in a row high enough for it."""
    _span(sheet, row, 1, _LAST, text, style)
    sheet.row_dimensions[row].height = height_of(lines_of(text, _width(1, _LAST), size), size)


def _heading(sheet: Worksheet, row: int, title: str, labels: tuple[tuple[int, int, str, str], ...] = ()) -> int:
    """A heading across the page with a gap above it; labels are (first column, last column, text, style)."""
    sheet.row_dimensions[row].height = _GAP
    for column in range(1, _LAST + 1):
        put(sheet, row + 1, column, None, "Heading left")
    _span(sheet, row + 1, 1, labels[0][0] - 1 if labels else _LAST, title, "Heading")
    for first, last, text, style in labels:
        _span(sheet, row + 1, first, last, text, style)
    sheet.row_dimensions[row + 1].height = 19
    return row + 2


def _title(sheet: Worksheet, content: SnapshotContent) -> None:
    title = content.evaluation.title
    _span(sheet, 1, 1, _RIGHT, title, "Page title")
    _span(sheet, 1, _RIGHT + 1, _LAST, content.evaluation.as_of, "Page right")
    sheet.cell(1, _RIGHT + 1).number_format = words.AS_OF_FORMAT
    lines = lines_of(title, _width(1, _RIGHT), _TITLE_SIZE * _BOLD)
    sheet.row_dimensions[1].height = height_of(lines, _TITLE_SIZE) + 8
    _paragraph(sheet, 2, content.thesis.statement.en, "Statement", _STATEMENT_SIZE)
    sheet.row_dimensions[2].height += 6
    sheet.row_dimensions[3].height = 4


def _tiles(sheet: Worksheet, content: SnapshotContent) -> None:
    """Score, verdict, and what stands beside them."""
    result = content.evaluation
    bounds = result.bounds
    values: tuple[Value, ...] = (
        bounds.low if bounds else None, bounds.high if bounds else None, result.coverage.effective,
        result.outcome_score, result.driver_score, result.score_without_contested,
    )  # fmt: skip
    put(sheet, 4, 1, words.SCORE_LABEL, "Tile label")
    put(sheet, 5, 1, result.score, "Big score")
    put(sheet, 6, 1, result.verdict(), "Big label")
    places = ((2, 3), (4, 5), (6, 7), (8, 8), (9, 10), (11, 11))
    for (first, last), label, value in zip(places, words.TILES, values, strict=True):
        _span(sheet, 4, first, last, label, "Tile label")
        _span(sheet, 5, first, last, value, "Tile percent" if label == words.COVERAGE else "Tile")
    sentences = "\n".join(line for line in (words.status(content), words.band(result)) if line)
    _span(sheet, 6, 2, _LAST, sentences, "Status" if result.status == "full" else "Status weak")
    _paragraph(sheet, 7, words.data_state(result), "Note", _NOTE_SIZE)
    verdict_height = max(
        height_of(lines_of(result.verdict(), DASHBOARD_WIDTHS[0], _VERDICT_SIZE * _BOLD), _VERDICT_SIZE),
        height_of(lines_of(sentences, _width(2, _LAST), _STATEMENT_SIZE * _BOLD), _STATEMENT_SIZE),
    )
    score_height = 30 if result.score is None else 48
    for row, height in ((4, 28), (5, score_height), (6, verdict_height + 4), (8, _GAP)):
        sheet.row_dimensions[row].height = height


def _pillars(sheet: Worksheet, content: SnapshotContent, row: int) -> int:
    """The table of pillars, and beside it their scores as bars."""
    result, points = content.evaluation, content.pillar_points()
    rows: list[list[Value]] = [
        [pillar.title, pillar.role, pillar.score, pillar.weight, pillar.coverage, points.get(pillar.id)]
        for pillar in result.pillars
    ]
    _height(sheet, row, row + max(len(rows) + 1, _FEWEST_PILLAR_ROWS), 19)
    last = add_table(sheet, "ThesisPillars", PILLARS, rows, row=row)
    total = None if result.score is None else round(result.score, 1) - 50.0
    _span(sheet, last + 1, 1, _LEFT - 1, words.SCORE_LESS_NEUTRAL, "Line total label")
    put(sheet, last + 1, _LEFT, total, "Line total")
    end = max(last + 1, row + _FEWEST_PILLAR_ROWS)
    scores = [pillar.score for pillar in result.pillars]
    chart = charts.pillar_chart(sheet, row + 1, last, scores)
    charts.finish(chart, words.PILLAR_CHART)
    charts.place(sheet, chart, (_RIGHT, row, _LAST, end), "Pillar scores", words.pillars_aloud(result))
    return end + 1


def _history(sheet: Worksheet, content: SnapshotContent, history: Worksheet, last: int, row: int) -> int:
    """The score over time."""
    sheet.row_dimensions[row].height = _GAP
    known = content.history["score"].dropna()
    if known.empty:
        _paragraph(sheet, row + 1, words.NO_HISTORY, "Note", _NOTE_SIZE)
        return row + 2
    days = pd.DatetimeIndex(content.history.index)
    is_published = days[-1].date() >= content.thesis.published
    chart = charts.history_chart(
        history,
        HEADER_ROW + 1,
        last,
        reach=min(50.0, max(20.0, math.ceil(max(abs(value - 50.0) for value in known) / 10.0) * 10.0)),
        years=(days[-1] - days[0]).days / 365.25,
        is_published=is_published,
    )
    charts.finish(chart, words.history_title(is_published))
    end = row + _CHART_ROWS
    charts.place(sheet, chart, (1, row + 1, _LAST, end), "Score history", words.history_aloud(known))
    _height(sheet, row + 1, end, _ROW)
    return end + 1


def _movers(sheet: Worksheet, content: SnapshotContent, row: int) -> int:
    """The indicators with the most points for the thesis, then those with the most against it."""
    score, points, pillar, flags = words.MOVER_COLUMNS
    labels = (
        (_LEFT - 1, _LEFT - 1, score, "Heading right"), (_LEFT, _LEFT, points, "Heading right"),
        (_RIGHT, _LAST - 1, pillar, "Heading left"), (_LAST, _LAST, flags, "Heading left"),
    )  # fmt: skip
    row = _heading(sheet, row, words.MOVERS, labels)
    shown, titles = content.indicator_points(), {pillar.id: pillar.title for pillar in content.evaluation.pillars}
    movers = content.movers(_MOVERS)
    for item in movers:
        _span(sheet, row, 1, _LEFT - 2, item.title, "Line")
        put(sheet, row, _LEFT - 1, item.score, "Line points")
        put(sheet, row, _LEFT, shown[item.id], "Line signed")
        put(sheet, row, _LEFT + 1, None, "Line")
        _span(sheet, row, _RIGHT, _LAST - 1, titles[item.pillar], "Line grey")
        put(sheet, row, _LAST, words.flags(item), "Line grey")
        _fit(
            sheet,
            row,
            (_LINE_SIZE, item.title, 1, _LEFT - 2),
            (_NOTE_SIZE, titles[item.pillar], _RIGHT, _LAST - 1),
            (_NOTE_SIZE, words.flags(item) or "", _LAST, _LAST),
        )
        row += 1
    return row if movers else _nothing(sheet, row, words.NO_MOVERS)


def _gaps(sheet: Worksheet, content: SnapshotContent, row: int) -> int:
    """The indicators that do not count, heaviest first, and why."""
    weight, reason = words.GAP_COLUMNS
    labels = ((_LEFT - 1, _LEFT, weight, "Heading right"), (_RIGHT, _LAST, reason, "Heading left"))
    row = _heading(sheet, row, words.GAPS, labels)
    gaps, closed = content.gaps(), content.closed_pillars()
    for item, share in gaps[:_GAPS]:
        why = words.remark(item, closed) or item.status
        _span(sheet, row, 1, _LEFT - 2, item.title, "Line")
        _span(sheet, row, _LEFT - 1, _LEFT, share, "Line percent 1")
        put(sheet, row, _LEFT + 1, None, "Line")
        _span(sheet, row, _RIGHT, _LAST, why, "Line grey")
        _fit(sheet, row, (_LINE_SIZE, item.title, 1, _LEFT - 2), (_NOTE_SIZE, why, _RIGHT, _LAST))
        row += 1
    if len(gaps) > _GAPS:
        rest = gaps[_GAPS:]
        return _nothing(sheet, row, words.more_gaps(len(rest), math.fsum(share for _, share in rest)))
    return row if gaps else _nothing(sheet, row, words.NO_GAPS)


def _questions(sheet: Worksheet, content: SnapshotContent, row: int) -> int:
    """The dated questions that come next; nothing where there are none."""
    dated = sorted((item.resolves, item.id, item.text.en) for item in content.thesis.questions)
    coming = [question for question in dated if question[0] > content.evaluation.as_of]
    if not coming:
        return row
    row = _heading(sheet, row, words.QUESTIONS, ((_LAST, _LAST, words.QUESTION_COLUMN, "Heading right"),))
    for day, _, text in coming[:_QUESTIONS]:
        _span(sheet, row, 1, _LAST - 1, text, "Line")
        put(sheet, row, _LAST, day, "Line date")
        _fit(sheet, row, (_LINE_SIZE, text, 1, _LAST - 1))
        row += 1
    return row


def _notes(sheet: Worksheet, content: SnapshotContent, row: int) -> int:
    """What a reader must know, and how to get the same again; return the row of the first hash."""
    row = _heading(sheet, row, words.NOTES)
    for note in (*words.notes(content), words.reproduce(content)):
        _paragraph(sheet, row, note, "Note", _NOTE_SIZE)
        row += 1
    hashes = (content.evaluation.definition_hash, content.evaluation.data_hash)
    for offset, (label, value) in enumerate(zip(words.HASHES, hashes, strict=True), start=row):
        _span(sheet, offset, 1, 2, label, "Note")
        _span(sheet, offset, 3, _LAST, value, "Note")
    return row


def _nothing(sheet: Worksheet, row: int, text: str) -> int:
    _paragraph(sheet, row, text, "Note", _NOTE_SIZE)
    return row + 1


def _fit(sheet: Worksheet, row: int, *texts: tuple[float, str, int, int]) -> None:
    """Make a row high enough for its texts, given as (size, text, first column, last column)."""
    heights = (height_of(lines_of(text, _width(first, last), size), size) for size, text, first, last in texts)
    sheet.row_dimensions[row].height = max(_ROW, *heights)


def _page(sheet: Worksheet, content: SnapshotContent, last: int) -> None:
    """One page of A4, upright."""
    set_page(sheet, content)
    sheet.print_area = f"A1:{get_column_letter(_LAST)}{last}"
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
