"""Helpers of the harvest tests: a store with sources, a harvest that reads them, and fakes of feeds and threads."""

# ruff: noqa: ARG002 - a fake has the whole signature of what it replaces
from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from typing import Any, TypeVar

from feeds.download.http import Fetched
from feeds.download.request import FetchPolicy
from feeds.entry import Entry, Picture, Reading
from feeds.selectors import Selectors
from server.core.model import Lane, Source, SourceState
from server.store.sources import sources, story_lanes
from server.worker.harvest.harvest import Harvest, HarvestPools
from server.worker.harvest.source_reader import FeedClient, SourceReader
from server.worker.harvest.thread_pools import ThreadPool
from tests.cast import AREAS, NOW, source
from tests.live.studio import Clock, Studio

SOON = 60.0
"""The most seconds that a test waits before it fails; nothing is expected to take that long."""
ARTICLES = "https://tinh.example.vn/"
A = source("a")
B = source("b")
T = TypeVar("T")
Logged = list[MutableMapping[str, Any]]


class Direct(Executor):
    """An executor that runs each task at once, in the caller's thread."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work(*args, **kwargs))
        return done


@dataclass
class FakeFeeds:
    """A fake of the library feeds; an exception in one of its tables is raised instead of returned.

    ``answers`` are found by address; ``readings``, ``articles`` and ``pictures`` by the fetched body. ``asked``
    records requests as (address, etag, last modified), ``checked_links`` the requests of the dead-link check.
    ``read_bodies`` records the bodies that were read, ``pages`` the selectors given with each.
    """

    answers: dict[str, Fetched | Exception] = field(default_factory=dict)
    readings: dict[bytes, Sequence[Entry] | Reading | Exception] = field(default_factory=dict)
    articles: dict[bytes, tuple[str, str | None, str] | Exception] = field(default_factory=dict)
    pictures: dict[bytes, Picture | Exception] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    checked_links: list[str] = field(default_factory=list)
    read_bodies: list[bytes] = field(default_factory=list)
    pages: list[Selectors | None] = field(default_factory=list)

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        if url not in self.answers and url.startswith(ARTICLES):
            self.checked_links.append(url)
            return fetched(b"")
        self.asked.append((url, etag, last_modified))
        return _or_raise(self.answers[url])

    def read(
        self, body: bytes, *, address: str, content_type: str, zone: str, now: datetime, page: Selectors | None
    ) -> Reading:
        self.read_bodies.append(body)
        self.pages.append(page)
        found = self.readings[body]
        return found if isinstance(found, Reading) else Reading("", "", "vi", tuple(_or_raise(found)))

    def article(self, body: bytes, *, address: str, content_type: str) -> tuple[str, str | None, str]:
        return _or_raise(self.articles[body])

    def picture(self, body: bytes) -> Picture:
        return _or_raise(self.pictures[body])


def _or_raise(found: T | Exception) -> T:
    if isinstance(found, Exception):
        raise found
    return found


def fetched(body: bytes = b"one", status: int = 200, etag: str = "", modified: str = "", **more: Any) -> Fetched:
    return Fetched("https://tinh.example.vn/tin", status, body, "", etag, modified, None, None, None, **more)


@dataclass
class HarvestCase:
    """A store with some sources, and the harvest on it; ``data`` is the folder for files and pictures."""

    house: Studio
    data: Path
    reader: FakeFeeds = field(default_factory=FakeFeeds)

    @property
    def clock(self) -> Clock:
        return self.house.clock

    def seed(self, *wanted: Source) -> None:
        sources.seed(self.house.db, areas=AREAS, sources=wanted, boards=(), now=NOW)

    def harvest(
        self, reader: FeedClient | None = None, worker: str = "a", local: Executor | None = None,
        remote: Executor | None = None, ailing: Executor | None = None,
    ) -> Harvest:  # fmt: skip
        db, reader = self.house.open(), reader or self.reader
        source_reader = SourceReader(
            db, reader, self.clock, base=self.data, folder=self.data, allow_private=("127.0.0.1",)
        )

        def seconds() -> float:
            return self.clock().timestamp()

        pools = HarvestPools(
            ThreadPool(local or Direct(), 2, 2, clock=seconds),
            ThreadPool(remote or Direct(), 4, 24, clock=seconds),
            ThreadPool(ailing or Direct(), 2, 12, clock=seconds),
        )
        return Harvest(db, reader, source_reader, self.clock, worker=worker, pools=pools, spread=lambda: 0.0)

    def state(self, slug: str) -> SourceState:
        return next(state for state in sources.states(self.house.db) if state.slug == slug)

    def titles(self, slug: str) -> list[str]:
        lanes = (Lane(slug, 100, newest_days=36_500),)
        return [story.title for story in story_lanes.for_lanes(self.house.db, [lanes], NOW)[lanes]]


class BlockingFeeds(FakeFeeds):
    """Fake feeds whose requests all block until ``go`` is set; ``most`` has the most concurrent requests per host.

    Hosts in ``let_through`` answer at once. ``both`` is set when two requests are blocked.
    """

    def __init__(self, let_through: Sequence[str] = ()) -> None:
        super().__init__()
        self.let_through = let_through
        self.go, self.lock = Event(), Lock()
        self.now: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.both = Event()

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        at = url.split("/")[2]
        if at in self.let_through:
            return fetched(b"", 304)
        with self.lock:
            self.now[at] = self.now.get(at, 0) + 1
            self.most[at] = max(self.most.get(at, 0), self.now[at])
            if sum(self.now.values()) == 2:
                self.both.set()
        assert self.go.wait(SOON)
        with self.lock:
            self.now[at] -= 1
            self.asked.append((url, etag, last_modified))
        return fetched(b"", 304)


def file_source(path: str) -> Source:
    return Source("tep", "Tệp", "feed", path, area="tinh", trust="auto")


def wait_until(act: Callable[[], object], true: Callable[[], bool]) -> None:
    """Calls ``act`` again and again until ``true()`` holds; fails after SOON seconds."""
    deadline, pause = monotonic() + SOON, Event()
    while not true():
        assert monotonic() < deadline
        act()
        pause.wait(0.02)
