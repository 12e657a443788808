"""What Excel's buttons ask for: never an exception, never a wait, and every old value kept where something fails."""

from __future__ import annotations

import datetime as dt
import io
import re
import threading
import types
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xl_thesis import actions, buttons, mailed
from xl_thesis.authoring import start_thesis
from xl_thesis.days import today
from xl_thesis.default_store import open_default_store
from xl_thesis.errors import SourceError
from xl_thesis.pipeline import Scorer
from xl_thesis.thesis import load_thesis
from xl_thesis_udfs import edge
from xl_thesis_udfs.hosts import vba
from xl_thesis_workbook import macros


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(buttons, "JOB", buttons.Job())
    return tmp_path


def event(done: int) -> Any:
    return types.SimpleNamespace(done=done, total=3, result=types.SimpleNamespace(series_id=f"FRED:S{done}"))


def report(*lines: str, exit_code: int = 0, stopped: bool = False) -> Any:
    return types.SimpleNamespace(lines=lambda: list(lines), exit_code=exit_code, stopped=stopped)


def word(answer: str) -> str:
    return answer.partition("\t")[0]


def test_a_refresh_runs_in_the_background_and_tells_how_far_it_is(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, reached = threading.Event(), threading.Event()

    def refresh(*, thesis: Any, progress: Any, cancelled: Any) -> Any:
        progress(event(1))
        reached.set()
        assert go_on.wait(60)
        return report("3 series: 2 fetched, 1 failed.", "FRED:S2: failed: HTTP 500", exit_code=4)

    monkeypatch.setattr(actions, "refresh", refresh, raising=False)
    assert word(buttons.press("refresh")) == "running"
    assert reached.wait(60)
    assert buttons.press("state") == "running\t1 of 3: FRED:S1"
    assert buttons.press("refresh") == "running\t1 of 3: FRED:S1"  # a second press starts no second one
    go_on.set()
    buttons.JOB.wait(60)
    assert word(buttons.press("state")) == "done"
    assert "FRED:S2: failed: HTTP 500" in buttons.press("state")


def test_a_refresh_can_be_stopped(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refresh(*, thesis: Any, progress: Any, cancelled: Any) -> Any:
        for _ in range(1000):
            if cancelled():
                return report("Stopped early.", exit_code=5, stopped=True)
            threading.Event().wait(0.01)
        raise AssertionError("nobody stopped it")

    monkeypatch.setattr(actions, "refresh", refresh, raising=False)
    buttons.press("refresh")
    assert buttons.press("cancel") == "running\tstopping"
    buttons.JOB.wait(60)
    assert buttons.press("state") == "done\tStopped early."
    assert word(buttons.press("cancel")) == "done"


@pytest.mark.parametrize("error", [SourceError("FRED does not answer"), RuntimeError("a secret key")])
def test_a_refresh_that_fails_says_so_and_changes_nothing(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refresh(*, thesis: Any, progress: Any, cancelled: Any) -> Any:
        raise error

    with open_default_store() as store:
        before = Scorer(load_thesis("american_exceptionalism"), store).evaluate(None).score
    monkeypatch.setattr(actions, "refresh", refresh, raising=False)
    buttons.press("refresh")
    buttons.JOB.wait(60)
    answer = buttons.press("state")
    assert word(answer) == "failed"
    assert "secret" not in answer
    with open_default_store() as store:
        assert Scorer(load_thesis("american_exceptionalism"), store).evaluate(None).score == before


def test_a_refresh_that_brings_nothing_has_failed_and_says_why(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refresh(*, thesis: Any, progress: Any, cancelled: Any) -> Any:
        return report("3 series: 3 failed.", *(f"FRED:S{number}: no answer" for number in range(50)), exit_code=5)

    monkeypatch.setattr(actions, "refresh", refresh, raising=False)
    buttons.press("refresh")
    buttons.JOB.wait(10)
    answer = buttons.press("state")
    assert answer.startswith("failed\t3 series: 3 failed.\nFRED:S0: no answer") and answer.count("\n") < 25


def test_a_snapshot_is_the_command_s_own(own_home: Path) -> None:
    target = own_home / "book.xlsx"
    assert word(buttons.press("snapshot", str(target))) == "running"
    buttons.JOB.wait(60)
    assert buttons.press("state") == f"done\tSnapshot: {target.resolve()}"
    with open_default_store() as store:
        scorer = Scorer(load_thesis("american_exceptionalism"), store)
        _, other = actions.snapshot(scorer, None, own_home / "other.xlsx", force=False)
    assert target.read_bytes() == other.read_bytes()


def test_a_snapshot_is_updated_in_place_by_the_command_s_own_code(own_home: Path) -> None:
    target = own_home / "book.xlsx"
    with open_default_store() as store:
        scorer = Scorer(load_thesis("american_exceptionalism"), store)
        actions.snapshot(scorer, dt.date(2026, 6, 30), target, force=False)
    answer = buttons.press("update", str(target))
    assert answer.startswith("done\tamerican_exceptionalism: from 2026-06-30 to 2026-07-22"), answer
    assert mailed.open_mailed(target).as_of == dt.date(2026, 7, 22)
    assert word(buttons.press("update", str(own_home / "none.xlsx"))) == "failed"


def test_a_snapshot_of_one_s_own_thesis_saved_with_macros_is_updated_too(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = start_thesis(own_home / "our_rates.yaml")
    plain, target = own_home / "book.xlsx", own_home / "book.xlsm"
    with open_default_store() as store:
        actions.snapshot(Scorer(load_thesis(str(own)), store), dt.date(2026, 6, 30), plain, force=False)
    modules = {"Theirs": "Option Explicit\nPublic Sub Theirs()\nEnd Sub\n"}
    target.write_bytes(macros.add_macros(plain.read_bytes(), modules, "workbook"))
    answer = buttons.press("update", str(target))
    assert word(answer) == "failed" and "xl-thesis config set thesis" in answer and "our_rates.yaml" in answer
    monkeypatch.setenv("XL_THESIS_DEFAULT", str(own))
    answer = buttons.press("update", str(target))
    assert answer.startswith("done\tour_rates: from 2026-06-30 to 2026-07-22"), answer
    assert mailed.open_mailed(target).as_of == dt.date(2026, 7, 22)
    answer = buttons.press("update", str(own_home / "book.txt"))
    assert word(answer) == "failed" and ".xlsx or .xlsm" in answer


def test_buttons_act_on_the_thesis_of_the_workbook(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def refresh(*, thesis: Any, progress: Any, cancelled: Any) -> Any:
        asked.append(thesis)
        return report("Nothing was due.")

    monkeypatch.setattr(actions, "refresh", refresh, raising=False)
    for thesis in ("jobless_boom", " "):
        buttons.press("refresh", "", thesis)
        buttons.JOB.wait(60)
    assert asked == ["jobless_boom", None]
    target = own_home / "book.xlsx"
    buttons.press("snapshot", str(target), "jobless_boom")
    buttons.JOB.wait(60)
    assert mailed.open_mailed(target).thesis == "jobless_boom"
    assert "Thesis: jobless_boom" in buttons.press("settings", "", "jobless_boom")
    answer = buttons.press("snapshot", str(target), "nothing")
    buttons.JOB.wait(60)
    assert word(answer) in ("running", "failed") and "no thesis 'nothing'" in buttons.press("state")


def a_copy(template: bytes, change: dict[str, dict[str, Any]]) -> str:
    """A copy of the template where Excel would put it, with cells changed by sheet and address."""
    word_, _, path = buttons.press("copy").split("\t")
    assert word_ == "done"
    book = openpyxl.load_workbook(io.BytesIO(template), keep_vba=True)
    for sheet, cells in change.items():
        for address, value in cells.items():
            book[f"Definition {sheet}"][address] = value
    book.save(path)
    return path


def test_the_definition_of_the_template_is_checked_and_used_where_it_is(
    own_home: Path, excel_files: dict[str, bytes]
) -> None:
    template = excel_files["xl_thesis.xlsm"]
    untouched = a_copy(template, {})
    said, sentence, path = buttons.press("apply", untouched).split("\t")
    assert said == "done" and path in sentence and not Path(untouched).exists()
    assert Path(path) == own_home / "home" / "theses" / "my_thesis.yaml"
    buttons.press("apply", a_copy(template, {}))
    assert not list(Path(path).parent.glob("*.bak*"))  # nothing new, so nothing is written
    mine = own_home / "mine.xlsm"
    mine.write_bytes(template)
    assert word(buttons.press("check", str(mine))) == "failed" and mine.exists()  # nobody's file is taken for the copy
    before = edge.call("THESIS_SCORE", ["2026-06-30"])
    assert edge.call("THESIS_SCORE", ["2026-06-30", path]) == before
    rows = openpyxl.load_workbook(io.BytesIO(template))["Definition Indicators"]
    weight = next(cell.column_letter for cell in rows[5] if cell.value == "weight")
    answer = buttons.press("check", a_copy(template, {"Indicators": {f"{weight}6": 55}}))
    assert answer == "done\tThe definition of my_thesis has no fault. Use it to calculate with it."
    assert edge.call("THESIS_SCORE", ["2026-06-30", path]) == before  # a check changes nothing
    buttons.press("apply", a_copy(template, {"Indicators": {f"{weight}6": 55}}))
    assert edge.call("THESIS_SCORE", ["2026-06-30", path]) != before
    assert (Path(path).parent / "my_thesis.bak1.yaml").exists()


def test_faults_of_the_template_s_definition_are_named_by_cell(own_home: Path, excel_files: dict[str, bytes]) -> None:
    wrong = {"Indicators": {"A7": "two words"}, "About": {"B6": "many"}, "Pillars": {"A6": None}}
    said, sentence, first = buttons.press("apply", a_copy(excel_files["xl_thesis.xlsm"], wrong)).split("\t")
    assert said == "failed" and first == "'Definition About'!B6"
    lines = sentence.split("\n")
    assert lines[0].startswith("'Definition About'!B6: 'many' is not one of 1")
    assert any(line.startswith("'Definition Indicators'!A7: ") for line in lines)
    assert not (own_home / "home" / "theses").exists()


def test_excel_takes_both_endings_for_a_snapshot() -> None:
    text = vba.written("xl_thesis_actions")
    assert 'Case ".xlsx", ".xlsm"' in text.partition("Function IsSnapshot")[2].partition("End Function")[0]


def test_a_definition_goes_out_to_be_edited_and_comes_back(own_home: Path) -> None:
    target = own_home / "my_thesis.xlsx"
    assert word(buttons.press("definition", str(target))) == "done"
    assert word(buttons.press("import", str(target))) == "done"
    assert load_thesis(str(own_home / "my_thesis.yaml")).indicators
    assert word(buttons.press("import", str(own_home / "none.xlsx"))) == "failed"


def test_manual_entries_reach_the_store_all_or_none(own_home: Path) -> None:
    good = "MANUAL:mstr_mnav_ev\t2026-06-30\t1.25\t2026-07-02\tannual report\t"
    bad = f"{good}\nMANUAL:nothing\t2026-06-30\t1\t2026-07-02\tme\t\nMANUAL:mstr_mnav_ev\t30.6.2026\tmany\t\t\t"
    answer = buttons.press("enter", bad)
    assert word(answer) == "failed"
    assert "Manual entries:2: series" in answer and "Manual entries:3: date" in answer and "2026-06-30" in answer
    with open_default_store() as store:
        assert "MANUAL:mstr_mnav_ev" not in store.series_ids()
    assert buttons.press("enter", f"{good}\n\t\t\t\t\t") == "done\t1 value is in the store, 1 of them new."
    with open_default_store() as store:
        known = Scorer(load_thesis("american_exceptionalism"), store).knowledge(today()).series("MANUAL:mstr_mnav_ev")
    assert (float(known.values[-1]), str(known.available[-1])) == (1.25, "2026-07-02")
    assert buttons.press("enter", "\t\t") == "done\tThere is nothing to enter: the table is empty."


def test_whatever_is_asked_the_answer_is_a_word_and_a_sentence(own_home: Path) -> None:
    asked = set(re.findall(r'(?:Press|Begin|ReadDefinition)\(?\s*"(\w+)"', vba.written("xl_thesis_actions")))
    assert asked == set(buttons._ACTIONS) - {"state"} | {"state"}
    for action in ("settings", "state", "cancel", "nonsense", "new", "update", "enter", "definition", "snapshot"):
        answer = buttons.press(action, "\x00 nowhere \\ / : *")
        assert word(answer) in {"done", "failed", "running"} and len(answer) > 6
    buttons.JOB.wait(60)
