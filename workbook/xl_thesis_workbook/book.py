"""A workbook as its package has it: sheets, and tables by name, wherever somebody moved or renamed them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from xml.etree import ElementTree as ET

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries

from xl_thesis.errors import InputError
from xl_thesis_workbook.opc import Package, Relation
from xl_thesis_workbook.xml_bytes import attributes, end_tag, set_attribute, start_tag

_DOCUMENT = "officeDocument"
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


@dataclass(frozen=True, slots=True)
class TablePlace:
    """One table: its part, the sheet's part that holds it, its columns and its range; rows and columns count from 1."""

    name: str
    part: str
    sheet: str
    columns: tuple[str, ...]
    left: int
    top: int
    right: int
    bottom: int
    has_header: bool = True
    has_totals: bool = False
    calculated: dict[str, str] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """The first row of data."""
        return self.top + (1 if self.has_header else 0)

    @property
    def letters(self) -> list[str]:
        """The letters of its columns."""
        return [get_column_letter(number) for number in range(self.left, self.right + 1)]


class Book:
    """The sheets and tables of a workbook's package.

    Raises ``InputError`` where the package is no workbook.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        found = [item.target for item in package.relations("") if item.kind == _DOCUMENT]
        self.part = package.name_of(found[0]) if found else None
        if self.part is None:
            raise InputError("it is not an Excel workbook")
        self.root = package.tree(self.part)
        if local(self.root) != "workbook":
            raise InputError("it is not an Excel workbook in the XML format")
        self.relations = package.relations(self.part)
        self.sheets = dict(self._sheets())
        self.tables: dict[str, TablePlace] = {}
        for sheet in self.sheets.values():
            for relation in package.relations(sheet):
                part = package.name_of(relation.target)
                if relation.kind == "table" and part is not None:
                    self._add(table_place(package.tree(part), part, sheet))

    def _add(self, table: TablePlace) -> None:
        if self.tables.setdefault(table.name.lower(), table) is not table:
            raise InputError(f"it has two tables of the name {table.name}")

    def _sheets(self) -> list[tuple[str, str]]:
        targets: dict[str, Relation] = {item.id: item for item in self.relations}
        found = []
        for item in self.root.iter():
            if local(item) != "sheet":
                continue
            key = next((value for name, value in item.attrib.items() if name.endswith("}id")), "")
            part = self.package.name_of(targets[key].target) if key in targets else None
            if part is not None and targets[key].kind == "worksheet":
                found.append((item.get("name", ""), part))
        return found

    @property
    def is_mac(self) -> bool:
        """Whether days are counted from 1904."""
        settings = next((item for item in self.root if local(item) == "workbookPr"), None)
        return settings is not None and settings.get("date1904", "0") in ("1", "true")

    def check_days(self) -> None:
        """Raise ``InputError`` where days are counted from 1904: its dates may be four years off."""
        if self.is_mac:
            raise InputError(
                "it counts days from 1904; turn that off under File, Options, Advanced, and check its dates"
            )

    def table(self, name: str) -> TablePlace:
        """A table by its name. Raises ``InputError`` where there is none."""
        try:
            return self.tables[name.lower()]
        except KeyError:
            raise InputError(f"it has no table {name}") from None

    def resize(self, table: TablePlace, bottom: int) -> None:
        """Let a table end at another row: its range, its filter, and what the sheet says of its own size."""
        if bottom == table.bottom:
            return
        if bottom > _LAST_ROW:
            raise InputError(f"table {table.name} would grow beyond the sheet")
        package, letters = self.package, table.letters
        reference = f"{letters[0]}{table.top}:{letters[-1]}{bottom}"
        content = package.read(table.part)
        content = set_attribute(content, "table", "ref", reference)
        package.put(table.part, set_attribute(content, "autoFilter", "ref", reference))
        self.tables[table.name.lower()] = replace(table, bottom=bottom)
        sheet = package.read(table.sheet)
        package.put(table.sheet, _grown(sheet, table, bottom))

    def ask_for_calculation(self) -> None:
        """Have Excel calculate everything when it opens the file."""
        part = self.part or ""
        self.package.put(part, _calculating(self.package.read(part)))


def local(element: ET.Element) -> str:
    """The name of an element without its namespace, which differs between the two kinds of the format."""
    return element.tag.rpartition("}")[2]


def table_place(root: ET.Element, part: str, sheet: str) -> TablePlace:
    """A table as its part describes it."""
    columns = [item for item in root.iter() if local(item) == "tableColumn"]
    formulas = {
        column.get("name", ""): item.text or ""
        for column in columns
        for item in column
        if local(item) == "calculatedColumnFormula"
    }
    name = root.get("displayName") or root.get("name") or ""
    left, top, right, bottom = _box(root.get("ref", ""), name)
    if right - left + 1 != len(columns):
        raise InputError(f"it is damaged: table {name} is as wide as {right - left + 1} columns and has {len(columns)}")
    return TablePlace(
        name=name,
        part=part,
        sheet=sheet,
        columns=tuple(column.get("name", "") for column in columns),
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        has_header=root.get("headerRowCount", "1") != "0",
        has_totals=root.get("totalsRowCount", "0") != "0",
        calculated=formulas,
    )


def _box(reference: str, table: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a table's range."""
    try:
        left, top, right, bottom = range_boundaries(reference)
        is_sound = 1 <= left <= right <= _LAST_COLUMN and 1 <= top <= bottom <= _LAST_ROW
    except (ValueError, TypeError):
        is_sound = False
    if not is_sound:
        raise InputError(f"it is damaged: table {table} has no range")
    return left, top, right, bottom


def _grown(sheet: bytes, table: TablePlace, bottom: int) -> bytes:
    """A sheet whose stated size takes in a table that ends at another row."""
    found = start_tag("dimension").search(sheet)
    if found is None:
        return sheet
    left, top, right, last = range_boundaries(attributes(found[2])["ref"])
    low = f"{get_column_letter(min(left, table.left))}{min(top, table.top)}"
    high = f"{get_column_letter(max(right, table.right))}{max(last, bottom)}"
    return set_attribute(sheet, "dimension", "ref", f"{low}:{high}")


def _calculating(book: bytes) -> bytes:
    """The workbook's part, asking for a full calculation; the element has its place in an order that Excel checks."""
    found = start_tag("calcPr").search(book)
    if found is not None:
        return set_attribute(book, "calcPr", "fullCalcOnLoad", "1")
    for name in ("definedNames", "externalReferences", "functionGroups", "sheets"):
        start = start_tag(name).search(book)
        end = start and (start if start[3] else end_tag(start[1], name).search(book, start.end()))
        if start and end:
            return book[: end.end()] + b"<" + start[1] + b'calcPr fullCalcOnLoad="1"/>' + book[end.end() :]
    return book
