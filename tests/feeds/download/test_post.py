"""Posting by HTTP: private hosts are refused, redirects are not followed, and a long answer is cut."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest

from feeds import FetchPolicy
from feeds.download.post import MAX_ANSWER_BYTES, Posted, post
from feeds.errors import Refused, TimedOut
from tests.feeds.hosts import Host, Script, hangs, host, loopback, responds

HOME = FetchPolicy(allow_private=("127.0.0.0/8",), connect_seconds=30, total_seconds=30)


def sent(script: Script, policy: FetchPolicy = HOME, content: bytes = b"{}") -> Posted:
    with host(script) as server:
        return post(
            server.url("/in?board=a"), policy, content, headers={"Content-Type": "application/json"}, resolve=loopback
        )


def test_the_receiver_gets_method_address_headers_and_content() -> None:
    seen = []

    def script(server: Host, connection: socket.socket, request: bytes) -> None:
        while not request.endswith(b"xin ch\xc3\xa0o"):
            request += connection.recv(4096)
        seen.append(request)
        responds("202 Accepted", "Retry-After: 120", body=b"ok")(server, connection, request)

    assert sent(script, content="xin chào".encode()) == Posted(202, timedelta(minutes=2), b"ok")
    head = seen[0].partition(b"\r\n\r\n")[0].splitlines()
    assert head[0] == b"POST /in?board=a HTTP/1.1"
    assert {b"Content-Type: application/json", b"Content-Length: 9"} < set(head)


def test_a_redirect_is_returned_and_not_followed() -> None:
    answer = sent(responds("307 Temporary Redirect", "Location: http://khac.example/"))
    assert answer.status == 307


def test_a_long_answer_is_cut() -> None:
    assert sent(responds("500 Internal Server Error", body=b"x" * 100_000)).body == b"x" * MAX_ANSWER_BYTES


def test_a_private_host_is_refused() -> None:
    with pytest.raises(Refused):
        sent(responds("200 OK"), FetchPolicy())


def test_a_receiver_that_never_answers_times_out() -> None:
    with pytest.raises(TimedOut):
        sent(hangs(b""), FetchPolicy(allow_private=("127.0.0.0/8",), connect_seconds=0.3, total_seconds=0.3))


def test_only_web_addresses_are_posted_to() -> None:
    with pytest.raises(Refused):
        post("file:///etc/passwd", HOME, b"", headers={})
