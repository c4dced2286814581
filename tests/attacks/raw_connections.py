"""TCP connections that a stranger opens and keeps open, silent or with half a request; used by the attack tests."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tests.station import PATIENCE

HALF_A_POST = (
    b"POST /desk/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nemail="
)
SILENT_WEBSOCKET = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
POLLING = b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Held:
    """A group of TCP connections that stay open after each of them has sent some bytes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._sockets: list[socket.socket] = []

    def open(self, count: int, said: bytes = b"") -> None:
        """Opens ``count`` more connections, each of which sends ``said``."""
        for _ in range(count):
            made = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
            self._sockets.append(made)
            made.sendall(said)
            made.setblocking(False)

    def still_open(self) -> int:
        """The number of connections that the server has not closed."""
        return sum(map(_is_open, self._sockets))

    def close(self) -> None:
        for one in self._sockets:
            one.close()


def _is_open(sock: socket.socket) -> bool:
    try:
        while sock.recv(65_536):
            continue
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextmanager
def held(port: int, *openings: tuple[int, bytes]) -> Iterator[Held]:
    """Opens, for each (count, bytes), ``count`` connections that send these bytes; closes all of them on exit."""
    made = Held(port)
    try:
        for count, said in openings:
            made.open(count, said)
        yield made
    finally:
        made.close()


def answer(port: int, pieces: Iterable[bytes], address: str = "127.0.0.1") -> bytes:
    """Sends ``pieces`` and returns all that the server sends until it closes the connection.

    Raises TimeoutError if the server keeps it open for PATIENCE seconds.
    """
    with socket.create_connection((address, port), timeout=PATIENCE) as sock:
        said = b""
        try:
            for piece in pieces:
                sock.sendall(piece)
            while got := sock.recv(65_536):
                said += got
        except ConnectionError:
            # The server resets a connection that sends more than is allowed; the answer was read before.
            return said
        return said
