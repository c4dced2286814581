"""Rules that accept intended differences from feedparser; used by suite.py.

Each rule gets the expected value, the value that this project's parser read, and the document, but not its file name.
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
    """The text that a browser would show for ``markup``, in NFC and with single spaces.

    It does not use feeds.clean, which it helps to test.
    """
    tree = LexborHTMLParser(f"<body>{markup}")
    for node in tree.css(_SILENT):
        node.decompose()
    shown = tree.body.text() if tree.body is not None else ""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", shown)).split())


def same(expected: Expected, got: Got, document: bytes) -> bool:
    """Accepts a value that equals the expected one."""
    return got == expected.value


def plain_text(expected: Expected, got: Got, document: bytes) -> bool:
    """Accepts a title as plain text: markup removed, entities unescaped, whitespace collapsed.

    Two passes are allowed, because unescaping may uncover a tag.
    """
    return (
        expected.what == "title"
        and isinstance(got, str)
        and isinstance(expected.value, str)
        and got in (words(expected.value), words(words(expected.value)))
    )


def nothing_to_say(expected: Expected, got: Got, document: bytes) -> bool:
    """Accepts no title where the expected title has no visible text, for example only a picture."""
    return expected.what == "title" and got is None and words(str(expected.value)) == ""


def links_for_people(expected: Expected, got: Got, document: bytes) -> bool:
    """True if no link was read from a document whose only links have other relations, for example to a licence."""
    return expected.what == "link" and not got and _OTHER_RELATION.search(document) is not None


def content_location(expected: Expected, got: Got, document: bytes) -> bool:
    """Accepts any link of a document with Content-Location, which changes relative addresses in feedparser.

    RFC 9110 removed that effect, so that links are relative to the requested address.
    """
    return expected.what == "link" and "content-location" in headers(document) and isinstance(got, str) and bool(got)


RULES: tuple[tuple[str, Rule], ...] = (
    ("as the suite has it", same),
    ("plain text, where the suite has markup", plain_text),
    ("nothing, where there is not one word", nothing_to_say),
    ("links for people only", links_for_people),
    ("Content-Location is no base (RFC 9110)", content_location),
)
