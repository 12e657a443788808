"""A server on this machine, with faults on order."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import trustme


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    kind: str = "application/json;charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


LOGIN = Reply(200, b"<!DOCTYPE html><html><title>Sign in</title><form>user, password</form></html>", "text/html")
FAULTS: dict[str, Reply] = {
    "404": Reply(404, b"<html><body>Not Found</body></html>", "text/html"),
    "429": Reply(429, b"Too Many Requests", "text/plain"),
    "429 retry soon": Reply(429, b"Too Many Requests", "text/plain", {"Retry-After": "0"}),
    "429 retry tomorrow": Reply(429, b"Too Many Requests", "text/plain", {"Retry-After": "86400"}),
    "500": Reply(500, b"", "text/plain"),
    "502 page": Reply(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html"),
    "empty": Reply(200, b""),
    "wrong JSON": Reply(200, b'{"unexpected": [1, 2, 3]}'),
    "login page": LOGIN,
}
"""And of the transport: truncated, cut, reset, hang, drip, clock."""


class Asked(BaseHTTPRequestHandler):
    """A request; ``skewed`` gives its answer a date of long ago."""

    protocol_version = "HTTP/1.1"
    skewed = False

    def log_message(self, *arguments: object) -> None:
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        days = 400 if self.skewed else 0
        return format_datetime(dt.datetime.now(dt.UTC) - dt.timedelta(days=days), usegmt=True)


class Loopback:
    """Serves ``answer(path, query)``. ``faults`` are used up one a request; ``always`` stays. ``seen`` keeps paths.

    Both come only in answers to what ``where`` chooses.
    """

    def __init__(
        self, answer: Callable[[str, dict[str, str]], Reply], certificate: trustme.LeafCert | None = None
    ) -> None:
        self.answer = answer
        self.faults: list[str] = []
        self.always: str | None = None
        self.where: Callable[[str, dict[str, str]], bool] = lambda *_: True
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()
        loopback = self

        class Handler(Asked):
            def do_GET(self) -> None:
                loopback.handle(self)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *arguments: object) -> None:
                pass  # clients that hang up are part of the tests

            def finish_request(self, request: socket.socket, address: tuple[str, int]) -> None:
                if context is None:
                    super().finish_request(request, address)
                    return
                with context.wrap_socket(request, server_side=True) as secure:
                    super().finish_request(secure, address)

        context: ssl.SSLContext | None = None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
        self.server = Server(("127.0.0.1", 0), Handler)
        scheme = "http" if certificate is None else "https"
        self.port = self.server.server_address[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"

    def handle(self, handler: Asked) -> None:
        parts = urlsplit(handler.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.seen.append((parts.path, query))
        fault = None
        if self.where(parts.path, query):
            fault = self.faults.pop(0) if self.faults else self.always
        handler.skewed = fault == "clock"
        if fault == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            for end in (handler.rfile, handler.wfile, handler.connection):
                end.close()
            handler.close_connection = True
        elif fault == "hang":
            self.over.wait(30)
            handler.close_connection = True
        elif fault in FAULTS:
            self.send(handler, FAULTS[fault])
        else:
            reply = self.answer(parts.path, query)
            if fault == "cut":
                reply = Reply(reply.status, reply.body[: len(reply.body) // 2], reply.kind)
            self.send(handler, reply, fault)

    def send(self, handler: Asked, reply: Reply, fault: str | None = None) -> None:
        handler.send_response(reply.status)
        handler.send_header("Content-Type", reply.kind)
        handler.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if fault == "truncated":
            handler.wfile.write(reply.body[: len(reply.body) // 2])
            handler.close_connection = True
        elif fault == "drip":
            for position in range(len(reply.body)):
                handler.wfile.write(reply.body[position : position + 1])
                handler.wfile.flush()
                if self.over.wait(0.02):
                    break
        else:
            handler.wfile.write(reply.body)

    @contextmanager
    def running(self) -> Iterator[Loopback]:
        thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.over.set()
            self.server.shutdown()
            self.server.server_close()
            thread.join()


class ConnectProxy:
    """An HTTP proxy that only knows CONNECT. ``routes`` sends a host to a port of this machine; others are refused."""

    def __init__(self, routes: Callable[[str], int | None]) -> None:
        self.routes = routes
        self.asked: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    @contextmanager
    def running(self) -> Iterator[ConnectProxy]:
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                part = client.recv(4096)
                if not part:
                    return
                head += part
            host = head.split()[1].decode().partition(":")[0]
            self.asked.append(host)
            port = self.routes(host)
            if port is None:
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", port)) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                there = threading.Thread(target=_pump, args=(client, server), daemon=True)
                there.start()
                _pump(server, client)
                there.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # one end broke: so does the other
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Limit:
    """So many requests in any one second, counted as they come in."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self.lock = threading.Lock()
        self.times: list[float] = []

    def allows(self) -> bool:
        with self.lock:
            now = time.monotonic()
            self.times = [moment for moment in self.times if now - moment < 1.0]
            self.times.append(now)
            return len(self.times) <= self.per_second


def write_authority(authority: trustme.CA, path: Path) -> Path:
    """The certificates that a client has to trust, as a file."""
    authority.cert_pem.write_to_path(str(path))
    return path
