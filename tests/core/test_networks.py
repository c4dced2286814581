"""Which clients a limit counts together: those of one IPv4 address, or of one IPv6 network (/56)."""

from __future__ import annotations

import pytest

from server.core.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8::1", "2001:db8::/56"),
        ("2001:db8:0:0:a:b:c:d", "2001:db8::/56"),
        ("2001:db8:0:1::1", "2001:db8::/56"),
        ("2001:db8:0:100::1", "2001:db8:0:100::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", "?"),
        ("unix:", "?"),
    ],
)
def test_a_client_is_its_ipv4_address_or_its_ipv6_network(address: str, network: str) -> None:
    assert network_of(address) == network
