"""What lands in a user's environment: three packages, their data, one command; and the same by way of an sdist."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from xl_thesis.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"xl_thesis": ROOT, "xl_thesis_udfs": ROOT / "udfs", "xl_thesis_workbook": ROOT / "workbook"}
EXCEL_FILES = {
    f"xl_thesis/excel/{name}"
    for name in (
        "xl_thesis_python.xlam",
        "xl_thesis.xlam",
        "xl_thesis.xlsm",
        "xl_thesis_classic.xlsm",
        "xl_thesis_calc.xlsx",
    )
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel that was built from it, without network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(built / f"xl_thesis-{VERSION}-py3-none-any.whl")


def in_tree(package: str) -> set[str]:
    """Files of a package in the working tree, as a wheel names them."""
    parent = PACKAGES[package]
    files = (path for path in (parent / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(parent).as_posix() for path in files}


def test_only_names_that_cannot_collide_are_importable(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" not in name}
    assert tops == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_a_package_is_in_the_wheel(wheel: zipfile.ZipFile, package: str) -> None:
    packed = {name for name in wheel.namelist() if name.startswith(f"{package}/")}
    assert packed - EXCEL_FILES == in_tree(package)
    assert f"{package}/py.typed" in packed


def test_the_wheel_carries_its_data(wheel: zipfile.ZipFile) -> None:
    needed = {"catalogue.yaml", "data/datapackage.json", "data/fred/UNRATE.csv", "theses/american_exceptionalism.yaml"}
    assert {f"xl_thesis/{name}" for name in needed} <= set(wheel.namelist())


def test_the_wheel_has_the_excel_files_that_this_tree_builds(
    wheel: zipfile.ZipFile, excel_files: dict[str, bytes]
) -> None:
    """Built from the sdist, in another process and another folder, they have the same bytes."""
    for name, content in excel_files.items():
        assert wheel.read(f"xl_thesis/excel/{name}") == content


def test_the_data_package_stays_under_two_megabytes(wheel: zipfile.ZipFile) -> None:
    size = sum(entry.compress_size for entry in wheel.infolist() if entry.filename.startswith("xl_thesis/data/"))
    assert 0 < size < 2_000_000


def test_the_command_version_and_licence_are_declared(wheel: zipfile.ZipFile) -> None:
    about = f"xl_thesis-{VERSION}.dist-info"
    scripts = ConfigParser()
    scripts.read_string(wheel.read(f"{about}/entry_points.txt").decode())
    assert dict(scripts["console_scripts"]) == {"xl-thesis": "xl_thesis.cli:main"}
    metadata = wheel.read(f"{about}/METADATA").decode()
    assert f"\nVersion: {VERSION}\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "the xl-thesis authors" in wheel.read(f"{about}/licenses/LICENSE").decode()


def test_the_sdist_holds_what_a_packager_needs_and_nothing_private(built: Path) -> None:
    with tarfile.open(built / f"xl_thesis-{VERSION}.tar.gz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "bootstrap.py", "conftest.py", "tests/conftest.py"} <= names
    assert not [name for name in names if name.startswith((".venv", ".mypy_cache", "dist"))]
    assert not [name for name in names if "__pycache__" in name]
