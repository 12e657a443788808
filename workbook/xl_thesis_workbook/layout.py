"""Colours, styles, sheets and columns of the snapshot, as data."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.workbook import Workbook

# Okabe and Ito's palette: told apart by colour-blind readers and in grey print.
NAVY, BLUE, ORANGE, GREEN, GREY, LIGHT, LINE = "1F2A44", "0072B2", "D55E00", "009E73", "6B7280", "F3F4F6", "D1D5DB"
FONT = "Calibri"

POINTS, SIGNED, PERCENT, GENERAL = "0.0", "+0.0;-0.0;0.0", "0%", "#,##0.####"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its header, width in characters, and the style of its cells."""

    header: str
    width: float
    style: str


def _style(
    name: str, *, size: float = 10, bold: bool = False, colour: str = "111827", fill: str | None = None,
    number: str = "General", across: str = "left", down: str = "top", wrap: bool = False, rule: bool = False,
) -> NamedStyle:
    style = NamedStyle(name)
    style.font = Font(name=FONT, size=size, bold=bold, color=colour)
    style.alignment = Alignment(horizontal=across, vertical=down, wrap_text=wrap)
    style.number_format = number
    if fill:
        style.fill = PatternFill("solid", start_color=fill, end_color=fill)
    if rule:
        style.border = Border(bottom=Side("thin", color=LINE))
    return style


def add_styles(book: Workbook) -> None:
    """Register every style that the sheets name."""
    for style in (
        _style("Page title", size=18, bold=True, colour="FFFFFF", fill=NAVY, down="center"),
        _style("Page right", size=10, colour="FFFFFF", fill=NAVY, across="right", down="center"),
        _style("Statement", size=10, colour=GREY, wrap=True, down="center"),
        _style("Heading", size=11, bold=True, colour=NAVY, down="center", rule=True),
        _style("Sheet title", size=14, bold=True, colour=NAVY),
        _style("Sheet note", size=9, colour=GREY),
        _style("Big score", size=44, bold=True, colour=NAVY, number=POINTS, across="center", down="center", fill=LIGHT),
        _style("Big label", size=12, bold=True, colour=NAVY, across="center", down="center", fill=LIGHT, wrap=True),
        _style("Tile label", size=8.5, colour=GREY, across="center", down="bottom", fill=LIGHT, wrap=True),
        _style("Tile", size=15, bold=True, colour=NAVY, number=POINTS, across="center", down="center", fill=LIGHT),
        _style("Tile percent", size=15, bold=True, colour=NAVY, number=PERCENT, across="center", down="center",
               fill=LIGHT),
        _style("Column", size=9, bold=True, colour="FFFFFF", fill=NAVY, wrap=True, down="center"),
        _style("Column right", size=9, bold=True, colour="FFFFFF", fill=NAVY, across="right", wrap=True, down="center"),
        _style("Body", rule=True, down="center"),
        _style("Body wrap", wrap=True, rule=True),
        _style("Body middle", wrap=True, down="center", rule=True),
        _style("Body points", number=POINTS, across="right", down="center", rule=True),
        _style("Body signed", number=SIGNED, across="right", down="center", rule=True),
        _style("Body percent", number=PERCENT, across="right", down="center", rule=True),
        _style("Body percent 1", number="0.0%", across="right", rule=True),
        _style("Body number", number=GENERAL, across="right", rule=True),
        _style("Body count", number="#,##0", across="right", rule=True),
        _style("Body date", number="yyyy-mm-dd", across="left", down="center", rule=True),
        _style("Data date", size=9, number="yyyy-mm-dd"),
        _style("Data number", size=9, across="right"),
        _style("Data signed", size=9, number=SIGNED, across="right"),
        _style("Data points", size=9, number="0.00", across="right"),
        _style("Data percent", size=9, number="0.0%", across="right"),
        _style("Small", size=8.5, colour=GREY, wrap=True),
    ):
        book.add_named_style(style)


PILLARS = (
    Column("Pillar", 34, "Body"), Column("Role", 9, "Body"), Column("Score", 8, "Body points"),
    Column("Weight", 8, "Body percent"), Column("Known", 8, "Body percent"), Column("Points", 8, "Body signed"),
)
INDICATORS = (
    Column("Id", 19, "Body"), Column("Pillar", 9, "Body"), Column("Indicator", 40, "Body wrap"),
    Column("Value", 10, "Body number"), Column("Unit", 20, "Body"), Column("Score", 8, "Body points"),
    Column("Declared weight", 9, "Body number"), Column("Effective weight", 9, "Body percent 1"),
    Column("Points", 8, "Body signed"), Column("Observed on", 11, "Body date"), Column("Available at", 11, "Body date"),
    Column("Age in days", 7, "Body count"), Column("Status", 9, "Body"), Column("Proxy", 7, "Body"),
    Column("Precomputed", 12, "Body"), Column("Contested", 10, "Body"), Column("Grade", 7, "Body"),
    Column("Source", 36, "Body wrap"), Column("Reason or note", 46, "Body wrap"),
    Column("Would be wrong if", 46, "Body wrap"), Column("Wrong on", 11, "Body date"),
)
CLAIMS = (
    Column("Id", 7, "Body"), Column("Group", 10, "Body"), Column("Kind", 11, "Body"), Column("Claim", 60, "Body wrap"),
    Column("Number", 18, "Body wrap"), Column("Tested by", 34, "Body wrap"),
    Column("Would be wrong if", 44, "Body wrap"), Column("Wrong on", 11, "Body date"),
    Column("At publication", 18, "Body wrap"), Column("Evidence", 50, "Body wrap"),
    Column("Later", 44, "Body wrap"),
)
QUESTIONS = (
    Column("Id", 6, "Body"), Column("Question", 56, "Body wrap"), Column("Criterion", 50, "Body wrap"),
    Column("A yes speaks", 11, "Body"), Column("Opens", 11, "Body date"), Column("Resolves", 11, "Body date"),
    Column("Origin", 10, "Body"), Column("Hindsight", 10, "Body"), Column("Base rate", 9, "Body percent"),
    Column("Resolution", 11, "Body"), Column("Evidence", 56, "Body wrap"),
)
SOURCES = (
    Column("Series", 27, "Body"), Column("Title", 46, "Body wrap"), Column("Publisher", 30, "Body wrap"),
    Column("Licence", 34, "Body wrap"), Column("Notice", 40, "Body wrap"), Column("Grade", 7, "Body"),
    Column("First", 11, "Body date"), Column("Last", 11, "Body date"), Column("Available at", 11, "Body date"),
    Column("Age in days", 8, "Body count"), Column("Observations", 12, "Body count"),
    Column("Used by", 36, "Body wrap"),
)  # fmt: skip
