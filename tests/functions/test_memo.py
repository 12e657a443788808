"""The bounded memory: never over its capacity, always right, the least recently used forgotten first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_thesis_udfs.memo import Memo


@given(st.integers(1, 30), st.lists(st.integers(0, 12), max_size=60))
def test_it_never_weighs_more_than_its_capacity_and_is_always_right(capacity: int, keys: list[int]) -> None:
    memo: Memo[str] = Memo(capacity, len)
    for key in keys:
        assert memo.get(key, lambda key=key: "x" * key) == "x" * key  # type: ignore[misc]
        assert sum(map(len, memo._values.values())) == memo._total <= capacity


def test_the_least_recently_used_is_forgotten_first() -> None:
    memo: Memo[int] = Memo(2)
    for key in (1, 2):
        memo.put(key, key)
    assert memo.find(1) == 1
    memo.put(3, 3)
    assert (memo.find(1), memo.find(2), memo.find(3)) == (1, None, 3)


def test_what_is_larger_than_everything_is_handed_out_and_not_kept() -> None:
    memo: Memo[str] = Memo(3, len)
    memo.put("small", "ab")
    assert memo.get("large", lambda: "abcd") == "abcd"
    assert (memo.find("large"), memo.find("small")) == (None, "ab")


def test_a_failure_is_not_remembered() -> None:
    memo: Memo[int] = Memo(3)

    def fail() -> int:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it has no words
        memo.get(1, fail)
    assert memo.get(1, lambda: 5) == 5


def test_a_value_put_again_counts_once() -> None:
    memo: Memo[str] = Memo(5, len)
    for word in ("ab", "abc", "a"):
        memo.put(1, word)
    assert (memo._total, len(memo)) == (1, 1)
    memo.clear()
    assert (memo._total, len(memo)) == (0, 0)
