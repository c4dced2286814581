"""Makes the draft of a statutory posting from an electronic document; called by intake. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.core.announcements.parts import LONGEST_TITLE
from server.core.model import Announcement, AnnouncementKind, OfficeDocument, Window
from server.core.text_input import cleaned
from server.documents.files import StoredFiles

POSTED_DAYS = 30
"""How long a posting is shown unless its editor changes that: as long as at the office (Law on Access to Information,
Art. 21)."""
LONGEST_GAP = timedelta(minutes=30)


def draft(
    one: OfficeDocument, summary: str, stored: StoredFiles, base: Announcement | None, zone: ZoneInfo
) -> Announcement:
    """The draft of the posting, with the pages and originals in ``stored``.

    ``base`` is the announcement that it is to replace, whose boards it takes. Without pages an update keeps
    those of ``base``, because it need not repeat the files.
    """
    now = one.received
    before = base if base is not None and one.kind == "update" and not stored.pages else None
    kept = before.attachments if before else stored.pages
    originals = before.originals if before else stored.originals
    kind: AnnouncementKind = before.kind if before and kept else "pdf" if kept else "text"
    made = Announcement(
        id=0, area=one.area, title=title_of(one), text=text_of(one, summary), windows=(_window(now, zone),),
        created=now, created_by=one.actor, state="draft", kind=kind, attachments=kept,
        originals=originals, longest_gap=LONGEST_GAP,
        replaces=one.related if base is not None else None,
    )  # fmt: skip
    if base is None:
        return made
    return replace(made, boards=base.boards, longest_gap=base.longest_gap or LONGEST_GAP, priority=base.priority)


def title_of(one: OfficeDocument) -> str:
    """The title of the posting: the subject, with the type before it where the subject does not begin with it."""
    subject = cleaned(one.subject) or one.code
    head = one.type if one.type and not subject.casefold().startswith(one.type.casefold()) else ""
    title = f"{head}: {subject}" if head else subject
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"


def text_of(one: OfficeDocument, summary: str = "") -> str:
    """The text of the posting: what the head and the foot of the document say, one fact a line."""
    place_and_day = ", ".join(
        part for part in (one.place, f"ngày {one.issued:%d/%m/%Y}" if one.issued else "") if part
    )
    signer = ", ".join(part for part in (one.authority, one.position, one.signer) if part)
    facts = (
        ("Số, ký hiệu", one.code),
        ("Cơ quan ban hành", one.issuer),
        ("Ban hành", place_and_day),
        ("Người ký", signer),
    )
    lines = [f"{name}: {value}." for name, value in facts if value]
    return cleaned("\n\n".join([*lines, *([summary] if summary and summary != one.subject else [])]))


def _window(now: datetime, zone: ZoneInfo) -> Window:
    day = now.astimezone(zone).date() + timedelta(days=POSTED_DAYS)
    return Window(now, datetime.combine(day, time(17), zone).astimezone(now.tzinfo))
