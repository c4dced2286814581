"""Handles what screens and public viewers send: connect, disconnect, want, sync, receipts, health; registered by hub.

Clients are not trusted: an argument may be missing or have any JSON type. A slide's body is its HTML. A guard is the
program that runs beside a screen's browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Protocol

import gevent
import gevent.event
from socketio.exceptions import ConnectionRefusedError as Refused

from server.core import wire, wire_serving
from server.core.model import Slide
from server.core.screens.screens import Screen
from server.core.times import to_ms
from server.live.broadcast.connections import Connections
from server.live.loop.refusals import Refusals
from server.live.screens.receipts import Receipts
from server.live.screens.registry import NO_BOARD, Refusal, ScreenRegistry

ACK_SECONDS = 20
MOST_WANTED = 400
NO_ORIGIN = "Chỉ trình duyệt (có tiêu đề Origin) hoặc màn hình có khóa được kết nối"
StateMessages = Callable[[wire.Glass], Iterator[tuple[str, object]]]
Handler = Callable[..., object]


class StateProvider(Protocol):
    """The methods of the director that the handlers call."""

    def glass(self, board: str) -> wire.Glass | None: ...
    def bodies(self, hashes: list[str]) -> list[Slide]: ...
    def report_revision(self, board: str, revision: int, *, trusted: bool) -> None: ...


class ScreenEvents:
    """The handlers of the screens' namespace. ``messages`` returns a board's state as (event, payload) pairs.

    ``encode`` prepares other messages for sending. ``most_viewers`` limits clients without a key. ``unwell`` counts
    and logs the faults that screens report. ``epoch`` identifies the store.
    """

    def __init__(
        self,
        connections: Connections,
        provider: StateProvider,
        registry: ScreenRegistry,
        receipts: Receipts,
        *,
        messages: StateMessages,
        encode: Callable[[object], object],
        unwell: Refusals,
        epoch: str,
        clock: Callable[[], datetime],
        most_viewers: int,
    ) -> None:
        self._connections, self._provider = connections, provider
        self._registry, self._receipts = registry, receipts
        self._messages, self._encode, self._unwell = messages, encode, unwell
        self._epoch, self._clock = epoch, clock
        self._most_viewers, self._viewers = most_viewers, 0
        # The hashes of the slides that each client still waits for, by Socket.IO id. A client is in this dictionary
        # while a greenlet sends it slide bodies. The inner dictionary is an ordered set.
        self._wanted: dict[str, dict[str, None]] = {}

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the names of the events that clients send."""
        return {"want": self.want, "sync": self.sync, "receipts": self.receipts, "health": self.health}

    def send_state(self, sid: str, glass: wire.Glass) -> None:
        """Sends one client its board's state."""
        for event, message in self._messages(glass):
            self._connections.send(sid, event, message)

    def connect(self, sid: str, environ: Mapping[str, object], auth: object = None) -> None:
        """Admits a client to its board and sends it the board's state.

        Raises Refused for a client that is not admitted; its text is shown to the client.
        """
        try:
            visitor = self._registry.admit(auth)
        except Refusal as refusal:
            raise Refused(str(refusal)) from refusal
        glass = self._provider.glass(visitor.board)
        if glass is None or not (glass.board.public or visitor.screen):
            # The text does not reveal whether the board does not exist or is not public.
            raise Refused(NO_BOARD)
        if visitor.screen is None and not environ.get("HTTP_ORIGIN"):
            raise Refused(NO_ORIGIN)
        full = visitor.screen is None and self._viewers >= self._most_viewers
        if full or not self._connections.admit(sid, keyed=visitor.screen is not None):
            raise Refused("Quá nhiều người xem, hãy thử lại sau")
        # The client may have left while its key was looked up. From here on no other greenlet runs.
        if not self._connections.is_open(sid):
            return
        self._connections.add(sid, glass.board.slug)
        self.send_state(sid, glass)
        self._is_ahead(glass, auth, trusted=visitor.screen is not None)
        self._registry.joined(sid, visitor)
        if visitor.screen is None:
            self._viewers += 1
        elif not visitor.guard:
            self._receipts.connected(visitor.screen)
            for notice, _ in glass.notices:
                self._receipts.sent(notice.id, [visitor.screen])

    def disconnect(self, sid: str, *_reason: object) -> None:
        """Forgets a client that has left.

        Records a paired screen as disconnected if none of its connections is open any more. The connection of its
        guard does not count.
        """
        known = self._connections.remove(sid)
        visitor = self._registry.left(sid)
        if not known or visitor is None:
            return
        if visitor.screen is None:
            self._viewers -= 1
        elif not self._registry.connected(visitor.screen):
            self._receipts.disconnected(visitor.screen)

    def want(self, sid: str, hashes: object = None, *_: object) -> None:
        """Sends the bodies of the slides with these hashes, as far as the client's board shows them.

        Slides of other boards are not sent, even to a client that knows their hash. If a client asks again before it
        has got everything, the slides of the latest request are sent first, because the screen needs them soonest.
        """
        fresh = dict.fromkeys(wire.parse_want(hashes))
        if not fresh or sid not in self._connections.board_of:
            return
        waiting = self._wanted.get(sid)
        self._wanted[sid] = dict(islice({**fresh, **(waiting or {})}.items(), MOST_WANTED))
        if waiting is None:
            gevent.spawn(self._send_bodies, sid)

    def _send_bodies(self, sid: str) -> None:
        """Sends a client the slide bodies that it waits for, each message only after the previous was acknowledged.

        So a notice never waits behind more than one message. Ends if the client does not acknowledge a message within
        ``ACK_SECONDS``.
        """
        try:
            while batch := self._next_batch(sid):
                for event, message in self._body_messages(sid, batch):
                    acknowledged = gevent.event.Event()
                    callback = partial(_set, acknowledged)
                    if sid not in self._connections.board_of:
                        return
                    self._connections.send(sid, event, self._encode(message), on_acknowledged=callback)
                    if not acknowledged.wait(ACK_SECONDS):
                        self._connections.forget(sid, callback)
                        return
                for one in batch:
                    self._wanted[sid].pop(one["hash"], None)
        finally:
            self._wanted.pop(sid, None)

    def _next_batch(self, sid: str) -> list[wire.Message]:
        """The first of the slide bodies that a client waits for, as many as fit into one message; empty if none."""
        glass, waiting = self._glass(sid), self._wanted.get(sid, {})
        named = set(glass.hashes) if glass else set()
        asked = (self._provider.bodies([one]) for one in tuple(waiting) if one in named)
        return next(wire.slide_batches(chain.from_iterable(asked)), [])

    def _body_messages(self, sid: str, batch: list[wire.Message]) -> list[tuple[str, object]]:
        """The (event, payload) pairs that send a batch of slide bodies.

        A body that is too large for one message is sent in parts to clients that can join parts.
        """
        visitor = self._registry.visitor(sid)
        return wire.body_messages(batch) if visitor and visitor.parts else [("slides", batch)]

    def sync(self, sid: str, message: object = None, *_: object) -> wire.Message:
        """Compares the state that a client reports with its board's state; sends the board's state if they differ.

        A client that reports a higher revision than this server has gets no state until the board's revision is
        higher still.

        Returns {t0, t1, t2, alerts}. The first three are in ms since 1970, for the client's clock: its own time of
        sending, the time of arrival here, and the time of this reply. ``alerts`` is the field of the same name in the
        board's state (wire.alert_head): whether there are data on alerts, and from when, with the newest times.
        """
        received = to_ms(self._clock())
        reported = message if isinstance(message, Mapping) else {}
        glass = self._glass(sid)
        screen = self._screen(sid)
        ahead = glass is not None and self._is_ahead(glass, reported, trusted=screen is not None)
        if glass is not None and not ahead and wire.differs(reported, glass, self._epoch):
            self.send_state(sid, glass)
        elif glass is not None and wire_serving.lacks_serving(reported, glass.serving):
            message = wire_serving.serving(glass.serving, epoch=self._epoch)
            self._connections.send(sid, "serving", self._encode(message))
        if screen is not None:
            self._receipts.seen(screen.id, reported.get("shown"))
        return wire.synced(reported.get("t0"), received, self._clock(), glass)

    def receipts(self, sid: str, receipts: object = None, *_: object) -> bool:
        """Stores a screen's reports of what it showed; may wait.

        Returns True once the receipts are committed, False if the screen must send them again. Receipts of a viewer
        or a guard are dropped; then it returns True, too.
        """
        return self._receipts.take(self._screen(sid), receipts)

    def health(self, sid: str, health: object = None, *_: object) -> None:
        """Records what a screen reports about itself once a minute, and logs its errors and overflowing slides."""
        screen = self._screen(sid)
        if screen is not None and isinstance(health, Mapping):
            self._receipts.note_health(screen.id, health)
        # Faults are logged only for paired screens: a public viewer could report anything.
        if screen is not None and isinstance(health, Mapping) and (health.get("errors") or health.get("overflows")):
            said = {str(name)[:20]: str(value)[:60] for name, value in islice(health.items(), 20)}
            self._unwell.count(screen.board, f"screen {screen.id}: {said}")

    def _glass(self, sid: str) -> wire.Glass | None:
        return self._provider.glass(self._connections.board_of.get(sid, ""))

    def _screen(self, sid: str) -> Screen | None:
        """The screen of a client; None for a viewer without a key, and for a guard, which shows no board itself."""
        visitor = self._registry.visitor(sid)
        if visitor is None or visitor.screen is None or visitor.guard:
            return None
        return self._registry.get(visitor.screen)

    def _is_ahead(self, glass: wire.Glass, reported: object, *, trusted: bool) -> bool:
        """Whether a client knows a higher revision of its board than ``glass`` has. Tells the director if it does.

        The client may have got it from another server, or from this one before a restart. The director then uses a
        revision above it, because clients ignore lower ones. ``trusted``: the client has a screen's key.
        """
        if isinstance(reported, Mapping) and reported.get("epoch") == self._epoch:
            revision = reported.get("revision")
            if isinstance(revision, int) and revision > glass.revision:
                self._provider.report_revision(glass.board.slug, revision, trusted=trusted)
                return True
        return False


def _set(event: gevent.event.Event, *_: object) -> None:
    event.set()
