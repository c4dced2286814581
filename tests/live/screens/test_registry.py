"""A key opens one board until it is revoked, wherever that was done; what a screen proves is kept, then confirmed."""

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
    """Keeps what was done to whom."""

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


def test_a_key_opens_its_screens_board_and_nothing_else_does(house: Studio) -> None:
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


def test_what_was_revoked_by_another_process_is_cut_at_the_next_look(house: Studio) -> None:
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


def test_a_moved_screen_changes_rooms_without_a_new_connection(house: Studio) -> None:
    registry, sockets = registry_of(house)
    screen, key = paired(house.db)
    registry.refresh()
    registry.joined("a", Visitor(HALL, screen.id))
    screens.move(house.db, screen.id, BOARD_MINH_TAN.slug, actor=EDITOR.slug, now=NOW)
    registry.refresh()
    assert sockets.done == [("move", "a", BOARD_MINH_TAN.slug)]
    assert (registry.connected_screens(HALL), registry.connected_screens(BOARD_MINH_TAN.slug)) == ((), (screen.id,))
    assert registry.admit({"screen": screen.id, "key": key}).board == BOARD_MINH_TAN.slug


def test_who_was_told_of_a_move_by_another_server_is_not_shown_the_board_before(house: Studio) -> None:
    registry, _ = registry_of(house)
    screen, key = paired(house.db)
    registry.refresh()
    screens.move(house.db, screen.id, BOARD_MINH_TAN.slug, actor=EDITOR.slug, now=NOW)
    assert registry.admit({"screen": screen.id, "key": key}).board == HALL
    assert registry.admit({"screen": screen.id, "key": key, "board": HALL}).board == HALL
    told = {"screen": screen.id, "key": key, "board": BOARD_MINH_TAN.slug}
    assert registry.admit(told).board == BOARD_MINH_TAN.slug
    # What a screen says of its board decides nothing.
    assert registry.admit(told | {"board": "hoi-truong-khac"}).board == BOARD_MINH_TAN.slug


def test_what_is_asked_reaches_who_is_there_and_who_returns_in_time(house: Studio) -> None:
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


def test_a_handover_that_was_taken_back_is_not_asked_again(house: Studio) -> None:
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
    # The word that takes it back is worth nothing after an hour; the meeting would have lasted longer.
    house.clock.move(hours=2)
    sockets.done.clear()
    registry.joined("b", guard)
    assert sockets.done == []
    again, other = registry_of(house)
    again.joined("c", guard)
    assert other.done == []


def test_of_two_handovers_the_last_one_is_asked(house: Studio) -> None:
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


class ServerLink:
    """Receipts with a writer that can be told to fail, and screens that speak in greenlets of their own."""

    def __init__(self, house: Studio) -> None:
        self.house, self.locked = house, False
        self.director, _ = house.on_air()
        db = house.open()

        def write(work: Callable[[Database], Any], /) -> Any:
            if self.locked:
                raise StoreBusy("Cơ sở dữ liệu đang bận")
            return work(db)

        self.receipts = Receipts(self.director, house.clock, write)

    def say(self, screen: Any, *words: dict[str, Any]) -> Any:
        speaking = gevent.spawn(self.receipts.take, screen, list(words))
        gevent.sleep(0)
        return speaking

    def shown(self, ahead: float = 0) -> dict[str, Any]:
        slot = glass(self.director, HALL).lap.slots[0]
        return {"id": slot.hash, "kind": "shown", "at": to_ms(self.house.clock.now + timedelta(seconds=ahead))}

    def counts(self) -> list[int]:
        found = plays.proofs(self.house.db, boards=[HALL], first="2026-03-09", last="2026-03-09")
        return [one.count for one in found]


@pytest.fixture
def ear(house: Studio) -> ServerLink:
    announcements.post(house.db, announcement(), actor=EDITOR.slug)
    return ServerLink(house)


def test_nothing_is_acknowledged_before_it_is_on_the_disk(ear: ServerLink) -> None:
    screen, _ = paired(ear.house.db)
    speaking = ear.say(screen, ear.shown())
    assert not speaking.ready()
    assert ear.counts() == []
    ear.receipts.flush()
    assert speaking.get(timeout=5) is True
    assert ear.counts() == [1]


def test_what_cannot_be_kept_is_to_be_said_again_and_counts_once(ear: ServerLink) -> None:
    screen, _ = paired(ear.house.db)
    ear.locked = True
    speaking = ear.say(screen, ear.shown())
    ear.receipts.flush()
    assert speaking.get(timeout=5) is False
    ear.locked = False
    for _ in range(2):
        speaking = ear.say(screen, ear.shown())
        ear.receipts.flush()
        assert speaking.get(timeout=5) is True
    assert ear.counts() == [1]


def test_a_thousand_screens_are_one_transaction(ear: ServerLink) -> None:
    all_of_them = [paired(ear.house.db)[0] for _ in range(30)]
    speaking = [ear.say(screen, ear.shown(), ear.shown(8), ear.shown(16)) for screen in all_of_them]
    ear.receipts.flush()
    assert all(one.get(timeout=5) is True for one in speaking)
    assert ear.counts() == [90]


def test_viewers_without_a_key_prove_nothing(ear: ServerLink) -> None:
    assert ear.receipts.take(None, [ear.shown(), {"id": "7", "kind": "shown", "at": to_ms(NOW)}]) is True
    ear.receipts.flush()
    assert ear.counts() == []


def test_times_that_cannot_be_are_not_believed(ear: ServerLink) -> None:
    screen, _ = paired(ear.house.db)
    speaking = ear.say(screen, ear.shown(120), ear.shown(-8 * 86_400))
    ear.receipts.flush()
    assert speaking.get(timeout=5) is True
    assert ear.counts() == []


def test_more_than_a_batch_holds_is_refused_for_now(ear: ServerLink) -> None:
    screen, _ = paired(ear.house.db)
    ear.receipts._batch.notices = [None] * LARGEST_BATCH  # type: ignore[list-item] # only their number counts
    assert ear.receipts.take(screen, [ear.shown()]) is False


def test_a_notice_is_counted_by_what_each_screen_says(ear: ServerLink) -> None:
    screen, _ = paired(ear.house.db)
    posted = notices.post(ear.house.db, notice(), actor=EDITOR.slug, now=NOW)
    ear.receipts.sent(posted.id, [screen.id])
    speaking = ear.say(
        screen,
        {"id": str(posted.id), "kind": "received", "at": to_ms(NOW)},
        {"id": str(posted.id), "kind": "shown", "at": to_ms(NOW) + 40},
    )
    ear.receipts.flush()
    assert speaking.get(timeout=5) is True
    said = receipts.of_notice(ear.house.db, posted.id)[screen.id]
    assert (said.sent, said.received, said.shown is not None, said.ended) == (NOW, NOW, True, None)
    assert ear.receipts.shown_by(posted.id) == {screen.id}


@pytest.mark.parametrize(
    "words", [None, "x", 7, [None], [{}], [{"id": 5, "kind": "shown", "at": 1}], [{"id": "a" * 16, "kind": "shown"}]]
)
def test_nonsense_is_no_receipt(words: object) -> None:
    assert wire.parse_receipts(words) == ()
