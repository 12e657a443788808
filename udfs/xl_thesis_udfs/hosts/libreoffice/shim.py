"""Basic functions with the names of the cell functions, for LibreOffice before 25.2 and the .ods files that it wrote.

That finds no add-in functions in .xlsx files, but Basic functions of library Standard it does. Each hands its arguments
to the add-in and brings tables into the form that Basic has for them. Without the extension each is an error, since
Basic would open a window for a fault of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from xl_thesis_udfs.registry import FunctionSpec

_HEAD = """\
' Generated from the registry of cell functions; written anew whenever LibreOffice starts.
Global XlThesisAddIn As Object ' what is not Global is forgotten after every call

Private Function IsThere As Boolean
    If IsNull(XlThesisAddIn) Then XlThesisAddIn = createUnoService("org.xlthesis.Functions")
    IsThere = Not IsNull(XlThesisAddIn)
End Function

Private Function NameError As Double
    bytes = Array(127, -8, 0, 0, 0, 0, 2, 13) ' a number that is none, with Calc's code of #NAME? in it
    data = createUnoService("com.sun.star.io.DataInputStream")
    data.setInputStream(com.sun.star.io.SequenceInputStream.createStreamFromSequence(bytes))
    NameError = data.readDouble()
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
    call = f"XlThesisAddIn.{method}({', '.join(f'a{position}' for position in range(len(taken)))})"
    answer = f"Matrix({call})" if spec.returns == "table" else call
    lines += [
        f"    If IsThere Then {spec.name} = {answer} Else {spec.name} = NameError",
        "End Function", "",
    ]  # fmt: skip
    return "\n".join(lines)
