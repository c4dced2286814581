"""Extracts text and picture from an article's own page; called in the sandbox, for sources with ``full_text``.

trafilatura finds the text among menus and advertisements; the result is cleaned like any other body.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from feeds.clean.plain_text import plain, polish
from feeds.download.links import absolute
from feeds.errors import ParseError
from feeds.formats.decode import decode
from feeds.formats.rss import refuse_wall
from feeds.limits import MAX_SUMMARY

_PICTURES = ('meta[property="og:image:secure_url"]', 'meta[property="og:image"]', 'meta[name="twitter:image"]')
_MIN_TEXT = 80  # characters: a shorter text is not the article but a line of the page around it


@dataclass(frozen=True, slots=True)
class Article:
    """``text`` is plain, paragraphs separated by ``\\n``, "" if none was found; ``image`` is an address or None."""

    text: str
    image: str | None = None
    image_alt: str = ""


def article_bytes(body: bytes, *, address: str, content_type: str = "") -> Article:
    """Text and picture of an article's page. Raises ParseError for a page that stops robots."""
    text = decode(body, content_type).text
    refuse_wall(text)
    tree = LexborHTMLParser(text)
    image = next((at for name in _PICTURES if (at := absolute(_meta(tree, name), address))), "")
    return Article(
        _text(text), image or None, polish(plain(html.escape(_meta(tree, 'meta[property="og:image:alt"]'))))
    )


def _meta(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return (node.attributes.get("content") or "") if node is not None else ""


def _text(page: str) -> str:
    """Raises ParseError if trafilatura fails, as it does on some broken pages."""
    try:
        found = trafilatura.extract(
            page, include_comments=False, include_tables=False, favor_precision=True, deduplicate=False
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ParseError("Không trích được nội dung bài viết.", "broken") from error
    paragraphs = html.escape(found or "", quote=False).replace("\n", "<br>")
    text = polish(plain(paragraphs))
    return text[:MAX_SUMMARY] if len(text) >= _MIN_TEXT else ""
