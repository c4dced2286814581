"""Reads and writes lists of feeds in the exchange format OPML 2.0; used by the command line and the desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from feeds.download.links import absolute
from feeds.errors import ParseError
from feeds.formats.decode import decode
from feeds.formats.prolog import prepare
from feeds.limits import MAX_BYTES, MAX_TITLE

_MAX_FEEDS = 5_000
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list: its ``title``, its ``address``, and the address of its web ``page`` ("" if unknown).

    ``groups`` are the titles of the groups that contain it, the outermost first.
    """

    title: str
    address: str
    page: str = ""
    groups: tuple[str, ...] = ()


def parse_opml(body: bytes) -> tuple[Outline, ...]:
    """Returns the feeds in the list ``body``, in its order, each address once, at most 5,000. Raises ParseError."""
    if len(body) > MAX_BYTES:
        raise ParseError("Nội dung lớn quá mức cho phép.", "too-large")
    text = prepare(decode(body, "").text).text
    # prepare() has removed the document type, so no entity is expanded or fetched.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError("Danh sách OPML bị hỏng, không đọc được.", "broken") from error
    if str(getattr(root, "tag", "")).lower() != "opml":  # None where nothing could be recovered
        raise ParseError("Tệp này không phải là danh sách nguồn tin OPML.", "not-opml")
    found: dict[str, Outline] = {}
    for outline in _outlines(root, (), 0):
        found.setdefault(outline.address, outline)
        if len(found) == _MAX_FEEDS:
            break
    return tuple(found.values())


def _outlines(node: etree._Element, groups: tuple[str, ...], depth: int) -> Iterator[Outline]:
    for child in node:
        if not isinstance(child.tag, str) or depth > _MAX_DEPTH:
            continue
        attributes = {str(name).lower(): str(value).strip() for name, value in child.attrib.items()}
        title = " ".join((attributes.get("title") or attributes.get("text") or "").split())[:MAX_TITLE]
        address = absolute(attributes.get("xmlurl", ""), "")
        if child.tag.lower() == "outline" and address:
            yield Outline(title or address, address, absolute(attributes.get("htmlurl", ""), ""), groups)
        inside = (*groups, title) if child.tag.lower() == "outline" and title and not address else groups
        yield from _outlines(child, inside, depth + 1)


def write_opml(title: str, outlines: Iterable[Outline]) -> bytes:
    """Writes an OPML document with this title and these feeds; groups become nested outlines."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    tops: dict[tuple[str, ...], etree._Element] = {(): etree.SubElement(root, "body")}
    for outline in outlines:
        parent = tops[()]
        for depth in range(1, len(outline.groups) + 1):
            path = outline.groups[:depth]
            if path not in tops:
                tops[path] = etree.SubElement(parent, "outline", text=path[-1])
            parent = tops[path]
        attributes = {"type": "rss", "text": outline.title, "title": outline.title, "xmlUrl": outline.address}
        if outline.page:
            attributes["htmlUrl"] = outline.page
        etree.SubElement(parent, "outline", None, None, **attributes)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made
