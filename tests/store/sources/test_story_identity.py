"""Recognizing one story under several identities: duplicates in other sources, and stories whose id has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from server.core.model import Lane
from server.store.database.engine import Database
from server.store.sources import sources, stories, story_queries
from server.store.sources.stories import Saved
from tests import cast
from tests.cast import AREAS, BOARDS, EDITOR, HOUR, MINUTE, NOW, SOURCES, TIN_XA
from tests.store.sources.readings import lanes, newest, only, read_by, save


def test_a_withdrawn_story_leaves_with_its_duplicates_and_a_late_one_waits(db: Database) -> None:
    title = "Khánh thành cầu Bến Hiệp nối hai bờ sông Luộc"
    third = cast.source("tin-huyen")
    sources.seed(db, areas=AREAS, sources=(*SOURCES, third), boards=BOARDS, now=NOW)
    save(db, cast.entry("a", title=title, link="https://minhtan.example.vn/1"), source=replace(TIN_XA, trust="auto"))
    save(db, cast.entry("b", title=title), after=MINUTE)
    (story,) = read_by(db, Lane("tin-xa"), Lane("tin-tinh"))
    stories.withdraw(db, story.id, actor=EDITOR.slug, now=NOW)
    save(db, cast.entry("c", title=title, link="https://huyen.example.vn/1"), source=third, after=HOUR)
    assert lanes(db, Lane("tin-xa"), Lane("tin-tinh"), Lane("tin-huyen")) == []
    every = ["tin-xa", "tin-tinh", "tin-huyen"]
    assert [story.source for story in story_queries.waiting(db, every)] == ["tin-huyen"]


def test_a_changed_duplicate_of_a_withdrawn_story_keeps_waiting(db: Database) -> None:
    title = "Khánh thành cầu Bến Hiệp nối hai bờ sông Luộc"
    auto = replace(TIN_XA, trust="auto")
    save(db, cast.entry("a", title=title))
    stories.withdraw(db, only(db).id, actor=EDITOR.slug, now=NOW)
    duplicate = cast.entry("b", title=title, link="https://minhtan.example.vn/1")
    save(db, duplicate, source=auto, after=HOUR)
    assert save(db, replace(duplicate, summary="Lời khác hẳn"), source=auto, after=2 * HOUR) == Saved(0, 1, 0)
    assert newest(db, "tin-xa") == ()
    (waits,) = story_queries.waiting(db, ["tin-xa"])
    assert (waits.summary, waits.version) == ("Lời khác hẳn", 2)
    stories.approve(db, waits.id, actor=EDITOR.slug, now=NOW + 2 * HOUR)
    save(db, replace(duplicate, summary="Lời sau khi duyệt"), source=auto, after=3 * HOUR)
    assert only(db, "tin-xa").summary == "Lời sau khi duyệt"  # the edit airs, because the story was approved


class Interrupted(Database):
    """A store that calls ``first`` just before its next write transaction, as if another process came in between."""

    first: Callable[[], object] | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        act, self.first = self.first, None
        if act is not None:
            act()
        with super().write() as conn:
            yield conn


def test_a_duplicate_withdrawn_during_a_reading_counts(db: Database, url: str, tmp_path: Path) -> None:
    title = "Khánh thành cầu Bến Hiệp nối hai bờ sông Luộc"
    save(db, cast.entry("a", title=title))
    story = only(db)
    duplicate = cast.entry("b", title=title, link="https://minhtan.example.vn/1")
    # The store compares a reading with the stored stories before it begins its transaction.
    with closing(Interrupted.open(url, tmp_path)) as reader:
        reader.first = partial(stories.withdraw, db, story.id, actor=EDITOR.slug, now=NOW)
        save(reader, duplicate, source=replace(TIN_XA, trust="auto"), after=HOUR)
    assert [one.identity for one in story_queries.waiting(db, ["tin-xa"])] == ["b"]


def test_withdrawing_one_article_leaves_its_duplicate_at_another_address(db: Database) -> None:
    title = "Khánh thành cầu Bến Hiệp nối hai bờ sông Luộc"
    save(db, cast.entry("a", title=title, link="https://minhtan.example.vn/1"), source=replace(TIN_XA, trust="auto"))
    save(db, cast.entry("b", title=title), after=MINUTE)
    (story,) = read_by(db, Lane("tin-xa"), Lane("tin-tinh"))
    stories.withdraw(db, story.id, actor="worker", now=NOW, everywhere=False)
    assert lanes(db, Lane("tin-xa"), Lane("tin-tinh")) == [("tin-tinh", "b")]


def test_an_id_that_changed_is_the_same_story(db: Database) -> None:
    save(db, cast.entry("cu", link="https://tinh.example.vn/cau?utm_source=rss"))
    assert save(db, cast.entry("moi", title="Khánh thành cầu cu", link="https://tinh.example.vn/cau")) == Saved(
        0, 0, 1
    )
    stories.withdraw(db, only(db).id, actor=EDITOR.slug, now=NOW)
    save(db, cast.entry("moi-nua", title="Khánh thành cầu cu", link="https://tinh.example.vn/khac"))
    assert lanes(db, Lane("tin-tinh")) == []


def test_a_story_listed_twice_under_two_ids_is_one(db: Database) -> None:
    twice = cast.entry("a"), cast.entry("b", title="Khánh thành cầu a", link="https://tinh.example.vn/a")
    assert save(db, *twice) == Saved(1, 0, 0)
    assert save(db, *reversed(twice)) == Saved(0, 0, 1)


AUTO = replace(TIN_XA, trust="auto")
WARNING = "Cảnh báo nước sông lên nhanh, người dân thôn Đông rời bãi bồi ngay"


def test_a_warning_for_one_hamlet_does_not_hide_that_for_another(db: Database) -> None:
    save(db, cast.entry("a", title=WARNING, summary="Nước lên."), source=AUTO)
    other = WARNING.replace("Đông", "Tây")
    save(db, cast.entry("b", title=other, summary="Nước lên.", link="https://tinh.example.vn/b"), after=MINUTE)
    both = read_by(db, Lane("tin-xa"), Lane("tin-tinh"))
    assert {(story.title, story.also) for story in both} == {(WARNING, ()), (other, ())}


def test_one_event_told_in_other_words_is_shown_once(db: Database) -> None:
    text = "Xã Minh Tân tiêm phòng dại cho chó mèo ngày 28/11 tại nhà văn hóa thôn Đoài."
    again = "Ngày 28 tháng 11, chó mèo của xã Minh Tân được tiêm phòng dại ở nhà văn hoá thôn Đoài."
    save(db, cast.entry("a", title="Tiêm phòng dại cho chó mèo", summary=text), source=AUTO)
    save(db, cast.entry("b", title="Minh Tân tiêm phòng dại", summary=again, link="https://t.vn/b"), after=MINUTE)
    (story,) = read_by(db, Lane("tin-xa"), Lane("tin-tinh"))
    assert story.also == ("tin-tinh",)


def test_two_sources_at_one_address_that_contradict_are_two(db: Database) -> None:
    level, link = "Mực nước sông Luộc lúc {} giờ", "https://thuyvan.example.vn/muc-nuoc"
    save(db, cast.entry("a", title=level.format(7), summary="Đo được 2,1 m.", link=link), source=AUTO)
    late = cast.entry("b", title=level.format(13), summary="Đo được 3,4 m.", link=link)
    save(db, late, after=MINUTE)
    assert len(lanes(db, Lane("tin-xa"), Lane("tin-tinh"))) == 2
    save(db, replace(late, summary="Đo được 3,4 m, đang lên."), after=HOUR)
    assert len(lanes(db, Lane("tin-xa"), Lane("tin-tinh"))) == 2


@pytest.mark.parametrize("edited", ["first", "copy"])
def test_a_duplicate_that_is_edited_into_another_story_is_shown(db: Database, edited: str) -> None:
    one = cast.entry("a", title=WARNING, summary="Nước lên.")
    copy = cast.entry("b", title=WARNING, summary="Nước lên.", link="https://tinh.example.vn/b")
    save(db, one, source=AUTO)
    save(db, copy, after=MINUTE)
    assert len(lanes(db, Lane("tin-xa"), Lane("tin-tinh"))) == 1
    entry, source = (one, AUTO) if edited == "first" else (copy, cast.TIN_TINH)
    save(db, replace(entry, title=WARNING.replace("Đông", "Tây")), source=source, after=HOUR)
    assert len(lanes(db, Lane("tin-xa"), Lane("tin-tinh"))) == 2


def test_items_that_share_an_address_are_withdrawn_one_by_one(db: Database) -> None:
    link = "https://thuyvan.example.vn/muc-nuoc"
    levels = [cast.entry(f"a{h}", title=f"Mực nước lúc {h} giờ", link=link, published=NOW - h * HOUR) for h in (1, 7)]
    assert save(db, *levels) == Saved(2, 0, 0)
    (newest_one, _) = newest(db)
    stories.withdraw(db, newest_one.id, actor=EDITOR.slug, now=NOW)
    assert [story.title for story in newest(db)] == ["Mực nước lúc 7 giờ"]


def test_items_under_one_headline_and_address_are_told_apart_by_their_dates(db: Database) -> None:
    same = {"title": "Mực nước sông Luộc hôm nay", "link": "https://thuyvan.example.vn/muc-nuoc"}
    assert save(db, *(cast.entry(f"a{h}", published=NOW - h * HOUR, **same) for h in (1, 7))) == Saved(2, 0, 0)


def test_a_store_from_before_keeps_its_stories_when_items_share_an_address(db: Database) -> None:
    link = "https://thuyvan.example.vn/muc-nuoc"
    early = cast.entry(link, title="Mực nước sông lúc 7 giờ", link=link, published=NOW - 7 * HOUR)
    save(db, early)
    late = cast.entry("muoi-ba", title="Mực nước sông lúc 13 giờ", link=link, published=NOW - HOUR)
    assert save(db, replace(early, id="bay"), late, after=HOUR) == Saved(1, 0, 1)


def test_a_story_stored_before_lists_had_marks_is_unchanged_with_them(db: Database) -> None:
    held = replace(cast.SOURCES[0], trust="hold")
    before = cast.entry("a", summary="Hồ sơ gồm:\nĐơn\nẢnh")
    save(db, before, source=held)
    assert save(db, replace(before, summary="Hồ sơ gồm:\n1. Đơn\n2. Ảnh"), source=held, after=HOUR) == Saved(0, 0, 1)
    assert save(db, replace(before, summary="Hồ sơ gồm:\n• Đơn\n• Ảnh 4x6"), source=held, after=HOUR) == Saved(
        0, 1, 0
    )
