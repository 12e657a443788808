"""`update`, `verify` and `diff` from the shell: exit codes, one sentence for each refusal, text and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests.test_mailed import tables, with_cell
from xl_thesis.cli import main
from xl_thesis_workbook.grid import Formula


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main(arguments)
    captured = capsys.readouterr()
    return int(done.value.code or 0), captured.out, captured.err


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small thesis on two days of the embedded data."""
    path = tmp_path_factory.mktemp("made") / "old.xlsx"
    with pytest.raises(SystemExit):
        main(["demo", "--thesis", "jobless_boom", "--as-of", "2026-03-31", "--out", str(path)])
    return path.read_bytes()


def test_a_workbook_goes_out_comes_back_and_is_compared(
    capsys: pytest.CaptureFixture[str], made: bytes, tmp_path: Path
) -> None:
    book, old = tmp_path / "book.xlsx", tmp_path / "old.xlsx"
    book.write_bytes(made)
    old.write_bytes(made)
    code, out, _ = run(capsys, "verify", str(book))
    assert (code, out.splitlines()[0].partition(" (")[0]) == (0, "book.xlsx: untouched")
    code, out, _ = run(capsys, "update", str(book), "--as-of", "2026-06-30", "--dry-run", "--json")
    planned = json.loads(out)
    assert code == 0 and planned["file"] is None and planned["added"] and book.read_bytes() == made
    code, out, _ = run(capsys, "update", str(book), "--as-of", "2026-06-30")
    assert code == 0 and "from 2026-03-31 to 2026-06-30" in out and f"Workbook: {book}" in out
    assert (tmp_path / "book.bak1.xlsx").read_bytes() == made
    code, out, _ = run(capsys, "update", str(book), "--as-of", "2026-06-30")
    assert code == 0 and out.endswith("nothing differs\nNothing was written.\n")
    code, out, _ = run(capsys, "diff", str(old), str(book), "--out", str(tmp_path / "moved.xlsx"))
    assert code == 0 and "cells of ThesisResult are other" in out and (tmp_path / "moved.xlsx").exists()
    code, out, _ = run(capsys, "diff", str(old), str(book), "--json")
    assert code == 0 and json.loads(out)["as_of"] == ["2026-03-31", "2026-06-30"]
    code, out, _ = run(capsys, "verify", str(book), "--json")
    assert (code, json.loads(out)["verdict"]) == (0, "untouched")


@pytest.mark.parametrize("command", ["update", "verify"])
def test_bad_files_are_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str) -> None:
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(b"PK\x03\x04 half a file")
    for path, sentence in ((damaged, "is not a whole"), (tmp_path / "gone.xlsx", "there is no file")):
        code, out, err = run(capsys, command, str(path))
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert sentence in err


def test_the_lines_of_a_check_say_which_side_is_the_engines(
    capsys: pytest.CaptureFixture[str], made: bytes, tmp_path: Path
) -> None:
    """A forged result behind a changed input is found, also where nothing was calculated since."""
    book = tmp_path / "book.xlsx"
    book.write_bytes(made)
    _, out, _ = run(capsys, "verify", str(book))
    assert out == "book.xlsx: untouched (jobless_boom as known on 2026-03-31)\n"
    found = tables(made)
    with_cell(book, "InputPillars", str(found["InputPillars"][0][0]), "Weight", 7.5)
    score = next(row[1] for row in found["ThesisResult"] if row[0] == "score")
    assert isinstance(score, Formula)
    with_cell(book, "ThesisResult", "score", "Value", Formula(score.text, 99.5))
    code, out, _ = run(capsys, "verify", str(book))
    assert code == 1 and out.startswith("book.xlsx: data changed (jobless_boom as known on 2026-03-31)\n")
    assert "it was not calculated since" in out
    assert "1 input is not the definition's (definition -> file):" in out
    assert "1 formula shows another value than the engine has for these inputs (file -> engine):" in out
    assert "ThesisResult, score, Value: 99.5 -> " in out


def test_a_workbook_of_an_own_thesis_says_that_its_definition_must_be_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(capsys, "thesis", "new", "mine.yaml")
    assert run(capsys, "snapshot", "--thesis", "mine.yaml", "--out", "own.xlsx")[0] == 0
    for command in ("verify", "update"):
        code, _, said = run(capsys, command, "own.xlsx")
        assert code == 2 and said.endswith("name its file: --thesis mine.yaml\n")
        assert run(capsys, command, "own.xlsx", "--thesis", "mine.yaml")[0] == 0


def test_a_comparison_begins_with_the_score_and_what_moved_it(
    capsys: pytest.CaptureFixture[str], made: bytes, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    old.write_bytes(made)
    run(capsys, "demo", "--thesis", "jobless_boom", "--as-of", "2026-06-30", "--out", str(new))
    scores = [
        json.loads(run(capsys, "score", "--thesis", "jobless_boom", "--as-of", day, "--json")[1])
        for day in ("2026-03-31", "2026-06-30")
    ]
    before, after = (found["score"] for found in scores)
    lines = run(capsys, "diff", str(old), str(new))[1].splitlines()
    assert lines[1] == f"Score: {before:.1f} -> {after:.1f} ({after - before:+.1f} points)"
    parts = [line.split(" that moved it")[0] for line in lines[2:5] if " that moved it" in line]
    assert parts == ["Pillars", "Indicators"]
    moved = json.loads(run(capsys, "diff", str(old), str(new), "--json")[1])["movement"]
    assert moved["score"] == pytest.approx([before, after])
    points = [{item["id"]: item["contribution"] or 0.0 for item in found["indicators"]} for found in scores]
    for part in ("points_of_pillars", "points_of_indicators"):
        assert sum(moved[part].values()) == pytest.approx(after - before)
    for name, by in moved["points_of_indicators"].items():
        assert by == pytest.approx(points[1][name] - points[0][name])
    assert list(map(abs, moved["points_of_indicators"].values())) == sorted(
        map(abs, moved["points_of_indicators"].values()), reverse=True
    )
    assert "The score is the same." in run(capsys, "diff", str(old), str(old))[1]


def test_an_update_of_a_file_without_its_inputs_says_so_and_is_no_success(
    capsys: pytest.CaptureFixture[str], made: bytes, tmp_path: Path
) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(made)
    opened = openpyxl.load_workbook(book)
    del opened["Inputs"]
    opened.save(book)
    code, out, said = run(capsys, "update", str(book), "--as-of", "2026-06-30")
    assert code == 1 and f"Workbook: {book}" in out
    assert "has no InputPillars, InputIndicators, InputLabels, InputRules any more" in said
    assert "make a new snapshot" in said and "\n" not in said.strip()
    assert json.loads(run(capsys, "update", str(book), "--as-of", "2026-06-30", "--json")[1])["missing"]
