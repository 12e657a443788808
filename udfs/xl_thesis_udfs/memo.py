"""A bounded memory of values: the least recently used ones are forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memo(Generic[Value]):
    """Values by key, each with a size; together they never weigh more than ``capacity``.

    >>> squares = Memo[int](capacity=2)
    >>> [squares.get(number, lambda: number**2) for number in (1, 2, 3)]
    [1, 4, 9]
    >>> len(squares)
    2
    """

    def __init__(self, capacity: int, size: Callable[[Value], int] = lambda _: 1) -> None:
        self._capacity = capacity
        self._size = size
        self._total = 0
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The value of a key, computed where it is not remembered. What ``compute`` raises is not remembered."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        value = compute()
        self.put(key, value)
        return value

    def find(self, key: Hashable) -> Value | None:
        """The value of a key, None where it is not remembered."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Hashable, value: Value) -> None:
        """Remember a value; one that is larger than the whole capacity is not kept."""
        if self._size(value) > self._capacity:
            return
        self._total += self._size(value) - (self._size(self._values[key]) if key in self._values else 0)
        self._values[key] = value
        self._values.move_to_end(key)
        while self._total > self._capacity:
            _, oldest = self._values.popitem(last=False)
            self._total -= self._size(oldest)

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._total = 0
