"""Parses RSS, Atom and RDF to RawFeed with feedparser, which only this module imports; called by feeds.formats.

feedparser's own cleaning and resolving of addresses are switched off: feeds.clean.plain_text and feeds.download.links
do both faster. An XML error that feedparser reports ("bozo") is not a reason to refuse a feed; a document with
neither a known version nor an item is refused.
"""

from __future__ import annotations

import calendar
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from time import struct_time

import feedparser

from feeds.errors import ParseError
from feeds.formats.prolog import prepare
from feeds.limits import PICTURE_LEAST
from feeds.raw import RawEntry, RawFeed, RawPicture

# Channel Definition Format (CDF): feedparser reports its version only if the feed has an item.
_CDF = re.compile(r"\s*(?:<!--.*?-->\s*)*<channel[\s>]", re.I | re.S)
# "&amp" without ";": this is how feedparser's parser for broken XML returns an ampersand in a channel's link.
_HALF_REFERENCE = re.compile(r"&amp(?=\w)")
_DATES = ("published", "updated", "created")
_PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|webp|gif)(?:[?#]|$)", re.I)
_WALL = re.compile(
    r"document\.cookie\s*=|location\.reload|cf-chl|just a moment|checking your browser|captcha|enable javascript",
    re.I,
)
# Exceptions that feedparser is known to raise on broken input.
_PARSER_ERRORS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, RuntimeError)
_LONGEST_TTL = timedelta(days=7)


def parse(text: str, base: str) -> RawFeed:
    """Parses the feed in ``text``; ``base`` is its URL or the path of a file.

    Raises ParseError (codes "empty", "bot-wall", "html-page", "not-a-feed", "broken", "entity-bomb").
    """
    if not text.strip():
        raise ParseError("Nguồn tin trả về nội dung rỗng.", "empty")
    prepared = prepare(text)
    try:
        found = feedparser.parse(
            prepared.text.encode("utf-8"),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        if not found.get("version") and not found.entries and not _CDF.match(prepared.text):
            raise _no_feed(prepared.text)
        entries = tuple(_entry(dict(item)) for item in found.entries)
        return _feed(dict(found.feed), entries, base, prepared.cut)
    except _PARSER_ERRORS as error:
        raise ParseError("Nguồn tin bị hỏng đến mức không đọc được.", "broken") from error


def _no_feed(text: str) -> ParseError:
    head = text[:20_000].lower()
    if "<html" not in head and "<!doctype html" not in head and "<body" not in head and "<ul" not in head:
        return ParseError("Nội dung nhận được không phải là nguồn tin RSS hay Atom.", "not-a-feed")
    return _wall(text) or ParseError("Địa chỉ này là một trang web, không phải nguồn tin RSS hay Atom.", "html-page")


def refuse_wall(text: str) -> None:
    """Raises ParseError for a page without content: a blank one ("empty"), or one that blocks robots ("bot-wall")."""
    error = _wall(text)
    if error is not None:
        raise error


def _wall(text: str) -> ParseError | None:
    if not text.strip():
        return ParseError("Nguồn tin trả về nội dung rỗng.", "empty")
    if len(text) < 20_000 and _WALL.search(text.lower()):
        return ParseError("Trang nguồn chặn truy cập tự động nên không lấy được tin.", "bot-wall")
    return None


def _feed(feed: Mapping[str, object], entries: tuple[RawEntry, ...], base: str, cut: bool) -> RawFeed:
    return RawFeed(
        title=_text(feed.get("title")),
        link=_HALF_REFERENCE.sub("&", next(_links(feed), "")),
        language=_text(feed.get("language")),
        entries=entries,
        base=base,
        ttl=_ttl(_text(feed.get("ttl"))),
        notes=("nguồn tin bị cắt cụt; mục dở dang cuối cùng đã bỏ",) if cut else (),
    )


def _ttl(minutes: str) -> timedelta | None:
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) < 9) or int(minutes) == 0:
        return None
    return min(timedelta(minutes=int(minutes)), _LONGEST_TTL)


def _entry(item: Mapping[str, object]) -> RawEntry:
    contents = [part for part in _maps(item.get("content")) if _text(part.get("value"))]
    details = [*_maps([item.get("summary_detail"), item.get("title_detail")]), *contents]
    return RawEntry(
        # feedparser's parser for broken XML does not unescape ids, so entries of a truncated feed would get other
        # ids.
        guid=html.unescape(_text(item.get("id"))),
        title=_text(item.get("title")),
        links=tuple(_links(item)),
        summary=_text(item.get("summary")),
        body=_text(contents[0]["value"]) if contents else "",
        dates=tuple(text for name in _DATES if (text := _text(item.get(name)))),
        parsed=next(_parsed(item), None),
        pictures=tuple(_pictures(item)),
        language=next((lang for part in details if (lang := _text(part.get("language")))), ""),
        base=next((base for part in details if (base := _text(part.get("base")))), ""),
    )


def _links(item: Mapping[str, object]) -> Iterator[str]:
    """Yields the addresses of the alternate links, those of HTML pages first, and then the field ``link``."""
    links = [link for link in _maps(item.get("links")) if _text(link.get("rel")) in ("alternate", "")]
    for link in sorted(links, key=lambda link: "html" not in _text(link.get("type"))):
        yield _text(link.get("href"))
    yield _text(item.get("link"))


def _parsed(item: Mapping[str, object]) -> Iterator[datetime]:
    for name in _DATES:
        parts = item.get(f"{name}_parsed")
        if isinstance(parts, struct_time) and 1 <= parts.tm_year <= 9999:
            yield datetime.fromtimestamp(0, UTC) + timedelta(seconds=calendar.timegm(parts))


def _pictures(item: Mapping[str, object]) -> Iterator[RawPicture]:
    """Yields the pictures of an item: enclosures, then media:content, widest first, thumbnails, ``image``.

    Pictures of media:content and thumbnails are left out if the feed itself states a size too small for a story.
    """
    for link in _maps(item.get("links")):
        if _text(link.get("rel")) == "enclosure" and _is_picture(link, _text(link.get("href"))):
            yield RawPicture(_text(link.get("href")))
    media = [part for part in _maps(item.get("media_content")) if _is_picture(part, _text(part.get("url")))]
    media.sort(key=lambda part: -_number(part.get("width")))
    for part in (*media, *_maps(item.get("media_thumbnail"))):
        sides = (_number(part.get("width")), _number(part.get("height")))
        if not any(0 < side < PICTURE_LEAST for side in sides):
            yield RawPicture(_text(part.get("url")))
    for part in _maps([item.get("image")]):
        yield RawPicture(_text(part.get("href")))


def _is_picture(part: Mapping[str, object], address: str) -> bool:
    kind = _text(part.get("type")) or _text(part.get("medium"))
    return kind.startswith("image") or (not kind and _PICTURE_NAME.search(address) is not None)


def _maps(values: object) -> Iterator[dict[str, object]]:
    """Yields the dictionaries in the list ``values`` as plain dictionaries; nothing if ``values`` is no list.

    feedparser's own dictionaries return the value of another key for some missing keys.
    """
    for value in values if isinstance(values, Iterable) and not isinstance(values, (str, Mapping)) else ():
        if isinstance(value, Mapping):
            yield dict(value)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: object) -> int:
    text = _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
