"""Handles what screens and viewers send: connect, disconnect, want, sync, receipts, health. Registered by hub.

Nothing that a client sends is trusted: arguments have any type, and may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Protocol

import gevent
import gevent.event
import structlog
from socketio.exceptions import ConnectionRefusedError as Refused

from server.core import wire
from server.core.model import Slide
from server.core.screens.screens import Screen
from server.core.times import to_ms
from server.live.broadcast.connections import Connections
from server.live.screens.receipts import Receipts
from server.live.screens.registry import NO_BOARD, Refusal, ScreenRegistry

log = structlog.get_logger("hub")
ACK_SECONDS = 20
StateMessages = Callable[[wire.Glass], Iterator[tuple[str, object]]]


class StateProvider(Protocol):
    """What is asked of the director."""

    def glass(self, board: str) -> wire.Glass | None: ...
    def bodies(self, hashes: list[str]) -> list[Slide]: ...
    def report_revision(self, board: str, revision: int, *, trusted: bool) -> None: ...


class ScreenEvents:
    """``messages`` gives a board's state as (event, payload) pairs; ``most_viewers`` limits clients without a key."""

    def __init__(
        self,
        connections: Connections,
        provider: StateProvider,
        registry: ScreenRegistry,
        receipts: Receipts,
        *,
        messages: StateMessages,
        epoch: str,
        clock: Callable[[], datetime],
        most_viewers: int,
    ) -> None:
        self._connections, self._provider = connections, provider
        self._registry, self._receipts = registry, receipts
        self._messages, self._epoch, self._clock = messages, epoch, clock
        self._most_viewers, self._viewers = most_viewers, 0

    def send_state(self, sid: str, glass: wire.Glass) -> None:
        """Sends one client its board's state."""
        for event, message in self._messages(glass):
            self._connections.send(sid, event, message)

    def connect(self, sid: str, _environ: object, auth: object = None) -> None:
        """Admits a client to its board and sends it the state. Raises Refused, whose text the client is shown."""
        try:
            visitor = self._registry.admit(auth)
        except Refusal as refusal:
            raise Refused(str(refusal)) from refusal
        glass = self._provider.glass(visitor.board)
        if glass is None or not (glass.board.public or visitor.screen):
            # The same text if the board does not exist and if it is not public.
            raise Refused(NO_BOARD)
        if visitor.screen is None and self._viewers >= self._most_viewers:
            raise Refused("Quá nhiều người xem, hãy thử lại sau")
        self._connections.add(sid, glass.board.slug)
        self.send_state(sid, glass)
        self._compare_revision(glass, auth, trusted=visitor.screen is not None)
        self._registry.joined(sid, visitor)
        if visitor.screen is None:
            self._viewers += 1
        elif not visitor.guard:
            self._receipts.connected(visitor.screen)
            for notice, _ in glass.notices:
                self._receipts.sent(notice.id, [visitor.screen])

    def disconnect(self, sid: str, *_reason: object) -> None:
        known = self._connections.remove(sid)
        visitor = self._registry.left(sid)
        if not known or visitor is None:
            return
        if visitor.screen is None:
            self._viewers -= 1
        elif not self._registry.connected(visitor.screen):
            self._receipts.disconnected(visitor.screen)

    def want(self, sid: str, hashes: object = None, *_: object) -> None:
        """Sends the bodies of the slides that a client lacks, if its board's state names them.

        The slides of other boards are not sent, even to a client that knows their hash.
        """
        glass = self._glass(sid)
        named = set(glass.hashes) if glass else set()
        slides = self._provider.bodies([one for one in wire.parse_want(hashes) if one in named])
        gevent.spawn(self._send_bodies, sid, wire.slide_batches(slides))

    def _send_bodies(self, sid: str, batches: list[list[wire.Message]]) -> None:
        """Sends each batch after the one before was acknowledged, so that a notice never waits behind bodies."""
        for batch in batches:
            acknowledged = gevent.event.Event()
            if sid not in self._connections.board_of:
                return
            self._connections.send(sid, "slides", batch, on_acknowledged=partial(_set, acknowledged))
            if not acknowledged.wait(ACK_SECONDS):
                return

    def sync(self, sid: str, message: object = None, *_: object) -> wire.Message:
        """Returns the server's times; sends the state if the client's differs from it."""
        received = to_ms(self._clock())
        reported = message if isinstance(message, Mapping) else {}
        glass = self._glass(sid)
        if glass is not None and wire.differs(reported, glass, self._epoch):
            self.send_state(sid, glass)
        screen = self._screen(sid)
        if glass is not None:
            self._compare_revision(glass, reported, trusted=screen is not None)
        if screen is not None:
            self._receipts.seen(screen.id, reported.get("shown"))
        t0 = reported.get("t0")
        return {"t0": t0 if isinstance(t0, int) else None, "t1": received, "t2": to_ms(self._clock())}

    def receipts(self, sid: str, receipts: object = None, *_: object) -> bool:
        """True once the receipts are stored; False if they could not be, and must be sent again."""
        return self._receipts.take(self._screen(sid), receipts)

    def health(self, sid: str, health: object = None, *_: object) -> None:
        screen = self._screen(sid)
        if screen is not None and isinstance(health, Mapping):
            self._receipts.note_health(screen.id, health)
        if isinstance(health, Mapping) and (health.get("errors") or health.get("overflows")):
            board = self._connections.board_of.get(sid)
            log.warning("screen unwell", board=board, said={k: str(v)[:200] for k, v in list(health.items())[:20]})

    def _glass(self, sid: str) -> wire.Glass | None:
        return self._provider.glass(self._connections.board_of.get(sid, ""))

    def _screen(self, sid: str) -> Screen | None:
        """The screen of a client; None for a viewer without a key, and for a guard, which shows no board itself."""
        visitor = self._registry.visitor(sid)
        if visitor is None or visitor.screen is None or visitor.guard:
            return None
        return self._registry.get(visitor.screen)

    def _compare_revision(self, glass: wire.Glass, reported: object, *, trusted: bool) -> None:
        """Tells the director if a client has a higher revision than ``glass``, so that the next one is above it.

        Another server, or this one before it stopped, may have sent it. ``trusted``: the client has a screen's key.
        """
        if isinstance(reported, Mapping) and reported.get("epoch") == self._epoch:
            revision = reported.get("revision")
            if isinstance(revision, int) and revision > glass.revision:
                self._provider.report_revision(glass.board.slug, revision, trusted=trusted)


def _set(event: gevent.event.Event, *_: object) -> None:
    event.set()
