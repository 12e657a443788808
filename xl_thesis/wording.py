"""How things are said to people: why a value was refused, what an unknown name may have meant, how many there are."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

IDENTIFIER = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"
"""The pattern of an id."""
DIGEST = "^[0-9a-f]{12,64}$"
"""The pattern of a hash, whole or its beginning."""
_LIST = "it must be a list: [one, two], or each item on a line of its own after `- `"
_KEYS = "it must have keys of its own, each on a line with its value: `key: value`"
_REFUSED = {
    "extra_forbidden": "unknown key",
    "missing": "this key is missing",
    "bool_type": "it must be true or false",
    "dict_type": _KEYS,
    "finite_number": "it must be a number that is not infinite",
    "list_type": _LIST,
    "string_too_short": "it must not be empty",
    "tuple_type": _LIST,
    "union_tag_not_found": "it needs a `kind`",
}
_LIMITS = {
    "greater_than": "it must be above {gt:g}",
    "greater_than_equal": "it must be {ge:g} or more",
    "less_than": "it must be below {lt:g}",
    "less_than_equal": "it must be {le:g} or less",
    "literal_error": "it must be {expected}",
    "string_too_long": "it must have {max_length} characters at most",
    "union_tag_invalid": "there is no kind '{tag}'; there are: {expected_tags}",
}
_MODELS = {
    "Derived": "it must be a series id such as FRED:UNRATE, or an operator: {op: ratio, of: [FRED:A, FRED:B]}",
    "Span": "it must be a span such as 13W, 6M, 2Q or 1Y",
    "Text": "it must be in both languages: {en: ..., zh-Hant: ...}",
}
_PATTERNS = {
    IDENTIFIER: "it must begin with a letter and have letters, digits and _ alone, 40 at most",
    DIGEST: "it must be 12 to 64 digits of a hash, 0 to 9 and a to f",
}
_KINDS = {"int": "a whole number", "float": "a number", "date": "a date such as 2025-02-24"}


def refusal(item: Mapping[str, Any]) -> str:
    """Why a value was refused, as a sentence that says what to write instead; ``item`` is one of pydantic's errors.

    >>> refusal({"type": "int_type", "input": "many", "msg": "Input should be a valid integer"})
    "it must be a whole number, not 'many'"
    """
    kind, given, context = item["type"], item["input"], item.get("ctx", {})
    if kind in _REFUSED:
        return _REFUSED[kind]
    if kind in _LIMITS:
        said = _LIMITS[kind].format_map(context)
        return said if kind.startswith("union") else said + _but(given)
    if kind == "string_type":
        is_plain = given is not None and not isinstance(given, dict | list | tuple)
        return "it must be text: put it in quotes" if is_plain else "it must be text" + _but(given)
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], str(item["msg"]))
    if kind == "too_short":
        least = context["min_length"]
        return f"it must have at least {count(least, 'item')}, not {context['actual_length']}"
    if kind.startswith("model"):
        return _MODELS.get(context.get("class_name", ""), _KEYS)
    plain = _KINDS.get(kind.split("_")[0])
    return f"it must be {plain}{_but(given)}" if plain else item["msg"].removeprefix("Value error, ")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Words in brackets with the known names nearest to one, or no text where none is near.

    Capitals do not count, nor does the part before a colon where it was left out.

    >>> did_you_mean("unrate", ["FRED:UNRATE", "FRED:DGS10"])
    ' (did you mean FRED:UNRATE?)'
    >>> did_you_mean("zebra", ["FRED:UNRATE"])
    ''
    """
    spellings: dict[str, str] = {}
    for candidate in known:
        spellings.setdefault(candidate.lower(), candidate)
        if ":" not in name:
            spellings.setdefault(candidate.split(":")[-1].lower(), candidate)
    wanted = name.lower()
    near = [wanted] if wanted in spellings else difflib.get_close_matches(wanted, spellings, n=3, cutoff=0.7)
    found = list(dict.fromkeys(spellings[spelling] for spelling in near))
    return f" (did you mean {' or '.join(found)}?)" if found else ""


def count(number: int, one: str, many: str | None = None) -> str:
    """A number and what it counts; the plural takes an s unless it is given.

    >>> count(1, "row"), count(2100, "row"), count(0, "series", "series")
    ('1 row', '2,100 rows', '0 series')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def named(source: str, files: Sequence[str]) -> str:
    """A source of values, and the files from which some of them were imported.

    >>> named("FRED:DGS10", ["mine.csv"]), named("FRED:DGS10", [])
    ('FRED:DGS10, with values imported from mine.csv', 'FRED:DGS10')
    """
    return f"{source}, with values imported from {listed(files)}" if files else source


def listed(names: Sequence[str]) -> str:
    """Names with commas, of many the first three.

    >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
    ('a, b', 'a, b, c and 2 more')
    """
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _but(given: object) -> str:
    """What was written instead, where it is short enough to be said."""
    if given is None:
        return "; it is empty"
    if isinstance(given, bool):
        return f", not {str(given).lower()}"
    if isinstance(given, str | int | float) and len(str(given)) <= 40:
        return f", not {given!r}" if given != "" else "; it is empty"
    return ""
