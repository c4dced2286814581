"""The tree of areas: which area covers which; an unknown area covers nothing and is covered by nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.core.areas import AreaTree, board_point, told_apart
from server.core.model import Area, Point
from tests.cast import AREAS, DONG_HAI, MINH_TAN, TINH, board

TREE = AreaTree([*AREAS, Area("thon-1", "Thôn 1", parent="xa-minh-tan")])


def test_the_chain_goes_up_to_the_root() -> None:
    assert TREE.chain("thon-1") == ("thon-1", MINH_TAN.slug, TINH.slug)
    assert TREE.roots() == (TINH.slug,)


@pytest.mark.parametrize(
    ("upper", "lower", "covers"),
    [
        ("tinh", "thon-1", True),
        ("tinh", "tinh", True),
        ("xa-minh-tan", "tinh", False),
        (DONG_HAI.slug, "thon-1", False),
        ("khong-co", "tinh", False),
        ("tinh", "khong-co", False),
        ("khong-co", "khong-co", False),
    ],
)
def test_what_an_area_covers(upper: str, lower: str, covers: bool) -> None:
    assert TREE.covers(upper, lower) is covers
    assert TREE.is_above(upper, lower) is (covers and upper != lower)


@pytest.mark.parametrize(
    ("areas", "words"),
    [
        ([TINH, TINH], "share one slug"),
        ([MINH_TAN], "unknown parent"),
        ([Area("a", "A", parent="b"), Area("b", "B", parent="a")], "above itself"),
        ([Area("a", "A", parent="a")], "above itself"),
    ],
)
def test_areas_that_form_no_tree_are_refused(areas: list[Area], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        AreaTree(areas)


def test_after_a_merger_an_area_has_another_parent() -> None:
    merged = AreaTree([TINH, DONG_HAI, Area("xa-minh-tan", "Xã Minh Tân", parent="xa-dong-hai")])
    assert merged.chain("xa-minh-tan") == ("xa-minh-tan", "xa-dong-hai", "tinh")


def test_equal_names_of_one_place_are_told_apart_by_their_label() -> None:
    named = [("a", "Ủy ban xã", "Xã Minh Tân", "Thông báo"), ("b", "Ủy ban xã", "Xã Minh Tân", "Lịch tiếp dân")]
    assert told_apart(named) == {"a": "Ủy ban xã (Thông báo)", "b": "Ủy ban xã (Lịch tiếp dân)"}


def test_equal_names_are_told_apart_by_place_and_else_by_slug() -> None:
    named = [
        ("a", "Cổng thông tin", "Xã Minh Tân"),
        ("b", "Cổng Thông tin", "Phường Đông Hải"),
        ("c", "Đài xã", "Xã Minh Tân"),
        ("d", "Cổng thông tin", "Tỉnh Hưng Yên"),
        ("e", "Cổng thông tin", "Tỉnh Hưng Yên"),
        ("f", "Cổng thông tin", ""),
    ]
    assert told_apart(named) == {
        "a": "Cổng thông tin (xã Minh Tân)",
        "b": "Cổng Thông tin (phường Đông Hải)",
        "c": "Đài xã",
        "d": "Cổng thông tin (d)",
        "e": "Cổng thông tin (e)",
        "f": "Cổng thông tin (f)",
    }
    tree = AreaTree([*AREAS, Area("tinh-hai", "Tỉnh Hai"), Area("mt-hai", "Xã Minh Tân", parent="tinh-hai")])
    assert tree.labels()["mt-hai"] == "Xã Minh Tân (tỉnh Hai)"
    assert tree.labels()["xa-dong-hai"] == "Xã Đông Hải"


def test_codes_are_those_of_the_area_and_of_all_above() -> None:
    tree = AreaTree([replace(MINH_TAN, codes=("12274", "12277")), TINH])
    assert tree.codes("xa-minh-tan") == ("12274", "12277", "VN-66")
    assert tree.codes("tinh") == ("VN-66",)
    assert tree.codes("khong-co") == ()


def test_a_board_stands_at_its_point_or_else_at_that_of_its_area_never_above() -> None:
    here, there = Point(20.5, 106.0), Point(21.0, 105.8)
    tree = AreaTree([replace(TINH, point=there), replace(MINH_TAN, point=here), DONG_HAI])
    assert board_point(board(area="xa-minh-tan", point=there), tree) == there
    assert board_point(board(area="xa-minh-tan", point=None), tree) == here
    assert board_point(board(area="xa-dong-hai", point=None), tree) is None
    assert board_point(board(area="khong-co", point=None), tree) is None
