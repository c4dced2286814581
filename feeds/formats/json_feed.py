"""Parses JSON Feed (jsonfeed.org, 1 and 1.1) to RawFeed; called by feeds.reader for text that starts with "{"."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping

from feeds.errors import ParseError
from feeds.raw import RawEntry, RawFeed, RawPicture


def parse_json(text: str, base: str) -> RawFeed:
    """Parses the feed in ``text``; ``base`` is its URL or the path of a file.

    Raises ParseError (codes "broken", "not-a-feed").
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("Nguồn JSON bị hỏng, không đọc được.", "broken") from error
    if not isinstance(found, dict) or "jsonfeed.org/version" not in _text(found, "version"):
        raise ParseError("Nội dung JSON nhận được không phải là nguồn tin (JSON Feed).", "not-a-feed")
    items = found.get("items")
    return RawFeed(
        title=html.escape(_text(found, "title"), quote=False),
        link=_text(found, "home_page_url"),
        language=_text(found, "language"),
        entries=tuple(_entry(item) for item in items if isinstance(item, dict)) if isinstance(items, list) else (),
        base=base,
    )


def _entry(item: Mapping[str, object]) -> RawEntry:
    as_text = html.escape(_text(item, "content_text"), quote=False)
    return RawEntry(
        guid=_text(item, "id"),
        title=html.escape(_text(item, "title"), quote=False),
        links=(_text(item, "url"), _text(item, "external_url")),
        summary=html.escape(_text(item, "summary"), quote=False),
        body=_text(item, "content_html") or as_text,
        dates=tuple(filter(None, (_text(item, "date_published"), _text(item, "date_modified")))),
        pictures=tuple(_pictures(item)),
        language=_text(item, "language"),
    )


def _pictures(item: Mapping[str, object]) -> Iterator[RawPicture]:
    for name in ("image", "banner_image"):
        yield RawPicture(_text(item, name))
    attachments = item.get("attachments")
    for part in attachments if isinstance(attachments, list) else ():
        if isinstance(part, dict) and _text(part, "mime_type").startswith("image"):
            yield RawPicture(_text(part, "url"), _text(part, "title"))


def _text(item: Mapping[str, object], name: str) -> str:
    """Returns the text in the field ``name``, "" if the field holds none.

    An integer becomes text, because the standard demands that for ids.
    """
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        return str(value)
    return value.strip() if isinstance(value, str) else ""
