"""Reads what boards show from the store and makes their items and slides; called by live, desk, cli and content.

`read_snapshot` or `read_changed` returns a StoreSnapshot, from which `board_content` makes the BoardContent of one
board; server.core.lap.composition composes its lap from that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from server.content.item_faults import ItemFaults
from server.core.alerts.polls_view import PollView
from server.core.areas import AreaTree
from server.core.item_addresses import ItemKind
from server.core.lap.airing import Span
from server.core.lap.items import Item, Page
from server.core.lap.regular_turns import SERVING
from server.core.model import Announcement, Area, Board, Format, Lane, Notice, NowServing, Slide, Source, Story
from server.core.notices.order import in_order, reaches
from server.core.times import to_ms
from server.store.announcements import announcements
from server.store.boards import boards, now_serving, panics
from server.store.database.engine import Database
from server.store.database.revision import Changes
from server.store.notices import notices
from server.store.sources import sources, story_lanes


class SlideMaker(Protocol):
    """The methods of server.slides.render.Renderer that are used here."""

    def item_address(self, kind: ItemKind, id: int) -> str: ...
    def story(
        self, story: Story, *, label: str, source_name: str, zone: str, format: Format
    ) -> tuple[Slide, ...]: ...
    def announcement(
        self, announcement: Announcement, *, area_name: str, zone: str, format: Format
    ) -> tuple[Slide, ...]: ...
    def notice(self, notice: Notice, *, zone: str, format: Format) -> Slide: ...
    def notice_details(self, notice: Notice, *, zone: str, format: Format) -> tuple[Slide, ...]: ...
    def now_serving(self, serving: NowServing, *, format: Format) -> Slide: ...
    def serving_place(self, format: Format) -> Slide: ...
    def empty(self, board_name: str, area_name: str, format: Format) -> Slide: ...
    def safe(self, board_name: str, area_name: str, format: Format) -> Slide: ...


@dataclass(frozen=True, slots=True)
class StoreSnapshot:
    """What all boards show, as stored at one moment.

    The keys of ``stories`` and ``announcements`` are slugs of boards, those of ``sources`` slugs of sources.
    ``polls`` are those of the sources of alerts; the director reads them more often than the rest. ``serving`` is
    what the halls of boards serve, by slug: whether they do, and at how many counters; the numbers may be old.
    """

    tree: AreaTree
    boards: tuple[Board, ...]
    sources: Mapping[str, Source]
    stories: Mapping[str, tuple[Story, ...]]
    announcements: Mapping[str, tuple[Announcement, ...]]
    notices: tuple[Notice, ...]
    polls: tuple[PollView, ...] = ()
    serving: Mapping[str, NowServing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoardContent:
    """One board's items and all slides that they use; the order of the items breaks ties in the lap.

    ``chain`` holds the slugs of the board's area and of the areas above it, nearest first. ``notices`` are
    those addressed to these areas, each with its slide. ``filler`` is shown while nothing else can air, ``safe`` in
    safe mode.
    """

    board: Board
    area: Area
    chain: tuple[str, ...]
    items: tuple[Item, ...]
    notices: tuple[tuple[Notice, Slide], ...]
    filler: Slide
    safe: Slide
    slides: tuple[Slide, ...]


def safe_content(maker: SlideMaker, board: Board) -> BoardContent:
    """Content in mode "safe" without items, for a board that cannot be composed, such as one of an unknown area."""
    bare = Board(board.slug, board.name, board.area, public=board.public, mode="safe")
    filler = maker.empty(bare.name, "", bare.format)
    safe = maker.safe(bare.name, "", bare.format)
    return BoardContent(bare, Area(board.area, ""), (board.area,), (), (), filler, safe, (filler, safe))


def read_snapshot(db: Database, now: datetime, *, only: str | None = None) -> StoreSnapshot:
    """Reads the content of all boards, or of the board with slug ``only``, from the store. Raises StoreError.

    It may take long, so server/live/rotation/director.py calls it outside the event loop.
    """
    return snapshot_of(db, (board for board in boards.all(db) if only in (None, board.slug)), now)


def snapshot_of(db: Database, every: Iterable[Board], now: datetime) -> StoreSnapshot:
    """As `read_snapshot`, for the boards ``every``, which need not be stored (for a preview). Raises StoreError."""
    tree = AreaTree(sources.areas(db))
    known = {source.slug: source for source in sources.all(db)}
    nothing = StoreSnapshot(tree, (), known, {}, {}, ())
    return _read_again(db, nothing, _as_shown(db, tree, known, every), lambda _: True, lambda _: True, now)


def read_changed(
    db: Database, before: StoreSnapshot, what: Changes, now: datetime
) -> tuple[StoreSnapshot, frozenset[str]]:
    """Brings the snapshot ``before`` up to date; only what ``what`` lists as changed is read again.

    Returns (the whole new snapshot, slugs of the boards that may show something else). Raises StoreError.
    """
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
    touched = {board.slug for board in all_boards if reads(board) or is_addressed(board)}
    return snapshot, frozenset(touched | (what.serving & slugs_of(all_boards)))


def _read_again(
    db: Database,
    before: StoreSnapshot,
    all_boards: tuple[Board, ...],
    reads: Callable[[Board], bool],
    is_addressed: Callable[[Board], bool],
    now: datetime,
) -> StoreSnapshot:
    """A copy of the snapshot ``before`` with the boards ``all_boards`` and partly reread content. Raises StoreError.

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

    slugs = slugs_of(all_boards)
    read = {slug: found for slug, found in before.stories.items() if slug in slugs}
    posted = {slug: found for slug, found in before.announcements.items() if slug in slugs}
    read.update((board.slug, of_lanes[board.lanes]) for board in readers)
    posted.update((slug, addressed(slug)) for slug in chains)
    live = notices.live(db, now)
    serving = {slug: found for slug, found in now_serving.all(db, now).items() if slug in slugs}
    return StoreSnapshot(before.tree, all_boards, before.sources, read, posted, live, before.polls, serving)


def slugs_of(every: Iterable[Board]) -> set[str]:
    """The slugs of boards."""
    return {board.slug for board in every}


def _as_shown(db: Database, tree: AreaTree, known: Mapping[str, Source], every: Iterable[Board]) -> tuple[Board, ...]:
    """The boards ``every``, with lanes of unknown sources removed and with mode "safe" where a panic is on."""
    trimmed = (replace(board, lanes=tuple(lane for lane in board.lanes if lane.source in known)) for board in every)
    return _with_safe_mode(trimmed, tree, {panic.area for panic in panics.on(db)})


def _with_safe_mode(all_boards: Iterable[Board], tree: AreaTree, areas: set[str]) -> tuple[Board, ...]:
    """All of the boards; those in or below one of ``areas`` get mode "safe" instead of their own."""
    return tuple(
        replace(board, mode="safe") if areas.intersection(tree.chain(board.area)) else board for board in all_boards
    )


def notices_for(board: Board, tree: AreaTree, live: Iterable[Notice]) -> tuple[Notice, ...]:
    """The notices of ``live`` that reach the board, sorted by `in_order`."""
    chain = tree.chain(board.area)
    return in_order((notice for notice in live if reaches(notice, board.slug, chain)), chain)


def notice_slides(
    maker: SlideMaker, board: Board, mine: Sequence[Notice], faults: ItemFaults | None = None
) -> tuple[tuple[Notice, Slide], ...]:
    """Each notice with its slide in the format of the board; a notice that cannot be drawn is left out."""
    faults = faults or ItemFaults()

    def draw(notice: Notice) -> Slide | None:
        return faults.attempt(
            board.slug, f"notice:{notice.id}", lambda: maker.notice(notice, zone=board.zone, format=board.format)
        )

    return tuple((notice, slide) for notice in mine if (slide := draw(notice)) is not None)


def board_content(
    maker: SlideMaker,
    snapshot: StoreSnapshot,
    board: Board,
    running: Sequence[Story] = (),
    faults: ItemFaults | None = None,
) -> BoardContent:
    """A board's content; its items are notices, announcements, stories, newest first, the numbers of its hall.

    A notice that holds the whole glass until its end is no item.

    ``running`` are stories on the screens now: an approved one that has left its lane may finish. An item that cannot
    be drawn is left out and recorded in ``faults``. Raises KeyError if the board's area is unknown and
    ZoneInfoNotFoundError if its time zone is.
    """
    faults = faults or ItemFaults()
    faults.begin(board.slug)
    ZoneInfo(board.zone)  # raises for an unknown time zone, with which no `state` could be built
    area = snapshot.tree.get(board.area)
    mine = notice_slides(maker, board, notices_for(board, snapshot.tree, snapshot.notices), faults)
    items: list[Item] = []
    slides: list[Slide] = []

    def add(key: str, make: Callable[[], tuple[Item, Sequence[Slide]]]) -> None:
        if (made := faults.attempt(board.slug, key, make)) is not None:
            items.append(made[0])
            slides.extend(made[1])

    for notice, slide in mine:
        slides.append(slide)
        if notice.shown_level != "urgent" or notice.holds_until is not None:
            key = f"notice:{notice.id}"
            details = partial(maker.notice_details, notice, zone=board.zone, format=board.format)
            further = faults.attempt(board.slug, f"{key}:details", details) or ()
            add(key, partial(_notice_item, notice, slide, further))
    for announcement in snapshot.announcements[board.slug]:
        add(f"announcement:{announcement.id}", partial(announcement_item, maker, snapshot, board, announcement))
    lanes = {lane.source: lane for lane in board.lanes}
    for story in snapshot.stories[board.slug]:
        lane = lanes[story.source]
        add(_key(story), partial(_story_item, maker, snapshot, board, story, lane, leaving=False))
    present = {item.key for item in items}
    for story in running:
        if _key(story) not in present and story.state == "approved" and story.source in lanes:
            lane = lanes[story.source]
            add(_key(story), partial(_story_item, maker, snapshot, board, story, lane, leaving=True))
    if board.serving == "lap" and (serving := snapshot.serving.get(board.slug)) is not None:
        add(SERVING, partial(_serving_item, maker, board, serving))
    filler = maker.empty(board.name, area.name, board.format)
    safe = maker.safe(board.name, area.name, board.format)
    chain = snapshot.tree.chain(board.area)
    return BoardContent(board, area, chain, tuple(items), mine, filler, safe, (*slides, filler, safe))


def _key(story: Story) -> str:
    return f"story:{story.id}"


def _pages(slides: Sequence[Slide]) -> tuple[Page, ...]:
    return tuple(Page(slide.hash, slide.dwell) for slide in slides)


def _notice_item(notice: Notice, slide: Slide, further: tuple[Slide, ...]) -> tuple[Item, Sequence[Slide]]:
    """(item of a notice, its ``further`` slides): its own ``slide`` is already among the slides of the board.

    An urgent notice is an item only if it once stops holding the glass, and from then on.
    """
    holds = notice.holds_until if notice.shown_level == "urgent" else None
    begin = max(notice.issued, holds or notice.issued)
    item = Item(
        f"notice:{notice.id}",
        "notices",
        _pages([slide, *further]),
        ((to_ms(begin), to_ms(notice.until)),),
        notice.headline,
        notice.sender,
        priority=notice.shown_level == "priority",
        alternates=notice.shown_level == "urgent",
    )
    return item, further


def _serving_item(maker: SlideMaker, board: Board, serving: NowServing) -> tuple[Item, Sequence[Slide]]:
    """The item of a hall's numbers, and the slide that holds their place; live/rotation sends the numbers themselves.

    The same however the numbers change, so that the lap stays. It has no end: screens leave it out without numbers.
    """
    place, dwell = maker.serving_place(board.format), maker.now_serving(serving, format=board.format).dwell
    item = Item(SERVING, SERVING, (Page(place.hash, dwell),), ((0, None),), place.title, every=board.serving_every)
    return item, (place,)


def with_item_link(maker: SlideMaker, board: Board, announcement: Announcement) -> Announcement:
    """The announcement with the address of its own public page, if it has no link and the board is public.

    The items of a board that is not public have no page.
    """
    if announcement.link or not board.public:
        return announcement
    return replace(announcement, link=maker.item_address("announcement", announcement.id))


def with_story_link(maker: SlideMaker, board: Board, story: Story) -> Story:
    """The story with the address of its own public page, if it has no link and the board is public."""
    if story.link or not board.public:
        return story
    return replace(story, link=maker.item_address("story", story.id))


def announcement_item(
    maker: SlideMaker, snapshot: StoreSnapshot, board: Board, announcement: Announcement
) -> tuple[Item, Sequence[Slide]]:
    """The item of an announcement on a board, and its slides."""
    area = snapshot.tree.get(announcement.area)
    if announcement.sound and not board.sound:
        announcement = replace(announcement, sound=False)
    announcement = with_item_link(maker, board, announcement)
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


def story_names(known: Mapping[str, Source], story: Story) -> tuple[str, str]:
    """(label of a story's source, names of all sources of the story); "" for both if none of these is ``known``."""
    names = (known[slug].name for slug in (story.source, *story.also) if slug in known)
    name = " · ".join(dict.fromkeys(names))
    source = known.get(story.source)
    return (source.label or source.name if source else name), name


def story_slides(maker: SlideMaker, known: Mapping[str, Source], board: Board, story: Story) -> tuple[Slide, ...]:
    """The slides of a story on a board, as the board shows them; ``known`` are the sources by slug."""
    label, name = story_names(known, story)
    linked = with_story_link(maker, board, story)
    return maker.story(linked, label=label, source_name=name, zone=board.zone, format=board.format)


def _story_item(
    maker: SlideMaker, snapshot: StoreSnapshot, board: Board, story: Story, lane: Lane, *, leaving: bool
) -> tuple[Item, Sequence[Slide]]:
    source = snapshot.sources[story.source]
    slides = story_slides(maker, snapshot.sources, board, story)
    _, name = story_names(snapshot.sources, story)
    span = to_ms(story.first_seen), to_ms(story.published + timedelta(days=lane.newest_days))
    upper = source.area is not None and snapshot.tree.is_above(source.area, board.area)
    item = Item(_key(story), story.source, _pages(slides), (span,), story.title, name, upper=upper, leaving=leaving)
    return item, slides
