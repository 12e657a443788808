"""The sheets of the template: what an analyst looks at, browses, and types in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xl_thesis_workbook.styles import BLUE, GREY, ORANGE
from xl_thesis_workbook.template_page import Page

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

DASHBOARD, INDICATORS, BROWSER, HISTORY = "Dashboard", "Indicators", "Browser", "Score history"
DAY, THESIS, DAY_IN_USE = "ThesisDay", "ThesisName", "ThesisDayInUse"
"""Names of the cells that the formulas read: what was typed, blank for the default, and the day that follows."""

PILLAR_ROOM, INDICATOR_ROOM, HISTORY_ROOM, SERIES_ROOM, STATUS_ROOM = 13, 61, 241, 401, 151
DATA_ROOM, ERRORS_ROOM, CHANGE_ROOM, ALERT_ROOM, CALENDAR_ROOM = 5, 51, 7, 61, 61
"""Rows with headers. A table with another below it never has more; what may grow is the last of its sheet."""
_BOTH = f"{DAY},{THESIS}"
_PILLAR_STYLES = ("text", "text", "text", "points", "percent", "percent", "signed", "percent")
_TILES = (
    ("F", "Band, low", 'THESIS_BAND("low"', "tile"),
    ("G", "Band, high", 'THESIS_BAND("high"', "tile"),
    ("H", "Known", "THESIS_COVERAGE(", "tile percent"),
)
_FIELDS = ("title", "pillar", "score", "value", "unit", "contribution", "effective_weight", "observed_on",
           "available_at", "age_days", "status", "reason", "source", "grade")  # fmt: skip
_FIELD_STYLES = {"score": "points left", "contribution": "signed left", "effective_weight": "percent left",
                 "observed_on": "date", "available_at": "date", "age_days": "count left", "value": "number left",
                 "reason": "wrap"}  # fmt: skip
_AXIS_FONT = {"size": 9, "bold": False, "color": f"#{GREY}"}
_BOARD = (14, 38, 10, 11, 11, 15, 12, 11, 9, *[9.29] * 8)
_BOARD_PIXELS, _CHART_PIXELS = 1522, 560
"""Widths of the dashboard's columns, and what they make: all of them, and the eight beside the table."""


def add_dashboard(page: Page, title: str) -> None:
    """The score with its parts, its history, and the buttons."""
    sheet = page.sheet(DASHBOARD, f"Live on cell functions. {title}", _BOARD)
    sheet.set_first_sheet()
    sheet.activate()
    _inputs(page, sheet)
    sheet.merge_range("C4:D6", "", page.style("score"))
    page.cell(sheet, 3, 2, f"=THESIS_SCORE({_BOTH})", "score", "=THESIS_SCORE()")
    sheet.merge_range("E4:E6", "", page.style("label"))
    page.cell(sheet, 3, 4, f"=THESIS_LABEL({_BOTH})", "label", "=THESIS_LABEL()")
    for letter, words, call, style in _TILES:
        column = ord(letter) - ord("A")
        sheet.write_string(3, column, words, page.style("tile label"))
        separator = "" if call.endswith("(") else ","
        page.cell(sheet, 4, column, f"={call}{separator}{_BOTH})", style, f"={call})")
        sheet.write_blank(5, column, None, page.style("tile label"))
    sheet.write_string("A9", "Pillars", page.style("heading"))
    page.spill(
        sheet, 9, _PILLAR_STYLES, f'=THESIS_TABLE("pillars",{_BOTH})', PILLAR_ROOM, '=THESIS_TABLE("pillars")',
    )  # fmt: skip
    _charts(page, sheet)
    page.button(sheet, "J1", "Refresh", "ThesisRefresh")
    page.button(sheet, "L1", "Stop", "ThesisCancel")
    page.button(sheet, "N1", "Snapshot...", "ThesisSnapshot")


def _inputs(page: Page, sheet: Worksheet) -> None:
    """The day and the thesis that every formula reads; blank for today and the default thesis."""
    for row, (words, name, style) in enumerate((("As known on", DAY, "input date"), ("Thesis", THESIS, "input"))):
        sheet.write_string(3 + row, 0, words, page.style("label left"))
        sheet.write_blank(3 + row, 1, None, page.style(style))
        page.book.define_name(name, f"={DASHBOARD}!$B${4 + row}")
    sheet.write_string(5, 0, "Day in use", page.style("label left"))
    asof = f"=IF(ISBLANK({DAY}),THESIS_ASOF({THESIS}),{DAY})"
    page.book.define_name(DAY_IN_USE, f"={DASHBOARD}!$B$6")
    page.cell(sheet, 5, 1, asof, "date", "=THESIS_ASOF()")
    sheet.write_string("B7", "Blank: today, and the thesis of the settings.", page.style("note"))


def _charts(page: Page, sheet: Worksheet) -> None:
    first, last = 11, 9 + PILLAR_ROOM
    names, values = ("A", "G") if page.dynamic else _below_chart(page, sheet, first, last)
    points = page.book.add_chart({"type": "bar"})
    inverted = {"invert_if_negative": True, "invert_if_negative_color": f"#{ORANGE}"}  # Calc draws those to the right
    points.add_series({
        "name": "Points", "categories": f"={DASHBOARD}!${names}${first}:${names}${last}",
        "values": f"={DASHBOARD}!${values}${first}:${values}${last}", "fill": {"color": f"#{BLUE}"}, "gap": 60,
        **(inverted if page.is_for_excel else {}),
    })  # fmt: skip
    points.set_title({"name": "Points above or below 50", "name_font": {"size": 11}})
    points.set_y_axis({"reverse": True, "label_position": "low"})
    points.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#D1D5DB"}}, "num_format": "0",
                       "name": "points", "name_font": _AXIS_FONT})  # fmt: skip
    points.set_legend({"none": True})
    points.set_size({"width": _CHART_PIXELS, "height": 380})
    sheet.insert_chart("J3", points, {"description": "What each pillar adds to the score or takes from it"})
    history = page.book.add_chart({"type": "line"})
    history.add_series({
        "name": "Score", "categories": f"='{HISTORY}'!$A$6:$A${4 + HISTORY_ROOM}",
        "values": f"='{HISTORY}'!$B$6:$B${4 + HISTORY_ROOM}", "line": {"color": f"#{BLUE}", "width": 1.75},
    })  # fmt: skip
    history.set_title({"name": "Score as known on past days", "name_font": {"size": 11}})
    history.set_x_axis({"date_axis": True, "num_format": "yyyy", "major_unit": 2, "major_unit_type": "years",
                        "name": "month-end", "name_font": _AXIS_FONT})  # fmt: skip
    history.set_y_axis({"min": 0, "max": 100, "major_gridlines": {"visible": True, "line": {"color": "#D1D5DB"}},
                        "name": "score", "name_font": _AXIS_FONT})  # fmt: skip
    history.set_legend({"none": True})
    history.show_blanks_as("span")  # where Calc would draw 0; Excel spans #N/A of itself
    history.set_size({"width": _BOARD_PIXELS, "height": 300})
    sheet.insert_chart("A24", history, {"description": "The score at past month-ends, reconstructed"})


def _below_chart(page: Page, sheet: Worksheet, first: int, last: int) -> tuple[str, str]:
    """Columns, hidden by the chart, with ids and points of the pillars and nothing in the rest of an array's room.

    There every cell of a fixed array is #N/A, which a chart would write beside its axis.
    """
    table = page.known('=THESIS_TABLE("pillars")')
    for row in range(first, last + 1):
        line = table[row - first + 1] if row - first + 1 < len(table) else []
        for column, source, place in ((9, "A", 0), (10, "G", 6)):
            value = line[place] if line and not str(line[place]).startswith("#") else ""
            sheet.write_formula(row - 1, column, f'=IFERROR({source}{row},"")', page.style("unseen"), value)
    return "J", "K"


def add_indicators(page: Page) -> None:
    """Every indicator with its value, score and points."""
    sheet = page.sheet(INDICATORS, "What is measured: each score is 0 to 100, 50 is neutral.",
                       (24, 11, 52, 12, 26, 9, 15, 12, 12, 9, 12, 24))  # fmt: skip
    styles = ("text", "text", "text", "number", "text", "points", "percent", "signed", "date", "count", "text", "text")
    page.spill(sheet, 4, styles, f'=THESIS_TABLE("indicators",{_BOTH})', INDICATOR_ROOM,
               '=THESIS_TABLE("indicators")')  # fmt: skip
    sheet.freeze_panes(5, 1)


def add_browser(page: Page, indicators: Sequence[str]) -> None:
    """Choose an indicator: everything that is known of it, and the series it rests on."""
    sheet = page.sheet(BROWSER, "Choose an indicator in the yellow cell; the series below is any that you name.",
                       (20, 46, 4, 12, 12))  # fmt: skip
    sheet.write_string("A4", "Indicator", page.style("label left"))
    chosen = indicators[0] if indicators else ""
    sheet.write_string("B4", chosen, page.style("input"))
    sheet.data_validation("B4", {
        "validate": "list", "source": f"={INDICATORS}!$A$6:$A${4 + INDICATOR_ROOM}", "error_type": "warning",
        "error_title": "Unknown indicator", "error_message": "Choose one of the sheet Indicators.",
    })  # fmt: skip
    for row, field in enumerate(_FIELDS, start=4):
        sheet.write_string(row, 0, field.replace("_", " "), page.style("label left"))
        formula = f'=IFERROR(THESIS_INDICATOR($B$4,"{field}",{_BOTH}),"")'
        page.cell(sheet, row, 1, formula, _FIELD_STYLES.get(field, "text"), f'=THESIS_INDICATOR("{chosen}","{field}")')
        if field == "reason":
            sheet.set_row(row, 42)
        sheet.write_blank(row, 2, None)
    row = 5 + len(_FIELDS)
    sheet.write_string(row, 0, "Series", page.style("label left"))
    sheet.write_string(row, 1, "FRED:UNRATE", page.style("input"))
    cell = f"$B${row + 1}"
    styles = ("date", "number")
    formula = f"=THESIS_SERIES({cell},EDATE({DAY_IN_USE},-240),{DAY_IN_USE},,,{DAY})"
    page.spill(sheet, row + 2, styles, formula, SERIES_ROOM,
               '=THESIS_SERIES("FRED:UNRATE","2006-01-01")')  # fmt: skip
    chart = page.book.add_chart({"type": "line"})
    first, last = row + 4, row + 2 + SERIES_ROOM
    chart.add_series({
        "name": f"={BROWSER}!{cell}", "categories": f"={BROWSER}!$A${first}:$A${last}",
        "values": f"={BROWSER}!$B${first}:$B${last}", "line": {"color": f"#{BLUE}", "width": 1.75},
    })  # fmt: skip
    chart.set_legend({"none": True})
    chart.show_blanks_as("span")
    chart.set_x_axis({"date_axis": True, "num_format": "yyyy", "label_position": "low"})
    chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#D1D5DB"}}})
    chart.set_size({"width": 720, "height": 380})
    sheet.insert_chart("D4", chart, {"description": "The chosen series"})


def add_history(page: Page) -> None:
    """The score on past month-ends, for the chart on the dashboard."""
    note = "As known on each day, with today's definition: reconstructed, not recorded."
    sheet = page.sheet(HISTORY, note, (13, 11))
    formula = f'=THESIS_HISTORY("score",EDATE({DAY_IN_USE},-228),{DAY_IN_USE},"m",{THESIS})'
    page.spill(sheet, 4, ("date", "points"), formula, HISTORY_ROOM,
               '=THESIS_HISTORY("score","2008-01-31",,"m")')  # fmt: skip
    sheet.freeze_panes(5, 0)


def add_watch(page: Page) -> None:
    """Why the score moved in the last quarter, and what is near its falsifier."""
    sheet = page.sheet("Watch", "Why the score moved in three months, and what is near to being wrong.",
                       (24, 44, 30, 13, 13, 13, 13, 13, 110))  # fmt: skip
    since = f"EDATE({DAY_IN_USE},-3)"
    sheet.write_string(3, 0, "Why the score moved", page.style("heading"))
    page.spill(sheet, 4, ("text", "signed", "text"), f'=THESIS_CHANGE({since},"causes",{_BOTH})', CHANGE_ROOM,
               '=THESIS_CHANGE("2026-04-22")')  # fmt: skip
    row = 4 + CHANGE_ROOM + 2
    sheet.write_string(row - 1, 0, "Near to being wrong", page.style("heading"))
    styles = ("text", "text", "text", "number", "number", "date", "date", "date", "text")
    page.spill(sheet, row, styles, f'=THESIS_ALERTS("alerts",{_BOTH})', ALERT_ROOM, '=THESIS_ALERTS("alerts")')


def add_calendar(page: Page) -> None:
    """What comes next, and what it can do to the score."""
    note = "What is published next, overdue first, and by how many points it can move the score."
    sheet = page.sheet("Calendar", note, (24, 46, 12, 30, 13, 13, 10, 12, 11, 11, 11, 11))
    styles = (*["text"] * 4, "date", "date", "count", "percent", *["signed"] * 4)
    page.spill(sheet, 4, styles, f'=THESIS_CALENDAR("releases",{_BOTH})', CALENDAR_ROOM,
               '=THESIS_CALENDAR("releases")')  # fmt: skip
    sheet.freeze_panes(5, 1)


def add_status(page: Page) -> None:
    """What is known, how old it is, where it came from, what failed and why; cells that failed on a sheet of theirs."""
    sheet = page.sheet("Status", "Data, and every series behind the thesis: how old, from where, what failed and why.",
                       (34, 46, 14, 13, 13, 9, 10, 36, 40, 14, 13, 60), GREY)  # fmt: skip
    words = ["text"] * 4
    sheet.write_string(3, 0, "Data", page.style("heading"))
    page.spill(sheet, 4, words, f'=THESIS_STATUS("data",{THESIS})', DATA_ROOM, '=THESIS_STATUS("data")')
    row = 4 + DATA_ROOM + 2
    sheet.write_string(row - 1, 0, "Series", page.style("heading"))
    styles = (*["text"] * 3, "date", "date", "count", "count", "text", "text", "text", "date", "text")
    page.spill(sheet, row, styles, f'=THESIS_STATUS("series",{THESIS})', STATUS_ROOM, '=THESIS_STATUS("series")')
    page.button(sheet, "H1", "Refresh", "ThesisRefresh")
    errors = page.sheet("Errors", "Why cells show errors, newest first.", (12, 60, 22, 110), GREY)
    page.spill(errors, 4, words, f'=THESIS_STATUS("errors",{THESIS})', ERRORS_ROOM, '=THESIS_STATUS("errors")')
    errors.freeze_panes(5, 0)


def add_manual_entries(page: Page, series: Sequence[tuple[str, str]]) -> None:
    """A table for values that no source offers, and the button that puts them into the store."""
    note = "Values that no source offers. The button puts all rows into the store, or none."
    sheet = page.sheet("Manual entries", note, (40, 14, 14, 16, 44, 30), ORANGE)
    headers = ("Series", "Date", "Value", "Published on", "Source", "Note")
    blank = [[""] * len(headers) for _ in range(12)]
    styles = ("input", "input date", "input", "input date", "input", "input")
    page.table(sheet, 4, 0, headers, blank, "ManualEntries", styles)
    page.button(sheet, "H1", "Save entries", "ThesisEnter")
    sheet.write_string("H5", "Series that wait for an entry", page.style("heading"))
    sheet.set_column("H:H", 44)
    sheet.set_column("I:I", 70)
    for row, (series_id, title) in enumerate(series, start=5):
        sheet.write_string(row, 7, series_id, page.style("text"))
        sheet.write_string(row, 8, title, page.style("text"))
    if series:
        sheet.data_validation(5, 0, 200, 0, {
            "validate": "list", "source": f"='Manual entries'!$H$6:$H${5 + len(series)}", "error_type": "warning",
            "error_message": "Not one of the listed series; it is stored if the thesis names it.",
        })  # fmt: skip


def add_definition(page: Page) -> None:
    """What is in force now, and the buttons for the sheets behind it, on which the definition is edited."""
    note = "Weights in force. Edit the sheets whose names begin with Definition, then use them."
    sheet = page.sheet("Definition", note, (22, 44, 16, 12, 12, 12, 12, 12), ORANGE)
    page.button(sheet, "A3", "Check definition", "ThesisCheckDefinition", 140)
    page.button(sheet, "B3", "Use definition", "ThesisUseDefinition", 140)
    page.button(sheet, "C3", "As a workbook...", "ThesisExportDefinition", 130)
    page.button(sheet, "E3", "Read such a workbook...", "ThesisImportDefinition", 170)
    styles = ("text", "text", "text", "points", "percent", "percent", "signed", "percent")
    page.spill(sheet, 5, styles, f'=THESIS_TABLE("pillars",{_BOTH})', PILLAR_ROOM, '=THESIS_TABLE("pillars")')
