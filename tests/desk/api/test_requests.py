"""What holds for every operation: problems, Idempotency-Key, ETag, cursors and limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.text_input import LARGEST_NUMBER
from server.desk.api.cursors import cursor, place
from server.setup.config_sections import ApiSection
from server.store.announcements import announcements
from server.store.api import requests
from server.store.api.listings import Place
from server.store.people import people, tokens
from tests import cast
from tests.cast import DAY, EDITOR, MINUTE, NOW
from tests.desk.api.programs import Program, data, program
from tests.desk.api.test_v1 import WANTED
from tests.desk.office import Office


def test_an_error_is_a_problem_and_keeps_the_field_of_older_programs(office: Office) -> None:
    answer = program(office).post("announcements", WANTED | {"tittle": "x"})
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    said = answer.get_json()
    assert (said["type"], said["title"], said["status"]) == ("about:blank", "Unprocessable Entity", 422)
    assert said["error"] == said["detail"] == "tittle: không có mục này"
    assert said["errors"] == [{"place": "tittle", "message": "không có mục này"}]


@pytest.mark.parametrize("path", ["areas", "khong-co", "announcements/1"])
def test_every_refusal_is_a_problem(office: Office, path: str) -> None:
    answer = Program(office, "bt_sai").get(path)
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["status"] == answer.status_code


def test_a_request_that_is_sent_twice_is_done_once(office: Office) -> None:
    client = program(office)
    first = client.post("announcements", WANTED, Idempotency_Key="mot")
    again = client.post("announcements", WANTED, Idempotency_Key="mot")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.get_json(), again.content_type) == (first.get_json(), first.content_type)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(announcements.all(office.db)) == 1


def test_the_same_key_for_another_body_is_refused(office: Office) -> None:
    client = program(office)
    client.post("announcements", WANTED, Idempotency_Key="mot")
    answer = client.post("announcements", WANTED | {"title": "Khác"}, Idempotency_Key="mot")
    assert (answer.status_code, len(announcements.all(office.db))) == (422, 1)


def test_while_the_first_request_runs_the_second_one_waits(office: Office) -> None:
    client = program(office)
    client.post("announcements", WANTED | {"title": "Khác"}, Idempotency_Key="mau")
    found = requests.begin(office.db, 1, "mau", "", NOW)
    assert found is not None
    running = replace(found, key="dang-chay")
    assert requests.begin(office.db, running.token, running.key, running.digest, NOW) is None
    answer = client.post("announcements", WANTED | {"title": "Khác"}, Idempotency_Key=running.key)
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "2")
    assert len(announcements.all(office.db)) == 1


def test_a_request_that_was_cut_off_after_its_work_makes_nothing_a_second_time(office: Office) -> None:
    client = program(office)
    made = data(client.post("announcements", WANTED, Idempotency_Key="mot"))
    # The answer was lost, as if the desk had been killed before it kept it.
    requests.forget(office.db, before=NOW + DAY)
    again = data(client.post("announcements", WANTED, Idempotency_Key="mot"))
    assert again["id"] == made["id"]
    assert len(announcements.all(office.db)) == 1


@pytest.mark.parametrize("key", ["hai chữ", "x" * 201, "chìa"])
def test_a_key_of_another_form_is_refused(office: Office, key: str) -> None:
    answer = office.app.test_client().post(
        "/api/v1/announcements", json=WANTED, headers=[("Authorization", f"Bearer {program(office).key}"),
                                                        ("Idempotency-Key", key.encode().decode("latin-1"))],
    )  # fmt: skip
    assert answer.status_code == 400
    assert announcements.all(office.db) == ()


def test_an_answer_that_did_not_change_is_not_sent_again(office: Office) -> None:
    client = program(office)
    first = client.get("boards")
    again = client.get("boards", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert client.get("areas", If_None_Match=first.headers["ETag"]).status_code == 200


def test_pages_have_each_item_once_in_the_order_of_time(office: Office) -> None:
    client = program(office)
    for number in range(7):
        made = cast.announcement(area="xa-minh-tan", title=f"Số {number}", created=NOW + number // 2 * MINUTE)
        announcements.post(office.db, made, actor="lan")
    found, after = [], ""
    for _ in range(4):
        page = data(client.get(f"announcements?limit=2{after}"))
        found += [one["title"] for one in page["items"]]
        after = f"&cursor={page['next']}"
    assert page["next"] is None
    assert found == [f"Số {number}" for number in (6, 5, 4, 3, 2, 1, 0)]


@given(st.integers(-(10**13), 10**14), st.integers(1, LARGEST_NUMBER))
def test_a_cursor_names_its_place(microseconds: int, id: int) -> None:
    wanted = Place(NOW + timedelta(microseconds=microseconds), id)
    assert place(cursor(wanted.at, wanted.id)) == wanted


@given(st.text(max_size=40) | st.binary(max_size=30).map(lambda some: some.hex()))
def test_other_texts_are_no_cursors(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        place(text)


def test_a_key_that_asks_too_often_is_told_when_it_may(office: Office) -> None:
    office.config = office.config.model_copy(update={"api": ApiSection(reads_per_minute=3, writes_per_minute=2)})
    client, other = program(office), program(office)
    assert [client.get("areas").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("areas")
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert other.get("areas").status_code == 200
    office.later(seconds=int(refused.headers["Retry-After"]))
    assert client.get("areas").status_code == 200
    assert [client.post("announcements", WANTED).status_code for _ in range(3)] == [201, 201, 429]


def test_the_limit_holds_for_a_server_that_was_restarted(office: Office) -> None:
    office.config = office.config.model_copy(update={"api": ApiSection(reads_per_minute=3)})
    client = program(office)
    assert [client.get("areas").status_code for _ in range(4)] == [200, 200, 200, 429]
    office._app = None
    assert client.get("areas").status_code == 429


def test_a_key_shows_when_it_was_used_last(office: Office) -> None:
    client = program(office)
    office.later(hours=1)
    client.get("areas")
    (one,) = tokens.listed(office.db)
    assert one.last_used == NOW + timedelta(hours=1)
    assert "08:30" in office.browser(EDITOR).get("/desk/tokens/").text


def test_a_key_cannot_do_what_it_was_not_given(office: Office) -> None:
    client = program(office, "board.view")
    refused = ["screens", "sources", "stories", "announcements", "proof/announcement:1", "files/" + "0" * 32]
    assert {client.get(path).status_code for path in refused} == {403}
    assert client.post("notices", {}).status_code == 403
    assert people.get(office.db, EDITOR.slug).active
