"""Chooses the picture of an item from the ``img`` elements of its markup; called by refine and html_list.

Lazily loaded pictures have their address in another attribute than ``src``, responsive pictures in ``srcset``.
Tracking pixels, smileys, icons and buttons for sharing are not pictures of a story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.limits import MAX_FIELD
from feeds.raw import RawPicture

_LAZY = (
    "data-src", "data-original", "data-lazy-src", "data-lazy", "data-full-src", "data-large-src", "data-hi-res-src",
    "data-url", "data-image", "data-echo", "data-cfsrc", "data-orig-file",
)  # fmt: skip
# Names of further attributes, whose value must also end like the name of a picture.
_LAZY_NAME = re.compile(r"(?:src|lazy|load|original|image|img|photo|full|large|media)", re.I)
_PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|webp|gif)(?:[?#]\S*)?\Z", re.I)
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")
_SETS = (*_LAZY_SETS, "srcset")
_BEST_WIDTH = 1_920  # pixels of the widest screen; wider pictures only take longer to download
_CANDIDATE = re.compile(r"\s*(\S*[^\s,])(?:\s+(\d{1,6}(?:\.\d{1,3})?)([wx]))?[^,]*(?:,|\Z)")
_SELECTED = "img, amp-img, video[poster]"
_MARKED = re.compile(r"<(?:amp-)?img|\bposter\b", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_DEEPEST = 60
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.I)
_UNREADABLE = re.compile(r"\.(?:svgz?|avif|heic|ico|bmp|tiff?|mp4|webm)(?:[?#]|\Z)|image/(?:svg|avif|heic)", re.I)
_SMALLEST = 48  # CSS pixels; a picture whose markup gives a smaller side counts as an icon
_LENGTH = re.compile(r"\A\s*(\d{1,5}(?:\.\d{1,3})?)\s*(px|em|rem|ex)?\s*\Z")
_STYLE_SIDE = re.compile(
    r"(?:^|;)\s*(?:max-)?(?:width|height)\s*:\s*(\d{1,5}(?:\.\d{1,3})?)\s*(px|em|rem|ex)?\s*(?:!|;|\Z)"
)
_EM = 16
# Folders of smileys, and file names that only tracking pixels, icons and buttons have.
_NO_PICTURE = re.compile(
    r"/(?:emojis?|emoticons?|smil(?:ey|ies|eys|es))/|"
    r"/(?:[\w-]*[-_])?(?:pixel|spacer|blank|transparent|clear|1x1|tracker|tracking|counter|hitcounter|beacon|favicon|"
    r"addthis|ajax-loader|lazyload|placeholder|webbug|wp-smiley|smiley|emoji)(?:[-_]?\d{1,4}(?:x\d{1,4})?)?\.\w{2,5}(?:[?#]|\Z)|"
    r"/(?:icons?|ico|btn|button|share|like|zalo|facebook|fb|twitter|youtube|tiktok|print|email|mail|rss|loading)"
    r"(?:[-_](?:icon|ico|btn|button|share|facebook|fb|zalo|twitter|email|print|rss|\d{1,3}))*\.\w{2,5}(?:[?#]|\Z)|"
    r"/(?:icon[-_]?\w{1,20}|ic(?:docx?|xlsx?|pptx?|pdf|zip|gen|txt)|docx?|xlsx?|pptx?|pdf|zip|rar|new|hot|arrow|bullet|dot|gr[ae]y|"
    r"attach(?:ment)?|download)(?:[-_]?\d{1,3})?\.(?:gif|png)(?:[?#]|\Z)|"
    r"/tr\?id=|[?&]ev=pageview|/(?:counter|hit|stat|track|pixel)\.(?:php|aspx?|ashx|cgi)\b",
    re.I,
)
_COUNTERS = re.compile(
    r"(?:^|\.)(?:google-analytics|googletagmanager|doubleclick|googlesyndication|scorecardresearch|quantserve|histats|"
    r"statcounter|feedsportal|pheedo|clustrmaps|sharethis|addtoany|addthis|gravatar)\.(?:com|net|org)\Z|"
    r"(?:^|\.)(?:whos\.amung\.us|mc\.yandex\.ru|(?:pixel|stats)\.wp\.com|feeds\.feedburner\.com)\Z|^pixel\d?\.",
    re.I,
)
_NO_PICTURE_CLASS = re.compile(
    r"\b(?:wp-smiley|emoji|emoticon|smiley|avatar|tracking)\b|\b(?:share|social)[-_]", re.I
)


def in_markup(*bodies: str) -> Iterator[RawPicture]:
    """Yields the pictures of the story in the HTML ``bodies``, in order.

    If a picture has several sizes, the widest one of at most 1,920 pixels is taken.
    """
    for markup in bodies:
        if _MARKED.search(markup) is None:
            continue
        for node in LexborHTMLParser(markup[:MAX_FIELD]).css(_SELECTED):
            picture = of_node(node)
            if picture is not None and not _is_hidden(node):
                yield picture


def of_node(node: LexborNode) -> RawPicture | None:
    """Returns the picture of an ``img`` or ``video`` element (for a video, its poster).

    Returns None if it has no address or is no picture of a story.
    """
    tags = node.attributes
    if _is_small(node) or _NO_PICTURE_CLASS.search(tags.get("class") or ""):
        return None
    address = next((found for found in _addresses(node) if found and is_story_picture(found)), "")
    return RawPicture(address, tags.get("alt") or "") if address else None


def is_story_picture(address: str) -> bool:
    """Returns whether an address may be that of a story's picture, judged by its spelling alone.

    False for tracking pixels, smileys and icons, for addresses that only an e-mail or one computer can resolve (such
    as ``cid:`` and ``file:``), and for formats that screens do not show.
    """
    host, _, path = re.sub(r"\A(?:https?:)?//", "", address).partition("/")
    host = host if "//" in address else ""
    return not (
        _OTHER_SCHEME.match(address.strip())
        or _UNREADABLE.search(address)
        or _NO_PICTURE.search(f"/{path if host else address}")
        or _COUNTERS.search(host)
    )


def _addresses(node: LexborNode) -> Iterator[str]:
    """Yields the addresses of one picture, the best first; for a ``video`` only its poster.

    The order is: addresses in ``srcset`` and lazy attributes of the ``img``, lazy addresses of the ``source``
    elements beside it, ``src`` of the ``img``, ``srcset`` of the sources. The ``img`` comes before sources because
    all browsers know its format; ``src`` comes after lazy addresses because it is then a placeholder.
    """
    if node.tag == "video":
        yield _written(node, "poster")
        return
    sources = _sources(node)
    yield _best(node, *_SETS)
    for name in _LAZY:
        yield _written(node, name)
    for name in node.attributes:
        if name not in (*_SETS, "src") and _LAZY_NAME.search(name) and _PICTURE_NAME.search(_written(node, name)):
            yield _written(node, name)
    yield from (_best(source, *_LAZY_SETS) for source in sources)
    yield _written(node, "src")
    yield from (_best(source, "srcset") for source in sources)


def _sources(node: LexborNode) -> list[LexborNode]:
    """Returns the ``source`` elements beside ``node`` in a ``picture`` element, without unreadable formats."""
    parent = node.parent
    if parent is None or parent.tag != "picture":
        return []
    return [one for one in parent.css("source") if not _UNREADABLE.search(one.attributes.get("type") or "")]


def _written(node: LexborNode, name: str) -> str:
    """Returns the address in the attribute ``name``; "" if there is none, or if it is a ``data:`` URL."""
    address = (node.attributes.get(name) or "").strip()
    return "" if address.lower().startswith("data:") else address


def _best(node: LexborNode, *names: str) -> str:
    """Returns the best address in the ``srcset`` attributes ``names``: the widest of at most ``_BEST_WIDTH`` pixels.

    If all are wider, the narrowest; "" if there is none.
    """
    found: list[tuple[float, str]] = []
    for name in names:
        for address, size, unit in _CANDIDATE.findall((node.attributes.get(name) or "")[:MAX_FIELD]):
            if not address.lower().startswith("data:") and is_story_picture(address):
                found.append((_width(size, unit), address))
    fitting = [one for one in found if one[0] <= _BEST_WIDTH]
    if fitting:
        return max(fitting, key=lambda one: one[0])[1]
    return min(found, key=lambda one: one[0])[1] if found else ""


def _width(size: str, unit: str) -> float:
    """Returns the width in pixels of a candidate in ``srcset``; a density such as "2x" counts as 2 x 600 pixels."""
    return float(size or 1) * (1 if unit == "w" else 600)


def _is_hidden(node: LexborNode) -> bool:
    """Returns whether ``node`` or an element around it is hidden.

    ``noscript`` does not count as hiding: it contains the picture that a script would load later.
    """
    place: LexborNode | None = node
    for _ in range(_DEEPEST):
        if place is None:
            break
        if "hidden" in place.attributes or _HIDDEN.search(place.attributes.get("style") or ""):
            return True
        place = place.parent
    return False


def _is_small(node: LexborNode) -> bool:
    """Returns whether attributes or style of ``node`` give a width or height below ``_SMALLEST`` CSS pixels."""
    tags = node.attributes
    sides = [_LENGTH.match(tags.get(side) or "") for side in ("width", "height")]
    sides += list(_STYLE_SIDE.finditer((tags.get("style") or "").lower()))
    return any(float(side[1]) * (1 if side[2] in (None, "px") else _EM) < _SMALLEST for side in sides if side)
