"""Every cell function once: its name, arguments and words, read from a Python function and its docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["date", "text", "number"]
Shape = Literal["number", "text", "date", "table"]

FUNCTIONS: dict[str, FunctionSpec] = {}
_ARGUMENT = re.compile(r"^(\w+): (.+)$")


@dataclass(frozen=True, slots=True)
class ArgumentSpec:
    """One argument; ``required`` ones come first."""

    name: str
    kind: Kind
    help: str
    required: bool


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """What a host must know of a cell function."""

    name: str
    summary: str
    arguments: tuple[ArgumentSpec, ...]
    returns: Shape
    errors: str
    example: str
    call: Callable[..., Any] = field(compare=False)

    @property
    def signature(self) -> str:
        """As analysts write it: ``THESIS_SCORE([as_of], [thesis])``."""
        words = [argument.name if argument.required else f"[{argument.name}]" for argument in self.arguments]
        return f"{self.name}({', '.join(words)})"


def cell_function(returns: Shape) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as ``XL_NAME`` of its Python name in capitals.

    Its docstring holds a summary, a line ``name: help`` for each argument, a line ``Errors:`` and one ``Example:``. The
    kind of an argument follows from its annotation, as does whether it is required from its default.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        spec = _read(function, returns)
        FUNCTIONS[spec.name] = spec
        return function

    return register


def _read(function: Callable[..., Any], returns: Shape) -> FunctionSpec:
    lines = [line.strip() for line in inspect.getdoc(function).splitlines()]  # type: ignore[union-attr]
    helps = {match[1]: match[2] for match in map(_ARGUMENT.match, lines) if match}
    arguments = tuple(
        ArgumentSpec(name, _kind(str(parameter.annotation)), helps[name], parameter.default is inspect.Parameter.empty)
        for name, parameter in inspect.signature(function).parameters.items()
    )
    return FunctionSpec(
        name=function.__name__.upper(),
        summary=lines[0],
        arguments=arguments,
        returns=returns,
        errors=helps["Errors"],
        example=helps["Example"],
        call=function,
    )


def _kind(annotation: str) -> Kind:
    if "date" in annotation:
        return "date"
    return "number" if "int" in annotation or "float" in annotation else "text"
