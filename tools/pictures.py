"""Draws the dashboard of the embedded data for the documentation, in both languages: docs/pictures/dashboard-*.png.

Needs LibreOffice, pdftoppm (poppler-utils), and fonts as wide as those that the workbook names: Carlito for Calibri,
Noto Sans CJK TC for Microsoft JhengHei.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from xl_thesis.actions import demo_scorer, snapshot
from xl_thesis_workbook.language import LANGUAGES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
RESOLUTION, LARGEST = 110, 250_000
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include>/etc/fonts/fonts.conf</include>
<match target="pattern"><test name="family"><string>Microsoft JhengHei</string></test>
<edit name="family" mode="assign" binding="strong"><string>Noto Sans CJK TC</string></edit></match></fontconfig>
"""
NAMES = {"en": "dashboard-en", "zh-Hant": "dashboard-zh-Hant"}


def draw(book: Path, picture: Path) -> None:
    """The first page of a workbook as a PNG file."""
    folder = book.parent
    first = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}'
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS, encoding="utf-8")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", first, "--outdir", str(folder), str(book)],
        check=True, capture_output=True, timeout=240, env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
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
