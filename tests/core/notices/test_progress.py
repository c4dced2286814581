"""The delivery of a notice: counts of screens per board, the missing screens, and whom to telephone about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.core.areas import AreaTree
from server.core.notices.progress import phone_of, progress
from server.core.screens.screens import Link, Screen
from tests.cast import AREAS, BOARD_MINH_TAN, HOI_TRUONG, HOUR, MINH_TAN, MINUTE, NOW, TINH

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Receipts:
    sent: datetime | None = None
    received: datetime | None = None
    shown: datetime | None = None


def screen(id: int, board: str = "hoi-truong") -> Screen:
    return Screen(id, f"Màn {id}", board, id, None, "lan", NOW, phone=f"0221 00{id}")


def link(id: int, seen: datetime = NOW, *, up: bool = True) -> Link:
    return Link(id, up, seen)


SHOWN = Receipts(NOW, NOW + SECOND, NOW + 2 * SECOND)
BOARDS = (HOI_TRUONG, BOARD_MINH_TAN)


def test_each_board_counts_its_own_screens() -> None:
    screens = [screen(1), screen(2), screen(3, "xa-minh-tan")]
    links = {one.id: link(one.id) for one in screens}
    seen = progress(NOW, BOARDS, screens, links, {1: SHOWN, 2: Receipts(NOW, NOW), 3: SHOWN}, NOW + 3 * SECOND)
    counts = {one.board.slug: (one.screens, one.live, one.sent, one.received, one.shown) for one in seen.boards}
    assert counts == {"hoi-truong": (2, 2, 2, 2, 1), "xa-minh-tan": (1, 1, 1, 1, 1)}
    assert (seen.total("screens"), seen.total("shown")) == (3, 2)
    assert seen.slowest == 2 * SECOND


def test_a_disconnected_screen_is_missing_at_once() -> None:
    links = {1: link(1, NOW - HOUR), 2: link(2, up=False)}
    seen = progress(NOW, [HOI_TRUONG], [screen(1), screen(2), screen(3)], links, {}, NOW)
    assert [(one.screen.id, one.live, one.since) for one in seen.missing] == [
        (1, False, NOW - HOUR),
        (2, False, NOW),
        (3, False, None),
    ]
    assert seen.slowest is None


def test_a_connected_screen_is_missing_after_thirty_seconds() -> None:
    links = {1: link(1, NOW + MINUTE)}
    assert progress(NOW, [HOI_TRUONG], [screen(1)], links, {}, NOW + 30 * SECOND).missing == ()
    (late,) = progress(NOW, [HOI_TRUONG], [screen(1)], links, {1: Receipts(NOW, NOW)}, NOW + 31 * SECOND).missing
    assert late.live


def test_a_screen_that_showed_it_is_not_missing_even_if_disconnected() -> None:
    assert progress(NOW, [HOI_TRUONG], [screen(1)], {}, {1: SHOWN}, NOW + HOUR).missing == ()


def test_the_phone_is_the_screens_own_or_that_of_the_nearest_area() -> None:
    tree = AreaTree(AREAS)
    assert phone_of(screen(1), BOARD_MINH_TAN, tree) == "0221 001"
    assert phone_of(replace(screen(1), phone=""), BOARD_MINH_TAN, tree) == TINH.phone
    assert phone_of(replace(screen(1), phone=""), BOARD_MINH_TAN, AreaTree([replace(MINH_TAN, parent=None)])) == ""


def test_boards_with_missing_screens_come_first() -> None:
    seen = progress(NOW, BOARDS, [screen(1), screen(2, "xa-minh-tan")], {1: link(1)}, {1: SHOWN}, NOW)
    assert [one.board.slug for one in seen.boards] == ["xa-minh-tan", "hoi-truong"]
