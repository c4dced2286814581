"""A letter is finished once, with its announcement, its answer and its row in one transaction; on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.core.model import Announcement, Source
from server.store.announcements import announcements, letters
from server.store.announcements.announcements import Rules
from server.store.announcements.letters import Finished, Letter
from server.store.database.engine import Database
from server.store.people import messages
from server.store.people.messages import Message
from server.store.sources import sources
from tests import cast
from tests.cast import AREAS, BOARDS, DAY, HOUR, NOW, SOURCES

LETTER = Letter("thu-xa", 1, 7, "<a@xa.vn>", "lan@xa.vn", "Họp", NOW, NOW)
MADE = cast.announcement(area="xa-minh-tan", boards=(), state="submitted", created_by="mail:lan@xa.vn")
ANSWER = Message("", "Đã nhận", "…", "", "lan@xa.vn", in_reply_to="<a@xa.vn>")


@pytest.fixture(autouse=True)
def seeded(db: Database) -> None:
    box = Source("thu-xa", "Thư", "mail", "imaps://thu.xa.vn/INBOX", area="tinh")
    sources.seed(db, areas=AREAS, sources=(*SOURCES, box), boards=BOARDS, now=NOW)


def taken(db: Database, one: Letter) -> Announcement:
    return letters.take(db, one, MADE, detail="", rules=Rules(), notify=(), answers=lambda _: (ANSWER,))


def test_beginning_again_counts_the_tries(db: Database) -> None:
    first, second = letters.begin(db, LETTER), letters.begin(db, replace(LETTER, subject="Khác"))
    assert (first.id, first.tries, second.id, second.tries, second.subject) == (second.id, 1, first.id, 2, "Họp")
    assert letters.finished(db, "thu-xa", 1) == frozenset()


def test_a_letter_that_is_finished_makes_no_second_announcement(db: Database) -> None:
    row = letters.begin(db, LETTER)
    made = taken(db, row)
    with pytest.raises(Finished):
        taken(db, row)
    assert [one.id for one in announcements.all(db)] == [made.id]
    assert [one.in_reply_to for one in messages.due(db, NOW + HOUR)] == ["<a@xa.vn>"]
    assert letters.finished(db, "thu-xa", 1) == {7}
    assert letters.finished(db, "thu-xa", 2) == frozenset()
    found = letters.of_announcement(db, made.id)
    assert found is not None
    assert (found.reason, found.told, letters.areas_of(db, [made.id])) == ("taken", "submitted", {made.id: made.area})


def test_only_the_same_sender_is_known_by_his_message_id(db: Database) -> None:
    taken(db, letters.begin(db, LETTER))
    again = letters.begin(db, replace(LETTER, validity=2))
    forged = letters.begin(db, replace(LETTER, uid=8, sender="ke@xau.vn"))
    assert letters.was_handled(db, again, ("taken",))
    assert not letters.was_handled(db, forged, ("taken",))
    assert not letters.was_handled(db, again, ("empty",))


def test_each_change_of_state_is_told_once(db: Database) -> None:
    made = taken(db, letters.begin(db, LETTER))
    assert letters.untold(db) == ()
    announcements.take(db, made.id, "return", actor="lan", now=NOW, reason="Thiếu ngày")
    ((letter, one),) = letters.untold(db)
    assert one.state == "returned"
    letters.tell(db, letter, one.state, [ANSWER], NOW)
    letters.tell(db, letter, one.state, [ANSWER], NOW)
    assert letters.untold(db) == ()
    assert len(messages.due(db, NOW + HOUR)) == 2


def test_old_letters_are_forgotten_and_refused_ones_counted(db: Database) -> None:
    row = letters.begin(db, LETTER)
    letters.refuse(db, row.id, "empty", [ANSWER], NOW)
    assert letters.of_source(db, "thu-xa", most=5)[0].told == "answered"
    assert letters.count_from(db, "lan@xa.vn", ("empty",), since=NOW - DAY) == 1
    assert letters.count_from(db, "lan@xa.vn", ("empty",), since=NOW + DAY) == 0
    assert letters.forget_old(db, before=NOW) == 0
    assert letters.forget_old(db, before=NOW + HOUR) == 1
