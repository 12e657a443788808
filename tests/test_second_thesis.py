"""The engine knows no thesis by name: a second one with other series, other pillars and no base date just works."""

from __future__ import annotations

import ast
import datetime as dt
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xl_thesis
from xl_thesis.catalogue import leaves
from xl_thesis.default_store import seed
from xl_thesis.definition import Thesis
from xl_thesis.pipeline import Scorer
from xl_thesis.settings import default_thesis
from xl_thesis.sources import embedded
from xl_thesis.store import Store
from xl_thesis.thesis import catalogue_of, definition_hash, load_thesis, operands_of, thesis_ids

PACKAGE = Path(xl_thesis.__file__).parent
DATA = PACKAGE / "data"
SECOND = "jobless_boom"
REFERENCE = dt.date(2026, 7, 22)
DATES = [dt.date(2024, 6, 30), dt.date(2025, 12, 31), REFERENCE]


@pytest.fixture(scope="module")
def thesis() -> Thesis:
    return load_thesis(SECOND)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        seed(opened)
        yield opened


@pytest.fixture(scope="module")
def scorer(thesis: Thesis, store: Store) -> Scorer:
    return Scorer(thesis, store)


def leaf_series(thesis: Thesis) -> set[str]:
    catalogue = catalogue_of(thesis)
    return {leaf for item in thesis.indicators for operand in operands_of(item) for leaf in leaves(operand, catalogue)}


def as_known(series: str, on: dt.date) -> pd.Series:
    """A series as known on a day, by month or quarter, read from its file."""
    frame = pd.read_csv(DATA / f"{series}.csv", parse_dates=["observed_on", "available_at"])
    frame = frame[frame.available_at <= pd.Timestamp(on)].sort_values("available_at", kind="stable")
    return frame.groupby("observed_on").value.last().dropna()


def test_it_shares_nothing_with_the_other_one(thesis: Thesis) -> None:
    other = load_thesis(default_thesis())
    assert other.id != thesis.id
    assert not leaf_series(thesis) & leaf_series(other)
    assert not {pillar.id for pillar in thesis.pillars} & {pillar.id for pillar in other.pillars}
    assert not {item.id for item in thesis.indicators} & {item.id for item in other.indicators}
    assert definition_hash(thesis) != definition_hash(other)


def test_it_is_small_and_whole(thesis: Thesis) -> None:
    assert thesis_ids() == sorted({SECOND, default_thesis()})
    assert thesis.base_date is None
    assert 2 <= len(thesis.pillars) <= 3
    assert 5 <= len(thesis.indicators) <= 8
    assert len(thesis.claims) >= 5
    assert len(thesis.questions) >= 2
    assert {item.normalise.kind for item in thesis.indicators} >= {"midrank", "goalposts"}
    tested = {claim for item in thesis.indicators for claim in item.claims}
    assert {claim.id for claim in thesis.claims if claim.kind != "caveat"} == tested
    texts = [thesis.title, thesis.statement, *(item.text for item in (*thesis.claims, *thesis.questions))]
    assert all(re.search(r"[\u4e00-\u9fff]", text.zh_hant) for text in texts)


def test_all_its_series_are_embedded(thesis: Thesis) -> None:
    stored = {resource["series"]["id"] for resource in embedded.read_package().resources if "series" in resource}
    assert leaf_series(thesis) <= stored


@pytest.mark.parametrize("on", DATES)
def test_the_score_adds_up(scorer: Scorer, thesis: Thesis, on: dt.date) -> None:
    result = scorer.evaluate(on)
    assert result.status in ("full", "partial")
    assert result.score is not None
    for parts in (result.indicators, result.pillars):
        assert 50 + math.fsum(part.contribution or 0.0 for part in parts) == pytest.approx(result.score, abs=1e-12)
    for pillar in thesis.pillars:
        live = [(item.weight, next(i for i in result.indicators if i.id == item.id)) for item in
                thesis.indicators_of(pillar.id)]  # fmt: skip
        known = [(weight, found.score) for weight, found in live if found.status == "fresh" and found.score is not None]
        shown = next(found for found in result.pillars if found.id == pillar.id)
        if all(found.status != "stale" for _, found in live) and shown.score is not None:
            mean = sum(weight * score for weight, score in known) / sum(weight for weight, _ in known)
            assert shown.score == pytest.approx(mean, abs=1e-9)


def test_it_is_published_at_the_reference_date_with_its_gap(scorer: Scorer) -> None:
    result = scorer.evaluate()
    assert result.as_of == REFERENCE
    assert result.status == "full"
    assert all(pillar.score is not None for pillar in result.pillars)
    assert [item.id for item in result.indicators if item.effective_weight == 0] == ["business_investment"]
    assert 0.8 < result.coverage.effective < 1


@pytest.mark.parametrize("on", DATES)
def test_three_indicators_by_hand(scorer: Scorer, on: dt.date) -> None:
    found = {item.id: item for item in scorer.evaluate(on).indicators}
    payrolls, output, claims = (as_known(f"fred/{name}", on) for name in ("PAYEMS", "INDPRO", "ICSA"))

    month = payrolls.index.to_period("M")
    change = np.log(payrolls / payrolls.set_axis(month).reindex(month - 12).to_numpy()).dropna().round(12)
    last = change.iloc[-1]
    rank = 100 * ((change < last).sum() + 0.5 * (change == last).sum()) / len(change)
    assert found["payroll_growth"].score == pytest.approx(100 - rank, abs=1e-9)

    growth = 100 * (output.iloc[-1] / output[output.index[-1] - pd.DateOffset(months=12)] - 1)
    assert found["production"].score == pytest.approx(np.interp(growth, [-1.0, 1.5, 3.0], [0, 50, 100]), abs=1e-9)

    monthly = claims.groupby(claims.index.to_period("M")).mean()
    share = (monthly / payrolls.set_axis(month)).dropna()[str(found["layoffs"].observed_on)[:7]]
    expected = 100 - np.interp(share, [1.2, 2.3, 3.5], [0, 50, 100])
    assert found["layoffs"].score == pytest.approx(expected, abs=1e-9)


def test_history_equals_evaluate(scorer: Scorer) -> None:
    frame = scorer.history(dt.date(2020, 1, 1), REFERENCE)
    for row in (0, len(frame) // 2, len(frame) - 1):
        result = scorer.evaluate(frame.index[row].date())
        exact = np.nan if result.score is None else result.score
        assert frame["score"].iloc[row] == pytest.approx(exact, abs=1e-12, nan_ok=True)


def test_a_users_file_works_by_its_path(thesis: Thesis, store: Store, scorer: Scorer, tmp_path: Path) -> None:
    text = (PACKAGE / "theses" / f"{SECOND}.yaml").read_text(encoding="utf-8")
    folder = tmp_path / "my theses"
    folder.mkdir()
    (folder / "mine.yml").write_text(text.replace(f"id: {SECOND}\n", "id: mine\n"), encoding="utf-8")
    mine = load_thesis(str(folder / "mine.yml"))
    assert mine.id == "mine"
    assert mine.indicators == thesis.indicators
    assert Scorer(mine, store).evaluate().score == scorer.evaluate().score
    assert "mine" not in thesis_ids()


def plain_strings(path: Path) -> Iterator[str]:
    """String literals of a Python file, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_no_id_of_a_thesis_is_written_in_the_engine() -> None:
    ids: set[str] = set()
    for name in thesis_ids():
        thesis = load_thesis(name)
        parts = (*thesis.pillars, *thesis.indicators, *thesis.claims, *thesis.questions)
        ids |= {thesis.id, *(part.id for part in parts)}
    for path in sorted(PACKAGE.rglob("*.py")):
        for text in plain_strings(path):
            words = {word for word in re.findall(r"\w+", text) if len(word) > 3} | {text}
            named = words & ids
            assert not named or (path.name == "settings.py" and named == {default_thesis()}), f"{path.name}: {named}"
