"""Decompresses response bodies while they arrive, up to a size limit; used by feeds.download.http."""

from __future__ import annotations

import zlib

from feeds.errors import TooLarge, Unreachable

_GZIP_MARK = b"\x1f\x8b"


class Unpacker:
    """Decompresses one body to at most ``max_bytes``.

    ``encoding`` is the Content-Encoding header: gzip, deflate or none. For any other encoding, or several at once,
    the constructor raises Unreachable. A body that is declared as gzip but has no gzip header is kept unchanged.
    """

    def __init__(self, encoding: str, max_bytes: int) -> None:
        self._kind = encoding.strip().lower().removeprefix("x-") or "identity"
        if self._kind not in ("identity", "gzip", "deflate"):
            raise Unreachable(f"Máy chủ nguồn dùng kiểu nén không hỗ trợ: {encoding[:40]}.", "encoding")
        self._left = max_bytes
        self._stream: zlib._Decompress | None = None
        self._head = b""
        self._pieces: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """Decompresses the next chunk. Raises TooLarge beyond ``max_bytes``, Unreachable for a damaged stream."""
        if self._kind == "identity":
            self._keep(chunk)
        elif self._stream is not None:
            self._unpack(chunk)
        else:
            self._head += chunk
            if len(self._head) >= 2:
                self._begin()

    def body(self) -> bytes:
        """Returns the decompressed bytes of all chunks so far."""
        return b"".join(self._pieces)

    def _begin(self) -> None:
        head, self._head = self._head, b""
        if head.startswith(_GZIP_MARK):
            self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif self._kind == "gzip":
            self._kind = "identity"
        else:  # "deflate" means the zlib format, but some hosts send raw deflate; the first two bytes decide
            is_zlib = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
        self.feed(head)

    def _unpack(self, chunk: bytes) -> None:
        while chunk and self._stream is not None:
            try:
                self._keep(self._stream.decompress(chunk, self._left + 1))
            except zlib.error as error:
                raise Unreachable("Nội dung nén từ máy chủ nguồn bị hỏng.", "encoding") from error
            chunk = self._stream.unused_data
            if not self._stream.eof:
                break
            # A gzip file may continue with a second member; anything else after the end is padding.
            self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
            if not chunk.startswith(_GZIP_MARK):
                break

    def _keep(self, piece: bytes) -> None:
        self._left -= len(piece)
        if self._left < 0:
            raise TooLarge("Nội dung từ máy chủ nguồn lớn quá mức cho phép.", "too-large")
        self._pieces.append(piece)
