"""Implements the client side of WebSocket and Engine.IO, as far as a simulated screen needs it; used by crowd."""

from __future__ import annotations

import base64
import os

_CLOSE = 8


class ClosedByServer(Exception):  # noqa: N818 - an event, not a fault
    """The server has sent a CLOSE frame."""


def handshake(host: str, board: str) -> bytes:
    """The HTTP request that opens a WebSocket to ``host``.

    Its URL contains the slug of the board, because a proxy may choose the server by the board.
    """
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /socket.io/?EIO=4&transport=websocket&board={board} HTTP/1.1\r\nHost: {host}\r\n"
        f"Origin: http://{host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\nUser-Agent: bangtin-simulate\r\n\r\n"
    ).encode()


def frame(text: str) -> bytes:
    """Returns ``text`` as one masked WebSocket text frame. The mask is zero, so that masking takes no time."""
    body = text.encode()
    size = len(body)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2, "big")
    if size >= 1 << 16:
        head = bytes((0x81, 0xFF)) + size.to_bytes(8, "big")
    return head + bytes(4) + body


def take_frame(buffer: bytearray) -> tuple[str, int] | None:
    """Removes the first frame from ``buffer``; returns (its text, its payload's size in bytes), None if incomplete.

    The server's frames are neither masked nor fragmented. Raises ClosedByServer for a CLOSE frame.
    """
    if len(buffer) < 2:
        return None
    size, begins = buffer[1] & 0x7F, 2
    if size >= 126:
        begins = 4 if size == 126 else 10
        if len(buffer) < begins:
            return None
        size = int.from_bytes(buffer[2:begins], "big")
    if len(buffer) < begins + size:
        return None
    if buffer[0] & 0x0F == _CLOSE:
        raise ClosedByServer
    text = buffer[begins : begins + size].decode()
    del buffer[: begins + size]
    return text, size
