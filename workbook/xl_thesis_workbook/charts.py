"""The dashboard's charts: real ones, over cells, with axes that every program draws."""

from __future__ import annotations

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines, DateAxis
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook.layout import BLUE, GREY, LINE, NAVY, ORANGE


def history_chart(sheet: Worksheet, first: int, last: int, reach: float) -> LineChart:
    """The score over time, bold since publication, with the neutral line.

    ``first`` and ``last`` are rows of the history table; the axis shows ``reach`` points on either side of 50.
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
    chart.x_axis = DateAxis(crossAx=100)
    chart.x_axis.number_format = "yyyy"
    chart.x_axis.majorTimeUnit = "years"
    chart.x_axis.majorUnit = 2
    chart.x_axis.baseTimeUnit = "months"
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.crossAx = 500
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 50 - reach, 50 + reach
    chart.y_axis.majorUnit = 10
    chart.y_axis.number_format = "0"
    chart.legend = None
    _plain(chart)
    return chart


def points_chart(sheet: Worksheet, label_column: int, points_column: int, first: int, last: int) -> BarChart:
    """Points of each pillar: to the right for the thesis, to the left against it.

    ``points_column`` holds the points for and the column after it those against, so that colour does not rely on
    features that some programs ignore.
    """
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "clustered", 100, 55
    for column, colour in ((points_column, BLUE), (points_column + 1, ORANGE)):
        chart.add_data(Reference(sheet, min_col=column, min_row=first, max_row=last))
        series = chart.series[-1]
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
        series.graphicalProperties.line.noFill = True
        series.invertIfNegative = False
        series.dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
        series.dLbls.numFmt = "+0.0;-0.0;;"
        series.dLbls.txPr = _text(900, NAVY)
    chart.set_categories(Reference(sheet, min_col=label_column, min_row=first, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.number_format = "+0;-0;0"
    chart.y_axis.crosses = "max"
    chart.legend = None
    chart.visible_cells_only = False
    _plain(chart)
    return chart


def _plain(chart: LineChart | BarChart) -> None:
    """Thin grid, small grey labels, no frame; axes are said to exist, since some programs hide them otherwise."""
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _text(900, GREY)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=LINE))
        axis.majorTickMark = "none"
        axis.title = None
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="E5E7EB", w=6_350)))
    chart.x_axis.majorGridlines = None
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.roundedCorners = False


def _text(size: int, colour: str) -> RichText:
    properties = CharacterProperties(sz=size, solidFill=colour, latin=None)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])
