"""Basic functions with the names of the cell functions, for LibreOffice before 25.2.

That finds no add-in functions in .xlsx files, but Basic functions of library Standard it does. Each hands its arguments
to the add-in and brings tables into the form that Basic has for them.
"""

from __future__ import annotations

from collections.abc import Mapping

from xl_thesis_udfs.registry import FunctionSpec

_HEAD = """\
' Generated from the registry of cell functions; written anew whenever LibreOffice starts.
Global XlThesisAddIn As Object ' what is not Global is forgotten after every call

Private Function Service As Object
    If IsNull(XlThesisAddIn) Then XlThesisAddIn = createUnoService("org.xlthesis.Functions")
    Service = XlThesisAddIn
End Function

Private Function Matrix(rows)
    last = UBound(rows(0))
    Dim cells(0 To UBound(rows), 0 To last)
    For i = 0 To UBound(rows)
        row = rows(i)
        For j = 0 To last
            cells(i, j) = row(j)
        Next
    Next
    Matrix = cells
End Function
"""


def module(specs: Mapping[str, FunctionSpec]) -> str:
    """The source of the module: one function for each spec, by the method that answers it."""
    return "\n".join([_HEAD, *(_function(method, spec) for method, spec in specs.items())])


def _function(method: str, spec: FunctionSpec) -> str:
    taken = [f"p{position}" for position in range(len(spec.arguments))]
    lines = [f"Function {spec.name}({', '.join(f'Optional {name}' for name in taken)})"]
    for position, name in enumerate(taken):
        lines += [f"    Dim a{position}", f"    If Not IsMissing({name}) Then a{position} = {name}"]
    call = f"Service.{method}({', '.join(f'a{position}' for position in range(len(taken)))})"
    lines += [f"    {spec.name} = {f'Matrix({call})' if spec.returns == 'table' else call}", "End Function", ""]
    return "\n".join(lines)
