"""The cache of public pages: what it keeps, for whom, and when it asks again."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.test import Client

from server.live.ops.public_cache import MOST_BYTES, PublicCache
from server.security_headers import HOLDS_HEADER, SESSION_COOKIE

START, MINUTE = 1_000_000, 60_000


@dataclass(slots=True)
class World:
    """An application that counts its requests, and what the cache in front of it sees of clocks and store."""

    epoch: str = "e1"
    revision: int = 7
    now: int = START
    seconds: float = 0.0
    status: str = "200 OK"
    holds: str | None = "e1 7 1060000"
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b"<p>Tin</p>" * 100
    asked: list[WSGIEnvironment] = field(default_factory=list)

    def app(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        self.asked.append(environ)
        body = self.body if environ["REQUEST_METHOD"] == "GET" else b""
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
        headers += [("ETag", '"t1"')] + ([(HOLDS_HEADER, self.holds)] if self.holds else [])
        start_response(self.status, [*headers, *self.headers])
        return [body]

    def client(self) -> Client:
        return Client(
            PublicCache(
                self.app,
                read_at=lambda: (self.epoch, self.revision),
                now=lambda: self.now,
                monotonic=lambda: self.seconds,
            ),
            use_cookies=False,
        )


@pytest.fixture
def world() -> World:
    return World()


def test_the_second_reader_costs_the_desk_nothing(world: World) -> None:
    client = world.client()
    first, second = client.get("/item/a1"), client.get("/item/a1")
    assert first.data == second.data == world.body
    assert len(world.asked) == 1
    assert HOLDS_HEADER not in first.headers
    assert HOLDS_HEADER not in second.headers


@pytest.mark.parametrize(
    "change", [{"revision": 8}, {"epoch": "e2"}, {"now": START + MINUTE}, {"seconds": 60.0}], ids=lambda one: str(one)
)
def test_an_answer_goes_with_the_revision_the_store_and_the_time(world: World, change: dict[str, object]) -> None:
    client = world.client()
    client.get("/item/a1")
    for name, value in change.items():
        setattr(world, name, value)
    client.get("/item/a1")
    assert len(world.asked) == 2


def test_an_answer_newer_than_the_servers_last_tick_holds(world: World) -> None:
    world.revision, client = 6, world.client()
    for _ in range(2):
        client.get("/item/a1")
    world.revision = 7
    client.get("/item/a1")
    assert len(world.asked) == 1


def test_host_path_query_and_language_have_an_answer_each(world: World) -> None:
    client = world.client()
    for _ in range(2):
        client.get("/item/a1")
        client.get("/item/a2")
        client.get("/?q=xa")
        client.get("/item/a1", headers={"Host": "la.example"})
        client.get("/item/a1", headers={"Cookie": "a=b; language=en"})
    assert len(world.asked) == 5


@pytest.mark.parametrize(
    "headers", [{"Cookie": f"{SESSION_COOKIE}=x"}, {"Authorization": "Bearer x"}], ids=["session", "key"]
)
def test_who_has_a_session_or_a_key_gets_an_answer_of_their_own(world: World, headers: dict[str, str]) -> None:
    client = world.client()
    for _ in range(2):
        assert HOLDS_HEADER not in client.get("/item/a1", headers=headers).headers
    assert len(world.asked) == 2


@pytest.mark.parametrize(("method", "path"), [("POST", "/item/a1"), ("GET", "/desk/"), ("GET", "/glass/state")])
def test_only_public_pages_are_kept(world: World, method: str, path: str) -> None:
    client = world.client()
    for _ in range(2):
        assert HOLDS_HEADER not in client.open(path, method=method).headers
    assert len(world.asked) == 2


def test_an_answer_without_the_mark_is_not_kept(world: World) -> None:
    world.holds, client = None, world.client()
    assert [client.get("/item/a1").data for _ in range(2)] == [world.body] * 2
    assert len(world.asked) == 2


def test_what_is_gone_is_kept_as_gone(world: World) -> None:
    world.status, client = "410 Gone", world.client()
    assert [client.get("/item/a1").status_code for _ in range(2)] == [410, 410]
    assert len(world.asked) == 1


def test_a_browser_that_has_the_page_gets_304_and_never_a_condition_of_another(world: World) -> None:
    client = world.client()
    assert client.get("/item/a1", headers={"If-None-Match": '"t1"'}).status_code == 304
    assert client.get("/item/a1").data == world.body
    assert "HTTP_IF_NONE_MATCH" not in world.asked[0]
    assert client.get("/item/a1", headers={"If-None-Match": '"t0"'}).status_code == 200


@pytest.mark.parametrize("kept", [True, False])
def test_a_reader_that_has_the_answer_gets_304_whether_it_is_kept_or_not(world: World, kept: bool) -> None:
    if not kept:
        world.holds = None
    world.headers = [("Last-Modified", "Mon, 09 Mar 2026 00:30:00 GMT")]
    client = world.client()
    for name, value in (("If-None-Match", 'W/"t0", "t1"'), ("If-Modified-Since", "Mon, 09 Mar 2026 00:30:00 GMT")):
        answer = client.get("/area/tinh/feed.atom", headers={name: value})
        assert (answer.status_code, answer.data) == (304, b"")
    other = {"If-None-Match": '"t0"', "If-Modified-Since": "Mon, 09 Mar 2026 00:30:00 GMT"}
    assert client.get("/area/tinh/feed.atom", headers=other).data == world.body


@pytest.mark.parametrize("cookie", ['language="en"', "language=en ; a=b", "language=en%00", "a=language=en"])
def test_a_cookie_that_could_be_read_in_two_ways_changes_no_answer_for_others(world: World, cookie: str) -> None:
    world.client().get("/item/a1", headers={"Cookie": cookie})
    assert "HTTP_COOKIE" not in world.asked[0]


def test_the_language_of_the_key_is_the_one_that_is_asked_for(world: World) -> None:
    world.client().get("/item/a1", headers={"Cookie": "a=b; language=en; c=d"})
    assert world.asked[0]["HTTP_COOKIE"] == "language=en"


def test_the_page_is_sent_in_gzip_where_the_browser_takes_it(world: World) -> None:
    client = world.client()
    packed = client.get("/item/a1", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(packed.data) == world.body
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Cookie, Accept-Encoding")
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(world.body) / 2
    assert client.get("/item/a1").data == world.body


@pytest.mark.parametrize("kept", [True, False])
def test_head_has_no_body_and_leaves_the_page_to_the_next_reader(world: World, kept: bool) -> None:
    if not kept:
        world.holds = None
    client = world.client()
    answer = client.head("/item/a1")
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", str(len(world.body)))
    assert client.get("/item/a1").data == world.body


def test_the_oldest_answers_make_room(world: World) -> None:
    world.body, client = b"x" * 3_000_000, world.client()
    count = MOST_BYTES // len(world.body) + 2
    for number in range(count):
        client.get(f"/item/a{number}")
    client.get(f"/item/a{count - 1}")
    assert len(world.asked) == count
    client.get("/item/a0")
    assert len(world.asked) == count + 1
