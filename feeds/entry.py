"""The result of reading a source: Entry and Reading, made by feeds.clean.refine and feeds.sandbox.pack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.selectors import Selectors


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a source, cleaned: plain text in NFC, paragraphs separated by ``\\n``.

    ``id`` is the same at every reading: the guid, else the canonical link, else title and day. ``published`` is UTC,
    None if the source gives no usable date (then use the time at which the entry was first seen). ``image`` and
    ``link`` are absolute http(s) URLs; ``link`` is "" if there is none. If the feed itself is a file, ``image`` may
    be a ``file:`` URL in its folder. ``table`` holds rows of cells, head first, if the body is mainly an HTML table.
    ``notes`` describe what was unusual, in Vietnamese.
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
    """The result of reading one source once.

    ``title``, ``link`` and ``language`` are those of the source. ``notes`` describe oddities, in Vietnamese. ``ttl``
    is how long the source itself declares its content to be valid, None if it does not. For a list page, ``next`` is
    the address of the next page ("" if there is none), and ``selectors`` are those that were used.
    """

    title: str
    link: str
    language: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    ttl: timedelta | None = None
    next: str = ""
    selectors: Selectors | None = None
