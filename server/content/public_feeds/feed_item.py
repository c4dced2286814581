"""The values from which feeds are written: FeedItem for an item, FeedHead for the feed; used by this package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from server.core.model import Announcement, Attachment, Notice
from server.core.typesetting.markdown import Block

HUB_PATH = "/websub"
FeedItemKind = Literal["announcement", "story", "notice"]
# The year of the tag URIs (RFC 4151): at its beginning the host of the server must have belonged to its owner.
_TAG_YEAR = 2026


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An item that at least one public board shows now.

    ``key`` identifies it permanently ("a12", "s5", "n7"). ``label`` is its kind in Vietnamese, ``issuer`` the name of
    the issuing office; ``area`` is the slug of the issuer's area, "" if unknown. ``path`` is the path of its page on
    this server, ``origin`` the web address of the original, "" if there is none. ``published`` is the first time at
    which boards may have shown it, ``until`` when they will stop (None: unknown). ``boards`` are the slugs of the
    boards. ``source`` is the stored object, None for a story. ``born`` is when a story was first seen, and
    ``brought_by`` the slug of its source.
    """

    key: str
    kind: FeedItemKind
    title: str
    label: str
    issuer: str
    area: str
    path: str
    published: datetime
    updated: datetime
    until: datetime | None = None
    boards: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    files: tuple[Attachment, ...] = ()
    origin: str = ""
    language: str = "vi"
    source: Announcement | Notice | None = None
    born: datetime | None = None
    brought_by: str = ""

    @property
    def summary(self) -> str:
        """Returns the beginning of the item's text on one line, at most 300 characters."""
        text = " ".join(_sentence(block.text) for block in self.blocks)
        return text if len(text) <= 300 else f"{text[:299].rstrip()}…"


def _sentence(text: str) -> str:
    return text if text.endswith((".", ",", ":", ";", "!", "?", "…")) else f"{text}."


@dataclass(frozen=True, slots=True)
class FeedHead:
    """The data about a feed itself.

    ``base`` is the public address of the server without a final slash, ``path`` the path of the feed's folder
    ("/board/hoi-truong"), ``page`` the path of the page for people. ``host`` is used in the ids of the feed and its
    items. ``rights`` is the licence, "" for none.
    """

    title: str
    base: str
    path: str
    page: str
    host: str
    zone: ZoneInfo
    now: datetime
    rights: str = ""

    def tag(self, specific: str) -> str:
        """Returns a tag URI (RFC 4151) on this server's host, for example "tag:bangtin.example.vn,2026:item/a12"."""
        return f"tag:{self.host},{_TAG_YEAR}:{specific}"

    @property
    def hub(self) -> str:
        """Returns the web address of the WebSub hub that distributes the feed."""
        return self.absolute(HUB_PATH)

    def absolute(self, path: str) -> str:
        """Returns the absolute address of a path on this server."""
        return f"{self.base}{path}"


def host_of(base: str) -> str:
    """Returns the host name in the address ``base``, in lower case and without a port; "localhost" if it has none."""
    return urlsplit(base).hostname or "localhost"


def instant(at: datetime, zone: ZoneInfo) -> str:
    """Returns the time in the format of RFC 3339, in whole seconds with the zone's offset."""
    return at.astimezone(zone).replace(microsecond=0).isoformat()


def updated_of(items: tuple[FeedItem, ...], head: FeedHead) -> datetime:
    """Returns the latest time at which one of ``items`` was changed.

    If there are no items, returns the beginning of the current day in the feed's time zone.
    """
    midnight = head.now.astimezone(head.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return max((item.updated for item in items), default=midnight)
