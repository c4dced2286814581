"""Parses HTML list pages to RawFeed by CSS selectors; called by feeds.reader and feeds.discover.

Only the selector of the items is required. Without the others, the title is the text of the longest link, the date is
that of a ``time`` element or else a text outside the title that looks like a date or says how long ago it was ("3 giờ
trước"), and the pictures are all those of the item. The address of a lazily loaded picture is taken from other
attributes than ``src``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.clean.dates import dates_in, is_relative
from feeds.clean.picture_choice import is_story_picture, of_node
from feeds.clean.plain_text import text_of
from feeds.download.links import absolute
from feeds.errors import ParseError
from feeds.limits import MAX_ENTRIES, MAX_FIELD
from feeds.raw import RawEntry, RawFeed, RawPicture
from feeds.selectors import Selectors, select

_SMALL_TEXTS = "span, small, em, i, b, label, div, p, li, td, abbr"
_HEADINGS = "h1, h2, h3, h4, h5, h6"
NEXT_LINK = 'a[rel="next"], link[rel="next"]'
_ADDRESSES = (("base[href]", "href"), ('link[rel="canonical"]', "href"), ('meta[property="og:url"]', "content"))
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)\s*\Z")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*url\(\s*['\"]?([^'\")]{1,1000})", re.I)


def parse_page(text: str, base: str, selectors: Selectors) -> RawFeed:
    """Returns a RawFeed with the items that ``selectors`` find on the page ``text``, whose address is ``base``.

    Raises ParseError: code "selector" for invalid CSS; "no-items" if nothing matches, because the layout has changed.
    """
    tree = LexborHTMLParser(text)
    items = select(tree.root, selectors.item, "item")
    own = base_of(tree, base)
    following = next(
        (link for node in select(tree.root, selectors.next or NEXT_LINK, "next") for link in _links(node)), ""
    )
    entries = [entry for node in items[: MAX_ENTRIES * 2] if (entry := _entry(node, selectors, own)) is not None]
    if not entries:
        raise ParseError(
            f"Trang không còn mục nào khớp với bộ chọn {selectors.item!r}; trang có thể đã đổi giao diện.", "no-items"
        )
    return RawFeed(
        title=html.escape(_title(tree), quote=False),
        link=own if "://" in own else "",
        language=(tree.root.attributes.get("lang") or "") if tree.root is not None else "",
        entries=tuple(entries),
        base=base,
        next=following,
    )


def base_of(tree: LexborHTMLParser, base: str) -> str:
    """Returns the address against which relative addresses of the page are resolved: its ``<base>``, else ``base``.

    If ``base`` is the path of a file, the page's own URL is used if the page names it (canonical link or og:url).
    """
    is_file = "://" not in base
    own = "" if is_file else base
    for selector, name in _ADDRESSES if is_file else _ADDRESSES[:1]:
        node = tree.css_first(selector)
        address = absolute((node.attributes.get(name) or "") if node is not None else "", own)
        if address:
            return address
    return base


def _title(tree: LexborHTMLParser) -> str:
    for selector in ('meta[property="og:site_name"]', "title"):
        node = tree.css_first(selector)
        text = (node.attributes.get("content") or node.text(deep=True)) if node is not None else ""
        if text.strip():
            return str(text).strip()
    return ""


def _entry(item: LexborNode, selectors: Selectors, base: str) -> RawEntry | None:
    """Returns the entry that one element of the list describes; None if it has no title, like the head of a table."""
    link = _first(item, selectors.link, "link") or main_link(item)
    dates, date_node = _dates(item, selectors.date)
    pictures = tuple(pictures_of(item, selectors.picture))
    summary = _first(item, selectors.summary, "summary")
    summary_html = (summary.html or "") if summary is not None else ""
    if date_node is not None and date_node.parent is not None and date_node.mem_id != item.mem_id:
        date_node.decompose()
    title = _title_of(item, selectors.title, link)
    address = next(_links(link), "") if link is not None else ""
    if not title:
        return None
    return RawEntry(
        title=html.escape(title, quote=False),
        links=(address,) if address else (),
        summary=summary_html,
        dates=dates or tuple(dates_in(_around(item, title))),
        pictures=pictures,
        base=base if "://" in base else "",
    )


def main_link(item: LexborNode) -> LexborNode | None:
    """Returns the main link of an item: the item itself if it is a link, else the link in it with the most text.

    If some links are inside or around headings, only these are compared. Returns None if the item has no link.
    """
    if item.tag == "a":
        return item
    links = [node for node in item.css("a[href]") if next(_links(node), "")]
    headed = [node for node in links if _within_heading(node, item) or node.css_first(_HEADINGS) is not None]
    return max(headed or links, key=lambda node: len(_link_text(node)), default=None)


def _link_text(node: LexborNode) -> str:
    return text_in(node) or (node.attributes.get("title") or "")


def _within_heading(node: LexborNode, item: LexborNode) -> bool:
    while node.parent is not None and node.mem_id != item.mem_id:
        node = node.parent
        if node.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            return True
    return False


def _title_of(item: LexborNode, selector: str, link: LexborNode | None) -> str:
    """Returns the text of the item's title, or the ``title`` attribute if the text is a shortened form of it."""
    node = _first(item, selector, "title")
    if node is None:
        node = (link.css_first(_HEADINGS) or link) if link is not None else item.css_first(f"{_HEADINGS}, a")
    shown = text_in(node) if node is not None else ""
    for holder in (node, link):
        full = text_of((holder.attributes.get("title") or "") if holder is not None else "").replace("\n", " ")
        if full and _shortens(shown, full):
            return full
    return shown


def _shortens(shown: str, full: str) -> bool:
    begun = _ELLIPSIS.sub("", shown)
    return not shown or shown.startswith(full) or (len(begun) < len(shown) and full.startswith(begun))


def _dates(item: LexborNode, selector: str) -> tuple[tuple[str, ...], LexborNode | None]:
    """Returns (texts that may be dates, the best first; the node from which they come, None if there is none)."""
    nodes = select(item, selector or "time, [datetime]", "date")
    for node in nodes:
        marked = [node.attributes.get(name) or "" for name in ("datetime", "content")]
        texts = [text for text in (*marked, *dates_in(text_in(node))) if text]
        if texts:
            return tuple(dict.fromkeys([*texts[:2], text_in(node)])), node
    if not selector:
        nodes = [node for node in item.css(_SMALL_TEXTS) if is_relative(text_in(node))] or nodes
    # No date was recognized; feeds.clean.dates may understand the whole text, such as "3 giờ trước" (3 hours ago).
    return ((text_in(nodes[0]),), nodes[0]) if nodes and text_in(nodes[0]) else ((), None)


def _around(item: LexborNode, title: str) -> str:
    return text_in(item).replace(title, " ", 1)[:2_000]


def pictures_of(item: LexborNode, selector: str = "") -> Iterator[RawPicture]:
    """Yields the pictures of an item: ``img`` elements, ``data-bg`` attributes and CSS backgrounds."""
    for node in select(item, selector or "img, [style*=url], [data-bg]", "picture"):
        picture = of_node(node)
        if picture is not None:
            yield picture
            continue
        style = _BACKGROUND.search(node.attributes.get("style") or "")
        for address in ((node.attributes.get("data-bg") or "").strip(), style.group(1) if style else ""):
            if address and not address.startswith("data:") and is_story_picture(address):
                yield RawPicture(address, node.attributes.get("alt") or "")
                break


def _links(node: LexborNode) -> Iterator[str]:
    for holder in (node, *node.css("a[href]")):
        address = (holder.attributes.get("href") or "").strip()
        if address and not address.startswith("#") and not re.match(r"(?:javascript|mailto|tel):", address, re.I):
            yield address


def _first(item: LexborNode, selector: str, name: str) -> LexborNode | None:
    return next(iter(select(item, selector, name)), None)


def text_in(node: LexborNode) -> str:
    """Returns the text of a node, without scripts and with whitespace collapsed.

    Returns "" if its HTML has more than MAX_FIELD characters.
    """
    return text_of(node.html or "").replace("\n", " ") if len(node.html or "") <= MAX_FIELD else ""
