"""The catalogue: what every known series is. One entry each in ``catalogue.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from xl_thesis import documents
from xl_thesis.errors import DefinitionError, InputError
from xl_thesis.models import Operand, SeriesMeta
from xl_thesis.wording import did_you_mean

_FILE = Path(__file__).with_name("catalogue.yaml")
_ENTRIES = TypeAdapter(dict[str, SeriesMeta])

Catalogue = Mapping[str, SeriesMeta]


@cache
def load_catalogue() -> Catalogue:
    """The package's catalogue, by series id."""
    text = documents.read_text(_FILE)
    document, faults = documents.parse(text, _FILE.name)
    if faults:
        raise DefinitionError(faults)
    entries = {series_id: {"id": series_id, **entry} for series_id, entry in document.items()}
    try:
        return _ENTRIES.validate_python(entries)
    except ValidationError as error:
        raise DefinitionError(documents.faults_of(error, text, _FILE.name)) from None


def meta_of(catalogue: Catalogue, series_id: str) -> SeriesMeta:
    """The entry of a series. Raises ``InputError`` for an unknown id."""
    try:
        return catalogue[series_id]
    except KeyError:
        raise unknown_series(catalogue, series_id) from None


def unknown_series(catalogue: Catalogue, name: str) -> InputError:
    """The error that says what an unknown series may have meant: ids that are near, else titles that have the word."""
    near = did_you_mean(name, catalogue)
    if not near and len(name) > 2:
        titled = [meta.id for meta in catalogue.values() if name.lower() in meta.title.lower()][:3]
        near = f" (did you mean {' or '.join(titled)}?)" if titled else ""
    return InputError(f"unknown series '{name}'{near}; `xl-thesis series` lists all")


def leaves(operand: Operand, catalogue: Catalogue) -> tuple[str, ...]:
    """Ids of the stored series behind an operand: catalogue entries that are derived are followed to their inputs."""
    found: dict[str, None] = {}
    ids: Iterable[str] = (operand,) if isinstance(operand, str) else operand.series_ids()
    for series_id in ids:
        derived = meta_of(catalogue, series_id).derived
        found.update(dict.fromkeys((series_id,) if derived is None else leaves(derived, catalogue)))
    return tuple(found)
