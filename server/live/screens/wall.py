"""The live wall: tells pages of the desk what every screen shows; called by hub, wall_events and the scheduler.

    director ──slide, state, notice──> hub ──> Wall ──rows of what changed, four times a second──> sockets of the desk
    registry, receipts ──touched────────────────┘

A page opens its Socket.IO connection with a ticket that the desk put into the page. The sign-in and the rights of the
person who opened it are checked every second, so a person who is signed out or loses the right is disconnected within
two seconds. An open page does not prolong the sign-in, which ends eight hours after the last request
(docs/decisions/0035).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import inf
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
from server.store.people.sign_in_ages import SignInAges
from server.store.screens import receipts
from server.store.sources import sources

log = structlog.get_logger("wall")
T = TypeVar("T")

ROWS_A_MESSAGE = 500
# Seconds between two reads of the connection states that other servers have stored, and between two updates of the
# boards that have opening hours.
LINKS_EVERY = 5.0
HOURS_EVERY = 20.0
MOST_WANTED = 60


class WallProvider(Protocol):
    """The methods of the director that the wall calls."""

    def glass(self, board: str) -> wire.Glass | None: ...
    def boards(self) -> list[wire.Glass]: ...
    def bodies(self, hashes: list[str]) -> list[Slide]: ...


class WallPublisher(Protocol):
    """Sends messages to the desk's pages, which show the wall, and disconnects them; implemented by WallEvents."""

    def send(self, sid: str, event: str, message: wire.Message) -> None: ...
    def disconnect_viewer(self, sid: str) -> None: ...


@dataclass(slots=True)
class WallViewer:
    """A page that shows the wall: the id of its person's sign-in, and the slugs of the areas that it may see.

    ``ready`` is set when all current rows have been sent to the page; changes are sent only after that.
    """

    sign_in: str
    areas: frozenset[str]
    ready: bool = False


class Wall:
    """Knows the pages that show the wall, and what has changed since the last rows were sent.

    ``offload`` runs queries outside the event loop. ``monotonic`` returns seconds. ``read_ticket`` returns the id of
    the sign-in that a ticket belongs to, None for an invalid ticket.
    """

    def __init__(
        self,
        provider: WallProvider,
        registry: ScreenRegistry,
        receipts: Receipts,
        clock: Callable[[], datetime],
        *,
        monotonic: Callable[[], float],
        offload: Offload,
        read_ticket: Callable[[str], str | None],
    ) -> None:
        self._provider, self._registry, self._receipts, self._clock = provider, registry, receipts, clock
        self._monotonic, self._offload, self._read_ticket = monotonic, offload, read_ticket
        self._sign_in_ages = SignInAges(monotonic)
        self._viewers: dict[str, WallViewer] = {}
        self._changed_boards: set[str] = set()
        self._coming: dict[str, wire.Message] = {}
        self._may_return: set[int] = set()
        self._links: dict[int, Link] = {}
        self._links_at = self._hours_at = -inf
        self._tree = AreaTree(())
        self.publisher: WallPublisher | None = None

    # called by hub, through which the director publishes

    def board_changed(self, board: str) -> None:
        """Records that a board's state or notices have changed."""
        self._changed_boards.add(board)

    def slide(self, board: str, message: wire.Message) -> None:
        """Records a board's next slide; ``message`` is the `slide` message that screens get."""
        self._coming[board] = message

    # called by wall_events

    def admit(self, ticket: object) -> WallViewer:
        """Identifies the person behind a page's ticket, and the areas that the page may see; may wait for the store.

        Raises StoreError, and Refusal if the ticket is not valid, the person is signed out or may see no area.
        """
        sign_in = self._read_ticket(ticket) if isinstance(ticket, str) else None
        areas = self._areas_of([sign_in]).get(sign_in) if sign_in else None
        if sign_in is None or not areas:
            raise Refusal("Phiên làm việc đã hết, hãy đăng nhập lại")
        return WallViewer(sign_in, areas)

    def enter(self, sid: str, viewer: WallViewer) -> None:
        """Adds a page that `admit` has let in, and sends it all rows that it may see, in a new greenlet."""
        self._viewers[sid] = viewer
        gevent.spawn(self._send_everything, sid)

    def watches(self, sid: str) -> bool:
        """Whether the client with this Socket.IO id is an admitted page."""
        return sid in self._viewers

    def leave(self, sid: str) -> None:
        """Removes a page that has disconnected."""
        self._viewers.pop(sid, None)

    def want(self, sid: str, asked: object) -> list[wire.Message]:
        """Returns slides as {hash, html}. ``asked`` is unchecked input: a list of [board's slug, slide's hash].

        Slides of boards that the page may not see are left out, and those that their board does not show.
        """
        viewer = self._viewers.get(sid)
        pairs = asked[:MOST_WANTED] if isinstance(asked, list) else []
        hashes: list[str] = []
        for one in pairs if viewer else ():
            board, hash = one if isinstance(one, list) and len(one) == 2 else ("", "")
            glass = self._provider.glass(board) if isinstance(board, str) else None
            if glass and viewer and glass.board.area in viewer.areas and isinstance(hash, str):
                hashes += [hash] if hash in glass.hashes else []
        return [{"hash": one.hash, "html": one.html} for one in self._provider.bodies(hashes)]

    def _areas_of(self, ids: Collection[str]) -> dict[str, frozenset[str]]:
        """Returns, for each of these sign-ins by its id, the slugs of the areas in which its person may see screens.

        Sign-ins that have ended are left out.
        """
        now = self._clock()

        def read(db: Database) -> tuple[AreaTree, dict[str, frozenset[str]]]:
            tree = AreaTree(sources.areas(db))
            found: dict[str, frozenset[str]] = {}
            for id in ids:
                signed = sign_ins.looked_at(db, id, now, self._sign_in_ages)
                try:
                    person = people.by_id(db, signed.person) if signed else None
                except NotFound:
                    person = None
                if person is not None and person.active:
                    found[id] = frozenset(policy.areas_with(person.grants, "screen.view", tree))
            return tree, found

        self._tree, found = self._offload(read)
        return found

    def _send_everything(self, sid: str) -> None:
        """Sends a page all areas, boards and screens that it may see, and marks it as ready.

        Other greenlets run between the messages.
        """
        viewer = self._viewers.get(sid)
        if viewer is None:
            return
        try:
            self._read_links()
        except StoreError as error:
            # The page shows the states that this server knows; those from other servers follow after the next read.
            log.warning("the wall cannot read links", error=str(error))
        areas = [one for slug in self._tree.slugs() if slug in viewer.areas for one in (self._tree.get(slug),)]
        listed = [[one.slug, one.name, one.parent if one.parent in viewer.areas else None] for one in areas]
        self._send(sid, {"begin": True, "areas": listed})
        visible = [glass for glass in self._provider.boards() if glass.board.area in viewer.areas]
        slugs = {glass.board.slug for glass in visible}
        for glasses in _chunks(visible):
            self._send(sid, {"boards": [board_row(glass, self._clock()) for glass in glasses]})
            gevent.sleep(0)
        for screens in _chunks([one for one in self._registry.all() if one.board in slugs]):
            self._send(sid, {"screens": [self._row(one) for one in screens]})
            gevent.sleep(0)
        viewer.ready = True
        self._send(sid, {"whole": True})

    def _send(self, sid: str, message: wire.Message) -> None:
        if self.publisher is not None and sid in self._viewers:
            self.publisher.send(sid, "wall", {"now": to_ms(self._clock()), **message})

    # rows

    def _row(self, screen: Screen) -> Row:
        """The wall's row of a screen (core.screens.wall_rows)."""
        glass = self._provider.glass(screen.board)
        area = glass.board.area if glass else ""
        phones = (self._tree.get(slug).phone for slug in self._tree.chain(area))
        urgent = next((notice.id for notice, _ in glass.notices if notice.shown_level == "urgent"), 0) if glass else 0
        return screen_row(
            screen,
            self._link(screen.id),
            connected=self._registry.connected(screen.id),
            phone=screen.phone or next((phone for phone in phones if phone), ""),
            confirmed=screen.id in self._receipts.shown_by(urgent),
            now=self._clock(),
        )

    def _link(self, id: int) -> Link | None:
        """The connection state of a screen; None if none is known.

        It is the one of this server if the screen is connected here, otherwise the later one of this server's and the
        one that another server has stored.
        """
        here, there = self._receipts.link(id), self._links.get(id)
        if here is None or there is None:
            return here or there
        return here if here.seen >= there.seen or self._registry.connected(id) else there

    def _read_links(self) -> set[int]:
        """Reads the connection states in the store, at most every ``LINKS_EVERY`` seconds.

        Returns the ids of the screens whose state has changed and that are not connected to this server.
        """
        now = self._monotonic()
        if now - self._links_at < LINKS_EVERY:
            return set()
        self._links_at = now
        before, self._links = self._links, self._offload(receipts.links)
        return {id for id, link in self._links.items() if before.get(id) != link and not self._registry.connected(id)}

    # called by the scheduler

    def send_changes(self) -> None:
        """Sends each page the rows that have changed; called four times a second. Does little if no page is open."""
        touched = self._receipts.take_touched() | self._registry.take_touched()
        boards, coming = self._changed_boards, self._coming
        self._changed_boards, self._coming = set(), {}
        if not any(viewer.ready for viewer in self._viewers.values()):
            return
        now = self._monotonic()
        if now - self._hours_at > HOURS_EVERY:
            self._hours_at = now
            boards |= {glass.board.slug for glass in self._provider.boards() if glass.board.hours}
        if boards:
            touched |= {one.id for one in self._registry.all() if one.board in boards}
        touched |= self._may_return
        self._send_rows(boards, coming, touched)

    def _send_rows(self, boards: set[str], coming: dict[str, wire.Message], touched: set[int]) -> None:
        """Sends each page the rows of ``boards``, the ``coming`` slides, and the rows of the screens ``touched``."""
        now = self._clock()
        glasses = {slug: glass for slug in (*boards, *coming) if (glass := self._provider.glass(slug))}
        board_rows = [(glasses[slug].board.area, board_row(glasses[slug], now)) for slug in boards if slug in glasses]
        coming_rows = [
            (glasses[slug].board.area, coming_row(glasses[slug], tick))
            for slug, tick in coming.items()
            if slug in glasses
        ]
        known = [screen for id in touched if (screen := self._registry.get(id))]
        self._may_return = {one.id for one in known if self._left_recently(one, now)}
        screen_rows = [(self._area(one.board), self._row(one)) for one in known]
        gone = sorted(id for id in touched if self._registry.get(id) is None)
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
                self._send(sid, {name: rows for name, rows in message.items() if rows})

    def _area(self, board: str) -> str:
        glass = self._provider.glass(board)
        return glass.board.area if glass else ""

    def _left_recently(self, screen: Screen, now: datetime) -> bool:
        """Whether a screen has disconnected so recently that its row may still change.

        Its row changes when the screen reconnects, or when it counts as lost after ``PATIENCE``.
        """
        link = self._link(screen.id)
        return link is not None and not self._registry.connected(screen.id) and abs(now - link.seen) <= 2 * PATIENCE

    def check_sign_ins(self) -> None:
        """Disconnects the pages of people who are signed out or whose areas have changed; called once a second.

        Also reads the connection states that other servers have stored. If the store fails, nothing changes.
        """
        if not self._viewers:
            return
        # A copy, because pages may connect while the store is read; the result says nothing about them.
        checked = dict(self._viewers)
        try:
            areas = self._areas_of({viewer.sign_in for viewer in checked.values()})
            changed = self._read_links()
        except StoreError as error:
            log.warning("the wall cannot be checked", error=str(error))
            return
        self._may_return |= changed
        for sid, viewer in checked.items():
            if sid in self._viewers and areas.get(viewer.sign_in) != viewer.areas:
                log.info("wall closed", sid=sid, reason="signed out or other rights")
                self.leave(sid)
                if self.publisher is not None:
                    self.publisher.disconnect_viewer(sid)


def _chunks(values: list[T]) -> Iterable[list[T]]:
    return (values[at : at + ROWS_A_MESSAGE] for at in range(0, len(values), ROWS_A_MESSAGE))
