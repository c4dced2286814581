"""An Engine.IO socket without greenlets, for clients that connect by WebSocket without long polling first.

Created by websocket_upgrade after the handshake. One libev watcher per client replaces the library's three greenlets,
one timer sends all pings, and bytes that the kernel does not accept wait in a bounded backlog. Measured with 9,900
clients, in comparison with the library's socket: 4.7 KiB per client instead of 56, 0.76 % of a core when idle instead
of 5.3 %, 3,150 connects per second instead of 2,060 (docs/performance.md). Clients that connect in another way get
the library's own socket.
"""

from __future__ import annotations

import _socket
import socket

import gevent
from engineio.server import Server

from server.live.loop.refusals import Refusals
from server.live.sockets.connection_table import OpenConnection
from server.live.sockets.frame_pacer import FramePacer
from server.live.sockets.frame_receiver import FrameReceiver
from server.live.sockets.frames import (  # opcodes and close codes
    GOING_AWAY,
    NORMAL,
    POLICY,
    ClientFrames,
    close_frame,
    text_frame,
)
from server.live.sockets.no_queue import NoQueue
from server.live.sockets.ping_timer import PingTimer

READ = 1
SLOW_READER = "does not read"
"""The reason in ``Refusals`` for clients that were disconnected because they do not read."""
_PING = text_frame(b"2")
_CLOSE_FRAMES = text_frame(b"1") + close_frame(NORMAL)


class EventSocket(FrameReceiver):
    """The socket of one client. All methods except ``close`` may run in the event loop's greenlet and never block."""

    queue = NoQueue()
    connected = upgraded = True
    upgrading = False
    _released = False
    _close_code = NORMAL
    # The client's entry in the connection table; None after it has connected with a valid key.
    connection: OpenConnection | None = None

    def __init__(
        self,
        server: Server,
        sid: str,
        sock: _socket.socket,
        ping_timer: PingTimer,
        pacer: FramePacer,
        *,
        send_timeout: float,
        refusals: Refusals,
    ) -> None:
        """Takes over the non-blocking ``sock``. The base class's ``__init__``, which starts greenlets, is not called.

        A client that accepts no byte for ``send_timeout`` seconds is disconnected; ``refusals`` counts such clients.
        """
        self.server, self.sid, self.sock = server, sid, sock
        self.closing = self.closed = self._ending = False
        self.session = {}
        self._ping_timer, self._send_timeout, self._refusals = ping_timer, send_timeout, refusals
        self._pacer, self._slot = pacer, ping_timer.add(self)
        self._frames = ClientFrames(server.max_http_buffer_size)
        self._read_watcher = gevent.get_hub().loop.io(sock.fileno(), READ)

    def start(self, early: bytes = b"") -> None:
        """Starts to read. ``early`` are the bytes that arrived together with the handshake request, after it."""
        self._read_watcher.start(self._on_readable)
        if early:
            self._feed(early)

    def _give_up(self) -> None:
        """Disconnects a client that does not read; called when its backlog is full or its send timeout is over."""
        if self.closed:
            self._release()
            return
        self._refusals.count(SLOW_READER, f"{len(self._backlog or ())} frames wait for {self.sid}")
        self._end(self.server.reason.TRANSPORT_ERROR)

    # pings: called by PingTimer

    def ping(self) -> None:
        """Sends a ping and records that a pong is expected."""
        self._awaits_pong = True
        self.push(_PING)

    def expect_pong(self) -> None:
        """Ends the connection if the last ping was not answered, unless reading from the client is paused.

        If the connection is already closed, releases its socket and watchers.
        """
        if self._unread is not None and not self.closing:
            return  # this server has paused reading from the client, so the pong may be unread
        if self._awaits_pong and not self.closed:
            # If the process was suspended for a while, the pong may still be in the kernel's receive buffer.
            self._on_readable()
        if self._awaits_pong and not self.closing and not self._paced:
            self._end(self.server.reason.PING_TIMEOUT, abort=False)
        elif self.closed:
            self._release()

    def abandon(self) -> None:
        """Ends the connection after its ``ping`` or ``take_turn`` has raised an exception."""
        self._end(self.server.reason.TRANSPORT_ERROR)

    def check_ping_timeout(self) -> bool:
        """Overrides the library's check for a ping timeout: always True (no timeout), because PingTimer checks."""
        return True

    def schedule_ping(self) -> None:
        """Overrides the library's method and does nothing, because PingTimer sends the pings."""

    # closing

    def fail(self, code: int, why: str, said: str = "") -> None:
        """Ends the connection with a Close frame of this ``code`` (RFC 6455, 7.4.1), and counts the reason ``why``.

        ``why`` must be one of a few fixed texts; ``said`` is what the client sent, as an example for the log. If
        frames wait in the backlog, they are dropped and no Close frame is sent.
        """
        if self.closed or self._ending or self.closing:
            return
        self._refusals.count(f"cut: {why}", f"code={code} sid={self.sid} {said}")
        self._close_code = code
        self._end(self.server.reason.TRANSPORT_ERROR, abort=self._backlog is not None)

    def give_up_connecting(self) -> None:
        """Ends the connection; called by the connection table if CONNECT is late or too many connections are open."""
        self.fail(POLICY, "no CONNECT in time, or too many connections")

    def cut(self, code: int) -> None:
        """Ends the connection now, not in a greenlet like ``fail``.

        A Close frame of this ``code`` is sent unless frames wait in the backlog; those are dropped.
        """
        self._close_code = code
        self.close(wait=False, abort=self._backlog is not None)

    def admit(self, *, keyed: bool) -> bool:
        """Records that the client's CONNECT was valid.

        A client with a key is removed from the connection table; any other becomes a viewer in the table. Returns
        False if there are too many viewers, of its address or in all.
        """
        if self.connection is None:
            return True
        if not keyed:
            return self.connection.watch()
        self.connection.leave()
        self.connection = None
        return True

    def send_going_away(self) -> None:
        """Sends the Close frame "going away" when the server stops; does nothing if frames wait in the backlog."""
        if not self.closed and self._backlog is None:
            self._write(close_frame(GOING_AWAY))

    def _end(self, reason: str, *, abort: bool = True) -> None:
        """Closes the connection in a greenlet, because handlers of "disconnect" may wait."""
        if self.closed:
            self._release()
        elif not self._ending and not self.closing:
            self._ending = True
            if abort:
                self._read_watcher.stop()
                self._stop_writing()
            gevent.spawn(self.close, wait=False, abort=abort, reason=reason)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002
        """Calls the "disconnect" handlers and closes the connection.

        With ``abort`` it is closed at once; otherwise the backlog and the closing packets are sent first. ``wait``
        has no effect; the library passes it.
        """
        if self.closing:
            return
        self.closing = True
        self.server._trigger_event(
            "disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT, run_async=False
        )
        if not abort:
            self.push(_CLOSE_FRAMES if self._close_code == NORMAL else close_frame(self._close_code))
        self.closed = True
        if self.server.sockets.get(self.sid) is self:
            del self.server.sockets[self.sid]
        if abort:
            self._release()
        elif self._backlog is None:
            self._shut_down()

    def _shut_down(self) -> None:
        """Shuts down the sending side. If the client does not close its side, ``expect_pong`` frees the socket."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._release()

    def _release(self) -> None:
        """Closes the socket, and removes the client from the event loop, the ping timer and the connection table."""
        if self._released:
            return
        self._released = True
        if self.connection is not None:
            self.connection.leave()
            self.connection = None  # breaks a reference cycle, because the garbage collector runs rarely
        self._ping_timer.remove(self, self._slot)
        self._stop_writing()
        self._read_watcher.stop()
        self._read_watcher.close()
        self.sock.close()
