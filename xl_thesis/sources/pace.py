"""One pace for every process on this machine: a file says when the next request may start."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

FRED_PER_SECOND = 1.9
"""FRED counts two a second; a little less keeps clear of its edges."""

_LONGEST_QUEUE = 120.0
"""Seconds. A turn further ahead than this was written by a wrong clock, and the file begins anew."""


@dataclass(frozen=True, slots=True)
class Pace:
    """At most ``per_second`` requests, by whichever process.

    Each caller takes the next free turn under a lock and then waits for it without one, so that a process that dies
    holds up nobody.
    """

    file: Path
    per_second: float
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def wait(self) -> None:
        """Return when this caller's turn has come. Raises ``OSError`` where the file cannot be written."""
        with self._locked():
            now = self.clock()
            turn = max(now, self._next_free())
            if turn - now > _LONGEST_QUEUE:
                turn = now
            self._keep_free(turn + 1 / self.per_second)
        if turn > now:
            self.sleep(turn - now)

    def hold(self) -> None:
        """Let no turn begin sooner than if one had begun now."""
        with self._locked():
            free = self._next_free()
            soonest = self.clock() + 1 / self.per_second
            if free < soonest:
                self._keep_free(soonest)

    def _locked(self) -> AbstractContextManager[object]:
        from filelock import FileLock

        self.file.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self.file.with_name(self.file.name + ".lock"), timeout=_LONGEST_QUEUE)

    def _next_free(self) -> float:
        try:
            return float(self.file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0.0

    def _keep_free(self, moment: float) -> None:
        self.file.write_text(repr(moment), encoding="ascii")
