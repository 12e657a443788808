"""References of others that end with one of our tables: when its last row moves they move with it, as in Excel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape

from openpyxl.utils import column_index_from_string

from xl_thesis_workbook.book import Book, TablePlace
from xl_thesis_workbook.report import Follow
from xl_thesis_workbook.xml_bytes import as_text, attributes, start_tag, with_attribute

_WAYS = ("worksheet", "chartsheet", "drawing", "chart", "chartEx", "pivotCacheDefinition", "table")
_TEXT = re.compile(
    rb"(<((?:[A-Za-z_][\w.-]*:)?)(f|definedName|formula[12]?|calculatedColumnFormula|sqref)(\s[^<>]*)?>)"
    rb"([^<]+)(?=</\2\3\s*>)"
)
_CELL = r"(\$?)([A-Z]{1,3})(\$?)(\d+)"
_RANGE = re.compile(
    r'"(?:[^"]|"")*"|\[[^\]]*\](?:[\w.]+!)?'
    rf"|(?:(?<![\w.:'])(?P<title>'(?:[^']|'')+'|[^\W\d][\w.]*)!|(?<![\w.$!':])){_CELL}:{_CELL}(?![\w(:\[.!])"
)
_PLAIN = re.compile(rf"{_CELL}:{_CELL}")
_PLACED = ("conditionalFormatting", "dataValidation")


class Following:
    """References to whole columns of tables that have another last row now.

    ``moved`` has each table as it was, and its new last row. A reference follows where it is a range from a table's
    first row, or its header, to its old last row, in the table's columns; any other reference keeps every byte.
    """

    def __init__(self, book: Book, moved: Sequence[tuple[TablePlace, int]]) -> None:
        self._book, self._moved = book, [(table, bottom) for table, bottom in moved if bottom != table.bottom]
        self._titles = {title.lower(): part for title, part in book.sheets.items()}
        self.found: list[Follow] = []

    def run(self) -> list[Follow]:
        """Let them follow, in the package, and tell which did."""
        ends = "|".join({str(table.bottom) for table, _ in self._moved})
        mark = re.compile(rf":\$?[A-Z]{{1,3}}\$?(?:{ends})(?!\d)".encode())
        for part in self._parts() if self._moved else ():
            content = self._book.package.read(part)
            if mark.search(content):
                self._book.package.put(part, self._followed(part, content))
        return self.found

    def _parts(self) -> Iterator[str]:
        """The workbook and every part that an arrow leads to from it and that may refer to cells."""
        package, waiting = self._book.package, [self._book.part or ""]
        seen = set(waiting)
        while waiting:
            owner = waiting.pop()
            yield owner
            for relation in package.relations(owner):
                part = None if relation.is_external else package.name_of(relation.target)
                if part is not None and relation.kind in _WAYS and part not in seen:
                    seen.add(part)
                    waiting.append(part)

    def _followed(self, part: str, content: bytes) -> bytes:
        """A part in which references follow."""
        home = self._home(part)

        def text(match: re.Match[bytes]) -> bytes:
            start, _, name, more, words = match.groups()
            before = unescape(words.decode())
            if name == b"sqref":
                after = self._places(before, home)
            else:
                is_shared = name == b"f" and b"shared" in (more or b"")
                after = self._formula(before, home, is_shared=is_shared)
            if after == before:
                return match[0]
            self.found.append(Follow(part, before, after))
            return bytes(start + as_text(after))

        content = _TEXT.sub(text, content)
        if home:
            for tag in _PLACED:
                content = self._attribute(part, content, tag, "sqref", lambda tag: self._places(tag["sqref"], home))
        elif b"worksheetSource" in content:
            content = self._attribute(part, content, "worksheetSource", "ref", self._source)
        return content

    def _home(self, part: str) -> str:
        """The sheet that references without a sheet's name belong to; empty where none does."""
        if part in self._titles.values():
            return part
        return next((table.sheet for table in self._book.tables.values() if table.part == part), "")

    def _attribute(self, part: str, content: bytes, tag: str, name: str, new: Callable[[dict[str, str]], str]) -> bytes:
        def changed(match: re.Match[bytes]) -> bytes:
            stated = attributes(match[2])
            if name not in stated or (after := new(stated)) == stated[name]:
                return match[0]
            self.found.append(Follow(part, stated[name], after))
            return with_attribute(match[0], name, after)

        return start_tag(tag).sub(changed, content)

    def _source(self, tag: dict[str, str]) -> str:
        """The range of a pivot table's source."""
        sheet = self._titles.get(tag.get("sheet", "").lower(), "")
        is_elsewhere = any(name.endswith(":id") for name in tag)
        return tag["ref"] if is_elsewhere else self._places(tag["ref"], sheet)

    def _places(self, places: str, sheet: str) -> str:
        """Ranges side by side, of one sheet."""
        return " ".join(self._range(place, _PLAIN.fullmatch(place), sheet) for place in places.split(" "))

    def _formula(self, formula: str, home: str, *, is_shared: bool) -> str:
        """A formula; one that is stated once for many cells follows where its rows are the same in each."""

        def changed(match: re.Match[str]) -> str:
            if match[3] is None or (is_shared and not (match[4] and match[8])):
                return match[0]
            title = match["title"]
            sheet = home if title is None else self._titles.get(title.strip("'").replace("''", "'").lower(), "")
            cells = match[0].rpartition("!")[2]
            return match[0].removesuffix(cells) + self._range(cells, _PLAIN.fullmatch(cells), sheet)

        return _RANGE.sub(changed, formula)

    def _range(self, words: str, match: re.Match[str] | None, sheet: str) -> str:
        """A range that ends where it is to end now."""
        if match is None:
            return words
        left, right = column_index_from_string(match[2]), column_index_from_string(match[6])
        top, last = int(match[4]), int(match[8])
        for table, bottom in self._moved:
            is_column = table.sheet == sheet and table.left <= left <= right <= table.right
            if is_column and top in (table.top, table.first) and last == table.bottom:
                return words[: match.start(8)] + str(bottom)
        return words
