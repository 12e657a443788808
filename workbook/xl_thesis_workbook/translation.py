"""Rows of a snapshot in one language, told in the other, so that the two can be held against each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from xl_thesis_workbook import layout
from xl_thesis_workbook.grid import Cell, Formula
from xl_thesis_workbook.language import LANGUAGES, Language
from xl_thesis_workbook.layout import Block
from xl_thesis_workbook.tokens import TOKENS, UNITS

_BLOCKS = [item for item in vars(layout).values() if isinstance(item, Block)]
_BLOCKS += [item.block for item in vars(layout).values() if isinstance(item, layout.SheetPlan)]
_COLUMNS = {block.table.lower(): block.columns for block in _BLOCKS}
_OTHERS = (*layout.DATA_COLUMNS, *layout.RAW_COLUMNS, layout.AS_OF)
_CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


@dataclass(frozen=True)
class Translation:
    """Words of a first workbook as the second has them: those of our own, and the labels that the two name by id."""

    before: Language
    after: Language
    words: Mapping[str, str]

    @classmethod
    def of(cls, languages: tuple[Cell, Cell], labels: tuple[Mapping[Cell, Cell], Mapping[Cell, Cell]]) -> Translation:
        """From what the two files say of their languages, and their labels by id."""
        before, after = (cast("Language", item if item in LANGUAGES else "en") for item in languages)
        known = {said.say(before): said.say(after) for said in (*TOKENS.values(), *UNITS.values())}
        known |= {str(title): str(labels[1][key]) for key, title in labels[0].items() if key in labels[1]}
        return cls(before, after, known if before != after else {})

    @property
    def is_needed(self) -> bool:
        """Whether the two are in two languages."""
        return self.before != self.after

    def column(self, table: str, name: str) -> str:
        """The header of a column of one of our tables; any other is its owner's, and the same in each language."""
        if not self.is_needed:
            return name
        for column in (*_COLUMNS.get(table.lower(), ()), *_OTHERS):
            if column.name(self.before) == name:
                return column.name(self.after)
        for said in layout.HISTORY_PARTS:
            start = said.say(self.before, id="")
            if table.lower() == layout.HISTORY.block.table.lower() and name.startswith(start):
                return said.say(self.after, id=name.removeprefix(start))
        return name

    def row(self, table: str, cells: Sequence[Cell]) -> list[Cell]:
        """A row of a table; keys are ids, but for those of the one table that has words for them."""
        kept = 0 if table.lower() == layout.PATIENCE.table.lower() else 1
        return [*cells[:kept], *map(self._cell, cells[kept:])]

    def _cell(self, cell: Cell) -> Cell:
        """What a cell holds; words that nobody can match stay as they are."""
        if isinstance(cell, Formula):
            return replace(cell, value=self.words.get(cell.value, cell.value)) if isinstance(cell.value, str) else cell
        return self.words.get(cell, cell) if isinstance(cell, str) else cell

    def are_sentences(self, before: object, after: object) -> bool:
        """Whether two values are sentences in two languages, which nobody can hold against each other."""
        both = isinstance(before, str) and isinstance(after, str)
        return both and self.is_needed and _is_chinese(before) != _is_chinese(after)


def _is_chinese(words: object) -> bool:
    return _CHINESE.search(str(words)) is not None
