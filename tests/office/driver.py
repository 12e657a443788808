# ruff: noqa: BLE001, T201 - whatever goes wrong is printed as the answer
"""Drives a LibreOffice over its socket, for the tests: a line of JSON in, a line of JSON out.

Run by a Python that has ``uno`` (on Debian the system's, with python3-uno). Every request is
``[operation, arguments...]``; the answer is ``{"value": ...}`` or ``{"fault": "..."}``.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
import traceback
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.util import URL

FORMATS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8", ".pdf": "calc_pdf_Export"}


def properties(**values: Any) -> tuple[PropertyValue, ...]:
    made = []
    for name, value in values.items():
        one = PropertyValue()
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


class Driver:
    def __init__(self, port: int) -> None:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        address = f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext"
        for attempt in range(600):
            try:
                self.context = resolver.resolve(address)
                break
            except Exception:
                if attempt == 599:
                    raise
                time.sleep(0.05)
        self.desktop = self.service("com.sun.star.frame.Desktop")
        self.documents: dict[str, Any] = {}

    def service(self, name: str) -> Any:
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def open(self, name: str, path: str | None = None, hidden: bool = True) -> None:
        url = uno.systemPathToFileUrl(path) if path else "private:factory/scalc"
        self.documents[name] = self.desktop.loadComponentFromURL(url, "_blank", 0, properties(Hidden=hidden))

    def close(self, name: str) -> None:
        self.documents.pop(name).close(True)

    def save(self, name: str, path: str) -> None:
        kind = FORMATS[path[path.rindex(".") :]]
        self.documents[name].storeToURL(uno.systemPathToFileUrl(path), properties(FilterName=kind))

    def cell(self, name: str, address: str) -> Any:
        sheet, _, place = address.rpartition(".")
        sheets = self.documents[name].Sheets
        return (sheets.getByName(sheet) if sheet else sheets.getByIndex(0)).getCellRangeByName(place)

    def formulas(self, name: str, cells: dict[str, Any]) -> None:
        for address, content in cells.items():
            if isinstance(content, str):
                self.cell(name, address).getCellByPosition(0, 0).Formula = content
            else:
                self.cell(name, address).getCellByPosition(0, 0).Value = content

    def matrix(self, name: str, address: str, formula: str) -> None:
        self.cell(name, address).setArrayFormula(formula)

    def fill(self, name: str, address: str, rows: list[list[Any]]) -> None:
        self.cell(name, address).setFormulaArray(tuple(tuple(row) for row in rows))

    def read(self, name: str, address: str) -> list[list[Any]]:
        found = self.cell(name, address)
        shape = found.RangeAddress
        columns = range(shape.EndColumn - shape.StartColumn + 1)
        rows = range(shape.EndRow - shape.StartRow + 1)
        return [[self.one(found.getCellByPosition(column, row)) for column in columns] for row in rows]

    def values(self, name: str, address: str) -> list[list[Any]]:
        """Numbers and texts, and errors by what is shown for them, in one go."""
        found = self.cell(name, address)
        first = found.RangeAddress
        rows = [list(row) for row in found.getDataArray()]
        for area in found.queryFormulaCells(4).RangeAddresses:  # those that end in an error
            for row in range(area.StartRow - first.StartRow, area.EndRow - first.StartRow + 1):
                for column in range(area.StartColumn - first.StartColumn, area.EndColumn - first.StartColumn + 1):
                    rows[row][column] = found.getCellByPosition(column, row).String
        return rows

    def content(self, name: str) -> dict[str, Any]:
        """All that a workbook holds: formulas, what cells show, charts, names."""
        document = self.documents[name]
        sheets = {}
        for sheet in document.Sheets:
            cursor = sheet.createCursor()
            cursor.gotoEndOfUsedArea(False)
            last = cursor.RangeAddress
            used = sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow)
            sheets[sheet.Name] = {
                "formulas": used.getFormulaArray(),
                "values": used.getDataArray(),
                "charts": sheet.Charts.Count,
                "visible": sheet.IsVisible,
            }
        names = {one.Name: one.Content for one in document.NamedRanges}
        return {"sheets": sheets, "names": names}

    @staticmethod
    def one(cell: Any) -> dict[str, Any]:
        is_number = cell.FormulaResultType2 == 1 if cell.Type.value == "FORMULA" else cell.Type.value == "VALUE"
        value = cell.Value if is_number else cell.String
        return {"value": value, "error": cell.getError(), "shown": cell.String, "formula": cell.Formula}

    def calculate(self, name: str) -> float:
        start = time.perf_counter()
        self.documents[name].calculateAll()
        return time.perf_counter() - start

    def describe(self, function: str) -> Any:
        for one in self.service("com.sun.star.sheet.FunctionDescriptions"):
            found = {item.Name: item.Value for item in one}
            if found["Name"] == function:
                arguments = [[item.Name, item.Description, item.IsOptional] for item in found["Arguments"] or ()]
                return {"description": found["Description"], "arguments": arguments, "category": found["Category"]}
        return None

    def dispatch(self, name: str, command: str, arguments: dict[str, Any] | None = None) -> bool:
        url = URL()
        url.Complete = command
        _, url = self.service("com.sun.star.util.URLTransformer").parseStrict(url)
        target = self.documents[name].CurrentController.Frame.queryDispatch(url, "_self", 0)
        if target is not None:
            target.dispatch(url, properties(**(arguments or {})))
        return target is not None

    def state(self) -> dict[str, Any]:
        return {item.Name: item.Value for item in self.service("org.xlthesis.Commands").getPropertyValues()}

    def toolbars(self, name: str) -> list[str]:
        manager = self.documents[name].CurrentController.Frame.LayoutManager
        return [element.ResourceURL for element in manager.getElements()]

    def quit(self) -> None:
        for name in list(self.documents):
            self.close(name)
        with contextlib.suppress(Exception):  # the bridge goes down with the office
            self.desktop.terminate()


def main() -> None:
    driver = Driver(int(sys.argv[1]))
    print(json.dumps({"value": "ready"}), flush=True)
    for line in sys.stdin:
        operation, *arguments = json.loads(line)
        try:
            answer = {"value": getattr(driver, operation)(*arguments)}
        except Exception:
            answer = {"fault": traceback.format_exc()}
        print(json.dumps(answer), flush=True)
        if operation == "quit":
            return


if __name__ == "__main__":
    main()
