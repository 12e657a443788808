"""Values shared by the whole engine: frozen, validated, free of any host."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Frequency = Literal["daily", "weekly", "monthly", "quarterly", "annual"]
SpanUnit = Literal["W", "M"]

_SERIES_ID = re.compile(r"^[A-Z]+:[^\s:]+$")
_SPAN = re.compile(r"^([1-9]\d{0,2})([WMQY])$")
Said = TypeVar("Said", str, str | None)


class Model(BaseModel):
    """Frozen, and a key it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


def in_language(language: str, en: Said, zh_hant: str | None) -> Said | str:
    """A sentence in ``zh-Hant`` where it is given, else in English.

    >>> in_language("zh-Hant", "above zero", None)
    'above zero'
    """
    return zh_hant if language == "zh-Hant" and zh_hant is not None else en


class Text(Model):
    """A sentence in English and Traditional Chinese.

    >>> Text(en="Dollar", zh_hant="美元").in_language("zh-Hant")
    '美元'
    """

    en: Annotated[str, Field(min_length=1)]
    zh_hant: Annotated[str, Field(min_length=1, alias="zh-Hant")]

    def in_language(self, language: str) -> str:
        """The sentence in ``zh-Hant``, else in English."""
        return in_language(language, self.en, self.zh_hant)


def _series_id(value: str) -> str:
    if not _SERIES_ID.match(value):
        raise ValueError(f"'{value}' is not a series id such as FRED:UNRATE")
    return value


SeriesId = Annotated[str, AfterValidator(_series_id)]


class Span(Model):
    """A length of calendar time: whole weeks or whole months."""

    count: int
    unit: SpanUnit

    @property
    def months(self) -> float:
        """Length in months (a month is 365.25 / 12 days)."""
        return float(self.count) if self.unit == "M" else self.count * 7 / (365.25 / 12)

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


def parse_span(value: object) -> object:
    """Read ``"13W"``, ``"6M"``, ``"2Q"`` or ``"1Y"``; quarters and years become months.

    >>> str(parse_span("2Q"))
    '6M'
    """
    if not isinstance(value, str):
        return value
    match = _SPAN.match(value)
    if not match:
        raise ValueError(f"'{value}' is not a span such as 13W, 6M, 2Q or 1Y")
    count, unit = int(match[1]), match[2]
    if unit == "W":
        return Span(count=count, unit="W")
    return Span(count=count * {"M": 1, "Q": 3, "Y": 12}[unit], unit="M")


SpanField = Annotated[Span, BeforeValidator(parse_span)]

Operator = Literal["ratio", "difference", "sum", "product", "basket", "power_product", "rolling_sum", "monthly_mean"]
_ARITY = {"ratio": 2, "difference": 2, "rolling_sum": 1, "monthly_mean": 1}


class Derived(Model):
    """A series computed from others with one named operator; operands may be derived themselves."""

    op: Operator
    of: Annotated[tuple[Operand, ...], Field(min_length=1, strict=False)]
    factor: float = 1.0
    months: Annotated[int, Field(ge=2, le=120)] | None = None
    exponents: Annotated[tuple[float, ...], Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Derived:
        arity = _ARITY.get(self.op)
        if arity is not None and len(self.of) != arity:
            raise ValueError(f"{self.op} takes {arity} operand{'s' if arity > 1 else ''}, not {len(self.of)}")
        if (self.op == "rolling_sum") != (self.months is not None):
            raise ValueError("months belongs to rolling_sum, and rolling_sum needs it")
        if (self.op == "power_product") != (self.exponents is not None):
            raise ValueError("exponents belong to power_product, and power_product needs them")
        if self.exponents is not None and len(self.exponents) != len(self.of):
            raise ValueError("power_product needs one exponent for each operand")
        return self

    def series_ids(self) -> tuple[str, ...]:
        """Ids of all inputs, in the order they are written, without repeats."""
        found: dict[str, None] = {}
        for operand in self.of:
            found.update(dict.fromkeys((operand,) if isinstance(operand, str) else operand.series_ids()))
        return tuple(found)

    def __str__(self) -> str:
        return f"{self.op}({', '.join(str(operand) for operand in self.of)})"


Operand = SeriesId | Derived
Derived.model_rebuild()

PointInTime = Literal["never_revised", "vintages", "lag"]


class SeriesMeta(Model):
    """What a series is: one entry of the catalogue.

    ``lag_days`` is counted from the last day of a period to the day its first print is public.
    ``release_dates`` overrides it for single periods (keys: last day of the period). ``vintages_from`` is the first
    day on which the embedded vintages are those of that day.
    """

    id: SeriesId
    title: Annotated[str, Field(min_length=1)]
    unit: Annotated[str, Field(min_length=1)]
    frequency: Frequency
    lag_days: Annotated[int, Field(ge=0, le=400)]
    publisher: Annotated[str, Field(min_length=1)]
    licence: Annotated[str, Field(min_length=1)]
    redistributable: bool
    point_in_time: PointInTime = "lag"
    vintages_from: dt.date | None = None
    seven_days: bool = False
    zero_is_missing: bool = False
    notice: str | None = None
    release_dates: dict[dt.date, dt.date] = Field(default_factory=dict)
    derived: Derived | None = None


def as_document(model: BaseModel) -> dict[str, Any]:
    """The model as plain JSON values, keys as written in files."""
    document: dict[str, Any] = model.model_dump(mode="json", by_alias=True)
    return document
