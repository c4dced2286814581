"""Before a notice is sent: whom it reaches, and with what it would share the glass."""

from __future__ import annotations

from dataclasses import replace

from server.core.areas import AreaTree
from server.core.model import Notice
from server.core.notices.order import Turn, in_order, reached, turns
from tests import cast
from tests.cast import AREAS, BOARD_MINH_TAN, BOARDS, HOI_TRUONG, MINUTE, NOW, PHO_DONG_HAI

TREE = AreaTree(AREAS)
MINE: Notice = cast.notice(id=9, issued=NOW + MINUTE)


def test_an_area_reaches_its_boards_and_all_below() -> None:
    assert reached(BOARDS, TREE, ["tinh"]) == BOARDS
    assert reached(BOARDS, TREE, ["xa-minh-tan"]) == (BOARD_MINH_TAN,)
    assert reached(BOARDS, TREE, ["xa-minh-tan", "xa-dong-hai"]) == (BOARD_MINH_TAN, PHO_DONG_HAI)


def test_nobody_is_reached_by_an_unknown_target_or_by_none() -> None:
    assert reached(BOARDS, TREE, []) == reached(BOARDS, TREE, ["khong-co"]) == ()


def test_what_is_urgent_real_dangerous_and_new_comes_first() -> None:
    base = cast.notice(id=1, risk=3)
    newer = replace(base, id=2, issued=NOW + MINUTE)
    risky = replace(base, id=3, risk=5)
    drill = replace(base, id=4, risk=5, exercise=True)
    banner = replace(base, id=5, risk=5, level="priority")
    assert [each.id for each in in_order([banner, drill, base, newer, risky])] == [3, 2, 1, 4, 5]


def test_alone_it_has_nothing_to_share() -> None:
    assert turns(MINE, BOARDS, TREE, []) == ()
    assert turns(MINE, BOARDS, TREE, [cast.notice(id=1, level="priority")]) == ()
    assert (
        turns(replace(MINE, areas=("xa-minh-tan",)), BOARDS, TREE, [cast.notice(id=1, areas=("xa-dong-hai",))]) == ()
    )


def test_a_correction_does_not_share_with_what_it_replaces() -> None:
    assert turns(replace(MINE, replaces=1), BOARDS, TREE, [cast.notice(id=1)]) == ()


def test_boards_with_the_same_row_are_told_together() -> None:
    everywhere, in_one = cast.notice(id=1, risk=5), cast.notice(id=2, areas=("xa-minh-tan",))
    assert turns(MINE, BOARDS, TREE, [everywhere, in_one]) == (
        Turn((HOI_TRUONG, PHO_DONG_HAI), (everywhere, MINE), 1),
        Turn((BOARD_MINH_TAN,), (everywhere, MINE, in_one), 1),
    )
