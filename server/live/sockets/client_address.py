"""Finds the client's IP address behind trusted proxies, and the account under which its connections are counted.

Used by admission, connection_table, device_pages and desk_proxy.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network

from server.core.networks import client_of, network_of

Network = IPv4Network | IPv6Network


def client_address(environ: Mapping[str, object], proxies: int) -> str:
    """The client's IP address. ``proxies`` is the number of trusted proxies in front of this server.

    Only the last ``proxies`` entries of X-Forwarded-For are trusted, because those proxies have added them. Without
    them it is the address of the TCP connection.
    """
    if proxies:
        hops = [one.strip() for one in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",") if one.strip()]
        if len(hops) >= proxies:
            return hops[-proxies]
    return str(environ.get("REMOTE_ADDR", ""))


def account_of(address: str, uncapped: tuple[Network, ...] = ()) -> str:
    """The account of connections from ``address``: its network (`network_of`), or "" if it is in ``uncapped``.

    Connections with the account "" are not counted.
    """
    found = client_of(address)
    if found is not None and any(found in network for network in uncapped):
        return ""
    return network_of(address)
