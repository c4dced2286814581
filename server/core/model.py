"""The words of the design as frozen values: made by config and store, read by every floor above.

All instants are aware datetimes in UTC; all lengths of time are ``timedelta``, but for a slide's dwell,
which is whole milliseconds because screens count in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

Level = Literal["normal", "priority", "urgent"]
Mode = Literal["on", "dark", "safe"]
Layout = Literal["landscape", "portrait", "classic"]
Size = Literal["S", "M", "L", "XL", "LED"]
SourceKind = Literal["feed", "page", "cap"]
Trust = Literal["auto", "hold", "alerts"]
StoryState = Literal["held", "approved", "withdrawn"]
AnnouncementState = Literal["draft", "submitted", "returned", "approved", "withdrawn"]
AnnouncementKind = Literal["text", "pictures", "pdf", "table", "video", "link", "contact"]
UploadState = Literal["waiting", "working", "done", "refused"]
NoticeState = Literal["drafted", "live", "corrected", "cleared", "expired"]


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span in which something may be shown; ``until`` None has no time limit."""

    start: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A node of the tree nation > province > commune; ``parent`` is a slug, None at the root."""

    slug: str
    name: str
    parent: str | None = None
    codes: tuple[str, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One source on one board: at most ``most`` stories, not older than ``newest_days``."""

    source: str
    most: int = 20
    newest_days: int = 30


@dataclass(frozen=True, slots=True)
class Format:
    """What a slide's body depends on beside its item: layout, size class, regions; shared by many boards.

    ``side`` is a list of what comes next beside the slides (never in portrait), ``ticker`` a line that runs below.
    """

    layout: Layout = "landscape"
    size: Size = "S"
    side: bool = False
    ticker: bool = False

    @property
    def name(self) -> str:
        regions = "-side" * self.side + "-ticker" * self.ticker
        return f"{self.layout}-{self.size}{regions}"


@dataclass(frozen=True, slots=True)
class ThemeDays:
    """A theme for some days (mourning, elections), ``last`` included, wall dates of each board's zone.

    ``boards`` names those that it is for; empty: all.
    """

    theme: str
    first: date
    last: date
    boards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """When the panel is on, wall time of the board's zone; ``start > end`` runs over midnight."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Board:
    """What one place shows.

    The size class of ``format`` is derived from layout, ``diagonal`` (inches) and ``distance`` (metres) by
    core/formats.py; where these are None it was chosen without them. ``upper_share`` (0 to 1) caps what levels above
    may take of a lap's time. ``days`` are the board's own themes by date, before those of config.toml; ``sound``
    lets films that have sound be heard.
    """

    slug: str
    name: str
    area: str
    public: bool = False
    theme: str = "province"
    format: Format = Format()
    lanes: tuple[Lane, ...] = ()
    point: tuple[float, float] | None = None
    hours: tuple[Hours, ...] = ()
    zone: str = "Asia/Ho_Chi_Minh"
    language: str = "vi"
    upper_share: float = 0.5
    mode: Mode = "on"
    diagonal: float | None = None
    distance: float | None = None
    days: tuple[ThemeDays, ...] = ()
    sound: bool = False


@dataclass(frozen=True, slots=True)
class PageRules:
    """Where on a list page the news stands, as CSS selectors ("" is found by itself); ``pages`` are read at most."""

    item: str = ""
    title: str = ""
    link: str = ""
    date: str = ""
    picture: str = ""
    summary: str = ""
    next: str = ""
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """Something that is read; ``label`` is the kicker on the glass, ``area`` who speaks (None: the board's own).

    ``every`` is how often it is read; where it is ``adaptive``, only until its own pace is known. ``page`` is for
    list pages. A feed may also be a file, or a folder of files.
    """

    slug: str
    name: str
    kind: SourceKind
    url: str
    label: str = ""
    area: str | None = None
    every: timedelta = timedelta(minutes=15)
    trust: Trust = "hold"
    alerts: Literal["none", "draft", "live"] = "none"
    zone: str = "Asia/Ho_Chi_Minh"
    user_agent: str = ""
    ca_bundle: str = ""
    full_text: bool = False
    adaptive: bool = False
    page: PageRules | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the harvest remembers of a source between fetches; ``last_error`` is in plain Vietnamese words.

    ``last_new`` is when its newest item came, ``gap`` the usual time between two; ``age`` how old items usually
    are when they arrive. ``moved_to`` is where it says it has moved for good, since ``moved_since``. ``warning``
    is what an editor should look at although the source is read.
    """

    slug: str
    next_fetch_at: datetime
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    failures: int = 0
    last_good: datetime | None = None
    last_error: str = ""
    gone: bool = False
    last_try: datetime | None = None
    last_new: datetime | None = None
    gap: timedelta | None = None
    age: timedelta | None = None
    moved_to: str = ""
    moved_since: datetime | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What is held of an entry; ``table`` (rows of cells, head first) where the article is one.

    ``image`` names stored media by its hash. ``also`` are slugs of further sources that tell the same story; it is
    known only where the stories of a board are read.
    """

    id: int
    source: str
    identity: str
    title: str
    summary: str
    link: str
    published: datetime
    first_seen: datetime
    state: StoryState = "approved"
    version: int = 1
    image: str | None = None
    image_alt: str = ""
    language: str = "vi"
    table: tuple[tuple[str, ...], ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an announcement, stored by its hash; the pages of a PDF are attachments in order.

    ``type`` is "image/webp", "video/mp4" or "video/webm"; ``width`` and ``height`` in pixels, ``seconds`` the
    length of a video and 0 for a picture.
    """

    hash: str
    alt: str
    width: int
    height: int
    type: str = "image/webp"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to turn to: the words of a contact card, each of them empty where it is not known."""

    name: str
    role: str = ""
    phone: str = ""
    address: str = ""
    hours: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When an announcement comes back: the days of ``rule``, each from ``start`` to ``end``, wall time of ``zone``.

    ``rule`` is an RRULE of RFC 5545 without its times ("FREQ=WEEKLY;BYDAY=MO,TU"). ``last`` None goes on for
    good; ``end`` not after ``start`` is over midnight; ``but_holidays`` leaves out the days off.
    """

    rule: str
    start: time
    end: time
    first: date
    last: date | None = None
    but_holidays: bool = False
    zone: str = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What an operator queues for an area and below (or for the named ``boards`` only).

    ``text`` of kind "text" is the Markdown of server/core/typesetting/markdown.py. ``position`` orders what waits
    equally long (smaller first), ``priority`` airs at the next boundary. ``version`` grows with every change of its
    words; ``reason`` says why it was returned or withdrawn. ``replaces`` names the one that leaves the boards
    when this one is approved. A ``template`` is never shown, only copied.
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
    reason: str = ""
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What an editor pushes. ``danger`` is what it is about ("Bão"), ``risk`` 1 to 5, 0 where no level is named.

    ``acts`` are at most three things to do; ``areas`` are never empty: an unknown target reaches nobody.
    ``signed_by`` is the editor who asks for a second one's confirmation, ``confirmed_by`` that one, and
    ``broke_glass`` says that it went out on one person's word although two were asked for. ``replaces`` is the
    notice that this one corrects; ``ended`` is when it left the glass.
    """

    id: int
    level: Level
    headline: str
    areas: tuple[str, ...]
    issued: datetime
    until: datetime
    acts: tuple[str, ...] = ()
    danger: str = ""
    risk: int = 0
    sender: str = ""
    exercise: bool = False
    state: NoticeState = "live"
    created_by: str = ""
    signed_by: str = ""
    signed_at: datetime | None = None
    confirmed_by: str = ""
    broke_glass: bool = False
    replaces: int | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A re-encoded picture or a checked video, under ``--data``/media by its hash (16 hex of SHA-256)."""

    hash: str
    width: int
    height: int
    type: str = "image/webp"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Slide:
    """One full-screen picture: ``hash`` is 16 hex of SHA-256 of ``html``; ``dwell`` in milliseconds (rule 8)."""

    hash: str
    html: str
    dwell: int
    title: str
    source: str
    kind: str
    media: tuple[str, ...] = field(default=())
