"""The front door: one source to a Reading; called by the worker (through feeds.sandbox.isolate), by ``run.py read``.

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
from feeds.download.http import FetchPolicy, fetch
from feeds.entry import Reading
from feeds.errors import ParseError, Refused
from feeds.formats.decode import decode_noted
from feeds.formats.html_list import parse_page
from feeds.formats.json_feed import parse_json
from feeds.formats.rss import page_wall, parse
from feeds.limits import MAX_BYTES
from feeds.raw import RawFeed
from feeds.selectors import Selectors


def read_bytes(
    body: bytes,
    *,
    address: str,
    content_type: str = "",
    zone: str = "Asia/Ho_Chi_Minh",
    now: datetime,
    page: Selectors | None = None,
    done: Callable[[str], object] = str,
) -> Reading:
    """What ``body``, fetched from ``address``, says.

    ``content_type`` is the header as it came; ``zone`` the source's own, for dates without one; ``now`` aware.
    With ``page`` the body is an HTML list page and read by these selectors, by proposed ones where ``page.item``
    is empty; without, it must be a feed. ``done`` hears of the stages "decode", "parse" and "refine" as they end.
    Raises ParseError, and nothing else, when nothing can be read.
    """
    if len(body) > MAX_BYTES:
        raise ParseError("Nội dung lớn quá mức cho phép.", "too-large")
    decoded = decode_noted(body, content_type)
    done("decode")
    if page is None:
        raw = _parse(decoded.text, address)
    else:
        page, raw = _page(decoded.text, address, page)
    done("parse")
    reading = refine(raw, zone=zone, now=now)
    done("refine")
    return replace(reading, notes=(*decoded.notes, *reading.notes), selectors=page)


def _page(text: str, base: str, selectors: Selectors) -> tuple[Selectors, RawFeed]:
    """(the selectors that were used, what they found)."""
    wall = page_wall(text)
    if wall is not None:
        raise wall
    chosen = selectors if selectors.item else best_list(text)
    return chosen, parse_page(text, base, chosen)


def _parse(text: str, base: str) -> RawFeed:
    return parse_json(text, base) if text.lstrip()[:1] == "{" else parse(text, base)


def read(
    address: str,
    *,
    zone: str = "Asia/Ho_Chi_Minh",
    now: datetime,
    policy: FetchPolicy | None = None,
    page: Selectors | None = None,
) -> Reading:
    """One source through everything, in this process: ``address`` is a URL or the path of a file.

    ``page`` as for ``read_bytes``. Raises FetchError or ParseError.
    """
    if address.startswith(("http://", "https://")):
        got = fetch(address, policy or FetchPolicy())
        return read_bytes(got.body, address=got.url, content_type=got.content_type, zone=zone, now=now, page=page)
    if "://" in address:
        raise Refused("Chỉ đọc được địa chỉ http, https hoặc tệp trên máy.", "scheme")
    return read_bytes(open_file(Path(address), MAX_BYTES), address=address, zone=zone, now=now, page=page)
