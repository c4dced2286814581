"""Two texts count as one story only if their facts agree; tested on pairs of texts by different authors."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from server.core.sources.similarity import Headlines, Telling, contradicts, headline_key, same_story

HERE = Path(__file__).parent
BRIDGE = "Khánh thành cầu Bến Hiệp nối hai bờ sông Luộc"
DAY = date(2026, 11, 28)
Pair = tuple[Telling, Telling]


def told(title: str, text: str = "", day: date | None = None) -> Telling:
    return Telling(title, text, day)


def same(file: str) -> list[Pair]:
    """The pairs of ``file`` whose two texts report the same event."""
    rows = tomllib.loads((HERE / file).read_text("utf-8")).get("same", [])
    return [(told(title, text), told(other, its_text)) for title, text, other, its_text in rows]


def different(file: str) -> Iterator[tuple[str, Pair]]:
    """The pairs of ``file`` that report two events, each as (what differs, pair).

    A ``changed`` entry gives one text and the words to replace in it; an ``apart`` entry gives both texts.
    """
    found = tomllib.loads((HERE / file).read_text("utf-8"))
    for what, title, text, changes in found.get("changed", []):
        other, its_text = title, text
        for change in changes.split("; "):
            old, new = change.split(" => ")
            other, its_text = other.replace(old, new), its_text.replace(old, new)
        assert (other, its_text) != (title, text), title
        yield what, (told(title, text), told(other, its_text))
    for what, title, text, other, its_text in found.get("apart", []):
        yield what, (told(title, text), told(other, its_text))


def is_one(pair: Pair) -> bool:
    forth, back = same_story(*pair), same_story(*reversed(pair))
    assert forth is back
    return forth


@pytest.mark.parametrize(
    ("file", "count", "most_missed"),
    [("pairs_same", 100, 1), ("pairs_second", 20, 0), ("pairs_unseen", 20, 0), ("pairs_further", 8, 0)],
)
def test_one_event_told_by_two_authors_is_one(file: str, count: int, most_missed: int) -> None:
    pairs = same(f"{file}.toml")
    missed = [pair[0].title for pair in pairs if not is_one(pair)]
    assert len(pairs) == count
    assert len(missed) <= most_missed, missed


@pytest.mark.parametrize(
    ("file", "count"), [("pairs_different", 100), ("pairs_second", 20), ("pairs_unseen", 20), ("pairs_further", 18)]
)
def test_another_hamlet_day_number_person_or_measure_makes_two(file: str, count: int) -> None:
    pairs = list(different(f"{file}.toml"))
    assert len(pairs) == count
    assert [(what, pair[0].title) for what, pair in pairs if is_one(pair)] == []


def test_the_stories_to_compare_are_found_by_headline_and_first_words() -> None:
    files = ("pairs_same.toml", "pairs_second.toml", "pairs_unseen.toml")
    pairs = [pair for file in files for pair in same(file)]
    index = Headlines({key: f"{other.title} {other.text}" for key, (_, other) in enumerate(pairs)})
    lost = [one.title for key, (one, _) in enumerate(pairs) if key not in index.matches(f"{one.title} {one.text}")]
    assert lost == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 suất quà ở xã Đông Hải", "mười hai suất quà ở Đông Hải"),
        ("Họp lúc 7h30 ngày 24/11", "Họp lúc 07:30, ngày 24 tháng 11"),
        ("Họp lúc 7 giờ 30 chiều 24/11/2026", "Họp lúc 19h30 chiều 24-11-2026"),
        ("1.200 hộ xã Hòa Bình", "1200 hộ của xã Hoà Bình"),
        ("1,5 tỷ đồng", "1.500 triệu đồng"),
        ("ngày 3, 10 và 17/12", "3/12, ngày 10 tháng 12, 17/12"),
        ("kỳ họp lần thứ XII", "kì họp lần thứ 12"),
        ("dài 3,5 km", "dài 3.5 ki-lô-mét"),
        ("tổ dân phố số 5", "tổ dân phố 5"),
    ],
)
def test_two_spellings_of_one_fact_are_equal(one: str, other: str) -> None:
    assert not contradicts(told("", one), told("", other))
    assert not contradicts(told("", other), told("", one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("các thôn Nội, Ngoại", "các thôn Nội, Ngoại và Trung"),
        ("CẢNH BÁO LŨ THÔN ĐÔNG", "CẢNH BÁO LŨ THÔN TÂY"),
        ("tiếp dân ngày 3 và 17/12", "tiếp dân ngày 10 và 24/12"),
        ("từ 5 đến 7/12", "từ 5 đến 9/12"),
        ("hai người bị thương", "3 người bị thương"),
        ("ở Nam Định", "ở Thái Bình"),
        ("ông Nguyễn Văn An", "bà Nguyễn Thị Bình"),
        ("Công văn 12/UBND-VX", "Công văn 13/UBND-VX"),
    ],
)
def test_two_facts_of_one_kind_contradict(one: str, other: str) -> None:
    assert contradicts(told("Tin", one), told("Tin", other))


def test_this_afternoon_is_the_day_of_publication() -> None:
    rising = "Chiều nay nước sông Hồng lên báo động 2."
    assert not same_story(told("Tin lũ", rising, DAY), told("Tin lũ", rising, date(2026, 11, 29)))
    tomorrow = told("Nước dâng", "Sáng mai nước sông Luộc dâng.", DAY)
    assert same_story(tomorrow, told("Nước dâng", "Sáng nay nước sông Luộc dâng.", date(2026, 11, 29)))


def test_a_headline_alone_proves_something_only_if_it_names_its_subject() -> None:
    assert same_story(told(BRIDGE), told(f"“{BRIDGE.upper()}”!"))
    assert same_story(told(BRIDGE), told(f"{BRIDGE} sáng nay"))
    assert not same_story(told(BRIDGE), told(f"{BRIDGE} số 2"))
    days = "Thông báo lịch tiếp công dân định kỳ tháng 12 năm 2026"
    assert not same_story(told(days), told(days))


def test_the_commune_of_one_author_is_not_that_of_another() -> None:
    one = told("Tiêm phòng dại cho chó mèo", "Mời bà con đưa chó mèo đến trạm y tế xã lúc 7h ngày 5/12.")
    other = told("Xã tiêm phòng dại", "Lúc 7 giờ ngày 5/12, bà con mang chó mèo đến trạm y tế xã để tiêm phòng dại.")
    assert not same_story(one, other)


def test_under_a_short_headline_the_texts_must_agree() -> None:
    title = "Lịch tiếp công dân"
    assert not same_story(told(title, "Ủy ban xã Đông Hải"), told(title, "Nghỉ lễ tại Minh Tân"))
    thursday = "Sáng thứ năm tại phòng một cửa"
    assert same_story(told(title, thursday), told(title, "Sáng thứ năm, tại phòng một cửa!"))


def test_no_text_is_similar_to_nothing() -> None:
    assert not same_story(told(""), told(""))
    assert list(Headlines({1: ""}).matches("")) == []


def test_punctuation_and_case_are_ignored() -> None:
    assert headline_key("  Mưa LỚN – ở\u00a0tỉnh!") == "mưa lớn ở tỉnh"
