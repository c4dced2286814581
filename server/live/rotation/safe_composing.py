"""Composes a lap (slide sequence) even if an item or the previous lap causes an exception.

Called by board_composer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from server.content.board_content import BoardContent
from server.content.item_faults import ItemFaults
from server.core.lap.airing import Lap
from server.core.lap.composition import compose
from server.core.lap.items import Item


def composed(content: BoardContent, previous: Lap | None, now: int, faults: ItemFaults) -> tuple[BoardContent, Lap]:
    """Composes the next lap as of ``now`` (ms). Returns the content and the lap.

    If an item makes ``compose`` raise, it is left out of both, and recorded in ``faults``. If it raises even without
    those items and without ``previous``, the exception is raised: the board has no lap then.
    """
    slug = content.board.slug

    def made(items: Sequence[Item], before: Lap | None) -> Lap:
        return compose(content.board, items, before, now, filler=content.filler.hash)

    lap = faults.attempt(slug, "lap", partial(made, content.items, previous))
    if lap is not None:
        return content, lap
    good = [one for one in content.items if faults.attempt(slug, one.key, partial(made, [one], None)) is not None]
    lap = faults.attempt(slug, "lap", partial(made, good, previous))
    return replace(content, items=tuple(good)), lap or made(good, None)
