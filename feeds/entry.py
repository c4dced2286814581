"""The types that the library returns: Entry and Reading of a source, Survey of a page, Picture.

Used by the worker and the desk. This module imports no parser, so that a process that only starts the sandbox does
not load any.
"""

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


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page links to: the title that the page gives it, and its address."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Survey:
    """The result of examining a page: its title, the ``feeds`` that it links to, and ``lists`` of news on it.

    Each of ``lists`` is a Reading with the entries and the proposed selectors of one list, the most likely first.
    """

    title: str
    feeds: tuple[FeedLink, ...] = ()
    lists: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be shown: ``body`` is WebP, ``width`` and ``height`` are in pixels."""

    body: bytes
    width: int
    height: int
