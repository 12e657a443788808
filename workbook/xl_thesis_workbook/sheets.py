"""The sheets behind the dashboard: indicators, claims, questions, score history, sources, data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.observations import to_date
from xl_thesis.provenance import FRED_NOTICE, DataBlock
from xl_thesis_workbook.cells import Value, put
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.layout import CLAIMS, INDICATORS, QUESTIONS, SOURCES, Column
from xl_thesis_workbook.tables import add_table, head

HEADER_ROW = 4
HISTORY_SHEET = "Score history"
CREDITS = (
    "ECB series: source European Central Bank. World Bank series: CC BY 4.0. FRED-MD vintages: McCracken and Ng (2016)."
    " A dollar index rebuilt from reference rates is not the ICE U.S. Dollar Index."
)


def add_indicators(book: Workbook, content: SnapshotContent) -> None:
    """One row an indicator: what it says, how fresh it is, or why it is missing."""
    sheet = book.create_sheet("Indicators")
    head(sheet, "Indicators", "Each score is 0 to 100, 50 is neutral; points add up to the score less 50.")
    points = content.indicator_points()
    rows: list[list[Value]] = []
    for defined, found in zip(content.thesis.indicators, content.evaluation.indicators, strict=True):
        rows.append([
            found.id, found.pillar, found.title, found.value, found.unit, found.score, found.weight,
            found.effective_weight, points.get(found.id), found.observed_on, found.available_at, found.age_days,
            found.status, _yes(found.is_proxy), _yes(found.is_precomputed), _yes(found.contested), found.grade,
            found.source, found.reason, defined.falsifier, defined.wrong_on,
        ])
    _table_sheet(sheet, "ThesisIndicators", INDICATORS, rows, frozen="D5")


def add_claims(book: Workbook, content: SnapshotContent) -> None:
    """The ledger of claims as it stood at publication, and what happened since."""
    sheet = book.create_sheet("Claims")
    head(sheet, "Claims", "Every statement of the thesis in our words, what would prove it wrong, and when.")
    rows = [
        [
            claim.id, claim.group, claim.kind, claim.text.en, claim.number, "; ".join(claim.tested_by), claim.falsifier,
            claim.wrong_on, claim.verdict.status.replace("_", " "), claim.verdict.note, claim.verdict.later,
        ]
        for claim in content.thesis.claims
    ]
    _table_sheet(sheet, "ThesisClaims", CLAIMS, rows, frozen="D5")


def add_questions(book: Workbook, content: SnapshotContent) -> None:
    """Dated questions; hindsight ones were written after the answer was known."""
    sheet = book.create_sheet("Questions")
    head(sheet, "Questions", "Resolvable questions; those written with hindsight never count in a forecast score.")
    rows = [
        [
            item.id, item.text.en, item.criterion, item.polarity, item.opens, item.resolves, item.origin,
            _yes(item.hindsight), item.base_rate.probability if item.base_rate else None, item.resolution,
            item.evidence,
        ]
        for item in content.thesis.questions
    ]
    _table_sheet(sheet, "ThesisQuestions", QUESTIONS, rows, frozen="C5")


def add_history(book: Workbook, content: SnapshotContent) -> int:
    """Reconstructed scores at month-ends; return the last row."""
    sheet = book.create_sheet(HISTORY_SHEET)
    head(sheet, HISTORY_SHEET, "As known on each day, recomputed with today's definition: reconstructed, not recorded.")
    pillars = [pillar.id for pillar in content.thesis.pillars]
    columns = [
        Column("As of", 12, "Data date"), Column("Score", 10, "Data points"),
        Column("Since publication", 11, "Data points"), Column("Neutral", 10, "Data points"),
        Column("Outcomes", 10, "Data points"), Column("Drivers", 10, "Data points"),
        Column("Coverage", 10, "Data percent"), *(Column(pillar, 10, "Data points") for pillar in pillars),
    ]
    names = ["outcome_score", "driver_score", "coverage", *pillars]
    rows: list[list[Value]] = []
    days = pd.DatetimeIndex(content.history.index).date
    for day, (_, line) in zip(days, content.history.iterrows(), strict=True):
        score = _number(line["score"])
        since = score if day >= content.thesis.published else None
        rows.append([day, score, since, 50.0, *(_number(line[name]) for name in names)])
    return _table_sheet(sheet, "ScoreHistory", columns, rows, frozen="B5")


def add_sources(book: Workbook, content: SnapshotContent) -> None:
    """Where every number comes from, and how to get the same again."""
    sheet = book.create_sheet("Sources")
    head(sheet, "Sources", "Series behind the score, as known on its day. Grade A: values of that day; B: later values,"
         " shifted by the usual delay of publication.")
    rows: list[list[Value]] = [
        [
            record.meta.id, record.meta.title, record.meta.publisher, record.meta.licence, record.meta.notice,
            record.grade, record.first, record.last, record.available_at, record.age_days, record.observations,
            ", ".join(record.indicators),
        ]
        for record in content.sources
    ]
    row = _table_sheet(sheet, "ThesisSources", SOURCES, rows, frozen="B5") + 2
    evaluation = content.evaluation
    command = f"xl-thesis score --thesis {evaluation.thesis} --as-of {evaluation.as_of}"
    for line in (
        FRED_NOTICE,
        CREDITS,
        f"Definition {evaluation.definition_hash}",
        f"Data {evaluation.data_hash}",
        f"Reproduce with xl-thesis {content.version}: {command}",
    ):
        put(sheet, row, 1, line, "Sheet note")
        row += 1


def add_data(book: Workbook, content: SnapshotContent) -> None:
    """The inputs that may be passed on, each in a table of its own, side by side."""
    sheet = book.create_sheet("Data")
    head(sheet, "Data", "Inputs as known on the day of the score, in full, where their licence allows it.")
    column = 1
    for block in content.blocks:
        put(sheet, HEADER_ROW - 1, column, f"{block.source}: {', '.join(block.indicators)}", "Sheet note")
        columns = [
            Column(f"{block.source} on", 12, "Data date"), Column("Value", 12, "Data number"),
            Column("Available at", 12, "Data date"),
        ]
        add_table(sheet, block.source, columns, _block_rows(block), row=HEADER_ROW, column=column)
        sheet.column_dimensions[get_column_letter(column + 3)].width = 3
        column += 4
    sheet.freeze_panes = sheet.cell(row=HEADER_ROW + 1, column=1)


def _block_rows(block: DataBlock) -> Iterator[list[Value]]:
    series = block.series
    for day, value, available in zip(series.days, series.values.tolist(), series.available, strict=True):
        yield [to_date(day), value, to_date(available)]


def _table_sheet(
    sheet: Worksheet, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]], *, frozen: str
) -> int:
    last = add_table(sheet, name, columns, rows, row=HEADER_ROW)
    sheet.row_dimensions[HEADER_ROW].height = 30
    sheet.freeze_panes = frozen
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    return last


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def _yes(flag: bool) -> str | None:
    return "yes" if flag else None
