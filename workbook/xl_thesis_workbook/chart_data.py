"""What the charts draw and the dashboard ranks: windows of fixed size, so that no reference ever has to grow."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.definition import Indicator, NormalCdf
from xl_thesis.observations import later, month_ends, to_date, to_day
from xl_thesis_workbook import phrases
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.draft import ERROR, Content, Draft, serial, text
from xl_thesis_workbook.figures import Figures
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.layout import HISTORY, MODEL, MODEL_PILLARS, PAST_BASIS, PAST_SCORES
from xl_thesis_workbook.tables import head

HEADER = 4
MOVERS, GAPS = 3, 6
Known = str | float
Header = tuple[str, Content, str]  # name, words, style
_TIE = 1e-9  # what sets equal numbers apart, in the order of the definition
_LEAST_MONTHS, _MOST_MOVES = 24, 4


@dataclass(frozen=True, slots=True)
class Zone:
    """A block of the sheet: its columns by name, and its rows."""

    columns: dict[str, int]
    first: int
    last: int


class ChartData:
    """The sheet's blocks: ``zones`` says where each lies, ``places`` which rows of the model rank first (0: none)."""

    def __init__(self, draft: Draft, content: SnapshotContent, found: Figures, sheet: Worksheet) -> None:
        self.draft, self.content, self.found, self.sheet = draft, content, found, sheet
        self.zones: dict[str, Zone] = {}
        self.months = _months(content)
        self.moves = [
            (item, item.normalise) for item in content.facts.thesis.indicators
            if item.transform.kind == "anchored_z" and isinstance(item.normalise, NormalCdf)
        ][:_MOST_MOVES]  # fmt: skip
        self.places: dict[str, list[int]] = {"points": [], "lost": []}
        self._next = 1

    def write(self) -> None:
        """Fill the sheet."""
        head(self.sheet, self.sheet.title, self.draft.say(phrases.CHART_NOTE))
        self._pillars()
        self._history()
        self._since()
        self._moves()
        self._ranking()
        self.sheet.freeze_panes = f"A{HEADER + 1}"

    def cell(self, zone: str, column: str, number: int) -> str:
        """Address of a cell of a block; ``number`` counts its rows from 0."""
        place = self.zones[zone]
        letter = get_column_letter(place.columns[column])
        return f"{quote_sheetname(self.sheet.title)}!${letter}${place.first + number}"

    def _block(self, zone: str, headers: Sequence[Header], rows: Sequence[Sequence[Content]]) -> None:
        """Write a block."""
        columns = {name: self._next + offset for offset, (name, _, _) in enumerate(headers)}
        self.zones[zone] = Zone(columns, HEADER + 1, HEADER + max(1, len(rows)))
        for offset, (_, words, style) in enumerate(headers):
            align = "Column" if "date" in style else "Column right"
            self.draft.put(self.sheet, HEADER, self._next + offset, words, align)
            self.sheet.column_dimensions[get_column_letter(self._next + offset)].width = 13
        for row, line in enumerate(rows, start=HEADER + 1):
            for offset, (item, (_, _, style)) in enumerate(zip(line, headers, strict=True)):
                self.draft.put(self.sheet, row, self._next + offset, item, style)
        self._next += len(headers) + 1

    def _pillars(self) -> None:
        say, rows = self.draft.say, []
        for place, row in enumerate(self.found.pillars):
            points, title = (self.draft.cell(MODEL_PILLARS.table, name, place) for name in ("Contribution", "Pillar"))
            value = row["Contribution"]
            shown = self.draft.cell(MODEL_PILLARS.table, "Points", place)
            title_now = self.content.thesis.pillars[place].title.in_language(self.draft.language)
            tenths = "–" if value is None else f"{_number(row['Points']):+.1f}"
            signed = f'IF(ISNUMBER({shown}),TEXT({shown},"+0.0;-0.0;0.0"),"–")'
            rows.append([
                Formula(f'{title}&"  "&{signed}', f"{title_now}  {tenths}"),
                Formula(f"IF(N({points})>0,{points},NA())", _number(value) if _number(value) > 0 else ERROR),
                Formula(f"IF(N({points})<0,{points},NA())", _number(value) if _number(value) < 0 else ERROR),
            ])  # fmt: skip
        headers = (("title", say(phrases.PILLAR), "Data date"), ("for", say(phrases.FOR), "Data points"),
                   ("against", say(phrases.AGAINST), "Data points"))  # fmt: skip
        self._block("pillars", headers, rows)

    def _zones(self) -> tuple[list[Header], list[Content]]:
        """Columns that stack up to the limits of the labels, which their headers name, and their cells, alike in each
        row.
        """
        labels = self.content.thesis.labels
        headers: list[Header] = []
        cells: list[Content] = []
        for place, label in enumerate(labels):
            here = self.draft.cell("InputLabels", "Below", place)
            below = self.draft.cell("InputLabels", "Below", place - 1) if place else "0"
            floor = labels[place - 1].below if place else 0.0
            title = label.text.in_language(self.draft.language)
            named = Formula(f'{text(f"{title} ")}&{below}&"–"&{here}', f"{title} {floor:.15g}–{label.below:.15g}")
            headers.append((f"zone {place}", named, "Data points"))
            cells.append(Formula(f"MAX(0,{here}-{below})", max(0.0, label.below - floor)))
        return headers, cells

    def _history(self) -> None:
        say, rows = self.draft.say, []
        published = self.content.thesis.published
        zone_headers, zone_cells = self._zones()
        scores = self.content.history["whole"].score
        for row, number in enumerate(self.content.shown):
            day = self.content.panel.days[number]
            date, score = (self.draft.cell(HISTORY.block.table, name, row) for name in ("As of", "Score"))
            value: Known = float(scores[number]) if np.isfinite(scores[number]) else ERROR
            edge = f"DATE({published.year},{published.month},{published.day})"
            before = f'IF(AND({score}<>"",{date}<={edge}+31),{score},NA())'
            since = f'IF(AND({score}<>"",{date}>={edge}),{score},NA())'
            is_before, is_since = to_date(day) <= published + dt.timedelta(31), to_date(day) >= published
            rows.append([
                Formula(date, serial(to_date(day))), Formula(before, value if is_before else ERROR),
                Formula(since, value if is_since else ERROR), 50, *zone_cells,
            ])  # fmt: skip
        headers = (("date", say(phrases.MONTH), "Data date"), ("before", say(phrases.BEFORE), "Data points"),
                   ("since", say(phrases.SINCE), "Data points"), ("neutral", say(phrases.NEUTRAL), "Data points"),
                   *zone_headers)  # fmt: skip
        self._block("history", headers, rows)

    def _since(self) -> None:
        say, rows = self.draft.say, []
        table = HISTORY.block.table
        dates, scores = (self.draft.area(table, name) for name in ("As of", "Score"))
        reviews = {_month(day) for day in self.content.thesis.review_dates}
        zone_headers, zone_cells = self._zones()
        for number, month in enumerate(self.months):
            here = f"${get_column_letter(self._next)}{HEADER + 1 + number}"
            row = f"MATCH({here},{dates},1)"
            found = f"INDEX({dates},{row})>EOMONTH({here},-1)"
            formula = f"IFERROR(IF({found},INDEX({scores},{row})*1,NA()),NA())"
            review: Content = 50 if _month(month) in reviews else Formula("NA()", ERROR)
            rows.append([month, Formula(formula, self._score_in(month)), review, 50, *zone_cells])
        headers = (("date", say(phrases.MONTH), "Data date"), ("score", say(phrases.SCORE), "Data points"),
                   ("review", say(phrases.REVIEW), "Data points"), ("neutral", say(phrases.NEUTRAL), "Data points"),
                   *zone_headers)  # fmt: skip
        self._block("since", headers, rows)

    def _score_in(self, month: dt.date) -> Known:
        column = self._in_month(month)
        score = None if column is None else float(self.content.history["whole"].score[column])
        return score if score is not None and math.isfinite(score) else ERROR

    def _in_month(self, month: dt.date) -> int | None:
        """Column of the panel for a month: its last day, or the day of the score inside it."""
        days = [to_date(day) for day in self.content.panel.days]
        found = [number for number, day in enumerate(days) if _month(day) == _month(month)]
        return found[-1] if found else None

    def _moves(self) -> None:
        """What the series named by anchored indicators did since publication, in standard deviations.

        Months to come are said to be the newest one, so that the axis ends there, today and after an update.
        """
        rows: list[list[Content]] = []
        days, today = self.draft.grown(PAST_SCORES, "As of"), self.draft.look_up("ThesisAbout", "Value", text("as_of"))
        end = _month_end(self.content.evaluation.as_of)
        places = {item.id: place for place, item in enumerate(self.content.thesis.indicators)}
        for place, last in enumerate(self.months):
            here, month = f"${get_column_letter(self._next)}{HEADER + 1 + place}", min(last, end)
            line: list[Content] = [Formula(f"MIN({serial(last)},EOMONTH({today},0))", serial(month))]
            for item, rule in self.moves:
                row = f"MATCH({here},{days},1)"
                columns = (self.draft.grown(table, item.id) for table in (PAST_BASIS, PAST_SCORES))
                basis, score = (f"INDEX({column},{row})" for column in columns)
                share = f"{score}/100" if item.direction > 0 else f"1-{score}/100"
                given = f"{rule.neutral!r}+{rule.scale!r}*_xlfn.NORM.S.INV({share})"
                is_new = f'AND(INDEX({days},{row})>EOMONTH({here},-1),{score}<>"")'
                formula = f'IFERROR(IF({is_new},IF({basis}="",{given},{basis}),NA()),NA())'
                line.append(Formula(formula, self._move(places[item.id], item, rule, month)))
            rows.append([*line, 0])
        say = self.draft.say
        titles = [(item.id, item.title.in_language(self.draft.language), "Data number") for item, _ in self.moves]
        headers = [("date", say(phrases.MONTH), "Data date"), *titles, ("zero", say(phrases.NEUTRAL), "Data number")]
        self._block("moves", headers, rows)

    def _move(self, place: int, item: Indicator, rule: NormalCdf, month: dt.date) -> Known:
        column = self._in_month(month)
        panel = self.content.facts.panel
        if column is None or not math.isfinite(panel.scores[place, column]):
            return ERROR
        value, score = (float(part[place, column]) for part in (panel.values, panel.scores))
        if math.isfinite(value):
            return value
        share = score / 100.0 if item.direction > 0 else 1.0 - score / 100.0
        return rule.neutral + rule.scale * NormalDist().inv_cdf(share) if 0.0 < share < 1.0 else ERROR

    def _ranking(self) -> None:
        """Keys that order indicators by points and by lost weight, and the places of the first few."""
        items = self.content.thesis.indicators
        keys: list[list[Content]] = []
        size = len(items)
        for place, row in enumerate(self.found.indicators):
            points, lost = (self.draft.cell(MODEL.table, name, place) for name in ("Contribution", "Lost weight"))
            tie = (size - place) * _TIE
            key = "" if row["Contribution"] is None else _number(row["Contribution"]) + tie
            keys.append([
                Formula(f'IF({points}="","",{points}+{size - place}*{_TIE:.9f})', key),
                Formula(f"{lost}+{size - place}*{_TIE:.9f}", _number(row["Lost weight"]) + tie),
            ])  # fmt: skip
        headers = (("points", "1", "Data number"), ("lost", "2", "Data number"))
        self._block("keys", headers, keys)
        self._block("places", (("points", "1", "Data count"), ("lost", "2", "Data count")), self._places(keys))

    def _places(self, keys: Sequence[Sequence[Content]]) -> list[list[Content]]:
        """Rows of the model: the largest points for, then against; the most weight lost."""
        areas = {name: f"{self.cell('keys', name, 0)}:{self.cell('keys', name, len(keys) - 1).split('!')[1]}"
                 for name in ("points", "lost")}  # fmt: skip
        ranked = sorted(
            ((_number(row[0].value), place) for place, row in enumerate(keys, start=1)
             if isinstance(row[0], Formula) and row[0].value != ""), reverse=True,
        )  # fmt: skip
        least = (len(keys) + 1) * _TIE
        lost = sorted(((_number(row[1].value), place) for place, row in enumerate(keys, start=1)
                       if isinstance(row[1], Formula)), reverse=True)  # fmt: skip
        rows: list[list[Content]] = []
        for number in range(max(2 * MOVERS, GAPS)):
            cells: list[Content] = []
            is_up, rank = number < MOVERS, number % MOVERS + 1
            order = ranked if is_up else ranked[::-1]
            best = order[rank - 1] if len(order) >= rank else None
            limit = f">{least!r}" if is_up else f"<-{least!r}"
            pick = f"{'LARGE' if is_up else 'SMALL'}({areas['points']},{rank})"
            counts = best is not None and (best[0] > least if is_up else best[0] < -least)
            value: Known = best[1] if counts and best else ""
            cells.append(Formula(f'IF(COUNT({areas["points"]})<{rank},"",IF({pick}{limit},'
                                 f'MATCH({pick},{areas["points"]},0),""))', value))  # fmt: skip
            gap = lost[number] if number < len(lost) else (0.0, 0)
            pick, value = f"LARGE({areas['lost']},{number + 1})", gap[1] if gap[0] > least else ""
            cells.append(Formula(f'IF(COUNT({areas["lost"]})<{number + 1},"",IF({pick}>{least!r},'
                                 f'MATCH({pick},{areas["lost"]},0),""))', value))  # fmt: skip
            rows.append(cells)
            for name, cell in zip(("points", "lost"), cells, strict=True):
                self.places[name].append(cell.value if isinstance(cell, Formula) and isinstance(cell.value, int) else 0)
        return rows


def _months(content: SnapshotContent) -> list[dt.date]:
    """Month-ends from publication to the last review date, at least two years and past the day of the score."""
    published = content.thesis.published
    last = max((*content.thesis.review_dates, published))
    first = to_day(published).astype("datetime64[M]")
    count = max(_LEAST_MONTHS, int((to_day(last).astype("datetime64[M]") - first).astype(int)) + 1)
    return [to_date(day) for day in month_ends(np.array([later(first, step, "M") for step in range(count)]))]


def _month_end(day: dt.date) -> dt.date:
    return to_date(month_ends(np.array([to_day(day).astype("datetime64[M]")]))[0])


def _month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
