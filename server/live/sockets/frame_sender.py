"""The sending part of EventSocket: writes frames at once, or as soon as the kernel accepts them.

The base class of frame_receiver.FrameReceiver, which adds reading.
"""

from __future__ import annotations

import _socket
from abc import abstractmethod
from typing import TYPE_CHECKING

import gevent
from engineio.packet import Packet
from engineio.server import Server
from engineio.socket import Socket

from server.live.sockets.backlog import Backlog
from server.live.sockets.frames import BINARY, frame, text_frame

if TYPE_CHECKING:
    from gevent._types import _IoWatcher, _TimerWatcher

WRITE = 2
_CONNECTED = "40"


class FrameSender(Socket):
    """Sends frames to one client. Bytes that the kernel does not accept at once wait in a bounded backlog."""

    server: Server
    sock: _socket.socket
    _connect_answer = b""
    # Whether a greenlet is handling messages of the client. Meanwhile ``_connect_answer`` holds back the reply to
    # CONNECT, which is sent together with the next frame.
    _handling = False
    _send_timeout: float
    _backlog: Backlog | None = None
    _write_watcher: _IoWatcher | None = None
    _write_timer: _TimerWatcher | None = None

    @abstractmethod
    def _end(self, reason: str, *, abort: bool = True) -> None:
        """Closes the connection in a greenlet."""

    @abstractmethod
    def _give_up(self) -> None:
        """Disconnects a client that does not read; called when the backlog is full or the send timeout is over."""

    @abstractmethod
    def _shut_down(self) -> None:
        """Shuts down the sending side of the socket; called when a closed connection has sent its backlog."""

    def push(self, data: bytes, urgent: bool = False) -> bool:
        """Sends a frame now, or as soon as the kernel accepts it; ``urgent`` puts it before waiting ordinary frames.

        Drops the frame if the connection is closed, and ends the connection if its backlog is full. Always returns
        True: fan-out calls this, and must not use the library's queue in addition.
        """
        if self.closed:
            return True
        if self._connect_answer:
            data, self._connect_answer = self._connect_answer + data, b""
        if self._backlog is None:
            sent = self._write(data)
            if 0 <= sent < len(data):
                self._start_writing(data, sent, urgent=urgent)
        elif not self._backlog.add(data, urgent=urgent):
            self._give_up()
        return True

    def send(self, pkt: Packet) -> None:
        """Sends one Engine.IO packet; called by the library. The reply to CONNECT is sent with the next packet."""
        encoded = pkt.encode()
        if isinstance(encoded, bytes):
            self.push(frame(BINARY, encoded))
        elif self._handling and encoded.startswith(_CONNECTED):
            self._connect_answer += text_frame(encoded.encode())
        else:
            self.push(text_frame(encoded.encode()))

    def _write(self, data: bytes | memoryview) -> int:
        """Writes to the socket; returns the number of bytes that the kernel accepted.

        Returns -1 and ends the connection if it is lost.
        """
        try:
            return self.sock.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self._end(self.server.reason.TRANSPORT_ERROR)
            return -1

    def _start_writing(self, data: bytes, sent: int, *, urgent: bool) -> None:
        self._backlog = Backlog()
        self._backlog.begin(data, sent, urgent=urgent)
        loop = gevent.get_hub().loop
        self._write_watcher = loop.io(self.sock.fileno(), WRITE)
        self._write_watcher.start(self._on_writable)
        # A repeating timer, because its ``again`` restarts it with the full timeout; ``start`` would continue with
        # the remaining time.
        self._write_timer = loop.timer(self._send_timeout, self._send_timeout)
        self._write_timer.again(self._give_up)

    def _on_writable(self) -> None:
        backlog = self._backlog
        while backlog:
            sent = self._write(backlog.head)
            if sent <= 0:
                return
            backlog.remove(sent)
            if self._write_timer is not None:
                self._write_timer.again(self._give_up)
        self._stop_writing()
        if self.closed:
            self._shut_down()

    def _stop_writing(self) -> None:
        self._backlog = None
        for watcher in (self._write_watcher, self._write_timer):
            if watcher is not None:
                watcher.stop()
                watcher.close()
        self._write_watcher = self._write_timer = None
