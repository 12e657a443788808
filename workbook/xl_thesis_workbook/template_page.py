"""How the template writes: styles, heads of sheets, cells on functions, spilled tables, and what they show at first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from xl_thesis_workbook.styles import FONT, GREY, LIGHT, LINE, NAVY

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_DAY = "yyyy-mm-dd"
_EPOCH = dt.date(1899, 12, 30)
_INPUT = "FFF8E1"
_WORDS = ("text", "wrap", "date")

STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_size": 18, "bold": True, "font_color": "FFFFFF", "bg_color": NAVY, "valign": "vcenter",
              "indent": 1},
    "note": {"font_size": 9, "font_color": GREY, "text_wrap": False, "indent": 1},
    "heading": {"font_size": 11, "bold": True, "font_color": NAVY, "bottom": 1, "bottom_color": LINE, "indent": 1},
    "header": {"font_size": 9, "bold": True, "font_color": "FFFFFF", "bg_color": NAVY, "text_wrap": True,
               "valign": "vcenter", "indent": 1},
    "header right": {"font_size": 9, "bold": True, "font_color": "FFFFFF", "bg_color": NAVY, "text_wrap": True,
                     "valign": "vcenter", "align": "right"},
    "score": {"font_size": 40, "bold": True, "font_color": NAVY, "bg_color": LIGHT, "align": "center",
              "valign": "vcenter", "num_format": "0.0"},
    "label": {"font_size": 12, "bold": True, "font_color": NAVY, "bg_color": LIGHT, "align": "center",
              "valign": "vcenter", "text_wrap": True},
    "tile label": {"font_size": 9, "font_color": GREY, "bg_color": LIGHT, "align": "center"},
    "tile": {"font_size": 15, "bold": True, "font_color": NAVY, "bg_color": LIGHT, "align": "center",
             "num_format": "0.0"},
    "tile percent": {"font_size": 15, "bold": True, "font_color": NAVY, "bg_color": LIGHT, "align": "center",
                     "num_format": "0%"},
    "tile date": {"font_size": 15, "bold": True, "font_color": NAVY, "bg_color": LIGHT, "align": "center",
                  "num_format": _DAY},
    "text": {"font_size": 10, "indent": 1, "valign": "vcenter"},
    "wrap": {"font_size": 10, "indent": 1, "valign": "vcenter", "text_wrap": True},
    "points": {"font_size": 10, "num_format": "0.0", "align": "right", "valign": "vcenter"},
    "signed": {"font_size": 10, "num_format": "+0.0;-0.0;0.0", "align": "right", "valign": "vcenter"},
    "percent": {"font_size": 10, "num_format": "0%", "align": "right", "valign": "vcenter"},
    "number": {"font_size": 10, "num_format": "#,##0.00##", "align": "right", "valign": "vcenter"},
    "count": {"font_size": 10, "num_format": "#,##0", "align": "right", "valign": "vcenter"},
    **{f"{name} left": {"font_size": 10, "num_format": shown, "align": "left", "valign": "vcenter", "indent": 1}
       for name, shown in {"points": "0.0", "signed": "+0.0;-0.0;0.0", "percent": "0%", "number": "#,##0.00##",
                           "count": "#,##0"}.items()},
    "unseen": {"font_size": 10, "font_color": "FFFFFF"},
    "date": {"font_size": 10, "num_format": _DAY, "align": "left", "valign": "vcenter", "indent": 1},
    "input": {"font_size": 10, "bg_color": _INPUT, "border": 1, "border_color": LINE, "indent": 1},
    "input date": {"font_size": 10, "bg_color": _INPUT, "border": 1, "border_color": LINE, "num_format": _DAY,
                   "align": "left", "valign": "vcenter", "indent": 1},
    "label left": {"font_size": 10, "font_color": GREY, "valign": "vcenter", "indent": 1},
}  # fmt: skip


class Page:
    """A workbook under way, with its styles and what its formulas show before Excel has calculated them."""

    def __init__(self, book: Workbook, value_of: Callable[[str], Any], *, dynamic: bool, buttons: bool = True) -> None:
        self.book = book
        self._buttons = buttons
        self.dynamic = dynamic
        self._value_of = value_of
        self._styles: dict[str, Format] = {}
        self._faint: Format = book.add_format({"font_color": "FFFFFF"})

    @property
    def is_for_excel(self) -> bool:
        """Whether the host is Excel, which needs buttons on its sheets."""
        return self._buttons

    def style(self, name: str) -> Format:
        """A style by its name."""
        if name not in self._styles:
            self._styles[name] = self.book.add_format({"font_name": FONT, **STYLES[name]})
        return self._styles[name]

    def sheet(self, title: str, note: str, widths: Iterable[float], tab: str = NAVY) -> Worksheet:
        """A sheet with its title and the line below it; the table begins in the fifth row."""
        sheet = self.book.add_worksheet(title)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(f"#{tab}")
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, title, self.style("title"))
        for column in range(1, len(tuple(widths))):
            sheet.write_blank(0, column, None, self.style("title"))
        sheet.write_string(1, 0, note, self.style("note"))
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def known(self, formula: str) -> list[list[Any]]:
        """What the table of a formula shows at first."""
        return [[plain(value) for value in row] for row in self._value_of(formula)]

    def cell(self, sheet: Worksheet, row: int, column: int, formula: str, style: str, shown: str | None = None) -> None:
        """A formula of one value; ``shown`` is the formula that gives what it shows at first, if it is another."""
        value = _first(self._value_of(shown or formula))
        if formula.startswith("=IFERROR(") and isinstance(value, str) and value.startswith("#"):
            value = ""
        sheet.write_formula(row, column, formula, self.style(style), value)

    def spill(
        self, sheet: Worksheet, row: int, styles: Sequence[str], formula: str, rows: int, shown: str | None = None
    ) -> None:
        """A table from a function, with headers, from the first column on; ``rows`` is the room that it has.

        Columns are formatted down to the end of the room, so that dates are dates however long the table gets.
        """
        heads = ["header" if name in _WORDS else "header right" for name in styles]
        values = self._value_of(shown or formula)
        table = values if isinstance(values, list) else [[values]]
        last_row, last = row + rows - 1, len(styles) - 1
        if self.dynamic:
            end = row + min(len(table), rows) - 1, min(len(table[0]), len(styles)) - 1
            sheet.write_dynamic_array_formula(row, 0, *end, formula, self.style("header"), _first(values))
        else:
            sheet.write_array_formula(row, 0, last_row, last, "{" + formula + "}", self.style("header"), _first(values))
            hide = {"type": "errors", "format": self._faint}
            sheet.conditional_format(row, 0, last_row, last, hide)
        for line in range(rows):
            for column, name in enumerate(styles):
                if line or column:
                    known = line < len(table) and column < len(table[line])
                    value = table[line][column] if known else None
                    self._shown(sheet, row + line, column, value, heads[column] if line == 0 else name)
        sheet.set_row(row, 26)

    def table(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        headers: Sequence[str],
        rows: Sequence[Sequence[Any]],
        name: str,
        styles: Sequence[str] | None = None,
    ) -> None:
        """An Excel table of plain values."""
        chosen = styles or ["wrap"] * len(headers)
        columns = [{"header": header, "header_format": self.style("header"), "format": self.style(style)}
                   for header, style in zip(headers, chosen, strict=True)]  # fmt: skip
        end = row + max(len(rows), 1), column + len(headers) - 1
        sheet.add_table(row, column, *end, {"name": name, "columns": columns, "style": "Table Style Light 1",
                                            "data": [list(line) for line in rows]})  # fmt: skip
        sheet.freeze_panes(row + 1, 0)

    def button(self, sheet: Worksheet, cell: str, caption: str, macro: str, width: int = 110) -> None:
        """A button that runs a macro of this workbook, where it has any."""
        if self._buttons:
            sheet.insert_button(cell, {"macro": macro, "caption": caption, "width": width, "height": 26})

    def _shown(self, sheet: Worksheet, row: int, column: int, value: Any, style: str) -> None:
        """A value inside an array, which belongs to the array's formula."""
        shown, chosen = plain(value), self.style(style)
        if isinstance(shown, bool):
            sheet.write_boolean(row, column, shown, chosen)
        elif isinstance(shown, int | float):
            sheet.write_number(row, column, shown, chosen)
        elif shown is None or shown.startswith("#"):
            sheet.write_blank(row, column, None, chosen)
        else:
            sheet.write_string(row, column, shown, chosen)


def plain(value: Any) -> Any:
    """A cell value as the file holds it: dates as serial numbers, errors as their text."""
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        return (day - _EPOCH).days
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def _first(value: Any) -> Any:
    while isinstance(value, list):
        value = value[0] if value else None
    shown = plain(value)
    return "" if shown is None else shown
