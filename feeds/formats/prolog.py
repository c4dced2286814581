"""Prepares text for an XML parser; called by feeds.formats.rss and .opml, some functions also by .cap.markup.

Removes text before the first tag, forbidden characters and the document type. Replaces the entities that the document
declares, or refuses the document as an entity bomb if they are nested or expand too far. Renames the captions of
media, so that they are not taken for titles of items. Drops an item that was cut off at the end.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from feeds.errors import ParseError
from feeds.limits import MAX_BYTES

DECLARATION = re.compile(r"<\?xml\s[^>]{0,500}>", re.I)
"""The XML declaration."""
# What may stand before a document type: whitespace, processing instructions, comments.
_BEFORE = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.S)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(\[.*?\]\s*)?>", re.I | re.S)
_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]+)\s+(?:"([^"]*)"|'([^']*)')""", re.I)
_REFERENCE = re.compile(r"&([A-Za-z_][\w.-]*);")
_CHARACTER = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
# Matches an ampersand that begins no reference. It also matches whole CDATA sections, in which an ampersand is
# allowed; one that is never closed goes to the end, or each of many would be searched to the end.
_BARE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z_][\w.-]{0,40});)", re.S)
_OPENING = re.compile(r"<(?:[A-Za-z][\w-]*:)?(?:item|entry)[\s>/]", re.I)
_CLOSING = re.compile(r"</(?:[A-Za-z][\w-]*:)?(?:item|entry)\s*>", re.I)
_END = re.compile(r"</(?:[A-Za-z][\w-]*:)?(?:channel|rss|feed|rdf)\s*>", re.I)
# Namespace prefixes of Media RSS: feedparser would take a picture's caption as the text and title of the item.
_MEDIA = re.compile(r"""xmlns:([A-Za-z_][\w.-]{0,30})\s*=\s*["']http://search\.yahoo\.com/mrss/?["']""")
_LAST = 2_000
_HEAD = 20_000  # characters at the beginning of the document that are searched for namespace declarations
_FLOOD = 5_000  # items; real feeds have at most a few hundred


@dataclass(frozen=True, slots=True)
class Prepared:
    """The result of ``prepare``. ``text`` starts with a tag and has no XML declaration and no document type.

    ``cut`` is True if the end of the feed is missing.
    """

    text: str
    cut: bool = False


def prepare(text: str) -> Prepared:
    """Prepares ``text`` as the module's docstring describes. Raises ParseError (code "entity-bomb")."""
    text = DECLARATION.sub("", text[max(text.find("<"), 0) :], count=1).lstrip()
    text = _CHARACTER.sub(_allowed, _without_doctype(text))
    if "&" in text:
        text = _BARE.sub(lambda m: "&amp;" if m.group() == "&" else m.group(), text)
    return _without_cut_item(_without_flood(_with_captions_renamed(text)))


def _with_captions_renamed(text: str) -> str:
    """Renames Media RSS titles and descriptions, because feedparser would take them for the item's title and text."""
    prefixes = "|".join(sorted({"media", *map(re.escape, _MEDIA.findall(text[:_HEAD]))}))
    return re.sub(rf"<(/?)({prefixes}):(title|description|text)(?=[\s/>])", r"<\1\2:caption-\3", text)


def _without_flood(text: str) -> str:
    """Drops items in the middle of a feed with more than ``_FLOOD`` items, because parsing them takes too long.

    The first and the last ``_FLOOD`` / 2 are kept: the newest items are at the beginning or at the end.
    """
    if len(text) < _FLOOD * 8:
        return text
    places = [match.start() for match in _OPENING.finditer(text)]
    if len(places) <= _FLOOD:
        return text
    return text[: places[_FLOOD // 2]] + text[places[-_FLOOD // 2] :]


def _allowed(match: re.Match[str]) -> str:
    """Returns the matched character reference; "" if XML forbids its character.

    A parser would refuse a document with such a reference.
    """
    code = int(match.group(1), 16) if match.group(1) else int(match.group(2))
    return match.group() if is_allowed(code) else ""


def is_allowed(code: int) -> bool:
    """Returns whether XML allows the character with this number."""
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF


def doctype_in(text: str) -> re.Match[str] | None:
    """Returns the match of ``text``'s document type, group 1 its internal subset in brackets; None if it has none."""
    before = _BEFORE.match(text)
    return _DOCTYPE.match(text, before.end() if before else 0)


def _without_doctype(text: str) -> str:
    doctype = doctype_in(text)
    if doctype is None:
        return text
    body = text[doctype.end() :]
    entities = {name: a or b for name, a, b in _ENTITY.findall(doctype.group(1) or "")}
    return _with_entities(body, entities) if entities else body


def _with_entities(body: str, entities: dict[str, str]) -> str:
    """Returns ``body`` with declared entities replaced by their text; ``entities`` maps names to values.

    Raises ParseError (code "entity-bomb") if an entity refers to another one, or if the result is too large.
    """
    for name, value in entities.items():
        if name in _REFERENCE.findall(value) or any(inner in entities for inner in _REFERENCE.findall(value)):
            raise ParseError("Tài liệu XML chứa “bom thực thể” nên bị từ chối.", "entity-bomb")
    uses = [name for name in _REFERENCE.findall(body) if name in entities]
    if sum(len(entities[name]) for name in uses) + len(body) > MAX_BYTES:
        raise ParseError("Tài liệu XML chứa “bom thực thể” nên bị từ chối.", "entity-bomb")
    escaped = {name: html.escape(html.unescape(value), quote=False) for name, value in entities.items()}
    return _REFERENCE.sub(lambda m: escaped.get(m.group(1), m.group()), body)


def _without_cut_item(text: str) -> Prepared:
    """Drops the last item if its end tag and that of the feed are missing: its text may end within a sentence."""
    if _END.search(text, max(0, len(text) - _LAST)):
        return Prepared(text)
    opened = closed = ended = -1
    for opened_match in _OPENING.finditer(text):
        opened = opened_match.start()
    if opened < 0:
        return Prepared(text)
    for ended_match in _END.finditer(text, opened):
        ended = ended_match.start()
    if ended >= 0:
        return Prepared(text)
    for closed_match in _CLOSING.finditer(text, opened):
        closed = closed_match.start()
    return Prepared(text if closed >= 0 else text[:opened], cut=True)
