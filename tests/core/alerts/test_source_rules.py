"""The rules, the territory and the boards of one source of alerts."""

from __future__ import annotations

import pytest

from server.core.alerts.board_places import boards_below, places_of
from server.core.alerts.codes import code_in
from server.core.alerts.origin import origin_of
from server.core.alerts.rules import AlertRules
from server.core.alerts.source_rules import rules_for, territory_part, territory_parts
from server.core.areas import AreaTree
from server.core.model import AlertSettings, Area, Point
from tests.cast import AREAS, BOARDS
from tests.core.alerts.documents import alert


def test_settings_of_a_source_replace_the_common_rules() -> None:
    rules = rules_for(AlertSettings("live", certificate="a.pem", languages=("vi",)), AlertRules(flood_count=3))
    assert (rules.alerts, rules.certificate, rules.languages, rules.flood_count) == ("live", True, ("vi",), 3)
    assert rules_for(None, AlertRules()) == AlertRules()


def test_a_territory_is_of_codes_and_outlines() -> None:
    outline = ((8.0, 102.0), (8.0, 109.0), (23.0, 109.0), (8.0, 102.0))
    settings = AlertSettings(territory=("VN-66", "8,102 8,109 23,109", "vô nghĩa"))
    assert territory_parts(settings) == ((outline,), ("VN-66",), True)
    with pytest.raises(ValueError, match="Không hiểu mã"):
        territory_part("vô nghĩa")
    with pytest.raises(ValueError, match="ít nhất ba điểm"):
        territory_part("8,102 8,190 23,109")


def test_a_territory_may_be_another_country() -> None:
    parts = territory_parts(AlertSettings(territory=("LA", " KH ", "VN")))
    assert [code_in(code) for code in parts.codes] == [("iso3166", "LA"), ("iso3166", "KH"), ("iso3166", "VN")]
    with pytest.raises(ValueError, match="Không hiểu mã"):
        territory_part("la")


def test_a_territory_of_which_nothing_is_understood_is_not_everywhere() -> None:
    assert territory_parts(AlertSettings(territory=("vô nghĩa", "8,102 8,190 23,109"))) == ((), (), False)
    assert territory_parts(AlertSettings()) == territory_parts(None) == ((), (), True)


def test_a_board_has_its_point_and_the_codes_of_its_area_and_of_those_above() -> None:
    odd = Area("la", "Xã lạ", "tinh", codes=("không rõ", "12454"))
    tree = AreaTree((*AREAS, odd))
    outline = ((Point(20.0, 106.0), Point(20.0, 107.0), Point(21.0, 107.0), Point(20.0, 106.0)),)
    found = {one.slug: one for one in places_of(BOARDS, tree, {"xa-minh-tan": outline})}
    assert (found["hoi-truong"].point, found["hoi-truong"].codes) == (BOARDS[0].point, ("VN-66",))
    assert (found["xa-minh-tan"].point, found["xa-minh-tan"].codes) == (None, ("VN-66",))
    assert (found["xa-minh-tan"].outline, found["pho-dong-hai"].outline) == (outline, ())


def test_the_boards_of_an_area_are_its_own_and_those_below() -> None:
    tree = AreaTree(AREAS)
    assert boards_below("tinh", BOARDS, tree) == {one.slug for one in BOARDS}
    assert boards_below("xa-minh-tan", BOARDS, tree) == {"xa-minh-tan"}
    assert boards_below("la", BOARDS, tree) == frozenset()


def test_alerts_of_two_sources_never_have_one_origin() -> None:
    assert origin_of(alert(source="a")) != origin_of(alert(source="b"))
