"""How a sheet is printed: paper, margins, header row, footer."""

from __future__ import annotations

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook import phrases
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.draft import Draft
from xl_thesis_workbook.layout import SheetPlan
from xl_thesis_workbook.styles import FONT, GREY

_A4_PIXELS = 980  # what surely fits across a landscape page between its margins, at full size
_ROWS, _COLUMNS = 40, 24  # of a long table, on one page


def set_page(draft: Draft, sheet: Worksheet, content: SnapshotContent, header_row: int | None = None) -> None:
    """A4, landscape, as wide as a page, the header row on each page, and a footer that says what this is."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    for side in ("left", "right"):
        setattr(sheet.page_margins, side, 0.4)
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.5, 0.6, 0.3
    if header_row is not None:
        sheet.print_title_rows = f"{header_row}:{header_row}"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    result = content.evaluation
    sheet.oddFooter.left.text = draft.say(phrases.FOOTER_LEFT, thesis=result.thesis, as_of=result.as_of)
    sheet.oddFooter.center.text = sheet.title
    sheet.oddFooter.right.text = draft.say(phrases.FOOTER_RIGHT, version=content.version)
    for part in (sheet.oddFooter.left, sheet.oddFooter.center, sheet.oddFooter.right):
        part.font, part.size, part.color = f"{FONT},Regular", 8, GREY


def print_beginning(sheet: Worksheet, header_row: int, columns: int) -> None:
    """Print the first rows below the header alone, on as many pages across as stay readable.

    Who prints a whole workbook wants to see what a long table is, not its thousands of rows.
    """
    sheet.print_area = f"A1:{get_column_letter(columns)}{header_row + _ROWS}"
    sheet.page_setup.fitToWidth = max(1, round(columns / _COLUMNS))


def split_pages(sheet: Worksheet, plan: SheetPlan, second_page: str) -> None:
    """Print on two pages across, with the first columns on both."""
    columns = plan.block.columns
    first = plan.block[second_page]
    pixels = [_pixels(column.width) for column in columns]
    _scale(sheet, max(sum(pixels[:first]), sum(pixels[: plan.repeated]) + sum(pixels[first:])))
    sheet.col_breaks.append(Break(id=first))
    sheet.print_title_cols = f"A:{get_column_letter(plan.repeated)}"


def keep_together(sheet: Worksheet, columns: int, group: int) -> None:
    """Print so many neighbouring columns on the same page, and as many such groups as stay readable."""
    step = max(1, _COLUMNS // group) * group
    pages = [range(first, min(first + step, columns + 1)) for first in range(1, columns + 1, step)]
    widths = {number: sheet.column_dimensions[get_column_letter(number)].width for page in pages for number in page}
    _scale(sheet, max((sum(_pixels(widths[number]) for number in page) for page in pages), default=1))
    for page in pages[1:]:
        sheet.col_breaks.append(Break(id=page[0] - 1))


def _pixels(width: float) -> float:
    """Pixels of a column that is so many characters wide."""
    return width * 7 + 5


def _scale(sheet: Worksheet, widest: float) -> None:
    """Print at a scale at which so many pixels fit across, instead of on a number of pages."""
    sheet.sheet_properties.pageSetUpPr.fitToPage = False
    sheet.page_setup.fitToHeight = None
    sheet.page_setup.scale = min(100, max(10, int(100 * _A4_PIXELS / widest)))
