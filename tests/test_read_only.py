"""A store that its user may read but not write, with the permissions of the operating system."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import require_host
from xl_thesis.errors import StoreError
from xl_thesis.store import Store, open_store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions are others on Windows")
UNBOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


@pytest.fixture
def bound() -> list[str]:
    """What a command begins with so that permissions bind it, also where the tests run as root."""
    if os.geteuid() != 0:
        return []
    require_host("setpriv (util-linux)", UNBOUND[0])
    subprocess.run([*UNBOUND, "true"], check=True)
    return UNBOUND


@pytest.fixture
def closed(own_home: Path) -> Iterator[Path]:
    """A home whose files and folder may be read only."""
    (own_home / "store.sqlite").chmod(0o444)
    own_home.chmod(0o555)
    yield own_home
    own_home.chmod(0o755)


def run(bound: list[str], folder: Path, *arguments: str) -> tuple[int, str, str]:
    command = [*bound, sys.executable, "-m", "xl_thesis", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(("files", "folder"), [(0o444, 0o555), (0o444, 0o755), (0o644, 0o555)])
def test_what_only_reads_works_and_what_writes_says_why_not(
    bound: list[str], own_home: Path, tmp_path: Path, files: int, folder: int
) -> None:
    (own_home / "store.sqlite").chmod(files)
    own_home.chmod(folder)
    before = (own_home / "store.sqlite").read_bytes()
    try:
        code, out, said = run(bound, tmp_path, "score")
        assert (code, said) == (0, "") and " of 100: " in out
        code, out, said = run(bound, tmp_path, "call", "=THESIS_SCORE()")
        assert (code, said) == (0, "") and 0 < float(out) < 100
        code, out, said = run(bound, tmp_path, "snapshot", "--thesis", "jobless_boom", "--out", "book.xlsx")
        assert code == 0 and (tmp_path / "book.xlsx").exists()
        assert ("is not recorded as given out: the log" in said) == (folder == 0o555)
        for command in (["refresh", "--series", "FRED:UNRATE"], ["import", "mine.csv", "--series", "FRED:EPUTRADE"]):
            (tmp_path / "mine.csv").write_text("date,value\n2026-06-30,1\n")
            code, _, said = run(bound, tmp_path, *command)
            assert code == 2 and said.startswith("xl-thesis: you may only read the store"), said
            assert len(said.strip().splitlines()) == 1
    finally:
        own_home.chmod(0o755)
    assert (own_home / "store.sqlite").read_bytes() == before
    assert not [path for path in own_home.iterdir() if path.suffix.startswith(".sqlite-") or "kept" in path.name]


def test_no_store_in_a_folder_that_may_not_be_written_says_what_to_set(
    bound: list[str], closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XL_THESIS_STORE", str(closed / "none.sqlite"))
    code, _, said = run(bound, tmp_path, "score")
    assert code == 2 and "set XL_THESIS_HOME or XL_THESIS_STORE to a place you can write to" in said
    assert len(said.strip().splitlines()) == 1


def test_a_reader_sees_what_the_writer_adds_and_cannot_write_itself(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process would to whom the system says that it may not write; the writer is another."""
    path = own_home / "store.sqlite"
    with open_store(path) as writer:
        writer.note({"mine": "1"})
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        reader = Store(path)
        assert reader.get("mine") == "1"
        assert not reader.engine.can_write()
        with pytest.raises(StoreError, match="you may only read the store"):
            reader.note({"mine": "2"})
        assert not Path(f"{path}-wal").exists()
        with closing(sqlite3.connect(path)) as other:
            other.execute("UPDATE meta SET value = '3' WHERE key = 'mine'")
            other.commit()
        before = reader.generation
        reader.forget_if_changed()
        assert reader.get("mine") == "3" and reader.generation > before
        reader.close()
