"""Keeps what the boards show up to date with the store; the scheduler calls it, the hub and the pages read it.

A board is "on air" if this server has composed a lap for it, so that screens can show it. The two scheduled jobs are
``tick``, for notices and the time, and ``refresh``, for everything else.

    store changes ──refresh──> BoardComposer ──compose──> lap ──LapAgreement──> LiveBoard ──> hub: state
    notices.post  ──tick─────> LiveNotices ───────────────────────────────────> LiveBoard ──> hub: notice, clear
    now_serving.put ──tick───> LiveServing ───────────────────────────────────> LiveBoard ──> hub: serving
    time passes   ──tick─────> SlideAnnouncer ──> hub: slide;    last slide of the round ──> LapAgreement.renew

A round is one pass through the slides of a lap. A notice is sent as soon as it is read, and the board's new revision
is saved afterwards. A lap is first saved in the store, by which all servers agree on it, and then sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from server.content.board_content import SlideMaker
from server.content.store_snapshot import StoreSnapshot, read_changed, read_snapshot
from server.core import wire
from server.core.model import Slide, ThemeDays
from server.core.times import to_ms
from server.live.loop.offload import Offload
from server.live.rotation.alert_polls import AlertPolls, ReadPolls
from server.live.rotation.board_composer import BoardComposer
from server.live.rotation.live_notices import LiveNotices
from server.live.rotation.live_serving import LiveServing
from server.live.rotation.on_air import OnAir
from server.live.rotation.publisher import Publisher
from server.live.rotation.slide_announcer import SlideAnnouncer
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.notices import notices

log = structlog.get_logger("director")


class Director:
    """Keeps the boards that this server shows up to date with the store: their notices, laps and slides.

    The scheduler calls ``tick`` for notices and the time, and ``refresh`` for all other content. ``db`` is for short
    reads on the event loop; ``offload`` runs long ones outside it, ``offload_write`` all writes, so that a locked
    store delays no notice or slide. ``maybe_yield`` is called between boards and between items, and lets other
    greenlets run (CooperativeYield). ``themes`` are the themes that the configuration sets for certain dates.
    ``clock_steps`` returns the number of ms by which the clock was set since the last call (ClockSteps).
    ``time_limit`` returns a context manager that raises StoreAway if a read on the loop takes too long.
    ``read_polls`` reads the polls (the worker's readings) of the sources of alerts; after ``silent_after`` without a
    good one, boards say that there are no data.
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
        maybe_yield: Callable[[], object] = lambda: None,
        clock_steps: Callable[[], int] = lambda: 0,
        time_limit: Callable[[], AbstractContextManager[None]] = nullcontext,
        read_polls: ReadPolls = lambda _db, _now: (),
        silent_after: timedelta = timedelta(minutes=10),
    ) -> None:
        self._db, self._clock, self._offload, self._themes = db, clock, offload, themes
        self._clock_steps, self._time_limit = clock_steps, time_limit
        self._on_air = OnAir(revision.epoch(db))
        self._notices = LiveNotices(self._on_air, maker)
        self._serving = LiveServing(self._on_air, maker, clock)
        self._composer = BoardComposer(
            self._on_air, self._notices, db, maker, clock, offload_write=offload_write, maybe_yield=maybe_yield
        )
        self._announcer = SlideAnnouncer(self._on_air)
        self._polls = AlertPolls(self._on_air, read_polls, clock, offload, silent_after)
        # The store's revisions at which notices, and all other content, were last read.
        self._notices_revision = self._content_revision = -1
        # Called with each new revision of the store, before anything of it is sent.
        self.on_change: Callable[[int], object] = lambda _revision: None
        self._troubles: dict[str, str] = {}
        # By board: the highest revision that a client has reported, and this server's at the first of those reports.
        self._reported_revisions: dict[str, tuple[int, int]] = {}

    # read by the hub and the pages

    @property
    def epoch(self) -> str:
        return self._on_air.epoch

    @property
    def store_revision(self) -> int:
        """The store's revision that was last seen, at most a tick ago; -1 before the first tick."""
        return self._notices_revision

    @property
    def publisher(self) -> Publisher:
        """The object that sends messages to screens; a NullPublisher until it is set."""
        return self._on_air.publisher

    @publisher.setter
    def publisher(self, publisher: Publisher) -> None:
        self._on_air.publisher = publisher

    def glass(self, board: str) -> wire.Glass | None:
        """What a board's screens must show; None if it is not on air."""
        live = self._on_air.boards.get(board)
        return live.glass(self._themes) if live else None

    def boards(self) -> list[wire.Glass]:
        """Returns all boards on air."""
        return [live.glass(self._themes) for live in self._on_air.boards.values()]

    def public_boards(self) -> tuple[tuple[str, str, str], ...]:
        """Slug, name and area's name of each public board on air."""
        shown = (live.content for live in self._on_air.boards.values())
        return tuple((one.board.slug, one.board.name, one.area.name) for one in shown if one.board.public)

    @property
    def board_count(self) -> int:
        """The number of boards on air."""
        return len(self._on_air.boards)

    def in_public(self, digest: str) -> bool:
        """Whether any public board shows the slide with this hash."""
        boards = self._on_air.boards.values()
        return any(digest in live.hashes() for live in boards if live.content.board.public)

    def bodies(self, hashes: Iterable[str]) -> list[Slide]:
        """The slides with these hashes, in the same order; hashes of slides that no board uses are skipped."""
        return self._on_air.slides.get(hashes)

    def report_revision(self, board: str, revision: int, *, trusted: bool) -> None:
        """Records that a client knows a revision of ``board`` that is higher than this server's.

        The next refresh raises the board's revision above it (docs/decisions/0009). If the client is a paired screen
        (``trusted``), the reported revision may exceed the store's by up to RESTART_STEP, because a server that was
        killed may not have saved its last revisions. Any other client only makes this server read the store's
        revision.
        """
        live = self._on_air.boards.get(board)
        if live is not None:
            reported, since = self._reported_revisions.get(board, (0, live.revision))
            self._reported_revisions[board] = max(reported, revision if trusted else 0), since

    @property
    def troubles(self) -> tuple[str, ...]:
        """The Vietnamese messages of the store errors at the last tick and the last refresh; empty without errors."""
        return tuple(dict.fromkeys(self._troubles.values()))

    @property
    def left_out(self) -> dict[str, set[str]]:
        """The items that cannot be rendered: a dict from item key, such as "announcement:12", to slugs of boards.

        These boards are shown without the item.
        """
        return self._on_air.faults.items()

    @property
    def failed_boards(self) -> set[str]:
        """The slugs of boards that could not be brought up to date, and keep what they last showed."""
        return self._on_air.isolation.failed_boards()

    # called by the scheduler

    def tick(self) -> None:
        """Sends notices and numbers that are new or have ended, and announces the next slides; ten times a second.

        Only reads from the store, so it never waits for a lock.
        """
        self._follow_clock()
        try:
            self._read_notices()
            with self._time_limit():
                self._serving.update(self._db)
            self._clear_trouble("tick")
        except StoreError as error:
            self._note_trouble("tick", error)
        self._notices.end_expired(self._clock())
        self._serving.end_stale()
        self._announcer.announce(to_ms(self._clock()))

    def _read_notices(self) -> None:
        """Reads the notices and publishes their changes, if the store's revision has changed."""
        with self._time_limit():
            current, seen = revision.current(self._db), self._notices_revision
            if current == seen or self._on_air.snapshot is None:
                return
            self.on_change(current)
            live = notices.live(self._db, self._clock())
        # While PostgreSQL was read, other greenlets ran: a refresh may have read notices that are newer than these.
        if self._notices_revision == seen:
            self._notices.take(self._on_air.snapshot, live)
            self._notices_revision = current

    def _follow_clock(self) -> None:
        """If the system's clock was set: moves all laps by the step.

        Also makes this tick read all notices, and the next refresh read and compose all content again.
        """
        step = self._clock_steps()
        if step:
            log.warning("clock set", seconds=step / 1000)
            self._composer.shift(step)
            self._notices_revision = self._content_revision = -1

    def refresh(self) -> None:
        """Composes boards whose content has changed in the store, and next laps; called several times a second."""
        agreement, live_boards = self._composer.agreement, self._on_air.boards
        try:
            # First, because clients that are ahead ignore all that is sent to them until then.
            self._catch_up()
            current = revision.current(self._db)
            changed = current != self._content_revision
            if changed:
                snapshot, touched = self._offload(self._read)
                self._take_content(snapshot, touched, current)
                self._content_revision = current
            self._polls.update(at_once=changed)
            self._composer.begin_future_laps()
            agreement.renew(live_boards.values())
            agreement.save(live_boards.values())
            self._clear_trouble("refresh")
        except StoreError as error:
            self._note_trouble("refresh", error)

    def _read(self, db: Database) -> tuple[StoreSnapshot, Collection[str]]:
        """Reads the store outside the event loop.

        Returns a new snapshot, and the slugs of the boards that may be affected by what has changed since the last
        one.
        """
        now = self._clock()
        if self._on_air.snapshot is not None:
            return read_changed(db, self._on_air.snapshot, revision.since(db, self._content_revision), now)
        snapshot = read_snapshot(db, now)
        return snapshot, [board.slug for board in snapshot.boards]

    def _take_content(self, snapshot: StoreSnapshot, touched: Collection[str], read_at: int) -> None:
        """Composes the boards ``touched`` from ``snapshot``, which was read at revision ``read_at`` or later.

        If a tick has read the notices at a later revision, the notices of that tick are kept.
        """
        if self._on_air.snapshot is None or read_at > self._notices_revision:
            self._notices.take(snapshot, snapshot.notices)
            self._notices_revision = read_at
        else:
            self._on_air.snapshot = replace(snapshot, notices=self._on_air.snapshot.notices)
        changed, self._notices.changed_boards = {*touched, *self._notices.changed_boards}, set()
        try:
            self._composer.compose(snapshot, changed | self._on_air.isolation.failed_boards())
        except StoreError:
            # The next read will not report these boards as changed again, so remember that they were not composed.
            self._notices.changed_boards |= changed
            raise

    def _catch_up(self) -> None:
        """Raises boards' revisions above those that clients have reported."""
        for slug, (reported, since) in list(self._reported_revisions.items()):
            if slug in self._on_air.boards:
                self._composer.agreement.catch_up(self._on_air.boards[slug], reported, since)
            # Only now: if the store cannot be read, the next refresh tries again.
            self._reported_revisions.pop(slug)

    def _note_trouble(self, act: str, error: StoreError) -> None:
        if self._troubles.get(act) != str(error):
            log.error("store unwell", act=act, error=str(error))
        self._troubles[act] = str(error)

    def _clear_trouble(self, act: str) -> None:
        if self._troubles.pop(act, ""):
            log.info("store well again", act=act)
