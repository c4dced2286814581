"""Fan-out, step 2: an Engine.IO socket without greenlets, for clients that come by WebSocket at once.

Made by the doorway, which has answered the handshake; known to python-engineio as one of its sockets. One libev
watcher a client in the place of three greenlets, one wheel for all pings, no queue: what the system does not take
waits in a bounded backlog. Measured beside step 1 for 9,900 clients: 4.7 KiB a client instead of 56, 0.76 % of a core
idle instead of 5.3, 3,150 connects a second instead of 2,060 (PERFORMANCE). Polling, and WebSockets that were
upgraded from it, stay on the library's own socket.
"""

from __future__ import annotations

import _socket
import re
import socket
from collections import deque
from collections.abc import Callable
from typing import Any

import gevent
import structlog
from engineio.socket import Socket

from server.live.sockets.backlog import Backlog
from server.live.sockets.frames import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    BrokenFrameError,
    ClientFrames,
    frame,
    text_frame,
)
from server.live.sockets.ping_timer import PingTimer

log = structlog.get_logger("hub")
READ, WRITE = 1, 2
PIECE = 64 * 1024
MOST_UNHEARD = 256
_PING = text_frame(b"2")
_FAREWELL = text_frame(b"1") + frame(CLOSE, (1000).to_bytes(2, "big"))
_CONNECTED = "40"
# What python-socketio's packets raise at nonsense: no number, no JSON, no list, no name of an event.
NOT_UNDERSTOOD = (ValueError, TypeError, LookupError, RecursionError)
_PACKET = re.compile(r"[12356]\Z|[23]probe\Z|4")


class NoQueue:
    """Stands where the library's sockets have a queue; nothing ever waits in it."""

    def qsize(self) -> int:
        return 0

    def empty(self) -> bool:
        return True

    def put(self, _packet: object) -> None:
        """Nothing waits for it."""

    def join(self) -> None:
        """Nothing is waited for."""


class EventSocket(Socket):  # type: ignore[misc] # engineio carries no types
    """One client. Everything but ``close`` may be called from the loop itself, so nothing there waits."""

    queue = NoQueue()
    connected = upgraded = True
    upgrading = False
    _held = b""

    def __init__(
        self,
        server: Any,
        sid: str,
        sock: _socket.socket,
        ping_timer: PingTimer,
        *,
        patience: float,
        on_deaf: Callable[[], object] = lambda: None,
    ) -> None:
        """``patience``: seconds without progress after which a reader is given up, and ``on_deaf`` is told.

        The base's own is not called.
        """
        self.server, self.sid = server, sid
        self.sock: Any = sock
        self.closing = self.closed = self._ending = False
        self.session: dict[str, Any] = {}
        self._ping_timer, self._patience, self._on_deaf = ping_timer, patience, on_deaf
        self._slot = ping_timer.add(self)
        self._frames = ClientFrames(server.max_http_buffer_size)
        self._heard: deque[Any] | None = None
        self._awaits_pong = False
        self._backlog: Backlog | None = None
        self._writer: Any = None
        self._timer: Any = None
        self._reader: Any = gevent.get_hub().loop.io(sock.fileno(), READ)

    def start(self, early: bytes = b"") -> None:
        """Begins to listen; ``early`` is what came behind the handshake."""
        self._reader.start(self._readable)
        if early:
            self._take(early)

    # out

    def push(self, data: bytes, urgent: bool = False) -> bool:
        """Writes a frame, now or as soon as it goes; always True: nothing is left to the library's queue."""
        if self.closed:
            return True
        if self._held:
            data, self._held = self._held + data, b""
        if self._backlog is None:
            sent = self._write(data)
            if 0 <= sent < len(data):
                self._wait_to_write(data, sent)
        elif not self._backlog.add(data, urgent=urgent):
            self._give_up()
        return True

    def send(self, pkt: Any) -> None:
        """As the library sends: one packet. The answer to CONNECT leaves together with what follows it."""
        encoded = pkt.encode()
        data = frame(BINARY, encoded) if pkt.binary else text_frame(encoded.encode())
        if self._heard is not None and not pkt.binary and encoded.startswith(_CONNECTED):
            self._held += data
        else:
            self.push(data)

    def _write(self, data: bytes | memoryview) -> int:
        """How much the system took; -1 where the connection is gone, which is then ended."""
        try:
            return int(self.sock.send(data))
        except BlockingIOError:
            return 0
        except OSError:
            self._end(self.server.reason.TRANSPORT_ERROR)
            return -1

    def _wait_to_write(self, data: bytes, sent: int) -> None:
        self._backlog = Backlog()
        self._backlog.begin(data, sent)
        loop = gevent.get_hub().loop
        self._writer = loop.io(self.sock.fileno(), WRITE)
        self._writer.start(self._writable)
        # Repeating, so that ``again`` begins it anew: start after stop goes on with what was left.
        self._timer = loop.timer(self._patience, self._patience)
        self._timer.again(self._give_up)

    def _writable(self) -> None:
        backlog = self._backlog
        while backlog:
            sent = self._write(backlog.head)
            if sent <= 0:
                return
            backlog.took(sent)
            self._timer.again(self._give_up)
        self._stop_writing()
        if self.closed:
            self._hang_up()

    def _stop_writing(self) -> None:
        self._backlog = None
        for watcher in (self._writer, self._timer):
            if watcher is not None:
                watcher.stop()
                watcher.close()
        self._writer = self._timer = None

    def _give_up(self) -> None:
        if self.closed:
            self._let_go()
            return
        self._on_deaf()
        log.warning("screen cut", reason="does not read", queued=len(self._backlog or ()), sid=self.sid)
        self._end(self.server.reason.TRANSPORT_ERROR)

    # in

    def _readable(self) -> None:
        try:
            data = self.sock.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if self.closed:
            if not data:
                self._let_go()
        elif data:
            self._take(data)
        else:
            self._end(self.server.reason.TRANSPORT_CLOSE)

    def _take(self, data: bytes) -> None:
        try:
            for opcode, payload in self._frames.take(data):
                self._take_one(opcode, payload)
                if self._ending:
                    return
        except BrokenFrameError:
            self._end(self.server.reason.TRANSPORT_ERROR)

    def _take_one(self, opcode: int, payload: Any) -> None:
        if opcode in (TEXT, BINARY):
            self._hear(payload)
        elif opcode == PING:
            self.push(frame(PONG, payload))
        elif opcode == CLOSE:
            self.push(frame(CLOSE, payload[:2]))
            self._end(self.server.reason.TRANSPORT_CLOSE)

    def _hear(self, packet: str | bytes) -> None:
        """Engine.IO's own packets at once; messages in a greenlet of their own, one after the other."""
        if isinstance(packet, str):
            if not _PACKET.match(packet):
                self._end(self.server.reason.TRANSPORT_ERROR)
                return
            if packet[0] != "4":
                self._hear_engine(packet)
                return
            packet = packet[1:]
        if self._heard is not None:
            self._heard.append(packet)
            if len(self._heard) > MOST_UNHEARD:
                self._end(self.server.reason.TRANSPORT_ERROR)
            return
        self._heard = deque((packet,))
        gevent.spawn(self._answer)

    def _hear_engine(self, packet: str) -> None:
        if packet[0] == "3":
            self._awaits_pong = False
        elif packet == "1":
            self._end(self.server.reason.CLIENT_DISCONNECT)
        elif packet == "5":
            self.push(text_frame(b"6"))

    def _answer(self) -> None:
        """What the library cannot take apart ends the connection, as Socket.IO's protocol wants it.

        Asked of the handler itself: the library's ``_trigger_event`` would log any error and go on. Another error
        than those of taking apart is a fault of ours: the loop tells of it, and the screen comes back.
        """
        try:
            while self._heard and not self.closing:
                self.server.handlers["message"](self.sid, self._heard.popleft())
                if self._held:
                    self.push(b"")
        except NOT_UNDERSTOOD as error:
            log.warning("screen cut", reason="not understood", sid=self.sid, said=repr(error)[:60])
            self._end(self.server.reason.TRANSPORT_ERROR)
        except Exception:
            self._end(self.server.reason.TRANSPORT_ERROR)
            raise
        finally:
            self._heard = None

    # pings: called by the wheel

    def ping(self) -> None:
        self._awaits_pong = True
        self.push(_PING)

    def expect_pong(self) -> None:
        if self._awaits_pong and not self.closed:
            # The answer may lie in the system's buffer still, where the process was away for a while.
            self._readable()
        if self._awaits_pong and not self.closing:
            self._end(self.server.reason.PING_TIMEOUT, abort=False)
        elif self.closed:
            self._let_go()

    def check_ping_timeout(self) -> bool:
        """The library's monitor asks; the wheel has its own way."""
        return True

    def schedule_ping(self) -> None:
        """The wheel turns by itself."""

    # the end

    def _end(self, reason: str, *, abort: bool = True) -> None:
        """Ends the connection; in a greenlet, because those who hear of it may wait."""
        if self.closed:
            self._let_go()
        elif not self._ending and not self.closing:
            self._ending = True
            if abort:
                self._reader.stop()
                self._stop_writing()
            gevent.spawn(self.close, wait=False, abort=abort, reason=reason)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002
        """As the library's: ``abort`` hangs up at once, otherwise what waits is sent first, then a farewell.

        ``wait`` is the library's too; nothing here is worth waiting for.
        """
        if self.closing:
            return
        self.closing = True
        self.server._trigger_event(
            "disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT, run_async=False
        )
        if not abort:
            self.push(_FAREWELL)
        self.closed = True
        if self.server.sockets.get(self.sid) is self:
            del self.server.sockets[self.sid]
        if abort:
            self._let_go()
        elif self._backlog is None:
            self._hang_up()

    def _hang_up(self) -> None:
        """Everything is said: the other side closes too, or the wheel comes by."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._let_go()

    def _let_go(self) -> None:
        if self.sock is None:
            return
        self._ping_timer.remove(self, self._slot)
        self._stop_writing()
        self._reader.stop()
        self._reader.close()
        self.sock.close()
        self.sock = self._reader = None
