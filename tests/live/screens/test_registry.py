"""The registry of connected screens: checking keys, moving screens to other boards, and sending commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import gevent
import pytest

from server.core import wire
from server.live.screens.registry import Refusal, ScreenRegistry, Visitor
from server.store.screens import screens
from tests.cast import BOARD_MINH_TAN, EDITOR, MINUTE, NOW
from tests.live.studio import Studio
from tests.store.screens.test_screens import HALL, paired


@dataclass
class Sockets:
    """Fake sockets that record each call in ``done``, as (action, client, argument).

    ``named`` has the screen's name in each command, None for a command without it.
    """

    done: list[tuple[str, str, Any]] = field(default_factory=list)
    named: list[object] = field(default_factory=list)  # the screen's name in each command

    def disconnect(self, sid: str) -> None:
        self.done.append(("disconnect", sid, None))

    def move(self, sid: str, board: str) -> None:
        self.done.append(("move", sid, board))

    def command(self, sid: str, message: wire.Message) -> None:
        self.done.append(("command", sid, message["name"]))
        self.named.append(message.get("screen"))


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
    # A screen's own claim about its board is ignored.
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
    assert sockets.named == [here.name, away.name]
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
    # The command that ends the handover expires after an hour, the handover itself would last longer.
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


def test_a_slow_reading_does_not_make_a_revoked_key_valid_again(house: Studio) -> None:
    """A refresh that has read the screens before a key was revoked must not make the key valid again.

    With PostgreSQL other greenlets run while one reads, so that a revocation may come in between.
    """
    registry, _ = registry_of(house)
    screen, key = paired(house.db)
    db, began, go = house.open(), gevent.event.Event(), gevent.event.Event()

    class SlowDatabase:
        """The store, but its third read waits: that of the commands, after the revision and the screens were read."""

        readings = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(db, name)

        def read(self) -> Any:
            self.readings += 1
            if self.readings == 3:
                began.set()
                go.wait()
            return db.read()

    registry._db = SlowDatabase()  # type: ignore[assignment] # a store with one slow reading
    slow = gevent.spawn(registry.refresh)
    began.wait()
    screens.revoke(house.db, screen.id, actor=EDITOR.slug, now=NOW)
    admitted = gevent.spawn(registry.admit, {"screen": screen.id, "key": key})
    gevent.sleep(0)
    go.set()
    slow.join()
    admitted.join()
    assert isinstance(admitted.exception, Refusal)
    assert registry.all() == ()
