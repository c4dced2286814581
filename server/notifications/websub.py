"""The rules of the WebSub hub (W3C Recommendation): what a request must contain, leases, signatures and retries.

Pure; called by desk.public.feeds.hub_views and worker.deliveries.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode, urlsplit

from feeds.download.links import absolute

Fault = Literal["mode", "publish", "topic", "callback", "secret", "lease"]
Mode = Literal["subscribe", "unsubscribe"]
USUAL_LEASE = timedelta(days=7)
LONGEST_LEASE = timedelta(days=14)
SHORTEST_LEASE = timedelta(minutes=5)
LONGEST_TOPIC = 2_000
SECRET_BYTES = 200
"""A secret must be shorter than this."""
RETRIES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 3600, 10800))
"""How long after each failure a delivery is tried again; after the last one, it waits for the next change."""
_LONGEST_WAIT = timedelta(hours=1)


class BadRequest(ValueError):  # noqa: N818 - the name says what the request is
    """A parameter of the request is missing or not allowed; ``fault`` says which."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """What a subscriber asks for; ``host`` is that of the callback, ``lease`` is already within the limits."""

    mode: Mode
    topic: str
    callback: str
    host: str
    secret: str
    lease: timedelta


def read_request(form: Mapping[str, str]) -> SubscriptionRequest:
    """The request in the form-encoded parameters; unknown ones are ignored. Raises BadRequest."""
    mode = form.get("hub.mode", "")
    if mode == "publish":
        raise BadRequest("publish")
    if mode not in ("subscribe", "unsubscribe"):
        raise BadRequest("mode")
    topic, callback, secret = (form.get(f"hub.{name}", "") for name in ("topic", "callback", "secret"))
    if not 0 < len(topic) <= LONGEST_TOPIC:
        raise BadRequest("topic")
    if len(secret.encode()) >= SECRET_BYTES:
        raise BadRequest("secret")
    return SubscriptionRequest(
        "subscribe" if mode == "subscribe" else "unsubscribe",
        topic,
        callback,
        _host_of(callback),
        secret,
        _lease_of(form.get("hub.lease_seconds", "")),
    )


def _host_of(callback: str) -> str:
    """The host name in the callback. Raises BadRequest for one that is no plain http or https address."""
    if not callback.lower().startswith(("http://", "https://")):
        raise BadRequest("callback")
    parts = urlsplit(absolute(callback, ""))
    if not parts.hostname or "@" in parts.netloc:
        raise BadRequest("callback")
    return parts.hostname


def _lease_of(text: str) -> timedelta:
    """The lease that is granted to one who asks for ``text`` seconds. Raises BadRequest if that is no number."""
    if not text:
        return USUAL_LEASE
    if not (text.isascii() and text.isdigit()):
        raise BadRequest("lease")
    seconds = int(text[:9])  # 9 digits are 31 years: more than enough, whatever follows
    return min(max(timedelta(seconds=seconds), SHORTEST_LEASE), LONGEST_LEASE)


def with_parameters(callback: str, parameters: Mapping[str, str]) -> str:
    """The callback with ``parameters`` after those that its query has already."""
    address = callback.partition("#")[0]
    joint = "&" if "?" in address else "?"
    return f"{address}{'' if address.endswith(('?', '&')) else joint}{urlencode(parameters)}"


def signature(secret: str, body: bytes) -> str:
    """The header X-Hub-Signature of ``body``; "" without a secret."""
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}" if secret else ""


def wait_after(failures: int, asked: timedelta | None) -> timedelta | None:
    """How long to wait after this number of failures in a row; None: give this content up.

    ``asked`` is what the receiver asked for by Retry-After; at most an hour of it counts.
    """
    if failures > len(RETRIES):
        return None
    return max(RETRIES[failures - 1], min(asked or timedelta(0), _LONGEST_WAIT))
