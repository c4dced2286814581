"""Reads from the store what public boards show at a moment; called by scopes.

An announcement is listed from the beginning of its first window (period of showing) to the end of its last one, also
between two windows. Boards in safe mode contribute nothing. Alerts of other authorities are left out, because
programs can read them from their source. Short messages of other programs, such as "hồ sơ 123 đã có kết quả", are
left out, because they are meant for people who wait in front of that board.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from server.content.board_content import notices_for, story_names
from server.content.public_feeds.feed_item import FeedItem
from server.content.store_snapshot import StoreSnapshot, snapshot_of
from server.core.announcements.beginning import begun_at
from server.core.item_addresses import item_path, web_address
from server.core.levels.items import NOTICE_ORIGIN
from server.core.model import Announcement, Attachment, Board, Lane, Notice, Story
from server.core.notices.drills import without_mark
from server.core.typesetting.markdown import Block, blocks, paragraphs
from server.core.workflow import phase
from server.store.database.engine import Database
from server.store.sources import stories

_LABELS = {True: "Niêm yết", False: "Thông báo"}


@dataclass(frozen=True, slots=True)
class LiveItems:
    """The items of some boards, newest first.

    ``changes`` is the next time at which these boards show something else although the store does not change; None if
    there is none.
    """

    items: tuple[FeedItem, ...]
    changes: datetime | None


def live_items(
    db: Database, boards: Iterable[Board], now: datetime, days_off: Iterable[date] = (), *, shared: bool = False
) -> LiveItems:
    """Returns what the public boards ``boards`` show at ``now``, each item once.

    With ``shared``, as for other servers, notices that came from other servers are listed, too.

    ``days_off`` are days off in addition to public holidays; some recurring announcements are not shown on them.
    Raises StoreError if the store cannot be read.
    """
    snapshot = snapshot_of(db, boards, now)
    begun = _begun(snapshot, now, frozenset(days_off))
    found: dict[str, FeedItem] = {}
    ends: dict[str, list[datetime | None]] = {}
    on: dict[str, list[str]] = {}
    for board in snapshot.boards:
        if board.mode == "safe" or board.area not in snapshot.tree:
            continue
        for key, until, make in _of_board(snapshot, board, begun, now, shared=shared):
            if key not in found:
                found[key] = make()
            ends.setdefault(key, []).append(until)
            on.setdefault(key, []).append(board.slug)
    changed = stories.last_changes(db, [int(key[1:]) for key, item in found.items() if item.kind == "story"])
    items = (
        replace(item, boards=tuple(on[key]), until=_last(ends[key]), updated=_updated(item, changed))
        for key, item in found.items()
    )
    ordered = sorted(items, key=lambda item: (item.published, item.key), reverse=True)
    return LiveItems(tuple(ordered), min((at for at in _moments(snapshot) if at > now), default=None))


def _updated(item: FeedItem, changed: Mapping[int, datetime]) -> datetime:
    """Returns when the item was last changed; ``changed`` maps ids of stories to the last change of their text."""
    last = changed.get(int(item.key[1:])) if item.kind == "story" else None
    return item.updated if last is None else max(item.updated, last)


def _last(ends: list[datetime | None]) -> datetime | None:
    """Returns the latest of ``ends``; None if one of them is None, which means that there is no end."""
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _begun(snapshot: StoreSnapshot, now: datetime, free: frozenset[date]) -> dict[int, datetime]:
    """Returns id -> time of beginning of each announcement that has begun and not ended at ``now``.

    ``free`` are the days off in addition to public holidays.
    """
    every = {one.id: one for listed in snapshot.announcements.values() for one in listed}
    begun = {id: begun_at(one, free) for id, one in every.items() if phase(one, now) != "ended"}
    return {id: at for id, at in begun.items() if at is not None and at <= now}


_Shown = tuple[str, datetime | None, Callable[[], FeedItem]]


def _of_board(
    snapshot: StoreSnapshot, board: Board, begun: Mapping[int, datetime], now: datetime, *, shared: bool
) -> Iterator[_Shown]:
    """Yields (key, end, a function that makes the FeedItem) for each item that the board shows and feeds may have.

    ``begun`` is the result of `_begun`. The key is that of the item's page, such as "a12"; the end is None if the
    item has none. Notices that were received as alerts, or that are short messages of programs, are left out.
    """
    for notice in notices_for(board, snapshot.tree, snapshot.notices):
        if is_own(notice) or (shared and is_shared(notice)):
            yield f"n{notice.id}", notice.until, partial(_of_notice, notice, board)
    for one in snapshot.announcements[board.slug]:
        if one.id in begun:
            issuer = snapshot.tree.get(one.area).issuer
            yield f"a{one.id}", _end_of_windows(one), partial(_of_announcement, one, issuer, begun[one.id])
    lanes = {lane.source: lane for lane in board.lanes}
    for story in snapshot.stories[board.slug]:
        end = _end_of(story, lanes[story.source])
        if story.first_seen <= now < end:
            yield f"s{story.id}", end, partial(_of_story, snapshot, story)


def is_own(notice: Notice) -> bool:
    """Returns whether a notice may be in feeds: if it is neither received from others nor a message of a program."""
    return not notice.is_received and not notice.is_message


def is_shared(notice: Notice) -> bool:
    """Returns whether other servers may have a notice: an own one, or one that came from another server.

    A notice that was made from a CAP alert is not passed on: whoever wants it reads the alert's source.
    """
    return is_own(notice) or (notice.origin.startswith(NOTICE_ORIGIN) and notice.state == "live")


def _of_notice(notice: Notice, board: Board) -> FeedItem:
    drill = "Diễn tập. " if notice.exercise else ""
    headline = without_mark(notice).headline
    label = "Tin khẩn" if notice.shown_level == "urgent" else "Tin ưu tiên"
    return FeedItem(
        f"n{notice.id}", "notice", f"{drill}{headline}", label, notice.sender or board.name, notice.areas[0],
        f"/board/{board.slug}", notice.issued, notice.issued,
        blocks=(*paragraphs("\n".join(notice.acts)), *paragraphs(notice.description)),
        files=notice.pictures, origin=web_address(notice.link), language=notice.language or board.language,
        source=notice,
    )  # fmt: skip


def _of_announcement(one: Announcement, issuer: str, begun: datetime) -> FeedItem:
    return FeedItem(
        f"a{one.id}", "announcement", one.title, _LABELS[one.longest_gap is not None], issuer, one.area,
        item_path("announcement", one.id), begun, max(begun, one.decided or begun),
        blocks=(*(blocks(one.text) if one.kind == "text" else paragraphs(one.text)), *_contact(one)),
        table=one.table, files=one.attachments, origin=web_address(one.link), source=one,
    )  # fmt: skip


def _end_of_windows(one: Announcement) -> datetime | None:
    return None if one.recurrence else _last([window.until for window in one.windows])


def _of_story(snapshot: StoreSnapshot, story: Story) -> FeedItem:
    label, name = story_names(snapshot.sources, story)
    return FeedItem(
        f"s{story.id}", "story", story.title, label or "Tin", name, snapshot.sources[story.source].area or "",
        item_path("story", story.id), min(story.published, story.first_seen), story.first_seen,
        blocks=paragraphs(story.summary), table=story.table,
        files=(Attachment(story.image, story.image_alt, 0, 0),) if story.image else (),
        origin=web_address(story.link), language=story.language or "vi", born=story.first_seen,
        brought_by=story.source,
    )  # fmt: skip


def _end_of(story: Story, lane: Lane) -> datetime:
    return story.published + timedelta(days=lane.newest_days)


def _contact(one: Announcement) -> tuple[Block, ...]:
    card = one.contact
    if card is None:
        return ()
    return paragraphs("\n".join((card.name, card.role, card.phone, card.email, card.address, card.hours)))


def _moments(snapshot: StoreSnapshot) -> Iterator[datetime]:
    """Yields the moments at which an item of the snapshot begins or ends, in any order."""
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
