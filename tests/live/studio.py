"""A director with everything around it handed in: real store, real slides, a clock that stands; called by the tests.

``Studio`` is one store with any number of directors on it, as if so many servers shared it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from server.live.rotation.director import Director
from server.slides.render import Renderer
from server.store.database.engine import Database
from server.store.sources import sources, stories
from tests.cast import AREAS, BOARDS, NOW, SOURCES

T = TypeVar("T")
BRIEF = timedelta(milliseconds=50)


@cache
def renderer() -> Renderer:
    """One for all tests: slides depend on nothing but their items."""
    return Renderer()


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Listener:
    """An outlet that keeps what was said: (event, board, message), and for `state` the revision it had then."""

    heard: list[tuple[str, str, Any]] = field(default_factory=list)
    director: Director | None = None

    def state(self, board: str) -> None:
        glass = self.director.glass(board) if self.director else None
        self.heard.append(("state", board, glass.revision if glass else None))

    def notice(self, board: str, message: wire.Message) -> None:
        self.heard.append(("notice", board, message))

    def clear(self, board: str, message: wire.Message) -> None:
        self.heard.append(("clear", board, message))

    def slide(self, board: str, message: wire.Message) -> None:
        self.heard.append(("slide", board, message))

    def of(self, *events: str, board: str | None = None) -> list[Any]:
        """The messages of these events, in order."""
        return [message for event, at, message in self.heard if event in events and board in (None, at)]

    def boards(self, event: str) -> set[str]:
        return {board for said, board, _ in self.heard if said == event}

    def take(self) -> None:
        """Forgets what was heard so far."""
        self.heard.clear()


@dataclass
class Studio:
    """One store; ``open`` gives another connection to it."""

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
    ) -> Director:
        """A director as a server that starts has it, not yet ticking."""
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
        )
        director.publisher = Listener(director=director)
        return director

    def on_air(self) -> tuple[Director, Listener]:
        """A director that has begun, and its listener with nothing heard yet."""
        director = self.direct()
        beat(director)
        heard = heard_of(director)
        heard.take()
        return director, heard

    def read(self, source: Source, *entries: Entry) -> None:
        """As if the harvest had read these; of one entry id once more, an edit."""
        stories.save(self.db, source, entries, images={}, now=self.clock())


def heard_of(director: Director) -> Listener:
    assert isinstance(director.publisher, Listener)
    return director.publisher


def beat(*directors: Director) -> None:
    """One beat of each metronome."""
    for director in directors:
        director.tick()
        director.refresh()


def glass(director: Director, board: str) -> wire.Glass:
    found = director.glass(board)
    assert found is not None
    return found


def on_glass(director: Director, board: str, instant: datetime) -> tuple[str | None, int]:
    """Hash and start of what the board's lap says for ``instant``."""
    lap = glass(director, board).lap
    airing = airing_at(lap, to_ms(instant))
    assert airing is not None
    return (lap.filler if airing.index is None else lap.slots[airing.index].hash), airing.start


def keys(director: Director, board: str) -> list[str]:
    return [slot.key for slot in glass(director, board).lap.slots]


def migrated(folder: Path) -> Path:
    """A file with the cast's areas, sources and boards, closed so that all of it is in the file."""
    db = Database.open("sqlite:///bangtin.db", folder)
    db.migrate()
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    db.close()
    return folder / "bangtin.db"


def studio(folder: Path) -> Iterator[Studio]:
    """A studio on the store in ``folder``; everything opened is closed at the end."""
    opened: list[Database] = []

    def open_one() -> Database:
        opened.append(Database.open("sqlite:///bangtin.db", folder, busy_timeout=BRIEF))
        return opened[-1]

    yield Studio(open_one(), Clock(), open_one)
    for db in opened:
        db.close()
