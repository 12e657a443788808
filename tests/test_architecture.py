"""The house as docs/ARCHITECTURE.md draws it: imports point down, each library has its one door, rooms stay small."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"xl_thesis": ROOT, "xl_thesis_udfs": ROOT / "udfs", "xl_thesis_workbook": ROOT / "workbook"}
MODULES = {
    ".".join(path.relative_to(parent).with_suffix("").parts).removesuffix(".__init__"): path
    for package, parent in PACKAGES.items()
    for path in sorted((parent / package).rglob("*.py"))
}
SOURCES, HOSTS, WORKBOOK = "xl_thesis.sources", "xl_thesis_udfs.hosts", "xl_thesis_workbook"
DOORS = {
    "fredapi": [SOURCES], "yfinance": [SOURCES], "requests": [SOURCES], "curl_cffi": [SOURCES],
    "urllib.request": [SOURCES], "http.client": [SOURCES], "socket": [SOURCES],
    "httpx": [SOURCES],
    "xlwings": [HOSTS],
    "openpyxl": [WORKBOOK], "xlsxwriter": [WORKBOOK], "pyopenvba": [WORKBOOK],
    "sqlite3": ["xl_thesis.store"], "psycopg": ["xl_thesis.store"],
    "keyring": ["xl_thesis.keys"], "packaging": ["xl_thesis.doctor"],
    "tomlkit": ["xl_thesis.settings"], "tomllib": ["xl_thesis.settings"],
    "yaml": ["xl_thesis.documents"],
    "rich": ["xl_thesis.render"],
    "click": ["xl_thesis.cli", "xl_thesis.commands"],
}  # fmt: skip
MODULE_LINES, FUNCTION_LINES = 400, 40


def imports(path: Path) -> Iterator[str]:
    """Dotted names of everything that a file imports, also inside functions; ``from a import b`` is ``a.b``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name}:{node.lineno} imports relatively; write the whole name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floors() -> dict[str, int]:
    """Height of every module, by the rows of the table; the ground is 0."""
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = page.partition("| modules | what |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    rows = [re.findall(r"`(\w+)/?`", row.split("|")[1]) for row in reversed(table)]
    names = [name for row in rows for name in row]
    assert len(names) == len(set(names)), "a module lives on one floor"
    return {name: height for height, row in enumerate(rows) for name in row}


def inside(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def room(module: str) -> str:
    """The name that the table has for a module: the engine's parts have their own, a package for hosts is one."""
    package, *rest = module.split(".")
    return package if package != "xl_thesis" else rest[0] if rest else "__init__"


def own_imports(module: str) -> set[str]:
    """Modules of the project that a module imports."""
    names = imports(MODULES[module])
    return {name if name in MODULES else name.rpartition(".")[0] for name in names} & MODULES.keys()


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    height = floors()
    assert room(module) in height, f"give {room(module)} a place in the table of docs/ARCHITECTURE.md"
    others = {room(other) for other in own_imports(module)} - {room(module)}
    assert not {other for other in others if height.get(other, 99) >= height[room(module)]}


def test_the_table_names_nothing_that_is_gone() -> None:
    assert floors().keys() <= {room(module) for module in MODULES}


def test_imports_run_in_no_circle() -> None:
    TopologicalSorter({module: own_imports(module) - {module} for module in MODULES}).prepare()


@pytest.mark.parametrize("module", MODULES)
def test_each_library_has_one_door(module: str) -> None:
    for name in imports(MODULES[module]):
        for library, doors in DOORS.items():
            allowed = not inside(name, library) or any(inside(module, door) for door in doors)
            assert allowed, f"{module} imports {library}; only {doors} may"


@pytest.mark.parametrize("module", MODULES)
def test_modules_and_functions_are_short(module: str) -> None:
    text = MODULES[module].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MODULE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
            lines = (node.end_lineno or 0) - first.lineno + 1
            assert lines <= FUNCTION_LINES, f"{node.name} has {lines} lines"


def test_importing_the_package_is_light() -> None:
    heavy = ("pandas", "numpy", "pydantic", "yfinance", "fredapi", "httpx", "curl_cffi", "xlwings", "openpyxl")
    code = f"import sys, xl_thesis; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


MACHINE_PATH = re.compile(r"(?<![\w./])/(?:home|root|work|Users|mnt)/\w|\b[A-Z]:\\{1,2}Users\\")
REGISTRY = re.compile(r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:com|org)|deb\.debian\.org|crates\.io)\b")


def texts() -> Iterator[tuple[str, str]]:
    """Name and content of every text file that is, or would be, committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split("\0") if listed.returncode == 0 else [str(path) for path in MODULES.values()]
    for path in (ROOT / name for name in names if name):
        content = path.read_bytes() if path.is_file() and path != Path(__file__) else b""
        if b"\0" not in content:
            yield path.relative_to(ROOT).as_posix(), content.decode()


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine", "registry"])
def test_no_file_names_a(pattern: re.Pattern[str]) -> None:
    found = [f"{name}: {match[0]}" for name, text in texts() if (match := pattern.search(text))]
    assert found == []


def test_the_patterns_find_what_they_are_for() -> None:
    folders = (f"/{top}/ann" for top in ("home", "root"))
    windows = (bar.join(("C:", "Users", "a")) for bar in ("\\", "\\\\"))
    somebody = [f"see {folder}" for folder in (*folders, *windows)]
    assert all(MACHINE_PATH.search(text) for text in somebody)
    folder = PurePosixPath("/", "home", "x").as_posix()
    nobody = (f"https://example.org{folder}", folder.replace("/x", "less"), f"a{folder}")
    assert not any(MACHINE_PATH.search(text) for text in nobody)
    assert REGISTRY.search("https://pypi.org/simple")
