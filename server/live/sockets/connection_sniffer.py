"""Peeks at a new connection without a greenlet and hands WebSocket upgrades to websocket_upgrade.

Called by wsgi_server for every connection. If the whole request of a WebSocket client can be read at the first look,
as browsers and proxies send it, no gevent handler is made; all other connections go to one, with every byte unread.
"""

from __future__ import annotations

import _socket
import re
import socket
from collections.abc import Callable

import gevent

from server.live.sockets.websocket_upgrade import WebSocketUpgrade

Address = tuple[str, int]  # with two more items for IPv6
READ = 1
LONGEST_HEAD = 4_096
# Only unambiguous requests are read here; all others are left to the library, which handles every case.
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
    """``fall_back(sock, address)`` takes the connections that are no upgrades; ``send_timeout`` is EventSocket's."""

    def __init__(
        self, upgrade: WebSocketUpgrade, fall_back: Callable[[_socket.socket, Address], None], *, send_timeout: float
    ) -> None:
        self._upgrade, self._fall_back, self._send_timeout = upgrade, fall_back, send_timeout

    def receive(self, sock: _socket.socket, address: Address) -> None:
        """Takes a connection that was just accepted, non-blocking. Never waits: it may run in the loop's greenlet."""
        if self._peek(sock, address):
            return
        watcher = gevent.get_hub().loop.io(sock.fileno(), READ)

        def on_readable() -> None:
            watcher.stop()
            watcher.close()
            self._peek(sock, address)

        watcher.start(on_readable)

    def _peek(self, sock: _socket.socket, address: Address) -> bool:
        """Passes the connection on by its first bytes; False if none have arrived yet."""
        try:
            seen = sock.recv(LONGEST_HEAD, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            seen = b""
        environ, size = read_head(seen, address)
        if environ is None or not self._upgrade.accepts(environ):
            self._fall_back(sock, address)
        else:
            sock.recv(len(seen))
            self._upgrade.upgrade(sock, environ, seen[size:], send_timeout=self._send_timeout)
        return True


def read_head(seen: bytes, address: Address) -> tuple[dict[str, str] | None, int]:
    """The WSGI environ of a whole, unambiguous GET request, and its length in bytes; (None, 0) for any other."""
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
