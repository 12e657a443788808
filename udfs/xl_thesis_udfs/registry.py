"""Every cell function once: name, arguments, result and words, read from a Python function and its docstring.

Hosts, the reference page and the lists of fields are made from ``FUNCTIONS``; nothing here knows a host.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

Kind = Literal["date", "text", "number"]
Shape = Literal["number", "text", "date", "table"]

LONGEST_HELP = 255
"""Characters that Excel shows of a help text; the rest is cut, so nothing here is longer."""

FUNCTIONS: dict[str, FunctionSpec] = {}
_SECTION = re.compile(r"^(Errors|Example): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Argument:
    """What the annotation of an argument says of it.

    ``help`` is a phrase without a full stop. ``default`` says what an empty cell means, where that is allowed.
    ``choices`` are all words that are taken, in any case of letters.
    """

    help: str
    default: str | None = None
    unit: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArgumentSpec:
    """One argument; ``required`` ones come first. ``help`` is the whole sentence for a host, choices and default in it.

    ``default`` is what an empty cell means (None for a required one), ``unit`` what a number counts, ``choices`` all
    words that are taken (empty for any).
    """

    name: str
    kind: Kind
    help: str
    required: bool
    default: str | None = None
    unit: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """What a host must know of a cell function.

    ``returns`` is the kind of its usual value, ``unit`` the unit of that; ``by_field``: a chosen field may be of
    another kind. ``columns`` are the headers of a table where they are always the same. ``group`` is the chapter it
    belongs to. ``cached``: the value depends on nothing but the arguments and ``edge.token()``, so a host may keep it.
    """

    name: str
    summary: str
    arguments: tuple[ArgumentSpec, ...]
    returns: Shape
    errors: str
    example: str
    call: Callable[..., Any] = field(compare=False)
    group: str = ""
    unit: str | None = None
    columns: tuple[str, ...] = ()
    cached: bool = True
    by_field: bool = False

    @property
    def returned(self) -> str:
        """What it gives, in words: ``number``, or ``number, text or date by field``."""
        if not self.by_field:
            return self.returns
        first, second, third = sorted(("number", "text", "date"), key=lambda kind: kind != self.returns)
        return f"{first}, {second} or {third} by field"

    @property
    def takes_thesis(self) -> bool:
        """Whether the last argument names a thesis."""
        return bool(self.arguments) and self.arguments[-1].name == "thesis"

    @property
    def signature(self) -> str:
        """As analysts write it: ``THESIS_SCORE([as_of], [thesis])``."""
        words = [argument.name if argument.required else f"[{argument.name}]" for argument in self.arguments]
        return f"{self.name}({', '.join(words)})"


def cell_function(
    returns: Shape, group: str, *, unit: str | None = None, columns: Sequence[str] = (), cached: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function under its Python name in capitals.

    Each argument is annotated ``Annotated[kind, Argument(...)]``; one with a default is optional. What gives ``Any``
    gives another kind for some fields. The docstring holds a summary and the lines ``Errors:`` and ``Example:``.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        summary, words = _docstring(function)
        spec = FunctionSpec(
            name=function.__name__.upper(),
            summary=summary,
            arguments=_arguments(function),
            returns=returns,
            errors=words["Errors"],
            example=words["Example"],
            call=function,
            group=group,
            unit=unit,
            columns=tuple(columns),
            cached=cached,
            by_field=get_type_hints(function)["return"] is Any,
        )
        FUNCTIONS[spec.name] = spec
        return function

    return register


def _docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """The summary, everything up to the first section, and the sections by name."""
    text = inspect.getdoc(function) or ""
    sections = {match[1]: match[2] for match in _SECTION.finditer(text)}
    return " ".join(text[: text.index("Errors: ")].split()), sections


def _arguments(function: Callable[..., Any]) -> tuple[ArgumentSpec, ...]:
    hints = get_type_hints(function, include_extras=True)
    return tuple(
        _argument(name, hints[name], required=parameter.default is inspect.Parameter.empty)
        for name, parameter in inspect.signature(function).parameters.items()
    )


def _argument(name: str, hint: Any, *, required: bool) -> ArgumentSpec:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"the argument {name} is not Annotated[..., Argument(...)]")
    kind, words = get_args(hint)
    return ArgumentSpec(
        name=name,
        kind=_kind(kind),
        help=_sentence(words.help, words.choices, "." if required else f"; empty for {words.default}."),
        required=required,
        default=None if required else words.default,
        unit=words.unit,
        choices=words.choices,
    )


def _sentence(said: str, choices: Sequence[str], rest: str) -> str:
    """The help with as many choices as fit into what a host shows."""
    for count in range(len(choices), 0, -1):
        listed = ", ".join(choices[:count]) + ("" if count == len(choices) else " ...")
        sentence = f"{said}: {listed}{rest}"
        if len(sentence) <= LONGEST_HELP:
            return sentence
    return f"{said}{rest}"


def _kind(annotation: Any) -> Kind:
    text = str(annotation)
    if "date" in text:
        return "date"
    return "number" if "int" in text or "float" in text else "text"
