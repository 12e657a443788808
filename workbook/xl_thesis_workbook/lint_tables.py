"""Faults of a sheet's tables, which Excel checks to the letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.xml.constants import SHEET_MAIN_NS

from xl_thesis_workbook.lint_cells import Box, overlap

Element = Any

_MAIN = {"m": SHEET_MAIN_NS}
_TABLE = f"{{{SHEET_MAIN_NS}}}table"
_STYLES = ("headerRowDxfId", "dataDxfId", "totalsRowDxfId")


def table_roots(roots: Mapping[str, Element]) -> list[Element]:
    """The tables among the parts of a package."""
    return [root for root in roots.values() if root.tag == _TABLE]


def table_faults(
    tables: Sequence[Element], merges: Sequence[Box], texts: Mapping[str, str], differences: int
) -> Iterator[str]:
    """Faults of the tables of one sheet, whose cells hold ``texts`` by coordinate."""
    boxes: list[Box] = [range_boundaries(table.get("ref")) for table in tables]
    for table, box in zip(tables, boxes, strict=True):
        name = table.get("displayName")
        yield from (f"table {name} {fault}" for fault in _faults(table, box, texts, differences))
        if any(overlap(box, merge) for merge in merges):
            yield f"table {name} has merged cells"
    if any(overlap(one, other) for one, other in combinations(boxes, 2)):
        yield "tables overlap"


def _faults(table: Element, box: Box, texts: Mapping[str, str], differences: int) -> Iterator[str]:
    """Faults of one table: its columns, its header, its filter and its styles."""
    first, top, last, bottom = box
    columns = table.findall("m:tableColumns/m:tableColumn", _MAIN)
    names = [column.get("name") for column in columns]
    if not len(columns) == int(table.find("m:tableColumns", _MAIN).get("count", -1)) == last - first + 1:
        yield "has another number of columns than its range"
    if bottom <= top:
        yield "has no row under its header"
    if len({name.lower() for name in names}) < len(names) or not all(names):
        yield "has a column without a name, or two with one name"
    if len({column.get("id") for column in columns}) < len(columns):
        yield "has columns that share an id"
    if table.get("headerRowCount") != "0":
        header = [texts.get(f"{get_column_letter(column)}{top}") for column in range(first, last + 1)]
        yield from (
            f"says '{name}' where the cell says '{text}'"
            for name, text in zip(names, header, strict=False)
            if _as_attribute(text) != _as_attribute(name)
        )
    filtered = table.find("m:autoFilter", _MAIN)
    if filtered is not None and range_boundaries(filtered.get("ref"))[:2] != (first, top):
        yield "has a filter that is elsewhere"
    if any(int(item.get(key, -1)) >= differences for item in (table, *columns) for key in _STYLES):
        yield "has a style that is not there"


def _as_attribute(text: str | None) -> str | None:
    """Text as the name of a column holds it: a line break is written _x000a_."""
    return None if text is None else text.replace("_x000a_", "\n").replace("_x000A_", "\n")
