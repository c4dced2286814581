"""Finds sources that the worker reads although no board shows them; called by template_globals."""

from __future__ import annotations

from collections.abc import Iterable

from server.core.model import Board, Source
from server.desk.web.context import desk
from server.store.boards import boards
from server.store.sources import sources


def unshown(listed: Iterable[Source], every: Iterable[Board]) -> list[Source]:
    """Returns the sources of stories in ``listed`` for which no board in ``every`` has a lane."""
    shown = {lane.source for board in every for lane in board.lanes}
    return [one for one in listed if one.slug not in shown and one.kind in ("feed", "page")]


def my_unshown_sources() -> list[Source]:
    """Returns the sources that the user manages and that no board shows; empty if the user manages no sources."""
    if not desk.may("source.manage"):
        return []
    tree = desk.tree()
    mine = [one for one in sources.all(desk.db) if desk.may("source.manage", tree.in_charge(one.area))]
    return unshown(mine, boards.all(desk.db))
