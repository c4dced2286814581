"""Ambiguous requests (request smuggling), foreign Host headers and origins, and forged headers are refused."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.attacks.raw_connections import answer
from tests.attacks.test_strangers import station_of
from tests.station import Station

CLOSE = "Connection: close\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
LOCAL = "Host: localhost\r\n"


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    made = station_of(tmp_path_factory.mktemp("requests"), 'hosts = ["bang.xa.local"]')
    yield made
    made.close()


def status(said: bytes) -> int:
    assert said.startswith(b"HTTP/1.1 "), said[:100]
    return int(said[9:12])


SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
LINE = "X-A: b\r\n"
AMBIGUOUS = {
    "two lengths": f"POST / HTTP/1.1\r\n{LOCAL}Content-Length: 0\r\nContent-Length: 44\r\n\r\n{SMUGGLED}",
    "two equal lengths": f"POST / HTTP/1.1\r\n{LOCAL}Content-Length: 0\r\nContent-Length: 0\r\n\r\n{SMUGGLED}",
    "a list of lengths": f"POST / HTTP/1.1\r\n{LOCAL}Content-Length: 0, 0\r\n\r\n{SMUGGLED}",
    "a signed length": f"POST / HTTP/1.1\r\n{LOCAL}Content-Length: +0\r\n\r\n{SMUGGLED}",
    "length and chunks": f"POST / HTTP/1.1\r\n{LOCAL}Content-Length: 5\r\n{CHUNKED}\r\n0\r\n\r\n",
    "chunks": f"POST / HTTP/1.1\r\n{LOCAL}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "hidden chunks": f"POST / HTTP/1.1\r\n{LOCAL}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a folded line": f"GET / HTTP/1.1\r\n{LOCAL}X-A: b\r\n Content-Length: 9\r\n\r\n",
    "a bare CR": f"GET / HTTP/1.1\r\n{LOCAL}X-A: b\rContent-Length: 9\r\n\r\n",
    "a bare LF": "GET / HTTP/1.1\nHost: localhost\n\n",
    "NUL": f"GET / HTTP/1.1\r\n{LOCAL}X-A: b\0c\r\n\r\n",
    "a space before the colon": f"GET / HTTP/1.1\r\n{LOCAL}Content-Length : 9\r\n\r\n",
    "two hosts": f"GET / HTTP/1.1\r\n{LOCAL}Host: xau.example\r\n\r\n",
    "no host": f"GET / HTTP/1.1\r\n{CLOSE}\r\n",
    "a raw byte in the path": f"GET /board/bảng HTTP/1.1\r\n{LOCAL}\r\n",
    "a raw byte in the query": f"GET /glass/state?board=bảng HTTP/1.1\r\n{LOCAL}\r\n",
    "an escaped control character": f"GET /board/a%00b HTTP/1.1\r\n{LOCAL}\r\n",
    "an escaped NUL in the query": f"GET /glass/state?board=a%00 HTTP/1.1\r\n{LOCAL}\r\n",
    "HTTP/0.9": "GET /\r\n\r\n",
    "HTTP/2.0": f"GET / HTTP/2.0\r\n{LOCAL}\r\n",
    "a long line": f"GET / HTTP/1.1\r\n{LOCAL}X-A: {'a' * 9000}\r\n\r\n",
    "many lines": f"GET / HTTP/1.1\r\n{LOCAL}{200 * LINE}\r\n",
    "a number of 30 digits": f"GET /desk/notices/{'9' * 30} HTTP/1.1\r\n{LOCAL}\r\n",
    "a number of 30 digits in the query": f"GET /desk/sources/held?after={'9' * 30} HTTP/1.1\r\n{LOCAL}\r\n",
    "a key's command of 30 digits": f"POST /glass/screenshots/{'9' * 30} HTTP/1.1\r\n{LOCAL}\r\n",
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_could_be_read_in_two_ways_is_refused_and_the_connection_closed(station: Station, name: str) -> None:
    said = answer(station.port, [AMBIGUOUS[name].encode()])
    assert 400 <= status(said) < 500
    assert said.count(b"HTTP/1.1 ") == 1, "the rest was read as a second request"


def test_a_head_in_pieces_and_two_requests_on_one_connection_are_read_as_ever(station: Station) -> None:
    first = f"GET /healthz HTTP/1.1\r\n{LOCAL}\r\n".encode()
    second = f"GET /healthz HTTP/1.1\r\n{LOCAL}{CLOSE}\r\n".encode()
    said = answer(station.port, [first[:10], first[10:] + second])
    assert said.count(b"HTTP/1.1 200 OK") == 2


OWN = [
    "localhost",
    "localhost:8080",
    "127.0.0.1",
    "[::1]:80",
    "bang.xa.local",
    "BANG.xa.local.",
    socket.gethostname(),
]
FOREIGN = ["xau.example", "127.0.0.1.xau.example", "localhost@xau.example", "192.0.2.7", "", "a b", "localhost:x"]


@pytest.mark.parametrize("host", OWN)
def test_own_hosts_are_served(station: Station, host: str) -> None:
    assert status(answer(station.port, [f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n{CLOSE}\r\n".encode()])) == 200


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/healthz", "/desk/login", "/socket.io/?EIO=4&transport=polling"])
def test_foreign_hosts_are_refused_whatever_is_asked(station: Station, path: str, host: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: localhost\r\n{CLOSE}\r\n"
    assert status(answer(station.port, [request.encode()])) == 400


HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@pytest.mark.parametrize(
    "more",
    [
        "Host: xau.example\r\nOrigin: http://xau.example\r\n",
        "Host: localhost\r\nOrigin: http://xau.example\r\n",
        "Host: localhost\r\nOrigin: http://xau.example\r\nX-Forwarded-Host: xau.example\r\n",
        "Host: localhost\r\nOrigin: null\r\n",
    ],
)
def test_a_page_of_another_site_opens_no_websocket(station: Station, more: str) -> None:
    assert status(answer(station.port, [f"{HANDSHAKE}{more}\r\n".encode()])) == 400


def test_a_forged_forwarded_host_reaches_no_redirect_of_the_desk(station: Station) -> None:
    request = f"GET /desk/ HTTP/1.1\r\n{LOCAL}X-Forwarded-Host: xau.example\r\n{CLOSE}\r\n"
    said = answer(station.port, [request.encode()])
    assert status(said) in (302, 303)
    assert b"xau.example" not in said


def test_the_header_about_the_session_leaves_neither_the_desk_nor_is_its_address_reachable(station: Station) -> None:
    said = answer(station.port, [f"GET /desk/login HTTP/1.1\r\n{LOCAL}{CLOSE}\r\n".encode()])
    assert b"x-bangtin-session" not in said.lower()
    assert status(answer(station.port, [f"GET /desk/session HTTP/1.1\r\n{LOCAL}{CLOSE}\r\n".encode()])) == 404
