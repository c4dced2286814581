"""Fields of announcements: each problem names its field, and a three-way merge of two edits loses nothing."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from server.core.announcements import parts
from server.core.model import Announcement, Attachment, Window
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, NOW

BASE = cast.announcement(id=7, title="Lịch", text="Sáng thứ Năm")
MAINTAINED_BY_THE_PROGRAM = {
    "id", "created", "created_by", "state", "position", "template", "version", "edited", "edited_by", "decided_by",
    "decided", "reason", "replaces", "successor",
}  # fmt: skip


def test_every_field_is_either_written_by_people_or_maintained_by_the_program() -> None:
    assert set(parts.CONTENT) | MAINTAINED_BY_THE_PROGRAM == {field.name for field in fields(Announcement)}
    assert set(parts.FIELD_WORDS) == set(parts.CONTENT)


def test_a_field_that_only_one_changed_is_merged() -> None:
    mine, theirs = replace(BASE, text="Chiều"), replace(BASE, title="Lịch mới", version=2, edited_by="minh")
    joined, both = parts.merged(BASE, mine, theirs)
    assert (joined.title, joined.text, both) == ("Lịch mới", "Chiều", ())
    assert (joined.version, joined.edited_by) == (2, "minh")


def test_a_field_that_both_changed_is_a_conflict_and_keeps_the_saved_value() -> None:
    mine, theirs = replace(BASE, text="Chiều", link="https://a.vn"), replace(BASE, text="Tối")
    joined, both = parts.merged(BASE, mine, theirs)
    assert (joined.text, joined.link, both) == ("Tối", "https://a.vn", ("text",))


def test_equal_changes_are_no_conflict() -> None:
    same = replace(BASE, text="Chiều")
    assert parts.merged(BASE, same, replace(same, version=2)) == (replace(same, version=2), ())


def test_a_copy_is_a_draft_without_history() -> None:
    one = replace(BASE, state="approved", version=4, decided_by="lan", reason="x", replaces=3, position=9, edited=NOW)
    one = replace(one, windows=(Window(NOW - DAY, NOW - HOUR), Window(NOW, NOW + HOUR)))
    copy = parts.copied(one, actor=EDITOR.slug, now=NOW)
    assert copy.windows == (Window(NOW, NOW + HOUR),)
    assert parts.changed(one, copy) == ("windows",)
    assert copy == replace(
        BASE, id=0, state="draft", created=NOW, created_by=EDITOR.slug, windows=(Window(NOW, NOW + HOUR),)
    )


@pytest.mark.parametrize(
    ("announcement", "field"),
    [
        (replace(BASE, title="a" * 301), "title"),
        (replace(BASE, text="a" * 20_001), "text"),
        (replace(BASE, table=(("a",),) * 501), "table"),
        (replace(BASE, table=(("a",) * 13,)), "table"),
        (replace(BASE, attachments=(Attachment("a" * 16, "", 9, 9),) * 61), "attachments"),
    ],
)
def test_too_much_of_anything_is_a_problem_of_its_field(announcement: Announcement, field: str) -> None:
    assert [problem.field for problem in parts.problems_of(announcement)] == [field]


def test_a_complete_announcement_or_template_has_no_problems() -> None:
    assert parts.problems_of(BASE) == ()
    assert parts.problems_of(replace(BASE, windows=(), template=True)) == ()
