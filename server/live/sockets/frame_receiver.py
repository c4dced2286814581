"""The receiving part of EventSocket: reads a client's frames, and passes its messages to python-socketio in order.

A base class of event_socket.EventSocket, which adds starting and closing.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import deque
from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING

import gevent

from server.live.sockets.frame_pacer import CREDIT_A_SECOND, MOST_CREDIT, FramePacer
from server.live.sockets.frame_sender import FrameSender
from server.live.sockets.frames import (
    BINARY,
    CLOSE,
    OUR_FAULT,
    PING,
    POLICY,
    PONG,
    TEXT,
    BrokenFrameError,
    ClientFrames,
    Message,
    frame,
    text_frame,
)

if TYPE_CHECKING:
    from gevent._types import _IoWatcher

CHUNK = 64 * 1024
# Reading from a client pauses at MOST_UNHANDLED waiting messages, and resumes at FEW_UNHANDLED.
MOST_UNHANDLED, FEW_UNHANDLED = 256, 64
# How many bytes are still read from a client after the connection was closed. If they were left unread, the kernel
# would reset the connection, and the client might not get the Close frame.
MOST_AFTER_CLOSE = 256 * 1024
# The exceptions that python-socketio raises for malformed packets, such as invalid JSON or a missing event name.
MALFORMED = (ValueError, TypeError, LookupError, RecursionError)
_PACKET = re.compile(r"[12356]\Z|[23]probe\Z|4")


class FrameReceiver(FrameSender):
    """Reads one client's frames, and passes on its messages.

    Reading pauses while the client has no credit (frame_pacer), and while too many messages wait.
    """

    _read_watcher: _IoWatcher
    _frames: ClientFrames
    _pacer: FramePacer
    _ending: bool
    _inbox: deque[str | bytes] | None = None
    _awaits_pong = False
    _still_read = 0  # number of bytes that arrived after the connection was closed
    # The messages that are still to be handled while reading is paused, otherwise None. ``_paced`` is True if the
    # client waits for its turn in the FramePacer.
    _unread: Iterator[Message] | None = None
    _paced = False
    _credit, _credit_at = MOST_CREDIT, 0.0

    @abstractmethod
    def fail(self, code: int, why: str, said: str = "") -> None:
        """Ends the connection with a Close frame of this ``code``."""

    @abstractmethod
    def abandon(self) -> None:
        """Ends the connection after an exception in this program."""

    @abstractmethod
    def _release(self) -> None:
        """Closes the socket and frees what is held for the connection."""

    def _on_readable(self) -> None:
        if self._unread is not None:
            return
        try:
            data = self.sock.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if self.closed:
            self._still_read += len(data)
            if not data or self._still_read > MOST_AFTER_CLOSE:
                self._release()
        elif not data:
            self._end(self.server.reason.TRANSPORT_CLOSE)
        elif not self._ending:
            self._feed(data)

    def _feed(self, data: bytes) -> None:
        now = monotonic()  # not the event loop's time, which jumps when the system's clock is set
        # A read costs one credit, as a frame does: otherwise a frame that is sent byte by byte would cost nothing.
        self._credit = min(MOST_CREDIT, self._credit + (now - self._credit_at) * CREDIT_A_SECOND) - 1
        self._credit_at = now
        self._read(self._frames.feed(data))

    def _read(self, messages: Iterator[Message]) -> None:
        """Handles ``messages`` until the inbox is full or no credit is left; then pauses reading."""
        try:
            for opcode, payload in messages:
                if opcode in (TEXT, BINARY):
                    self._receive(payload)
                elif isinstance(payload, bytes):
                    self._receive_control(opcode, payload)
                if self._ending:
                    return
                self._credit -= 1
                if self._inbox is not None and len(self._inbox) >= MOST_UNHANDLED:
                    self._stop_reading(messages)
                    return
                if self._credit < 0:
                    break
        except BrokenFrameError as error:
            self.fail(error.code, str(error))
        if self._credit < 0 and not self._ending:
            self._stop_reading(messages)
            self._paced = True
            self._pacer.add(self)

    def _stop_reading(self, messages: Iterator[Message]) -> None:
        self._unread = messages
        self._read_watcher.stop()

    def take_turn(self, frames: int) -> None:
        """Handles about ``frames`` frames of the paused client, unless it is closed; called by the FramePacer."""
        self._paced, self._credit = False, max(self._credit, frames)
        self._resume_if_drained()  # if the inbox is full, ``_handle_messages`` resumes

    def _resume_if_drained(self) -> None:
        """Resumes paused reading if few messages are left in the inbox and the client does not wait for a turn."""
        messages = self._unread
        if self._paced or messages is None or len(self._inbox or ()) > FEW_UNHANDLED or self._ending or self.closing:
            return
        self._unread = None
        self._read(messages)
        self._read_again()

    def _read_again(self) -> None:
        if self._unread is None and not self._ending:
            self._read_watcher.start(self._on_readable)

    def _receive_control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.push(frame(PONG, payload))
        elif opcode == CLOSE:
            self.push(frame(CLOSE, payload[:2]))
            self._end(self.server.reason.TRANSPORT_CLOSE)

    def _receive(self, packet: str | bytes) -> None:
        """Handles one Engine.IO packet: control packets at once, messages in a greenlet, one after the other."""
        if isinstance(packet, str):
            if not _PACKET.match(packet):
                self.fail(POLICY, "no packet of Engine.IO")
                return
            if packet[0] != "4":
                self._receive_engine_packet(packet)
                return
            packet = packet[1:]
        if self._inbox is not None:
            self._inbox.append(packet)
            return
        self._inbox = deque((packet,))
        self._handling = True
        gevent.spawn(self._handle_messages)

    def _receive_engine_packet(self, packet: str) -> None:
        if packet[0] == "3":
            self._awaits_pong = False
        elif packet == "1":
            self._end(self.server.reason.CLIENT_DISCONNECT)
        elif packet == "5":
            self.push(text_frame(b"6"))

    def _handle_messages(self) -> None:
        """Calls the library's message handler for the messages in the inbox; runs in a greenlet of its own.

        A malformed message ends the connection, as Socket.IO's protocol requires. The handler is called directly,
        because the library's ``_trigger_event`` would log an exception and go on. An exception that is not in
        ``MALFORMED`` is a bug of this program: gevent logs it, the connection is ended, and the client reconnects.
        """
        try:
            while self._inbox and not self.closing:
                self.server.handlers["message"](self.sid, self._inbox.popleft())
                if self._connect_answer:
                    self.push(b"")
                self._resume_if_drained()
        except MALFORMED as error:
            self.fail(POLICY, "not understood", repr(error)[:60])
        except Exception:
            self.fail(OUR_FAULT, "a message could not be handled")
            raise
        finally:
            self._inbox = None
            self._handling = False
