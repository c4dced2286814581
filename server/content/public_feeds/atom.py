"""Writes the Atom feed (RFC 4287) of a board or an area; called by feed_files.

The ids are tag URIs that never change, so that feed readers recognize an entry permanently. An item that was
withdrawn or has ended is missing from the feed.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from server.content.public_feeds.feed_item import FeedHead, FeedItem, instant, updated_of
from server.content.public_feeds.item_html import content_html, plain

ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml; charset=utf-8"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(head: FeedHead, items: Sequence[FeedItem], most_bytes: int) -> bytes:
    """Returns the feed in UTF-8; items at the end that would make it longer than ``most_bytes`` are left out."""
    feed = etree.Element(f"{{{ATOM}}}feed", {_LANGUAGE: "vi"}, nsmap={None: ATOM})
    _add(feed, "id", head.tag(head.path.removeprefix("/")))
    _add(feed, "title", head.title)
    updated = _add(feed, "updated", instant(head.now, head.zone))
    _link(feed, "self", head.absolute(f"{head.path}/feed.atom"), TYPE.partition(";")[0])
    _link(feed, "hub", head.hub)
    _link(feed, "alternate", head.absolute(head.page), "text/html")
    if head.rights:
        _add(feed, "rights", head.rights)
    kept: list[FeedItem] = []
    length = len(etree.tostring(feed, encoding="utf-8")) + 1000
    for item in items:
        entry = _entry(item, head)
        length += len(etree.tostring(entry, encoding="utf-8"))
        if length > most_bytes:
            break
        feed.append(entry)
        kept.append(item)
    updated.text = instant(updated_of(tuple(kept), head), head.zone)
    written: bytes = etree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(item: FeedItem, head: FeedHead) -> etree._Element:
    entry = etree.Element(f"{{{ATOM}}}entry", nsmap={None: ATOM})
    if item.language != "vi":
        entry.set(_LANGUAGE, plain(item.language))
    _add(entry, "id", head.tag(f"item/{item.key}"))
    _add(entry, "title", item.title or item.label)
    _add(entry, "published", instant(item.published, head.zone))
    _add(entry, "updated", instant(item.updated, head.zone))
    author = etree.SubElement(entry, f"{{{ATOM}}}author")
    _add(author, "name", item.issuer or head.title)
    _link(entry, "alternate", head.absolute(item.path), "text/html")
    if item.origin:
        _link(entry, "via", item.origin)
    etree.SubElement(entry, f"{{{ATOM}}}category", term=item.kind, label=plain(item.label))
    for file in item.files:
        _link(entry, "enclosure", head.absolute(f"/glass/media/{file.hash}"), file.type)
    if item.summary:
        _add(entry, "summary", item.summary)
    if html := content_html(item, head):
        _add(entry, "content", html).set("type", "html")
    return entry


def _add(parent: etree._Element, tag: str, text: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{ATOM}}}{tag}")
    made.text = plain(text)
    return made


def _link(parent: etree._Element, relation: str, address: str, kind: str = "") -> None:
    link = etree.SubElement(parent, f"{{{ATOM}}}link", rel=relation, href=plain(address))
    if kind:
        link.set("type", kind)
