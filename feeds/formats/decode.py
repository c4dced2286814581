"""Decodes bytes to text, whatever encoding a source declares; called by feeds and server.media.importer.

The steps: undeclared gzip is unpacked. The encoding is the first that fits: UTF-16 or UTF-32 by byte order mark or
zero bytes, valid UTF-8, a Vietnamese 8-bit encoding with a clearly Vietnamese result, the declared encoding, a guess.
Then text in a legacy font encoding, or encoded twice, is converted; the result is normalized to NFC.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
import zlib
from dataclasses import dataclass, field

import chardet

from feeds.clean import legacy_fonts
from feeds.clean.vietnamese import likeness
from feeds.errors import ParseError
from feeds.limits import MAX_BYTES

MARKS = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
"""(byte order mark, codec), the longer mark first."""
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})"""
    rb"""|<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""",
    re.I,
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.I)
# Codecs that are character sets; Python has other codecs, too, such as punycode, which takes quadratic time.
_CHARACTER_SET = re.compile(
    r"iso8859|cp\d|koi8|gb|big5|euc|shift_jis|iso2022|hz|mac|tis|latin|johab|utf-(8|16|32)|ptcp|kz1048"
)
_WIDENED = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""A character that XML forbids."""
_VIETNAMESE: tuple[tuple[str, legacy_fonts.Scheme | None], ...] = (
    ("cp1258", None),
    ("latin-1", "tcvn3"),
    ("cp1252", "vni"),
)
_FEW = 3
# chardet's confidence for a few short items: at least 0.3 for a right guess, about 0.1 for a wrong one.
_MIN_CONFIDENCE = 0.2


@dataclass(frozen=True, slots=True)
class Decoded:
    """The result of ``decode``: ``text`` in NFC without characters that XML forbids.

    ``encoding`` names the encoding and, if there was one, the conversion, such as "utf-8, vni"; ``notes`` describe
    oddities in Vietnamese.
    """

    text: str
    encoding: str
    notes: tuple[str, ...] = field(default=())


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Returns the text of ``body``, with notes on oddities; ``content_type`` is the response header.

    Raises ParseError if the body is damaged gzip, or unpacks to more than MAX_BYTES.
    """
    notes: list[str] = []
    if body[:2] == b"\x1f\x8b":
        body = _gunzip(body)
        notes.append("nội dung nén gzip mà không khai báo")
    text, encoding = _to_text(body, content_type)
    scheme = legacy_fonts.detect(text) if legacy_fonts.is_suspect(text) else None
    if scheme is not None:
        text = legacy_fonts.convert(text, scheme)
        encoding = f"{encoding}, {scheme}"
        notes.append(f"chữ cũ đã chuyển sang Unicode ({scheme})")
    return Decoded(FORBIDDEN.sub("", unicodedata.normalize("NFC", text)), encoding, tuple(notes))


def _gunzip(body: bytes) -> bytes:
    """Returns the unpacked body; if its end is missing, returns the part before it.

    Raises ParseError if the body is damaged or too large.
    """
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise ParseError("Nội dung nén bị hỏng, không giải nén được.", "bad-gzip") from error
    if len(plain) > MAX_BYTES:
        raise ParseError("Nội dung giải nén lớn quá mức cho phép.", "too-large")
    return plain


def _to_text(body: bytes, content_type: str) -> tuple[str, str]:
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace"), encoding
    wide = _wide_without_mark(body[:400])
    if wide:
        return body.decode(wide, "replace"), wide
    declared = declared_codec(body, content_type)
    if declared.startswith(("iso2022", "hz")) and (b"\x1b" in body or b"~{" in body):
        return body.decode(declared, "replace"), declared
    utf8 = _as_utf8(body)
    if utf8 is not None:
        return utf8, "utf-8"
    return _narrow(body, declared)


def _wide_without_mark(head: bytes) -> str:
    """Returns the codec of a text in UTF-16 without a byte order mark; "" for any other text.

    UTF-16 is recognized because every other byte of ASCII markup is zero in it.
    """
    pairs = len(head) // 2
    if pairs < 2:
        return ""
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if even > pairs * 0.6 and odd < pairs * 0.2:
        return "utf-16-be"
    if odd > pairs * 0.6 and even < pairs * 0.2:
        return "utf-16-le"
    return ""


def declared_codec(body: bytes, content_type: str) -> str:
    """Returns the codec that the document declares, else that of the header; "" if Python knows none of them.

    A codec that another one contains is replaced by the larger one: ISO 8859-1 by windows-1252.
    """
    found = _DECLARED.search(body[:2048])
    inside = (found.group(1) or found.group(2)).decode("ascii", "ignore") if found else ""
    outside = _CHARSET.search(content_type)
    for name in (inside, outside.group(1) if outside else ""):
        try:
            # Python knows windows-1258 and the like, but windows-874 only as cp874.
            known = codecs.lookup(re.sub(r"(?i)^windows-(?=874$)", "cp", name)).name if name else ""
        except (LookupError, ValueError):
            continue
        if _CHARACTER_SET.match(known) or known == "ascii":
            return _WIDENED.get(known, known)
    return ""


def _as_utf8(body: bytes) -> str | None:
    """Returns ``body`` decoded as UTF-8, or None if it is in another encoding.

    Up to three invalid bytes among many valid characters are tolerated, because a body may be cut within a character.
    """
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text if broken <= _FEW and beyond_ascii >= 10 * broken else None


def _narrow(body: bytes, declared: str) -> tuple[str, str]:
    """Returns (decoded text, name of the encoding) for a body in an 8-bit encoding.

    The encoding is a Vietnamese one if its result is clearly Vietnamese, else the declared one, else chardet's guess.
    """
    best_text, best_name, best_share = "", "", 0.0
    for encoding, scheme in _VIETNAMESE:
        text = unicodedata.normalize("NFC", body.decode(encoding, "replace"))
        if scheme is not None:
            text = legacy_fonts.convert(text, scheme)
        score = likeness(text)
        if score.good >= _FEW and score.share > best_share:
            best_text, best_name, best_share = text, scheme or encoding, score.share
    if best_share >= 0.8:
        return best_text, best_name
    if declared and not declared.startswith("utf"):
        return body.decode(declared, "replace"), declared
    found = chardet.detect(body[:100_000])
    guess = (found["encoding"] if found["confidence"] >= _MIN_CONFIDENCE else None) or "cp1252"
    try:
        return body.decode(guess, "replace"), guess.lower()
    except LookupError:
        return body.decode("cp1252", "replace"), "cp1252"
