"""Reports are no wider than the terminal, and nothing is broken inside a word or a date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.feeds import environment
from tests.terminal import shown
from xl_thesis import render


def words(text: str) -> set[str]:
    return {word for word in text.split() if not set(word) <= set("─|█")}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
@pytest.mark.parametrize("name", ["score", "explain", "claims", "calendar", "alerts", "sensitivity"])
def test_a_report_on_a_terminal_of_80_columns(own_home: Path, name: str) -> None:
    """Each word stands as whole as in a pipe, which is as wide as it needs."""
    command, home = [sys.executable, "-m", "xl_thesis", name], str(own_home)
    seen = shown(command, 80, XL_THESIS_HOME=home, NO_COLOR="1", TERM="dumb")
    assert max(map(cell_len, seen.splitlines())) <= 80
    assert all(line.count("|") <= 1 for line in seen.splitlines())
    piped = subprocess.run(
        command, env=environment(XL_THESIS_HOME=home), capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert words(seen) == words(piped.stdout)


def test_columns_are_as_wide_as_they_need_or_as_there_is_room() -> None:
    rows = [("Id", "last of", "usually"), ("a_long_name", "2026-07-22", "-0.3 to +0.3")]
    assert list(render.columns(rows, None)) == [
        "Id               last of        usually",
        "─" * 39,
        "a_long_name   2026-07-22   -0.3 to +0.3",
    ]
    assert list(render.columns(rows, 36))[2] == "a_long_name 2026-07-22 -0.3 to +0.3"
    assert list(render.columns(rows, 32))[2:] == ["a_long_name  2026-07-22  -0.3 to", f"{'+0.3':>32}"]
    assert list(render.columns(rows, 24))[2:] == ["a_long_ 2026-07- -0.3 to", "name          22    +0.3"]


NEEDS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 60)).map(lambda n: (n[0], n[0] + n[1])), min_size=1)


@given(NEEDS, st.integers(1, 300))
def test_widths_keep_to_the_room_and_to_words_where_these_fit(needs: list[tuple[int, int]], room: int) -> None:
    widths = render._widths([least for least, _ in needs], [most for _, most in needs], room)
    assert all(1 <= width <= most for width, (_, most) in zip(widths, needs, strict=True))
    assert sum(widths) <= max(room, len(needs))
    if sum(least for least, _ in needs) <= room:
        assert all(width >= least for width, (least, _) in zip(widths, needs, strict=True))
        assert sum(widths) == min(room, sum(most for _, most in needs))
