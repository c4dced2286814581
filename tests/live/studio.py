"""Directors for tests, on a real store, with real slides and a clock that the test moves.

A director composes the laps of all boards and tells a publisher what to send to the screens.
``Studio`` is one store with any number of directors on it, each like that of a server which shares the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from feeds.entry import Entry
from server.content.board_content import SlideMaker
from server.core import wire
from server.core.lap.airing import airing_at
from server.core.model import Source
from server.core.times import to_ms
from server.live.loop.offload import Offload
from server.live.rotation.alert_polls import ReadPolls
from server.live.rotation.director import Director
from server.slides.render import Renderer
from server.store.database.engine import Database
from server.store.sources import sources, stories
from tests.cast import AREAS, BOARDS, NOW, SOURCES

T = TypeVar("T")
BRIEF = timedelta(milliseconds=50)
HALL, COMMUNE, STREET = (board.slug for board in BOARDS)
Logged = list[MutableMapping[str, Any]]


@cache
def renderer() -> Renderer:
    """The renderer that all tests share; it has no state, because slides depend only on their items."""
    return Renderer()


@dataclass
class Clock:
    """A fake system clock that stands still until the test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class RecordingPublisher:
    """A fake publisher that records each message as (event, board, message).

    In place of a `state` message it records the board's revision at that time.
    """

    messages: list[tuple[str, str, Any]] = field(default_factory=list)
    director: Director | None = None

    def state(self, board: str) -> None:
        glass = self.director.glass(board) if self.director else None
        self.messages.append(("state", board, glass.revision if glass else None))

    def notice(self, board: str, message: wire.Message) -> None:
        self.messages.append(("notice", board, message))

    def clear(self, board: str, message: wire.Message) -> None:
        self.messages.append(("clear", board, message))

    def slide(self, board: str, message: wire.Message) -> None:
        self.messages.append(("slide", board, message))

    def serving(self, board: str, message: wire.Message) -> None:
        self.messages.append(("serving", board, message))

    def of(self, *events: str, board: str | None = None) -> list[Any]:
        """The recorded messages of these events, in order; with ``board`` only those to that board."""
        return [message for event, at, message in self.messages if event in events and board in (None, at)]

    def boards(self, event: str) -> set[str]:
        """The boards to which this event was sent."""
        return {board for sent, board, _ in self.messages if sent == event}

    def take(self) -> None:
        """Forgets all recorded messages."""
        self.messages.clear()


@dataclass
class Studio:
    """One store and a clock; ``db`` is a connection to the store, ``open`` opens another one."""

    db: Database
    clock: Clock
    open: Callable[[], Database]

    def direct(
        self,
        *,
        offload: Offload | None = None,
        offload_write: Offload | None = None,
        maker: SlideMaker | None = None,
        maybe_yield: Callable[[], object] = lambda: None,
        clock_steps: Callable[[], int] = lambda: 0,
        read_polls: ReadPolls = lambda _db, _now: (),
        silent_after: timedelta = timedelta(minutes=10),
    ) -> Director:
        """A director on its own connection to the store, before its first tick.

        The arguments replace the director's dependencies; by default all work runs at once in the caller's thread.
        """
        db = self.open()

        def call(work: Callable[[Database], T], /) -> T:
            return work(db)

        director = Director(
            db,
            maker or renderer(),
            self.clock,
            offload=offload or call,
            offload_write=offload_write or call,
            maybe_yield=maybe_yield,
            clock_steps=clock_steps,
            read_polls=read_polls,
            silent_after=silent_after,
        )
        director.publisher = RecordingPublisher(director=director)
        return director

    def on_air(self) -> tuple[Director, RecordingPublisher]:
        """A director after its first tick and refresh, and its publisher with no messages recorded."""
        director = self.direct()
        beat(director)
        published = published_by(director)
        published.take()
        return director, published

    def read(self, source: Source, *entries: Entry) -> None:
        """Saves entries as a reading of ``source``, as the harvest does; an entry with a known id edits its story."""
        stories.save(self.db, source, entries, images={}, now=self.clock())


def published_by(director: Director) -> RecordingPublisher:
    assert isinstance(director.publisher, RecordingPublisher)
    return director.publisher


def beat(*directors: Director) -> None:
    """Runs the tick and the refresh of each director once."""
    for director in directors:
        director.tick()
        director.refresh()


def glass(director: Director, board: str) -> wire.Glass:
    found = director.glass(board)
    assert found is not None
    return found


def on_glass(director: Director, board: str, instant: datetime) -> tuple[str | None, int]:
    """The slide that the board's lap shows at ``instant``: its hash and its start in milliseconds."""
    lap = glass(director, board).lap
    airing = airing_at(lap, to_ms(instant))
    assert airing is not None
    return (lap.filler if airing.index is None else lap.slots[airing.index].hash), airing.start


def revisions(*directors: Director) -> list[dict[str, int]]:
    """For each director: board -> revision."""
    return [{one.board.slug: one.revision for one in director.boards()} for director in directors]


def keys(director: Director, board: str) -> list[str]:
    return [slot.key for slot in glass(director, board).lap.slots]


def migrated(folder: Path) -> Path:
    """Makes a store with the areas, sources and boards of tests.cast in ``folder``; returns its file.

    The store is closed, so that everything is in the file and nothing in the write-ahead log.
    """
    db = Database.open("sqlite:///bangtin.db", folder)
    db.migrate()
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    db.close()
    return folder / "bangtin.db"


def studio(folder: Path) -> Iterator[Studio]:
    """Yields a `Studio` on the store in ``folder``, and closes its database connections at the end."""
    opened: list[Database] = []

    def open_one() -> Database:
        opened.append(Database.open("sqlite:///bangtin.db", folder, busy_timeout=BRIEF))
        return opened[-1]

    yield Studio(open_one(), Clock(), open_one)
    for db in opened:
        db.close()
