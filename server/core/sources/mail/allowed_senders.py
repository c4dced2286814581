"""Checks whose letters a mailbox may accept: an address or a domain; called by the desk and setup."""

from __future__ import annotations

import re

from server.core.sources.mail.sender import is_address, is_domain

_FREE_MAIL = frozenset({
    "126.com", "163.com", "aol.com", "fastmail.com", "fpt.vn", "gmail.com", "googlemail.com", "hcm.vnn.vn",
    "hn.vnn.vn", "icloud.com", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "naver.com",
    "pm.me", "proton.me", "protonmail.com", "qq.com", "rocketmail.com", "tuta.com", "vnn.vn", "ymail.com",
    "zing.vn", "zoho.com", "zohomail.com",
})  # fmt: skip
# These providers have the same name under many countries: yahoo.com.vn, outlook.fr, yandex.ru.
_FREE_MAIL_ABROAD = re.compile(r"(?:gmx|hotmail|outlook|yahoo|yandex)(?:\.com?)?\.[a-z]{2,3}")


def allowed_address(text: str) -> str:
    """The entry of a list of senders that a person typed: an address or "@" and a domain, in lower case.

    Raises ValueError, with a Vietnamese sentence, if it is neither, or the domain of a provider where anybody can
    have an address.
    """
    found = text.strip().lower()
    if is_domain(found):
        if is_free_mail(found.removeprefix("@")):
            raise ValueError(
                f"Ai cũng lập được địa chỉ {found}, nên không nhận cả tên miền này. Hãy ghi từng địa chỉ thư."
            )
    elif not is_address(found):
        raise ValueError("Đây không phải địa chỉ thư như vanphong@xa.vn hay tên miền như @xa.vn.")
    return found


def is_free_mail(domain: str) -> bool:
    """True if ``domain`` (lower case) is that of a provider where anybody can have an address."""
    return domain in _FREE_MAIL or _FREE_MAIL_ABROAD.fullmatch(domain) is not None
