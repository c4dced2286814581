"""The result of reading a source: Entry and Reading, made by feeds.clean.refine; used by the harvest and the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.selectors import Selectors


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a source, cleaned: plain text in NFC, paragraphs separated by ``\\n``.

    ``id`` is the guid, else the canonical link, else title and day; the same item keeps it at every reading.
    ``published`` is UTC, None if the source gives no usable date (then use the time first seen). ``image`` and
    ``link`` are absolute http(s) addresses; ``link`` is "" if there is none. If the feed itself is a file, ``image``
    may be a ``file:`` address in its folder. ``table`` holds rows of cells, head first, if the body is mainly an HTML
    table. ``notes`` describe what was unusual, in Vietnamese.
    """

    id: str
    title: str
    summary: str
    link: str
    published: datetime | None = None
    image: str | None = None
    image_alt: str = ""
    language: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one source; ``ttl`` is how long the source itself says that it is valid.

    For a list page, ``next`` is the address of the next page ("" if there is none), and ``selectors`` are those
    that were used.
    """

    title: str
    link: str
    language: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    ttl: timedelta | None = None
    next: str = ""
    selectors: Selectors | None = None
