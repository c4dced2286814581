"""WebSocket frames (RFC 6455): the server's are made, a client's are read; called by fan-out and sockets.

No extension is ever agreed, so a reserved bit is an error. Held against wsproto by hypothesis.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
_WHOLE = 0x80  # the FIN bit
_MASKED = 0x80
_KNOWN = frozenset((CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))
_CLOSE_CODES = frozenset((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014))


class BrokenFrameError(Exception):
    """What came is no frame, or one that a client must not send; the connection ends."""


def frame(opcode: int, payload: bytes) -> bytes:
    """One unmasked frame of a whole message."""
    size = len(payload)
    if size < 126:
        return bytes((_WHOLE | opcode, size)) + payload
    if size < 1 << 16:
        return bytes((_WHOLE | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((_WHOLE | opcode, 127)) + size.to_bytes(8, "big") + payload


def text_frame(payload: bytes) -> bytes:
    """One frame of a whole text message; ``payload`` is UTF-8."""
    return frame(TEXT, payload)


class ClientFrames:
    """Takes what a client sent, piece by piece; ``largest`` bounds a message in bytes."""

    __slots__ = ("_largest", "_parts", "_rest")

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._rest = b""
        self._parts: _Parts | None = None

    def take(self, data: bytes) -> Iterator[tuple[int, Any]]:
        """Gives what is whole now: (TEXT, str), (BINARY, bytes), (CLOSE, PING or PONG, bytes).

        Raises BrokenFrameError after what came before the fault; is not asked again then, nor after a CLOSE.
        """
        data, self._rest = self._rest + data, b""
        at = 0
        while (read := self._one(data, at)) is not None:
            opcode, whole, payload, at = read
            message = self._message(opcode, whole, payload)
            if message is not None:
                yield message
        self._rest = data[at:]

    def _one(self, data: bytes, at: int) -> tuple[int, bool, bytes, int] | None:
        """The frame at ``at`` as (opcode, FIN, payload, where the next begins); None where it is not all there."""
        if len(data) < at + 2:
            if len(data) == at + 1:
                _known(data[at])
            return None
        first, second = data[at], data[at + 1]
        opcode = _known(first)
        if not second & _MASKED:
            raise BrokenFrameError("a client's frame is masked")
        size, begins = second & 0x7F, at + 2
        if opcode >= CLOSE and (size > 125 or not first & _WHOLE):
            raise BrokenFrameError("a control frame is short and whole")
        if size >= 126:
            length = 2 if size == 126 else 8
            if len(data) < begins + length:
                return None
            size = int.from_bytes(data[begins : begins + length], "big")
            if size < (126 if length == 2 else 1 << 16):
                raise BrokenFrameError("a length is written as short as possible")
            begins += length
        if size + (self._parts.size if self._parts and opcode < CLOSE else 0) > self._largest:
            raise BrokenFrameError("too large")
        ends = begins + 4 + size
        if len(data) < ends:
            return None
        return opcode, bool(first & _WHOLE), _unmasked(data[begins + 4 : ends], data[begins : begins + 4]), ends

    def _message(self, opcode: int, whole: bool, payload: bytes) -> tuple[int, Any] | None:
        if opcode >= CLOSE:
            return opcode, _close(payload) if opcode == CLOSE else payload
        if (opcode == CONTINUATION) != (self._parts is not None):
            raise BrokenFrameError("a message begins once, and is continued after that")
        if self._parts is None and whole:
            return opcode, _text(payload) if opcode == TEXT else payload
        parts = self._parts = self._parts or _Parts(opcode)
        parts.add(payload, whole)
        if not whole:
            return None
        self._parts = None
        return parts.opcode, parts.joined()


class _Parts:
    """A message of which not all fragments have come."""

    __slots__ = ("_decoder", "_got", "opcode", "size")

    def __init__(self, opcode: int) -> None:
        self.opcode, self.size = opcode, 0
        self._got: list[Any] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")() if opcode == TEXT else None

    def add(self, payload: bytes, last: bool) -> None:
        self.size += len(payload)
        if self._decoder is None:
            self._got.append(payload)
            return
        try:
            self._got.append(self._decoder.decode(payload, last))
        except UnicodeDecodeError as error:
            raise BrokenFrameError("text is UTF-8") from error

    def joined(self) -> Any:
        return ("" if self.opcode == TEXT else b"").join(self._got)


def _known(first: int) -> int:
    if first & 0x70 or (first & 0x0F) not in _KNOWN:
        raise BrokenFrameError("unknown kind of frame")
    return first & 0x0F


def _unmasked(data: bytes, mask: bytes) -> bytes:
    size = len(data)
    key = (mask * (size // 4 + 1))[:size]
    # One exclusive or of two long numbers: as fast as it gets without an extension.
    return (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise BrokenFrameError("text is UTF-8") from error


def _close(payload: bytes) -> bytes:
    if payload:
        code = int.from_bytes(payload[:2], "big")
        if len(payload) == 1 or not (code in _CLOSE_CODES or 3000 <= code < 5000):
            raise BrokenFrameError("no such code of closing")
        _text(payload[2:])
    return payload
