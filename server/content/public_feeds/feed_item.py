"""An item of a public board, and what a feed says of itself; the values that the writers of feeds get."""

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

    ``key`` identifies it for ever ("a12", "s5", "n7"). ``label`` says in Vietnamese what it is, ``issuer`` whose it
    is; ``area`` is the slug of the issuer's area, "" if unknown. ``path`` is that of its page on this server,
    ``origin`` the web address of the original, "" if there is none. ``published`` is when boards may first have shown
    it, ``until`` when they will stop (None: not known). ``boards`` are the slugs of the boards.
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

    @property
    def summary(self) -> str:
        """The beginning of its text as one line, at most 300 characters."""
        text = " ".join(_sentence(block.text) for block in self.blocks)
        return text if len(text) <= 300 else f"{text[:299].rstrip()}…"


def _sentence(text: str) -> str:
    return text if text.endswith((".", ",", ":", ";", "!", "?", "…")) else f"{text}."


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says of itself.

    ``base`` is the public address of the server without a final slash, ``path`` the path of the feed's folder
    ("/board/hoi-truong"), ``page`` that of the page for people. ``host`` is in the ids of the feed and its items.
    ``rights`` is the licence, "" for none.
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
        """A tag URI on this server's host, for example "tag:bangtin.example.vn,2026:item/a12"."""
        return f"tag:{self.host},{_TAG_YEAR}:{specific}"

    @property
    def hub(self) -> str:
        """The address of the WebSub hub that distributes the feed."""
        return self.absolute(HUB_PATH)

    def absolute(self, path: str) -> str:
        """The absolute address of a path on this server."""
        return f"{self.base}{path}"


def host_of(base: str) -> str:
    """The host name in the public address ``base``, in lower case and without a port."""
    return urlsplit(base).hostname or "localhost"


def instant(at: datetime, zone: ZoneInfo) -> str:
    """A time as RFC 3339 wants it: whole seconds and an offset."""
    return at.astimezone(zone).replace(microsecond=0).isoformat()


def updated_of(items: tuple[FeedItem, ...], head: FeedHead) -> datetime:
    """When the newest of ``items`` was changed; for none, the beginning of the day in the feed's zone."""
    midnight = head.now.astimezone(head.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return max((item.updated for item in items), default=midnight)
