"""The wall, the desk's live page of screens, sends viewers the changes of their areas until their sign-in ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any, TypeVar

import gevent
import pytest
from socketio.manager import Manager
from socketio.server import Server

from server.core import wire
from server.core.model import Board, Hours
from server.core.policy import Grant
from server.core.screens.screens import Link, Screen
from server.core.screens.wall_rows import PATIENCE, board_row, state_of
from server.core.times import to_ms
from server.live.broadcast.client_packets import DESK
from server.live.broadcast.connections import Connections
from server.live.broadcast.wall_events import WallEvents
from server.live.loop.refusals import Refusals
from server.live.screens.receipts import Receipts
from server.live.screens.registry import Refusal, ScreenRegistry, Visitor
from server.live.screens.wall import Wall
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.people import people, sign_ins
from server.store.people.sign_in_ages import SignInAges
from server.store.screens import screens
from tests.cast import BOARD_MINH_TAN, EDITOR, MINUTE, NOW, PHO_DONG_HAI, TINH, notice
from tests.live.studio import Studio, beat, glass
from tests.store.screens.test_screens import HALL, paired

T = TypeVar("T")


@dataclass
class WallCase:
    """A wall on a real store with a director after its first tick; ``sent`` has its messages as (viewer, message)."""

    house: Studio
    sent: list[tuple[str, wire.Message]] = field(default_factory=list)
    disconnected: list[str] = field(default_factory=list)
    monotonic: Callable[[], float] | None = None  # by default the fake system clock's seconds

    def __post_init__(self) -> None:
        self.director, _ = self.house.on_air()
        self.registry = ScreenRegistry(self.house.open(), self.house.clock)
        db = self.house.open()

        def call(work: Callable[[Database], T], /) -> T:
            return work(db)

        self.receipts = Receipts(self.director, self.house.clock, call, call)
        self.wall = Wall(
            self.director,
            self.registry,
            self.receipts,
            self.house.clock,
            monotonic=lambda: self.monotonic() if self.monotonic else self.house.clock().timestamp(),
            offload=call,
            read_ticket=lambda ticket: ticket,
        )
        self.wall.publisher = self

    def send(self, sid: str, event: str, message: wire.Message) -> None:
        assert event == "wall"
        self.sent.append((sid, message))

    def disconnect_viewer(self, sid: str) -> None:
        self.disconnected.append(sid)

    def person(self, name: str, area: str) -> str:
        """Adds a person who may see the screens of an area; returns the id of their sign-in."""
        db = self.house.db
        made = people.add(db, username=name, name=name, email=f"{name}@x.vn", actor="os:root", now=NOW)
        people.grant(db, name, Grant("viewer", area), by=None, actor="os:root", now=NOW)
        return sign_ins.begin(db, made.id, address="", agent="", now=NOW, factor=True).id

    def enter(self, sid: str, ticket: str) -> None:
        self.wall.send_changes()  # so that later messages contain no changes from before the viewer came
        self.wall.enter(sid, self.wall.admit(ticket))
        while not self.rows(sid, "whole"):
            gevent.sleep(0)

    def rows(self, sid: str, name: str) -> list[Any]:
        """All values of the field ``name`` in the messages that were sent to one viewer, in order.

        If a value is a list, its elements are returned instead.
        """
        found: list[Any] = []
        for one, message in self.sent:
            if one == sid and name in message:
                found += message[name] if isinstance(message[name], list) else [message[name]]
        return found

    def after(self, act: Callable[[], object]) -> None:
        """Forgets the messages sent so far, runs ``act``, and lets the wall send the changes once."""
        self.sent.clear()
        act()
        self.registry.refresh()
        self.wall.send_changes()


@pytest.fixture
def wall(house: Studio) -> WallCase:
    return WallCase(house)


def test_a_viewer_gets_everything_of_his_areas_and_nothing_of_others(wall: WallCase) -> None:
    mine, _ = paired(wall.house.db, BOARD_MINH_TAN.slug, name="Của tôi")
    paired(wall.house.db, PHO_DONG_HAI.slug, name="Của xã khác")
    wall.registry.refresh()
    wall.enter("a", wall.person("xa", "xa-minh-tan"))
    assert [area[0] for area in wall.rows("a", "areas")] == ["xa-minh-tan"]
    assert [board[0] for board in wall.rows("a", "boards")] == [BOARD_MINH_TAN.slug]
    assert [(row[0], row[1], row[3]) for row in wall.rows("a", "screens")] == [(mine.id, "Của tôi", "never")]
    assert "Của xã khác" not in str(wall.sent)
    wall.after(lambda: wall.registry.joined("s", Visitor(PHO_DONG_HAI.slug, 2)))
    assert wall.sent == []


def test_the_phone_number_is_the_screens_or_that_of_the_nearest_area_with_one(wall: WallCase) -> None:
    paired(wall.house.db, BOARD_MINH_TAN.slug, phone="0912 345 678")
    paired(wall.house.db, BOARD_MINH_TAN.slug)
    wall.registry.refresh()
    wall.enter("a", wall.person("tinh", "tinh"))
    assert [row[5] for row in wall.rows("a", "screens")] == ["0912 345 678", TINH.phone]


def test_only_changes_are_sent_afterwards(wall: WallCase) -> None:
    one, _ = paired(wall.house.db)
    other, _ = paired(wall.house.db)
    wall.registry.refresh()
    wall.enter("a", wall.person("tinh", "tinh"))

    def comes() -> None:
        wall.registry.joined("s", Visitor(HALL, one.id))
        wall.receipts.connected(one.id)

    wall.after(comes)
    assert [(row[0], row[3]) for row in wall.rows("a", "screens")] == [(one.id, "live")]
    wall.after(lambda: None)
    assert wall.sent == []
    wall.after(lambda: screens.revoke(wall.house.db, other.id, actor=EDITOR.slug, now=NOW))
    assert wall.rows("a", "gone") == [other.id]


def test_a_screen_that_goes_is_lost_after_twelve_seconds_and_not_before(wall: WallCase) -> None:
    screen, _ = paired(wall.house.db)
    wall.registry.refresh()
    wall.enter("a", wall.person("tinh", "tinh"))
    wall.registry.joined("s", Visitor(HALL, screen.id))
    wall.receipts.connected(screen.id)

    def goes() -> None:
        wall.registry.left("s")
        wall.receipts.disconnected(screen.id)

    wall.after(goes)
    assert [row[3] for row in wall.rows("a", "screens")] == ["live"]
    wall.after(lambda: wall.house.clock.move(seconds=PATIENCE.total_seconds() + 1))
    assert [(row[3], row[4]) for row in wall.rows("a", "screens")] == [("lost", to_ms(NOW))]


def test_a_darkened_board_and_a_notice_are_sent_at_once(wall: WallCase) -> None:
    wall.enter("a", wall.person("tinh", "tinh"))

    def darken() -> None:
        boards.set_mode(wall.house.db, HALL, "dark", actor=EDITOR.slug, now=NOW)
        beat(wall.director)
        wall.wall.board_changed(HALL)

    wall.after(darken)
    assert [(row[0], row[6]) for row in wall.rows("a", "boards")] == [(HALL, "dark")]

    def warn() -> None:
        notices.post(wall.house.db, notice(areas=("tinh",)), actor=EDITOR.slug, now=NOW)
        beat(wall.director)
        wall.wall.board_changed(HALL)

    wall.after(warn)
    (row,) = wall.rows("a", "boards")
    assert (row[-1][0], row[-1][2]) == (1, 3)


def test_the_coming_slide_is_sent_with_its_time(wall: WallCase) -> None:
    wall.enter("a", wall.person("tinh", "tinh"))
    lap = glass(wall.director, HALL).lap
    tick = {"hash": lap.filler, "at": to_ms(NOW) + 1_000, "until": None, "revision": 1}
    wall.after(lambda: wall.wall.slide(HALL, tick))
    assert [row[:3] for row in wall.rows("a", "coming")] == [[HALL, tick["at"], tick["hash"]]]


def test_bodies_are_sent_only_of_boards_that_the_viewer_may_see(wall: WallCase) -> None:
    wall.enter("a", wall.person("xa", "xa-minh-tan"))
    own, foreign = (glass(wall.director, slug).safe for slug in (BOARD_MINH_TAN.slug, PHO_DONG_HAI.slug))
    asked = [[BOARD_MINH_TAN.slug, own], [PHO_DONG_HAI.slug, foreign], [BOARD_MINH_TAN.slug, foreign], "x", [1, 2]]
    assert [one["hash"] for one in wall.wall.want("a", asked)] == [own]
    assert wall.wall.want("nobody", asked) == []
    assert wall.wall.want("a", None) == []


def test_a_viewer_who_is_signed_out_is_disconnected_at_the_next_check(wall: WallCase) -> None:
    """The check runs every second, so that two seconds after losing the right a viewer sees nothing more."""
    leaves, stays = wall.person("di", "tinh"), wall.person("lai", "tinh")
    wall.enter("a", leaves)
    wall.enter("b", stays)
    wall.wall.check_sign_ins()
    assert wall.disconnected == []
    person = people.get(wall.house.db, "di")
    with wall.house.db.write() as conn:
        sign_ins.end_all(conn, person.id, NOW)
    wall.wall.check_sign_ins()
    assert wall.disconnected == ["a"]
    wall.after(lambda: wall.wall.board_changed(HALL))
    assert {sid for sid, _ in wall.sent} == {"b"}


def test_a_viewer_who_loses_the_right_is_disconnected(wall: WallCase) -> None:
    wall.enter("a", wall.person("xa", "xa-minh-tan"))
    grant = Grant("viewer", "xa-minh-tan")
    people.revoke(wall.house.db, "xa", grant, by=None, actor="os:root", now=NOW)
    wall.wall.check_sign_ins()
    assert wall.disconnected == ["a"]


@pytest.mark.parametrize("ticket", ["khong-co", "", None, 7, ["x"]])
def test_without_a_valid_ticket_a_page_is_refused(wall: WallCase, ticket: object) -> None:
    with pytest.raises(Refusal):
        wall.wall.admit(ticket)


SCREEN = Screen(1, "Sảnh", HALL, 0, "hash", "lan", NOW)


@pytest.mark.parametrize(
    ("screen", "link", "connected", "state"),
    [
        (Screen(1, "Sảnh", HALL, 0, None, "lan", NOW), None, False, "waiting"),
        (SCREEN, None, False, "never"),
        (SCREEN, Link(1, True, NOW), True, "live"),
        (SCREEN, Link(1, True, NOW - MINUTE), False, "live"),
        (SCREEN, Link(1, True, NOW - 2 * MINUTE), False, "lost"),
        (SCREEN, Link(1, False, NOW - timedelta(seconds=13)), False, "lost"),
        (SCREEN, Link(1, True, NOW, errors=2), True, "unwell"),
        (Screen(1, "Sảnh", HALL, 0, "h", "lan", NOW, handed_until=NOW + MINUTE), None, False, "meeting"),
        (Screen(1, "Sảnh", HALL, 0, "h", "lan", NOW, handed_until=NOW), Link(1, True, NOW), True, "live"),
    ],
)
def test_a_screen_is_in_one_state(screen: Screen, link: Link | None, connected: bool, state: str) -> None:
    assert state_of(screen, link, connected=connected, now=NOW)[0] == state


def test_a_board_by_its_hours_says_when_it_opens(wall: WallCase) -> None:
    """NOW is 07:30 in Vietnam, and the board is on from 18:00, so it opens in ten and a half hours."""
    there = glass(wall.director, HALL)
    evening = Board(HALL, "Hội trường", "tinh", hours=(Hours(time(18), time(22)),))
    row = board_row(wire.Glass(evening, "Tỉnh", 1, there.lap, there.safe), NOW)
    assert row[6] == "off"
    assert row[7] == to_ms(NOW + timedelta(hours=10, minutes=30))


# pages that come or leave while the store is read


def wall_events(wall: WallCase) -> tuple[WallEvents, Manager]:
    """The handlers of the wall's events, and the real client manager they use, which has no sockets."""
    server = Server(async_mode="threading")
    connections = Connections(server, server.manager, Refusals(lambda: 0.0))
    return WallEvents(connections, wall.wall), server.manager


def test_a_page_that_leaves_while_its_sign_in_is_read_leaves_no_ghost(wall: WallCase) -> None:
    events, manager = wall_events(wall)
    ticket = wall.person("tinh", "tinh")
    stays, leaves = (manager.connect(eio, DESK) for eio in ("a", "b"))
    manager.disconnect(leaves, DESK)
    for sid in (stays, leaves):
        events.connect(sid, {}, {"ticket": ticket})
    assert wall.wall.watches(stays)
    assert not wall.wall.watches(leaves)


def test_a_page_that_comes_while_sign_ins_are_checked_stays(wall: WallCase) -> None:
    wall.enter("a", wall.person("tinh", "tinh"))
    late, offload = wall.person("xa", "xa-minh-tan"), wall.wall._offload

    def slowly(work: Callable[[Database], T], /) -> T:
        found = offload(work)
        wall.wall._offload = offload
        wall.enter("b", late)
        return found

    wall.wall._offload = slowly
    wall.wall.check_sign_ins()
    assert wall.disconnected == []
    assert wall.wall.watches("b")


def test_an_open_wall_does_not_keep_a_sign_in_from_ending(wall: WallCase) -> None:
    """It ends eight hours after the last request, as that of a page which nobody touches."""
    sign_in = wall.person("tinh", "tinh")
    wall.enter("a", sign_in)
    for _ in range(8 * 60):
        wall.wall.check_sign_ins()
        wall.house.clock.move(minutes=1)
    wall.wall.check_sign_ins()
    assert wall.disconnected == []
    wall.house.clock.move(minutes=1)
    wall.wall.check_sign_ins()
    assert wall.disconnected == ["a"]
    assert sign_ins.alive(wall.house.db, sign_in, wall.house.clock()) is None
    with pytest.raises(Refusal):
        wall.wall.admit(sign_in)


def test_an_open_wall_goes_on_while_the_desk_is_used_and_ends_later_whatever_the_clock_says(wall: WallCase) -> None:
    sign_in, elapsed = wall.person("tinh", "tinh"), [0.0]
    wall.monotonic = lambda: elapsed[0]
    at_desk = SignInAges(wall.monotonic)
    assert sign_ins.alive(wall.house.db, sign_in, NOW, at_desk)
    wall.enter("a", sign_in)
    open_at = []
    for hour in range(1, 17):
        elapsed[0] += 3_600
        wall.house.clock.move(hours=25 if hour % 2 else -23)
        if hour == 7:
            assert sign_ins.alive(wall.house.db, sign_in, wall.house.clock(), at_desk)
        wall.wall.check_sign_ins()
        if not wall.disconnected:
            open_at.append(hour)
    assert open_at == list(range(1, 16)), "eight hours from the seventh"
