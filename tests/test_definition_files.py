"""Files that are no definition: one sentence each, and nothing is lost."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.definitions import STARTER, back, book_of, saved, starter_bytes
from xl_thesis.errors import InputError
from xl_thesis_workbook.definition_book import definition_bytes


def with_part(name: str, content: bytes) -> bytes:
    """The starting workbook with one more part, or with another in its place."""
    source = zipfile.ZipFile(io.BytesIO(starter_bytes()))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in source.namelist():
            if part != name:
                copy.writestr(part, source.read(part))
        copy.writestr(name, content)
    return target.getvalue()


def with_the_part_twice() -> bytes:
    buffer = io.BytesIO(starter_bytes())
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as package:
        warnings.simplefilter("ignore")
        package.writestr("xl/workbook.xml", b"<a/>")
    return buffer.getvalue()


def without_sheet(*titles: str) -> bytes:
    book = book_of(STARTER)
    for title in titles:
        del book[title]
    return saved(book)


def far_row() -> bytes:
    book = book_of(STARTER)
    book["Pillars"]["A900000"] = "lost"
    return saved(book)


def encrypted_part() -> bytes:
    data = bytearray(starter_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


BAD_FILES: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty", lambda: b"", "not a whole .xlsx file"),
    ("text", lambda: b"id,role\n", "not a whole .xlsx file"),
    ("cut short", lambda: starter_bytes()[:9_000], "not a whole .xlsx file"),
    ("old or encrypted", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "with a password or an old .xls"),
    ("one part encrypted", encrypted_part, "encrypted"),
    ("macros", lambda: with_part("xl/vbaProject.bin", b"code"), "it holds macros"),
    ("too large", lambda: b"PK" + bytes(21_000_000), "larger than 20 MB"),
    ("a bomb", lambda: with_part("xl/worksheets/sheet99.xml", b" " * 50_000_000), "times when unpacked"),
    ("a bigger bomb", lambda: with_part("xl/media/image.png", b" " * 70_000_000), "too large for a thesis"),
    ("a document type", lambda: with_part("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "document type"),
    ("another encoding", lambda: with_part("xl/workbook.xml", "<workbook/>".encode("utf-16")), "not UTF-8"),
    ("a part twice", with_the_part_twice, "there twice"),
    ("not a workbook", lambda: with_part("[Content_Types].xml", b"<Types/>"), "damaged"),
    ("broken XML", lambda: with_part("xl/worksheets/sheet1.xml", b"<worksheet"), "damaged"),
    ("a far row", far_row, "reaches as far as"),
    ("a missing sheet", lambda: without_sheet("Claims"), "has no sheet Claims;"),
    ("a foreign workbook", lambda: saved(openpyxl.Workbook()), "has no sheet About, Pillars"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "words"), [rest for _, *rest in BAD_FILES], ids=[name for name, *_ in BAD_FILES])
def test_a_file_that_is_no_definition_gets_one_sentence(
    content: Callable[[], bytes], words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        back(content(), tmp_path, STARTER.id)
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as package:
        package.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match=r"not an \.xlsx workbook"):
        back((tmp_path / "other.zip").read_bytes(), tmp_path, STARTER.id)


def test_a_text_too_long_for_a_cell_is_refused() -> None:
    long = STARTER.model_copy(update={"origin": "x" * 40_000})
    with pytest.raises(InputError, match="'origin' is longer"):
        definition_bytes(long)
