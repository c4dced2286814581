"""The changes of an announcement, field by field and word by word; called by the queue's page of one announcement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core.announcements.parts import CONTENT, FIELD_WORDS, changed
from server.core.announcements.word_difference import Part, word_difference
from server.core.model import Announcement
from server.desk.announcements.wording import field_text
from server.desk.web.context import desk
from server.store.announcements import listings


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A changed field: its label, and the word difference of the old and the new text as a list of parts."""

    label: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Change:
    """One edit: when, by whom (a username), the version it made, the fields it changed."""

    at: datetime
    by: str
    version: int
    fields: list[FieldChange]


def history(one: Announcement) -> list[Change]:
    """Every edit of the announcement, newest first; computed from its stored versions."""
    past = listings.versions(desk.db, one.id)
    after = [*(each.announcement for each in past[1:]), one] if past else []
    return [
        Change(each.replaced, each.by, new.version, _field_changes(each.announcement, new))
        for each, new in reversed(list(zip(past, after, strict=True)))
    ]


def _field_changes(old: Announcement, new: Announcement) -> list[FieldChange]:
    return [
        FieldChange(FIELD_WORDS[name], word_difference(field_text(old, name), field_text(new, name)))
        for name in changed(old, new)
        if name in CONTENT
    ]
