"""Cleans text and parses numbers that come from outside; for all input: desk, API, command line, config, uploads.

``feeds`` cannot import this package and cleans its text itself (feeds.clean.plain_text); a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Line ends: CR LF (Windows), CR (old Mac OS), VT (the soft line break of Word and Excel), form feed, NEL, and the
# line and paragraph separators of Unicode.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# C0 except white space, DEL, C1, lone surrogates (UTF-8 cannot encode them), and the bidirectional embeddings,
# overrides and isolates, with which text is displayed in another order than it is stored (CVE-2021-42574). No
# Vietnamese text needs any of these. The zero-width joiner U+200D stays, because emoji are composed with it.
_REMOVED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


_DIGITS = re.compile("[0-9]{1,19}")
_TELEPHONE = re.compile(r"\+?[0-9(][0-9 ().\-/]{1,38}")
LARGEST_NUMBER = 2**63 - 1
"""The largest value of a 64-bit integer, the type of an id in SQLite and PostgreSQL."""


def cleaned(text: str) -> str:
    """``text`` with every line end as ``\\n`` and without control characters; ordinary text comes back unchanged.

    PostgreSQL refuses NUL, UTF-8 refuses lone surrogates, and the other control characters are invisible.
    """
    return _REMOVED.sub("", _LINE_ENDS.sub("\n", text))


def whole_number(text: str) -> int:
    """Returns ``text``, which is 1 to 19 ASCII digits, as a number from 0 to `LARGEST_NUMBER`.

    Raises ValueError for anything else, also for digits of other scripts, which ``int`` would accept.
    """
    found = int(text) if _DIGITS.fullmatch(text) else LARGEST_NUMBER + 1
    if found > LARGEST_NUMBER:
        raise ValueError(f"not a number from 0 to {LARGEST_NUMBER}: {text[:40]!r}")
    return found


def number_or_none(text: str) -> int | None:
    """Returns ``text`` as a number, as `whole_number` reads it; None if it is not one."""
    try:
        return whole_number(text)
    except ValueError:
        return None


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """The numbers that `whole_number` reads from ``texts``; texts that are no number are left out."""
    return [number for number in map(number_or_none, texts) if number is not None]


def cleaned_table(values: dict[str, object]) -> dict[str, object]:
    """Returns a copy of a TOML table in which `cleaned` was applied to every string, also to nested ones and keys."""
    return {cleaned(name): cleaned_tree(value) for name, value in values.items()}


def cleaned_tree(value: object) -> object:
    """Returns a copy of a JSON or TOML value with `cleaned` applied to every string, also to nested ones and keys."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list):
        return [cleaned_tree(one) for one in value]
    if isinstance(value, dict):
        return cleaned_table(value)
    return value


def telephone_of(text: str) -> str:
    """Returns a telephone number as people write it, such as "0221 3863 456" or "(024) 38 25 - 115"; "" for "".

    Raises ValueError, with a Vietnamese sentence, for anything else: citizens press the number to call it.
    """
    if text and not _TELEPHONE.fullmatch(text):
        raise ValueError("Đây không phải số điện thoại. Hãy ghi như 0221 3863 456, không kèm chữ.")
    return text
