"""The paired screens, which of them are connected to this server, and who may see which board.

Called by the broadcast events, the glass pages and the scheduler. Kept in memory; ``refresh`` runs ten times a
second, compares the store's revision of screens and reads only what changed. So a screen whose key was revoked by a
command or by another server is disconnected here within about 0.2 s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest
from typing import Protocol

import structlog

from server.core import wire
from server.core.screens.screens import Command, Screen, hash_of
from server.core.times import to_ms
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.screens import screens

log = structlog.get_logger("devices")

NO_BOARD = "Không có bảng tin công cộng này"
NO_KEY = "Khóa của màn hình không còn hiệu lực"


class Refusal(Exception):  # noqa: N818 - reads as such in except
    """Why a client may not see a board; ``str()`` is a Vietnamese sentence for the client."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A client that may see ``board``: a screen's number, or None for a viewer without a key.

    ``guard``: it is the program beside a screen's browser, not the screen itself.
    """

    board: str
    screen: int | None = None
    guard: bool = False


class Sockets(Protocol):
    """What the registry does to clients: the hub."""

    def disconnect(self, sid: str) -> None: ...
    def move(self, sid: str, board: str) -> None: ...
    def command(self, sid: str, message: wire.Message) -> None: ...


class NoSockets:
    """Sockets until there is a hub: no client is connected."""

    def disconnect(self, sid: str) -> None: ...
    def move(self, sid: str, board: str) -> None: ...
    def command(self, sid: str, message: wire.Message) -> None: ...


class ScreenRegistry:
    """Every screen in use, and the clients of this server by their Socket.IO id (sid)."""

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
        self.sockets: Sockets = NoSockets()

    # who may see what

    def admit(self, auth: object) -> Visitor:
        """The client of a CONNECT payload. Raises Refusal if its key is not (or no longer) valid."""
        given: Mapping[object, object] = auth if isinstance(auth, Mapping) else {}
        if "key" not in given:
            board = given.get("board")
            return Visitor(board if isinstance(board, str) else "")
        screen = self._of_key(given["key"])
        if screen is None or given.get("screen") not in (screen.id, str(screen.id)):
            raise Refusal(NO_KEY)
        if given.get("board") not in (None, screen.board):
            # The screen was moved, and one side does not know yet: another server may just have told the screen.
            self.refresh()
            screen = self._screens.get(screen.id, screen)
        return Visitor(screen.board, screen.id, guard=given.get("role") == "guard")

    def bearer(self, header: str | None) -> Screen | None:
        """The screen whose key an Authorization header carries; None without a header. Raises Refusal."""
        if not header:
            return None
        scheme, _, key = header.partition(" ")
        screen = self._of_key(key.strip()) if scheme.lower() == "bearer" else None
        if screen is None:
            raise Refusal(NO_KEY)
        return screen

    def _of_key(self, key: object) -> Screen | None:
        if not isinstance(key, str):
            return None
        digest = hash_of(key)
        if digest not in self._by_key:
            self.refresh()  # paired a moment ago, perhaps by another process
        screen = self._screens.get(self._by_key.get(digest, 0))
        # The dict has found the digest; comparing it again in constant time prevents timing attacks.
        return screen if screen and screen.key_hash and compare_digest(screen.key_hash, digest) else None

    # which screens there are, and which are connected

    def all(self) -> tuple[Screen, ...]:
        """Every screen in use."""
        return tuple(self._screens.values())

    def get(self, id: int) -> Screen | None:
        """The screen with this number; None if it is unknown or revoked."""
        return self._screens.get(id)

    def visitor(self, sid: str) -> Visitor | None:
        """The client with this Socket.IO id."""
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
        """The screens of a board that are connected to this server."""
        return tuple(self._connected.get(board, ()))

    def joined(self, sid: str, visitor: Visitor) -> None:
        """Notes a new connection, and sends the screen the commands that are still valid."""
        self._visitors[sid] = visitor
        if visitor.screen is None:
            return
        self._sids.setdefault(visitor.screen, set()).add(sid)
        if not visitor.guard:
            self._connected.setdefault(visitor.board, set()).add(visitor.screen)
        now = self._clock()
        for command in self._commands.get(visitor.screen, ()):
            if command.until > now and not self._superseded(command):
                self.sockets.command(sid, _message(command))

    def _superseded(self, command: Command) -> bool:
        """Whether ``command`` is a handover that was ended or replaced by a later one, or whose screen is unknown."""
        screen = self._screens.get(command.screen)
        return command.name == "handover" and (screen is None or command.until != screen.handed_until)

    def left(self, sid: str) -> Visitor | None:
        """Notes the end of a connection, and returns whose it was."""
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
        """The screens that were paired, changed or revoked since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    # called by the scheduler

    def refresh(self) -> None:
        """Reads what has changed in the store since the last call, and acts on the connections it concerns."""
        try:
            current = screens.current(self._db)
            if current == self._seen_revision:
                return
            changed = screens.changed_since(self._db, self._seen_revision)
            commands = screens.commands_since(self._db, self._seen_revision, self._clock())
        except StoreError as error:
            # The director logs it, which reads the same store; what is known here stays valid until the store is
            # back.
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
            visitor = self._visitors[sid]
            self._connected.get(visitor.board, set()).discard(screen.id)
            self._visitors[sid] = Visitor(screen.board, screen.id, visitor.guard)
            if not visitor.guard:
                self._connected.setdefault(screen.board, set()).add(screen.id)
            self.sockets.move(sid, screen.board)
        log.info("screen moved", screen=screen.id, board=screen.board)

    def _send_command(self, command: Command) -> None:
        held = self._commands.get(command.screen, ())
        self._commands[command.screen] = (*held, command)
        sids = tuple(self._sids.get(command.screen, ()))
        for sid in sids:
            self.sockets.command(sid, _message(command))
        log.info("screen asked", screen=command.screen, name=command.name, id=command.id, sockets=len(sids))

    def _forget_expired_commands(self) -> None:
        now = self._clock()
        for screen, commands in list(self._commands.items()):
            left = tuple(one for one in commands if one.until > now)
            if left:
                self._commands[screen] = left
            else:
                del self._commands[screen]


def _message(command: Command) -> wire.Message:
    """The `command` of the wire."""
    return {"id": str(command.id), "name": command.name, "until": to_ms(command.until)}
