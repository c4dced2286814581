"""Intended differences from feedparser, each a named rule; used by suite.py.

A rule sees the expected value, our value and the document, never the name of a file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from tests.feeds.upstream.expected import Expected, headers

Got = str | datetime | None
Rule = Callable[[Expected, Got, bytes], bool]

_SILENT = "script, style, iframe, noscript, template, svg, math, title, textarea"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_OTHER_RELATION = re.compile(rb"""<(?:\w+:)?link\b[^>]*\brel=["'](?!alternate)[\w-]+""")


def words(markup: str) -> str:
    """The text that a browser would show for ``markup``, in NFC, whitespace collapsed; independent of feeds.clean."""
    tree = LexborHTMLParser(f"<body>{markup}")
    for node in tree.css(_SILENT):
        node.decompose()
    shown = tree.body.text() if tree.body is not None else ""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", shown)).split())


def same(expected: Expected, got: Got, document: bytes) -> bool:
    """Our value is the expected one."""
    return got == expected.value


def plain_text(expected: Expected, got: Got, document: bytes) -> bool:
    """Markup removed, entities unescaped, whitespace collapsed; applied twice if that uncovers a tag."""
    return (
        expected.what == "title"
        and isinstance(got, str)
        and isinstance(expected.value, str)
        and got in (words(expected.value), words(words(expected.value)))
    )


def nothing_to_say(expected: Expected, got: Got, document: bytes) -> bool:
    """An item or title with a picture and no text (a trap of the suite) has no title."""
    return expected.what == "title" and got is None and words(str(expected.value)) == ""


def links_for_people(expected: Expected, got: Got, document: bytes) -> bool:
    """A link leads to the article; licences and the feed's own address do not count."""
    return expected.what == "link" and not got and _OTHER_RELATION.search(document) is not None


def content_location(expected: Expected, got: Got, document: bytes) -> bool:
    """RFC 9110 removed Content-Location's effect on relative addresses: the requested address counts."""
    return expected.what == "link" and "content-location" in headers(document) and isinstance(got, str) and bool(got)


RULES: tuple[tuple[str, Rule], ...] = (
    ("as the suite has it", same),
    ("plain text, where the suite has markup", plain_text),
    ("nothing, where there is not one word", nothing_to_say),
    ("links for people only", links_for_people),
    ("Content-Location is no base (RFC 9110)", content_location),
)
