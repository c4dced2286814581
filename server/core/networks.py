"""The address or network by which limits on requests identify a client; called by server/desk and server/live."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

IPV6_SITE = 56
"""Prefix length of the IPv6 network that one customer is given (RFC 6177); deploy/nginx.conf uses the same length."""


def network_of(address: str) -> str:
    """The IPv4 address, or the IPv6 network of ``address``, as text such as ``2001:db8::/56``.

    An IPv4-mapped IPv6 address gives its IPv4 address. Text that is no IP address gives "?".
    """
    found = client_of(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, IPV6_SITE), strict=False))
    return "?" if found is None else str(found)


def client_of(address: str) -> IPv4Address | IPv6Address | None:
    """Returns ``address`` parsed, without its IPv6 zone; an IPv4-mapped address becomes IPv4. None for other text."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
