"""Socket.IO, and nothing but Socket.IO: who is connected to which board, what goes out, what screens say.

The only file that imports Flask-SocketIO. Made by assembly; the director sends through it (``Outlet``), and it asks
the director for states and bodies (``StateProvider``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Literal, Protocol, cast

import gevent
import gevent.event
import structlog
from flask import Flask
from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError as Refused
from socketio.manager import Manager

from server.core import wire
from server.core.screens.screens import Screen
from server.core.times import to_ms
from server.live.broadcast.fanout import DirectManager
from server.live.broadcast.redis_bus import DirectRedisBus, Line, RedisBus
from server.live.broadcast.state_cache import StateCache
from server.live.screens.receipts import Receipts
from server.live.screens.registry import NO_BOARD, Refusal, ScreenRegistry
from server.live.screens.wall import Wall
from server.live.sockets.websocket_upgrade import WebSocketUpgrade
from server.live.sockets.wsgi_server import LARGEST_FRAME, WebSocket
from server.store.database.errors import StoreError

log = structlog.get_logger("hub")
PING_SECONDS = 5
LONGEST_QUEUE = 128
ACK_SECONDS = 20
DESK = "/desk"
Fanout = Literal["direct", "stock"]


def _set(event: gevent.event.Event, *_: object) -> None:
    event.set()


def _drop(peer: Any) -> None:
    """Hangs up on an Engine.IO socket, and sends nothing more of what waits."""
    while not peer.queue.empty():
        peer.queue.get_nowait()
    peer.close(wait=False, abort=True)


def _queue(fanout: Fanout, url: str) -> RedisBus:
    return (DirectRedisBus if fanout == "direct" else RedisBus)(Line(url))


class StateProvider(Protocol):
    """What the hub asks of the director."""

    def glass(self, board: str) -> wire.Glass | None: ...
    def bodies(self, hashes: list[str]) -> list[Any]: ...
    def outrun(self, board: str, revision: int, *, trusted: bool) -> None: ...


class Hub:
    """One room a board. Every message names a desired state, so losing one costs at most a `sync`."""

    def __init__(
        self,
        app: Flask,
        provider: StateProvider,
        *,
        epoch: str,
        build: str,
        clock: Callable[[], datetime],
        devices: ScreenRegistry,
        receipts: Receipts,
        origins: list[str] | None = None,
        viewers: int = 20_000,
        fanout: Fanout = "direct",
        queue: str = "",
        ping_seconds: int = PING_SECONDS,
    ) -> None:
        self._provider, self._epoch, self._build, self._clock = provider, epoch, build, clock
        self._devices, self._receipts = devices, receipts
        self._viewers, self._public = viewers, 0
        self._boards: dict[str, str] = {}
        self._states, self._direct = StateCache(epoch, build), fanout == "direct"
        self._wall: Wall | None = None
        self.counts: Counter[str] = Counter()
        self._deaf = 0
        # Where there is a queue: what messages for other servers, and nudges to look at the store, go through.
        self.queue = _queue(fanout, queue) if queue else None
        self._manager: Any = self.queue or (DirectManager() if fanout == "direct" else Manager())
        # async_mode is named because it is otherwise chosen silently by what is installed; always_connect because
        # events sent from the connect handler would otherwise leave before the CONNECT packet. Fractions of a
        # second in ping settings are advertised as 0: integers only.
        io: Any = cast(
            Any,
            SocketIO(
                app,
                async_mode="gevent",
                always_connect=True,
                manage_session=False,
                ping_interval=ping_seconds,
                ping_timeout=ping_seconds,
                max_http_buffer_size=LARGEST_FRAME,
                cors_allowed_origins=origins,  # type: ignore[arg-type] # None: this server's own origin
                client_manager=self._manager,
            ),
        )
        self.io = io
        engine = self.io.server.eio
        self.upgrade = WebSocketUpgrade(engine) if fanout == "direct" else None
        engine._async = {**engine._async, "websocket": WebSocket}
        self._understood = engine.handlers["message"]
        engine.on("message", self._hear)
        self._listen()
        if self.queue is not None:
            # The library would begin to listen with its first client; a server may have none yet.
            io.server.manager_initialized = True
            self.queue.initialize()

    # what goes out: called by the director

    def state(self, board: str) -> None:
        self._wall_hears(board)
        glass = self._provider.glass(board)
        if glass is None or not glass.board.public:
            self._show_out(board, everybody=glass is None)
        if glass is not None and self.watching(board):
            for event, message in self._state_messages(glass):
                self._emit(event, message, board)

    def _show_out(self, board: str, *, everybody: bool) -> None:
        """Of a board that is gone everybody, of one that is not public any more whoever has no key for it."""
        for sid, _ in list(self._manager.get_participants("/", board)):
            visitor = self._devices.visitor(sid)
            if everybody or visitor is None or visitor.screen is None:
                self.cut(sid)

    def notice(self, board: str, message: wire.Message) -> None:
        self._wall_hears(board)
        self._emit("notice", message, board, urgent=message["notice"]["level"] == "urgent")
        self._receipts.sent(int(message["notice"]["id"]), self._devices.here(board))

    def clear(self, board: str, message: wire.Message) -> None:
        self._wall_hears(board)
        self._emit("clear", message, board)

    def slide(self, board: str, message: wire.Message) -> None:
        if self._wall is not None:
            self._wall.slide(board, message)
        if self.watching(board):
            self._emit("slide", message, board)

    def watching(self, board: str) -> int:
        return self.counts[board]

    # the desk's wall, in a namespace of its own

    def open_wall(self, wall: Wall) -> None:
        """From now on pages of the desk may watch."""
        self._wall, wall.publisher = wall, self
        on = self.io.server.on
        on("connect", self._watch, namespace=DESK)
        on("disconnect", self._watch_no_more, namespace=DESK)
        on("want", self._want_for_wall, namespace=DESK)

    def tell(self, sid: str, event: str, message: wire.Message) -> None:
        self._manager.emit(event, message, DESK, room=sid, ignore_queue=True)

    def show_out(self, sid: str) -> None:
        self._hang_up(sid, DESK)

    def _watch(self, sid: str, _environ: object, auth: object = None) -> None:
        if self._wall is None:
            raise Refused(NO_BOARD)
        try:
            self._wall.enter(sid, auth.get("ticket") if isinstance(auth, Mapping) else None)
        except (Refusal, StoreError) as refusal:
            raise Refused(str(refusal)) from refusal

    def _watch_no_more(self, sid: str, *_reason: object) -> None:
        if self._wall is not None:
            self._wall.leave(sid)

    def _want_for_wall(self, sid: str, words: object = None, *_: object) -> list[wire.Message]:
        return self._wall.want(sid, words) if self._wall is not None else []

    def _wall_hears(self, board: str) -> None:
        if self._wall is not None:
            self._wall.board_changed(board)

    # what is done to one screen: called by devices

    def command(self, sid: str, message: wire.Message) -> None:
        self._to(sid, "command", message)

    def cut(self, sid: str) -> None:
        """Hangs up, and sends nothing more of what waits."""
        self._hang_up(sid, "/")

    def _hang_up(self, sid: str, namespace: str) -> None:
        peer = self.io.server.eio.sockets.get(self._manager.eio_sid_from_sid(sid, namespace))
        if peer is not None:
            _drop(peer)

    def move(self, sid: str, board: str) -> None:
        """From one board's room into another's, with its state at once; then it comes back by the other's address."""
        before = self._boards.get(sid)
        glass = self._provider.glass(board)
        if before is None:
            return
        if glass is None:
            # Not on air yet: it comes back, by the new board's name, until it is.
            self.cut(sid)
            return
        self._boards[sid] = board
        self.counts[before] -= 1
        self.counts[board] += 1
        self.io.server.leave_room(sid, before)
        self.io.server.enter_room(sid, board)
        self._send_state(sid, glass)
        self._to(sid, "moved", wire.moved(board))

    def _emit(self, event: str, message: object, board: str, *, urgent: bool = False) -> None:
        # Each server's director speaks to its own screens: nothing of this is for the queue.
        self._manager.emit(event, message, "/", room=board, urgent=urgent, ignore_queue=True)

    def _to(self, sid: str, event: str, message: object, callback: Callable[..., object] | None = None) -> None:
        self._manager.emit(event, message, "/", room=sid, callback=callback, ignore_queue=True)

    def cut_deaf(self) -> int:
        """Cuts every client whose queue says that it does not read; called once a second. Returns how many."""
        engine = self.io.server.eio
        deaf = [(sid, peer) for sid, peer in list(engine.sockets.items()) if peer.queue.qsize() > LONGEST_QUEUE]
        for sid, peer in deaf:
            log.warning("screen cut", reason="does not read", queued=peer.queue.qsize(), sid=sid)
            _drop(peer)
        self._deaf += len(deaf)
        return len(deaf)

    @property
    def deaf(self) -> int:
        """How many were cut for not reading, since the start."""
        return self._deaf + (self.upgrade.deaf if self.upgrade is not None else 0)

    # what comes in: never trusted

    def _listen(self) -> None:
        # python-socketio's own registration: Flask's would make a request context for every message.
        on = self.io.server.on
        on("connect", self._connect)
        on("disconnect", self._disconnect)
        on("want", self._want)
        on("sync", self._sync)
        on("receipts", self._take_receipts)
        on("health", self._health)

    def _hear(self, sid: str, packet: object) -> None:
        """Every packet, before the library takes it apart; nonsense costs its sender the connection."""
        if wire.is_screen_packet(packet):
            self._understood(sid, packet)
            return
        log.warning("screen cut", reason="not understood", sid=sid, said=repr(packet)[:60])
        peer = self.io.server.eio.sockets.get(sid)
        if peer is not None:
            _drop(peer)

    def _connect(self, sid: str, _environ: object, auth: object = None) -> None:
        try:
            visitor = self._devices.admit(auth)
        except Refusal as refusal:
            raise Refused(str(refusal)) from refusal
        glass = self._provider.glass(visitor.board)
        if glass is None or not (glass.board.public or visitor.screen):
            # The same words for a board that is not there and one that is not public.
            raise Refused(NO_BOARD)
        if visitor.screen is None and self._public >= self._viewers:
            raise Refused("Quá nhiều người xem, hãy thử lại sau")
        self._boards[sid] = glass.board.slug
        self.counts[glass.board.slug] += 1
        self.io.server.enter_room(sid, glass.board.slug)
        self._send_state(sid, glass)
        self._compare(glass, auth, trusted=visitor.screen is not None)
        self._devices.joined(sid, visitor)
        if visitor.screen is None:
            self._public += 1
        elif not visitor.guard:
            self._receipts.came(visitor.screen)
            for notice, _ in glass.notices:
                self._receipts.sent(notice.id, [visitor.screen])

    def _disconnect(self, sid: str, *_reason: object) -> None:
        board = self._boards.pop(sid, None)
        visitor = self._devices.left(sid)
        if board is None or visitor is None:
            return
        self.counts[board] -= 1
        if visitor.screen is None:
            self._public -= 1
        elif not self._devices.connected(visitor.screen):
            self._receipts.went(visitor.screen)

    def _send_state(self, sid: str, glass: wire.Glass) -> None:
        for event, message in self._state_messages(glass):
            self._to(sid, event, message)

    def _state_messages(self, glass: wire.Glass) -> Iterator[tuple[str, Any]]:
        made = self._states.messages(glass, self._clock(), len(self._boards))
        return made if self._direct else ((event, json.loads(text)) for event, text in made)

    def _want(self, sid: str, hashes: object = None, *_: object) -> None:
        glass = self._provider.glass(self._boards.get(sid, ""))
        named = set(glass.hashes) if glass else set()
        # What another board shows is nobody's business here, whoever knows its hash.
        slides = self._provider.bodies([one for one in wire.parse_want(hashes) if one in named])
        gevent.spawn(self._deliver, sid, wire.slide_batches(slides))

    def _deliver(self, sid: str, batches: list[list[wire.Message]]) -> None:
        """One message after the other's acknowledgement, so that a notice never waits behind bodies."""
        for batch in batches:
            arrived = gevent.event.Event()
            if sid not in self._boards:
                return
            self._to(sid, "slides", batch, partial(_set, arrived))
            if not arrived.wait(ACK_SECONDS):
                return

    def _sync(self, sid: str, message: object = None, *_: object) -> wire.Message:
        arrived = to_ms(self._clock())
        said = message if isinstance(message, Mapping) else {}
        glass = self._provider.glass(self._boards.get(sid, ""))
        if glass is not None and wire.differs(said, glass, self._epoch):
            self._send_state(sid, glass)
        screen = self._screen(sid)
        if glass is not None:
            self._compare(glass, said, trusted=screen is not None)
        if screen is not None:
            self._receipts.heard(screen.id, said.get("shown"))
        t0 = said.get("t0")
        return {"t0": t0 if isinstance(t0, int) else None, "t1": arrived, "t2": to_ms(self._clock())}

    def _compare(self, glass: wire.Glass, said: object, *, trusted: bool) -> None:
        """A screen that knows a higher revision had it from another server, or from this one before it died."""
        if isinstance(said, Mapping) and said.get("epoch") == self._epoch:
            revision = said.get("revision")
            if isinstance(revision, int) and revision > glass.revision:
                self._provider.outrun(glass.board.slug, revision, trusted=trusted)

    def _take_receipts(self, sid: str, words: object = None, *_: object) -> bool:
        """Acknowledged once it is kept; False says that it could not be, and is to be said again."""
        return self._receipts.take(self._screen(sid), words)

    def _screen(self, sid: str) -> Screen | None:
        """The screen that speaks; None for a viewer without a key, and for a guard, which is no witness."""
        visitor = self._devices.visitor(sid)
        if visitor is None or visitor.screen is None or visitor.guard:
            return None
        return self._devices.get(visitor.screen)

    def _health(self, sid: str, health: object = None, *_: object) -> None:
        screen = self._screen(sid)
        if screen is not None and isinstance(health, Mapping):
            self._receipts.unwell(screen.id, health)
        if isinstance(health, Mapping) and (health.get("errors") or health.get("overflows")):
            board = self._boards.get(sid)
            log.warning("screen unwell", board=board, said={k: str(v)[:200] for k, v in list(health.items())[:20]})
