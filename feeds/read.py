"""The front door: one source to a Reading; called by the worker (through feeds.isolate), by ``run.py read``.

bytes -> decode (text) -> parse or parse_json (RawFeed) -> refine (Reading)
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from feeds.decode import decode_noted
from feeds.entry import Reading
from feeds.errors import ParseError, Refused
from feeds.fetch import FetchPolicy, fetch
from feeds.jsonfeed import parse_json
from feeds.limits import MAX_BYTES
from feeds.local import open_file
from feeds.parse import parse
from feeds.raw import RawFeed
from feeds.refine import refine


def read_bytes(
    body: bytes, *, address: str, content_type: str = "", zone: str = "Asia/Ho_Chi_Minh", now: datetime
) -> Reading:
    """What ``body``, fetched from ``address``, says.

    ``content_type`` is the header as it came; ``zone`` the source's own, for dates without one; ``now`` aware.
    Raises ParseError, and nothing else, when nothing can be read.
    """
    if len(body) > MAX_BYTES:
        raise ParseError("Nội dung lớn quá mức cho phép.", "too-large")
    decoded = decode_noted(body, content_type)
    reading = refine(_parse(decoded.text, address), zone=zone, now=now)
    return Reading(
        title=reading.title,
        link=reading.link,
        language=reading.language,
        entries=reading.entries,
        notes=(*decoded.notes, *reading.notes),
        ttl=reading.ttl,
    )


def _parse(text: str, base: str) -> RawFeed:
    return parse_json(text, base) if text.lstrip()[:1] == "{" else parse(text, base)


def read(address: str, *, zone: str = "Asia/Ho_Chi_Minh", now: datetime, policy: FetchPolicy) -> Reading:
    """One source through everything, in this process: ``address`` is a URL or the path of a file.

    Raises FetchError or ParseError.
    """
    if address.startswith(("http://", "https://")):
        got = fetch(address, policy)
        return read_bytes(got.body, address=got.url, content_type=got.content_type, zone=zone, now=now)
    if "://" in address:
        raise Refused("Chỉ đọc được địa chỉ http, https hoặc tệp trên máy.", "scheme")
    return read_bytes(open_file(Path(address), MAX_BYTES), address=address, zone=zone, now=now)
