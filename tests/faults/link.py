"""A TCP proxy between screens and their server that a test can cut and heal; used by the fault tests.

While it is cut it neither forwards nor closes: both ends see a silent network, and bytes wait in the proxy as in a
router's queue.
"""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress

from tests.ports import free_port

_CHUNK = 1 << 16


class Link:
    """Listens on ``port`` and forwards to the port ``server`` of loopback, in a thread of its own."""

    def __init__(self, server: int) -> None:
        self.port, self._server = free_port(), server
        self._whole, self._ended = threading.Event(), threading.Event()
        self._whole.set()
        self._other: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        self._whole.clear()

    def heal(self) -> None:
        self._whole.set()

    def close(self) -> None:
        self._ended.set()
        self._thread.join(10)
        for one in (self._listener, *self._other):
            one.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(0.02) if self._whole.wait(0.02) else ():
                if not self._whole.is_set():
                    break
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._other:
                    self._forward(key.fileobj)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self._server), timeout=5)
        except OSError:
            client.close()
            return
        for one, other in ((client, server), (server, client)):
            one.settimeout(5)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._other[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _forward(self, one: socket.socket) -> None:
        try:
            piece = one.recv(_CHUNK)
            if piece:
                self._other[one].sendall(piece)
                return
        except OSError:
            pass
        for end in (one, self._other[one]):
            self._selector.unregister(end)
            self._other.pop(end)
            with suppress(OSError):
                end.close()
