"""Peeks at each new connection without a greenlet, and passes WebSocket upgrades to websocket_upgrade.

Called by wsgi_server for every connection. If the first bytes are the whole request of a WebSocket client, as
browsers and proxies send it, no gevent handler is created, which saves time and memory. Any other connection is
passed to a gevent handler; its bytes are only peeked at, so the handler reads them all.
"""

from __future__ import annotations

import _socket
import re
import socket
from collections.abc import Callable

import gevent

from server.live.sockets.connection_table import OpenConnection
from server.live.sockets.websocket_upgrade import WebSocketUpgrade

Address = tuple[str, int]  # with two more items for IPv6
READ = 1
LONGEST_HEAD = 4_096
# Only requests in the plainest form are parsed here; gevent's handler parses all others.
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
    """Decides for each new connection whether ``upgrade`` or ``fall_back`` serves it.

    ``fall_back(sock, address, connection)`` serves connections that are not WebSocket upgrades. ``send_timeout``
    (seconds) is passed to EventSocket. ``await_head(address, close)`` adds a connection that has sent nothing yet to
    the connection table, and returns its entry; the table calls ``close`` to end the connection.
    """

    def __init__(
        self,
        upgrade: WebSocketUpgrade,
        fall_back: Callable[[_socket.socket, Address, OpenConnection | None], None],
        *,
        send_timeout: float,
        await_head: Callable[[Address, Callable[[], object]], OpenConnection],
    ) -> None:
        self._upgrade, self._fall_back, self._send_timeout = upgrade, fall_back, send_timeout
        self._await_head = await_head

    def receive(self, sock: _socket.socket, address: Address) -> None:
        """Takes a new non-blocking connection. Never waits, because it may run in the event loop's greenlet."""
        if self._peek(sock, address, None):
            return
        watcher = gevent.get_hub().loop.io(sock.fileno(), READ)

        def close() -> None:
            watcher.stop()
            watcher.close()
            sock.close()

        connection = self._await_head(address, close)

        def on_readable() -> None:
            watcher.stop()
            watcher.close()
            self._peek(sock, address, connection)

        watcher.start(on_readable)

    def _peek(self, sock: _socket.socket, address: Address, connection: OpenConnection | None) -> bool:
        """Peeks at the first bytes and passes the connection on; returns False if no bytes have arrived yet.

        The upgrade gets the connection if the bytes are a whole request that it accepts, otherwise ``fall_back``.
        """
        try:
            seen = sock.recv(LONGEST_HEAD, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            seen = b""
        environ, size = read_head(seen, address)
        if environ is None or not self._upgrade.accepts(environ):
            self._fall_back(sock, address, connection)
        else:
            if connection is not None:
                connection.leave()
            sock.recv(len(seen))
            self._upgrade.upgrade(sock, environ, seen[size:], send_timeout=self._send_timeout)
        return True


def read_head(seen: bytes, address: Address) -> tuple[dict[str, str] | None, int]:
    """Parses the head of a GET request without a body. Returns its WSGI environ and its length in bytes.

    Returns (None, 0) if it is incomplete, is another kind of request, or could be read in two ways.
    """
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
