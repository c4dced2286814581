"""Decodes headers and texts of letters, whatever they declare; called by connection and parts."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header

from feeds.errors import ParseError
from feeds.formats.decode import decode

MOST_TEXT = 2**20
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(=\?)")


def value_text(value: object) -> str:
    """A header's value on one line, its encoded words not decoded; raw 8-bit text is decoded."""
    text = re.sub(r"\r?\n[ \t]*", " ", str(value))
    try:
        raw = text.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return text
    return raw.decode("ascii") if raw.isascii() else body_text(raw, "")


def words_text(value: str) -> str:
    """A header's value with its encoded words (RFC 2047) decoded; what cannot be decoded stays as it is."""
    try:
        parts = decode_header(_BETWEEN.sub(r"\1 \2", value))
    except (HeaderParseError, ValueError):
        return value
    return "".join(_word(part, charset or "") for part, charset in _joined(parts))


def body_text(body: bytes, charset: str) -> str:
    """A text in ``charset``; if the bytes are of another encoding, it is found out. At most `MOST_TEXT` bytes."""
    declared = f"text/plain; charset={charset}" if charset else ""
    try:
        return decode(body[:MOST_TEXT], declared).text
    except ParseError:  # damaged gzip
        return ""


def _joined(parts: list[tuple[bytes | str, str | None]]) -> list[tuple[bytes, str | None]]:
    """Neighbouring words of one charset as one: some programs split a letter of UTF-8 between two words."""
    made: list[tuple[bytes, str | None]] = []
    for part, charset in parts:
        raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        if made and charset is not None and made[-1][1] == charset:
            made[-1] = (made[-1][0] + raw, charset)
        else:
            made.append((raw, charset))
    return made


def _word(part: bytes, charset: str) -> str:
    return part.decode("ascii") if part.isascii() and not charset else body_text(part, charset)
