"""Every fault of a definition at once, those included that another fault hides, each with its line.

``parse_thesis`` looks for faults between fields (a pillar that does not exist) only where each field is sound. Here the
unsound fields get a stand-in from the starting template for a second look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from xl_thesis import documents
from xl_thesis.catalogue import load_catalogue
from xl_thesis.definition import Thesis
from xl_thesis.errors import DefinitionError, Fault
from xl_thesis.fields import fields_of
from xl_thesis.thesis import parse_thesis

TEMPLATE = Path(__file__).with_name("templates") / "my_thesis.yaml"

Location = tuple[int | str, ...]

_STEP = re.compile(r"\[(\d+)\](?: \([^)]*\))?|\.?([^.\[\]]+)")
_QUOTED = re.compile(r"'([^']*)'")
_NAMED_BY: dict[int | str, set[int | str]] = {
    "pillar": {"pillars"}, "group": {"pillars"}, "claims": {"claims"}, "source": {"series"},
}  # fmt: skip
_ROWS = {field.key for field in fields_of(Thesis) if field.shape.holds_rows}
_KEPT = ("id", "pillar", "group", "weight", "claims")


def find_faults(text: str, path: Path) -> list[Fault]:
    """All faults of the thesis a YAML text holds, in the order of its lines; none if ``parse_thesis`` takes it."""
    try:
        parse_thesis(text, path)
    except DefinitionError as error:
        found = list(error.faults)
    else:
        return []
    try:
        document, _ = documents.parse(text, path.name)
    except DefinitionError:
        return found
    if any(fault.line is not None for fault in found):
        found += _hidden(document, {location_of(fault.field) for fault in found}, path)
    return sorted((_placed(fault, document, text) for fault in found), key=lambda fault: fault.line or 0)


def location_of(field: str) -> Location:
    """The keys and row numbers that lead to a fault's field.

    >>> location_of("indicators[3] (gold_usd).transform.span")
    ('indicators', 3, 'transform', 'span')
    """
    return tuple(int(row) if row else key for row, key in _STEP.findall(field))


def _hidden(document: dict[str, Any], unsound: set[Location], path: Path) -> list[Fault]:
    """Faults between fields of a copy in which every unsound field has a stand-in, less those the stand-ins cause."""
    repaired, replaced = _repair(document, unsound)
    if not repaired:
        return []
    try:
        parse_thesis(documents.to_yaml(repaired), path)
    except DefinitionError as error:
        return [
            fault for fault in error.faults
            if fault.line is None and not _caused(location_of(fault.field), replaced)
        ]  # fmt: skip
    return []


def _caused(location: Location, replaced: set[Location]) -> bool:
    """Whether a stand-in may be behind a fault: at the same place, or by the name or the pillar that it took away."""
    if location[0] == "pillars" and len(location) == 2:
        return any(place[0] == "indicators" and place[2] in ("pillar", "weight") for place in replaced if place[2:])
    renamed = {place[0] for place in replaced if place[2:] == ("id",)}
    if location[2:] and renamed & _NAMED_BY.get(location[2], set()):
        return True
    return any(place[: len(location)] == location or location[: len(place)] == place for place in replaced)


def _repair(document: dict[str, Any], unsound: set[Location]) -> tuple[dict[str, Any], set[Location]]:
    """The document with stand-ins, and their places; an empty one where a whole list is beyond repair."""
    starter = _starter()
    replaced: set[Location] = set()
    repaired: dict[str, Any] = {}
    for key in Thesis.model_fields:
        value = document.get(key)
        places = [place for place in unsound if place[:1] == (key,)]
        if places and key not in starter:
            continue
        if places and key not in _ROWS:
            repaired[key] = starter[key]
            replaced.add((key,))
        elif (key,) in places or (places and not isinstance(value, list)):
            return {}, replaced
        elif places:
            rows = {place[1] for place in places}
            repaired[key] = [
                _stand_in(row, (key, number), starter[key][0], unsound, replaced) if number in rows else row
                for number, row in enumerate(_items(value))
            ]
        elif key in document:
            repaired[key] = value
    return repaired, replaced


def _starter() -> dict[str, Any]:
    """The starting template, with a series of its own."""
    starter, _ = documents.parse(documents.read_text(TEMPLATE), TEMPLATE.name)
    return {**starter, "series": [dict(next(iter(load_catalogue().values())))]}


def _stand_in(
    row: object, place: Location, sound_row: dict[str, Any], unsound: set[Location], replaced: set[Location]
) -> dict[str, Any]:
    """A sound row that keeps the sound fields of the row at a place."""
    given = row if isinstance(row, dict) else {}
    bad = {location[2] for location in unsound if location[:2] == place and len(location) > 2}
    kept = _KEPT if place in unsound else given
    sound = {key: value for key, value in given.items() if key in kept and key not in bad}
    stand_ins = {**sound_row, "id": f"stand_in_{place[1]}"}
    replaced.update((*place, key) for key in stand_ins if key not in sound)
    return {**stand_ins, **sound}


def _placed(fault: Fault, document: dict[str, Any], text: str) -> Fault:
    """The fault with the most exact place its message allows, and the line of it."""
    if fault.line is not None:
        return fault
    quoted = _QUOTED.search(fault.message)
    location = location_of(fault.field)
    if quoted:
        location = next(_search(document, location, quoted[1]), location)
    line = documents.line_of(text, location) if location else None
    return Fault(fault.file, _field(location, document), fault.message, line)


def _search(document: dict[str, Any], location: Location, name: str) -> Iterator[Location]:
    """Where a fault's name stands: at its field, within it, or elsewhere in its row; for a twin, the second of them."""
    if len(location) == 1:
        rows = document.get(str(location[0]))
        twins = [row for row, item in enumerate(_items(rows)) if isinstance(item, dict) and item.get("id") == name]
        yield from ((*location, row, "id") for row in twins[1:])
    for depth in (len(location), 2):
        yield from _within(_at(document, location[:depth]), location[:depth], name)


def _within(value: object, location: Location, name: str) -> Iterator[Location]:
    if value == name and location:
        yield location
    steps: Iterable[tuple[int | str, object]] = ()
    if isinstance(value, Mapping):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    for step, part in steps:
        yield from _within(part, (*location, step), name)


def _at(document: Any, location: Location) -> Any:
    for step in location:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _field(location: Location, document: dict[str, Any]) -> str:
    """The location as a person reads it, rows with their id."""
    said = ""
    for depth, step in enumerate(location, start=1):
        said += f"[{step}]" if isinstance(step, int) else f".{step}"
        name = _at(document, (*location[:depth], "id")) if depth == 2 else None
        said += f" ({name})" if isinstance(name, str) else ""
    return said.lstrip(".")
