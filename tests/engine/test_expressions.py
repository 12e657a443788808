"""Expressions and compact values read back to what was written, and say what is wrong where they do not."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_thesis.errors import InputError
from xl_thesis.expressions import (
    EXAMPLES,
    read_fields,
    read_list,
    read_operand,
    read_value,
    write_fields,
    write_list,
    write_operand,
    write_value,
)
from xl_thesis.models import Derived, Operand, Operator
from xl_thesis.thesis import load_thesis, operands_of, thesis_ids

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SERIES = st.from_regex(r"[A-Z]{1,6}:[!-9;-~]{1,12}", fullmatch=True)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ARITY = {"ratio": (2, 2), "difference": (2, 2), "rolling_sum": (1, 1), "monthly_mean": (1, 1)}


@st.composite
def derived(draw: st.DrawFn, inner: st.SearchStrategy[Operand]) -> Derived:
    op = draw(st.sampled_from(get_args(Operator)))
    least, most = ARITY.get(op, (1, 4))
    of = tuple(draw(st.lists(inner, min_size=least, max_size=most)))
    months = draw(st.integers(2, 120)) if op == "rolling_sum" else None
    exponents = tuple(draw(NUMBERS) for _ in of) if op == "power_product" else None
    return Derived(op=op, of=of, factor=draw(st.just(1.0) | NUMBERS), months=months, exponents=exponents)


OPERANDS: st.SearchStrategy[Operand] = st.recursive(SERIES, derived, max_leaves=6)
SCALARS = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | NUMBERS | st.dates() | TEXT
KEYS = st.text(min_size=1) | st.dates()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)


def same(left: object, right: object) -> bool:
    """Equal, and of equal types throughout, but for whole numbers that were written as floats."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    both = (type(left), type(right))
    return left == right and (both[0] is both[1] or set(both) == {int, float})


@given(OPERANDS)
def test_an_operand_reads_back(operand: Operand) -> None:
    assert read_operand(write_operand(operand)) == operand
    assert read_operand(f"  {write_operand(operand)}\n") == operand


@given(VALUES)
def test_a_value_reads_back(value: object) -> None:
    assert same(read_value(write_value(value)), value)


@given(st.lists(SCALARS))
def test_a_list_reads_back(values: list[object]) -> None:
    assert same(read_list(write_list(values)), values)


@given(st.dictionaries(KEYS, VALUES))
def test_fields_read_back(fields: dict[object, object]) -> None:
    assert same(read_fields(write_fields(fields)), fields)


@given(st.text(st.sampled_from('ratio(FRED:A, )[]{}="*1.5 \\\n'), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_operand, read_value, read_list, read_fields):
        with suppress(InputError):
            read(text)


def test_the_package_s_operands_read_back() -> None:
    for name in thesis_ids():
        for indicator in load_thesis(name).indicators:
            for operand in operands_of(indicator):
                assert read_operand(write_operand(operand)) == operand


def test_every_operator_has_an_example() -> None:
    assert EXAMPLES.keys() == set(get_args(Operator))
    for operator, (example, meaning) in EXAMPLES.items():
        found = read_operand(example)
        assert isinstance(found, Derived)
        assert found.op == operator
        assert write_operand(found) == example
        assert meaning


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a series id is missing"),
        ("UNRATE", "not a series id"),
        ("FRED:A * 2", "not a series id"),
        ("mean(FRED:A)", "'mean' is not an operator"),
        ("ratio(FRED:A)", "ratio takes 2 operands, not 1"),
        ("ratio(FRED:A, FRED:B", "',' or ')' is missing, at the end"),
        ("ratio(FRED:A, FRED:B))", "more than was expected, at ')'"),
        ("ratio(FRED:A FRED:B)", "not a series id"),
        ("ratio(FRED:A, FRED:B) * x", "factor"),
        ("ratio(FRED:A, FRED:B, months=3)", "months belongs to rolling_sum"),
        ("rolling_sum(FRED:A)", "rolling_sum needs it"),
        ("rolling_sum(FRED:A, months=1)", "months: it must be 2 or more, not 1"),
        ("rolling_sum(FRED:A, month=12)", "'month' is not a setting"),
        ("rolling_sum(FRED:A, months=12, months=13)", "'months' is written twice"),
        ('sum("FRED:A)', "closing quote"),
        ("sum(" * 99, "too many brackets"),
    ],
)
def test_a_bad_expression_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_operand(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("span", "name=value was expected"),
        ("span=", "a value is missing"),
        ("span=6M, span=1Y", "'span' is written twice"),
        ("note=one, two", "name=value was expected"),
        ("note=one (two)", "double quotes"),
        ("posts=[1, 2", "',' or ']' is missing"),
        ('note="one" two', "',' is missing"),
    ],
)
def test_bad_fields_say_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_fields(text)
    assert words in str(caught.value)


def test_words_are_what_they_look_like() -> None:
    found = read_list('1, 1.5, TRUE, null, 2025-02-24, 2025-02-30, 12M, two words, "1", "true"')
    assert found == [1, 1.5, True, None, dt.date(2025, 2, 24), "2025-02-30", "12M", "two words", "1", "true"]
