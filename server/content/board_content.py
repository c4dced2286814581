"""Reads what boards show from the store and makes their items and slides; called by live.rotation, desk and cli.

read_snapshot, read_changed (StoreSnapshot) -> board_content (BoardContent) -> core.lap.composition
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from server.core.areas import AreaTree
from server.core.lap.airing import Span
from server.core.lap.items import Item, Page
from server.core.model import Announcement, Area, Board, Format, Lane, Notice, Slide, Source, Story
from server.core.notices.order import in_order
from server.core.times import to_ms
from server.store.announcements import announcements
from server.store.boards import boards, panics
from server.store.database.engine import Database
from server.store.database.revision import Changes
from server.store.notices import notices
from server.store.sources import sources, story_lanes


class SlideMaker(Protocol):
    """The methods of server.slides.render.Renderer that are used here."""

    def story(
        self, story: Story, *, label: str, source_name: str, zone: str, format: Format
    ) -> tuple[Slide, ...]: ...
    def announcement(
        self, announcement: Announcement, *, area_name: str, zone: str, format: Format
    ) -> tuple[Slide, ...]: ...
    def notice(self, notice: Notice, *, zone: str, format: Format) -> Slide: ...
    def empty(self, board_name: str, area_name: str, format: Format) -> Slide: ...
    def safe(self, board_name: str, area_name: str, format: Format) -> Slide: ...


@dataclass(frozen=True, slots=True)
class StoreSnapshot:
    """What all boards show, as stored at one moment; stories and announcements by the board's slug."""

    tree: AreaTree
    boards: tuple[Board, ...]
    sources: Mapping[str, Source]
    stories: Mapping[str, tuple[Story, ...]]
    announcements: Mapping[str, tuple[Announcement, ...]]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class BoardContent:
    """One board's items and all slides that they use; the order of the items breaks ties in the lap.

    ``chain`` are the board's area and those above it, whose notices it shows.
    """

    board: Board
    area: Area
    chain: frozenset[str]
    items: tuple[Item, ...]
    notices: tuple[tuple[Notice, Slide], ...]
    filler: Slide
    safe: Slide
    slides: tuple[Slide, ...]


def read_snapshot(db: Database, now: datetime, *, only: str | None = None) -> StoreSnapshot:
    """Read the store, for all boards or for the one with the slug ``only``. Raises StoreError.

    May take long, so the director calls it outside the event loop.
    """
    return snapshot_of(db, (board for board in boards.all(db) if only in (None, board.slug)), now)


def snapshot_of(db: Database, every: Iterable[Board], now: datetime) -> StoreSnapshot:
    """As read_snapshot, for the given boards, which need not be stored (a preview). Raises StoreError."""
    tree = AreaTree(sources.areas(db))
    known = {source.slug: source for source in sources.all(db)}
    nothing = StoreSnapshot(tree, (), known, {}, {}, ())
    return _read_again(db, nothing, _as_shown(db, tree, known, every), lambda _: True, lambda _: True, now)


def read_changed(
    db: Database, before: StoreSnapshot, what: Changes, now: datetime
) -> tuple[StoreSnapshot, frozenset[str]]:
    """Reread only what has changed; returns it with the slugs of boards that may be affected. Raises StoreError."""
    if what.everything:
        snapshot = read_snapshot(db, now)
        return snapshot, frozenset(board.slug for board in snapshot.boards)
    all_boards = _as_shown(db, before.tree, before.sources, boards.all(db)) if what.boards else before.boards
    old_boards = {board.slug: board for board in before.boards}
    changed = {board.slug for board in all_boards if old_boards.get(board.slug) != board}

    def reads(board: Board) -> bool:
        return board.slug in changed or any(lane.source in what.sources for lane in board.lanes)

    def is_addressed(board: Board) -> bool:
        return board.slug in changed or not what.areas.isdisjoint(before.tree.chain(board.area))

    snapshot = _read_again(db, before, all_boards, reads, is_addressed, now)
    return snapshot, frozenset(board.slug for board in all_boards if reads(board) or is_addressed(board))


def _read_again(
    db: Database,
    before: StoreSnapshot,
    all_boards: tuple[Board, ...],
    reads: Callable[[Board], bool],
    is_addressed: Callable[[Board], bool],
    now: datetime,
) -> StoreSnapshot:
    """``before`` with ``all_boards``, after rereading some of its content. Raises StoreError.

    Stories are reread for boards for which ``reads`` is True, announcements for those for which ``is_addressed`` is,
    and notices always.
    """
    readers = [board for board in all_boards if reads(board)]
    chains = {board.slug: before.tree.chain(board.area) for board in all_boards if is_addressed(board)}
    of_lanes = story_lanes.for_lanes(db, (board.lanes for board in readers), now)
    shown = announcements.shown(db, {area for chain in chains.values() for area in chain}, now=now) if chains else ()
    by_area: dict[str, list[tuple[int, Announcement]]] = {}
    for place, one in enumerate(shown):
        by_area.setdefault(one.area, []).append((place, one))

    def addressed(slug: str) -> tuple[Announcement, ...]:
        mine = sorted(pair for area in chains[slug] for pair in by_area.get(area, ()))
        return tuple(one for _, one in mine if not one.boards or slug in one.boards)

    slugs = {board.slug for board in all_boards}
    read = {slug: found for slug, found in before.stories.items() if slug in slugs}
    posted = {slug: found for slug, found in before.announcements.items() if slug in slugs}
    read.update((board.slug, of_lanes[board.lanes]) for board in readers)
    posted.update((slug, addressed(slug)) for slug in chains)
    return StoreSnapshot(before.tree, all_boards, before.sources, read, posted, notices.live(db, now))


def _as_shown(db: Database, tree: AreaTree, known: Mapping[str, Source], every: Iterable[Board]) -> tuple[Board, ...]:
    """The boards without lanes of retired sources; those in panic mode have mode "safe"."""
    trimmed = (replace(board, lanes=tuple(lane for lane in board.lanes if lane.source in known)) for board in every)
    return _with_safe_mode(trimmed, tree, {panic.area for panic in panics.on(db)})


def _with_safe_mode(all_boards: Iterable[Board], tree: AreaTree, areas: set[str]) -> tuple[Board, ...]:
    """The boards, those in or below one of ``areas`` with mode "safe" instead of their own."""
    return tuple(
        replace(board, mode="safe") if areas.intersection(tree.chain(board.area)) else board for board in all_boards
    )


def notices_for(board: Board, tree: AreaTree, live: Iterable[Notice]) -> tuple[Notice, ...]:
    """The notices addressed to the board's area or one above, most urgent first."""
    chain = set(tree.chain(board.area))
    return in_order(notice for notice in live if chain.intersection(notice.areas))


def notice_slides(maker: SlideMaker, board: Board, mine: Sequence[Notice]) -> tuple[tuple[Notice, Slide], ...]:
    """Each notice with its slide in the format of the board."""
    return tuple((notice, maker.notice(notice, zone=board.zone, format=board.format)) for notice in mine)


def board_content(
    maker: SlideMaker, snapshot: StoreSnapshot, board: Board, running: Sequence[Story] = ()
) -> BoardContent:
    """A board's items: priority notices, announcements, then the stories of its lanes, newest first.

    ``running`` are stories on the screens now: one that has left its lane may finish.
    """
    area = snapshot.tree.get(board.area)
    mine = notice_slides(maker, board, notices_for(board, snapshot.tree, snapshot.notices))
    items: list[Item] = []
    slides: list[Slide] = []

    def add(item: Item, made: Sequence[Slide]) -> None:
        items.append(item)
        slides.extend(made)

    for notice, slide in mine:
        slides.append(slide)
        if notice.level == "priority":
            add(_notice_item(notice, slide), ())
    for announcement in snapshot.announcements[board.slug]:
        add(*announcement_item(maker, snapshot, board, announcement))
    lanes = {lane.source: lane for lane in board.lanes}
    for story in snapshot.stories[board.slug]:
        add(*_story_item(maker, snapshot, board, story, lanes[story.source], leaving=False))
    present = {item.key for item in items}
    for story in running:
        if _key(story) not in present and story.state == "approved" and story.source in lanes:
            add(*_story_item(maker, snapshot, board, story, lanes[story.source], leaving=True))
    filler = maker.empty(board.name, area.name, board.format)
    safe = maker.safe(board.name, area.name, board.format)
    chain = frozenset(snapshot.tree.chain(board.area))
    return BoardContent(board, area, chain, tuple(items), mine, filler, safe, (*slides, filler, safe))


def _key(story: Story) -> str:
    return f"story:{story.id}"


def _pages(slides: Sequence[Slide]) -> tuple[Page, ...]:
    return tuple(Page(slide.hash, slide.dwell) for slide in slides)


def _notice_item(notice: Notice, slide: Slide) -> Item:
    span = to_ms(notice.issued), to_ms(notice.until)
    return Item(
        f"notice:{notice.id}", "notices", _pages([slide]), (span,), notice.headline, notice.sender, priority=True
    )


def announcement_item(
    maker: SlideMaker, snapshot: StoreSnapshot, board: Board, announcement: Announcement
) -> tuple[Item, Sequence[Slide]]:
    """The item of an announcement on a board, and its slides."""
    area = snapshot.tree.get(announcement.area)
    if announcement.sound and not board.sound:
        announcement = replace(announcement, sound=False)
    slides = maker.announcement(announcement, area_name=area.name, zone=board.zone, format=board.format)
    spans: tuple[Span, ...] = tuple(
        (to_ms(w.start), None if w.until is None else to_ms(w.until)) for w in announcement.windows
    )
    gap = announcement.longest_gap
    item = Item(
        f"announcement:{announcement.id}",
        f"announcements of {announcement.area}",
        _pages(slides),
        spans,
        announcement.title,
        area.name,
        upper=snapshot.tree.is_above(announcement.area, board.area),
        priority=announcement.priority,
        longest_gap=None if gap is None else gap // timedelta(milliseconds=1),
    )
    return item, slides


def _story_item(
    maker: SlideMaker, snapshot: StoreSnapshot, board: Board, story: Story, lane: Lane, *, leaving: bool
) -> tuple[Item, Sequence[Slide]]:
    source = snapshot.sources[story.source]
    others = (snapshot.sources[slug].name for slug in story.also if slug in snapshot.sources)
    label, name = source.label or source.name, " · ".join(dict.fromkeys([source.name, *others]))
    slides = maker.story(story, label=label, source_name=name, zone=board.zone, format=board.format)
    span = to_ms(story.first_seen), to_ms(story.published + timedelta(days=lane.newest_days))
    upper = source.area is not None and snapshot.tree.is_above(source.area, board.area)
    item = Item(_key(story), story.source, _pages(slides), (span,), story.title, name, upper=upper, leaving=leaving)
    return item, slides
