"""Formulas that every Excel from 2010 on and LibreOffice compute as they stand."""

from __future__ import annotations

import re

import pytest
from openpyxl.formula import Tokenizer

from tests.recalculate import formulas
from tests.snapshots import data_of

ALLOWED = {
    "ABS", "AND", "CHOOSE", "COUNT", "COUNTIF", "DATE", "EOMONTH", "IF", "IFERROR", "INDEX", "INT", "ISNUMBER", "LARGE",
    "MATCH", "MAX", "MIN", "N", "NA", "OR", "ROUND", "ROWS", "SMALL", "SUM", "SUMIFS", "SUMPRODUCT", "TEXT", "WEEKDAY",
    "_xlfn.NORM.S.DIST", "_xlfn.NORM.S.INV",
}  # fmt: skip


@pytest.mark.parametrize("name", ["content", "chinese"])
def test_only_functions_that_excel_2010_and_libreoffice_have(name: str) -> None:
    for formula in formulas(data_of(name)).values():
        bare = re.sub(r'"[^"]*"', "", formula)
        assert set(re.findall(r"([A-Za-z_.][\w.]*)\(", bare)) <= ALLOWED, formula
        assert not re.search(r'COUNTIFS?\([^()]*"[<>=]', formula), "a number turned into text loses digits"
        assert "THESIS_" not in bare and len(formula) < 2_000


OF_RANGES = {"COUNT", "COUNTIF", "INDEX", "LARGE", "MATCH", "MAX", "ROWS", "SMALL", "SUM", "SUMIFS"}


@pytest.mark.parametrize("name", ["content", "chinese"])
def test_no_formula_needs_an_array_or_gets_an_at_sign(name: str) -> None:
    """A range stands where a function takes one, or inside SUMPRODUCT, which computes with arrays in every version."""
    for formula in formulas(data_of(name)).values():
        calls: list[str] = []
        for token in Tokenizer(formula).items:
            if token.type == token.FUNC:
                calls = [*calls, token.value.rstrip("(")] if token.subtype == token.OPEN else calls[:-1]
            is_range = token.type == token.OPERAND and token.subtype == token.RANGE and re.search(r":|\[", token.value)
            assert not is_range or "SUMPRODUCT" in calls or calls[-1] in OF_RANGES, formula
            assert (len(calls) < 20 and "@" not in token.value) or token.subtype == token.TEXT
