"""Formulas that a sheet states once for many cells, each of which has it as moved to its own place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from html import unescape

from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator

from xl_thesis_workbook.xml_bytes import attributes

FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(\s[^>]*?)?(?:/>|>([^<]*)</(?:[\w.-]+:)?f\s*>)")
_RELATIVE = re.compile(r"(?<![\w.])\$?[A-Z]{1,3}\d+(?![\w(])")


class SharedFormulas:
    """The shared formulas of one sheet; ``cells`` gives the cells that may state one, each with its address."""

    def __init__(self, cells: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
        self._cells = cells

    def at(self, address: str, cell: bytes) -> str:
        """The formula of a cell that has only the number of one; empty where no cell states it."""
        match = FORMULA.search(cell)
        stated = self._stated.get(attributes(match[1] or b"").get("si", "")) if match else None
        try:
            return "" if stated is None else str(stated.translate_formula(address)).removeprefix("=")
        except ValueError:  # moved off the sheet
            return ""

    @cached_property
    def _stated(self) -> dict[str, Translator]:
        return dict(self._read())

    def _read(self) -> Iterator[tuple[str, Translator]]:
        for address, cell in self._cells():
            match = FORMULA.search(cell)
            tag = attributes(match[1] or b"") if match else {}
            if match and match[2] and tag.get("t") == "shared":
                try:
                    yield tag.get("si", ""), Translator(f"={unescape(match[2].decode())}", address)
                except (TokenizerError, ValueError):
                    continue


def is_moved(formulas: Iterable[tuple[int, str]]) -> bool:
    """Whether formulas, each with its row, are one and the same but for references to their own row.

    >>> is_moved([(9, "$G9*B$2"), (10, "$G10*B$2")]), is_moved([(9, "B2+B9"), (10, "B2+B10")])
    (True, False)
    """
    forms = set()
    for row, text in formulas:
        forms.add(re.sub(rf"(?<![\w.])(\$?[A-Z]{{1,3}}){row}(?![\w(.])", r"\1#", text))
        if len(forms) > 1:
            return False
    return not any(_RELATIVE.search(form) for form in forms)
