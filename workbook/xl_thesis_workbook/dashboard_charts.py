"""The four charts of the dashboard, and what they say to those who cannot see them."""

from __future__ import annotations

import numpy as np
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook import charts
from xl_thesis_workbook import dashboard_words as say
from xl_thesis_workbook.chart_data import ChartData
from xl_thesis_workbook.charts import Line
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.draft import Draft
from xl_thesis_workbook.figures import Figures
from xl_thesis_workbook.page import LEFT, RIGHT
from xl_thesis_workbook.styles import BLUE, GREY, NAVY


class Charts:
    """Two rows of two charts, over the sheet of chart data."""

    def __init__(self, draft: Draft, content: SnapshotContent, found: Figures, data: ChartData) -> None:
        self.draft, self.content, self.found, self.data = draft, content, found, data

    def place(self, sheet: Worksheet, upper: tuple[int, int], lower: tuple[int, int]) -> None:
        """Draw all of them; rows are (first, last)."""
        source, zones = self.data.sheet, self.data.zones
        pillars = charts.pillar_chart(source, zones["pillars"])
        charts.finish(pillars, self.draft.say(say.PILLAR_CHART), across=self.draft.say(say.POINTS_AXIS), has_grid=False)
        self._put(sheet, pillars, LEFT, upper, "Pillars", self._pillars_aloud())
        neutral = Line("neutral", GREY, 9_525, "dash")
        lines = (neutral, Line("score", NAVY, 31_750), Line("review", NAVY, 0, marker="diamond"))
        since = charts.zoned_chart(source, zones["since"], lines, years=len(self.data.months) / 12, with_zones=True)
        month, score = self.draft.say(say.MONTH_AXIS), self.draft.say(say.SCORE_AXIS)
        charts.finish(since, self.draft.say(say.SINCE_CHART), across=month, up=score)
        labels = len(self.content.thesis.labels)
        charts.keep_legend(since, [labels])
        self._put(sheet, since, RIGHT, upper, "Since publication", self._since_aloud())
        lines = (neutral, Line("before", GREY, 15_875), Line("since", BLUE, 31_750))
        days = self.content.panel.days
        years = float((days[-1] - days[0]).astype(int)) / 365
        history = charts.zoned_chart(source, zones["history"], lines, years=years, with_zones=False)
        charts.finish(history, self.draft.say(say.HISTORY_CHART), across=month, up=score)
        charts.keep_legend(history, [*range(labels), labels])
        self._put(sheet, history, LEFT, lower, "Score history", self._history_aloud())
        if self.data.moves:
            names = [item.id for item, _ in self.data.moves]
            moves = charts.moves_chart(source, zones["moves"], names, years=len(self.data.months) / 12)
            charts.finish(moves, self.draft.say(say.MOVES_CHART), across=month, up=self.draft.say(say.MOVES_AXIS))
            charts.keep_legend(moves, [0])
            self._put(sheet, moves, RIGHT, lower, "Moves since publication", self._moves_aloud())

    def _put(
        self, sheet: Worksheet, chart: charts.Chart, side: tuple[int, int], rows: tuple[int, int], name: str, aloud: str
    ) -> None:
        day = self.draft.say(say.ALT_DAY, day=self.content.evaluation.as_of)  # no formula can bring words up to date
        charts.place(sheet, chart, (side[0], rows[0], side[1], rows[1]), name, f"{aloud}{day}")

    def _pillars_aloud(self) -> str:
        listed = "; ".join(
            f"{pillar.title.in_language(self.draft.language)} {row['Points']:+.1f}"
            if isinstance(row["Points"], float)
            else f"{pillar.title.in_language(self.draft.language)} {self.draft.say(say.NOT_PUBLISHED)}"
            for pillar, row in zip(self.content.thesis.pillars, self.found.pillars, strict=True)
        )
        return self.draft.say(say.ALT_PILLARS, listed=listed)

    def _last(self) -> str:
        score = self.content.evaluation.score
        return self.draft.say(say.NONE_KNOWN) if score is None else f"{score:.1f}"

    def _since_aloud(self) -> str:
        return self.draft.say(say.ALT_SINCE, first=f"{self.content.thesis.published:%Y-%m}", last=self._last())

    def _history_aloud(self) -> str:
        scores = self.content.history["whole"].score
        known = scores[np.isfinite(scores)]
        low, high = (f"{known.min():.1f}", f"{known.max():.1f}") if len(known) else (self._last(), self._last())
        first, end = (str(self.content.panel.days[place].astype("datetime64[M]")) for place in (0, -1))
        return self.draft.say(say.ALT_HISTORY, first=first, end=end, low=low, high=high, last=self._last())

    def _moves_aloud(self) -> str:
        listed = "; ".join(item.title.in_language(self.draft.language) for item, _ in self.data.moves)
        return self.draft.say(say.ALT_MOVES, listed=listed)
