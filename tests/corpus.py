"""Workbooks of other people's making: every kind of content, from many programs, each made anew for the tests."""

from __future__ import annotations

import functools
import io
import json
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import excelize as xl
import openpyxl
import pyexcelerate
import rustpy_xlsxwriter
import xlsxwriter

Maker = Callable[[], bytes]
MAKERS: dict[str, Maker] = {}


def maker(function: Maker) -> Maker:
    MAKERS[function.__name__] = function
    return function


def picture() -> bytes:
    """A small PNG."""
    rows = b"".join(b"\0" + bytes(range(24)) for _ in range(8))

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _excelize(fill: Callable[[xl.File], object]) -> bytes:
    """A workbook by excelize with a block of words and numbers at A1:D9, and what ``fill`` adds."""
    book = xl.new_file()
    book.set_sheet_row("Sheet1", "A1", ["Region", "Kind", "Year", "Sales"])
    for row in range(2, 10):
        book.set_sheet_row("Sheet1", f"A{row}", [f"Region {row % 3}", f"Kind {row % 2}", 2015 + row, row * 12.5])
    fill(book)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        book.save_as(str(path))
        book.close()
        return path.read_bytes()


def _with(name: str, fill: Callable[[xl.File], object]) -> None:
    MAKERS[f"excelize_{name}"] = functools.partial(_excelize, fill)


SERIES = [xl.ChartSeries(name="Sheet1!$D$1", categories="Sheet1!$A$2:$A$9", values="Sheet1!$D$2:$D$9")]


def _table(book: xl.File) -> None:
    book.add_table("Sheet1", xl.Table(range="A1:D9", name="Theirs", style_name="TableStyleMedium2"))


def _pivot(book: xl.File) -> None:
    book.new_sheet("Pivot")
    book.add_pivot_table(xl.PivotTableOptions(
        data_range="Sheet1!A1:D9", pivot_table_range="Pivot!A3:F20", rows=[xl.PivotTableField(data="Region")],
        columns=[xl.PivotTableField(data="Kind")], data=[xl.PivotTableField(data="Sales", subtotal="Sum")],
    ))  # fmt: skip


def _slicer(book: xl.File) -> None:
    _table(book)
    book.add_slicer("Sheet1", xl.SlicerOptions(name="Region", cell="F2", table_sheet="Sheet1", table_name="Theirs"))


def _controls(book: xl.File) -> None:
    for row, kind in enumerate(
        (xl.FormControlType.FormControlButton, xl.FormControlType.FormControlCheckBox,
         xl.FormControlType.FormControlSpinButton, xl.FormControlType.FormControlScrollBar), start=12
    ):  # fmt: skip
        book.add_form_control("Sheet1", xl.FormControl(cell=f"A{row}", type=kind, text="press", width=80, height=20))


def _conditions(book: xl.File) -> None:
    for column, kind in (
        ("C", xl.ConditionalFormatOptions(type="data_bar", min_type="min", max_type="max", bar_color="#638EC6",
                                          criteria="=", bar_solid=True)),
        ("D", xl.ConditionalFormatOptions(type="icon_set", icon_style="3Arrows")),
        ("B", xl.ConditionalFormatOptions(type="2_color_scale", criteria="=", min_type="min", max_type="max",
                                          min_color="#F8696B", max_color="#63BE7B")),
    ):  # fmt: skip
        book.set_conditional_format("Sheet1", f"{column}2:{column}9", [kind])


def _validations(book: xl.File) -> None:
    book.add_data_validation("Sheet1", xl.DataValidation(
        sqref="F1:F9", type="list", formula1='"yes,no"', allow_blank=True, show_error_message=True))  # fmt: skip


def _rich(book: xl.File) -> None:
    bold, red = xl.Font(bold=True), xl.Font(color="FF0000")
    runs = [xl.RichTextRun(text="bold <&> ", font=bold), xl.RichTextRun(text="red", font=red)]
    book.set_cell_rich_text("Sheet1", "F3", runs)
    book.merge_cell("Sheet1", "F5", "H6")
    book.set_cell_hyperlink("Sheet1", "A2", "https://example.org/?a=1&b=2", "External")
    book.set_cell_formula("Sheet1", "F8", 'SUM(D2:D9)&"<x>"')


def _layout(book: xl.File) -> None:
    book.set_panes("Sheet1", xl.Panes(freeze=True, x_split=1, y_split=1, top_left_cell="B2", active_pane="bottomRight"))
    book.set_header_footer("Sheet1", xl.HeaderFooterOptions(odd_header='&C&"Arial"Title', odd_footer="&P"))
    book.set_col_outline_level("Sheet1", "C", 2)
    book.protect_sheet("Sheet1", xl.SheetProtectionOptions(password="secret", select_locked_cells=True))
    book.set_defined_name(xl.DefinedName(name="Sales", refers_to="Sheet1!$D$2:$D$9"))


def _several(book: xl.File) -> None:
    for name in ("Second", "O'Brien & Söhne", "資料"):
        book.new_sheet(name)
        book.set_cell_value(name, "B2", name)
    book.set_sheet_visible("Second", False)
    book.set_custom_props(xl.CustomProperty(name="Client", value="Ann"))


def _everything(book: xl.File) -> None:
    for part in (_slicer, _pivot, _controls, _conditions, _validations, _rich, _layout, _several, _drawings):
        part(book)


def _drawings(book: xl.File) -> None:
    book.add_picture_from_bytes("Sheet1", "H12", xl.Picture(extension=".png", file=picture()))
    book.add_shape("Sheet1", xl.Shape(cell="H20", type="rect", width=80, height=40))
    book.add_comment("Sheet1", xl.Comment(cell="D3", author="Ann", text="looks high"))
    book.add_chart("Sheet1", "J2", xl.Chart(type=xl.ChartType.Line, series=SERIES))


_with("plain", lambda book: book.set_cell_value("Sheet1", "F2", "a word"))
_with("table", _table)
_with("pivot", _pivot)
_with("slicer", _slicer)
_with("controls", _controls)
_with("conditions", _conditions)
_with("validations", _validations)
_with("rich", _rich)
_with("layout", _layout)
_with("several", _several)
_with("drawings", _drawings)
_with("everything", _everything)
_with("sparklines", lambda book: book.add_sparkline(
    "Sheet1", xl.SparklineOptions(location=["F2"], range=["Sheet1!D2:D9"], markers=True)))  # fmt: skip
_with("chart_sheet", lambda book: book.add_chart_sheet("Chart1", xl.Chart(type=xl.ChartType.Col, series=SERIES)))
for _kind in ("Pie", "Scatter", "Radar", "AreaStacked", "Bar3DClustered", "Doughnut"):
    _with(f"chart_{_kind}", lambda book, kind=_kind: book.add_chart(
        "Sheet1", "F2", xl.Chart(type=getattr(xl.ChartType, kind), series=SERIES)))  # fmt: skip


@maker
def pyexcelerate_plain() -> bytes:
    book, buffer = pyexcelerate.Workbook(), io.BytesIO()
    book.new_sheet("Data", data=[["a", 1, 2.5], ["<&>", True, None], ["=1+1", -3, 1e-9]] * 20)
    book.new_sheet("More", data=[[row * column for column in range(30)] for row in range(30)])
    book._save(buffer)
    return buffer.getvalue()


@maker
def pyexcelerate_styled() -> bytes:
    book, buffer = pyexcelerate.Workbook(), io.BytesIO()
    sheet = book.new_sheet("Styled")
    sheet.set_cell_value(2, 2, "bold")
    sheet.set_cell_style(2, 2, pyexcelerate.Style(font=pyexcelerate.Font(bold=True)))
    sheet.set_cell_value(40, 60, 1.25)
    sheet.range("A5", "B6").merge()
    book._save(buffer)
    return buffer.getvalue()


@maker
def rust_records() -> bytes:
    return _rust([{"name": f"row {row}", "value": row * 1.5, "flag": row % 2 == 0} for row in range(50)])


@maker
def rust_words() -> bytes:
    return _rust([{"a": "=1+1", "b": "<&>\"'"}, {"a": "第二", "b": " leading"}])


def _rust(records: list[dict[str, object]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        rustpy_xlsxwriter.write_worksheet(records, str(path))
        return path.read_bytes()


def _xlsxwriter(fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], object]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Sheet1")
    sheet.write_column("A1", ["Year", *range(2000, 2012)])
    sheet.write_column("B1", ["Sales", *(year * 1.5 for year in range(12))])
    fill(book, sheet)
    book.close()
    return buffer.getvalue()


@maker
def xlsxwriter_everything() -> bytes:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Sheet1!$B$2:$B$13"})
        sheet.insert_chart("D2", chart)
        sheet.insert_image("D20", "picture.png", {"image_data": io.BytesIO(picture())})
        sheet.insert_textbox("H20", "a word")
        sheet.insert_button("H24", {"caption": "press"})
        sheet.insert_checkbox("C3", True)
        sheet.add_sparkline("C2", {"range": "Sheet1!B2:B13"})
        sheet.write_comment("B3", "why")
        sheet.add_table("L2:M5", {"name": "Theirs", "total_row": True})
        sheet.conditional_format("B2:B13", {"type": "data_bar", "data_bar_2010": True})
        sheet.data_validation("C5", {"validate": "list", "source": ["a", "b"]})
        sheet.write_dynamic_array_formula("C8", "=SORT(B2:B4)")
        sheet.embed_image("C15", "embedded.png", {"image_data": io.BytesIO(picture())})
        sheet.set_background(io.BytesIO(picture()))

    return _xlsxwriter(fill)


@maker
def xlsxwriter_filtered() -> bytes:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.autofilter("A1:B13")
        sheet.filter_column("A", "x > 2004")
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.write_array_formula("D2:D4", "{=B2:B4*2}")
        chart = book.add_chart({"type": "pie"})
        chart.add_series({"values": "=Sheet1!$B$2:$B$13"})
        book.add_chartsheet("Chart").set_chart(chart)
        book.define_name("Sales", "=Sheet1!$B$2:$B$13")

    return _xlsxwriter(fill)


@maker
def openpyxl_plain() -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active["B2"], book.active["B3"] = "word", "=1+1"
    book.create_chartsheet("Chart")
    book.save(buffer)
    return buffer.getvalue()


BY_NODE = """
const ExcelJS = require('exceljs'), XLSX = require('xlsx'), folder = process.argv[2];
async function run() {
  for (const kind of ['plain', 'rich', 'table']) {
    const book = new ExcelJS.Workbook(), sheet = book.addWorksheet('Sheet1', {views: [{state: 'frozen', ySplit: 1}]});
    sheet.columns = [{header: 'Name', key: 'name', width: 20}, {header: 'Value', key: 'value'}];
    for (let row = 0; row < 20; row++) sheet.addRow({name: 'row ' + row, value: row / 7});
    if (kind == 'rich') {
      sheet.getCell('D3').value = {richText: [{font: {bold: true}, text: 'bold'}, {text: ' plain'}]};
      sheet.getCell('D4').value = {formula: 'SUM(B2:B21)', result: 10};
      sheet.getCell('D5').note = 'a note';
      sheet.getCell('D6').dataValidation = {type: 'list', formulae: ['"a,b"']};
      sheet.mergeCells('D8:F9');
      sheet.addConditionalFormatting({ref: 'B2:B21', rules: [{type: 'colorScale', cfvo: [{type: 'min'}, {type: 'max'}],
        color: [{argb: 'FFF8696B'}, {argb: 'FF63BE7B'}]}]});
    }
    if (kind == 'table') sheet.addTable({name: 'Theirs', ref: 'D2', headerRow: true,
      columns: [{name: 'A'}, {name: 'B'}], rows: [[1, 2], [3, 4]]});
    await book.xlsx.writeFile(`${folder}/exceljs_${kind}.xlsx`);
  }
  for (const options of [{bookSST: true}, {bookSST: false}, {compression: true}]) {
    const book = XLSX.utils.book_new();
    const rows = [['Name', 'Value', 'Day'], ['<&>', 0.1, new Date(2024, 1, 29)], ['', null, true]];
    XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows, {cellDates: true}), 'First');
    XLSX.utils.book_append_sheet(book, XLSX.utils.json_to_sheet([{a: 1, b: 'x'}]), 'Second');
    XLSX.writeFile(book, `${folder}/sheetjs_${Object.keys(options)[0]}_${Object.values(options)[0]}.xlsx`, options);
  }
}
run();
"""


def by_node(node: str, folder: Path) -> dict[str, bytes]:
    """Workbooks by the npm packages exceljs and xlsx."""
    script = folder / "make.js"
    script.write_text(BY_NODE)
    subprocess.run([node, str(script), str(folder)], check=True, capture_output=True, timeout=120)
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.xlsx"))}


HTML = "<table><tr><th>Name</th><th>Value</th></tr><tr><td>a &amp; b</td><td>1.5</td></tr></table>"
CSV = 'Name,Value,Day\n"a,b",1.5,2024-02-29\n=1+1,2,2024-03-01\n'


def by_libreoffice(office: str, folder: Path, books: dict[str, bytes]) -> dict[str, bytes]:
    """The same workbooks as LibreOffice saves them, and some from other formats."""
    source, target = folder / "in", folder / "out"
    source.mkdir()
    (source / "from_html.html").write_text(HTML)
    (source / "from_csv.csv").write_text(CSV)
    for name, data in books.items():
        (source / f"{name}.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = sorted(str(path) for path in source.iterdir())
    kind = "xlsx:Calc MS Excel 2007 XML"
    command = [office, profile, "--headless", "--calc", "--convert-to", kind, "--outdir", str(target), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return {f"libreoffice_{path.stem}": path.read_bytes() for path in sorted(target.glob("*.xlsx"))}


def validator_faults(validator: str, path: Path) -> list[str]:
    """What Microsoft's validator says, without the places, which move."""
    done = subprocess.run([validator, str(path)], capture_output=True, text=True, timeout=120)
    return [item["description"] for item in json.loads(done.stdout)["errors"]]


@functools.cache
def has_node_packages() -> bool:
    """Whether node finds exceljs and xlsx, by NODE_PATH."""
    node = shutil.which("node")
    code = "require('exceljs'); require('xlsx')"
    return bool(node) and subprocess.run([str(node), "-e", code], capture_output=True).returncode == 0
