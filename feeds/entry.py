"""What reading a source gives: Entry and Reading, made by feeds.clean.refine and used by the harvest and the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.selectors import Selectors


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source said, cleaned: plain text in NFC, paragraphs parted by ``\\n``.

    ``id`` is the guid, else the canonical link, else title and day: the same item keeps it from one reading
    to the next. ``published`` is UTC, None where the source gave no usable date (take the time first seen).
    ``image`` and ``link`` are absolute http(s) addresses; ``link`` is "" where there is none. Only where the
    feed itself is a file, ``image`` may be the ``file:`` address of one that stands beside it. ``table`` holds
    rows of cells, head first, when the body is mainly an HTML table. ``notes`` say what was odd.
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
    """One source read once; ``ttl`` is how long the source itself says the reading is good for.

    Of a list page, ``next`` is the address of the page that goes on ("" where none does), and ``selectors`` are
    those that it was read by.
    """

    title: str
    link: str
    language: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    ttl: timedelta | None = None
    next: str = ""
    selectors: Selectors | None = None
