"""A real PostgreSQL server for the tests: its own data, a free port of this machine, gone afterwards."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

PASSWORD = "s3cret%20w0rd"  # as it stands in an address; the password itself has a space
_USER = "postgres"


def find_program(name: str) -> str | None:
    """A program of the server, on the path or where Debian puts it."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((str(folder / name) for folder in folders if (folder / name).exists()), shutil.which(name))


def _as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", _USER, "--", *command] if os.geteuid() == 0 else command


class PostgresServer:
    """Started on entering, stopped on leaving."""

    def __enter__(self) -> PostgresServer:
        self._folder = tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True)
        top = Path(self._folder.name)
        (top / "password").write_text("s3cret w0rd\n")
        if os.geteuid() == 0:
            shutil.chown(top, _USER)
            shutil.chown(top / "password", _USER)
        data = str(top / "data")
        start = [find_program("initdb") or "", "-D", data, "-U", "owner", "-A", "scram-sha-256", "-E", "UTF8",
                 "--no-sync", "--no-locale", f"--pwfile={top / 'password'}"]  # fmt: skip
        subprocess.run(_as_server_user(start), check=True, capture_output=True, cwd=top)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        serve = [find_program("postgres") or "", "-D", data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
                 "-c", f"unix_socket_directories={top}", "-c", "fsync=off", "-c", "log_statement=all"]  # fmt: skip
        self._log = (top / "log").open("wb")
        self._process = subprocess.Popen(_as_server_user(serve), stdout=subprocess.DEVNULL, stderr=self._log, cwd=top)
        self._numbers = itertools.count(1)
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()
        self._folder.cleanup()

    def address(self, database: str, user: str = "owner", password: str = PASSWORD) -> str:
        return f"postgresql+psycopg://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"store_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.address(name)

    def run(self, statement: str, database: str = "postgres") -> None:
        import psycopg

        address = self.address(database).replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def log(self) -> str:
        return (Path(self._folder.name) / "log").read_text()

    def _wait(self) -> None:
        import psycopg

        for _ in range(200):
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                assert self._process.poll() is None, self.log()
                time.sleep(0.05)
            else:
                return
        raise TimeoutError(self.log())
