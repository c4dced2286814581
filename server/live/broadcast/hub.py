"""Flask-SocketIO put together: the server, its handlers, and what the director sends to the screens of a board.

The only file that imports Flask-SocketIO. Made by server.processes.server. The director publishes through it
(``Publisher``), the registry acts on connections through it (``Sockets``), and it reads states and slide bodies from
the director (``StateProvider``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal

import structlog
from flask import Flask
from flask_socketio import SocketIO
from socketio.manager import Manager
from socketio.server import Server

from server.core import wire
from server.live.broadcast.connections import Connections, drop
from server.live.broadcast.fanout import DirectManager
from server.live.broadcast.redis_bus import DirectRedisBus, RedisBus, RedisChannel
from server.live.broadcast.screen_events import ScreenEvents, StateProvider
from server.live.broadcast.state_cache import StateCache
from server.live.broadcast.wall_events import DESK, WallEvents
from server.live.screens.receipts import Receipts
from server.live.screens.registry import ScreenRegistry
from server.live.screens.wall import Wall
from server.live.sockets.websocket_upgrade import WebSocketUpgrade
from server.live.sockets.wsgi_server import LARGEST_FRAME, WebSocket

log = structlog.get_logger("hub")
PING_SECONDS = 5
Fanout = Literal["direct", "stock"]


class TypedSocketIO(SocketIO):
    """Flask-SocketIO with the attributes that its type stubs leave out."""

    server: Server
    async_mode: str


class Hub:
    """One room per board. Every message names a desired state, so that a lost one costs at most a `sync`."""

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
    ) -> None:
        """``origins`` may connect; None means the server's own. ``queue_url`` is the address of Redis, or empty."""
        self._provider, self._clock, self._registry, self._receipts = provider, clock, registry, receipts
        self._states, self._direct = StateCache(epoch, build), fanout == "direct"
        self._wall: Wall | None = None
        # With Redis: messages for other servers, and nudges to read the store, go through it.
        self.bus = _bus(fanout, queue_url) if queue_url else None
        manager = self.bus or (DirectManager() if fanout == "direct" else Manager())
        # async_mode is named, because otherwise what is installed decides; always_connect, because otherwise events
        # sent by the connect handler leave before the CONNECT packet. Fractions of a second in ping settings are
        # advertised as 0: integers only.
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
        self.connections = Connections(self.io.server, manager)
        self._screen_events = ScreenEvents(
            self.connections,
            provider,
            registry,
            receipts,
            messages=self._state_messages,
            epoch=epoch,
            clock=clock,
            most_viewers=most_viewers,
        )
        engine = self.io.server.eio
        self.upgrade = WebSocketUpgrade(engine) if fanout == "direct" else None
        engine._async = {**engine._async, "websocket": WebSocket}
        self._library_handler = engine.handlers["message"]
        engine.on("message", self._on_packet)
        self._register()
        if self.bus is not None:
            # The library would start to listen with its first client; a server may have none yet.
            self.io.server.manager_initialized = True
            self.bus.initialize()

    def _register(self) -> None:
        # At python-socketio itself: Flask-SocketIO would make a request context for every message.
        on, events = self.io.server.on, self._screen_events
        on("connect", events.connect)
        on("disconnect", events.disconnect)
        on("want", events.want)
        on("sync", events.sync)
        on("receipts", events.receipts)
        on("health", events.health)

    def _on_packet(self, sid: str, packet: object) -> None:
        """Checks every packet before the library parses it; a malformed one costs its sender the connection."""
        if wire.is_screen_packet(packet):
            self._library_handler(sid, packet)
            return
        log.warning("screen cut", reason="not understood", sid=sid, said=repr(packet)[:60])
        peer = self.io.server.eio.sockets.get(sid)
        if peer is not None:
            drop(peer)

    def _state_messages(self, glass: wire.Glass) -> Iterator[tuple[str, object]]:
        encoded = self._states.messages(glass, self._clock(), len(self.connections))
        return encoded if self._direct else ((event, json.loads(text)) for event, text in encoded)

    # what the director publishes

    def state(self, board: str) -> None:
        """Sends a board's new state, and disconnects those who may not see it any more."""
        self._notify_wall(board)
        glass = self._provider.glass(board)
        if glass is None or not glass.board.public:
            self._disconnect_viewers(board, removed=glass is None)
        if glass is not None and self.viewers(board):
            for event, message in self._state_messages(glass):
                self.connections.send_to_board(board, event, message)

    def _disconnect_viewers(self, board: str, *, removed: bool) -> None:
        """Disconnects everyone if the board was removed; otherwise, as it is not public, those without a key."""
        for sid in self.connections.of_board(board):
            visitor = self._registry.visitor(sid)
            if removed or visitor is None or visitor.screen is None:
                self.disconnect(sid)

    def notice(self, board: str, message: wire.Message) -> None:
        self._notify_wall(board)
        urgent = message["notice"]["level"] == "urgent"
        self.connections.send_to_board(board, "notice", message, urgent=urgent)
        self._receipts.sent(int(message["notice"]["id"]), self._registry.connected_screens(board))

    def clear(self, board: str, message: wire.Message) -> None:
        self._notify_wall(board)
        self.connections.send_to_board(board, "clear", message)

    def slide(self, board: str, message: wire.Message) -> None:
        if self._wall is not None:
            self._wall.slide(board, message)
        if self.viewers(board):
            self.connections.send_to_board(board, "slide", message)

    def viewers(self, board: str) -> int:
        """How many clients show this board on this server."""
        return self.connections.count(board)

    # the desk's wall

    def open_wall(self, wall: Wall) -> None:
        """Lets pages of the desk connect to ``wall``, which publishes through this hub. Called once."""
        events = WallEvents(self.connections, wall)
        self._wall, wall.publisher = wall, events
        on = self.io.server.on
        on("connect", events.connect, namespace=DESK)
        on("disconnect", events.disconnect, namespace=DESK)
        on("want", events.want, namespace=DESK)

    def _notify_wall(self, board: str) -> None:
        if self._wall is not None:
            self._wall.board_changed(board)

    # what the registry does to one client

    def command(self, sid: str, message: wire.Message) -> None:
        self.connections.send(sid, "command", message)

    def disconnect(self, sid: str) -> None:
        """Disconnects a client at once; what is queued for it is dropped."""
        self.connections.disconnect(sid)

    def move(self, sid: str, board: str) -> None:
        """Moves a client to another board: sends that board's state, then ``moved``.

        After ``moved`` the client reconnects with the new board's slug. A client whose new board is not on air yet is
        disconnected.
        """
        if sid not in self.connections.board_of:
            return
        glass = self._provider.glass(board)
        if glass is None:
            # Not on air yet: the client reconnects, with the new board's name, until it is.
            self.disconnect(sid)
            return
        self.connections.move(sid, board)
        self._screen_events.send_state(sid, glass)
        self.connections.send(sid, "moved", wire.moved(board))

    # clients that do not read

    def disconnect_slow_readers(self) -> int:
        """Called once a second; returns how many were disconnected."""
        return self.connections.disconnect_slow_readers()

    @property
    def slow_readers(self) -> int:
        """How many were disconnected for not reading, since the start."""
        return self.connections.slow_readers + (self.upgrade.slow_readers if self.upgrade is not None else 0)


def _bus(fanout: Fanout, url: str) -> RedisBus:
    return (DirectRedisBus if fanout == "direct" else RedisBus)(RedisChannel(url))
