"""Makes the request to a push service: encrypted content, signature and headers; called by worker.deliveries.

The standards are RFC 8030 (TTL, Urgency, Topic), RFC 8291 (encryption) and RFC 8292 (VAPID).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

MOST_BYTES = 3000
"""The largest content, in bytes. Push services accept at least 4,096 bytes after encryption."""
LEAST_TTL = timedelta(minutes=1)
MOST_TTL = timedelta(days=28)
# RFC 8292 allows a day. With half a day, a push service whose clock is wrong by hours still accepts the token.
_TOKEN_LIFE = timedelta(hours=12)
_TOKEN_USE = timedelta(hours=1)


class InvalidKeys(ValueError):  # noqa: N818 - the name says what is wrong
    """Raised if the keys of a browser's subscription do not have the form that RFC 8291 requires."""


def browser_keys(p256dh: str, auth: str) -> tuple[bytes, bytes]:
    """Decodes the two keys of a browser's subscription from base64url.

    Returns (65 bytes: an uncompressed point of P-256, 16 bytes: the authentication secret). Raises InvalidKeys.
    """
    try:
        point, secret = _decoded(p256dh), _decoded(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (Base64Error, ValueError) as error:
        raise InvalidKeys("p256dh") from error
    if len(point) != 65 or len(secret) != 16:
        raise InvalidKeys("auth")
    return point, secret


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encrypted(
    content: bytes,
    p256dh: str,
    auth: str,
    *,
    salt: bytes | None = None,
    sender: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Encrypts ``content`` for the browser with the keys ``p256dh`` and ``auth``, in the encoding "aes128gcm".

    ``salt`` and ``sender`` (the sender's key pair for this message) are random if they are None. Raises InvalidKeys,
    and ValueError if ``content`` is longer than `MOST_BYTES`.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"a push message of {len(content)} bytes")
    point, secret = browser_keys(p256dh, auth)
    mine = sender or ec.generate_private_key(ec.SECP256R1())
    return http_ece.encrypt(content, salt, private_key=mine, dh=point, auth_secret=secret)


@dataclass(slots=True)
class Signer:
    """Makes the header Authorization, which contains a token signed with ``key``.

    The same token is used for an hour for all messages to one push service. ``contact`` is the address at which
    operators of push services can reach those of this server, "mailto:…" or "https://…".
    """

    key: ec.EllipticCurvePrivateKey
    contact: str
    _tokens: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def __call__(self, endpoint: str, now: datetime) -> str:
        """Returns the value of the header for a message to the address ``endpoint``; ``now`` is aware."""
        parts = urlsplit(endpoint)
        service = f"{parts.scheme}://{parts.netloc}"
        made, value = self._tokens.get(service, (now - MOST_TTL, ""))
        if not made <= now < made + _TOKEN_USE:
            # A new dict for each token: the library adds to the one that it gets.
            claims = {"aud": service, "exp": int((now + _TOKEN_LIFE).timestamp()), "sub": self.contact}
            value = Vapid02(self.key).sign(claims)["Authorization"]
            self._tokens[service] = (now, value)
        return value


def headers(*, authorization: str, tag: str, left: timedelta, urgent: bool) -> Mapping[str, str]:
    """Returns the headers of a message. The push service keeps the message for ``left`` if the device is not online.

    ``left`` is limited to between `LEAST_TTL` and `MOST_TTL`. A newer message with the same ``tag`` replaces a
    message that the push service still keeps.
    """
    ttl = min(max(left, LEAST_TTL), MOST_TTL)
    return {
        "Authorization": authorization,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(ttl.total_seconds())),
        "Urgency": "high" if urgent else "normal",
        "Topic": topic(tag),
    }


def topic(tag: str) -> str:
    """Returns the value of the header Topic: the first 32 characters of ``tag``, which must be in base64url."""
    return tag[:32]
