"""One-time links: the link of the first keeper, invitations and resets; there is no default account."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from passlib.context import CryptContext

from server.core.policy import Grant
from server.store.database.engine import Database
from server.store.people import one_time_links, people
from server.store.sources import sources
from tests.cast import AREAS, BOARDS, EDITOR, NOW, OPERATOR, SOURCES
from tests.desk.auth.signing_in import set_password, set_up_codes, sign_in
from tests.desk.office import PASSWORD, Office


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Office]:
    """A store without any account."""
    db = Database.open("sqlite:///bangtin.db", tmp_path)
    db.migrate()
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    yield Office(tmp_path, db)
    db.close()


FIRST = {"name": "Vũ Thu", "username": "thu", "email": "thu@example.vn", "password": PASSWORD, "again": PASSWORD}


def test_the_first_link_makes_one_keeper_of_the_province(empty: Office) -> None:
    assert people.all(empty.db) == ()
    token = one_time_links.make(
        empty.db, "first", person=None, by="console", now=NOW, lasts=one_time_links.FIRST_LASTS
    )
    browser = empty.browser()
    assert browser.post(f"/desk/welcome/{token}", FIRST).status_code == 303
    assert [one.grants for one in people.all(empty.db)] == [(Grant("keeper", "tinh"),)]
    assert browser.get("/desk/security/").status_code == 200
    again = one_time_links.make(
        empty.db, "first", person=None, by="console", now=NOW, lasts=one_time_links.FIRST_LASTS
    )
    assert empty.browser().post(f"/desk/welcome/{again}", FIRST).status_code == 410


class Both:
    """A stand-in for passlib's context ``context`` that hashes only when two requests ask at the same time.

    So both requests have found the one-time link valid before either of them uses it up.
    """

    def __init__(self, context: CryptContext) -> None:
        self._context, self._arrived = context, Barrier(2, timeout=30)

    def hash(self, secret: str) -> str:
        self._arrived.wait()
        return str(self._context.hash(secret))


def test_if_two_people_use_the_first_link_at_once_one_becomes_keeper(empty: Office) -> None:
    token = one_time_links.make(
        empty.db, "first", person=None, by="console", now=NOW, lasts=one_time_links.FIRST_LASTS
    )
    security = empty.app.extensions["security"]
    security.pwd_context = Both(security.pwd_context)
    forms = [FIRST, {**FIRST, "username": "hai", "email": "hai@example.vn"}]
    with ThreadPoolExecutor(2) as requests:
        answers = list(requests.map(lambda form: empty.browser().post(f"/desk/welcome/{token}", form), forms))
    assert sorted(answer.status_code for answer in answers) == [200, 303]
    (refused,) = (number for number, answer in enumerate(answers) if answer.status_code == 200)
    assert "vừa được dùng rồi" in answers[refused].text
    assert [one.username for one in people.all(empty.db)] == [forms[1 - refused]["username"]]


def test_the_first_link_lasts_half_an_hour(empty: Office) -> None:
    token = one_time_links.make(
        empty.db, "first", person=None, by="console", now=NOW, lasts=one_time_links.FIRST_LASTS
    )
    empty.later(minutes=31)
    assert empty.browser().get(f"/desk/welcome/{token}").status_code == 410


def test_a_link_works_once_and_expires(office: Office) -> None:
    held = people.get(office.db, OPERATOR.slug)
    token = one_time_links.make(
        office.db, "invite", person=held.id, by="tuan", now=office.now, lasts=one_time_links.INVITE_LASTS
    )
    assert office.browser().get(f"/desk/welcome/{token}").status_code == 200
    given = {"password": PASSWORD, "again": PASSWORD}
    assert office.browser().post(f"/desk/welcome/{token}", given).status_code == 303
    assert office.browser().post(f"/desk/welcome/{token}", given).status_code == 410
    late = one_time_links.make(
        office.db, "invite", person=held.id, by="tuan", now=office.now, lasts=one_time_links.INVITE_LASTS
    )
    office.later(days=4)
    assert office.browser().get(f"/desk/welcome/{late}").status_code == 410


def test_the_store_does_not_contain_the_token(office: Office) -> None:
    token = one_time_links.make(office.db, "first", person=None, by="x", now=NOW, lasts=one_time_links.FIRST_LASTS)
    assert token.encode() not in (office.folder / "bangtin.db").read_bytes()


def test_a_short_password_and_a_mistyped_one_are_refused(office: Office) -> None:
    held = people.get(office.db, OPERATOR.slug)
    token = one_time_links.make(
        office.db, "invite", person=held.id, by="tuan", now=office.now, lasts=one_time_links.INVITE_LASTS
    )
    browser = office.browser()
    for password, again in (("ngắn", "ngắn"), (PASSWORD, PASSWORD + "x")):
        answer = browser.post(f"/desk/welcome/{token}", {"password": password, "again": again})
        assert answer.status_code == 200
        assert "complaint" in answer.text


def test_a_link_replaces_the_password_but_not_the_second_factor(locked: Office) -> None:
    set_password(locked, EDITOR)
    first, _ = sign_in(locked, EDITOR.slug)
    set_up_codes(first)
    person = people.get(locked.db, EDITOR.slug).id
    token = one_time_links.make(
        locked.db, "reset", person=person, by="os:root", now=locked.now, lasts=one_time_links.RESET_LASTS
    )
    browser = locked.browser()
    new = "một câu khác cũng rất dài"
    answer = browser.post(f"/desk/welcome/{token}", {"password": new, "again": new})
    assert answer.headers["Location"] == "/desk/login"
    assert "/desk/login" in browser.get("/desk/security/").headers["Location"]


def test_a_suspended_person_cannot_use_a_link(office: Office) -> None:
    held = people.get(office.db, OPERATOR.slug)
    token = one_time_links.make(
        office.db, "invite", person=held.id, by="tuan", now=office.now, lasts=one_time_links.INVITE_LASTS
    )
    people.suspend(office.db, OPERATOR.slug, active=False, actor="tuan", now=office.now)
    assert office.browser().get(f"/desk/welcome/{token}").status_code == 410


def link_for(office: Office, purpose: one_time_links.Purpose) -> str:
    """Makes a one-time link for the operator; returns its path."""
    held = people.get(office.db, OPERATOR.slug)
    lasts = one_time_links.RESET_LASTS
    made = one_time_links.make(office.db, purpose, person=held.id, by="tuan", now=office.now, lasts=lasts)
    return f"/desk/welcome/{made}"


def test_a_new_link_and_a_new_password_make_older_links_invalid(office: Office) -> None:
    given = {"password": PASSWORD, "again": PASSWORD}
    first, second = link_for(office, "invite"), link_for(office, "reset")
    assert office.browser().post(first, given).status_code == 410
    browser = office.browser()
    assert browser.post(second, given).status_code == 303
    third, new = link_for(office, "reset"), "một câu khác cũng rất dài"
    changed = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    assert browser.post("/desk/change", changed).status_code == 302
    assert office.browser().post(third, given).status_code == 410


@pytest.mark.parametrize(
    ("refused", "status", "then"),
    [("UPDATE OF password ON people", 503, 303), ("INSERT ON sign_ins", 303, 410)],
)
def test_a_link_is_spent_only_together_with_the_new_password(
    office: Office, refused: str, status: int, then: int
) -> None:
    given, link = {"password": PASSWORD, "again": PASSWORD}, link_for(office, "invite")
    with closing(sqlite3.connect(office.folder / "bangtin.db")) as conn:
        conn.execute(f"CREATE TRIGGER fault BEFORE {refused} BEGIN SELECT RAISE(ABORT, 'disk'); END")
        answer = office.browser().post(link, given)
        conn.execute("DROP TRIGGER fault")
    assert (answer.status_code, answer.headers.get("Location")) == (status, "/desk/login" if status == 303 else None)
    assert office.browser().post(link, given).status_code == then
