"""Where we differ from feedparser on purpose: each difference is a rule with a name; used by suite.py.

A rule looks at what was expected, at what came and at the document, never at the name of a file.
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
    """What a browser would show of ``markup``, in NFC, blanks folded; not by the cleaning it judges."""
    tree = LexborHTMLParser(f"<body>{markup}")
    for node in tree.css(_SILENT):
        node.decompose()
    shown = tree.body.text() if tree.body is not None else ""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", shown)).split())


def same(expected: Expected, got: Got, document: bytes) -> bool:
    return got == expected.value


def plain_text(expected: Expected, got: Got, document: bytes) -> bool:
    """Markup is off, references are unfolded, blanks are one blank; once more where a tag comes out of it."""
    return (
        expected.what == "title"
        and isinstance(got, str)
        and isinstance(expected.value, str)
        and got in (words(expected.value), words(words(expected.value)))
    )


def nothing_to_say(expected: Expected, got: Got, document: bytes) -> bool:
    """An item or a title that holds a picture and no word (the suite's own traps) shows nothing."""
    return expected.what == "title" and got is None and words(str(expected.value)) == ""


def links_for_people(expected: Expected, got: Got, document: bytes) -> bool:
    """A link leads to the article: licences and the feed's own address are none."""
    return expected.what == "link" and not got and _OTHER_RELATION.search(document) is not None


def content_location(expected: Expected, got: Got, document: bytes) -> bool:
    """RFC 9110 took away what Content-Location once said of relative addresses: the address asked counts."""
    return expected.what == "link" and "content-location" in headers(document) and isinstance(got, str) and bool(got)


RULES: tuple[tuple[str, Rule], ...] = (
    ("as the suite has it", same),
    ("plain text, where the suite has markup", plain_text),
    ("nothing, where there is not one word", nothing_to_say),
    ("links for people only", links_for_people),
    ("Content-Location is no base (RFC 9110)", content_location),
)
