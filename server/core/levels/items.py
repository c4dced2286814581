"""What servers tell each other: who they are, and the items that they show; used by content, store and worker.levels.

An item has the same ``origin`` on every server: "SERVER/ITEM", the id of the server where it was made and its name
there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from server.core.model import AnnouncementKind, Contact, Level, Recurrence, Window

ItemKind = Literal["story", "announcement", "posting", "notice"]
GoneWhy = Literal["withdrawn", "corrected", "ended"]
Relation = Literal["above", "same", "below"]
FORMAT = 1
"""The version of both documents. A reader refuses documents with a higher one."""
WELL_KNOWN = "/.well-known/bang-tin.json"
FEED_NAME = "bang-tin.json"
NOTICE_ORIGIN = "server/"
"""How the ``origin`` of a notice begins that came from another server; the origin of the item follows."""

SOURCE_ACTOR = "source:"
"""How the actor begins who posts what a source brings; the slug of the source follows."""


@dataclass(frozen=True, slots=True)
class RemoteArea:
    """An area that another server speaks for. ``feed`` is the web address of the feed of the area and those below."""

    slug: str
    name: str
    codes: tuple[str, ...] = ()
    parent: str = ""
    feed: str = ""


@dataclass(frozen=True, slots=True)
class ServerDocument:
    """What a server says about itself at `WELL_KNOWN`: its id ``server``, the address of its WebSub ``hub``, …"""

    server: str
    name: str
    version: str
    areas: tuple[RemoteArea, ...]
    hub: str = ""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A picture or video at a web address. ``sha256`` is at least 16 hex digits, the beginning of its SHA-256."""

    url: str
    sha256: str
    type: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class SharedItem:
    """An item in the feed of another server.

    ``version`` is the time of its last change in milliseconds since 1970. ``path`` lists the ids of the servers that
    it passed, the origin first, the server that was read last. ``areas`` are slugs on that server. ``digest`` is a
    hash of its content. ``form`` is the kind of an announcement ("text", "table" …), ``until`` None if it has no end,
    ``replaces`` the origin of the item that this one corrects, "" for none. The other fields are as in Announcement,
    Notice and Story.
    """

    origin: str
    version: int
    path: tuple[str, ...]
    kind: ItemKind
    level: Level
    areas: tuple[str, ...]
    title: str
    since: datetime
    digest: str = ""
    until: datetime | None = None
    issuer: str = ""
    text: str = ""
    form: AnnouncementKind = "text"
    windows: tuple[Window, ...] = ()
    recurrence: Recurrence | None = None
    every_minutes: int | None = None
    table: tuple[tuple[str, ...], ...] = ()
    contact: Contact | None = None
    link: str = ""
    page: str = ""
    language: str = ""
    files: tuple[SharedFile, ...] = ()
    acts: tuple[str, ...] = ()
    danger: str = ""
    risk: int = 0
    threat: str = ""
    exercise: bool = False
    calm: bool = False
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An item that the server showed and does not show any more, and since when (milliseconds since 1970)."""

    origin: str
    version: int
    why: GoneWhy
    successor: str = ""


@dataclass(frozen=True, slots=True)
class ServerFeed:
    """The feed of an area: its items, those that have not changed since the time asked for, and those that are gone.

    ``unchanged`` maps origins to versions. Only if ``complete`` is True, an item that is missing in the feed is not
    shown any more.
    """

    server: str
    complete: bool
    items: tuple[SharedItem, ...]
    unchanged: Mapping[str, int] = field(default_factory=dict)
    gone: tuple[Tombstone, ...] = ()


def document_address(url: str) -> str:
    """Returns the address of the document of the server that has the web address ``url``."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{WELL_KNOWN}"


def server_of(origin: str) -> str:
    """Returns the id of the server on which the item was made."""
    return origin.partition("/")[0]
