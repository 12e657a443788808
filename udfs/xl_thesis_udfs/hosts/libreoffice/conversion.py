"""A workbook of Excel's as Calc's own file, by the LibreOffice that is there."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path

import xl_thesis_udfs.functions  # noqa: F401 - fills the registry
from xl_thesis.errors import InputError
from xl_thesis_udfs.hosts.libreoffice import installations, package
from xl_thesis_udfs.hosts.libreoffice.installations import Installation
from xl_thesis_udfs.registry import FUNCTIONS

_PATIENCE_SECONDS = 120
_UNKNOWN = re.compile(rf"\b(?:{'|'.join(name.lower() for name in FUNCTIONS)})\(")
"""Calc writes the name of a function that it does not know in lower case."""


def as_ods(office: Installation, workbook: bytes) -> bytes:
    """An .xlsx workbook as .ods, its cell functions calculated.

    The office runs in a profile of its own with the extension in it, whether or not the user's profile has that.
    Raises ``InputError`` where it does not convert, or does not know the functions.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source = folder / "workbook.xlsx"
        source.write_bytes(workbook)
        extensions = package.unpack(folder / "extensions")
        _convert(office, source, folder / "profile", extensions)
        made = source.with_suffix(".ods")
        if not made.exists():
            raise InputError(f"{office} did not write the workbook as .ods; write an .xlsx, which Calc opens as well")
        content = made.read_bytes()
    if not _knows_the_functions(content):
        raise InputError(
            f"{office} cannot run the extension, so an .ods would lose its functions; on Debian and Ubuntu install "
            "python3-uno"
        )
    return content


def _convert(office: Installation, source: Path, profile: Path, extensions: Path) -> None:
    command = [
        str(office.program / "soffice"), f"-env:UserInstallation={profile.as_uri()}",
        f"-env:BUNDLED_EXTENSIONS={extensions.as_uri()}", "--headless", "--norestore",
        "--convert-to", "ods", "--outdir", str(source.parent), str(source),
    ]  # fmt: skip
    try:
        subprocess.run(  # noqa: S603 - the user's own office
            command, env=installations.environment(), stdin=subprocess.DEVNULL,
            capture_output=True, timeout=_PATIENCE_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        raise InputError(f"{office} did not answer; write an .xlsx, which Calc opens as well") from None


def _knows_the_functions(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("content.xml").decode()
    return not any(_UNKNOWN.search(formula) for formula in re.findall(r'table:formula="([^"]*)"', text))
