"""The log shows every line that was edited, removed or moved, and survives writers that come at once or fail."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter

from xl_thesis import records
from xl_thesis.errors import StoreError
from xl_thesis.models import Model
from xl_thesis.records import FIRST, BrokenLogError, RecordLog


class Note(Model):
    kind: Literal["note"] = "note"
    text: str


class Number(Model):
    kind: Literal["number"] = "number"
    day: dt.date
    value: float


NOTES: TypeAdapter[Note] = TypeAdapter(Note)
BOTH: TypeAdapter[Note | Number] = TypeAdapter(Annotated[Note | Number, Field(discriminator="kind")])


def log_of(folder: Path, *texts: str) -> RecordLog[Note]:
    log = RecordLog(folder / "log.jsonl", NOTES)
    for text in texts:
        log.append(Note(text=text))
    return log


def lines_of(log: RecordLog[Note]) -> list[str]:
    return log.path.read_text(encoding="utf-8").splitlines()


def rewrite(log: RecordLog[Note], lines: list[str]) -> None:
    log.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_what_was_written_is_read_typed_and_in_order(tmp_path: Path) -> None:
    log = RecordLog(tmp_path / "sub" / "log.jsonl", BOTH)
    assert log.read() == ()
    assert list(tmp_path.iterdir()) == []
    written = [log.append(Note(text="一 line\nwith an end")), log.append(Number(day=dt.date(2026, 2, 24), value=0.1))]
    assert list(log.read()) == written
    assert [record.number for record in log.read()] == [1, 2]
    assert log.read()[1].content == Number(day=dt.date(2026, 2, 24), value=0.1)
    assert log.verify() == ()


def test_the_chain_can_be_checked_by_anyone_with_sha_256(tmp_path: Path) -> None:
    log = log_of(tmp_path, "a", "貳", "c")
    before = FIRST
    for line in lines_of(log):
        body, _, rest = line.rpartition(',"hash":"')
        assert hashlib.sha256((body + "}").encode()).hexdigest() == rest[:64]
        document = json.loads(line)
        assert document["previous"] == before
        before = document["hash"]
    assert (tmp_path / "log.jsonl.hashes").read_text().split() == [record.hash for record in log.read()]


@pytest.mark.parametrize("line", [1, 2, 3, 4])
def test_an_edited_line_is_named(tmp_path: Path, line: int) -> None:
    log = log_of(tmp_path, "one", "two", "three", "four")
    lines = lines_of(log)
    lines[line - 1] = lines[line - 1].replace('"kind":"note"', '"kind":"Note"')
    rewrite(log, lines)
    assert str(log.verify()[0]) == f"line {line} was edited: its hash does not fit it"
    assert len(log.verify()) == 1
    with pytest.raises(BrokenLogError, match=f"line {line} was edited"):
        log.read()


def test_white_space_is_an_edit_too(tmp_path: Path) -> None:
    log = log_of(tmp_path, "one", "two")
    rewrite(log, [lines_of(log)[0].replace('","text', '", "text'), lines_of(log)[1]])
    assert [flaw.line for flaw in log.verify()] == [1]


@pytest.mark.parametrize("line", [1, 2, 3, 4])
def test_a_removed_line_is_named(tmp_path: Path, line: int) -> None:
    log = log_of(tmp_path, "one", "two", "three", "four")
    lines = lines_of(log)
    del lines[line - 1]
    rewrite(log, lines)
    assert log.verify()[0].line == line
    with pytest.raises(BrokenLogError, match=f"line {line} "):
        log.append(Note(text="five"))
    assert lines_of(log) == lines


def test_without_the_hashes_a_line_removed_in_the_middle_is_still_found(tmp_path: Path) -> None:
    log = log_of(tmp_path, "one", "two", "three")
    (tmp_path / "log.jsonl.hashes").unlink()
    assert log.verify() == ()
    rewrite(log, [lines_of(log)[0], lines_of(log)[2]])
    assert "line 2 does not follow line 1" in str(log.verify()[0])


@pytest.mark.parametrize("pair", [(0, 1), (1, 2), (0, 3)])
def test_lines_in_another_order_are_named(tmp_path: Path, pair: tuple[int, int]) -> None:
    log = log_of(tmp_path, "one", "two", "three", "four")
    lines = lines_of(log)
    lines[pair[0]], lines[pair[1]] = lines[pair[1]], lines[pair[0]]
    rewrite(log, lines)
    assert log.verify()[0].line == pair[0] + 1


def test_a_chain_rewritten_from_a_line_on_does_not_fit_the_hashes(tmp_path: Path) -> None:
    log = log_of(tmp_path, "one", "two", "three")
    (tmp_path / "other").mkdir()
    other = RecordLog(tmp_path / "other" / "log.jsonl", NOTES)
    first = log.read()[0]
    other.append(first.content, first.recorded_at)
    other.append(Note(text="two, but nicer"))
    other.append(Note(text="three"))
    rewrite(log, lines_of(other))
    assert [flaw.line for flaw in log.verify()] == [2, 3]


@given(st.data())
def test_any_change_of_a_character_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    log = log_of(tmp_path_factory.mktemp("log"), "one", "two", "three")
    text = log.path.read_text()
    at = data.draw(st.integers(0, len(text) - 2))
    put = data.draw(st.sampled_from('0aZ "}{\n'))
    log.path.write_text(text[:at] + put + text[at + 1 :])
    assert (log.verify() == ()) == (text[at] == put)


def test_a_line_cut_short_is_named_and_nothing_is_written_behind_it(tmp_path: Path) -> None:
    log = log_of(tmp_path, "one", "two")
    text = log.path.read_text()
    log.path.write_text(text[:-30])
    assert [flaw.line for flaw in log.verify()] == [2]
    with pytest.raises(BrokenLogError, match="restore it from a backup"):
        log.append(Note(text="three"))
    assert log.path.read_text() == text[:-30]


def test_a_crash_between_a_line_and_its_hash_is_no_flaw_and_heals(tmp_path: Path) -> None:
    log, hashes = log_of(tmp_path, "one", "two", "three"), tmp_path / "log.jsonl.hashes"
    hashes.write_text(hashes.read_text()[:-30])  # the last hash is cut
    assert log.verify() == ()
    log.append(Note(text="four"))
    assert hashes.read_text().split() == [record.hash for record in log.read()]


def test_a_lost_end_of_the_last_line_is_put_back(tmp_path: Path) -> None:
    log = log_of(tmp_path, "one", "two")
    log.path.write_text(log.path.read_text().rstrip("\n"))
    log.append(Note(text="three"))
    assert [record.content.text for record in log.read()] == ["one", "two", "three"]


def test_a_full_disk_leaves_the_log_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = log_of(tmp_path, "one")
    text = log.path.read_text()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(records.os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            log.append(Note(text="two"))
    assert log.path.read_text() == text
    assert log.append(Note(text="two")).number == 2


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="set XL_THESIS_HOME"):
        log_of(tmp_path / "file", "one")


def test_a_line_of_a_newer_version_is_not_guessed_at(tmp_path: Path) -> None:
    RecordLog(tmp_path / "log.jsonl", BOTH).append(Number(day=dt.date(2026, 2, 24), value=1.0))
    with pytest.raises(StoreError, match="upgrade xl-thesis"):
        log_of(tmp_path).read()


def test_a_field_cannot_take_the_place_of_the_seal(tmp_path: Path) -> None:
    class Forged(Model):
        hash: str

    with pytest.raises(ValueError, match="named hash"):
        RecordLog(tmp_path / "log.jsonl", TypeAdapter(Forged)).append(Forged(hash="0"))


def test_the_moment_is_utc_to_the_second(tmp_path: Path) -> None:
    record = log_of(tmp_path).append(Note(text="now"))
    assert record.recorded_at.utcoffset() == dt.timedelta(0)
    assert abs(dt.datetime.now(dt.UTC) - record.recorded_at) < dt.timedelta(minutes=1)


WRITER = """
import sys
from pathlib import Path
from pydantic import BaseModel, TypeAdapter
from xl_thesis.records import RecordLog

class Note(BaseModel):
    kind: str = "note"
    text: str

log = RecordLog(Path(sys.argv[1]), TypeAdapter(Note))
for number in range(int(sys.argv[3])):
    log.append(Note(text=f"{sys.argv[2]}-{number}" + "x" * 5000))
"""


def test_processes_that_write_at_once_do_not_interleave(tmp_path: Path) -> None:
    log, writers, each = log_of(tmp_path), 5, 12
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(log.path), str(writer), str(each)])
        for writer in range(writers)
    ]
    assert [process.wait(timeout=120) for process in running] == [0] * writers
    assert log.verify() == ()
    texts = [record.content.text.rstrip("x") for record in log.read()]
    assert sorted(texts) == sorted(f"{writer}-{number}" for writer in range(writers) for number in range(each))
    for writer in range(writers):
        assert [text for text in texts if text.startswith(f"{writer}-")] == [f"{writer}-{n}" for n in range(each)]
