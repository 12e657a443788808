"""Colours, fonts and named styles of the snapshot."""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.workbook import Workbook

# Okabe and Ito's palette: told apart by colour-blind readers and in grey print.
NAVY, BLUE, ORANGE, GREY, LIGHT, LINE = "1F2A44", "0072B2", "D55E00", "6B7280", "F3F4F6", "D1D5DB"
INPUT_FONT, INPUT_FILL, INPUT_LINE = "1D4ED8", "FFF8DC", "D9C27A"  # blue on cream: a cell to type into
FONT, CHINESE_FONT = "Calibri", "Microsoft JhengHei"

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


def _style(
    name: str,
    *,
    size: float = 10,
    bold: bool = False,
    colour: str = "111827",
    fill: str | None = None,
    number: str = "General",
    across: str = "left",
    down: str = "top",
    wrap: bool = False,
    rule: bool = False,
    indent: int = 0,
    boxed: bool = False,
) -> NamedStyle:
    style = NamedStyle(name)
    style.font = Font(name=FONT, size=size, bold=bold, color=colour)
    style.alignment = Alignment(horizontal=across, vertical=down, wrap_text=wrap, indent=indent)
    style.number_format = number
    if fill:
        style.fill = PatternFill("solid", start_color=fill, end_color=fill)
    if rule:
        style.border = Border(bottom=Side("thin", color=LINE))
    if boxed:
        style.border = Border(*(Side("thin", color=INPUT_LINE) for _ in range(4)))
    return style


def _page_styles() -> tuple[NamedStyle, ...]:
    return (
        _style("Page title", size=18, bold=True, colour="FFFFFF", fill=NAVY, down="center", wrap=True, indent=1),
        _style("Page right", size=11, colour="FFFFFF", fill=NAVY, across="right", down="center", indent=1),
        _style("Statement", size=10.5, colour=GREY, wrap=True, down="center", indent=1),
        _style("Heading", size=11, bold=True, colour=NAVY, down="center", rule=True, indent=1),
        _style("Heading right", size=9, colour=GREY, number="@_m", across="right", down="center", rule=True),
        _style("Heading left", size=9, colour=GREY, down="center", rule=True, indent=1),
        _style("Big score", size=44, bold=True, colour=NAVY, number=POINTS, across="center", down="center", fill=LIGHT),
        _style("Big label", size=12, bold=True, colour=NAVY, across="center", down="center", fill=LIGHT, wrap=True),
        _style("Tile label", size=9, colour=GREY, across="center", down="center", fill=LIGHT, wrap=True),
        _style("Tile", size=13, bold=True, colour=NAVY, number=POINTS, across="center", down="center", fill=LIGHT),
        _style(
            "Tile percent", size=13, bold=True, colour=NAVY, number=PERCENT, across="center", down="center", fill=LIGHT
        ),
        _style(
            "Tile signed",
            size=13,
            bold=True,
            colour=NAVY,
            number="+0.0;-0.0;0.0",
            across="center",
            down="center",
            fill=LIGHT,
        ),
        _style("Status", size=10.5, colour=NAVY, down="center", fill=LIGHT, wrap=True, indent=1),
        _style("Status weak", size=10.5, bold=True, colour=ORANGE, down="center", fill=LIGHT, wrap=True, indent=1),
        _style("Line", down="center", rule=True, wrap=True, indent=1),
        _style("Line points", number=f"{POINTS}_m", across="right", down="center", rule=True),
        _style("Line count", number="#,##0_m", across="right", down="center", rule=True),
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
        _style("Section", size=10, bold=True, colour=NAVY, down="bottom"),
        _style("Block title", size=10, bold=True, colour=NAVY, wrap=True, down="bottom"),
        _style("Column", size=9, bold=True, colour="FFFFFF", fill=NAVY, wrap=True, down="center", indent=1),
        _style(
            "Column right",
            size=9,
            bold=True,
            colour="FFFFFF",
            fill=NAVY,
            across="right",
            wrap=True,
            down="center",
            indent=1,
        ),
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
        _style("Data count", size=9, number="#,##0_m", across="right"),
        _style("Small", size=8.5, colour=GREY, wrap=True),
    )


def _input_styles() -> tuple[NamedStyle, ...]:
    return (
        _style(
            "Input", colour=INPUT_FONT, fill=INPUT_FILL, number="0.####", across="center", down="center", boxed=True
        ),
        _style(
            "Input switch", colour=INPUT_FONT, fill=INPUT_FILL, number="0", across="center", down="center", boxed=True
        ),
        _style("Definition", colour=GREY, number="0.####", across="center", down="center", rule=True),
        _style("Definition score", colour=GREY, number=POINTS, across="center", down="center"),
        _style("Input score", size=12, bold=True, colour=NAVY, number=POINTS, across="center", down="center"),
    )


def add_styles(book: Workbook) -> None:
    """Register every style that the sheets name."""
    for style in (*_page_styles(), *_table_styles(), *_input_styles()):
        book.add_named_style(style)
