"""From a YAML file to a Thesis: every fault is reported at once, with its file, line and field."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from xl_thesis import documents
from xl_thesis.catalogue import Catalogue, leaves, load_catalogue
from xl_thesis.definition import Indicator, Thesis
from xl_thesis.errors import DefinitionError, Fault, InputError
from xl_thesis.models import Operand, as_document
from xl_thesis.wording import did_you_mean

_FOLDER = Path(__file__).with_name("theses")
_META_GROUP = "META"


def thesis_ids() -> list[str]:
    """Ids of the theses that come with the package."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load_thesis(name: str) -> Thesis:
    """A thesis by the id of one that comes with the package, or by the path of a YAML file.

    Raises ``InputError`` for an unknown id and ``DefinitionError`` for a file with faults.
    """
    path = Path(name)
    if path.suffix.lower() not in (".yaml", ".yml"):
        if path.suffix.lower() == ".xlsx":
            raise InputError(f"'{name}' is a workbook; make a .yaml of it with `xl-thesis thesis import`")
        if name not in thesis_ids():
            near, known = did_you_mean(name, thesis_ids()), ", ".join(thesis_ids())
            raise InputError(f"there is no thesis '{name}'{near}; give the path of a .yaml file or one of: {known}")
        path = _FOLDER / f"{name}.yaml"
    return parse_thesis(documents.read_text(path), path)


@lru_cache(maxsize=8)
def parse_thesis(text: str, path: Path) -> Thesis:
    """The thesis a YAML text holds; ``path`` names it in faults, and its stem must be the thesis id."""
    document, faults = documents.parse(text, path.name)
    try:
        thesis = Thesis.model_validate(document)
    except ValidationError as error:
        raise DefinitionError(faults + documents.faults_of(error, text, path.name)) from None
    faults += [Fault(path.name, field, message) for field, message in _inconsistencies(thesis, path)]
    if not faults:  # the hash of an unsound definition says nothing
        faults += [Fault(path.name, field, message) for field, message in _seal_faults(thesis)]
    if faults:
        raise DefinitionError(faults)
    return thesis


def catalogue_of(thesis: Thesis) -> Catalogue:
    """The package's catalogue with the thesis's own series on top."""
    return {**load_catalogue(), **{meta.id: meta for meta in thesis.series}}


def operands_of(indicator: Indicator) -> Iterator[Operand]:
    """Everything an indicator may be computed from: source, fallbacks, then the transform's own series."""
    yield indicator.source
    yield from (fallback.source for fallback in indicator.fallbacks)
    yield from transform_series(indicator)


def series_behind(thesis: Thesis, catalogue: Catalogue) -> frozenset[str]:
    """Ids of the stored series that any indicator may be computed from."""
    operands = (operand for indicator in thesis.indicators for operand in operands_of(indicator))
    return frozenset(series_id for operand in operands for series_id in leaves(operand, catalogue))


def transform_series(indicator: Indicator) -> tuple[str, ...]:
    """Series that the transform needs beside its input: a benchmark or a risk-free rate."""
    transform = indicator.transform
    if transform.kind == "beta":
        return (transform.benchmark,)
    return (transform.risk_free,) if transform.kind == "excess_drift_t" else ()


def definition_hash(thesis: Thesis) -> str:
    """SHA-256 of the canonical JSON of what affects the score, and of nothing else: no words, no file bytes."""
    return _digest(
        {
            "id": thesis.id,
            "base_date": thesis.base_date,
            "method": as_document(thesis.method),
            "labels": [[label.id, label.below] for label in thesis.labels],
            "pillars": [[pillar.id, pillar.role, pillar.weight] for pillar in thesis.pillars],
            "indicators": [
                {
                    **computation(indicator, thesis),
                    "pillar": indicator.pillar,
                    "weight": indicator.weight,
                    "contested": indicator.contested,
                }
                for indicator in thesis.indicators
            ],
        }
    )


def falsifiers_hash(thesis: Thesis) -> str:
    """SHA-256 of the canonical JSON of what would prove indicators and claims wrong and decide questions."""
    kept = {
        "indicators": {"id", "falsifier", "wrong_on", "wrong_when"},
        "claims": {"id", "falsifier", "wrong_on"},
        "questions": {"id", "criterion", "resolve_when", "polarity", "opens", "resolves"},
    }
    document: dict[str, Any] = {
        name: [item.model_dump(mode="json", include=fields) for item in getattr(thesis, name)]
        for name, fields in kept.items()
    }
    document["review_dates"] = [str(day) for day in thesis.review_dates]
    return _digest(document)


def seal_of(thesis: Thesis) -> str:
    """SHA-256 of both hashes: what a frozen definition may not change."""
    return _digest([definition_hash(thesis), falsifiers_hash(thesis)])


def computation(indicator: Indicator, thesis: Thesis) -> dict[str, Any]:
    """How an indicator's score comes about, as JSON values: two theses with equal ones share precomputed scores."""
    catalogue = catalogue_of(thesis)
    keep = {"id", "source", "fallbacks", "transform", "direction", "normalise"}
    document = indicator.model_dump(mode="json", include=keep)
    document["fallbacks"] = [fallback["source"] for fallback in document["fallbacks"]]
    document["base_date"] = str(thesis.base_date) if "base_date" in document["transform"] else None
    document["short_history"] = as_document(thesis.method.short_history)
    timing = {"frequency", "lag_days", "seven_days", "zero_is_missing", "derived"}
    document["series"] = {
        series_id: catalogue[series_id].model_dump(mode="json", include=timing)
        for operand in operands_of(indicator)
        for series_id in (*_ids(operand), *leaves(operand, catalogue))
    }
    return document


def computation_key(indicator: Indicator, thesis: Thesis) -> str:
    """Twelve hex digits that change whenever the indicator's score could: the name of its precomputed scores."""
    return _digest(computation(indicator, thesis))[:12]


def _digest(document: object) -> str:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _ids(operand: Operand) -> tuple[str, ...]:
    return (operand,) if isinstance(operand, str) else operand.series_ids()


def _inconsistencies(thesis: Thesis, path: Path) -> Iterator[tuple[str, str]]:
    """Faults that no single field shows, as (field, message)."""
    if thesis.id != path.stem:
        yield "id", f"'{thesis.id}' must equal the file's name '{path.stem}'"
    for name in ("pillars", "indicators", "claims", "questions", "series", "labels"):
        for twin in _repeated(item.id for item in getattr(thesis, name)):
            yield name, f"the id '{twin}' is used twice"
    yield from _label_faults(thesis)
    yield from _reference_faults(thesis)
    yield from _weight_faults(thesis)


def _seal_faults(thesis: Thesis) -> Iterator[tuple[str, str]]:
    if (thesis.frozen_on is None) != (thesis.frozen_hash is None):
        yield "frozen_hash", "frozen_on and frozen_hash belong together; `xl-thesis freeze` prints both"
    elif thesis.frozen_on is not None and thesis.frozen_on < thesis.published:
        yield "frozen_on", f"{thesis.frozen_on} is before the thesis was published, on {thesis.published}"
    elif thesis.frozen_hash is not None and not seal_of(thesis).startswith(thesis.frozen_hash):
        changed = f"the definition was changed after it was frozen on {thesis.frozen_on}"
        yield "frozen_hash", f"{changed}; restore it, or take frozen_on and frozen_hash out and freeze it anew"


def _label_faults(thesis: Thesis) -> Iterator[tuple[str, str]]:
    limits = [label.below for label in thesis.labels]
    if limits != sorted(set(limits)) or limits[-1] != 100:
        yield "labels", "limits must ascend and end at 100"


def _reference_faults(thesis: Thesis) -> Iterator[tuple[str, str]]:
    pillars = {pillar.id for pillar in thesis.pillars}
    claims = {claim.id for claim in thesis.claims}
    known = set(catalogue_of(thesis))
    for row, indicator in enumerate(thesis.indicators):
        place = f"indicators[{row}] ({indicator.id})"
        if indicator.pillar not in pillars:
            near = did_you_mean(indicator.pillar, pillars)
            yield f"{place}.pillar", f"there is no pillar '{indicator.pillar}'{near}"
        yield from _unknown_claims(f"{place}.claims", indicator.claims, claims)
        yield from _unknown_series(f"{place}.source", operands_of(indicator), known)
        transform = indicator.transform
        if transform.kind in ("anchored_z", "change_since") and not (transform.base_date or thesis.base_date):
            yield f"{place}.transform", f"{transform.kind} needs a base_date here or in the thesis"
    for row, claim in enumerate(thesis.claims):
        if claim.group not in pillars | {_META_GROUP}:
            near = did_you_mean(claim.group, pillars)
            yield f"claims[{row}] ({claim.id}).group", f"there is no pillar '{claim.group}'{near}"
    for row, question in enumerate(thesis.questions):
        place = f"questions[{row}] ({question.id})"
        yield from _unknown_claims(f"{place}.claims", question.claims, claims)
        conditions = question.resolve_when.conditions if question.resolve_when else ()
        operands = (operand for condition in conditions for operand in condition.operands)
        yield from _unknown_series(f"{place}.resolve_when", operands, known)
    for name, operand in (("target", thesis.target), ("rate_differential", thesis.rate_differential)):
        yield from _unknown_series(name, [operand] if operand else [], known)


def _unknown_claims(place: str, wanted: Iterable[str], known: set[str]) -> Iterator[tuple[str, str]]:
    for claim in sorted(set(wanted) - known):
        yield place, f"there is no claim '{claim}'"


def _unknown_series(place: str, operands: Iterable[Operand], known: set[str]) -> Iterator[tuple[str, str]]:
    for series_id in sorted({name for operand in operands for name in _ids(operand)} - known):
        near = did_you_mean(series_id, known)
        yield place, f"unknown series '{series_id}'{near}: add it to the thesis under `series`"


def _weight_faults(thesis: Thesis) -> Iterator[tuple[str, str]]:
    if sum(pillar.weight for pillar in thesis.pillars) <= 0:
        yield "pillars", "at least one pillar must have a weight above 0"
    for row, pillar in enumerate(thesis.pillars):
        if pillar.weight > 0 and not sum(indicator.weight for indicator in thesis.indicators_of(pillar.id)):
            yield f"pillars[{row}] ({pillar.id})", "no indicator with a weight above 0 belongs to it"


def _repeated(ids: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(ids).items() if count > 1)
