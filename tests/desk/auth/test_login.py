"""The door: no default account, one-time links, passwords, codes that work once, sign-ins that can be ended."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from server.core.policy import Grant
from server.setup.config import Config
from server.setup.config_sections import PeopleSection
from server.store.audit import audit
from server.store.boards import panics
from server.store.database.engine import Database
from server.store.people import accounts, messages, one_time_links, people, sign_ins
from server.store.sources import sources
from tests.cast import AREAS, BOARDS, EDITOR, KEEPER, NOW, OPERATOR, SOURCES, Person
from tests.desk.office import PASSWORD, Browser, Office


@pytest.fixture
def locked(office: Office) -> Office:
    """The office, in which editors and keepers must have a second factor."""
    office.config = Config(people=PeopleSection(second_factor=True))
    return office


def set_password(office: Office, person: Person, password: str = PASSWORD) -> None:
    """As the person would: by a link."""
    held = people.get(office.db, person.slug)
    token = one_time_links.make(
        office.db, "invite", person=held.id, by="os:root", now=office.now, lasts=one_time_links.INVITE_LASTS
    )
    browser = office.browser()
    answer = browser.post(f"/desk/welcome/{token}", {"password": password, "again": password})
    assert answer.status_code == 303, answer.text
    browser.post("/desk/logout")


def sign_in(office: Office, who: str, password: str = PASSWORD) -> tuple[Browser, TestResponse]:
    browser = office.browser()
    return browser, browser.post("/desk/login", {"email": who, "password": password})


def code_of(secret: str, steps_ahead: int = 0) -> str:
    """The code of a generator now, or so many steps ahead. The library reads the real clock, and so does this."""
    at = time.clock_gettime(time.CLOCK_REALTIME) + 30 * steps_ahead
    return str(TOTP(key=secret, new=False).generate(at).token)


def set_up_codes(browser: Browser) -> str:
    """Sets up a code generator as the pages say; gives back its key."""
    page = browser.post("/desk/tf-setup", {"setup": "authenticator"})
    key = re.search(r'class="key">([^<]+)<', page.text)
    action = re.search(r'action="(/desk/tf-(?:setup|validate)[^"]*)" class="form"', page.text)
    assert key is not None
    assert action is not None, page.text
    secret = key[1].replace("-", "").replace(" ", "")
    done = browser.post(action[1], {"code": code_of(secret)})
    assert done.status_code == 302, done.text
    return secret


# who may come in


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Office]:
    """A store that nobody has an account in."""
    db = Database.open("sqlite:///bangtin.db", tmp_path)
    db.migrate()
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    yield Office(tmp_path, db)
    db.close()


FIRST = {"name": "Vũ Thu", "username": "thu", "email": "thu@example.vn", "password": PASSWORD, "again": PASSWORD}


def test_the_first_link_makes_a_keeper_of_everything_and_no_other(empty: Office) -> None:
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


def test_of_two_who_send_the_first_link_at_once_one_becomes_keeper(
    empty: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = one_time_links.make(
        empty.db, "first", person=None, by="console", now=NOW, lasts=one_time_links.FIRST_LASTS
    )
    found = one_time_links.find(empty.db, token, NOW)
    first = empty.browser().post(f"/desk/welcome/{token}", FIRST)
    # The second has passed the first look at the link before the first one was done.
    monkeypatch.setattr(one_time_links, "find", lambda *_: found)
    monkeypatch.setattr(people, "anybody", lambda _: False)
    second = {**FIRST, "username": "hai", "email": "hai@example.vn"}
    answer = empty.browser().post(f"/desk/welcome/{token}", second)
    assert (first.status_code, answer.status_code) == (303, 200)
    assert "vừa được dùng rồi" in answer.text
    assert [one.username for one in people.all(empty.db)] == ["thu"]


def test_the_first_link_lasts_half_an_hour(empty: Office) -> None:
    token = one_time_links.make(
        empty.db, "first", person=None, by="console", now=NOW, lasts=one_time_links.FIRST_LASTS
    )
    empty.later(minutes=31)
    assert empty.browser().get(f"/desk/welcome/{token}").status_code == 410


def test_a_link_works_once_and_only_for_its_time(office: Office) -> None:
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


def test_a_link_is_not_to_be_read_in_the_store(office: Office) -> None:
    token = one_time_links.make(office.db, "first", person=None, by="x", now=NOW, lasts=one_time_links.FIRST_LASTS)
    assert token.encode() not in (office.folder / "bangtin.db").read_bytes()


@pytest.mark.parametrize("who", [OPERATOR.slug, "HOA", f"{OPERATOR.slug}@example.vn"])
def test_one_comes_in_by_name_or_address_and_password(office: Office, who: str) -> None:
    set_password(office, OPERATOR)
    browser, answer = sign_in(office, who)
    assert answer.status_code == 302
    page = browser.get("/desk/security/")
    assert OPERATOR.name in page.text


def test_an_accent_may_be_typed_in_two_ways(office: Office) -> None:
    set_password(office, OPERATOR, unicodedata.normalize("NFD", PASSWORD))
    assert sign_in(office, OPERATOR.slug, unicodedata.normalize("NFC", PASSWORD))[1].status_code == 302


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(office: Office) -> None:
    set_password(office, OPERATOR)
    wrong = [sign_in(office, who, "sai hoàn toàn rồi")[1] for who in (OPERATOR.slug, "khong-co")]
    said = [re.findall(r'class="message error">([^<]+)', one.text) for one in wrong]
    assert [one.status_code for one in wrong] == [200, 200]
    assert said[0] == said[1] != []


def test_a_short_password_and_two_different_ones_are_refused(office: Office) -> None:
    held = people.get(office.db, OPERATOR.slug)
    token = one_time_links.make(
        office.db, "invite", person=held.id, by="tuan", now=office.now, lasts=one_time_links.INVITE_LASTS
    )
    browser = office.browser()
    for password, again in (("ngắn", "ngắn"), (PASSWORD, PASSWORD + "x")):
        answer = browser.post(f"/desk/welcome/{token}", {"password": password, "again": again})
        assert answer.status_code == 200
        assert "complaint" in answer.text


def test_a_suspended_person_is_out_at_once_and_cannot_come_back(office: Office) -> None:
    set_password(office, OPERATOR)
    browser, _ = sign_in(office, OPERATOR.slug)
    people.suspend(office.db, OPERATOR.slug, active=False, actor="tuan", now=office.now)
    assert "/desk/login" in browser.get("/desk/security/").headers["Location"]
    assert sign_in(office, OPERATOR.slug)[1].status_code == 200


def test_a_form_without_its_token_is_refused(office: Office) -> None:
    browser = office.browser(OPERATOR)
    answer = browser.client.post("/desk/security/sign-ins/end-others")
    assert answer.status_code == 400
    assert "điều bạn đã gõ vẫn còn" in answer.text


def test_cookies_behind_tls_are_bound_to_this_host(office: Office) -> None:
    office.config = Config.model_validate({"server": {"public_url": "https://bangtin.example.vn"}})
    answer = office.app.test_client().get("/desk/login", base_url="https://bangtin.example.vn")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-bangtin=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_no_page_is_kept_by_anybody_on_its_way(office: Office) -> None:
    for browser, path in ((office.browser(), "/desk/login"), (office.browser(OPERATOR), "/desk/security/")):
        assert browser.get(path).headers["Cache-Control"] == "no-store"


# guessing


def test_five_wrong_passwords_a_minute_and_then_even_the_right_one_waits(office: Office) -> None:
    set_password(office, OPERATOR)
    browser = office.browser()
    answers = [browser.post("/desk/login", {"email": "hoa", "password": f"sai lần {n}"}) for n in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert "Quá nhiều lần thử" in answers[-1].text
    assert sign_in(office, "HOA")[1].status_code == 429
    elsewhere = {"REMOTE_ADDR": "10.1.2.3"}
    there = office.browser().post("/desk/login", {"email": "hoa", "password": PASSWORD}, environ_base=elsewhere)
    assert there.status_code == 302, "whoever guesses from elsewhere locks nobody out"


def test_coming_in_is_not_a_try(office: Office) -> None:
    set_password(office, OPERATOR)
    assert [sign_in(office, "hoa")[1].status_code for _ in range(7)] == [302] * 7


def test_a_link_stands_for_the_password_alone_and_not_for_the_second_factor(locked: Office) -> None:
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


def test_a_link_opens_nothing_for_who_is_suspended(office: Office) -> None:
    held = people.get(office.db, OPERATOR.slug)
    token = one_time_links.make(
        office.db, "invite", person=held.id, by="tuan", now=office.now, lasts=one_time_links.INVITE_LASTS
    )
    people.suspend(office.db, OPERATOR.slug, active=False, actor="tuan", now=office.now)
    assert office.browser().get(f"/desk/welcome/{token}").status_code == 410


# a forgotten password


@pytest.fixture
def posting(office: Office) -> Office:
    """The office, with a mail server named: what is due is what the worker would send."""
    office.config = Config.model_validate({"mail": {"host": "mail.example.vn"}, "people": {"second_factor": False}})
    return office


def test_a_forgotten_password_is_set_anew_by_a_letter(posting: Office) -> None:
    set_password(posting, OPERATOR)
    there, _ = sign_in(posting, OPERATOR.slug)
    browser = posting.browser()
    answer = browser.post("/desk/reset", {"email": f"{OPERATOR.slug}@example.vn"})
    (letter,) = messages.due(posting.db, posting.now)
    assert letter.address == f"{OPERATOR.slug}@example.vn"
    link = re.search(r"http://localhost(/desk/reset/\S+)", letter.text)
    assert link is not None, letter.text
    assert letter.subject == "Đặt lại mật khẩu Bảng Tin"
    new = "một câu khác cũng rất dài"
    done = browser.post(link[1], {"password": new, "password_confirm": new})
    assert done.status_code == 302, done.text
    assert sign_in(posting, OPERATOR.slug, new)[1].status_code == 302
    assert "/desk/login" in there.get("/desk/security/").headers["Location"], "whoever was in with the old one is out"
    again = browser.post(link[1], {"password": PASSWORD, "password_confirm": PASSWORD})
    assert sign_in(posting, OPERATOR.slug)[1].status_code == 200, f"the link worked twice: {again.status_code}"
    messages.sent(posting.db, letter.id)
    stranger = posting.browser().post("/desk/reset", {"email": "khong-co@example.vn"})
    assert stranger.status_code == answer.status_code
    assert len(messages.due(posting.db, posting.now)) <= 1, "nobody is written to who is not there"


@pytest.mark.parametrize(
    "forged", [{"base_url": "http://xau.example"}, {"headers": {"X-Forwarded-Host": "xau.example"}}], ids=str
)
def test_a_letter_leads_to_the_public_address_whatever_the_request_calls_this_host(
    office: Office, forged: dict[str, Any]
) -> None:
    office.config = Config.model_validate(
        {
            "server": {"public_url": "http://bangtin.example.vn/"},
            "mail": {"host": "mail.example.vn"},
            "people": {"second_factor": False},
        }
    )
    set_password(office, OPERATOR)
    client = office.app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/desk/reset", **forged).text)
    assert token is not None
    client.post("/desk/reset", data={"email": f"{OPERATOR.slug}@example.vn", "csrf_token": token[1]}, **forged)
    (letter,) = messages.due(office.db, office.now)
    assert "http://bangtin.example.vn/desk/reset/" in letter.text
    assert "xau.example" not in letter.text


# sign-ins


def test_a_sign_in_that_is_ended_elsewhere_is_out(office: Office) -> None:
    here, there = office.browser(OPERATOR), office.browser(OPERATOR)
    assert there.get("/desk/security/").status_code == 200
    here.post("/desk/security/sign-ins/end-others")
    assert "/desk/login" in there.get("/desk/security/").headers["Location"]
    assert here.get("/desk/security/").status_code == 200


def test_nobody_ends_the_sign_in_of_another(office: Office) -> None:
    there = Browser(office.app.test_client(), "")
    id = there.sign_in(office, EDITOR)
    office.browser(OPERATOR).post(f"/desk/security/sign-ins/{id}/end")
    assert there.get("/desk/security/").status_code == 200


def test_suspending_a_person_ends_their_sign_ins(office: Office) -> None:
    ids = [*(Browser(office.app.test_client(), "").sign_in(office, OPERATOR) for _ in range(2)), "khong-co"]
    assert [sign_ins.alive(office.db, one, office.now) is None for one in ids] == [False, False, True]
    people.suspend(office.db, OPERATOR.slug, active=False, actor="tuan", now=office.now)
    assert [sign_ins.alive(office.db, one, office.now) is None for one in ids] == [True, True, True]


def test_a_sign_in_ends_by_itself(office: Office) -> None:
    browser = office.browser(OPERATOR)
    office.later(hours=9)
    assert "/desk/login" in browser.get("/desk/security/").headers["Location"]


def test_a_new_password_ends_every_other_sign_in(office: Office) -> None:
    set_password(office, OPERATOR)
    here, _ = sign_in(office, OPERATOR.slug)
    there, _ = sign_in(office, OPERATOR.slug)
    new = "một câu khác cũng rất dài"
    answer = here.post("/desk/change", {"password": PASSWORD, "new_password": new, "new_password_confirm": new})
    assert answer.status_code == 302, answer.text
    assert here.get("/desk/security/").status_code == 200
    assert "/desk/login" in there.get("/desk/security/").headers["Location"]
    assert sign_in(office, OPERATOR.slug)[1].status_code == 200
    assert sign_in(office, OPERATOR.slug, new)[1].status_code == 302


# second factors


@pytest.mark.parametrize("person", [EDITOR, KEEPER], ids=lambda one: one.role)
def test_editors_and_keepers_must_set_up_a_second_factor(locked: Office, person: Person) -> None:
    set_password(locked, person)
    browser, answer = sign_in(locked, person.slug)
    assert answer.headers["Location"].endswith("/desk/tf-setup")
    assert "/desk/login" in browser.get("/desk/security/").headers["Location"]
    set_up_codes(browser)
    assert browser.get("/desk/security/").status_code == 200


def test_an_operator_may_do_without(locked: Office) -> None:
    set_password(locked, OPERATOR)
    browser, _ = sign_in(locked, OPERATOR.slug)
    assert browser.get("/desk/", follow_redirects=True).status_code == 200


def test_who_is_signed_in_and_becomes_an_editor_gets_no_further_without_one(locked: Office) -> None:
    browser = locked.browser(OPERATOR)
    given = Grant("editor", "xa-minh-tan")
    people.grant(locked.db, OPERATOR.slug, given, by=None, actor="os:root", now=locked.now)
    assert browser.get("/desk/").headers["Location"].endswith("/desk/tf-setup")


def test_with_a_code_one_comes_in_and_with_the_same_code_nobody_does(locked: Office) -> None:
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


def _at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each returned; they begin together."""
    barrier, found = Barrier(len(acts)), [None] * len(acts)

    def run(index: int) -> None:
        barrier.wait(30)
        found[index] = acts[index]()

    threads = [Thread(target=run, args=(index,)) for index in range(len(acts))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return found


def test_of_many_who_send_one_code_at_once_one_gets_in(locked: Office) -> None:
    person = people.get(locked.db, EDITOR.slug).id
    taken = _at_once([lambda: accounts.take_counter(locked.db, person, 58_000_000) for _ in range(8)])
    assert sorted(taken) == [False] * 7 + [True]


def test_a_recovery_code_is_spent(locked: Office) -> None:
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


def test_a_fresh_factor_is_asked_for_and_lasts_five_minutes(locked: Office) -> None:
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


def test_whoever_confirms_after_a_press_is_told_that_the_press_did_nothing_yet(office: Office) -> None:
    set_password(office, EDITOR)
    browser, _ = sign_in(office, EDITOR.slug)
    office.later(minutes=6)
    panic = {"Referer": "http://localhost/desk/screens/panic"}
    asked = browser.post("/desk/screens/panic/tinh", headers=panic).headers["Location"]
    assert panics.on(office.db) == ()
    told = browser.post(asked, {"code": PASSWORD}, follow_redirects=True).text
    assert "Việc vừa rồi chưa được làm" in told
    assert "Việc vừa rồi chưa được làm" not in browser.get("/desk/screens/panic").text


@pytest.mark.parametrize("address", ["https://x.example/", "//x.example", "/desk//x.example", "/x", "/desk/\\x"])
def test_confirming_leads_nowhere_outside(office: Office, address: str) -> None:
    set_password(office, OPERATOR)
    browser, _ = sign_in(office, OPERATOR.slug)
    answer = browser.post(f"/desk/confirm/?next={address}", {"code": PASSWORD})
    assert answer.headers["Location"] == "/desk/"


def test_no_secret_stands_in_the_audit(locked: Office) -> None:
    set_password(locked, EDITOR)
    browser, _ = sign_in(locked, EDITOR.slug)
    secret = set_up_codes(browser)
    told = str(audit.all(locked.db))
    assert "person.password" in told
    assert "person.second_factor" in told
    assert secret not in told
    assert "argon2" not in told
