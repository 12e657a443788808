"""The snapshot as a file: the same bytes again, and nothing of a user lost."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import pytest

from tests.snapshots import case
from xl_thesis.errors import InputError
from xl_thesis_workbook.snapshot import SnapshotContent, snapshot_bytes, write_snapshot


@pytest.fixture(scope="module")
def content() -> SnapshotContent:
    return case("content")


def test_the_same_content_gives_the_same_bytes_without_clock_or_user(content: SnapshotContent) -> None:
    first = snapshot_bytes(content)
    assert first == snapshot_bytes(content)
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {item.date_time for item in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b">xl-thesis<" in package.read("docProps/core.xml")
        everything = b"".join(package.read(name) for name in package.namelist())
    assert b"2026-07-22T00:00:00Z" in everything
    assert b"openpyxl" not in everything
    for secret in (str(Path.home()), str(Path.cwd())):
        assert secret.encode() not in everything or len(secret) < 3


def test_an_existing_file_is_refused_and_kept(content: SnapshotContent, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"first")
    with pytest.raises(InputError, match="--force"):
        write_snapshot(content, path)
    assert path.read_bytes() == b"first"
    write_snapshot(content, path, force=True)
    path.write_bytes(b"second")
    write_snapshot(content, path, force=True)
    assert (tmp_path / "book.bak1.xlsx").read_bytes() == b"first"
    assert (tmp_path / "book.bak2.xlsx").read_bytes() == b"second"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["book.bak1.xlsx", "book.bak2.xlsx", "book.xlsx"]


def test_a_file_that_must_not_be_changed_is_not_lost(content: SnapshotContent, tmp_path: Path) -> None:
    """Where the system allows its replacement, it is kept as a backup; elsewhere the write is refused."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"read-only")
    path.chmod(0o444)
    with contextlib.suppress(InputError):
        write_snapshot(content, path, force=True)
    assert b"read-only" in [file.read_bytes() for file in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("no/where/book.xlsx", "cannot be written: there is no folder .*; make it"), ("book.txt", "end in .xlsx")],
)
def test_a_bad_place_is_one_sentence_and_leaves_nothing(
    content: SnapshotContent, tmp_path: Path, name: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        write_snapshot(content, tmp_path / name)
    assert list(tmp_path.rglob("*")) == []


def test_a_file_that_cannot_be_replaced_is_one_sentence_and_stays(
    content: SnapshotContent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace a workbook that Excel holds open; this is that refusal."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"open in Excel")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InputError, match="close it if it is open"):
        write_snapshot(content, path, force=True)
    assert path.read_bytes() == b"open in Excel"
    assert not [file for file in tmp_path.iterdir() if file.name.endswith(".tmp")]
