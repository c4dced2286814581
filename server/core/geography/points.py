"""Reads a point as people type it: numbers, degrees, minutes, links of maps; called by desk, setup and outlines."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from server.core.model import Point

LONGEST = 2_000
_NUMBER = r"[-+]?[0-9]{1,3}(?:[.,][0-9]+)?"
_PLAIN = re.compile(rf"({_NUMBER})\s*°?\s*(?:[;/]\s*|,\s+|\s+)({_NUMBER})\s*°?")
# Without a blank, a comma separates only numbers with a decimal point, or four groups: "20,106" stays unreadable.
_DOTTED = re.compile(r"(?=.*\.)([-+]?[0-9]{1,3}(?:\.[0-9]+)?),([-+]?[0-9]{1,3}(?:\.[0-9]+)?)")
_COMMAS = re.compile(r"([-+]?[0-9]{1,3},[0-9]+),([-+]?[0-9]{1,3},[0-9]+)")
# 20°38'47,0"B 106°03'04"Đ; N, S, E, W are English, B (bắc), N (nam), Đ (đông), T (tây) Vietnamese.
_DEGREES = re.compile(
    r"""([0-9]{1,3}(?:[.,][0-9]+)?)\s*°\s*(?:([0-9]{1,2}(?:[.,][0-9]+)?)\s*['′’]\s*)?"""
    r"""(?:([0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:["″”]|''|’’)\s*)?([NSEWBĐT])""",
    re.IGNORECASE,
)
_PIN = re.compile(r"!3d(-?[0-9.]+)!4d(-?[0-9.]+)")
_AT = re.compile(r"@(-?[0-9.]+),(-?[0-9.]+)")
_HASH = re.compile(r"(?:^|&)map=[0-9.]+/(-?[0-9.]+)/(-?[0-9.]+)")
_PAIR = re.compile(r"(?:loc:)?\s*(-?[0-9]{1,3}(?:\.[0-9]+)?)\s*,\s*(-?[0-9]{1,3}(?:\.[0-9]+)?)(?:,[0-9.]+z)?\s*")
_PARAMETERS = ("q", "query", "ll", "destination", "daddr", "center", "sll")
_SHORT = ("maps.app.goo.gl", "goo.gl", "osm.org", "g.co")
_UNREADABLE = (
    "Không hiểu vị trí này. Hãy viết vĩ độ rồi kinh độ, như 20,6464 106,0511, hoặc dán liên kết của Google Maps hay "
    "OpenStreetMap có tọa độ."
)


def point_in(text: str) -> Point:
    """Returns the point in ``text``: latitude and longitude, or a link of a map that contains them.

    Numbers may have a decimal comma or point. Latitude and longitude are never swapped by a guess. Raises ValueError
    with a Vietnamese sentence.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise ValueError(_UNREADABLE)
    if re.match(r"(?:https?://|geo:|www\.|maps\.)", text, re.IGNORECASE):
        return checked(*_of_link(text))
    if "°" in text and (found := _of_degrees(text)):
        return checked(*found)
    for shape in (_DOTTED, _COMMAS, _PLAIN):
        if match := shape.fullmatch(text):
            return checked(_number(match[1]), _number(match[2]))
    raise ValueError(_UNREADABLE)


def checked(lat: float, lon: float) -> Point:
    """The point with these degrees. Raises ValueError with a Vietnamese sentence if they are out of range."""
    if not abs(lat) <= 90:  # also true of what is no number
        if abs(lat) <= 180 and abs(lon) <= 90:
            raise ValueError(
                f"Vĩ độ {_text(lat)} nằm ngoài khoảng từ -90 đến 90: vĩ độ đứng trước, kinh độ đứng sau."
            )
        raise ValueError(f"Vĩ độ {_text(lat)} nằm ngoài khoảng từ -90 đến 90.")
    if not abs(lon) <= 180:
        raise ValueError(f"Kinh độ {_text(lon)} nằm ngoài khoảng từ -180 đến 180.")
    return Point(lat, lon)


def point_text(point: Point | None) -> str:
    """The point as `point_in` reads it, with decimal commas: "20,6464 106,0511"; "" for None."""
    return "" if point is None else " ".join(_text(one) for one in point)


def _text(degrees: float) -> str:
    return f"{degrees:.7f}".rstrip("0").rstrip(".").replace(".", ",")


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _of_degrees(text: str) -> tuple[float, float] | None:
    found = _DEGREES.findall(text)
    rest = _DEGREES.sub("", text).strip(" ,;\n\t")
    if len(found) != 2 or rest:
        return None
    (first, first_side), (second, second_side) = ((_degrees(*one[:3]), one[3].upper()) for one in found)
    south, west = first_side == "S" or (first_side == "N" and second_side in "ĐT"), second_side in "WT"
    if first_side not in "NSB" or second_side not in "EWĐT":
        return None
    return (-first if south else first, -second if west else second)


def _degrees(whole: str, minutes: str, seconds: str) -> float:
    return _number(whole) + _number(minutes or "0") / 60 + _number(seconds or "0") / 3600


def _of_link(text: str) -> tuple[float, float]:
    """Returns the coordinates in a link of a map: those of a marked place, else those of the middle of the map.

    Raises ValueError with a Vietnamese sentence.
    """
    if text.lower().startswith("geo:"):
        match = _PAIR.match(text[4:])
        if match:
            return float(match[1]), float(match[2])
        raise ValueError(_UNREADABLE)
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.hostname in _SHORT:
        raise ValueError(
            "Liên kết rút gọn không mang tọa độ. Hãy mở nó trong trình duyệt, rồi chép địa chỉ đầy đủ hoặc tọa độ."
        )
    path, query = unquote(parts.path), dict(parse_qsl(parts.query))
    marked = [query[name] for name in _PARAMETERS if name in query]
    if "mlat" in query and "mlon" in query:
        marked.insert(0, f"{query['mlat']},{query['mlon']}")
    if match := _PIN.search(path):
        return _pair(match)
    pairs = [*marked, *path.replace("+", " ").split("/")]
    if found := next((match for one in pairs if (match := _PAIR.fullmatch(one))), None):
        return _pair(found)
    if match := _AT.search(path) or _HASH.search(parts.fragment):
        return _pair(match)
    raise ValueError("Liên kết này không mang tọa độ. Hãy mở nó, rồi chép tọa độ của nơi ấy.")


def _pair(match: re.Match[str]) -> tuple[float, float]:
    try:
        return float(match[1]), float(match[2])
    except ValueError as error:
        raise ValueError(_UNREADABLE) from error
