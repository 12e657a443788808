"""A thesis definition as a workbook that an analyst edits and gives back: one sheet and one table for each part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import BaseModel

from xl_thesis.catalogue import load_catalogue
from xl_thesis.definition import Thesis
from xl_thesis.errors import InputError
from xl_thesis.expressions import EXAMPLES
from xl_thesis.fields import Shape, fields_of
from xl_thesis.files import put_file
from xl_thesis_workbook.cells import Value, put
from xl_thesis_workbook.definition_layout import HELP, FieldColumn, Section, sections, to_cell
from xl_thesis_workbook.layout import Column
from xl_thesis_workbook.measure import height_of, lines_of
from xl_thesis_workbook.saving import book_bytes
from xl_thesis_workbook.styles import add_styles
from xl_thesis_workbook.tables import add_table, head

HEADER_ROW = 5
FORM_HEADERS = ("Field", "Value", "How to write it")
_SPARE_ROWS = 200
_LONGEST_LIST = 255
_LONGEST_TEXT = 32_767
_PAGE_WIDTH = 220
_FORMULA_STARTS = ("=", "+", "-", "@", "'")
_FORM_WIDTHS = (30, 90, 44)
_WIDTHS = {"text": 46, "expression": 42, "list": 30, "variant": 26, "word": 18, "date": 12, "flag": 11, "number": 9}
_NOTE = (
    "Change cells, add rows below, delete rows; leave the header as it is. `xl-thesis thesis import` reads the file"
    " back and names the cell of every fault."
)


_NOTE_INSIDE = (
    "Change cells, add rows below, delete rows; leave the header as it is. The buttons of the sheet Definition check it"
    " and calculate with it; so does `xl-thesis thesis import` of the saved file."
)


class _FittedRow(RowDimension):  # type: ignore[misc]
    """A row as high as its text needs, which a program may change when the text does."""

    customHeight = False  # noqa: N815 - the name that openpyxl writes


def definition_bytes(thesis: Thesis) -> bytes:
    """The workbook of a definition; the same definition gives the same bytes.

    Raises ``InputError`` where a text is too long for a cell.
    """
    return book_bytes(definition_workbook(thesis), f"{thesis.title.en}: definition", thesis.published)


def definition_workbook(thesis: Thesis, prefix: str = "") -> Workbook:
    """The workbook under way; ``prefix`` begins the title of each sheet, where others may have the plain one."""
    book = Workbook()
    add_styles(book)
    book.remove(book.active)
    for section in sections():
        sheet = book.create_sheet(f"{prefix}{section.title}")
        head(sheet, f"{thesis.title.en}: {section.title.lower()}", _NOTE_INSIDE if prefix else _NOTE)
        if section.is_form:
            _add_form(sheet, section, thesis)
        else:
            _add_rows(sheet, section, getattr(thesis, section.path[0]), prefix)
    _add_help(book.create_sheet(f"{prefix}{HELP}"))
    _add_catalogue(book.create_sheet(f"{prefix}Catalogue"))
    return book


def write_definition(thesis: Thesis, path: Path, *, force: bool = False) -> Path:
    """Write the workbook of a definition and return its path.

    Raises ``InputError`` where the file exists and ``force`` is not given, or cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"'{path.name}' must end in .xlsx")
    return put_file(path, definition_bytes(thesis), force=force)


def _add_form(sheet: Worksheet, section: Section, thesis: Thesis) -> None:
    """One row a field; a list takes one row an item."""
    rows: list[tuple[FieldColumn, Value]] = []
    for column in section.columns:
        value = _value_at(thesis, (*section.path, *column.path))
        items = value if column.is_list and value else [None if column.is_list else value]
        rows += [(column.item, _checked(to_cell(column.item, item), column, section)) for item in items]
    styles = ("Body wrap", "Body wrap", "Small")
    columns = [Column(*described) for described in zip(FORM_HEADERS, _FORM_WIDTHS, styles, strict=True)]
    lines = [[column.header, None, column.help] for column, _ in rows]
    last = add_table(sheet, section.table, columns, lines, row=HEADER_ROW)
    for row, (column, value) in enumerate(rows, start=HEADER_ROW + 1):
        _fill(sheet, row, 2, value, column)
        _offer(sheet, column.shape, f"B{row}")
    sheet.freeze_panes = f"B{HEADER_ROW + 1}"
    _page(sheet, last)


def _add_rows(sheet: Worksheet, section: Section, items: Sequence[Any], prefix: str) -> None:
    """One row an item, and above the header how each column is written."""
    columns = [Column(column.header, _width(column.shape), "Body") for column in section.columns]
    empty = [[None] * len(columns) for _ in items]
    last = add_table(sheet, section.table, columns, empty, row=HEADER_ROW)
    for number, column in enumerate(section.columns, start=1):
        put(sheet, HEADER_ROW - 1, number, column.help, "Small")
        for row, item in enumerate(items, start=HEADER_ROW + 1):
            value = _checked(to_cell(column, _value_at(item, column.path)), column, section)
            _fill(sheet, row, number, value, column)
        if not items:
            _fill(sheet, HEADER_ROW + 1, number, None, column)
        letter = get_column_letter(number)
        _offer(sheet, column.shape, f"{letter}{HEADER_ROW + 1}:{letter}{last + _SPARE_ROWS}", column.path, prefix)
    sheet.row_dimensions[HEADER_ROW - 1].height = 60
    sheet.freeze_panes = f"B{HEADER_ROW + 1}"
    _page(sheet, last)


def _width(shape: Shape) -> float:
    return 60 if shape.holds_rows else _WIDTHS.get(shape.kind, 16)


def _value_at(value: Any, path: Sequence[str]) -> Any:
    """The value of a field, None where a part of the way to it is."""
    for key in path:
        if value is None:
            return None
        if isinstance(value, dict):
            value = value.get(key)
        else:
            model: type[BaseModel] = type(value)
            value = getattr(value, next(field.name for field in fields_of(model) if field.key == key))
    return value


def _checked(value: Value, column: FieldColumn, section: Section) -> Value:
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        raise InputError(f"{section.title}: '{column.header}' is longer than the {_LONGEST_TEXT} characters of a cell")
    return value


def _fill(sheet: Worksheet, row: int, number: int, value: Value, column: FieldColumn) -> None:
    """Write a cell so that a program which edits it keeps text as text."""
    is_prose = column.shape.kind == "text" or column.lists_prose
    style = "Body date" if column.shape.kind == "date" else "Body wrap"
    cell = put(sheet, row, number, value, style)
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True
    if column.shape.kind in ("number", "whole number"):
        return
    if column.shape.kind != "date" and not is_prose and not isinstance(value, (bool, int, float)):
        cell.number_format = "@"


def _offer(sheet: Worksheet, shape: Shape, cells: str, path: Sequence[str] = (), prefix: str = "") -> None:
    """A list to choose from, where the schema has choices or the column names rows of another sheet."""
    choices = [str(choice) for choice in shape.choices]
    if shape.kind == "flag":
        choices = ["TRUE", "FALSE"]
    source = f'"{",".join(choices)}"' if choices else _rows_named_by(path, prefix)
    if source is None or len(source) > _LONGEST_LIST:
        return
    rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "Not in the list", "Choose one of the list, or leave the cell empty."
    rule.add(cells)
    sheet.add_data_validation(rule)


def _rows_named_by(path: Sequence[str], prefix: str) -> str | None:
    """The ids of the sheet that a field such as ``pillar`` names in the singular."""
    for section in sections():
        if not section.is_form and tuple(path) == (section.path[0].removesuffix("s"),):
            title = quote_sheetname(f"{prefix}{section.title}") if prefix else section.title
            return f"{title}!$A${HEADER_ROW + 1}:$A${HEADER_ROW + _SPARE_ROWS}"
    return None


def _add_help(sheet: Worksheet) -> None:
    """Every kind and operator with its parameters, from the schema's own words."""
    head(sheet, HELP, "How the compact cells are written. This sheet is not read back.")
    columns = [Column("For", 24, "Body"), Column("Write", 54, "Body wrap"), Column("Meaning", 90, "Body wrap")]
    last = add_table(sheet, "ThesisDefinitionHelp", columns, _help_rows(), row=HEADER_ROW)
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    _page(sheet, last)


def _help_rows() -> Iterator[list[Value]]:
    for operator, (example, meaning) in EXAMPLES.items():
        yield [f"expression: {operator}", example, f"{meaning}; `* number` after the bracket multiplies the result"]
    yield ["name=value", 'source=WB:GOLD_USD, note="Monthly, so it lags"', "text with commas stands in double quotes"]
    for column in (column for section in sections() for column in section.columns):
        if column.part == "parameters":
            for kind, model in column.shape.variants.items():
                yield [f"{column.path[-1]}: {kind}", _parameters(model), _meaning(model)]
        elif column.shape.holds_rows and column.shape.item and column.shape.item.model:
            yield [column.header, _parameters(column.shape.item.model), _meaning(column.shape.item.model)]


def _parameters(model: type[BaseModel]) -> str:
    """The fields of a model but its kind, one a line."""
    lines = [f"{field.key} = {field.words()}" for field in fields_of(model) if field.key != "kind"]
    return "\n".join(lines) or "no parameters"


def _meaning(model: type[BaseModel]) -> str:
    """The first paragraph of what a model says of itself."""
    first, _, _ = (model.__doc__ or "").partition("\n\n")
    return " ".join(first.replace("``", "").split())


def _add_catalogue(sheet: Worksheet) -> None:
    """The series that a definition may name without describing them."""
    head(sheet, "Catalogue", "Series to name in expressions; describe others on Series. This sheet is not read back.")
    columns = [Column("Id", 34, "Body"), Column("Title", 70, "Body wrap"), Column("Unit", 30, "Body wrap"),
               Column("Frequency", 11, "Body"), Column("Publisher", 44, "Body wrap")]  # fmt: skip
    rows = [[meta.id, meta.title, meta.unit, meta.frequency, meta.publisher] for meta in load_catalogue().values()]
    last = add_table(sheet, "ThesisDefinitionCatalogue", columns, rows, row=HEADER_ROW)
    sheet.freeze_panes = f"B{HEADER_ROW + 1}"
    _page(sheet, last)


def _page(sheet: Worksheet, last: int) -> None:
    """Rows as high as their text; landscape, with header and ids on each page."""
    widths = {letter: dimension.width for letter, dimension in sheet.column_dimensions.items()}
    for cells in sheet.iter_rows(min_row=HEADER_ROW + 1, max_row=last):
        lines = max(lines_of(str(cell.value or ""), widths[cell.column_letter]) for cell in cells)
        row = cells[0].row
        sheet.row_dimensions[row] = _FittedRow(sheet, index=row, ht=height_of(lines))
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.page_setup.fitToWidth = -(-int(sum(widths.values())) // _PAGE_WIDTH)
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.print_title_cols = "A:A"
