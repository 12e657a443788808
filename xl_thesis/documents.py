"""YAML files as plain values and back, and the place of every fault in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from xl_thesis.errors import DefinitionError, Fault
from xl_thesis.fields import given
from xl_thesis.models import Model, Span
from xl_thesis.wording import refusal

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SafeDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_WIDTH = 110


class _Loader(_SafeLoader):  # type: ignore[misc]
    """A safe loader that notes keys written twice, of which YAML silently keeps the last."""

    twins: list[tuple[str, int]]

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                self.twins.append((key.value, key.start_mark.line + 1))
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def read_text(path: Path) -> str:
    """The file's text; every way this can fail is a ``DefinitionError`` with one sentence."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        message = "there is no such file"
    except UnicodeDecodeError as error:
        message = f"it is not UTF-8 text (byte {error.start})"
    except OSError as error:
        message = f"it cannot be read: {error.strerror}"
    raise DefinitionError([Fault(path.name, "", message)])


def parse(text: str, file: str) -> tuple[dict[str, Any], list[Fault]]:
    """The mapping a YAML text holds, and a fault for each key written twice.

    Raises ``DefinitionError`` for broken YAML.
    """
    try:
        loader = _Loader(text)
        loader.twins = []
        document = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DefinitionError([Fault(file, "", f"not valid YAML: {error.problem}", line)]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise DefinitionError([Fault(file, "", f"not valid YAML: {reason}")]) from None
    if not isinstance(document, dict):
        raise DefinitionError([Fault(file, "", "it must be a mapping of keys to values")])
    return document, [Fault(file, key, "this key is written twice", line) for key, line in loader.twins]


def faults_of(error: ValidationError, text: str, file: str) -> list[Fault]:
    """The faults of a validation, each with its field and line; a value that may be one of two kinds has one fault."""
    root = _compose(text)
    items = [(*_place(root, item), item) for item in error.errors(include_url=False)]
    places = [place for place, _, _ in items]
    faults: dict[object, Fault] = {}
    for place, is_member, item in items:
        if is_member and isinstance(item["input"], dict) and item["type"] == "string_type":
            continue  # it is meant to be the other kind, whose own faults are told
        if is_member and isinstance(item["input"], str) and places.count(place) > 1 and item["type"] == "model_type":
            continue
        if item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"]:
            continue  # its items are there, and their own faults are told
        faults[place, is_member or len(faults)] = Fault(file, _field(place), refusal(item), _line(root, place))
    return list(faults.values())


def line_of(text: str, location: Sequence[int | str]) -> int | None:
    """Line of the deepest part of a location that is in the text.

    >>> line_of("a: 1\\nb:\\n  - c: 2\\n", ("b", 0, "c"))
    3
    """
    return _line(_compose(text), location)


class _Dumper(_SafeDumper):  # type: ignore[misc]
    """A safe dumper that writes a small collection on one line, and models without the fields left at their default."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def represent(self, data: object) -> None:
        node = self.represent_data(data)
        node.flow_style = False  # the document itself always takes a line for each key
        self.serialize(node)

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node: yaml.MappingNode = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = _fits_a_line([part for pair in node.value for part in pair])
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        node: yaml.SequenceNode = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = _fits_a_line(node.value)
        return node

    def represent_model(self, model: Model) -> yaml.Node:
        plain = str(model) if isinstance(model, Span) else given(model)
        node: yaml.Node = self.represent_data(plain)
        return node


_Dumper.add_multi_representer(Model, _Dumper.represent_model)


def to_yaml(document: object) -> str:
    """Plain values and models as YAML text.

    >>> print(to_yaml({"id": "mine", "title": {"en": "No", "zh-Hant": "否"}}), end="")
    id: mine
    title: {en: 'No', zh-Hant: 否}
    """
    dumped: str = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return dumped


def _fits_a_line(nodes: Sequence[yaml.Node]) -> bool:
    flat = all(isinstance(node, yaml.ScalarNode) or getattr(node, "flow_style", False) for node in nodes)
    return flat and sum(_width(node) + 2 for node in nodes) < _WIDTH - 20


def _width(node: yaml.Node) -> int:
    if isinstance(node, yaml.ScalarNode):
        return sum(2 if character > "\u2e7f" else 1 for character in node.value)
    parts = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    return sum(_width(part) + 2 for part in parts)


def _compose(text: str) -> yaml.Node | None:
    node: yaml.Node | None = yaml.compose(text, _SafeLoader)
    return node


def _place(root: yaml.Node | None, item: Mapping[str, Any]) -> tuple[tuple[int | str, ...], bool]:
    """Where in the file an error is, and whether it is about one of several kinds that the value there may have.

    pydantic puts the kinds of a value into its place, where the file has no such keys.
    """
    node, place = root, list[int | str]()
    location, last = item["loc"], len(item["loc"]) - 1
    for depth, part in enumerate(location):
        if isinstance(node, yaml.MappingNode):
            found = next((child for key, child in node.value if key.value == str(part)), None)
            is_kind = any(key.value == "kind" and child.value == part for key, child in node.value)
            if found is not None or (depth == last and (is_kind or item["type"] == "missing")):
                place.append(part)
                node = found or node
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            place.append(part)
            node = node.value[part]
    return tuple(place), bool(location) and (not place or place[-1] != location[-1])


def _field(location: Sequence[int | str]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).lstrip(".")


def _line(node: yaml.Node | None, location: Sequence[int | str]) -> int | None:
    """Line of the deepest part of the location that is in the file."""
    line = node.start_mark.line + 1 if node else None
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, child) for key, child in node.value if key.value == part), None)
            if found is None:
                continue  # a discriminator or union member, not a key of the file
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
