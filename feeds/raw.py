"""What a parser hands on, still as the source wrote it; made by parse and jsonfeed, cleaned by refine.

List pages and CAP indexes make the same shape, so that one cleaning serves all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class RawPicture:
    """A picture's address (maybe relative) and what is said of it."""

    address: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One item: title and bodies may be markup; ``dates`` are texts, the best first.

    ``parsed`` is the parser's own reading of a date, for shapes that feeds.clean.dates does not know.
    ``base`` is what relative addresses of this item are joined to, where it differs from the feed's.
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
    """One source as its parser saw it; ``base`` is its address, a URL or the path of a file.

    ``next`` is the address of the page that goes on (list pages), maybe relative.
    """

    title: str = ""
    link: str = ""
    language: str = ""
    entries: tuple[RawEntry, ...] = ()
    base: str = ""
    ttl: timedelta | None = None
    notes: tuple[str, ...] = ()
    next: str = ""
