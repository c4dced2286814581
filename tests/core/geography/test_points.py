"""A point is read in the shapes in which people type it and maps give it; nothing is swapped by guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.geography.points import point_in, point_text
from server.core.model import Point

HERE = Point(20.6464, 106.0511)
MAPS = "https://www.google.com/maps"


@pytest.mark.parametrize(
    "text",
    [
        "20,6464 106,0511",
        "20.6464 106.0511",
        "20.6464, 106.0511",
        "20.6464,106.0511",
        "20,6464; 106,0511",
        "20,6464, 106,0511",
        "20,6464,106,0511",
        "  20.6464\t106.0511\n",
        "20.6464° 106.0511°",
        "20.6464°N, 106.0511°E",
        "20,6464°B 106,0511°Đ",
        "20°38'47.04\"N 106°03'03.96\"E",
        "20°38′47,04″B 106°3′3,96″Đ",
        f"{MAPS}/@20.6464,106.0511,15z",
        f"{MAPS}/place/X/@20.7,106.1,17z/data=!3m1!4b1!4m6!3m5!1s0x0!8m2!3d20.6464!4d106.0511",
        f"{MAPS}/search/?api=1&query=20.6464%2C106.0511",
        f"{MAPS}/search/20.6464,+106.0511?entry=tts",
        "https://maps.google.com/?q=20.6464,106.0511&z=12",
        "www.google.com/maps/@20.6464,106.0511,15z",
        "https://www.openstreetmap.org/#map=15/20.6464/106.0511",
        "https://www.openstreetmap.org/?mlat=20.6464&mlon=106.0511#map=12/21.0/105.8",
        "geo:20.6464,106.0511?z=15",
    ],
)
def test_every_usual_shape_is_read(text: str) -> None:
    assert point_in(text) == pytest.approx(HERE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chợ Minh Tân", "Không hiểu vị trí"),
        ("", "Không hiểu vị trí"),
        ("20,106", "Không hiểu vị trí"),
        ("20.6464", "Không hiểu vị trí"),
        ("20 106 5", "Không hiểu vị trí"),
        ("106.0511°E 20.6464°N", "Không hiểu vị trí"),
        ("106.0511, 20.6464", "vĩ độ đứng trước"),
        ("195 20", "Vĩ độ 195 nằm ngoài khoảng từ -90 đến 90."),
        ("20 181", "Kinh độ 181 nằm ngoài"),
        ("https://maps.app.goo.gl/abcdef", "Liên kết rút gọn"),
        ("https://www.google.com/maps/place/Minh+T%C3%A2n", "không mang tọa độ"),
        ("https://example.vn/?q=" + "1" * 3000, "Không hiểu vị trí"),
        (f"{MAPS}/@20.6.4,106,15z", "Không hiểu vị trí"),
        ("geo:x", "Không hiểu vị trí"),
    ],
)
def test_what_is_no_point_is_refused_with_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        point_in(text)


def test_the_south_and_the_west_are_negative_in_both_languages() -> None:
    assert point_in("20°30'S 106°30'W") == Point(-20.5, -106.5)
    assert point_in("20°30'N 106°30'T") == Point(-20.5, -106.5), "N is nam beside T"


DEGREES = st.integers(-90 * 10**7, 90 * 10**7)


@given(DEGREES, DEGREES)
def test_what_is_written_is_read_again(lat: int, lon: int) -> None:
    point = Point(lat / 10**7, lon / 10**7)
    assert point_in(point_text(point)) == pytest.approx(point, abs=1e-12)
