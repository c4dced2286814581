"""Counts a notice's pages on each board, and the seconds until its first instruction; called by view_model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from server.core.model import Board, Format, Notice
from server.slides.kinds.notice import count_pages

# After how many seconds the first instruction should be seen at the latest.
LATEST_ACT = 10


@dataclass(frozen=True, slots=True)
class Length:
    """How many pages a notice has on ``boards``, which all have the same format and time zone.

    ``whole``: its headline fits on one page. ``first_act`` is after how many seconds the first instruction is seen; 0
    if the notice has no instructions.
    """

    boards: tuple[Board, ...]
    pages: int
    whole: bool
    first_act: int

    @property
    def is_late(self) -> bool:
        """True if the first instruction is seen later than after LATEST_ACT seconds."""
        return self.first_act > LATEST_ACT


def lengths(notice: Notice, boards: Iterable[Board]) -> list[Length]:
    """Returns one `Length` for each format and time zone among ``boards``.

    Boards on which the headline does not fit on one page come first, then boards with the most pages.
    """
    by_format: dict[tuple[Format, str], list[Board]] = {}
    for board in boards:
        by_format.setdefault((board.format, board.zone), []).append(board)
    counted = [(found, count_pages(notice, zone, format)) for (format, zone), found in by_format.items()]
    return sorted(
        (Length(tuple(found), count.pages, count.whole, count.first_act // 1000) for found, count in counted),
        key=lambda one: (one.whole, -one.pages),
    )


def letters_that_fit(notice: Notice, board: Board) -> int:
    """Returns how many characters of the headline fit on one page of the board, up to the end of a word.

    The headline is expected not to fit whole. Returns 0 if not even its first word fits, or if it has only one word.
    """
    words = notice.headline.split()
    for count in range(len(words) - 1, 0, -1):
        shorter = " ".join(words[:count])
        if count_pages(replace(notice, headline=shorter), board.zone, board.format).whole:
            return len(shorter)
    return 0
