"""Extracts text and picture from an article's own page; called in the sandbox, for sources with ``full_text``.

trafilatura separates the text from menus and advertisements; the result is cleaned like the body of a feed's item.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from feeds.clean.plain_text import plain, polish
from feeds.clean.visible import visible
from feeds.download.links import absolute
from feeds.errors import ParseError
from feeds.formats.decode import decode
from feeds.formats.rss import refuse_wall
from feeds.limits import MAX_SUMMARY

_PICTURES = ('meta[property="og:image:secure_url"]', 'meta[property="og:image"]', 'meta[name="twitter:image"]')
# trafilatura writes "- " before each list item, which already begins with the mark that ``visible`` has inserted.
_MARKED_TWICE = re.compile(r"^- (?=(?:[•–·]|\w{1,4}\.) )", re.M)
_MIN_TEXT = 80  # characters: a shorter text is not the article but some other line of the page


@dataclass(frozen=True, slots=True)
class Article:
    """The content of an article's page.

    ``text`` is plain text, paragraphs separated by ``\\n``, "" if none was found; ``image`` is a URL or None.
    """

    text: str
    image: str | None = None
    image_alt: str = ""


def article_bytes(body: bytes, *, address: str, content_type: str = "") -> Article:
    """Returns the text and picture of the page ``body``, which was fetched from ``address``.

    Raises ParseError for an empty or broken page, and for one that blocks robots.
    """
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
    """Returns the plain text of the article in the HTML ``page``, "" if none was found.

    Raises ParseError if trafilatura fails, as it does on some broken pages.
    """
    try:
        found = trafilatura.extract(
            f"<html><body>{visible(page)}</body></html>",
            include_comments=False,
            include_tables=False,
            favor_precision=True,
            deduplicate=False,
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ParseError("Không trích được nội dung bài viết.", "broken") from error
    lines = _MARKED_TWICE.sub("", found or "")
    paragraphs = html.escape(lines, quote=False).replace("\n", "<br>")
    text = polish(plain(paragraphs))
    return text[:MAX_SUMMARY] if len(text) >= _MIN_TEXT else ""
