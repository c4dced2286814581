"""Second factors: who must have one; codes and recovery codes work once; confirmation of dangerous actions."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Barrier, Thread

import pytest

from server.core.policy import Grant
from server.store.audit import audit
from server.store.boards import panics
from server.store.people import accounts, people, sign_ins
from tests.cast import EDITOR, KEEPER, OPERATOR, Person
from tests.desk.auth.signing_in import code_of, set_password, set_up_codes, sign_in
from tests.desk.office import PASSWORD, Office


@pytest.mark.parametrize("person", [EDITOR, KEEPER], ids=lambda one: one.role)
def test_editors_and_keepers_must_set_up_a_second_factor(locked: Office, person: Person) -> None:
    set_password(locked, person)
    browser, answer = sign_in(locked, person.slug)
    assert answer.headers["Location"].endswith("/desk/tf-setup")
    assert "/desk/login" in browser.get("/desk/security/").headers["Location"]
    set_up_codes(browser)
    assert browser.get("/desk/security/").status_code == 200


def test_an_operator_needs_no_second_factor(locked: Office) -> None:
    set_password(locked, OPERATOR)
    browser, _ = sign_in(locked, OPERATOR.slug)
    assert browser.get("/desk/", follow_redirects=True).status_code == 200


def test_somebody_who_becomes_an_editor_must_set_one_up_before_going_on(locked: Office) -> None:
    browser = locked.browser(OPERATOR)
    given = Grant("editor", "xa-minh-tan")
    people.grant(locked.db, OPERATOR.slug, given, by=None, actor="os:root", now=locked.now)
    assert browser.get("/desk/").headers["Location"].endswith("/desk/tf-setup")


def test_a_code_works_once(locked: Office) -> None:
    set_password(locked, EDITOR)
    first, _ = sign_in(locked, EDITOR.slug)
    secret = set_up_codes(first)
    code = code_of(secret, 1)
    browser, answer = sign_in(locked, EDITOR.slug)
    assert "/desk/tf-validate" in answer.headers["Location"]
    assert browser.post("/desk/tf-validate", {"code": code}).status_code == 302
    assert browser.get("/desk/security/").status_code == 200
    other, _ = sign_in(locked, EDITOR.slug)
    again = other.post("/desk/tf-validate", {"code": code})
    assert again.status_code == 200
    assert "/desk/login" in other.get("/desk/security/").headers["Location"]


def _at_once(calls: list[Callable[[], bool]]) -> list[bool]:
    """Runs the calls at the same time, in a thread each; returns their results."""
    barrier = Barrier(len(calls))
    results = [False] * len(calls)

    def run(index: int) -> None:
        barrier.wait(30)
        results[index] = calls[index]()

    threads = [Thread(target=run, args=(index,)) for index in range(len(calls))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return results


def test_if_many_requests_send_one_code_at_once_one_is_accepted(locked: Office) -> None:
    person = people.get(locked.db, EDITOR.slug).id
    taken = _at_once([lambda: accounts.take_counter(locked.db, person, 58_000_000) for _ in range(8)])
    assert sorted(taken) == [False] * 7 + [True]


def test_a_recovery_code_works_once(locked: Office) -> None:
    set_password(locked, EDITOR)
    first, _ = sign_in(locked, EDITOR.slug)
    set_up_codes(first)
    codes = re.findall(r"<li><code>([0-9a-f-]{14})</code>", first.post("/desk/mf-recovery-codes").text)
    assert len(codes) == 10
    browser, _ = sign_in(locked, EDITOR.slug)
    assert browser.post("/desk/mf-recovery", {"code": codes[0]}).status_code == 302
    assert "9 mã" in browser.get("/desk/security/").text
    other, _ = sign_in(locked, EDITOR.slug)
    assert other.post("/desk/mf-recovery", {"code": codes[0]}).status_code == 200
    assert other.post("/desk/mf-recovery", {"code": codes[1]}).status_code == 302


def test_a_confirmation_lasts_five_minutes(locked: Office) -> None:
    set_password(locked, EDITOR)
    browser, _ = sign_in(locked, EDITOR.slug)
    secret = set_up_codes(browser)
    with browser.client.session_transaction() as session:
        id = session["sign_in"]
    made = sign_ins.alive(locked.db, id, locked.now)
    assert made is not None
    assert made.factor_at == locked.now
    locked.later(minutes=6)
    assert browser.post("/desk/confirm/?next=/desk/security/", {"code": "000000"}).status_code == 200
    answer = browser.post("/desk/confirm/?next=/desk/security/", {"code": code_of(secret, 1)})
    assert answer.headers["Location"] == "/desk/security/"
    fresh = sign_ins.alive(locked.db, id, locked.now)
    assert fresh is not None
    assert fresh.factor_at == locked.now


def test_after_confirming_the_user_returns_to_the_form_and_reads_that_nothing_was_done(office: Office) -> None:
    set_password(office, EDITOR)
    browser, _ = sign_in(office, EDITOR.slug)
    office.later(minutes=6)
    panic = {"Referer": "http://localhost/desk/screens/panic"}
    asked = browser.post("/desk/screens/panic/tinh", headers=panic).headers["Location"]
    assert panics.on(office.db) == ()
    page = browser.post(asked, {"code": PASSWORD}, follow_redirects=True)
    assert page.request.path == "/desk/screens/panic"
    assert "Việc vừa rồi chưa được làm" in page.text
    assert "Việc vừa rồi chưa được làm" not in browser.get("/desk/screens/panic").text


@pytest.mark.parametrize("address", ["https://x.example/", "//x.example", "/desk//x.example", "/x", "/desk/\\x"])
def test_confirming_does_not_redirect_outside_of_the_desk(office: Office, address: str) -> None:
    set_password(office, OPERATOR)
    browser, _ = sign_in(office, OPERATOR.slug)
    answer = browser.post(f"/desk/confirm/?next={address}", {"code": PASSWORD})
    assert answer.headers["Location"] == "/desk/"


def test_the_audit_contains_no_secrets(locked: Office) -> None:
    set_password(locked, EDITOR)
    browser, _ = sign_in(locked, EDITOR.slug)
    secret = set_up_codes(browser)
    told = str(audit.all(locked.db))
    assert "person.password" in told
    assert "person.second_factor" in told
    assert secret not in told
    assert "argon2" not in told
