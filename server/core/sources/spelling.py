"""Converts the different spellings of a Vietnamese word or number to one; called by the modules of core.sources.

Equal are, for example, Hoà and Hòa, Mĩ and Mỹ, "hai mươi ba" and 23, 1.200 and 1200, "1,5 tỉ" and 1500000000.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = "".join(chr(code) for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1EA0, 0x1EFA)))
UPPER = "".join(letter for letter in _LETTERS if letter.isupper())
"""All capital letters of Vietnamese and other Latin alphabets, for character classes in regular expressions."""

# There are two conventions for the tone mark of an open syllable: on the second vowel ("hoà"), or the first ("hòa").
_OPEN = {
    second: first
    for seconds, firsts, vowel in (
        ("àáảãạ", "òóỏõọ", "oa"),
        ("èéẻẽẹ", "òóỏõọ", "oe"),
        ("ỳýỷỹỵ", "ùúủũụ", "uy"),
    )
    for second, first in zip((vowel[0] + one for one in seconds), (one + vowel[1] for one in firsts), strict=True)
}
_OPEN |= {f"{old[0].upper()}{old[1]}": f"{new[0].upper()}{new[1]}" for old, new in _OPEN.items()}
_OPEN |= {old.upper(): new.upper() for old, new in _OPEN.items()}
_OPEN_SYLLABLE = re.compile(rf"(?<![qQ])(?:{'|'.join(_OPEN)})(?!\w)")
# A "y" that is the only vowel sounds like "i": kỹ = kĩ, Mỹ = Mĩ.
_LONG_I = dict(zip("yỳýỷỹỵYỲÝỶỸỴ", "iìíỉĩịIÌÍỈĨỊ", strict=True))
_ONLY_Y = re.compile(r"(?<=[bcdđghklmnprstvxBCDĐGHKLMNPRSTVX])[yỳýỷỹỵYỲÝỶỸỴ](?!\w)")

_DIGITS = {
    name: digit
    for digit, names in enumerate(
        ("không", "một mốt", "hai", "ba", "bốn tư", "năm lăm", "sáu", "bảy bẩy", "tám", "chín")
    )
    for name in names.split()
}
SCALES = {"trăm": 100, "nghìn": 1_000, "ngàn": 1_000, "triệu": 1_000_000, "tỷ": 1_000_000_000, "tỉ": 1_000_000_000}
_PART = "|".join(sorted({*_DIGITS, *SCALES, "mười", "mươi", "linh", "lẻ"}, key=len, reverse=True))
_NUMBER_WORDS = re.compile(rf"(?<!\w)(?i:{_PART})(?: (?i:{_PART}))*(?!\w)")
# Nouns before which a lone "một" or "năm" is the number 1 or 5. Elsewhere "một" is an article and "năm" means "year".
_COUNTED = re.compile(
    r" (?:người|hộ|cháu|em|ca|con|chiếc|căn|ngôi|xe|tàu|thuyền|thôn|xã|lô|nhà|học sinh|đội|suất|lớp|giờ|cửa|mét|"
    r"km|ha|tấn|tạ|trẻ|cụ|đợt|nghị quyết|ngày|tổ|điểm)(?!\w)"
)
_NOT_COUNTED = re.compile(r"(?:(?<!\w)(?i:thứ|mùng|mồng|năm|tháng) |[\w-])\Z")


def spell(text: str) -> str:
    """Returns ``text`` in NFC with single spaces and one spelling of each syllable: "hoà" -> "hòa", "Mỹ" -> "Mĩ".

    Upper and lower case are kept.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    text = _OPEN_SYLLABLE.sub(lambda match: _OPEN[match[0]], text)
    return _ONLY_Y.sub(lambda match: _LONG_I[match[0]], text)


def digits(text: str) -> str:
    """Returns ``text`` with numbers in words as digits ("mười hai suất" -> "12 suất"); weekdays stay words."""
    return _NUMBER_WORDS.sub(_as_digits, text)


def _as_digits(match: re.Match[str]) -> str:
    written = match[0]
    words = written.lower().split()
    before, after = match.string[max(0, match.start() - 8) : match.start()], match.string[match.end() :][:12]
    if words[0] in SCALES or words[0] in ("linh", "lẻ", "mươi") or _NOT_COUNTED.search(before):
        return written  # only a part of a number ("12 nghìn"), or an ordinal ("thứ hai")
    if written[0].isupper() and (re.match(rf" [{UPPER}]", after) or (before and before[-2:-1] not in ".!?:;")):
        return written  # a name: "Ba Vì", "hồ Suối Hai"
    if len(words) == 1 and words[0] in ("một", "năm", "tư", "không", "mốt", "lăm") and not _COUNTED.match(after):
        return written
    value = _value(words)
    return written if value is None else str(value)


def _value(words: list[str]) -> int | None:
    """The number that the words name; None if they are several digits in a row ("hai ba": "two or three")."""
    total = group = digit = 0
    last = ""
    for word in words:
        if word in _DIGITS:
            if last in _DIGITS:
                return None
            digit = _DIGITS[word]
        elif word == "mười":
            group, digit = group + 10, 0
        elif word == "mươi":
            group, digit = group + digit * 10, 0
        elif word == "trăm":
            group, digit = group + digit * 100, 0
        elif word in SCALES:
            total, group, digit = total + (group + digit) * SCALES[word], 0, 0
        last = word
    return total + group + digit


def number(written: str, scale: str = "") -> str:
    """Returns a number written in digits in its one form: "1.200" -> "1200", "2,10" -> "2.1"; other text unchanged.

    ``scale`` is a word such as "tỷ" (billion) by which the number is multiplied.
    """
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", written):
        written = written.replace(".", "")
    try:
        value = float(written.replace(",", ".")) * SCALES.get(scale, 1)
    except ValueError:
        return written
    return f"{value:.4f}".rstrip("0").rstrip(".")


def recased(title: str, kinds: re.Pattern[str]) -> str:
    """Returns a title that is all in capitals in lower case; other titles are returned unchanged.

    The two syllables after each word that ``kinds`` matches ("phường") are taken for a name and get a capital.
    """
    if title != title.upper() or title == title.lower():
        return title
    kept: list[str] = []
    left = 0
    for word in title.lower().split(" "):
        is_kind = kinds.fullmatch(word) is not None
        kept.append(word.capitalize() if left and not is_kind else word)
        left = 2 if is_kind else max(left - 1, 0)
    return " ".join(kept)
