"""Finds the feeds that a web page links to, and the lists of news on the page itself.

``survey_bytes`` is called by ``run.py read`` and the desk (through feeds.sandbox), ``best_list`` by feeds.reader for
a page without selectors.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from feeds.clean.refine import refine
from feeds.discover.selector_proposal import propose
from feeds.download.links import absolute
from feeds.entry import FeedLink, Reading, Survey
from feeds.errors import ParseError
from feeds.formats.decode import decode
from feeds.formats.html_list import base_of, parse_page, text_in
from feeds.formats.rss import refuse_wall
from feeds.selectors import Selectors

_TYPES = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json|text/xml|application/xml", re.I
)
_ADDRESS = re.compile(
    r"(?:/rss(?:/|\.\w+|\?|$)|/feed(?:/|\?|$)|/atom(?:\.xml|/|$)|\.rss(?:\?|$)|listfeed\.aspx|[?&]format=feed|"
    r"/feed\.(?:xml|json)|/rss[\w-]*\.xml)",
    re.I,
)
_MAX_FEEDS = 30


def survey_bytes(body: bytes, *, address: str, content_type: str = "", zone: str, now: datetime) -> Survey:
    """Examines the page ``body``, which was fetched from ``address``.

    ``zone`` is the time zone of the source, ``now`` the current time. Raises ParseError for an empty page and for one
    that blocks robots.
    """
    text = decode(body, content_type).text
    refuse_wall(text)
    tree = LexborHTMLParser(text)
    heading = tree.css_first("title")
    return Survey(
        title=text_in(heading) if heading is not None else "",
        feeds=feeds_of(tree, address),
        lists=tuple(_readings(text, address, zone, now)),
    )


def best_list(text: str) -> Selectors:
    """Returns the selectors of the most likely list of news on the page ``text``.

    Raises ParseError ("no-list") if there is none.
    """
    found = propose(text, most=1)
    if not found:
        raise ParseError("Không tìm thấy danh sách tin nào trên trang này.", "no-list")
    return found[0].selectors


def feeds_of(tree: LexborHTMLParser, address: str) -> tuple[FeedLink, ...]:
    """Returns the feeds that a page names in ``link rel=alternate``, then links to addresses that look like feeds.

    ``address`` is the page's address. Each feed occurs once, at most `_MAX_FEEDS` in all.
    """
    base = base_of(tree, address)
    found: dict[str, FeedLink] = {}
    for node in tree.css("link[href]"):
        tags = node.attributes
        if "alternate" in (tags.get("rel") or "").lower() and _TYPES.fullmatch((tags.get("type") or "").strip()):
            at = absolute(tags.get("href") or "", base)
            found.setdefault(at, FeedLink((tags.get("title") or "").strip(), at))
    for node in tree.css("a[href]"):
        at = absolute(node.attributes.get("href") or "", base)
        if _ADDRESS.search(at):
            found.setdefault(at, FeedLink(text_in(node) or (node.attributes.get("title") or ""), at))
    found.pop("", None)
    return tuple(found.values())[:_MAX_FEEDS]


def _readings(text: str, address: str, zone: str, now: datetime) -> list[Reading]:
    made = []
    for proposal in propose(text):
        try:
            reading = refine(parse_page(text, address, proposal.selectors), zone=zone, now=now)
        except ParseError:
            continue
        made.append(replace(reading, selectors=proposal.selectors))
    return made
