"""Counts the well-formed Vietnamese syllables of a text, to detect encodings; used by decode and feeds.clean."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx]"
_NUCLEUS = (
    "iêu|yêu|oai|oao|oay|oeo|uây|uôi|uya|uyê|uyu|uêu|ươi|ươu|"
    "ia|iê|yê|ai|ao|au|ay|âu|ây|eo|êu|iu|oa|oă|oe|oi|ôi|ơi|oo|ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|"
    "[aăâeêioôơuưy]"
)
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_NUCLEUS})(?:ng|nh|ch|[cmnpt])?", re.IGNORECASE)
# A word is anything except ASCII punctuation, whitespace and general punctuation: characters such as "®", "·" and the
# soft hyphen are letters in legacy encodings and must not split words.
_WORD = re.compile(r"[^\s\x00-\x40\x5b-\x60\x7b-\x7f\u2000-\u206f]+")
_ENOUGH = 300

UNMISTAKABLE = re.compile("[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
"""Letters that hardly any other language uses, and that do not occur in text in a legacy encoding."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How Vietnamese a text is: ``marked`` words have a non-ASCII letter, ``good`` ones of them are well-formed.

    Both are numbers of words. A word is well-formed if it is one Vietnamese syllable (`is_syllable`).
    """

    marked: int
    good: int

    @property
    def share(self) -> float:
        """``good`` divided by ``marked``; 0 if there are no marked words."""
        return self.good / self.marked if self.marked else 0.0


def is_syllable(word: str) -> bool:
    """Returns whether ``word`` is one well-formed Vietnamese syllable: onset, nucleus, coda, at most one tone."""
    bare, tones = _TONES.subn("", unicodedata.normalize("NFD", word))
    return tones <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None


def likeness(text: str) -> Likeness:
    """Counts the first 300 words of ``text`` with a non-ASCII letter, and the well-formed syllables among them."""
    marked = good = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isascii():
            continue
        marked += 1
        good += is_syllable(word)
        if marked == _ENOUGH:
            break
    return Likeness(marked, good)
