"""A price that ended is no price of today: the last day that has it, and the first that has not, counted by hand."""

from __future__ import annotations

import pytest

from xl_thesis_udfs.formula import evaluate


@pytest.mark.parametrize(
    ("formula", "last", "first_without"),
    [  # daily values are too old 21 days after the next was due: the next weekday, and eight days for these to appear
        ('=DXY("{}","h10")', "2025-09-22", "2025-09-23"),
        ('=THESIS_RELATIVE("FRED:DEXUSEU","FRED:DEXUSUK",,"{}")', "2025-09-22", "2025-09-23"),
        ('=THESIS_BETA("FRED:DEXUSUK","FRED:DEXUSEU",,"{}")', "2025-09-22", "2025-09-23"),
    ],
)
def test_rates_that_ended_on_friday_22_august_are_no_level_or_comparison_of_later_months(
    formula: str, last: str, first_without: str
) -> None:
    assert isinstance(evaluate(formula.format(last)), float)
    assert str(evaluate(formula.format(first_without))) == "#N/A"
