"""Finds the kind of an uploaded file by its content, never by its name; called by server.media.importer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from feeds.errors import ParseError

FileKind = Literal["picture", "pdf", "mp4", "webm", "sheet", "text"]
MEBIBYTE = 2**20
LARGEST: Mapping[FileKind, int] = {
    "picture": 10 * MEBIBYTE,
    "pdf": 40 * MEBIBYTE,
    "mp4": 200 * MEBIBYTE,
    "webm": 200 * MEBIBYTE,
    "sheet": 10 * MEBIBYTE,
    "text": 2 * MEBIBYTE,
}
LARGEST_OF_ALL = max(LARGEST.values())
HEAD = 4096
"""The number of bytes from the start of a file that ``kind_of`` needs."""
_PHONE_PHOTOS = (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif")
_NAMES: Mapping[FileKind, str] = {
    "picture": "Ảnh", "pdf": "Tệp PDF", "mp4": "Video", "webm": "Video", "sheet": "Bảng tính", "text": "Tệp CSV",
}  # fmt: skip


def kind_of(head: bytes) -> FileKind:
    """Returns the kind of a file whose first bytes are ``head``.

    Raises ParseError, with a Vietnamese sentence about the accepted formats, if it is none of them.
    """
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")):
        return "picture"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "picture"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[4:8] == b"ftyp":
        return _with_brand(head[8:12])
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "webm"
    if head.startswith(b"PK\x03\x04"):
        return "sheet"
    return _text(head)


def check_size(kind: FileKind, size: int) -> None:
    """Raises ParseError if ``size``, in bytes, is above the limit for files of this kind."""
    if size > LARGEST[kind]:
        raise ParseError(f"{_NAMES[kind]} lớn quá {LARGEST[kind] // MEBIBYTE} MB.", "too-large")


def _with_brand(brand: bytes) -> FileKind:
    if brand in _PHONE_PHOTOS:
        raise ParseError("Ảnh HEIC của điện thoại: hãy lưu lại thành JPEG rồi gửi.", "type")
    return "mp4"


def _text(head: bytes) -> FileKind:
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ParseError("Tệp Office đời cũ: hãy lưu lại thành .xlsx hoặc PDF rồi gửi.", "type")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head or start.startswith(b"<") or (b"\x00" in head and not _is_utf_16(head)):
        raise ParseError("Chỉ nhận ảnh JPEG, PNG, WebP, GIF; PDF; video MP4, WebM; bảng XLSX, CSV.", "type")
    return "text"


def _is_utf_16(head: bytes) -> bool:
    """Returns whether a text is in UTF-16, as spreadsheets write "Unicode text", with or without a byte order mark.

    Without a mark, at least half of the characters must be ASCII: every second byte is then zero, the others never.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    even, odd = head[::2], head[1::2]
    return any(zeros.count(0) * 2 > len(zeros) and 0 not in others for zeros, others in ((odd, even), (even, odd)))
