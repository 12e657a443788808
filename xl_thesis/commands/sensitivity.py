"""``sensitivity``: what the score hangs on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from xl_thesis.commands import (
    folded,
    leave_if_withheld,
    line_width,
    open_scorer,
    print_json,
    with_as_of,
    with_json,
    with_thesis,
)

if TYPE_CHECKING:
    from xl_thesis.sensitivity import Sensitivity


@click.command()
@click.option("--sobol", is_flag=True, help="Add Sobol indices: which choice of method moves the score how much.")
@with_json
@with_thesis
@with_as_of
def sensitivity(thesis: str | None, as_of: dt.date | None, sobol: bool, as_json: bool) -> None:
    """What the score hangs on: the robustness band, each part left out, its influence, the way to another label."""
    from xl_thesis.sensitivity import analyse

    with open_scorer(thesis) as scorer:
        result = analyse(scorer, as_of, with_sobol=sobol)
    if as_json:
        print_json(result.to_json())
    else:
        click.echo("\n".join(_report(result)))
    leave_if_withheld(result.score)


def _report(result: Sensitivity) -> Iterator[str]:
    yield f"{result.thesis} as known on {result.as_of}: {_number(result.score)} of 100, {result.label or 'withheld'}"
    if result.score is None:
        return
    yield folded("The robustness band cannot be drawn." if result.band is None else result.band.sentence())
    yield ""
    yield from _indicators(result)
    yield ""
    pillars = [item for item in result.left_out if item.kind == "pillar"]
    yield from _columns(
        [("Pillar", "without it", "shift")]
        + [(item.id, _number(item.score), _number(item.shift, "+.1f")) for item in pillars]
    )
    if result.sobol:
        yield ""
        yield from _columns(
            [("Choice", "alone", "with others")]
            + [(item.choice, f"{item.first:.2f}", f"{item.total:.2f}") for item in result.sobol]
        )
        yield folded("Shares of the variance of the drawn scores (Sobol indices); their standard error is about 0.01.")


def _indicators(result: Sensitivity) -> Iterator[str]:
    """One line an indicator, and what the columns mean."""
    shifts = {item.id: item for item in result.left_out if item.kind == "indicator"}
    influences = {item.id: item for item in result.influence}
    lines = [("Indicator", "without it", "shift", "r2", "influence", "nominal", "to flip: points", "weight times")]
    for flip in result.flips:
        left, known = shifts[flip.id], influences.get(flip.id)
        shares = (None, None, None) if known is None else (known.r_squared, known.influence_share, known.nominal_share)
        mark = " !" if known is not None and known.out_of_proportion else ""
        lines.append((
            flip.id,
            _number(left.score),
            _number(left.shift, "+.1f"),
            _number(shares[0], ".2f"),
            _number(shares[1], ".0%") + mark,
            _number(shares[2], ".0%"),
            _number(flip.score_change, "+.1f"),
            _number(flip.weight_factor, ".2f"),
        ))  # fmt: skip
    yield from _columns(lines)
    yield folded(
        "r2: squared correlation with the score over the reconstructed month-ends; influence: its share of their sum;"
        " !: more than twice or less than half of the nominal weight."
    )
    yield folded(
        "To flip: the change of its score, or of its weight, beyond which the label is another; --: none does."
    )


def _columns(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    from xl_thesis import render

    return render.columns(lines, line_width())


def _number(value: float | None, shape: str = ".1f") -> str:
    return "--" if value is None else format(value, shape)
