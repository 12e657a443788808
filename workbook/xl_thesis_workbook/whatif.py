"""The thesis as the inputs of a workbook have it, so that the engine can score what a reader changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from pydantic import ValidationError

from xl_thesis.definition import Thesis
from xl_thesis.errors import InputError
from xl_thesis.wording import refusal
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.grid import Grid
from xl_thesis_workbook.inputs import input_pairs
from xl_thesis_workbook.language import Language
from xl_thesis_workbook.layout import (
    INPUT_INDICATORS,
    INPUT_LABELS,
    INPUT_PILLARS,
    INPUT_RULES,
    Block,
)
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.reading import Reader, is_same
from xl_thesis_workbook.step import shown_value

INPUTS = (INPUT_PILLARS, INPUT_INDICATORS, INPUT_LABELS, INPUT_RULES)
_POSTS = ("Scores 0", "Scores 50", "Scores 100")
Rows = Mapping[str, Mapping[str, Value]]


@dataclass(frozen=True)
class Inputs:
    """What a workbook's inputs hold: by table, key and English header."""

    tables: Mapping[str, Rows]

    @classmethod
    def read(cls, data: bytes, language: str) -> Inputs:
        """The inputs of a snapshot. Raises ``InputError`` where one of their tables is not there or not whole."""
        book = Book(Package(data))
        reader = Reader(book)
        return cls({block.table: _rows(book, reader, block, cast("Language", language)) for block in INPUTS})

    @property
    def changed(self) -> int:
        """How many differ from the definition's value beside them, as the sheet counts them."""
        return sum(
            not _is_equal(row[now], row[then])
            for block in INPUTS for row in self.tables[block.table].values() for now, then in input_pairs(block)
        )  # fmt: skip

    def thesis(self, defined: Thesis) -> Thesis:
        """The thesis with these inputs in place of the definition's values.

        Raises ``InputError`` for inputs that no definition could have, such as a weight in words.
        """
        document = defined.model_dump(by_alias=True, exclude_none=True)
        for pillar in document["pillars"]:
            pillar["weight"] = self._weight(INPUT_PILLARS, pillar["id"])
        for indicator in document["indicators"]:
            self._indicator(indicator)
        for label in document["labels"]:
            label["below"] = self._number(INPUT_LABELS, label["id"], "Below")
        for name in self.tables[INPUT_RULES.table]:
            document["method"][name] = self._number(INPUT_RULES, name, "Value")
        try:
            thesis = Thesis.model_validate(document)
        except ValidationError as error:
            raise InputError(_fault(error)) from None
        if any(low.below > high.below for low, high in pairwise(thesis.labels)):
            raise InputError("the limits of the labels do not ascend")
        return thesis

    def _indicator(self, indicator: dict[str, Any]) -> None:
        """Put one indicator's inputs into its part of a definition."""
        key, rule = indicator["id"], indicator["normalise"]
        indicator["weight"] = self._weight(INPUT_INDICATORS, key)
        indicator["direction"] = int(self._number(INPUT_INDICATORS, key, "Direction"))
        if rule["kind"] == "goalposts":
            rule["posts"] = tuple(self._number(INPUT_INDICATORS, key, header) for header in _POSTS)
        elif rule["kind"] == "normal_cdf":
            rule["neutral"] = self._number(INPUT_INDICATORS, key, "Scores 50")
            rule["scale"] = self._number(INPUT_INDICATORS, key, "Scale")

    def _weight(self, block: Block, key: str) -> float:
        is_on = _is_equal(self._value(block, key, "On"), 1)
        return self._number(block, key, "Weight") if is_on else 0.0

    def _number(self, block: Block, key: str, header: str) -> float:
        value = self._value(block, key, header)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(f"{block.table}, {key}, {header} holds no number")
        return float(value)

    def _value(self, block: Block, key: str, header: str) -> Value:
        try:
            return self.tables[block.table][key][header]
        except KeyError:
            raise InputError(f"{block.table} has no row {key}") from None


def _rows(book: Book, reader: Reader, block: Block, language: Language) -> Rows:
    table = book.table(block.table)
    places = {name.lower(): place for place, name in enumerate(table.columns)}
    headers = {column.header: places.get(column.name(language).lower()) for column in block.columns}
    missing = next((header for header, place in headers.items() if place is None), None)
    if missing is not None:
        raise InputError(f"table {block.table} has no column '{missing}'")
    found: dict[str, Mapping[str, Value]] = {}
    for cells in reader.rows(Grid(book.package.read(table.sheet)), table):
        row = {header: shown_value(cells[place]) for header, place in headers.items() if place is not None}
        found.setdefault(str(row["Id"]), row)
    return found


def _is_equal(value: Value, other: Value) -> bool:
    """Whether Excel's = finds two cells equal: an empty cell is both 0 and an empty text, capitals do not count."""
    if isinstance(value, str) and isinstance(other, str):
        return value.lower() == other.lower()
    if value is None or other is None:
        return (value or other) in (None, "", 0) and not isinstance(value or other, bool)
    return is_same(value, other)


def _fault(error: ValidationError) -> str:
    """The first fault of a definition that inputs have made, by its place."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {refusal(first)}"
