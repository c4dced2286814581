"""Which boards an alert concerns: outlines, circles, codes, the edge of the world and what cannot be read."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.alerts.codes import VIETNAM, Unit, UnitCodes, code_in
from server.core.alerts.document import Alert, AlertArea, Circle, Geocode, Point, Ring
from server.core.alerts.placement import BoardPlace, Match, Placement
from server.core.alerts.places import Places, Territory, boards_of, read_places
from server.core.alerts.source_rules import territory_parts
from server.core.model import AlertSettings
from tests.core.alerts.documents import LIVE, alert, info

# Hưng Yên lies near 20.65 N, 106.06 E; Thái Bình, which is part of it now, near 20.45 N, 106.34 E.
TOWN = BoardPlace("hoi-truong", (20.65, 106.06), codes=("VN-66", "VN"))
COAST = BoardPlace("tien-hai", (20.40, 106.55), codes=("12454", "VN-66", "VN"))
HANOI = BoardPlace("ho-guom", (21.03, 105.85), codes=("VN-HN", "VN"))
BOARDS = (TOWN, COAST, HANOI)
SQUARE: Ring = ((20.5, 105.9), (20.5, 106.2), (20.8, 106.2), (20.8, 105.9), (20.5, 105.9))


def area(polygons: Iterable[Ring] = (), circles: Iterable[Circle] = (), codes: Iterable[Geocode] = ()) -> AlertArea:
    return AlertArea("Khu vực thử", tuple(polygons), tuple(circles), tuple(codes))


def warned(*areas: AlertArea) -> Alert:
    """An alert with one info for these areas."""
    return alert(infos=(info(areas=areas),))


def reached(*areas: AlertArea, boards: Iterable[BoardPlace] = BOARDS) -> set[str]:
    return set(boards_of(warned(*areas), Places(boards), LIVE).boards)


def board_at(lat: float, lon: float) -> BoardPlace:
    return BoardPlace("mot-bang", (lat, lon))


def test_a_board_within_an_outline_is_concerned() -> None:
    assert reached(area([SQUARE])) == {"hoi-truong"}


def test_all_places_of_all_areas_of_an_info_count_together() -> None:
    both = area([SQUARE], [Circle(21.03, 105.85, 2)])
    assert reached(both) == {"hoi-truong", "ho-guom"}
    assert reached(area([SQUARE]), area(codes=[Geocode("ISO 3166-2", "VN-HN")])) == {"hoi-truong", "ho-guom"}


def test_every_info_that_concerns_a_board_is_named() -> None:
    here, elsewhere = area([SQUARE]), area(codes=[Geocode("ISO 3166-2", "VN-HN")])
    many = alert(infos=(info(areas=(here,)), info(areas=(elsewhere,)), info(areas=(elsewhere, here))))
    assert boards_of(many, BOARDS, LIVE).boards == {
        "hoi-truong": (Match(0), Match(2)),
        "ho-guom": (Match(1), Match(2)),
    }


@pytest.mark.parametrize("corner", SQUARE)
def test_the_edge_is_inside(corner: Point) -> None:
    assert reached(area([SQUARE]), boards=[board_at(*corner)])
    assert reached(area([SQUARE]), boards=[board_at(20.5, 106.05)])


def test_an_open_ring_is_closed_and_a_repeated_point_counts_once() -> None:
    assert reached(area([SQUARE[:-1]])) == {"hoi-truong"}
    assert reached(area([(SQUARE[0], *SQUARE)])) == {"hoi-truong"}


def test_a_ring_is_parted_where_it_closes() -> None:
    other: Ring = ((21.0, 105.8), (21.0, 105.9), (21.1, 105.9), (21.1, 105.8), (21.0, 105.8))
    assert reached(area([SQUARE + other])) == {"hoi-truong", "ho-guom"}
    between = board_at(20.9, 105.9)
    assert not reached(area([SQUARE + other]), boards=[between])


@pytest.mark.parametrize(
    "ring",
    [
        (),
        ((20.5, 105.9),),
        ((20.5, 105.9), (20.5, 106.2), (20.5, 105.9)),
        ((20.5, 105.9), (20.5, 106.0), (20.5, 106.2), (20.5, 105.9)),
        ((105.9, 20.5), (106.2, 20.5), (106.2, 20.8), (105.9, 20.8), (105.9, 20.5)),
        ((20.5, 105.9), (20.5, 186.2), (20.8, 106.2), (20.5, 105.9)),
        ((20.5, 105.9), (20.5, math.nan), (20.8, 106.2), (20.5, 105.9)),
    ],
    ids=["empty", "one point", "two points", "a line", "longitude first", "beyond 180", "no number"],
)
def test_an_unreadable_outline_reaches_nobody_and_an_editor_decides(ring: Ring) -> None:
    found = boards_of(warned(area([ring])), BOARDS, LIVE)
    assert found == Placement(readable=False, notes=("Một đường bao của khu vực «Khu vực thử» không đọc được.",))
    assert found.held(LIVE) == ("no-place",)
    assert found.held(replace(LIVE, default_area="tinh")) == ()


def test_a_ring_of_a_thousand_parts_is_not_believed() -> None:
    triangle: Ring = ((20.6, 106.0), (20.6, 106.1), (20.7, 106.1), (20.6, 106.0))
    shifted = [tuple((lat, lon + n * 1e-6) for lat, lon in triangle) for n in range(1001)]
    assert reached(area([tuple(point for ring in shifted[:1000] for point in ring)])) == {"hoi-truong"}
    assert not boards_of(warned(area([tuple(point for ring in shifted for point in ring)])), BOARDS, LIVE).readable


def test_an_unreadable_outline_does_not_hide_a_readable_one() -> None:
    found = boards_of(warned(area([((1.0, 2.0),), SQUARE])), BOARDS, LIVE)
    assert set(found.boards) == {"hoi-truong"}
    assert len(found.notes) == 1


def test_no_place_at_all_is_for_an_editor_never_for_everybody() -> None:
    for nowhere in (warned(), warned(area()), warned(area(codes=[Geocode("SAME", "012454")]))):
        found = boards_of(nowhere, BOARDS, LIVE)
        assert found.boards == {}
        assert found.held(LIVE) == ("no-place",)


def test_a_readable_place_without_a_board_is_no_question() -> None:
    found = boards_of(warned(area(codes=[Geocode("ISO 3166-2", "VN-SG")])), BOARDS, LIVE)
    assert found.boards == {}
    assert found.held(LIVE) == ()


def test_an_info_without_a_place_beside_one_with_a_place_is_named() -> None:
    partly = alert(infos=(info(areas=(area([SQUARE]),)), info(areas=(area(),))))
    assert boards_of(partly, BOARDS, LIVE).unplaced == (1,)


def test_a_circle_is_one_on_the_sphere() -> None:
    # At 60 degrees north a degree of longitude is half a degree of latitude: 55.6 km.
    circle = area(circles=[Circle(60.0, 25.0, 60.0)])
    assert reached(circle, boards=[board_at(60.0, 26.0)])
    assert not reached(circle, boards=[board_at(61.0, 25.0)])
    assert reached(area(circles=[Circle(89.9, 0.0, 30.0)]), boards=[board_at(89.9, 180.0)])
    assert reached(area(circles=[Circle(0.0, 179.9, 30.0)]), boards=[board_at(0.0, -179.9)])


def test_the_edge_of_a_circle_is_inside() -> None:
    degree = 6371.0088 * math.pi / 180
    assert reached(area(circles=[Circle(20.0, 106.0, degree)]), boards=[board_at(21.0, 106.0)])
    assert not reached(area(circles=[Circle(20.0, 106.0, degree - 0.01)]), boards=[board_at(21.0, 106.0)])


def test_radius_0_is_a_place_within_five_kilometres_and_priority_at_most() -> None:
    point = warned(area(circles=[Circle(20.65, 106.10, 0.0)]))
    assert boards_of(point, BOARDS, LIVE).boards == {"hoi-truong": (Match(0, "priority"),)}
    assert boards_of(point, BOARDS, replace(LIVE, point_km=1.0)).boards == {}
    within = warned(area([SQUARE], [Circle(20.65, 106.10, 0.0)]))
    assert boards_of(within, BOARDS, LIVE).boards == {"hoi-truong": (Match(0, "urgent"),)}


@pytest.mark.parametrize("circle", [Circle(95, 106, 5), Circle(20, 106, -1), Circle(20, 106, math.nan)])
def test_an_unreadable_circle_reaches_nobody(circle: Circle) -> None:
    assert not boards_of(warned(area(circles=[circle])), BOARDS, LIVE).readable


def test_an_outline_across_180_degrees_is_unwrapped() -> None:
    ring: Ring = ((-20.0, 175.0), (-20.0, -175.0), (-10.0, -175.0), (-10.0, 175.0), (-20.0, 175.0))
    for lon, there in ((178.0, True), (-178.0, True), (180.0, True), (-180.0, True), (0.0, False), (170.0, False)):
        assert bool(reached(area([ring]), boards=[board_at(-15.0, lon)])) is there
    mirrored: Ring = ((-20.0, -175.0), (-20.0, 175.0), (-10.0, 175.0), (-10.0, -175.0))
    assert reached(area([mirrored]), boards=[board_at(-15.0, 178.0)])


def test_an_outline_up_to_180_degrees_reaches_both_sides_of_its_edge() -> None:
    ring: Ring = ((0.0, 170.0), (0.0, 180.0), (10.0, 180.0), (10.0, 170.0), (0.0, 170.0))
    assert reached(area([ring]), boards=[board_at(5.0, -180.0)])


def test_an_outline_round_a_pole_holds_the_pole() -> None:
    ring: Ring = ((70.0, 0.0), (70.0, 90.0), (70.0, 180.0), (70.0, -90.0), (70.0, 0.0))
    assert reached(area([ring]), boards=[board_at(89.0, 45.0)])
    assert reached(area([ring]), boards=[board_at(75.0, -170.0)])
    assert not reached(area([ring]), boards=[board_at(60.0, 45.0)])


def test_an_outline_that_crosses_itself_loses_no_board() -> None:
    bow: Ring = ((20.0, 106.0), (21.0, 107.0), (21.0, 106.0), (20.0, 107.0), (20.0, 106.0))
    for lat in (20.1, 20.9):
        assert reached(area([bow]), boards=[board_at(lat, 106.5)])
    assert not reached(area([bow]), boards=[board_at(20.5, 106.1)])
    assert reached(area([bow]), boards=[board_at(20.5, 106.5)]), "the crossing itself"
    # A ring that runs twice round its middle: by the parity of crossings the middle would be outside.
    star: Ring = tuple(
        (20.5 + math.sin(4 * math.pi * n / 5) / 2, 106.5 + math.cos(4 * math.pi * n / 5) / 2) for n in range(5)
    )
    assert reached(area([star]), boards=[board_at(20.5, 106.5)])


def test_codes_match_the_area_of_a_board_or_one_above_never_below() -> None:
    assert reached(area(codes=[Geocode("ISO 3166-2", "VN-66")])) == {"hoi-truong", "tien-hai"}
    assert reached(area(codes=[Geocode("GSO", "12454")])) == {"tien-hai"}, "not the province's own board"
    assert reached(area(codes=[Geocode("ISO 3166-1", "VN")])) == {"hoi-truong", "tien-hai", "ho-guom"}


def test_scheme_and_value_both_have_to_agree() -> None:
    assert reached(area(codes=[Geocode("SAME", "12454"), Geocode("ISO 3166-2", "VN-SG")])) == set()
    assert reached(area(codes=[Geocode(" iso3166_2 ", " vn-66 ")])) == {"hoi-truong", "tien-hai"}


def test_codes_of_any_scheme_may_be_given_to_areas() -> None:
    abroad = BoardPlace("ben-cang", codes=("EMMA_ID:FI001",))
    assert reached(area(codes=[Geocode("EMMA-ID", "FI001")]), boards=[abroad]) == {"ben-cang"}


def test_old_codes_of_merged_units_still_match() -> None:
    assert reached(area(codes=[Geocode("ISO 3166-2", "VN-20")])) == {"hoi-truong", "tien-hai"}
    commune = Unit("Xã Tiền Hải", (code_in("12454"),), code_in("VN-66"), (code_in("12460"),))
    units = UnitCodes((*VIETNAM.units, commune))
    places = Places(BOARDS, units)
    old = read_places(warned(area(codes=[Geocode("GSO", "12460")])), LIVE)
    assert set(places.match(old).boards) == {"tien-hai"}


def test_a_board_in_vietnam_is_below_the_nation_without_being_told() -> None:
    assert reached(area(codes=[Geocode("ISO 3166-2", "VN")]), boards=[BoardPlace("a", codes=("VN-66",))]) == {"a"}


def test_where_codes_are_coarser_the_source_may_put_geometry_first() -> None:
    coarse = warned(area([SQUARE], codes=[Geocode("ISO 3166-2", "VN-HN")]))
    assert set(boards_of(coarse, BOARDS, LIVE).boards) == {"hoi-truong", "ho-guom"}
    first = replace(LIVE, geometry_first=True)
    assert set(boards_of(coarse, BOARDS, first).boards) == {"hoi-truong"}
    only_codes = warned(area([((1.0, 2.0),)], codes=[Geocode("ISO 3166-2", "VN-HN")]))
    assert set(boards_of(only_codes, BOARDS, first).boards) == {"ho-guom"}


def test_without_a_point_the_outline_of_its_area_places_a_board() -> None:
    commune = BoardPlace("xa", outline=(((20.7, 106.1), (20.7, 106.4), (20.9, 106.4), (20.9, 106.1), (20.7, 106.1)),))
    assert reached(area([SQUARE]), boards=[commune]) == {"xa"}
    assert reached(area(circles=[Circle(20.8, 106.45, 8.0)]), boards=[commune]) == {"xa"}
    assert reached(area(circles=[Circle(20.8, 106.5, 8.0)]), boards=[commune]) == set()
    assert reached(area(circles=[Circle(20.8, 106.2, 900.0)]), boards=[commune]) == {"xa"}
    assert reached(area(circles=[Circle(-20.0, 20.0, 15_000.0)]), boards=[commune]) == {"xa"}, "half the earth"
    pointed = replace(commune, point=(20.89, 106.39))
    assert reached(area([SQUARE]), boards=[pointed]) == set(), "its point counts, not its area's outline"
    bow: Ring = ((20.6, 106.0), (20.8, 106.2), (20.8, 106.0), (20.6, 106.2), (20.6, 106.0))
    assert reached(area([bow]), boards=[commune]) == {"xa"}


def test_what_is_unreadable_of_one_board_harms_no_other() -> None:
    wrong = BoardPlace("xa", outline=(((1.0, 2.0), (3.0, 4.0)),), codes=("VN-66", "Hưng Yên"))
    places = Places([wrong, *BOARDS])
    found = boards_of(warned(area(codes=[Geocode("ISO 3166-2", "VN-66")])), places, LIVE)
    assert set(found.boards) == {"xa", "hoi-truong", "tien-hai"}


def test_what_lies_outside_the_territory_of_its_source_is_for_an_editor() -> None:
    vietnam: Ring = ((8.0, 102.0), (8.0, 115.0), (24.0, 115.0), (24.0, 102.0), (8.0, 102.0))
    territory = Territory([vietnam], ["VN"])
    nowhere = boards_of(warned(area(circles=[Circle(0.0, 0.0, 0.0)])), BOARDS, LIVE, territory)
    assert nowhere.outside
    assert nowhere.held(LIVE) == ("outside",)
    assert boards_of(warned(area(codes=[Geocode("ISO 3166-2", "CN-45")])), BOARDS, LIVE, territory).outside
    for inside in (
        area([SQUARE]),
        area(codes=[Geocode("ISO 3166-2", "VN-66")]),
        area(circles=[Circle(7.9, 105, 99)]),
    ):
        assert not boards_of(warned(inside), BOARDS, LIVE, territory).outside
    abroad = BoardPlace("ben-cang", codes=("EMMA_ID:FI001",))
    foreign = warned(area(codes=[Geocode("EMMA_ID", "FI001")]))
    assert not boards_of(foreign, [abroad], LIVE, territory).outside, "another scheme cannot be judged"
    only_codes = warned(area(codes=[Geocode("ISO 3166-2", "CN-45")]))
    assert not boards_of(only_codes, BOARDS, LIVE, Territory([vietnam])).outside, "codes have no outline"
    partly = warned(area(circles=[Circle(0.0, 0.0, 0.0)]), area([SQUARE]))
    assert set(boards_of(partly, BOARDS, LIVE, territory).boards) == {"hoi-truong"}


def test_the_alerts_of_a_source_with_an_unreadable_territory_are_for_an_editor() -> None:
    unknown = boards_of(warned(area([SQUARE])), BOARDS, LIVE, Territory(readable=False))
    assert (set(unknown.boards), unknown.held(LIVE)) == ({"hoi-truong"}, ("no-territory",))


def test_a_territory_may_lie_in_another_country() -> None:
    laos = Territory(*territory_parts(AlertSettings(territory=("LA",))))
    assert boards_of(warned(area(codes=[Geocode("ISO 3166-2", "VN-66")])), BOARDS, LIVE, laos).outside
    assert not boards_of(warned(area(codes=[Geocode("ISO 3166-2", "LA-VT")])), BOARDS, LIVE, laos).outside


def test_an_alert_without_infos_has_no_place() -> None:
    assert not boards_of(alert(infos=()), BOARDS, LIVE).readable


def test_no_board_at_all_is_no_error() -> None:
    assert boards_of(warned(area([SQUARE], [Circle(20, 106, 5)])), (), LIVE).boards == {}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=8),
    st.tuples(st.integers(0, 12), st.integers(0, 12)),
)
def test_a_board_is_inside_exactly_where_a_ring_turns_round_it(corners: list[tuple[int, int]], at: Point) -> None:
    """Rings on a grid, also crossed and touching ones, beside angles summed up in plain Python."""
    ring = tuple((10.0 + lat, 100.0 + lon) for lat, lon in corners)
    found = boards_of(warned(area([ring])), [board_at(10.0 + at[0], 100.0 + at[1])], LIVE)
    if found.readable and len(set(corners)) == len(corners):
        assert bool(found.boards) is _round(corners, at)


def _round(corners: list[tuple[int, int]], at: Point) -> bool:
    total = 0.0
    for (lat, lon), (next_lat, next_lon) in zip(corners, [*corners[1:], corners[0]], strict=True):
        a, b, c, d = lat - at[0], lon - at[1], next_lat - at[0], next_lon - at[1]
        cross, dot = b * c - a * d, a * c + b * d
        if cross == 0 and dot <= 0:
            return True
        total += math.atan2(cross, dot)
    return round(total / (2 * math.pi)) != 0
