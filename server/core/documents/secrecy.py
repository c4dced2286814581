"""Decides from texts whether a document may not be published: a state secret, or for internal use only.

Called by server.documents before anything of a document is stored or logged. When in doubt a document is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

Mark = Literal["Mật", "Tối mật", "Tuyệt mật", "Lưu hành nội bộ"]
HEAD = 1_500
"""So many letters of a file's first page are searched: marks stand beside the number of the document."""

_DEGREES: dict[str, Mark] = {"tuyệt mật": "Tuyệt mật", "tối mật": "Tối mật", "mật": "Mật"}
_INTERNAL = re.compile(r"\b(?:lưu hành|sử dụng) nội bộ\b", re.I)
# A whole text that is a mark, such as "Mật", "Độ mật: Tối mật" or "(MẬT)".
_WHOLE = re.compile(r"^\W*(?:(?:độ|mức độ) mật\W+)?(tuyệt mật|tối mật|mật)\W*$", re.I)
# In a running text a mark is in capitals. "BÍ MẬT NHÀ NƯỚC" or "BẢO MẬT" is the matter of a document, not its mark.
_STAMP = re.compile(r"(?<!\w)(TUYỆT MẬT|TỐI MẬT|MẬT)(?!\w)")
# In small letters, too, where it is set off from the words: "Mật: kế hoạch …", "Kế hoạch … (tối mật)", "… – Mật".
_SET_OFF = re.compile(
    r"^\W*(tuyệt mật|tối mật|mật) ?[:;.)\]–—-]|[(\[] ?(tuyệt mật|tối mật|mật) ?[)\]]"
    r"|[–—-] ?(tuyệt mật|tối mật|mật)\W*$",
    re.I,
)
_WORDS = ("BÍ ", "BẢO ", "CƠ ", "ĐỘ ", "THƯ ", "MẬT ", "TUYỆT ", "TỐI ", "TRẬT ")
_AFTER = (" KHẨU", " MÃ", " ONG", " VỤ", " THƯ", " ĐỘ", " THIẾT")


def mark_in_header(texts: Iterable[str]) -> Mark | None:
    """The mark in short texts of a header, each of which is a mark as a whole or contains "lưu hành nội bộ"."""
    for text in texts:
        plain = _plain(text)
        whole = _WHOLE.match(plain)
        if whole:
            return _DEGREES[whole[1].lower()]
        if _INTERNAL.search(plain):
            return "Lưu hành nội bộ"
    return None


def mark_in_prose(text: str) -> Mark | None:
    """The mark in a running text, such as the subject or the head of a file's first page; None if there is none."""
    plain = _plain(text)
    for found in _STAMP.finditer(plain):
        before, after = plain[: found.start()], plain[found.end() :]
        if not before.endswith(_WORDS) and not after.startswith(_AFTER):
            return _DEGREES[found[1].lower()]
    for line in text.splitlines():
        whole = _WHOLE.match(_plain(line)) or _WHOLE.match(_unspaced(line)) or _SET_OFF.search(_plain(line))
        if whole:
            return _DEGREES[next(filter(None, whole.groups())).lower()]
    return "Lưu hành nội bộ" if _INTERNAL.search(plain) else None


def refusal(mark: Mark) -> str:
    """The Vietnamese sentence with which a document with this mark is refused."""
    if mark == "Lưu hành nội bộ":
        return "Văn bản ghi «Lưu hành nội bộ» nên không được niêm yết. Máy chủ không giữ lại gì của văn bản này."
    return f"Văn bản đóng dấu «{mark}» nên không được niêm yết. Máy chủ không giữ lại gì của văn bản này."


def _unspaced(line: str) -> str:
    """A line of letters set apart ("T Ố I  M Ậ T") as words, which have two spaces between them; "" for another."""
    words = unicodedata.normalize("NFC", line).strip().split("  ")
    spaced = all(len(letter) == 1 for word in words for letter in word.split())
    return " ".join("".join(word.split()) for word in words) if spaced else ""


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
