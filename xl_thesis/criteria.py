"""The schema of a criterion that a machine can judge: what a series must show on a day. No arithmetic here."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from xl_thesis.models import Model, Operand

Measure = Literal["level", "change_since", "return_since", "bills_since", "annual_growth"]
Comparison = Literal["below", "at_most", "above", "at_least"]


class Fallback(Model):
    """A second way to the same number, shown as a proxy wherever it is used."""

    source: Operand
    note: Annotated[str, Field(min_length=1)]


class Yardstick(Model):
    """A second series, measured over the same days, in place of a fixed limit."""

    series: Operand
    measure: Measure


class Condition(Model):
    """A number measured from a series, and the limit it is held against.

    | measure | what | unit |
    |---|---|---|
    | ``level`` | the value on ``day`` | of the series |
    | ``change_since`` | that value less the one of ``since`` | of the series |
    | ``return_since`` | that value over the one of ``since``, less 1 | percent |
    | ``bills_since`` | what a rate in percent a year earns from ``since`` to ``day``, daily | percent |
    | ``annual_growth`` | average of the year that ends on ``day`` over that of the year before, less 1 | percent |

    A monthly or slower series is asked for the last day of a period. With ``averaged_with`` the measure is the mean
    over all the series: for returns, equal amounts bought and held. With ``known_on`` the values are those known on
    that day; without it later revisions count. ``decimals`` rounds the measure before it is compared.

    >>> year_end = dt.date(2025, 12, 31)
    >>> Condition(series="FRED:DFEDTARU", measure="level", day=year_end, compare="at_least", value=4.0).decided_on
    datetime.date(2025, 12, 31)
    """

    series: Operand
    averaged_with: Annotated[tuple[Operand, ...], Field(strict=False)] = ()
    fallbacks: Annotated[tuple[Fallback, ...], Field(strict=False)] = ()
    measure: Measure
    since: dt.date | None = None
    day: dt.date  # not `on`: YAML reads that word as true
    known_on: dt.date | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    compare: Comparison
    value: float | None = None
    than: Yardstick | None = None

    @model_validator(mode="after")
    def _check(self) -> Condition:
        if (self.value is None) == (self.than is None):
            raise ValueError("give either value, a number, or than, another series")
        measures = {self.measure, self.than.measure if self.than else self.measure}
        if any(measure.endswith("_since") for measure in measures) != (self.since is not None):
            raise ValueError("since belongs to the measures that end in _since, and they need it")
        if self.since is not None and self.since >= self.day:
            raise ValueError("day must be after since")
        if self.known_on is not None and self.known_on < self.day:
            raise ValueError("known_on must not be before day")
        return self

    @property
    def decided_on(self) -> dt.date:
        """The last day it looks at."""
        return self.known_on or self.day

    @property
    def operands(self) -> tuple[Operand, ...]:
        """Everything it may be measured from."""
        sources = tuple(fallback.source for fallback in self.fallbacks)
        return (self.series, *self.averaged_with, *sources, *((self.than.series,) if self.than else ()))


class Criterion(Model):
    """Conditions that must all hold for a yes; one alone may be written without ``all``."""

    conditions: Annotated[tuple[Condition, ...], Field(alias="all", strict=False)]

    @model_validator(mode="before")
    @classmethod
    def _one_or_all(cls, given: object) -> object:
        return given if not isinstance(given, dict) or given.keys() & {"all", "conditions"} else {"all": [given]}

    @model_validator(mode="after")
    def _not_empty(self) -> Criterion:
        if not self.conditions:
            raise ValueError("all needs at least one condition")
        return self
