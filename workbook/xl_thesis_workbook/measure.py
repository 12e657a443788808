"""How many lines a text takes in a cell, so that rows can be as high as their text: programs do not all see to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook.cells import clean_text

# Widths of Calibri's letters, in digits; a column's width is counted in digits of 11 points.
_WIDTHS = {sign: width for signs, width in (
    (" .,:;'|!()[]ijl", 0.48), ("frt-/", 0.68), ("csvxyz", 0.88), ("mwMW@%", 1.65), ("ABCDEFGHKLNOPQRTUVXYZ&", 1.2),
) for sign in signs}  # fmt: skip
_OTHER, _WIDE = 1.0, 2.0
_COLUMN_SIZE = 11
_PADDING = 2.0  # the indent and the cell's own margins
_SLACK = 0.96  # for programs that have not the font
_LINE_HEIGHT = 1.32
_HIGHEST_ROW = 400.0


def lines_of(text: str, width: float, size: float = 10) -> int:
    """Lines that a text of ``size`` points takes in a cell that is ``width`` characters wide.

    >>> lines_of("one two three", 8)
    3
    """
    room = max(1.0, (width - _PADDING) * _SLACK * _COLUMN_SIZE / size)
    return sum(_lines_of_paragraph(line, room) for line in clean_text(text).split("\n"))


def _lines_of_paragraph(text: str, room: float) -> int:
    lines, used = 1, 0.0
    for word in text.split(" "):
        length = sum(map(_width, word))
        gap = _width(" ") if used else 0.0
        if used and used + gap + length > room:
            lines, used, gap = lines + 1, 0.0, 0.0
        overflow = max(0.0, used + gap + length - room)  # a word longer than a line is broken
        lines += -int(-overflow // room)
        used = room if overflow else used + gap + length
    return lines


def _width(sign: str) -> float:
    if sign in _WIDTHS:
        return _WIDTHS[sign]
    return _WIDE if unicodedata.east_asian_width(sign) in "WF" else _OTHER


def height_of(lines: int, size: float = 10) -> float:
    """Points of height that so many lines take, at most what a row can have."""
    return min(_HIGHEST_ROW, lines * size * _LINE_HEIGHT + 4.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """What makes a row as high as it is: texts of some columns, each (column, width in characters, size in points).

    Without ``least``, in points, a row whose texts take one line keeps the usual height.

    >>> Fit(((1, 8, 10),)).height({1: "one two three"}), Fit(((1, 8, 10),)).height({1: "one"})
    (43.6, None)
    """

    texts: tuple[tuple[int, float, float], ...]
    least: float | None = None

    def height(self, words: Mapping[int, object]) -> float | None:
        """Points that a row with these words needs, by column; None for the usual height."""
        found = [(words[column], width, size) for column, width, size in self.texts if words.get(column)]
        taken = [(lines_of(text, width, size), size) for text, width, size in found if isinstance(text, str)]
        if self.least is None and all(lines == 1 for lines, _ in taken):
            return None
        return max([self.least or 0.0, *(height_of(lines, size) for lines, size in taken)])

    def apply(self, sheet: Worksheet, row: int, words: Mapping[int, object]) -> None:
        """Make a row as high as these words need."""
        height = self.height(words)
        if height is not None:
            sheet.row_dimensions[row].height = height
