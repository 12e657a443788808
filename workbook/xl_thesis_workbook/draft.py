"""A workbook in the making: where each table lies, and what each formula gives, so that its value can be cached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook.cells import Value, clean_text, put
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.language import Language, Words
from xl_thesis_workbook.layout import Block, Column
from xl_thesis_workbook.measure import Fit
from xl_thesis_workbook.styles import add_styles
from xl_thesis_workbook.tables import add_table

ERROR = "#N/A"  # what NA() gives: a gap in a chart


Content = Value | Formula


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a table lies: its sheet, its upper left corner and its last row."""

    sheet: Worksheet
    row: int
    column: int
    last: int
    block: Block


@dataclass
class Draft:
    """A workbook with the words of one language.

    ``written`` has the rows of each table. ``cached`` has the value of each formula by sheet and cell; ``fits`` says by
    sheet and row what a height follows from. With ``is_live`` off formulas are written as values.
    """

    language: Language
    is_live: bool = True
    book: Workbook = field(default_factory=Workbook)
    cached: dict[str, dict[str, Value]] = field(default_factory=dict)
    filled: dict[str, list[list[Content]]] = field(default_factory=dict)
    written: dict[str, list[Sequence[Content]]] = field(default_factory=dict)
    fits: dict[str, dict[int, Fit]] = field(default_factory=dict)
    _places: dict[str, _Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        add_styles(self.book)

    def say(self, words: Words, **values: object) -> str:
        """Words in the language of the workbook."""
        return words.say(self.language, **values)

    def sheet(self, title: Words) -> Worksheet:
        """A new sheet; the first takes the place of the one that a workbook begins with."""
        name = self.say(title)
        if self.cached:
            sheet = self.book.create_sheet(name)
        else:
            sheet = self.book.active
            sheet.title = name
        self.cached[name] = {}
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, content: Content, style: str | None = None) -> Cell:
        """Write a value, or a formula with the value that it gives."""
        if not isinstance(content, Formula):
            return put(sheet, row, column, content, style)
        if not self.is_live:
            return put(sheet, row, column, None if content.value == ERROR else content.value, style)
        cell = put(sheet, row, column, None, style)
        cell.value = f"={content.text}"
        self.cached[sheet.title][cell.coordinate] = content.value
        return cell

    def table(
        self, sheet: Worksheet, block: Block, rows: Iterable[Sequence[Content]], *, row: int, column: int = 1
    ) -> int:
        """Write a table with its upper left corner at (row, column); return its last row."""
        listed = list(rows)
        plain = [[None if isinstance(item, Formula) else item for item in line] for line in listed]
        named = [Column(item.name(self.language), item.width, item.style) for item in block.columns]
        fits = self.fits.setdefault(sheet.title, {})
        last = add_table(sheet, block.table, named, plain, row=row, column=column, fits=fits)
        for number, line in enumerate(listed, start=row + 1):
            for offset, item in enumerate(line):
                if isinstance(item, Formula):
                    self.put(sheet, number, column + offset, item, block.columns[offset].style)
        self._places[block.table] = _Place(sheet, row, column, last, block)
        self.written[block.table] = listed
        return last

    def announce(self, block: Block, sheet: Worksheet, row: int, size: int) -> None:
        """Say where a table will lie, for formulas that are written before it."""
        self._places[block.table] = _Place(sheet, row, 1, row + max(size, 1), block)

    def long_table(
        self, sheet: Worksheet, block: Block, rows: Sequence[Sequence[Content]], *, row: int, column: int = 1
    ) -> None:
        """A table of which the workbook gets the first row; ``filled`` keeps all of them for the patcher."""
        self.table(sheet, block, rows[:1], row=row, column=column)
        self.cached[sheet.title] = {
            place: value for place, value in self.cached[sheet.title].items() if not self._is_in(block.table, place)
        }
        self.filled[block.table] = [[self._ready(item) for item in line] for line in rows]

    def _is_in(self, table: str, address: str) -> bool:
        place = self._places[table]
        row, column = coordinate_to_tuple(address)
        across = place.column <= column < place.column + len(place.block.columns)
        return bool(across and place.row < row <= place.last)

    def _ready(self, content: Content) -> Content:
        """As the file holds it: values alone where nothing is live."""
        if not isinstance(content, Formula) or self.is_live:
            return content
        return None if content.value == ERROR else content.value

    def cell(self, table: str, header: str, number: int) -> str:
        """Address of a cell of a table that does not grow; ``number`` counts its rows from 0."""
        place = self._places[table]
        column = get_column_letter(place.column + place.block[header])
        return f"{_quoted(place.sheet)}!${column}${place.row + 1 + number}"

    def area(self, table: str, header: str, last_header: str | None = None) -> str:
        """Address of a column, or of neighbouring ones, of a table that does not grow."""
        place = self._places[table]
        first, last = (get_column_letter(place.column + place.block[name]) for name in (header, last_header or header))
        return f"{_quoted(place.sheet)}!${first}${place.row + 1}:${last}${place.last}"

    def grown(self, table: str, header: str) -> str:
        """Reference to a column of a table that grows."""
        block = self._places[table].block
        return f"{table}[{block.columns[block[header]].name(self.language)}]"

    def look_up(self, table: str, header: str, key: str) -> str:
        """The formula that finds the row of a key in a table of values and gives one of its columns."""
        block = self._places[table].block
        return f"INDEX({self.grown(table, header)},MATCH({key},{self.grown(table, block.columns[0].header)},0))"


def _quoted(sheet: Worksheet) -> str:
    name: str = sheet.title if sheet.title.isascii() and sheet.title.isalnum() else quote_sheetname(sheet.title)
    return name


def serial(day: dt.date) -> int:
    """A day as the format counts it.

    >>> serial(dt.date(2026, 7, 22))
    46225
    """
    return int(to_excel(day))


def computed(value: Value) -> str | float | int | bool | None:
    """A value as a formula gives it: a day is a number, nothing is an empty text."""
    if isinstance(value, dt.date):
        return serial(value)
    return "" if value is None else value


def text(value: str) -> str:
    """A text as a formula holds it.

    >>> print(text('say "so", he'))
    "say ""so"", he"
    """
    doubled = clean_text(value).replace('"', '""')
    return f'"{doubled}"'


def number(value: float) -> str:
    """A number as a formula holds it, with all its digits.

    >>> number(0.1)
    '0.1'
    """
    return repr(value) if isinstance(value, int) else repr(float(value))
