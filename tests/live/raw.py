"""A WebSocket client on one blocking socket, which can be slow, silent or malformed; used by tests of the hub."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import CloseConnection, TextMessage

PATIENCE = 20.0
REQUEST_LINE = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1"
_KEY = "dGhlIHNhbXBsZSBub25jZQ=="


class Gone(Exception):  # noqa: N818 - it names what has happened
    """Raised when the server has closed the connection."""


class RawScreen:
    """A raw Engine.IO client.

    ``head`` is the response to the handshake; ``packets`` are the received Engine.IO packets as text, in order of
    arrival.
    """

    def __init__(
        self,
        port: int,
        *,
        receive_buffer: int = 0,
        headers: str = "",
        early: str = "",
        request_line: str = REQUEST_LINE,
        origin: str = "http://127.0.0.1",
    ) -> None:
        """Opens the connection and sends the handshake.

        ``early`` is a packet that is sent together with the handshake, without waiting for the response. ``origin``
        is the Origin header; empty: none is sent. ``receive_buffer`` is the size of the socket's buffer in bytes; 0:
        the system's default.
        """
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(("127.0.0.1", port))
        named = f"Origin: {origin}\r\n" if origin else ""
        request = (
            f"{request_line}\r\nHost: 127.0.0.1\r\n{named}Upgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {_KEY}\r\n{headers}\r\n"
        )
        self._frames = Connection(ConnectionType.CLIENT)
        self.sock.sendall(request.encode() + (self._frames.send(TextMessage(early)) if early else b""))
        head, _, rest = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            self.sock.close()
        self.head = head.decode()
        assert self.head.startswith("HTTP/1.1 101"), self.head
        self._text = ""
        self.packets: list[str] = []
        self._take(rest)

    def _until(self, mark: bytes) -> bytes:
        got = b""
        while mark not in got:
            piece = self.sock.recv(65_536)
            if not piece:
                raise Gone
            got += piece
        return got

    def _take(self, data: bytes) -> None:
        self._frames.receive_data(data)
        for event in self._frames.events():
            if isinstance(event, CloseConnection):
                raise Gone
            if isinstance(event, TextMessage):
                self._text += event.data
                if event.message_finished:
                    self.packets.append(self._text)
                    self._text = ""

    def send(self, packet: str) -> None:
        self.sock.sendall(self._frames.send(TextMessage(packet)))

    def send_bytes(self, data: bytes) -> None:
        self.sock.sendall(data)

    def read(self, size: int = 65_536) -> None:
        """Reads once from the socket, and answers a ping if it received one.

        Raises Gone if the server has closed the connection, TimeoutError if nothing arrives.
        """
        try:
            data = self.sock.recv(size)
        except ConnectionError as error:
            raise Gone from error
        if not data:
            raise Gone
        before = len(self.packets)
        self._take(data)
        if "2" in self.packets[before:]:
            self.send("3")

    def wait(self, begins: str, size: int = 65_536) -> str:
        """Removes and returns the first packet that begins with ``begins``; waits for it if necessary.

        Reads at most ``size`` bytes at a time. Raises AssertionError if no such packet arrives within PATIENCE
        seconds.
        """
        deadline = monotonic() + PATIENCE
        while True:
            for packet in self.packets:
                if packet.startswith(begins):
                    self.packets.remove(packet)
                    return packet
            assert monotonic() < deadline, f"no packet that begins with {begins!r}"
            self.read(size)

    def connect(self, auth: Any) -> str:
        """Sends CONNECT to the default namespace; returns the answer, which begins with 40 (accepted) or 44."""
        self.wait("0")
        self.send("40" + json.dumps(auth))
        return self.wait("4")

    def call(self, event: str, *words: Any) -> Any:
        """Emits an event and returns the arguments of its acknowledgement."""
        self.send("421" + json.dumps([event, *words]))
        return json.loads(self.wait("431").removeprefix("431"))

    def gone(self) -> bool:
        """Reads until the server closes the connection and returns True; False if it does not in PATIENCE seconds."""
        deadline = monotonic() + PATIENCE
        try:
            while monotonic() < deadline:
                self.read()
        except Gone:
            return True
        return False

    def close(self) -> None:
        self.sock.close()


@contextmanager
def screen(port: int, board: str | None = "hoi-truong", **options: Any) -> Iterator[RawScreen]:
    """Opens a client that is connected to a board; with board None it has not sent CONNECT yet. Closed on exit."""
    made = RawScreen(port, **options)
    try:
        if board is not None:
            assert made.connect({"board": board}).startswith("40")
        yield made
    finally:
        made.close()
