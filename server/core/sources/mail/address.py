"""Reads and writes the address of a mailbox, such as "imaps://thu.xa.vn/INBOX"; called by desk, setup and worker."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[?[0-9a-f:]+\]?")
PORTS = {"imaps": 993, "imap": 143}


@dataclass(frozen=True, slots=True)
class MailboxAddress:
    """Where a mailbox is. ``security``: TLS from the start ("tls"), or by STARTTLS; never without encryption."""

    host: str
    port: int
    folder: str
    security: Literal["tls", "starttls"]

    @property
    def url(self) -> str:
        """The address as one text, without the usual port."""
        scheme = "imaps" if self.security == "tls" else "imap"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[scheme] else f":{self.port}"
        return f"{scheme}://{host}{port}/{quote(self.folder, safe='/')}"


def parsed(text: str) -> MailboxAddress:
    """The parts of an address; without a folder it is INBOX. Raises ValueError, with a Vietnamese sentence."""
    try:
        parts = urlsplit(text.strip())
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError as error:
        raise ValueError(_SENTENCE) from error
    if parts.scheme not in PORTS or not _HOST.fullmatch(host) or parts.query or parts.fragment:
        raise ValueError(_SENTENCE)
    if parts.username is not None or parts.password is not None:
        raise ValueError("Địa chỉ hộp thư không được chứa tên đăng nhập hay mật khẩu.")
    folder = unquote(parts.path.removeprefix("/")) or "INBOX"
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in folder) or len(folder) > 200:
        raise ValueError("Tên thư mục của hộp thư không dùng được.")
    security: Literal["tls", "starttls"] = "tls" if parts.scheme == "imaps" else "starttls"
    return MailboxAddress(host, port or PORTS[parts.scheme], folder, security)


_SENTENCE = "Địa chỉ hộp thư phải có dạng imaps://thu.xa.vn/INBOX (hoặc imap:// với STARTTLS)."
