"""Finds the boards of a notice that do not show it now: no screen, no connected screen, or the safe page.

Called by view_model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.core.model import Board
from server.desk.web.context import desk
from server.desk.web.safe_boards import divide_safe
from server.store.screens import receipts, screens


@dataclass(frozen=True, slots=True)
class Unseen:
    """The boards of a notice that do not show it now, in three groups without overlap.

    ``safe``: they show the safe page, a calm slide that a notice does not cover. ``bare``: they have no paired
    screen. ``silent``: none of their screens is connected; the notice appears when a screen reconnects.
    """

    safe: tuple[Board, ...]
    bare: tuple[Board, ...]
    silent: tuple[Board, ...]

    def __bool__(self) -> bool:
        return bool(self.safe or self.bare or self.silent)


def unseen(found: Iterable[Board]) -> Unseen:
    """Selects the boards among ``found`` that cannot show a notice now; each group keeps their order."""
    paired, connected = screens.count_by_board(desk.db), receipts.connected(desk.db, desk.now())
    safe, rest = divide_safe(found)
    bare = tuple(one for one in rest if not paired.get(one.slug))
    silent = tuple(one for one in rest if paired.get(one.slug) and not connected.get(one.slug))
    return Unseen(safe, bare, silent)
