"""Finding a commune by its name, however its tone marks are placed."""

from __future__ import annotations

import pytest

from server.core.geography.communes import Commune, named
from server.core.model import Point

HERE = Point(20.6, 106.3)
HOA_AN, OTHER_HOA_AN, HOA_AM = (
    Commune("02419", "Xã Hòa An", "08", HERE),
    Commune("99001", "Xã Hòa An", "33", HERE),
    Commune("99002", "Xã Hoa An", "33", HERE),
)
LISTED = (HOA_AN, OTHER_HOA_AN, HOA_AM)


@pytest.mark.parametrize("name", ["Xã Hòa An", "Xã Hoà An", "xã  hòa an", "XÃ HOÀ AN", "Xã Ho\u0300a An"])
def test_case_blanks_and_the_place_of_a_tone_mark_do_not_matter(name: str) -> None:
    assert named(LISTED, name) == (HOA_AN, OTHER_HOA_AN)
    assert named(LISTED, name, "33") == (OTHER_HOA_AN,)


@pytest.mark.parametrize("name", ["", "Xã Hoá An", "Phường Hòa An", "Hòa An", "Xã An Hòa"])
def test_another_name_is_another_commune(name: str) -> None:
    assert named(LISTED, name) == ()
