"""Reads one source into a Reading; called by feeds.sandbox.child and exported by feeds.

bytes -> decode (text) -> parse, parse_json or parse_page (RawFeed) -> refine (Reading)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from feeds.clean.refine import refine
from feeds.discover.survey import best_list
from feeds.download.files import open_file
from feeds.download.http import fetch
from feeds.download.request import FetchPolicy
from feeds.entry import Reading
from feeds.errors import ParseError, Refused
from feeds.formats.decode import decode
from feeds.formats.html_list import parse_page
from feeds.formats.json_feed import parse_json
from feeds.formats.rss import parse, refuse_wall
from feeds.limits import DEFAULT_ZONE, MAX_BYTES
from feeds.raw import RawFeed
from feeds.selectors import Selectors


def read_bytes(
    body: bytes,
    *,
    address: str,
    content_type: str = "",
    zone: str = DEFAULT_ZONE,
    now: datetime,
    page: Selectors | None = None,
    on_stage: Callable[[str], object] = str,
) -> Reading:
    """Reads ``body``, a feed or list page that was fetched from ``address``.

    ``content_type`` is the response header verbatim; ``zone`` is the source's time zone, for dates without one;
    ``now`` is aware. With ``page`` the body is an HTML list page, read by these selectors, or by proposed ones if
    ``page.item`` is empty; without ``page`` it must be a feed. ``on_stage`` is called with "decode", "parse" and
    "refine" as each stage ends. Raises ParseError, and nothing else, if nothing can be read.
    """
    if len(body) > MAX_BYTES:
        raise ParseError("Nội dung lớn quá mức cho phép.", "too-large")
    decoded = decode(body, content_type)
    on_stage("decode")
    if page is None:
        raw = _parse(decoded.text, address)
    else:
        page, raw = _page(decoded.text, address, page)
    on_stage("parse")
    reading = refine(raw, zone=zone, now=now)
    on_stage("refine")
    return replace(reading, notes=(*decoded.notes, *reading.notes), selectors=page)


def _page(text: str, base: str, selectors: Selectors) -> tuple[Selectors, RawFeed]:
    """Returns (the selectors that were used, the items that they found on the list page ``text``).

    Raises ParseError.
    """
    refuse_wall(text)
    chosen = selectors if selectors.item else best_list(text)
    return chosen, parse_page(text, base, chosen)


def _parse(text: str, base: str) -> RawFeed:
    return parse_json(text, base) if text.lstrip()[:1] == "{" else parse(text, base)


def read(
    address: str,
    *,
    zone: str = DEFAULT_ZONE,
    now: datetime,
    policy: FetchPolicy | None = None,
    page: Selectors | None = None,
) -> Reading:
    """Fetches and reads one source in this process; ``address`` is a URL or the path of a file.

    The other arguments and the result are those of ``read_bytes``. Raises FetchError or ParseError.
    """
    if address.startswith(("http://", "https://")):
        got = fetch(address, policy or FetchPolicy())
        return read_bytes(got.body, address=got.url, content_type=got.content_type, zone=zone, now=now, page=page)
    if "://" in address:
        raise Refused("Chỉ đọc được địa chỉ http, https hoặc tệp trên máy.", "scheme")
    return read_bytes(open_file(Path(address), MAX_BYTES), address=address, zone=zone, now=now, page=page)
