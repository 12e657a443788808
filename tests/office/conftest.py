"""One running LibreOffice of each version, shared by the tests of the folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import require_host
from tests.office.host import Office, has_uno
from xl_thesis_udfs.hosts.libreoffice import package

collect_ignore = ["driver.py"]  # runs in the office's own Python

NEWER = "XL_THESIS_NEWER_OFFICE"
"""The soffice of a LibreOffice from 25.2 on; tools/backports_office.py puts one into a folder."""


@pytest.fixture(scope="session", params=["installed", "newer"])
def calc_command(request: pytest.FixtureRequest) -> str:
    """The soffice of each version that is tested."""
    require_host("UNO for the system's Python (python3-uno)", "python3" if has_uno() else None)
    if request.param == "newer":
        return require_host(f"a LibreOffice from 25.2 on (its soffice in {NEWER})", os.environ.get(NEWER))
    return require_host("LibreOffice", shutil.which("soffice"))


@pytest.fixture(scope="session")
def newer_command() -> str:
    """The soffice of 25.2 alone, for what does not differ."""
    require_host("UNO for the system's Python (python3-uno)", "python3" if has_uno() else None)
    return require_host(f"a LibreOffice from 25.2 on (its soffice in {NEWER})", os.environ.get(NEWER))


@pytest.fixture(scope="session")
def extensions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of bundled extensions with ours in it."""
    return package.unpack(tmp_path_factory.mktemp("extensions"))


@pytest.fixture(scope="session")
def calc(calc_command: str, extensions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A running office with the extension, over the same store as direct calls."""
    home = tmp_path_factory.getbasetemp() / "home"
    office = Office(calc_command, tmp_path_factory.mktemp("office"), extensions, home)
    yield office
    office.stop()


@pytest.fixture
def book(calc: Office) -> Iterator[Office]:
    """The office with a new, hidden workbook named ``book``."""
    calc.open("book")
    yield calc
    calc.close("book")


@pytest.fixture(scope="session")
def newer_office(newer_command: str, extensions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A running 25.2 alone."""
    home = tmp_path_factory.getbasetemp() / "home"
    office = Office(newer_command, tmp_path_factory.mktemp("newer"), extensions, home)
    yield office
    office.stop()
