"""Wraps a client's socket so that ``send`` sends all data; for WebSockets that Engine.IO serves itself.

Created by request_handler, used by wsgi_server. Without the wrapper parts of frames would be lost: gevent's ``send``
may send only a part of a frame, and simple-websocket does not send the rest.
"""

from __future__ import annotations

import socket

import gevent
import gevent.lock
import gevent.socket

SEND_TIMEOUT = 10.0
WSGI_SOCKET = "werkzeug.socket"  # the name under which simple-websocket looks for a socket of its own


class PatientSocket:
    """A socket whose ``send`` sends all bytes, or closes after ``send_timeout`` seconds without progress."""

    def __init__(self, sock: gevent.socket.socket, send_timeout: float = SEND_TIMEOUT) -> None:
        self._sock = sock
        self._send_timeout = send_timeout
        # The reading greenlet, which answers WebSocket pings, must not write while the writing one is within a frame.
        self._lock = gevent.lock.RLock()
        self._tail = b""

    def send(self, data: bytes) -> int:
        """Sends all of ``data``, and returns its length. Raises OSError if the client does not read or has left."""
        with self._lock:
            rest, self._tail = memoryview(self._tail + data), b""
            while rest:
                try:
                    with gevent.Timeout(self._send_timeout, TimeoutError("the client does not read")):
                        sent = self._sock.send(rest)
                except TimeoutError:
                    self.close()
                    raise
                rest = rest[sent:]
        return len(data)

    def push(self, frame: bytes) -> bool:
        """Sends a frame without waiting.

        Returns False and sends nothing if a send is running, the kernel's buffer is full or the connection is lost.

        If the kernel accepts only a part of the frame, a greenlet sends the rest before anything else.
        """
        if self._lock.locked() or self._tail:
            return False
        try:
            sent = self._sock.send(frame, 0, timeout=0.0)  # type: ignore[call-arg] # not in the stubs of gevent
        except OSError:
            return False
        if sent < len(frame):
            self._tail = frame[sent:]
            gevent.spawn(self._send_tail)
        return True

    def _send_tail(self) -> None:
        try:
            self.send(b"")
        except OSError:
            # The reading greenlet notices that the socket is closed, and ends the connection.
            return

    def recv(self, size: int) -> bytes:
        return self._sock.recv(size)

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        # ``shutdown`` comes first, because it wakes a greenlet that is blocked in send or recv on the same socket.
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
        self._sock.close()
