"""A thesis definition as sheets: which sheet and column each field of the schema has, and how its values look there.

Nothing here names a field of the schema: what the schema gains appears as a column. A nested field has a dotted header
(``verdict.note``); a transform is its kind beside its parameters; a list is one cell.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel

from xl_thesis.definition import Thesis
from xl_thesis.errors import InputError
from xl_thesis.expressions import (
    read_fields,
    read_list,
    read_operand,
    read_value,
    write_fields,
    write_list,
    write_operand,
    write_value,
)
from xl_thesis.fields import Field, Shape, fields_of, given
from xl_thesis.models import Text
from xl_thesis_workbook.cells import Value

Keys = tuple[str, ...]
Part = Literal["whole", "kind", "parameters"]

ABOUT, HELP = "About", "Help"
_ORDER = ("pillars", "indicators", "claims", "questions", "series", "labels", "method")
_QUOTABLE = re.compile(r'^\s|\s$|^"|\n')


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """One column of a sheet, or one row of a form: the field at ``path``, or a part of it."""

    header: str
    path: Keys
    shape: Shape
    help: str
    part: Part = "whole"

    @property
    def is_list(self) -> bool:
        """Whether a form has a row for each item of it."""
        return self.shape.kind == "list"

    @property
    def item(self) -> FieldColumn:
        """The column of one item of a list; of anything else the column itself."""
        if self.shape.kind != "list" or self.shape.item is None:
            return self
        return replace(self, shape=self.shape.item, help=f"{_manner(self.shape.item)}; one row each")

    @property
    def lists_prose(self) -> bool:
        """Whether a cell holds several texts, one a line."""
        return self.shape.kind == "list" and self.shape.item is not None and self.shape.item.kind == "text"


@dataclass(frozen=True, slots=True)
class Section:
    """A sheet with its table. A form has one row a field, any other sheet one column a field; ``path`` leads to it."""

    title: str
    path: Keys
    columns: tuple[FieldColumn, ...]
    is_form: bool

    @property
    def table(self) -> str:
        """The name of its Excel table, by which a renamed sheet is still found."""
        return f"ThesisDefinition{self.title}"


def sections() -> list[Section]:
    """Every sheet of the definition, in the order of work."""
    own = {field.key: field for field in fields_of(Thesis) if _has_sheet(field)}
    about = [column for field in fields_of(Thesis) if field.key not in own for column in _of_field(field, ())]
    found = [Section(ABOUT, (), tuple(about), is_form=True)]
    for key in [*(key for key in _ORDER if key in own), *(key for key in own if key not in _ORDER)]:
        shape = own[key].shape
        model = shape.model or (shape.item.model if shape.item else None)
        if model is not None:
            found.append(Section(key.capitalize(), (key,), tuple(columns_of(model)), is_form=shape.kind == "model"))
    return found


def columns_of(model: type[BaseModel], prefix: Keys = (), *, optional: bool = False) -> Iterator[FieldColumn]:
    """The columns of a model, nested ones included; ``optional`` says that the whole model may be left out."""
    for field in fields_of(model):
        yield from _of_field(field, prefix, optional=optional)


def _of_field(field: Field, prefix: Keys, *, optional: bool = False) -> Iterator[FieldColumn]:
    path, shape = (*prefix, field.key), field.shape
    if shape.kind == "model" and shape.model and _can_be_spread(field, shape.model):
        yield from columns_of(shape.model, path, optional=optional or not field.required)
    elif shape.kind == "mapping" and shape.key and shape.key.kind == "choice" and shape.item and shape.item.model:
        for choice in shape.key.choices:
            yield from columns_of(shape.item.model, (*path, str(choice)), optional=optional)
    elif shape.kind == "variant":
        header = ".".join(path)
        kinds = Shape("choice", choices=tuple(shape.variants))
        yield FieldColumn(f"{header}.kind", path, kinds, f"a kind of the sheet {HELP}{_need(field, optional)}", "kind")
        yield FieldColumn(f"{header}.parameters", path, shape, "name=value, name=value", "parameters")
    else:
        yield FieldColumn(".".join(path), path, shape, _manner(shape) + _need(field, optional))


def _can_be_spread(field: Field, model: type[BaseModel]) -> bool:
    """Whether empty cells alone can say that the model is absent, or at its default."""
    return field.required or field.default is not None or any(part.required for part in fields_of(model))


def _manner(shape: Shape) -> str:
    """How a cell of this shape is written."""
    item = shape.item
    if shape.kind == "list" and item is not None:
        if item.kind == "model" and item.model is not None:
            parts = (f"{field.key}=..." if field.required else f"[{field.key}=...]" for field in fields_of(item.model))
            return "one a line: " + ", ".join(parts)
        return "one a line" if item.kind == "text" else f"{item.words()}; several with commas between"
    if shape.kind == "mapping":
        return "name=value, name=value"
    return shape.words()


def _need(field: Field, optional: bool) -> str:
    if field.required:
        return "; needed if its other parts are given" if optional else "; required"
    usual = isinstance(field.default, (bool, int, float, str))
    return f"; {write_value(field.default)} if empty" if usual else "; may be empty"


def _has_sheet(field: Field) -> bool:
    """Whether a field of the thesis is a sheet of its own: a list of models, or a model that is not just a text."""
    return field.shape.holds_rows or (field.shape.kind == "model" and field.shape.model is not Text)


def to_cell(column: FieldColumn, value: Any) -> Value:
    """A field's value as a cell holds it.

    >>> to_cell(FieldColumn("posts", ("posts",), Shape("list", item=Shape("number")), ""), (-2.0, 0.0, 1.5))
    '-2, 0, 1.5'
    """
    if value is None:
        return None
    if column.part == "kind":
        return str(value.kind)
    if column.part == "parameters":
        return write_fields({key: part for key, part in given(value).items() if key != "kind"}) or None
    shape = column.shape
    if shape.kind in ("text", "word", "series", "choice", "flag", "whole number", "number", "date"):
        plain: Value = value
        return plain
    if shape.kind == "span":
        return str(value)
    if shape.kind == "expression":
        return write_operand(value)
    if shape.kind == "list":
        return _write_items(column, value) or None
    if shape.kind == "mapping":
        return write_fields(value) or None
    if shape.kind == "model":
        return write_fields(given(value)) or "{}"
    return write_value(value)


def _write_items(column: FieldColumn, values: Sequence[Any]) -> str:
    if column.lists_prose:
        return "\n".join(
            json.dumps(text, ensure_ascii=False) if not text or _QUOTABLE.search(text) else text for text in values
        )
    if column.shape.holds_rows:
        return "\n".join(write_fields(given(value)) or "{}" for value in values)
    return write_list(values)


def from_cell(column: FieldColumn, value: Value) -> Any:
    """What a cell says, as a file would hold it. Raises ``InputError`` with what is wrong with it.

    >>> from_cell(FieldColumn("weight", ("weight",), Shape("number"), ""), "0.25")
    0.25
    """
    shape = column.shape
    if column.part == "parameters":
        return _no_kind(read_fields(_text(value)))
    if shape.kind in _READERS:
        return _READERS[shape.kind](value, shape)
    if shape.kind == "list":
        return _read_items(column, value)
    if shape.kind in ("mapping", "model"):
        text = _text(value)
        return {} if text.strip() == "{}" else read_fields(text)
    return read_value(value) if isinstance(value, str) else value


def _read_items(column: FieldColumn, value: Value) -> list[Any]:
    if not isinstance(value, str):
        return [_READERS.get(column.shape.item.kind, _as_it_is)(value, column.shape.item)] if column.shape.item else []
    lines = [line.strip("\r") for line in value.split("\n")]
    if column.lists_prose:
        return [read_value(line) if line.startswith('"') else line for line in lines if line.strip()]
    if column.shape.holds_rows:
        return [{} if line.strip() == "{}" else read_fields(line) for line in lines if line.strip()]
    return read_list(value)


def _no_kind(parameters: dict[Any, Any]) -> dict[Any, Any]:
    if "kind" in parameters:
        raise InputError("the kind stands in the column before")
    return parameters


def _as_it_is(value: Value, _: Shape) -> Value:
    return value


def _text(value: Value, _: Shape | None = None) -> str:
    """Text, also of a number or a truth value that the program made of what was typed."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date):
        raise InputError("it is a date; format the cell as text and type it again")
    if isinstance(value, (int, float)):
        return write_value(value)
    return str(value)


def _word(value: Value, _: Shape) -> str:
    return _text(value).strip()


def _choice(value: Value, shape: Shape) -> Any:
    text = _word(value, shape)
    for choice in shape.choices:
        if str(choice) == text:
            return choice
    raise InputError(f"'{text}' is not one of {', '.join(str(choice) for choice in shape.choices)}")


def _flag(value: Value, shape: Shape) -> bool:
    text = _word(value, shape).lower()
    if text not in ("true", "false"):
        raise InputError(f"'{text}' is neither TRUE nor FALSE")
    return text == "true"


def _number(value: Value, shape: Shape) -> float | int:
    try:
        number = read_value(value) if isinstance(value, str) else value
    except InputError:
        number = None
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise InputError(f"'{value}' is not a number")
    if shape.kind == "number":
        return number
    if number != int(number):
        raise InputError(f"'{value}' is not a whole number")
    return int(number)


def _date(value: Value, _: Shape) -> dt.date:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value.strip())
        except ValueError:
            pass
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise InputError(f"'{value}' is not a date; write it like 2025-02-24")


def _expression(value: Value, _: Shape) -> Any:
    return read_operand(_text(value))


_READERS: dict[str, Callable[[Value, Shape], Any]] = {
    "text": _text, "word": _word, "series": _word, "span": _word, "choice": _choice, "flag": _flag,
    "whole number": _number, "number": _number, "date": _date, "expression": _expression,
}  # fmt: skip
