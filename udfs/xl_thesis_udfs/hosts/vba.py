"""The registry as VBA: one worksheet function for each cell function, with the words of the function wizard.

``python -m xl_thesis_udfs.hosts.vba > udfs/xl_thesis_udfs/hosts/xl_thesis_functions.bas`` writes the committed text
anew. The module ``xl_thesis_link``, written by hand, is their way to the add-in that has Python.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import xl_thesis_udfs.functions  # noqa: F401 - fills the registry
from xl_thesis_udfs.registry import FUNCTIONS, ArgumentSpec, FunctionSpec

MODULE = "xl_thesis_functions"
CATEGORY = "xl-thesis"
LONGEST_HELP = 255
"""Characters that the function wizard shows; Excel refuses more."""

_HERE = Path(__file__).parent

RESERVED = frozenset(
    """
    abs access addressof alias and any append as array asc atn attribute base binary boolean byref byte byval call case
    cbool cbyte ccur cdate cdbl cdec choose chr cint circle clng clnglng clngptr close command compare const cos csng
    cstr curdir currency cvar cvdate cverr date dateadd datediff datepart dateserial datevalue day ddb debug decimal
    declare defbool defbyte defcur defdate defdbl defdec defint deflng defobj defsng defstr defvar dim dir do doevents
    double each else elseif empty end endif enum environ eof eqv erase error event exit exp explicit false fix for
    format friend function get global gosub goto hex hour if iif imp implements in input instr int integer is isarray
    isdate isempty iserror ismissing isnull isnumeric isobject lbound lcase left len let lib like line lock log long
    longlong longptr loop lset ltrim me mid minute mod module month name new next not nothing now null object oct on
    open option optional or output paramarray preserve print private property ptrsafe public put raiseevent random
    randomize read redim rem reset resume return rgb right rnd rset rtrim scale second seek select set sgn shared shell
    sin single space spc split sqr static step stop str string switch sub tab tan text then time timer to trim true
    type typeof ubound ucase unlock until val variant vartype weekday wend while width with withevents write xor year
    """.split()  # noqa: SIM905 - a list of quoted words would be four times as long
)
"""Words that VBA keeps for itself, or whose meaning an argument of that name would hide, in small letters."""


def module(specs: Iterable[FunctionSpec] | None = None) -> str:
    """The text of the module. Raises ``ValueError`` for a name that VBA does not take, or words it cannot hold."""
    chosen = list(FUNCTIONS.values() if specs is None else specs)
    for spec in chosen:
        _check(spec)
    return "\n".join(_lines(chosen)) + "\n"


def written(name: str) -> str:
    """The text of a module that is written by hand, such as ``xl_thesis_link``, or of a class."""
    path = _HERE / f"{name}.bas"
    return (path if path.exists() else path.with_suffix(".cls")).read_text(encoding="ascii")


def ribbon() -> str:
    """The add-in's tab, as Excel reads it."""
    return (_HERE / "ribbon.xml").read_text(encoding="utf-8")


def _lines(specs: list[FunctionSpec]) -> Iterator[str]:
    yield f'Attribute VB_Name = "{MODULE}"'
    yield "Option Explicit"
    yield "' Generated from the registry of cell functions; do not edit."
    for spec in specs:
        yield ""
        yield from _function(spec)
    yield ""
    yield "' Tell the function wizard what the functions and their arguments mean."
    yield "Public Sub ThesisDescribeAll()"
    yield from (f"    Describe_{spec.name}" for spec in specs)
    yield "End Sub"
    for spec in specs:
        yield ""
        yield from _description(spec)


def _function(spec: FunctionSpec) -> Iterator[str]:
    parameters = ", ".join(_parameter(argument) for argument in spec.arguments)
    values = ", ".join(f"ThesisGiven({argument.name})" for argument in spec.arguments)
    keep = "True" if spec.cached else "False"
    yield f"Public Function {spec.name}({parameters}) As Variant"
    yield f"Attribute {spec.name}.VB_Description = {_text(_help(spec.summary))}"
    yield f'Attribute {spec.name}.VB_ProcData.VB_Invoke_Func = " \\n14"'
    yield f'    {spec.name} = ThesisCall("{spec.name}", {keep}, Array({values}))'
    yield "End Function"


def _parameter(argument: ArgumentSpec) -> str:
    return f"{'' if argument.required else 'Optional '}ByVal {argument.name} As Variant"


def _description(spec: FunctionSpec) -> Iterator[str]:
    yield f"Private Sub Describe_{spec.name}()"
    if spec.arguments:
        yield "    Dim Helps As Variant"
        yield "    Helps = Array( _"
        *others, last = (_text(_help(argument.help)) for argument in spec.arguments)
        yield from (f"        {text}, _" for text in others)
        yield f"        {last})"
    yield "    Application.MacroOptions _"
    yield f'        Macro:="{spec.name}", _'
    yield f"        Description:={_text(_help(spec.summary))}, _"
    yield f'        Category:="{CATEGORY}"' + (", _" if spec.arguments else "")
    if spec.arguments:
        yield "        ArgumentDescriptions:=Helps"
    yield "End Sub"


def _help(words: str) -> str:
    return words if len(words) <= LONGEST_HELP else words[: LONGEST_HELP - 3].rsplit(" ", 1)[0] + "..."


def _text(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'


def _check(spec: FunctionSpec) -> None:
    names = [spec.name, *(argument.name for argument in spec.arguments)]
    for name in names:
        if name.lower() in RESERVED or not name.isidentifier() or name.startswith("_"):
            raise ValueError(f"{spec.name}: '{name}' cannot be a name in VBA")
    if len({name.lower() for name in names}) < len(names):
        raise ValueError(f"{spec.name}: VBA does not tell capitals from small letters, and two names are the same")
    for words in (spec.summary, *(argument.help for argument in spec.arguments)):
        if not (words.isascii() and words.isprintable()):
            raise ValueError(f"{spec.name}: '{words}' has a character that VBA's code page may not have")


if __name__ == "__main__":
    sys.stdout.write(module())
