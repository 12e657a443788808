"""A command as somebody sees it who sits before a terminal."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from tests.feeds import environment


def shown(command: Sequence[str], columns: int, **variables: str) -> str:
    """What a command writes to a terminal so many columns wide."""
    import pty

    ours, theirs = pty.openpty()
    settings = environment(**{"TERM": "xterm", "COLUMNS": str(columns), **variables})
    with subprocess.Popen(command, env=settings, stdout=theirs, stderr=theirs):
        os.close(theirs)
        parts = []
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            parts.append(part)
    os.close(ours)
    return b"".join(parts).decode().replace("\r\n", "\n")
