"""An address with a slash too many leads to its page, and never to another server."""

from __future__ import annotations

import pytest
from flask import Flask

from server.store.announcements import announcements
from server.trailing_slashes import redirect_trailing_slashes
from tests.cast import OPERATOR, announcement
from tests.desk.office import Office
from tests.desk.public.reader import Reader


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/item/a1/", "/item/a1"),
        ("/item/a1///", "/item/a1"),
        ("/board/xa-minh-tan/feed.atom/?x=1&y=t%C3%B4i", "/board/xa-minh-tan/feed.atom?x=1&y=t%C3%B4i"),
        ("/notice/7/", "/notice/7"),
        ("/nhung/", "/nhung"),
        ("/areas/tinh/alerts.atom/", "/areas/tinh/alerts.atom"),
    ],
)
def test_the_page_is_one_redirect_away(office: Office, asked: str, led: str) -> None:
    answer = Reader.of(office).get(asked)
    assert (answer.status_code, answer.headers["Location"]) == (308, led)


@pytest.mark.parametrize("asked", ["/item/", "/khong-co/", "/%2Fevil.example/", "/desk/queue/act/"])
def test_where_no_page_is_there_is_no_redirect(office: Office, asked: str) -> None:
    assert Reader.of(office).get(asked).status_code in (302, 404)
    assert "evil" not in Reader.of(office).get(asked).headers.get("Location", "")


def test_pages_that_end_in_a_slash_and_posts_stay(office: Office) -> None:
    announcements.post(office.db, announcement(), actor=OPERATOR.slug)
    assert Reader.of(office).get("/item/a1").status_code == 200
    assert Reader.of(office).get("/").status_code == 200
    assert office.browser(OPERATOR).get("/desk/queue/").status_code == 200
    assert office.app.test_client().post("/push/stop/", json={}).status_code == 404


def test_a_board_s_page_of_the_server_too() -> None:
    app = Flask("boards")
    app.add_url_rule("/board/<slug>", "board", lambda slug: slug)
    redirect_trailing_slashes(app)
    answer = app.test_client().get("/board/x%20%3Fy/?full=1")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/board/x%20%3Fy?full=1")
