"""Makes the items and slides of a board from a StoreSnapshot; called by live, desk, cli and content.

`store_snapshot` reads a StoreSnapshot from the store, from which `board_content` makes the BoardContent of one board;
server.core.lap.composition composes its lap from that: the sequence of slides that the board repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from server.content.item_faults import ItemFaults
from server.content.store_snapshot import StoreSnapshot
from server.core.areas import AreaTree
from server.core.item_addresses import ItemKind
from server.core.lap.airing import Span
from server.core.lap.items import Item, Page
from server.core.lap.regular_turns import SERVING
from server.core.model import Announcement, Area, Board, Format, Lane, Notice, NowServing, Slide, Source, Story
from server.core.notices.order import in_order, reaches
from server.core.times import to_ms


class SlideMaker(Protocol):
    """The methods of server.slides.render.Renderer that this module uses to make slides."""

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
class BoardContent:
    """What one board shows: its items and all slides that they use.

    If the rules for the order of slides do not decide between two items, the earlier one of ``items`` is shown first.

    ``chain`` holds the slugs of the board's area and of the areas above it, nearest first. ``notices`` are the
    notices that reach the board, each with its slide. ``filler`` is the slide that is shown while no item can be
    shown; ``safe`` is the slide of safe mode.
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
    """Returns content in mode "safe", without items, for a board whose own content cannot be made.

    Its content cannot be made, for example, if its area is unknown.
    """
    bare = Board(board.slug, board.name, board.area, public=board.public, mode="safe")
    filler = maker.empty(bare.name, "", bare.format)
    safe = maker.safe(bare.name, "", bare.format)
    return BoardContent(bare, Area(board.area, ""), (board.area,), (), (), filler, safe, (filler, safe))


def notices_for(board: Board, tree: AreaTree, live: Iterable[Notice]) -> tuple[Notice, ...]:
    """Returns those of the notices ``live`` that are addressed to the board or its areas, sorted by `in_order`."""
    chain = tree.chain(board.area)
    return in_order((notice for notice in live if reaches(notice, board.slug, chain)), chain)


def notice_slides(
    maker: SlideMaker, board: Board, mine: Sequence[Notice], faults: ItemFaults | None = None
) -> tuple[tuple[Notice, Slide], ...]:
    """Returns (notice, its slide in the format of the board) for each notice of ``mine``, in the same order.

    A notice that cannot be drawn is left out and recorded in ``faults``.
    """
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
    """Makes a board's content. The items are in this order: notices, announcements, stories, numbers being served.

    The stories are newest first; the numbers are those that the counters of the board's hall serve. A notice that
    covers the whole screen until its end is not an item.

    ``running`` are the stories that the screens show now. One that is approved, but is no longer in its lane (the
    stories of one source that the board shows), is still an item, so that its showing is not cut short. An item that
    cannot be drawn is left out and recorded in ``faults``. Raises KeyError if the board's area is unknown and
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
    """Returns (item of a notice, the slides to add to the board's slides).

    The item shows ``slide``, then ``further``. Only ``further`` is returned, because the caller has already added
    ``slide``.

    An urgent notice first covers the whole screen; it is an item only from ``holds_until`` on.
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
    """Returns (item of the numbers that a hall's counters serve, its placeholder slide).

    live/rotation sends the numbers themselves, so the item stays the same when they change, and so does the lap. The
    item has no end; screens skip it while no numbers are served.
    """
    place, dwell = maker.serving_place(board.format), maker.now_serving(serving, format=board.format).dwell
    item = Item(SERVING, SERVING, (Page(place.hash, dwell),), ((0, None),), place.title, every=board.serving_every)
    return item, (place,)


def with_item_link(maker: SlideMaker, board: Board, announcement: Announcement) -> Announcement:
    """Returns the announcement with the web address of its public page as its link.

    Returns it unchanged if it has a link already, or if the board is not public: its items then have no page.
    """
    if announcement.link or not board.public:
        return announcement
    return replace(announcement, link=maker.item_address("announcement", announcement.id))


def with_story_link(maker: SlideMaker, board: Board, story: Story) -> Story:
    """Returns the story with the web address of its public page as its link.

    Returns it unchanged if it has a link already or the board is not public.
    """
    if story.link or not board.public:
        return story
    return replace(story, link=maker.item_address("story", story.id))


def announcement_item(
    maker: SlideMaker, snapshot: StoreSnapshot, board: Board, announcement: Announcement
) -> tuple[Item, Sequence[Slide]]:
    """Returns (item of the announcement on this board, its slides). Raises KeyError if its area is unknown."""
    area = snapshot.tree.get(announcement.area)
    if announcement.sound and not board.sound:
        announcement = replace(announcement, sound=False)
    announcement = with_item_link(maker, board, announcement)
    slides = maker.announcement(announcement, area_name=area.name, zone=board.zone, format=board.format)
    spans: tuple[Span, ...] = tuple(
        (to_ms(w.start), None if w.until is None else to_ms(w.until)) for w in announcement.windows
    )
    gap = announcement.longest_gap
    imposed = snapshot.imposed.get(("announcement" if gap is None else "posting", announcement.id), "")
    item = Item(
        f"announcement:{announcement.id}",
        f"announcements of {announcement.area}",
        _pages(slides),
        spans,
        announcement.title,
        snapshot.tree.get(imposed).name if imposed in snapshot.tree else area.name,
        upper=bool(imposed) or snapshot.tree.is_above(announcement.area, board.area),
        priority=announcement.priority,
        longest_gap=None if gap is None else gap // timedelta(milliseconds=1),
    )
    return item, slides


def story_names(known: Mapping[str, Source], story: Story) -> tuple[str, str]:
    """Returns (label of the story's own source, names of all sources that have the story, joined by " · ").

    ``known`` maps slugs to sources. If the story's own source is unknown, the label is the names, too; both are "" if
    all sources are unknown.
    """
    names = (known[slug].name for slug in (story.source, *story.also) if slug in known)
    name = " · ".join(dict.fromkeys(names))
    source = known.get(story.source)
    return (source.label or source.name if source else name), name


def story_slides(maker: SlideMaker, known: Mapping[str, Source], board: Board, story: Story) -> tuple[Slide, ...]:
    """Returns the slides of a story in the format of the board; ``known`` maps slugs to sources."""
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
    upper = upper or ("story", story.id) in snapshot.imposed
    item = Item(_key(story), story.source, _pages(slides), (span,), story.title, name, upper=upper, leaving=leaving)
    return item, slides
