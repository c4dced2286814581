"""Sets up Flask-SocketIO and its event handlers, and sends the director's messages to the screens of a board.

The only file that imports Flask-SocketIO. ``Hub`` is created by server.processes.server. The director publishes
through it (``Publisher``), the screen registry disconnects and moves clients through it (``Sockets``). The hub reads
boards' states and slide bodies from the director (``StateProvider``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from flask import Flask
from flask_socketio import SocketIO
from socketio.manager import Manager
from socketio.server import Server

from server.core import wire
from server.live.broadcast.client_packets import DESK, SCREENS
from server.live.broadcast.connections import Connections
from server.live.broadcast.event_rules import EVENTS
from server.live.broadcast.fanout import DirectManager, Encoded
from server.live.broadcast.packet_filter import PacketFilter
from server.live.broadcast.screen_events import ScreenEvents, StateProvider
from server.live.broadcast.state_cache import StateCache
from server.live.broadcast.wall_events import WallEvents
from server.live.loop.refusals import Refusals
from server.live.screens.receipts import Receipts
from server.live.screens.registry import ScreenRegistry
from server.live.screens.wall import Wall
from server.live.sockets.event_socket import SLOW_READER
from server.live.sockets.websocket_upgrade import WebSocketUpgrade
from server.live.sockets.wsgi_server import LARGEST_FRAME, WebSocket

if TYPE_CHECKING:
    from server.live.broadcast.redis_bus import RedisBus

PING_SECONDS = 5
Fanout = Literal["direct", "stock"]


class TypedSocketIO(SocketIO):
    """Flask-SocketIO with the attributes that its type stubs leave out."""

    server: Server
    async_mode: str


class Hub:
    """Sends messages to the screens of boards; each board has one Socket.IO room.

    Messages describe what is to be shown, not differences. If one is lost, the reply to the screen's next `sync`
    event, sent every 20 s, restores the right state.
    """

    def __init__(
        self,
        app: Flask,
        provider: StateProvider,
        *,
        epoch: str,
        build: str,
        clock: Callable[[], datetime],
        registry: ScreenRegistry,
        receipts: Receipts,
        origins: list[str] | None = None,
        most_viewers: int = 20_000,
        fanout: Fanout = "direct",
        queue_url: str = "",
        ping_seconds: int = PING_SECONDS,
        monotonic: Callable[[], float],
    ) -> None:
        """Sets up Flask-SocketIO on ``app``.

        ``origins`` are the allowed CORS origins; None allows only the server's own. ``most_viewers`` limits clients
        without a screen key. ``fanout`` is "direct" for DirectManager, "stock" for python-socketio's own manager.
        ``queue_url`` is the address of Redis, or empty without Redis. ``epoch`` identifies the
        store and changes when it is restored; ``build`` is the checksum of the files that a page loads.
        ``monotonic`` returns seconds; the rate limits for clients use it.
        """
        self._provider, self._clock, self._registry, self._receipts = provider, clock, registry, receipts
        self._states, self._direct = StateCache(epoch, build), fanout == "direct"
        self._wall: Wall | None = None
        # The connection to Redis, by which servers tell each other that the store has changed; None without Redis.
        self.bus = _bus(fanout, queue_url) if queue_url else None
        manager = self.bus or (DirectManager() if fanout == "direct" else Manager())
        # async_mode is set explicitly, because otherwise the installed packages decide. always_connect is needed,
        # because otherwise events sent by the connect handler leave before the CONNECT packet. The ping settings must
        # be integers: a fraction of a second would be advertised to clients as 0.
        self.io = TypedSocketIO(
            app,
            async_mode="gevent",
            always_connect=True,
            manage_session=False,
            ping_interval=ping_seconds,
            ping_timeout=ping_seconds,
            max_http_buffer_size=LARGEST_FRAME,
            cors_allowed_origins=origins,  # type: ignore[arg-type] # the stubs leave out None: the server's own origin
            client_manager=manager,
        )
        # Counts messages and connections of clients that are refused.
        self.refusals = Refusals(monotonic)
        self.connections = Connections(self.io.server, manager, self.refusals)
        self._screen_events = ScreenEvents(
            self.connections,
            provider,
            registry,
            receipts,
            messages=self._state_messages,
            encode=self._encoded,
            unwell=Refusals(monotonic, event="screens unwell"),
            epoch=epoch,
            clock=clock,
            most_viewers=most_viewers,
        )
        engine = self.io.server.eio
        if fanout == "direct":
            # This project's clients never use long polling, and the library's memory for polling clients has no limit
            # per IP address.
            vars(engine)["transports"] = ["websocket"]  # the stubs leave it out
        self.upgrade = WebSocketUpgrade(engine, refusals=self.refusals) if fanout == "direct" else None
        engine._async = {**engine._async, "websocket": WebSocket}
        self._filter = PacketFilter(
            self.io.server,
            manager,
            EVENTS,
            registry,
            self.refusals,
            deliver=engine.handlers["message"],
            is_page=lambda sid: self._wall is not None and self._wall.watches(sid),
            monotonic=monotonic,
        )
        self._library_disconnect = engine.handlers["disconnect"]
        engine.on("message", self._filter.receive)
        engine.on("disconnect", self._on_disconnect)
        self._register(SCREENS, self._screen_events)
        if self.bus is not None:
            # The library would start listening to Redis only when its first client connects.
            self.io.server.manager_initialized = True
            self.bus.initialize()

    def _register(self, namespace: str, events: ScreenEvents | WallEvents) -> None:
        """Registers the handlers of a namespace: connect, disconnect, and each event in ``EVENTS``."""
        # Registered with python-socketio itself: Flask-SocketIO would create a request context for every message.
        on, handlers = self.io.server.on, events.handlers()
        on("connect", events.connect, namespace=namespace)
        on("disconnect", events.disconnect, namespace=namespace)
        for rule in EVENTS:
            if rule.namespace == namespace:
                on(rule.name, handlers[rule.name], namespace=namespace)

    def _on_disconnect(self, sid: str, *reason: object) -> None:
        """Runs the library's handler after an Engine.IO client has disconnected; drops the client's rate limits."""
        try:
            self._library_disconnect(sid, *reason)
        finally:
            self._filter.forget(sid)

    def _encoded(self, message: object) -> object:
        """The message as JSON text with direct fan-out, otherwise unchanged.

        Non-ASCII letters are not escaped: escapes would double the size of Vietnamese text.
        """
        return Encoded(json.dumps(message, ensure_ascii=False, separators=(",", ":"))) if self._direct else message

    def _state_messages(self, glass: wire.Glass) -> Iterator[tuple[str, object]]:
        """The (event, payload) pairs that send a board's state: one `state`, or several `part`s if it is large."""
        encoded = self._states.messages(glass, self._clock(), len(self.connections))
        return encoded if self._direct else ((event, json.loads(text)) for event, text in encoded)

    # what the director publishes

    def state(self, board: str) -> None:
        """Sends a board's new state to its clients.

        If the board was removed, disconnects all its clients; if it is no longer public, its public viewers.
        """
        self._notify_wall(board)
        glass = self._provider.glass(board)
        if glass is None or not glass.board.public:
            self._disconnect_viewers(board, removed=glass is None)
        if glass is not None and self.viewers(board):
            for event, message in self._state_messages(glass):
                self.connections.send_to_board(board, event, message)

    def _disconnect_viewers(self, board: str, *, removed: bool) -> None:
        """Disconnects a board's clients without a screen key; with ``removed``, all its clients."""
        for sid in self.connections.of_board(board):
            visitor = self._registry.visitor(sid)
            if removed or visitor is None or visitor.screen is None:
                self.disconnect(sid)

    def notice(self, board: str, message: wire.Message) -> None:
        """Sends a new or changed notice to a board's clients, and records which screens it was sent to."""
        self._notify_wall(board)
        urgent = message["notice"]["level"] == "urgent"
        parts = wire.notice_messages(message)
        if len(parts) == 1:
            self.connections.send_to_board(board, "notice", self._encoded(message), urgent=urgent)
        else:
            self._send_large_notice(board, message, parts, urgent=urgent)
        self._receipts.sent(int(message["notice"]["id"]), self._registry.connected_screens(board))

    def _send_large_notice(
        self, board: str, message: wire.Message, parts: Sequence[tuple[str, object]], *, urgent: bool
    ) -> None:
        """Sends a notice in ``parts``, which are (event, payload) pairs, to the clients that can join them.

        All other clients of the board get it in one message.
        """
        clients: dict[bool, list[str]] = {True: [], False: []}
        for sid in self.connections.of_board(board):
            visitor = self._registry.visitor(sid)
            clients[visitor is not None and visitor.parts].append(sid)
        for event, part in parts:
            self.connections.send_to(clients[True], event, self._encoded(part), urgent=urgent)
        self.connections.send_to(clients[False], "notice", self._encoded(message), urgent=urgent)

    def clear(self, board: str, message: wire.Message) -> None:
        """Tells a board's clients that a notice is over."""
        self._notify_wall(board)
        self.connections.send_to_board(board, "clear", message)

    def slide(self, board: str, message: wire.Message) -> None:
        """Tells a board's clients, and the desk's live wall, which slide comes next and when."""
        if self._wall is not None:
            self._wall.slide(board, message)
        if self.viewers(board):
            self.connections.send_to_board(board, "slide", message)

    def serving(self, board: str, message: wire.Message) -> None:
        """Sends a board's clients the numbers of its hall; not the wall, because these change every second."""
        if self.viewers(board):
            self.connections.send_to_board(board, "serving", self._encoded(message))

    def viewers(self, board: str) -> int:
        """Returns how many clients show this board on this server."""
        return self.connections.count(board)

    # the desk's wall

    def open_wall(self, wall: Wall) -> None:
        """Lets pages of the desk connect to the live wall, whose messages go through this hub. Called once."""
        events = WallEvents(self.connections, wall)
        self._wall, wall.publisher = wall, events
        self._register(DESK, events)

    def _notify_wall(self, board: str) -> None:
        if self._wall is not None:
            self._wall.board_changed(board)

    # what the registry does to one client

    def command(self, sid: str, message: wire.Message) -> None:
        """Sends a command, such as "reload", to one client."""
        self.connections.send(sid, "command", message)

    def disconnect(self, sid: str) -> None:
        """Disconnects a client at once; messages that are queued for it are dropped."""
        self.connections.disconnect(sid)

    def move(self, sid: str, board: str) -> None:
        """Moves a client to another board: sends that board's state, then ``moved``.

        On ``moved`` the client reconnects with the new board's slug. If this server has no state of the new board
        yet, the client is disconnected.
        """
        if sid not in self.connections.board_of:
            return
        glass = self._provider.glass(board)
        if glass is None:
            # The new board has no state yet: the client reconnects with the new board's slug until it has one.
            self.disconnect(sid)
            return
        self.connections.move(sid, board)
        self._screen_events.send_state(sid, glass)
        self.connections.send(sid, "moved", wire.moved(board))

    # clients that do not read

    def disconnect_slow_readers(self) -> int:
        """Disconnects clients that do not read fast enough; called once a second. Returns how many there were."""
        return self.connections.disconnect_slow_readers()

    @property
    def slow_readers(self) -> int:
        """How many clients were disconnected since the start because they did not read fast enough."""
        return self.refusals.counts[SLOW_READER]


def _bus(fanout: Fanout, url: str) -> RedisBus:
    # Imported here because only a server with a message queue uses the package redis.
    from server.live.broadcast.redis_bus import DirectRedisBus, RedisBus, RedisChannel

    return (DirectRedisBus if fanout == "direct" else RedisBus)(RedisChannel(url))
