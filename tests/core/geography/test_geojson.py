"""GeoJSON is read as map programs write it, with the longitude first; what is no area is refused."""

from __future__ import annotations

import json

import pytest

from server.core.geography import geojson
from server.core.model import Point

RING = [[106.0, 20.0], [106.1, 20.0], [106.1, 20.1], [106.0, 20.0]]
OTHER = [[107.0, 20.0], [107.1, 20.0, 5.5], [107.1, 20.1], [107.0, 20.0]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
READ = (Point(20.0, 106.0), Point(20.0, 106.1), Point(20.1, 106.1), Point(20.0, 106.0))


def feature(geometry: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"name": "Xã Minh Tân"}, "geometry": geometry}


@pytest.mark.parametrize(
    "document",
    [
        POLYGON,
        {"type": "MultiPolygon", "coordinates": [[RING]]},
        feature(POLYGON),
        {"type": "FeatureCollection", "features": [feature(POLYGON), feature(None)]},
        {"type": "GeometryCollection", "geometries": [POLYGON]},
        {**POLYGON, "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
    ],
)
def test_every_object_with_an_area_is_read(document: object) -> None:
    reading = geojson.read("\ufeff" + json.dumps(document))
    assert (reading.outline, reading.notes) == ((READ,), ())


def test_several_areas_are_taken_together_and_the_rest_is_noted() -> None:
    point = {"type": "Point", "coordinates": [106, 20]}
    two = {"type": "MultiPolygon", "coordinates": [[RING, RING], [OTHER]]}
    reading = geojson.read(json.dumps({"type": "FeatureCollection", "features": [feature(point), feature(two)]}))
    assert len(reading.outline) == 2
    assert reading.notes == (
        "Tệp có 2 vùng, đã gộp tất cả.",
        "Đã bỏ qua 1 điểm hoặc đường trong tệp: chúng không phải vùng.",
        "Đã bỏ 1 lỗ bên trong: người ở đó được cảnh báo cùng vùng bao quanh.",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("files/xa.geojson", "không đọc được như JSON"),
        ("[" * 100_000, "không đọc được như JSON"),
        ("[]", "không đúng dạng GeoJSON"),
        ('{"type": "Topology"}', "không đúng dạng GeoJSON"),
        ('{"type": ["Polygon"]}', "không đúng dạng GeoJSON"),
        ('{"type": "Polygon", "coordinates": []}', "không đúng dạng GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[]]}', "không đúng dạng GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[["106", "20"]]]}', "không đúng dạng GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[[true, 20]]]}', "không đúng dạng GeoJSON"),
        (json.dumps({"type": "Polygon", "coordinates": [[[10**400, 20]]]}), "không đúng dạng GeoJSON"),
        ('{"type": "Point", "coordinates": [106, 20]}', "«Point», không phải vùng"),
        ('{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null}]}', "không có vòng nào"),
        (json.dumps({**POLYGON, "crs": {"properties": {"name": "EPSG:5899"}}}), "hệ tọa độ khác"),
        (json.dumps({"type": "Polygon", "coordinates": [[one[::-1] for one in RING]]}), "vĩ độ đứng trước"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 20], [106, 20], [106, 21]]]}', "Kinh độ nan"),
        ('{"type": "Polygon", "coordinates": [[[1e400, 20], [106, 20], [106, 21]]]}', "Kinh độ inf"),
        (" " * (geojson.LARGEST + 1), "lớn quá 5 MB"),
    ],
)
def test_what_is_no_area_is_refused_with_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        geojson.read(text)


def test_nested_collections_end_in_a_sentence() -> None:
    nested: object = POLYGON
    for _ in range(50):
        nested = {"type": "GeometryCollection", "geometries": [nested]}
    with pytest.raises(ValueError, match="không đúng dạng GeoJSON"):
        geojson.read(json.dumps(nested))


def test_what_is_written_is_read_back_exactly() -> None:
    outline = ((Point(20.1, 106.2), Point(20.3, 106.000000000001), Point(21.0, 105.5), Point(20.1, 106.2)), READ)
    text = geojson.text_of(outline)
    assert geojson.outline_in(text) == outline
    assert geojson.read(text).outline == outline
    assert geojson.digest(outline) != geojson.digest(outline[:1])
