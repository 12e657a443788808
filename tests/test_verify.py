"""A workbook with a reader's inputs is held against the engine's numbers for the thesis with these inputs."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.recalculate import IRONCALC, by_ironcalc, by_libreoffice, differences, formulas, values
from tests.snapshots import scorer_of
from tests.test_mailed import made_on, with_cell
from tests.test_snapshot_formulas import FIXED, THESIS, Change, changed_thesis, changes, places_of, typed, with_item
from xl_thesis import mailed
from xl_thesis.ledger import Ledger, open_log
from xl_thesis_workbook.about import Changed, fresh_of
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.package import fill
from xl_thesis_workbook.whatif import Inputs

NOWHERE = Path("no such folder")
DAY = scorer_of(THESIS).default_as_of()
MORE = [
    Change("InputIndicators", "us_vs_china", "Direction", 1, with_item("indicators", "us_vs_china", direction=1)),
    Change("InputLabels", THESIS.labels[0].id, "Below", 31.5, with_item("labels", THESIS.labels[0].id, below=31.5)),
]  # fmt: skip


@pytest.fixture(scope="module")
def sound() -> bytes:
    return made_on(scorer_of(THESIS), DAY, NOWHERE, window=24)


def expected_book(book: bytes, inputs: int, found: list[Change]) -> bytes:
    """The workbook with the engine's results for changed inputs."""
    scorer, day = scorer_of(THESIS), DAY
    standings = Ledger(THESIS, open_log(NOWHERE)).standings(scorer.knowledge, day)
    changed = Changed(scorer_of(changed_thesis(found)), inputs)
    fresh = fresh_of(scorer, day, standings, "en", "derived", book, changed)
    return fill(fresh.skeleton, fresh.tables)


@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(found=changes())
def test_every_formula_of_the_workbook_follows_the_inputs_as_the_engine_does(sound: bytes, found: list[Change]) -> None:
    """The dashboard, the history and the sheets that charts read too."""
    inputs = Inputs.read(typed(sound, found), "en")
    assert inputs.thesis(THESIS) == changed_thesis(found)
    expected = expected_book(sound, inputs.changed, found)
    places = formulas(expected)
    typed_in = {places_of(sound)[change.table, change.key, change.header]: change.value for change in found}
    assert differences(values(expected, places), by_ironcalc(sound, places, typed_in), IRONCALC) == []


def test_what_libreoffice_computes_from_changed_inputs_is_verified(sound: bytes, office: str, tmp_path: Path) -> None:
    books = {"saved": sound, "changed": typed(sound, [*FIXED[0], *MORE])}
    for name, data in by_libreoffice(office, books, tmp_path).items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(data)
        done = mailed.verify(scorer_of(THESIS), mailed.open_mailed(path), NOWHERE)
        assert done.verdict == ("untouched" if name == "saved" else "inputs changed"), done.to_json()
        assert (done.report.calculated, done.report.formulas, done.results_checked) == ([], [], True)


def changed_book(sound: bytes, path: Path, found: list[Change]) -> tuple[Path, bytes]:
    """A file whose inputs were changed and whose results followed."""
    inputs = Inputs.read(typed(sound, found), "en")
    path.write_bytes(typed(expected_book(sound, inputs.changed, found), found))
    return path, path.read_bytes()


def test_a_forged_result_beside_changed_inputs_is_found(sound: bytes, tmp_path: Path) -> None:
    path, _ = changed_book(sound, tmp_path / "book.xlsx", FIXED[2])
    done = mailed.verify(scorer_of(THESIS), mailed.open_mailed(path), NOWHERE)
    assert (done.verdict, done.report.calculated, done.notes) == ("inputs changed", [], ())
    assert done.score == scorer_of(changed_thesis(FIXED[2])).evaluate(None).score
    text = formulas(path.read_bytes())[places_of(sound)["ThesisResult", "score", "Value"]]
    with_cell(path, "ThesisResult", "score", "Value", Formula(text[1:], 99.0))
    done = mailed.verify(scorer_of(THESIS), mailed.open_mailed(path), NOWHERE)
    assert done.verdict == "data changed"
    assert [(item.table, item.key, item.before) for item in done.report.calculated] == [("ThesisResult", "score", 99.0)]


def test_inputs_beside_results_that_were_not_calculated_are_said_to_be_so(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(typed(sound, FIXED[2]))
    done = mailed.verify(scorer_of(THESIS), mailed.open_mailed(path), NOWHERE)
    assert done.verdict == "inputs changed"
    assert done.notes == ("its results are those of the definition's inputs: it was not calculated since",)


def test_a_file_without_values_is_said_to_be_one(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    openpyxl.load_workbook(BytesIO(sound)).save(path)
    done = mailed.verify(scorer_of(THESIS), mailed.open_mailed(path), NOWHERE)
    assert done.notes == ("its formulas have no values, as a program that does not calculate saves them; update it",)
    assert {item.before for item in done.report.calculated} == {None}
    assert done.report.formulas == done.report.changed == []


@pytest.mark.parametrize(
    ("table", "key", "column", "value", "words"),
    [
        ("InputIndicators", "dxy_trend", "Weight", "much", "InputIndicators, dxy_trend, Weight holds no number"),
        ("InputIndicators", "dxy_trend", "Weight", -1.0, "dxy_trend.weight: it must be 0 or more"),
        ("InputPillars", THESIS.pillars[1].id, "Weight", -1.0, f"{THESIS.pillars[1].id}.weight: it must be 0 or more"),
        ("InputLabels", THESIS.labels[0].id, "Below", 80.0, "the limits of the labels do not ascend"),
    ],
)
def test_inputs_that_no_thesis_can_have_are_not_scored(
    sound: bytes, tmp_path: Path, table: str, key: str, column: str, value: str | float, words: str
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(sound)
    with_cell(path, table, key, column, value)
    done = mailed.verify(scorer_of(THESIS), mailed.open_mailed(path), NOWHERE)
    assert (done.verdict, done.results_checked, done.score) == ("inputs changed", False, None)
    assert "results were not checked" in done.notes[0]
    assert words in done.notes[0]


def test_an_update_shows_what_the_inputs_give(sound: bytes, tmp_path: Path) -> None:
    path, before = changed_book(sound, tmp_path / "book.xlsx", FIXED[2])
    done = mailed.update(scorer_of(THESIS), mailed.open_mailed(path), ledger=NOWHERE)
    assert (done.report.waiting, done.path, path.read_bytes() == before) == (0, None, True)
    path.write_bytes(typed(sound, FIXED[2]))
    done = mailed.update(scorer_of(THESIS), mailed.open_mailed(path), ledger=NOWHERE)
    score = places_of(sound)["ThesisResult", "score", "Value"]
    expected = scorer_of(changed_thesis(FIXED[2])).evaluate(None).score
    assert values(path.read_bytes(), [score])[score] == pytest.approx(expected, abs=1e-12)
    assert done.report.waiting == 0
