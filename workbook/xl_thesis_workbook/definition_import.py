"""An edited definition workbook back to a thesis file: every fault with its sheet and cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils.cell import coordinate_to_tuple

from xl_thesis import documents
from xl_thesis.checking import Location, find_faults, location_of
from xl_thesis.definition import Thesis
from xl_thesis.errors import DefinitionError, Fault, InputError
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.definition_book import FORM_HEADERS
from xl_thesis_workbook.definition_layout import FieldColumn, Section, from_cell, sections
from xl_thesis_workbook.definition_tables import FoundTable, find_tables

_INSIDE = "*"


@dataclass
class _Findings:
    """What has been read so far: the document, the cell of each of its parts, and the first fault of each cell."""

    document: dict[str, Any] = field(default_factory=dict)
    places: dict[Location, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def fault(self, cell: str, message: str) -> None:
        """Note a fault unless its cell has one already."""
        self.faults.setdefault(cell, message)

    def cell_of(self, location: Location) -> str:
        """The cell of a part of the document, or of the nearest part around it."""
        for length in range(len(location), 0, -1):
            around = location[:length]
            if length < len(location) and (*around, _INSIDE) in self.places:
                return self.places[*around, _INSIDE]
            if around in self.places:
                return self.places[around]
        return self.places[()]


def read_definition(source: Path, target: Path) -> str:
    """The YAML text of the thesis that a workbook holds, for the file ``target``.

    Raises ``InputError`` for a file that is no such workbook, and ``DefinitionError`` with every fault and its cell.
    """
    tables, found = _gather(source)
    return _checked(source, tables, found, target)


def read_own_definition(source: Path, folder: Path) -> tuple[Path, str]:
    """As ``read_definition``, for the file in ``folder`` that has the id of the thesis; the file and its text."""
    tables, found = _gather(source)
    name = str(found.document.get("id"))
    target = folder / f"{name if name.isascii() and name.isidentifier() else 'thesis'}.yaml"
    return target, _checked(source, tables, found, target)


def _gather(source: Path) -> tuple[dict[str, FoundTable], _Findings]:
    tables, found = find_tables(source), _Findings()
    for section in sections():
        _read_section(section, tables[section.title], found)
    return tables, found


def _checked(source: Path, tables: dict[str, FoundTable], found: _Findings, target: Path) -> str:
    text = documents.to_yaml({key: found.document[key] for key in Thesis.model_fields if key in found.document})
    for fault in find_faults(text, target):
        found.fault(found.cell_of(location_of(fault.field)), fault.message)
    if found.faults:
        titles = [table.name(1, 1).rpartition("!")[0] for table in tables.values()]
        ordered = sorted(found.faults, key=lambda cell: _reading_order(cell, titles))
        raise DefinitionError([Fault(source.name, cell, found.faults[cell]) for cell in ordered])
    return f"# Written by `xl-thesis thesis import` from {source.name}.\n{text}"


def _reading_order(cell: str, titles: list[str]) -> tuple[int, int, int]:
    title, _, coordinate = cell.rpartition("!")
    return (titles.index(title), *coordinate_to_tuple(coordinate))


def _read_section(section: Section, table: FoundTable, found: _Findings) -> None:
    """Check the header, then read what is below."""
    top = table.name(table.header_row, table.header[0][1] if table.header else 1)
    found.places.setdefault(section.path, top)
    expected = FORM_HEADERS[:2] if section.is_form else tuple(column.header for column in section.columns)
    columns: dict[str, int] = {}
    for name, number in table.header:
        if name in columns:
            found.fault(table.name(table.header_row, number), f"the column '{name}' is there twice")
        elif name not in expected and not (section.is_form and name in FORM_HEADERS):
            found.fault(table.name(table.header_row, number), f"there is no field '{name}'")
        columns.setdefault(name, number)
    absent = [name for name in expected if name not in columns]
    if absent:
        found.fault(top, f"the header lacks {', '.join(absent)}; empty a column rather than delete it")
    elif section.is_form:
        _read_form(section, table, columns, found)
    else:
        _read_rows(section, table, columns, found)


def _read_rows(section: Section, table: FoundTable, columns: dict[str, int], found: _Findings) -> None:
    """One item a row; rows without any content are passed over."""
    items: list[dict[str, Any]] = []
    for row in table.rows():
        if all(table.is_empty(row, columns[column.header]) for column in section.columns):
            continue
        place: Location = (*section.path, len(items))
        found.places[place] = table.name(row, columns[section.columns[0].header])
        items.append({})
        for column in section.columns:
            cell = table.name(row, columns[column.header])
            _note_places(column, place, cell, found)
            _put(column, items[-1], _read(column, table, (row, columns[column.header]), found))
    if items:
        found.document[section.path[0]] = items


def _read_form(section: Section, table: FoundTable, columns: dict[str, int], found: _Findings) -> None:
    """One field a row; rows of the same field are the items of a list."""
    known = {column.header: column for column in section.columns}
    holder = found.document
    for key in section.path:
        holder = holder.setdefault(key, {})
    given: dict[str, list[Any]] = {}
    for row in table.rows():
        names, number = columns[FORM_HEADERS[0]], columns[FORM_HEADERS[1]]
        if table.is_empty(row, names) and table.is_empty(row, number):
            continue
        name = str(table.values.cell(row, names).value or "").strip()
        if name not in known:
            found.fault(table.name(row, names), f"there is no field '{name}'")
            continue
        column, cell = known[name], table.name(row, number)
        value = _read(column.item, table, (row, number), found)
        _note_places(column, section.path, cell, found)
        if value is None:
            continue
        if column.is_list:
            items = given.setdefault(name, [])
            found.places[*section.path, *column.path, len(items)] = cell
            items.append(value)
            _put(column, holder, items)
        elif name in given:
            found.fault(cell, f"'{name}' is there twice")
        else:
            given[name] = [value]
            _put(column, holder, value)


def _note_places(column: FieldColumn, base: Location, cell: str, found: _Findings) -> None:
    """Remember that a field, and what its model holds before any other field, stand in a cell."""
    place = (*base, *column.path)
    for length in range(len(base) + 1, len(place)):
        found.places.setdefault(place[:length], cell)
    found.places.setdefault((*place, _INSIDE) if column.part == "parameters" else place, cell)


def _read(column: FieldColumn, table: FoundTable, at: tuple[int, int], found: _Findings) -> Any:
    """What a cell says, None where it is empty; where it cannot be read the fault is noted and its text stands in."""
    raw: Value = "?"
    try:
        raw = table.value(*at)
        return None if raw is None else from_cell(column, raw)
    except InputError as error:
        found.fault(table.name(*at), str(error))
        return {} if column.part == "parameters" else str(raw)


def _put(column: FieldColumn, holder: dict[str, Any], value: Any) -> None:
    """Put a value at its path; the kind and the parameters of a field share one mapping."""
    if value is None:
        return
    for key in column.path[:-1]:
        holder = holder.setdefault(key, {})
    last = column.path[-1]
    if column.part == "kind":
        holder[last] = {"kind": value, **holder.get(last, {})}
    elif column.part == "parameters":
        holder[last] = {**holder.get(last, {}), **value}
    else:
        holder[last] = value
