"""Which boards a notice reaches, and with which notices it takes turns."""

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


def test_an_unknown_or_missing_target_reaches_no_board() -> None:
    assert reached(BOARDS, TREE, []) == reached(BOARDS, TREE, ["khong-co"]) == ()


def test_urgent_real_high_risk_and_new_notices_come_first() -> None:
    base = cast.notice(id=1, risk=3)
    newer = replace(base, id=2, issued=NOW + MINUTE)
    risky = replace(base, id=3, risk=5)
    drill = replace(base, id=4, risk=5, exercise=True)
    banner = replace(base, id=5, risk=5, level="priority")
    assert [each.id for each in in_order([banner, drill, base, newer, risky])] == [3, 2, 1, 4, 5]


def test_a_notice_alone_on_its_boards_has_no_turns() -> None:
    assert turns(MINE, BOARDS, TREE, []) == ()
    assert turns(MINE, BOARDS, TREE, [cast.notice(id=1, level="priority")]) == ()
    assert (
        turns(replace(MINE, areas=("xa-minh-tan",)), BOARDS, TREE, [cast.notice(id=1, areas=("xa-dong-hai",))]) == ()
    )


def test_a_correction_takes_no_turns_with_the_notice_it_replaces() -> None:
    assert turns(replace(MINE, replaces=1), BOARDS, TREE, [cast.notice(id=1)]) == ()


def test_boards_with_the_same_sequence_share_one_turn() -> None:
    everywhere, in_one = cast.notice(id=1, risk=5), cast.notice(id=2, areas=("xa-minh-tan",))
    assert turns(MINE, BOARDS, TREE, [everywhere, in_one]) == (
        Turn((HOI_TRUONG, PHO_DONG_HAI), (everywhere, MINE), 1),
        Turn((BOARD_MINH_TAN,), (everywhere, MINE, in_one), 1),
    )
