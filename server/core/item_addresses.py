"""Makes and parses paths of items' public pages (``/item/a12``); called by slides (for QR codes) and desk.public."""

from __future__ import annotations

import re
from typing import Literal

ItemKind = Literal["announcement", "story"]
# One letter, so that the QR code of an address stays small.
LETTERS: dict[str, ItemKind] = {"a": "announcement", "s": "story"}
# The ids of the store have at most 18 digits.
_KEY = re.compile(r"([a-z])([1-9][0-9]{0,17})", re.ASCII)


def item_path(kind: ItemKind, id: int) -> str:
    """The path of an item's public page on this server, such as "/item/a12"."""
    letter = next(letter for letter, one in LETTERS.items() if one == kind)
    return f"/item/{letter}{id}"


def item_of(key: str) -> tuple[ItemKind, int] | None:
    """Returns (kind, id) of the item with the key ``key``, such as "a12"; None if it is not the key of an item."""
    found = _KEY.fullmatch(key)
    kind = LETTERS.get(found[1]) if found else None
    return (kind, int(found[2])) if found and kind else None


def web_address(link: str) -> str:
    """The link if it is a web address, else ""; rows written by former versions may contain any text."""
    return link if link.startswith(("http://", "https://")) else ""
