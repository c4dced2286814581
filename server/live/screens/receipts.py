"""Collects the receipts of screens (proof of what they showed) in memory, and writes them to the store in batches.

Called by broadcast.screen_events, by the wall, and by the scheduler (``flush``).

    screens ──receipts──> take ──(a batch, 0.2 s)──> flush ──one transaction──> store.screens.receipts ──>
    acknowledged

A receipt is acknowledged only after its batch was committed. So a server that is killed at any moment has lost
nothing that it acknowledged, and screens send all other receipts again. Receipts that prove nothing are dropped and
counted: those of viewers without a key, of slides that were in no lap of the screen's board, and of notices that were
never sent to its board.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypedDict, TypeGuard, Unpack
from zoneinfo import ZoneInfo

import structlog
from gevent.event import AsyncResult

from server.core import wire
from server.core.screens.proof import NoticeReceipt, Play
from server.core.screens.screens import Link, Screen
from server.core.times import from_ms, to_ms
from server.live.loop.offload import Offload
from server.live.screens.aired_slides import AiredSlides
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.screens import receipts

log = structlog.get_logger("receipts")

ACK_SECONDS = 10.0
LARGEST_BATCH = 20_000
# How many of the server's own records ("sent") are kept for the next batch while the store fails. The rest of a batch
# stays free for receipts of screens.
MOST_PUT_BACK = 10_000
# Older receipts are ignored. A screen that is offline shows its lap for 48 h, and content without a time limit
# longer.
OLDEST = timedelta(days=7)
NEWEST = timedelta(minutes=1)
_NOTICES = 50
_LINK_EVERY = timedelta(seconds=30)


class BoardLookup(Protocol):
    """The method of the director that `Receipts` calls."""

    def glass(self, board: str) -> wire.Glass | None: ...


class LinkChanges(TypedDict, total=False):
    """The fields of a Link (a screen's connection state) that a message of the screen may change.

    ``up`` is whether it is connected, ``errors`` the number of its errors, ``cold`` whether it can start without a
    server (None: unknown), ``shown`` the hash of the slide that it shows.
    """

    up: bool
    errors: int
    cold: bool | None
    shown: str


@dataclass(slots=True)
class Batch:
    """The records that one transaction writes; ``done`` is then set to whether it succeeded.

    ``plays`` are slides that were shown, ``links`` are connection states by screen. ``tests`` are replies to the
    weekly silent test, in which every screen draws one pixel and reports it: (number of the test, screen, time).
    """

    plays: list[Play] = field(default_factory=list)
    notices: list[NoticeReceipt] = field(default_factory=list)
    links: dict[int, Link] = field(default_factory=dict)
    tests: list[tuple[int, int, datetime]] = field(default_factory=list)
    done: AsyncResult[bool] = field(default_factory=AsyncResult)

    def __len__(self) -> int:
        """The number of receipts."""
        return len(self.plays) + len(self.notices) + len(self.tests)

    def __bool__(self) -> bool:
        return bool(len(self) or self.links)


def _is_hash(shown: object) -> TypeGuard[str]:
    """True for a string of printable ASCII. Other text, such as a lone surrogate, could make the transaction fail."""
    return isinstance(shown, str) and shown.isascii() and shown.isprintable()


def _is_notice(one: wire.Receipt) -> bool:
    return one.id.isdigit() and len(one.id) < 16


def _is_play(one: wire.Receipt) -> bool:
    return one.kind == "shown" and not _is_notice(one) and not one.id.startswith("t")


def _save(db: Database, batch: Batch) -> int:
    return receipts.save(db, batch.plays, batch.notices, tuple(batch.links.values()), batch.tests)


class Receipts:
    """Holds the receipts that are not stored yet, and the last known connection state of each screen.

    ``write`` runs writes to the store, and ``read`` runs queries for former laps, both outside the event loop.
    """

    def __init__(self, boards: BoardLookup, clock: Callable[[], datetime], write: Offload, read: Offload) -> None:
        self._boards, self._clock, self._write = boards, clock, write
        self._slides = AiredSlides(read)
        # How many receipts were dropped since the start, by reason.
        self.dropped: Counter[str] = Counter()
        self._batch = Batch()
        self._trouble = False
        self._links: dict[int, Link] = {}
        self._link_written: dict[int, datetime] = {}
        self._shown_by: OrderedDict[int, set[int]] = OrderedDict()
        self._touched: set[int] = set()

    # called by the broadcast events

    def take(self, screen: Screen | None, message: object) -> bool:
        """Adds the receipts of a message to the batch, and waits until they are stored.

        Returns False if they could not be stored and must be sent again. ``screen`` is the sender, None for a viewer
        without a key, whose receipts are dropped. ``message`` is unchecked input; receipts older than ``OLDEST``, or
        of a time later than ``NEWEST`` from now, are ignored.
        """
        given = wire.parse_receipts(message)
        if screen is None:
            self.dropped["viewer"] += len(given)
            return True
        now = self._clock()
        given = tuple(one for one in given if now - OLDEST < from_ms(one.at) < now + NEWEST)
        glass = self._boards.glass(screen.board)
        if glass is not None and not self._know_slides(glass, given):
            return False
        batch = self._batch  # read only now: reading laps may have waited, and the former batch may be written
        if len(batch) + len(given) > LARGEST_BATCH:
            return False
        self._add(batch, screen, glass, given)
        if not given or not batch:
            return True
        return bool(batch.done.wait(timeout=ACK_SECONDS))

    def _know_slides(self, glass: wire.Glass, given: Iterable[wire.Receipt]) -> bool:
        """Reads former laps of a board if receipts name slides that its known laps do not have.

        False if they cannot be read now; the screen must then send its receipts again.
        """
        self._slides.note(glass)
        board = glass.board.slug
        unknown = [one.at for one in given if _is_play(one) and self._slides.get(board, one.id) is None]
        if not unknown:
            return True
        try:
            return self._slides.load(board, min(unknown), to_ms(self._clock()))
        except StoreError as error:
            log.error("former laps not read", board=board, error=str(error))
            return False

    def _add(self, batch: Batch, screen: Screen, glass: wire.Glass | None, given: Sequence[wire.Receipt]) -> None:
        live = {notice.id for notice, _ in glass.notices} if glass else set()
        for one in given:
            at = from_ms(one.at)
            if _is_notice(one):
                batch.notices.append(NoticeReceipt(int(one.id), screen.id, one.kind, at))
                if one.kind == "shown" and int(one.id) in live:
                    self._note_shown(int(one.id), screen.id)
            elif one.id.startswith("t"):
                batch.tests.append((int(one.id[1:]), screen.id, at))
            elif _is_play(one) and glass is not None:
                self._add_play(batch, screen, glass, one)
        if given:
            self.seen(screen.id)

    def _add_play(self, batch: Batch, screen: Screen, glass: wire.Glass, one: wire.Receipt) -> None:
        if one.id in (glass.lap.filler, glass.safe):
            return
        held = self._slides.get(screen.board, one.id)
        if held is None:
            self.dropped["slide"] += 1
            return
        at, (item, title, dwell) = from_ms(one.at), held
        local = at.astimezone(ZoneInfo(glass.board.zone))
        day = local.date().isoformat()
        batch.plays.append(
            Play(screen.id, screen.board, screen.slot, item, title, one.id, at, day, local.hour, dwell)
        )

    def _note_shown(self, notice: int, screen: int) -> None:
        """Records, for the wall, that a screen shows a live notice."""
        self._shown_by.setdefault(notice, set()).add(screen)
        while len(self._shown_by) > _NOTICES:
            self._shown_by.popitem(last=False)

    def sent(self, notice: int, ids: Iterable[int]) -> None:
        """Records that a notice was sent to the screens with these ids."""
        now = self._clock()
        self._batch.notices += [NoticeReceipt(notice, id, "sent", now) for id in ids]

    def connected(self, id: int) -> None:
        """Records that a screen has connected."""
        self._update_link(id, up=True)

    def disconnected(self, id: int) -> None:
        """Records that a screen has no open connection any more."""
        self._update_link(id, up=False)

    def seen(self, id: int, shown: object = None) -> None:
        """Records that a screen has sent a message. ``shown`` is the hash of the slide it shows, or None."""
        if _is_hash(shown):
            self._update_link(id, up=True, shown=shown[:16])
        else:
            self._update_link(id, up=True)

    def note_health(self, id: int, health: Mapping[object, object]) -> None:
        """Records the errors and other values that a screen reports once a minute; ``health`` is unchecked input."""
        errors, cold, shown = health.get("errors"), health.get("cold"), health.get("shown")
        self._update_link(
            id,
            up=True,
            errors=errors if isinstance(errors, int) and 0 <= errors < 1 << 31 else 0,
            cold=cold if isinstance(cold, bool) else None,
            shown=shown[:16] if _is_hash(shown) else "",
        )

    def _update_link(self, id: int, **changes: Unpack[LinkChanges]) -> None:
        """Changes a screen's connection state, and adds it to the batch if it is due to be written."""
        now = self._clock()
        before = self._links.get(id) or Link(id, up=True, seen=now)
        after = replace(before, seen=now, **changes)
        self._links[id] = after
        self._touched.add(id)
        # Screens report three times a minute. The state is written every 30 s, or at once if ``up`` has changed.
        written = self._batch.links.get(id) or before
        # The absolute difference is compared, because the clock may have been set back.
        if after.up != written.up or id not in self._link_written or abs(now - self._link_written[id]) > _LINK_EVERY:
            self._link_written[id] = now
            self._batch.links[id] = after

    # called by the wall

    def link(self, id: int) -> Link | None:
        """The connection state of a screen as last reported to this server; None if it has not reported here."""
        return self._links.get(id)

    def shown_by(self, notice: int) -> Set[int]:
        """The ids of the screens that have reported to this server that they show a notice.

        They are remembered for the last fifty notices.
        """
        return self._shown_by.get(notice, set())

    def take_touched(self) -> set[int]:
        """The ids of the screens that reported, connected or disconnected since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    # called by the scheduler

    @property
    def waiting(self) -> int:
        """The number of receipts that are not stored yet."""
        return len(self._batch)

    def flush(self) -> None:
        """Writes the current batch, and wakes the waiting callers of ``take``; called several times a second."""
        batch, self._batch = self._batch, Batch()
        if not batch:
            return
        kept = False
        try:
            self.dropped["notice"] += self._write(lambda db: _save(db, batch))
            kept = True
        except StoreError as error:
            if not self._trouble:
                log.error("receipts not kept", error=str(error), count=len(batch))
            self._trouble = True
            self._put_back(batch)
        finally:  # also after an unexpected error: the waiting callers then tell screens to send again
            batch.done.set(kept)
        if kept and self._trouble:
            log.info("receipts kept again")
            self._trouble = False

    def _put_back(self, batch: Batch) -> None:
        """Adds to the next batch the records of an unstored ``batch`` that no screen would send again.

        These are the records of sent notices and the connection states. Screens send all other records again.
        """
        sent = [one for one in batch.notices if one.kind == "sent"]
        self._batch.notices[:0] = sent[-MOST_PUT_BACK:]
        self._batch.links = {**batch.links, **self._batch.links}
