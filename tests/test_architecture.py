"""The house as docs/ARCHITECTURE.md draws it: imports point down, and each library has its one door."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import xl_thesis

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [ROOT / "xl_thesis", ROOT / "udfs" / "xl_thesis_udfs", ROOT / "workbook" / "xl_thesis_workbook"]

# A module may import from its own floor's neighbours only where they are listed apart; otherwise from lower floors.
FLOORS = [
    {"version", "errors"},
    {"models"},
    {"definition", "observations", "settings", "documents"},
    {"operators", "transforms", "trend", "normalise", "catalogue", "evaluation", "store", "sources", "inference"},
    {"breaks", "fedfunds", "mnav"},
    {"scoring", "thesis", "knowledge", "markets"},
    {"indicators"},
    {"reconstruction"},
    {"pipeline"},
    {"provenance", "render", "dxy", "validation"},
    {"workbook", "udfs"},
    {"actions"},
    {"commands"},
    {"cli"},
    {"__main__", "__init__"},
]
RANK = {module: rank for rank, floor in enumerate(FLOORS) for module in floor}
ONLY_DOOR = {
    "fredapi": "xl_thesis/sources/",
    "yfinance": "xl_thesis/sources/",
    "xlwings": "udfs/xl_thesis_udfs/hosts/",
    "openpyxl": "workbook/xl_thesis_workbook/",
    "xlsxwriter": "workbook/xl_thesis_workbook/",
    "sqlite3": "xl_thesis/store.py",
    "yaml": "xl_thesis/documents.py",
    "rich": "xl_thesis/render.py",
}


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in package.rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of every import of a file, those inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def floor_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return "workbook" if parts[0] == "workbook" else "udfs" if parts[0] == "udfs" else parts[1].removesuffix(".py")


def own_modules(path: Path) -> Iterator[str]:
    """The floors' modules that a file imports from this project."""
    for module, name in imports(path):
        if module.startswith("xl_thesis_"):
            yield module.split(".")[0].removeprefix("xl_thesis_")
        elif module == "xl_thesis":
            yield name
        elif module.startswith("xl_thesis."):
            yield module.split(".")[1]


@pytest.mark.parametrize("path", sources(), ids=place)
def test_imports_point_down(path: Path) -> None:
    here = floor_of(path)
    if here == "__init__":
        return  # the package's face imports lazily, inside functions
    assert here in RANK, f"{place(path)}: say on which floor '{here}' lives, in FLOORS"
    wrong = [module for module in own_modules(path) if module != here and RANK.get(module, 99) >= RANK[here]]
    assert not wrong, f"{place(path)} imports upwards or sideways: {wrong}"


@pytest.mark.parametrize("path", sources(), ids=place)
def test_each_library_has_one_door(path: Path) -> None:
    for module, _ in imports(path):
        door = ONLY_DOOR.get(module.split(".")[0])
        assert door is None or place(path).startswith(door), f"{place(path)} imports {module}; only {door} may"


@pytest.mark.parametrize("path", sources(), ids=place)
def test_modules_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400, f"{place(path)} is too long"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{place(path)}: {node.name} does not fit on a screen"


def test_importing_the_package_is_light() -> None:
    code = "import sys, xl_thesis; print([m for m in ('yfinance', 'xlwings', 'fredapi', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_written_once() -> None:
    assert xl_thesis.__version__ == re.search(
        r'VERSION = "(.+)"', (ROOT / "xl_thesis" / "version.py").read_text(encoding="utf-8")
    )[1]  # type: ignore[index]


PATHS = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w+|[A-Z]:\\\\?Users\\")
HOSTS = re.compile(r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian)\b")


def test_no_machine_path_and_no_registry_host_in_the_tree() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        files = [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    else:
        files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    for path in files:
        if path == Path(__file__) or not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        assert not PATHS.search(text), f"{place(path)} names a path of a machine"
        assert not HOSTS.search(text), f"{place(path)} names a package registry"
