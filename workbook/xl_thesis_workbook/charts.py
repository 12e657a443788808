"""The dashboard's charts: real ones, over cells, with axes that every program draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines, DateAxis
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.legend import Legend, LegendEntry
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis_workbook.cells import clean_text
from xl_thesis_workbook.chart_data import Zone
from xl_thesis_workbook.styles import BLUE, CHINESE_FONT, FONT, GREY, LINE, NAVY, ORANGE

Chart = BarChart | LineChart
_GRID = "E5E7EB"
_LONG_YEARS, _SHORT_YEARS = 10, 5  # labels every two years, every year, every half-year
_HIDDEN = ";;;"  # a number format that shows nothing
_UPWARDS = -5_400_000  # a quarter turn to the left, in 60,000ths of a degree
_COLOURS = (BLUE, ORANGE, "009E73", "CC79A7")
_DASHES = ("solid", "sysDash", "lgDash", "sysDot")


@dataclass(frozen=True, slots=True)
class Line:
    """How a column is drawn: colour, width in thousandths of a point times 12.7, dashes, marker."""

    name: str
    colour: str
    width: int
    dash: str = "solid"
    marker: str = "none"


class _DescribedAnchor(TwoCellAnchor):  # type: ignore[misc]
    """Whole cells, so that a chart keeps its place on every screen, with a name and a description to read aloud."""

    __elements__ = TwoCellAnchor.__elements__
    __attrs__ = TwoCellAnchor.__attrs__

    def __init__(self, name: str, description: str, **parts: Any) -> None:
        self._words = name, clean_text(description)
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


def pillar_chart(sheet: Worksheet, zone: Zone) -> BarChart:
    """Points of each pillar as a bar from zero: to the right for the thesis, to the left against it.

    The points stand beside the names, so the axis needs no numbers.
    """
    chart = BarChart()
    chart.type, chart.grouping, chart.gapWidth, chart.overlap = "bar", "clustered", 55, 100
    _add(chart, sheet, zone, "title", ("for", "against"))
    for series, colour in zip(chart.series, (BLUE, ORANGE), strict=True):
        series.invertIfNegative = False
        series.graphicalProperties = _filled(colour)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.number_format = _HIDDEN
    chart.layout = _inner(x=0.5, y=0.12, w=0.46, h=0.77)
    return chart


def zoned_chart(sheet: Worksheet, zone: Zone, lines: Sequence[Line], *, years: float, with_zones: bool) -> BarChart:
    """Lines over the zones of the labels, which follow the limits on the sheet of inputs; 0 to 100.

    ``with_zones``: the legend below names them, and takes a second line.
    """
    chart = BarChart()
    chart.type, chart.grouping, chart.gapWidth, chart.overlap = "col", "stacked", 0, 100
    names = [name for name in zone.columns if name.startswith("zone ")]
    _add(chart, sheet, zone, "date", names)
    for series, colour in zip(chart.series, _shades(len(names)), strict=True):
        series.graphicalProperties = _filled(colour)
        series.invertIfNegative = False
    over = LineChart()
    _add(over, sheet, zone, "date", [line.name for line in lines])
    for series, line in zip(over.series, lines, strict=True):
        _draw(series, line)
    chart += over
    for each in (chart, over):
        _time_axis(each, years)
        each.y_axis.scaling.min, each.y_axis.scaling.max, each.y_axis.majorUnit = 0, 100, 25
        each.y_axis.number_format = "0"
    chart.layout = _inner(x=0.09, y=0.12, w=0.88, h=0.53 if with_zones else 0.66)
    return chart


def moves_chart(sheet: Worksheet, zone: Zone, names: Sequence[str], *, years: float) -> BarChart:
    """Lines around zero."""
    chart = BarChart()  # of nothing but zeros: beside bars LibreOffice leaves gaps in lines, alone it draws zeros
    _add(chart, sheet, zone, "date", ["zero"])
    over = LineChart()
    _add(over, sheet, zone, "date", names)
    for series, colour, dash in zip(over.series, _COLOURS, _DASHES, strict=False):
        _draw(series, Line("", colour, 25_400, dash))
    chart += over
    for each in (chart, over):
        _time_axis(each, years)
        each.y_axis.number_format = "+0.0;-0.0;0"
    chart.layout = _inner(x=0.1, y=0.12, w=0.87, h=0.55)
    return chart


def keep_legend(chart: BarChart | LineChart, hidden: Sequence[int]) -> None:
    """A legend below the plot without the series that need no name, given by their place."""
    chart.legend = Legend()
    chart.legend.position = "b"
    chart.legend.legendEntry = [LegendEntry(idx=number, delete=True) for number in hidden]
    chart.legend.txPr = _text(900, GREY)
    chart.legend.overlay = False


def _add(chart: BarChart | LineChart, sheet: Worksheet, zone: Zone, labels: str, names: Sequence[str]) -> None:
    for name in names:
        column = zone.columns[name]
        data = Reference(sheet, min_col=column, min_row=zone.first - 1, max_row=zone.last)
        chart.add_data(data, titles_from_data=True)
    place = Reference(sheet, min_col=zone.columns[labels], min_row=zone.first, max_row=zone.last)
    chart.set_categories(place)
    if labels != "date":
        for series in chart.series:
            series.cat = AxDataSource(strRef=StrRef(f=str(place)))


def _draw(series: Any, line: Line) -> None:
    """A line, or where its width is 0 its markers alone."""
    drawn = LineProperties(solidFill=line.colour, w=line.width) if line.width else LineProperties(noFill=True)
    if line.dash != "solid":
        drawn.dashStyle = line.dash
    series.graphicalProperties = GraphicalProperties(ln=drawn)
    series.smooth = False
    series.marker.symbol = line.marker
    if line.marker != "none":
        series.marker.size = 8
        series.marker.graphicalProperties = _filled(line.colour)


def _time_axis(chart: BarChart | LineChart, years: float) -> None:
    chart.x_axis = DateAxis(crossAx=100)
    is_long = years > _LONG_YEARS
    chart.x_axis.number_format = "yyyy" if years > _SHORT_YEARS else "yyyy-mm"
    chart.x_axis.majorTimeUnit = "years" if years > _SHORT_YEARS else "months"
    chart.x_axis.baseTimeUnit = "months"
    chart.x_axis.majorUnit = 2 if is_long else 1 if years > _SHORT_YEARS else 6
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.crossAx = 500


def _shades(count: int) -> list[str]:
    """Pale colours from against the thesis to for it, through grey."""
    against, neutral, pro = ("F9D9C6", "FCEDE3"), "F3F4F6", ("E1EEF6", "C3DDEE")
    half = count // 2
    below = [against[min(place, 1)] for place in range(half)]
    above = [pro[1 - min(place, 1)] for place in range(half)][::-1]
    return [*below, *([neutral] if count % 2 else []), *above]


def _inner(**edges: float) -> Layout:
    """The plot without its labels, as shares of the chart: no text can push it aside."""
    return Layout(manualLayout=ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", **edges))


def finish(chart: LineChart | BarChart, title: str, *, across: str, up: str = "", has_grid: bool = True) -> None:
    """Title on the left, thin grid, small grey labels, no frame; ``across`` and ``up`` are the titles of the axes.

    Axes are said to exist, since some programs hide them otherwise.
    """
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _text(900, GREY)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=LINE))
        axis.majorTickMark = "none"
        axis.title = None
    if isinstance(chart, BarChart) and chart.type == "bar":  # its values run across, under the right half
        chart.y_axis.title = _axis_title(across, _at(0.53, 0.925))
    else:
        chart.x_axis.title, chart.y_axis.title = _axis_title(across), _axis_title(up, turn=_UPWARDS)
    grid = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=_GRID, w=6_350)))
    chart.y_axis.majorGridlines = grid if has_grid else None
    if not has_grid:
        chart.y_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.x_axis.majorGridlines = None
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.roundedCorners = False
    chart.legend = None
    chart.display_blanks = "gap"
    run = RegularTextRun(rPr=_font(1100, NAVY, bold=True), t=title)
    chart.title = Title(
        tx=Text(rich=RichText(p=[Paragraph(r=[run])])),
        layout=_at(0.008, 0.01),
        overlay=False,
    )


def _axis_title(words: str, layout: Layout | None = None, *, turn: int = 0) -> Title:
    """Small grey words along an axis."""
    run = RegularTextRun(rPr=_font(900, GREY), t=words)
    body = RichTextProperties(rot=turn, vert="horz")
    return Title(tx=Text(rich=RichText(bodyPr=body, p=[Paragraph(r=[run])])), layout=layout, overlay=False)


def _at(x: float, y: float) -> Layout:
    """A place for words, as shares of the chart from its left and upper edge."""
    return Layout(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=x, y=y))


def _filled(colour: str) -> GraphicalProperties:
    properties = GraphicalProperties(solidFill=colour)
    properties.line.noFill = True
    return properties


def _font(size: int, colour: str, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(
        sz=size, b=bold, solidFill=colour, latin=Font(typeface=FONT), ea=Font(typeface=CHINESE_FONT)
    )


def _text(size: int, colour: str, *, bold: bool = False) -> RichText:
    properties = _font(size, colour, bold=bold)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])
