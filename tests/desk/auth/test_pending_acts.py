"""An action that waits for a second factor is carried out once, after the code or password was given.

It is refused for another person, after five minutes, and if somebody has meanwhile changed what it applies to.
"""

from __future__ import annotations

import html
import re

import pytest

from server.desk.auth.pending_acts import FIELD as MARK
from server.desk.auth.reauthenticate import FIELD, STATUS
from server.desk.web import rights
from server.store.boards import panics
from server.store.people import people, sign_ins, tokens
from server.store.screens import screens
from tests.cast import EDITOR, SECOND_EDITOR
from tests.desk.auth.signing_in import set_password
from tests.desk.office import PASSWORD, Browser, Office
from tests.store.screens.test_screens import paired

END = "/desk/screens/panic/tinh/end"
KEY = {"name": "Máy ở phường", "rights": "board.view", "area": "tinh", "days": "30"}


@pytest.fixture
def calm(office: Office) -> Office:
    """An office in panic mode (its boards show the safe slide); its editors have a password and no second factor."""
    for person in (EDITOR, SECOND_EDITOR):
        set_password(office, person)
    panics.begin(office.db, "tinh", actor=EDITOR.slug, now=office.now)
    return office


def mark_of(text: str) -> str:
    found = re.search(rf'name="{MARK}" value="([^"]+)"', text)
    assert found is not None, text
    return html.unescape(found[1])


def ask(browser: Browser, path: str = END) -> dict[str, str]:
    """Posts to ``path``, an action that asks for a confirmation.

    Returns the form that the asking page would post, with the right password.
    """
    asked = browser.post(path)
    assert asked.status_code == STATUS
    assert re.findall(r'<input id="([^"]+)" name="([^"]+)"', asked.text) == [(FIELD, FIELD)]
    return {MARK: mark_of(asked.text), FIELD: PASSWORD}


def is_safe(office: Office) -> bool:
    return bool(panics.on(office.db))


def test_a_wrong_code_is_asked_again_and_the_right_one_does_the_act(calm: Office) -> None:
    browser = calm.browser(EDITOR, factor=False)
    asked = ask(browser)
    wrong = browser.post(END, asked | {FIELD: "sai rồi"})
    assert wrong.status_code == STATUS
    assert mark_of(wrong.text) == asked[MARK], "the time counts from the first press"
    assert browser.post(END, asked).status_code == 303
    assert not is_safe(calm)


def test_back_and_a_second_press_do_nothing(calm: Office) -> None:
    browser = calm.browser(EDITOR, factor=False)
    asked = ask(browser)
    browser.post(END, asked)
    panics.begin(calm.db, "tinh", actor=SECOND_EDITOR.slug, now=calm.now)
    again = browser.post(END, asked)
    assert again.status_code == 409
    assert "Việc này đã làm rồi" in again.text
    assert is_safe(calm)


def test_two_presses_at_the_same_moment_do_it_once(calm: Office) -> None:
    browser = calm.browser(EDITOR, factor=False)
    asked = browser.post("/desk/tokens/", KEY)
    assert asked.status_code == STATUS
    confirmed = {**KEY, MARK: mark_of(asked.text), FIELD: PASSWORD}
    before = browser.client.get_cookie("bangtin")
    assert before is not None
    first = browser.post("/desk/tokens/", confirmed)
    browser.client.set_cookie("bangtin", before.value)  # sent before the first was answered
    second = browser.post("/desk/tokens/", confirmed)
    assert (first.status_code, second.status_code) == (200, 409)
    assert [one.name for one in tokens.listed(calm.db)] == [KEY["name"]]


def test_an_act_that_failed_is_done_at_the_next_press(calm: Office) -> None:
    browser = calm.browser(EDITOR, factor=False)
    asked = ask(browser)
    sign_in = sign_ins.of(calm.db, people.get(calm.db, EDITOR.slug).id, calm.now)[0]
    sign_ins.showed_factor(calm.db, sign_in.id, calm.now)  # the factor was shown in another tab
    refuse = "CREATE TRIGGER fault BEFORE UPDATE ON panics BEGIN SELECT RAISE(ABORT, 'disk'); END"
    with calm.db.write() as conn:
        conn.exec_driver_sql(refuse)
    calm.app.config["PROPAGATE_EXCEPTIONS"] = False  # an exception is answered by 500, as in production
    failed = browser.post(END, asked)
    assert (failed.status_code >= 500, is_safe(calm)) == (True, True)
    with calm.db.write() as conn:
        conn.exec_driver_sql("DROP TRIGGER fault")
    assert browser.post(END, asked).status_code == 303
    assert not is_safe(calm)
    assert browser.post(END, asked).status_code == 409, "it is done once"


def test_an_act_older_than_five_minutes_is_not_done(calm: Office) -> None:
    browser = calm.browser(EDITOR, factor=False)
    asked = ask(browser)
    calm.later(minutes=5, seconds=1)
    late = browser.post(END, asked)
    assert (late.status_code, is_safe(calm)) == (409, True)
    assert "quá năm phút" in late.text


def test_an_act_of_another_person_in_the_same_browser_is_not_done(calm: Office) -> None:
    asked = ask(calm.browser(EDITOR, factor=False))
    other = calm.browser(SECOND_EDITOR).post(END, asked)
    assert (other.status_code, is_safe(calm)) == (409, True)
    assert "người khác bắt đầu" in other.text


def test_an_act_on_what_somebody_has_changed_meanwhile_is_not_done(calm: Office) -> None:
    browser = calm.browser(EDITOR, factor=False)
    asked = ask(browser)
    panics.end(calm.db, "tinh", actor=SECOND_EDITOR.slug, now=calm.now)
    panics.begin(calm.db, "tinh", actor=SECOND_EDITOR.slug, now=calm.now)
    changed = browser.post(END, asked)
    assert (changed.status_code, is_safe(calm)) == (409, True)
    assert "vừa sửa" in changed.text


def test_changes_of_other_objects_do_not_stop_an_act(calm: Office) -> None:
    here, other = paired(calm.db)[0], paired(calm.db)[0]
    browser = calm.browser(EDITOR, factor=False)
    asked = ask(browser, f"/desk/screens/{here.id}/revoke")
    screens.describe(calm.db, other.id, name="B", phone="", notes="", actor=EDITOR.slug, now=calm.now)
    assert browser.post(f"/desk/screens/{here.id}/revoke", asked).status_code == 303
    assert [one.id for one in screens.all(calm.db)] == [other.id]


def test_a_forged_mark_counts_as_none(calm: Office) -> None:
    browser = calm.browser(EDITOR, factor=False)
    assert browser.post(END, {MARK: "{}.x"}).status_code == STATUS
    assert browser.post(END, {MARK: ask(browser)[MARK] + "x"}).status_code == STATUS
    assert is_safe(calm)


def test_every_act_with_a_fresh_factor_that_names_an_object_says_which(office: Office) -> None:
    for rule in office.app.url_map.iter_rules():
        need = rights.need_of(office.app, rule.endpoint)
        if need is not None and need.factor == "fresh":
            assert bool(need.subject) == bool(rule.arguments), rule
            assert need.subject.format(**dict.fromkeys(rule.arguments, "x")).partition("/")[0] in (
                "", "alert", "area", "area_plan", "board", "duty_channel", "notice", "person", "screen", "source",
                "token", "webhook",
            )  # fmt: skip
