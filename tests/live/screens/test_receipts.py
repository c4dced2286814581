"""Receipts are stored before they are acknowledged, and only for slides that the screen's board showed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import gevent
import pytest

from server.core import wire
from server.core.times import to_ms
from server.live.screens.receipts import LARGEST_BATCH, MOST_PUT_BACK, Receipts
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.database.errors import StoreBusy
from server.store.notices import notices
from server.store.screens import plays, receipts, screens
from tests.cast import BOARD_MINH_TAN, EDITOR, MINH_TAN, NOW, announcement, notice
from tests.live.studio import Studio, beat, glass
from tests.store.screens.test_screens import HALL, paired


class ReceiptsCase:
    """Receipts on a real store, which refuses all work while ``locked``; ``send`` runs in a greenlet of its own."""

    def __init__(self, house: Studio) -> None:
        self.house, self.locked = house, False
        self.director, _ = house.on_air()
        db = house.open()

        def write(work: Callable[[Database], Any], /) -> Any:
            if self.locked:
                raise StoreBusy("Cơ sở dữ liệu đang bận")
            return work(db)

        def read(work: Callable[[Database], Any], /) -> Any:
            if self.locked:
                raise StoreBusy("Cơ sở dữ liệu đang bận")
            return work(db)

        self.receipts = Receipts(self.director, house.clock, write, read)

    def send(self, screen: Any, *receipts: dict[str, Any]) -> Any:
        sending = gevent.spawn(self.receipts.take, screen, list(receipts))
        gevent.sleep(0)
        return sending

    def shown(self, ahead: float = 0) -> dict[str, Any]:
        slot = glass(self.director, HALL).lap.slots[0]
        return {"id": slot.hash, "kind": "shown", "at": to_ms(self.house.clock.now + timedelta(seconds=ahead))}

    def counts(self) -> list[int]:
        found = plays.proofs(self.house.db, boards=[HALL], first="2026-03-09", last="2026-03-09")
        return [one.count for one in found]


@pytest.fixture
def case(house: Studio) -> ReceiptsCase:
    announcements.post(house.db, announcement(), actor=EDITOR.slug)
    return ReceiptsCase(house)


def test_a_receipt_is_acknowledged_only_after_it_is_stored(case: ReceiptsCase) -> None:
    screen, _ = paired(case.house.db)
    sending = case.send(screen, case.shown())
    assert not sending.ready()
    assert case.counts() == []
    case.receipts.flush()
    assert sending.get(timeout=5) is True
    assert case.counts() == [1]


def test_a_receipt_that_cannot_be_stored_is_sent_again_and_counts_once(case: ReceiptsCase) -> None:
    screen, _ = paired(case.house.db)
    case.locked = True
    sending = case.send(screen, case.shown())
    case.receipts.flush()
    assert sending.get(timeout=5) is False
    case.locked = False
    for _ in range(2):
        sending = case.send(screen, case.shown())
        case.receipts.flush()
        assert sending.get(timeout=5) is True
    assert case.counts() == [1]


def test_the_receipts_of_many_screens_are_one_transaction(case: ReceiptsCase) -> None:
    all_of_them = [paired(case.house.db)[0] for _ in range(30)]
    sending = [case.send(screen, case.shown(), case.shown(8), case.shown(16)) for screen in all_of_them]
    case.receipts.flush()
    assert all(one.get(timeout=5) is True for one in sending)
    assert case.counts() == [90]
    (proof,) = plays.proofs(case.house.db, boards=[HALL], first="2026-03-09", last="2026-03-09")
    assert proof.milliseconds == 90 * glass(case.director, HALL).lap.slots[0].dwell


def test_viewers_without_a_key_prove_nothing(case: ReceiptsCase) -> None:
    assert case.receipts.take(None, [case.shown(), {"id": "7", "kind": "shown", "at": to_ms(NOW)}]) is True
    case.receipts.flush()
    assert case.counts() == []


def test_receipts_with_impossible_times_are_dropped(case: ReceiptsCase) -> None:
    screen, _ = paired(case.house.db)
    sending = case.send(screen, case.shown(120), case.shown(-8 * 86_400))
    case.receipts.flush()
    assert sending.get(timeout=5) is True
    assert case.counts() == []


def test_receipts_beyond_the_largest_batch_are_refused_for_now(case: ReceiptsCase) -> None:
    screen, _ = paired(case.house.db)
    case.receipts._batch.notices = [None] * LARGEST_BATCH  # type: ignore[list-item] # only their number counts
    assert case.receipts.take(screen, [case.shown()]) is False


def test_each_screens_receipts_of_a_notice_are_counted(case: ReceiptsCase) -> None:
    screen, _ = paired(case.house.db)
    posted = notices.post(case.house.db, notice(), actor=EDITOR.slug, now=NOW)
    beat(case.director)
    case.receipts.sent(posted.id, [screen.id])
    sending = case.send(
        screen,
        {"id": str(posted.id), "kind": "received", "at": to_ms(NOW)},
        {"id": str(posted.id), "kind": "shown", "at": to_ms(NOW) + 40},
    )
    case.receipts.flush()
    assert sending.get(timeout=5) is True
    stored = receipts.of_notice(case.house.db, posted.id)[screen.id]
    assert (stored.sent, stored.received, stored.shown is not None, stored.ended) == (NOW, NOW, True, None)
    assert case.receipts.shown_by(posted.id) == {screen.id}


@pytest.mark.parametrize(
    "words", [None, "x", 7, [None], [{}], [{"id": 5, "kind": "shown", "at": 1}], [{"id": "a" * 16, "kind": "shown"}]]
)
def test_malformed_receipts_are_dropped(words: object) -> None:
    assert wire.parse_receipts(words) == ()


def stored(case: ReceiptsCase, screen: Any, *given: dict[str, Any]) -> Any:
    """Sends receipts and lets their batch be written; returns the acknowledgement that the screen gets."""
    sending = case.send(screen, *given)
    case.receipts.flush()
    return sending.get(timeout=5)


def test_slides_that_no_lap_of_the_board_held_are_dropped_and_the_others_stored(case: ReceiptsCase) -> None:
    screen, _ = paired(case.house.db)
    now = to_ms(NOW)
    invented = [{"id": f"{number:x}" * 16, "kind": "shown", "at": now + number} for number in range(10, 16)]
    assert stored(case, screen, *invented, case.shown()) is True
    assert case.counts() == [1]
    assert case.receipts.dropped["slide"] == 6


def test_a_slide_of_a_former_lap_counts_also_after_a_restart(case: ReceiptsCase) -> None:
    screen, _ = paired(case.house.db)
    former, posted = case.shown(), announcements.all(case.house.db)[0]
    dwell = glass(case.director, HALL).lap.slots[0].dwell
    case.house.clock.move(minutes=5)
    announcements.withdraw(case.house.db, posted.id, actor=EDITOR.slug, now=case.house.clock.now)
    beat(case.director)
    assert former["id"] not in [slot.hash for slot in glass(case.director, HALL).lap.slots]
    fresh = ReceiptsCase(case.house)
    assert stored(fresh, screen, former) is True
    (proof,) = plays.proofs(case.house.db, boards=[HALL], first="2026-03-09", last="2026-03-09")
    assert (proof.item, proof.title) == (f"announcement:{posted.id}", posted.title)
    assert proof.milliseconds == dwell > 0
    # A receipt for a slide of another board is acknowledged, but dropped.
    elsewhere, _ = paired(case.house.db, BOARD_MINH_TAN.slug)
    assert stored(fresh, elsewhere, {**former, "id": "f" * 16}) is True
    assert fresh.receipts.dropped["slide"] == 1


def test_while_former_laps_cannot_be_read_their_receipts_are_to_be_sent_again(case: ReceiptsCase) -> None:
    screen, _ = paired(case.house.db)
    case.locked = True
    assert case.receipts.take(screen, [case.shown(), {**case.shown(), "id": "f" * 16}]) is False
    case.locked = False
    assert stored(case, screen, case.shown(), {**case.shown(), "id": "f" * 16}) is True
    assert case.counts() == [1]


def test_receipts_of_notices_that_never_reached_the_board_are_dropped(case: ReceiptsCase) -> None:
    db = case.house.db
    here, there = paired(db)[0], paired(db, BOARD_MINH_TAN.slug)[0]
    commune = notices.post(db, notice(areas=(MINH_TAN.slug,)), actor=EDITOR.slug, now=NOW)
    whole = notices.post(db, notice(), actor=EDITOR.slug, now=NOW)
    beat(case.director)
    said = [{"id": str(one.id), "kind": "shown", "at": to_ms(NOW)} for one in (commune, whole)]
    assert stored(case, here, *said) is True
    assert stored(case, there, *said) is True
    assert set(receipts.of_notice(db, commune.id)) == {there.id}
    assert set(receipts.of_notice(db, whole.id)) == {here.id, there.id}
    assert case.receipts.shown_by(commune.id) == {there.id}
    assert case.receipts.dropped["notice"] == 1


def test_a_screen_that_was_moved_still_confirms_what_it_was_sent(case: ReceiptsCase) -> None:
    db = case.house.db
    screen, _ = paired(db, BOARD_MINH_TAN.slug)
    posted = notices.post(db, notice(areas=(MINH_TAN.slug,)), actor=EDITOR.slug, now=NOW)
    case.receipts.sent(posted.id, [screen.id])
    case.receipts.flush()
    moved = screens.move(db, screen.id, HALL, actor=EDITOR.slug, now=NOW)
    assert stored(case, moved, {"id": str(posted.id), "kind": "ended", "at": to_ms(NOW)}) is True
    assert receipts.of_notice(db, posted.id)[screen.id].ended == NOW


def test_what_the_server_itself_noted_is_written_after_the_store_was_away(case: ReceiptsCase) -> None:
    screen, _ = paired(case.house.db)
    posted = notices.post(case.house.db, notice(areas=("tinh",)), actor=EDITOR.slug, now=NOW)
    case.receipts.connected(screen.id)
    case.receipts.flush()
    case.locked = True
    case.receipts.sent(posted.id, [screen.id])
    sending = case.send(screen, {"id": str(posted.id), "kind": "received", "at": to_ms(NOW)})
    case.receipts.disconnected(screen.id)
    for _ in range(3):
        case.receipts.flush()
    assert sending.get(timeout=5) is False
    assert case.receipts.waiting == 1, "the screen sends its own again"
    case.locked = False
    case.receipts.flush()
    times = receipts.of_notice(case.house.db, posted.id)[screen.id]
    assert (times.sent, times.received) == (NOW, None)
    assert not receipts.links(case.house.db)[screen.id].up


def test_how_much_is_put_back_is_limited(case: ReceiptsCase) -> None:
    case.locked = True
    for number in range(3):
        case.receipts.sent(number, range(MOST_PUT_BACK))
        case.receipts.flush()
    assert case.receipts.waiting == MOST_PUT_BACK


def test_after_an_error_that_is_none_of_the_store_the_senders_are_answered(case: ReceiptsCase) -> None:
    def write(_work: object, /) -> Any:
        raise KeyError("a fault of ours")

    screen, _ = paired(case.house.db)
    case.receipts._write = write
    sending = case.send(screen, case.shown())
    with pytest.raises(KeyError):
        case.receipts.flush()
    assert sending.get(timeout=5) is False


def test_a_clock_that_is_set_back_does_not_stop_what_is_written_of_screens(case: ReceiptsCase) -> None:
    screen, _ = paired(case.house.db)
    case.receipts.note_health(screen.id, {"errors": 1})
    case.receipts.flush()
    case.house.clock.move(hours=-1)
    case.receipts.note_health(screen.id, {"errors": 2})
    case.receipts.flush()
    assert receipts.links(case.house.db)[screen.id].errors == 2
