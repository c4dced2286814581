"""The API and its keys: a key is shown once, limited to areas, expires, and has no right that its maker has not.

What a program submits waits for an editor.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from server.core.policy import Right
from server.desk.app import LARGEST_BODY
from server.store.announcements import announcements
from server.store.audit import audit
from server.store.people import messages, people, tokens
from tests import cast
from tests.cast import DAY, EDITOR, KEEPER, NOW, PHO_DONG_HAI
from tests.desk.office import Office


def key(office: Office, *rights: Right, area: str = "xa-minh-tan") -> str:
    maker = people.get(office.db, EDITOR.slug)
    return tokens.make(office.db, "Cổng tỉnh", rights, [area], by=maker, until=NOW + DAY, now=NOW)


def ask(office: Office, path: str, token: str = "", **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = office.app.test_client()
    return client.post(path, headers=headers, json=body) if body else client.get(path, headers=headers)


def test_a_key_reads_its_areas_only(office: Office) -> None:
    token = key(office, "board.view")
    assert [one["slug"] for one in ask(office, "/api/v1/areas", token).json] == ["xa-minh-tan"]
    assert {one["area"] for one in ask(office, "/api/v1/boards", token).json} == {"xa-minh-tan"}
    assert ask(office, "/api/v1/screens", token).status_code == 403


@pytest.mark.parametrize("token", ["", "bt_khong-co", "khong-co"])
def test_without_a_valid_key_the_answer_is_401(office: Office, token: str) -> None:
    answer = ask(office, "/api/v1/areas", token)
    assert answer.status_code == 401
    assert "Bearer" in answer.json["error"]


def test_an_expired_or_revoked_key_is_refused(office: Office) -> None:
    token = key(office, "board.view")
    tokens.revoke(office.db, tokens.listed(office.db)[0].id, actor="lan", now=NOW)
    assert ask(office, "/api/v1/areas", token).status_code == 401
    other = key(office, "board.view")
    office.now += timedelta(days=2)
    assert ask(office, "/api/v1/areas", other).status_code == 401


WANTED = {"area": "xa-minh-tan", "title": "Cắt điện", "text": "Từ 7 giờ đến 11 giờ sáng mai."}


def test_a_submitted_announcement_waits_for_an_editor(office: Office) -> None:
    token = key(office, "announcement.write")
    answer = ask(office, "/api/v1/announcements", token, **WANTED)
    assert answer.status_code == 201, answer.json
    posted = announcements.get(office.db, answer.json["id"])
    assert (posted.state, posted.created_by) == ("submitted", "token:1")
    assert ask(office, f"/api/v1/announcements/{posted.id}", token).json["state"] == "submitted"
    assert audit.all(office.db)[-1].actor == "token:1"


def test_nothing_is_submitted_or_read_in_other_areas(office: Office) -> None:
    token = key(office, "announcement.write")
    assert ask(office, "/api/v1/announcements", token, **WANTED | {"area": "xa-dong-hai"}).status_code == 403
    other = announcements.post(office.db, cast.announcement(area="xa-dong-hai"), actor="lan")
    assert ask(office, f"/api/v1/announcements/{other.id}", token).status_code == 404


@pytest.mark.parametrize(
    ("language", "said"), [("vi", "tittle: không có mục này"), ("en", "tittle: Extra inputs are not permitted")]
)
def test_an_error_is_in_the_language_of_the_caller(office: Office, language: str, said: str) -> None:
    headers = {"Authorization": f"Bearer {key(office, 'announcement.write')}", "Accept-Language": language}
    answer = office.app.test_client().post("/api/v1/announcements", headers=headers, json=WANTED | {"tittle": "x"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert said in answer.json["error"]


def test_an_error_names_its_place(office: Office) -> None:
    answer = ask(office, "/api/v1/announcements", key(office, "announcement.write"), **WANTED | {"tittle": "x"})
    assert answer.status_code == 422
    assert "tittle" in answer.json["error"]


def test_a_key_has_no_right_that_its_maker_has_not(office: Office) -> None:
    keeper = people.get(office.db, KEEPER.slug)
    with pytest.raises(people.NotAllowed):
        tokens.make(office.db, "x", ["announcement.write"], ["tinh"], by=keeper, until=NOW + DAY, now=NOW)
    editor = people.get(office.db, EDITOR.slug)
    with pytest.raises(people.NotAllowed):
        tokens.make(office.db, "x", ["announcement.approve"], ["tinh"], by=editor, until=NOW + DAY, now=NOW)
    with pytest.raises(people.NotAllowed):
        tokens.make(office.db, "x", ["notice.push"], ["tinh"], by=keeper, until=NOW + DAY, now=NOW)


def test_a_key_is_shown_once_and_stored_as_a_digest(office: Office) -> None:
    form = {"name": "Cổng tỉnh", "rights": ["board.view"], "area": "tinh", "days": "30"}
    browser = office.browser(EDITOR)
    shown = re.search(r"<code class=\"link\">(bt_[^<]+)", browser.post("/desk/tokens/", form).text)
    assert shown is not None
    assert shown[1] not in browser.get("/desk/tokens/").text
    assert shown[1].encode() not in (office.folder / "bangtin.db").read_bytes()
    assert len(ask(office, "/api/v1/areas", shown[1]).json) == 3


def test_an_announcement_for_a_board_of_another_area_is_refused(office: Office) -> None:
    token = key(office, "announcement.write")
    answer = ask(office, "/api/v1/announcements", token, **WANTED | {"boards": [PHO_DONG_HAI.slug]})
    assert answer.status_code == 422
    assert PHO_DONG_HAI.slug in answer.json["error"]
    assert announcements.all(office.db) == ()


def test_the_editors_are_told_of_what_a_program_handed_in(office: Office) -> None:
    answer = ask(office, "/api/v1/announcements", key(office, "announcement.write"), **WANTED)
    (message,) = messages.unseen(office.db, EDITOR.slug)
    assert message.link == f"/desk/queue/{answer.json['id']}"
    assert message.text.startswith("Cổng tỉnh đã trình duyệt")


@pytest.mark.parametrize(
    ("method", "path", "length", "code"),
    [
        ("POST", "/api/v1/areas", 0, 405),
        ("POST", "/api/v1/announcements", LARGEST_BODY + 1, 413),
        ("GET", "/api/v1/khong-co", 0, 404),
    ],
)
def test_errors_are_sentences_in_vietnamese(office: Office, method: str, path: str, length: int, code: int) -> None:
    held = {"Authorization": f"Bearer {key(office, 'board.view', 'announcement.write')}"}
    answer = office.app.test_client().open(path, method=method, content_length=length, headers=held)
    assert answer.status_code == code
    assert answer.json is not None
    assert re.search(r"[ăâđêôơưạảấộớứ]", answer.json["error"])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"until": "2026-03-08T10:00:00+07:00"}, "Thời gian chiếu đã qua"),
        ({"from": "2026-03-12T10:00:00+07:00", "until": "2026-03-11T10:00:00+07:00"}, "sau lúc bắt đầu"),
    ],
)
def test_what_nobody_would_see_is_not_taken(office: Office, wrong: dict[str, str], says: str) -> None:
    answer = ask(office, "/api/v1/announcements", key(office, "announcement.write"), **{**WANTED, **wrong})
    assert answer.status_code == 422
    assert says in answer.json["error"]
