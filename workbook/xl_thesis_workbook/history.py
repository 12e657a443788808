"""Past scores by formulas over past readings, so that they follow changed weights, switches and directions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.observations import Values, to_date
from xl_thesis.scoring import DailyScores
from xl_thesis_workbook import phrases
from xl_thesis_workbook.cells import Value, put
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.draft import Content, Draft, computed, serial
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.layout import (
    AS_OF,
    HISTORY,
    MODEL,
    MODEL_PILLARS,
    PAST_FRESHNESS,
    PAST_SCORES,
    RULES,
    Block,
    Column,
)
from xl_thesis_workbook.paper import set_page
from xl_thesis_workbook.tables import head

_DECIMALS = 12
_PAST_TOP = 5  # first of the rows with weights on the sheet of past readings
_SHARES_TOP = 4  # first of three rows with shares above the history
HISTORY_HEADER = 8


@dataclass(frozen=True, slots=True)
class Weights:
    """Addresses of rows above the past scores: weights by pillar, and what turns a score."""

    pillars: tuple[str, ...]
    add: str
    times: str


def add_past(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> Weights:
    """Scores and freshness of every indicator at each month-end, and above them the weights in use."""
    head(sheet, sheet.title, draft.say(phrases.PAST_NOTE))
    items, panel = content.thesis.indicators, content.panel
    columns = (AS_OF, *(Column(item.id, 11, "Data points") for item in items))
    fresh = (AS_OF, *(Column(item.id, 11, "Data percent") for item in items))
    top = _PAST_TOP + len(content.thesis.pillars) + 4
    right = len(items) + 3
    days = [to_date(day) for day in panel.days]
    scores = [[day, *_finite(panel.scores[:, number])] for number, day in enumerate(days)]
    known = [[day, *panel.freshness[:, number].tolist()] for number, day in enumerate(days)]
    put(sheet, top - 1, 1, draft.say(phrases.PAST_TITLES[0]), "Section")
    put(sheet, top - 1, right, draft.say(phrases.PAST_TITLES[1]), "Section")
    draft.long_table(sheet, Block(PAST_SCORES, "values", columns), scores, row=top)
    draft.long_table(sheet, Block(PAST_FRESHNESS, "values", fresh), known, row=top, column=right)
    sheet.freeze_panes = sheet.cell(top + 1, 2)
    set_page(draft, sheet, content, top)
    return _weights(draft, content, sheet)


def _weights(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> Weights:
    items, pillars = content.thesis.indicators, content.thesis.pillars
    for row, pillar in enumerate(pillars, start=_PAST_TOP):
        put(sheet, row, 1, pillar.id, "Sheet note")
        for column, item in enumerate(items, start=2):
            own = item.pillar == pillar.id
            weight = Formula(draft.cell(MODEL.table, "Weight", column - 2), item.weight) if own else 0
            draft.put(sheet, row, column, weight, "Data number")
    add, times = _PAST_TOP + len(pillars), _PAST_TOP + len(pillars) + 1
    put(sheet, add, 1, draft.say(phrases.PAST_ADD), "Sheet note")
    put(sheet, times, 1, draft.say(phrases.PAST_TIMES), "Sheet note")
    for column in range(2, len(items) + 2):
        now, then = (
            draft.cell("InputIndicators", name, column - 2) for name in ("Direction", "Definition: direction")
        )
        turn = f"IF({now}=-1,-1,1)*{then}"  # 1 as defined, -1 turned
        draft.put(sheet, add, column, Formula(f"50-50*{turn}", 0), "Data count")
        draft.put(sheet, times, column, Formula(turn, 1), "Data count")
    first, last, name = "$B", f"${get_column_letter(len(items) + 1)}", quote_sheetname(sheet.title)
    rows = [f"{name}!{first}${row}:{last}${row}" for row in range(_PAST_TOP, times + 1)]
    return Weights(tuple(rows[:-2]), rows[-2], rows[-1])


def _finite(values: Values) -> list[Value]:
    return [value if np.isfinite(value) else None for value in values.tolist()]


def add_history(draft: Draft, content: SnapshotContent, sheet: Worksheet, weights: Weights) -> None:
    """One row a month, in a window of fixed size that shows the newest months."""
    head(sheet, draft.say(HISTORY.title), draft.say(HISTORY.note))
    pillars = content.thesis.pillars
    extra = [Column(f"Known: {p.id}", 10, "Data percent", f"已知：{p.id}") for p in pillars]
    extra += [Column(f"Mean: {p.id}", 10, "Data points", f"平均：{p.id}") for p in pillars]
    block = replace(HISTORY.block, columns=(*HISTORY.block.columns, *extra))
    first = len(HISTORY.block.columns) + 1
    _shares(draft, content, sheet, first)
    draft.announce(block, sheet, HISTORY_HEADER, len(content.shown))
    rows = _Rows(draft, content, weights, block, first).rows()
    draft.long_table(sheet, block, rows, row=HISTORY_HEADER)
    draft.announce(block, sheet, HISTORY_HEADER, len(rows))
    sheet.row_dimensions[HISTORY_HEADER].height = 30
    sheet.freeze_panes = f"B{HISTORY_HEADER + 1}"
    set_page(draft, sheet, content, HISTORY_HEADER)


def _shares(draft: Draft, content: SnapshotContent, sheet: Worksheet, first: int) -> None:
    """Above the columns of pillars their share of all weight, and of the weight of each role."""
    pillars = content.thesis.pillars
    total = sum(pillar.weight for pillar in pillars)
    roles = (None, "outcome", "driver")
    for row, (role, title) in enumerate(zip(roles, phrases.SHARES, strict=True), start=_SHARES_TOP):
        put(sheet, row, first - 1, draft.say(title), "Sheet note")
        chosen = [place for place, pillar in enumerate(pillars) if role in (None, pillar.role)]
        whole = "+".join(draft.cell(MODEL_PILLARS.table, "Share", place) for place in chosen) or "0"
        weight = sum(pillars[place].weight for place in chosen)
        for place, pillar in enumerate(pillars):
            content_of: Content = 0
            if place in chosen and role is None:
                share = draft.cell(MODEL_PILLARS.table, "Share", place)
                content_of = Formula(share, pillar.weight / total if total else 0.0)
            elif place in chosen:
                share = draft.cell(MODEL_PILLARS.table, "Share", place)
                content_of = Formula(f"IF({whole}>0,{share}/({whole}),0)", pillar.weight / weight if weight else 0.0)
            draft.put(sheet, row, first + place, content_of, "Data percent")


class _Rows:
    """The rows of the history: for each pillar what is known and its mean, then the scores."""

    def __init__(
        self, draft: Draft, content: SnapshotContent, weights: Weights, block: Block, first: int
    ) -> None:
        self.draft, self.content, self.weights = draft, content, weights
        self.size = len(content.thesis.pillars)
        self.letters = [get_column_letter(first + place) for place in range(2 * self.size)]
        self.row_letter = get_column_letter(block["Row"] + 1)
        self.least, self.partial, self.withheld = (
            draft.cell("InputRules", "Value", RULES.index(name)) for name in RULES
        )
        ids = [item.id for item in content.thesis.indicators]
        self.scores, self.fresh = (f"{table}[[{ids[0]}]:[{ids[-1]}]]" for table in (PAST_SCORES, PAST_FRESHNESS))
        if len(ids) == 1:
            self.scores, self.fresh = f"{PAST_SCORES}[{ids[0]}]", f"{PAST_FRESHNESS}[{ids[0]}]"
        self.known, self.means = self._pillars()

    def _pillars(self) -> tuple[list[Values], list[Values]]:
        """What is known of each pillar, and its mean, on every day."""
        panel, thesis = self.content.panel, self.content.thesis
        known, means = [], []
        for pillar in thesis.pillars:
            weights = np.array([item.weight if item.pillar == pillar.id else 0.0 for item in thesis.indicators])
            live = weights @ panel.freshness
            points = weights @ (panel.freshness * np.nan_to_num(panel.scores))
            total = float(weights.sum())
            known.append(np.round(live / total, _DECIMALS) if total > 0 else np.zeros(len(panel.days)))
            means.append(np.divide(points, live, out=np.zeros_like(live), where=live > 0))
        return known, means

    def rows(self) -> list[list[Content]]:
        """Every row of the window."""
        return [self._row(row, number) for row, number in enumerate(self.content.shown, start=HISTORY_HEADER + 1)]

    def _row(self, row: int, number: int) -> list[Content]:
        count = len(self.content.panel.days)
        place = f"${self.row_letter}{row}"
        day = to_date(self.content.panel.days[number])
        whole, outcome, driver = (self.content.history[name] for name in ("whole", "outcome", "driver"))
        score = _value(whole, number)
        published = self.content.thesis.published
        since = f'IF(A{row}>=DATE({published.year},{published.month},{published.day}),B{row},"")'
        dates = self.draft.grown(PAST_SCORES, "As of")
        return [
            Formula(f"INDEX({dates},{place},1)", serial(day)),
            Formula(self._score(row, 0), computed(score)),
            Formula(since, computed(score if day >= published else None)),
            Formula(self._score(row, 1), computed(_value(outcome, number))),
            Formula(self._score(row, 2), computed(_value(driver, number))),
            Formula(self._coverage(row, 0), float(whole.coverage[number])),
            Formula(f"ROWS({dates})-{count - 1 - number}", number + 1),
            *(Formula(self._known(one, place), float(self.known[one][number])) for one in range(self.size)),
            *(Formula(self._mean(one, row, place), float(self.means[one][number])) for one in range(self.size)),
        ]

    def _known(self, pillar: int, place: str) -> str:
        declared = self.draft.cell(MODEL_PILLARS.table, "Declared", pillar)
        live = f"SUMPRODUCT({self.weights.pillars[pillar]},INDEX({self.fresh},{place},0))"
        return f"IF({declared}>0,ROUND({live}/{declared},{_DECIMALS}),0)"

    def _mean(self, pillar: int, row: int, place: str) -> str:
        weights, fresh = self.weights.pillars[pillar], f"INDEX({self.fresh},{place},0)"
        scores = f"({self.weights.add}+{self.weights.times}*INDEX({self.scores},{place},0))"
        points = f"SUMPRODUCT({weights}*{fresh}*{scores})"
        return f"IF({self.letters[pillar]}{row}>0,{points}/SUMPRODUCT({weights},{fresh}),0)"

    def _span(self, row: int, first: int, *, fixed: bool = False) -> str:
        start, end = self.letters[first], self.letters[first + self.size - 1]
        return f"${start}${row}:${end}${row}" if fixed else f"{start}{row}:{end}{row}"

    def _published(self, row: int, shares: int) -> str:
        """Shares of the pillars of which enough is known."""
        known = self._span(row, 0)
        return f"{self._span(_SHARES_TOP + shares, 0, fixed=True)}*({known}>0)*({known}>={self.least})"

    def _coverage(self, row: int, shares: int) -> str:
        return f"SUMPRODUCT({self._published(row, shares)}*{self._span(row, 0)})"

    def _score(self, row: int, shares: int) -> str:
        counted = f"SUMPRODUCT({self._published(row, shares)})"
        enough = f"ROUND({self._coverage(row, shares)},{_DECIMALS})>={self.withheld}"
        points = f"SUMPRODUCT({self._published(row, shares)}*{self._span(row, self.size)})"
        return f'IF({counted}=0,"",IF({enough},{points}/{counted},""))'


def _value(scores: DailyScores, number: int) -> float | None:
    value = float(scores.score[number])
    return value if np.isfinite(value) else None
