"""Registry and receipts: keys, moves and commands of screens; a receipt is stored before it is acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import gevent
import pytest

from server.core import wire
from server.core.times import to_ms
from server.live.screens.receipts import LARGEST_BATCH, Receipts
from server.live.screens.registry import Refusal, ScreenRegistry, Visitor
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.database.errors import StoreBusy
from server.store.notices import notices
from server.store.screens import plays, receipts, screens
from tests.cast import BOARD_MINH_TAN, EDITOR, MINUTE, NOW, announcement, notice
from tests.live.studio import Studio, glass
from tests.store.screens.test_screens import HALL, paired


@dataclass
class Sockets:
    """Records (act, client, argument)."""

    done: list[tuple[str, str, Any]] = field(default_factory=list)

    def disconnect(self, sid: str) -> None:
        self.done.append(("disconnect", sid, None))

    def move(self, sid: str, board: str) -> None:
        self.done.append(("move", sid, board))

    def command(self, sid: str, message: wire.Message) -> None:
        self.done.append(("command", sid, message["name"]))


def registry_of(house: Studio) -> tuple[ScreenRegistry, Sockets]:
    made, sockets = ScreenRegistry(house.open(), house.clock), Sockets()
    made.sockets = sockets
    made.refresh()
    return made, sockets


# keys


def test_only_a_screens_own_key_opens_its_board(house: Studio) -> None:
    registry, _ = registry_of(house)
    screen, key = paired(house.db)
    other, _ = paired(house.db, BOARD_MINH_TAN.slug)
    assert registry.admit({"screen": screen.id, "key": key}) == Visitor(HALL, screen.id)
    assert registry.admit({"screen": str(screen.id), "key": key, "role": "guard"}) == Visitor(HALL, screen.id, True)
    assert registry.admit({"board": "hoi-truong"}) == Visitor("hoi-truong")
    for wrong in ({"screen": other.id, "key": key}, {"screen": screen.id, "key": key + "x"}, {"screen": 1, "key": 7}):
        with pytest.raises(Refusal):
            registry.admit(wrong)


def test_a_bearer_is_a_screen_or_refused(house: Studio) -> None:
    registry, _ = registry_of(house)
    screen, key = paired(house.db)
    found = registry.bearer(f"Bearer {key}")
    assert found is not None
    assert found.id == screen.id
    assert registry.bearer(None) is None
    for wrong in (key, f"Basic {key}", "Bearer ", f"Bearer {key[:-1]}"):
        with pytest.raises(Refusal):
            registry.bearer(wrong)


def test_a_screen_revoked_by_another_process_is_disconnected_at_the_next_refresh(house: Studio) -> None:
    registry, sockets = registry_of(house)
    screen, key = paired(house.db)
    stays, _ = paired(house.db)
    registry.refresh()
    for sid, id in (("a", screen.id), ("b", screen.id), ("c", stays.id)):
        registry.joined(sid, Visitor(HALL, id))
    screens.revoke(house.db, screen.id, actor=EDITOR.slug, now=NOW)
    registry.refresh()
    assert sorted(sid for act, sid, _ in sockets.done if act == "disconnect") == ["a", "b"]
    with pytest.raises(Refusal):
        registry.admit({"screen": screen.id, "key": key})
    for sid in ("a", "b"):
        registry.left(sid)
    assert registry.connected_screens(HALL) == (stays.id,)


def test_a_moved_screen_changes_rooms_without_reconnecting(house: Studio) -> None:
    registry, sockets = registry_of(house)
    screen, key = paired(house.db)
    registry.refresh()
    registry.joined("a", Visitor(HALL, screen.id))
    screens.move(house.db, screen.id, BOARD_MINH_TAN.slug, actor=EDITOR.slug, now=NOW)
    registry.refresh()
    assert sockets.done == [("move", "a", BOARD_MINH_TAN.slug)]
    assert (registry.connected_screens(HALL), registry.connected_screens(BOARD_MINH_TAN.slug)) == ((), (screen.id,))
    assert registry.admit({"screen": screen.id, "key": key}).board == BOARD_MINH_TAN.slug


def test_a_screen_told_of_a_move_by_another_server_gets_the_new_board(house: Studio) -> None:
    registry, _ = registry_of(house)
    screen, key = paired(house.db)
    registry.refresh()
    screens.move(house.db, screen.id, BOARD_MINH_TAN.slug, actor=EDITOR.slug, now=NOW)
    assert registry.admit({"screen": screen.id, "key": key}).board == HALL
    assert registry.admit({"screen": screen.id, "key": key, "board": HALL}).board == HALL
    auth = {"screen": screen.id, "key": key, "board": BOARD_MINH_TAN.slug}
    assert registry.admit(auth).board == BOARD_MINH_TAN.slug
    # The board that a screen names decides nothing.
    assert registry.admit(auth | {"board": "hoi-truong-khac"}).board == BOARD_MINH_TAN.slug


def test_a_command_reaches_connected_screens_and_those_that_return_in_time(house: Studio) -> None:
    registry, sockets = registry_of(house)
    here, _ = paired(house.db)
    away, _ = paired(house.db)
    registry.refresh()
    registry.joined("a", Visitor(HALL, here.id))
    screens.send(house.db, [here.id, away.id], "identify", until=NOW + MINUTE, actor=EDITOR.slug, now=NOW)
    registry.refresh()
    assert sockets.done == [("command", "a", "identify")]
    registry.joined("b", Visitor(HALL, away.id))
    assert sockets.done[1:] == [("command", "b", "identify")]
    house.clock.move(minutes=1)
    registry.joined("c", Visitor(HALL, away.id))
    assert len(sockets.done) == 2


def test_a_handover_that_was_taken_back_is_not_sent_again(house: Studio) -> None:
    registry, sockets = registry_of(house)
    screen, _ = paired(house.db)
    guard = Visitor(HALL, screen.id, guard=True)
    until = NOW + timedelta(hours=3)
    screens.hand_over(house.db, screen.id, until, actor=EDITOR.slug, now=NOW)
    registry.refresh()
    registry.joined("a", guard)
    assert sockets.done == [("command", "a", "handover")]
    screens.hand_over(house.db, screen.id, None, actor=EDITOR.slug, now=NOW)
    registry.refresh()
    # The command that takes it back has expired after an hour; the handover would have lasted longer.
    house.clock.move(hours=2)
    sockets.done.clear()
    registry.joined("b", guard)
    assert sockets.done == []
    again, other = registry_of(house)
    again.joined("c", guard)
    assert other.done == []


def test_of_two_handovers_only_the_last_one_is_sent(house: Studio) -> None:
    registry, sockets = registry_of(house)
    screen, _ = paired(house.db)
    for hours in (3, 1):
        screens.hand_over(house.db, screen.id, NOW + timedelta(hours=hours), actor=EDITOR.slug, now=NOW)
    registry.refresh()
    registry.joined("a", Visitor(HALL, screen.id, guard=True))
    assert sockets.done == [("command", "a", "handover")]
    house.clock.move(hours=1)
    registry.joined("b", Visitor(HALL, screen.id, guard=True))
    assert len(sockets.done) == 1


def test_a_guard_is_not_a_screen(house: Studio) -> None:
    registry, _ = registry_of(house)
    screen, _ = paired(house.db)
    registry.refresh()
    registry.joined("g", Visitor(HALL, screen.id, guard=True))
    assert not registry.connected(screen.id)
    assert registry.connected_screens(HALL) == ()


# receipts


class ReceiptsCase:
    """Receipts with a writer that fails while ``locked``, and screens that send in greenlets of their own."""

    def __init__(self, house: Studio) -> None:
        self.house, self.locked = house, False
        self.director, _ = house.on_air()
        db = house.open()

        def write(work: Callable[[Database], Any], /) -> Any:
            if self.locked:
                raise StoreBusy("Cơ sở dữ liệu đang bận")
            return work(db)

        self.receipts = Receipts(self.director, house.clock, write)

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
