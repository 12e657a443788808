"""The extension's end of the pipe to the Python environment that xl-thesis is installed in.

Knows nothing of LibreOffice. One line of JSON goes out, one comes back. A worker that cannot be started, stops or falls
silent is an ``Unreachable`` with a sentence that says what to do, never a hang.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROTOCOL = 1
KEEP_SECONDS = 1.0
"""How long answers are used without asking whether the store, the day or the thesis has changed."""
KEPT = 200_000
SILENCE_SECONDS = 60.0
"""A worker that says nothing for so long is stopped, so that the office is not frozen by it."""
UNASKED_SECONDS = 120.0
"""A worker that was started ahead and is asked nothing for so long is stopped: the office may be used for letters."""
RETRY_SECONDS = 10.0
"""After a failed start the next try waits, so that ten thousand cells do not start ten thousand processes."""
REASONS = 20
OFFICE_VARIABLES = ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "UNO_PATH", "URE_BOOTSTRAP")


class Unreachable(Exception):
    """No answer can be had from xl-thesis; the sentence says why and what to do."""


def find_command(recorded: dict[str, Any]) -> list[str]:
    """How xl-thesis is started: the recorded Python, else ``xl-thesis`` on the path.

    Raises ``Unreachable`` where neither is there.
    """
    python = str(recorded.get("python", ""))
    if python and Path(python).is_file():
        return [python, "-m", "xl_thesis"]
    found = shutil.which("xl-thesis")
    if found:
        return [found]
    raise Unreachable(
        "The Python environment of xl-thesis is not at %s any more. In the environment that has xl-thesis now, run "
        "`xl-thesis libreoffice install` and start LibreOffice again." % (python or "any recorded place")
    )


def start(command: list[str], arguments: list[str]) -> subprocess.Popen[str]:
    """The process, without what LibreOffice puts into its own environment. Raises ``Unreachable``."""
    environment = {name: value for name, value in os.environ.items() if name not in OFFICE_VARIABLES}
    environment["PYTHONIOENCODING"] = "utf-8"
    environment["PYTHONSAFEPATH"] = "1"  # never import from the folder that the office was started in
    try:
        return subprocess.Popen(
            [*command, "libreoffice", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            encoding="utf-8", env=environment, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except OSError as error:
        sentence = f"xl-thesis could not be started ({error}). Run `xl-thesis libreoffice install` again."
        raise Unreachable(sentence) from error


class Link:
    """Asks the worker, starts it when it is needed, and keeps answers for a moment."""

    def __init__(self, recorded: dict[str, Any]) -> None:
        self.recorded = recorded
        self.reasons: deque[tuple[str, str]] = deque(maxlen=REASONS)
        self.version = ""
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.RLock()
        self._answers: dict[Any, Any] = {}
        self._fresh_until = 0.0
        self._token: str | None = None
        self._greeted = False
        self._failure: Unreachable | None = None
        self._retry_at = 0.0
        self._deadline: float | None = None
        self._watched = False
        self._unasked_since: float | None = None

    def call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        """The answer's ``value``: a number, text, rows of them, or ``{"error": code}`` in place of any of these."""
        if time.monotonic() > self._fresh_until:
            self._look_for_changes()
        key = (name, arguments)
        if key in self._answers:
            return self._answers[key]
        try:
            answer = self.ask(["call", name, arguments])
        except Unreachable as error:
            answer = {"value": {"error": "#N/A"}, "why": str(error), "keep": False}
        if answer.get("why"):
            self._note(name, answer["why"])
        if answer.get("keep") and len(self._answers) < KEPT:
            self._answers[key] = answer["value"]
        return answer["value"]

    def ask(self, request: Any) -> dict[str, Any]:
        """One answer of the worker; where it has stopped, it is started once more. Raises ``Unreachable``."""
        line = json.dumps(request) + "\n"
        with self._lock:
            for _ in range(2):
                self._be_connected()
                answer = self._exchange(line)
                if answer is not None:
                    return answer
            raise self._failed(Unreachable("xl-thesis stopped while it was computing. Its log has the details."))

    def forget(self) -> None:
        """Ask for everything anew."""
        self._answers.clear()

    def _look_for_changes(self) -> None:
        """Keep the answers only while the worker's token, which all of them rest on, is the same."""
        try:
            token = self.ask(["token"])["token"]
        except Unreachable:
            token = None
        if token is None or token != self._token or len(self._answers) >= KEPT:
            self._answers.clear()
        self._token = token
        self._fresh_until = time.monotonic() + KEEP_SECONDS

    def close(self) -> None:
        """End the worker."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):  # what was not sent yet has no reader any more
                        stream.close()

    def begin(self) -> None:
        """Start the worker without waiting for it; what is wrong is told to the first who asks."""
        with self._lock, contextlib.suppress(Unreachable):
            self._be_running()
            if not self._greeted:
                self._unasked_since = time.monotonic()
                self._watch()

    def _be_connected(self) -> None:
        try:
            self._be_running()
            if not self._greeted:
                self._check(self._exchange(None))
                self._greeted = True
        except Unreachable as error:
            raise self._failed(error) from None

    def _be_running(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        if self._failure is not None and time.monotonic() < self._retry_at:
            raise self._failure
        self.close()
        self._failure, self._greeted = None, False
        self._process = start(find_command(self.recorded), ["serve"])

    def _check(self, greeting: dict[str, Any] | None) -> None:
        if greeting is None:
            raise Unreachable(
                "xl-thesis did not start in its Python environment. There, `xl-thesis libreoffice status` says why; "
                "`xl-thesis libreoffice install` repairs this extension."
            )
        self.version = str(greeting.get("version", ""))
        if greeting.get("protocol") != PROTOCOL:
            raise Unreachable(
                f"This extension and the installed xl-thesis {self.version} do not belong together. Run "
                "`xl-thesis libreoffice install` and start LibreOffice again."
            )

    def _exchange(self, line: str | None) -> dict[str, Any] | None:
        """Send a line, receive an object; None where the process has ended or said something else."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        self._watch()
        self._unasked_since = None
        self._deadline = time.monotonic() + SILENCE_SECONDS
        try:
            if line is not None:
                process.stdin.write(line)
                process.stdin.flush()
            answer = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self.close()
            return None
        finally:
            self._deadline = None
        return answer if isinstance(answer, dict) else None

    def _watch(self) -> None:
        if not self._watched:
            self._watched = True
            threading.Thread(target=self._stop_when_silent, name="xl-thesis watch", daemon=True).start()

    def _stop_when_silent(self) -> None:
        while True:
            time.sleep(min(1.0, SILENCE_SECONDS / 4))
            deadline, process = self._deadline, self._process
            if deadline is not None and time.monotonic() > deadline and process is not None:
                process.kill()
            self._stop_where_unasked()

    def _stop_where_unasked(self) -> None:
        """Never waits for the lock, which a question holds as long as its answer takes."""
        since = self._unasked_since
        if since is None or time.monotonic() < since + UNASKED_SECONDS or not self._lock.acquire(blocking=False):
            return
        try:
            if self._unasked_since is not None:
                self._unasked_since = None
                self.close()
        finally:
            self._lock.release()

    def _failed(self, error: Unreachable) -> Unreachable:
        self.close()
        if error is not self._failure:
            self._failure, self._retry_at = error, time.monotonic() + RETRY_SECONDS
        return error

    def _note(self, name: str, sentence: str) -> None:
        if (name, sentence) not in self.reasons:
            self.reasons.append((name, sentence))


def run(recorded: dict[str, Any], arguments: list[str], started: Any) -> Iterator[dict[str, Any]]:
    """What a long task reports, one object after the other; the last has ``done`` or ``failed``.

    ``started`` is called with the process, so that another thread can stop it. Raises ``Unreachable``.
    """
    with start(find_command(recorded), ["run", *arguments]) as process:
        started(process)
        ended = False
        for line in process.stdout or ():
            try:
                report = json.loads(line)
            except ValueError:
                continue
            ended = ended or "done" in report or "failed" in report
            yield report
        if not ended:
            yield {"failed": "The task ended before it was done; nothing was changed."}
