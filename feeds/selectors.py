"""CSS selectors of a list page: typed in config or at the desk, or found by feeds.discover.selector_proposal."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from feeds.errors import ParseError


@dataclass(frozen=True, slots=True)
class Selectors:
    """``item`` is one piece of news; the others are looked for within it, and "" leaves it to formats.html_list.

    ``next`` is the link to the following page, looked for in the whole page. An empty ``item`` asks for selectors
    to be proposed (feeds.discover.selector_proposal) at each reading.
    """

    item: str = ""
    title: str = ""
    link: str = ""
    date: str = ""
    picture: str = ""
    summary: str = ""
    next: str = ""

    def check(self) -> None:
        """Raises ParseError (code "selector") that names the first one that is not CSS."""
        blank = LexborHTMLParser("<p></p>")
        for name, selector in asdict(self).items():
            if selector:
                found(blank.root, selector, name)


def found(node: LexborNode | None, selector: str, name: str = "") -> list[LexborNode]:
    """The nodes that ``selector`` matches; raises ParseError where it is not CSS. ``name`` is what it is for."""
    if node is None or not selector:
        return []
    try:
        matched: list[LexborNode] = node.css(selector)
    except SelectolaxError as error:
        raise ParseError(f"Bộ chọn {name or 'CSS'} không hợp lệ: {selector!r}.", "selector") from error
    return matched


def selectors_from(told: dict[str, str] | None) -> Selectors | None:
    """From a mapping of names (config, the desk, a message of feeds.sandbox.pack); unknown names are left out."""
    if told is None:
        return None
    known = {field.name for field in fields(Selectors)}
    return replace(Selectors(), **{name: value for name, value in told.items() if name in known})
