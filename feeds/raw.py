"""The output of the parsers, still as the source wrote it; made by feeds.formats, cleaned by feeds.clean.refine.

All formats produce this one shape, so that the cleaning is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class RawPicture:
    """A picture's address (may be relative) and its description."""

    address: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One item: title and bodies may be markup; ``dates`` are texts, the best first.

    ``parsed`` is the parser's own reading of a date, for formats that feeds.clean.dates does not know.
    ``base`` is what relative addresses of this item are resolved against, if it differs from the feed's.
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

    ``next`` is the address of the next page of a list page, may be relative.
    """

    title: str = ""
    link: str = ""
    language: str = ""
    entries: tuple[RawEntry, ...] = ()
    base: str = ""
    ttl: timedelta | None = None
    notes: tuple[str, ...] = ()
    next: str = ""
