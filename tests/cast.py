"""Sample data for all tests: four people, and one province with two communes.

The functions build objects with defaults, so that a test names only the fields that matter to it. ``NOW`` is fixed: a
Monday, 07:30 in Vietnam.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from feeds.entry import Entry
from server.core.model import (
    Announcement,
    Area,
    Board,
    Format,
    Lane,
    Media,
    Notice,
    Point,
    Source,
    Story,
    Window,
)

NOW = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Role = Literal["operator", "editor", "keeper"]


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the desk; ``role`` applies to ``area`` and all areas below it.

    ``slug`` is the username, which the audit records as the actor.
    """

    slug: str
    name: str
    role: Role
    area: str


OPERATOR = Person("hoa", "Nguyễn Thị Hoa", "operator", "xa-minh-tan")
EDITOR = Person("lan", "Trần Ngọc Lan", "editor", "tinh")
SECOND_EDITOR = Person("minh", "Lê Quang Minh", "editor", "tinh")
KEEPER = Person("tuan", "Phạm Anh Tuấn", "keeper", "tinh")
PEOPLE = (OPERATOR, EDITOR, SECOND_EDITOR, KEEPER)

TINH = Area("tinh", "Tỉnh Hưng Yên", codes=("VN-66",), phone="0221 3863 113")
MINH_TAN = Area("xa-minh-tan", "Xã Minh Tân", parent="tinh")
DONG_HAI = Area("xa-dong-hai", "Xã Đông Hải", parent="tinh")
AREAS = (TINH, MINH_TAN, DONG_HAI)

TIN_TINH = Source(
    "tin-tinh",
    "Cổng thông tin tỉnh",
    "feed",
    "https://tinh.example.vn/tin.xml",
    label="TIN TỈNH",
    area="tinh",
    trust="auto",
)
TIN_XA = Source(
    "tin-xa",
    "Trang tin xã Minh Tân",
    "page",
    "https://minhtan.example.vn/tin-tuc",
    label="TIN XÃ",
    area="xa-minh-tan",
    trust="hold",
)
SOURCES = (TIN_TINH, TIN_XA)

HOI_TRUONG = Board(
    "hoi-truong",
    "Hội trường tỉnh",
    "tinh",
    public=True,
    lanes=(Lane("tin-tinh"),),
    point=Point(20.646, 106.051),
)
BOARD_MINH_TAN = Board(
    "xa-minh-tan",
    "Trụ sở xã Minh Tân",
    "xa-minh-tan",
    public=True,
    format=Format("portrait", "S"),
    lanes=(Lane("tin-xa"), Lane("tin-tinh", most=5, newest_days=7)),
)
PHO_DONG_HAI = Board(
    "pho-dong-hai",
    "Phố Đông Hải",
    "xa-dong-hai",
    public=True,
    format=Format("landscape", "L"),
    lanes=(Lane("tin-tinh", most=10),),
)
BOARDS = (HOI_TRUONG, BOARD_MINH_TAN, PHO_DONG_HAI)


def area(slug: str = "xa-thu-ba", **changes: Any) -> Area:
    """A commune of the province, the third one beside the two of the cast."""
    return replace(Area(slug, f"Xã {slug}", parent="tinh"), **changes)


def source(slug: str = "tin-moi", **changes: Any) -> Source:
    """A feed of the province whose stories air without approval."""
    return replace(TIN_TINH, slug=slug, url=f"https://tinh.example.vn/{slug}.xml", **changes)


def board(slug: str = "bang-moi", **changes: Any) -> Board:
    """A landscape board of the province with one lane."""
    return replace(HOI_TRUONG, slug=slug, name=f"Bảng {slug}", **changes)


def story(id: int = 1, **changes: Any) -> Story:
    """An approved story of the province, published an hour ago and first seen by the harvest a minute after that."""
    made = Story(
        id=id,
        source="tin-tinh",
        identity=f"tin-{id}",
        title=f"Khánh thành cầu số {id}",
        summary="Cầu mới nối hai xã, rút ngắn đường đi mười cây số.",
        link=f"https://tinh.example.vn/bai/{id}",
        published=NOW - HOUR,
        first_seen=NOW - HOUR + MINUTE,
    )
    return replace(made, **changes)


def announcement(id: int = 0, **changes: Any) -> Announcement:
    """An approved announcement of the province, shown for a day from now."""
    made = Announcement(
        id=id,
        area="tinh",
        title="Lịch tiếp công dân",
        text="Tiếp công dân sáng thứ Năm, từ 7 giờ 30, tại phòng một cửa.",
        windows=(Window(NOW, NOW + DAY),),
        created=NOW,
        created_by=OPERATOR.slug,
    )
    return replace(made, **changes)


def notice(id: int = 0, **changes: Any) -> Notice:
    """A live urgent storm notice for the whole province, valid for an hour."""
    made = Notice(
        id=id,
        level="urgent",
        headline="Bão số 3 đổ bộ chiều nay, người dân không ra đường",
        areas=("tinh",),
        issued=NOW,
        until=NOW + HOUR,
        acts=("Ở trong nhà", "Tắt cầu dao khi nước vào nhà"),
        danger="Bão",
        risk=3,
        sender="Ban chỉ huy phòng thủ dân sự tỉnh",
        created_by=EDITOR.slug,
    )
    return replace(made, **changes)


def media(hash: str = "0123456789abcdef", **changes: Any) -> Media:
    """The record of a stored picture of 1280 x 720 pixels."""
    return replace(Media(hash, 1280, 720), **changes)


def entry(id: str = "bai-1", **changes: Any) -> Entry:
    """An article as read from a source, published an hour ago, without a picture."""
    made = Entry(
        id=id,
        title=f"Khánh thành cầu {id}",
        summary="Cầu mới nối hai xã, rút ngắn đường đi mười cây số.",
        link=f"https://tinh.example.vn/{id}",
        published=NOW - HOUR,
        language="vi",
    )
    return replace(made, **changes)
