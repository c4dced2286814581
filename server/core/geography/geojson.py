"""Reads outlines from GeoJSON (RFC 7946) and writes them; called by setup, by the store's column and by the desk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from server.core.geography.outlines import OutlineReading, checked
from server.core.model import Outline, Point

LARGEST = 5 * 1024 * 1024
"""In characters."""
_DEEPEST = 8
_OTHER_KINDS = ("Point", "MultiPoint", "LineString", "MultiLineString")
_COLLECTIONS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
_NUMBERS = (int, float)
_WGS84 = ("CRS84", "4326")


class MalformedError(ValueError):
    """Raised for text that is JSON, but not GeoJSON as RFC 7946 defines it."""

    def __init__(self) -> None:
        super().__init__("Tệp đường bao có chỗ không đúng dạng GeoJSON.")


def read(text: str) -> OutlineReading:
    """Reads the outline in a GeoJSON text: a Polygon, a MultiPolygon, or features with these.

    All polygons together are the area. Holes are left out with a note: a person within a hole is warned with the area
    around it. Raises ValueError with a Vietnamese sentence.
    """
    if len(text) > LARGEST:
        raise ValueError(f"Tệp đường bao lớn quá {LARGEST // 1024 // 1024} MB.")
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise ValueError("Tệp đường bao không phải GeoJSON: không đọc được như JSON.") from error
    if isinstance(document, dict):
        _refuse_other_system(document)
    parts = list(_polygons(document))
    polygons = [one for one in parts if not isinstance(one, str)]
    others = [one for one in parts if isinstance(one, str)]
    if others and not polygons:
        raise ValueError(
            f"Tệp GeoJSON có «{others[0]}», không phải vùng. Cần Polygon hoặc MultiPolygon, như QGIS ghi ra."
        )
    notes = list[str]()
    if len(polygons) > 1:
        notes.append(f"Tệp có {len(polygons)} vùng, đã gộp tất cả.")
    if others:
        notes.append(f"Đã bỏ qua {len(others)} điểm hoặc đường trong tệp: chúng không phải vùng.")
    holes = sum(len(polygon) - 1 for polygon in polygons)
    if holes:
        notes.append(holes_note(holes))
    return checked((_ring(polygon[0]) for polygon in polygons), notes)


def holes_note(count: int) -> str:
    """Returns the Vietnamese note that ``count`` holes were left out."""
    return f"Đã bỏ {count} lỗ bên trong: người ở đó được cảnh báo cùng vùng bao quanh."


def text_of(outline: Outline) -> str:
    """The outline as a GeoJSON MultiPolygon, each ring a polygon; `outline_in` reads it back exactly."""
    polygons = [[[[point.lon, point.lat] for point in ring]] for ring in outline]
    return json.dumps({"type": "MultiPolygon", "coordinates": polygons}, separators=(",", ":"))


def digest(outline: Outline) -> str:
    """Returns a hash of the outline, 16 hex digits; different outlines have different hashes."""
    return hashlib.sha256(text_of(outline).encode()).hexdigest()[:16]


def outline_in(text: str) -> Outline:
    """Reads the outline in a text that `text_of` has written, without checking the outline again.

    Raises ValueError, TypeError or LookupError for other text.
    """
    polygons = json.loads(text)["coordinates"]
    return tuple(tuple(Point(float(lat), float(lon)) for lon, lat in rings[0]) for rings in polygons)


def _refuse_other_system(document: Mapping[str, object]) -> None:
    """Raises ValueError if the old member ``crs`` names another system than degrees of WGS 84, such as VN-2000."""
    named = document.get("crs")
    if named is not None and not any(known in json.dumps(named) for known in _WGS84):
        raise ValueError("Tệp GeoJSON dùng hệ tọa độ khác. Hãy xuất lại theo WGS 84 (EPSG:4326).")


def _polygons(value: object, depth: int = 0) -> Iterator[Sequence[object] | str]:
    """Yields each polygon within a GeoJSON object, as its list of rings.

    For each point or line within it, yields the name of its GeoJSON type. Raises MalformedError.
    """
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or depth > _DEEPEST:
        raise MalformedError
    if kind == "Polygon":
        yield _list(value.get("coordinates"))
    elif kind == "MultiPolygon":
        yield from map(_list, _list(value.get("coordinates")))
    elif kind == "Feature":
        if value.get("geometry") is not None:
            yield from _polygons(value["geometry"], depth + 1)
    elif kind in _COLLECTIONS:
        for one in _list(value.get(_COLLECTIONS[kind])):
            yield from _polygons(one, depth + 1)
    elif kind in _OTHER_KINDS:
        yield kind
    else:
        raise MalformedError


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list) or not value:
        raise MalformedError
    return value


def _ring(value: object) -> list[tuple[float, float]]:
    """Reads a ring as (latitude, longitude), without heights; GeoJSON has the longitude first.

    Raises MalformedError.
    """
    found = list[tuple[float, float]]()
    for position in _list(value):
        if not isinstance(position, list) or len(position) < 2:
            raise MalformedError
        lon, lat = position[:2]
        if type(lon) not in _NUMBERS or type(lat) not in _NUMBERS:  # True is no number
            raise MalformedError
        try:
            found.append((float(lat), float(lon)))
        except OverflowError as error:  # a whole number of hundreds of digits
            raise MalformedError from error
    return found
