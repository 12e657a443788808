"""The registry as VBA: one worksheet function for each cell function, and the words of the function wizard.

``python -m xl_thesis_udfs.hosts.vba`` writes the two committed modules anew. The module ``xl_thesis_link``, written by
hand, is the functions' way to the add-in that has Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import xl_thesis_udfs.functions  # noqa: F401 - fills the registry
from xl_thesis_udfs.registry import FUNCTIONS, ArgumentSpec, FunctionSpec

MODULE, WIZARD = "xl_thesis_functions", "xl_thesis_wizard"
"""The functions, and what the add-in with the ribbon tells the function wizard of them."""
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
    """The functions. Raises ``ValueError`` for a name that VBA does not take, or words it cannot hold."""
    return _text_of(MODULE, (line for spec in _checked(specs) for line in ("", *_function(spec))))


def wizard(specs: Iterable[FunctionSpec] | None = None) -> str:
    """Their words for the function wizard. Raises ``ValueError`` as ``module`` does."""
    chosen = _checked(specs)
    described = (line for spec in chosen for line in ("", *_description(spec)))
    return _text_of(WIZARD, [
        "",
        "' Tell the function wizard what the functions and their arguments mean.",
        "Public Sub ThesisDescribeAll()",
        *(f"    Describe_{spec.name}" for spec in chosen),
        "End Sub",
        *described,
    ])  # fmt: skip


def written(name: str) -> str:
    """The committed text of a module, such as ``xl_thesis_link``, or of a class."""
    path = _HERE / f"{name}.bas"
    return (path if path.exists() else path.with_suffix(".cls")).read_text(encoding="ascii")


def ribbon() -> str:
    """The add-in's tab, as Excel reads it."""
    return (_HERE / "ribbon.xml").read_text(encoding="utf-8")


def _checked(specs: Iterable[FunctionSpec] | None) -> list[FunctionSpec]:
    chosen = list(FUNCTIONS.values() if specs is None else specs)
    for spec in chosen:
        _check(spec)
    return chosen


def _text_of(name: str, lines: Iterable[str]) -> str:
    head = "' Generated from the registry of cell functions; do not edit."
    return "\n".join([f'Attribute VB_Name = "{name}"', "Option Explicit", head, *lines]) + "\n"


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
    for name, text in ((MODULE, module()), (WIZARD, wizard())):
        (_HERE / f"{name}.bas").write_text(text, encoding="ascii", newline="\n")
