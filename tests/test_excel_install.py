"""Putting the add-ins into Excel: what can be tried without Excel, and clear words where there is none."""

from __future__ import annotations

import sys
from functools import lru_cache
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
    held: dict[str, Any] = {"start": start, "open": (), "profile": tmp_path / "profile"}
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
        if function == "get_addin_dir":
            return str(start)
        target = start / Path(str(arguments[0])).name
        if target.name in held["open"]:
            sys.stdout.write("Error: Failed to install the add-in: If Excel is running, quit Excel and try again.\n")
        elif function == "_addin_install":
            assert len(arguments) == 1
            target.write_bytes(Path(arguments[0]).read_bytes())
        else:
            assert arguments[1:] == (False,)  # whether for all users is not left out
            target.unlink()
        return None

    monkeypatch.setattr(excel_install, "_xlwings", xlwings)
    return held


PYTHON, FUNCTIONS = NAMES = ("xl_thesis_python.xlam", "xl_thesis.xlam")


def addins(version: bytes) -> dict[str, bytes]:
    return {name: version + name.encode() for name in NAMES}


def installed(excel: dict[str, Any]) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in excel["start"].iterdir()}


def test_install_status_and_uninstall_leave_nothing_behind(excel: dict[str, Any]) -> None:
    checks = excel_install.install(addins(b""))
    assert all(check.ok for check in checks), checks
    assert excel_install.ADDINS == NAMES and installed(excel) == addins(b"")
    settings = excel_install.config_file()
    assert settings.read_text(encoding="cp1252") == f'"INTERPRETER_WIN","{excel_install.sys.executable}"\n'
    removed = excel_install.uninstall()
    assert removed == [excel["start"] / FUNCTIONS, excel["start"] / PYTHON, settings]
    assert not settings.parent.exists() and not list(excel["start"].iterdir())
    assert excel_install.uninstall() == []


def test_doctor_says_what_is_installed(excel: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefacts, "excel_file", lambda name: addins(b"")[name])
    before = {finding.name: finding.state for finding in doctor._add_in()}
    assert before == {"Excel: Python": "ok", "Excel: xlwings library": "ok", "Excel: setting": "note",
                      f"Excel: {PYTHON}": "note", f"Excel: {FUNCTIONS}": "note"}  # fmt: skip
    excel_install.install(addins(b""))
    assert all(finding.state == "ok" for finding in doctor._add_in())


def test_a_clone_builds_its_files_once_for_both_add_ins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def build(folder: Path) -> list[Path]:
        (tmp_path / f"built {len(list(tmp_path.iterdir()))}").touch()
        for name, content in addins(b"").items():
            (folder / name).write_bytes(content)
        return [folder / name for name in NAMES]

    monkeypatch.setattr(artefacts, "BUILT", tmp_path)
    monkeypatch.setattr(artefacts, "build_all", build)
    monkeypatch.setattr(artefacts, "_built_now", lru_cache(artefacts._built_now.__wrapped__))
    assert artefacts.addins() == addins(b"")
    assert [path.name for path in tmp_path.iterdir()] == ["built 0"]


def test_other_lines_of_the_settings_are_kept(excel: dict[str, Any]) -> None:
    settings = excel_install.config_file()
    settings.parent.mkdir(parents=True)
    settings.write_text('"SHOW CONSOLE","True"\n"INTERPRETER_WIN","C:\\old.exe"\n', encoding="cp1252")
    excel_install.install(addins(b""))
    assert excel_install.read_settings(settings)["SHOW CONSOLE"] == "True"
    assert excel_install.read_settings(settings)["INTERPRETER_WIN"] == excel_install.sys.executable
    excel_install.uninstall()
    assert excel_install.read_settings(settings) == {"SHOW CONSOLE": "True"}


@pytest.mark.parametrize("held", NAMES)
def test_an_upgrade_while_excel_holds_a_file_says_so_and_keeps_both_old_ones(excel: dict[str, Any], held: str) -> None:
    excel_install.install(addins(b"old"))
    excel["open"] = (held,)
    with pytest.raises(InputError, match=r"holds the old one open\. Close Excel and run `xl-thesis install`"):
        excel_install.install(addins(b"new"))
    assert installed(excel) == addins(b"old")
    found = {check.name: check for check in excel_install.checks(addins(b"new"))}
    assert all(not found[name].ok and "another version" in found[name].sentence for name in NAMES)
    excel["open"] = ()
    assert all(check.ok for check in excel_install.install(addins(b"new")))


@pytest.mark.parametrize(("held", "left"), [(PYTHON, {PYTHON}), (FUNCTIONS, {PYTHON, FUNCTIONS})])
def test_taking_out_while_excel_holds_a_file_leaves_no_functions_without_python(
    excel: dict[str, Any], held: str, left: set[str]
) -> None:
    excel_install.install(addins(b""))
    excel["open"] = (held,)
    with pytest.raises(InputError, match=f"{held}' is still there: close Excel and run `xl-thesis uninstall`"):
        excel_install.uninstall()
    assert set(installed(excel)) == left and excel_install.config_file().exists()
    excel["open"] = ()
    excel_install.uninstall()
    assert not installed(excel) and not excel_install.config_file().exists()


def test_a_first_install_that_fails_leaves_nothing(excel: dict[str, Any]) -> None:
    excel["open"] = (FUNCTIONS,)
    with pytest.raises(InputError, match=FUNCTIONS):
        excel_install.install(addins(b""))
    assert installed(excel) == {} and not excel_install.config_file().exists()


@pytest.mark.parametrize("old", [{}, addins(b"old")], ids=["first", "upgrade"])
def test_a_setting_that_the_system_refuses_leaves_everything_as_it_was(
    excel: dict[str, Any], old: dict[str, bytes]
) -> None:
    for name, content in old.items():
        (excel["start"] / name).write_bytes(content)
    folder = excel_install.config_file().parent
    folder.parent.mkdir()
    folder.write_bytes(b"a file of that name")
    with pytest.raises(InputError, match=r"the setting cannot be written to '.*xl_thesis\.conf' \("):
        excel_install.install(addins(b"new"))
    assert installed(excel) == old and folder.read_bytes() == b"a file of that name"
    folder.unlink()
    assert all(check.ok for check in excel_install.install(addins(b"new")))
    assert sorted(path.name for path in folder.iterdir()) == ["xl_thesis.conf"]


def test_a_setting_that_cannot_be_taken_out_is_said_and_uninstall_ends_once_it_can(excel: dict[str, Any]) -> None:
    excel_install.install(addins(b""))
    settings = excel_install.config_file()
    settings.rename(settings.with_suffix(".kept"))
    settings.mkdir()
    with pytest.raises(InputError, match="the setting cannot be written"):
        excel_install.uninstall()
    settings.rmdir()
    settings.with_suffix(".kept").rename(settings)
    assert excel_install.uninstall() == [settings] and not settings.parent.exists()


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "stop"])
def test_an_add_in_that_is_only_half_there_is_put_back(
    excel: dict[str, Any], monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    excel_install.install(addins(b"old"))
    installer = excel_install._xlwings

    def breaks_off(function: str, *arguments: Any) -> Any:
        if arguments and Path(str(arguments[0])).name == FUNCTIONS:
            monkeypatch.setattr(excel_install, "_xlwings", installer)
            (excel["start"] / FUNCTIONS).write_bytes(b"ne")
            raise failure
        return installer(function, *arguments)

    monkeypatch.setattr(excel_install, "_xlwings", breaks_off)
    with pytest.raises((InputError, KeyboardInterrupt)) as said:
        excel_install.install(addins(b"new"))
    assert installed(excel) == addins(b"old")
    assert isinstance(failure, KeyboardInterrupt) or "No space left on device" in str(said.value)


def test_the_second_add_in_joins_one_of_an_older_version(excel: dict[str, Any]) -> None:
    (excel["start"] / FUNCTIONS).write_bytes(b"alone, as it once was")
    assert [check.ok for check in excel_install.checks(addins(b""))[3:]] == [False, False]
    excel_install.install(addins(b""))
    assert installed(excel) == addins(b"")


def test_what_is_wrong_is_said_with_what_to_do(excel: dict[str, Any]) -> None:
    found = {check.name: check.sentence for check in excel_install.checks(addins(b"")) if not check.ok}
    assert set(found) == {"setting", *NAMES}
    assert all("xl-thesis install" in sentence for sentence in found.values())
    excel_install.write_setting(excel_install.config_file(), "INTERPRETER_WIN", "C:\\gone\\python.exe")
    assert "is gone" in excel_install.checks({})[2].sentence
    for name in excel_install.library_names():
        (Path(excel_install.sys.executable).parent.parent / name).unlink()
    with pytest.raises(InputError, match="pip install --force-reinstall xlwings=="):
        excel_install.install(addins(b""))
    assert not list(excel["start"].iterdir())


def test_a_python_that_vba_cannot_name_is_refused_and_nothing_is_left(
    excel: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "用户"
    folder.mkdir()
    for name in ("python.exe", *excel_install.library_names()):
        (folder / name).touch()
    monkeypatch.setattr(excel_install.sys, "executable", str(folder / "python.exe"))
    with pytest.raises(InputError, match="another folder"):
        excel_install.install(addins(b""))
    assert installed(excel) == {} and not excel_install.config_file().exists()


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
