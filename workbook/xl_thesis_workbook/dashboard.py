"""The first sheet: one page that an analyst would mail."""

from __future__ import annotations

import math
from collections import Counter

from openpyxl.chart._chart import ChartBase
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.evaluation import IndicatorResult
from xl_thesis.provenance import FRED_NOTICE
from xl_thesis_workbook.cells import Value, put
from xl_thesis_workbook.charts import history_chart, points_chart
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.layout import PILLARS
from xl_thesis_workbook.sheets import HEADER_ROW, HISTORY_SHEET
from xl_thesis_workbook.tables import add_table

SHEET = "Dashboard"
SCORE_CELL, AS_OF_CELL, COVERAGE_CELL, DEFINITION_CELL, DATA_CELL = "$A$6", "$K$1", "$F$6", "$C$47", "$C$48"
_WIDTHS = (34, 9, 8, 8, 8, 8, 2.5, 27, 9, 11, 12, 12)
_LAST = len(_WIDTHS)
_PILLAR_ROW, _HISTORY_ROW, _MOVERS_ROW, _NOTES_ROW = 10, 21, 22, 40
_MOVERS = 6


def add_dashboard(book: Workbook, content: SnapshotContent, history_last: int) -> None:
    """Fill the dashboard; ``history_last`` is the last row of the score history."""
    sheet = book[SHEET]
    sheet.sheet_view.showGridLines = False
    for offset, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(offset)].width = width
    _title(sheet, content)
    _tiles(sheet, content)
    _pillars(sheet, content)
    _history(book, sheet, content, history_last)
    _movers(sheet, content)
    _notes(sheet, content)
    _page(sheet, content)


def _span(sheet: Worksheet, row: int, first: int, last: int, value: Value, style: str, rows: int = 1) -> None:
    """One value over several cells, all of them styled."""
    for line in range(row, row + rows):
        for column in range(first, last + 1):
            put(sheet, line, column, None, style)
    put(sheet, row, first, value, style)
    if last > first or rows > 1:
        sheet.merge_cells(start_row=row, start_column=first, end_row=row + rows - 1, end_column=last)


def _title(sheet: Worksheet, content: SnapshotContent) -> None:
    _span(sheet, 1, 1, 9, content.evaluation.title, "Page title")
    put(sheet, 1, 10, "As known on", "Page right")
    _span(sheet, 1, 11, _LAST, content.evaluation.as_of, "Page right")
    sheet.cell(1, 11).number_format = "d mmmm yyyy"
    _span(sheet, 2, 1, _LAST, content.thesis.statement.en, "Statement")
    sheet.row_dimensions[1].height = 34
    sheet.row_dimensions[2].height = 42
    sheet.row_dimensions[3].height = 6


def _tiles(sheet: Worksheet, content: SnapshotContent) -> None:
    """Score, verdict, and what stands beside them."""
    result = content.evaluation
    put(sheet, 4, 1, "Score (0 to 100, 50 is neutral)", "Tile label")
    _span(sheet, 6, 1, 1, result.score if result.score is not None else None, "Big score", rows=2)
    if result.score is None:
        put(sheet, 5, 1, None, "Tile label")
    put(sheet, 5, 1, None, "Tile label")
    put(sheet, 8, 1, result.verdict(), "Big label")
    bounds = result.bounds
    grades = ", ".join(f"{grade} {share:.0%}" for grade, share in result.grade_shares.items())
    tiles: list[tuple[int, int, str, Value, str]] = [
        (2, 3, "Lowest it could be", bounds.low if bounds else None, "Tile"),
        (4, 5, "Highest it could be", bounds.high if bounds else None, "Tile"),
        (6, 7, "Known share of weight", result.coverage.effective, "Tile percent"),
        (8, 8, "Outcomes the thesis predicts", result.outcome_score, "Tile"),
        (9, 10, "Causes it names", result.driver_score, "Tile"),
        (11, 12, "Without contested indicators", result.score_without_contested, "Tile"),
    ]
    for first, last, label, value, style in tiles:
        _span(sheet, 4, first, last, label, "Tile label", rows=2)
        _span(sheet, 6, first, last, value, style, rows=2)
    lines = [result.data.sentence()]
    if result.status == "partial":
        lines.insert(0, "Partial evidence: less than 60% of the weight is known, so read the score with its bounds.")
    if result.status == "withheld":
        lines.insert(0, "Withheld: less than 30% of the weight is known.")
    lines.append(f"Data grade {grades}." if grades else "")
    lines.append("Reconstruction with today's definition." if result.reconstruction else "Definition frozen before.")
    _span(sheet, 8, 2, _LAST, " ".join(line for line in lines if line), "Small")
    for row, height in ((4, 14), (5, 10), (6, 26), (7, 26), (8, 30), (9, 8)):
        sheet.row_dimensions[row].height = height


def _pillars(sheet: Worksheet, content: SnapshotContent) -> None:
    points = content.pillar_points()
    rows: list[list[Value]] = [
        [pillar.title, pillar.role, pillar.score, pillar.weight, pillar.coverage, points.get(pillar.id)]
        for pillar in content.evaluation.pillars
    ]
    widths = {offset: sheet.column_dimensions[get_column_letter(offset)].width for offset in range(1, 7)}
    last = add_table(sheet, "ThesisPillars", PILLARS, rows, row=_PILLAR_ROW)
    for offset, width in widths.items():
        sheet.column_dimensions[get_column_letter(offset)].width = width
    total = None if content.evaluation.score is None else round(content.evaluation.score, 1) - 50.0
    put(sheet, last + 1, 1, "Score less 50", "Body")
    for column in range(2, 6):
        put(sheet, last + 1, column, None, "Body")
    put(sheet, last + 1, 6, total, "Body signed")
    for row in range(_PILLAR_ROW + 1, last + 1):  # columns beyond the page feed the chart
        value = rows[row - _PILLAR_ROW - 1][5]
        number = value if isinstance(value, float) else None
        put(sheet, row, _LAST + 2, number if number is not None and number >= 0 else None, "Data signed")
        put(sheet, row, _LAST + 3, number if number is not None and number < 0 else None, "Data signed")
    put(sheet, _PILLAR_ROW, _LAST + 2, "For", "Data number")
    put(sheet, _PILLAR_ROW, _LAST + 3, "Against", "Data number")
    for column in (_LAST + 2, _LAST + 3):
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    _span(sheet, _PILLAR_ROW, 8, _LAST, "Points for (right) and against (left) the thesis", "Heading")
    chart = points_chart(sheet, 1, _LAST + 2, _PILLAR_ROW + 1, last)
    _place(sheet, chart, 8, _PILLAR_ROW + 1, _LAST, _HISTORY_ROW - 1)
    for row in range(_PILLAR_ROW, _HISTORY_ROW):
        sheet.row_dimensions[row].height = 19


def _history(book: Workbook, sheet: Worksheet, content: SnapshotContent, last: int) -> None:
    _span(sheet, _HISTORY_ROW, 1, 6, "Score as known at each month-end; bold since publication", "Heading")
    farthest = max((abs(value - 50.0) for value in content.history["score"].dropna()), default=0.0)
    reach = min(50.0, max(20.0, math.ceil(farthest / 10.0) * 10.0))
    chart = history_chart(book[HISTORY_SHEET], HEADER_ROW + 1, last, reach)
    _place(sheet, chart, 1, _HISTORY_ROW + 1, 6, _NOTES_ROW - 2)


def _movers(sheet: Worksheet, content: SnapshotContent) -> None:
    """The indicators that move the score most, and those that cannot."""
    points = content.indicator_points()
    live = sorted(
        (item for item in content.evaluation.indicators if item.contribution is not None),
        key=lambda item: -abs(item.contribution or 0.0),
    )
    _span(sheet, _HISTORY_ROW, 8, _LAST, "What moves it most, in points", "Heading")
    row = _MOVERS_ROW
    for item in live[:_MOVERS]:
        _span(sheet, row, 8, 10, item.title, "Body")
        _span(sheet, row, 11, 11, points[item.id], "Body signed")
        put(sheet, row, 12, _flag(item), "Body")
        row += 1
    row += 1
    _span(sheet, row, 8, _LAST, "Claims at publication", "Heading")
    counts = Counter(claim.verdict.status.replace("_", " ") for claim in content.thesis.claims)
    words = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    _span(sheet, row + 1, 8, _LAST, f"{len(content.thesis.claims)} claims: {words}.", "Small", rows=2)
    row += 4
    _span(sheet, row, 8, _LAST, "Next questions", "Heading")
    coming = sorted(
        (item for item in content.thesis.questions if item.resolves > content.evaluation.as_of),
        key=lambda item: (item.resolves, item.id),
    )
    row += 1
    for question in coming[: (_NOTES_ROW - row - 1) // 2]:
        _span(sheet, row, 8, 11, question.text.en, "Body middle", rows=2)
        _span(sheet, row, 12, 12, question.resolves, "Body date", rows=2)
        row += 2


def _flag(item: IndicatorResult) -> str | None:
    if item.is_proxy:
        return "proxy"
    return "precomputed" if item.is_precomputed else None


def _notes(sheet: Worksheet, content: SnapshotContent) -> None:
    result = content.evaluation
    _span(sheet, _NOTES_ROW, 1, _LAST, "What to know before you quote it", "Heading")
    weighed = [item for item in result.indicators if item.weight > 0]
    proxies = [item.title for item in weighed if item.is_proxy and item.effective_weight > 0]
    stored = [item.title for item in weighed if item.is_precomputed and item.effective_weight > 0]
    absent = [item.title for item in weighed if item.status in ("missing", "expired")]
    closed = [pillar.title for pillar in result.pillars if pillar.score is None]
    notes = [
        "The score weighs evidence. It is not a probability that the thesis is right.",
        f"Pillars not published (under half of their weight is known): {', '.join(closed) or 'none'}.",
        f"Missing or too old: {', '.join(absent) or 'none'}.",
        f"Proxies: {', '.join(proxies) or 'none'}.",
        f"Precomputed from prices that may not be passed on: {', '.join(stored) or 'none'}.",
    ]
    for row, note in enumerate(notes, start=_NOTES_ROW + 1):
        _span(sheet, row, 1, _LAST, note, "Small")
        sheet.row_dimensions[row].height = 12.5 * max(1, -(-len(note) // 185))
    row = _NOTES_ROW + len(notes) + 1
    _span(sheet, row, 1, _LAST, FRED_NOTICE, "Small")
    hashes = (("Definition", result.definition_hash), ("Data", result.data_hash))
    for offset, (label, value) in enumerate(hashes, start=row + 1):
        _span(sheet, offset, 1, 2, f"{label} hash (SHA-256)", "Small")
        _span(sheet, offset, 3, _LAST, value, "Small")


def _place(sheet: Worksheet, chart: ChartBase, left: int, top: int, right: int, bottom: int) -> None:
    """Anchor a chart to whole cells, so that it keeps its place on every screen."""
    start, end = AnchorMarker(col=left - 1, row=top - 1), AnchorMarker(col=right, row=bottom)
    chart.anchor = TwoCellAnchor(editAs="twoCell", _from=start, to=end)
    sheet.add_chart(chart)


def _page(sheet: Worksheet, content: SnapshotContent) -> None:
    sheet.print_area = f"A1:{get_column_letter(_LAST)}48"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    for side in ("left", "right", "top", "bottom"):
        setattr(sheet.page_margins, side, 0.4)
    sheet.oddFooter.left.text = f"{content.evaluation.thesis} as known on {content.evaluation.as_of}"
    sheet.oddFooter.right.text = f"xl-thesis {content.version}"
