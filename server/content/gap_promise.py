"""Checks whether boards can keep the longest gap of a statutory posting; called by the desk and cli.

A posting's longest gap is the longest time that may pass on a board between two of its showings.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.content.board_content import SlideMaker, announcement_item, board_content
from server.content.store_snapshot import StoreSnapshot
from server.core.lap.gaps import smallest_possible_gap
from server.core.model import Announcement, Board


@dataclass(frozen=True, slots=True)
class InfeasibleGap:
    """A board that cannot keep the longest gap of a new posting, or of a posting that it already shows.

    ``smallest`` is the smallest possible gap of the new posting in ms. ``broken`` are the titles of the other
    postings whose longest gap would be exceeded.
    """

    board: Board
    smallest: int
    broken: tuple[str, ...]


def infeasible_gaps(maker: SlideMaker, snapshot: StoreSnapshot, posting: Announcement) -> list[InfeasibleGap]:
    """Returns the boards that could not keep all longest gaps if they also showed ``posting``; empty if all could."""
    found: list[InfeasibleGap] = []
    for board in snapshot.boards:
        if posting.area not in snapshot.tree.chain(board.area) or (
            posting.boards and board.slug not in posting.boards
        ):
            continue
        item, _ = announcement_item(maker, snapshot, board, posting)
        others = board_content(maker, snapshot, board).items
        smallest = smallest_possible_gap(others, item)
        broken = tuple(
            other.title
            for other in others
            if other.longest_gap is not None and smallest_possible_gap([*others, item], other) > other.longest_gap
        )
        if broken or (item.longest_gap is not None and smallest > item.longest_gap):
            found.append(InfeasibleGap(board, smallest, broken))
    return found
