"""Stories: one row an identity, versions for real changes only, and nothing withdrawn comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeds.entry import Entry
from server.core.model import Lane, Source, Story
from server.store.audit import audit
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import Conflict, NotFound, NotLive
from server.store.sources import sources, stories, story_identity, story_queries
from server.store.sources.stories import Saved
from tests import cast
from tests.cast import AREAS, BOARDS, DAY, EDITOR, HOUR, MINUTE, NOW, SOURCES, TIN_TINH, TIN_XA

LONG_AGO = NOW - 365 * DAY


def save(
    db: Database,
    *entries: Entry,
    source: Source = TIN_TINH,
    images: Mapping[str, str] | None = None,
    after: timedelta = timedelta(0),
) -> Saved:
    return stories.save(db, source, entries, images=images or {}, now=NOW + after)


def newest(db: Database, source: str = "tin-tinh", most: int = 50) -> tuple[Story, ...]:
    return stories.newest(db, source, most=most, not_before=LONG_AGO)


def only(db: Database, source: str = "tin-tinh") -> Story:
    (found,) = newest(db, source)
    return found


def test_a_story_holds_what_the_entry_said(db: Database) -> None:
    grid = (("Xã", "Giờ"), ("Minh Tân", "7:30"))
    said = cast.entry(image="https://tinh.example.vn/a.jpg", image_alt="Cầu", language="en", table=grid)
    assert save(db, said, images={said.id: "aa"}) == Saved(1, 0, 0)
    assert only(db) == Story(
        id=only(db).id,
        source="tin-tinh",
        identity=said.id,
        title=said.title,
        summary=said.summary,
        link=said.link,
        published=NOW - HOUR,
        first_seen=NOW,
        state="approved",
        version=1,
        image="aa",
        image_alt="Cầu",
        language="en",
        table=grid,
    )


def test_the_same_again_is_nothing_new(db: Database) -> None:
    save(db, cast.entry())
    before = revision.current(db)
    assert save(db, cast.entry(), after=HOUR) == Saved(0, 0, 1)
    assert revision.current(db) == before


def test_something_new_bumps_the_revision_once(db: Database) -> None:
    before = revision.current(db)
    save(db, *(cast.entry(f"bai-{n}") for n in range(5)))
    assert revision.current(db) == before + 1


def test_an_empty_reading_changes_nothing(db: Database) -> None:
    before = revision.current(db)
    assert save(db) == Saved(0, 0, 0)
    assert revision.current(db) == before


def test_one_identity_in_two_sources_is_two_stories(db: Database) -> None:
    save(db, cast.entry())
    assert save(db, cast.entry(), source=replace(TIN_XA, trust="auto")) == Saved(1, 0, 0)


def test_of_a_doubled_identity_the_first_counts(db: Database) -> None:
    assert save(db, cast.entry(title="Một"), cast.entry(title="Hai")) == Saved(1, 0, 0)
    assert only(db).title == "Một"


def test_an_unknown_source_is_refused(db: Database) -> None:
    with pytest.raises(NotFound):
        save(db, cast.entry(), source=cast.source("khong-co"))


@pytest.mark.parametrize(
    "trivial",
    [
        {"title": "KHÁNH THÀNH  CẦU\u00a0bai-1 "},
        {"title": "Kha\u0301nh tha\u0300nh cầu bai-1"},
        {"summary": "Cầu mới nối hai xã,\nrút ngắn đường đi mười cây số."},
        {"link": "http://tinh.example.vn/bai-1?utm_source=zalo"},
        {"published": NOW - 2 * HOUR},
        {"notes": ("ngày lạ",)},
    ],
)
def test_blanks_case_and_tracking_are_no_change(db: Database, trivial: dict[str, Any]) -> None:
    save(db, cast.entry())
    before = only(db)
    assert save(db, cast.entry(**trivial), after=HOUR) == Saved(0, 0, 1)
    assert only(db) == before


@pytest.mark.parametrize(
    "real",
    [
        {"title": "Hoãn khánh thành cầu"},
        {"summary": "Lễ khánh thành dời sang tuần sau."},
        {"table": (("Xã",), ("Đông Hải",))},
        {"link": "https://tinh.example.vn/khac"},
    ],
)
def test_other_words_are_a_new_version(db: Database, real: dict[str, Any]) -> None:
    save(db, cast.entry())
    before = only(db)
    bumped = revision.current(db)
    assert save(db, cast.entry(**real), after=HOUR) == Saved(0, 1, 0)
    assert only(db) == replace(before, version=2, **real)
    assert revision.current(db) == bumped + 1


def test_what_was_said_before_is_in_the_history(db: Database) -> None:
    save(db, cast.entry(title="Một"))
    save(db, cast.entry(title="Hai"), after=HOUR)
    save(db, cast.entry(title="Ba"), after=2 * HOUR)
    past = stories.versions(db, only(db).id)
    assert [(v.version, v.title, v.state, v.replaced) for v in past] == [
        (1, "Một", "approved", NOW + HOUR),
        (2, "Hai", "approved", NOW + 2 * HOUR),
    ]


def test_a_new_version_of_an_untrusted_source_waits_again(db: Database) -> None:
    save(db, cast.entry(), source=TIN_XA)
    assert newest(db, "tin-xa") == ()
    held = stories.get(db, 1)
    stories.approve(db, held.id, actor=EDITOR.slug, now=NOW)
    assert only(db, "tin-xa").state == "approved"
    save(db, cast.entry(), source=TIN_XA, after=HOUR)
    assert only(db, "tin-xa").version == 1
    save(db, cast.entry(title="Lời khác"), source=TIN_XA, after=2 * HOUR)
    assert newest(db, "tin-xa") == ()
    assert stories.get(db, held.id).state == "held"


def test_only_the_version_that_was_read_is_approved(db: Database) -> None:
    save(db, cast.entry(), source=TIN_XA)
    save(db, cast.entry(title="Lời khác"), source=TIN_XA, after=HOUR)
    with pytest.raises(Conflict):
        stories.approve(db, 1, actor=EDITOR.slug, now=NOW, version=1)
    assert stories.get(db, 1).state == "held"
    assert audit.all(db) == ()
    assert stories.approve(db, 1, actor=EDITOR.slug, now=NOW, version=2).state == "approved"


def test_a_withdrawn_story_never_comes_back(db: Database) -> None:
    save(db, cast.entry())
    gone = only(db)
    stories.withdraw(db, gone.id, actor=EDITOR.slug, now=NOW)
    assert newest(db) == ()
    assert save(db, cast.entry(title="Lời khác"), after=HOUR) == Saved(0, 0, 1)
    assert newest(db) == ()
    assert stories.get(db, gone.id) == replace(gone, state="withdrawn")
    with pytest.raises(NotLive):
        stories.approve(db, gone.id, actor=EDITOR.slug, now=NOW)


def test_acts_on_a_story_are_in_the_audit_and_bump_once(db: Database) -> None:
    save(db, cast.entry(), source=TIN_XA)
    before = revision.current(db)
    for _ in range(2):
        stories.approve(db, 1, actor=EDITOR.slug, now=NOW)
    for _ in range(2):
        stories.withdraw(db, 1, actor=EDITOR.slug, now=NOW + MINUTE)
    assert revision.current(db) == before + 2
    done = audit.all(db)
    assert [(act.act, act.subject, act.actor, act.at) for act in done] == [
        ("story.approve", "story/1", "lan", NOW),
        ("story.withdraw", "story/1", "lan", NOW + MINUTE),
    ]
    assert [(act.before or {})["state"] for act in done] == ["held", "approved"]
    assert [(act.after or {})["state"] for act in done] == ["approved", "withdrawn"]


@pytest.mark.parametrize("act", [stories.approve, stories.withdraw])
def test_an_act_on_no_story_is_refused(db: Database, act: Any) -> None:
    with pytest.raises(NotFound):
        act(db, 404, actor=EDITOR.slug, now=NOW)
    with pytest.raises(NotFound):
        stories.get(db, 404)


def test_without_a_date_the_time_first_seen_stands(db: Database) -> None:
    save(db, cast.entry(published=None))
    assert only(db).published == NOW
    save(db, cast.entry(published=None, title="Lời khác"), after=DAY)
    assert only(db).published == NOW


def test_the_future_is_clamped_to_first_seen(db: Database) -> None:
    save(db, cast.entry(published=NOW + DAY))
    assert only(db).published == NOW
    save(db, cast.entry(published=NOW + DAY, title="Lời khác"), after=2 * DAY)
    assert only(db).published == NOW


def test_newest_first_as_many_as_asked_and_not_older(db: Database) -> None:
    save(db, *(cast.entry(f"bai-{n}", published=NOW - n * DAY) for n in (3, 0, 2, 1)))
    listed = stories.newest(db, "tin-tinh", most=2, not_before=LONG_AGO)
    assert [story.identity for story in listed] == ["bai-0", "bai-1"]
    recent = stories.newest(db, "tin-tinh", most=9, not_before=NOW - 2 * DAY)
    assert [story.identity for story in recent] == ["bai-0", "bai-1", "bai-2"]


def test_undated_entries_keep_the_order_of_the_source(db: Database) -> None:
    save(db, *(cast.entry(f"bai-{n}", published=None) for n in range(4)))
    assert [story.identity for story in newest(db)] == [f"bai-{n}" for n in range(4)]


PICTURE = "https://tinh.example.vn/a.jpg"


def test_a_picture_is_kept_while_its_address_stays(db: Database) -> None:
    save(db, cast.entry(image=PICTURE), images={"bai-1": "aa"})
    assert save(db, cast.entry(image=PICTURE)) == Saved(0, 0, 1)
    assert only(db).image == "aa"
    assert stories.known_images(db, "tin-tinh") == {PICTURE: "aa"}
    assert stories.known_images(db, "tin-xa") == {}


def test_a_picture_that_comes_later_is_a_new_version(db: Database) -> None:
    save(db, cast.entry(image=PICTURE))
    assert stories.known_images(db, "tin-tinh") == {}
    assert save(db, cast.entry(image=PICTURE), images={"bai-1": "aa"}) == Saved(0, 1, 0)
    assert (only(db).image, only(db).version) == ("aa", 2)


@pytest.mark.parametrize("now_at", [None, "https://tinh.example.vn/b.jpg"])
def test_a_picture_that_was_taken_back_is_not_shown(db: Database, now_at: str | None) -> None:
    save(db, cast.entry(image=PICTURE), images={"bai-1": "aa"})
    assert save(db, cast.entry(image=now_at)) == Saved(0, 1, 0)
    assert only(db).image is None


def lanes(db: Database, *wanted: Lane) -> list[tuple[str, str]]:
    return [(story.source, story.identity) for story in read_by(db, *wanted)]


def read_by(db: Database, *wanted: Lane) -> tuple[Story, ...]:
    return stories.for_lanes(db, [wanted], NOW)[wanted]


def test_lanes_are_read_by_their_own_measure(db: Database) -> None:
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


def test_no_lanes_no_stories_and_a_doubled_lane_is_one(db: Database) -> None:
    save(db, cast.entry())
    assert lanes(db) == []
    assert lanes(db, Lane("tin-tinh"), Lane("tin-tinh", most=5)) == [("tin-tinh", "bai-1")]


def test_of_one_article_in_two_sources_the_first_seen_is_shown(db: Database) -> None:
    auto = replace(TIN_XA, trust="auto")
    save(db, cast.entry("guid-xa", link="https://tinh.example.vn/cau"), source=auto)
    save(db, cast.entry("guid-tinh", link="http://tinh.example.vn/cau?utm_medium=rss"), after=MINUTE)
    assert lanes(db, Lane("tin-tinh"), Lane("tin-xa")) == [("tin-xa", "guid-xa")]
    assert lanes(db, Lane("tin-tinh")) == [("tin-tinh", "guid-tinh")]


def test_one_story_of_several_sources_names_them(db: Database) -> None:
    auto = replace(TIN_XA, trust="auto")
    title = "Khánh thành cầu Bến Hiệp nối hai bờ sông Luộc"
    save(db, cast.entry("a", title=title, link="https://minhtan.example.vn/1"), source=auto)
    save(db, cast.entry("b", title=f"{title} sáng nay"), after=MINUTE)
    save(db, cast.entry("c", title=f"{title} số 2"), after=MINUTE)
    (third, first) = read_by(db, Lane("tin-xa"), Lane("tin-tinh"))
    assert (first.identity, first.also) == ("a", ("tin-tinh",))
    assert (third.identity, third.also) == ("c", ())  # a number makes another story


def test_what_two_days_part_are_two_stories(db: Database) -> None:
    auto = replace(TIN_XA, trust="auto")
    save(db, cast.entry("a", title="Dự báo thời tiết", link="", published=NOW - 3 * DAY), source=auto)
    save(db, cast.entry("b", title="Dự báo thời tiết", link=""))
    assert len(lanes(db, Lane("tin-tinh"), Lane("tin-xa"))) == 2


def test_a_headline_that_every_commune_uses_is_not_one_story(db: Database) -> None:
    for place, at in ((TIN_TINH, "Đông Hải"), (replace(TIN_XA, trust="auto"), "Minh Tân")):
        said = cast.entry(
            at, title="Lịch tiếp công dân", summary=f"Ủy ban {at} nghỉ.", link=f"https://{place.slug}.vn/l"
        )
        save(db, said, source=place)
    assert len(lanes(db, Lane("tin-tinh"), Lane("tin-xa"))) == 2


def test_a_retracted_story_leaves_with_its_twins_and_a_late_one_waits(db: Database) -> None:
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


def test_the_twin_of_a_withdrawn_story_waits_under_new_words_too(db: Database) -> None:
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


def test_a_twin_that_is_withdrawn_while_a_reading_is_looked_at_counts(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = "Khánh thành cầu Bến Hiệp nối hai bờ sông Luộc"
    save(db, cast.entry("a", title=title))
    story, looked = only(db), story_identity.roots

    def then_withdrawn(*given: Any) -> Mapping[str, int]:
        found = looked(*given)
        stories.withdraw(db, story.id, actor=EDITOR.slug, now=NOW)
        return found

    monkeypatch.setattr(story_identity, "roots", then_withdrawn)
    duplicate = cast.entry("b", title=title, link="https://minhtan.example.vn/1")
    save(db, duplicate, source=replace(TIN_XA, trust="auto"), after=HOUR)
    assert [one.identity for one in story_queries.waiting(db, ["tin-xa"])] == ["b"]


def test_what_waits_is_read_on_where_the_last_page_ended(db: Database) -> None:
    hold = replace(TIN_XA, trust="hold")
    for n in range(5):
        save(db, cast.entry(f"x{n}", title=f"Tin {n}", link=""), source=hold, after=MINUTE * (n // 2))
    save(db, cast.entry("y"), source=replace(TIN_TINH, trust="hold"))
    first = story_queries.waiting(db, [hold.slug], most=3)
    rest = story_queries.waiting(db, [hold.slug], after=first[-1], most=3)
    assert [story.title for story in first + rest] == [f"Tin {n}" for n in range(5)]
    assert story_queries.waiting(db, [hold.slug], after=rest[-1]) == ()
    assert story_queries.count_waiting(db, [hold.slug]) == 5
    assert story_queries.count_waiting(db, [hold.slug, TIN_TINH.slug]) == 6
    assert story_queries.count_waiting(db, []) == 0


def test_an_article_that_is_gone_leaves_its_twin_of_another_address(db: Database) -> None:
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


def test_pages_that_the_source_names_no_longer_are_checked_first(db: Database) -> None:
    save(db, cast.entry("a"), cast.entry("b"), cast.entry("c"))
    save(db, cast.entry("b"), cast.entry("c"), after=MINUTE)
    first, second, *_ = story_queries.to_check(db, "tin-tinh", not_before=LONG_AGO, most=9)
    assert first.identity == "a"
    story_queries.checked(db, [first.id, second.id], NOW)
    assert [story.identity for story in story_queries.to_check(db, "tin-tinh", not_before=LONG_AGO, most=2)] == [
        "a",
        ({"b", "c"} - {second.identity}).pop(),
    ]


def test_stories_of_one_source_with_one_link_are_not_merged(db: Database) -> None:
    save(db, cast.entry("a", link="https://tinh.example.vn/"), cast.entry("b", link="https://tinh.example.vn/"))
    assert len(lanes(db, Lane("tin-tinh"))) == 2


def test_stories_without_a_link_are_not_merged(db: Database) -> None:
    save(db, cast.entry("a", link=""))
    save(db, cast.entry("b", link=""), source=replace(TIN_XA, trust="auto"))
    assert len(lanes(db, Lane("tin-tinh"), Lane("tin-xa"))) == 2


def test_what_waits_is_on_no_lane(db: Database) -> None:
    save(db, cast.entry(), source=TIN_XA)
    assert lanes(db, Lane("tin-xa")) == []


def test_the_lanes_are_found_by_an_index(db: Database) -> None:
    wanted = stories._lane("tin-tinh", 20, LONG_AGO)
    with db.read() as conn:
        if db.dialect == "postgresql":
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a table of no rows is read whole otherwise
        text = str(wanted.compile(conn, compile_kwargs={"literal_binds": True}))
        prefix = "EXPLAIN QUERY PLAN " if db.dialect == "sqlite" else "EXPLAIN "
        plan = str(conn.exec_driver_sql(prefix + text).all())
    assert "ix_stories_source_state_published_id" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
