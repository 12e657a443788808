"""Any definition at all, as a workbook and back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.definitions import STARTER, back
from xl_thesis.definition import Fallback, Thesis
from xl_thesis.models import Derived, SeriesMeta, Text, parse_span
from xl_thesis.thesis import definition_hash, load_thesis, thesis_ids
from xl_thesis_workbook.definition_book import definition_bytes
from xl_thesis_workbook.definition_layout import columns_of, from_cell, to_cell

PROSE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1).filter(
    lambda text: text.strip() and "x005F_" not in text
)
LINES = st.lists(PROSE, min_size=1, max_size=3).map("\n".join)
TEXTS = st.builds(lambda en, zh: Text(en=en, zh_hant=zh), LINES, PROSE | st.sampled_from(["=1+1", "@SUM(A1)", "#N/A"]))
NUMBERS = st.floats(-1e9, 1e9)
WEIGHTS = st.floats(0.001, 1000)
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1))
OPERANDS = st.sampled_from(["FRED:DGS10", "FRED:DGS2", "YAHOO:DX-Y.NYB"]) | st.builds(
    lambda op, factor: Derived(op=op, of=("FRED:DGS10", Derived(op="sum", of=("FRED:DGS2",))), factor=factor),
    st.sampled_from(["ratio", "difference", "basket"]), NUMBERS,
)  # fmt: skip
SPANS = st.sampled_from(["13W", "6M", "2Q", "1Y"]).map(parse_span)
TRANSFORMS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(lambda span, per: {"kind": "change", "span": span, "per_month": per}, SPANS, st.booleans()),
    st.builds(lambda target: {"kind": "yoy", "target": target}, NUMBERS),
    st.builds(lambda day: {"kind": "change_since", "base_date": day}, DAYS),
)
POSTS = st.lists(NUMBERS, min_size=3, max_size=3, unique=True).map(sorted)
SERIES = st.builds(
    lambda name, title, notice, dates, derived: SeriesMeta(
        id=f"MANUAL:{name}", title=title, unit="%", frequency="monthly", lag_days=3, publisher="me", licence="CC0",
        redistributable=True, notice=notice, release_dates=dates, derived=derived,
    ),
    st.from_regex(r"[!-9;-~]{1,9}", fullmatch=True), LINES, st.none() | LINES,
    st.dictionaries(DAYS, DAYS, max_size=3), st.none() | OPERANDS.filter(lambda found: isinstance(found, Derived)),
)  # fmt: skip


@st.composite
def theses(draw: st.DrawFn) -> Thesis:
    """The starting thesis with many of its fields drawn anew."""
    indicators = []
    for item in STARTER.indicators:
        changes = {
            "title": draw(TEXTS), "unit": draw(LINES), "weight": draw(WEIGHTS), "source": draw(OPERANDS),
            "fallbacks": tuple(draw(st.lists(st.builds(Fallback, source=OPERANDS, note=LINES), max_size=2))),
            "direction": draw(st.sampled_from([1, -1])), "contested": draw(st.booleans()), "rationale": draw(LINES),
            "wrong_on": draw(st.none() | DAYS), "normalise": {"kind": "goalposts", "posts": tuple(draw(POSTS))},
            "transform": draw(TRANSFORMS),
        }  # fmt: skip
        indicators.append(type(item).model_validate({**dict(item), **changes}))
    claims = tuple(
        item.model_copy(update={"text": draw(TEXTS), "number": draw(st.none() | LINES),
                                "tested_by": tuple(draw(st.lists(LINES, max_size=3)))})
        for item in STARTER.claims
    )  # fmt: skip
    return STARTER.model_copy(update={
        "notes": tuple(draw(st.lists(LINES, max_size=3))), "review_dates": tuple(draw(st.lists(DAYS, max_size=3))),
        "base_date": draw(st.none() | DAYS), "indicators": tuple(indicators), "claims": claims,
        "series": tuple(draw(st.lists(SERIES, max_size=2, unique_by=lambda meta: meta.id))),
        "questions": draw(st.sampled_from([STARTER.questions, ()])),
    })  # fmt: skip


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(theses())
def test_any_definition_reads_back(tmp_path_factory: pytest.TempPathFactory, thesis: Thesis) -> None:
    again = back(definition_bytes(thesis), tmp_path_factory.mktemp("book"), thesis.id)
    assert again == thesis
    assert definition_hash(again) == definition_hash(thesis)


def test_every_cell_of_every_value_reads_back_alone() -> None:
    for name in thesis_ids():
        for question in load_thesis(name).questions:
            for column in columns_of(type(question)):
                value: Any = question
                for key in column.path:
                    value = getattr(value, {"zh-Hant": "zh_hant", "all": "conditions"}.get(key, key), None)
                cell = to_cell(column, value)
                assert cell is None or to_cell(column, value) == cell
                assert cell is None or from_cell(column, cell) is not None
