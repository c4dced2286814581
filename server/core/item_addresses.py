"""Paths of the public pages of items (``/item/a12``); called by slides (codes on the glass) and desk.public."""

from __future__ import annotations

from typing import Literal

ItemKind = Literal["announcement", "story"]
# One letter, so that the QR code of an address stays small.
LETTERS: dict[str, ItemKind] = {"a": "announcement", "s": "story"}


def item_path(kind: ItemKind, id: int) -> str:
    """The path of an item's public page on this server, such as "/item/a12"."""
    letter = next(letter for letter, one in LETTERS.items() if one == kind)
    return f"/item/{letter}{id}"
