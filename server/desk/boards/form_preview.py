"""Makes the preview of a board in its form: how it would look and what it would show now; called by boards.views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import format_decimal, gettext

from server.content.board_content import BoardContent, board_content
from server.content.store_snapshot import snapshot_of
from server.core.model import Board
from server.core.typesetting.formats import reach
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.desk.web.names import source_name
from server.desk.web.slide_preview import Preview
from server.store.boards import boards
from server.store.sources import sources, story_queries

MOST_COMING = 8


@dataclass(frozen=True, slots=True)
class LaneCount:
    """A lane of a board: the name of its source and two numbers of its stories.

    ``shown`` is how many of them the board would show now, ``waiting`` how many wait for an editor's approval.
    """

    name: str
    shown: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Loss:
    """A source that a board would no longer show after the change.

    ``shown`` is how many of its stories the board shows now. ``elsewhere``: another board shows the source.
    """

    name: str
    shown: int
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class BoardPreview:
    """A board as the form describes it.

    ``picture`` draws it with its first slide. ``titles`` are the first of the ``count`` items that it would show.
    ``lanes`` are its lanes; ``losses`` the sources that it would no longer show.
    """

    picture: Preview
    titles: tuple[str, ...]
    count: int
    lanes: tuple[LaneCount, ...]
    losses: tuple[Loss, ...]


def board_preview(board: Board, before: Board | None) -> BoardPreview:
    """Returns the preview of ``board``, which need not be stored.

    ``before`` is the board as it is stored; None for a new one.
    """
    content = _content(board)
    slides = {slide.hash: slide for slide in content.slides}
    items = [one for one in content.items if one.pages]
    slide = slides[items[0].pages[0].hash] if items else content.filler
    titles = tuple(one.title for one in items)
    area = content.area.name
    picture = Preview(
        board, slide_preview.document(slide, board, area, desk.now(), coming=titles[1 : 1 + MOST_COMING])
    )
    shown = Counter(one.lane for one in items)
    lanes = tuple(
        LaneCount(source_name(lane.source), shown[lane.source], story_queries.count_waiting(desk.db, [lane.source]))
        for lane in board.lanes
    )
    return BoardPreview(picture, titles[:MOST_COMING], len(titles), lanes, losses(before, board))


def losses(before: Board | None, after: Board | None) -> tuple[Loss, ...]:
    """Returns the sources that a board no longer shows if it changes from ``before`` to ``after``.

    ``before`` is None for a new board, ``after`` is None if the board is removed. Removed sources are left out.
    """
    if before is None:
        return ()
    in_use = {one.slug for one in sources.all(desk.db)}
    kept = {lane.source for lane in after.lanes} if after else set()
    gone = [lane.source for lane in before.lanes if lane.source in in_use - kept]
    if not gone:
        return ()
    shown, elsewhere = Counter(one.lane for one in _content(before).items), _shown_elsewhere(gone, before.slug)
    return tuple(Loss(source_name(slug), shown[slug], slug in elsewhere) for slug in gone)


def _shown_elsewhere(slugs: Collection[str], board: str) -> set[str]:
    """Returns the sources among ``slugs`` that a board other than ``board`` shows (has a lane for)."""
    others = {lane.source for one in boards.all(desk.db) if one.slug != board for lane in one.lanes}
    return others.intersection(slugs)


def _content(board: Board) -> BoardContent:
    snapshot = snapshot_of(desk.db, [board], desk.now())
    return board_content(slide_preview.renderer(), snapshot, snapshot.boards[0])


def size_text(board: Board) -> str:
    """Returns sentences that describe the board's size class and from how many metres its text can be read."""
    text = {
        "LED": gettext("Bảng LED: ba dòng chữ thật to, không khung, không mã QR."),
        "S": gettext("Cỡ chữ S, nhỏ: mỗi trang nhiều chữ nhất."),
        "M": gettext("Cỡ chữ M, vừa: mỗi trang ít chữ hơn cỡ S."),
        "L": gettext("Cỡ chữ L, to: mỗi trang chỉ vài câu."),
        "XL": gettext("Cỡ chữ XL, rất to: mỗi trang một ý."),
    }[board.format.size]
    return f"{text} {_reading_distance(board)}"


def _reading_distance(board: Board) -> str:
    if board.diagonal is None or board.distance is None:
        return str(gettext("Chưa ghi đường chéo và khoảng cách nên giữ cỡ đang có."))
    metres = reach(board.format.layout, board.format.size, board.diagonal)
    text = format_decimal(round(metres, 1))
    if metres < board.distance:
        return str(gettext("Xa hơn %(metres)s m thì khó đọc.", metres=text))
    return str(gettext("Đọc rõ từ khoảng cách đến %(metres)s m.", metres=text))
