"""The server's proxy to the desk: a request that waits at the desk delays no other; a dead desk is restarted."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socketserver
import sqlite3
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.test import Client

from server.live.glass.board_pages import BoardParts
from server.live.ops.desk_proxy import DeskProxy, with_desk
from server.live.ops.public_paths import is_of_desk
from server.security_headers import HOLDS_HEADER
from server.store.announcements import announcements
from tests.station import PATIENCE, Station, config_text, until


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station.of(tmp_path, config_text(["bang"]))
    try:
        made.start(worker=False)
        until(lambda: made.get("/desk/login")[0] == 200, "the desk answers")
        yield made
    finally:
        made.close()


class Visitor:
    """A browser at the desk; its sign-in may wait in a thread of its own."""

    def __init__(self, station: Station) -> None:
        self.station, self.cookie, self.status = station, "", 0

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.station.port, timeout=PATIENCE)
        connection.request(method, path, body, {"Cookie": self.cookie, **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        given = answer.getheader("Set-Cookie")
        self.cookie = given.split(";")[0] if given else self.cookie
        connection.close()
        return answer.status, text

    def sign_in_slowly(self) -> threading.Thread:
        """Starts a thread that signs in; its request ends only when the desk can write to the store."""
        _, page = self.ask("GET", "/desk/login")
        token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', page)
        assert token is not None
        body = f"csrf_token={token[1]}&email=hoa&password=bon+con+ngua+dung+ven+song".encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}

        def wait() -> None:
            self.status, _ = self.ask("POST", "/desk/login", body, **kind)

        made = threading.Thread(target=wait)
        made.start()
        return made


def with_a_password(station: Station) -> None:
    done = station.cli("user", "add", "hoa", "--name", "Hoa", "--email", "h@x.vn")
    token = re.search(r"/desk/welcome/(\S+)", done.stdout)
    assert token is not None, done.stderr
    visitor, path = Visitor(station), f"/desk/welcome/{token[1]}"
    _, page = visitor.ask("GET", path)
    csrf = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', page)
    assert csrf is not None
    body = f"csrf_token={csrf[1]}&password=bon+con+ngua+dung+ven+song&again=bon+con+ngua+dung+ven+song".encode()
    status, text = visitor.ask("POST", path, body, **{"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 303, text


def test_while_the_desk_waits_for_the_store_the_server_answers(station: Station) -> None:
    with_a_password(station)
    holder = sqlite3.connect(station.data / "bangtin.db", isolation_level=None)
    visitor = Visitor(station)
    holder.execute("BEGIN IMMEDIATE")
    waiting = visitor.sign_in_slowly()
    # The password is correct, but the sign-in cannot be stored: the desk's thread waits for up to five seconds.
    for _ in range(50):
        assert station.get("/healthz")[0] == 200
        assert station.get("/glass/state?board=bang")[0] == 200
    assert waiting.is_alive(), "the sign-in did not wait, so the test shows nothing"
    holder.execute("ROLLBACK")
    holder.close()
    waiting.join(PATIENCE)
    assert visitor.status == 302


def test_a_desk_that_dies_is_restarted_and_the_server_goes_on(station: Station) -> None:
    assert station.server is not None
    desk = _desk_of(station.server.pid)
    Path(f"/proc/{desk}").stat()
    _kill(desk)
    assert station.get("/healthz")[0] == 200
    until(lambda: station.get("/desk/login")[0] == 200, "the desk answers again")
    assert _desk_of(station.server.pid) != desk


def _desk_of(server: int) -> int:
    def find() -> int | None:
        for task in Path(f"/proc/{server}/task").iterdir():
            for child in (task / "children").read_text().split():
                if b"\0desk\0" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
        return None

    found: int = until(find, "the desk's process")
    return found


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize(
    ("headers", "status"), [({"Transfer-Encoding": "chunked"}, 411), ({"Content-Length": str(2**40)}, 413)]
)
@pytest.mark.parametrize(
    ("path", "kind"), [("/desk/login", "text/plain; charset=utf-8"), ("/api/v1/notices", "application/problem+json")]
)
def test_a_body_of_unknown_or_excessive_length_is_refused_unread(
    station: Station, headers: dict[str, str], status: int, path: str, kind: str
) -> None:
    connection: Any = http.client.HTTPConnection("127.0.0.1", station.port, timeout=PATIENCE)
    connection.putrequest("POST", path)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    if status == 411:
        connection.send(b"0\r\n\r\n")
    response = connection.getresponse()
    assert (response.status, response.headers["Content-Type"]) == (status, kind)
    if path.startswith("/api"):
        assert json.loads(response.read())["status"] == status
    connection.close()


def test_a_forged_x_forwarded_for_is_ignored(station: Station) -> None:
    with_a_password(station)
    visitor = Visitor(station)
    _, page = visitor.ask("GET", "/desk/login")
    csrf = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', page)
    assert csrf is not None
    body = f"csrf_token={csrf[1]}&email=hoa&password=bon+con+ngua+dung+ven+song".encode()
    made_up = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": "8.8.8.8"}
    assert visitor.ask("POST", "/desk/login", body, **made_up)[0] == 302
    with sqlite3.connect(station.data / "bangtin.db") as raw:
        assert {row[0] for row in raw.execute("SELECT address FROM sign_ins")} == {"127.0.0.1"}
    raw.close()


def test_the_design_gallery_is_forwarded_to_the_desk_which_checks_rights(station: Station) -> None:
    assert station.get("/glass/gallery?view=1920x1080")[0] == 303
    assert station.get("/glass/gallery/story-usual-1")[0] == 303
    assert station.get("/glass/gallery-of-nobody")[0] == 404


class Desk(BaseHTTPRequestHandler):
    """A fake desk that answers with the status at the end of the path."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.rpartition("/")[2]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - http.server finds it by this name

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


class ListMaker(Desk):
    """A fake desk that makes the list of a board and tells in it which cookie it was sent."""

    def do_GET(self) -> None:
        body = json.dumps({"head": self.path, "body": self.headers.get("Cookie", "")}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header(HOLDS_HEADER, "e1 7 9")
        self.end_headers()
        self.wfile.write(body)


def test_a_boards_page_gets_its_list_in_the_readers_language(tmp_path: Path) -> None:
    path = str(tmp_path / "desk")
    with socketserver.ThreadingUnixStreamServer(path, ListMaker) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        environ = {"REMOTE_ADDR": "::1", "HTTP_HOST": "localhost", "HTTP_COOKIE": "language=en"}
        found = DeskProxy(lambda: path, tls=False).ask_parts("hoi-truong", environ)
        server.shutdown()
        thread.join()
    assert found == BoardParts("/board/hoi-truong/parts", "language=en", "e1 7 9")


def test_without_a_desk_boards_have_no_list_and_the_front_page_is_plain(tmp_path: Path) -> None:
    desk = DeskProxy(lambda: str(tmp_path / "nobody"), tls=False)
    assert desk.ask_parts("hoi-truong", {"REMOTE_ADDR": "::1"}) is None

    def plain(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [])
        return [b"boards"]

    desk.without_desk = plain
    client = Client(with_desk(plain, desk))
    assert client.get("/").data == b"boards"
    assert client.get("/item/a1").status_code == 503
    for_programs = client.get("/api/v1/boards")
    assert (for_programs.status_code, for_programs.content_type) == (503, "application/problem+json")
    assert for_programs.get_json(force=True)["detail"].endswith("Hãy gửi lại sau vài giây.")
    assert client.get("/board/hoi-truong").data == b"boards"


def test_a_desk_that_is_silent_is_not_asked_for_each_page(tmp_path: Path) -> None:
    asked: list[str] = []

    def path() -> str:
        asked.append("path")
        return str(tmp_path / "nobody")

    desk = DeskProxy(path, tls=False)
    for _ in range(3):
        desk.ask_parts("hoi-truong", {"REMOTE_ADDR": "::1"})
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("method", "status", "looks"), [("POST", 303, 1), ("POST", 204, 1), ("POST", 422, 0), ("GET", 200, 0)]
)
def test_a_successful_write_at_the_desk_calls_on_write_before_the_response(
    tmp_path: Path, method: str, status: int, looks: int
) -> None:
    path = str(tmp_path / "desk")
    calls: list[str] = []

    def start_response(*_: object) -> Callable[[bytes], object]:
        calls.append("answer")
        return lambda _: None

    with socketserver.ThreadingUnixStreamServer(path, Desk) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        desk = DeskProxy(lambda: path, tls=False)
        desk.on_write = lambda: calls.append("look")
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/desk/{status}", "wsgi.input": BytesIO(), "REMOTE_ADDR": "::1",
        }  # fmt: skip
        list(desk(environ, start_response))
        server.shutdown()
        thread.join()
    assert calls == ["look"] * looks + ["answer"]


@pytest.mark.parametrize(
    ("path", "of_desk"),
    [
        ("/areas/tinh/alerts.atom", True), ("/alerts/0.cap", True), ("/item/a1", True), ("/desk", True),
        ("/alertsx", False), ("/", True), ("/robots.txt", True), ("/board/tinh", False), ("/boards", False),
        ("/board/tinh/feed.atom", True), ("/board/tinh/parts", True), ("/board/", False), ("/screen", False),
        ("/boards/tinh/feed.atom", False), ("/area/tinh/feed.atom", True), ("/data/items.csv", True),
        ("/data/", True), ("/datax", False), ("/oembed", True), ("/embed/board/tinh", True), ("/nhung", True),
    ],
)  # fmt: skip
def test_pages_for_everybody_feeds_and_alerts_belong_to_the_desk(path: str, of_desk: bool) -> None:
    assert is_of_desk(path) == of_desk


def test_a_kept_page_is_gone_when_its_item_is_withdrawn(station: Station) -> None:
    one = station.announce("bang", "Mở lớp nghề may", station.now("bang"))
    paths = (f"/item/a{one.id}", "/board/bang", "/board/bang?list=1")
    until(lambda: all(b"ngh" in station.get(path)[1] for path in paths), "the pages have the item")
    announcements.withdraw(station.store, one.id, actor="lan", now=station.now("bang"))
    until(lambda: station.get(paths[0])[0] == 410, "the item's page is gone")
    assert not [path for path in paths if "nghề may" in station.get(path)[1].decode().replace("\xa0", " ")]
