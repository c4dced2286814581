"""Keeps the paired screens in memory, knows which are connected to this server, and decides who may see which board.

Called by the broadcast events, the glass pages, the wall and the scheduler. ``refresh`` runs ten times a second, and
reads the screens that have changed if the store's revision of screens has changed. So a screen whose key was revoked
by a command or by another process is disconnected here within about 0.2 s. A guard is the program that runs beside a
screen's browser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import compare_digest
from typing import Protocol

import structlog
from gevent.lock import RLock

from server.core import wire
from server.core.screens.screens import Command, Screen, hash_of
from server.core.times import to_ms
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.screens import screens

log = structlog.get_logger("devices")

NO_BOARD = "Không có bảng tin công cộng này"
NO_KEY = "Khóa của màn hình không còn hiệu lực"


class Refusal(Exception):  # noqa: N818 - the name without "Error" reads well in ``except Refusal``
    """Why a client may not see a board; ``str()`` is a Vietnamese sentence for the client."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A client that may see ``board``. ``screen`` is the paired screen's id, None for a viewer without a key.

    ``guard``: the client is the program that runs beside a screen's browser, not the browser. ``parts``: the client
    can join large slide bodies that are sent in parts; clients of the previous release cannot.
    """

    board: str
    screen: int | None = None
    guard: bool = False
    parts: bool = False


class Sockets(Protocol):
    """The methods by which the registry disconnects, moves and commands clients; implemented by the hub."""

    def disconnect(self, sid: str) -> None: ...
    def move(self, sid: str, board: str) -> None: ...
    def command(self, sid: str, message: wire.Message) -> None: ...


class NoSockets:
    """Does nothing; used until the hub is set, while no client is connected."""

    def disconnect(self, sid: str) -> None: ...
    def move(self, sid: str, board: str) -> None: ...
    def command(self, sid: str, message: wire.Message) -> None: ...


class ScreenRegistry:
    """All screens that are not revoked, and the clients of this server by their Socket.IO id (sid)."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db, self._clock = db, clock
        self._screens: dict[int, Screen] = {}
        self._by_key: dict[str, int] = {}
        self._visitors: dict[str, Visitor] = {}
        self._sids: dict[int, set[str]] = {}
        self._connected: dict[str, set[int]] = {}  # by board
        self._seen_revision = 0
        self._commands: dict[int, tuple[Command, ...]] = {}
        self._touched: set[int] = set()
        self._refreshing, self._refreshes_begun = RLock(), 0
        self.sockets: Sockets = NoSockets()

    # who may see what

    def admit(self, auth: object) -> Visitor:
        """Identifies the client that sent a CONNECT payload, which is unchecked input; may read the store.

        Raises Refusal if the payload carries a key that is not valid, or the key of another screen than the one that
        it names. A payload without a key comes from a public viewer; the caller checks whether its board is public.
        """
        given: Mapping[object, object] = auth if isinstance(auth, Mapping) else {}
        parts = given.get("parts") is True
        if "key" not in given:
            board = given.get("board")
            return Visitor(board if isinstance(board, str) else "", parts=parts)
        screen = self._of_key(given["key"])
        if screen is None or given.get("screen") not in (screen.id, str(screen.id)):
            raise Refusal(NO_KEY)
        if given.get("board") not in (None, screen.board):
            # The screen was moved to another board. It may know that from another server before this one does.
            self.refresh()
            screen = self._screens.get(screen.id, screen)
        return Visitor(screen.board, screen.id, guard=given.get("role") == "guard", parts=parts)

    def bearer(self, header: str | None) -> Screen | None:
        """The screen whose key an Authorization header carries; None without a header.

        Raises Refusal if the key is not valid.
        """
        if not header:
            return None
        scheme, _, key = header.partition(" ")
        screen = self._of_key(key.strip()) if scheme.lower() == "bearer" else None
        if screen is None:
            raise Refusal(NO_KEY)
        return screen

    def holds_key(self, header: str) -> bool:
        """Whether an Authorization header carries the key of a screen in memory; never reads the store."""
        scheme, _, key = header.partition(" ")
        return scheme.lower() == "bearer" and hash_of(key.strip()) in self._by_key

    def _of_key(self, key: object) -> Screen | None:
        if not isinstance(key, str):
            return None
        digest = hash_of(key)
        if digest not in self._by_key:
            self.refresh()  # the screen may have been paired a moment ago
        screen = self._screens.get(self._by_key.get(digest, 0))
        # The dict has found the digest; comparing it again in constant time prevents timing attacks.
        return screen if screen and screen.key_hash and compare_digest(screen.key_hash, digest) else None

    # which screens there are, and which are connected

    def all(self) -> tuple[Screen, ...]:
        """Returns all screens that are not revoked."""
        return tuple(self._screens.values())

    def get(self, id: int) -> Screen | None:
        """The screen with this id; None if it is unknown or revoked."""
        return self._screens.get(id)

    def visitor(self, sid: str) -> Visitor | None:
        """The client with this Socket.IO id; None if it is not admitted or has disconnected."""
        return self._visitors.get(sid)

    def connected(self, id: int) -> bool:
        """Whether the screen itself, not only its guard, is connected to this server."""
        return any(not self._visitors[sid].guard for sid in self._sids.get(id, ()))

    def connection_counts(self) -> Counter[str]:
        """The number of connections by kind: "screen", "guard", and "viewer" for clients without a key."""
        return Counter(
            "viewer" if one.screen is None else "guard" if one.guard else "screen" for one in self._visitors.values()
        )

    def connected_screens(self, board: str) -> tuple[int, ...]:
        """The ids of a board's screens that are connected to this server; guards do not count."""
        return tuple(self._connected.get(board, ()))

    def joined(self, sid: str, visitor: Visitor) -> None:
        """Records a new connection, and sends it the screen's commands that have not expired or been replaced."""
        self._visitors[sid] = visitor
        if visitor.screen is None:
            return
        self._sids.setdefault(visitor.screen, set()).add(sid)
        if not visitor.guard:
            self._connected.setdefault(visitor.board, set()).add(visitor.screen)
        now = self._clock()
        for command in self._commands.get(visitor.screen, ()):
            if command.until > now and not self._superseded(command):
                self.sockets.command(sid, self._message(command))

    def _superseded(self, command: Command) -> bool:
        """Whether ``command`` is a "handover" (of the screen to a meeting) that was ended or replaced later."""
        screen = self._screens.get(command.screen)
        return command.name == "handover" and (screen is None or command.until != screen.handed_until)

    def left(self, sid: str) -> Visitor | None:
        """Records the end of a connection; returns its client, or None if it was never admitted."""
        visitor = self._visitors.pop(sid, None)
        if visitor is None or visitor.screen is None:
            return visitor
        sids = self._sids.get(visitor.screen, set())
        sids.discard(sid)
        if not sids:
            self._sids.pop(visitor.screen, None)
        if not self.connected(visitor.screen):
            self._connected.get(visitor.board, set()).discard(visitor.screen)
        return visitor

    def take_touched(self) -> set[int]:
        """The ids of the screens that were paired, changed or revoked since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    # called by the scheduler

    def refresh(self) -> None:
        """Reads changed screens and new commands from the store; disconnects, moves or commands clients accordingly.

        Only one read runs at a time: if an older read ended after a newer one, a revoked key would become valid
        again. Callers that arrive during a read wait, and then share one further read. If the store fails, the
        screens in memory stay valid, and nothing is raised.
        """
        begun = self._refreshes_begun
        with self._refreshing:
            if self._refreshes_begun == begun:
                self._refresh()

    def _refresh(self) -> None:
        self._refreshes_begun += 1
        try:
            current = screens.current(self._db)
            if current == self._seen_revision:
                return
            changed = screens.changed_since(self._db, self._seen_revision)
            commands = screens.commands_since(self._db, self._seen_revision, self._clock())
        except StoreError as error:
            # The director reads the same store and logs the error. Until the store is back, the screens in memory
            # stay valid.
            log.debug("screens not read", error=str(error))
            return
        self._seen_revision = current
        for screen in changed:
            self._update(screen)
        self._forget_expired_commands()
        for command in commands:
            self._send_command(command)

    def _update(self, screen: Screen) -> None:
        self._touched.add(screen.id)
        before = self._screens.pop(screen.id, None)
        if before is not None and before.key_hash is not None:
            self._by_key.pop(before.key_hash, None)
        if screen.revoked is not None:
            self._disconnect(screen)
            return
        self._screens[screen.id] = screen
        if screen.key_hash is not None:
            self._by_key[screen.key_hash] = screen.id
        if before is not None and before.board != screen.board:
            self._move(screen)

    def _disconnect(self, screen: Screen) -> None:
        sids = tuple(self._sids.get(screen.id, ()))
        for sid in sids:
            self.sockets.disconnect(sid)
        log.info("screen revoked", screen=screen.id, board=screen.board, cut=len(sids))

    def _move(self, screen: Screen) -> None:
        for sid in tuple(self._sids.get(screen.id, ())):
            visitor = self._visitors.get(sid)
            if visitor is None:
                continue  # the client left while another connection of the screen was moved
            self._connected.get(visitor.board, set()).discard(screen.id)
            self._visitors[sid] = replace(visitor, board=screen.board)
            if not visitor.guard:
                self._connected.setdefault(screen.board, set()).add(screen.id)
            self.sockets.move(sid, screen.board)
        log.info("screen moved", screen=screen.id, board=screen.board)

    def _send_command(self, command: Command) -> None:
        held = self._commands.get(command.screen, ())
        self._commands[command.screen] = (*held, command)
        sids = tuple(self._sids.get(command.screen, ()))
        for sid in sids:
            self.sockets.command(sid, self._message(command))
        log.info("screen asked", screen=command.screen, name=command.name, id=command.id, sockets=len(sids))

    def _forget_expired_commands(self) -> None:
        now = self._clock()
        for screen, commands in list(self._commands.items()):
            left = tuple(one for one in commands if one.until > now)
            if left:
                self._commands[screen] = left
            else:
                del self._commands[screen]

    def _message(self, command: Command) -> wire.Message:
        """The `command` message for a screen; for "identify" it contains the name that the screen is to show."""
        made: wire.Message = {"id": str(command.id), "name": command.name, "until": to_ms(command.until)}
        screen = self._screens.get(command.screen)
        return made if command.name != "identify" or screen is None else {**made, "screen": screen.name}
