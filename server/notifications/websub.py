"""Applies the rules of a WebSub hub (W3C Recommendation) for requests, leases, signatures and retries, without I/O.

Called by desk.public.feeds.hub_views and worker.deliveries. A lease is the time for which a subscription is valid.
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
"""How long after each failure in a row a delivery is tried again. After further failures, it is not tried again until
the feed changes next."""
_LONGEST_WAIT = timedelta(hours=1)


class BadRequest(ValueError):  # noqa: N818 - the name says what the request is
    """Raised if a parameter of a request to the hub is missing or not allowed; ``fault`` says which."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """A valid request to the hub to subscribe to a topic (the address of a feed) or to end a subscription.

    The hub sends the feed to the address ``callback``; ``host`` is the host name in it. ``secret`` is the key of the
    signatures, "" for none. ``lease`` is already within the limits.
    """

    mode: Mode
    topic: str
    callback: str
    host: str
    secret: str
    lease: timedelta


def read_request(form: Mapping[str, str]) -> SubscriptionRequest:
    """Returns the request that the form-encoded parameters contain; ignores unknown parameters. Raises BadRequest."""
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
    """Returns the host name in the address ``callback``.

    Raises BadRequest if that is not an http or https address, or contains a user name.
    """
    if not callback.lower().startswith(("http://", "https://")):
        raise BadRequest("callback")
    parts = urlsplit(absolute(callback, ""))
    if not parts.hostname or "@" in parts.netloc:
        raise BadRequest("callback")
    return parts.hostname


def _lease_of(text: str) -> timedelta:
    """Returns the lease that a subscriber gets who asks for ``text`` seconds; the usual lease if ``text`` is "".

    Raises BadRequest if ``text`` is not a number.
    """
    if not text:
        return USUAL_LEASE
    if not (text.isascii() and text.isdigit()):
        raise BadRequest("lease")
    seconds = int(text[:9])  # 9 digits are 31 years: more than enough, whatever follows
    return min(max(timedelta(seconds=seconds), SHORTEST_LEASE), LONGEST_LEASE)


def with_parameters(callback: str, parameters: Mapping[str, str]) -> str:
    """Returns the address ``callback`` with ``parameters`` added to its query, and without a fragment."""
    address = callback.partition("#")[0]
    joint = "&" if "?" in address else "?"
    return f"{address}{'' if address.endswith(('?', '&')) else joint}{urlencode(parameters)}"


def signature(secret: str, body: bytes) -> str:
    """Returns the value of the header X-Hub-Signature for ``body``; "" if ``secret`` is ""."""
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}" if secret else ""


def wait_after(failures: int, asked: timedelta | None) -> timedelta | None:
    """Returns how long to wait after ``failures`` failures in a row (at least 1).

    Returns None if this content is not to be sent again. The wait is at least ``asked``, the time that the receiver
    asked for by Retry-After, of which at most an hour counts.
    """
    if failures > len(RETRIES):
        return None
    return max(RETRIES[failures - 1], min(asked or timedelta(0), _LONGEST_WAIT))
