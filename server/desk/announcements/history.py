"""Computes the past edits of an announcement as word differences in each field; called by the view `queue.one`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core.announcements.parts import changed
from server.core.announcements.word_difference import Part, word_difference
from server.core.model import Announcement
from server.desk.announcements.wording import field_label, field_text
from server.desk.web.context import desk
from server.store.announcements import listings
from server.store.audit import audit
from server.store.audit.audit import AuditFilter, AuditRecord


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A changed field: its label, and its old and new text as parts that are unchanged, removed or added."""

    label: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Change:
    """One edit: its time, its author's username, the number of the version that it made, and the changed fields."""

    at: datetime
    by: str
    version: int
    fields: list[FieldChange]


def history(one: Announcement) -> list[Change]:
    """Returns every edit of the announcement, newest first, computed from its stored versions."""
    past = listings.versions(desk.db, one.id)
    after = [*(each.announcement for each in past[1:]), one] if past else []
    return [
        Change(each.replaced, each.by, new.version, field_changes(each.announcement, new))
        for each, new in reversed(list(zip(past, after, strict=True)))
    ]


def withdrawal(one: Announcement) -> AuditRecord | None:
    """Returns the audit record of the announcement's last withdrawal; None if it was never withdrawn."""
    subject = f"announcement/{one.id}"
    found = audit.search(desk.db, AuditFilter(act="announcement.withdraw", subject=subject), most=50)
    return next((each for each in found if each.subject == subject), None)


def field_changes(old: Announcement, new: Announcement) -> list[FieldChange]:
    """Returns the fields in which ``new`` differs from ``old``, with the removed and added words marked."""
    return [
        FieldChange(field_label(name), word_difference(field_text(old, name), field_text(new, name)))
        for name in changed(old, new)
    ]
