"""Second factors: who must have one; codes and recovery codes work once; dangerous actions ask for a confirmation."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import g
from sqlalchemy import text
from werkzeug.exceptions import Conflict

from server.core.policy import Grant
from server.desk.auth import pending_acts
from server.desk.auth.reauthenticate import FIELD, STATUS
from server.store.audit import audit
from server.store.boards import panics
from server.store.people import accounts, passkeys, people, sign_ins
from tests.cast import EDITOR, KEEPER, OPERATOR, Person
from tests.desk.auth.signing_in import code_of, set_password, set_up_codes, sign_in
from tests.desk.office import PASSWORD, Browser, Office


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


@pytest.mark.parametrize(
    "stored", ["x", "{}", '{"enckey":{"c":14,"k":"AA","s":"AA","t":"9","v":1},"type":"totp","v":1}']
)
def test_a_stored_secret_that_cannot_be_read_makes_every_code_wrong_but_not_a_recovery_code(
    locked: Office, stored: str
) -> None:
    set_password(locked, EDITOR)
    first, _ = sign_in(locked, EDITOR.slug)
    set_up_codes(first)
    codes = re.findall(r"<li><code>([0-9a-f-]{14})</code>", first.post("/desk/mf-recovery-codes").text)
    with locked.db.write() as conn:
        conn.execute(text("UPDATE people SET tf_totp_secret = :stored"), {"stored": stored})
    browser, _ = sign_in(locked, EDITOR.slug)
    assert browser.post("/desk/tf-validate", {"code": "123456"}).status_code == 200
    assert browser.post("/desk/mf-recovery", {"code": codes[0]}).status_code == 302
    assert browser.get("/desk/security/").status_code == 200


def _at_once(calls: list[Callable[[], bool]]) -> list[bool]:
    """Runs all calls at the same time, each in its own thread; returns their results in order."""
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


def test_a_recovery_code_works_once_although_another_stored_one_cannot_be_read(locked: Office) -> None:
    """The library counts only the codes that it can read."""
    set_password(locked, EDITOR)
    first, _ = sign_in(locked, EDITOR.slug)
    set_up_codes(first)
    codes = re.findall(r"<li><code>([0-9a-f-]{14})</code>", first.post("/desk/mf-recovery-codes").text)
    row = accounts.find(locked.db, "username", EDITOR.slug)
    assert row is not None
    assert row["mf_recovery_codes"]
    with locked.db.write() as conn:
        stored = json.dumps(["damaged", *row["mf_recovery_codes"][1:]])
        conn.execute(text("UPDATE people SET mf_recovery_codes = :s WHERE id = :id"), {"s": stored, "id": row["id"]})
    answers = []
    for code in (codes[1], codes[1], codes[2]):
        browser, _ = sign_in(locked, EDITOR.slug)
        answers.append(browser.post("/desk/mf-recovery", {"code": code}).status_code)
    assert answers == [302, 200, 302]


def factor_at(office: Office, browser: Browser) -> datetime | None:
    with browser.client.session_transaction() as session:
        found = sign_ins.alive(office.db, session["sign_in"], office.now)
    assert found is not None
    return found.factor_at


def carried(page: str) -> dict[str, str]:
    """The hidden fields of the page that asks for a second factor: name -> value.

    The CSRF token and the identifier of the waiting action are left out.
    """
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: value for name, value in fields if name not in ("csrf_token", pending_acts.FIELD)}


def test_a_confirmation_lasts_five_minutes_and_the_act_is_done_after_the_code(locked: Office) -> None:
    set_password(locked, KEEPER)
    browser, _ = sign_in(locked, KEEPER.slug)
    secret = set_up_codes(browser)
    assert factor_at(locked, browser) == locked.now
    locked.later(hours=2)
    wanted = {"name": "Bùi <Hà>", "username": "ha", "email": "ha@example.vn", "role": "keeper", "area": "xa-minh-tan"}
    assert browser.get("/desk/people/new").status_code == 200, "reading asks nobody"
    asked = browser.post("/desk/people/new", wanted)
    assert (asked.status_code, "/desk/welcome/" in asked.text) == (STATUS, False)
    typed = {name: html.unescape(value) for name, value in carried(asked.text).items()}
    assert typed == wanted
    wrong = browser.post("/desk/people/new", typed | {FIELD: "000000"})
    assert wrong.status_code == STATUS
    assert "Mã không đúng" in wrong.text
    assert "ha" not in {one.username for one in people.all(locked.db)}
    done = browser.post("/desk/people/new", typed | {FIELD: code_of(secret, 1)})
    assert "/desk/welcome/" in done.text
    assert people.get(locked.db, "ha").grants == (Grant("keeper", "xa-minh-tan"),)
    assert factor_at(locked, browser) == locked.now


def test_codes_are_guessed_no_oftener_at_an_act_than_at_sign_in(office: Office) -> None:
    set_password(office, EDITOR)
    browser = office.browser(EDITOR, factor=False)
    answers = [browser.post("/desk/screens/panic/tinh/end", {FIELD: f"sai lần {n}"}).status_code for n in range(6)]
    assert answers == [STATUS] * 5 + [429]


def test_who_has_no_second_factor_confirms_with_the_password(office: Office) -> None:
    set_password(office, EDITOR)
    browser = office.browser(EDITOR, factor=False)
    browser.post("/desk/screens/panic/tinh")
    assert [one.area for one in panics.on(office.db)] == ["tinh"], "panic itself asks for no code"
    assert browser.post("/desk/screens/panic/tinh/end").status_code == STATUS
    assert panics.on(office.db) != ()
    browser.post("/desk/screens/panic/tinh/end", {FIELD: PASSWORD})
    assert panics.on(office.db) == ()


def test_nobody_replaces_a_second_factor_without_showing_it(locked: Office) -> None:
    set_password(locked, EDITOR)
    browser, _ = sign_in(locked, EDITOR.slug)
    secret = set_up_codes(browser)
    locked.later(minutes=6)
    for path, form in (("/desk/tf-setup", {"setup": "authenticator"}), ("/desk/mf-recovery-codes", {})):
        answer = browser.post(path, form)
        assert answer.status_code == STATUS
        assert 'class="key"' not in answer.text
    account = accounts.find(locked.db, "username", EDITOR.slug)
    assert account is not None
    assert account["tf_totp_secret"] is not None
    done = browser.post("/desk/tf-setup", {"setup": "authenticator", FIELD: code_of(secret, 1)})
    assert 'class="key"' in done.text


def add_passkey(office: Office, person: Person, usage: str) -> None:
    """Stores a passkey; ``usage`` is "first" (signs in alone) or "secondary" (is asked for after the password)."""
    row: dict[str, object] = {
        "id": None, "credential_id": person.slug.encode(), "public_key": b"k", "name": "điện thoại", "sign_count": 0,
        "usage": usage, "device_type": "single_device", "backup_state": False, "transports": [], "extensions": None,
    }  # fmt: skip
    passkeys.save(office.db, people.get(office.db, person.slug).id, row, now=office.now, address="")


def secret_of(office: Office, person: Person) -> str | None:
    account = accounts.find(office.db, "username", person.slug)
    assert account is not None
    return account["tf_totp_secret"]


def test_a_password_alone_adds_no_codes_beside_a_passkey(locked: Office) -> None:
    set_password(locked, EDITOR)
    add_passkey(locked, EDITOR, "first")
    browser, _ = sign_in(locked, EDITOR.slug)
    answer = browser.post("/desk/tf-setup", {"setup": "authenticator"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/wan-signin")
    assert "đã có bước thứ hai" in browser.get("/desk/wan-signin").text
    assert secret_of(locked, EDITOR) is None


def test_who_stopped_at_the_set_up_cannot_finish_it_after_the_owner_has(locked: Office) -> None:
    set_password(locked, EDITOR)
    early, _ = sign_in(locked, EDITOR.slug)
    later, _ = sign_in(locked, EDITOR.slug)
    page = later.post("/desk/tf-setup", {"setup": "authenticator"})
    shown = re.search(r'class="key">([^<]+)<', page.text)
    assert shown is not None
    owner, _ = sign_in(locked, EDITOR.slug)
    set_up_codes(owner)
    held = secret_of(locked, EDITOR)
    assert held is not None
    assert early.post("/desk/tf-setup", {"setup": "authenticator"}).status_code == 303
    code = code_of(shown[1].replace("-", "").replace(" ", ""))
    assert later.post("/desk/tf-validate", {"code": code}).status_code == 303
    assert "/desk/login" in later.get("/desk/security/").headers["Location"]
    assert secret_of(locked, EDITOR) == held


def test_of_two_browsers_that_finish_the_set_up_at_once_one_does(locked: Office) -> None:
    set_password(locked, EDITOR)
    datastore = locked.app.extensions["security"].datastore
    with locked.app.test_request_context("/desk/"):
        first, second = (datastore.find_user(username=EDITOR.slug) for _ in range(2))
        datastore.tf_set(first, "authenticator", totp_secret="mot")
        with pytest.raises(Conflict):
            datastore.tf_set(second, "authenticator", totp_secret="hai")
    assert secret_of(locked, EDITOR) == "mot"


def test_the_passkey_of_another_person_confirms_nothing(office: Office) -> None:
    add_passkey(office, KEEPER, "first")
    browser = office.browser(EDITOR, factor=False)
    assert browser.post("/desk/wan-signin/0").status_code == 409
    datastore = office.app.extensions["security"].datastore
    with office.app.test_request_context("/desk/"), browser.client.session_transaction() as session:
        g.person = people.get(office.db, EDITOR.slug)
        g.sign_in = sign_ins.alive(office.db, session["sign_in"], office.now)
        datastore.put(datastore.find_webauthn(KEEPER.slug.encode()))
        datastore.commit()
    assert factor_at(office, browser) is None


def test_damaged_codes_and_passkeys_keep_nobody_out(locked: Office) -> None:
    set_password(locked, EDITOR)
    browser, _ = sign_in(locked, EDITOR.slug)
    secret = set_up_codes(browser)
    add_passkey(locked, EDITOR, "first")
    with locked.db.write() as conn:
        conn.execute(text("UPDATE people SET mf_recovery_codes = '{'"))
        conn.execute(text("UPDATE passkeys SET last_used = 'hôm qua', made = 'x', transports = '5'"))
    browser, _ = sign_in(locked, EDITOR.slug)
    assert browser.post("/desk/mf-recovery", {"code": "aaaa-bbbb-cccc"}).status_code == 200
    assert browser.post("/desk/tf-validate", {"code": code_of(secret, 1)}).status_code == 302
    assert browser.get("/desk/security/").status_code == 200


def test_a_factor_shown_while_the_clock_was_ahead_is_not_fresh(office: Office) -> None:
    browser = office.browser(EDITOR, factor=False)
    with browser.client.session_transaction() as session:
        sign_ins.showed_factor(office.db, session["sign_in"], office.now + timedelta(hours=3))
    assert browser.post("/desk/screens/panic/tinh/end").status_code == STATUS


def test_the_audit_contains_no_secrets(locked: Office) -> None:
    set_password(locked, EDITOR)
    browser, _ = sign_in(locked, EDITOR.slug)
    secret = set_up_codes(browser)
    told = str(audit.all(locked.db))
    assert "person.password" in told
    assert "person.second_factor" in told
    assert secret not in told
    assert "argon2" not in told
