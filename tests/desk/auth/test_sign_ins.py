"""Sign-ins: listed and ended by their owner, ended by time, by a new password and by suspension."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.desk.auth.access import POLLED
from server.store.people import people, sign_ins
from tests.cast import EDITOR, OPERATOR
from tests.desk.auth.signing_in import set_password, sign_in
from tests.desk.office import PASSWORD, Browser, Office


def test_a_sign_in_can_be_ended_from_another_browser(office: Office) -> None:
    here, there = office.browser(OPERATOR), office.browser(OPERATOR)
    assert there.get("/desk/security/").status_code == 200
    here.post("/desk/security/sign-ins/end-others")
    assert "/desk/login" in there.get("/desk/security/").headers["Location"]
    assert here.get("/desk/security/").status_code == 200


def test_nobody_can_end_the_sign_in_of_another_person(office: Office) -> None:
    there = Browser(office.app.test_client(), "")
    id = there.sign_in(office, EDITOR)
    office.browser(OPERATOR).post(f"/desk/security/sign-ins/{id}/end")
    assert there.get("/desk/security/").status_code == 200


def test_suspending_a_person_ends_their_sign_ins(office: Office) -> None:
    ids = [*(Browser(office.app.test_client(), "").sign_in(office, OPERATOR) for _ in range(2)), "khong-co"]
    assert [sign_ins.alive(office.db, one, office.now) is None for one in ids] == [False, False, True]
    people.suspend(office.db, OPERATOR.slug, active=False, actor="tuan", now=office.now)
    assert [sign_ins.alive(office.db, one, office.now) is None for one in ids] == [True, True, True]


def test_a_sign_in_expires(office: Office) -> None:
    browser = office.browser(OPERATOR)
    office.later(hours=9)
    assert "/desk/login" in browser.get("/desk/security/").headers["Location"]


def test_a_sign_in_ends_after_a_working_day_even_if_it_is_used(office: Office) -> None:
    browser = office.browser(OPERATOR)
    for _ in range(4):
        assert browser.get("/desk/security/").status_code == 200
        office.later(hours=4.2)
    assert "/desk/login" in browser.get("/desk/security/").headers["Location"]


def test_a_sign_in_that_a_clock_began_in_the_future_has_ended(office: Office) -> None:
    near, far = office.browser(OPERATOR), office.browser(OPERATOR)
    office.set_clock(timedelta(seconds=-50))
    assert near.get("/desk/security/").status_code == 200, "the clocks of two servers may differ"
    office.set_clock(timedelta(hours=-3))
    assert "/desk/login" in far.get("/desk/security/").headers["Location"]


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1), timedelta(days=1)])
def test_setting_the_clock_signs_nobody_out(office: Office, step: timedelta) -> None:
    browser = office.browser(OPERATOR)
    assert browser.get("/desk/security/").status_code == 200
    office.set_clock(step)
    office.later(hours=7)
    assert browser.get("/desk/security/").status_code == 200
    office.set_clock(-step)
    assert browser.get("/desk/security/").status_code == 200
    office.later(hours=8.1)
    assert "/desk/login" in browser.get("/desk/security/").headers["Location"], "hours without a request still count"


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


def test_an_open_page_that_asks_by_itself_keeps_nobody_signed_in(office: Office) -> None:
    assert set(POLLED) <= {rule.endpoint for rule in office.app.url_map.iter_rules()}
    browser = Browser(office.app.test_client(), "")
    id = browser.sign_in(office, EDITOR)
    for _ in range(4):
        assert browser.get("/desk/urgent/strips").status_code == 200
        office.later(hours=1.9)
    (stored,) = sign_ins.of(office.db, people.get(office.db, EDITOR.slug).id, office.now)
    assert (stored.id, office.now - stored.seen) == (id, timedelta(hours=7.6)), "nothing is written either"
    office.later(hours=1)
    assert "/desk/login" in browser.get("/desk/urgent/strips").headers["Location"]
