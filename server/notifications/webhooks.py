"""Implements the rules of webhooks (Standard Webhooks 1.0): addresses, secrets, signatures, bodies and retries.

Pure but for `new_secret`, which draws random bytes; called by desk.webhooks and worker.deliveries.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from feeds.download.address_guard import embedded_ipv4, is_allowed, is_global
from feeds.download.links import absolute
from server.core.webhook_events import instant_text

Fault = Literal["address", "https", "password", "private"]
SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix is no secret
SECRET_BYTES = 32
MOST_BYTES = 20_000
"""The longest body, as the specification recommends."""
MOST_LISTED = 100
MOST_TITLE = 300
RETRIES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""How long after each failure a delivery is tried again; after the tenth one it is given up."""


class BadAddress(ValueError):  # noqa: N818 - the name says what is bad
    """Nothing can or may be sent to the address; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def checked_address(text: str, allow_private: Collection[str]) -> str:
    """Returns the address of a receiver in ASCII. Raises BadAddress.

    It must be https; http is possible for the hosts that ``allow_private`` names, because there the network is the
    keeper's own. Only the address as written is checked here: the worker checks what its host name resolves to.
    """
    address = absolute(text.strip(), "")
    parts = urlsplit(address)
    host = parts.hostname or ""
    if not host or len(address) > 1000:
        raise BadAddress("address")
    if "@" in parts.netloc:
        raise BadAddress("password")
    inside = _is_inside(host, allow_private)
    if parts.scheme != "https" and not inside:
        raise BadAddress("https")
    if not inside and _is_private(host):
        raise BadAddress("private")
    return address.partition("#")[0]


def _is_inside(host: str, allow_private: Collection[str]) -> bool:
    try:
        return is_allowed(host, embedded_ipv4(host), allow_private)
    except ValueError:
        return host.lower() in {one.lower() for one in allow_private}


def _is_private(host: str) -> bool:
    try:
        return not is_global(embedded_ipv4(host))
    except ValueError:
        return host.lower() == "localhost"


def new_secret() -> str:
    """Returns a new secret for signing: "whsec_" and 32 random bytes in Base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(keys: Sequence[str], message: str, timestamp: int, body: bytes) -> str:
    """Returns the header webhook-signature: "v1,…" for each of the secrets ``keys``, separated by spaces.

    ``message`` is the header webhook-id, ``timestamp`` the header webhook-timestamp. Raises ValueError for a secret
    that is no "whsec_" with Base64.
    """
    signed = f"{message}.{timestamp}.".encode() + body
    digests = (hmac.digest(_key(secret), signed, hashlib.sha256) for secret in keys)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)


def headers(keys: Sequence[str], message: str, at: datetime, body: bytes) -> dict[str, str]:
    """Returns the headers of an attempt at the time ``at`` to send ``body``, signed with the secrets ``keys``.

    The id ``message`` is the same at each attempt.
    """
    timestamp = int(at.timestamp())
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(keys, message, timestamp, body),
    }


def body_of(kind: str, at: datetime, data: Mapping[str, object]) -> str:
    """Returns the JSON body of an event of ``kind`` at the time ``at``, at most `MOST_BYTES` long.

    Lists in ``data`` are cut to their first `MOST_LISTED` elements, or fewer if the body would be too long.
    """
    most = MOST_LISTED
    while True:
        cut = {name: value[:most] if isinstance(value, list) else value for name, value in data.items()}
        body = json.dumps({"type": kind, "timestamp": instant_text(at), "data": cut}, ensure_ascii=False)
        if len(body.encode()) <= MOST_BYTES or not most:
            return body
        most //= 2


def short_title(title: str) -> str:
    """Returns the title, cut to `MOST_TITLE` characters."""
    return title if len(title) <= MOST_TITLE else title[: MOST_TITLE - 1] + "…"


def wait_after(failures: int, asked: timedelta | None) -> timedelta | None:
    """Returns how long to wait after this number of failures; None if the delivery is to be given up.

    That is the time in `RETRIES`, or ``asked`` if it is longer: the wait that the receiver asked for by Retry-After,
    None if it asked for none.
    """
    if failures > len(RETRIES):
        return None
    return max(RETRIES[failures - 1], asked or timedelta(0))
