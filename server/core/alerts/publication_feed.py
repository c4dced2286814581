"""Writes the Atom feed of an area's alerts; called by server.desk.public.alert_views.

The feed only links to the documents: an area without alerts has a feed without entries. Its ``updated`` is renewed
every five minutes, so that a reader can tell a current feed from a stored copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from server.core.alerts.publication import Published
from server.core.alerts.publication_document import stamp, urn, xml_text
from server.core.notices.drills import unmarked

ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
RENEWED = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedHead:
    """The area of a feed, its slug and name; ``base`` is the public address of the server without a final slash.

    Times are written in ``zone``.
    """

    slug: str
    name: str
    base: str
    zone: ZoneInfo


def feed_path(slug: str) -> str:
    """Returns the path of an area's feed on this server."""
    return f"/areas/{slug}/alerts.atom"


def document_path(identifier: str) -> str:
    """Returns the path of a document on this server; ``identifier`` is its UUID."""
    return f"/alerts/{identifier}.cap"


def atom(head: FeedHead, documents: Iterable[Published], now: datetime) -> bytes:
    """Returns the feed as of ``now``, XML in UTF-8; ``documents`` become its entries in the given order."""
    address = f"{head.base}{feed_path(head.slug)}"
    listed = tuple(documents)
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "vi"})
    _add(feed, "id", address)
    _add(feed, "title", f"Cảnh báo: {head.name}")
    _add(feed, "updated", stamp(max([_renewed(now), *(one.sent for one in listed)]), head.zone))
    _author(feed, head.name)
    ET.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    for one in listed:
        _entry(feed, one, head)
    ET.indent(feed)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: ET.Element, one: Published, head: FeedHead) -> None:
    entry = ET.SubElement(feed, "entry")
    _add(entry, "id", urn(one.identifier))
    _add(entry, "title", title_of(one))
    _add(entry, "updated", stamp(one.sent, head.zone))
    _add(entry, "published", stamp(one.sent, head.zone))
    if one.content.sender:
        _author(entry, one.content.sender)
    href = f"{head.base}{document_path(one.identifier)}"
    ET.SubElement(entry, "link", {"rel": "alternate", "type": CAP_TYPE, "href": href})


def title_of(one: Published) -> str:
    """Returns the title of a feed's entry: the headline, after Vietnamese words that mark a drill or an all-clear."""
    kind = "Đã hết hiệu lực: " if one.kind == "Cancel" else ""
    if not one.content.exercise:
        return f"{kind}{one.content.headline}"
    return f"Diễn tập. {kind}{unmarked(one.content.headline)}"


def _renewed(now: datetime) -> datetime:
    return now - (now - _EPOCH) % RENEWED


def _author(parent: ET.Element, name: str) -> None:
    _add(ET.SubElement(parent, "author"), "name", name)


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = xml_text(text)
