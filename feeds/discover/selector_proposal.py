"""Finds lists of news on an HTML page and proposes CSS selectors for them; called by feeds.discover.survey.

Every link whose text could be a title is examined together with the elements around it ("boxes"). Boxes with the same
parent and the same shape (tag and classes) form a list. The best list has many, long and different titles, dates and
pictures, and is not in a menu.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.clean.dates import dates_in
from feeds.formats.html_list import NEXT_LINK, main_link, pictures_of, text_in
from feeds.selectors import Selectors

_MIN_ITEMS = 3
_MIN_TITLE = 18  # characters: shorter ones belong to menus
_MIN_SUMMARY = 60
_MAX_LEVELS = 7
_MAX_LINKS = 3_000
_MENU = re.compile(
    r"\b(?:nav|menu|breadcrumb|footer|header|login|lang|social|share|banner|tag|pagination|paging)", re.I
)
_ASIDE = re.compile(r"\b(?:aside|sidebar|right|widget|hot|most|xem-?nhieu|lien-?ket|related|ticker|marquee)", re.I)
_CLASS = re.compile(r"-?[A-Za-z_][\w-]*")
_VOLATILE = re.compile(r"\d{2,}|active|first|last|odd|even|current|selected|hover|animated|clearfix|col-|row\b", re.I)
_NEXT = re.compile(r"(?:trang )?(?:sau|tiếp|tiếp theo|kế tiếp|next(?: page)?|older)|[›»>]{1,2}", re.I)
_MAX_NODES = 400  # nodes of one item that are examined


@dataclass(frozen=True, slots=True)
class Proposal:
    """CSS selectors for one list, the number of its items, and a score, which is comparable only within one page."""

    selectors: Selectors
    items: int
    score: float


def propose(text: str, most: int = 3) -> tuple[Proposal, ...]:
    """Proposals for at most ``most`` lists of the page ``text``, the best first; empty if the page has no list."""
    tree = LexborHTMLParser(text)
    for node in tree.css("script, style, noscript, template, svg"):
        node.decompose()
    found: dict[str, Proposal] = {}
    for boxes in _lists(tree):
        item = _selector_of(boxes, tree)
        if item and item not in found and (proposal := _evaluated(item, tree)) is not None:
            found[item] = proposal
    best = sorted(found.values(), key=lambda one: one.score, reverse=True)[:most]
    following = _next_of(tree)
    return tuple(replace(one, selectors=replace(one.selectors, next=following)) for one in best)


def _lists(tree: LexborHTMLParser) -> Iterator[list[LexborNode]]:
    """Yields lists of boxes (elements around a link that could be a title) with the same shape and parent."""
    groups: dict[tuple[int, str], dict[int, LexborNode]] = defaultdict(dict)
    for link in tree.css("a[href]")[:_MAX_LINKS]:
        if len(_title(link)) < _MIN_TITLE:
            continue
        box: LexborNode | None = link
        for _ in range(_MAX_LEVELS):
            if box is None or box.parent is None or box.tag in ("body", "html"):
                break
            groups[box.parent.mem_id, _shape(box)].setdefault(box.mem_id, box)
            box = box.parent
    yield from (list(group.values()) for group in groups.values() if len(group) >= _MIN_ITEMS)


def _title(link: LexborNode) -> str:
    return max(text_in(link), (link.attributes.get("title") or "").strip(), key=len)


def _shape(node: LexborNode) -> str:
    """Returns the shape of a node as a CSS selector: its tag and at most three classes that do not look generated."""
    classes = [name for name in (node.attributes.get("class") or "").split() if _CLASS.fullmatch(name)]
    return ".".join([node.tag or "", *(name for name in classes[:3] if not _VOLATILE.search(name))])


def _selector_of(boxes: Sequence[LexborNode], tree: LexborHTMLParser) -> str:
    """Returns a short selector that matches all ``boxes`` and few other nodes of the page.

    It is the shape of the boxes, preceded by the ids or shapes of at most four parents if needed.
    """
    selector, around = _shape(boxes[0]), boxes[0].parent
    wanted = {box.mem_id for box in boxes}
    for _ in range(4):
        matched = {node.mem_id for node in tree.css(selector)}
        if wanted <= matched and len(matched) <= len(wanted) * 1.5 and ("." in selector or "#" in selector):
            return selector
        if around is None or around.tag == "html":
            break
        own = around.attributes.get("id") or ""
        named = f"#{own}" if _CLASS.fullmatch(own) and not _VOLATILE.search(own) else _shape(around)
        selector, around = f"{named} > {selector}", around.parent
    return selector


def _evaluated(item: str, tree: LexborHTMLParser) -> Proposal | None:
    """Returns the proposal for the list that the selector ``item`` matches; None if the items are not like news."""
    boxes = tree.css(item)[:60]
    links = [link for box in boxes if (link := main_link(box)) is not None]
    titles = [_title(link) for link in links]
    addresses = {link.attributes.get("href") for link in links}
    long = [title for title in titles if len(title) >= _MIN_TITLE]
    if len(set(long)) < _MIN_ITEMS or len(addresses) < len(links) * 0.7 or len(long) < len(boxes) * 0.6:
        return None
    # The number of titles in all boxes: a box with several titles is a column of the page, not one piece of news.
    inside = sum(sum(1 for link in box.css("a[href]") if len(text_in(link)) >= _MIN_TITLE) for box in boxes)
    dates = [next(dates_in(text_in(box).replace(title, " ")), "") for box, title in zip(boxes, titles, strict=False)]
    dated = sum(map(bool, dates)) / len(boxes)
    pictured = sum(next(pictures_of(box), None) is not None for box in boxes) / len(boxes)
    length = sum(min(len(title), 90) for title in long) / len(long)
    score = min(len(boxes), 20) ** 0.5 * length * (1 + dated + 0.4 * pictured) / max(1.0, inside / len(boxes)) ** 2
    placement = _placement(boxes[0])
    if not placement:
        return None
    score *= placement
    return Proposal(_selectors_for(item, boxes), len(boxes), round(score, 2))


def _placement(box: LexborNode) -> float:
    """Returns a factor for the score: 1 for a list in the main part of the page, 0.6 in a side column, 0 in menus."""
    node: LexborNode | None = box
    factor = 1.0
    while node is not None and node.tag not in ("body", "html"):
        named = f"{node.tag} {node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if _MENU.search(named):
            return 0.0
        factor = 0.6 if _ASIDE.search(named) else factor
        node = node.parent
    return factor


def _selectors_for(item: str, boxes: Sequence[LexborNode]) -> Selectors:
    pictured = sum(next(pictures_of(box), None) is not None for box in boxes) >= len(boxes) / 2
    return Selectors(
        item=item,
        title=_common(boxes, _is_title),
        date=_common(boxes, _is_date),
        picture="img" if pictured and all(box.css("img") for box in boxes[:1]) else "",
        summary=_common(boxes, _is_summary),
    )


def _is_title(node: LexborNode) -> bool:
    return node.tag in ("h1", "h2", "h3", "h4", "h5", "h6") and len(text_in(node)) >= _MIN_TITLE


def _is_date(node: LexborNode) -> bool:
    shown = text_in(node)
    return len(shown) <= 60 and not node.css("a") and next(dates_in(shown), "") != ""


def _is_summary(node: LexborNode) -> bool:
    return not node.css("a, img, h1, h2, h3, h4, h5, h6, time") and len(text_in(node)) >= _MIN_SUMMARY


def _common(boxes: Sequence[LexborNode], fits: Callable[[LexborNode], bool]) -> str:
    """Returns the most frequent shape (`_shape`) of nodes for which ``fits`` returns True.

    Returns "" if fewer than half of the boxes contain a node of that shape.
    """
    counted: Counter[str] = Counter()
    for box in boxes:
        counted.update({_shape(node) for node in reversed(box.css("*")[1:_MAX_NODES]) if fits(node)})
    # Of equal counts the shape with a class wins: a selector of a tag alone may match the title as well.
    best = max(counted, key=lambda shape: (counted[shape], "." in shape), default="")
    return best if best and counted[best] >= len(boxes) / 2 else ""


def _next_of(tree: LexborHTMLParser) -> str:
    """Returns a selector of the link to the next page; "" if none is found."""
    if tree.css_first(NEXT_LINK) is not None:
        return NEXT_LINK
    for link in tree.css("a[href]"):
        address = link.attributes.get("href") or ""
        label = text_in(link) or (link.attributes.get("title") or "") or (link.attributes.get("aria-label") or "")
        if _NEXT.fullmatch(label.strip()) and not address.startswith(("#", "javascript:")):
            shape = _shape(link)
            parent = _shape(link.parent) if link.parent is not None else ""
            for selector in (shape, f"{parent} > {shape}"):
                first = tree.css_first(selector) if "." in selector else None
                if first is not None and first.mem_id == link.mem_id:
                    return selector
    return ""
