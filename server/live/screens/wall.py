"""The desk's live wall: what every screen shows, pushed to whoever may see it; called by hub, director and metronome.

    director ──slide, state, notice──> Wall ──rows of what changed, four times a second──> /desk sockets
    devices, receipts ──touched──────────┘

A socket of the desk is opened with a ticket that its page was given, and lives as long as the sign-in: looked at
every second, so that whoever loses a right or is signed out sees nothing more within two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import gevent
import structlog

from server.core import policy, wire
from server.core.areas import AreaTree
from server.core.model import Slide
from server.core.screens.screens import Link, Screen
from server.core.screens.wall_rows import PATIENCE, Row, board_row, coming_row, screen_row
from server.core.times import to_ms
from server.live.loop.offload import Offload
from server.live.screens.receipts import Receipts
from server.live.screens.registry import Refusal, ScreenRegistry
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreError
from server.store.people import people, sign_ins
from server.store.screens import receipts
from server.store.sources import sources

log = structlog.get_logger("wall")
T = TypeVar("T")

PIECE = 500
LINKS_EVERY = timedelta(seconds=5)
HOURS_EVERY = timedelta(seconds=20)
MOST_WANTED = 60


class WallProvider(Protocol):
    """What the wall asks of the director."""

    def glass(self, board: str) -> wire.Glass | None: ...
    def boards(self) -> list[wire.Glass]: ...
    def bodies(self, hashes: list[str]) -> list[Slide]: ...


class WallPublisher(Protocol):
    """Where rows go: the hub's sockets in the namespace of the desk."""

    def tell(self, sid: str, event: str, message: wire.Message) -> None: ...
    def show_out(self, sid: str) -> None: ...


@dataclass(slots=True)
class WallViewer:
    """One open wall: whose sign-in, which areas; nothing is sent before ``ready``."""

    sign_in: str
    areas: frozenset[str]
    ready: bool = False


class Wall:
    """Knows who watches, and what has changed since they were told last. ``read_ticket`` gives a sign-in's id."""

    def __init__(
        self,
        provider: WallProvider,
        devices: ScreenRegistry,
        receipts: Receipts,
        clock: Callable[[], datetime],
        *,
        offload: Offload,
        read_ticket: Callable[[str], str | None],
    ) -> None:
        self._provider, self._devices, self._receipts, self._clock = provider, devices, receipts, clock
        self._offload, self._read_ticket = offload, read_ticket
        self._viewers: dict[str, WallViewer] = {}
        self._boards: set[str] = set()
        self._coming: dict[str, wire.Message] = {}
        self._settling: set[int] = set()
        self._links: dict[int, Link] = {}
        self._links_at = self._hours_at = datetime.min.replace(tzinfo=clock().tzinfo)
        self._tree = AreaTree(())
        self.publisher: WallPublisher | None = None

    # told by the hub, which hears the director

    def board_changed(self, board: str) -> None:
        self._boards.add(board)

    def slide(self, board: str, message: wire.Message) -> None:
        self._coming[board] = message

    # sockets of the desk

    def enter(self, sid: str, ticket: object) -> None:
        """Lets a page of the desk watch. Raises Refusal."""
        sign_in = self._read_ticket(ticket) if isinstance(ticket, str) else None
        areas = self._areas_of([sign_in]).get(sign_in) if sign_in else None
        if sign_in is None or not areas:
            raise Refusal("Phiên làm việc đã hết, hãy đăng nhập lại")
        self._viewers[sid] = WallViewer(sign_in, areas)
        gevent.spawn(self._begin, sid)

    def leave(self, sid: str) -> None:
        self._viewers.pop(sid, None)

    def want(self, sid: str, words: object) -> list[wire.Message]:
        """Bodies of slides, asked as [[board, hash]…]: only of boards that the watcher may see."""
        viewer = self._viewers.get(sid)
        asked = words[:MOST_WANTED] if isinstance(words, list) else []
        hashes: list[str] = []
        for one in asked if viewer else ():
            board, hash = one if isinstance(one, list) and len(one) == 2 else ("", "")
            glass = self._provider.glass(board) if isinstance(board, str) else None
            if glass and viewer and glass.board.area in viewer.areas and isinstance(hash, str):
                hashes += [hash] if hash in glass.hashes else []
        return [{"hash": one.hash, "html": one.html} for one in self._provider.bodies(hashes)]

    def _areas_of(self, ids: Collection[str]) -> dict[str, frozenset[str]]:
        """By sign-in, the areas in which its person may see screens; those that have ended are left out."""
        now = self._clock()

        def look(db: Database) -> tuple[AreaTree, dict[str, frozenset[str]]]:
            tree = AreaTree(sources.areas(db))
            found: dict[str, frozenset[str]] = {}
            for id in ids:
                signed = sign_ins.alive(db, id, now)
                try:
                    person = people.by_id(db, signed.person) if signed else None
                except NotFound:
                    person = None
                if person is not None and person.active:
                    found[id] = frozenset(policy.areas_with(person.grants, "screen.view", tree))
            return tree, found

        self._tree, found = self._offload(look)
        return found

    def _begin(self, sid: str) -> None:
        """Everything once, in pieces between which the loop turns."""
        viewer = self._viewers.get(sid)
        if viewer is None:
            return
        self._read_links()
        areas = [one for slug in self._tree.slugs() if slug in viewer.areas for one in (self._tree.get(slug),)]
        listed = [[one.slug, one.name, one.parent if one.parent in viewer.areas else None] for one in areas]
        self._tell(sid, {"begin": True, "areas": listed})
        shown = [glass for glass in self._provider.boards() if glass.board.area in viewer.areas]
        mine = {glass.board.slug for glass in shown}
        for piece in _pieces(shown):
            self._tell(sid, {"boards": [board_row(glass, self._clock()) for glass in piece]})
            gevent.sleep(0)
        for some in _pieces([one for one in self._devices.all() if one.board in mine]):
            self._tell(sid, {"screens": [self._row(one) for one in some]})
            gevent.sleep(0)
        viewer.ready = True
        self._tell(sid, {"whole": True})

    def _tell(self, sid: str, message: wire.Message) -> None:
        if self.publisher is not None and sid in self._viewers:
            self.publisher.tell(sid, "wall", {"now": to_ms(self._clock()), **message})

    # rows

    def _row(self, screen: Screen) -> Row:
        glass = self._provider.glass(screen.board)
        area = glass.board.area if glass else ""
        phones = (self._tree.get(slug).phone for slug in self._tree.chain(area))
        urgent = next((notice.id for notice, _ in glass.notices if notice.level == "urgent"), 0) if glass else 0
        return screen_row(
            screen,
            self._link(screen.id),
            connected=self._devices.connected(screen.id),
            phone=screen.phone or next((phone for phone in phones if phone), ""),
            confirmed=screen.id in self._receipts.shown_by(urgent),
            now=self._clock(),
        )

    def _link(self, id: int) -> Link | None:
        """What this server heard, or what another one wrote, whichever is later."""
        here, there = self._receipts.link(id), self._links.get(id)
        if here is None or there is None:
            return here or there
        return here if here.seen >= there.seen or self._devices.connected(id) else there

    def _read_links(self) -> set[int]:
        """Learns what other servers heard; gives the screens whose word is new."""
        now = self._clock()
        if now - self._links_at < LINKS_EVERY:
            return set()
        self._links_at = now
        before, self._links = self._links, self._offload(receipts.links)
        return {id for id, link in self._links.items() if before.get(id) != link and not self._devices.connected(id)}

    # the metronome

    def beat(self) -> None:
        """Tells each watcher what has changed; four times a second. Nobody watching costs nothing."""
        touched = self._receipts.take_touched() | self._devices.take_touched()
        boards, coming = self._boards, self._coming
        self._boards, self._coming = set(), {}
        if not any(viewer.ready for viewer in self._viewers.values()):
            return
        now = self._clock()
        if now - self._hours_at > HOURS_EVERY:
            self._hours_at = now
            boards |= {glass.board.slug for glass in self._provider.boards() if glass.board.hours}
        if boards:
            touched |= {one.id for one in self._devices.all() if one.board in boards}
        touched |= self._settling
        self._send(boards, coming, touched)

    def _send(self, boards: set[str], coming: dict[str, wire.Message], touched: set[int]) -> None:
        now = self._clock()
        glasses = {slug: glass for slug in (*boards, *coming) if (glass := self._provider.glass(slug))}
        board_rows = [(glasses[slug].board.area, board_row(glasses[slug], now)) for slug in boards if slug in glasses]
        coming_rows = [
            (glasses[slug].board.area, coming_row(glasses[slug], tick))
            for slug, tick in coming.items()
            if slug in glasses
        ]
        known = [screen for id in touched if (screen := self._devices.get(id))]
        self._settling = {one.id for one in known if self._may_return(one, now)}
        screen_rows = [(self._area(one.board), self._row(one)) for one in known]
        gone = sorted(id for id in touched if self._devices.get(id) is None)
        for sid, viewer in list(self._viewers.items()):
            if not viewer.ready:
                continue
            message = {
                "boards": [row for area, row in board_rows if area in viewer.areas],
                "coming": [row for area, row in coming_rows if area in viewer.areas],
                "screens": [row for area, row in screen_rows if area in viewer.areas],
                "gone": gone,
            }
            if any(message.values()):
                self._tell(sid, {name: rows for name, rows in message.items() if rows})

    def _area(self, board: str) -> str:
        glass = self._provider.glass(board)
        return glass.board.area if glass else ""

    def _may_return(self, screen: Screen, now: datetime) -> bool:
        """Gone a moment ago: to be looked at again until it is back or lost."""
        link = self._link(screen.id)
        return link is not None and not self._devices.connected(screen.id) and now - link.seen <= 2 * PATIENCE

    def check(self) -> None:
        """Shows out whoever is signed out or has lost the right; once a second."""
        if not self._viewers:
            return
        try:
            areas = self._areas_of({viewer.sign_in for viewer in self._viewers.values()})
            changed = self._read_links()
        except StoreError as error:
            log.warning("the wall cannot be checked", error=str(error))
            return
        self._settling |= changed
        for sid, viewer in list(self._viewers.items()):
            if areas.get(viewer.sign_in) != viewer.areas:
                log.info("wall closed", sid=sid, reason="signed out or other rights")
                self.leave(sid)
                if self.publisher is not None:
                    self.publisher.show_out(sid)


def _pieces(values: list[T]) -> Iterable[list[T]]:
    return (values[at : at + PIECE] for at in range(0, len(values), PIECE))
