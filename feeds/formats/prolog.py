"""Prepares text for an XML parser; called by feeds.formats.rss and feeds.formats.opml.

Removes junk before the root, forbidden characters and the document type; replaces the entities that the document
declares, or refuses it as an entity bomb by their total size; drops an item that was cut off.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from feeds.errors import ParseError
from feeds.limits import MAX_BYTES

_DECLARATION = re.compile(r"<\?xml\b[^>]{0,500}>", re.I)
# What may precede a document type: whitespace, processing instructions, comments.
_BEFORE = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.S)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(\[.*?\]\s*)?>", re.I | re.S)
_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]+)\s+(?:"([^"]*)"|'([^']*)')""", re.I)
_REFERENCE = re.compile(r"&([A-Za-z_][\w.-]*);")
_CHARACTER = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
# An ampersand that begins no reference; CDATA sections, where it is allowed, are skipped.
_BARE = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?!(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z_][\w.-]{0,40});)", re.S)
_OPENING = re.compile(r"<(?:[A-Za-z][\w-]*:)?(?:item|entry)[\s>/]", re.I)
_CLOSING = re.compile(r"</(?:[A-Za-z][\w-]*:)?(?:item|entry)\s*>", re.I)
_END = re.compile(r"</(?:[A-Za-z][\w-]*:)?(?:channel|rss|feed|rdf)\s*>", re.I)
_LAST = 2_000
_FLOOD = 5_000  # items; real feeds have at most a few hundred


@dataclass(frozen=True, slots=True)
class Prepared:
    """``text`` starts with markup and has no XML declaration or document type; ``cut`` if the feed was cut off."""

    text: str
    cut: bool = False


def prepare(text: str) -> Prepared:
    """Prepares ``text`` as described above. Raises ParseError (code "entity-bomb") if its entities expand too far."""
    text = _DECLARATION.sub("", text[max(text.find("<"), 0) :], count=1).lstrip()
    text = _CHARACTER.sub(_allowed, _without_doctype(text))
    if "&" in text:
        text = _BARE.sub(lambda m: "&amp;" if m.group() == "&" else m.group(), text)
    return _without_cut_item(_without_flood(text))


def _without_flood(text: str) -> str:
    """Keeps _FLOOD / 2 items at each end: one end has the newest, and parsing very many items is too slow."""
    if len(text) < _FLOOD * 8:
        return text
    places = [match.start() for match in _OPENING.finditer(text)]
    if len(places) <= _FLOOD:
        return text
    return text[: places[_FLOOD // 2]] + text[places[-_FLOOD // 2] :]


def _allowed(match: re.Match[str]) -> str:
    """Removes a reference to a character that XML forbids: it would make the whole document unreadable."""
    code = int(match.group(1), 16) if match.group(1) else int(match.group(2))
    fine = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    return match.group() if fine else ""


def _without_doctype(text: str) -> str:
    before = _BEFORE.match(text)
    doctype = _DOCTYPE.match(text, before.end() if before else 0)
    if doctype is None:
        return text
    body = text[doctype.end() :]
    entities = {name: a or b for name, a, b in _ENTITY.findall(doctype.group(1) or "")}
    return _with_entities(body, entities) if entities else body


def _with_entities(body: str, entities: dict[str, str]) -> str:
    """Replaces declared entities by plain text; refuses entities that refer to other entities (entity bombs)."""
    for name, value in entities.items():
        if name in _REFERENCE.findall(value) or any(inner in entities for inner in _REFERENCE.findall(value)):
            raise ParseError("Tài liệu XML chứa “bom thực thể” nên bị từ chối.", "entity-bomb")
    uses = [name for name in _REFERENCE.findall(body) if name in entities]
    if sum(len(entities[name]) for name in uses) + len(body) > MAX_BYTES:
        raise ParseError("Tài liệu XML chứa “bom thực thể” nên bị từ chối.", "entity-bomb")
    escaped = {name: html.escape(html.unescape(value), quote=False) for name, value in entities.items()}
    return _REFERENCE.sub(lambda m: escaped.get(m.group(1), m.group()), body)


def _without_cut_item(text: str) -> Prepared:
    """Drops an item that has a start tag and no end tag: nobody should read half a sentence."""
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
