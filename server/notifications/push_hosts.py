"""Which push services may be sent to; called by desk.public on the way in and by worker.deliveries on the way out.

Anybody may tell this server an address to send to, so only those of the browsers' makers are accepted.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

MAKERS = ("fcm.googleapis.com", "*.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com")
"""The push services of Chrome and others, Firefox, Safari, and Edge; "*." stands for any host below."""
LONGEST = 1500


def push_host(endpoint: str, more: Collection[str]) -> str:
    """The host of an address, as "host" or "host:port", if it may be sent to; else "".

    ``more`` are further hosts of the configuration, as "host" or "host:port". Those of the makers need HTTPS and
    their usual port; ``more`` may also be reached by HTTP, inside a network of one's own.
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
