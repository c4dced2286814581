"""Defines the script by which guard.py asks a page what the browser shows, and parses its result."""

from __future__ import annotations

import json
from dataclasses import dataclass

# Evaluates to a JSON list: the page's address; its pairing as display/device/identity.js stores it (null for a public
# board); whether it is ours and its scripts run (main.js and screen.js set a mark); whether it is still loading.
EXPRESSION = (
    "JSON.stringify([location.href, location.origin === 'null' ? null : localStorage.getItem('bangtin.screen'),"
    " 'bangtin' in window || 'pairing' in document.documentElement.dataset, document.readyState !== 'complete'])"
)


@dataclass(frozen=True, slots=True)
class Page:
    """The result of EXPRESSION: the ``address`` of the page that the browser shows, and its state.

    ``paired`` is the pairing as the page stores it, a JSON text; ``ours`` is whether the page is one of this
    program's and its scripts run; ``loading`` is whether the document is still loading.
    """

    address: str = ""
    paired: object = None
    ours: bool = False
    loading: bool = False

    @property
    def served(self) -> bool:
        """True if the page came from a web server, so it is neither the browser's own page nor guard.WAITING."""
        return self.address.startswith(("http:", "https:"))


def read(answer: object) -> Page:
    """Parses ``answer``, the result of EXPRESSION in the page; returns an empty Page if it is malformed."""
    try:
        address, paired, ours, loading = json.loads(answer if isinstance(answer, str) else "")
    except (TypeError, ValueError):
        return Page()
    # A page of others may have replaced JSON.stringify.
    return Page(address, paired, bool(ours), bool(loading)) if isinstance(address, str) else Page()


@dataclass(frozen=True, slots=True)
class Pairing:
    """A screen's number, its key and its board, as the page stores them."""

    screen: str
    key: str
    board: str


def pairing(page: Page) -> Pairing | None:
    """The pairing that a page stores; None if it stores none or a malformed one."""
    try:
        stored = json.loads(page.paired) if isinstance(page.paired, str) else None
    except ValueError:
        return None
    if not isinstance(stored, dict) or not {"screen", "key"} <= stored.keys():
        return None
    return Pairing(str(stored["screen"]), str(stored["key"]), str(stored.get("board", "")))
