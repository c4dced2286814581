"""Boards leave out a damaged item: the nearest editors of its areas get one message until it is shown again."""

from __future__ import annotations

from sqlalchemy import Engine, event

from server.core.policy import Grant, Role
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.people import left_out, messages, people
from tests import cast
from tests.cast import DAY, EDITOR, KEEPER, MINUTE, NOW, OPERATOR

STAFF: tuple[tuple[str, Role, str], ...] = (
    (EDITOR.slug, "editor", "tinh"),
    (OPERATOR.slug, "operator", "xa-minh-tan"),
    (KEEPER.slug, "keeper", "tinh"),
    ("thao", "editor", "xa-dong-hai"),
)


def staffed(db: Database) -> None:
    for name, role, area in STAFF:
        people.add(db, username=name, name=name, email=f"{name}@x.vn", actor="os:root", now=NOW)
        people.grant(db, name, Grant(role, area), by=None, actor="os:root", now=NOW)


def heard(db: Database) -> dict[str, list[str]]:
    found = {name: [one.link for one in messages.unseen(db, name)] for name, _, _ in STAFF}
    return {name: links for name, links in found.items() if links}


def test_each_item_is_told_to_the_nearest_editors_of_its_areas(db: Database) -> None:
    staffed(db)
    here = announcements.post(db, cast.announcement(area="xa-minh-tan"), actor=OPERATOR.slug)
    there = notices.post(db, cast.notice(areas=("xa-dong-hai",)), actor=EDITOR.slug, now=NOW)
    keys = [f"announcement:{here.id}", f"notice:{there.id}", "announcement:999", "lap", "story:x"]
    assert left_out.tell(db, keys, (), NOW) == 2
    assert heard(db) == {EDITOR.slug: [f"/desk/queue/{here.id}"], "thao": [f"/desk/urgent/{there.id}"]}


def test_an_item_is_told_once_and_settled_when_it_is_shown_again(db: Database) -> None:
    staffed(db)
    key = f"announcement:{announcements.post(db, cast.announcement(), actor=OPERATOR.slug).id}"
    assert left_out.tell(db, [key], (), NOW) == 1
    assert left_out.tell(db, [key], (), NOW + MINUTE) == 0
    left_out.tell(db, [], (), NOW + MINUTE)
    assert heard(db) == {}
    assert left_out.tell(db, [key], (), NOW + 2 * MINUTE) == 0, "a server that begins anew does not repeat it"
    assert left_out.tell(db, [key], (), NOW + DAY + MINUTE) == 1


def test_what_has_no_page_is_led_to_the_list_that_sets_it_aside(db: Database) -> None:
    staffed(db)
    one = announcements.post(db, cast.announcement(), actor=OPERATOR.slug)
    assert left_out.unreadable(db, NOW) == ()
    with db.write() as conn:
        conn.exec_driver_sql(f"UPDATE announcements SET windows = '[[5]]' WHERE id = {one.id}")  # noqa: S608
    key = f"announcement:{one.id}"
    assert left_out.unreadable(db, NOW) == (key,)
    left_out.tell(db, [key], [key], NOW)
    assert heard(db) == {EDITOR.slug: [f"/desk/queue/?damaged={one.id}"]}


def test_a_server_settles_only_what_no_other_server_leaves_out(db: Database) -> None:
    staffed(db)
    one, two = (
        f"announcement:{announcements.post(db, cast.announcement(), actor=OPERATOR.slug).id}" for _ in range(2)
    )
    assert left_out.tell(db, [one], (), NOW, server="a") == 1
    assert left_out.tell(db, [one, two], (), NOW, server="b") == 1
    left_out.tell(db, [], (), NOW, server="a")
    assert len(heard(db)[EDITOR.slug]) == 2, "b leaves both out"
    left_out.tell(db, [two], (), NOW, server="b")
    assert heard(db) == {EDITOR.slug: [f"/desk/queue/{two.partition(':')[2]}"]}
    left_out.tell(db, [], (), NOW, server="b")
    assert heard(db) == {}


def test_many_items_are_told_in_few_messages_and_with_few_questions(db: Database) -> None:
    staffed(db)
    keys = [
        f"announcement:{announcements.post(db, cast.announcement(), actor=OPERATOR.slug).id}"
        for _ in range(left_out.MOST_TOLD + 5)
    ]
    asked: list[str] = []

    def note(*told: object) -> None:
        asked.append(str(told[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert left_out.tell(db, keys, (), NOW) == left_out.MOST_TOLD + 1
        assert len([one for one in asked if one.startswith("SELECT")]) < 10
        asked.clear()
        assert left_out.tell(db, keys, (), NOW) == 0
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert asked
    assert not [one for one in asked if one.startswith(("BEGIN IMMEDIATE", "INSERT", "UPDATE"))]
    assert messages.count_unseen(db, EDITOR.slug) == left_out.MOST_TOLD + 1
