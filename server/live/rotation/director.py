"""What is on air: the only mutable state of the server. Called by the metronome (jobs), asked by hub and pages.

    store changes ──refresh──> items ──compose──> lap ──agreed in the store──> channel ──> hub: state
    notices.post  ──tick────────────────────────────────────────────────────> channel ──> hub: notice, clear
    time passes   ──tick──> the next slide's time ──> hub: slide;  last slide of the round ──renew──> lap …

Notices go out as soon as they are seen and are counted in the store afterwards; laps are agreed in the store first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

import structlog

from server.content.board_content import (
    BoardContent,
    SlideMaker,
    StoreSnapshot,
    board_content,
    notice_slides,
    notices_for,
    read_changed,
    read_snapshot,
)
from server.content.lap_rows import lap_of, with_bodies
from server.core import wire
from server.core.lap.airing import Lap, airing_at
from server.core.lap.composition import compose
from server.core.lap.renewal import may_continue, renewal_time, same_round
from server.core.model import Board, Notice, Slide, Story, ThemeDays
from server.core.times import to_ms
from server.live.loop.offload import Offload
from server.live.rotation.board_isolation import BoardIsolation
from server.live.rotation.cooperative_yield import PatientMaker
from server.live.rotation.lap_agreement import RESTART_STEP, TOGETHER, LapAgreement
from server.live.rotation.live_board import LiveBoard, Proposal
from server.live.rotation.publisher import Publisher, Silence
from server.live.rotation.slide_cache import SlideCache
from server.store.boards import laps
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import StoreError, StoreRefusal
from server.store.notices import notices
from server.store.sources import stories

log = structlog.get_logger("director")

AHEAD_MS = 1_500
# So many boards are told of their next slide in one tick, the latest first: a tick may not keep the loop for long,
# and there is a second and a half to tell it.
TOLD_A_TICK = 300


class Director:
    """Keeps every board's channel true to the store. ``offload`` runs what may wait away from the loop.

    ``offload_write`` is the one writer: a store that is locked delays it, never a notice or a slide. ``breathe`` is
    called between the boards and items of long work, and lets others run (live/slices.py).
    """

    def __init__(
        self,
        db: Database,
        maker: SlideMaker,
        clock: Callable[[], datetime],
        *,
        offload: Offload,
        offload_write: Offload,
        themes: tuple[ThemeDays, ...] = (),
        breathe: Callable[[], object] = lambda: None,
    ) -> None:
        self._db, self._maker, self._clock = db, maker, clock
        self._offload, self._isolation = offload, BoardIsolation()
        self._lap_agreement = LapAgreement(
            db, clock, self._isolation, offload_write=offload_write, breathe=breathe, follow=self._follow
        )
        self._breathe, self._patient = breathe, PatientMaker(maker, breathe)
        self._channels: dict[str, LiveBoard] = {}
        self._bodies = SlideCache()
        # Boards whose notices came or went since they were composed: one of priority has its place in the lap.
        self._noticed: set[str] = set()
        self._held: StoreSnapshot | None = None
        self._seen_notices = self._seen_content = -1
        self.epoch = revision.epoch(db)
        self.publisher: Publisher = Silence()
        # Told each revision of the store that is new here, before what it brings is sent.
        self.on_change: Callable[[int], object] = lambda _revision: None
        self._troubles: dict[str, str] = {}
        self._themes = themes
        self._outrun: dict[str, int] = {}

    # asked by hub and pages

    def glass(self, board: str) -> wire.Glass | None:
        channel = self._channels.get(board)
        return channel.glass(self._themes) if channel else None

    def boards(self) -> list[wire.Glass]:
        return [channel.glass(self._themes) for channel in self._channels.values()]

    def bodies(self, hashes: Iterable[str]) -> list[Slide]:
        return self._bodies.get(hashes)

    def outrun(self, board: str, revision: int, *, trusted: bool) -> None:
        """Somebody knows a higher revision than this server: the next refresh goes on above it (decisions/0009).

        Who is not ``trusted`` is believed as far as the store goes, a screen a little further: a server that died may
        not have saved its last ones.
        """
        if board in self._channels:
            self._outrun[board] = max(self._outrun.get(board, 0), revision if trusted else 0)

    @property
    def trouble(self) -> str:
        """What is wrong with the store, empty while nothing is. A store may be read while it cannot be written."""
        return "; ".join(dict.fromkeys(self._troubles.values()))

    # the metronome

    def tick(self) -> None:
        """Ten times a second: notices that came or ended, slides whose time comes. Never waits for the store."""
        try:
            current, seen = revision.current(self._db), self._seen_notices
            if current != seen and self._held is not None:
                self.on_change(current)
                live = notices.live(self._db, self._clock())
                # Reading from PostgreSQL lets others run: where a refresh has read more meanwhile, that counts.
                if self._seen_notices == seen:
                    self._take_notices(self._held, live)
                    self._seen_notices = current
            self._recover("tick")
        except StoreError as error:
            self._stumble("tick", error)
        self._end_notices()
        self._announce_slides()

    def refresh(self) -> None:
        """Several times a second: composes anew what the store has changed, and laps whose end comes."""
        try:
            current = revision.current(self._db)
            if current != self._seen_content:
                held, touched = self._offload(self._read)
                self._take_content(held, touched, current)
                self._seen_content = current
            self._catch_up()
            self._lap_agreement.renew(self._channels.values())
            self._lap_agreement.save(self._channels.values())
            self._recover("refresh")
        except StoreError as error:
            self._stumble("refresh", error)

    def _read(self, db: Database) -> tuple[StoreSnapshot, Collection[str]]:
        """Aside: reads what has changed since the last time, and names the boards that it may concern."""
        now = self._clock()
        if self._held is not None:
            return read_changed(db, self._held, revision.since(db, self._seen_content), now)
        held = read_snapshot(db, now)
        return held, [board.slug for board in held.boards]

    def _stumble(self, act: str, error: StoreError) -> None:
        if self._troubles.get(act) != str(error):
            log.error("store unwell", act=act, error=str(error))
        self._troubles[act] = str(error)

    def _recover(self, act: str) -> None:
        if self._troubles.pop(act, ""):
            log.info("store well again", act=act)

    # notices

    def _take_notices(self, held: StoreSnapshot, live: tuple[Notice, ...]) -> None:
        """Without a pause: what comes later must not be overtaken by what came before."""
        before = self._held.notices if self._held else ()
        self._held = replace(held, notices=live)
        areas = {area for notice in set(before).symmetric_difference(live) for area in notice.areas}
        for slug, channel in list(self._channels.items()):
            if not areas.isdisjoint(channel.content.chain) or self._isolation.failed(slug, "notices"):
                self._put_notices(channel, channel.content.board)

    def _put_notices(self, channel: LiveBoard, board: Board) -> None:
        held = self._held
        if held is not None:
            with self._isolation.alone(board.slug, "notices"):
                mine = notices_for(board, held.tree, held.notices)
                self._put_on(board.slug, channel, notice_slides(self._maker, board, mine))

    def _put_on(self, slug: str, channel: LiveBoard, wanted: tuple[tuple[Notice, Slide], ...]) -> None:
        """Brings a channel's notices to ``wanted``, one message and one revision for each that came or went."""
        if wanted == channel.notices:
            return
        self._noticed.add(slug)
        self._bodies.loosen(channel)
        before = {notice.id: slide.hash for notice, slide in channel.notices}
        after = {notice.id for notice, _ in wanted}
        # What comes before what goes: a correction must not uncover the lap between the two.
        for notice, slide in wanted:
            if before.get(notice.id) == slide.hash:
                continue
            self._bodies.keep([slide])
            channel.notices = (*(pair for pair in channel.notices if pair[0].id != notice.id), (notice, slide))
            channel.revision += 1
            message = wire.notice(notice, slide, epoch=self.epoch, revision=channel.revision)
            self.publisher.notice(slug, message)
            log.info("notice on", board=slug, notice=notice.id, kind=notice.level, revision=channel.revision)
        for gone in before.keys() - after:
            channel.notices = tuple(pair for pair in channel.notices if pair[0].id != gone)
            channel.revision += 1
            self.publisher.clear(slug, wire.clear(gone, epoch=self.epoch, revision=channel.revision))
            log.info("notice off", board=slug, notice=gone, revision=channel.revision)
        channel.notices = wanted

    def _end_notices(self) -> None:
        """Takes off what is over, whether or not the store can be asked; it is not put on again from memory."""
        now, held = self._clock(), self._held
        if held is not None and any(notice.until <= now for notice in held.notices):
            self._take_notices(held, tuple(notice for notice in held.notices if notice.until > now))

    # slides

    def _announce_slides(self) -> None:
        now = to_ms(self._clock())
        due = [(channel.looks_at, slug) for slug, channel in self._channels.items() if channel.looks_at <= now]
        for _, slug in sorted(due)[:TOLD_A_TICK]:
            channel = self._channels[slug]
            with self._isolation.alone(slug, "rotate"):
                channel.looks_at = self._announce(slug, channel, now)

    def _announce(self, slug: str, channel: LiveBoard, now: int) -> int:
        """Sends the coming slide where its time is near; returns when to look again."""
        running = airing_at(channel.lap, now)
        if running is None or running.until is None:
            return max(channel.lap.start, now + AHEAD_MS)
        if running.until - now > AHEAD_MS:
            return running.until - AHEAD_MS
        following = airing_at(channel.lap, running.until)
        if following is not None:
            self.publisher.slide(slug, wire.tick(channel.lap, following, channel.revision))
        return running.until

    # laps

    def _take_content(self, held: StoreSnapshot, touched: Collection[str], read_at: int) -> None:
        """``read_at``: the revision that ``held`` is not older than; later notices are known from the ticks."""
        if self._held is None or read_at > self._seen_notices:
            self._take_notices(held, held.notices)
            self._seen_notices = read_at
        else:
            self._held = replace(held, notices=self._held.notices)
        noticed, self._noticed = self._noticed, set()
        try:
            self._compose(held, {*touched, *noticed, *self._isolation.boards()})
        except StoreError:
            # The next reading finds nothing new in what is held already: what was not composed is to be remembered.
            self._noticed |= {*touched, *noticed}
            raise
        for slug in self._channels.keys() - {board.slug for board in held.boards}:
            self._bodies.loosen(self._channels.pop(slug))
            self.publisher.state(slug)
        self._bodies.forget(self._channels.values())

    def _compose(self, held: StoreSnapshot, wanted: Collection[str]) -> None:
        """Composes anew for the boards of these slugs, and for those that are not on air yet."""
        proposals: list[Proposal] = []
        for board in held.boards:
            if board.slug not in wanted and board.slug in self._channels:
                continue
            self._breathe()
            with self._isolation.alone(board.slug, "compose"):
                proposals.extend(self._take_board(self._held or held, board))
            if len(proposals) >= TOGETHER:
                self._lap_agreement.agree(proposals)
                proposals = []
        self._lap_agreement.agree(proposals)

    def _take_board(self, held: StoreSnapshot, board: Board) -> Iterator[Proposal]:
        channel = self._channels.get(board.slug)
        if channel is None:
            self._open(held, board)
            return
        made = board_content(self._patient, held, board, self._running_stories(channel.lap))
        was = channel.content
        if (made.board, made.chain) != (was.board, was.chain):
            self._put_notices(channel, board)
        self._bodies.loosen(channel)
        if (made.board, made.area, made.items) != (was.board, was.area, was.items):
            yield from self._recompose(channel, made)
        else:
            channel.content = made

    def _running_stories(self, lap: Lap | None) -> list[Story]:
        airing = airing_at(lap, to_ms(self._clock())) if lap else None
        if lap is None or airing is None or airing.index is None:
            return []
        kind, _, number = lap.slots[airing.index].key.partition(":")
        if kind != "story":
            return []
        try:
            return [stories.get(self._db, int(number))]
        except StoreRefusal:
            return []

    def _open(self, held: StoreSnapshot, board: Board) -> None:
        """Takes a board on air: on from the agreed lap where there is one, so that a restart does not jump.

        On air first, saved afterwards (``LapAgreement.save``): a store that cannot be written keeps no board dark.
        """
        stored = laps.load(self._db, board.slug)
        before = lap_of(stored) if stored else None
        made = board_content(self._patient, held, board, self._running_stories(before))
        now = to_ms(self._clock())
        before = with_bodies(before, made) if before else None
        lap = compose(made.board, made.items, before, now, filler=made.filler.hash)
        if before and same_round(before, lap):
            lap = before
        saved = stored.revision if stored else 0
        channel = LiveBoard(
            made, lap, saved + RESTART_STEP if stored else 1, saved, made.notices, renewal_time(lap, now - 1)
        )
        self._bodies.keep(made.slides)
        self._channels[board.slug] = channel
        # What came while its slides were drawn was sent to the boards that were on air then.
        self._put_notices(channel, board)
        self.publisher.state(board.slug)
        log.info("board on air", board=board.slug, number=lap.number, revision=channel.revision)

    def _recompose(self, channel: LiveBoard, made: BoardContent) -> Iterator[Proposal]:
        now = to_ms(self._clock())
        lap = compose(made.board, made.items, channel.lap, now, filler=made.filler.hash)
        self._bodies.keep(made.slides)
        was = channel.content
        same_frame = (made.board, made.area, made.safe.hash) == (was.board, was.area, was.safe.hash)
        if same_frame and may_continue(channel.lap, lap, now):
            # What left the programme was not in the lap any more: nothing that a screen could see has changed.
            channel.content = made
        else:
            yield Proposal(channel, lap, made)

    def _follow(self, channel: LiveBoard, lap: Lap) -> None:
        """From now on the channel shows ``lap``; its revision has been raised for it."""
        # A board that changes its area: what came for the new one meanwhile was sent by the old one's chain.
        self._put_notices(channel, channel.content.board)
        self._bodies.loosen(channel)
        channel.lap = lap
        channel.renews_at = renewal_time(lap, to_ms(self._clock()) - 1)
        channel.looks_at = 0
        slug = channel.slug
        self.publisher.state(slug)
        log.info("lap", board=slug, number=lap.number, slides=len(lap.slots), revision=channel.revision)

    def _catch_up(self) -> None:
        while self._outrun:
            slug, claimed = self._outrun.popitem()
            if slug in self._channels:
                self._lap_agreement.catch_up(self._channels[slug], claimed)
