"""Writing a thesis of one's own: a file to start from, and what a definition can rest on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from xl_thesis.catalogue import leaves
from xl_thesis.checking import TEMPLATE
from xl_thesis.documents import read_text
from xl_thesis.errors import InputError, MissingData
from xl_thesis.evaluation import Status
from xl_thesis.fields import fields_of
from xl_thesis.files import put_file
from xl_thesis.pipeline import Scorer
from xl_thesis.thesis import operands_of

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a definition holds and what its score can rest on: series ids, and coverage as a share of all weight."""

    thesis: str
    as_of: dt.date
    counts: dict[str, int]
    series: tuple[str, ...]
    without_data: tuple[str, ...]
    unmeasured: dict[str, str]
    coverage: float
    status: Status


def start_thesis(path: Path) -> Path:
    """Write a commented thesis that passes every check, to be changed piece by piece.

    Raises ``InputError`` where the file exists or its name cannot be a thesis id.
    """
    require_thesis_name(path)
    if path.exists():
        raise InputError(f"'{path}' exists; choose another name")
    text = read_text(TEMPLATE).replace(TEMPLATE.stem, path.stem)
    return put_file(path, text.encode())


def require_thesis_name(path: Path) -> None:
    """Raise ``InputError`` unless the file's name without its ending can be a thesis id."""
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError(f"'{path.name}' must end in .yaml")
    if not (path.stem.isascii() and path.stem.replace("_", "a").isalnum() and path.stem[0].isalpha()) or len(path.stem) > 40:
        raise InputError(
            f"'{path.stem}' cannot be a thesis id; name the file with letters, digits and _, starting with a letter,"
            " like my_thesis.yaml"
        )


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
        counts={field.key: len(getattr(thesis, field.key)) for field in fields_of(type(thesis)) if _rows(field.shape)},
        series=tuple(needed),
        without_data=tuple(absent),
        unmeasured={item.id: item.reason or item.status for item in result.indicators if item.score is None},
        coverage=result.coverage.effective,
        status=result.status,
    )
