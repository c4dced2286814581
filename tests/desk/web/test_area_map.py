"""The map is one SVG without a script or a foreign address: to scale, north up, small, with names that have room."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from server.core.model import Point, Ring
from server.desk.web.area_map import AlertOutline, MapArea, MapBoard, area_map
from server.desk.web.map_labels import Named, placed
from server.desk.web.map_projection import WIDTH, Box, Projection, drawn, scale_length
from tests.desk.office import Office

HERE = Point(20.6, 106.0)


def ring(lat: float = 20.6, lon: float = 106.0, degrees: float = 0.1, points: int = 60) -> Ring:
    angles = [2 * math.pi * number / points for number in range(points)]
    found = tuple(Point(lat + degrees * math.sin(angle), lon + degrees * math.cos(angle)) for angle in angles)
    return (*found, found[0])


XA = MapArea("Xã Minh Tân", (ring(),), here=True)


@pytest.fixture(autouse=True)
def app(office: Office) -> Iterator[Flask]:
    """The application, in whose languages the map speaks."""
    with office.app.test_request_context():
        yield office.app


def parsed(svg: str) -> etree._Element:
    return etree.fromstring(svg)


def marks(svg: str, kind: str) -> list[etree._Element]:
    return [one for one in parsed(svg).iter() if kind in (one.get("class") or "").split()]


def texts(svg: str) -> list[str]:
    return ["".join(one.itertext()) for one in parsed(svg).iter("text")]


def test_a_map_speaks_to_those_who_do_not_see_it() -> None:
    boards = [MapBoard("Trụ sở", HERE, reached=True), MapBoard("Chợ", Point(20.65, 106.0))]
    root = parsed(area_map([XA], boards))
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == [root[0].get("id"), root[1].get("id")]
    assert (root[0].text, root[1].text) == ("Bản đồ: Xã Minh Tân", "2 bảng tin. Trụ sở, Chợ")
    alert = parsed(area_map([XA], boards, AlertOutline((ring(),))))
    assert alert[1].text == "2 bảng tin. Cảnh báo đến: Trụ sở."
    none = parsed(area_map([XA], boards[1:], AlertOutline((ring(),))))
    assert none[1].text == "1 bảng tin. Cảnh báo không đến bảng nào."


def test_a_map_has_neither_script_nor_style_nor_foreign_address() -> None:
    evil = '"><script>alert(1)</script>'
    svg = area_map([MapArea(evil, (ring(),), here=True), MapArea(evil, (ring(20.9),))], [MapBoard(evil, HERE)])
    assert not re.search(r"<script|style=|href|//", svg)
    assert evil[:20] in texts(svg)[0]


def test_north_is_up_and_both_directions_have_one_scale() -> None:
    boards = [
        MapBoard("bắc", Point(20.7, 106.0)),
        MapBoard("nam", Point(20.5, 106.0)),
        MapBoard("đông", Point(20.6, 106.1)),
    ]
    north, south, east = (
        (float(dot.get("cx") or 0), float(dot.get("cy") or 0)) for dot in marks(area_map([], boards), "dot")
    )
    assert north[0] == south[0] < east[0]
    assert north[1] < east[1] < south[1]
    # A tenth of a degree is 11.1 km to the north, and 10.4 km to the east at this latitude.
    assert (east[0] - north[0]) / (south[1] - north[1]) == pytest.approx(math.cos(math.radians(20.6)) / 2, rel=0.02)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    svg = area_map([XA], [])
    said = float(next(one for one in texts(svg) if one.endswith(" km")).removesuffix(" km"))
    (bar,) = marks(svg, "scale")
    long = float(re.findall(r"h([\d.]+)", bar.get("d") or "")[0])
    (outline,) = marks(svg, "here")
    across = 0.2 * 111.195 * math.cos(math.radians(20.6))
    steps = [
        float(step.split()[0]) for step in re.findall(r"-?[\d.]+ -?[\d.]+", (outline.get("d") or "").split("l")[1])
    ]
    reach = [sum(steps[:count]) for count in range(len(steps) + 1)]
    assert long / said == pytest.approx((max(reach) - min(reach)) / across, rel=0.02)
    assert long <= WIDTH / 4


def test_reached_boards_are_filled_and_the_alert_is_hatched() -> None:
    alert = AlertOutline((ring(20.65),), ((HERE, 5.0),))
    svg = area_map([XA], [MapBoard("a", HERE, reached=True), MapBoard("b", Point(20.5, 106.0))], alert, id="m7")
    assert [one.get("class") for one in marks(svg, "dot")] == ["dot reached", "dot"]
    polygon, circle = marks(svg, "alert")
    assert polygon.get("fill") == circle.get("fill") == "url(#m7-hatch)"
    assert [one.get("id") for one in parsed(svg).iter("{*}pattern")] == ["m7-hatch"]


def test_an_alert_of_half_the_country_does_not_shrink_the_area_to_a_dot() -> None:
    wide = AlertOutline((ring(17, 107, 6),), ((Point(16.0, 108.0), 900.0),))
    for alert in (None, wide):
        (outline,) = marks(area_map([XA], [], alert), "here")
        steps = re.findall(r"(-?[\d.]+) (-?[\d.]+)", (outline.get("d") or "").split("l")[1])
        assert sum(abs(float(across)) for across, _ in steps) > WIDTH / 3, "its width, there and back"


def test_only_an_alert_without_areas_is_drawn_whole() -> None:
    svg = area_map([], [], AlertOutline(circles=((HERE, 30.0),)))
    (circle,) = marks(svg, "alert")
    assert float(circle.get("r") or 0) > 100


def test_without_anything_there_is_no_map() -> None:
    assert area_map([MapArea("Xã", here=True)], []) == ""


def test_boards_at_one_place_share_a_dot() -> None:
    svg = area_map([XA], [MapBoard("Trụ sở", HERE), MapBoard("Một cửa", HERE), MapBoard("Chợ", HERE)])
    assert len(marks(svg, "dot")) == 1
    assert "Trụ sở và 2 bảng khác" in texts(svg)


def test_a_province_with_5000_boards_stays_below_200_kilobytes() -> None:
    communes = [
        MapArea(f"Xã số {at}", (ring(20 + at % 10 / 10, 106 + at // 10 / 10, 0.05, 1_500),)) for at in range(104)
    ]
    boards = [
        MapBoard(f"Nhà văn hóa thôn số {at} xã có tên dài", Point(20 + at % 71 / 71, 106 + at % 73 / 73), at % 3 == 0)
        for at in range(5_000)
    ]
    alert = AlertOutline((ring(20.5, 106.5, 0.3, 5_000),))
    svg = area_map([*communes, MapArea("Tỉnh", (ring(20.5, 106.5, 0.6, 20_000),), here=True)], boards, alert)
    assert len(svg.encode()) <= 200_000
    assert len(marks(svg, "dots")) == 1 + 1


@pytest.mark.parametrize("degrees", [0.001, 30.0], ids=["at places", "far around"])
def test_an_alert_of_thousands_of_circles_or_outlines_stays_below_200_kilobytes(degrees: float) -> None:
    centres = [Point(20.5 + at % 71 / 300, 105.9 + at % 73 / 300) for at in range(5_000)]
    circles = AlertOutline(circles=tuple((centre, degrees * 111) for centre in centres))
    outlines = AlertOutline(tuple(ring(lat, lon, degrees, 4) for lat, lon in centres))
    for alert in (circles, outlines):
        svg = area_map([XA], [MapBoard("Trụ sở", HERE)], alert)
        assert len(svg.encode()) <= 200_000
        assert marks(svg, "alert")


def test_what_of_an_alert_lies_beyond_the_drawing_is_left_out() -> None:
    away = Point(10.0, 106.0)
    alert = AlertOutline((ring(10.0, 106.0), ring(20.65)), ((away, 5.0), (HERE, 5.0)))
    outline, circle = marks(area_map([XA], [], alert), "alert")
    assert (outline.get("d") or "").count("M") == 1
    assert 0 < float(circle.get("cy") or 0) < 400


PLACES = st.tuples(st.floats(0, WIDTH), st.floats(0, 300))


@given(st.lists(st.builds(Named, st.text("abcđ ", min_size=1, max_size=40), PLACES, st.booleans()), max_size=25))
def test_no_name_covers_another_one_or_leaves_the_map(names: list[Named]) -> None:
    boxes = []
    for label in placed(names, 300):
        wide = len(label.text) * 7.75
        left = label.x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor]
        assert left >= 0
        assert left + wide <= WIDTH
        boxes.append((left, label.y - 10, left + wide, label.y + 3.75))
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart


@given(st.integers(-80, 80), st.integers(-170, 170), st.floats(0, 8), st.floats(0, 8))
def test_what_is_to_be_shown_lies_within_the_drawing(south: int, west: int, tall: float, wide: float) -> None:
    box = Box(south, west, south + tall, west + wide)
    projection = Projection.fitting(box)
    for lat in (box.south, box.north):
        for lon in (box.west, box.east):
            x, y = projection.place(Point(lat, lon))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= projection.height
    assert 0 < scale_length(projection) * projection.scale <= WIDTH / 4 + 1e-9


def test_simplifying_keeps_the_line_near_and_every_ring() -> None:
    projection = Projection.fitting(Box(20.4, 105.8, 20.8, 106.2))
    fine, small = ring(degrees=0.15, points=5_000), ring(20.7, degrees=0.0001)
    line, speck = drawn(projection, [fine, small], 2.0)
    assert len(line) < 700
    assert len(speck) == 3
    for point in fine[::50]:
        assert min(math.dist(projection.place(point), kept) for kept in line) <= 2.0
