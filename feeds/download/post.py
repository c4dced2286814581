"""Sends one POST with hard limits on time and size, without redirects; called by the worker's deliveries.

The address is checked as for a fetch: private hosts are refused unless the policy allows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.download.address_guard import Deadline, GuardedBackend, Resolve, system_resolve
from feeds.download.headers import Headers
from feeds.download.links import absolute
from feeds.download.request import FetchPolicy, exchange
from feeds.errors import Refused

MAX_ANSWER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Posted:
    """The response to a POST: its status, the wait that Retry-After asks for, and the first 4 KiB of its body.

    ``date`` is the time of the host's clock, None if it does not say it.
    """

    status: int
    retry_after: timedelta | None
    body: bytes
    date: datetime | None = None


def post(
    url: str,
    policy: FetchPolicy,
    content: bytes,
    *,
    headers: Mapping[str, str],
    resolve: Resolve = system_resolve,
) -> Posted:
    """Sends ``content`` to ``url`` with ``headers``; returns the response, whatever its status is.

    A redirect is returned like any other status and not followed: the content may be signed for this receiver alone.
    The body of the response is cut at 4 KiB. Raises Refused, Unreachable or TimedOut.
    """
    at = absolute(url, "")
    if not at:
        raise Refused("Chỉ gửi được tới địa chỉ http hoặc https.", "scheme")
    backend = GuardedBackend(Deadline.after(policy.total_seconds), resolve, policy.allow_private)
    with exchange("POST", at, policy, backend, headers=headers, content=content) as response:
        received, size = [], 0
        for chunk in response.iter_stream():
            received.append(chunk)
            size += len(chunk)
            if size >= MAX_ANSWER_BYTES:
                break
    body = b"".join(received)[:MAX_ANSWER_BYTES]
    answered = Headers(response.headers)
    return Posted(response.status, answered.retry_after(), body, answered.date())
