"""Append-only logs in the user's folder: one JSON object a line, each sealed by a hash over itself and the line before.

A line ends with ``"previous":"...","hash":"..."}``. ``previous`` is the hash of the line before (64 zeros in the first
line); ``hash`` is the SHA-256 of its UTF-8 bytes without ``,"hash":"..."``, so that any tool can check it. Beside
``NAME`` lies ``NAME.hashes``, one hash a line: it shows lines that are missing at the end, which a chain alone cannot,
and its lock lets one process write at a time. Whoever can rewrite both can rewrite history: publish the last hash.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from xl_thesis.errors import StoreError

FIRST = "0" * 64
"""What the first line has for the hash of the line before."""

_SEALED = re.compile(r'(?s)(\{.*),"hash":"([0-9a-f]{64})"\}')
_RESERVED = {"recorded_at", "previous", "hash"}
_FAR_AWAY = 1 << 40  # Windows locks bytes, and a locked byte cannot be read: lock one that is never written

Content = TypeVar("Content", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Record(Generic[Content]):
    """One line: its number from 1, when it was written (UTC), what it says, and its hash."""

    number: int
    recorded_at: dt.datetime
    content: Content
    hash: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """A line that is not as it was written, and why."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line} {self.message}"


class BrokenLogError(StoreError):
    """A log was changed after it was written; ``flaws`` lists every line concerned."""

    def __init__(self, path: Path, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__(
            f"the log {path} was changed after it was written: {'; '.join(map(str, flaws))}; restore it from a backup,"
            " or move it and its .hashes file aside to begin a new one"
        )


class RecordLog(Generic[Content]):
    """A log of one kind of content, or of a tagged union of kinds. No file is made before the first line.

    >>> import tempfile
    >>> class Note(BaseModel):
    ...     text: str
    >>> folder = tempfile.TemporaryDirectory()
    >>> log = RecordLog(Path(folder.name) / "notes.jsonl", TypeAdapter(Note))
    >>> log.append(Note(text="first")).number
    1
    >>> [record.content.text for record in log.read()]
    ['first']
    >>> folder.cleanup()
    """

    def __init__(self, path: Path, kinds: TypeAdapter[Content]) -> None:
        self.path = path
        self._kinds = kinds
        self._hashes = path.with_name(f"{path.name}.hashes")

    def append(self, content: Content, recorded_at: dt.datetime | None = None) -> Record[Content]:
        """Add a line, whole or not at all, while no other process writes. ``recorded_at`` is now unless given.

        Raises ``BrokenLogError`` where an earlier line does not verify, ``StoreError`` where nothing can be written.
        """
        with self._writing() as hashes:
            lines, known = _lines(self.path), _whole_lines(self._hashes)
            flaws = _flaws(lines, known)
            if flaws:
                raise BrokenLogError(self.path, flaws)
            previous = _stated_hash(lines[-1]) if lines else FIRST
            moment = (recorded_at or _now()).replace(microsecond=0)
            line, digest = _seal(content, previous, moment)
            _add(self.path, line)
            hashes.truncate(sum(len(late) + 1 for late in known))  # a hash cut short by a power failure
            for late in [_stated_hash(kept) for kept in lines[len(known) :]] + [digest]:
                hashes.write(f"{late}\n".encode())
            hashes.flush()
            os.fsync(hashes.fileno())
        return Record(len(lines) + 1, moment, content, digest)

    def read(self) -> tuple[Record[Content], ...]:
        """Every line, verified; none where there is no file.

        Raises ``BrokenLogError`` for a log that was changed, ``StoreError`` for lines this version does not know.
        """
        lines, flaws = self._examine()
        if flaws:
            raise BrokenLogError(self.path, flaws)
        return tuple(self._record(number, line) for number, line in enumerate(lines, start=1))

    def stamp(self) -> tuple[int, ...]:
        """What is another once anything was written to the log's files; empty where there are none. Reads nothing."""
        found: list[int] = []
        for path in (self.path, self._hashes):
            with suppress(OSError):
                state = path.stat()
                found += (state.st_mtime_ns, state.st_size, state.st_ino)
        return tuple(found)

    def verify(self) -> tuple[Flaw, ...]:
        """Every line that was edited, removed or moved, by number; none for a log as it was written."""
        return self._examine()[1]

    def _examine(self) -> tuple[list[str], tuple[Flaw, ...]]:
        try:
            with self._reading():
                lines = _lines(self.path)
                return lines, _flaws(lines, _whole_lines(self._hashes))
        except OSError as error:
            raise StoreError(f"the log {self.path} cannot be read: {error.strerror}") from None

    def _record(self, number: int, line: str) -> Record[Content]:
        document = json.loads(line)
        content = {name: value for name, value in document.items() if name not in _RESERVED}
        try:
            parsed = self._kinds.validate_json(json.dumps(content))
        except ValidationError:
            raise StoreError(
                f"line {number} of {self.path} is of a kind that this version does not know; upgrade xl-thesis"
            ) from None
        return Record(number, dt.datetime.fromisoformat(document["recorded_at"]), parsed, document["hash"])

    @contextmanager
    def _writing(self) -> Iterator[IO[bytes]]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._hashes.open("ab") as hashes, _locked(hashes):
                yield hashes
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StoreError(
                f"the log {self.path} cannot be written ({reason}); set XL_THESIS_HOME to a folder that can be"
            ) from None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if not self._hashes.exists():
            yield
            return
        with self._hashes.open("rb") as hashes, _locked(hashes, shared=True):
            yield


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _seal(content: BaseModel, previous: str, recorded_at: dt.datetime) -> tuple[str, str]:
    """The line and its hash."""
    document: dict[str, Any] = content.model_dump(mode="json", by_alias=True)
    if taken := _RESERVED & document.keys():
        raise ValueError(f"a record cannot have a field of its own named {', '.join(sorted(taken))}")
    document = {"recorded_at": recorded_at.isoformat(), **document, "previous": previous}
    body = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    digest = hashlib.sha256(body.encode()).hexdigest()
    return f'{body[:-1]},"hash":"{digest}"}}\n', digest


def _add(path: Path, line: str) -> None:
    """Write a line at the end and wait until it is on the disk; one that does not fit is taken back."""
    with path.open("a+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        data = b"" if file.read(1) in (b"", b"\n") else b"\n"  # an editor may have dropped the last line's end
        data += line.encode()
        try:
            written = file.write(data)
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)
            raise
        if written != len(data):
            file.truncate(size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _lines(path: Path) -> list[str]:
    """The lines of a file, an unfinished last one included; bytes that are no UTF-8 become marks that never verify."""
    if not path.exists():
        return []
    text = path.read_bytes().decode("utf-8", errors="replace").removesuffix("\n")
    return text.split("\n") if text else []


def _whole_lines(path: Path) -> list[str]:
    """The lines of a file, without an unfinished last one."""
    return path.read_bytes().decode("utf-8", errors="replace").split("\n")[:-1] if path.exists() else []


def _stated_hash(line: str) -> str:
    sealed = _SEALED.fullmatch(line)
    return sealed[2] if sealed else ""


def _flaws(lines: Sequence[str], known: Sequence[str]) -> tuple[Flaw, ...]:
    """What is wrong with a log, given the hashes beside it; one more line than hashes is a write cut short, no flaw."""
    flaws = []
    before = FIRST
    for number, line in enumerate(lines, start=1):
        sealed = _SEALED.fullmatch(line)
        if sealed is None or hashlib.sha256(f"{sealed[1]}}}".encode()).hexdigest() != sealed[2]:
            flaws.append(Flaw(number, "was edited: its hash does not fit it"))
        elif not sealed[1].endswith(f'"previous":"{before}"'):
            place = f"does not follow line {number - 1}" if number > 1 else "is not the first that was written"
            flaws.append(Flaw(number, f"{place}: a line was removed, added or moved"))
        before = sealed[2] if sealed else ""
    stated = {_stated_hash(line) for line in lines}
    flaws += [
        Flaw(number, "is missing or was replaced") for number, digest in enumerate(known, start=1)
        if digest not in stated and not any(flaw.line == number for flaw in flaws)
    ]  # fmt: skip
    return tuple(sorted(flaws, key=lambda flaw: flaw.line))


@contextmanager
def _locked(file: IO[bytes], *, shared: bool = False) -> Iterator[None]:
    """Hold a file's lock; other processes wait. Readers may share it."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(_FAR_AWAY)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            file.seek(_FAR_AWAY)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
