"""From a value to its undirected score, in formulas."""

from __future__ import annotations

from collections.abc import Callable


def goalposts_formula(value: str, low: str, middle: str, high: str) -> str:
    """0, 50 and 100 at the three posts, a straight line between them.

    >>> goalposts_formula("A1", "B1", "C1", "D1")
    '50*(MAX(0,MIN(1,(A1-B1)/(C1-B1)))+MAX(0,MIN(1,(A1-C1)/(D1-C1))))'
    """
    steps = ((low, middle), (middle, high))
    return "50*({}+{})".format(*(f"MAX(0,MIN(1,({value}-{start})/({end}-{start})))" for start, end in steps))


def normal_formula(value: str, neutral: str, scale: str) -> str:
    """100 times the normal distribution of a statistic; Excel 2010 reads the function by this prefix alone.

    >>> normal_formula("A1", "B1", "C1")
    '100*_xlfn.NORM.S.DIST((A1-B1)/C1,TRUE)'
    """
    return f"100*_xlfn.NORM.S.DIST(({value}-{neutral})/{scale},TRUE)"


def level_formula(kind: str, value: str, given: Callable[[str], str]) -> str:
    """By goalposts or by the normal distribution; ``given`` has the address of an input by its header."""
    if kind == "goalposts":
        return goalposts_formula(value, *(given(header) for header in ("Scores 0", "Scores 50", "Scores 100")))
    return normal_formula(value, given("Scores 50"), given("Scale"))
