"""Says which boards have shown an item, when, and in which version; called by server.desk.public.item_page.

The data come from the proof of play, which paired screens report after they have painted a slide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.core.model import Board
from server.core.screens.proof import Proof
from server.desk.web.context import desk
from server.desk.web.names import board_name
from server.store.screens import plays


@dataclass(frozen=True, slots=True)
class ShownOn:
    """A board that has shown an item. ``first`` and ``last`` are the first and last time, in the board's time zone.

    ``hashes`` are the content hashes of the slides on the last day.
    """

    name: str
    slug: str
    first: datetime
    last: datetime
    hashes: tuple[str, ...]


def shown_on(item: str, boards: Sequence[Board], since: date) -> tuple[ShownOn, ...]:
    """Returns those of ``boards`` whose screens have shown ``item`` since the day ``since``.

    ``item`` is for example "announcement:12".
    """
    slugs = [board.slug for board in boards]
    found = plays.proofs(desk.db, boards=slugs, first=since.isoformat(), last="9999-12-31", item=item)
    by_board: dict[str, list[Proof]] = {}
    for proof in found:
        by_board.setdefault(proof.board, []).append(proof)
    return tuple(_of(board, by_board[board.slug]) for board in boards if board.slug in by_board)


def _of(board: Board, proofs: Sequence[Proof]) -> ShownOn:
    zone = ZoneInfo(board.zone)
    latest = max(proofs, key=lambda proof: proof.last)
    return ShownOn(
        board_name(board.slug),
        board.slug,
        min(proof.first for proof in proofs).astimezone(zone),
        latest.last.astimezone(zone),
        tuple(sorted(latest.hashes)),
    )
