"""Writing a thesis of one's own: a file to start from, and what a definition can rest on."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from xl_thesis.catalogue import leaves
from xl_thesis.checking import TEMPLATE
from xl_thesis.days import today
from xl_thesis.definition import Identifier, Thesis
from xl_thesis.documents import read_text
from xl_thesis.errors import InputError, MissingData
from xl_thesis.evaluation import IndicatorResult, Status
from xl_thesis.fields import fields_of
from xl_thesis.files import put_file
from xl_thesis.pipeline import Scorer
from xl_thesis.thesis import operands_of

_SUFFIXES = (".yaml", ".yml")
_ID = TypeAdapter(Identifier)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a definition holds and what its score can rest on.

    ``series`` are the ids it needs and ``without_data`` those of which the store has nothing; ``unmeasured`` has the
    reason by indicator; coverage is a share of all weight (0 to 1).
    """

    thesis: str
    as_of: dt.date
    counts: dict[str, int]
    series: tuple[str, ...]
    without_data: tuple[str, ...]
    unmeasured: dict[str, str]
    coverage: float
    status: Status

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}


def start_thesis(path: Path) -> Path:
    """Write a commented thesis, published today, that passes every check, to be changed piece by piece.

    Raises ``InputError`` where the file exists or its name cannot be a thesis id.
    """
    require_thesis_name(path)
    if path.exists():
        raise InputError(f"'{path}' exists; choose another name")
    return put_file(path, _dated(read_text(TEMPLATE).replace(TEMPLATE.stem, path.stem), today()).encode())


def _dated(text: str, day: dt.date) -> str:
    """The template as if it were published on a day; its other days move along, a year staying a year."""
    published = dt.date.fromisoformat(_DAY.findall(text)[0])

    def moved(found: re.Match[str]) -> str:
        then = dt.date.fromisoformat(found[0])
        new = _a_year_after(day) if then == _a_year_after(published) else day + (then - published)
        return new.isoformat()

    return _DAY.sub(moved, text)


def _a_year_after(day: dt.date) -> dt.date:
    """The same day of the next year; the 28th where that has no 29 February."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def require_thesis_name(path: Path) -> None:
    """Raise ``InputError`` unless the file's name without its ending can be a thesis id."""
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError(f"'{path.name}' must end in .yaml")
    try:
        _ID.validate_python(path.stem)
    except ValidationError:
        raise InputError(
            f"'{path.stem}' cannot be a thesis id; name the file with at most 40 letters, digits and _, starting with a"
            " letter, like my_thesis.yaml"
        ) from None


def take_inventory(scorer: Scorer) -> Inventory:
    """What the thesis of a scorer holds, and what its store has for it on the default day."""
    thesis, result = scorer.thesis, scorer.evaluate()
    knowledge = scorer.knowledge(result.as_of)
    needed = {
        series_id: scorer.meta_of(series_id)
        for indicator in thesis.indicators
        for operand in operands_of(indicator)
        for series_id in leaves(operand, scorer.catalogue)
    }
    absent = []
    for series_id, meta in needed.items():
        try:
            knowledge.stored(meta)
        except MissingData:
            absent.append(series_id)
    return Inventory(
        thesis=thesis.id,
        as_of=result.as_of,
        counts={field.key: len(getattr(thesis, field.key)) for field in fields_of(Thesis) if field.shape.holds_rows},
        series=tuple(needed),
        without_data=tuple(absent),
        unmeasured={item.id: reason for item in result.indicators if (reason := _why_not(item))},
        coverage=result.coverage.effective,
        status=result.status,
    )


def _why_not(item: IndicatorResult) -> str:
    """Why an indicator does not count, empty where it does."""
    if item.status == "expired":
        return f"its last value, of {item.observed_on}, is too old"
    return "" if item.score is not None else item.reason or item.status
