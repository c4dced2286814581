"""Rights: a table, held for an area and below, and a keeper who can never speak on the glass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import policy
from server.core.areas import AreaTree
from server.core.policy import CONTENT, HELD, RIGHTS, ROLES, Grant, areas_with, may, may_grant, tops
from tests.cast import AREAS

TREE = AreaTree(AREAS)
ROLE = st.sampled_from(ROLES)
AREA = st.sampled_from(["tinh", "xa-minh-tan", "xa-dong-hai"])
GRANTS = st.lists(st.builds(Grant, ROLE, AREA), max_size=4)
RIGHT = st.sampled_from([right for right in RIGHTS if right not in ("public", "own")])


def test_each_of_the_three_holds_what_the_one_before_holds() -> None:
    assert HELD["viewer"] < HELD["operator"] < HELD["editor"]


def test_a_keeper_has_no_say_in_content() -> None:
    assert not HELD["keeper"] & CONTENT


def test_an_operator_asks_and_an_editor_pushes() -> None:
    operator, editor = [Grant("operator", "xa-minh-tan")], [Grant("editor", "xa-minh-tan")]
    assert may(operator, "notice.propose", "xa-minh-tan", TREE)
    assert not may(operator, "notice.push", "xa-minh-tan", TREE)
    assert may(editor, "notice.push", "xa-minh-tan", TREE)


def test_a_right_is_held_below_and_neither_beside_nor_above() -> None:
    editor = [Grant("editor", "xa-minh-tan")]
    assert may([Grant("editor", "tinh")], "notice.push", "xa-dong-hai", TREE)
    assert not may(editor, "notice.push", "xa-dong-hai", TREE)
    assert not may(editor, "notice.push", "tinh", TREE)


def test_an_area_that_is_not_there_is_nobodys() -> None:
    assert not may([Grant("editor", "tinh")], "notice.push", "xa-khong-co", TREE)
    assert areas_with([Grant("editor", "xa-khong-co")], "notice.push", TREE) == ()


def test_areas_are_named_from_the_top() -> None:
    held = areas_with([Grant("viewer", "tinh")], "board.view", TREE)
    assert set(held) == {"tinh", "xa-minh-tan", "xa-dong-hai"}
    assert tops(held, TREE) == ("tinh",)


@given(GRANTS, RIGHT, AREA)
def test_what_may_be_done_is_what_is_listed(grants: list[Grant], right: policy.Right, area: str) -> None:
    assert may(grants, right, area, TREE) == (area in areas_with(grants, right, TREE))


@given(GRANTS, RIGHT)
def test_a_right_over_the_province_is_one_over_its_communes(grants: list[Grant], right: policy.Right) -> None:
    if may(grants, right, "tinh", TREE):
        assert may(grants, right, "xa-minh-tan", TREE)
        assert may(grants, right, None, TREE)


@given(GRANTS, st.builds(Grant, ROLE, AREA))
def test_nobody_changes_his_own_rights(grants: list[Grant], given_: Grant) -> None:
    assert not may_grant("tuan", grants, "tuan", given_, TREE)


@pytest.mark.parametrize("role", ["viewer", "operator", "editor"])
def test_only_keepers_give_rights_and_only_over_their_areas(role: policy.Role) -> None:
    given_ = Grant("editor", "xa-minh-tan")
    assert may_grant("tuan", [Grant("keeper", "xa-minh-tan")], "lan", given_, TREE)
    assert not may_grant("tuan", [Grant("keeper", "xa-dong-hai")], "lan", given_, TREE)
    assert not may_grant("hoa", [Grant(role, "tinh")], "lan", given_, TREE)


def test_editors_and_keepers_are_asked_for_a_second_factor() -> None:
    assert policy.needs_second_factor([Grant("viewer", "tinh"), Grant("editor", "xa-minh-tan")])
    assert policy.needs_second_factor([Grant("keeper", "tinh")])
    assert not policy.needs_second_factor([Grant("operator", "tinh")])
