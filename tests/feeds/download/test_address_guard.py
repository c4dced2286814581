"""The address guard: which addresses it allows, and that fetches connect only to the address it has checked."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.download.address_guard import Deadline, GuardedBackend, embedded_ipv4, is_allowed, is_global
from feeds.download.headers import Headers
from feeds.errors import FeedError


@dataclass
class Recorder(httpcore.NetworkBackend):
    """A fake network backend that records connections and refuses those to addresses in ``dead``."""

    dead: frozenset[str] = frozenset()
    connected: list[str] = field(default_factory=list)

    def connect_tcp(self, host: str, *_rest: object, **_options: object) -> httpcore.NetworkStream:
        self.connected.append(host)
        if host in self.dead:
            raise httpcore.ConnectError("nobody there")
        return httpcore.MockStream([])


def connect(host: str, *answers: Sequence[str], network: Recorder, allow: Sequence[str] = ()) -> None:
    answers_in_turn = iter(answers)
    guard = GuardedBackend(Deadline.after(5), lambda *_: next(answers_in_turn), allow, network)
    guard.connect_tcp(host, 80, 5)


def test_a_name_is_resolved_once_and_the_checked_address_is_used() -> None:
    network = Recorder()
    connect("rebind.example", ["93.184.216.34"], ["127.0.0.1"], network=network)
    assert network.connected == ["93.184.216.34"]


def test_one_private_answer_among_good_ones_refuses_them_all() -> None:
    network = Recorder()
    with pytest.raises(FeedError) as caught:
        connect("mixed.example", ["93.184.216.34", "10.0.0.1"], network=network)
    assert (caught.value.code, network.connected) == ("private-address", [])


def test_the_next_address_is_tried_when_one_is_dead() -> None:
    network = Recorder(dead=frozenset({"2606:2800:220:1::1"}))
    connect("two.example", ["2606:2800:220:1::1", "93.184.216.34"], network=network)
    assert network.connected == ["2606:2800:220:1::1", "93.184.216.34"]


def test_an_answer_that_is_no_address_is_refused() -> None:
    with pytest.raises(FeedError) as caught:
        connect("odd.example", ["not an address"], network=Recorder())
    assert caught.value.code == "dns"


@pytest.mark.parametrize("allow", ["10.0.0.0/8", "10.1.2.3", "Noi-Bo.example", "::ffff:0:0/96"])
def test_allow_private_admits_what_it_names(allow: str) -> None:
    network = Recorder()
    through = "10." in allow or "noi" in allow.lower()
    try:
        connect("noi-bo.example", ["10.1.2.3"], network=network, allow=(allow,))
    except FeedError:
        assert not through
    assert network.connected == (["10.1.2.3"] if through else [])


def test_an_allowed_name_does_not_allow_another() -> None:
    assert not is_allowed("khac.example", ipaddress.ip_address("10.1.2.3"), ("noi-bo.example",))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_extracted_from_every_kind_of_ipv6_address(address: ipaddress.IPv4Address) -> None:
    wrapped = (
        f"::ffff:{address}",
        f"64:ff9b::{address}",
        str(ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))),
    )
    assert {embedded_ipv4(text) for text in wrapped} == {address}


@given(st.ip_addresses())
def test_nothing_private_or_shared_is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_global(embedded_ipv4(str(address))) or embedded_ipv4(str(address)) != address


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "14.0.0.1"])
def test_the_internet_is_global(address: str) -> None:
    assert is_global(embedded_ipv4(address))


@pytest.mark.parametrize(
    "address",
    ["100.64.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1",
     "::", "ff02::1", "fe80::1%eth0", "2001:db8::1", "2001::1", "64:ff9b:1::1"],
)  # fmt: skip
def test_reserved_addresses_are_not_global(address: str) -> None:
    assert not is_global(embedded_ipv4(address))


def headers(**values: str) -> Headers:
    return Headers((name.replace("_", "-").encode(), value.encode()) for name, value in values.items())


def test_retry_after_is_seconds_or_a_date_by_the_hosts_own_clock() -> None:
    date = "Mon, 28 Sep 2026 01:00:00 GMT"
    assert headers(retry_after="90").retry_after() == timedelta(seconds=90)
    assert headers(retry_after="Mon, 28 Sep 2026 01:05:00 GMT", date=date).retry_after() == timedelta(minutes=5)
    assert headers(retry_after="Mon, 28 Sep 2026 00:05:00 GMT", date=date).retry_after() == timedelta(0)
    assert headers(retry_after="Mon, 28 Sep 2026 01:05:00 GMT").retry_after() is None
    assert headers(retry_after="-5").retry_after() is None
    assert headers().retry_after() is None


def test_max_age_is_cache_control_else_expires() -> None:
    date, later = "Mon, 28 Sep 2026 01:00:00 GMT", "Mon, 28 Sep 2026 02:00:00 GMT"
    assert headers(cache_control="max-age=60", expires=later, date=date).max_age() == timedelta(minutes=1)
    assert headers(expires=later, date=date).max_age() == timedelta(hours=1)
    assert headers(expires="0", date=date).max_age() is None
    assert headers(cache_control="s-maxage=5, no-cache, max-age=60").max_age() is None
    assert headers(cache_control="max-age=999999999").max_age() == timedelta(days=7)
