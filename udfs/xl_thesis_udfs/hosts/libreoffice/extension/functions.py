"""The Calc add-in: one method for each cell function, made from ``functions.json`` beside this file."""

from __future__ import annotations

import struct
from typing import Any

import unohelper
from com.sun.star.lang import Locale, XServiceInfo, XServiceName
from com.sun.star.sheet import LocalizedName, XAddIn, XCompatibilityNames
from org.xlthesis import XFunctions
from xl_thesis_office import FINDS_ADD_INS, LINK, SPECS, office_version

NAME = "org.xlthesis.Functions"
CODES = {"#N/A": 32767, "#VALUE!": 519, "#NUM!": 503, "#NAME?": 525, "#DIV/0!": 532, "#REF!": 524, "#NULL!": 521}
"""Calc's own numbers of the errors that Excel has too."""


def _as_nan(code: int) -> float:
    """Calc reads the error from the low half of a number that is none."""
    (value,) = struct.unpack("<d", struct.pack("<II", code, 0x7FF80000))
    return float(value)


ERRORS = {name: _as_nan(code) for name, code in CODES.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return ERRORS.get(value.get("error", ""), ERRORS["#VALUE!"])
    if isinstance(value, (bool, int)):
        return float(value)
    return value


def _scalar(name: str, arguments: tuple[Any, ...]) -> Any:
    value = LINK.call(name, arguments)
    while isinstance(value, list):
        value = value[0] if value else ""
    return _cell(value)


def _table(name: str, arguments: tuple[Any, ...]) -> Any:
    value = LINK.call(name, arguments)
    rows = value if isinstance(value, list) else [[value]]
    return tuple(tuple(_cell(cell) for cell in row) for row in rows)


class Functions(unohelper.Base, XAddIn, XCompatibilityNames, XServiceName, XServiceInfo, XFunctions):
    """What Calc asks of an add-in. The functions themselves are added below the class."""

    def __init__(self, context: Any) -> None:
        self.locale = Locale("en", "US", "")
        self.finds_add_ins = office_version(context) >= FINDS_ADD_INS
        LINK.begin()

    def getProgrammaticFuntionName(self, display: str) -> str:
        return next((method for method in SPECS if self.getDisplayFunctionName(method) == display.upper()), "")

    def getDisplayFunctionName(self, method: str) -> str:
        if method not in SPECS:
            return ""
        if self.finds_add_ins:
            return str(SPECS[method]["name"])
        return (f"{NAME}.{method}").upper()  # leaves the short name to the Basic functions, which .xlsx keeps

    def getFunctionDescription(self, method: str) -> str:
        return str(SPECS[method]["summary"]) if method in SPECS else ""

    def getDisplayArgumentName(self, method: str, position: int) -> str:
        return str(_argument(method, position).get("name", ""))

    def getArgumentDescription(self, method: str, position: int) -> str:
        return str(_argument(method, position).get("help", ""))

    def getProgrammaticCategoryName(self, method: str) -> str:
        return "Add-In"

    def getDisplayCategoryName(self, method: str) -> str:
        return "Thesis"

    def getCompatibilityNames(self, method: str) -> tuple[Any, ...]:
        return (LocalizedName(Locale("en", "US", ""), str(SPECS.get(method, {}).get("name", ""))),)

    def setLocale(self, locale: Any) -> None:
        self.locale = locale

    def getLocale(self) -> Any:
        return self.locale

    def getServiceName(self) -> str:
        return NAME

    def getImplementationName(self) -> str:
        return NAME

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (NAME, "com.sun.star.sheet.AddIn")


def _argument(method: str, position: int) -> dict[str, Any]:
    arguments = SPECS.get(method, {}).get("arguments", [])
    return dict(arguments[position]) if 0 <= position < len(arguments) else {}


def _method(name: str, answer: Any) -> Any:
    def function(_: Any, *arguments: Any) -> Any:
        return answer(name, arguments)

    return function


for _name, _spec in SPECS.items():
    setattr(Functions, _name, _method(_spec["name"], _table if _spec["returns"] == "table" else _scalar))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, NAME, (NAME, "com.sun.star.sheet.AddIn"))
