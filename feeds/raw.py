"""The types that the parsers of feeds.formats return, with texts not yet cleaned; used by feeds.clean.

The parsers of all formats return these classes, so that the cleaning is the same for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class RawPicture:
    """A picture's ``address``, which may be relative, and its description ``alt``."""

    address: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One item of a source; ``title``, ``summary`` and ``body`` may be HTML; ``dates`` are texts, the best first.

    ``parsed`` is a date that feedparser has parsed, for formats that feeds.clean.dates does not know. ``base`` is the
    address against which relative addresses of this item are resolved, "" if it is the same as for the feed.
    """

    guid: str = ""
    title: str = ""
    links: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    dates: tuple[str, ...] = ()
    parsed: datetime | None = None
    pictures: tuple[RawPicture, ...] = ()
    language: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class RawFeed:
    """One parsed source; ``base`` is its address, a URL or the path of a file.

    ``link`` is the web page of the source. ``ttl`` is how long the source declares its content to be valid. ``next``
    is the address of the next page of a list page, "" if there is none; it may be relative.
    """

    title: str = ""
    link: str = ""
    language: str = ""
    entries: tuple[RawEntry, ...] = ()
    base: str = ""
    ttl: timedelta | None = None
    notes: tuple[str, ...] = ()
    next: str = ""
