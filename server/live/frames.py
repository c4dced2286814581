"""WebSocket frames of the server's side, made from bytes; called by fan-out and by the sockets it writes to."""

from __future__ import annotations

_TEXT = 0x81  # the last fragment of a text message


def text_frame(payload: bytes) -> bytes:
    """One unmasked text frame (RFC 6455, 5.2) of a whole message; ``payload`` is UTF-8."""
    size = len(payload)
    if size < 126:
        return bytes((_TEXT, size)) + payload
    if size < 1 << 16:
        return bytes((_TEXT, 126)) + size.to_bytes(2, "big") + payload
    return bytes((_TEXT, 127)) + size.to_bytes(8, "big") + payload
