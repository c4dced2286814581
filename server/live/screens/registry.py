"""Which screens there are, who of them is connected here, and who may see what; called by hub, pages and metronome.

Held in memory and kept true by ``look``, ten times a second: one short read by key, and only what changed after it.
So a key that was revoked from the command line or by another server is cut here within a tick or two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest
from typing import Any, Protocol

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


class Refusal(Exception):  # noqa: N818 - says what is the matter, reads as such in except
    """Why somebody may not see a board; ``str()`` is a Vietnamese sentence."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever is connected: a screen by its number, or None for the public. The guard watches, it is no screen."""

    board: str
    screen: int | None = None
    guard: bool = False


class Sockets(Protocol):
    """What is done to connections: the hub."""

    def cut(self, sid: str) -> None: ...
    def move(self, sid: str, board: str) -> None: ...
    def command(self, sid: str, message: wire.Message) -> None: ...


class NoSockets:
    """Nobody is connected yet."""

    def cut(self, sid: str) -> None: ...
    def move(self, sid: str, board: str) -> None: ...
    def command(self, sid: str, message: wire.Message) -> None: ...


class ScreenRegistry:
    """The directory of screens and their open sockets on this server."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db, self._clock = db, clock
        self._screens: dict[int, Screen] = {}
        self._by_key: dict[str, int] = {}
        self._visits: dict[str, Visitor] = {}
        self._sids: dict[int, set[str]] = {}
        self._rooms: dict[str, set[int]] = {}
        self._seen = 0
        self._commands: dict[int, tuple[Command, ...]] = {}
        self._touched: set[int] = set()
        self.sockets: Sockets = NoSockets()

    # asked by hub and pages

    def admit(self, auth: object) -> Visitor:
        """Who asks with this CONNECT payload. Raises Refusal for a key that is none (any more)."""
        said: Mapping[str, Any] = auth if isinstance(auth, Mapping) else {}
        if "key" not in said:
            board = said.get("board")
            return Visitor(board if isinstance(board, str) else "")
        screen = self._of_key(said["key"])
        if screen is None or said.get("screen") not in (screen.id, str(screen.id)):
            raise Refusal(NO_KEY)
        if said.get("board") not in (None, screen.board):
            # One of the two has not heard of a move: another server may have told the screen a moment ago.
            self.look()
            screen = self._screens.get(screen.id, screen)
        return Visitor(screen.board, screen.id, guard=said.get("role") == "guard")

    def bearer(self, header: str | None) -> Screen | None:
        """The screen whose key an Authorization header carries; None without one. Raises Refusal for a wrong one."""
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
            self.look()  # paired a moment ago, perhaps by another process
        screen = self._screens.get(self._by_key.get(digest, 0))
        # The dictionary has found it already; compared again so that what decides is not a lookup's timing.
        return screen if screen and screen.key_hash and compare_digest(screen.key_hash, digest) else None

    def all(self) -> tuple[Screen, ...]:
        """Every screen in use."""
        return tuple(self._screens.values())

    def get(self, id: int) -> Screen | None:
        return self._screens.get(id)

    def visitor(self, sid: str) -> Visitor | None:
        return self._visits.get(sid)

    def connected(self, id: int) -> bool:
        """Whether the screen itself, not only its guard, is connected to this server."""
        return any(not self._visits[sid].guard for sid in self._sids.get(id, ()))

    def kinds(self) -> Counter[str]:
        """How many connections there are of screens, of their guards, and of the public ("viewer")."""
        return Counter(
            "viewer" if one.screen is None else "guard" if one.guard else "screen" for one in self._visits.values()
        )

    def here(self, board: str) -> tuple[int, ...]:
        """The screens of a board that are connected to this server."""
        return tuple(self._rooms.get(board, ()))

    def joined(self, sid: str, visitor: Visitor) -> None:
        """Connected; what the screen was asked while it was away is asked now."""
        self._visits[sid] = visitor
        if visitor.screen is None:
            return
        self._sids.setdefault(visitor.screen, set()).add(sid)
        if not visitor.guard:
            self._rooms.setdefault(visitor.board, set()).add(visitor.screen)
        now = self._clock()
        for command in self._commands.get(visitor.screen, ()):
            if command.until > now and not self._taken_back(command):
                self.sockets.command(sid, _message(command))

    def _taken_back(self, command: Command) -> bool:
        """A handover that is not the screen's last word: it was taken back, or another has come after it."""
        screen = self._screens.get(command.screen)
        return command.name == "handover" and (screen is None or command.until != screen.handed_until)

    def left(self, sid: str) -> Visitor | None:
        visitor = self._visits.pop(sid, None)
        if visitor is None or visitor.screen is None:
            return visitor
        sids = self._sids.get(visitor.screen, set())
        sids.discard(sid)
        if not sids:
            self._sids.pop(visitor.screen, None)
        if not self.connected(visitor.screen):
            self._rooms.get(visitor.board, set()).discard(visitor.screen)
        return visitor

    def take_touched(self) -> set[int]:
        """The screens that were paired, changed or revoked since this was asked last."""
        touched, self._touched = self._touched, set()
        return touched

    # the metronome

    def look(self) -> None:
        """Learns what changed since the last look, and does to open sockets what follows from it."""
        try:
            current = screens.current(self._db)
            if current == self._seen:
                return
            changed = screens.changed_since(self._db, self._seen)
            asked = screens.commands_since(self._db, self._seen, self._clock())
        except StoreError as error:
            # Said by the director's own look at the same store; what was known stays true until it answers again.
            log.debug("screens not read", error=str(error))
            return
        self._seen = current
        for screen in changed:
            self._take(screen)
        self._forget_old()
        for command in asked:
            self._pass_on(command)

    def _take(self, screen: Screen) -> None:
        self._touched.add(screen.id)
        before = self._screens.pop(screen.id, None)
        if before is not None and before.key_hash is not None:
            self._by_key.pop(before.key_hash, None)
        if screen.revoked is not None:
            self._cut(screen)
            return
        self._screens[screen.id] = screen
        if screen.key_hash is not None:
            self._by_key[screen.key_hash] = screen.id
        if before is not None and before.board != screen.board:
            self._move(screen)

    def _cut(self, screen: Screen) -> None:
        sids = tuple(self._sids.get(screen.id, ()))
        for sid in sids:
            self.sockets.cut(sid)
        log.info("screen revoked", screen=screen.id, board=screen.board, cut=len(sids))

    def _move(self, screen: Screen) -> None:
        for sid in tuple(self._sids.get(screen.id, ())):
            visitor = self._visits[sid]
            self._rooms.get(visitor.board, set()).discard(screen.id)
            self._visits[sid] = Visitor(screen.board, screen.id, visitor.guard)
            if not visitor.guard:
                self._rooms.setdefault(screen.board, set()).add(screen.id)
            self.sockets.move(sid, screen.board)
        log.info("screen moved", screen=screen.id, board=screen.board)

    def _pass_on(self, command: Command) -> None:
        held = self._commands.get(command.screen, ())
        self._commands[command.screen] = (*held, command)
        sids = tuple(self._sids.get(command.screen, ()))
        for sid in sids:
            self.sockets.command(sid, _message(command))
        log.info("screen asked", screen=command.screen, name=command.name, id=command.id, sockets=len(sids))

    def _forget_old(self) -> None:
        now = self._clock()
        for screen, commands in list(self._commands.items()):
            left = tuple(one for one in commands if one.until > now)
            if left:
                self._commands[screen] = left
            else:
                del self._commands[screen]


def _message(command: Command) -> wire.Message:
    return {"id": str(command.id), "name": command.name, "until": to_ms(command.until)}
