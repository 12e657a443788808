"""The template workbook and the add-ins' own sheets: live cells on the cell functions, and the buttons.

What a cell shows before Excel has calculated it comes from ``value_of``, so that the workbook can be read in Protected
View and by programs that know none of the functions. XlsxWriter writes dynamic arrays as Excel does; the classic form,
for Excel 2016 and 2019, has array formulas over fixed ranges instead.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xl_thesis.definition import Thesis
from xl_thesis_workbook import template_sheets
from xl_thesis_workbook.template_definition import add_definition_sheets
from xl_thesis_workbook.template_page import Page

if TYPE_CHECKING:
    from xlsxwriter import Workbook

CREATED = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - the format has no time zone; a clock would change every build
CONF_SHEET = "xl_thesis.conf"
CONF = (("ADD_WORKBOOK_TO_PYTHONPATH", "False"), ("USE UDF SERVER", "True"), ("UDF MODULES", ""))
"""What xlwings' VBA reads. There is no row for the interpreter, since an empty one would hide the user's own."""


@dataclass(frozen=True, slots=True)
class FunctionHelp:
    """A row of the page of functions."""

    name: str
    signature: str
    summary: str
    example: str
    errors: str


@dataclass(frozen=True, slots=True)
class TemplateContent:
    """What the template is made of.

    ``value_of`` gives what a formula shows: a number, text, date, ``#N/A`` and its like, or rows of them. ``thesis`` is
    the definition to edit. Without ``buttons`` it is for a host that has its own.
    """

    functions: Sequence[FunctionHelp]
    value_of: Callable[[str], Any]
    title: str
    indicators: Sequence[str]
    manual_series: Sequence[tuple[str, str]]
    thesis: Thesis
    dynamic: bool = True
    buttons: bool = True


def template_bytes(content: TemplateContent) -> bytes:
    """The template as .xlsx bytes, still without its macros; the same content gives the same bytes."""
    book, buffer = _new_book("xl-thesis template")
    page = Page(book, content.value_of, dynamic=content.dynamic, buttons=content.buttons)
    template_sheets.add_dashboard(page, content.title)
    template_sheets.add_indicators(page)
    template_sheets.add_browser(page, content.indicators)
    template_sheets.add_history(page)
    template_sheets.add_watch(page)
    template_sheets.add_calendar(page)
    template_sheets.add_status(page)
    template_sheets.add_manual_entries(page, content.manual_series)
    template_sheets.add_definition(page)
    add_definition_sheets(book, content.thesis)
    _add_functions(page, content.functions)
    book.close()
    return buffer.getvalue()


def addin_bytes(functions: Sequence[FunctionHelp]) -> bytes:
    """The one sheet of the add-in with the functions, as .xlsx bytes: the page of them."""
    book, buffer = _new_book("xl-thesis add-in")
    _add_functions(Page(book, lambda _: None, dynamic=True), functions)
    book.close()
    return buffer.getvalue()


def python_bytes() -> bytes:
    """The sheets of the add-in that has Python, as .xlsx bytes: a line on it, and the settings of xlwings' VBA."""
    book, buffer = _new_book("xl-thesis: the way from Excel to Python")
    sheet = book.add_worksheet("About")
    sheet.write(0, 0, "Functions and buttons of xl-thesis in other workbooks reach Python through this add-in.")
    _add_conf(book)
    book.close()
    return buffer.getvalue()


def _new_book(title: str) -> tuple[Workbook, io.BytesIO]:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "author": "xl-thesis", "created": CREATED})
    return book, buffer


def _add_functions(page: Page, functions: Sequence[FunctionHelp]) -> None:
    sheet = page.sheet("Functions", "Every function, with an example to copy.", (22, 60, 62, 44, 62))
    rows = [[item.name, f"={item.signature}", item.summary, item.example, item.errors] for item in functions]
    headers = ("Function", "How to write it", "What it gives", "Example", "Errors")
    page.table(sheet, 4, 0, headers, rows, "ThesisFunctions")


def _add_conf(book: Workbook) -> None:
    sheet = book.add_worksheet(CONF_SHEET)
    for row, pair in enumerate(CONF):
        sheet.write_row(row, 0, pair)
    sheet.very_hidden()
