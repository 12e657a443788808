"""Whether there is room for what belongs to us, and whether a formula is ours."""

from __future__ import annotations

import re

from openpyxl.utils.cell import range_boundaries

from xl_thesis.errors import InputError
from xl_thesis_workbook.book import Book, TablePlace
from xl_thesis_workbook.grid import Grid
from xl_thesis_workbook.reading import Reader
from xl_thesis_workbook.xml_bytes import attributes, start_tag

_NUMBER = re.compile(r"(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.])")
_REFERENCE = re.compile(r"(?:'(?:[^']|'')+'|[\w.]+)!|\$?[A-Z]{1,3}\$?\d+")


def check_free(book: Book, grid: Grid, reader: Reader, table: TablePlace, bottom: int) -> None:
    """Raise ``InputError`` unless the cells below a table are empty down to a row, unmerged and of no other table."""
    if bottom <= table.bottom:
        return
    where = f"below table {table.name}, where its new rows belong"
    for number in range(table.bottom + 1, bottom + 1):
        for cell in grid.cells(number):
            if table.left <= cell.column <= table.right and not reader.found(cell).is_empty:
                raise InputError(f"there is something in row {number} {where}; move it and update again")
    box = (table.left, table.bottom + 1, table.right, bottom)
    for other in book.tables.values():
        is_near = other.sheet == table.sheet and other.part != table.part
        if is_near and _overlap(box, (other.left, other.top, other.right, other.bottom)):
            raise InputError(f"table {other.name} lies {where}; move it and update again")
    for tag in start_tag("mergeCell").finditer(grid.below):
        if _overlap(box, range_boundaries(attributes(tag[2])["ref"])):
            raise InputError(f"there are merged cells {where}; separate them and update again")


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def is_our_formula(found: str, ours: str) -> bool:
    """Whether a formula is ours, perhaps moved: the same but for the places that it points to. A shared one is.

    >>> is_our_formula("SUM(Sheet2!$B$7:$B$9) ", "SUM('My data'!B3:B5)")
    True
    >>> is_our_formula("IF(A1<0.00000001,FALSE(),2)", "IF(A1<1e-8,FALSE,2)")
    True
    """
    return found in ("", ours) or shape_of(found) == shape_of(ours)


def shape_of(formula: str) -> str:
    """A formula without the places that it points to."""
    return plain_words(_REFERENCE.sub(lambda match: "!" if match[0].endswith("!") else "#", formula))


def plain_words(formula: str) -> str:
    """A formula as every program writes it: no blanks, small letters, one form for each number and truth.

    >>> plain_words("IF(A1 > 3.70E-08, TRUE(), 007)")
    'if(a1>3.7e-08,true,7.0)'
    """
    bare = re.sub(r"\s", "", formula).lower().replace("true()", "true").replace("false()", "false")
    return _NUMBER.sub(lambda match: repr(float(match[0])), bare)
