"""Each receipt is stored once, even if it is repeated or late; those of unknown screens and notices are ignored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from server.core.screens.proof import NoticeReceipt, Play, Proof, bits, fold, hours_of, joined, with_bit
from server.core.screens.screens import LIVE_FOR, Link
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.screens import outages, plays, receipts, screens
from server.store.screens.outages import Outage
from server.store.screens.plays import PlayTotal
from server.store.screens.receipts import NoticeTimes
from server.store.tables import notice_receipts
from tests.cast import EDITOR, HOUR, MINUTE, NOW, notice
from tests.store.screens.test_screens import HALL, SQUARE, paired

SECOND = timedelta(seconds=1)


def play(screen: int = 1, at: datetime = NOW, slot: int = 0, item: str = "story:1", hash: str = "a" * 16) -> Play:
    return Play(screen, HALL, slot, item, "Khánh thành cầu", hash, at, "2026-03-09", 7)


@given(st.sets(st.integers(0, 400)))
def test_a_bitmap_has_the_bits_that_were_set(places: set[int]) -> None:
    bitmap = b""
    for place in places:
        bitmap = with_bit(bitmap, place)
    assert set(bits(bitmap)) == places
    assert joined(bitmap, b"") == joined(b"", bitmap) == bitmap


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99)), min_size=1))
def test_merged_parts_equal_the_whole(said: list[tuple[int, int]]) -> None:
    plays = [play(slot=slot, at=NOW + second * SECOND) for slot, second in said]
    whole = fold(plays)
    half = len(plays) // 2
    parts = [one for some in (plays[:half], plays[half:]) for one in fold(some)]
    first, *rest = parts
    for other in rest:
        first.merge(other)
    assert [first] == whole
    assert first.count == len(plays)


def test_the_plays_of_an_item_on_a_day_are_one_row(db: Database) -> None:
    one, _ = paired(db)
    two, _ = paired(db)
    receipts.save(db, [play(one.id), play(two.id, slot=1)], [], [])
    later = play(one.id, NOW + MINUTE, hash="b" * 16)
    receipts.save(db, [later, play(one.id, NOW + 2 * MINUTE, item="story:2")], [], [])
    found = plays.proofs(db, boards=[HALL], first="2026-03-09", last="2026-03-09", item="story:1")
    assert found == (
        Proof(HALL, "2026-03-09", "story:1", "Khánh thành cầu", 3, NOW, NOW + MINUTE, 1 << 7, b"\x03",
              {"a" * 16: 2, "b" * 16: 1}),
    )  # fmt: skip
    assert found[0].places == (0, 1)
    assert hours_of(found[0].hours) == (7,)
    assert len(plays.proofs(db, boards=[HALL], first="2026-03-09", last="2026-03-09")) == 2
    assert plays.proofs(db, boards=[HALL], first="2026-03-10", last="2026-03-10") == ()


def test_totals_and_reach_sum_the_rows(db: Database) -> None:
    first, last = "2026-03-09", "2026-03-10"
    one, _ = paired(db)
    two, _ = paired(db)
    other, _ = paired(db, SQUARE)
    later = replace(play(two.id, NOW + HOUR, slot=1), day=last, title="Khánh thành cầu mới")
    third = replace(play(one.id, NOW + 2 * HOUR, slot=2), day=last, title="Khánh thành cầu mới")
    there = replace(play(other.id, NOW + MINUTE), board=SQUARE)
    receipts.save(db, [play(one.id), later, third, there, play(one.id, NOW + MINUTE, item="story:2")], [], [])
    assert plays.totals(db, boards=[HALL, SQUARE], first=first, last=last) == (
        PlayTotal("story:1", "Khánh thành cầu", first, 2, NOW, NOW + MINUTE),
        PlayTotal("story:2", "Khánh thành cầu", first, 1, NOW + MINUTE, NOW + MINUTE),
        PlayTotal("story:1", "Khánh thành cầu mới", last, 2, NOW + HOUR, NOW + 2 * HOUR),
    )
    assert [one.day for one in plays.totals(db, boards=[SQUARE], first=first, last=last)] == [first]
    items = ["story:1", "story:2"]
    on = plays.reach(db, boards=[HALL, SQUARE], first=first, last=last, items=items)
    assert on == {"story:1": (2, 4), "story:2": (1, 1)}
    assert plays.reach(db, boards=[HALL], first=first, last=first, items=["story:1"]) == {"story:1": (1, 1)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(st.lists(st.lists(st.integers(0, 30), max_size=6), max_size=4))
def test_repeated_plays_count_once(db: Database, batches: list[list[int]]) -> None:
    """A screen sends its plays in order of time, and repeats those that were not acknowledged."""
    screen, _ = paired(db)
    said = sorted({second for batch in batches for second in batch})
    sent = [play(screen.id, NOW + second * SECOND) for second in said]
    for begin in range(len(sent)):
        receipts.save(db, sent[begin : begin + 3] + sent[begin : begin + 2], [], [])
    receipts.save(db, sent, [], [])
    found = plays.proofs(db, boards=[HALL], first="2026-03-09", last="2026-03-09")
    mine = sum(one.count for one in found)
    plays.forget(db, before="2026-03-10")
    assert mine == len(sent)


def test_the_first_receipt_of_each_kind_counts(db: Database) -> None:
    screen, _ = paired(db)
    posted = notices.post(db, notice(), actor=EDITOR.slug, now=NOW)
    words = [
        NoticeReceipt(posted.id, screen.id, "sent", NOW),
        NoticeReceipt(posted.id, screen.id, "received", NOW + SECOND),
        NoticeReceipt(posted.id, screen.id, "shown", NOW + 2 * SECOND),
    ]
    receipts.save(db, [], words[:2], [])
    receipts.save(db, [], [*words, NoticeReceipt(posted.id, screen.id, "shown", NOW + MINUTE)], [])
    receipts.save(db, [], [NoticeReceipt(posted.id, screen.id, "ended", NOW + HOUR)], [])
    state = NoticeTimes(screen.id, NOW, NOW + SECOND, NOW + 2 * SECOND, NOW + HOUR)
    assert receipts.of_notice(db, posted.id) == {screen.id: state}


def test_a_receipt_that_cannot_be_read_is_left_out(db: Database) -> None:
    (one, _), (two, _) = paired(db), paired(db)
    posted = notices.post(db, notice(), actor=EDITOR.slug, now=NOW)
    receipts.save(db, [], [NoticeReceipt(posted.id, screen.id, "shown", NOW) for screen in (one, two)], [])
    with db.write() as conn:
        far = datetime(4000, 1, 1, tzinfo=UTC)
        conn.execute(update(notice_receipts).where(notice_receipts.c.screen == one.id).values(shown=far))
    assert set(receipts.of_notice(db, posted.id)) == {two.id}
    assert {id: set(mine) for id, mine in receipts.of_notices(db, [posted.id]).items()} == {posted.id: {two.id}}


def test_receipts_of_unknown_screens_and_notices_are_ignored(db: Database) -> None:
    screen, _ = paired(db)
    strange = [NoticeReceipt(99, screen.id, "shown", NOW), NoticeReceipt(99, 999, "shown", NOW)]
    receipts.save(db, [play(999), play(screen.id)], strange, [Link(999, True, NOW)])
    assert [one.count for one in plays.proofs(db, boards=[HALL], first="2026-03-09", last="2026-03-09")] == [1]
    assert receipts.of_notice(db, 99) == {}


def test_a_receipt_of_a_notice_that_names_other_boards_is_not_stored(db: Database) -> None:
    (inside, _), (outside, _) = paired(db, HALL), paired(db, SQUARE)
    posted = notices.post(db, notice(areas=("tinh",), boards=(HALL,)), actor=EDITOR.slug, now=NOW)
    told = [NoticeReceipt(posted.id, one.id, "shown", NOW) for one in (inside, outside)]
    assert receipts.save(db, [], told, []) == 1
    assert set(receipts.of_notice(db, posted.id)) == {inside.id}


def test_a_link_is_the_last_reported_state(db: Database) -> None:
    screen, _ = paired(db)
    receipts.save(db, [], [], [Link(screen.id, True, NOW, "a" * 16, cold=True, errors=2)])
    receipts.save(db, [], [], [Link(screen.id, True, NOW + MINUTE, "b" * 16)])
    link = receipts.links(db)[screen.id]
    assert link == Link(screen.id, True, NOW + MINUTE, "b" * 16)
    assert link.live(NOW + MINUTE + LIVE_FOR)
    assert not link.live(NOW + MINUTE + LIVE_FOR + SECOND)


def test_an_outage_lasts_from_the_last_report_to_the_next(db: Database) -> None:
    screen, _ = paired(db)
    never, _ = paired(db)
    receipts.save(db, [], [], [Link(screen.id, False, NOW)])
    assert outages.note(db, NOW + MINUTE, 2 * MINUTE) == 0
    assert outages.note(db, NOW + 5 * MINUTE, 2 * MINUTE) == 1
    assert outages.note(db, NOW + 6 * MINUTE, 2 * MINUTE) == 0
    assert outages.of_boards(db, [HALL], NOW, NOW + HOUR) == (Outage(screen.id, HALL, NOW),)
    receipts.save(db, [], [], [Link(screen.id, True, NOW + 9 * MINUTE)])
    assert outages.note(db, NOW + 10 * MINUTE, 2 * MINUTE) == 1
    assert outages.of_boards(db, [HALL], NOW, NOW + HOUR) == (Outage(screen.id, HALL, NOW, NOW + 9 * MINUTE),)
    assert outages.of_boards(db, [HALL], NOW + 9 * MINUTE, NOW + HOUR) == ()
    assert screens.get(db, never.id).revoked is None


def test_an_outage_ends_when_the_screen_is_revoked(db: Database) -> None:
    """A revoked device sends nothing more, so its outage would count against the board for ever."""
    screen, _ = paired(db)
    receipts.save(db, [], [], [Link(screen.id, False, NOW)])
    assert outages.note(db, NOW + 5 * MINUTE, 2 * MINUTE) == 1
    screens.revoke(db, screen.id, actor=EDITOR.slug, now=NOW + 7 * MINUTE)
    assert outages.note(db, NOW + 8 * MINUTE, 2 * MINUTE) == 1
    assert outages.of_boards(db, [HALL], NOW, NOW + HOUR) == (Outage(screen.id, HALL, NOW, NOW + 7 * MINUTE),)
    assert outages.note(db, NOW + 9 * MINUTE, 2 * MINUTE) == 0


@pytest.mark.parametrize("day", ["2026-03-09", "2026-03-10"])
def test_old_proof_is_deleted_by_its_day(db: Database, day: str) -> None:
    screen, _ = paired(db)
    receipts.save(db, [play(screen.id)], [], [])
    assert plays.forget(db, before=day) == (day > "2026-03-09")
