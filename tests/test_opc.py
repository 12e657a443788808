"""Files that somebody sent: what is no sound package is refused before anything is unpacked or followed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest

from tests.test_update_tables import made
from xl_thesis.errors import InputError
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.update import Update

SHEET = "xl/worksheets/sheet1.xml"


def changed(data: bytes, change: Callable[[str, bytes], bytes | None], **added: bytes) -> bytes:
    """The same package with parts changed, or left out for None, and others added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                copy.writestr(name, content)
        for name, content in added.items():
            copy.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def same(name: str, content: bytes) -> bytes:
    return content


def swelling(megabytes: int) -> bytes:
    """A workbook whose first sheet is that many megabytes of nothing, packed a thousand times smaller."""
    return changed(made(), lambda name, content: b" " * megabytes * 1_000_000 if name == SHEET else content)


def open_update(data: bytes) -> Update:
    return Update(Book(Package(data)))


@pytest.fixture
def no_unpacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where anything is unpacked."""

    def refuse(*_: object) -> bytes:
        raise AssertionError("a part was unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "read", refuse)
    monkeypatch.setattr(zipfile.ZipFile, "open", refuse)


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return swelling(240)


def test_a_bomb_is_refused_unopened(bomb: bytes, no_unpacking: None) -> None:
    assert len(bomb) < 1_000_000
    with pytest.raises(InputError, match="swells"):
        Package(bomb)


@pytest.fixture(scope="module")
def huge() -> bytes:
    return directory_says(made_small(), 4_000_000_000)


def test_content_beyond_any_workbook_is_refused_unopened(huge: bytes, no_unpacking: None) -> None:
    with pytest.raises(InputError, match="too large"):
        Package(huge)


def made_small() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.xml", b"<a/>")
    return target.getvalue()


def directory_says(data: bytes, size: int) -> bytes:
    """The package with another size of its first part in the directory."""
    place = data.index(b"PK\x01\x02") + 24
    return data[:place] + struct.pack("<I", size) + data[place + 4 :]


def test_a_part_that_is_more_than_it_says_is_never_unpacked_beyond_that() -> None:
    lying = directory_says(swelling_part(50), 100)
    with pytest.raises(InputError, match="damaged"):
        Package(lying).read("a.xml")


def swelling_part(megabytes: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.xml", b" " * megabytes * 1_000_000)
    return target.getvalue()


def test_parts_that_lie_on_each_other_are_refused(no_unpacking: None) -> None:
    """Many names for one packed part: small for each, and large together."""
    inner = zlib.compress(b" " * 5_000_000, 9)[2:-4]
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(inner), 5_000_000, 1, 0) + b"a" + inner
    entries = b"".join(
        struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, 0, len(inner), 5_000_000, 2, *[0] * 6)
        + f"{number:02}".encode()
        for number in range(40)
    )
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 40, 40, len(entries), len(local), 0)
    with pytest.raises(InputError, match="lie on each other"):
        Package(local + entries + end)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_file_that_was_cut_off_is_refused(share: float) -> None:
    data = made()
    with pytest.raises(InputError, match="not a whole"):
        Package(data[: int(len(data) * share)])


def test_a_file_with_a_damaged_part_is_refused() -> None:
    data = bytearray(made())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
        info = package.getinfo(SHEET)
    start = info.header_offset + 30 + len(info.filename)
    data[start + 10 : start + 40] = b"\x00" * 30
    with pytest.raises(InputError, match="damaged"):
        open_update(bytes(data)).grid(SHEET)


def test_no_file_at_all() -> None:
    with pytest.raises(InputError, match="not a whole"):
        Package(b"")


def test_an_encrypted_file_is_refused() -> None:
    with pytest.raises(InputError, match="password"):
        Package(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)


def test_a_part_that_is_there_twice_is_refused() -> None:
    buffer = io.BytesIO(made())
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr(SHEET.upper(), b"<worksheet/>")
    with pytest.raises(InputError, match="there twice"):
        Package(buffer.getvalue())


DOCTYPE = b'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET, "xl/tables/table1.xml", "_rels/.rels"])
def test_a_document_type_is_refused_and_nothing_followed(part: str) -> None:
    def declare(name: str, content: bytes) -> bytes:
        return content.replace(b"<", DOCTYPE + b"<", 1) if name == part else content

    with pytest.raises(InputError, match="document type"):
        open_update(changed(made(), declare)).grid(SHEET)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_another_encoding_is_refused(encoding: str) -> None:
    def encode(name: str, content: bytes) -> bytes:
        return content.decode().encode(encoding) if name == "xl/workbook.xml" else content

    with pytest.raises(InputError, match="not UTF-8"):
        open_update(changed(made(), encode))


def test_another_encoding_that_is_only_declared_is_refused() -> None:
    def declare(name: str, content: bytes) -> bytes:
        return b'<?xml version="1.0" encoding="latin-1"?>' + content if name == "xl/workbook.xml" else content

    with pytest.raises(InputError, match="not UTF-8"):
        open_update(changed(made(), declare))


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        ({"_xmlsignatures__sig1.xml": b"<Signature/>"}, "is signed"),
        ({"xl__revisions__revisionHeaders.xml": b"<headers/>"}, "shared in the old way"),
    ],
)
def test_what_a_change_would_break_is_refused(added: dict[str, bytes], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        open_update(changed(made(), same, **added))


@pytest.mark.parametrize(
    ("name", "content"),
    [("word/document.xml", b"<document/>"), ("xl/workbook.bin", b"\x83\x01\x00"), ("xl/workbook.xml", b"<workbook")],
)
def test_what_is_no_workbook_in_xml_is_refused(name: str, content: bytes) -> None:
    target = io.BytesIO()
    relations = f'<Relationships><Relationship Id="r" Type="x/officeDocument" Target="{name}"/></Relationships>'
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("_rels/.rels", relations)
        package.writestr(name, content)
    with pytest.raises(InputError, match=r"not an Excel workbook|damaged"):
        Book(Package(target.getvalue()))


@pytest.mark.parametrize("name", ["xl/workbook.xml", "_rels/.rels"])
def test_a_workbook_without_its_first_part_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="not an Excel workbook"):
        open_update(changed(made(), lambda part, content: None if part == name else content))


@pytest.mark.parametrize("name", [SHEET, "xl/_rels/workbook.xml.rels", "xl/tables/table1.xml"])
def test_a_workbook_without_another_part_has_not_that_table(name: str) -> None:
    update = open_update(changed(made(), lambda part, content: None if part == name else content))
    assert "series" not in update.book.tables
