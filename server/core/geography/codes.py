"""Codes of administrative units as config.toml and the desk write them; called by setup, desk and core.alerts."""

from __future__ import annotations

import re

ISO, NATIONAL = "ISO 3166-2", "QĐ-19/2025/QĐ-TTg"
"""The schemes of codes that stand without one: the nation and its provinces, and the national codes of units."""
MOST = 40
LONGEST = 80
_ISO = re.compile(r"VN|[A-Z]{2}-[A-Z0-9]{1,3}")
_NATIONAL = re.compile(r"[0-9]{2}|[0-9]{5}")


def split_code(text: str) -> tuple[str, str]:
    """Returns (scheme, value) of the code in ``text``: "VN-66", "VN", "33", "12274" or "scheme:value".

    These are ISO 3166-2, the national codes of provinces (two digits) and communes (five digits), and the codes of
    any other list under its name. Raises ValueError with a Vietnamese sentence for anything else.
    """
    scheme, colon, value = (part.strip() for part in text.rpartition(":"))
    if len(text) <= LONGEST:
        if colon and value and any(map(str.isalnum, scheme)):
            return scheme, value
        if not colon and _ISO.fullmatch(value.upper()):
            return ISO, value.upper()
        if not colon and _NATIONAL.fullmatch(value):
            return NATIONAL, value
    raise ValueError(
        f"Không hiểu mã «{text[:LONGEST]}». Mã viết như VN-66 (tỉnh, theo ISO 3166-2) hoặc 12274 (xã, năm chữ số); "
        "mã của danh mục khác viết kèm tên danh mục, như EMMA_ID:VN066."
    )


def area_code(text: str) -> str:
    """The code in ``text`` in the form in which it is stored: "VN-66", "12274", "scheme:value". Raises ValueError."""
    scheme, value = split_code(text)
    return f"{scheme}:{value}" if ":" in text else value


def area_codes(text: str) -> tuple[str, ...]:
    """The codes in ``text``, one a line or separated by commas, each once, in order. Raises ValueError."""
    found = dict.fromkeys(area_code(part) for part in re.split(r"[\n,;]", text) if part.strip())
    if len(found) > MOST:
        raise ValueError(f"Nhiều nhất {MOST} mã.")
    return tuple(found)
