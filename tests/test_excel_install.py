"""Putting the add-in into Excel: what can be tried without Excel, and clear words where there is none."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from xl_thesis import artefacts
from xl_thesis.cli import main
from xl_thesis.commands import doctor
from xl_thesis.errors import InputError
from xl_thesis_udfs.hosts import excel_install


@pytest.fixture
def excel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """A machine with Windows' folders, the library beside Python, and xlwings' installer working on a folder."""
    start = tmp_path / "roaming" / "Microsoft" / "Excel" / "XLSTART"
    start.mkdir(parents=True)
    held: dict[str, Any] = {"start": start, "open": False, "profile": tmp_path / "profile"}
    monkeypatch.setattr(excel_install.sys, "platform", "win32")
    monkeypatch.setattr(excel_install, "_encoding", lambda: "cp1252")
    monkeypatch.setenv("USERPROFILE", str(held["profile"]))
    monkeypatch.setenv("APPDATA", str(tmp_path / "roaming"))
    python = tmp_path / "venv" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    python.touch()
    for name in excel_install.library_names():
        (tmp_path / "venv" / name).touch()
    monkeypatch.setattr(excel_install.sys, "executable", str(python))

    def xlwings(function: str, *arguments: Any) -> Any:
        target = start / excel_install.ADDIN
        if function == "get_addin_dir":
            return str(start)
        if held["open"]:
            sys.stdout.write("Error: Failed to install the add-in: If Excel is running, quit Excel and try again.\n")
        elif function == "_addin_install":
            assert len(arguments) == 1
            target.write_bytes(Path(arguments[0]).read_bytes())
        else:
            assert arguments == (excel_install.ADDIN, False)  # whether for all users is not left out
            target.unlink()
        return None

    monkeypatch.setattr(excel_install, "_xlwings", xlwings)
    return held


def test_install_status_and_uninstall_leave_nothing_behind(excel: dict[str, Any]) -> None:
    checks = excel_install.install(b"add-in")
    assert all(check.ok for check in checks), checks
    assert (excel["start"] / "xl_thesis.xlam").read_bytes() == b"add-in"
    settings = excel_install.config_file()
    assert settings.read_text(encoding="cp1252") == f'"INTERPRETER_WIN","{excel_install.sys.executable}"\n'
    removed = excel_install.uninstall()
    assert removed == [excel["start"] / "xl_thesis.xlam", settings]
    assert not settings.parent.exists() and not list(excel["start"].iterdir())
    assert excel_install.uninstall() == []


def test_doctor_says_what_is_installed(excel: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefacts, "excel_file", lambda _: b"add-in")
    before = {finding.name: finding.state for finding in doctor._add_in()}
    assert before == {"Excel: Python": "ok", "Excel: xlwings library": "ok", "Excel: setting": "note",
                      "Excel: add-in": "note"}  # fmt: skip
    excel_install.install(b"add-in")
    assert all(finding.state == "ok" for finding in doctor._add_in())


def test_other_lines_of_the_settings_are_kept(excel: dict[str, Any]) -> None:
    settings = excel_install.config_file()
    settings.parent.mkdir(parents=True)
    settings.write_text('"SHOW CONSOLE","True"\n"INTERPRETER_WIN","C:\\old.exe"\n', encoding="cp1252")
    excel_install.install(b"add-in")
    assert excel_install.read_settings(settings)["SHOW CONSOLE"] == "True"
    assert excel_install.read_settings(settings)["INTERPRETER_WIN"] == excel_install.sys.executable
    excel_install.uninstall()
    assert excel_install.read_settings(settings) == {"SHOW CONSOLE": "True"}


def test_an_upgrade_while_excel_holds_the_file_says_so_and_keeps_the_old_one(excel: dict[str, Any]) -> None:
    excel_install.install(b"old")
    excel["open"] = True
    with pytest.raises(InputError, match=r"holds the old one open\. Close Excel and run `xl-thesis install`"):
        excel_install.install(b"new")
    assert (excel["start"] / "xl_thesis.xlam").read_bytes() == b"old"
    found = {check.name: check for check in excel_install.checks(b"new")}
    assert not found["add-in"].ok and "another version" in found["add-in"].sentence
    with pytest.raises(InputError, match="close Excel"):
        excel_install.uninstall()
    excel["open"] = False
    assert all(check.ok for check in excel_install.install(b"new"))


def test_what_is_wrong_is_said_with_what_to_do(excel: dict[str, Any]) -> None:
    found = {check.name: check.sentence for check in excel_install.checks(b"add-in") if not check.ok}
    assert set(found) == {"setting", "add-in"}
    assert all("xl-thesis install" in sentence for sentence in found.values())
    excel_install.write_setting(excel_install.config_file(), "INTERPRETER_WIN", "C:\\gone\\python.exe")
    assert "is gone" in excel_install.checks(b"")[2].sentence
    for name in excel_install.library_names():
        (Path(excel_install.sys.executable).parent.parent / name).unlink()
    with pytest.raises(InputError, match="pip install --force-reinstall xlwings=="):
        excel_install.install(b"add-in")
    assert not list(excel["start"].iterdir())


def test_a_python_that_vba_cannot_name_is_refused(excel: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="another folder"):
        excel_install.write_setting(excel_install.config_file(), "INTERPRETER_WIN", "C:\\用户\\python.exe")


@pytest.mark.skipif(sys.platform == "win32", reason="says what other systems are told")
@pytest.mark.parametrize("command", ["install", "uninstall", "status"])
def test_other_systems_are_told_clearly(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command])
    assert left.value.code == 2
    assert "only on Windows" in capsys.readouterr().err


def test_a_new_template_is_never_written_over_another_file(tmp_path: Path, capsys: Any) -> None:
    target = tmp_path / "desk.xlsm"
    for arguments, code in (([str(target)], 0), ([str(target)], 2), (["--classic", "--force", str(target)], 0)):
        with pytest.raises(SystemExit) as left:
            main(["new", *arguments])
        assert left.value.code == code
    assert (tmp_path / "desk.bak1.xlsm").exists()
    with pytest.raises(SystemExit) as left:
        main(["new", str(tmp_path / "desk.xlsx")])
    assert left.value.code == 2
    assert "must end in .xlsm" in capsys.readouterr().err
