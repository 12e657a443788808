"""Every function called in every way its description has, as formulas of one workbook and as direct calls."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

import xl_thesis
from xl_thesis_udfs import edge
from xl_thesis_udfs.cells import CellError
from xl_thesis_udfs.registry import FUNCTIONS, ArgumentSpec, FunctionSpec

JUNE = dt.date(2026, 6, 30)
SERIAL = 46203.0
SHEET, INPUTS = "Cases", "Inputs"
TALLEST = 12
"""Rows of a table that are compared; the first ones, since histories are long."""

BLANK, DAY, ERROR, TEXT_DAY = (f"{INPUTS}!$A${row}" for row in (1, 2, 3, 4))
ONE_CELL, TWO_CELLS = f"{INPUTS}!$A$2:$A$2", f"{INPUTS}!$A$1:$A$2"
OTHER_THESIS = "jobless_boom"
THESIS_FILE = str(Path(xl_thesis.__file__).parent / "theses" / f"{OTHER_THESIS}.yaml")
Argument = tuple[str, Any]
"""An argument as a formula has it, and as the function gets it."""

_PART = re.compile(r'\s*("[^"]*"|[^,()]*)\s*(?:,|$)')


@dataclass(frozen=True)
class Case:
    """One call. ``expected`` is what the function says to Python: a value, or rows of them, at most ``TALLEST``."""

    name: str
    arguments: tuple[Argument, ...]
    expected: Any

    @property
    def formula(self) -> str:
        return f"={self.name}({','.join(text for text, _ in self.arguments)})"

    @property
    def shape(self) -> tuple[int, int]:
        return (len(self.expected), len(self.expected[0])) if isinstance(self.expected, list) else (1, 1)


def plain(value: Any) -> Any:
    """As cells show it: dates are serial numbers, truth is 1 or 0, errors are their code."""
    if isinstance(value, list):
        return [[plain(cell) for cell in row] for row in value]
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, dt.date):
        return float((value - dt.date(1899, 12, 30)).days)
    return value if isinstance(value, str) else float(value)


def same(left: Any, right: Any) -> bool:
    """Equal, numbers to the fifteen digits that a file keeps."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-14, abs_tol=1e-14)
    return type(left) is type(right) and left == right


def example(spec: FunctionSpec) -> list[Argument]:
    """The arguments of a function's own example, all of them, omitted ones too."""
    inside = spec.example.partition("(")[2].rpartition(")")[0]
    texts = [match[1].strip() for match in _PART.finditer(inside)][: len(spec.arguments)] if inside else []
    given = [_literal(text) for text in texts]
    return given + [("", None)] * (len(spec.arguments) - len(given))


def _literal(text: str) -> Argument:
    if text.startswith('"'):
        return text, text[1:-1]
    return text, float(text) if text else None


def _ways(described: ArgumentSpec) -> Iterator[Argument]:
    """Each way to give one argument."""
    yield BLANK, None
    yield ERROR, CellError("#N/A")
    yield '"no such thing"', "no such thing"
    if not described.required:
        yield "", None
    if described.kind == "date":
        yield str(int(SERIAL)), SERIAL
        yield DAY, SERIAL
        yield TEXT_DAY, JUNE.isoformat()
        yield ONE_CELL, [[SERIAL]]
        yield TWO_CELLS, [[None], [SERIAL]]
    if described.kind != "number":
        yield "0", 0.0
    if described.name == "thesis":
        yield f'"{OTHER_THESIS}"', OTHER_THESIS
        yield f'"{THESIS_FILE}"', THESIS_FILE
    for choice in described.choices:
        yield f'"{choice.upper()}"', choice.upper()


def arguments_of(spec: FunctionSpec) -> Iterator[tuple[Argument, ...]]:
    """The example, then the example with one argument given in another way; trailing empty ones are left out."""
    first = example(spec)
    seen = set()
    for whole in (first, *(
        [*first[:position], way, *first[position + 1 :]]
        for position, described in enumerate(spec.arguments)
        for way in _ways(described)
    )):  # fmt: skip
        given = whole[: max((place for place, (text, _) in enumerate(whole, 1) if text), default=0)]
        key = tuple(text for text, _ in given)
        if key not in seen:
            seen.add(key)
            yield tuple(given)


def expected(name: str, arguments: tuple[Argument, ...]) -> Any:
    return plain(top(name, edge.call(name, [direct for _, direct in arguments])))


def top(name: str, value: Any) -> Any:
    """A value, or the rows of a table that are compared."""
    if not isinstance(value, list):
        return value
    failures_below = name == "THESIS_STATUS" and value[0][0] == "topic"
    data = [row for row in value if row[0] != "cell"] if failures_below else value
    return data[:TALLEST]


def all_cases() -> list[Case]:
    return [
        Case(spec.name, arguments, expected(spec.name, arguments))
        for spec in FUNCTIONS.values()
        for arguments in arguments_of(spec)
    ]


def places(cases: list[Case]) -> Iterator[tuple[int, Case]]:
    """The first row of each case; every case begins in column B."""
    row = 1
    for case in cases:
        yield row, case
        row += case.shape[0]


def write_workbook(cases: list[Case], path: Path) -> None:
    """As .xlsx, without any value, so that whoever shows one has calculated it."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    inputs = book.create_sheet(INPUTS)
    inputs["A2"], inputs["A3"], inputs["A4"] = int(SERIAL), "=NA()", JUNE.isoformat()
    inputs["A2"].number_format = "yyyy-mm-dd"
    for row, case in places(cases):
        rows, columns = case.shape
        cell = sheet.cell(row, 2)
        if FUNCTIONS[case.name].returns == "table":
            last = sheet.cell(row + rows - 1, 1 + columns).coordinate
            sheet[cell.coordinate] = ArrayFormula(f"{cell.coordinate}:{last}", case.formula)
        else:
            cell.value = case.formula
    book.save(path)


def differences(cases: list[Case], cell_at: Any) -> list[str]:
    """Where another engine shows something else; ``cell_at(row, column)`` is what it shows."""
    found = []
    for row, case in places(cases):
        rows = case.expected if isinstance(case.expected, list) else [[case.expected]]
        for down, line in enumerate(rows):
            for right, wanted in enumerate(line):
                shown = cell_at(row + down, 2 + right)
                if not same(shown, wanted):
                    found.append(f"{case.formula} [{down},{right}]: {shown!r} instead of {wanted!r}")
    return found
