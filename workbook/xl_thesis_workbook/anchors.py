"""Whether formulas point to the cells that ours point to, where those lie as they lie in ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from openpyxl.utils.cell import coordinate_to_tuple

from xl_thesis_workbook.book import Book, TablePlace, local
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.grid import Cell, Formula, Grid, Writer
from xl_thesis_workbook.reading import Reader
from xl_thesis_workbook.room import plain_words
from xl_thesis_workbook.step import as_key

Address = tuple[int, int]  # row, column
_ONE_CELL = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d+)")
_SHEET, _CELL = r"(?:'(?:[^']|'')+'|[\w.]+)!", r"\$?[A-Z]{1,3}\$?\d+"
_TOKEN = re.compile(
    rf'(?P<kept>"(?:[^"]|"")*")|\[[^\]]*\]|(?P<sheet>{_SHEET})?(?<![\w.])(?P<cells>{_CELL}(?::{_CELL})?)(?![\w(\[.])'
    rf"|(?P<only>{_SHEET})"
)
_RELATIVE_ROW = re.compile(r"(?<=[A-Z])\d+")


class Anchors:
    """A workbook beside the one made in its place; ``filled`` has the rows of tables that the latter does not hold.

    ``unknown`` counts the formulas that are ours in their words, but whose references could not be held against ours:
    what they point to was moved, or they share a formula that the file does not state.
    """

    def __init__(self, old: Book, new: Book, filled: Mapping[str, Sequence[Sequence[Cell]]] | None = None) -> None:
        self._old, self._new, self._filled = old, new, filled or {}
        self._still: dict[str, bool] = {}
        self.unknown = 0

    def is_ours(self, found: str, ours: str, sheet: str, rows: tuple[int, int]) -> bool:
        """Whether a formula is ours, which stands on a sheet of that title; ``rows`` are the rows of the two.

        References must be the same, but for those to sheets that were changed in their layout.
        """
        if found == "":
            self.unknown += 1
        if found == "" or (found == ours and rows[0] == rows[1]):
            return True
        (words, places), (own_words, own_places) = _parts(found), _parts(ours)
        if words != own_words:
            return False
        is_known = True
        for one, other in zip(places, own_places, strict=True):
            if one == other or _from(one, rows[0]) == _from(other, rows[1]):
                continue
            is_text, is_elsewhere = other.startswith('"'), "!" in other
            if is_text or is_elsewhere != ("!" in one) or self._is_still(_title(other) if is_elsewhere else sheet):
                return False
            is_known = False
        self.unknown += not is_known
        return True

    def _is_still(self, title: str) -> bool:
        """Whether everything that we know of a sheet lies as in ours."""
        title = title.lower()
        if title not in self._still:
            old, new = ({name.lower(): part for name, part in book.sheets.items()} for book in (self._old, self._new))
            self._still[title] = title in old and title in new and self._lies_as_ours(old[title], new[title])
        return self._still[title]

    def _lies_as_ours(self, old: str, new: str) -> bool:
        theirs = named_cells(self._old)
        for name, (part, address) in named_cells(self._new).items():
            if part == new and theirs.get(name, (old, address)) != (old, address):
                return False
        return all(
            table.name.lower() in self._old.tables and self._is_same_table(self._old.table(table.name), old, table)
            for table in self._new.tables.values() if table.sheet == new
        )  # fmt: skip

    def _is_same_table(self, old: TablePlace, sheet: str, new: TablePlace) -> bool:
        is_same_place = (old.sheet, old.left, old.top) == (sheet, new.left, new.top)
        if not is_same_place or old.columns[: len(new.columns)] != new.columns:
            return False
        rows = self._filled.get(new.name)
        filled = None if rows is None else [as_key(row[0], Writer()) for row in rows if not _is_formula(row[0])]
        ours = [key for key in filled if key is not None] if filled is not None else _keys(self._new, new)
        return _keys(self._old, old) == ours


def _is_formula(cell: Cell) -> bool:
    return isinstance(cell, Formula)


def _keys(book: Book, table: TablePlace) -> list[Value]:
    """The keys of a table's rows, without those that are formulas."""
    grid, reader, writer = Grid(book.package.read(table.sheet)), Reader(book), Writer(is_mac=book.is_mac)
    cells = (grid.cell(number, table.left) for number in range(table.first, table.bottom + 1))
    found = [reader.found(cell) for cell in cells if cell is not None]
    keys = [as_key(item.value, writer) for item in found if item.formula is None]
    return [key for key in keys if key is not None]


def _parts(formula: str) -> tuple[str, list[str]]:
    """The words of a formula, and the places and texts among them, without quotes that a title may or may not have."""
    places: list[str] = []

    def take(match: re.Match[str]) -> str:
        if match["kept"]:
            places.append(match["kept"])
        elif match["cells"] or match["only"]:
            title = match["sheet"] or match["only"] or ""
            places.append(title.strip("!").strip("'").replace("''", "'").lower() + title[-1:] + (match["cells"] or ""))
        else:
            return match[0]
        return "\0"

    return plain_words(_TOKEN.sub(take, formula)), places


def _title(place: str) -> str:
    return place.rpartition("!")[0]


def _from(place: str, row: int) -> str:
    """A place with relative rows counted from a row."""
    if place.startswith('"'):
        return place
    title, mark, cells = place.rpartition("!")
    return title + mark + _RELATIVE_ROW.sub(lambda match: f"[{int(match[0]) - row}]", cells)


def named_cells(book: Book) -> dict[str, tuple[str, Address]]:
    """Names of single cells: the sheet's part and the address of each."""
    found = {}
    for item in book.root.iter():
        match = _ONE_CELL.fullmatch((item.text or "").strip()) if local(item) == "definedName" else None
        if match and "localSheetId" not in item.attrib:
            sheet = book.sheets.get((match[1] or match[2]).replace("''", "'"))
            if sheet is not None:
                found[item.get("name", "").lower()] = (sheet, coordinate_to_tuple(match[3] + match[4]))
    return found
