"""Faults of a sheet's cells, formulas, merged ranges and validations."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.xml.constants import SHEET_MAIN_NS

Element = Any
Box = tuple[int, int, int, int]  # first column, first row, last column, last row

_MAIN = {"m": SHEET_MAIN_NS}
_LONGEST_TEXT, _LONGEST_LIST, _LONGEST_FORMULA = 32_767, 255, 8_192
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_REFERENCE = re.compile(r"(?<![\w.])([^\W\d][\w.]*)\[(?:([^\[\]]+)|((?:\[[^\[\]]+\][:,]?)+))\]")
_NEW_FUNCTIONS = re.compile(
    r"(?<![\w.])(?:NORM\.S\.DIST|NORM\.DIST|NORM\.S\.INV|NORM\.INV|STDEV\.S|STDEV\.P|VAR\.S|PERCENTILE\.INC|PERCENTRANK\.INC|RANK\.AVG|RANK\.EQ"
    r"|XLOOKUP|XMATCH|FILTER|SORT|SORTBY|UNIQUE|SEQUENCE|LET|LAMBDA|IFS|SWITCH|MAXIFS|MINIFS|TEXTJOIN|CONCAT|IFNA|DAYS"
    r"|T\.DIST|CHISQ\.DIST|FORECAST\.LINEAR)\("
)


def cell_faults(root: Element, strings: Sequence[str], formats: int, texts: dict[str, str]) -> Iterator[str]:
    """Faults of cells, where there are so many shared ``strings`` and ``formats``; fills ``texts`` by coordinate."""
    last_row = 0
    for row in root.iterfind("m:sheetData/m:row", _MAIN):
        number, last_column = int(row.get("r")), 0
        if number <= last_row:
            yield f"row {number} is out of order"
        last_row = number
        for cell in row:
            place = cell.get("r")
            cell_row, column = coordinate_to_tuple(place)
            if cell_row != number or column <= last_column:
                yield f"{place} is out of order"
            last_column = column
            if int(cell.get("s", 0)) >= formats:
                yield f"{place} has a style that is not there"
            yield from _content(cell, place, strings, texts)


def _content(cell: Element, place: str, strings: Sequence[str], texts: dict[str, str]) -> Iterator[str]:
    """Faults of what one cell holds."""
    kind, value, formula = cell.get("t", "n"), cell.find("m:v", _MAIN), cell.find("m:f", _MAIN)
    words = value.text if value is not None else None
    if formula is not None:
        yield from (f"{place} {fault}" for fault in formula_faults(formula.text or ""))
    if kind == "inlineStr":
        texts[place] = "".join(cell.itertext())
    elif kind == "s":
        if words is None or not 0 <= int(words) < len(strings):
            yield f"{place} has a shared text that is not there"
        else:
            texts[place] = strings[int(words)]
    elif kind == "n" and words is not None and not _is_number(words):
        yield f"{place} holds '{words}', which is no number"
    elif kind == "e" and formula is None:
        yield f"{place} holds an error that no formula made"
    if len(texts.get(place, "")) > _LONGEST_TEXT:
        yield f"{place} holds more than {_LONGEST_TEXT} characters"


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def formula_faults(formula: str) -> Iterator[str]:
    """Faults of a formula as the file holds it: no leading sign, commas between arguments, new functions marked.

    >>> list(formula_faults("IF(A1;1;2)"))
    ['has a formula with a semicolon']
    """
    bare = _QUOTED.sub("", formula)
    if len(formula) > _LONGEST_FORMULA:
        yield f"has a formula of more than {_LONGEST_FORMULA} characters"
    if formula.startswith("="):
        yield "has a formula that begins with ="
    if ";" in re.sub(r"\{[^}]*\}", "", bare):
        yield "has a formula with a semicolon"
    for name in _NEW_FUNCTIONS.findall(bare):
        yield f"has a formula with {name[:-1]}, which must be written _xlfn.{name[:-1]}"


def table_references(formula: str) -> Iterator[tuple[str, str]]:
    """Tables and columns that a formula names.

    >>> list(table_references("SUM(Prices[Close])+ROWS(Prices[[Open]:[Close]])"))
    [('Prices', 'Close'), ('Prices', 'Open'), ('Prices', 'Close')]
    """
    for table, plain, nested in _REFERENCE.findall(_QUOTED.sub("", formula)):
        names = [plain] if plain else re.findall(r"\[([^\[\]]+)\]", nested)
        yield from ((table, name) for name in names if not name.startswith(("#", "@")))


def sheet_faults(root: Element, merges: Sequence[Box], differences: int) -> Iterator[str]:
    """Faults of merged ranges, validations and conditional formats; ``differences`` counts the differential formats."""
    if any(overlap(one, other) for one, other in combinations(merges, 2)):
        yield "merged ranges overlap"
    for rule in root.iterfind("m:dataValidations/m:dataValidation", _MAIN):
        formula = rule.findtext("m:formula1", "", _MAIN)
        if rule.get("type") == "list" and len(formula) > _LONGEST_LIST:
            yield f"the list of the validation of {rule.get('sqref')} is longer than {_LONGEST_LIST} characters"
        yield from (f"validation of {rule.get('sqref')} {fault}" for fault in formula_faults(formula))
    for rule in root.iterfind("m:conditionalFormatting/m:cfRule", _MAIN):
        if int(rule.get("dxfId", -1)) >= differences:
            yield "a conditional format has a style that is not there"


def overlap(one: Box, other: Box) -> bool:
    """Whether two ranges share a cell."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
