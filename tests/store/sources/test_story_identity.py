"""Duplicates in other sources, and stories whose id has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from feeds.entry import Entry
from server.core.model import Lane
from server.store.database.engine import Database
from server.store.sources import sources, stories, story_identity, story_queries
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
    assert only(db, "tin-xa").summary == "Lời sau khi duyệt"  # whoever approved it has decided about the story


def test_a_duplicate_withdrawn_during_a_reading_counts(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    title = "Khánh thành cầu Bến Hiệp nối hai bờ sông Luộc"
    save(db, cast.entry("a", title=title))
    story, originals = only(db), story_identity.originals

    def then_withdrawn(store: Database, source: str, entries: Sequence[Entry], now: datetime) -> Mapping[str, int]:
        found = originals(store, source, entries, now)
        stories.withdraw(db, story.id, actor=EDITOR.slug, now=NOW)
        return found

    monkeypatch.setattr(story_identity, "originals", then_withdrawn)
    duplicate = cast.entry("b", title=title, link="https://minhtan.example.vn/1")
    save(db, duplicate, source=replace(TIN_XA, trust="auto"), after=HOUR)
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
