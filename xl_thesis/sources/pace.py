"""One pace for every process on this machine: a file says when the next request may start."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

FRED_PER_SECOND = 1.95
"""FRED counts two a second. A little less leaves each three requests in a row 25 ms more than the second in which they
must not all arrive; half of that is for how late each may be, and what is later is made up for (``Pace.arrived``)."""
_LATE = 0.0125

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

    def wait(self) -> float:
        """Return when this caller's turn has come, with its moment. Raises ``OSError`` where the file cannot be
        written."""
        with self._locked():
            now = self.clock()
            turn = max(now, self._next_free())
            if turn - now > _LONGEST_QUEUE:
                turn = now
            self._keep_free(turn + 1 / self.per_second)
        if turn > now:
            self.sleep(turn - now)
        return turn

    def arrived(self, turn: float, quickest: float) -> float:
        """Tell that the request of a turn has been answered, or has failed; the seconds that it took.

        By what it took longer than the ``quickest`` before it, it may have arrived late: waking up, connecting, on the
        way. The next turn then begins later by as much, because the one after it must not come too soon after this.
        """
        took = self.clock() - turn
        late = took - quickest - _LATE
        if late > 0:
            with self._locked():
                soonest = turn + 1 / self.per_second + late
                if self._next_free() < soonest:
                    self._keep_free(soonest)
        return took

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
