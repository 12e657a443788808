"""The command line as a stranger types it: exit codes, one sentence for each mistake, nothing lost."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from xl_thesis import actions, artefacts
from xl_thesis.cli import main
from xl_thesis.evaluation import percent

CONTRACT = {
    "thesis", "as_of", "status", "score", "label", "outcome_score", "driver_score", "score_without_contested",
    "coverage", "bounds", "grade", "definition_hash", "data_hash", "pillars", "indicators",
}  # fmt: skip
PILLAR = {"id", "title", "role", "score", "weight", "effective_weight", "contribution", "coverage"}
INDICATOR = {
    "id", "pillar", "value", "unit", "score", "weight", "effective_weight", "contribution", "observed_on",
    "available_at", "age_days", "status", "source", "is_proxy", "is_precomputed", "contested",
}  # fmt: skip


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence of a refused command."""
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err


def test_score_json_is_the_public_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("score", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document.keys() >= CONTRACT
    assert document["coverage"].keys() >= {"nominal", "effective"}
    assert document["bounds"].keys() >= {"low", "high"}
    assert all(pillar.keys() >= PILLAR for pillar in document["pillars"])
    assert all(indicator.keys() >= INDICATOR for indicator in document["indicators"])
    assert document["status"] in ("full", "partial", "withheld")
    assert document["data"]["kind"] == "embedded"


def test_a_snapshot_in_another_language_without_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "book.xlsx"
    assert run("snapshot", "--out", str(out), "--lang", "zh-Hant", "--data", "none", "--as-of", "2026-06-30") == 0
    assert str(out) in capsys.readouterr().out
    book = openpyxl.load_workbook(out)
    assert book.sheetnames[0] == "儀表板" and "資料" not in book.sheetnames


def test_score_says_its_age_and_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("score") == 0
    out = capsys.readouterr().out
    assert "Embedded data only, reference date 2026-07-22" in out
    assert "\x1b[" not in out


def test_explain_names_every_indicator_or_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain") == 0
    out = capsys.readouterr().out
    assert "no data for MANUAL:msci_acwi_us_weight" in out
    assert run("explain", "--json") == 0
    assert all(item["rationale"] for item in json.loads(capsys.readouterr().out)["indicators"])


@pytest.mark.parametrize("day", ["2026-07-22", "2026-06-30", "2026-03-31", "2025-11-20", "2020-02-29"])
def test_explain_adds_up_at_every_level_as_it_is_shown(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "--as-of", day) == 0
    head, *pillars = re.split(r"score (?:[\d.]+|--), ", capsys.readouterr().out)
    shown = [float(re.match(r"[+-][\d.]+|--", pillar)[0].replace("--", "0")) for pillar in pillars]  # type: ignore[index]
    assert f"{50 + sum(shown):.1f} of 100" in head
    for points, pillar in zip(shown, pillars, strict=True):
        assert sum(map(float, re.findall(r"\d% +([+-]\d+\.\d) ", pillar))) == pytest.approx(points, abs=1e-9)


def test_claims(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("claims", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) >= 70
    assert run("claims", "--pillar", "dollar") == 0
    assert "Group" in capsys.readouterr().out
    assert "META" in refused(capsys, "claims", "--pillar", "nothing")


def test_a_claim_past_its_day_says_what_happened_since(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("claims", "--pillar", "AI") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "2026-02-24 (due)" in shown and "Later: Failed on this test" in shown
    assert run("claims", "--pillar", "AI", "--as-of", "2025-06-30") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "2025-02-24 (due)" in shown and "2026-02-24 (due)" not in shown and "Later:" not in shown


def test_series(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("series", "FRED:UNRATE", "--as-of", "2023-10-15", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    values = {row["observed_on"]: row["value"] for row in document["observations"]}
    assert values["2023-08-31"] == 3.8  # as first published; 3.7 since the revision of January 2025
    assert run("series", "FRED:UNRATE", "--json") == 0
    assert {row["observed_on"]: row["value"] for row in json.loads(capsys.readouterr().out)["observations"]}[
        "2023-08-31"
    ] == 3.7
    assert run("series") == 0
    assert "FRED:UNRATE" in capsys.readouterr().out
    assert "unknown series 'FRED:NOPE'" in refused(capsys, "series", "FRED:NOPE")
    for wrong, near in (
        ("UNRATE", "FRED:UNRATE"), ("fred:unrat", "FRED:UNRATE"), ("unemployment", "FRED:UNRATE or FRED:ICSA"),
    ):  # fmt: skip
        said = f"unknown series '{wrong}' (did you mean {near}?); `xl-thesis series` lists all"
        assert said in refused(capsys, "series", wrong)
    assert "did you mean" not in refused(capsys, "series", "zzz")
    assert "(did you mean DOLLAR?)" in refused(capsys, "claims", "--pillar", "dolar")
    assert run("call", '=THESIS_PILLAR("DOLAR")') != 0
    assert "(did you mean DOLLAR?)" in capsys.readouterr().err
    assert "(did you mean american_exceptionalism?)" in refused(capsys, "score", "--thesis", "american_exeptionalism")
    assert "no data for YAHOO:SPY/adj; only a refresh can bring it" in refused(capsys, "series", "YAHOO:SPY/adj")
    name = "MANUAL:msci_acwi_us_weight"
    by_hand = f"no data for {name}; enter the values of {name} with `xl-thesis import`"
    assert by_hand in refused(capsys, "series", name)
    too_early = refused(capsys, "series", "FRED:UNRATE", "--as-of", "1948-01-01")
    assert "has no value known on" in too_early and "can bring" not in too_early


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("score", "--as-of", "yesterday"), "write it like 2025-02-24"),
        (("score", "--as-of", "2025-02-30"), "write it like 2025-02-24"),
        (("score", "--as-of", "2999-01-01"), "in the future"),
        (("score", "--as-of", "1890-01-01"), "first date with data"),
        (("score", "--thesis", "nothing"), "there is no thesis 'nothing'"),
        (("score", "--thesis", "nothing.yaml"), "no such file"),
        (("score", "--thesis", "desk.xlsx"), "make a .yaml of it with `xl-thesis thesis import`"),
        (("config", "set", "fred-kee"), "unknown setting 'fred-kee' (did you mean fred-key?)"),
        (("score", "--nothing",), "No such option"),
        (("nothing",), "No such command"),
        (("snapshot",), "Missing option '--out'"),
        (("snapshot", "--out", "x.xlsx", "--lang", "fr"), "'fr' is not one of 'en', 'zh-Hant'"),
        (("snapshot", "--out", "x.xlsx", "--data", "all"), "'all' is not one of 'full', 'derived', 'none'"),
    ],
)  # fmt: skip
def test_each_mistake_gets_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    message = refused(capsys, *arguments)
    assert words in message
    assert len(message.strip().splitlines()) == 1


def test_a_faulty_thesis_file_lists_its_faults(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("schema_version: 1\nid: mine\nnothing: 1\n", encoding="utf-8")
    message = refused(capsys, "score", "--thesis", str(tmp_path / "mine.yaml"))
    assert "mine.yaml:3: nothing: unknown key" in message


def test_a_withheld_score_has_its_own_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("score", "--as-of", "1990-01-31") == 3
    captured = capsys.readouterr()
    assert "withheld" in captured.out
    assert run("score", "--as-of", "1990-01-31", "--json") == 3
    document = json.loads(capsys.readouterr().out)
    assert document["score"] is None
    known = f"nly {percent(document['coverage']['effective'])} of the weight is known in published pillars"
    assert known in captured.out
    assert run("call", '=THESIS_SCORE("1990-01-31")') != 0
    assert known in capsys.readouterr().err


def test_snapshot_refuses_an_existing_file_and_keeps_it_under_force(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "book.xlsx"
    out.write_bytes(b"a colleague's file")
    assert "--force" in refused(capsys, "snapshot", "--out", str(out))
    assert out.read_bytes() == b"a colleague's file"
    assert run("snapshot", "--out", str(out), "--force") == 0
    assert b"a colleague's file" in [file.read_bytes() for file in tmp_path.iterdir() if file != out]


def test_demo_needs_no_store_and_finds_a_free_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path / "home"))
    assert run("demo") == 0
    assert run("demo") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "american_exceptionalism_2026-07-22.xlsx", "american_exceptionalism_2026-07-22_2.xlsx",
    ]  # fmt: skip
    assert "Workbook: " in capsys.readouterr().out


def test_an_unusable_home_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path / "file"))
    assert "set XL_THESIS_HOME" in refused(capsys, "score")
    monkeypatch.setenv("XL_THESIS_STORE", "mysql://somewhere")
    assert "XL_THESIS_STORE must be" in refused(capsys, "score")


def test_the_module_runs_as_a_command_when_piped_in_a_plain_encoding(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "XL_THESIS_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "xl_thesis", "score"], env=environment, capture_output=True)
    assert done.returncode == 0
    assert done.stderr == b""
    assert b"of 100" in done.stdout
    assert b"|####" in done.stdout and b"??" not in done.stdout


def test_another_failure_of_the_system_is_not_said_to_be_the_output_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")

    monkeypatch.setattr(actions, "snapshot", refuse)
    with pytest.raises(ConnectionRefusedError):
        run("snapshot", "--out", "never.xlsx")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [("score",), ("score", "--json"), ("log",), ("series", "--json")])
def test_output_that_cannot_be_written_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    environment = {**os.environ, "XL_THESIS_HOME": str(tmp_path)}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "xl_thesis", *arguments], env=environment, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 2
    assert done.stderr.decode().strip() == "xl-thesis: the output cannot be written (No space left on device)"


@pytest.mark.parametrize("command", [("snapshot", "--out"), ("new",), ("libreoffice", "new")])
def test_a_target_that_cannot_be_is_refused_before_the_work(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    def work(*_: object, **__: object) -> object:
        raise AssertionError("the work was begun")

    monkeypatch.setattr(actions, "snapshot", work)
    monkeypatch.setattr(artefacts, "excel_file", work)
    ending = ".xlsm" if command == ("new",) else ".xlsx"
    asked = {"new": ".xlsm, or for LibreOffice Calc in .ods", "libreoffice": ".ods or .xlsx"}.get(command[0], ending)
    there = tmp_path / f"there{ending}"
    there.write_bytes(b"precious")
    assert "--force" in refused(capsys, *command, str(there))
    assert f"must end in {asked}" in refused(capsys, *command, str(tmp_path / "book.txt"))
    assert there.read_bytes() == b"precious"


@pytest.mark.skipif(sys.platform == "win32", reason="the office is a shell script")
def test_libreoffice_status_says_an_office_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, said in (("soffice", "echo LibreOffice 25.2.3.2"), ("unopkg", "echo cannot run as root >&2; exit 1")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{said}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    run("libreoffice", "status", "--office", str(tmp_path))
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"LibreOffice 25.2 in {tmp_path}: extension unknown: it takes no extensions as root")
    assert first.count(str(tmp_path)) == 1


def test_sentences_are_as_wide_as_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    assert run("sensitivity", "--thesis", "jobless_boom") == 0
    said = capsys.readouterr().out
    table = said[said.index("Indicator ") : said.index("r2: ")]
    assert all(len(line) <= 70 for line in said.replace(table, "").splitlines() if not line.startswith("  "))
    assert "nominal\nweight" in said or "nominal weight" in said
