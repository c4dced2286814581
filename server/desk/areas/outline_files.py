"""Reads the outline of an area from an uploaded GeoJSON or KML file; called by server.desk.areas.form."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from server.core.geography import geojson
from server.core.geography.outlines import OutlineReading, checked

_POLYGON = "//*[local-name()='Polygon']"
_OUTER = "*[local-name()='outerBoundaryIs']//*[local-name()='coordinates']"
_INNER = "//*[local-name()='Polygon']/*[local-name()='innerBoundaryIs']"


def read(content: bytes) -> OutlineReading:
    """Returns the outline in the file ``content``, with notes on it.

    Raises ValueError, with a Vietnamese sentence, if the file is too large, is not GeoJSON or KML, or has no valid
    outline.
    """
    if len(content) > geojson.LARGEST:
        raise ValueError(f"Tệp đường bao lớn quá {geojson.LARGEST // 1024 // 1024} MB.")
    if content.startswith(b"PK"):
        raise ValueError("Đây là tệp nén (KMZ hoặc shapefile). Hãy giải nén, rồi gửi tệp .kml hoặc .geojson.")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _read_kml(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("Chỉ nhận tệp GeoJSON (.geojson, .json) hoặc KML (.kml).") from error
    return geojson.read(text)


def _read_kml(content: bytes) -> OutlineReading:
    """Returns the outline in a KML file, made of all its polygons.

    Holes in polygons are left out, which a note says. Raises ValueError, with a Vietnamese sentence, if the file
    cannot be parsed or has no valid polygon.
    """
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("Không đọc được tệp KML: tệp bị hỏng.") from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("Không nhận tệp KML có khai báo DOCTYPE.")
    rings = list(_rings(root))
    if not rings:
        raise ValueError("Tệp KML không có vùng nào (Polygon).")
    notes = [f"Tệp có {len(rings)} vùng, đã gộp tất cả."] if len(rings) > 1 else []
    holes = len(_found(root, _INNER))
    if holes:
        notes.append(geojson.holes_note(holes))
    return checked(rings, notes)


def _rings(root: etree._Element) -> Iterator[list[tuple[float, float]]]:
    """Yields the outer ring of each polygon in a KML document, as pairs (latitude, longitude) in degrees.

    Raises ValueError with a Vietnamese sentence if a position cannot be parsed.
    """
    for polygon in _found(root, _POLYGON):
        for coordinates in _found(polygon, _OUTER):
            try:
                yield [_position(text) for text in (coordinates.text or "").split()]
            except ValueError as error:
                raise ValueError("Tệp KML có điểm không đúng dạng: cần kinh độ,vĩ độ.") from error


def _found(element: etree._Element, path: str) -> list[etree._Element]:
    found = element.xpath(path)
    return [one for one in found if isinstance(one, etree._Element)] if isinstance(found, list) else []


def _position(text: str) -> tuple[float, float]:
    """Parses "longitude,latitude" or "longitude,latitude,height" and returns (latitude, longitude) in degrees.

    Raises ValueError for any other text.
    """
    lon, lat, *_ = text.split(",")
    return float(lat), float(lon)
