"""What the guard asks the page in the browser, and its answer; called by guard.py."""

from __future__ import annotations

import json
from dataclasses import dataclass

# The page's address; its pairing as display/device/identity.js stores it (a public board's page has none); whether it
# is ours and running, by what main.js and screen.js set; whether it is still loading.
EXPRESSION = (
    "JSON.stringify([location.href, location.origin === 'null' ? null : localStorage.getItem('bangtin.screen'),"
    " 'bangtin' in window || 'pairing' in document.documentElement.dataset, document.readyState !== 'complete'])"
)


@dataclass(frozen=True, slots=True)
class Page:
    """``paired`` is the pairing as the page stores it; ``ours`` whether one of our pages runs there."""

    address: str = ""
    paired: object = None
    ours: bool = False
    loading: bool = False

    @property
    def served(self) -> bool:
        """Whether a server has sent it: neither the browser's own page nor the guard's waiting page."""
        return self.address.startswith(("http:", "https:"))


def read(answer: object) -> Page:
    """The answer to EXPRESSION; an empty Page where it is of another kind."""
    try:
        address, paired, ours, loading = json.loads(answer if isinstance(answer, str) else "")
    except (TypeError, ValueError):
        return Page()
    return Page(address, paired, ours, loading)


@dataclass(frozen=True, slots=True)
class Pairing:
    """A screen's number, its key and its board, as the page stores them."""

    screen: str
    key: str
    board: str


def pairing(page: Page) -> Pairing | None:
    """The pairing that a page stores; None where it stores none.."""
    try:
        stored = json.loads(page.paired) if isinstance(page.paired, str) else None
    except ValueError:
        return None
    if not isinstance(stored, dict) or not {"screen", "key"} <= stored.keys():
        return None
    return Pairing(str(stored["screen"]), str(stored["key"]), str(stored.get("board", "")))
