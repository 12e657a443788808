"""A real LibreOffice in a fresh profile, with the extension, for the tests."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any

from xl_thesis_udfs.hosts.libreoffice import installations

DRIVER = Path(__file__).with_name("driver.py")
QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
UNO_PYTHON = "/usr/bin/python3"
PATIENCE = 300
"""Seconds after which an office that does not answer hangs."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Office:
    """One running office; operations of the driver are its methods."""

    def __init__(
        self, command: str, folder: Path, bundled: Path | None, home: Path, *, visible: bool = False, **environment: str
    ) -> None:
        self.port = free_port()
        profile = (folder / "profile").as_uri()
        options = [f"-env:UserInstallation={profile}"]
        if bundled is not None:
            options.append(f"-env:BUNDLED_EXTENSIONS={bundled.as_uri()}")
        accept = f"--accept=socket,host=127.0.0.1,port={self.port};urp;"
        own = installations.environment()
        surroundings = {**own, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", **environment}
        surroundings["XL_THESIS_HOME"] = str(home)
        self.office = subprocess.Popen(
            [command, *options, *([] if visible else ["--headless"]), "--norestore", "--nologo", "--nodefault", accept],
            env=surroundings, start_new_session=True, **QUIET,
        )  # fmt: skip
        program = Path(command).resolve().parent  # a driver of the same version, which knows the same types
        self.driver = subprocess.Popen(
            [UNO_PYTHON, str(DRIVER), str(self.port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**own, "PYTHONPATH": str(program)},
        )  # fmt: skip
        self.answer()

    def answer(self) -> Any:
        assert self.driver.stdout is not None
        watch = threading.Timer(PATIENCE, self.driver.kill)
        watch.start()
        try:
            line = self.driver.stdout.readline()
        finally:
            watch.cancel()
        assert line, "the office or its driver has ended, or hangs"
        answer = json.loads(line)
        if "fault" in answer:
            raise AssertionError(answer["fault"])
        return answer["value"]

    def __getattr__(self, operation: str) -> Any:
        def ask(*arguments: Any) -> Any:
            self.begin(operation, *arguments)
            return self.answer()

        return ask

    def begin(self, operation: str, *arguments: Any) -> None:
        """Ask without waiting for the answer, which a dialog on a screen keeps back until it is closed."""
        assert self.driver.stdin is not None
        self.driver.stdin.write(json.dumps([operation, *arguments]) + "\n")
        self.driver.stdin.flush()

    def stop(self) -> None:
        """Ask it to end, then make sure."""
        try:
            self.quit()
        except (AssertionError, OSError):
            pass
        finally:
            self.driver.kill()
            self.driver.communicate()
            try:
                self.office.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.office.pid, 9)
                self.office.wait()


def has_uno() -> bool:
    """Whether the system's Python can drive an office."""
    found = shutil.which(UNO_PYTHON)
    return found is not None and subprocess.run([found, "-c", "import uno"], capture_output=True).returncode == 0
