"""Worksheet functions of no use, which the benchmark measures ours against; imported by the Windows Python."""

from __future__ import annotations

import xlwings as xw


@xw.func
@xw.ret("raw")
def one() -> list[list[float]]:
    return [[1.0]]


@xw.func
@xw.arg("count", "raw")
@xw.ret("raw")
def rows(count: float) -> list[list[float]]:
    return [[float(number), 0.5] for number in range(int(count))]
