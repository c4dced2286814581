"""The stories that a board's lanes show: limits of number and age, order, and merging of duplicates."""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Lane
from server.store.database.engine import Database
from server.store.sources import story_lanes
from tests import cast
from tests.cast import DAY, MINUTE, NOW, TIN_TINH, TIN_XA
from tests.store.sources.readings import lanes, newest, read_by, save


def test_a_lane_is_newest_first_limited_by_number_and_age(db: Database) -> None:
    save(db, *(cast.entry(f"bai-{n}", published=NOW - n * DAY) for n in (3, 0, 2, 1)))
    listed = newest(db, most=2)
    assert [story.identity for story in listed] == ["bai-0", "bai-1"]
    recent = read_by(db, Lane("tin-tinh", most=9, newest_days=2))
    assert [story.identity for story in recent] == ["bai-0", "bai-1", "bai-2"]


def test_each_lane_has_its_own_limits(db: Database) -> None:
    for source in (TIN_TINH, replace(TIN_XA, trust="auto")):
        said = (
            cast.entry(
                f"bai-{n}", title=f"{n} {source.slug}", published=NOW - n * DAY, link=f"https://{source.slug}.vn/{n}"
            )
            for n in range(4)
        )
        save(db, *said, source=source)
    assert lanes(db, Lane("tin-tinh", most=1), Lane("tin-xa", newest_days=2)) == [
        ("tin-xa", "bai-0"),
        ("tin-tinh", "bai-0"),
        ("tin-xa", "bai-1"),
        ("tin-xa", "bai-2"),
    ]


def test_no_lanes_give_no_stories_and_a_repeated_lane_is_read_once(db: Database) -> None:
    save(db, cast.entry())
    assert lanes(db) == []
    assert lanes(db, Lane("tin-tinh"), Lane("tin-tinh", most=5)) == [("tin-tinh", "bai-1")]


def test_an_article_in_two_sources_is_shown_from_the_first(db: Database) -> None:
    auto = replace(TIN_XA, trust="auto")
    save(db, cast.entry("guid-xa", link="https://tinh.example.vn/cau"), source=auto)
    save(db, cast.entry("guid-tinh", link="http://tinh.example.vn/cau?utm_medium=rss"), after=MINUTE)
    assert lanes(db, Lane("tin-tinh"), Lane("tin-xa")) == [("tin-xa", "guid-xa")]
    assert lanes(db, Lane("tin-tinh")) == [("tin-tinh", "guid-tinh")]


def test_a_story_of_several_sources_names_them(db: Database) -> None:
    auto = replace(TIN_XA, trust="auto")
    title = "Khánh thành cầu Bến Hiệp nối hai bờ sông Luộc"
    save(db, cast.entry("a", title=title, link="https://minhtan.example.vn/1"), source=auto)
    save(db, cast.entry("b", title=f"{title} sáng nay"), after=MINUTE)
    save(db, cast.entry("c", title=f"{title} số 2"), after=MINUTE)
    (third, first) = read_by(db, Lane("tin-xa"), Lane("tin-tinh"))
    assert (first.identity, first.also) == ("a", ("tin-tinh",))
    assert (third.identity, third.also) == ("c", ())  # another number in the text makes it another story


def test_equal_headlines_days_apart_are_two_stories(db: Database) -> None:
    auto = replace(TIN_XA, trust="auto")
    save(db, cast.entry("a", title="Dự báo thời tiết", link="", published=NOW - 3 * DAY), source=auto)
    save(db, cast.entry("b", title="Dự báo thời tiết", link=""))
    assert len(lanes(db, Lane("tin-tinh"), Lane("tin-xa"))) == 2


def test_a_standard_headline_of_two_communes_is_two_stories(db: Database) -> None:
    for place, at in ((TIN_TINH, "Đông Hải"), (replace(TIN_XA, trust="auto"), "Minh Tân")):
        said = cast.entry(
            at, title="Lịch tiếp công dân", summary=f"Ủy ban {at} nghỉ.", link=f"https://{place.slug}.vn/l"
        )
        save(db, said, source=place)
    assert len(lanes(db, Lane("tin-tinh"), Lane("tin-xa"))) == 2


COMMUNES = (
    ("Lịch tiếp công dân định kỳ quý I năm 2027", "Chủ tịch tiếp dân ngày 5/1.", "Chủ tịch tiếp dân ngày 12/1."),
    ("Mất giấy chứng nhận quyền sử dụng đất mang tên {}", "Thửa số 8, thôn Nội.", "Thửa số 31, thôn Ngoại."),
    ("Lịch trực cuối tuần", "Thứ Bảy", "Chủ Nhật"),
    ("Nước lũ lên nhanh, bà con {} rời khỏi bãi sông ngay", "Nước lên", "Nước lên"),
)
PLACES = (("ông Lê Văn Hòa", "thôn Nội"), ("bà Vũ Thị Mai", "thôn Ngoại"))


def test_two_communes_with_the_same_headlines_keep_all_their_stories(db: Database) -> None:
    for number, source in enumerate((TIN_TINH, replace(TIN_XA, trust="auto"))):
        person, hamlet = PLACES[number]
        for at, (title, *texts) in enumerate(COMMUNES):
            named = title.format(person if at == 1 else hamlet)
            link = f"https://{source.slug}.vn/{at}"
            save(db, cast.entry(link, title=named, summary=texts[number], link=link), source=source)
    found = lanes(db, Lane("tin-tinh", most=8), Lane("tin-xa", most=8))
    assert len(found) == 8


def test_stories_of_one_source_with_one_link_are_not_merged(db: Database) -> None:
    save(db, cast.entry("a", link="https://tinh.example.vn/"), cast.entry("b", link="https://tinh.example.vn/"))
    assert len(lanes(db, Lane("tin-tinh"))) == 2


def test_stories_without_a_link_are_not_merged(db: Database) -> None:
    save(db, cast.entry("a", link=""))
    save(db, cast.entry("b", link=""), source=replace(TIN_XA, trust="auto"))
    assert len(lanes(db, Lane("tin-tinh"), Lane("tin-xa"))) == 2


def test_a_story_that_waits_is_on_no_lane(db: Database) -> None:
    save(db, cast.entry(), source=TIN_XA)
    assert lanes(db, Lane("tin-xa")) == []


def test_lanes_are_read_by_an_index(db: Database) -> None:
    wanted = story_lanes.lane_query(Lane("tin-tinh"), NOW)
    with db.read() as conn:
        if db.dialect == "postgresql":
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")  # an empty table would be scanned without index
        text = str(wanted.compile(conn, compile_kwargs={"literal_binds": True}))
        prefix = "EXPLAIN QUERY PLAN " if db.dialect == "sqlite" else "EXPLAIN "
        plan = str(conn.exec_driver_sql(prefix + text).all())
    assert "ix_stories_source_state_published_id" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
