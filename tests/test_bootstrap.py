"""The script that makes the first minute work, with its commands recorded; .ci/run does it all for real."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "bootstrap.py"


class Recorder:
    """Stands in for the programs that the script starts: notes each command, fails those with a given word."""

    def __init__(self, script: ModuleType, failing: set[str]) -> None:
        self.script, self.failing, self.commands = script, failing, list[str]()

    def __call__(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        line = " ".join(command).replace(self.script.PYTHON, "VENV").replace(sys.executable, "PYTHON")
        self.commands.append(line.replace(str(ROOT), "ROOT"))
        if "-m venv" in line:
            Path(self.script.VENV).mkdir(exist_ok=True)
            Path(self.script.PYTHON).parent.mkdir(exist_ok=True)
            Path(self.script.PYTHON).touch()
        code = 1 if any(word in line for word in self.failing) else 0
        return subprocess.CompletedProcess(command, code, stderr="WARNING: slow\nERROR: no such thing\n")

    def said(self, word: str) -> list[str]:
        return [command for command in self.commands if word in command]


@pytest.fixture
def script(tmp_path: Path) -> ModuleType:
    """The script as a module whose .venv is in a temporary folder."""
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    inside = Path(module.PYTHON).relative_to(module.VENV)
    module.VENV, module.STAMP = str(tmp_path / ".venv"), str(tmp_path / ".venv" / "installed.txt")
    module.PYTHON = str(tmp_path / ".venv" / inside)
    return module


def record(script: ModuleType, monkeypatch: pytest.MonkeyPatch, *failing: str) -> Recorder:
    recorder = Recorder(script, set(failing))
    monkeypatch.setattr(script.subprocess, "run", recorder)
    monkeypatch.setattr(script.subprocess, "call", lambda command, **options: recorder(command, **options).returncode)
    return recorder


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert modules <= set(sys.stdlib_module_names)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_an_old_python_is_told_so_in_one_sentence() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
    old = f"import runpy, sys; sys.version_info = (3, 9, 18); runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", old], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip() == "bootstrap: xl-thesis needs Python 3.11 or newer, and this is 3.9."


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--help"], 0), (["nothing"], 2)])
def test_it_tells_its_two_commands(arguments: list[str], code: int) -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True)
    assert done.returncode == code
    assert "bootstrap.py demo" in done.stdout
    assert "bootstrap.py test" in done.stdout


def test_a_first_demo_installs_pins_with_hashes_then_the_project_alone(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = record(script, monkeypatch, "sys.version")
    assert script.demo(["--as-of", "2026-06-30"]) == 0
    pins, project = recorder.said(" install ")
    assert "--require-hashes -r ROOT" in pins
    assert pins.endswith("demo.txt")
    assert project.endswith("--no-deps --no-build-isolation --editable ROOT")
    assert recorder.commands[-1] == "VENV -P -m xl_thesis demo --as-of 2026-06-30"


def test_what_is_installed_is_not_installed_again(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = record(script, monkeypatch, "sys.version")
    script.install("test")
    recorder.commands.clear()
    script.install("test")
    script.install("demo")
    assert recorder.commands == []


def test_changed_pins_or_a_moved_folder_are_installed_again(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record(script, monkeypatch, "sys.version")
    script.install("demo")
    assert script.is_installed("demo")
    assert not script.is_installed("test")
    changed = tmp_path / "demo.txt"
    changed.write_text("click==8.2 --hash=sha256:0\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setitem(script.PINS, "demo", str(changed))
        assert not script.is_installed("demo")
    Path(script.PYTHON).unlink()
    assert not script.is_installed("demo")


def test_tests_are_preceded_by_style_and_types_and_stop_at_the_first_fault(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = record(script, monkeypatch, "sys.version")
    assert script.test(["-x", "tests/engine"]) == 0
    tests = "VENV -m pytest -n auto --dist loadfile --no-loadscope-reorder -x tests/engine"
    assert recorder.commands[-4:] == ["VENV -m ruff check", "VENV -m ruff format --check", "VENV -m mypy", tests]
    recorder.failing.add("mypy")
    assert script.test([]) == 1
    assert recorder.commands[-1] == "VENV -m mypy"


def test_without_ensurepip_the_systems_pip_serves_the_environment(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = record(script, monkeypatch, "sys.version", "VENV -m pip")
    script.install("demo")
    assert "PYTHON -m pip --python VENV install" in recorder.said(" install ")[0]


@pytest.mark.parametrize(
    ("failing", "sentence"),
    [
        ({"-m venv", "sys.version"}, "apt install python3-venv"),
        ({"pip", "sys.version"}, "apt install python3-venv"),
        ({"--require-hashes", "sys.version"}, "check the network"),
        ({"--editable", "sys.version"}, "the lines above say why"),
    ],
)
def test_a_failure_is_one_sentence_and_leaves_no_stamp(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    failing: set[str], sentence: str,
) -> None:  # fmt: skip
    record(script, monkeypatch, *failing)
    with pytest.raises(SystemExit, match=sentence) as left:
        script.install("demo")
    assert "\n" not in str(left.value)
    assert not script.is_installed("demo")
    assert "WARNING" not in capsys.readouterr().err


def test_a_download_that_breaks_off_is_tried_once_more(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = record(script, monkeypatch, "sys.version", "--require-hashes")
    with pytest.raises(SystemExit, match="check the network"):
        script.install("demo")
    assert len(recorder.said("--require-hashes")) == 2
    recorder.commands.clear()
    answers = iter([1, 0, 0])
    monkeypatch.setattr(
        script.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, next(answers), stderr="")
    )
    script.install("demo")
    assert script.is_installed("demo")


def pins_of(name: str) -> dict[str, list[str]]:
    """Each pinned requirement with its marker, and its hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    blocks = [block.splitlines() for block in re.split(r"\n(?=\w)", text)[1:]]
    return {head.rstrip(" \\"): [line.strip(" \\") for line in hashes] for head, *hashes in blocks}


@pytest.mark.parametrize("name", ["demo", "test"])
def test_pins_have_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert text.splitlines()[1].startswith("#    uv pip compile pyproject.toml --universal --generate-hashes")
    assert "://" not in text
    assert "index" not in text
    assert all("==" in pin and hashes for pin, hashes in pins_of(name).items())
    assert all(line.startswith("--hash=sha256:") for hashes in pins_of(name).values() for line in hashes)


def test_the_tests_run_on_the_very_versions_of_the_demo() -> None:
    demo, test = ({pin.split(" ;")[0]: hashes for pin, hashes in pins_of(name).items()} for name in ("demo", "test"))
    assert all(test.get(pin) == hashes for pin, hashes in demo.items())


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for name, declared in (("demo", extras["build"]), ("test", extras["build"] + extras["test"])):
        pinned = {pin.split("==")[0] for pin in pins_of(name)}
        assert {re.split(r"[<>=;\[]", line)[0] for line in project["dependencies"] + declared} <= pinned
