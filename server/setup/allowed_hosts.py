"""The host names and addresses that this server accepts in Host headers; used by both web processes, server and desk.

A client may send any Host header. Without this check a foreign host would get into links of e-mails and redirects,
and a page of another site whose name points at this machine (DNS rebinding) could read what only the LAN may read.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

_HOST = re.compile(r"(?P<name>[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?\Z")
_MOST_KNOWN = 256
_ELSEWHERE = "192.0.2.1"  # no machine has this address (RFC 5737)


class AllowedHosts:
    """The set of accepted hosts: loopback, this machine's addresses and name, the host of ``public_url``, ``more``.

    ``header in hosts`` tests the value of a Host header, with or without a port.
    """

    def __init__(self, public_url: str = "", more: Iterable[str] = ()) -> None:
        name = socket.gethostname().lower()
        of_url = urlsplit(public_url).hostname if public_url else None
        listed = [one.lower() for one in more]
        self._names = {"localhost", name, name.partition(".")[0], f"{name}.local", *listed, *filter(None, [of_url])}
        self._names.discard("")
        # A cache of accepted header values.
        self._known: set[str] = set()
        self._knows_own = not _may_bind(_ELSEWHERE)

    def __contains__(self, host: object) -> bool:
        if not isinstance(host, str) or host in self._known:
            return isinstance(host, str)
        found = _HOST.match(host.lower())
        accepted = found is not None and self._check(found["name"].strip("[]").removesuffix("."))
        if accepted and len(self._known) < _MOST_KNOWN:
            self._known.add(host)
        return accepted

    def _check(self, name: str) -> bool:
        if name in self._names or name.endswith(".localhost"):
            return True
        try:
            address = ip_address(name)
        except ValueError:
            return False
        if address.is_loopback:
            return True
        # If the system lets programs bind to any address (ip_nonlocal_bind), `_may_bind` proves nothing.
        usable = self._knows_own and not (address.is_unspecified or address.is_multicast)
        return usable and _may_bind(name)


def _may_bind(address: str) -> bool:
    """True if ``address`` belongs to this machine: the system normally binds sockets to its own addresses only."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
