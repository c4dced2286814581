"""How many pages a notice needs on each board, and whether its headline fits on one page; called by view_model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from server.core.model import Board, Format, Notice
from server.slides.kinds.notice import count_pages


@dataclass(frozen=True, slots=True)
class Length:
    """How many pages a notice needs on ``boards``, which all have the same format and time zone.

    ``whole``: its headline fits on one page.
    """

    boards: tuple[Board, ...]
    pages: int
    whole: bool


def lengths(notice: Notice, boards: Iterable[Board]) -> list[Length]:
    """One Length for each format and time zone among ``boards``.

    Those on which the headline does not fit on one page come first, then those with the most pages.
    """
    by_format: dict[tuple[Format, str], list[Board]] = {}
    for board in boards:
        by_format.setdefault((board.format, board.zone), []).append(board)
    counted = [(found, count_pages(notice, zone, format)) for (format, zone), found in by_format.items()]
    return sorted(
        (Length(tuple(found), count.pages, count.whole) for found, count in counted),
        key=lambda one: (one.whole, -one.pages),
    )


def letters_that_fit(notice: Notice, board: Board) -> int:
    """How many characters of the headline fit on one page of the board, up to the end of a word; 0 if none."""
    words = notice.headline.split()
    for count in range(len(words) - 1, 0, -1):
        shorter = " ".join(words[:count])
        if count_pages(replace(notice, headline=shorter), board.zone, board.format).whole:
            return len(shorter)
    return 0
