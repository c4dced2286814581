"""Detects Vietnamese text in the font encodings of the 1990s, or encoded twice as UTF-8, and converts it to Unicode.

Used by feeds.formats.decode on whole documents and by feeds.clean.refine on single fields, because such text also
occurs inside valid UTF-8 and as character references. The font encodings are TCVN 5712:1993 (VN3) and VNI; both leave
ASCII unchanged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

from feeds.clean.vietnamese import UNMISTAKABLE, likeness

Scheme = Literal["tcvn3", "vni", "utf-8 twice"]

# Byte -> letter. Capitals with a tone mark are missing: TCVN3 had a second font for capitals.
_TCVN3 = dict(
    zip(
        range(0xA1, 0xAF),
        "ĂÂÊÔƠƯĐăâêôơưđ",
        strict=True,
    )
) | dict(
    zip(
        bytes.fromhex(
            "b5b6b7b8b9 bbbcbdbec6 c7c8c9cacb cccecfd0d1 d2d3d4d5d6 d7d8dcddde"
            "dfe1e2e3e4 e5e6e7e8e9 eaebecedee eff1f2f3f4 f5f6f7f8f9 fafbfcfdfe"
        ),
        "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_SENTENCE_START = re.compile(r"(?:\A|[.!?…]\s+|\n)[à-ỹ]")

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301\u0300\u0309\u0303\u0323"
_TONE_MARKS = dict(zip("ùøûõï", (_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT), strict=True))
_CIRCUMFLEX_MARKS = dict(zip("âáàåãä", ("", _ACUTE, _GRAVE, _HOOK, _TILDE, _DOT), strict=True))
_BREVE_MARKS = dict(zip("êéèúüë", ("", _ACUTE, _GRAVE, _HOOK, _TILDE, _DOT), strict=True))
_VNI_LONE = dict(zip("ñôöíìæóòî", "đơưíìỉĩịỵ", strict=True))


def _vni_table() -> dict[str, str]:
    """Returns VNI character (one glyph, or a letter and a mark, each in upper or lower case) -> Unicode letter."""
    table: dict[str, str] = {}

    def add(glyphs: str, letter: str) -> None:
        whole = unicodedata.normalize("NFC", letter)
        for spelling in (glyphs, glyphs[0] + glyphs[1:].upper()):
            table[spelling] = whole
        for spelling in (glyphs[0].upper() + glyphs[1:], glyphs.upper()):
            table[spelling] = whole.upper()

    for glyph, letter in _VNI_LONE.items():
        add(glyph, letter)
    for base in "aeiouyôö":
        for mark, tone in _TONE_MARKS.items():
            add(base + mark, _VNI_LONE.get(base, base) + tone)
    for base in "aeo":
        for mark, tone in _CIRCUMFLEX_MARKS.items():
            add(base + mark, base + "\u0302" + tone)
    for mark, tone in _BREVE_MARKS.items():
        add("a" + mark, "a\u0306" + tone)
    return table


_VNI = _vni_table()
_VNI_GLYPHS = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

_DOUBLE_ENCODED = re.compile("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# UTF-8 is wrongly decoded as windows-1252 as often as Latin-1; characters of windows-1252 are mapped back to bytes 80
# to 9f.
_FROM_1252 = {ord(bytes([b]).decode("cp1252")): b for b in range(0x80, 0xA0) if b not in b"\x81\x8d\x8f\x90\x9d"}


def _from_tcvn3(text: str) -> str:
    whole = text.translate(_TCVN3)
    whole = _SENTENCE_START.sub(lambda m: m.group()[:-1] + m.group()[-1].upper(), whole)
    return whole.replace("ủy ban nhân dân", "Ủy ban nhân dân")


def _from_vni(text: str) -> str:
    return _VNI_GLYPHS.sub(lambda m: _VNI[m.group()], text)


def _decode_again(match: re.Match[str]) -> str:
    try:
        return match.group().encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


def _from_double_utf8(text: str) -> str:
    narrow = text.translate(_FROM_1252)
    decoded, times = _DOUBLE_ENCODED.subn(_decode_again, narrow)
    return unicodedata.normalize("NFC", decoded) if times else text


_CONVERTERS: dict[Scheme, Callable[[str], str]] = {
    "utf-8 twice": _from_double_utf8,
    "tcvn3": _from_tcvn3,
    "vni": _from_vni,
}


def is_suspect(text: str) -> bool:
    """Returns whether ``text`` may be in a legacy encoding.

    It may be if it has characters beyond ASCII, but none of ``UNMISTAKABLE``.

    ``UNMISTAKABLE`` are Vietnamese letters such as "ơ", which do not occur in text in a legacy encoding.
    """
    return not text.isascii() and UNMISTAKABLE.search(text) is None


def detect(text: str, *, least: int = 3) -> Scheme | None:
    """Returns the scheme whose conversion turns ``text`` into well-formed Vietnamese, None if no scheme does.

    Of the words with letters beyond ASCII, at most half may be well-formed Vietnamese before the conversion; after
    it, at least 85 % and at least ``least`` words must be. French or Danish text does not fulfil these conditions.
    """
    sample = text[:40_000]
    before = likeness(sample)
    if before.marked == 0 or before.share > 0.5:
        return None
    best: tuple[float, Scheme] | None = None
    for scheme, converter in _CONVERTERS.items():
        after = likeness(converter(sample))
        if after.good >= least and after.share >= max(0.85, before.share + 0.3):
            best = max(best or (0.0, scheme), (after.share, scheme))
    return best[1] if best else None


def convert(text: str, scheme: Scheme) -> str:
    """Returns ``text`` converted by ``scheme``, or unchanged if that does not raise its share of Vietnamese words."""
    converted = _CONVERTERS[scheme](text)
    return converted if likeness(converted).share > likeness(text).share else text
