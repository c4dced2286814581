"""Signing in by password: which names and spellings are accepted, and who is refused.

Refused are suspended people, forms without a CSRF token, and anyone after too many wrong passwords. The session
cookie is bound to the host.
"""

from __future__ import annotations

import re
import unicodedata

import pytest

from server.desk.auth.reauthenticate import FIELD
from server.setup.config import Config
from server.store.people import people
from tests.cast import EDITOR, OPERATOR
from tests.desk.auth.signing_in import set_password, sign_in
from tests.desk.office import PASSWORD, Office


@pytest.mark.parametrize("who", [OPERATOR.slug, "HOA", f"{OPERATOR.slug}@example.vn"])
def test_people_sign_in_by_username_or_email_address(office: Office, who: str) -> None:
    set_password(office, OPERATOR)
    browser, answer = sign_in(office, who)
    assert answer.status_code == 302
    page = browser.get("/desk/security/")
    assert OPERATOR.name in page.text


def test_composed_and_decomposed_letters_are_the_same_password(office: Office) -> None:
    set_password(office, OPERATOR, unicodedata.normalize("NFD", PASSWORD))
    assert sign_in(office, OPERATOR.slug, unicodedata.normalize("NFC", PASSWORD))[1].status_code == 302


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(office: Office) -> None:
    set_password(office, OPERATOR)
    wrong = [sign_in(office, who, "sai hoàn toàn rồi")[1] for who in (OPERATOR.slug, "khong-co")]
    said = [re.findall(r'class="message error">([^<]+)', one.text) for one in wrong]
    assert [one.status_code for one in wrong] == [200, 200]
    assert said[0] == said[1] != []


def test_suspension_ends_the_sign_in_and_refuses_a_new_one(office: Office) -> None:
    set_password(office, OPERATOR)
    browser, _ = sign_in(office, OPERATOR.slug)
    people.suspend(office.db, OPERATOR.slug, active=False, actor="tuan", now=office.now)
    assert "/desk/login" in browser.get("/desk/security/").headers["Location"]
    assert sign_in(office, OPERATOR.slug)[1].status_code == 200


def test_a_form_without_a_csrf_token_is_refused(office: Office) -> None:
    browser = office.browser(OPERATOR)
    answer = browser.client.post("/desk/security/sign-ins/end-others")
    assert answer.status_code == 400
    assert "Phiên làm việc đã thay đổi" in answer.text


def test_cookies_behind_tls_are_bound_to_this_host(office: Office) -> None:
    office.config = Config.model_validate({"server": {"public_url": "https://bangtin.example.vn"}})
    answer = office.app.test_client().get("/desk/login", base_url="https://bangtin.example.vn")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-bangtin=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_no_page_may_be_cached(office: Office) -> None:
    for browser, path in ((office.browser(), "/desk/login"), (office.browser(OPERATOR), "/desk/security/")):
        assert browser.get(path).headers["Cache-Control"] == "no-store"


def test_after_five_wrong_passwords_a_minute_the_right_one_is_refused_too(office: Office) -> None:
    set_password(office, OPERATOR)
    browser = office.browser()
    answers = [browser.post("/desk/login", {"email": "hoa", "password": f"sai lần {n}"}) for n in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert "Quá nhiều lần thử" in answers[-1].text
    assert sign_in(office, "HOA")[1].status_code == 429
    elsewhere = {"REMOTE_ADDR": "10.1.2.3"}
    there = office.browser().post("/desk/login", {"email": "hoa", "password": PASSWORD}, environ_base=elsewhere)
    assert there.status_code == 302, "guesses from another address lock nobody out"


def _tried(office: Office, password: str, address: str) -> int:
    """The status of the answer when the operator hoa signs in with ``password`` from ``address``."""
    form = {"email": OPERATOR.slug, "password": password}
    return office.browser().post("/desk/login", form, environ_base={"REMOTE_ADDR": address}).status_code


def test_one_network_of_ipv6_is_one_address(office: Office) -> None:
    set_password(office, OPERATOR)
    guesses = [_tried(office, f"sai lần {n}", f"2001:db8:0:5::{n:x}") for n in range(31)]
    assert guesses == [200] * 5 + [429] * 26
    assert _tried(office, PASSWORD, "2001:db8:0:605::1") == 302


def test_strangers_keep_nobody_from_confirming_an_act(office: Office) -> None:
    set_password(office, EDITOR)
    browser = office.browser(EDITOR, factor=False)
    assert browser.post("/desk/screens/panic/tinh").status_code == 303
    for n in range(31):
        form = {"email": EDITOR.slug, "password": "sai hoàn toàn rồi"}
        office.browser().post("/desk/login", form, environ_base={"REMOTE_ADDR": f"2001:db8:0:{n << 8:x}::1"})
    for n in range(61):  # other names from the editor's own address
        office.browser().post("/desk/login", {"email": f"ai-do-{n}", "password": "sai hoàn toàn rồi"})
    assert browser.post("/desk/screens/panic/tinh/end", {FIELD: PASSWORD}).status_code == 303


def test_successful_sign_ins_do_not_count_against_the_limit(office: Office) -> None:
    set_password(office, OPERATOR)
    assert [sign_in(office, "hoa")[1].status_code for _ in range(7)] == [302] * 7
