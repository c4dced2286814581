"""Stories: one row per identity, a new version for each real change, and lasting approval and withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.core.model import Story
from server.store.audit import audit
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import Conflict, NotFound, NotLive
from server.store.sources import stories
from server.store.sources.stories import Saved
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, MINUTE, NOW, TIN_XA
from tests.store.changed import changed
from tests.store.sources.readings import newest, only, save


def test_a_story_has_the_fields_of_its_entry(db: Database) -> None:
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


def test_an_unchanged_reading_writes_nothing(db: Database) -> None:
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


def test_of_a_repeated_identity_the_first_entry_counts(db: Database) -> None:
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
def test_blanks_case_and_tracking_parameters_are_no_change(db: Database, trivial: dict[str, object]) -> None:
    save(db, cast.entry())
    before = only(db)
    assert save(db, changed(cast.entry(), **trivial), after=HOUR) == Saved(0, 0, 1)
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
def test_a_real_change_is_a_new_version(db: Database, real: dict[str, object]) -> None:
    save(db, cast.entry())
    before = only(db)
    bumped = revision.current(db)
    assert save(db, changed(cast.entry(), **real), after=HOUR) == Saved(0, 1, 0)
    assert only(db) == changed(before, version=2, **real)
    assert revision.current(db) == bumped + 1


def test_past_versions_are_in_the_history(db: Database) -> None:
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


def test_approving_and_withdrawing_are_audited_and_bump_once(db: Database) -> None:
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
def test_changing_an_unknown_story_raises_not_found(db: Database, act: Callable[..., Story]) -> None:
    with pytest.raises(NotFound):
        act(db, 404, actor=EDITOR.slug, now=NOW)
    with pytest.raises(NotFound):
        stories.get(db, 404)


def test_an_undated_story_has_the_time_it_was_first_seen(db: Database) -> None:
    save(db, cast.entry(published=None))
    assert only(db).published == NOW
    save(db, cast.entry(published=None, title="Lời khác"), after=DAY)
    assert only(db).published == NOW


def test_a_future_date_becomes_the_time_first_seen(db: Database) -> None:
    save(db, cast.entry(published=NOW + DAY))
    assert only(db).published == NOW
    save(db, cast.entry(published=NOW + DAY, title="Lời khác"), after=2 * DAY)
    assert only(db).published == NOW


def test_undated_entries_keep_the_order_of_the_source(db: Database) -> None:
    save(db, *(cast.entry(f"bai-{n}", published=None) for n in range(4)))
    assert [story.identity for story in newest(db)] == [f"bai-{n}" for n in range(4)]


PICTURE = "https://tinh.example.vn/a.jpg"


def test_a_picture_is_kept_while_its_address_stays(db: Database) -> None:
    save(db, cast.entry(image=PICTURE), images={"bai-1": "aa"})
    assert save(db, cast.entry(image=PICTURE)) == Saved(0, 0, 1)
    assert only(db).image == "aa"


def test_a_picture_that_comes_later_is_a_new_version(db: Database) -> None:
    save(db, cast.entry(image=PICTURE))
    assert only(db).image is None
    assert save(db, cast.entry(image=PICTURE), images={"bai-1": "aa"}) == Saved(0, 1, 0)
    assert (only(db).image, only(db).version) == ("aa", 2)


@pytest.mark.parametrize("now_at", [None, "https://tinh.example.vn/b.jpg"])
def test_a_removed_or_replaced_picture_is_not_shown(db: Database, now_at: str | None) -> None:
    save(db, cast.entry(image=PICTURE), images={"bai-1": "aa"})
    assert save(db, cast.entry(image=now_at)) == Saved(0, 1, 0)
    assert only(db).image is None
