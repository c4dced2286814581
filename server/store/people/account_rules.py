"""Checks usernames, names and e-mail addresses; called by store.people.people and by the desk's forms."""

from __future__ import annotations

import re

from server.store.database.errors import StoreRefusal

USERNAME = r"^[a-z][a-z0-9._-]{1,39}$"
LONGEST_NAME = 80
LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
# Only what mail to the address needs: some characters, one at-sign, and a domain of at least two labels.
_EMAIL = re.compile(r"[^\s@<>,;:\"()\\]+@[^\s@<>,;:\"()\\.]+(?:\.[^\s@<>,;:\"()\\.]+)+")


class Unfit(StoreRefusal):
    """A username, name or e-mail address breaks the rules; ``str()`` is a Vietnamese sentence."""


def is_email(text: str) -> bool:
    """True if mail can be sent to ``text``."""
    return len(text) <= LONGEST_EMAIL and text.isprintable() and _EMAIL.fullmatch(text) is not None


def check(username: str, name: str, email: str) -> None:
    """Raises Unfit for the first of the three values that breaks the rules."""
    if not re.fullmatch(USERNAME, username):
        raise Unfit(
            f"Tên đăng nhập «{username}» không hợp lệ: cần 2 đến 40 chữ thường không dấu, số, dấu chấm hay gạch, "
            "bắt đầu bằng chữ"
        )
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Unfit(f"Họ và tên «{name}» không hợp lệ: cần từ 1 đến {LONGEST_NAME} chữ")
    if not is_email(email):
        raise Unfit(f"Thư điện tử «{email}» không đúng dạng")
