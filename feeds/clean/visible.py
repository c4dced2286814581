"""Reduces HTML to what a reader sees, with bullets and numbers of lists as text; called by plain_text and article.

It leaves out text that is struck out or hidden, captions of pictures, form controls, buttons for sharing, and the
replacement texts of audio and video. Text with ``aria-hidden`` stays: it is hidden from screen readers only.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_NAMES = (
    "s|strike|del|audio|video|canvas|object|embed|applet|button|select|datalist|input|noscript|"
    "template|noembed|noframes|progress|meter|map|figcaption|dialog|menuitem"
)
_UNSEEN = ", ".join((*_NAMES.split("|"), "[hidden]", "[role=button]"))
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|"
    r"text-decoration[\w-]*\s*:[^;]*line-through|mso-hide\s*:\s*all|(?:^|[;\s])color\s*:\s*transparent|"
    r"(?:opacity|font-size)\s*:\s*0+(?:\.0+)?(?:px|em|rem|pt|%)?\s*(?:;|!|\Z)|"
    # Moved out of the window or cut away, as styles for screen readers do.
    r"(?:^|[;\s])(?:left|top|right|text-indent|margin-left)\s*:\s*-(?:\d{4,}|\d{3,}r?em)|"
    r"clip\s*:\s*rect\((?:\s*[01](?:px)?\s*,?){4}\)|clip-path\s*:\s*inset\(\s*(?:50|100)%|"
    r"transform\s*:\s*scale\(\s*0\s*\)",
    re.I,
)
_NO_SIZE = re.compile(r"(?:^|[;\s])(?:max-)?(?:height|width)\s*:\s*0+(?:px|em|rem|pt|%)?\s*(?:;|!|\Z)", re.I)
_CUT = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.I)
# Names of classes, which stand for styles that are not part of the markup.
_UNSEEN_CLASS = re.compile(
    r"(?:wp-caption-text|(?![\w-]*(?:has|with|no|show)-)[\w-]*caption|"
    r"sr-only|visually-?hidden|visually-hidden-focusable|screen-reader(?:-text)?|elementor-screen-only|"
    r"assistive-text|show-for-sr|(?:element|is|u)-(?:hidden|invisible)|ng-hide|invisible|hidden|hide|d-none|"
    r"sharedaddy|addtoany_[\w-]+|addthis_[\w-]+|(?:social|zalo)-share[\w-]*|share-(?:button|buttons|bar|box|link)|"
    r"fb-(?:like|share-button))",
    re.I,
)
# Names with which "hidden" and "d-none" are for narrow windows only.
_SHOWN_CLASS = re.compile(r"d-(?:sm|md|lg|xl|xxl)-(?!none)[\w-]+|(?:sm|md|lg|xl|2xl):(?!hidden)[\w-]+", re.I)
_NEEDED = re.compile(rf"<(?:{_NAMES}|li|ul|ol|sup)\b|\s(?:hidden|style|class|role)\b", re.I)
_SUPERSCRIPTS = {"1": "¹", "2": "²", "3": "³"}
"""The superscripts that the boards' font has."""
# HTML has no self-closing form of these elements: a parser would put everything after "<button/>" inside the element.
_SELF_CLOSED = re.compile(rf"<(?:{_NAMES})\b[^<>]*/>", re.I)
_OPENED = re.compile(rf"<({_NAMES})\b[^<>]*>", re.I)
_MARKED = re.compile(r"[-–—•+*·●▪○◦]|\(?\w{1,3}[.)]\s")
_BULLETS = ("•", "–", "·")
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b((?:lower|upper)-(?:alpha|latin|roman)|decimal)\b")
_COUNTS = {
    "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A",
    "lower-roman": "i", "upper-roman": "I",
}  # fmt: skip
_DEEPEST = 60
_DEEPEST_LIST = 8


def visible(markup: str) -> str:
    """Returns ``markup`` without what a browser does not show, and with a text mark before each list item.

    The mark is a bullet ("•", in nested lists "–" and "·") or a number ("3.").
    """
    if _NEEDED.search(markup) is None:
        return markup
    tree = LexborHTMLParser(f"<body>{_balanced(markup)}")
    if tree.body is None:
        return markup
    styled = [node for node in tree.css("[style], [class]") if _is_unseen(node)]
    for node in _outermost([node for node in tree.css(_UNSEEN) + styled if node.tag not in ("body", "html")]):
        node.decompose()
    for node in _outermost(tree.css("sup")):
        _write_exponent(node)
    for node in tree.css("ul, ol, menu, dir"):
        _mark(node)
    return tree.body.inner_html or ""


def _is_unseen(node: LexborNode) -> bool:
    """Returns whether the style or a class of ``node`` hides it or strikes it out."""
    style = node.attributes.get("style") or ""
    if _UNSEEN_STYLE.search(style) or (_NO_SIZE.search(style) and _CUT.search(style)):
        return True
    names = (node.attributes.get("class") or "").split()
    return any(map(_UNSEEN_CLASS.fullmatch, names)) and not any(map(_SHOWN_CLASS.fullmatch, names))


def _write_exponent(node: LexborNode) -> None:
    """Writes an exponent as text: "m²", "10^6". Without it "10<sup>6</sup>" would be read as 106."""
    text = node.text(deep=True).strip()
    before = node.prev.text(deep=True) if node.prev is not None else ""
    if text in _SUPERSCRIPTS:
        node.replace_with(_SUPERSCRIPTS[text])
    elif re.fullmatch(r"[-–−+]?\d{1,3}", text) and before[-1:].isdigit():
        node.replace_with(f"^{text}")


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """Returns the ``nodes`` that are not inside another of them: no node may be used after its parent was removed."""
    selected = {node.mem_id: node for node in nodes}
    inside = dict.fromkeys(selected, True)
    found = []
    for node in selected.values():
        passed, parent = [], node.parent
        while parent is not None and parent.mem_id not in inside:
            passed.append(parent.mem_id)
            parent = parent.parent
        within = parent is not None and inside[parent.mem_id]
        inside.update(dict.fromkeys(passed, within))
        if not within:
            found.append(node)
    return found


def _balanced(markup: str) -> str:
    """Returns ``markup`` without start tags of hidden elements that have no end tag.

    Such a tag would hide all text after it.

    Tags of hidden elements that close themselves are removed too.
    """
    markup = _SELF_CLOSED.sub(" ", markup)
    ended = set(re.findall(rf"</({_NAMES})\b", markup.lower()))
    return _OPENED.sub(lambda match: match[0] if match[1].lower() in ended else " ", markup)


def _mark(node: LexborNode) -> None:
    """Inserts a bullet or number before each item of the list ``node``.

    Items whose text already begins with a mark stay unchanged, as do lists with ``list-style: none``.
    """
    items = [child for child in node.iter() if child.tag == "li"]
    if re.search(r"list-style[\w-]*\s*:[^;]*none", node.attributes.get("style") or "", re.I):
        return
    depth = _depth(node)
    if depth >= _DEEPEST_LIST:
        return
    number = _integer(node.attributes.get("start"), len(items) if "reversed" in node.attributes else 1)
    for item in items:
        number = _integer(item.attributes.get("value"), number)
        text = item.text(deep=True).strip()
        if text and not _MARKED.match(text) and item.child is not None:
            numbered = node.tag == "ol"
            mark = _numeral(number, _kind(node)) if numbered else _BULLETS[min(depth, 2)]
            item.child.insert_before(f"{mark} ")
        number += -1 if "reversed" in node.attributes else 1


def _kind(node: LexborNode) -> str:
    """Returns how the items of the list ``node`` are numbered: "1", "a", "A", "i" or "I".

    Its ``list-style-type`` decides or, without one, its ``type``.
    """
    style = _LIST_STYLE.search((node.attributes.get("style") or "").lower())
    return _COUNTS.get(style[1], "1") if style else node.attributes.get("type") or "1"


def _depth(node: LexborNode) -> int:
    """Returns the number of lists around ``node``."""
    depth, steps, parent = 0, 0, node.parent
    while parent is not None and steps < _DEEPEST:
        depth += parent.tag in ("ul", "ol")
        parent, steps = parent.parent, steps + 1
    return depth


def _integer(value: str | None, otherwise: int) -> int:
    """Returns the whole number of at most six digits in ``value``, an attribute; ``otherwise`` if it holds none."""
    return int(value) if value and re.fullmatch(r"-?[0-9]{1,6}", value.strip()) else otherwise


def _numeral(number: int, kind: str) -> str:
    """The text mark of item ``number``: "3.", or by the list's ``kind`` (see `_kind`) "c.", "C.", "iii.", "III."."""
    written = str(number)
    if kind in ("a", "A") and 1 <= number <= 26:
        written = chr(ord(kind) + number - 1)
    elif kind in ("i", "I") and 1 <= number <= 39:
        written = _roman(number) if kind == "i" else _roman(number).upper()
    return f"{written}."


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written
