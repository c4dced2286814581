"""Fetching by HTTP: cookies and redirects lead to permitted hosts only; time and size of an answer are limited.

Each kind of failure (name, connection, certificate, time) is a FetchError with a code of its own.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from feeds import Fetched, FetchError, FetchPolicy, HttpStatus, fetch, read
from feeds.download.address_guard import Resolve
from tests.feeds.hosts import Host, Script, drips, hangs, host, in_turn, loopback, raw, responds
from tests.feeds.stories import NOW, STORIES, sample_feed

FEED = sample_feed().encode()
HOME = FetchPolicy(allow_private=("127.0.0.0/8",), connect_seconds=30, total_seconds=30)
# A short timeout, only for hosts that never finish: on a busy machine other fetches need more time.
SHORT = FetchPolicy(allow_private=("127.0.0.0/8",), connect_seconds=0.3, total_seconds=0.3)
OK = b"HTTP/1.1 200 OK\r\n"


def get(script: Script, policy: FetchPolicy = HOME, path: str = "/rss", resolve: Resolve = loopback) -> Fetched:
    with host(script) as server:
        return fetch(server.url(path), policy, resolve=resolve)


def failure(script: Script, policy: FetchPolicy = HOME, resolve: Resolve = loopback) -> FetchError:
    with pytest.raises(FetchError) as caught:
        get(script, policy, resolve=resolve)
    return caught.value


# --- cookies -------------------------------------------------------------------------------------------------


def gate(cookie: str, target: str = "/rss") -> Script:
    """A script for a host that redirects to ``target`` with the cookie ``cookie`` until the cookie comes back.

    It answers with the feed if a request contains "cua=mo", and with 404 under any name but cong.example. "PORT" in
    ``target`` stands for its port.
    """

    def script(server: Host, connection: socket.socket, request: bytes) -> None:
        if b"cua=mo" in request:
            responds("200 OK", body=FEED)(server, connection, request)
        elif b"Host: cong.example" not in request:
            responds("404 Not Found")(server, connection, request)
        else:
            at = target.replace("PORT", str(server.port))
            responds("302 Found", f"Set-Cookie: {cookie}", f"Location: {at}")(server, connection, request)

    return script


@pytest.mark.parametrize(
    "cookie",
    [
        "cua=mo",
        "cua=mo; Path=/; HttpOnly; SameSite=Lax",
        "cua=mo; Domain=.cong.example",
        "cua=mo; Max-Age=60; path=/rss",
    ],
)
def test_a_cookie_that_a_redirect_sets_comes_back(cookie: str) -> None:
    assert get(gate(cookie)).body == FEED


def test_a_cookie_reaches_hosts_below_its_domain() -> None:
    got = get(gate("cua=mo; Domain=cong.example; Path=/", "http://tin.cong.example:PORT/rss"))
    assert got.url.startswith("http://tin.cong.example:")


@pytest.mark.parametrize(
    ("cookie", "target"),
    [
        ("cua=mo", "http://khac.example:PORT/rss"),
        ("cua=mo; Path=/", "http://tin.cong.example:PORT/rss"),
        ("cua=mo; Domain=khac.example", "http://khac.example:PORT/rss"),
        ("cua=mo; Domain=example", "http://khac.example:PORT/rss"),
        ("cua=mo; Secure; Path=/", "/rss"),
        ("cua=mo; Path=/rieng", "/rss"),
        ("cua=mo; Max-Age=0", "/rss"),
        (f"cua=mo; Max-Age={'9' * 400}", "/rss"),
        ("cua=mo; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "/rss"),
        ("cua\x01=mo", "/rss"),
    ],
)
def test_a_cookie_goes_nowhere_else(cookie: str, target: str) -> None:
    with host(gate(cookie, target)) as server:
        with pytest.raises(FetchError):
            fetch(server.url(), HOME, resolve=loopback)
        assert not any(b"cua=mo" in request for request in server.asked)


def test_cookies_are_forgotten_with_the_fetch() -> None:
    with host(gate("cua=mo")) as server:
        for _ in range(2):
            fetch(server.url(), HOME, resolve=loopback)
        assert [b"cua=mo" in request for request in server.asked] == [False, True, False, True]


# --- results and conditions ---------------------------------------------------------------------------------


def test_a_feed_comes_back_with_what_the_next_fetch_needs() -> None:
    got = get(
        responds(
            "200 OK",
            "Content-Type: text/xml; charset=utf-8",
            'ETag: W/"a b"',
            "Last-Modified: Mon, 28 Sep 2026 01:00:00 GMT",
            "Cache-Control: public, max-age=600",
            body=FEED,
        )
    )
    assert (got.status, got.body, got.complete) == (200, FEED, True)
    assert (got.content_type, got.etag) == ("text/xml; charset=utf-8", 'W/"a b"')
    assert (got.last_modified, got.max_age) == ("Mon, 28 Sep 2026 01:00:00 GMT", timedelta(minutes=10))
    assert (got.retry_after, got.permanent) == (None, None)


def test_validators_go_back_verbatim_and_304_has_no_body() -> None:
    with host(responds("304 Not Modified", "ETag: unquoted-7")) as server:
        got = fetch(server.url(), HOME, etag="unquoted-7", last_modified="yesterday, I think", resolve=loopback)
    assert (got.status, got.body, got.etag) == (304, b"", "unquoted-7")
    assert b"If-None-Match: unquoted-7\r\n" in server.asked[0]
    assert b"If-Modified-Since: yesterday, I think\r\n" in server.asked[0]


def test_a_first_fetch_asks_without_conditions_and_names_the_product() -> None:
    with host(responds("200 OK", body=FEED)) as server:
        fetch(server.url("/r s?q=đê"), HOME, resolve=loopback)
        fetch(server.url(), FetchPolicy(("127.0.0.1",), user_agent="Khác/2"), etag="a\r\nX: y", resolve=loopback)
    first, second = server.asked
    assert b"GET /r%20s?q=%C4%91%C3%AA HTTP/1.1\r\n" in first
    assert f"Host: cong.example:{server.port}\r\n".encode() in first
    assert b"User-Agent: BangTin/" in first
    assert b"User-Agent: Kh\xe1c/2\r\n" in second
    assert b"If-None-Match" not in first + second


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(FEED)),
        ("x-gzip", gzip.compress(FEED[:900]) + gzip.compress(FEED[900:])),
        ("gzip", FEED),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED, wbits=-15)),
        ("identity", FEED),
    ],
)
def test_compressed_bodies_are_unpacked(encoding: str, body: bytes) -> None:
    assert get(responds("200 OK", f"Content-Encoding: {encoding}", body=body)).body == FEED


def test_a_chunked_body_is_joined() -> None:
    chunks = b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in (FEED[:70], FEED[70:], b""))
    assert get(raw(OK, b"Transfer-Encoding: chunked\r\n\r\n", chunks)).body == FEED


def test_a_whole_reading_over_the_wire() -> None:
    with host(responds("200 OK", "Content-Type: text/xml", body=FEED)) as server:
        local = FetchPolicy(allow_private=("127.0.0.1",))
        got = read(server.url(name="127.0.0.1"), now=NOW, policy=local)
    assert [entry.title for entry in got.entries] == [story.title for story in STORIES]


def test_a_body_that_breaks_off_is_kept_and_marked_incomplete() -> None:
    for headers in (
        b"Content-Length: 99999\r\nETag: x\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nETag: x\r\n\r\nffff\r\n",
    ):
        got = get(raw(OK, headers, FEED))
        assert (got.body, got.complete, got.etag) == (FEED, False, "")


# --- redirects -----------------------------------------------------------------------------------------------


def test_permanent_redirects_are_reported_and_temporary_ones_are_not() -> None:
    last = responds("200 OK", body=FEED)
    for first, second, moved in (
        ("301 Moved", "308 Moved", "/c"),
        ("308 Moved", "302 Found", "/b"),
        ("307 Away", "301 Moved", None),
    ):
        with host(in_turn(responds(first, "Location: /b"), responds(second, "Location: c"), last)) as server:
            got = fetch(server.url("/a"), HOME, resolve=loopback)
        assert got.url == server.url("/c")
        assert got.permanent == (server.url(moved) if moved else None)


def test_too_many_redirects_are_refused() -> None:
    assert failure(responds("302 Found", "Location: /rss")).code == "redirects"


def test_each_hop_passes_the_guard() -> None:
    for target in ("http://192.168.1.1/", "http://[::ffff:10.0.0.1]/", "//169.254.169.254/latest/meta-data"):
        assert failure(responds("302 Found", f"Location: {target}")).code == "private-address"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://a/", "javascript:1", "http://[x"])
def test_a_redirect_out_of_http_is_refused(target: str) -> None:
    assert failure(responds("301 Moved", f"Location: {target}")).code == "scheme"


def test_a_name_that_resolves_privately_at_a_redirect_is_refused() -> None:
    answers = iter((["127.0.0.1"], ["10.0.0.1"]))

    def changing(name: str, port: int) -> Sequence[str]:
        return next(answers)

    assert failure(responds("302 Found", "Location: /b"), resolve=changing).code == "private-address"


# --- refusals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://[::1]:1/", "http://0.0.0.0:1/", "http://[::ffff:7f00:1]:1/", "http://10.1.2.3/",
     "http://172.16.0.1/", "http://192.168.0.1/", "http://100.64.0.1/", "http://169.254.169.254/", "http://224.0.0.1/",
     "http://[fe80::1]/", "http://[fc00::1]/", "http://[64:ff9b::a00:1]/", "http://[2002:a00:1::]/", "http://[::a00:1]/",
     "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://localhost/", "http://user@127.0.0.1/"],
)  # fmt: skip
def test_addresses_outside_the_internet_are_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(url, FetchPolicy(connect_seconds=30, total_seconds=30))
    assert caught.value.code == "private-address"


@pytest.mark.parametrize("url", ["ftp://a.vn/", "file:///etc/passwd", "", "/rss", "http://", "http://[x]/"])
def test_addresses_that_are_not_http_are_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(url, HOME, resolve=loopback)
    assert caught.value.code == "scheme"


@pytest.mark.parametrize(
    ("status", "retry", "span"),
    [("429 Slow down", "120", timedelta(minutes=2)), ("503 Later", "999999", timedelta(hours=8)),
     ("410 Gone", "", None), ("404 Not Found", "", None), ("500 Oops", "soon", None), ("403 No", "", None)],
)  # fmt: skip
def test_an_error_status_is_raised_with_retry_after(status: str, retry: str, span: timedelta | None) -> None:
    headers = [f"Retry-After: {retry}"] if retry else []
    error = failure(responds(status, *headers, body=b"<html>"))
    assert isinstance(error, HttpStatus)
    assert (error.status, error.retry_after) == (int(status[:3]), span)
    assert str(error.status) in error.message


# --- hosts that misbehave ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        hangs(),
        hangs(OK),
        hangs(OK + b"Content-Length: 100\r\n\r\nhalf"),
        drips(b"", b"H"),
        drips(OK, b"X-Drip: 1\r\n"),
        drips(OK + b"\r\n", b"<"),
        drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n<\r\n"),
        drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["silent", "no headers", "half a body", "first line", "headers", "body", "chunks", "1xx"],
)
def test_no_host_can_delay_a_fetch_beyond_the_deadline(script: Script) -> None:
    assert failure(script, SHORT).code == "timeout"


def test_a_resolver_that_hangs_ends_at_the_deadline() -> None:
    over = threading.Event()

    def slow(name: str, port: int) -> Sequence[str]:
        over.wait(20)
        return []

    assert failure(responds("200 OK"), SHORT, resolve=slow).code == "timeout"
    over.set()


@pytest.mark.parametrize(
    "script",
    [
        drips(OK + b"\r\n", b"<" * 50_000, every=0),
        responds("200 OK", body=b"x" * 100_001),
        responds("200 OK", "Content-Encoding: gzip", body=gzip.compress(b"\0" * 10_000_000)),
        responds("200 OK", "Content-Encoding: deflate", body=zlib.compress(b"\0" * 10_000_000)),
        responds("200 OK", "Content-Encoding: gzip", body=gzip.compress(b"\0" * 60_000) * 2),
    ],
    ids=["endless", "too long", "gzip bomb", "deflate bomb", "many members"],
)
def test_no_host_fills_the_memory(script: Script) -> None:
    assert failure(script, FetchPolicy(("127.0.0.1",), max_bytes=100_000)).code == "too-large"


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "zstd", "compress"])
def test_an_unsupported_content_encoding_is_refused(encoding: str) -> None:
    assert failure(responds("200 OK", f"Content-Encoding: {encoding}", body=b"x")).code == "encoding"


def test_a_damaged_stream_is_refused() -> None:
    body = gzip.compress(FEED)
    broken = body[:40] + b"\xff" * 40 + body[80:]
    assert failure(responds("200 OK", "Content-Encoding: gzip", body=broken)).code == "encoding"


@pytest.mark.parametrize(
    "script",
    [raw(), raw(b"SSH-2.0-x\r\n"), raw(OK + b"Content-Length: -5\r\n\r\n"), raw(OK, b"X: " + b"y" * 300_000)],
    ids=["hangs up", "not http", "negative length", "endless header"],
)
def test_a_response_that_is_not_http_is_an_error(script: Script) -> None:
    assert failure(script).code in ("protocol", "connect")


def test_an_unknown_name() -> None:
    def unknown(name: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    assert failure(responds("200 OK"), resolve=unknown).code == "dns"
    assert failure(responds("200 OK"), resolve=lambda *_: []).code == "dns"


def test_a_closed_port() -> None:
    with host(responds("200 OK")) as server:
        pass
    with pytest.raises(FetchError) as caught:
        fetch(server.url(), HOME, resolve=loopback)
    assert caught.value.code == "connect"


# --- TLS -----------------------------------------------------------------------------------------------------


def secure(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def over_tls(certified: str, bundle: str) -> Fetched:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(bundle)
    with host(responds("200 OK", body=FEED), tls=secure(authority, certified)) as server:
        trusting = FetchPolicy(("127.0.0.1",), ca_bundle=bundle)
        return fetch(server.url(scheme="https"), trusting, resolve=loopback)


def test_a_certificate_is_checked_against_the_name_not_the_address(tmp_path: Path) -> None:
    assert over_tls("cong.example", str(tmp_path / "ca.pem")).body == FEED
    with pytest.raises(FetchError) as caught:
        over_tls("khac.example", str(tmp_path / "other.pem"))
    assert caught.value.code == "tls"


def test_an_unknown_authority_is_refused() -> None:
    stranger = secure(trustme.CA(), "cong.example")
    with host(responds("200 OK", body=FEED), tls=stranger) as server, pytest.raises(FetchError) as caught:
        fetch(server.url(scheme="https"), HOME, resolve=loopback)
    assert caught.value.code == "tls"


def test_a_missing_ca_bundle_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FetchError) as caught:
        fetch("https://cong.example/", FetchPolicy(ca_bundle=str(tmp_path / "none.pem")), resolve=loopback)
    assert caught.value.code == "ca-bundle"


def test_a_handshake_that_hangs_ends_at_the_deadline() -> None:
    def mute(server: Host, connection: object, request: bytes) -> None:
        server.closing.wait(20)

    with host(mute) as server, pytest.raises(FetchError) as caught:
        fetch(server.url(scheme="https"), SHORT, resolve=loopback)
    assert caught.value.code == "timeout"
