"""Reads from the store what some public boards show at a moment; called by the views and writers of this package.

An announcement is listed from the first moment at which a board may show it until its last window has ended, also
between two windows. Boards on the safe page show nothing here. Alerts of other authorities are left out: whoever
wants them reads them from their source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from server.content.board_content import StoreSnapshot, notices_for, snapshot_of, story_names
from server.core.announcements.beginning import begun_at
from server.core.item_addresses import item_path
from server.core.model import Announcement, Attachment, Board, Lane, Notice, Story
from server.core.typesetting.markdown import Block, Run, blocks
from server.core.workflow import phase
from server.desk.public.feeds.feed_item import FeedItem
from server.store.database.engine import Database
from server.store.sources import stories

_LABELS = {True: "Niêm yết", False: "Thông báo"}


@dataclass(frozen=True, slots=True)
class LiveItems:
    """The items of some boards, newest first; ``changes`` is when time alone will next change them (None: never)."""

    items: tuple[FeedItem, ...]
    changes: datetime | None


def live_items(db: Database, boards: Iterable[Board], now: datetime, days_off: Iterable[date] = ()) -> LiveItems:
    """What ``boards``, which are public, show at ``now``; each item once. Raises StoreError."""
    snapshot = snapshot_of(db, boards, now)
    free = tuple(days_off)
    found: dict[str, FeedItem] = {}
    for board in snapshot.boards:
        if board.mode == "safe" or board.area not in snapshot.tree:
            continue
        for item in _of_board(snapshot, board, now, free):
            known = found.get(item.key)
            found[item.key] = item if known is None else _joined(known, item)
    changed = stories.last_changes(db, [int(key[1:]) for key, item in found.items() if item.kind == "story"])
    items = (_with_change(item, changed) for item in found.values())
    ordered = sorted(items, key=lambda item: (item.published, item.key), reverse=True)
    return LiveItems(tuple(ordered), min((at for at in _moments(snapshot) if at > now), default=None))


def _joined(first: FeedItem, second: FeedItem) -> FeedItem:
    """An item of two boards: it lasts as long as on the board that shows it longest."""
    ends = (first.until, second.until)
    until = None if None in ends else max(end for end in ends if end is not None)
    return replace(first, boards=(*first.boards, *second.boards), until=until)


def _with_change(item: FeedItem, changed: Mapping[int, datetime]) -> FeedItem:
    if item.kind != "story" or (at := changed.get(int(item.key[1:]))) is None:
        return item
    return replace(item, updated=max(item.updated, at))


def _of_board(snapshot: StoreSnapshot, board: Board, now: datetime, free: tuple[date, ...]) -> Iterator[FeedItem]:
    for notice in notices_for(board, snapshot.tree, snapshot.notices):
        if not notice.is_received:
            yield _of_notice(notice, board)
    for one in snapshot.announcements[board.slug]:
        begun = begun_at(one, free)
        if begun is not None and begun <= now and phase(one, now) != "ended":
            yield of_announcement(one, snapshot.tree.get(one.area).name, begun, board.slug)
    lanes = {lane.source: lane for lane in board.lanes}
    for story in snapshot.stories[board.slug]:
        lane = lanes[story.source]
        if story.first_seen <= now < _end_of(story, lane):
            yield _of_story(snapshot, story, lane, board)


def _of_notice(notice: Notice, board: Board) -> FeedItem:
    drill = "Diễn tập. " if notice.exercise else ""
    label = "Tin khẩn" if notice.shown_level == "urgent" else "Tin ưu tiên"
    return FeedItem(
        f"n{notice.id}", "notice", f"{drill}{notice.headline}", label, notice.sender or board.name, notice.areas[0],
        f"/board/{board.slug}", notice.issued, notice.issued, notice.until, (board.slug,),
        blocks=(*paragraphs("\n".join(notice.acts)), *paragraphs(notice.description)),
        files=notice.pictures, origin=_web_address(notice.link), language=notice.language or board.language,
        source=notice,
    )  # fmt: skip


def of_announcement(one: Announcement, issuer: str, begun: datetime, *boards: str) -> FeedItem:
    """An announcement of the area with the name ``issuer``, which has been public since ``begun``."""
    ends = [window.until for window in one.windows]
    until = None if one.recurrence or None in ends else max((end for end in ends if end), default=None)
    return FeedItem(
        f"a{one.id}", "announcement", one.title, _LABELS[one.longest_gap is not None], issuer, one.area,
        item_path("announcement", one.id), begun, max(begun, one.decided or begun), until, boards,
        blocks=(*(blocks(one.text) if one.kind == "text" else paragraphs(one.text)), *_contact(one)),
        table=one.table, files=one.attachments, origin=_web_address(one.link), source=one,
    )  # fmt: skip


def _of_story(snapshot: StoreSnapshot, story: Story, lane: Lane, board: Board) -> FeedItem:
    label, name = story_names(snapshot.sources, story)
    return FeedItem(
        f"s{story.id}", "story", story.title, label or "Tin", name, snapshot.sources[story.source].area or "",
        item_path("story", story.id), min(story.published, story.first_seen), story.first_seen,
        _end_of(story, lane), (board.slug,), blocks=paragraphs(story.summary), table=story.table,
        files=(Attachment(story.image, story.image_alt, 0, 0),) if story.image else (),
        origin=_web_address(story.link), language=story.language,
    )  # fmt: skip


def _end_of(story: Story, lane: Lane) -> datetime:
    return story.published + timedelta(days=lane.newest_days)


def _contact(one: Announcement) -> tuple[Block, ...]:
    card = one.contact
    if card is None:
        return ()
    return paragraphs("\n".join((card.name, card.role, card.phone, card.email, card.address, card.hours)))


def paragraphs(text: str) -> tuple[Block, ...]:
    """A plain text as blocks: each line that is not empty becomes a paragraph."""
    return tuple(Block("paragraph", (Run(line.strip()),)) for line in text.split("\n") if line.strip())


def _web_address(link: str) -> str:
    """The link if it is a web address, else ""; rows written by former versions may contain any text."""
    return link if link.startswith(("http://", "https://")) else ""


def _moments(snapshot: StoreSnapshot) -> Iterator[datetime]:
    """The moments at which an item of the snapshot begins or ends."""
    for announcements in snapshot.announcements.values():
        for one in announcements:
            for window in one.windows:
                yield window.start
                if window.until is not None:
                    yield window.until
    for notice in snapshot.notices:
        yield notice.until
    for board in snapshot.boards:
        lanes = {lane.source: lane for lane in board.lanes}
        for story in snapshot.stories[board.slug]:
            yield story.first_seen
            yield _end_of(story, lanes[story.source])
