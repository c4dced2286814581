"""The CSS selectors that find the items of an HTML list page; used by feeds.formats.html_list.

They come from config.toml, from the desk, or from feeds.discover.selector_proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from feeds.errors import ParseError


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS selectors of a list page. ``item`` selects the elements of the list, the others parts of one element.

    Only ``next`` selects in the whole page: the link to the following page. If another selector than ``item`` is "",
    feeds.formats.html_list finds that part by its own rules, except the summary. If ``item`` is "",
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
        """Raises ParseError (code "selector") for invalid CSS; its message names the first field that has it."""
        blank = LexborHTMLParser("<p></p>")
        for name, selector in asdict(self).items():
            if selector:
                select(blank.root, selector, name)


def select(node: LexborNode | None, selector: str, name: str = "") -> list[LexborNode]:
    """Returns the nodes within ``node`` that ``selector`` matches, [] if ``node`` is None or ``selector`` is "".

    Raises ParseError (code "selector") for invalid CSS; its message contains ``name``, the selector's field.
    """
    if node is None or not selector:
        return []
    try:
        matched: list[LexborNode] = node.css(selector)
    except SelectolaxError as error:
        raise ParseError(f"Bộ chọn {name or 'CSS'} không hợp lệ: {selector!r}.", "selector") from error
    return matched


def selectors_from(values: Mapping[str, str] | None) -> Selectors | None:
    """Returns Selectors made from a mapping of field names to CSS, None for None; unknown names are ignored."""
    if values is None:
        return None
    known = {field.name for field in fields(Selectors)}
    return replace(Selectors(), **{name: value for name, value in values.items() if name in known})
