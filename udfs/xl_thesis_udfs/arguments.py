"""Arguments that several cell functions share, each described once."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, TypeVar

from xl_thesis.errors import InputError
from xl_thesis.wording import did_you_mean
from xl_thesis_udfs.registry import Argument

AsOf = Annotated[
    dt.date | None,
    Argument(
        "As known on: only what had been published by the end of this day counts",
        "the day of THESIS_ASOF: today, or that of the embedded data until a refresh",
    ),
]
ThesisName = Annotated[str | None, Argument("Id or file of the thesis", "the default one")]
SeriesName = Annotated[
    str,
    Argument("Provider and code of the series, as FRED:UNRATE (UNRATE alone is FRED's); THESIS_CATALOGUE has all"),
]
Start = Annotated[dt.date | None, Argument("First day wanted", "the first there is")]
Finish = Annotated[dt.date | None, Argument("Last day wanted", "the last there is")]

Choice = TypeVar("Choice")


def chosen(name: str, value: str | None, choices: dict[str, Choice], default: str) -> Choice:
    """What a word stands for, in any case of letters. Raises ``InputError`` with all words for another one.

    >>> chosen("frequency", "M", {"m": "monthly", "d": "daily"}, "d")
    'monthly'
    """
    word = (value or default).lower()
    if word not in choices:
        raise InputError(f"{name}: '{value}' is not one of {', '.join(choices)}")
    return choices[word]


def one_of(what: str, wanted: str, items: Any) -> Any:
    """The item with an id, in any case of letters. Raises ``InputError`` that lists all ids for another one."""
    found = {item.id.lower(): item for item in items}
    if wanted.lower() not in found:
        known = ", ".join(item.id for item in items) or "none"
        near = did_you_mean(wanted, [item.id for item in items])
        raise InputError(f"there is no {what} '{wanted}'{near}; the thesis has: {known}")
    return found[wanted.lower()]
