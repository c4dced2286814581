"""Stores what screens report: collected in memory, written in batches by the one writer.

Called by the broadcast events, by the wall, and by the scheduler (``flush``).

    screens ──receipts──> take ──(a batch, 0.2 s)──> flush ──one transaction──> store.screens.receipts ──>
    acknowledged

A receipt is acknowledged only after its batch was committed: a server that is killed at any moment has lost nothing
that it acknowledged, and screens send the rest again. Receipts of viewers without a key prove nothing and are
dropped.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypedDict, TypeGuard, Unpack
from zoneinfo import ZoneInfo

import structlog
from gevent.event import AsyncResult

from server.core import wire
from server.core.screens.proof import NoticeReceipt, Play
from server.core.screens.screens import Link, Screen
from server.core.times import from_ms
from server.live.loop.offload import Offload
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.screens import receipts

log = structlog.get_logger("receipts")

ACK_SECONDS = 10.0
LARGEST_BATCH = 20_000
# A screen without a connection plays its lap for 48 h, and content without a time limit for longer.
OLDEST = timedelta(days=7)
NEWEST = timedelta(minutes=1)
_HASHES_A_BOARD = 2_000
_NOTICES = 50
_LINK_EVERY = timedelta(seconds=30)


class BoardLookup(Protocol):
    """What is asked of the director."""

    def glass(self, board: str) -> wire.Glass | None: ...


class LinkChanges(TypedDict, total=False):
    """The fields of a Link that a message of a screen may change."""

    up: bool
    errors: int
    cold: bool | None
    shown: str


@dataclass(slots=True)
class Batch:
    """What is written in one transaction; ``done`` is set to whether that succeeded.

    ``tests`` are replies to a silent test: (test's number, screen, time).
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
    """True for printable ASCII; other values, such as a lone surrogate, could make saving the whole batch fail."""
    return isinstance(shown, str) and shown.isascii() and shown.isprintable()


def _save(db: Database, batch: Batch) -> None:
    receipts.save(db, batch.plays, batch.notices, tuple(batch.links.values()), batch.tests)


class Receipts:
    """Receipts that are not stored yet, and what this server has last heard of each screen."""

    def __init__(self, boards: BoardLookup, clock: Callable[[], datetime], write: Offload) -> None:
        self._boards, self._clock, self._write = boards, clock, write
        self._batch = Batch()
        self._links: dict[int, Link] = {}
        self._link_written: dict[int, datetime] = {}
        self._items: dict[str, OrderedDict[str, tuple[str, str]]] = {}
        self._items_revision: dict[str, int] = {}
        self._shown_by: OrderedDict[int, set[int]] = OrderedDict()
        self._touched: set[int] = set()

    # called by the broadcast events

    def take(self, screen: Screen | None, message: object) -> bool:
        """Waits until the receipts of a message are stored; False if they could not be, and must be sent again.

        ``screen`` is the sender, None for a viewer without a key; ``message`` is not checked yet.
        """
        if screen is None:
            return True  # dropped: a viewer could send anything, without end
        given = wire.parse_receipts(message)
        batch = self._batch
        if len(batch) + len(given) > LARGEST_BATCH:
            return False
        self._add(batch, screen, given)
        if not batch:
            return True
        return bool(batch.done.wait(timeout=ACK_SECONDS)) if given else True

    def _add(self, batch: Batch, screen: Screen, given: Iterable[wire.Receipt]) -> None:
        now = self._clock()
        for one in given:
            at = from_ms(one.at)
            if not now - OLDEST < at < now + NEWEST:
                continue
            if one.id.isdigit() and len(one.id) < 16:
                batch.notices.append(NoticeReceipt(int(one.id), screen.id, one.kind, at))
                if one.kind == "shown":
                    self._note_shown(int(one.id), screen.id)
            elif one.id.startswith("t"):
                batch.tests.append((int(one.id[1:]), screen.id, at))
            elif one.kind == "shown":
                self._add_play(batch, screen, one.id, at)
        if given:
            self.seen(screen.id)

    def _add_play(self, batch: Batch, screen: Screen, hash: str, at: datetime) -> None:
        glass = self._boards.glass(screen.board)
        if glass is None or hash in (glass.lap.filler, glass.safe):
            return
        item, title = self._item(screen.board, glass, hash)
        local = at.astimezone(ZoneInfo(glass.board.zone))
        day = local.date().isoformat()
        batch.plays.append(Play(screen.id, screen.board, screen.slot, item, title, hash, at, day, local.hour))

    def _item(self, board: str, glass: wire.Glass, hash: str) -> tuple[str, str]:
        """Item and title of a slide. Earlier laps are remembered, because screens that were offline report late."""
        known = self._items.setdefault(board, OrderedDict())
        if self._items_revision.get(board) != glass.revision:
            self._items_revision[board] = glass.revision
            for slot in glass.lap.slots:
                known[slot.hash] = (slot.key, slot.title)
                known.move_to_end(slot.hash)
            while len(known) > _HASHES_A_BOARD:
                known.popitem(last=False)
        return known.get(hash, (f"slide:{hash}", ""))

    def _note_shown(self, notice: int, screen: int) -> None:
        self._shown_by.setdefault(notice, set()).add(screen)
        while len(self._shown_by) > _NOTICES:
            self._shown_by.popitem(last=False)

    def sent(self, notice: int, ids: Iterable[int]) -> None:
        """Notes that a notice was sent to these screens."""
        now = self._clock()
        self._batch.notices += [NoticeReceipt(notice, id, "sent", now) for id in ids]

    def connected(self, id: int) -> None:
        """Notes that a screen has connected."""
        self._update_link(id, up=True)

    def disconnected(self, id: int) -> None:
        """Notes that the last connection of a screen has ended."""
        self._update_link(id, up=False)

    def seen(self, id: int, shown: object = None) -> None:
        """Notes a sign of life of a screen; ``shown`` is the hash of the slide that it shows, if it names one."""
        if _is_hash(shown):
            self._update_link(id, up=True, shown=shown[:16])
        else:
            self._update_link(id, up=True)

    def note_health(self, id: int, health: Mapping[object, object]) -> None:
        """Notes what a screen reports once a minute; ``health`` is not checked yet."""
        errors, cold, shown = health.get("errors"), health.get("cold"), health.get("shown")
        self._update_link(
            id,
            up=True,
            errors=errors if isinstance(errors, int) and 0 <= errors < 1 << 31 else 0,
            cold=cold if isinstance(cold, bool) else None,
            shown=shown[:16] if _is_hash(shown) else "",
        )

    def _update_link(self, id: int, **changes: Unpack[LinkChanges]) -> None:
        now = self._clock()
        before = self._links.get(id) or Link(id, up=True, seen=now)
        after = replace(before, seen=now, **changes)
        self._links[id] = after
        self._touched.add(id)
        # Screens report three times a minute: that is written every 30 s, a change of ``up`` at once.
        written = self._batch.links.get(id) or before
        if after.up != written.up or id not in self._link_written or now - self._link_written[id] > _LINK_EVERY:
            self._link_written[id] = now
            self._batch.links[id] = after

    # called by the wall

    def link(self, id: int) -> Link | None:
        """The connection state of a screen as last reported to this server; None if it has not reported here."""
        return self._links.get(id)

    def shown_by(self, notice: int) -> Set[int]:
        """The screens that reported to this server that they show a notice; known of the last fifty notices."""
        return self._shown_by.get(notice, set())

    def take_touched(self) -> set[int]:
        """The screens that reported, connected or disconnected since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    # called by the scheduler

    @property
    def waiting(self) -> int:
        """The number of receipts that are not stored yet."""
        return len(self._batch)

    def flush(self) -> None:
        """Writes the open batch and answers those who wait for it; called several times a second."""
        batch, self._batch = self._batch, Batch()
        if not batch:
            return
        try:
            self._write(lambda db: _save(db, batch))
        except StoreError as error:
            log.error("receipts not kept", error=str(error), count=len(batch))
            batch.done.set(False)
        else:
            batch.done.set(True)
