"""Prepares the strips at the top of every page of the desk, one per live urgent notice; called by desk.app and views.

A strip is shown to users who may see screens in an area that the notice concerns. Users with the right to clear the
notice have a button for it in the strip.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from server.core.model import Notice
from server.core.notices.drills import without_mark
from server.core.notices.order import in_order, reached
from server.desk.notices.access import concerns, holds_everywhere
from server.desk.web.context import desk
from server.desk.web.safe_boards import divide_safe
from server.store.boards import boards
from server.store.notices import notices
from server.store.screens import receipts, screens

AT_ONCE = 2
"""How many strips are visible; further ones are in a list that the user can open."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A live notice with the number of its ``screens`` and of those that show it now (``showing``).

    ``opens``: the user may open its page. ``clears``: the user may clear it.
    """

    notice: Notice
    showing: int
    screens: int
    opens: bool
    clears: bool

    @property
    def headline(self) -> str:
        """The headline, without the word that marks a drill: the strip has a mark of its own."""
        return without_mark(self.notice).headline


def strips() -> list[Strip]:
    """Returns the strips of the live urgent notices that concern the user, the most important first.

    Empty before sign-in.
    """
    if desk.maybe_person() is None:
        return []
    live = [
        one for one in notices.live(desk.db, desk.now()) if one.level == "urgent" and concerns(one, "screen.view")
    ]
    if not live:
        return []
    every, paired = boards.all(desk.db), screens.count_by_board(desk.db)
    made = []
    for one in in_order(live):
        found = reached(one, every, desk.tree())
        painted = receipts.showing(desk.db, one.id, desk.now())
        # Boards that show the safe page now are not counted, even if their screens have shown the notice before.
        showing = sum(painted.get(board.slug, 0) for board in divide_safe(found)[1])
        total = sum(paired.get(board.slug, 0) for board in found)
        opens, clears = concerns(one, "notice.propose"), holds_everywhere("notice.clear", one)
        made.append(Strip(one, showing, total, opens, clears))
    return made


def fragment() -> str:
    """Returns the strips as HTML; empty if there is none."""
    return render_template("notices/strips.html", strips=strips(), at_once=AT_ONCE)
