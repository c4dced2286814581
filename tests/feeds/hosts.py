"""Hosts that behave as told, on a port of the loopback; the fetch tests hand them a script."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[["Host", socket.socket, bytes], None]
"""(host, connection, request as it came) -> whatever the host wants to do with it."""


@dataclass
class Host:
    """``asked`` holds every request; ``closing`` is set when the test is over, so that no script outlives it."""

    port: int
    asked: list[bytes] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/rss", name: str = "cong.example", scheme: str = "http") -> str:
        return f"{scheme}://{name}:{self.port}{path}"


@contextmanager
def host(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Host]:
    """A host that answers each connection by ``script``, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told = Host(listener.getsockname()[1])

        def serve() -> None:
            while not told.closing.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    talk(connection)

        def talk(connection: socket.socket) -> None:
            stream = tls.wrap_socket(connection, server_side=True) if tls else connection
            with stream:
                request = b""
                while b"\r\n\r\n" not in request and (piece := stream.recv(65536)):
                    request += piece
                if request:
                    told.asked.append(request)
                    script(told, stream, request)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield told
        told.closing.set()
        # A blocked accept does not notice a closed listener everywhere; a last visitor wakes it.
        with suppress(OSError), socket.create_connection(("127.0.0.1", told.port), 1):
            pass
        thread.join(5)


def loopback(name: str, port: int) -> Sequence[str]:
    """A resolver for which every name is this machine."""
    return ["127.0.0.1"]


def says(status: str, *headers: str, body: bytes = b"") -> Script:
    """A host that answers properly."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]

    def script(told: Host, connection: socket.socket, request: bytes) -> None:
        connection.sendall("\r\n".join(lines).encode("latin-1") + body)

    return script


def raw(*pieces: bytes) -> Script:
    """A host that sends just these bytes and hangs up."""

    def script(told: Host, connection: socket.socket, request: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return script


def hangs(first: bytes = b"") -> Script:
    """A host that sends ``first`` and then nothing, without hanging up."""

    def script(told: Host, connection: socket.socket, request: bytes) -> None:
        connection.sendall(first)
        told.closing.wait(20)

    return script


def drips(first: bytes, drop: bytes, every: float = 0.01) -> Script:
    """A host that never stops sending ``drop``, a little at a time or (every=0) as fast as it can."""

    def script(told: Host, connection: socket.socket, request: bytes) -> None:
        connection.sendall(first)
        while not told.closing.wait(every):
            connection.sendall(drop)

    return script


def in_turn(*scripts: Script) -> Script:
    """A host that behaves differently at each request, the last way for ever."""

    def script(told: Host, connection: socket.socket, request: bytes) -> None:
        scripts[min(len(told.asked), len(scripts)) - 1](told, connection, request)

    return script
