"""The tree of areas: which area covers which; an unknown area covers nothing and is covered by nothing."""

from __future__ import annotations

import pytest

from server.core.areas import AreaTree
from server.core.model import Area
from tests.cast import AREAS, DONG_HAI, MINH_TAN, TINH

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
