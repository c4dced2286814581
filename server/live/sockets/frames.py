"""Encodes the server's WebSocket frames and decodes those of clients (RFC 6455); used by live.sockets and fanout.

No extension is ever negotiated, so a frame with a reserved bit is an error. The tests compare this module with
wsproto; docs/decisions/0016 explains why wsproto does not decode the frames itself.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
Message = tuple[int, str | bytes]  # opcode and payload; str for TEXT, bytes for all others
FRAGMENT: Message = (CONTINUATION, b"")
_FIN = 0x80
_MASKED = 0x80
_OPCODES = frozenset((CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))
_CLIENT_CLOSE_CODES = frozenset((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014))
# Close codes that the server sends (RFC 6455, 7.4.1).
NORMAL, GOING_AWAY, PROTOCOL_ERROR, NOT_UTF_8, POLICY, TOO_LARGE, OUR_FAULT = 1000, 1001, 1002, 1007, 1008, 1009, 1011
MOST_FRAGMENTS = 256


class BrokenFrameError(Exception):
    """The bytes are not a valid frame of a client; the connection must be ended with the Close code ``code``."""

    def __init__(self, reason: str, code: int = PROTOCOL_ERROR) -> None:
        super().__init__(reason)
        self.code = code


def frame(opcode: int, payload: bytes) -> bytes:
    """Returns one unmasked frame that holds a whole message."""
    size = len(payload)
    if size < 126:
        return bytes((_FIN | opcode, size)) + payload
    if size < 1 << 16:
        return bytes((_FIN | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((_FIN | opcode, 127)) + size.to_bytes(8, "big") + payload


def close_frame(code: int) -> bytes:
    """Returns a Close frame with this code (RFC 6455, 7.4.1)."""
    return frame(CLOSE, code.to_bytes(2, "big"))


def text_frame(payload: bytes) -> bytes:
    """Returns one frame that holds a whole text message; ``payload`` is UTF-8."""
    return frame(TEXT, payload)


class ClientFrames:
    """Decodes one client's frames from chunks of any size. ``largest`` is the size limit of a message in bytes."""

    __slots__ = ("_fragments", "_largest", "_rest")

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._rest = b""
        self._fragments: _Fragments | None = None

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yields (opcode, payload) of each message that ``data`` completes, and ``FRAGMENT`` for any other frame.

        Raises BrokenFrameError at an invalid frame, after yielding what precedes it. Must not be called again after
        that error, nor after a CLOSE frame.
        """
        data, self._rest = self._rest + data, b""
        at = 0
        while (read := self._read_frame(data, at)) is not None:
            opcode, fin, payload, at = read
            yield self._message(opcode, fin, payload)
        self._rest = data[at:]

    def _read_frame(self, data: bytes, at: int) -> tuple[int, bool, bytes, int] | None:
        """The frame at ``at`` as (opcode, FIN, payload, index of the next frame); None if it is incomplete."""
        if len(data) < at + 2:
            if len(data) == at + 1:
                _opcode(data[at])
            return None
        first, second = data[at], data[at + 1]
        opcode = _opcode(first)
        if not second & _MASKED:
            raise BrokenFrameError("a client's frame must be masked")
        size, begin = second & 0x7F, at + 2
        if opcode >= CLOSE and (size > 125 or not first & _FIN):
            raise BrokenFrameError("a control frame must be short and not fragmented")
        if size >= 126:
            length = 2 if size == 126 else 8
            if len(data) < begin + length:
                return None
            size = int.from_bytes(data[begin : begin + length], "big")
            if size < (126 if length == 2 else 1 << 16):
                raise BrokenFrameError("a length must take as few bytes as possible")
            begin += length
        if size + (self._fragments.size if self._fragments and opcode < CLOSE else 0) > self._largest:
            raise BrokenFrameError("too large", TOO_LARGE)
        end = begin + 4 + size
        if len(data) < end:
            return None
        return opcode, bool(first & _FIN), _unmasked(data[begin + 4 : end], data[begin : begin + 4]), end

    def _message(self, opcode: int, fin: bool, payload: bytes) -> Message:
        """The message that a frame completes; FRAGMENT if more fragments must follow."""
        if opcode >= CLOSE:
            return opcode, _checked_close(payload) if opcode == CLOSE else payload
        if (opcode == CONTINUATION) != (self._fragments is not None):
            raise BrokenFrameError("continuation frames must follow a first fragment, and nothing else may")
        if self._fragments is None and fin:
            return opcode, _text(payload) if opcode == TEXT else payload
        fragments = self._fragments = self._fragments or _Fragments(opcode)
        fragments.add(payload, fin)
        if not fin:
            return FRAGMENT
        self._fragments = None
        return fragments.opcode, fragments.joined()


class _Fragments:
    """A message of which not all fragments have arrived yet; ``size`` is the number of bytes received so far.

    The number of fragments is limited too, because empty fragments could otherwise fill the memory.
    """

    __slots__ = ("_count", "_data", "_decoder", "_text", "opcode", "size")

    def __init__(self, opcode: int) -> None:
        self.opcode, self.size, self._count = opcode, 0, 0
        self._text: list[str] = []
        self._data: list[bytes] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")() if opcode == TEXT else None

    def add(self, payload: bytes, last: bool) -> None:
        self.size += len(payload)
        self._count += 1
        if self._count > MOST_FRAGMENTS:
            raise BrokenFrameError("too many fragments", POLICY)
        if self._decoder is None:
            self._data.append(payload)
            return
        try:
            self._text.append(self._decoder.decode(payload, last))
        except UnicodeDecodeError as error:
            raise BrokenFrameError("text must be UTF-8", NOT_UTF_8) from error

    def joined(self) -> str | bytes:
        return "".join(self._text) if self.opcode == TEXT else b"".join(self._data)


def _opcode(first: int) -> int:
    """The opcode in a frame's first byte. Raises BrokenFrameError for reserved bits and unknown opcodes."""
    if first & 0x70 or (first & 0x0F) not in _OPCODES:
        raise BrokenFrameError("unknown kind of frame")
    return first & 0x0F


def _unmasked(data: bytes, mask: bytes) -> bytes:
    size = len(data)
    key = (mask * (size // 4 + 1))[:size]
    # XOR of two long integers: the fastest way without an extension module.
    return (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise BrokenFrameError("text must be UTF-8", NOT_UTF_8) from error


def _checked_close(payload: bytes) -> bytes:
    """Returns the payload of a Close frame. Raises BrokenFrameError if its code or its text is not valid."""
    if payload:
        code = int.from_bytes(payload[:2], "big")
        if len(payload) == 1 or not (code in _CLIENT_CLOSE_CODES or 3000 <= code < 5000):
            raise BrokenFrameError("not a close code")
        _text(payload[2:])
    return payload
