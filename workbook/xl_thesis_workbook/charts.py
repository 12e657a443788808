"""The dashboard's charts: real ones, over cells, with axes that every program draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines, DateAxis
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.series import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook.layout import BLUE, FONT, GREY, LINE, NAVY, ORANGE, POINTS

_NEUTRAL = 50
_GRID = "E5E7EB"
_LONG_YEARS = 10  # shorter histories are labelled each year
_NO_OTHER_LABELS = {"showSerName": False, "showCatName": False, "showLegendKey": False, "showPercent": False}


class _DescribedAnchor(TwoCellAnchor):  # type: ignore[misc]
    """Whole cells, so that a chart keeps its place on every screen, with a name and a description to read aloud."""

    __elements__ = TwoCellAnchor.__elements__
    __attrs__ = TwoCellAnchor.__attrs__

    def __init__(self, name: str, description: str, **parts: Any) -> None:
        self._words = name, description
        super().__init__(editAs="twoCell", **parts)

    def __setattr__(self, attribute: str, value: Any) -> None:
        if attribute == "graphicFrame" and value is not None:  # openpyxl makes the frame when it saves
            words = value.nvGraphicFramePr.cNvPr
            words.name, words.descr = self._words
        super().__setattr__(attribute, value)


def place(
    sheet: Worksheet, chart: BarChart | LineChart, corners: tuple[int, int, int, int], name: str, description: str
) -> None:
    """Put a chart over the cells from (left, top) to (right, bottom); ``description`` is its alternative text."""
    left, top, right, bottom = corners
    start, end = AnchorMarker(col=left - 1, row=top - 1), AnchorMarker(col=right, row=bottom)
    chart.anchor = _DescribedAnchor(name, description, _from=start, to=end)
    sheet.add_chart(chart)


def history_chart(
    sheet: Worksheet, first: int, last: int, *, reach: float, years: float, is_published: bool
) -> LineChart:
    """The score over time, bold since publication, with the neutral line and the last value in figures.

    ``first`` and ``last`` are rows of the history table, over so many ``years``; the axis shows ``reach`` points on
    either side of 50; ``is_published`` says whether the last row is one since publication.
    """
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=2, max_col=4, min_row=first - 1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=last))
    lines = ((GREY, 12_700), (BLUE, 34_925), (GREY, 9_525))
    for series, (colour, width) in zip(chart.series, lines, strict=True):
        series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=width))
        series.marker.symbol = "none"
        series.smooth = False
    chart.series[2].graphicalProperties.line.dashStyle = "dash"
    chart.series[1 if is_published else 0].dLbls = _last_label(last - first, BLUE if is_published else GREY)
    chart.x_axis = DateAxis(crossAx=100)
    chart.x_axis.number_format = "yyyy"
    chart.x_axis.majorTimeUnit, chart.x_axis.baseTimeUnit = "years", "months"
    chart.x_axis.majorUnit = 2 if years > _LONG_YEARS else 1
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.crossAx = 500
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = _NEUTRAL - reach, _NEUTRAL + reach
    chart.y_axis.majorUnit = 10
    chart.y_axis.number_format = "0"
    chart.layout = _inner(x=0.028, y=0.16, w=0.93, h=0.72)
    return chart


def _last_label(position: int, colour: str) -> DataLabelList:
    """The last value of a line in figures, and no other."""
    words = _text(1000, colour, bold=True)
    label = DataLabel(idx=position, dLblPos="r", numFmt=POINTS, txPr=words, showVal=True, **_NO_OTHER_LABELS)
    return DataLabelList(dLbl=[label], showVal=False, **_NO_OTHER_LABELS)


def pillar_chart(sheet: Worksheet, first: int, last: int, scores: Sequence[float | None]) -> BarChart:
    """Score of each pillar as a bar from 50: to the right for the thesis, to the left against it.

    Rows ``first`` to ``last`` hold titles in column 1 and ``scores`` in column 3.
    """
    chart = BarChart()
    chart.type, chart.grouping, chart.gapWidth = "bar", "clustered", 60
    chart.add_data(Reference(sheet, min_col=3, min_row=first, max_row=last))
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=last))
    bars = chart.series[0]
    bars.invertIfNegative = False
    bars.graphicalProperties = _filled(BLUE)
    for row, score in enumerate(scores):
        if score is not None and score < _NEUTRAL:
            bars.dPt.append(DataPoint(idx=row, invertIfNegative=False, spPr=_filled(ORANGE)))
    bars.dLbls = DataLabelList(showVal=True, numFmt=POINTS, txPr=_text(900, NAVY), **_NO_OTHER_LABELS)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblPos = "low"
    chart.x_axis.crosses, chart.x_axis.crossesAt = None, _NEUTRAL
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.majorUnit = 0, 100, 25
    chart.y_axis.number_format = "0"
    chart.y_axis.crosses = "max"
    chart.layout = _inner(x=0.47, y=0.13, w=0.49, h=0.75)
    return chart


def _inner(**edges: float) -> Layout:
    """The plot without its labels, as shares of the chart: no text can push it aside."""
    return Layout(manualLayout=ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", **edges))


def finish(chart: LineChart | BarChart, title: str) -> None:
    """Title on the left, thin grid, small grey labels, no frame.

    Axes are said to exist, since some programs hide them otherwise.
    """
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _text(900, GREY)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=LINE))
        axis.majorTickMark = "none"
        axis.title = None
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=_GRID, w=6_350)))
    chart.x_axis.majorGridlines = None
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.roundedCorners = False
    chart.legend = None
    chart.display_blanks = "gap"
    words = RegularTextRun(rPr=_font(1100, NAVY, bold=True), t=title)
    chart.title = Title(
        tx=Text(rich=RichText(p=[Paragraph(r=[words])])),
        layout=Layout(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.008, y=0.01)),
        overlay=False,
    )


def _filled(colour: str) -> GraphicalProperties:
    properties = GraphicalProperties(solidFill=colour)
    properties.line.noFill = True
    return properties


def _font(size: int, colour: str, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=colour, latin=Font(typeface=FONT))


def _text(size: int, colour: str, *, bold: bool = False) -> RichText:
    properties = _font(size, colour, bold=bold)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])
