"""Makes a small page with the slide that a public board shows at this moment; called by board_views.

It is the same slide as on the board's screens: it comes from the lap that the servers have agreed on and is drawn by
the same code.
"""

from __future__ import annotations

from datetime import timedelta

from server.content.board_content import BoardContent, board_content
from server.content.lap_rows import lap_of, with_bodies
from server.content.store_snapshot import snapshot_of
from server.core.lap.airing import Lap, airing_at
from server.core.lap.composition import compose
from server.core.model import Board, Slide
from server.core.notices.glass_turns import covering
from server.core.notices.order import TURN_SECONDS
from server.core.times import from_ms, to_ms
from server.desk.public.holding import changes_at
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.store.boards import laps


def page(board: Board) -> str:
    """Returns the HTML page with the slide that ``board`` shows now.

    The answer is valid until the next slide begins (`changes_at`).
    """
    now = desk.now()
    snapshot = snapshot_of(desk.db, [board], now)
    made = board_content(slide_preview.renderer(), snapshot, snapshot.boards[0])
    slide, covers = _on_air(made)
    changes_at(one.until for one, _ in made.notices)
    return slide_preview.document(slide, made.board, made.area.name, now, covers=covers)


def _on_air(made: BoardContent) -> tuple[Slide, bool]:
    """Returns (the slide that the board shows now, whether it covers the whole screen)."""
    if made.board.mode == "safe":
        return made.safe, False
    at, lap = to_ms(desk.now()), _lap(made)
    urgent = covering(made.notices, lap, at)
    if urgent is not None:
        changes_at([desk.now() + timedelta(seconds=TURN_SECONDS)])
        return next(slide for one, slide in made.notices if one.id == urgent.id), True
    airing = airing_at(lap, at)
    hash = lap.slots[airing.index].hash if airing and airing.index is not None else lap.filler
    if airing and airing.until is not None:
        changes_at([from_ms(airing.until)])
    return next((one for one in made.slides if one.hash == hash), made.filler), False


def _lap(made: BoardContent) -> Lap:
    """Returns the board's stored lap; if no server has composed one yet, the lap that would be composed now."""
    stored = laps.load(desk.db, made.board.slug)
    lap = lap_of(stored) if stored else None
    if lap is not None:
        return with_bodies(lap, made)
    return compose(made.board, made.items, None, to_ms(desk.now()), filler=made.filler.hash)
