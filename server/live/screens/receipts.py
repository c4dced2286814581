"""Takes what screens say and keeps it: gathered in memory, written in batches by the one writer.

Called by the hub, and by the metronome (flush).

    screens ──receipts──> take ──(a batch, 0.2 s)──> flush ──one transaction──> store.receipts ──> acknowledged

A receipt is acknowledged only after its batch is committed: killed at any moment, the server has lost nothing that it
acknowledged, and a screen says again what was not. Viewers without a key prove nothing; they are counted.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeGuard
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
from server.store.screens import receipts as store

log = structlog.get_logger("receipts")

ACK_SECONDS = 10.0
LARGEST_BATCH = 20_000
# A screen may have been away for the 48 h that a lap is exact for, and longer with what has no time limit.
OLDEST = timedelta(days=7)
NEWEST = timedelta(minutes=1)
_REMEMBERED = 2_000
_NOTICES = 50
_SELDOM = timedelta(seconds=30)


class BoardLookup(Protocol):
    """What is asked of the director."""

    def glass(self, board: str) -> wire.Glass | None: ...


@dataclass(slots=True)
class Batch:
    """What is written together; ``done`` is set to whether it was."""

    played: list[Play] = field(default_factory=list)
    said: list[NoticeReceipt] = field(default_factory=list)
    links: dict[int, Link] = field(default_factory=dict)
    tests: list[tuple[int, int, datetime]] = field(default_factory=list)
    done: AsyncResult[bool] = field(default_factory=AsyncResult)

    def __len__(self) -> int:
        return len(self.played) + len(self.said) + len(self.tests)

    def __bool__(self) -> bool:
        return bool(len(self) or self.links)


def _is_hash(shown: object) -> TypeGuard[str]:
    """Whatever else a device says would end a whole batch: half a surrogate cannot be stored."""
    return isinstance(shown, str) and shown.isascii() and shown.isprintable()


def _save(db: Database, batch: Batch) -> None:
    store.save(db, batch.played, batch.said, tuple(batch.links.values()), batch.tests)


class Receipts:
    """The ear of the server."""

    def __init__(self, boards: BoardLookup, clock: Callable[[], datetime], write: Offload) -> None:
        self._boards, self._clock, self._write = boards, clock, write
        self._batch = Batch()
        self._links: dict[int, Link] = {}
        self._written: dict[int, datetime] = {}
        self._items: dict[str, OrderedDict[str, tuple[str, str]]] = {}
        self._laps: dict[str, int] = {}
        self._shown_by: OrderedDict[int, set[int]] = OrderedDict()
        self._touched: set[int] = set()

    # told by the hub

    def take(self, screen: Screen | None, words: object) -> bool:
        """Waits until what ``screen`` says is on the disk; False where it could not be kept: to be said again."""
        if screen is None:
            return True  # of the public nothing is kept: it could say anything, without end
        said = wire.parse_receipts(words)
        batch = self._batch
        if len(batch) + len(said) > LARGEST_BATCH:
            return False
        self._sort(batch, screen, said)
        if not batch:
            return True
        return bool(batch.done.wait(timeout=ACK_SECONDS)) if said else True

    def _sort(self, batch: Batch, screen: Screen, said: Iterable[wire.Receipt]) -> None:
        now = self._clock()
        for one in said:
            at = from_ms(one.at)
            if not now - OLDEST < at < now + NEWEST:
                continue
            if one.id.isdigit() and len(one.id) < 16:
                batch.said.append(NoticeReceipt(int(one.id), screen.id, one.kind, at))
                if one.kind == "shown":
                    self._shown(int(one.id), screen.id)
            elif one.id.startswith("t"):
                batch.tests.append((int(one.id[1:]), screen.id, at))
            elif one.kind == "shown":
                self._play(batch, screen, one.id, at)
        if said:
            self.heard(screen.id)

    def _play(self, batch: Batch, screen: Screen, hash: str, at: datetime) -> None:
        glass = self._boards.glass(screen.board)
        if glass is None or hash in (glass.lap.filler, glass.safe):
            return
        item, title = self._item(screen.board, glass, hash)
        here = at.astimezone(ZoneInfo(glass.board.zone))
        day = here.date().isoformat()
        batch.played.append(Play(screen.id, screen.board, screen.slot, item, title, hash, at, day, here.hour))

    def _item(self, board: str, glass: wire.Glass, hash: str) -> tuple[str, str]:
        """Item and title of a slide; laps of before are remembered, because screens that were away speak late."""
        known = self._items.setdefault(board, OrderedDict())
        if self._laps.get(board) != glass.revision:
            self._laps[board] = glass.revision
            for slot in glass.lap.slots:
                known[slot.hash] = (slot.key, slot.title)
                known.move_to_end(slot.hash)
            while len(known) > _REMEMBERED:
                known.popitem(last=False)
        return known.get(hash, (f"slide:{hash}", ""))

    def _shown(self, notice: int, screen: int) -> None:
        self._shown_by.setdefault(notice, set()).add(screen)
        while len(self._shown_by) > _NOTICES:
            self._shown_by.popitem(last=False)

    def sent(self, notice: int, ids: Iterable[int]) -> None:
        """A notice went out to these screens."""
        now = self._clock()
        self._batch.said += [NoticeReceipt(notice, id, "sent", now) for id in ids]

    def came(self, id: int) -> None:
        """Connected."""
        self._link(id, up=True)

    def went(self, id: int) -> None:
        """The last socket of a screen is gone."""
        self._link(id, up=False)

    def heard(self, id: int, shown: object = None) -> None:
        """A word of a screen that proves that it lives; ``shown`` is the hash on its glass, where it says so."""
        self._link(id, up=True, **({"shown": shown[:16]} if _is_hash(shown) else {}))

    def unwell(self, id: int, health: Mapping[str, Any]) -> None:
        """The minute's health of a screen."""
        errors, cold, shown = health.get("errors"), health.get("cold"), health.get("shown")
        self._link(
            id,
            up=True,
            errors=errors if isinstance(errors, int) and 0 <= errors < 1 << 31 else 0,
            cold=cold if isinstance(cold, bool) else None,
            shown=shown[:16] if _is_hash(shown) else "",
        )

    def _link(self, id: int, **changes: Any) -> None:
        now = self._clock()
        before = self._links.get(id) or Link(id, up=True, seen=now)
        after = replace(before, **{"seen": now, **changes})
        self._links[id] = after
        self._touched.add(id)
        # What a screen says three times a minute is written once in a while; what changes is written at once.
        written = self._batch.links.get(id) or before
        if after.up != written.up or id not in self._written or now - self._written[id] > _SELDOM:
            self._written[id] = now
            self._batch.links[id] = after

    # asked by the wall

    def link(self, id: int) -> Link | None:
        """The last that was heard of a screen by this server."""
        return self._links.get(id)

    def shown_by(self, notice: int) -> Set[int]:
        """The screens that told this server that they show a notice; of the last fifty notices."""
        return self._shown_by.get(notice, set())

    def take_touched(self) -> set[int]:
        """The screens that were heard, came or went since this was asked last."""
        touched, self._touched = self._touched, set()
        return touched

    # the metronome

    @property
    def waiting(self) -> int:
        """How many are kept and not yet in the store."""
        return len(self._batch)

    def flush(self) -> None:
        """Writes the open batch and tells those who wait for it; several times a second."""
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
