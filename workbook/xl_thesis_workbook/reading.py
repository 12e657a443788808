"""What the cells of a package hold: values with their kinds, and formulas beside the values they had."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from xml.etree import ElementTree as ET

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from xl_thesis.errors import InputError
from xl_thesis_workbook.book import Book, TablePlace, local
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.grid import Cell, Formula, Grid, Old
from xl_thesis_workbook.shared import FORMULA

_CELL = re.compile(
    rb"<(?:[\w.-]+:)?c(?:\s[^>]*)?>(?:<(?:[\w.-]+:)?f(?:\s[^>]*?)?(?:/>|>(?P<formula>[^<]*)</[^>]*>))?"
    rb"\s*(?:<(?:[\w.-]+:)?v(?:\s[^>]*)?>(?P<value>[^<]*)</)?"
)
FIRST = dt.date(1899, 12, 30)  # the day with the number 0
_TAG = re.compile(rb"<[^>]*>")
_PREFIX = re.compile(rb"(</?)[A-Za-z_][\w.-]*:")
_PREFIXED = re.compile(rb"\s(?!xml:)[A-Za-z_][\w.-]*:[\w.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_LAST_DAY = 2_958_466
_EXACT_DIGITS = 16  # numbers with fewer digits are exact in a file
_NUMBER = re.compile(rb"^<c[^>]*><v>([^<]+)</v></c>$")  # what most cells are
_ROUNDING = 1e-14  # some programs write 15 digits
_PARITY = 1e-9  # to which programs agree on a formula
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Found:
    """What a cell holds: its value, and the formula that made it; ``formula`` is empty where the file lost it."""

    value: Value
    formula: str | None = None
    is_error: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return self.value is None and self.formula is None


class Reader:
    """The values of a workbook's cells: words from wherever the file keeps them, days as days."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._epoch = dt.date(1904, 1, 1) if book.is_mac else FIRST

    @cached_property
    def _strings(self) -> list[str]:
        root = self._part("sharedStrings")
        return [] if root is None else [decoded(_words(item)) for item in root]

    @cached_property
    def _day_styles(self) -> set[str]:
        """The styles, by number, that show a number as a day."""
        root = self._part("styles")
        if root is None:
            return set()
        codes = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        own = [item for item in root.iter() if local(item) == "numFmt"]
        codes |= {item.get("numFmtId", ""): item.get("formatCode", "") for item in own}
        formats = next((item for item in root if local(item) == "cellXfs"), ())
        return {
            str(number)
            for number, item in enumerate(formats)
            if is_date_format(codes.get(item.get("numFmtId", "0"), "General"))
        }

    def _part(self, kind: str) -> ET.Element | None:
        package = self.book.package
        for item in self.book.relations:
            name = package.name_of(item.target) if item.kind == kind else None
            if name is not None:
                return package.tree(name)
        return None

    def found(self, cell: Old) -> Found:
        """What one cell holds."""
        kind = cell.tag.get("t", "n")
        plain = _NUMBER.search(cell.xml) if kind == "n" else None
        if plain is not None:
            return Found(self._value(kind, plain[1].decode(), cell.tag.get("s", "0")))
        if kind == "inlineStr":
            root = ET.fromstring(_without_prefix(cell.xml))  # noqa: S314 - a part of what was checked
            return Found(decoded("".join(_words(item) for item in root)) or None)
        match = _CELL.match(cell.xml)
        text = match and match["value"]
        raw = match and match["formula"]
        has_formula = b"f" in cell.xml and FORMULA.search(cell.xml) is not None
        formula = (unescape(raw.decode()) if raw else self._shared(cell)) if has_formula else None
        if text is None or (text == b"" and kind != "str"):
            return Found(None, formula)
        words = unescape(text.decode()) if b"&" in text else text.decode()
        return Found(self._value(kind, words, cell.tag.get("s", "0")), formula, kind == "e")

    def _shared(self, cell: Old) -> str:
        """The formula of a cell that another cell states; empty where none does."""
        return cell.shared.at(cell.tag["r"], cell.xml) if cell.shared is not None else ""

    def _value(self, kind: str, words: str, style: str) -> Value:
        if kind == "s":
            return self._word(_number(words))
        if kind in ("str", "e"):
            return decoded(words)
        if kind == "b":
            return words.strip() in ("1", "true")
        if kind == "d":
            return words
        number = _number(words)
        if style in self._day_styles and 0 < number < _LAST_DAY and number == int(number):
            return self._epoch + dt.timedelta(days=int(number))
        return number

    def _word(self, place: float | int) -> str:
        if not isinstance(place, int) or place >= len(self._strings):
            raise InputError("it is damaged: a cell of it holds a word that the file does not have")
        return self._strings[place]

    def cells(self, grid: Grid, table: TablePlace, number: int) -> list[Found]:
        """What a row of a table holds, column by column."""
        found = grid.by_column(number)
        return [
            self.found(found[column]) if column in found else Found(None)
            for column in range(table.left, table.right + 1)
        ]

    def rows(self, grid: Grid, table: TablePlace) -> Iterator[list[Cell]]:
        """The rows of a table as they would be given to ``fill``."""
        for number in range(table.first, table.bottom + (0 if table.has_totals else 1)):
            yield [as_cell(item) for item in self.cells(grid, table, number)]


def _number(words: str) -> float | int:
    """The number that a cell holds. Raises ``InputError`` for what is none that Excel can hold."""
    if len(words) < _EXACT_DIGITS and words.isascii() and words.isdigit():
        return int(words)
    try:
        number = float(words) if words.isascii() else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"it is damaged: a cell of it holds '{words[:20]}' where a number belongs")
    return number


def as_cell(found: Found) -> Cell:
    """What was found, as it would be written."""
    if found.formula is None:
        return found.value
    value = found.value
    return Formula(found.formula, (value - FIRST).days if isinstance(value, dt.date) else value)


def is_same(value: Value, other: Value) -> bool:
    """Whether two values are one in a cell: a true is no 1, an empty text is no value, the fifteenth digit may differ.

    A day is its number: which of the two a cell shows is a matter of its format.

    >>> is_same(1, 1.0), is_same(True, 1), is_same("", None), is_same(0.1 + 0.2, 0.3), is_same(3, 3 - 4e-16)
    (True, False, True, True, True)
    >>> is_same(dt.date(2024, 1, 1), 45292)
    True
    """
    value, other = _bare(value), _bare(other)
    if isinstance(value, bool) != isinstance(other, bool):
        return False
    if isinstance(value, str) and isinstance(other, str):
        return decoded(value) == decoded(other)
    if isinstance(value, int | float) and isinstance(other, int | float):
        return math.isclose(value, other, rel_tol=_ROUNDING, abs_tol=0.0)
    return value == other


def is_same_result(value: Value, other: Value) -> bool:
    """Whether two results of one formula are the same, computed by two programs: numbers to a billionth.

    >>> is_same_result(55.34520000000001, 55.3452), is_same_result(55.3453, 55.3452), is_same_result("", None)
    (True, False, True)
    """
    if is_same(value, other):
        return True
    value, other = _bare(value), _bare(other)
    are_numbers = all(isinstance(item, int | float) and not isinstance(item, bool) for item in (value, other))
    return are_numbers and math.isclose(value, other, rel_tol=_PARITY, abs_tol=_PARITY)  # type: ignore[arg-type]


def _bare(item: Value) -> Value:
    """A value without what its format or its writer has made of it."""
    if item == "" or (isinstance(item, float) and not math.isfinite(item)):
        return None
    return item.toordinal() - FIRST.toordinal() if type(item) is dt.date else item


def decoded(text: str) -> str:
    """Text without the format's escapes.

    >>> decoded("a_x000D_b _x005F_x0041_")
    'a\\rb _x0041_'
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _words(item: ET.Element) -> str:
    """The text of a string with its runs, without its pronunciation."""
    if local(item) == "rPh":
        return ""
    if local(item) == "t":
        return item.text or ""
    return "".join(_words(child) for child in item)


def _without_prefix(xml: bytes) -> bytes:
    """A cell as XML of its own, whose prefixes nobody declares."""
    return _TAG.sub(lambda tag: _PREFIXED.sub(b"", _PREFIX.sub(rb"\1", tag[0])), xml)
