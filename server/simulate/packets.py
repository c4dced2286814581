"""WebSocket and Engine.IO from a client's side, as little as a simulated screen needs; called by its connection."""

from __future__ import annotations

import base64
import os

_GOODBYE = 8


class ServerSaidGoodbye(Exception):  # noqa: N818 - what has happened
    """The server closes the connection."""


def asking(host: str, board: str) -> bytes:
    """The request of a handshake; the board in the address is for a proxy that shares boards out."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /socket.io/?EIO=4&transport=websocket&board={board} HTTP/1.1\r\nHost: {host}\r\n"
        f"Origin: http://{host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\nUser-Agent: bangtin-simulate\r\n\r\n"
    ).encode()


def frame(text: str) -> bytes:
    """One masked text frame; the mask is zero, which hides nothing and costs nothing."""
    body = text.encode()
    size = len(body)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2, "big")
    if size >= 1 << 16:
        head = bytes((0x81, 0xFF)) + size.to_bytes(8, "big")
    return head + bytes(4) + body


def take_frame(buffer: bytearray) -> tuple[str, int] | None:
    """Takes the first whole frame off: its text and size. The server's are neither masked nor parted.

    None where it is not all there; raises ServerSaidGoodbye.
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
    if buffer[0] & 0x0F == _GOODBYE:
        raise ServerSaidGoodbye
    text = buffer[begins : begins + size].decode()
    del buffer[: begins + size]
    return text, size
