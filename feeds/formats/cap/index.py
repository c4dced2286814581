"""Reads an index of alerts, which is an RSS, Atom or RDF feed; called by the modules reader and conformance.

An entry that contains an alert gives that alert, any other entry gives one link. Texts of an entry outside of alerts
are not used, because only alerts are shown.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import attrgetter

from lxml import etree

from feeds.download.files import file_beside, folder_of
from feeds.download.links import absolute
from feeds.errors import ParseError
from feeds.formats.cap.fields import Notes, name_of, readable
from feeds.formats.cap.instants import instant
from feeds.formats.cap.markup import Markup, parse_text
from feeds.limits import MAX_FIELD, MAX_TITLE

MAX_ENTRIES = 1_000
FEEDS = {"feed", "rss", "rdf"}

_EXAMINED = 5_000
"""Entries at each end of a feed whose times are read."""
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_TIMES = ("updated", "published", "pubdate", "date", "modified", "issued")
_NOT_FOLLOWED = {"edit", "hub", "replies", "license"}
_ALERT_TYPES = ("cap+xml", "common-alerting-protocol")
_XML_TYPES = ("application/xml", "text/xml")
_WITH_TEXT = ("content", "description", "encoded")
"""Elements of a feed whose text may be a document of its own."""
_ALERT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?alert[\s/>]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed: its element, when it was updated (None if unknown) and its position in the feed."""

    element: etree._Element
    updated: datetime | None
    place: int


@dataclass(frozen=True, slots=True)
class _Link:
    """A link of an entry; ``kind`` is its media type in lower case, "" if the entry states none."""

    address: str
    kind: str

    @property
    def rank(self) -> int:
        """Returns how likely it leads to an alert: 0 by its media type, 1 by its name, 2 unknown, 3 a web page."""
        if any(kind in self.kind for kind in _ALERT_TYPES):
            return 0
        path = self.address.lower().partition("?")[0].partition("#")[0]
        if path.endswith((".cap", ".xml")) or self.kind.startswith(_XML_TYPES):
            return 1
        return 3 if "html" in self.kind else 2


def entries(root: etree._Element, zone: str, notes: Notes) -> tuple[list[Entry], bool]:
    """Returns (the newest entries of a feed, the newest first, at most MAX_ENTRIES; whether there were more)."""
    unknown = Notes()  # a time that cannot be read only costs the entry its place
    count, elements = _ends(root.iter("{*}entry", "{*}item"))
    found = [Entry(element, _updated(element, zone, unknown), place) for place, element in enumerate(elements)]
    found.sort(key=lambda one: (one.updated is None, -one.updated.timestamp() if one.updated else 0.0, one.place))
    if count > MAX_ENTRIES:
        notes.add(f"Danh mục có {count} mục; chỉ lấy {MAX_ENTRIES} mục mới nhất.")
    return found[:MAX_ENTRIES], count > MAX_ENTRIES


def _ends(elements: Iterable[etree._Element]) -> tuple[int, list[etree._Element]]:
    """Returns (number of ``elements``, the elements); of very many only those at the beginning and the end.

    The newest entries of a feed are at one of its ends.
    """
    first: list[etree._Element] = []
    last: deque[etree._Element] = deque(maxlen=_EXAMINED)
    count = 0
    for count, element in enumerate(elements, start=1):
        (first if count <= _EXAMINED else last).append(element)
    return count, [*first, *last]


def _updated(entry: etree._Element, zone: str, notes: Notes) -> datetime | None:
    texts = {name_of(child): (child.text or "").strip() for child in entry}
    return next((at for name in _TIMES if (at := instant(texts.get(name, ""), zone, notes, "giờ")) is not None), None)


def title_of(entry: etree._Element) -> str:
    """Returns the title of the entry as plain text, at most MAX_TITLE characters."""
    title = next((child.text or "" for child in entry if name_of(child) == "title"), "")
    return readable(title[:MAX_FIELD])[:MAX_TITLE]


def fingerprint(entry: etree._Element) -> str:
    """Returns a hash of the entry with 16 hex digits, which changes if anything in the entry changes."""
    return hashlib.sha256(etree.tostring(entry, with_tail=False)).hexdigest()[:16]


def alerts_in(element: etree._Element, notes: Notes, *, faithful: bool) -> tuple[list[Markup], bool]:
    """Returns (the alerts in a feed's entry or in a whole document, whether one in it could not be read).

    The alerts may be elements, or text that is escaped markup; in that case the notes about that text come with them.
    At most MAX_ENTRIES + 1 are returned, so that the caller sees whether there are too many.
    """
    if found := _outermost(element):
        return [Markup(alert) for alert in found], False
    whole = True
    escaped: list[Markup] = []
    for child in element.iter():
        text = (child.text or "").strip("\ufeff \t\r\n") if name_of(child) in _WITH_TEXT else ""
        if not text.startswith("<") or _ALERT.search(text) is None:
            continue
        try:
            inside = parse_text(text, faithful=faithful)
        except ParseError:
            notes.add("Có cảnh báo nhúng trong tài liệu bị hỏng nên không đọc được.")
            whole = False
            continue
        escaped += [Markup(alert, inside.notes, inside.lossy) for alert in _outermost(inside.root)]
        if len(escaped) > MAX_ENTRIES:
            break
    return escaped[: MAX_ENTRIES + 1], not whole


def _outermost(element: etree._Element) -> list[etree._Element]:
    outer = (node for node in element.iter("{*}alert") if next(node.iterancestors("{*}alert"), None) is None)
    return list(islice(outer, MAX_ENTRIES + 1))


def address_of(entry: etree._Element, base: str, notes: Notes) -> str:
    """Returns the absolute address of the document to which an entry links; "" and a note if it has no usable link.

    A link whose media type is that of alerts is preferred, then one to .cap or .xml, then any other. ``base`` is the
    address of the feed or its path.
    """
    links = sorted(_links(entry), key=attrgetter("rank"))
    for link in links:
        address = _resolved(link.address, entry, base)
        if address:
            if link.rank == 3:
                notes.add("Có mục chỉ dẫn tới trang web, không dẫn tới cảnh báo CAP.")
            return address
    notes.add("Có mục không có liên kết dùng được.")
    return ""


def _links(entry: etree._Element) -> Iterator[_Link]:
    for child in entry:
        name, kind = name_of(child), str(child.get("type") or "").lower()
        if name == "link":
            if child.get("rel", "alternate") not in _NOT_FOLLOWED:
                yield _Link(child.get("href") or child.text or "", kind)
        elif name == "enclosure":
            yield _Link(child.get("url") or "", kind)
        elif name == "content" and child.get("src"):
            yield _Link(child.get("src") or "", kind)
    for child in entry:
        # An identifier that is an address, where there is no link.
        if name_of(child) in ("guid", "id") and str(child.text).strip().startswith(("http://", "https://")):
            yield _Link(str(child.text), "")


def _resolved(link: str, entry: etree._Element, base: str) -> str:
    link = link.strip()
    folder = folder_of(base)
    if folder is not None:
        return absolute(link, "") or file_beside(folder, link)
    for node in reversed([entry, *entry.iterancestors()]):
        base = absolute(node.get(_BASE) or "", base) or base
    return absolute(link, base)
