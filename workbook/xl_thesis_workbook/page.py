"""A page of many narrow columns: values over spans of them, headings, paragraphs, and rows as high as their words."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook.draft import Content, Draft
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.measure import Fit, height_of
from xl_thesis_workbook.styles import BLUE, ORANGE

COLUMNS, WIDTH = 25, 7.4
LEFT, GUTTER, RIGHT = (1, 12), 13, (14, 25)
_GUTTER_WIDTH = 2.0
ROW = 16.5


class Page:
    """A sheet as a grid of equal columns."""

    def __init__(self, draft: Draft, sheet: Worksheet) -> None:
        self.draft, self.sheet = draft, sheet
        self._signed: list[str] = []
        sheet.sheet_view.showGridLines = False
        for column in range(1, COLUMNS + 1):
            sheet.column_dimensions[get_column_letter(column)].width = _GUTTER_WIDTH if column == GUTTER else WIDTH

    def span(self, row: int, columns: tuple[int, int], content: Content, style: str) -> str:
        """One value over several cells of a row, all of them styled; return the first one's address."""
        first, last = columns
        for column in range(first, last + 1):
            self.draft.put(self.sheet, row, column, None, style)
        cell = self.draft.put(self.sheet, row, first, content, style)
        if style == "Line signed":
            self._signed.append(cell.coordinate)
        if last > first:
            self._merge(row, first, row, last)
        return f"${get_column_letter(first)}${row}" if cell is not None else ""

    def colour_signs(self) -> None:
        """Points for the thesis and against it in the colours of the chart; their signs say the same in grey."""
        for operator, colour in (("greaterThan", BLUE), ("lessThan", ORANGE)):
            rule = CellIsRule(operator=operator, formula=["0"], font=Font(color=colour))
            self.sheet.conditional_formatting.add(" ".join(self._signed), rule)

    def box(self, rows: tuple[int, int], columns: tuple[int, int], content: Content, style: str) -> None:
        """One value over several cells of several rows."""
        for row in range(rows[0], rows[1] + 1):
            for column in range(columns[0], columns[1] + 1):
                self.draft.put(self.sheet, row, column, None, style)
        self.draft.put(self.sheet, rows[0], columns[0], content, style)
        self._merge(rows[0], columns[0], rows[1], columns[1])

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Join cells that are styled already: openpyxl's own merge styles them again, which takes half of all time."""
        self.sheet.merged_cells.add(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")

    def heading(
        self, row: int, side: tuple[int, int], title: str, labels: tuple[tuple[int, int, str], ...] = ()
    ) -> None:
        """A heading over one half of the page; labels are (first column, last column, words) of numbers below."""
        first, last = side
        end = labels[0][0] - 1 if labels else last
        self.span(row, (first, end), title, "Heading")
        for start, stop, words in labels:
            self.span(row, (start, stop), words, "Heading right")
        self.height(row, 19)

    def paragraph(self, row: int, content: Content, style: str, size: float) -> None:
        """Words across the page, in a row high enough for them."""
        self.span(row, (1, COLUMNS), content, style)
        words = content.value if isinstance(content, Formula) else content
        self._fit(row, Fit(((1, (COLUMNS - 1) * WIDTH, size),), least=height_of(1, size)), {1: words})

    def height(self, row: int, points: float) -> None:
        """Set the height of a row."""
        self.sheet.row_dimensions[row].height = points

    def fitted(self, row: int, *texts: tuple[str, int, int, float]) -> None:
        """A row high enough for each of (words, first column, columns, size)."""
        fit = Fit(tuple((first, count * WIDTH, size) for _, first, count, size in texts), least=ROW)
        self._fit(row, fit, {first: words for words, first, _, _ in texts})

    def _fit(self, row: int, fit: Fit, words: Mapping[int, object]) -> None:
        fit.apply(self.sheet, row, words)
        self.draft.fits.setdefault(self.sheet.title, {})[row] = fit
