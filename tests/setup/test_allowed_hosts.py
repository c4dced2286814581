"""The names and addresses under which the server accepts requests."""

from __future__ import annotations

import socket

import pytest

from server.setup.allowed_hosts import AllowedHosts

HOSTS = AllowedHosts("https://bang.tinh.vn/", ["bang.xa.local"])


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:1", "desk.localhost", "127.0.0.1:8080", "127.9.9.9", "[::1]", "bang.tinh.vn",
     "bang.tinh.vn:443", "bang.xa.local.", socket.gethostname()],
)  # fmt: skip
def test_own_names_and_addresses(host: str) -> None:
    assert host in HOSTS
    assert host in HOSTS, "the second look finds what the first one kept"


@pytest.mark.parametrize(
    "host",
    ["", "xau.example", "tinh.vn", "x.bang.tinh.vn", "192.0.2.1", "0.0.0.0", "224.0.0.1", "[2001:db8::1]", "[::]",
     "localhost:port", "localhost/x", "a@localhost", "localhost, xau.example", "127.0.0.1.xau.example", None, 7],
)  # fmt: skip
def test_foreign_ones(host: object) -> None:
    assert host not in HOSTS
