"""Scripted HTTP test servers on 127.0.0.1; used by the tests of fetching and of the harvest."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[["Host", socket.socket, bytes], None]
"""What a host does with a request: it gets the host, the connection and the raw request, and sends the response."""


@dataclass
class Host:
    """A scripted HTTP test server that runs on ``port`` of 127.0.0.1.

    ``asked`` holds the raw bytes of every request; ``closing`` is set when the test ends, so that waiting scripts
    stop.
    """

    port: int
    asked: list[bytes] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/rss", name: str = "cong.example", scheme: str = "http") -> str:
        """A URL of this host under the host name ``name``, which `loopback` resolves."""
        return f"{scheme}://{name}:{self.port}{path}"


@contextmanager
def host(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Host]:
    """Runs a host while the block runs; it handles connections by ``script``, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Host(listener.getsockname()[1])

        def serve() -> None:
            while not server.closing.is_set():
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
                    server.asked.append(request)
                    script(server, stream, request)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server
        server.closing.set()
        # On some systems closing a listener does not end a blocked accept(); one more connection ends it.
        with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 1):
            pass
        thread.join(5)


def loopback(name: str, port: int) -> Sequence[str]:
    """A fake resolver that returns 127.0.0.1 for every name."""
    return ["127.0.0.1"]


def responds(status: str, *headers: str, body: bytes = b"") -> Script:
    """A script that sends a correct response with this status, these header lines and this body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]

    def script(server: Host, connection: socket.socket, request: bytes) -> None:
        connection.sendall("\r\n".join(lines).encode("latin-1") + body)

    return script


def raw(*pieces: bytes) -> Script:
    """A script that sends these bytes and closes the connection."""

    def script(server: Host, connection: socket.socket, request: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return script


def hangs(first: bytes = b"") -> Script:
    """A script that sends ``first`` and then nothing, without closing the connection."""

    def script(server: Host, connection: socket.socket, request: bytes) -> None:
        connection.sendall(first)
        server.closing.wait(20)

    return script


def drips(first: bytes, drop: bytes, every: float = 0.01) -> Script:
    """A script that sends ``first`` and then ``drop`` without end.

    ``every`` is the pause in seconds between two drops; 0: as fast as possible.
    """

    def script(server: Host, connection: socket.socket, request: bytes) -> None:
        connection.sendall(first)
        while not server.closing.wait(every):
            connection.sendall(drop)

    return script


def in_turn(*scripts: Script) -> Script:
    """A script that uses one of ``scripts`` per request, in order; the last one answers all further requests."""

    def script(server: Host, connection: socket.socket, request: bytes) -> None:
        scripts[min(len(server.asked), len(scripts)) - 1](server, connection, request)

    return script
