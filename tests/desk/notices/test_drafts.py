"""Drafts of urgent notices: one editor signs and another sends what both have read; two people edit one draft."""

from __future__ import annotations

import re

import pytest

from server.desk.auth.reauthenticate import STATUS
from server.setup.config import Config
from server.setup.config_sections import NoticesSection, PeopleSection
from server.store.notices import actions, notices
from server.store.people import messages
from tests import cast
from tests.cast import EDITOR, NOW, OPERATOR, SECOND_EDITOR
from tests.desk.notices.forms import WORDS, live, press, seen, send
from tests.desk.office import Office


@pytest.fixture
def two(office: Office) -> Office:
    """An office where an urgent notice needs two editors (four eyes)."""
    people_ = PeopleSection(second_factor=False)
    office.config = Config(people=people_, notices=NoticesSection(four_eyes=True))
    return office


def test_with_four_eyes_one_signs_and_another_confirms(two: Office) -> None:
    id = send(two.browser(EDITOR))
    assert live(two) == ()
    press(two.browser(EDITOR), id, "send")
    assert live(two) == ()
    press(two.browser(SECOND_EDITOR), id, "send")
    (sent,) = live(two)
    assert (sent.signed_by, sent.confirmed_by) == ("lan", "minh")


def test_the_second_editor_has_to_confirm_his_factor(two: Office) -> None:
    id = send(two.browser(EDITOR))
    answer = press(two.browser(SECOND_EDITOR, factor=False), id, "send")
    assert answer.status_code == STATUS
    assert live(two) == ()


def test_one_editor_alone_sends_after_thirty_seconds_and_it_is_shown(two: Office) -> None:
    browser = two.browser(EDITOR)
    id = send(browser)
    page = browser.get(f"/desk/urgent/{id}").text
    assert "Còn 30 giây" in page
    press(browser, id, "send", alone="yes")
    assert live(two) == ()
    two.later(seconds=30)
    press(two.browser(EDITOR), id, "send", alone="yes")
    assert live(two)[0].broke_glass
    assert "Phát một mình" in two.browser(SECOND_EDITOR).get(f"/desk/urgent/{id}").text


def test_a_signed_correction_pressed_twice_is_one_draft(two: Office) -> None:
    first = notices.post(two.db, cast.notice(created_by="lan"), actor="lan", now=NOW).id
    browser = two.browser(EDITOR)
    second = send(browser, replaces=str(first))
    two.later(seconds=20)
    assert send(browser, replaces=str(first)) == second


def test_a_draft_is_edited_by_its_writer_or_an_editor_and_discarded(office: Office) -> None:
    id = send(office.browser(OPERATOR))
    changed = {**WORDS, "headline": "Nước lên, rời bãi bồi"}
    assert office.browser(OPERATOR).post(f"/desk/urgent/{id}/edit", changed).status_code == 303
    assert notices.get(office.db, id).headline == "Nước lên, rời bãi bồi"
    assert office.browser(EDITOR).post(f"/desk/urgent/{id}/edit", WORDS).status_code == 303
    office.browser(OPERATOR).post(f"/desk/urgent/{id}/discard")
    assert notices.get(office.db, id).state == "cleared"
    late = office.browser(OPERATOR).post(f"/desk/urgent/{id}/edit", changed)
    assert late.status_code == 409
    assert "Nước lên" in late.text


def test_those_who_can_act_get_messages_and_all_if_one_sent_alone(two: Office) -> None:
    asked = send(two.browser(OPERATOR))
    assert {one.link for one in messages.unseen(two.db, "lan")} == {f"/desk/urgent/{asked}"}
    press(two.browser(EDITOR), asked, "sign")
    (waiting,) = messages.unseen(two.db, "minh")
    assert "chờ bạn xác nhận" in waiting.subject, "the proposal has been dealt with"
    assert messages.unseen(two.db, "tuan") == ()
    two.later(seconds=31)
    press(two.browser(EDITOR), asked, "send", alone="yes")
    assert "một mình" in messages.unseen(two.db, "tuan")[0].subject
    assert "một mình" in messages.unseen(two.db, "minh")[0].subject
    press(two.browser(EDITOR), asked, "clear")
    assert messages.unseen(two.db, "minh") == messages.unseen(two.db, "tuan") == ()


def test_text_that_was_changed_since_it_was_read_is_not_sent(office: Office) -> None:
    id = send(office.browser(OPERATOR))
    editor = office.browser(EDITOR)
    read = seen(editor, id)
    office.browser(OPERATOR).post(f"/desk/urgent/{id}/edit", {**WORDS, "headline": "Lời chưa ai đọc"})
    for form in ({"seen": read}, {"seen": ""}, {}):
        answer = editor.post(f"/desk/urgent/{id}/send", form, follow_redirects=True)
        assert "chưa gửi gì cả" in answer.text
        assert "<h1>Lời chưa ai đọc</h1>" in answer.text
        assert live(office) == ()
    press(editor, id, "send")
    assert [one.headline for one in live(office)] == ["Lời chưa ai đọc"]


def test_text_that_was_changed_since_it_was_read_is_not_signed(two: Office) -> None:
    id = send(two.browser(OPERATOR))
    editor = two.browser(EDITOR)
    read = seen(editor, id)
    two.browser(OPERATOR).post(f"/desk/urgent/{id}/edit", {**WORDS, "risk": "5"})
    for form in ({"seen": read}, {}):
        answer = editor.post(f"/desk/urgent/{id}/sign", form, follow_redirects=True)
        assert "chưa gửi gì cả" in answer.text
        assert notices.get(two.db, id).signed_by == ""
    press(editor, id, "sign")
    assert notices.get(two.db, id).signed_by == "lan"


def test_a_draft_edited_by_two_people_needs_a_choice(office: Office) -> None:
    id = send(office.browser(OPERATOR))
    seen = actions.mark(notices.get(office.db, id))
    first = {**WORDS, "headline": "Lời của Lan", "seen": seen}
    assert office.browser(EDITOR).post(f"/desk/urgent/{id}/edit", first).status_code == 303
    second = {**WORDS, "headline": "Lời của Minh", "seen": seen}
    browser = office.browser(SECOND_EDITOR)
    asked = browser.post(f"/desk/urgent/{id}/edit", second)
    assert asked.status_code == 409
    assert "Lời của Lan" in asked.text
    assert "Lời của Minh" in asked.text
    assert notices.get(office.db, id).headline == "Lời của Lan"
    mark = re.search(r'name="seen" value="([0-9a-f]{16})"', asked.text)
    assert mark is not None
    assert browser.post(f"/desk/urgent/{id}/edit", {**second, "seen": mark[1]}).status_code == 303
    assert notices.get(office.db, id).headline == "Lời của Minh"


@pytest.mark.parametrize("field", ["headline", "act1", "sender"])
def test_the_check_of_a_text_of_megabytes_draws_its_first_thousand_letters(office: Office, field: str) -> None:
    answer = office.browser(OPERATOR).post("/desk/urgent/check", {**WORDS, field: "lũ " * 100_000})
    assert answer.status_code == 200
    assert 0 < len(answer.data) < 500_000
