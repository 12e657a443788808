"""What makes Excel offer to repair a file, found before anybody opens it."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils.cell import range_boundaries
from openpyxl.xml.constants import REL_NS, SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring

from xl_thesis_workbook import lint_cells, lint_tables

Element = Any  # of lxml or of the standard library, whichever openpyxl found

_MAIN = {"m": SHEET_MAIN_NS}
_RELATION_ID = f"{{{REL_NS}}}id"
_TYPES = "[Content_Types].xml"
_LONGEST_SHEET_NAME = 31
_FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]|^'|'$")
_NAME = re.compile(r"[^\W\d][\w.]{0,254}|\\[\w.]{0,254}")
_LIKE_A_CELL = re.compile(r"[A-Z]{1,3}\d+|R\d*C?\d*|C\d*", re.IGNORECASE)
_FIRST_OWN_FORMAT = 164


@dataclass
class Package:
    """A workbook's parts: XML by name, the relations of each part by id, and the sheets' parts by name."""

    data: bytes
    names: set[str] = field(default_factory=set)
    roots: dict[str, Element] = field(default_factory=dict)
    relations: dict[str, dict[str, str]] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list)


def faults(data: bytes) -> list[str]:
    """One sentence for each fault of a workbook, given as the bytes of its file; empty where Excel would open it."""
    package = Package(data)
    found = list(_read(package))
    if "xl/workbook.xml" not in package.roots:
        return [*found, "there is no xl/workbook.xml"]
    rules: tuple[Callable[[Package], Iterator[str]], ...] = (
        _relations,
        _sheet_names,
        _names,
        _styles,
        _chain,
        _sheets,
        _references,
    )
    return found + [fault for rule in rules for fault in rule(package)]


def is_name(text: str) -> bool:
    """Whether Excel takes a text as a name of a cell, a range or a table."""
    return bool(_NAME.fullmatch(text)) and not _LIKE_A_CELL.fullmatch(text)


def _read(package: Package) -> Iterator[str]:
    """Parse every part; say which are there twice, malformed or of no known type."""
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        names = archive.namelist()
        package.names.update(names)
        yield from (f"part {name} is there twice" for name, count in Counter(names).items() if count > 1)
        for name in dict.fromkeys(names):
            if not name.endswith((".xml", ".rels")):
                continue
            try:
                package.roots[name] = fromstring(archive.read(name))
            except Exception as error:  # noqa: BLE001 - each parser has its own errors
                yield f"part {name} is not well-formed: {error}"
    types = package.roots.get(_TYPES)
    known = {} if types is None else {item.get("PartName") or item.get("Extension"): item for item in types}
    for name in package.roots:
        is_general = not name.startswith("xl/") or name.endswith(".rels")
        if name != _TYPES and f"/{name}" not in known and not (is_general and name.rpartition(".")[2] in known):
            yield f"part {name} has no content type of its own"
    _connect(package)


def _connect(package: Package) -> None:
    """Fill in relations, sheets and shared strings."""
    for name, root in package.roots.items():
        if name.endswith(".rels"):
            folder, _, file = name.rpartition("/_rels/")
            owner = f"{folder}/{file.removesuffix('.rels')}".lstrip("/")
            package.relations[owner] = {
                item.get("Id"): posixpath.normpath(posixpath.join("/", folder, item.get("Target")))[1:]
                for item in root
                if item.get("TargetMode") != "External"
            }
    book = package.roots.get("xl/workbook.xml")
    targets = package.relations.get("xl/workbook.xml", {})
    if book is not None:
        for sheet in book.iterfind("m:sheets/m:sheet", _MAIN):
            package.sheets[sheet.get("name")] = targets.get(sheet.get(_RELATION_ID), "")
    table = package.roots.get("xl/sharedStrings.xml")
    if table is not None:
        package.strings.extend("".join(item.itertext()) for item in table)


def _relations(package: Package) -> Iterator[str]:
    for owner, targets in package.relations.items():
        yield from (
            f"{owner or 'the package'} refers to {target}, which is not there"
            for target in targets.values()
            if target not in package.names
        )


def _sheet_names(package: Package) -> Iterator[str]:
    written = [item.get("name") for item in package.roots["xl/workbook.xml"].iterfind("m:sheets/m:sheet", _MAIN)]
    for name, count in Counter(map(str.lower, written)).items():
        if count > 1:
            yield f"sheet name '{name}' is there twice"
    for name in written:
        if not 0 < len(name) <= _LONGEST_SHEET_NAME or _FORBIDDEN_IN_SHEET_NAME.search(name):
            yield f"sheet name '{name}' is too long or has a forbidden character"
        if name.lower() == "history":
            yield f"sheet name '{name}' is reserved"


def _names(package: Package) -> Iterator[str]:
    """Defined names, and the names of tables, which live in the same space."""
    seen: Counter[tuple[str, str]] = Counter()
    for item in package.roots["xl/workbook.xml"].iterfind("m:definedNames/m:definedName", _MAIN):
        name, scope, target = item.get("name"), item.get("localSheetId", ""), item.text or ""
        seen[name.lower(), scope] += 1
        if not name.startswith("_xlnm.") and not is_name(name):
            yield f"defined name '{name}' is no name"
        sheet = re.match(r"'?((?:[^'!]|'')+)'?!", target)
        if sheet and sheet[1].replace("''", "'") not in package.sheets:
            yield f"defined name '{name}' refers to the sheet {sheet[1]}, which is not there"
    for root in lint_tables.table_roots(package.roots):
        name = root.get("displayName", "")
        seen[name.lower(), ""] += 1
        if not is_name(name) or root.get("name") != name:
            yield f"table name '{name}' is no name"
    yield from (f"name '{name}' is there twice" for (name, _), count in seen.items() if count > 1)
    ids = Counter(root.get("id") for root in lint_tables.table_roots(package.roots))
    yield from (f"table id {number} is there twice" for number, count in ids.items() if count > 1)


def _styles(package: Package) -> Iterator[str]:
    """Each format points at fonts, fills, borders and number formats that exist."""
    styles = package.roots.get("xl/styles.xml")
    if styles is None:
        return
    sizes = {
        attribute: len(styles.findall(path, _MAIN))
        for attribute, path in (("fontId", "m:fonts/m:font"), ("fillId", "m:fills/m:fill"),
                                ("borderId", "m:borders/m:border"), ("xfId", "m:cellStyleXfs/m:xf"))
    }  # fmt: skip
    own = {int(item.get("numFmtId")) for item in styles.iterfind("m:numFmts/m:numFmt", _MAIN)}
    for group in ("cellStyleXfs", "cellXfs"):
        for number, item in enumerate(styles.iterfind(f"m:{group}/m:xf", _MAIN)):
            absent = [key for key, size in sizes.items() if int(item.get(key, 0)) >= size]
            yield from (f"format {number} of {group} has a {key} that is not there" for key in absent)
            if int(item.get("numFmtId", 0)) >= _FIRST_OWN_FORMAT and int(item.get("numFmtId")) not in own:
                yield f"format {number} of {group} has a number format that is not there"


def _chain(package: Package) -> Iterator[str]:
    """The order of calculation names only cells that hold a formula."""
    chain = package.roots.get("xl/calcChain.xml")
    if chain is None:
        return
    formulas = {
        cell.get("r")
        for part in package.sheets.values()
        for cell in package.roots[part].iter(f"{{{SHEET_MAIN_NS}}}c")
        if cell.find("m:f", _MAIN) is not None
    }
    yield from (f"calcChain names {c.get('r')}, which has no formula" for c in chain if c.get("r") not in formulas)


def _references(package: Package) -> Iterator[str]:
    """Formulas name tables and columns that exist; escaped headers are left to Excel."""
    column_tag = f"{{{SHEET_MAIN_NS}}}tableColumn"
    columns = {
        root.get("name", "").lower(): {item.get("name", "").lower() for item in root.iter(column_tag)}
        for root in lint_tables.table_roots(package.roots)
    }
    named = Counter(
        (table, column)
        for part in package.sheets.values() if part in package.roots
        for formula in package.roots[part].iter(f"{{{SHEET_MAIN_NS}}}f")
        for table, column in lint_cells.table_references(formula.text or "")
    )  # fmt: skip
    for table, column in named:
        if table.lower() not in columns:
            yield f"a formula names the table {table}, which is not there"
        elif "'" not in column and column.lower() not in columns[table.lower()]:
            yield f"a formula names the column {column} of {table}, which is not there"


def _sheets(package: Package) -> Iterator[str]:
    styles = package.roots.get("xl/styles.xml")
    formats = len(styles.findall("m:cellXfs/m:xf", _MAIN)) if styles is not None else 1
    differences = len(styles.findall("m:dxfs/m:dxf", _MAIN)) if styles is not None else 0
    for name, part in package.sheets.items():
        root = package.roots.get(part)
        if root is None:
            continue
        texts: dict[str, str] = {}
        yield from (f"{name}: {fault}" for fault in lint_cells.cell_faults(root, package.strings, formats, texts))
        merges = [range_boundaries(item.get("ref")) for item in root.iterfind("m:mergeCells/m:mergeCell", _MAIN)]
        yield from (f"{name}: {fault}" for fault in lint_cells.sheet_faults(root, merges, differences))
        ids = [item.get(_RELATION_ID) for item in root.iterfind("m:tableParts/m:tablePart", _MAIN)]
        targets = package.relations.get(part, {})
        tables = [package.roots[targets[key]] for key in ids if targets.get(key) in package.roots]
        yield from (f"{name}: {fault}" for fault in lint_tables.table_faults(tables, merges, texts, differences))
