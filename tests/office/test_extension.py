"""The extension file, and putting it in and out with LibreOffice's own installer."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.feeds import environment
from tests.office.host import Office
from tests.test_cli import run
from xl_thesis.errors import InputError
from xl_thesis_udfs import edge
from xl_thesis_udfs.hosts.libreoffice import installations, package
from xl_thesis_udfs.registry import FUNCTIONS

EXTENSION = Path(package.__file__).parent / "extension"


def test_the_same_registry_gives_the_same_bytes() -> None:
    assert package.build("python") == package.build("python")


def test_every_part_is_well_formed_and_named_in_the_manifest() -> None:
    with zipfile.ZipFile(io.BytesIO(package.build("python"))) as archive:
        names = archive.namelist()
        for name in names:
            content = archive.read(name).decode()
            if name.endswith((".xml", ".xcu")):
                ET.fromstring(content)
            elif name.endswith(".py"):
                ast.parse(content, feature_version=(3, 8))  # what LibreOffice 7.4 brings on Windows and Mac
            elif name.endswith(".json"):
                json.loads(content)
        manifest = ET.fromstring(archive.read("META-INF/manifest.xml"))
        listed = [entry.get("{http://openoffice.org/2001/manifest}full-path") for entry in manifest]
        assert set(listed) <= set(names)
        assert listed[0] == "types.idl"  # before what uses it


def test_every_function_is_in_every_part() -> None:
    members = package.members("python")
    for spec in FUNCTIONS.values():
        assert f" {package.method(spec)}(" in members["types.idl"]
        assert f"Function {spec.name}(" in members["shim.bas"]
        assert f'id="{spec.name}"' in members["help.html"]
    words = json.loads(members["functions.json"])
    assert [item["name"] for item in words.values()] == list(FUNCTIONS)
    assert len(words) == len(FUNCTIONS)


@pytest.mark.parametrize("path", sorted(EXTENSION.glob("*.py")), ids=lambda path: path.name)
def test_what_runs_inside_the_office_needs_nothing_of_ours(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            root = name.split(".")[0]
            inside = {"uno", "unohelper", "com", "org", "xl_thesis_link", "xl_thesis_office"}
            assert root in inside | sys.stdlib_module_names, f"{path.name} imports {name}"


def office_at(folder: Path, says: str) -> Path:
    """A folder that looks like a LibreOffice of some version."""
    folder.mkdir(parents=True)
    for name, words in (("soffice", says), ("unopkg", "")):
        (folder / name).write_text(f"#!/bin/sh\necho '{words}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_newest_of_several_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installations.shutil, "which", lambda _: None)
    office_at(tmp_path / "a" / "program", "LibreOffice 7.6.4.1 x")
    office_at(tmp_path / "b" / "program", "LibreOffice 25.2.3.2 520(Build:2)")
    office_at(tmp_path / "c" / "program", "OpenOffice 4")
    found = installations.find(places=[f"{tmp_path}/*/program"])
    assert [one.version for one in found] == [(25, 2), (7, 6)]
    assert installations.choose(places=[f"{tmp_path}/*/program"]).program == tmp_path / "b" / "program"


def test_install_names_the_other_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installations.shutil, "which", lambda _: None)
    monkeypatch.setitem(installations._USUAL_PLACES, sys.platform, (f"{tmp_path}/*/program",))
    older = office_at(tmp_path / "a" / "program", "LibreOffice 7.4.7.2")
    newer = office_at(tmp_path / "b" / "program", "LibreOffice 25.2.3.2")
    too_old = office_at(tmp_path / "c" / "program", "LibreOffice 6.4.7.2")
    assert run("libreoffice", "install") == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith(f"Installed in LibreOffice 25.2 in {newer}")
    assert f"Also found: LibreOffice 7.4 in {older}. Versions share your profile" in others[0]
    assert run("libreoffice", "status") == 0
    said = capsys.readouterr().out
    assert f"LibreOffice 25.2 in {newer}: extension not installed" in said
    assert f"LibreOffice 6.4 in {too_old}: too old, the extension does not work in it" in said


def test_none_an_old_one_and_what_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installations.shutil, "which", lambda _: None)
    with pytest.raises(InputError, match="no LibreOffice was found"):
        installations.choose(places=[])
    with pytest.raises(InputError, match="is no LibreOffice"):
        installations.choose(tmp_path)
    old = office_at(tmp_path / "old", "LibreOffice 6.4.7.2")
    with pytest.raises(InputError, match="is too old"):
        installations.choose(old)
    crashing = office_at(tmp_path / "crashing", "LibreOffice 25.2.3.2")
    (crashing / "unopkg").write_text("#!/bin/sh\necho 'ERROR: locked' >&2\nexit 1\n")
    with pytest.raises(InputError, match="It says: ERROR: locked"):
        installations.install(installations.choose(crashing))
    (crashing / "unopkg").unlink()
    with pytest.raises(InputError, match="has no unopkg"):
        installations.install(installations.choose(crashing))


def test_a_python_that_keeps_an_office_from_its_own_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office = office_at(tmp_path / "office", "LibreOffice 7.4.7.2")
    active, shims = tmp_path / "venv" / "bin", tmp_path / "shims"
    for folder in (active, shims):
        folder.mkdir(parents=True)
        (folder / "python3").write_text("#!/bin/sh\n")
        (folder / "python3").chmod(0o755)
    (active.parent / "pyvenv.cfg").touch()
    for path, misleads in ((active, active), (shims, None), (Path("/usr/bin"), None)):
        monkeypatch.setenv("PATH", f"{path}:/usr/bin:/bin")
        assert installations.misleading_python() == misleads
        assert run("libreoffice", "status", "--office", str(office)) == 0
        assert ("`deactivate`" in capsys.readouterr().out) is (misleads is not None)
    (office / "python-core-3.11").mkdir()  # as The Document Foundation ships it
    monkeypatch.setenv("PATH", f"{active}:/usr/bin:/bin")
    assert run("libreoffice", "status", "--office", str(office)) == 0
    assert "`deactivate`" not in capsys.readouterr().out


def xl_thesis(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As a user who is not root, which the installer insists on, in an active environment."""
    command = ["unshare", "--user", sys.executable, "-m", "xl_thesis", "libreoffice", *arguments]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    surroundings = environment(XL_THESIS_HOME=str(home), PATH=path)
    return subprocess.run(command, env=surroundings, capture_output=True, text=True)


def test_install_calculate_uninstall(calc_command: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    program = str(Path(calc_command).resolve().parent)
    where = ["--office", program, "--profile", (tmp_path / "profile").as_uri()]
    first = xl_thesis(home, "install", *where)
    assert first.returncode == 0, first.stderr
    assert xl_thesis(home, "install", *where).returncode == 0  # again, in place of the first
    assert "extension installed" in xl_thesis(home, "status", *where).stdout

    def shown() -> Any:
        office = Office(calc_command, tmp_path, None, home)
        try:
            office.open("book")
            office.formulas("book", {"A1": '=THESIS_SCORE("2026-06-30")'})
            return office.values("book", "A1")
        finally:
            office.stop()

    assert shown() == [[edge.call("THESIS_SCORE", ["2026-06-30"])]]
    assert "Taken out" in xl_thesis(home, "uninstall", *where).stdout
    assert shown() == [["#NAME?"]]  # an error, and no window of Basic's that waits for somebody
    assert "does not have the extension" in xl_thesis(home, "uninstall", *where).stdout


def test_build_writes_the_file_and_never_over_another(tmp_path: Path) -> None:
    out = tmp_path / "x.oxt"
    assert xl_thesis(tmp_path, "build", "--out", str(out)).returncode == 0
    assert zipfile.is_zipfile(out)
    again = xl_thesis(tmp_path, "build", "--out", str(out))
    assert again.returncode == 2
    assert "exists" in again.stderr


def test_a_moved_environment_leaves_the_office_whole(calc_command: str, tmp_path: Path) -> None:
    bundled = package.unpack(tmp_path / "extensions", python=str(tmp_path / "gone" / "python"))
    office = Office(calc_command, tmp_path, bundled, tmp_path / "home", PATH="/usr/bin:/bin")
    try:
        office.open("book")
        office.formulas("book", {"A1": "=THESIS_SCORE()", "A2": "=1+1"})
        assert office.values("book", "A1:A2") == [["#N/A"], [2.0]]
        assert "xl-thesis libreoffice install" in office.state()["Status"]
        office.dispatch("book", "org.xlthesis:refresh")
        office.formulas("book", {"A3": "=2+2"})
        assert office.values("book", "A3") == [[4.0]]
    finally:
        office.stop()


def test_a_broken_store_is_the_same_sentence_in_the_office_and_on_the_command_line(
    calc_command: str, extensions: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / "store.sqlite").mkdir(parents=True)
    done = xl_thesis(home, "status", "--office", str(Path(calc_command).resolve().parent))
    sentence = f"the store {home / 'store.sqlite'} cannot be opened"
    assert (done.returncode, sentence in done.stdout) == (1, True), done.stdout + done.stderr
    office = Office(calc_command, tmp_path, extensions, home)
    try:
        office.open("book")
        office.formulas("book", {"A1": "=THESIS_SCORE()", "A2": "=1+1"})
        assert office.values("book", "A1:A2") == [["#VALUE!"], [2.0]]
        assert sentence in office.state()["Status"]
        (home / "store.sqlite").rmdir()  # mended: the office need not be started again
        office.dispatch("book", "org.xlthesis:status")
        time.sleep(1.2)
        office.calculate("book")
        assert office.values("book", "A1") == [[edge.call("THESIS_SCORE", [])]]
    finally:
        office.stop()
