"""Outlines and circles: latitude first, closed, parted, as written; what cannot be read is left out and told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.formats.cap.document import Ring
from feeds.formats.cap.geometry import MAX_POINTS, Unreadable, circle, rings
from tests.feeds.formats.cap.documents import RING, alert, area, info, one, only_info


def ring(*points: tuple[float, float]) -> Ring:
    """An outline, for comparisons."""
    return points


def test_a_closed_outline_is_read_as_written() -> None:
    assert rings("20.1,106.2 20.1,106.9\n20.8,106.9\t20.8,106.2 20.1,106.2") == ((RING,), "")


def test_blanks_around_commas_do_not_matter() -> None:
    assert rings(" 20.1, 106.2 20.1 ,106.9 20.8 , 106.9 20.8,106.2 20.1,106.2 ") == ((RING,), "")


def test_an_open_outline_is_closed_and_told() -> None:
    found, remark = rings("20.1,106.2 20.1,106.9 20.8,106.9 20.8,106.2")
    assert found == (RING,)
    assert "không khép kín" in remark


def test_a_point_written_twice_in_a_row_counts_once() -> None:
    assert rings("20.1,106.2 20.1,106.2 20.1,106.9 20.8,106.9 20.8,106.2 20.1,106.2 20.1,106.2") == ((RING,), "")


def test_an_outline_ends_where_it_returns_to_its_first_point() -> None:
    found, remark = rings("0,0 0,1 1,1 0,0 5,5 5,6 6,6 6,5 5,5")
    assert found == (ring((0, 0), (0, 1), (1, 1), (0, 0)), ring((5, 5), (5, 6), (6, 6), (6, 5), (5, 5)))
    assert remark == ""


def test_outlines_may_share_their_first_point() -> None:
    found, remark = rings("0,0 0,1 1,1 0,0 -1,0 -1,-1 0,0 2,0 2,-2 0,0")
    assert [one[0] for one in found] == [(0, 0)] * 3
    assert [one[1] for one in found] == [(0, 1), (-1, 0), (2, 0)]
    assert remark == ""


def test_a_rest_of_too_few_points_is_left_out_and_told() -> None:
    found, remark = rings("0,0 0,1 1,1 0,0 5,5 5,6")
    assert found == (ring((0, 0), (0, 1), (1, 1), (0, 0)),)
    assert "chưa đủ 4 điểm" in remark


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("20,106 20,107 21,107", "chưa đủ 4 điểm"),
        ("20,106", "chưa đủ 4 điểm"),
        ("106.2,20.1 106.9,20.1 106.9,20.8 106.2,20.1", "ngoài phạm vi"),
        ("20,106 20,181 21,107 20,106", "ngoài phạm vi"),
        ("-91,106 20,107 21,107 -91,106", "ngoài phạm vi"),
        ("20 106 20 107 21 107 20 106", "Không đọc được tọa độ"),
        ("20.1,106.2,0 20.1,106.9,0 20.8,106.9,0 20.1,106.2,0", "Không đọc được tọa độ"),
        ("nan,106 20,107 21,107 nan,106", "Không đọc được tọa độ"),
        ("1e1,106 20,107 21,107 1e1,106", "Không đọc được tọa độ"),
        ("20,106 20,107 20,106 20,107 20,106", "không quây thành vùng"),
        ("20,106 20,106 20,106 20,106", "không quây thành vùng"),
        ("1,1 " * (MAX_POINTS + 1), "quá nhiều điểm"),
    ],
)
def test_an_outline_that_cannot_be_read_is_refused(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        rings(text)


@pytest.mark.parametrize(
    "points",
    [
        ((-16, 179), (-18, 179), (-18, -179), (-16, -179), (-16, 179)),
        ((-16, -179), (-16, 179), (-18, 179), (-18, -179), (-16, -179)),
        ((-90, -180), (-90, 180), (90, 180), (90, -180), (-90, -180)),
        ((70, 0), (70, 120), (70, -120), (70, 0)),
    ],
)
def test_points_stay_as_they_are_written_at_the_antimeridian_and_round_a_pole(points: Ring) -> None:
    ((found,), remark) = rings(" ".join(f"{latitude},{longitude}" for latitude, longitude in points))
    assert (found, remark) == (points, "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("-35.3888,147.0598 25.0", (-35.3888, 147.0598, 25.0)),
        ("12.747, -88.783 0", (12.747, -88.783, 0.0)),
        ("20.5,106.3,12", (20.5, 106.3, 12.0)),
    ],
)
def test_a_circle(text: str, found: tuple[float, float, float]) -> None:
    assert circle(text) == found


@pytest.mark.parametrize("text", ["20.5,106.3", "20.5,106.3 -1", "106.3,20.5 5", "20,106 25000", "20,106 x", ""])
def test_a_circle_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        circle(text)


def test_what_cannot_be_read_leaves_the_rest_of_an_area() -> None:
    inside = "<polygon>106,20 107,20 107,21 106,20</polygon><polygon/><circle>20.5,106.3 5</circle><circle>x</circle>"
    got = one(alert(info(areas=area(inside))))
    (where,) = got.infos[0].areas
    assert (where.polygons, where.circles) == ((), ((20.5, 106.3, 5.0),))
    assert got.notes == (
        "Tọa độ nằm ngoài phạm vi vĩ độ, kinh độ nên đã bỏ qua.",
        "Không đọc được vòng tròn nên đã bỏ qua.",
    )


def test_areas_keep_all_outlines_circles_codes_and_heights() -> None:
    codes = "".join(f"<geocode><valueName>ISO 3166-2</valueName><value>VN-{n}</value></geocode>" for n in (66, 33))
    inside = (
        "<polygon>0,0 0,1 1,1 0,0</polygon><polygon>2,2 2,3 3,3 2,2</polygon><circle>1,2 3</circle>"
        f"<circle>4,5 0</circle>{codes}<altitude>328.084</altitude><ceiling>9000</ceiling>"
    )
    (where,) = only_info(alert(info(areas=area(inside)))).areas
    assert len(where.polygons) == 2
    assert where.circles == ((1.0, 2.0, 3.0), (4.0, 5.0, 0.0))
    assert where.codes == (("ISO 3166-2", "VN-66"), ("ISO 3166-2", "VN-33"))
    assert (where.altitude, where.ceiling) == (328.084, 9000.0)


POINTS = st.tuples(st.integers(-90, 90), st.integers(-180, 180))


@given(st.lists(POINTS, max_size=30))
def test_every_outline_is_closed_and_follows_the_points_as_written(points: list[tuple[int, int]]) -> None:
    try:
        found, _ = rings(" ".join(f"{latitude},{longitude}" for latitude, longitude in points))
    except Unreadable:
        return
    for outline in found:
        assert len(outline) >= 4
        assert outline[0] == outline[-1]
        assert set(outline) <= set(points)
