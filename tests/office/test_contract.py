"""The contract: one workbook calls every function in every documented way; Calc, another engine and Python agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import formualizer
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from tests.office import cases
from tests.office.cases import Case
from tests.office.host import Office
from xl_thesis_udfs import edge
from xl_thesis_udfs.cells import CellError
from xl_thesis_udfs.registry import FUNCTIONS


@pytest.fixture(scope="session")
def every_case(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    home = str(tmp_path_factory.getbasetemp() / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XL_THESIS_HOME", home)
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        return cases.all_cases()


@pytest.fixture(scope="session")
def contract(every_case: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("contract") / "contract.xlsx"
    cases.write_workbook(every_case, path)
    return path


def test_the_cases_are_every_function_with_every_argument_and_choice(every_case: list[Case]) -> None:
    assert {case.name for case in every_case} == FUNCTIONS.keys()
    for spec in FUNCTIONS.values():
        calls = [case.arguments for case in every_case if case.name == spec.name]
        assert max(map(len, calls)) == len(spec.arguments)
        said = {text.strip('"').lower() for call in calls for text, _ in call}
        assert {choice.lower() for argument in spec.arguments for choice in argument.choices} <= said
    kinds = {type(case.expected) for case in every_case}
    assert kinds == {float, str, list}
    assert {"#N/A", "#VALUE!"} <= {case.expected for case in every_case if isinstance(case.expected, str)}


def test_calc_shows_what_python_says_and_saves_it_back_unchanged(
    calc: Office, contract: Path, every_case: list[Case], tmp_path: Path
) -> None:
    last = sum(case.shape[0] for case in every_case)
    area = f"{cases.SHEET}.A1:{column_letters(1 + max(case.shape[1] for case in every_case))}{last}"

    def shown(path: Path) -> list[list[Any]]:
        calc.open("contract", str(path))
        try:
            calc.save("contract", str(tmp_path / "saved.xlsx"))
            values: list[list[Any]] = calc.values("contract", area)
            return values
        finally:
            calc.close("contract")

    first = shown(contract)
    found = cases.differences(every_case, lambda row, column: first[row - 1][column - 1])
    assert not found, "\n".join(found)
    saved = (tmp_path / "saved.xlsx").rename(tmp_path / "again.xlsx")
    assert formulas_of(saved) == formulas_of(contract)
    assert shown(saved) == first


def one_cell(formula: str) -> str:
    """25.2 writes a range of one cell as the cell."""
    return formula.replace(cases.ONE_CELL, cases.DAY)


def formulas_of(path: Path) -> dict[str, tuple[str, str]]:
    """By cell: the range of an array formula, else nothing, and the text."""
    sheet = load_workbook(path)[cases.SHEET]
    found = {}
    for row in sheet:
        for cell in row:
            if isinstance(cell.value, ArrayFormula):
                found[cell.coordinate] = (cell.value.ref, "=" + one_cell(str(cell.value.text).removeprefix("=")))
            elif cell.data_type == "f":
                found[cell.coordinate] = ("", one_cell(str(cell.value)))
    return found


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_no_number_that_a_function_takes_may_be_0(name: str) -> None:
    """So nothing is lost where a host hands an empty cell over as 0."""
    spec = FUNCTIONS[name]
    for position, described in enumerate(spec.arguments):
        if described.kind == "number":
            given = [value for _, value in cases.example(spec)]
            given[position] = 0.0
            assert isinstance(edge.call(name, given), CellError)


def test_another_engine_shows_what_python_says(contract: Path, every_case: list[Case]) -> None:
    def function(name: str) -> Any:
        def answer(*arguments: Any) -> Any:
            return outward(cases.top(name, edge.call(name, [inward(argument) for argument in arguments])))

        return answer

    def register(book: Any) -> None:
        for spec in FUNCTIONS.values():
            book.register_function(spec.name, function(spec.name), min_args=0, max_args=len(spec.arguments))

    book = formualizer.Workbook.from_path(str(contract), config=formualizer.WorkbookConfig(eval_config=one_thread()))
    register(book)
    book.evaluate_all()

    def cell_at(row: int, column: int) -> Any:
        value = book.get_value(cases.SHEET, row, column)
        if isinstance(value, dict):
            return CODES.get(value["kind"], value["kind"])
        return value if value is None or isinstance(value, str) else float(value)

    found = cases.differences(every_case, cell_at)
    assert not found, "\n".join(found)


CODES = {"Na": "#N/A", "Value": "#VALUE!", "Num": "#NUM!", "Name": "#NAME?"}


def one_thread() -> formualizer.EvaluationConfig:
    """The store is read by the thread that opened it."""
    config = formualizer.EvaluationConfig()
    config.enable_parallel = False
    return config


def inward(value: Any) -> Any:
    """The other engine's value as the edge takes it."""
    if isinstance(value, dict) and value.get("type") == "Error":
        return CellError(CODES[value["kind"]])  # type: ignore[arg-type]
    return None if value == 0 else value  # an argument left out comes as 0 there as well


def outward(value: Any) -> Any:
    """What the edge says as the other engine takes it."""
    if isinstance(value, list):
        return [[outward(cell) for cell in row] for row in value]
    if isinstance(value, CellError):
        kind = next(name for name, code in CODES.items() if code == value.code)
        return formualizer.LiteralValue.error(kind, value.sentence)
    return cases.plain(value)


def column_letters(number: int) -> str:
    return column_letters((number - 1) // 26) + chr(65 + (number - 1) % 26) if number else ""
