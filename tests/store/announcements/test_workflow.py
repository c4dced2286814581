"""The workflow of announcements: every step happens once, is audited, and overwrites nobody else's edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from server.core.announcements import recurrence
from server.core.model import Announcement, Attachment, Contact, Recurrence, Window
from server.core.workflow import NotPossible, OwnWork, phase
from server.store.announcements import announcements, listings, recurring
from server.store.announcements.announcements import Incomplete, Rules
from server.store.audit import audit
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import Conflict, NotLive, StoreRefusal
from server.store.people import messages
from server.store.people.messages import Message
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, MINUTE, NOW, OPERATOR, SECOND_EDITOR
from tests.store.changed import changed

CHAIN = ("xa-minh-tan", "tinh")
DEFAULT_RULES = Rules()
FOUR_EYES = Rules(four_eyes=True)


def draft(db: Database, **changes: object) -> Announcement:
    wanted = changed(cast.announcement(area="xa-minh-tan", state="draft"), **changes)
    return announcements.post(db, wanted, actor=OPERATOR.slug)


def approved(db: Database, **changes: object) -> Announcement:
    return announcements.post(db, changed(cast.announcement(area="xa-minh-tan"), **changes), actor=EDITOR.slug)


def take(
    db: Database,
    id: int,
    step: str,
    by: str = EDITOR.slug,
    *,
    version: int | None = None,
    reason: str = "",
    rules: Rules = DEFAULT_RULES,
    notify: Sequence[Message] = (),
) -> Announcement:
    return announcements.take(
        db, id, step, actor=by, now=NOW + MINUTE, version=version, reason=reason, rules=rules, notify=notify
    )


def shown(db: Database) -> list[int]:
    return [one.id for one in announcements.shown(db, CHAIN, now=NOW + HOUR)]


def acts(db: Database) -> list[tuple[str, str]]:
    return [(act.act.removeprefix("announcement."), act.actor) for act in audit.all(db)]


def test_an_operator_submits_an_editor_approves_and_only_then_it_is_shown(db: Database) -> None:
    mine = draft(db)
    take(db, mine.id, "submit", OPERATOR.slug)
    assert shown(db) == []
    before = revision.current(db)
    approved = take(db, mine.id, "approve", version=1)
    assert shown(db) == [mine.id]
    assert approved.decided_by == EDITOR.slug
    assert revision.current(db) == before + 1
    assert acts(db) == [("post", "hoa"), ("submit", "hoa"), ("approve", "lan")]


def test_a_returned_announcement_is_revised_and_submitted_again(db: Database) -> None:
    mine = draft(db)
    take(db, mine.id, "submit", OPERATOR.slug)
    with pytest.raises(NotPossible, match="lý do"):
        take(db, mine.id, "return", reason="  ")
    returned = take(db, mine.id, "return", reason="Thiếu địa điểm")
    assert (returned.state, returned.reason) == ("returned", "Thiếu địa điểm")
    mended = announcements.revise(db, replace(returned, text="Tại nhà văn hóa"), actor=OPERATOR.slug, now=NOW + HOUR)
    assert (mended.state, mended.version, mended.edited_by) == ("returned", 2, OPERATOR.slug)
    assert take(db, mine.id, "submit", OPERATOR.slug).reason == ""


def test_approving_an_older_version_is_a_conflict(db: Database) -> None:
    seen = draft(db)
    announcements.revise(db, replace(seen, title="Lịch mới"), actor=OPERATOR.slug, now=NOW + MINUTE)
    with pytest.raises(Conflict) as caught:
        take(db, seen.id, "approve", version=seen.version)
    assert caught.value.theirs.title == "Lịch mới"
    assert shown(db) == []


def test_revising_an_older_version_is_a_conflict(db: Database) -> None:
    read = draft(db)
    announcements.revise(db, replace(read, text="Bản của Lan"), actor=EDITOR.slug, now=NOW)
    with pytest.raises(Conflict, match="lan đã sửa") as caught:
        announcements.revise(db, replace(read, text="Bản của Minh"), actor=SECOND_EDITOR.slug, now=NOW)
    assert caught.value.theirs.text == "Bản của Lan"
    assert announcements.get(db, read.id).text == "Bản của Lan"


def test_approving_own_work_is_marked_and_with_four_eyes_refused(db: Database) -> None:
    mine = announcements.post(db, cast.announcement(state="draft", created_by=EDITOR.slug), actor=EDITOR.slug)
    with pytest.raises(OwnWork, match="biên tập viên khác"):
        take(db, mine.id, "approve", rules=FOUR_EYES)
    take(db, mine.id, "approve")
    assert acts(db)[-1] == ("approve_own", "lan")


def test_withdrawing_and_reinstating_does_not_bypass_four_eyes(db: Database) -> None:
    mine = announcements.post(db, cast.announcement(state="draft", created_by=EDITOR.slug), actor=EDITOR.slug)
    take(db, mine.id, "withdraw")
    with pytest.raises(OwnWork):
        take(db, mine.id, "reinstate", rules=FOUR_EYES)


def test_reinstating_shows_it_again(db: Database) -> None:
    mine = draft(db)
    take(db, mine.id, "approve")
    take(db, mine.id, "withdraw")
    assert shown(db) == []
    take(db, mine.id, "reinstate")
    assert shown(db) == [mine.id]
    assert take(db, mine.id, "requeue").state == "submitted"
    assert shown(db) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"windows": ()}, "windows"),
        ({"windows": (Window(NOW - DAY, NOW - HOUR),)}, "windows"),
        ({"windows": (Window(NOW + DAY, NOW + HOUR),)}, "windows"),
        ({"kind": "pdf"}, "attachments"),
        ({"kind": "pictures", "attachments": (Attachment("a" * 16, "", 9, 9, "video/mp4", 3),)}, "attachments"),
        ({"kind": "video"}, "attachments"),
        ({"kind": "table", "table": (("Thôn",),)}, "table"),
        ({"kind": "link", "link": "javascript:alert(1)"}, "link"),
        ({"kind": "contact", "contact": Contact("Trạm y tế")}, "contact"),
        (
            {"recurrence": Recurrence("FREQ=DAILY", time(7), time(9), date(2026, 3, 1), date(2026, 3, 8))},
            "recurrence",
        ),
    ],
)
def test_an_incomplete_draft_is_neither_submitted_nor_approved(
    db: Database, changes: dict[str, object], field: str
) -> None:
    mine = draft(db, **changes)
    for step in ("submit", "approve"):
        with pytest.raises(Incomplete) as caught:
            take(db, mine.id, step)
        assert [problem.field for problem in caught.value.problems] == [field]
    assert announcements.get(db, mine.id).state == "draft"


def test_a_shown_announcement_is_replaced_not_changed(db: Database) -> None:
    old = draft(db)
    take(db, old.id, "approve")
    with pytest.raises(NotLive, match="bản sao"):
        announcements.revise(db, replace(old, text="Khác"), actor=OPERATOR.slug, now=NOW)
    new = draft(db, replaces=old.id, text="Khác")
    assert shown(db) == [old.id]
    take(db, new.id, "approve")
    assert shown(db) == [new.id]
    assert announcements.get(db, old.id).reason == f"Thay bằng thông báo số {new.id}"


def test_every_version_is_kept_as_it_was(db: Database) -> None:
    whole = draft(
        db,
        kind="pdf",
        attachments=(Attachment("0123456789abcdef", "Trang 1", 1240, 1754),),
        contact=Contact("Một cửa", phone="0221 3863 113"),
        recurrence=Recurrence(recurrence.rule_of(range(5)), time(7), time(9), date(2026, 3, 9)),
        longest_gap=2 * HOUR,
        table=(("Thôn", "Giờ"), ("Đông", "8")),
    )
    announcements.revise(db, replace(whole, title="Khác", attachments=()), actor=EDITOR.slug, now=NOW + HOUR)
    (past,) = listings.versions(db, whole.id)
    assert (past.by, past.replaced) == (EDITOR.slug, NOW + HOUR)
    assert replace(past.announcement, edited=None, edited_by="") == whole
    assert listings.at_version(db, whole.id, 1) == past.announcement
    assert listings.at_version(db, whole.id, 2) == announcements.get(db, whole.id)
    assert listings.at_version(db, whole.id, 3) is None


def test_saving_without_a_change_makes_no_version(db: Database) -> None:
    mine = draft(db)
    assert announcements.revise(db, mine, actor=EDITOR.slug, now=NOW + DAY) == mine
    assert listings.versions(db, mine.id) == ()


def test_windows_of_a_recurring_announcement_are_renewed(db: Database) -> None:
    weekly = Recurrence(recurrence.rule_of([0]), time(7), time(9), date(2026, 3, 9))
    mine = draft(db, recurrence=weekly, windows=())
    take(db, mine.id, "approve")
    assert shown(db) == [mine.id]
    assert recurring.renew(db, NOW + DAY) == ()
    later = NOW + 90 * DAY
    before = revision.current(db)
    assert recurring.renew(db, later) == (mine.id,)
    assert revision.current(db) == before + 1
    assert recurring.renew(db, later) == ()
    coming = announcements.get(db, mine.id).windows[-1].start
    assert later < coming < later + recurrence.AHEAD
    assert [one.id for one in announcements.shown(db, CHAIN, now=later)] == [mine.id]
    assert acts(db)[-1] == ("renew", "system")


def test_a_new_day_off_removes_its_windows(db: Database) -> None:
    daily = Recurrence("FREQ=DAILY", time(7), time(9), date(2026, 3, 9), but_holidays=True)
    mine = draft(db, recurrence=daily, windows=())
    take(db, mine.id, "approve")
    assert recurring.renew(db, NOW, [date(2026, 3, 12)]) == (mine.id,)
    opened = {window.start for window in announcements.get(db, mine.id).windows}
    assert datetime(2026, 3, 12, tzinfo=UTC) not in opened
    assert datetime(2026, 3, 13, tzinfo=UTC) in opened


def test_boards_follow_the_new_order(db: Database) -> None:
    ids = [draft(db).id for _ in range(3)]
    for id in ids:
        take(db, id, "approve")
    before = revision.current(db)
    announcements.reorder(db, [ids[2], ids[0], ids[1]], actor=EDITOR.slug, now=NOW)
    assert shown(db) == [ids[2], ids[0], ids[1]]
    assert revision.current(db) == before + 1
    announcements.reorder(db, [ids[2], ids[0], ids[1]], actor=EDITOR.slug, now=NOW)
    assert revision.current(db) == before + 1


def test_lists_are_limited_to_areas(db: Database) -> None:
    mine = draft(db)
    old = draft(db, windows=(Window(NOW - 200 * DAY, NOW - 100 * DAY),), created=NOW - 200 * DAY)
    template = draft(db, template=True)
    province = announcements.post(db, cast.announcement(), actor=EDITOR.slug)
    assert listings.listed(db, ["xa-minh-tan"], now=NOW) == (mine,)
    assert listings.listed(db, ["xa-minh-tan", "tinh"], now=NOW) == (province, mine)
    assert listings.listed(db, ["xa-dong-hai"], now=NOW) == ()
    assert listings.templates(db, ["xa-minh-tan"]) == (template,)
    assert listings.listed(db, ["xa-minh-tan"], now=NOW - 99 * DAY) == (old, mine)


def test_ended_announcements_are_counted_and_left_out(db: Database) -> None:
    past, still = Window(NOW - 3 * DAY, NOW - DAY), Window(NOW - DAY, None)
    today = Recurrence("FREQ=DAILY", time(5), time(6), date(2026, 3, 1), NOW.date())
    kept = [
        approved(db, windows=(past, still)),
        approved(db, windows=(past, Window(NOW + DAY, NOW + 2 * DAY))),
        approved(db, windows=(), recurrence=today, created=NOW - DAY),
        draft(db, windows=(past,)),
    ]
    over = approved(db, windows=(Window(NOW - 3 * DAY, NOW),), created=NOW - DAY)
    approved(db, windows=(past,), template=True)
    mine = ["xa-minh-tan"]
    assert phase(over, NOW) == "ended"
    assert {one.id for one in listings.listed(db, mine, now=NOW)} == {over.id, *(one.id for one in kept)}
    assert {one.id for one in listings.listed(db, mine, now=NOW, ended=False)} == {one.id for one in kept}
    assert listings.count_ended(db, mine, now=NOW) == 1
    assert listings.count_ended(db, ["tinh"], now=NOW) == 0
    assert listings.count_ended(db, mine, now=NOW + 99 * DAY) == 0


def test_announcements_using_a_file(db: Database) -> None:
    file = Attachment("0123456789abcdef", "", 9, 9)
    mine = draft(db, kind="pictures", attachments=(file,))
    draft(db)
    assert listings.using(db, file.hash) == (mine,)


def message_to(person: str, address: str = "") -> Message:
    return Message(person, "Chờ duyệt", "Hoa đã trình", "/desk/queue#a{id}", address)


def test_messages_are_queued_in_the_same_transaction(db: Database) -> None:
    mine = announcements.post(
        db,
        cast.announcement(state="submitted"),
        actor=OPERATOR.slug,
        notify=[message_to("lan", "lan@tinh.example.vn")],
    )
    (message,) = messages.unseen(db, "lan")
    assert message.link == f"/desk/queue#a{mine.id}"
    assert [one.person for one in messages.due(db, NOW)] == ["lan"]
    messages.see(db, "minh", [message.id])
    assert len(messages.unseen(db, "lan")) == 1
    messages.see(db, "lan", [message.id])
    assert len(messages.unseen(db, "lan")) == 0


def test_a_refused_step_sends_no_message(db: Database) -> None:
    mine = draft(db, windows=())
    with pytest.raises(Incomplete):
        take(db, mine.id, "submit", notify=[message_to("lan")])
    assert messages.unseen(db, "lan") == ()


def test_failed_mail_is_retried_with_growing_pauses(db: Database) -> None:
    announcements.post(
        db, cast.announcement(), actor=OPERATOR.slug, notify=[message_to("lan", "lan@tinh.example.vn")]
    )
    now, pauses = NOW, []
    while due := messages.due(db, now):
        messages.failed(db, due[0].id, "Máy chủ thư không trả lời", now)
        pause = next(
            (minutes for minutes in (2**n for n in range(12)) if messages.due(db, now + minutes * MINUTE)), 0
        )
        pauses.append(pause)
        now += timedelta(minutes=pause)
        if not pause:
            break
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 0]


def test_mail_that_was_sent_is_not_sent_again(db: Database) -> None:
    announcements.post(
        db,
        cast.announcement(),
        actor=OPERATOR.slug,
        notify=[message_to("lan", "lan@tinh.example.vn"), message_to("minh")],
    )
    (one,) = messages.due(db, NOW)
    messages.sent(db, one.id)
    assert messages.due(db, NOW + DAY) == ()
    assert len(messages.unseen(db, "minh")) == 1


Refusing = Callable[[], object]


def test_refusals_write_nothing(db: Database) -> None:
    mine = draft(db)
    before = acts(db), revision.current(db)
    tries: list[Refusing] = [
        lambda: take(db, mine.id, "recall"),
        lambda: take(db, mine.id, "return", reason="x"),
        lambda: announcements.revise(db, replace(mine, version=9, text="x"), actor="hoa", now=NOW),
    ]
    for refused in tries:
        with pytest.raises((NotPossible, StoreRefusal)):
            refused()
    assert (acts(db), revision.current(db)) == before
