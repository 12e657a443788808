"""The workbook computes: each formula gives the engine's number, also after inputs were changed, in two programs."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils.cell import get_column_letter, range_boundaries

from tests.recalculate import (
    IRONCALC,
    POISON,
    by_ironcalc,
    by_libreoffice,
    differences,
    formulas,
    opened,
    poisoned,
    values,
)
from tests.snapshots import CASES, START, case, content_of, data_of, scorer_of
from xl_thesis.days import month_end_days
from xl_thesis.definition import Indicator, Thesis
from xl_thesis.evaluation import Evaluation
from xl_thesis.scoring import displayed_points
from xl_thesis.thesis import load_thesis
from xl_thesis_workbook.inputs import input_pairs
from xl_thesis_workbook.layout import CHANGE_ROWS, INPUT_INDICATORS, INPUT_LABELS, INPUT_PILLARS, INPUT_RULES, Block
from xl_thesis_workbook.package import fill
from xl_thesis_workbook.snapshot import snapshot_bytes

THESIS = load_thesis("american_exceptionalism")
Places = dict[tuple[str, Any, str], tuple[str, str]]


@pytest.fixture(scope="module")
def sound() -> bytes:
    return data_of("content")


@pytest.mark.parametrize("name", CASES)
def test_every_formula_gives_the_engines_number(name: str) -> None:
    data = data_of(name)
    places = formulas(data)
    assert len(places) > 1_000
    assert differences(values(data, places), by_ironcalc(data, places), IRONCALC) == []


def test_the_poison_reaches_every_formula(sound: bytes) -> None:
    """A value that was left alone could pass for a computed number."""
    with zipfile.ZipFile(io.BytesIO(poisoned(sound))) as package:
        sheets = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    spoilt = sum(len(re.findall(f"(?:</f>|<f[^>]*/>)<v>{POISON}</v>", text)) for text in sheets)
    assert spoilt == sum(len(re.findall("<f[ >]", text)) for text in sheets) == len(formulas(sound))


def places_of(data: bytes) -> Places:
    """Sheet and cell by table, key and English header, where tables have English headers."""
    found: Places = {}
    for sheet in opened(data).worksheets:
        for table in sheet.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            for row in range(top + 1, bottom + 1):
                for column in range(left, right + 1):
                    key, header = sheet.cell(row, left).value, sheet.cell(top, column).value
                    if table.displayName == "ScoreHistory":
                        key = row - top - 1
                    found[table.displayName, key, header] = (sheet.title, f"{get_column_letter(column)}{row}")
    return found


@dataclass
class Change:
    """A changed input: its table, row and column, the new value, and the same for the thesis."""

    table: str
    key: str
    header: str
    value: float
    apply: Callable[[Thesis], Thesis]


def with_item(field: str, key: str, **update: object) -> Callable[[Thesis], Thesis]:
    def change(thesis: Thesis) -> Thesis:
        items = tuple(item.model_copy(update=update) if item.id == key else item for item in getattr(thesis, field))
        return thesis.model_copy(update={field: items})

    return change


WEIGHTS = st.floats(0, 3, allow_subnormal=False).map(lambda value: round(value, 4))


@st.composite
def changes_of(draw: st.DrawFn, item: Indicator) -> list[Change]:
    """One input of an indicator, or all of its goalposts."""
    kind, rule = draw(st.sampled_from(["On", "Weight", "Direction", "Posts"])), item.normalise
    if kind == "On":
        return [of_indicator(item, kind, 0, weight=0.0)]
    if kind == "Weight":
        weight = draw(WEIGHTS)
        return [of_indicator(item, kind, weight, weight=weight)]
    if kind == "Direction" or rule.kind == "midrank":
        return [of_indicator(item, "Direction", -item.direction, direction=-item.direction)]
    if rule.kind == "goalposts":
        low, first, second = draw(st.floats(-9, 2)), draw(st.floats(0.1, 4)), draw(st.floats(0.1, 9))
        posts = tuple(round(post, 3) for post in (low, low + first, low + first + second))
        changed = rule.model_copy(update={"posts": posts})
        headers = ("Scores 0", "Scores 50", "Scores 100")
        return [of_indicator(item, name, post, normalise=changed) for name, post in zip(headers, posts, strict=True)]
    neutral, scale = (round(draw(st.floats(*span)), 3) for span in ((-1, 1), (0.2, 5)))
    changed = rule.model_copy(update={"neutral": neutral, "scale": scale})
    return [of_indicator(item, name, value, normalise=changed)
            for name, value in (("Scores 50", neutral), ("Scale", scale))]  # fmt: skip


def of_indicator(item: Indicator, header: str, value: float, **update: object) -> Change:
    return Change("InputIndicators", item.id, header, value, with_item("indicators", item.id, **update))


@st.composite
def changes(draw: st.DrawFn) -> list[Change]:
    """Some inputs, each changed once."""
    found = []
    for pillar in draw(st.lists(st.sampled_from(THESIS.pillars), max_size=3, unique_by=lambda item: item.id)):
        if draw(st.booleans()):
            found.append(Change("InputPillars", pillar.id, "On", 0, with_item("pillars", pillar.id, weight=0.0)))
        else:
            weight = draw(WEIGHTS)
            found.append(
                Change("InputPillars", pillar.id, "Weight", weight, with_item("pillars", pillar.id, weight=weight))
            )
    for item in draw(st.lists(st.sampled_from(THESIS.indicators), max_size=10, unique_by=lambda one: one.id)):
        found += draw(changes_of(item))
    if draw(st.booleans()):
        limit = draw(st.floats(30, 44).map(lambda value: round(value, 2)))
        first = THESIS.labels[0]
        found.append(Change("InputLabels", first.id, "Below", limit, with_item("labels", first.id, below=limit)))
    if draw(st.booleans()):
        least = draw(st.sampled_from([0.0, 0.2, 0.35, 0.6, 0.72, 0.95]))

        def with_rule(thesis: Thesis) -> Thesis:
            return thesis.model_copy(update={"method": thesis.method.model_copy(update={"min_pillar_coverage": least})})

        found.append(Change("InputRules", "min_pillar_coverage", "Value", least, with_rule))
    return found


def changed_thesis(found: list[Change]) -> Thesis:
    thesis = THESIS
    for change in found:
        thesis = change.apply(thesis)
    return thesis


def expected_numbers(result: Evaluation, thesis: Thesis) -> dict[tuple[str, Any, str], Any]:
    """What the engine says, by table, key and header; nothing is an empty text."""
    label = "" if result.score is None else thesis.label_of(result.score).text.en
    found: dict[tuple[str, Any, str], Any] = {
        ("ThesisResult", "score", "Value"): result.score, ("ThesisResult", "label", "Value"): label,
        ("ThesisResult", "coverage", "Value"): result.coverage.effective,
        ("ThesisResult", "nominal_coverage", "Value"): result.coverage.nominal,
        ("ThesisResult", "low", "Value"): result.bounds.low if result.bounds else None,
        ("ThesisResult", "high", "Value"): result.bounds.high if result.bounds else None,
        ("ThesisResult", "outcome", "Value"): result.outcome_score,
        ("ThesisResult", "driver", "Value"): result.driver_score,
        ("ThesisResult", "uncontested", "Value"): result.score_without_contested,
    }  # fmt: skip
    shown, shares = (displayed_points(result.score, items) for items in (result.pillars, result.indicators))
    for pillar in result.pillars:
        for header, value in (("Score", pillar.score), ("Coverage", pillar.coverage), ("Share", pillar.weight),
                              ("Effective weight", pillar.effective_weight), ("Contribution", pillar.contribution),
                              ("Points", shown.get(pillar.id))):  # fmt: skip
            found["ThesisPillars", pillar.id, header] = value
    for item in result.indicators:
        for header, value in (("Score", item.score), ("Effective weight", item.effective_weight),
                              ("Contribution", item.contribution), ("Points", shares.get(item.id))):  # fmt: skip
            found["ThesisModel", item.id, header] = value
    return {place: "" if value is None else value for place, value in found.items()}


def expected_history(thesis: Thesis) -> dict[tuple[str, Any, str], Any]:
    """Past scores of the changed thesis, from the engine alone."""
    scorer = scorer_of(thesis)
    panel = scorer.panel(month_end_days(START, case("content").evaluation.as_of))
    whole = {"Score": scorer.score_panel(panel), "Outcomes": scorer.score_panel(panel, "outcome"),
             "Drivers": scorer.score_panel(panel, "driver")}  # fmt: skip
    columns = {header: scores.score for header, scores in whole.items()}
    columns |= {f"Score: {item.id}": row for item, row in zip(thesis.indicators, panel.scores, strict=True)}
    numbers: dict[tuple[str, Any, str], Any] = {
        ("ScoreHistory", row, header): "" if value != value else value
        for header, column in columns.items() for row, value in enumerate(column.tolist())
    }  # fmt: skip
    for row, value in enumerate(whole["Score"].coverage.tolist()):
        numbers["ScoreHistory", row, "Coverage"] = value
    return numbers


def all_expected(found: list[Change]) -> dict[tuple[str, Any, str], Any]:
    thesis = changed_thesis(found)
    return {**expected_numbers(scorer_of(thesis).evaluate(None), thesis), **expected_history(thesis)}


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(changes())
def test_changed_inputs_give_what_the_engine_gives_for_the_changed_thesis(found: list[Change]) -> None:
    """The score of the day and of every month before it; one example takes too long to look for a simpler one."""
    sound = data_of("content")
    places = places_of(sound)
    expected = {places[key]: value for key, value in all_expected(found).items()}
    inputs = {places[change.table, change.key, change.header]: change.value for change in found}
    assert differences(expected, by_ironcalc(sound, expected, inputs), IRONCALC) == []


def posts_of(name: str, posts: tuple[float, float, float]) -> list[Change]:
    item = next(item for item in THESIS.indicators if item.id == name)
    changed = item.normalise.model_copy(update={"posts": posts})
    headers = ("Scores 0", "Scores 50", "Scores 100")
    return [of_indicator(item, header, post, normalise=changed) for header, post in zip(headers, posts, strict=True)]


FIXED: list[list[Change]] = [
    [Change("InputPillars", "EQUITY", "On", 0, with_item("pillars", "EQUITY", weight=0.0)),
     Change("InputIndicators", "broad_usd", "Direction", 1, with_item("indicators", "broad_usd", direction=1))],
    [Change("InputPillars", name, "On", 0, with_item("pillars", name, weight=0.0))
     for name in ("DOLLAR", "EQUITY", "CRYPTO", "FED", "AI")],
    [Change("InputIndicators", "dxy_trend", "Weight", 2.5, with_item("indicators", "dxy_trend", weight=2.5)),
     Change("InputIndicators", "btc_drift", "On", 0, with_item("indicators", "btc_drift", weight=0.0))],
    [*posts_of("cofer_usd_cc", (-3.0, 0.5, 2.25)), *posts_of("nato_spend", (-0.2, 0.0, 0.4)),
     *(of_indicator(item, "Direction", -item.direction, direction=-item.direction)
       for item in THESIS.indicators if item.id in ("gdp_growth", "labour_cooling", "us_vs_china")),
     *(of_indicator(item, "Scale", 1.75, normalise=item.normalise.model_copy(update={"scale": 1.75}))
       for item in THESIS.indicators if item.normalise.kind == "normal_cdf")],
]  # fmt: skip


def typed(data: bytes, found: list[Change]) -> bytes:
    """The workbook with inputs changed in the file."""
    blocks: dict[str, Block] = {
        block.table: block for block in (INPUT_PILLARS, INPUT_INDICATORS, INPUT_LABELS, INPUT_RULES)
    }
    book = opened(data)["Inputs"]
    rows = {}
    for change in found:
        name = change.table
        rows.setdefault(name, [[cell.value for cell in line] for line in book[book.tables[name].ref][1:]])
        line = next(line for line in rows[name] if line[0] == change.key)
        line[blocks[name][change.header]] = change.value
    return fill(data, rows)


def test_libreoffice_computes_the_same_also_with_changed_inputs(sound: bytes, office: str, tmp_path: Path) -> None:
    chinese = data_of("chinese")
    books = {"sound": sound, "chinese": chinese, "second": data_of("second")}
    books |= {f"changed{number}": typed(sound, found) for number, found in enumerate(FIXED)}
    computed = by_libreoffice(office, books, tmp_path)
    for name in ("sound", "chinese", "second"):
        places = formulas(books[name])
        assert differences(values(books[name], places), values(computed[name], places)) == []
    places = places_of(sound)
    for number, found in enumerate(FIXED):
        expected = {places[key]: value for key, value in all_expected(found).items()}
        assert differences(expected, values(computed[f"changed{number}"], expected)) == []
        assert is_void(sound, values(computed[f"changed{number}"], void_cells(sound)))


def test_a_score_that_came_with_the_package_holds_for_its_own_inputs_alone(sound: bytes) -> None:
    """As the engine has it: where another direction or goalpost is asked for, the indicator is missing, also in the
    past; typed back, it is there again."""
    places = places_of(sound)
    given = [item for item in case("content").evaluation.indicators if item.is_precomputed]
    turned = {places["InputIndicators", item.id, "Direction"]: None for item in given}
    directions = values(sound, turned)
    asked = [places["ThesisModel", item.id, header] for item in given for header in ("Score", "Status")]
    asked += [places["ScoreHistory", 60, f"Score: {item.id}"] for item in given]
    before = by_ironcalc(sound, asked)
    after = by_ironcalc(sound, asked, {place: -float(value) for place, value in directions.items()})
    assert "" not in before.values() and set(after.values()) == {"", "missing"}
    assert by_ironcalc(sound, asked, {place: float(value) for place, value in directions.items()}) == before


def test_a_direction_that_was_emptied_counts_as_one(sound: bytes) -> None:
    places = places_of(sound)
    asked = [places["ThesisModel", "dxy_trend", "Score"], places["ThesisResult", "score", "Value"]]
    asked += [place for key, place in places.items() if key[0] == "ScoreHistory" and key[2] == "Score"]
    direction = places["InputIndicators", "dxy_trend", "Direction"]
    turned = -float(values(sound, [direction])[direction])
    assert turned == 1, "the definition says -1"
    assert by_ironcalc(sound, asked, {direction: None}) == by_ironcalc(sound, asked, {direction: 1})


def void_cells(data: bytes) -> dict[tuple[str, str], str]:
    """Each cell that shows what no formula computes, and what it says once an input was changed."""
    book = opened(data)
    hashes = [next(iter(book.defined_names[name].destinations)) for name in ("DefinitionHash", "DataHash")]
    found = {(sheet, cell.replace("$", "")): "inputs changed" for sheet, cell in hashes}
    found |= {("Dashboard", cell): "inputs changed" for cell in ("G5", "U5", "U7")}  # range, grade, last change
    title = next(cell.row for cell in book["Dashboard"]["N"] if cell.value == "What moved it since the month before")
    for row in range(title + 2, title + 2 + CHANGE_ROWS):
        found |= {("Dashboard", f"{letter}{row}"): "" for letter in "NUX"}
    found["Dashboard", f"X{title + 1}"] = ""
    found["Dashboard", f"N{title + 2}"] = "inputs changed"
    return found


def is_void(data: bytes, shown: dict[tuple[str, str], Any]) -> bool:
    return shown == void_cells(data)


def test_what_no_formula_computes_says_that_it_no_longer_holds(sound: bytes) -> None:
    result = case("content").evaluation
    places, state, about = list(void_cells(sound)), ("Dashboard", "A10"), ("About", "A3")
    weight = places_of(sound)["InputIndicators", "dxy_trend", "Weight"]
    before = by_ironcalc(sound, [*places, state, about])
    after = by_ironcalc(sound, [*places, state, about], {weight: 0.9})
    assert [before[place] for place in places[:2]] == [result.definition_hash, result.data_hash]
    assert re.fullmatch(r"\d+\.\d – \d+\.\d", before["Dashboard", "G5"])
    assert "inputs changed" not in before.values() and before[about] == ""
    assert after.pop(state).startswith("1 inputs differ") and after.pop(about).startswith("1 inputs differ")
    assert is_void(sound, after)
    assert by_ironcalc(sound, [*places, state], {weight: 0.3}) == {place: before[place] for place in (*places, state)}


def test_each_input_stands_beside_the_definitions_value_and_takes_only_what_has_a_meaning(sound: bytes) -> None:
    sheet = opened(sound)["Inputs"]
    guarded = {cell for rule in sheet.data_validations.dataValidation for cells in rule.sqref.ranges for cell in
               (f"{get_column_letter(column)}{row}" for row, column in cells.cells)}  # fmt: skip
    for block in (INPUT_PILLARS, INPUT_INDICATORS, INPUT_LABELS, INPUT_RULES):
        header, *rows = sheet[sheet.tables[block.table].ref]
        names = [cell.value for cell in header]
        for now, then in input_pairs(block):
            for row in rows:
                cell, definition = row[names.index(now)], row[names.index(then)]
                assert cell.value == definition.value
                assert (cell.coordinate in guarded) == (cell.value is not None)
                assert cell.style.startswith("Input") == (cell.value is not None)


def test_history_is_there_where_a_percentile_needs_it_and_nowhere_else(sound: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sound))
    content = case("content")
    ranked = {item.id for item in THESIS.indicators if item.normalise.kind == "midrank"}
    assert set(book["Data"].tables) == {f"Data_{name}" for name in ranked}
    sheet = book["Data"]
    for name in ranked:
        rows = sheet[sheet.tables[f"Data_{name}"].ref][1:]
        history = content.workings[name].history
        if history is None:
            assert [cell.value for cell in rows[0]] == [None, None, None]
        else:
            assert [row[1].value for row in rows] == [round(value, 10) for value in history.values.tolist()]
            assert [row[0].value.date().isoformat() for row in rows] == history.days.astype(str).tolist()


def test_the_window_of_the_history_is_the_past_of_the_panel(sound: bytes) -> None:
    places = places_of(sound)
    days = month_end_days(START, case("content").evaluation.as_of)
    found = values(sound, [places["ScoreHistory", row, "As of"] for row in range(len(days))])
    epoch = dt.date(1899, 12, 30)
    assert [epoch + dt.timedelta(days=int(value)) for value in found.values()] == days


def test_without_formulas_everything_is_a_value(sound: bytes) -> None:
    data = snapshot_bytes(content_of(THESIS, choice="none"))
    assert formulas(data) == {}
    book, live = openpyxl.load_workbook(io.BytesIO(data)), openpyxl.load_workbook(io.BytesIO(sound), data_only=True)
    assert "Data" not in book.sheetnames
    for place in ("A5", "G5", "L5", "A7", "A9"):
        assert book["Dashboard"][place].value == live["Dashboard"][place].value
