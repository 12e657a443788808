"""What was known of each indicator at each month-end, and above it the inputs that past scores follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.observations import to_date
from xl_thesis_workbook import phrases
from xl_thesis_workbook.cells import Value, put
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.draft import Draft
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.layout import (
    AS_OF,
    INPUT_INDICATORS,
    MODEL,
    PAST_BASIS,
    PAST_FRESHNESS,
    PAST_SCORES,
    Block,
    Column,
)
from xl_thesis_workbook.paper import print_beginning, set_page
from xl_thesis_workbook.tables import HEADER_HEIGHT, head

_TOP = 5  # first of the rows with weights
_ABOVE = 3  # rows between them and the tables: turned, one empty, titles


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses above the past scores.

    ``weights`` has a row of all indicators for each pillar; ``turns`` is, for each indicator, 1 where its direction is
    the definition's and -1 where it is turned.
    """

    weights: tuple[str, ...]
    turns: tuple[str, ...]


def add_past(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> Settings:
    """Score, freshness and basis of every indicator at each month-end, and above them the inputs in use."""
    head(sheet, sheet.title, draft.say(phrases.PAST_NOTE))
    items, panel = content.thesis.indicators, content.panel
    top = _TOP + len(content.thesis.pillars) + _ABOVE
    days = [to_date(day) for day in panel.days]
    parts = (
        (PAST_SCORES, _cells(panel.scores), "Data points"), (PAST_FRESHNESS, _cells(panel.freshness), "Data percent"),
        (PAST_BASIS, _basis(content), "Data number"),
    )  # fmt: skip
    for number, ((table, rows, style), title) in enumerate(zip(parts, phrases.PAST_TITLES, strict=True)):
        column = 1 + number * (len(items) + 2)
        columns = (AS_OF, *(Column(item.id, 11, style) for item in items))
        put(sheet, top - 1, column, draft.say(title), "Section")
        listed = [[day, *row] for day, row in zip(days, rows, strict=True)]
        draft.long_table(sheet, Block(table, "values", columns), listed, row=top, column=column)
    sheet.row_dimensions[top].height = HEADER_HEIGHT
    sheet.freeze_panes = sheet.cell(top + 1, 2)
    set_page(draft, sheet, content, top)
    print_beginning(sheet, top, len(parts) * (len(items) + 2) - 1)
    return _settings(draft, content, sheet)


def _cells(table: NDArray[np.float64]) -> list[list[Value]]:
    """One row a day, nothing where nothing is known."""
    return [[value if np.isfinite(value) else None for value in row] for row in table.T.tolist()]


def _basis(content: SnapshotContent) -> list[list[Value]]:
    """The value that goalposts or a scale score; for a percentile 0 where it came with the package, else nothing."""
    ranked = np.array([item.normalise.kind == "midrank" for item in content.thesis.indicators])[:, None]
    panel = content.panel
    given = np.where(np.isfinite(panel.scores) & np.isnan(panel.values), 0.0, np.nan)
    return _cells(np.where(ranked, given, panel.values))


def _settings(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> Settings:
    items, pillars = content.thesis.indicators, content.thesis.pillars
    turned = _TOP + len(pillars)
    for row, pillar in enumerate(pillars, start=_TOP):
        put(sheet, row, 1, pillar.id, "Sheet note")
        for place, item in enumerate(items):
            weight = Formula(draft.cell(MODEL.table, "Weight", place), item.weight) if item.pillar == pillar.id else 0
            draft.put(sheet, row, place + 2, weight, "Data number")
    put(sheet, turned, 1, draft.say(phrases.PAST_TURNED), "Sheet note")
    for place, (item, first) in enumerate(zip(items, content.facts.thesis.indicators, strict=True)):
        now, then = (draft.cell(INPUT_INDICATORS.table, name, place) for name in ("Direction", "Definition: direction"))
        draft.put(sheet, turned, place + 2, Formula(f"IF({now}=-1,-1,1)*{then}", item.direction * first.direction),
                  "Data count")  # fmt: skip
    name, letters = quote_sheetname(sheet.title), [get_column_letter(place + 2) for place in range(len(items))]
    return Settings(
        tuple(f"{name}!${letters[0]}${row}:${letters[-1]}${row}" for row in range(_TOP, turned)),
        tuple(f"{name}!${letter}${turned}" for letter in letters),
    )
