"""Outlines come as GeoJSON or KML; other files are refused with what to do instead."""

from __future__ import annotations

import pytest

from server.core.geography import geojson
from server.core.model import Point
from server.desk.areas.outline_files import read
from tests.desk.areas.places import circle

RING = "106.0,20.0,0 106.1,20.0,0\n106.1,20.1 106.0,20.0,0"
POLYGON = (
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>{}</coordinates></LinearRing></outerBoundaryIs>{}</Polygon>"
)
HOLE = "<innerBoundaryIs><LinearRing><coordinates>1,1 2,2 3,3</coordinates></LinearRing></innerBoundaryIs>"


def kml(*polygons: str) -> bytes:
    body = "".join(f"<Placemark>{one}</Placemark>" for one in polygons)
    return f'\ufeff<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'.encode()


def test_a_kml_file_is_read_with_the_longitude_first() -> None:
    reading = read(kml(POLYGON.format(RING, "")))
    assert reading.outline == ((Point(20.0, 106.0), Point(20.0, 106.1), Point(20.1, 106.1), Point(20.0, 106.0)),)
    assert reading.notes == ()


def test_all_polygons_of_a_kml_file_are_taken_and_holes_noted() -> None:
    reading = read(kml(POLYGON.format(RING, HOLE), POLYGON.format(RING.replace("106", "107"), "")))
    assert len(reading.outline) == 2
    assert reading.notes == ("Tệp có 2 vùng, đã gộp tất cả.", geojson.holes_note(1))


def test_a_geojson_file_is_read_with_and_without_a_mark_of_its_encoding() -> None:
    text = circle(20.6, 106.0)
    assert read(text.encode()) == read(text.encode("utf-8-sig")) == geojson.read(text)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "Hãy giải nén"),
        (b"\xff\xd8\xff\xe0", "Chỉ nhận tệp GeoJSON"),
        (b"", "không đọc được như JSON"),
        (b"<kml>", "tệp bị hỏng"),
        (kml(), "không có vùng nào"),
        (kml(POLYGON.format("106 20", "")), "cần kinh độ,vĩ độ"),
        (kml(POLYGON.format("106,x 1,2", "")), "cần kinh độ,vĩ độ"),
        (kml(POLYGON.format("", "")), "không bao quanh gì"),
        (b'<!DOCTYPE k [<!ENTITY a "106,20">]><kml><Polygon>&a;</Polygon></kml>', "DOCTYPE"),
        (b" " * (geojson.LARGEST + 1), "lớn quá 5 MB"),
    ],
)
def test_other_files_are_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(content)
