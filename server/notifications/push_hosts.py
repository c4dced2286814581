"""Decides whether this server may send to the address of a push service.

Called by desk.public when a browser subscribes, and by worker.deliveries before a message is sent. Anybody may give
this server an address to send to, so only the push services of browser makers and configured ones are accepted.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

MAKERS = ("fcm.googleapis.com", "*.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com")
"""The push services of Chrome and others, Firefox, Safari, and Edge; "*." stands for any host below."""
LONGEST = 1500


def push_host(endpoint: str, more: Collection[str]) -> str:
    """Returns the host of the address ``endpoint``, as "host" or "host:port"; "" if this server must not send to it.

    A host of `MAKERS` is accepted only with HTTPS and without a port number. ``more`` are the configured further
    hosts, as "host" or "host:port"; they are also accepted with HTTP, for push services in an internal network.
    """
    if len(endpoint) > LONGEST or not endpoint.isascii() or any(c.isspace() or c in '\\"<>' for c in endpoint):
        return ""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return ""
    if parts.username is not None or parts.fragment:
        return ""
    host = (parts.hostname or "").lower()
    with_port = f"{host}:{port}" if port else host
    if with_port in more and parts.scheme in ("https", "http"):
        return with_port
    ours = any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in MAKERS)
    return host if ours and parts.scheme == "https" and port is None else ""
