"""Past scores by formulas over past readings, so that they follow every input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.definition import Indicator
from xl_thesis.observations import Values, to_date
from xl_thesis.scoring import DailyScores
from xl_thesis_workbook import phrases
from xl_thesis_workbook.cells import put
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.draft import Content, Draft, computed, serial
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.layout import (
    HISTORY,
    HISTORY_PARTS,
    INPUT_INDICATORS,
    MODEL,
    MODEL_PILLARS,
    PAST_BASIS,
    PAST_FRESHNESS,
    PAST_SCORES,
    RULES,
    Block,
    Column,
)
from xl_thesis_workbook.normalising import level_formula
from xl_thesis_workbook.paper import set_page
from xl_thesis_workbook.past import Settings
from xl_thesis_workbook.tables import HEADER_HEIGHT, head

_DECIMALS = 12
_SHARES_TOP = 4  # first of three rows with shares above the history
_LABEL_COLUMNS = 3  # empty ones to the left of the shares, over which their labels run
HISTORY_HEADER = 8


def add_history(draft: Draft, content: SnapshotContent, sheet: Worksheet, settings: Settings) -> None:
    """One row a month, in a window of fixed size that shows the newest months."""
    head(sheet, draft.say(HISTORY.title), draft.say(HISTORY.note))
    pillars = content.thesis.pillars
    ids, own = [item.id for item in pillars], [item.id for item in content.thesis.indicators]
    parts = zip(HISTORY_PARTS, ("percent", "points", "points"), (ids, ids, own), strict=True)
    extra = [
        Column(said.say("en", id=name), 10, f"Data {style}", said.say("zh-Hant", id=name))
        for said, style, names in parts for name in names
    ]  # fmt: skip
    block = replace(HISTORY.block, columns=(*HISTORY.block.columns, *extra))
    first = len(HISTORY.block.columns) + 1
    _shares(draft, content, sheet, first)
    draft.announce(block, sheet, HISTORY_HEADER, len(content.shown))
    rows = _Rows(draft, content, settings, block, first).rows()
    draft.long_table(sheet, block, rows, row=HISTORY_HEADER)
    draft.announce(block, sheet, HISTORY_HEADER, len(rows))
    sheet.row_dimensions[HISTORY_HEADER].height = HEADER_HEIGHT
    sheet.freeze_panes = f"B{HISTORY_HEADER + 1}"
    set_page(draft, sheet, content, HISTORY_HEADER)
    last = get_column_letter(first - 1 + 2 * len(content.thesis.pillars))
    sheet.print_area = f"A1:{last}{HISTORY_HEADER + len(rows)}"


def _shares(draft: Draft, content: SnapshotContent, sheet: Worksheet, first: int) -> None:
    """Above the columns of pillars their share of all weight, and of the weight of each role."""
    pillars = content.thesis.pillars
    total = sum(pillar.weight for pillar in pillars)
    roles = (None, "outcome", "driver")
    for row, (role, title) in enumerate(zip(roles, phrases.SHARES, strict=True), start=_SHARES_TOP):
        put(sheet, row, first - _LABEL_COLUMNS, draft.say(title), "Sheet note")
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
    """The rows of the history: the scores, for each pillar what is known and its mean, and indicators' scores."""

    def __init__(self, draft: Draft, content: SnapshotContent, settings: Settings, block: Block, first: int) -> None:
        self.draft, self.content, self.settings = draft, content, settings
        self.size = len(content.thesis.pillars)
        self.letters = [get_column_letter(number) for number in range(first, len(block.columns) + 1)]
        self.row_letter = get_column_letter(block["Row"] + 1)
        self.least, self.partial, self.withheld = (
            draft.cell("InputRules", "Value", RULES.index(name)) for name in RULES
        )
        ids = [item.id for item in content.thesis.indicators]
        self.fresh = f"{PAST_FRESHNESS}[{ids[0]}]" if len(ids) == 1 else f"{PAST_FRESHNESS}[[{ids[0]}]:[{ids[-1]}]]"
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
            *(Formula(self._known(one, row, place), float(self.known[one][number])) for one in range(self.size)),
            *(
                Formula(self._mean(one, row, place), round(float(self.means[one][number]), _DECIMALS))
                for one in range(self.size)
            ),
            *self._indicators(place, number),
        ]

    def _indicators(self, place: str, number: int) -> list[Content]:
        """Each indicator's score on a day by the inputs in use."""
        scores = self.content.panel.scores[:, number].tolist()
        return [
            Formula(self._indicator(item, row, place), round(score, _DECIMALS) if np.isfinite(score) else "")
            for row, (item, score) in enumerate(zip(self.content.thesis.indicators, scores, strict=True))
        ]

    def _indicator(self, item: Indicator, row: int, place: str) -> str:
        """By its value where one is known; a score that came with the package holds for the definition's inputs."""
        score, basis = (f"INDEX({table}[{item.id}],{place})" for table in (PAST_SCORES, PAST_BASIS))
        turned, kept = self.settings.turns[row], self.draft.cell(MODEL.table, "As defined", row)
        if item.normalise.kind == "midrank":
            return f'IF(OR({score}="",AND({basis}<>"",{kept}=0)),"",50+{turned}*({score}-50))'

        def given(header: str) -> str:
            return self.draft.cell(INPUT_INDICATORS.table, header, row)

        sign = "+" if item.direction > 0 else "-"
        points = f"50{sign}{turned}*({level_formula(item.normalise.kind, basis, given)}-50)"
        return f'IF({basis}="",IF(OR({score}="",{kept}=0),"",{score}),{points})'

    def _known(self, pillar: int, row: int, place: str) -> str:
        declared = self.draft.cell(MODEL_PILLARS.table, "Declared", pillar)
        return f"IF({declared}>0,ROUND({self._live(pillar, row, place)}/{declared},{_DECIMALS}),0)"

    def _live(self, pillar: int, row: int, place: str) -> str:
        """Weight times freshness of what has a score."""
        known = f'--({self._scores(row)}<>"")'
        return f"SUMPRODUCT({self.settings.weights[pillar]},INDEX({self.fresh},{place},0),{known})"

    def _mean(self, pillar: int, row: int, place: str) -> str:
        points = f"SUMPRODUCT({self.settings.weights[pillar]},INDEX({self.fresh},{place},0),{self._scores(row)})"
        return f"IF({self.letters[pillar]}{row}>0,{points}/{self._live(pillar, row, place)},0)"

    def _scores(self, row: int) -> str:
        return f"{self.letters[2 * self.size]}{row}:{self.letters[-1]}{row}"

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
