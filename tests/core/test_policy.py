"""Rights are granted for an area and the areas below it; a keeper never has rights over content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import policy
from server.core.areas import AreaTree
from server.core.policy import CONTENT, RIGHTS, RIGHTS_OF, ROLES, Grant, areas_with, may, may_grant, topmost
from tests.cast import AREAS

TREE = AreaTree(AREAS)
ROLE = st.sampled_from(ROLES)
AREA = st.sampled_from(["tinh", "xa-minh-tan", "xa-dong-hai"])
GRANTS = st.lists(st.builds(Grant, ROLE, AREA), max_size=4)
RIGHT = st.sampled_from([right for right in RIGHTS if right not in ("public", "own")])


def test_each_role_has_the_rights_of_the_one_before() -> None:
    assert RIGHTS_OF["viewer"] < RIGHTS_OF["operator"] < RIGHTS_OF["editor"]


def test_a_keeper_has_no_right_over_content() -> None:
    assert not RIGHTS_OF["keeper"] & CONTENT


def test_an_operator_proposes_a_notice_and_an_editor_pushes_it() -> None:
    operator, editor = [Grant("operator", "xa-minh-tan")], [Grant("editor", "xa-minh-tan")]
    assert may(operator, "notice.propose", "xa-minh-tan", TREE)
    assert not may(operator, "notice.push", "xa-minh-tan", TREE)
    assert may(editor, "notice.push", "xa-minh-tan", TREE)


def test_a_grant_is_valid_below_its_area_but_not_beside_or_above() -> None:
    editor = [Grant("editor", "xa-minh-tan")]
    assert may([Grant("editor", "tinh")], "notice.push", "xa-dong-hai", TREE)
    assert not may(editor, "notice.push", "xa-dong-hai", TREE)
    assert not may(editor, "notice.push", "tinh", TREE)


def test_nobody_has_rights_for_an_unknown_area() -> None:
    assert not may([Grant("editor", "tinh")], "notice.push", "xa-khong-co", TREE)
    assert areas_with([Grant("editor", "xa-khong-co")], "notice.push", TREE) == ()


def test_areas_are_named_by_their_topmost() -> None:
    held = areas_with([Grant("viewer", "tinh")], "board.view", TREE)
    assert set(held) == {"tinh", "xa-minh-tan", "xa-dong-hai"}
    assert topmost(held, TREE) == ("tinh",)


@given(GRANTS, RIGHT, AREA)
def test_may_agrees_with_areas_with(grants: list[Grant], right: policy.Right, area: str) -> None:
    assert may(grants, right, area, TREE) == (area in areas_with(grants, right, TREE))


@given(GRANTS, RIGHT)
def test_a_right_for_the_province_is_one_for_its_communes(grants: list[Grant], right: policy.Right) -> None:
    if may(grants, right, "tinh", TREE):
        assert may(grants, right, "xa-minh-tan", TREE)
        assert may(grants, right, None, TREE)


@given(GRANTS, st.builds(Grant, ROLE, AREA))
def test_nobody_changes_his_own_rights(grants: list[Grant], given_: Grant) -> None:
    assert not may_grant("tuan", grants, "tuan", given_, TREE)


@pytest.mark.parametrize("role", ["viewer", "operator", "editor"])
def test_only_keepers_grant_rights_and_only_for_their_areas(role: policy.Role) -> None:
    given_ = Grant("editor", "xa-minh-tan")
    assert may_grant("tuan", [Grant("keeper", "xa-minh-tan")], "lan", given_, TREE)
    assert not may_grant("tuan", [Grant("keeper", "xa-dong-hai")], "lan", given_, TREE)
    assert not may_grant("hoa", [Grant(role, "tinh")], "lan", given_, TREE)


def test_editors_and_keepers_are_asked_for_a_second_factor() -> None:
    assert policy.needs_second_factor([Grant("viewer", "tinh"), Grant("editor", "xa-minh-tan")])
    assert policy.needs_second_factor([Grant("keeper", "tinh")])
    assert not policy.needs_second_factor([Grant("operator", "tinh")])
