"""CSS selectors of a list page: from config, from the desk, or proposed by feeds.discover.selector_proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from feeds.errors import ParseError


@dataclass(frozen=True, slots=True)
class Selectors:
    """``item`` selects one piece of news, the others select within it; feeds.formats.html_list finds what is "".

    ``next`` is the link to the following page and is searched in the whole page. With an empty ``item``
    feeds.discover.selector_proposal proposes all selectors at each reading.
    """

    item: str = ""
    title: str = ""
    link: str = ""
    date: str = ""
    picture: str = ""
    summary: str = ""
    next: str = ""

    def check(self) -> None:
        """Raises ParseError (code "selector") that names the first selector that is not valid CSS."""
        blank = LexborHTMLParser("<p></p>")
        for name, selector in asdict(self).items():
            if selector:
                select(blank.root, selector, name)


def select(node: LexborNode | None, selector: str, name: str = "") -> list[LexborNode]:
    """The nodes that ``selector`` matches; ``name`` is its field, for the message. Raises ParseError ("selector")."""
    if node is None or not selector:
        return []
    try:
        matched: list[LexborNode] = node.css(selector)
    except SelectolaxError as error:
        raise ParseError(f"Bộ chọn {name or 'CSS'} không hợp lệ: {selector!r}.", "selector") from error
    return matched


def selectors_from(values: Mapping[str, str] | None) -> Selectors | None:
    """Selectors from a mapping of names to CSS (config, the desk, feeds.sandbox.pack); unknown names are ignored."""
    if values is None:
        return None
    known = {field.name for field in fields(Selectors)}
    return replace(Selectors(), **{name: value for name, value in values.items() if name in known})
