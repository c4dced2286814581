"""Sources that no board shows, although they are read; called by template_globals."""

from __future__ import annotations

from collections.abc import Iterable

from server.core.model import Board, Source
from server.desk.web.context import desk
from server.store.boards import boards
from server.store.sources import sources


def unshown(listed: Iterable[Source], every: Iterable[Board]) -> list[Source]:
    """The sources in ``listed`` that no board in ``every`` shows (has a lane for)."""
    shown = {lane.source for board in every for lane in board.lanes}
    return [one for one in listed if one.slug not in shown]


def my_unshown_sources() -> list[Source]:
    """The sources that the user manages and no board shows; empty if the user manages none."""
    if not desk.may("source.manage"):
        return []
    tree = desk.tree()
    mine = [one for one in sources.all(desk.db) if desk.may("source.manage", tree.in_charge(one.area))]
    return unshown(mine, boards.all(desk.db))
