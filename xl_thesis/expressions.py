"""Series expressions, and several values in one cell, as text that a person can type.

    ratio(YAHOO:SPY/adj, YAHOO:ACWX/adj) * 100          an operand: operator(operands, settings) * factor
    rolling_sum(FRED:EXPCA, months=12)
    span=12M, per_month=true                            fields: name=value, separated by commas
    source=WB:GOLD_USD, note="Monthly, so it lags"

A value is a number, ``true``, ``false``, ``null``, a date such as 2025-02-24, a word, text in double quotes, an
expression, a list in square brackets or fields in braces. Everything written here reads back to the same value.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError

from xl_thesis.errors import InputError
from xl_thesis.fields import given
from xl_thesis.models import Derived, Model, Operand, Operator, SeriesId, Span
from xl_thesis.wording import refusal

_OPERATORS = get_args(Operator)
_SETTINGS = [name for name in Derived.model_fields if name not in ("op", "of", "factor")]
_SERIES = TypeAdapter(SeriesId)
_CONSTANTS = {"true": True, "false": False, "null": None}
_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PLAIN = re.compile(r"[^\s,\[\]{}()\"*]+")
_WORD = re.compile(r"[^,\[\]{}()\"]+")
_KEY = re.compile(r"\s*([^\s=,\[\]{}()\"]+)\s*=")
_SETTING = re.compile(r"\s*([A-Za-z_]+)\s*=")
_FACTOR = re.compile(r"\s*\*\s*([^\s,\[\]{}()\"]+)")
_DEPTH = 30

Item = TypeVar("Item")


def write_operand(operand: Operand) -> str:
    """An operand as an expression.

    >>> write_operand(Derived(op="ratio", of=("YAHOO:SPY/adj", "YAHOO:ACWX/adj"), factor=100))
    'ratio(YAHOO:SPY/adj, YAHOO:ACWX/adj) * 100'
    """
    if isinstance(operand, str):
        return operand if _PLAIN.fullmatch(operand) else _quoted(operand)
    parts = [write_operand(part) for part in operand.of]
    for name in _SETTINGS:
        value = getattr(operand, name)
        if value != Derived.model_fields[name].default:
            parts.append(f"{name}={write_value(value)}")
    factor = "" if operand.factor == 1.0 else f" * {write_value(operand.factor)}"
    return f"{operand.op}({', '.join(parts)}){factor}"


EXAMPLES: Mapping[Operator, tuple[str, str]] = {
    "ratio": ("ratio(YAHOO:SPY/adj, YAHOO:ACWX/adj)", "the first divided by the second"),
    "difference": ("difference(FRED:DGS10, FRED:DGS2)", "the first less the second"),
    "sum": ("sum(FRED:TREAST, FRED:WSHOMCB) * 0.001", "all added up"),
    "product": ("product(YAHOO:RHM.DE/adj, ECB:EURUSD)", "all multiplied"),
    "basket": ("basket(YAHOO:AAPL/adj, YAHOO:MSFT/adj)", "geometric mean: equal weights"),
    "power_product": (
        "power_product(ECB:EURUSD, ECB:EURJPY, exponents=[-0.7, 0.3]) * 50", "each to its exponent, all multiplied"
    ),
    "rolling_sum": ("rolling_sum(FRED:EXPCA, months=12)", "sum of the last months of a monthly series"),
    "monthly_mean": ("monthly_mean(FRED:DGS10)", "mean of each complete month"),
}  # fmt: skip
"""One example and the meaning of each operator; a factor may follow any of them."""


def read_operand(text: str) -> Operand:
    """The operand an expression stands for.

    Raises ``InputError`` with what is wrong with it.

    >>> read_operand("rolling_sum(FRED:EXPCA, months=12)").months
    12
    """
    return _Reader(text).whole(_Reader.operand)


def write_value(value: object) -> str:
    """A value as text.

    >>> write_value([1.0, "two words", dt.date(2025, 2, 24), None])
    '[1, "two words", 2025-02-24, null]'
    """
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and _guess(value) == value else _quoted(value)
    if isinstance(value, Derived):
        return write_operand(value)
    if isinstance(value, Model) and not isinstance(value, Span):
        value = given(value)
    if isinstance(value, Mapping):
        return f"{{{write_fields(value)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{write_list(value)}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        plain = repr(value).removesuffix(".0")
        return "-0.0" if plain == "-0" else plain
    if isinstance(value, (int, dt.date, Span)):
        return str(value)
    raise TypeError(f"no notation for {type(value).__name__}")


def write_list(values: Iterable[object]) -> str:
    """Values separated by commas."""
    return ", ".join(write_value(value) for value in values)


def write_fields(fields: Mapping[Any, object]) -> str:
    """Named values.

    >>> write_fields({"span": "12M", "per_month": True})
    'span=12M, per_month=true'
    """
    return ", ".join(f"{_write_name(name)}={write_value(value)}" for name, value in fields.items())


def read_value(text: str) -> Any:
    """The value a text stands for. Raises ``InputError`` with what is wrong with it."""
    return _Reader(text).whole(_Reader.value)


def read_list(text: str) -> list[Any]:
    """Values separated by commas.

    >>> read_list("T4, T2")
    ['T4', 'T2']
    """
    return _Reader(text).whole(lambda reader: reader.items(reader.value, ""))


def read_fields(text: str) -> dict[Any, Any]:
    """Named values separated by commas.

    >>> read_fields("posts=[-2, 0, 1.5]")
    {'posts': [-2, 0, 1.5]}
    """
    return _Reader(text).whole(lambda reader: reader.fields(""))


def _write_name(name: object) -> str:
    return _quoted(name) if isinstance(name, str) and "=" in name else write_value(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _guess(word: str) -> Any:
    """A bare word as the value it looks like."""
    if word.lower() in _CONSTANTS:
        return _CONSTANTS[word.lower()]
    if len(word) < 30 and word.isascii():
        if _INTEGER.fullmatch(word):
            return int(word)
        if _NUMBER.fullmatch(word):
            return float(word)
        if _DATE.fullmatch(word):
            try:
                return dt.date.fromisoformat(word)
            except ValueError:
                return word
    return word


class _Reader:
    """Reads one text from left to right; ``at`` is the place of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self, read: Callable[[_Reader], Item]) -> Item:
        """What ``read`` finds, if nothing is left after it."""
        found = read(self)
        self.skip()
        if self.at < len(self.text):
            raise self.error("there is more than was expected")
        return found

    def skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def take(self, mark: str) -> bool:
        """Step over a mark if it is next."""
        self.skip()
        found = self.text.startswith(mark, self.at)
        self.at += len(mark) if found else 0
        return found

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Step over a pattern if it is next; its group, else all of it."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[found.lastindex or 0]

    def error(self, problem: str) -> InputError:
        rest = self.text[self.at :].strip()
        return InputError(f"{problem}, at '{rest[:30]}'" if rest else f"{problem}, at the end")

    def items(self, read: Callable[[], Item], end: str) -> list[Item]:
        """What ``read`` finds again and again, between commas, until the end mark."""
        self.depth += 1
        if self.depth > _DEPTH:
            raise InputError("too many brackets within brackets")
        found: list[Item] = []
        while not self.ended(end):
            if found and not self.take(","):
                raise self.error(f"',' or '{end}' is missing" if end else "',' is missing")
            found.append(read())
        self.depth -= 1
        return found

    def ended(self, end: str) -> bool:
        self.skip()
        return self.take(end) if end else self.at == len(self.text)

    def string(self) -> str:
        """Text in double quotes, with the escapes of JSON."""
        try:
            text, self.at = json.JSONDecoder().raw_decode(self.text, self.at)
        except ValueError:
            raise self.error("the closing quote is missing, or a backslash stands alone") from None
        return str(text)

    def value(self) -> Any:
        self.skip()
        if self.text.startswith('"', self.at):
            return self.string()
        if self.take("["):
            return self.items(self.value, "]")
        if self.take("{"):
            return self.fields("}")
        start = self.at
        word = (self.match(_WORD) or "").strip()
        if not word:
            raise self.error("a value is missing")
        if self.text.startswith("(", self.at):
            self.at = start
            if word not in _OPERATORS:
                raise self.error("text with brackets must stand in double quotes")
            return self.operand()
        return _guess(word)

    def fields(self, end: str) -> dict[Any, Any]:
        pairs = self.items(self.pair, end)
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"'{name}' is written twice")
        return dict(pairs)

    def pair(self) -> tuple[Any, Any]:
        self.skip()
        if self.text.startswith('"', self.at):
            name: Any = self.string()
            if not self.take("="):
                raise self.error("'=' is missing")
        else:
            key = self.match(_KEY)
            if key is None:
                raise self.error("name=value was expected (text with commas or brackets must stand in double quotes)")
            name = _guess(key)
        return name, self.value()

    def operand(self) -> Operand:
        """A series id, or an operator with operands in brackets."""
        self.skip()
        word = self.string() if self.text.startswith('"', self.at) else (self.match(_WORD) or "").strip()
        if not self.take("("):
            return self.series(word)
        if word not in _OPERATORS:
            raise InputError(f"'{word}' is not an operator; the operators are {', '.join(_OPERATORS)}")
        operands: list[Operand] = []
        settings: dict[str, Any] = {}
        for name, part in self.items(self.argument, ")"):
            if name is None:
                operands.append(part)
            elif name in settings:
                raise InputError(f"'{name}' is written twice")
            else:
                settings[name] = part
        return self.derived({**settings, "op": word, "of": operands, "factor": self.factor()})

    def argument(self) -> tuple[str | None, Any]:
        name = self.match(_SETTING)
        if name is None:
            return None, self.operand()
        if name not in _SETTINGS:
            raise InputError(f"'{name}' is not a setting of an operator; the settings are {', '.join(_SETTINGS)}")
        return name, self.value()

    def factor(self) -> Any:
        word = self.match(_FACTOR)
        return 1.0 if word is None else _guess(word)

    def series(self, word: str) -> str:
        if not word:
            raise self.error("a series id is missing")
        try:
            return _SERIES.validate_python(word)
        except ValidationError as error:
            raise InputError(_first(error)) from None

    def derived(self, parts: dict[str, Any]) -> Derived:
        try:
            return Derived.model_validate(parts)
        except ValidationError as error:
            raise InputError(_first(error)) from None


def _first(error: ValidationError) -> str:
    item = error.errors(include_url=False)[0]
    field = next((str(part) for part in item["loc"] if part in Derived.model_fields), "")
    return f"{field}: {refusal(item)}" if field else refusal(item)
