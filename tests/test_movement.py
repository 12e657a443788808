"""What a comparison says of the score adds up as it is shown."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from xl_thesis_workbook.movement import Movement

SIGNED = re.compile(r"[+-]\d+\.\d")


@given(st.floats(20, 80), st.lists(st.floats(-9, 9), min_size=1, max_size=20))
def test_the_parts_shown_add_up_to_the_change_shown(before: float, parts: list[float]) -> None:
    after = before + sum(parts)
    said = list(Movement((before, after), None, {f"P{row}": part for row, part in enumerate(parts)}, {}).lines())
    assert said[0].startswith(f"Score: {before:.1f} -> {after:.1f} (")
    change = float(SIGNED.findall(said[0])[-1])
    assert change == round(float(f"{after:.1f}") - float(f"{before:.1f}"), 1)
    if len(said) > 1:
        assert round(sum(map(float, SIGNED.findall(said[1]))), 1) == change


def test_a_score_that_is_withheld_in_one_file_has_no_change() -> None:
    said = list(Movement((None, 55.25), None, {"A": 1.04, "B": -0.01}, {}).lines())
    assert said == ["Score: withheld -> 55.2", "Pillars that moved it, in points: A +1.0"]
