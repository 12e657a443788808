"""Colours, styles, sheets and columns of the snapshot, as data."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.workbook import Workbook

# Okabe and Ito's palette: told apart by colour-blind readers and in grey print.
NAVY, BLUE, ORANGE, GREY, LIGHT, LINE = "1F2A44", "0072B2", "D55E00", "6B7280", "F3F4F6", "D1D5DB"
FONT = "Calibri"

POINTS, PERCENT = "0.0", "0%"
# Numbers that stand on the right end with the space of an m: LibreOffice forgets the indent of a number beside another.
SIGNED, GENERAL = "+0.0_m;-0.0_m;0.0_m", "#,##0.00##_m"
_DAY = "yyyy-mm-dd"
UNIT_FORMATS = {
    "percent": '0.0"%"_m',
    "percentage points": "0.00_m",
    "log points": "0.000_m",
    "t-statistic": "0.00_m",
    "standard deviations": "0.00_m",
    "index points": "#,##0.0_m",
    "billion dollars a month": "#,##0.0_m",
}  # any other unit: GENERAL


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its header, width in characters, and the style of its cells."""

    header: str
    width: float
    style: str


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet that holds one table: its title, the line that says what it is, and how it is frozen and printed.

    ``frozen`` is the first cell that scrolls; from the column headed ``second_page`` on, print goes to a second page.
    """

    title: str
    note: str
    table: str
    columns: tuple[Column, ...]
    frozen: str
    second_page: str | None = None


def _style(
    name: str, *, size: float = 10, bold: bool = False, colour: str = "111827", fill: str | None = None,
    number: str = "General", across: str = "left", down: str = "top", wrap: bool = False, rule: bool = False,
    indent: int = 0,
) -> NamedStyle:
    style = NamedStyle(name)
    style.font = Font(name=FONT, size=size, bold=bold, color=colour)
    style.alignment = Alignment(horizontal=across, vertical=down, wrap_text=wrap, indent=indent)
    style.number_format = number
    if fill:
        style.fill = PatternFill("solid", start_color=fill, end_color=fill)
    if rule:
        style.border = Border(bottom=Side("thin", color=LINE))
    return style


def _page_styles() -> tuple[NamedStyle, ...]:
    return (
        _style("Page title", size=18, bold=True, colour="FFFFFF", fill=NAVY, down="center", wrap=True, indent=1),
        _style("Page right", size=11, colour="FFFFFF", fill=NAVY, across="right", down="center", indent=1),
        _style("Statement", size=10.5, colour=GREY, wrap=True, down="center", indent=1),
        _style("Heading", size=11, bold=True, colour=NAVY, down="center", rule=True, indent=1),
        _style("Heading right", size=9, colour=GREY, across="right", down="center", rule=True, indent=1),
        _style("Heading left", size=9, colour=GREY, down="center", rule=True, indent=1),
        _style("Big score", size=44, bold=True, colour=NAVY, number=POINTS, across="center", down="center", fill=LIGHT),
        _style("Big label", size=12, bold=True, colour=NAVY, across="center", down="center", fill=LIGHT, wrap=True),
        _style("Tile label", size=9, colour=GREY, across="center", down="center", fill=LIGHT, wrap=True),
        _style("Tile", size=16, bold=True, colour=NAVY, number=POINTS, across="center", down="center", fill=LIGHT),
        _style("Tile percent", size=16, bold=True, colour=NAVY, number=PERCENT, across="center", down="center",
               fill=LIGHT),
        _style("Status", size=10.5, colour=NAVY, down="center", fill=LIGHT, wrap=True, indent=1),
        _style("Status weak", size=10.5, bold=True, colour=ORANGE, down="center", fill=LIGHT, wrap=True, indent=1),
        _style("Line", down="center", rule=True, wrap=True, indent=1),
        _style("Line points", number=f"{POINTS}_m", across="right", down="center", rule=True),
        _style("Line signed", number=SIGNED, across="right", down="center", rule=True),
        _style("Line percent", number=f"{PERCENT}_m", across="right", down="center", rule=True),
        _style("Line percent 1", number="0.0%_m", across="right", down="center", rule=True),
        _style("Line total", number=SIGNED, bold=True, across="right", down="center", rule=True),
        _style("Line total label", bold=True, down="center", rule=True, indent=1),
        _style("Line date", number=_DAY, across="right", down="center", rule=True, indent=1),
        _style("Line grey", size=9, colour=GREY, down="center", rule=True, wrap=True, indent=1),
        _style("Note", size=9, colour=GREY, down="center", wrap=True, indent=1),
    )


def _table_styles() -> tuple[NamedStyle, ...]:
    return (
        _style("Sheet title", size=14, bold=True, colour=NAVY),
        _style("Sheet note", size=9, colour=GREY),
        _style("Block title", size=10, bold=True, colour=NAVY, wrap=True, down="bottom"),
        _style("Column", size=9, bold=True, colour="FFFFFF", fill=NAVY, wrap=True, down="center", indent=1),
        _style("Column right", size=9, bold=True, colour="FFFFFF", fill=NAVY, across="right", wrap=True, down="center",
               indent=1),
        _style("Body", rule=True, indent=1),
        _style("Body wrap", wrap=True, rule=True, indent=1),
        _style("Body points", number=f"{POINTS}_m", across="right", rule=True),
        _style("Body signed", number=SIGNED, across="right", rule=True),
        _style("Body percent", number=f"{PERCENT}_m", across="right", rule=True),
        _style("Body percent 1", number="0.0%_m", across="right", rule=True),
        _style("Body number", number=GENERAL, across="right", rule=True),
        _style("Body count", number="#,##0_m", across="right", rule=True),
        _style("Body date", number=_DAY, rule=True, indent=1),
        _style("Data date", size=9, number=_DAY, indent=1),
        _style("Data number", size=9, number="#,##0.0000_m", across="right"),
        _style("Data points", size=9, number=f"{POINTS}_m", across="right"),
        _style("Data percent", size=9, number="0.0%_m", across="right"),
        _style("Small", size=8.5, colour=GREY, wrap=True),
    )


def add_styles(book: Workbook) -> None:
    """Register every style that the sheets name."""
    for style in (*_page_styles(), *_table_styles()):
        book.add_named_style(style)


DASHBOARD = "Dashboard"
DASHBOARD_WIDTHS = (36, 9, 8.5, 8.5, 8.5, 9, 2, 22, 10, 10, 16)
PILLARS = (
    Column("Pillar", 36, "Line"), Column("Role", 9, "Line"), Column("Score", 8.5, "Line points"),
    Column("Weight", 8.5, "Line percent"), Column("Known", 8.5, "Line percent"), Column("Points", 9, "Line signed"),
)  # fmt: skip

INDICATORS = SheetPlan(
    "Indicators",
    "What is measured: each score is 0 to 100, 50 is neutral; points add up to the score less 50.",
    "ThesisIndicators",
    (
        Column("Id", 19, "Body"), Column("Pillar", 10, "Body"), Column("Indicator", 38, "Body wrap"),
        Column("Value", 10, "Body number"), Column("Unit", 20, "Body wrap"), Column("Score", 8, "Body points"),
        Column("Declared weight", 9, "Body number"), Column("Effective weight", 9, "Body percent 1"),
        Column("Points", 8, "Body signed"), Column("Observed on", 12, "Body date"),
        Column("Available at", 12, "Body date"), Column("Age in days", 8, "Body count"), Column("Status", 10, "Body"),
        Column("Stale", 7, "Body"), Column("Proxy", 7, "Body"), Column("Precomputed", 12, "Body"),
        Column("Contested", 10, "Body"), Column("Grade", 7, "Body"), Column("Source", 34, "Body wrap"),
        Column("Reason or note", 44, "Body wrap"), Column("Would be wrong if", 44, "Body wrap"),
        Column("Wrong on", 12, "Body date"),
    ),
    frozen="D5",
    second_page="Source",
)  # fmt: skip
CLAIMS = SheetPlan(
    "Claims",
    "Every statement of the thesis in our words, what would prove it wrong, and when.",
    "ThesisClaims",
    (
        Column("Id", 6, "Body"), Column("Group", 10, "Body"), Column("Kind", 12, "Body"),
        Column("Claim", 48, "Body wrap"), Column("Number", 15, "Body wrap"), Column("Tested by", 28, "Body wrap"),
        Column("Would be wrong if", 40, "Body wrap"), Column("Wrong on", 12, "Body date"),
        Column("At publication", 15, "Body wrap"), Column("Evidence", 44, "Body wrap"),
        Column("Later", 40, "Body wrap"),
    ),
    frozen="D5",
    second_page="Wrong on",
)  # fmt: skip
QUESTIONS = SheetPlan(
    "Questions",
    "Dated questions that can be resolved; those written with hindsight never count in a forecast score.",
    "ThesisQuestions",
    (
        Column("Id", 6, "Body"), Column("Question", 46, "Body wrap"), Column("Criterion", 46, "Body wrap"),
        Column("A yes speaks", 10, "Body"), Column("Opens", 12, "Body date"), Column("Resolves", 12, "Body date"),
        Column("Origin", 10, "Body"), Column("Hindsight", 10, "Body"), Column("Base rate", 9, "Body percent"),
        Column("Resolution", 11, "Body"), Column("Evidence", 46, "Body wrap"),
    ),
    frozen="C5",
)  # fmt: skip
HISTORY = SheetPlan(
    "Score history",
    "As known on each day, recomputed with today's definition: reconstructed, not recorded.",
    "ScoreHistory",
    (
        Column("As of", 12, "Data date"), Column("Score", 10, "Data points"),
        Column("Since publication", 12, "Data points"), Column("Neutral", 10, "Data points"),
        Column("Outcomes", 10, "Data points"), Column("Drivers", 10, "Data points"),
        Column("Coverage", 10, "Data percent"),
    ),
    frozen="B5",
)  # fmt: skip
SOURCES = SheetPlan(
    "Sources",
    "Series behind the score. Grade A: values as known on the day. B: later values, delayed by their usual lag.",
    "ThesisSources",
    (
        Column("Series", 30, "Body wrap"), Column("Title", 42, "Body wrap"), Column("Publisher", 26, "Body wrap"),
        Column("Licence", 26, "Body wrap"), Column("Notice", 32, "Body wrap"), Column("Grade", 7, "Body"),
        Column("First", 12, "Body date"), Column("Last", 12, "Body date"), Column("Available at", 12, "Body date"),
        Column("Age in days", 8, "Body count"), Column("Observations", 13, "Body count"),
        Column("Used by", 26, "Body wrap"),
    ),
    frozen="B5",
)  # fmt: skip
DATA_TITLE = "Data"
DATA_NOTE = (
    "Inputs as known on the day of the score, in full, where their licence lets them be passed on; the others are named"
    " on the sheet Sources."
)
BLOCK = (
    Column("Observed on", 12, "Data date"), Column("Value", 14, "Data number"), Column("Available at", 12, "Data date"),
)  # fmt: skip
