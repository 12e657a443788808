"""The schema as data: every field of a thesis, its kind, whether it must be given, and how to say so in words."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from xl_thesis.models import Derived, SeriesId, Span

Kind = Literal[
    "text", "word", "series", "choice", "flag", "whole number", "number", "date", "span", "expression",
    "model", "variant", "list", "mapping", "anything",
]  # fmt: skip

_SERIES_NOTE = get_args(SeriesId)[1]
_SCALARS: dict[object, Kind] = {
    str: "text", bool: "flag", int: "whole number", float: "number", dt.date: "date", Span: "span",
    Derived: "expression",
}  # fmt: skip
_WORDS: dict[Kind, str] = {
    "text": "text", "word": "word of letters, digits and _", "series": "series id", "flag": "true or false",
    "whole number": "whole number", "number": "number", "date": "date", "span": "span such as 13W, 6M, 2Q or 1Y",
    "expression": "expression", "anything": "value",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """What values a field takes.

    ``choices`` belong to a choice, ``model`` to a model, ``variants`` (models by the value of ``kind``) to a variant,
    ``item`` and ``key`` to a list or a mapping. ``limits`` are words such as "at least 1".
    """

    kind: Kind
    choices: tuple[Any, ...] = ()
    model: type[BaseModel] | None = None
    variants: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    item: Shape | None = None
    key: Shape | None = None
    limits: tuple[str, ...] = ()

    @property
    def holds_rows(self) -> bool:
        """Whether it is a list of models: a table."""
        return self.kind == "list" and self.item is not None and self.item.kind == "model"

    def words(self) -> str:
        """The shape in words.

        >>> shape_of(tuple[dt.date, ...]).words()
        'list: date'
        """
        if self.kind == "choice":
            names = ", ".join(str(choice) for choice in self.choices)
            said = f"one of {names}" if len(self.choices) > 1 else f"always {names}"
        elif self.kind == "model" and self.model is not None:
            said = self.model.__name__
        elif self.kind == "variant":
            said = "one of the kinds " + ", ".join(self.variants)
        elif self.kind == "list" and self.item is not None:
            said = f"list: {self.item.words()}"
        elif self.kind == "mapping" and self.item is not None and self.key is not None:
            said = f"for each {self.key.words()}: {self.item.words()}"
        else:
            said = _WORDS[self.kind]
        return ", ".join([said, *self.limits])


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``key`` is its name in files, ``name`` in Python. ``default`` counts where it is not ``required``."""

    key: str
    name: str
    shape: Shape
    required: bool
    default: Any = None

    def words(self) -> str:
        """What may be written, and what happens if nothing is."""
        if self.required:
            return f"{self.shape.words()}; required"
        plain = isinstance(self.default, (bool, int, float, str)) and self.default != ""
        said = str(self.default).lower() if isinstance(self.default, bool) else f"{self.default}"
        return f"{self.shape.words()}; {said} if empty" if plain else f"{self.shape.words()}; may be empty"


@cache
def fields_of(model: type[BaseModel]) -> tuple[Field, ...]:
    """The fields of a model, in order.

    >>> from xl_thesis.models import Text
    >>> [field.key for field in fields_of(Text)]
    ['en', 'zh-Hant']
    """
    return tuple(
        Field(
            key=info.alias or name,
            name=name,
            shape=_annotated(info.annotation, info),
            required=info.is_required(),
            default=None if info.is_required() else info.get_default(call_default_factory=True),
        )
        for name, info in model.model_fields.items()
    )


def given(value: BaseModel) -> dict[str, Any]:
    """A model's fields as files have them: by key, those left at their default left out.

    >>> from xl_thesis.models import Text
    >>> given(Text(en="Dollar", zh_hant="美元"))
    {'en': 'Dollar', 'zh-Hant': '美元'}
    """
    pairs = ((field, getattr(value, field.name)) for field in fields_of(type(value)))
    return {field.key: part for field, part in pairs if field.required or part != field.default}


def shape_of(annotation: Any) -> Shape:
    """The shape of a type annotation.

    >>> shape_of(Literal[1, -1]).choices
    (1, -1)
    """
    if get_origin(annotation) is Annotated:
        base, *notes = get_args(annotation)
        return _annotated(base, FieldInfo.from_annotation(annotation) if notes else None)
    members = [member for member in _members(annotation) if member is not type(None)]
    if len(members) == 1:
        return _single(members[0])
    if Derived in members:
        return Shape("expression")
    return Shape("anything")


def variants_of(members: list[Any], discriminator: str) -> dict[str, type[BaseModel]]:
    """The models of a tagged union by each value of the tag."""
    return {
        str(value): member for member in members for value in get_args(member.model_fields[discriminator].annotation)
    }


def _annotated(annotation: Any, info: FieldInfo | None) -> Shape:
    """The shape of an annotation with what pydantic noted about it."""
    if info is not None and isinstance(info.discriminator, str):
        members = [member for member in _members(annotation) if member is not type(None)]
        return Shape("variant", variants=variants_of([_bare(member) for member in members], info.discriminator))
    shape = shape_of(annotation)
    if info is None:
        return shape
    if shape.kind == "text":
        return Shape(_kind_of_text(info))
    return replace(shape, limits=(*shape.limits, *_limits(info.metadata)))


def _single(annotation: Any) -> Shape:
    if get_origin(annotation) is Annotated:
        return shape_of(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return Shape("choice", choices=arguments)
    if annotation in _SCALARS:
        return Shape(_SCALARS[annotation])
    if origin in (tuple, list):
        exactly = () if Ellipsis in arguments or origin is list else (f"{len(arguments)} of them",)
        return Shape("list", item=shape_of(arguments[0]), limits=exactly)
    if origin in (dict, Mapping):
        return Shape("mapping", key=shape_of(arguments[0]), item=shape_of(arguments[1]))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape("model", model=annotation)
    return Shape("anything")


def _members(annotation: Any) -> Iterator[Any]:
    """The members of a union, those of unions within it included."""
    if get_origin(annotation) in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    else:
        yield annotation


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _kind_of_text(info: FieldInfo) -> Kind:
    if _SERIES_NOTE in info.metadata:
        return "series"
    return "word" if any(getattr(note, "pattern", None) for note in info.metadata) else "text"


def _limits(metadata: list[Any]) -> Iterator[str]:
    """Limits of numbers in words; those of lengths say nothing that "required" does not."""
    for note in metadata:
        for name, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than")):
            value = getattr(note, name, None)
            if value is not None:
                yield f"{words} {value:g}"
