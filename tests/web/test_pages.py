"""The HTTP responses of the server: public boards only, correct caching, security headers on every response."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIEnvironment

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.core import wire
from server.core.lap.composition import compose
from server.core.model import Format, Slide
from server.core.screens.screens import Screen
from server.live.glass import assets
from server.live.glass.board_pages import BoardParts, glass_pages
from server.live.glass.security_headers import add_security_headers
from server.live.ops.health import Health, health_pages
from server.live.screens.registry import Refusal
from server.security_headers import HOLDS_HEADER
from tests.cast import BOARD_MINH_TAN, HOI_TRUONG, NOW, board
from tests.core.lap.laps import NOON, item

HASH = "0123456789abcdef"
FILM = "fedcba9876543210"
PRIVATE = replace(board("rieng", public=False), name="Phòng họp kín")


class FakeBoards:
    """Two public boards and a private one, with one slide body; the test sets ``revision``."""

    epoch = "e1"

    def __init__(self) -> None:
        self.revision = 3
        self.names = {one.slug: one for one in (HOI_TRUONG, BOARD_MINH_TAN, PRIVATE)}

    def glass(self, slug: str) -> wire.Glass | None:
        found = self.names.get(slug)
        lap = compose(HOI_TRUONG, [item("a")], None, NOON, filler=HASH)
        return wire.Glass(found, "Tỉnh <Hưng> Yên", self.revision, lap, "safe") if found else None

    def public_boards(self) -> tuple[tuple[str, str, str], ...]:
        return tuple((one.slug, one.name, "Tỉnh <Hưng> Yên") for one in self.names.values() if one.public)

    def bodies(self, hashes: list[str]) -> list[Slide]:
        html = "<p>Xin chào</p>"
        return [Slide(HASH, html, 8_000, "", "", "story", (f"/glass/media/{HASH}",)) for one in hashes if one == HASH]

    def in_public(self, digest: str) -> bool:
        return digest == HASH


class Keys:
    """A fake registry that knows the key of one screen, which belongs to the private board."""

    def bearer(self, header: str | None) -> Screen | None:
        if header is None:
            return None
        if header != "Bearer khoa":
            raise Refusal("Khóa của màn hình không còn hiệu lực")
        return Screen(1, "Màn hình 1", "rieng", 0, "", "lan", NOW)


class House:
    """The server's Flask application with fakes for all its dependencies."""

    def __init__(self, pictures: Path) -> None:
        self.boards, self.now, self.trouble = FakeBoards(), NOW, ""
        self.parts: BoardParts | None = None
        self.degraded: tuple[str, ...] = ()
        self.files = assets.load()
        app = Flask("tests")
        app.register_blueprint(glass_pages(self.boards, Keys(), self.files, pictures, self._clock, self._parts))
        app.register_blueprint(health_pages(lambda: Health(tuple(filter(None, [self.trouble])), self.degraded)))
        add_security_headers(app)
        self.browser: FlaskClient = app.test_client()

    def _clock(self) -> datetime:
        return self.now

    def _parts(self, _slug: str, _environ: WSGIEnvironment) -> BoardParts | None:
        return self.parts

    def get(self, path: str, **headers: str) -> Any:
        return self.browser.get(
            path, buffered=True, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )


@pytest.fixture
def house(tmp_path: Path) -> House:
    pictures = tmp_path / "media"
    pictures.mkdir()
    (pictures / f"{HASH}.webp").write_bytes(b"RIFFxxxxWEBP")
    (pictures / f"{FILM}.mp4").write_bytes(b"0123456789")
    (tmp_path / "bangtin.db").write_bytes(b"secret")
    return House(pictures)


# pages


def test_the_list_of_boards_names_the_public_ones_alone(house: House) -> None:
    page = house.get("/").text
    assert "/board/hoi-truong" in page
    assert "/board/xa-minh-tan" in page
    assert PRIVATE.slug not in page
    assert PRIVATE.name not in page


def test_the_list_follows_a_change(house: House) -> None:
    house.get("/")
    house.boards.names[HOI_TRUONG.slug] = replace(HOI_TRUONG, name="Nhà văn hóa")
    assert "Nhà văn hóa" in house.get("/").text


def test_a_board_has_its_page_and_what_it_is_called_is_escaped(house: House) -> None:
    answer = house.get("/board/hoi-truong")
    assert answer.status_code == 200
    assert 'id="stage"' in answer.text
    assert "Hội trường tỉnh" in answer.text
    assert "Tỉnh &lt;Hưng&gt; Yên" in answer.text
    assert f"/assets/{house.files.build}/main.js" in answer.text


def test_one_document_has_the_board_and_the_list_that_the_desk_makes(house: House) -> None:
    house.parts = BoardParts('<meta property="og:title" content="Hội trường">', '<ul class="list">Tin</ul>', "e1 7 9")
    answer = house.get("/board/hoi-truong")
    assert '<meta property="og:title" content="Hội trường">' in answer.text
    assert '<ul class="list">Tin</ul>' in answer.text
    assert 'id="stage"' in answer.text
    assert (answer.headers[HOLDS_HEADER], answer.headers["Cache-Control"]) == ("e1 7 9", "public, no-cache")
    assert re.findall(r'<script type="module" src="/assets/\w+/(\w+\.js)">', answer.text) == ["wide.js"]


@pytest.mark.parametrize("query", ["?full=1", ""])
def test_the_board_alone_is_shown_when_it_is_asked_for_or_the_desk_is_away(house: House, query: str) -> None:
    if query:
        house.parts = BoardParts("<meta>", '<ul class="list">Tin</ul>', "e1 7 9")
    answer = house.get(f"/board/hoi-truong{query}")
    assert 'class="list"' not in answer.text
    assert HOLDS_HEADER not in answer.headers
    assert re.findall(r'<script type="module" src="/assets/\w+/(\w+\.js)">', answer.text) == ["main.js"]


def test_an_led_modules_page_is_never_a_list_because_it_is_narrow(house: House) -> None:
    house.parts = BoardParts("<meta>", '<ul class="list">Tin</ul>', "e1 7 9")
    house.boards.names[HOI_TRUONG.slug] = replace(HOI_TRUONG, format=Format(size="LED"))
    assert 'class="list"' not in house.get("/board/hoi-truong").text


@pytest.mark.parametrize("slug", ["rieng", "khong-co", "..", "%2e%2e%2f", ""])
def test_what_is_private_looks_as_if_it_were_not_there(house: House, slug: str) -> None:
    assert house.get(f"/board/{slug}").status_code == 404
    assert house.get(f"/glass/state?board={slug}").status_code == 404


def test_an_unknown_address_is_a_page_for_people_and_a_plain_answer_for_programs(house: House) -> None:
    page = house.get("/board/khong-co", Accept="text/html,*/*;q=0.8")
    assert page.status_code == 404
    assert "Không có trang này" in page.text
    assert "There is no such page" in page.text
    assert "Không có trang này" not in house.get("/board/khong-co", Accept="*/*").text


def test_a_screen_sees_its_own_board_by_its_key_and_a_wrong_key_sees_nothing(house: House) -> None:
    own = house.get("/glass/state", Authorization="Bearer khoa")
    assert own.json["board"]["slug"] == "rieng"
    assert house.get("/glass/where", Authorization="Bearer khoa").json == {"board": "rieng"}
    for path in ("/glass/state?board=hoi-truong", "/glass/where", f"/glass/slides/{HASH}"):
        assert house.get(path, Authorization="Bearer khac").status_code == 401
    assert house.get("/glass/where").status_code == 401


# state


def test_the_state_by_http_is_the_state_of_the_wire(house: House) -> None:
    answer = house.get("/glass/state?board=hoi-truong")
    glass = house.boards.glass("hoi-truong")
    assert glass is not None
    said = wire.state(glass, epoch="e1", build=house.files.build, now=NOW)
    assert answer.json == json.loads(json.dumps(said))
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_tag_of_a_state_changes_with_the_state_and_not_with_the_clock(house: House) -> None:
    tag = house.get("/glass/state?board=hoi-truong").headers["ETag"]
    house.now += timedelta(hours=1)
    again = house.get("/glass/state?board=hoi-truong", If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")
    house.boards.revision += 1
    assert house.get("/glass/state?board=hoi-truong", If_None_Match=tag).status_code == 200
    house.boards.revision -= 1
    house.boards.epoch = "e2"
    assert house.get("/glass/state?board=hoi-truong", If_None_Match=tag).status_code == 200


# bodies, pictures, code


def test_a_body_by_its_hash_may_be_kept_for_ever(house: House) -> None:
    answer = house.get(f"/glass/slides/{HASH}")
    assert answer.json == {"hash": HASH, "html": "<p>Xin chào</p>", "media": [f"/glass/media/{HASH}"]}
    assert "immutable" in answer.headers["Cache-Control"]
    missing = house.get("/glass/slides/ffffffffffffffff")
    assert missing.status_code == 404
    assert "immutable" not in missing.headers.get("Cache-Control", "")


def test_a_picture_by_its_hash_may_be_kept_for_ever(house: House) -> None:
    answer = house.get(f"/glass/media/{HASH}")
    assert (answer.data, answer.content_type) == (b"RIFFxxxxWEBP", "image/webp")
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_video_is_served_in_ranges_so_that_it_can_be_started_anywhere(house: House) -> None:
    whole = house.get(f"/glass/media/{FILM}")
    assert (whole.data, whole.content_type) == (b"0123456789", "video/mp4")
    part = house.get(f"/glass/media/{FILM}", Range="bytes=2-4")
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")


@pytest.mark.parametrize(
    "name",
    ["ffffffffffffffff", "../bangtin.db", "..%2fbangtin.db", "%2e%2e/bangtin.db", "0123456789ABCDEF", "x" * 16],
)
def test_nothing_but_pictures_comes_out_of_their_folder(house: House, name: str) -> None:
    answer = house.get(f"/glass/media/{name}")
    assert answer.status_code == 404
    assert b"secret" not in answer.data
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_every_file_of_the_allow_list_is_served_with_its_type(house: House) -> None:
    build = house.files.build
    for name in house.files.files:
        if name == "offline.js":
            continue
        answer = house.get(f"/assets/{build}/{name}")
        assert answer.status_code == 200, name
        assert answer.content_type == house.files.type_of(name)
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_file_goes_in_gzip_where_the_browser_takes_it_and_where_it_is_worth_it(house: House) -> None:
    address = f"/assets/{house.files.build}"
    for name in ("main.js", "css/board.css", "vendor/socket.io.esm.min.js"):
        plain, packed = house.get(f"{address}/{name}"), house.get(f"{address}/{name}", Accept_Encoding="br, gzip")
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
        assert gzip.decompress(packed.data) == plain.data == house.files.files[name]
        assert len(packed.data) < len(plain.data) / 2
        refused = house.get(f"{address}/{name}", Accept_Encoding="gzip;q=0")
        assert refused.data == plain.data
    font = next(name for name in house.files.files if name.endswith(".woff2"))
    assert "Content-Encoding" not in house.get(f"{address}/{font}", Accept_Encoding="gzip").headers


def test_a_boards_page_names_all_that_it_will_need_and_no_sheet_asks_for_another(house: House) -> None:
    page = house.get("/board/hoi-truong").text
    named = re.findall(r'(?:href|src)="/assets/\w+/([^"]+)"', page)
    needed = {
        str(Path(name).parent / other)
        for name in house.files.modules("main.js")
        for other in re.findall(r'from "\./([^"]+\.js)"', house.files.files[name].decode())
    }
    assert len(needed) > 20
    assert needed <= set(named) <= set(house.files.files)
    assert b"@import" not in b"".join(house.files.files[name] for name in named if name.endswith(".css"))


def test_the_manifest_names_what_the_offline_worker_keeps(house: House) -> None:
    named = house.get(f"/assets/{house.files.build}/manifest.json").json
    assert "main.js" in named
    assert "css/slides.css" in named
    assert "vendor/socket.io.esm.min.js" in named
    assert "offline.js" not in named


@pytest.mark.parametrize(
    "path",
    ["{build}/package.json", "{build}/../run.py", "{build}/%2e%2e/run.py", "other/main.js", "{build}/offline.js"],
)
def test_nothing_else_is_served(house: House, path: str) -> None:
    assert house.get(f"/assets/{path.format(build=house.files.build)}").status_code == 404


def test_the_offline_worker_is_asked_for_each_time(house: House) -> None:
    answer = house.get("/offline.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"  # allows the scopes /board/… and /screen


# headers and health


@pytest.mark.parametrize(
    "path",
    ["/", "/board/hoi-truong", "/board/khong-co", "/glass/state?board=hoi-truong", f"/glass/media/{HASH}", "/x"],
)
def test_every_answer_says_what_a_page_may_do(house: House, path: str) -> None:
    headers = house.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert not [part for part in policy.values() if "unsafe" in part or "*" in part]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/board/hoi-truong", "/glass/state?board=hoi-truong"])
def test_nothing_can_be_posted(house: House, path: str) -> None:
    assert house.browser.post(path).status_code == 405


def test_health_is_alive_and_ready_is_of_use(house: House) -> None:
    assert (house.get("/healthz").status_code, house.get("/readyz").status_code) == (200, 200)
    house.trouble = "Cơ sở dữ liệu đang bận"
    assert house.get("/healthz").status_code == 200
    ready = house.get("/readyz")
    assert (ready.status_code, ready.text.strip()) == (503, "Cơ sở dữ liệu đang bận")
    house.trouble, house.degraded = "", ("Bàn biên tập im lặng 40 giây",)
    ready = house.get("/readyz")
    assert (ready.status_code, ready.text) == (200, "degraded: Bàn biên tập im lặng 40 giây\n")


def test_a_board_that_becomes_private_is_gone_at_once(house: House) -> None:
    assert house.get("/board/hoi-truong").status_code == 200
    house.boards.names["hoi-truong"] = replace(HOI_TRUONG, public=False)
    assert house.get("/board/hoi-truong").status_code == 404
    assert house.get("/glass/state?board=hoi-truong").status_code == 404
