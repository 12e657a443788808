"""LibreOffice opens the template, lists its modules and knows what its buttons are for."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from xl_thesis import artefacts


@pytest.fixture(scope="module")
def opened(office: str, excel_files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The template as LibreOffice writes it again."""
    folder = tmp_path_factory.mktemp("office")
    source = folder / artefacts.TEMPLATE
    source.write_bytes(excel_files[artefacts.TEMPLATE])
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "ods", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return zipfile.ZipFile(source.with_suffix(".ods"))


def test_libreoffice_lists_every_module(opened: zipfile.ZipFile) -> None:
    found = {Path(name).stem for name in opened.namelist() if name.startswith("Basic/VBAProject/")}
    assert set(artefacts.modules(artefacts.TEMPLATE)) <= found


def test_libreoffice_knows_the_macro_of_every_button(opened: zipfile.ZipFile) -> None:
    content = opened.read("content.xml").decode()
    assert 'form:label="Refresh"' in content
    macros = set(re.findall(r"VBAProject\.xl_thesis_buttons\.(\w+)\?language=Basic", content))
    assert {"ThesisRefresh", "ThesisCancel", "ThesisSnapshot", "ThesisEnter"} <= macros


def test_libreoffice_shows_the_sheets_in_their_order(opened: zipfile.ZipFile) -> None:
    names = re.findall(r'<table:table table:name="([^"]+)"', opened.read("content.xml").decode())
    assert names[:4] == ["Dashboard", "Indicators", "Browser", "Score history"]
