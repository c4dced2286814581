"""Small CAP documents for the tests beside it, and short ways to read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from feeds import ParseError
from feeds.formats.cap.document import CapAlert, CapIndex, CapInfo, Ring
from feeds.formats.cap.reader import read_alerts, read_cap

ADDRESS = "https://canh-bao.example.invalid/cap/danh-muc.xml"
CAP12 = "urn:oasis:names:tc:emergency:cap:1.2"
CAP11 = "urn:oasis:names:tc:emergency:cap:1.1"
CAP10 = "http://www.incident.com/cap/1.0"

IDENTITY = {
    "identifier": "vn-1",
    "sender": "a@canh-bao.example.invalid",
    "sent": "2026-08-25T16:00:00+07:00",
    "status": "Actual",
    "msgType": "Alert",
    "scope": "Public",
}
TRIPLE = "<urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty>"
SQUARE = "<polygon>20.1,106.2 20.1,106.9 20.8,106.9 20.8,106.2 20.1,106.2</polygon>"
RING: Ring = ((20.1, 106.2), (20.1, 106.9), (20.8, 106.9), (20.8, 106.2), (20.1, 106.2))


def utc(day: int, hour: int, minute: int = 0, month: int = 8, year: int = 2026) -> datetime:
    """A time in August 2026, unless another month is named."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def area(inside: str = SQUARE, description: str = "Hưng Yên") -> str:
    """An area that holds ``inside``."""
    return f"<area><areaDesc>{description}</areaDesc>{inside}</area>"


def info(inside: str = "", *, event: str = "Bão", language: str = "vi-VN", areas: str | None = None) -> str:
    """An info with the three levels, one area and ``inside``; without ``language`` if it is ""."""
    named = f"<language>{language}</language>" if language else ""
    where = area() if areas is None else areas
    return f"<info>{named}<category>Met</category><event>{event}</event>{TRIPLE}{inside}{where}</info>"


def alert(
    *infos: str, ns: str = CAP12, head: str = "", without: str = "", changes: Mapping[str, str] | None = None
) -> str:
    """An alert with ``infos``, one by default; ``head`` goes before them, ``without`` names a field to leave out."""
    fields = {**IDENTITY, **(changes or {})}
    identity = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if name != without)
    return f'<alert xmlns="{ns}">{identity}{head}{"".join(infos or (info(),))}</alert>'


def atom(*entries: str, head: str = "") -> str:
    """An Atom feed."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Cảnh báo</title>{head}{"".join(entries)}</feed>'


def entry(links: str, *, updated: str = "2026-08-25T16:00:00+07:00", title: str = "Bão", inside: str = "") -> str:
    """An entry of an Atom feed."""
    return f"<entry><title>{title}</title><id>{title}</id><updated>{updated}</updated>{links}{inside}</entry>"


def rss(*items: str) -> str:
    """An RSS feed."""
    return f'<rss version="2.0"><channel><title>Cảnh báo</title>{"".join(items)}</channel></rss>'


def whole(body: str | bytes, *, address: str = ADDRESS, content_type: str = "", certificate: str = "") -> CapIndex:
    """What ``read_cap`` makes of ``body``; text is sent as UTF-8."""
    raw = body.encode() if isinstance(body, str) else body
    return read_cap(raw, address=address, content_type=content_type, certificate=certificate)


def one(body: str | bytes, *, certificate: str = "", zone: str = "Asia/Ho_Chi_Minh") -> CapAlert:
    """The only alert in ``body``."""
    raw = body.encode() if isinstance(body, str) else body
    (found,) = read_alerts(raw, address=ADDRESS, zone=zone, certificate=certificate)
    return found


def only_info(body: str | bytes) -> CapInfo:
    """The only info of the only alert in ``body``."""
    (found,) = one(body).infos
    return found


def refusal(body: str | bytes, *, content_type: str = "") -> str:
    """The code of the error that ``body`` ends in."""
    with pytest.raises(ParseError) as caught:
        whole(body, content_type=content_type)
    assert caught.value.message.endswith(".")
    return caught.value.code
