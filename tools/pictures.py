"""Draws the dashboard of the embedded data for the documentation, in both languages: docs/pictures/dashboard-*.png.

Needs LibreOffice and pdftoppm (poppler-utils), Carlito and WenQuanYi Micro Hei or fonts like them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from xl_thesis.actions import demo_scorer, snapshot
from xl_thesis_workbook.language import LANGUAGES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
RESOLUTION, LARGEST = 110, 250_000
NAMES = {"en": "dashboard-en", "zh-Hant": "dashboard-zh-Hant"}


def draw(book: Path, picture: Path) -> None:
    """The first page of a workbook as a PNG file."""
    folder = book.parent
    first = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}'
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", first, "--outdir", str(folder), str(book)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    subprocess.run(
        ["pdftoppm", "-png", "-r", str(RESOLUTION), "-singlefile", str(book.with_suffix(".pdf")),
         str(picture.with_suffix(""))],
        check=True,
    )  # fmt: skip


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, demo_scorer("american_exceptionalism") as scorer:
        folder = Path(name)
        for language in LANGUAGES:
            book, picture = folder / f"{language}.xlsx", FOLDER / f"{NAMES[language]}.png"
            snapshot(scorer, None, book, force=False, language=language, forecasts=folder)
            draw(book, picture)
            size = picture.stat().st_size
            print(f"{picture.name}: {size:,} bytes")
            if size > LARGEST:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
