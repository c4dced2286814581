"""Writes the feed of a board or an area in the format JSON Feed 1.1 (jsonfeed.org); called by feed_files."""

from __future__ import annotations

import json
from collections.abc import Sequence

from server.content.public_feeds.feed_item import FeedHead, FeedItem, instant
from server.content.public_feeds.item_html import content_html, plain

TYPE = "application/feed+json; charset=utf-8"
VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(head: FeedHead, items: Sequence[FeedItem], most_bytes: int) -> bytes:
    """Returns the feed in UTF-8; items at the end that would make it longer than ``most_bytes`` are left out.

    The keys ``_bangtin`` contain values for which the format has no key, such as the licence and the boards.
    """
    feed: dict[str, object] = {
        "version": VERSION,
        "title": head.title,
        "home_page_url": head.absolute(head.page),
        "feed_url": head.absolute(f"{head.path}/feed.json"),
        "language": "vi",
        "hubs": [{"type": "WebSub", "url": head.hub}],
    }
    if head.rights:
        feed["_bangtin"] = {"licence": head.rights}
    listed: list[dict[str, object]] = []
    length = len(_encoded(feed)) + 100
    for item in items:
        entry = _item(item, head)
        length += len(_encoded(entry)) + 2
        if length > most_bytes:
            break
        listed.append(entry)
    return _encoded({**feed, "items": listed})


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _item(item: FeedItem, head: FeedHead) -> dict[str, object]:
    entry: dict[str, object] = {
        "id": head.tag(f"item/{item.key}"),
        "url": head.absolute(item.path),
        "title": plain(item.title) or item.label,
        "content_html": content_html(item, head),
        "date_published": instant(item.published, head.zone),
        "date_modified": instant(item.updated, head.zone),
        "authors": [{"name": plain(item.issuer) or head.title}],
        "tags": [plain(item.label)],
        "language": item.language,
        "_bangtin": {
            "kind": item.kind,
            "boards": sorted(item.boards),
            "until": instant(item.until, head.zone) if item.until else None,
        },
    }
    if item.summary:
        entry["summary"] = plain(item.summary)
    if item.origin:
        entry["external_url"] = plain(item.origin)
    addresses = [(head.absolute(f"/glass/media/{file.hash}"), file.type) for file in item.files]
    pictures = [address for address, kind in addresses if kind.startswith("image/")]
    if pictures:
        entry["image"] = pictures[0]
    if addresses:
        entry["attachments"] = [{"url": address, "mime_type": kind} for address, kind in addresses]
    return entry
