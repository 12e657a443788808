"""What lands in a user's environment: three packages, their data, one command."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return zipfile.ZipFile(next(out.glob("*.whl")))


def test_only_names_that_cannot_collide_are_importable(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" not in name}
    assert tops == {"xl_thesis", "xl_thesis_udfs", "xl_thesis_workbook"}


def test_the_wheel_carries_its_data(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for needed in ("data/datapackage.json", "data/fred/UNRATE.csv", "data/precomputed_scores.csv", "catalogue.yaml",
                   "theses/american_exceptionalism.yaml", "py.typed"):  # fmt: skip
        assert f"xl_thesis/{needed}" in names


def test_the_data_package_stays_under_two_megabytes(wheel: zipfile.ZipFile) -> None:
    size = sum(entry.compress_size for entry in wheel.infolist() if entry.filename.startswith("xl_thesis/data/"))
    assert size < 2_000_000


def test_the_command_is_declared(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "xl-thesis = xl_thesis.cli:main" in wheel.read(name).decode()
