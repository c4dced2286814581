"""Which boards a notice reaches, which notices take turns with it, and in which order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from server.core.areas import AreaTree
from server.core.model import Board, Notice
from server.core.notices.order import Turn, in_order, reached, turns
from tests import cast
from tests.cast import AREAS, BOARD_MINH_TAN, BOARDS, HOI_TRUONG, MINUTE, NOW, PHO_DONG_HAI

TREE = AreaTree(AREAS)


def shown_on(*areas: str, boards: tuple[str, ...] = ()) -> tuple[Board, ...]:
    return reached(cast.notice(areas=areas, boards=boards), BOARDS, TREE)


MINE: Notice = cast.notice(id=9, issued=NOW + MINUTE)


def test_an_area_reaches_its_boards_and_all_below() -> None:
    assert shown_on("tinh") == BOARDS
    assert shown_on("xa-minh-tan") == (BOARD_MINH_TAN,)
    assert shown_on("xa-minh-tan", "xa-dong-hai") == (BOARD_MINH_TAN, PHO_DONG_HAI)


def test_an_unknown_or_missing_target_reaches_no_board() -> None:
    assert shown_on() == shown_on("khong-co") == ()


def test_boards_narrow_the_areas_of_a_notice() -> None:
    assert shown_on("tinh", boards=(PHO_DONG_HAI.slug,)) == (PHO_DONG_HAI,)
    assert shown_on("xa-minh-tan", boards=(PHO_DONG_HAI.slug, "khong-co")) == (), "the area counts, too"


SLUGS = [board.slug for board in BOARDS]


@given(
    st.sets(st.sampled_from([area.slug for area in AREAS])),
    st.sets(st.sampled_from([*SLUGS, "khong-co"]), min_size=1),
)
def test_a_notice_with_boards_never_shows_on_another_board(areas: set[str], boards: set[str]) -> None:
    narrowed = {board.slug for board in shown_on(*areas, boards=tuple(boards))}
    assert narrowed == {board.slug for board in shown_on(*areas)} & boards


def test_a_graver_alert_comes_before_a_newer_and_nearer_one() -> None:
    severe = cast.notice(id=1, risk=0, threat="now-severe", areas=(BOARD_MINH_TAN.area,), issued=NOW + MINUTE)
    extreme = cast.notice(id=2, risk=0, threat="soon-extreme", areas=("tinh",))
    own = cast.notice(id=3, risk=4, areas=("tinh",), issued=NOW - MINUTE)
    unknown = cast.notice(id=4, risk=0, areas=("tinh",))
    chain = TREE.chain(BOARD_MINH_TAN.area)
    assert [each.id for each in in_order([severe, unknown, extreme, own], chain)] == [3, 2, 1, 4]


def test_urgent_real_high_risk_and_new_notices_come_first() -> None:
    base = cast.notice(id=1, risk=3)
    newer = replace(base, id=2, issued=NOW + MINUTE)
    risky = replace(base, id=3, risk=5)
    drill = replace(base, id=4, risk=5, exercise=True)
    banner = replace(base, id=5, risk=5, level="priority")
    assert [each.id for each in in_order([banner, drill, base, newer, risky])] == [3, 2, 1, 4, 5]


def test_of_two_equally_grave_notices_the_nearer_area_comes_first_although_it_is_older() -> None:
    chain = TREE.chain("xa-minh-tan")
    of_province = cast.notice(id=1, risk=3, areas=("tinh",), issued=NOW + MINUTE)
    of_commune = cast.notice(id=2, risk=3, areas=("xa-dong-hai", "xa-minh-tan"), issued=NOW)
    graver = replace(of_province, id=3, risk=4, issued=NOW)
    assert [each.id for each in in_order([of_province, of_commune, graver], chain)] == [3, 2, 1]
    assert [each.id for each in in_order([of_province, of_commune])] == [1, 2], "no board, no distance"


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
        Turn((BOARD_MINH_TAN,), (everywhere, in_one, MINE), 2),
    )
