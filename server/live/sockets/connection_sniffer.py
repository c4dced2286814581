"""Looks at the first words of an accepted connection, without a greenlet: who is a screen goes to the doorway.

Called by the transport's server for every connection. A WebSocket client whose whole request is there at the first
look, as browsers and proxies send it, never becomes a gevent handler; everybody else does, with every byte unread.
"""

from __future__ import annotations

import _socket
import re
import socket
from collections.abc import Callable
from typing import Any

import gevent

from server.live.sockets.websocket_upgrade import WebSocketUpgrade

READ = 1
LONGEST_HEAD = 4_096
# Only what is beyond doubt is read here; every other request is the library's, with its own care.
_HEAD = re.compile(rb"GET (/[!->@-~]*)\?([!-~]*) HTTP/1\.1\r\n((?:[A-Za-z0-9-]+:[^\0-\x08\n-\x1f\x7f]*\r\n)+)\r\n")
_LINE = re.compile(r"([^:]+):([^\r]*)\r\n")
_BODY = ""
_KEYS = {
    "connection": "HTTP_CONNECTION",
    "host": "HTTP_HOST",
    "origin": "HTTP_ORIGIN",
    "sec-websocket-key": "HTTP_SEC_WEBSOCKET_KEY",
    "sec-websocket-version": "HTTP_SEC_WEBSOCKET_VERSION",
    "upgrade": "HTTP_UPGRADE",
    "user-agent": "HTTP_USER_AGENT",
    "x-forwarded-for": "HTTP_X_FORWARDED_FOR",
    "x-forwarded-host": "HTTP_X_FORWARDED_HOST",
    "x-forwarded-proto": "HTTP_X_FORWARDED_PROTO",
    "content-length": _BODY,
    "expect": _BODY,
    "transfer-encoding": _BODY,
}


class ConnectionSniffer:
    """``onward(sock, address)`` takes what is not the doorway's; ``patience`` is what event sockets are made with."""

    def __init__(
        self, upgrade: WebSocketUpgrade, onward: Callable[[_socket.socket, Any], None], *, patience: float
    ) -> None:
        self._upgrade, self._onward, self._patience = upgrade, onward, patience

    def receive(self, sock: _socket.socket, address: Any) -> None:
        """Takes a connection that was just accepted, non-blocking; nothing waits here, it may be the loop itself."""
        if self._look(sock, address):
            return
        watcher = gevent.get_hub().loop.io(sock.fileno(), READ)
        watcher.start(self._came, watcher, sock, address)

    def _came(self, watcher: Any, sock: _socket.socket, address: Any) -> None:
        watcher.stop()
        watcher.close()
        self._look(sock, address)

    def _look(self, sock: _socket.socket, address: Any) -> bool:
        """False where nothing has come yet."""
        try:
            seen = sock.recv(LONGEST_HEAD, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            seen = b""
        environ, size = read_head(seen, address)
        if environ is None or not self._upgrade.takes(environ):
            self._onward(sock, address)
        else:
            sock.recv(len(seen))
            self._upgrade.admit(sock, environ, seen[size:], patience=self._patience)
        return True


def read_head(seen: bytes, address: Any) -> tuple[dict[str, str] | None, int]:
    """A whole, plain GET as what a WSGI environ says of it, and its length; None for any other request."""
    found = _HEAD.match(seen)
    if found is None:
        return None, 0
    path, query, lines = (part.decode("latin-1") for part in found.groups())
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REMOTE_ADDR": str(address[0]),
        "wsgi.url_scheme": "http",
    }
    for name, value in _LINE.findall(lines):
        key = _KEYS.get(name.lower())
        if key is None:
            continue
        if key == _BODY or key in environ:
            return None, 0
        environ[key] = value.strip()
    return environ, found.end()
