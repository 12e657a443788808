"""The rows of a sheet's XML: cells written and put among the others, without touching a byte of those."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape

from openpyxl.utils import column_index_from_string, get_column_letter

from xl_thesis.errors import InputError
from xl_thesis_workbook.cells import FIRST_DAY, Value, clean_text, is_writable_day
from xl_thesis_workbook.shared import FORMULA, SharedFormulas
from xl_thesis_workbook.xml_bytes import attributes, check, end_tag, start_tag, with_attribute

_EPOCH, _MAC_EPOCH = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
_DAY_SECONDS = 86_400
ERRORS = ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!")
_TYPE = re.compile(rb"""\st\s*=\s*(?:"[^"]*"|'[^']*')""")
_UNSAFE = (b"<!--", b"<![CDATA[", b"<?")
_HEIGHT = re.compile(rb"""\s(?:ht|customHeight)\s*=\s*(?:"[^"]*"|'[^']*')""")
_NONE: Mapping[int, float | None] = {}
_PIXEL = 0.76  # in points: programs round heights to whole pixels


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, without a leading ``=``, and the value that it has now."""

    text: str
    value: str | float | int | bool | None = None


@dataclass(frozen=True, slots=True)
class Shared(Formula):
    """A formula that a sheet states once for the cells of an ``area``, under a number; empty in all but the first."""

    number: int = 0
    area: str = ""


Cell = Value | Formula


@dataclass(frozen=True, slots=True)
class Old:
    """A cell as the file has it: its column, its bytes, its attributes, and the shared formulas of its sheet."""

    column: int
    xml: bytes
    tag: dict[str, str]
    shared: SharedFormulas | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Cells that take the place of all cells of a row from one column to another."""

    first: int
    last: int
    xml: bytes


class Writer:
    """Cells as XML, as one workbook writes them: with its prefix, and days counted from its epoch."""

    def __init__(self, prefix: str = "", *, is_mac: bool = False) -> None:
        self._prefix = prefix
        self._epoch = _MAC_EPOCH if is_mac else _EPOCH
        self.epoch = self._epoch.toordinal()

    def row(self, number: int, columns: Sequence[tuple[str, str]], values: Sequence[Cell]) -> str:
        """Cells side by side; ``columns`` are the letters of each and its style attribute, such as `` s="3"``."""
        p, epoch = self._prefix, self.epoch
        parts = []
        for (letters, style), value in zip(columns, values, strict=True):
            kind = type(value)
            if kind is float and value - value == 0.0:  # type: ignore[operator]  # a finite number
                rest = f"><{p}v>{value!r}</{p}v></{p}c>"
            elif kind is dt.date and value >= FIRST_DAY:  # type: ignore[operator]
                rest = f"><{p}v>{value.toordinal() - epoch}</{p}v></{p}c>"  # type: ignore[union-attr]
            else:
                rest = self._rest(value)
            parts.append(f'<{p}c r="{letters}{number}"{style}{rest}')
        return "".join(parts)

    def with_value(self, old: Old, value: Value) -> bytes:
        """A cell with its own formula, as it is written, and another value."""
        p = self._prefix
        tag, formula = start_tag("c").match(old.xml), FORMULA.search(old.xml)
        assert tag is not None and formula is not None, "only for cells with a formula"  # noqa: S101, PT018
        kind, content = self._result(value)
        start = _TYPE.sub(b"", tag[0]).removesuffix(b">").rstrip()
        cached = "" if content is None else f"<{p}v>{content}</{p}v>"
        return start + f"{kind}>".encode() + formula[0] + f"{cached}</{p}c>".encode()

    def _rest(self, value: Cell) -> str:
        """A cell from the end of its style on."""
        p = self._prefix
        if isinstance(value, Formula):
            kind, content = self._result(value.value)
            cached = "" if content is None else f"<{p}v>{content}</{p}v>"
            return f"{kind}>{self._formula(value)}{cached}</{p}c>"
        kind, content = self._plain(value)
        if content is None:
            return "/>"
        if kind == ' t="inlineStr"':
            return f'{kind}><{p}is><{p}t xml:space="preserve">{content}</{p}t></{p}is></{p}c>'
        return f"{kind}><{p}v>{content}</{p}v></{p}c>"

    def _formula(self, formula: Formula) -> str:
        p = self._prefix
        if not isinstance(formula, Shared):
            return f"<{p}f>{escape(formula.text)}</{p}f>"
        if not formula.area:
            return f'<{p}f t="shared" si="{formula.number}"/>'
        return f'<{p}f t="shared" ref="{formula.area}" si="{formula.number}">{escape(formula.text)}</{p}f>'

    def _result(self, value: Value) -> tuple[str, str | None]:
        """The same for the value of a formula, which may be text or an error."""
        kind, content = self._plain(value)
        if kind != ' t="inlineStr"':
            return kind, content
        return (' t="e"' if value in ERRORS else ' t="str"'), content

    def _plain(self, value: Value) -> tuple[str, str | None]:
        """The type attribute of a value, and its digits or escaped words; None where it leaves the cell empty."""
        if isinstance(value, dt.date) and not is_writable_day(value):
            value = value.isoformat()
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return "", None
        if isinstance(value, bool):
            return ' t="b"', str(int(value))
        if isinstance(value, str):
            return ' t="inlineStr"', escape(clean_text(value))
        return "", self.digits(value)

    def digits(self, value: float | dt.date) -> str:
        """A number with as many digits as read back to it; a day as the number that the workbook has for it."""
        if isinstance(value, dt.datetime):
            passed = value.replace(tzinfo=None) - dt.datetime.combine(self._epoch, dt.time())
            return repr(passed / dt.timedelta(seconds=_DAY_SECONDS))
        if isinstance(value, dt.date):
            return str((value - self._epoch).days)
        return float.__repr__(value) if isinstance(value, float) else str(int(value))


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file: its number, where it starts and ends, and the bytes of its cells."""

    number: int
    start: int
    end: int
    tag: bytes
    body: bytes


class Grid:
    """The rows of one sheet, by byte.

    Raises ``InputError`` where the sheet is written in a way that cannot be changed safely.
    """

    def __init__(self, sheet: bytes) -> None:
        self._sheet = check(sheet, "with cells")
        found = start_tag("sheetData").search(sheet)
        if found is None:
            raise InputError("a sheet of it has no cells to write to")
        self._found = found
        self.prefix = found[1].decode()
        self._start = found.end()
        self._end = self._start if found[3] else sheet.find(b"</" + found[1] + b"sheetData", self._start)
        if any(sheet.find(mark, self._start, self._end) >= 0 for mark in _UNSAFE):
            raise InputError("a sheet of it has comments among its cells, which no program writes")
        self._cells: dict[int, dict[int, Old]] = {}
        self._shared = SharedFormulas(self._that_share)
        self.rows = {row.number: row for row in self._read()}

    def _read(self) -> Iterator[Row]:
        pattern, end = start_tag("row"), end_tag(self._found[1], "row")
        place, number = self._start, 0
        while (found := pattern.search(self._sheet, place, self._end)) is not None:
            stated = attributes(found[2]).get("r")
            before, number = number, int(stated) if stated else number + 1
            if number <= before:
                raise InputError(f"a sheet of it has row {number} twice or out of order")
            if found[3]:
                place, body = found.end(), b""
            else:
                close = end.search(self._sheet, found.end(), self._end)
                if close is None:
                    raise InputError(f"a sheet of it has a row without an end: row {number}")
                body, place = self._sheet[found.end() : close.start()], close.end()
            yield Row(number, found.start(), place, found[0], body)

    def by_column(self, number: int) -> dict[int, Old]:
        """The cells of a row by column; those without an address get the one they have by their place."""
        if number not in self._cells:
            row = self.rows.get(number)
            shared = self._shared if row and b"shared" in row.body else None
            self._cells[number] = {cell.column: cell for cell in _cells(row, self._found[1], shared)} if row else {}
        return self._cells[number]

    def cells(self, number: int) -> Iterable[Old]:
        """The cells of a row; none where the file has not that row."""
        return self.by_column(number).values()

    def cell(self, number: int, column: int) -> Old | None:
        """One cell; None where the file has not that cell."""
        return self.by_column(number).get(column)

    def _that_share(self) -> Iterator[tuple[str, bytes]]:
        """The cells of rows in which a formula is shared, each with its address."""
        for number, row in self.rows.items():
            if b"shared" in row.body:
                yield from ((cell.tag["r"], cell.xml) for cell in self.cells(number))

    @property
    def below(self) -> bytes:
        """What the sheet says after its cells: merged ranges, validations, drawings."""
        return self._sheet[self._end :]

    def spliced(self, segments: Mapping[int, Sequence[Segment]], heights: Mapping[int, float | None] = _NONE) -> bytes:
        """The sheet with segments put in their rows; rows that have none keep every byte.

        ``heights``, in points, are of rows among them; None is the usual one.
        """
        if not segments:
            return self._sheet
        sheet, parts, place = self._sheet, [], self._start
        head, tail = sheet[: self._start], sheet[self._end :]
        if self._found[3]:  # <sheetData/>
            head = sheet[: self._found.start()] + self._found[0].rstrip(b"/> \t\r\n") + b">"
            tail = b"</" + self._found[1] + b"sheetData>" + sheet[self._end :]
        later = iter([row for number, row in self.rows.items()])
        waiting = next(later, None)
        for number in sorted(segments):
            while waiting is not None and waiting.number < number:
                waiting = next(later, None)
            until = self._end if waiting is None else waiting.start
            parts.append(sheet[place:until])
            place = until
            if waiting is not None and waiting.number == number:
                merged = self._merged(waiting, segments[number])
                if number in heights:
                    end = merged.index(b">") + 1
                    merged = _with_height(merged[:end], heights[number]) + merged[end:]
                parts.append(merged)
                place = waiting.end
            else:
                inner = b"".join(segment.xml for segment in sorted(segments[number], key=lambda item: item.first))
                name = f"{self.prefix}row"
                tag = _with_height(f'<{name} r="{number}">'.encode(), heights.get(number))
                parts.append(tag + inner + f"</{name}>".encode())
        return b"".join([head, *parts, sheet[place : self._end], tail])

    def _merged(self, row: Row, segments: Sequence[Segment]) -> bytes:
        """A row with its other cells and the segments, in the order of columns."""
        kept = [
            (cell.column, cell.xml)
            for cell in self.cells(row.number)
            if not any(segment.first <= cell.column <= segment.last for segment in segments)
        ]
        ordered = sorted([*kept, *((segment.first, segment.xml) for segment in segments)], key=lambda item: item[0])
        tag = row.tag.removesuffix(b"/>").rstrip() + b">" if row.tag.endswith(b"/>") else row.tag
        spans = attributes(tag).get("spans", "")
        if spans.count(":") == 1 and " " not in spans:
            low, high = map(int, spans.split(":"))
            low = min(low, *(segment.first for segment in segments))
            high = max(high, *(segment.last for segment in segments))
            tag = with_attribute(tag, "spans", f"{low}:{high}")
        return tag + b"".join(xml for _, xml in ordered) + f"</{self.prefix}row>".encode()


def changed_height(grid: Grid, number: int, before: float | None, after: float | None) -> dict[int, float | None]:
    """A row's new height in points, by its number; empty where it keeps the one that it has.

    ``before`` is what its old words needed: any other height that it was given is somebody's own.
    """
    row = grid.rows.get(number)
    tag = attributes(row.tag) if row is not None else {}
    is_given = tag.get("customHeight", "0") in ("1", "true")
    if is_given and (before is None or abs(float(tag.get("ht", "0")) - before) > _PIXEL):
        return {}
    now = float(tag["ht"]) if "ht" in tag else None
    is_same = now is None if after is None else now is not None and is_given and abs(now - after) <= _PIXEL
    return {} if is_same else {number: after}


def _with_height(tag: bytes, height: float | None) -> bytes:
    """The start of a row with a height of its own, or without one."""
    tag = _HEIGHT.sub(b"", tag)
    return tag if height is None else with_attribute(with_attribute(tag, "ht", f"{height:g}"), "customHeight", "1")


@cache
def _whole_cell(prefix: bytes) -> re.Pattern[bytes]:
    """A cell from its start to its end; groups: its attributes, and what is in it."""
    name = re.escape(prefix) + rb"c"
    return re.compile(rb"<" + name + rb"(\s[^<]*?)?(?:/>|>(.*?)</" + name + rb"\s*>)", re.DOTALL)


def _cells(row: Row, prefix: bytes, shared: SharedFormulas | None) -> Iterator[Old]:
    column = 0
    for found in _whole_cell(prefix).finditer(row.body):
        xml, tag = found[0], attributes(found[1] or b"")
        place = tag.get("r")
        if place is not None:
            column = column_index_from_string(place.rstrip("0123456789"))
        else:
            column += 1
            start = start_tag("c").match(xml)
            if start is None:
                raise InputError(f"a sheet of it has a cell in row {row.number} that cannot be read")
            tag["r"] = f"{get_column_letter(column)}{row.number}"
            xml = with_attribute(start[0], "r", tag["r"]) + xml[start.end() :]
        yield Old(column, xml, tag, shared)
