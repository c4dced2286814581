"""What is on air: the only mutable state of the server. Called by the metronome (jobs), asked by hub and pages.

    store changes ──refresh──> items ──compose──> lap ──agreed in the store──> channel ──> hub: state
    notices.post  ──tick────────────────────────────────────────────────────> channel ──> hub: notice, clear
    time passes   ──tick──> the next slide's time ──> hub: slide;  last slide of the round ──renew──> lap …

Notices go out as soon as they are seen and are counted in the store afterwards; laps are agreed in the store first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

import structlog

from server.core import wire
from server.core.airing import Lap, airing_at, renewal
from server.core.lap import compose
from server.core.model import Notice, Slide, Story
from server.core.times import to_ms
from server.live.programme import (
    BoardProgramme,
    Holdings,
    SlideMaker,
    notice_slides,
    notices_for,
    programme,
    read_holdings,
)
from server.store import laps, notices, revision, stories
from server.store.engine import Database
from server.store.errors import StoreError, StoreRefusal

log = structlog.get_logger("director")
T = TypeVar("T")


class Offload(Protocol):
    """Runs work that may wait on a connection of its own, where it keeps nothing else waiting."""

    def __call__(self, work: Callable[[Database], T], /) -> T: ...


# A server that was killed may have sent revisions that it had not yet saved: it goes on well above them.
RESTART_STEP = 1_000
AHEAD_MS = 1_500
FRESH_MS = 3_600_000


class Outlet(Protocol):
    """Where messages go: the hub, or a list in tests."""

    def state(self, board: str) -> None: ...
    def notice(self, board: str, message: wire.Message) -> None: ...
    def clear(self, board: str, message: wire.Message) -> None: ...
    def slide(self, board: str, message: wire.Message) -> None: ...


class Silence:
    """An outlet for nobody, until the hub is there."""

    def state(self, board: str) -> None: ...
    def notice(self, board: str, message: wire.Message) -> None: ...
    def clear(self, board: str, message: wire.Message) -> None: ...
    def slide(self, board: str, message: wire.Message) -> None: ...


@dataclass(slots=True)
class Channel:
    """One board on air. ``saved``: the revision that the store knows; ``looks_at``: when a slide's turn is near."""

    programme: BoardProgramme
    lap: Lap
    revision: int
    saved: int
    notices: tuple[tuple[Notice, Slide], ...]
    renews_at: int | None
    looks_at: int = 0

    def glass(self) -> wire.Glass:
        made = self.programme
        return wire.Glass(made.board, made.area.name, self.revision, self.lap, made.safe.hash, self.notices)


class Director:
    """Keeps every board's channel true to the store. ``offload`` runs what may wait away from the loop.

    ``offload_write`` is the one writer: a store that is locked delays it, never a notice or a slide.
    """

    def __init__(
        self,
        db: Database,
        maker: SlideMaker,
        clock: Callable[[], datetime],
        *,
        offload: Offload,
        offload_write: Offload,
    ) -> None:
        self._db, self._maker, self._clock = db, maker, clock
        self._offload, self._offload_write = offload, offload_write
        self._channels: dict[str, Channel] = {}
        self._bodies: dict[str, Slide] = {}
        self._held: Holdings | None = None
        self._seen_notices = self._seen_content = -1
        self.epoch = revision.epoch(db)
        self.outlet: Outlet = Silence()
        self.trouble = ""

    # asked by hub and pages

    def glass(self, board: str) -> wire.Glass | None:
        channel = self._channels.get(board)
        return channel.glass() if channel else None

    def boards(self) -> list[wire.Glass]:
        return [channel.glass() for channel in self._channels.values()]

    def bodies(self, hashes: Iterable[str]) -> list[Slide]:
        return [self._bodies[one] for one in hashes if one in self._bodies]

    # the metronome

    def tick(self) -> None:
        """Ten times a second: notices that came or ended, slides whose time comes. Never waits for the store."""
        try:
            current = revision.current(self._db)
            if current != self._seen_notices:
                self._take_notices(notices.live(self._db, self._clock()))
                self._seen_notices = current
            self._recover()
        except StoreError as error:
            self._stumble(error)
        self._end_notices()
        self._announce_slides()

    def refresh(self) -> None:
        """Several times a second: composes anew what the store has changed, and laps whose end comes."""
        try:
            current = revision.current(self._db)
            if current != self._seen_content:
                self._take_content(self._offload(lambda db: read_holdings(db, self._clock())))
                self._seen_content = current
            self._renew_laps()
            self._save_revisions()
        except StoreError as error:
            self._stumble(error)

    def _stumble(self, error: StoreError) -> None:
        if self.trouble != str(error):
            log.error("store unwell", error=str(error))
        self.trouble = str(error)

    def _recover(self) -> None:
        if self.trouble:
            log.info("store well again")
        self.trouble = ""

    # notices

    def _take_notices(self, live: tuple[Notice, ...]) -> None:
        if self._held is None:
            return
        self._held = replace(self._held, notices=live)
        for slug, channel in self._channels.items():
            board = channel.programme.board
            self._put_on(slug, channel, notice_slides(self._maker, board, notices_for(board, self._held.tree, live)))

    def _put_on(self, slug: str, channel: Channel, wanted: tuple[tuple[Notice, Slide], ...]) -> None:
        """Brings a channel's notices to ``wanted``, one message and one revision for each that came or went."""
        before = {notice.id: slide.hash for notice, slide in channel.notices}
        after = {notice.id for notice, _ in wanted}
        for gone in before.keys() - after:
            channel.notices = tuple(pair for pair in channel.notices if pair[0].id != gone)
            channel.revision += 1
            self.outlet.clear(slug, wire.clear(gone, epoch=self.epoch, revision=channel.revision))
            log.info("notice off", board=slug, notice=gone, revision=channel.revision)
        for notice, slide in wanted:
            if before.get(notice.id) == slide.hash:
                continue
            self._bodies[slide.hash] = slide
            channel.notices = (*(pair for pair in channel.notices if pair[0].id != notice.id), (notice, slide))
            channel.revision += 1
            message = wire.notice(notice, slide, epoch=self.epoch, revision=channel.revision)
            self.outlet.notice(slug, message)
            log.info("notice on", board=slug, notice=notice.id, level=notice.level, revision=channel.revision)
        channel.notices = wanted

    def _end_notices(self) -> None:
        now = self._clock()
        for slug, channel in self._channels.items():
            if any(notice.until <= now for notice, _ in channel.notices):
                kept = tuple(pair for pair in channel.notices if pair[0].until > now)
                self._put_on(slug, channel, kept)

    # slides

    def _announce_slides(self) -> None:
        now = to_ms(self._clock())
        for slug, channel in self._channels.items():
            if now >= channel.looks_at:
                channel.looks_at = self._announce(slug, channel, now)

    def _announce(self, slug: str, channel: Channel, now: int) -> int:
        """Sends the coming slide where its time is near; returns when to look again."""
        running = airing_at(channel.lap, now)
        if running is None or running.until is None:
            return max(channel.lap.start, now + AHEAD_MS)
        if running.until - now > AHEAD_MS:
            return running.until - AHEAD_MS
        following = airing_at(channel.lap, running.until)
        if following is not None:
            self.outlet.slide(slug, wire.tick(channel.lap, following, channel.revision))
        return running.until

    # laps

    def _take_content(self, held: Holdings) -> None:
        live = self._held.notices if self._held else held.notices
        self._held = replace(held, notices=live) if self._seen_notices >= 0 else held
        for board in held.boards:
            running = self._running_stories(board.slug)
            made = programme(self._maker, self._held, board, running)
            channel = self._channels.get(board.slug)
            if channel is None:
                self._open(made)
            elif (made.board, made.area, made.items) != (
                channel.programme.board, channel.programme.area, channel.programme.items):  # fmt: skip
                self._recompose(channel, made)
        for slug in self._channels.keys() - {board.slug for board in held.boards}:
            del self._channels[slug]
        self._forget_bodies()

    def _running_stories(self, slug: str) -> list[Story]:
        channel = self._channels.get(slug)
        airing = airing_at(channel.lap, to_ms(self._clock())) if channel else None
        if channel is None or airing is None or airing.index is None:
            return []
        kind, _, number = channel.lap.slots[airing.index].key.partition(":")
        if kind != "story":
            return []
        try:
            return [stories.get(self._db, int(number))]
        except StoreRefusal:
            return []

    def _open(self, made: BoardProgramme) -> None:
        """Takes a board on air: on from the agreed lap where there is one, so that a restart does not jump."""
        stored = laps.load(self._db, made.board.slug)
        now = to_ms(self._clock())
        before = Lap.loads(stored.body) if stored else None
        lap = compose(made.board, made.items, before, now, filler=made.filler.hash)
        saved = stored.revision if stored else 0
        channel = Channel(made, lap, saved + RESTART_STEP if stored else 0, saved, made.notices, None)
        if before and _same_round(before, lap) and before.filler == lap.filler:
            channel.lap = before
        self._bodies.update((slide.hash, slide) for slide in made.slides)
        self._channels[made.board.slug] = channel
        self._agree(channel, channel.lap, made)

    def _recompose(self, channel: Channel, made: BoardProgramme) -> None:
        now = to_ms(self._clock())
        lap = compose(made.board, made.items, channel.lap, now, filler=made.filler.hash)
        self._bodies.update((slide.hash, slide) for slide in made.slides)
        self._agree(channel, lap, made)

    def _agree(self, channel: Channel, lap: Lap, made: BoardProgramme) -> None:
        """Saves the lap by compare-and-swap; where another server was first, its lap is taken instead."""
        slug = made.board.slug
        wanted = channel.revision + 1
        row = laps.StoredLap(slug, lap.number, wanted, lap.dumps())
        if not self._saved(row, channel.saved):
            other = laps.load(self._db, slug)
            if other is None:
                return
            lap, wanted = Lap.loads(other.body), max(other.revision, channel.revision + 1)
        channel.saved = wanted
        channel.revision = max(wanted, channel.revision + 1)
        channel.lap, channel.programme = lap, made
        channel.renews_at = renewal(lap, max(lap.start, to_ms(self._clock()) - 1))
        channel.looks_at = 0
        self.outlet.state(slug)
        log.info("lap", board=slug, number=lap.number, slides=len(lap.slots), revision=channel.revision)

    def _renew_laps(self) -> None:
        now = to_ms(self._clock())
        for channel in list(self._channels.values()):
            if channel.renews_at is None or channel.renews_at > now:
                continue
            made = channel.programme
            lap = compose(made.board, made.items, channel.lap, channel.renews_at, filler=channel.lap.filler)
            young = now - channel.lap.start < FRESH_MS
            if young and _same_round(channel.lap, lap):
                channel.renews_at = renewal(channel.lap, channel.renews_at)
            else:
                self._agree(channel, lap, made)

    def _save_revisions(self) -> None:
        """Notices went out before their revision was saved; it is saved now, with the lap as it is."""
        for slug, channel in list(self._channels.items()):
            if channel.revision <= channel.saved:
                continue
            row = laps.StoredLap(slug, channel.lap.number, channel.revision, channel.lap.dumps())
            if self._saved(row, channel.saved):
                channel.saved = row.revision
            elif (other := laps.load(self._db, slug)) is not None:
                channel.saved = other.revision
                channel.revision = max(channel.revision, other.revision + 1)

    def _saved(self, row: laps.StoredLap, expected: int) -> bool:
        return self._offload_write(lambda db: laps.save(db, row, expected_revision=expected))

    def _forget_bodies(self) -> None:
        """Keeps the bodies that some channel names; screens keep their own."""
        named: set[str] = set()
        for channel in self._channels.values():
            named.update(channel.glass().hashes)
            named.update(slide.hash for slide in channel.programme.slides)
        self._bodies = {one: slide for one, slide in self._bodies.items() if one in named}


def _same_round(before: Lap, after: Lap) -> bool:
    """True where the new lap is the old one's round, begun at another of its slides."""
    old = [(slot.hash, slot.key, slot.page) for slot in before.slots]
    new = [(slot.hash, slot.key, slot.page) for slot in after.slots]
    if len(old) != len(new) or not new:
        return False
    turns = (place for place, one in enumerate(old) if one == new[0])
    same = any(old[place:] + old[:place] == new for place in turns)
    return same and _ends(before) == _ends(after)


def _ends(lap: Lap) -> dict[str, object]:
    """Each item's windows, but for an end that is only the horizon: that moves on without anything having changed."""
    far = lap.start + 40 * FRESH_MS
    return {s.key: tuple((a, None if b is None or b > far else b) for a, b in s.spans) for s in lap.slots}
