"""The bell, which shows a person's tasks: their number, returned work first, in the reader's language.

A message disappears for everybody once its task is done.
"""

from __future__ import annotations

import re

from server.core.model import Announcement
from server.core.policy import Grant
from server.store.announcements import announcements
from server.store.people import accounts, messages, people
from tests import cast
from tests.cast import EDITOR, NOW, OPERATOR, SECOND_EDITOR, Person
from tests.desk.office import Office
from tests.desk.reading import text_of


def submitted(office: Office, title: str = "Họp dân") -> Announcement:
    made = announcements.post(
        office.db, cast.announcement(area="xa-minh-tan", state="draft", title=title), actor=OPERATOR.slug
    )
    step(office, OPERATOR, made, "submit")
    return made


def step(office: Office, who: Person, one: Announcement, name: str, **more: str) -> None:
    version = announcements.get(office.db, one.id).version
    office.browser(who).post("/desk/queue/act", {"id": f"{one.id}:{version}", "step": name, **more})


def bell(office: Office, who: Person, language: str = "vi") -> tuple[str, str]:
    """The number on the bell and the text of its list."""
    browser = office.browser(who)
    browser.client.set_cookie("language", language)
    page = browser.get("/desk/queue/").text
    found = re.search(r'<details class="bell" data-count="(\d+)">(.*?)</details>', page, re.DOTALL)
    assert found is not None
    return found[1], text_of(found[2])


def test_a_message_goes_with_its_task_from_everybody_who_had_it(office: Office) -> None:
    one = submitted(office)
    for editor in (EDITOR, SECOND_EDITOR):
        count, text = bell(office, editor)
        assert (count, "Chờ duyệt: Họp dân" in text) == ("1", True)
    step(office, EDITOR, one, "return", reason="Thiếu giờ")
    assert bell(office, EDITOR)[0] == bell(office, SECOND_EDITOR)[0] == "0"
    count, text = bell(office, OPERATOR)
    assert (count, "Trả lại: Họp dân" in text, "Lý do: Thiếu giờ" in text) == ("1", True, True)
    step(office, OPERATOR, one, "submit")
    assert bell(office, OPERATOR)[0] == "0"
    assert bell(office, SECOND_EDITOR)[0] == "1"


def test_what_was_returned_comes_first(office: Office) -> None:
    returned, approved = submitted(office, "Bị trả"), submitted(office, "Được duyệt")
    step(office, EDITOR, returned, "return", reason="Thiếu giờ")
    step(office, EDITOR, approved, "approve")
    count, text = bell(office, OPERATOR)
    assert count == "2"
    assert text.index("Trả lại: Bị trả") < text.index("Đã duyệt: Được duyệt")


def test_a_message_is_in_the_language_of_whoever_reads_it(office: Office) -> None:
    one = submitted(office)
    step(office, EDITOR, one, "return", reason="Thiếu giờ")
    assert "Returned: Họp dân" in bell(office, OPERATOR, "en")[1]
    assert "Trả lại: Họp dân" in bell(office, OPERATOR)[1]


def test_a_mail_is_in_the_language_of_its_receiver_not_of_the_sender(mailing: Office) -> None:
    reader = mailing.browser(OPERATOR)
    reader.post("/desk/language/en")
    account = accounts.find(mailing.db, "username", OPERATOR.slug)
    assert account is not None
    assert account["language"] == "en"
    step(mailing, EDITOR, submitted(mailing), "return", reason="Thiếu giờ")
    subjects = {one.address: one.subject for one in messages.due(mailing.db, NOW)}
    assert subjects["hoa@example.vn"] == "Returned: Họp dân"
    assert subjects["lan@example.vn"] == "Chờ duyệt: Họp dân"


def test_an_editor_of_another_commune_hears_nothing(office: Office) -> None:
    other = Person("thao", "Đỗ Thảo", "editor", "xa-dong-hai")
    people.add(office.db, username=other.slug, name=other.name, email="t@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, other.slug, Grant("editor", other.area), by=None, actor="os:root", now=NOW)
    submitted(office)
    assert bell(office, other) == ("0", "Không có tin nào cho bạn.")
