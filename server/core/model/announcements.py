"""Announcements with their windows, files and recurrence; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

AnnouncementState = Literal["draft", "submitted", "returned", "approved", "withdrawn"]
AnnouncementKind = Literal["text", "pictures", "pdf", "table", "video", "link", "contact"]
UploadState = Literal["waiting", "working", "done", "refused"]


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span [start, until) in which something may be shown; ``until`` None: without a time limit."""

    start: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an announcement, stored by its hash. The pages of a PDF are attachments, in order.

    ``type`` is "image/webp", "video/mp4" or "video/webm". ``width`` and ``height`` are in pixels, ``seconds`` is
    the length of a video and 0 for a picture.
    """

    hash: str
    alt: str
    width: int
    height: int
    type: str = "image/webp"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Original:
    """An uploaded file as its sender had it, from which pages or a table were made; stored by its hash.

    ``name`` is the file's name with an extension that fits ``type``, its media type; ``size`` is in bytes.
    """

    hash: str
    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Media:
    """A re-encoded picture or a checked video, stored under ``--data``/media by its hash (16 hex of SHA-256)."""

    hash: str
    width: int
    height: int
    type: str = "image/webp"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Contact:
    """The fields of a contact card: a person or an office. An unknown field is empty."""

    name: str
    role: str = ""
    phone: str = ""
    address: str = ""
    hours: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When an announcement is repeated: on the days of ``rule``, from ``start`` to ``end``, wall time of ``zone``.

    ``rule`` is an RRULE of RFC 5545 without times ("FREQ=WEEKLY;BYDAY=MO,TU"). ``first`` and ``last`` bound the days;
    ``last`` None: without an end. If ``end`` is not after ``start``, the window ends on the next day.
    ``but_holidays`` skips public holidays. Windows are cut to the time from ``not_before`` to ``not_after``, where
    these are given.
    """

    rule: str
    start: time
    end: time
    first: date
    last: date | None = None
    but_holidays: bool = False
    zone: str = "Asia/Ho_Chi_Minh"
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """Content that an operator queues for an area and the areas below it, or only for the named ``boards``.

    ``text`` of kind "text" is the Markdown subset of server/core/typesetting/markdown.py. ``position`` breaks ties
    between announcements that have waited equally long (smaller first). With ``priority`` it airs at the next slide
    boundary. ``version`` grows with every change of its content. ``reason`` says why it was returned or withdrawn.
    ``decided`` is when ``decided_by`` approved or returned it. ``replaces`` is the id of the announcement that is
    withdrawn when this one is approved; ``successor`` of the withdrawn one is then the id of this one.
    ``originals`` are the files from which its pages or its table were made; everybody may have them while it is
    public.
    ``longest_gap`` is set for a statutory posting: the longest time from the start of one showing to the next. A
    ``template`` is never shown, only copied. An ``advert`` is advertising, which does not count as political
    information in statements of airtime.
    """

    id: int
    area: str
    title: str
    text: str
    windows: tuple[Window, ...]
    created: datetime
    created_by: str
    boards: tuple[str, ...] = ()
    link: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    longest_gap: timedelta | None = None
    state: AnnouncementState = "approved"
    kind: AnnouncementKind = "text"
    attachments: tuple[Attachment, ...] = ()
    contact: Contact | None = None
    sound: bool = False
    priority: bool = False
    position: int = 0
    recurrence: Recurrence | None = None
    template: bool = False
    version: int = 1
    edited: datetime | None = None
    edited_by: str = ""
    decided_by: str = ""
    decided: datetime | None = None
    reason: str = ""
    replaces: int | None = None
    successor: int | None = None
    originals: tuple[Original, ...] = ()
    advert: bool = False
