"""Reads from the store what boards show, all of it or only what has changed; called by live, desk, cli, content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.core.alerts.polls_view import PollView
from server.core.areas import AreaTree
from server.core.levels.items import ItemKind
from server.core.model import Announcement, Board, Notice, NowServing, Source, Story
from server.store.announcements import announcements
from server.store.boards import boards, now_serving, panics
from server.store.database.engine import Database
from server.store.database.revision import Changes
from server.store.levels import items
from server.store.notices import notices
from server.store.sources import sources, story_lanes


@dataclass(frozen=True, slots=True)
class StoreSnapshot:
    """What all boards show, as stored at one moment.

    The keys of ``stories`` and ``announcements`` are slugs of boards, those of ``sources`` slugs of sources.
    ``polls`` are the polls of the alert sources; live/rotation/director.py reads them more often than the other
    fields. ``serving`` maps the slug of a board to the numbers being served at the counters of the board's hall. It
    tells reliably only which halls report numbers and how many counters they have; the numbers may be out of date.
    ``imposed`` maps (kind, id) of items that servers of levels above have sent to the slugs of those areas.
    """

    tree: AreaTree
    boards: tuple[Board, ...]
    sources: Mapping[str, Source]
    stories: Mapping[str, tuple[Story, ...]]
    announcements: Mapping[str, tuple[Announcement, ...]]
    notices: tuple[Notice, ...]
    polls: tuple[PollView, ...] = ()
    serving: Mapping[str, NowServing] = field(default_factory=dict)
    imposed: Mapping[tuple[ItemKind, int], str] = field(default_factory=dict)


def read_snapshot(db: Database, now: datetime, *, only: str | None = None) -> StoreSnapshot:
    """Reads the content of all boards, or of the board with slug ``only``, from the store. Raises StoreError.

    It may take long, so server/live/rotation/director.py calls it outside the event loop.
    """
    return snapshot_of(db, (board for board in boards.all(db) if only in (None, board.slug)), now)


def snapshot_of(db: Database, every: Iterable[Board], now: datetime) -> StoreSnapshot:
    """Reads the content of the boards ``every``, which need not be stored, so that they can be previewed.

    Raises StoreError.
    """
    tree = AreaTree(sources.areas(db))
    known = {source.slug: source for source in sources.all(db)}
    nothing = StoreSnapshot(tree, (), known, {}, {}, ())
    return _read_again(db, nothing, _as_shown(db, tree, known, every), lambda _: True, lambda _: True, now)


def read_changed(
    db: Database, before: StoreSnapshot, what: Changes, now: datetime
) -> tuple[StoreSnapshot, frozenset[str]]:
    """Returns (the snapshot ``before`` brought up to date, slugs of the boards that may show something else).

    Reads stories, announcements and boards only as far as ``what`` lists them as changed. Notices are always read,
    but the returned slugs do not include boards on which only notices have changed. Raises StoreError.
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
    return snapshot, frozenset(touched | (what.serving & _slugs_of(all_boards)))


def _read_again(
    db: Database,
    before: StoreSnapshot,
    all_boards: tuple[Board, ...],
    reads: Callable[[Board], bool],
    is_addressed: Callable[[Board], bool],
    now: datetime,
) -> StoreSnapshot:
    """Returns a copy of the snapshot ``before`` with the boards ``all_boards``. Raises StoreError.

    Reads the stories of the boards for which ``reads`` returns True, the announcements of those for which
    ``is_addressed`` does, and always the notices and the numbers being served. The rest is taken from ``before``.
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

    slugs = _slugs_of(all_boards)
    read = {slug: found for slug, found in before.stories.items() if slug in slugs}
    posted = {slug: found for slug, found in before.announcements.items() if slug in slugs}
    read.update((board.slug, of_lanes[board.lanes]) for board in readers)
    posted.update((slug, addressed(slug)) for slug in chains)
    live = notices.live(db, now)
    serving = {slug: found for slug, found in now_serving.all(db, now).items() if slug in slugs}
    return StoreSnapshot(
        before.tree, all_boards, before.sources, read, posted, live, before.polls, serving, items.imposed(db)
    )


def _slugs_of(every: Iterable[Board]) -> set[str]:
    """Returns the slugs of the boards ``every``."""
    return {board.slug for board in every}


def _as_shown(db: Database, tree: AreaTree, known: Mapping[str, Source], every: Iterable[Board]) -> tuple[Board, ...]:
    """Returns the boards ``every``, each without its lanes whose sources are not in ``known``.

    A lane is the part of a board that shows the stories of one source.

    A board gets mode "safe" if its area or one above is in panic mode.
    """
    trimmed = (replace(board, lanes=tuple(lane for lane in board.lanes if lane.source in known)) for board in every)
    return _with_safe_mode(trimmed, tree, {panic.area for panic in panics.on(db)})


def _with_safe_mode(all_boards: Iterable[Board], tree: AreaTree, areas: set[str]) -> tuple[Board, ...]:
    """Returns all of the boards; those in or below one of ``areas`` get mode "safe" instead of their own mode."""
    return tuple(
        replace(board, mode="safe") if areas.intersection(tree.chain(board.area)) else board for board in all_boards
    )
