"""The definition's own sheets inside the template: those of the definition workbook, cell by cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.definition import Thesis
from xl_thesis_workbook.definition_book import definition_workbook
from xl_thesis_workbook.styles import ORANGE

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet as Target

PREFIX = "Definition "
"""Begins the title of each sheet; they are found by the names of their tables."""


def add_definition_sheets(book: Workbook, thesis: Thesis) -> None:
    """One sheet for each part of the definition, to be edited in place, as ``definition_workbook`` lays them out."""
    styles: dict[tuple[Any, ...], Format] = {}
    for sheet in definition_workbook(thesis, PREFIX).worksheets:
        target = book.add_worksheet(sheet.title)
        target.set_tab_color(f"#{ORANGE}")
        target.hide_gridlines(2)
        _lay_out(sheet, target)
        for table in sheet.tables.values():
            headers = [{"header": str(cell.value)} for cell in sheet[table.ref][0]]
            target.add_table(table.ref, {"name": table.displayName, "columns": headers, "style": None})
        for row in sheet.iter_rows():
            for cell in row:
                _write(target, cell, _style(book, cell, styles))
        for rule in sheet.data_validations.dataValidation:
            _offer(target, rule)


def _lay_out(sheet: Worksheet, target: Target) -> None:
    for letter, dimension in sheet.column_dimensions.items():
        target.set_column(f"{letter}:{letter}", dimension.width)
    for number, dimension in sheet.row_dimensions.items():
        if dimension.height is not None:
            target.set_row(number - 1, dimension.height)
    if sheet.freeze_panes:
        target.freeze_panes(sheet.freeze_panes)
    target.set_landscape()
    target.set_paper(9)
    target.fit_to_pages(sheet.page_setup.fitToWidth or 1, 0)


def _write(target: Target, cell: Cell, style: Format) -> None:
    row, column, value = cell.row - 1, cell.column - 1, cell.value
    if value is None:
        target.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        target.write_boolean(row, column, value, style)
    elif isinstance(value, dt.date):
        target.write_datetime(row, column, value, style)
    elif cell.data_type == "n":
        number = float(value)
        if float(f"{number:.16G}") == number:
            target.write_number(row, column, number, style)
        else:  # XlsxWriter would round it; text of a number is read back as one
            target.write_string(row, column, repr(number), style)
    else:
        target.write_string(row, column, str(value), style)


def _offer(target: Target, rule: Any) -> None:
    """A list to choose from, at each of its ranges."""
    given = rule.formula1
    source = given.strip('"').split(",") if given.startswith('"') else f"={given}"
    options = {"validate": "list", "source": source, "error_title": rule.errorTitle, "error_message": rule.error}
    for area in _areas(rule):
        target.data_validation(area, options)


def _areas(rule: Any) -> Iterator[str]:
    yield from (area.coord for area in rule.sqref.ranges)


def _style(book: Workbook, cell: Cell, styles: dict[tuple[Any, ...], Format]) -> Format:
    """The cell's style as XlsxWriter knows it, each once."""
    key = (cell.style, cell.number_format)
    if key not in styles:
        font, fill, where, below = cell.font, cell.fill, cell.alignment, cell.border.bottom
        look: dict[str, Any] = {
            "font_name": font.name, "font_size": font.sz, "bold": bool(font.b), "num_format": cell.number_format,
            "align": where.horizontal, "valign": {"center": "vcenter"}.get(where.vertical, where.vertical),
            "text_wrap": bool(where.wrap_text), "indent": int(where.indent or 0),
        }  # fmt: skip
        if font.color is not None and font.color.type == "rgb":
            look["font_color"] = f"#{font.color.rgb[-6:]}"
        if fill.fill_type == "solid":
            look["bg_color"] = f"#{fill.start_color.rgb[-6:]}"
        if below is not None and below.style:
            look |= {"bottom": 1, "bottom_color": f"#{below.color.rgb[-6:]}"}
        styles[key] = book.add_format({name: value for name, value in look.items() if value is not None})
    return styles[key]
