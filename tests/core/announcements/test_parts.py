"""What lacks is named at its field, two writings are put together without loss, and differences read as one text."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.announcements import parts as announcing
from server.core.model import Announcement, Attachment, Window
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, NOW

BASE = cast.announcement(id=7, title="Lịch", text="Sáng thứ Năm")
TEXTS = st.text("ab ăđ\n.", max_size=30)
KEPT_BY_THE_NEWSROOM = {
    "id", "created", "created_by", "state", "position", "template", "version", "edited", "edited_by", "decided_by",
    "reason", "replaces",
}  # fmt: skip


def test_every_field_is_either_written_by_people_or_kept_by_the_newsroom() -> None:
    assert set(announcing.CONTENT) | KEPT_BY_THE_NEWSROOM == {field.name for field in fields(Announcement)}
    assert set(announcing.FIELD_WORDS) == set(announcing.CONTENT)


@given(TEXTS, TEXTS)
def test_the_old_and_the_new_text_are_both_in_the_differences(old: str, new: str) -> None:
    found = announcing.parts(old, new)
    for kind, text in (("old", old), ("new", new)):
        kept = "".join(part.text for part in found if part.kind in ("same", kind))
        assert kept.split() == text.split()


def test_only_the_word_that_changed_is_marked() -> None:
    assert [(part.kind, part.text) for part in announcing.parts("lúc 8 giờ sáng", "lúc 9 giờ sáng")] == [
        ("same", "lúc "), ("old", "8 "), ("new", "9 "), ("same", "giờ sáng"),
    ]  # fmt: skip


def test_what_only_one_changed_is_taken_from_him() -> None:
    mine, theirs = replace(BASE, text="Chiều"), replace(BASE, title="Lịch mới", version=2, edited_by="minh")
    joined, both = announcing.merged(BASE, mine, theirs)
    assert (joined.title, joined.text, both) == ("Lịch mới", "Chiều", ())
    assert (joined.version, joined.edited_by) == (2, "minh")


def test_what_both_changed_is_asked_and_stays_as_it_was_saved() -> None:
    mine, theirs = replace(BASE, text="Chiều", link="https://a.vn"), replace(BASE, text="Tối")
    joined, both = announcing.merged(BASE, mine, theirs)
    assert (joined.text, joined.link, both) == ("Tối", "https://a.vn", ("text",))


def test_two_who_say_the_same_are_not_asked() -> None:
    same = replace(BASE, text="Chiều")
    assert announcing.merged(BASE, same, replace(same, version=2)) == (replace(same, version=2), ())


def test_a_copy_is_a_draft_without_a_past() -> None:
    one = replace(BASE, state="approved", version=4, decided_by="lan", reason="x", replaces=3, position=9, edited=NOW)
    one = replace(one, windows=(Window(NOW - DAY, NOW - HOUR), Window(NOW, NOW + HOUR)))
    copy = announcing.copied(one, actor=EDITOR.slug, now=NOW)
    assert copy.windows == (Window(NOW, NOW + HOUR),)
    assert announcing.changed(one, copy) == ("windows",)
    assert copy == replace(
        BASE, id=0, state="draft", created=NOW, created_by=EDITOR.slug, windows=(Window(NOW, NOW + HOUR),)
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "a" * 301}, "title"),
        ({"text": "a" * 20_001}, "text"),
        ({"table": (("a",),) * 501}, "table"),
        ({"table": (("a",) * 13,)}, "table"),
        ({"attachments": (Attachment("a" * 16, "", 9, 9),) * 61}, "attachments"),
    ],
)
def test_there_is_an_end_to_everything(changes: dict[str, Any], field: str) -> None:
    assert [lack.field for lack in announcing.lacking(replace(BASE, **changes), NOW)] == [field]


def test_what_is_whole_lacks_nothing() -> None:
    assert announcing.lacking(BASE, NOW) == ()
    assert announcing.lacking(replace(BASE, windows=(), template=True), NOW) == ()
