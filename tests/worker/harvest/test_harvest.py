"""The harvest: whatever a source does, the others keep their beat, nothing is lost and nothing is read twice."""

# ruff: noqa: ARG002 - a fake has the whole signature of what it stands for
from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from typing import Any, TypeVar

import pytest

from feeds.clean.pictures import Picture
from feeds.download.http import Fetched, FetchPolicy
from feeds.entry import Entry, Reading
from feeds.errors import FeedError, HttpStatus, ParseError, PictureError, TimedOut
from feeds.selectors import Selectors
from server.core.model import Source, SourceState
from server.core.sources.fetch_schedule import LONGEST_BACKOFF, LONGEST_RETRY_AFTER
from server.processes.server import FeedsReader
from server.store.database import revision
from server.store.sources import sources, stories
from server.worker.harvest.harvest import LEASE, Harvest, SourcePools
from server.worker.harvest.source_reader import Reader, SourceReader
from server.worker.harvest.thread_pools import SourcePool
from tests.cast import AREAS, MINUTE, NOW, entry, source
from tests.feeds.hosts import Host, hangs, host, in_turn, says
from tests.live.studio import Clock, Studio
from tests.paths import ROOT

SOON = 60.0
FEED = (ROOT / "feeds/samples/tin.xml").read_bytes()
PICTURE = (ROOT / "feeds/samples/pictures/kenh-muong.jpg").read_bytes()
ARTICLES = "https://tinh.example.vn/"
T = TypeVar("T")
Logged = list[MutableMapping[str, Any]]


class Direct(Executor):
    """Runs at once, in the caller's thread."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work(*args, **kwargs))
        return done


@dataclass
class FakeReader:
    """``answers`` by address: a body, or what is raised; ``readings`` by body: entries, or what is raised."""

    answers: dict[str, Fetched | Exception] = field(default_factory=dict)
    readings: dict[bytes, Sequence[Entry] | Reading | Exception] = field(default_factory=dict)
    articles: dict[bytes, tuple[str, str | None, str] | Exception] = field(default_factory=dict)
    pictures: dict[bytes, Picture | Exception] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    looked_back: list[str] = field(default_factory=list)
    read_bodies: list[bytes] = field(default_factory=list)
    pages: list[Selectors | None] = field(default_factory=list)

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        if url not in self.answers and url.startswith(ARTICLES):
            self.looked_back.append(url)
            return got(b"")
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


def got(body: bytes = b"one", status: int = 200, etag: str = "", modified: str = "", **more: Any) -> Fetched:
    return Fetched("https://tinh.example.vn/tin", status, body, "", etag, modified, None, None, None, **more)


@dataclass
class Field:
    """A store with some sources in it, and the harvest over them."""

    house: Studio
    data: Path
    reader: FakeReader = field(default_factory=FakeReader)

    @property
    def clock(self) -> Clock:
        return self.house.clock

    def sow(self, *wanted: Source) -> None:
        sources.seed(self.house.db, areas=AREAS, sources=wanted, boards=(), now=NOW)

    def harvest(
        self, reader: Reader | None = None, worker: str = "a", local: Executor | None = None,
        remote: Executor | None = None, ailing: Executor | None = None,
    ) -> Harvest:  # fmt: skip
        db, reader = self.house.open(), reader or self.reader
        source_reader = SourceReader(
            db, reader, self.clock, worker=worker, base=self.data, pictures=self.data, allow_private=("127.0.0.1",)
        )
        pools = SourcePools(
            SourcePool(local or Direct(), 2, 2),
            SourcePool(remote or Direct(), 4, 24),
            SourcePool(ailing or Direct(), 2, 12),
        )
        return Harvest(db, reader, source_reader, self.clock, worker=worker, pools=pools, spread=lambda: 0.0)

    def state(self, slug: str) -> SourceState:
        return next(state for state in sources.states(self.house.db) if state.slug == slug)

    def titles(self, slug: str) -> list[str]:
        found = stories.newest(self.house.db, slug, most=100, not_before=NOW - timedelta(days=36_500))
        return [story.title for story in found]


@pytest.fixture
def acre(house: Studio, data: Path) -> Field:
    return Field(house, data)


A = source("a")
B = source("b")


# one source, as it comes and goes


def test_what_is_read_becomes_stories_and_the_next_reading_is_due(acre: Field) -> None:
    acre.sow(A)
    acre.reader.answers[A.url] = got(etag='"1"', modified="Mon")
    acre.reader.readings[b"one"] = (entry("x", title="Tin x"), entry("y", title="Tin y"))
    acre.harvest().beat()
    assert sorted(acre.titles("a")) == ["Tin x", "Tin y"]
    state = acre.state("a")
    assert (state.etag, state.last_modified, state.failures, state.last_good) == ('"1"', "Mon", 0, NOW)
    assert state.next_fetch_at == NOW + A.every


def test_nothing_is_asked_before_it_is_due(acre: Field) -> None:
    acre.sow(A)
    acre.reader.answers[A.url] = got()
    acre.reader.readings[b"one"] = ()
    harvest = acre.harvest()
    for _ in range(5):
        harvest.beat()
        acre.clock.move(minutes=14)
    assert len(acre.reader.asked) == 3  # at 0, 28 and 56 minutes: every 15


@pytest.mark.parametrize("again", [got(b"", 304), got(b"one")])
def test_a_body_as_before_is_not_even_parsed(acre: Field, again: Fetched) -> None:
    acre.sow(A)
    acre.reader.answers[A.url] = got(etag='"1"', modified="Mon")
    acre.reader.readings[b"one"] = (entry("x"),)
    harvest = acre.harvest()
    harvest.beat()
    acre.reader.answers[A.url] = again
    before = revision.current(acre.house.db)
    acre.clock.move(minutes=15)
    harvest.beat()
    assert acre.reader.asked[1:] == [(A.url, '"1"', "Mon")]
    assert acre.reader.read_bodies == [b"one"]
    assert revision.current(acre.house.db) == before
    assert acre.state("a").etag == '"1"'
    assert acre.state("a").last_good == acre.clock()


def test_half_a_feed_is_taken_and_the_rest_is_asked_for_again(acre: Field) -> None:
    acre.sow(A)
    acre.reader.answers[A.url] = got(complete=False)
    acre.reader.readings[b"one"] = (entry("x", title="Tin x"),)
    harvest = acre.harvest()
    harvest.beat()
    acre.clock.move(minutes=15)
    harvest.beat()
    assert acre.titles("a") == ["Tin x"]
    assert acre.reader.read_bodies == [b"one", b"one"]


def test_failures_back_off_and_the_first_success_forgets_them(acre: Field) -> None:
    acre.sow(A)
    acre.reader.answers[A.url] = TimedOut("Chậm quá.", "timeout")
    harvest = acre.harvest()
    waits = []
    for failure in range(1, 8):
        harvest.beat()
        state = acre.state("a")
        assert (state.failures, state.last_error) == (failure, "Chậm quá.")
        waits.append(state.next_fetch_at - acre.clock())
        acre.clock.now = state.next_fetch_at
    assert waits[:4] == [A.every, 2 * A.every, 4 * A.every, 8 * A.every]
    assert waits[-1] == LONGEST_BACKOFF
    acre.reader.answers[A.url] = got()
    acre.reader.readings[b"one"] = ()
    harvest.beat()
    state = acre.state("a")
    assert (state.failures, state.last_error, state.next_fetch_at) == (0, "", acre.clock() + A.every)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(timedelta(hours=2), timedelta(hours=2)), (timedelta(days=9), LONGEST_RETRY_AFTER), (MINUTE, A.every),
     (None, A.every)],
)  # fmt: skip
def test_a_host_may_ask_for_patience_within_reason(acre: Field, asked: timedelta | None, wait: timedelta) -> None:
    acre.sow(A)
    acre.reader.answers[A.url] = HttpStatus("Thưa hơn.", 429, asked)
    acre.harvest().beat()
    assert acre.state("a").next_fetch_at == NOW + wait


def test_what_is_gone_is_left_in_peace_until_its_address_changes(acre: Field) -> None:
    acre.sow(A)
    acre.reader.answers[A.url] = HttpStatus("Đã gỡ.", 410)
    harvest = acre.harvest()
    harvest.beat()
    acre.clock.move(days=30)
    harvest.beat()
    assert len(acre.reader.asked) == 1
    assert acre.state("a").gone
    acre.sow(replace(A, url=B.url))
    acre.reader.answers[B.url] = got(b"", 304)
    harvest.beat()
    assert [url for url, _, _ in acre.reader.asked] == [A.url, B.url]


def test_a_source_that_stays_away_is_one_line_in_the_log(acre: Field, logged: Logged) -> None:
    acre.sow(A)
    acre.reader.answers[A.url] = TimedOut("Chậm quá.", "timeout")
    harvest = acre.harvest()
    for _ in range(4):
        harvest.beat()
        acre.clock.move(hours=5)
    acre.reader.answers[A.url] = HttpStatus("Hết chỗ.", 503)
    harvest.beat()
    said = [line["error"] for line in logged if line["event"] == "source failed" and line["log_level"] == "warning"]
    assert said == ["Chậm quá.", "Hết chỗ."]


def test_what_the_store_could_not_take_is_read_again_within_a_minute(acre: Field) -> None:
    acre.sow(A)
    acre.reader.answers[A.url] = got()
    acre.reader.readings[b"one"] = (entry("x", title="Tin x"),)
    harvest = acre.harvest()

    class Locking(FakeReader):
        """Somebody else begins to write while the source is read, and is not done when it wants to."""

        def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
            writing.enter_context(acre.house.open().write())
            return got()

    with ExitStack() as writing:
        busy = acre.harvest(Locking(readings=acre.reader.readings))
        busy.beat()
    busy.beat()
    assert acre.titles("a") == []
    acre.clock.move(minutes=1)
    harvest.beat()
    assert acre.titles("a") == ["Tin x"]


# files


def test_a_file_is_read_from_the_folder_of_the_configuration(acre: Field) -> None:
    acre.sow(_file("tin.xml"))
    (acre.data / "tin.xml").write_bytes(b"one")
    acre.reader.readings[b"one"] = (entry("x", title="Tin x"),)
    acre.harvest().beat()
    assert acre.titles("tep") == ["Tin x"]
    assert acre.reader.asked == []


def _file(path: str) -> Source:
    return Source("tep", "Tệp", "feed", path, area="tinh", trust="auto")


def test_a_file_that_is_not_there_is_a_failure_like_others(acre: Field) -> None:
    acre.sow(_file("khong-co.xml"))
    acre.harvest().beat()
    assert "khong-co.xml" in acre.state("tep").last_error


# pictures


def test_a_picture_is_kept_once_and_named_by_what_it_shows(acre: Field) -> None:
    acre.sow(A)
    acre.reader.answers |= {A.url: got(), "https://anh.vn/1.jpg": got(b"jpeg")}
    acre.reader.readings[b"one"] = (
        entry("x", image="https://anh.vn/1.jpg"),
        entry("y", image="https://anh.vn/1.jpg"),
    )
    acre.reader.pictures[b"jpeg"] = Picture(b"webp", 640, 360)
    harvest = acre.harvest()
    harvest.beat()
    names = {story.image for story in stories.newest(acre.house.db, "a", most=9, not_before=NOW - 9 * A.every)}
    assert len(names) == 1
    assert (acre.data / f"{names.pop()}.webp").read_bytes() == b"webp"
    acre.reader.answers[A.url] = got(b"two")
    acre.reader.readings[b"two"] = (entry("z", image="https://anh.vn/1.jpg"),)
    acre.clock.move(minutes=15)
    harvest.beat()
    assert [url for url, _, _ in acre.reader.asked] == [A.url, "https://anh.vn/1.jpg", A.url]


@pytest.mark.parametrize(
    ("fetched", "decoded"),
    [
        (HttpStatus("Không có.", 404), None),
        (got(b"jpeg"), PictureError("Hỏng.", "picture-damaged")),
        (got(b"jpeg"), ParseError("Quá tải.", "killed")),
    ],
)
def test_a_picture_that_cannot_be_had_leaves_its_story(acre: Field, fetched: Any, decoded: Any) -> None:
    acre.sow(A)
    acre.reader.answers |= {A.url: got(), "https://anh.vn/1.jpg": fetched}
    acre.reader.readings[b"one"] = (entry("x", title="Tin x", image="https://anh.vn/1.jpg"),)
    acre.reader.pictures[b"jpeg"] = decoded
    acre.harvest().beat()
    assert acre.titles("a") == ["Tin x"]
    assert acre.state("a").failures == 0


# many sources


@pytest.mark.parametrize(
    "broken",
    [TimedOut("Chậm.", "timeout"), ParseError("Không đọc được.", "xml"), RuntimeError("a bug"), MemoryError()],
)
def test_one_broken_source_stops_no_other(acre: Field, broken: Exception, logged: Logged) -> None:
    acre.sow(A, B)
    acre.reader.answers |= {A.url: broken, B.url: got()}
    acre.reader.readings[b"one"] = (entry("x", title="Tin x"),)
    harvest = acre.harvest()
    harvest.beat()
    harvest.beat()
    assert acre.titles("b") == ["Tin x"]
    if not isinstance(broken, FeedError):
        assert [line["source"] for line in logged if line["event"] == "harvest broke"] == ["a"]
        acre.clock.now = NOW + LEASE
        acre.reader.answers[A.url] = got()
        harvest.beat()
        assert acre.titles("a") == ["Tin x"]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


class Slow(FakeReader):
    """Every host holds its request until it is let go; how many of one host were asked at once is counted."""

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
            return got(b"", 304)
        with self.lock:
            self.now[at] = self.now.get(at, 0) + 1
            self.most[at] = max(self.most.get(at, 0), self.now[at])
            if sum(self.now.values()) == 2:
                self.both.set()
        assert self.go.wait(SOON)
        with self.lock:
            self.now[at] -= 1
            self.asked.append((url, etag, last_modified))
        return got(b"", 304)


def test_a_host_is_asked_one_thing_at_a_time_and_others_meanwhile(acre: Field, threads: ThreadPoolExecutor) -> None:
    others = [Source(f"k{n}", "K", "feed", f"https://khac.vn/{n}", trust="auto") for n in range(3)]
    mine = [source(f"s{n}") for n in range(3)]
    acre.sow(*mine, *others)
    slow = Slow()
    harvest = acre.harvest(slow, remote=threads)
    harvest.beat()
    assert slow.both.wait(SOON)
    acre.clock.move(minutes=6)  # the leases of what still waits run out: nothing is asked twice for that
    harvest.beat()
    slow.go.set()
    _until(harvest.beat, lambda: len(slow.asked) == 6)
    assert slow.most == {"tinh.example.vn": 1, "khac.vn": 1}
    assert sorted(url for url, _, _ in slow.asked) == sorted(one.url for one in (*mine, *others))


def test_files_do_not_wait_for_hosts_that_hang(acre: Field, threads: ThreadPoolExecutor) -> None:
    hanging = [Source(f"k{n}", "K", "feed", f"https://h{n}.vn/", trust="auto") for n in range(8)]
    acre.sow(*hanging, _file("tin.xml"))
    (acre.data / "tin.xml").write_bytes(b"one")
    slow = Slow()
    slow.readings[b"one"] = (entry("x", title="Tin x"),)
    acre.harvest(slow, remote=threads).beat()
    assert acre.titles("tep") == ["Tin x"]
    slow.go.set()


def _until(act: Callable[[], object], true: Callable[[], bool]) -> None:
    deadline, nobody = monotonic() + SOON, Event()
    while not true():
        assert monotonic() < deadline
        act()
        nobody.wait(0.02)


# the real reader


def _real(acre: Field) -> Harvest:
    return acre.harvest(FeedsReader())


def _at(told: Host, path: str = "/rss") -> Source:
    return Source("that", "Thật", "feed", told.url(path, name="127.0.0.1"), area="tinh", trust="auto")


def test_a_real_feed_over_http_and_its_304(acre: Field) -> None:
    first = says("200 OK", 'ETag: "v1"', "Content-Type: application/rss+xml", body=FEED)
    with host(in_turn(first, says("304 Not Modified"))) as told:
        acre.sow(_at(told))
        harvest = _real(acre)
        harvest.beat()
        held = acre.titles("that")
        assert len(held) > 3
        before = revision.current(acre.house.db)
        acre.clock.move(minutes=15)
        harvest.beat()
    assert b'If-None-Match: "v1"' in told.asked[-1]
    assert acre.titles("that") == held
    assert revision.current(acre.house.db) == before
    assert acre.state("that").failures == 0


def test_a_real_picture_is_re_encoded(acre: Field) -> None:
    def script(told: Host, connection: Any, request: bytes) -> None:
        picture = told.url("/anh.jpg", name="127.0.0.1")
        feed = f'<rss><channel><item><title>Kênh</title><guid>k</guid><enclosure url="{picture}" type="image/jpeg"/>'
        body = PICTURE if b"/anh.jpg" in request.split(b"\r\n")[0] else f"{feed}</item></channel></rss>".encode()
        says("200 OK", body=body)(told, connection, request)

    with host(script) as told:
        acre.sow(_at(told))
        _real(acre).beat()
    (story,) = stories.newest(acre.house.db, "that", most=9, not_before=NOW - 9 * A.every)
    assert story.image is not None
    assert (acre.data / f"{story.image}.webp").read_bytes()[8:12] == b"WEBP"


def test_a_private_address_that_is_not_allowed_is_refused_in_words(acre: Field) -> None:
    with host(says("200 OK", body=FEED)) as told:
        acre.sow(Source("noi-bo", "Nội bộ", "feed", f"http://127.0.0.2:{told.port}/", trust="auto"))
        _real(acre).beat()
        assert told.asked == []
    assert acre.state("noi-bo").failures == 1
    assert acre.state("noi-bo").last_error


def test_a_worker_killed_while_it_reads_loses_nothing_and_repeats_nothing(acre: Field) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + FEED[:300]
    with host(hangs(half)) as told:
        acre.sow(_at(told))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.worker.harvest.doomed_worker", str(acre.data)], cwd=ROOT
        )
        _until(process.poll, lambda: bool(told.asked))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    address = _at(told).url
    acre.reader.answers[address] = got()
    acre.reader.readings[b"one"] = (entry("x", title="Tin x"), entry("y", title="Tin y"))
    heir = acre.harvest(worker="heir")
    heir.beat()
    assert acre.reader.asked == []  # the lease of the dead one still runs
    acre.clock.move(seconds=LEASE.total_seconds())
    heir.beat()
    heir.beat()
    assert acre.reader.asked == [(address, "", "")]
    assert sorted(acre.titles("that")) == ["Tin x", "Tin y"]


def test_a_worker_that_lost_its_lease_overwrites_nothing(acre: Field) -> None:
    acre.sow(A)
    heir = acre.harvest(worker="heir")
    acre.reader.readings |= {b"one": (entry("x", title="Tin x"),)}

    class Overtaken(FakeReader):
        def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
            acre.clock.move(seconds=LEASE.total_seconds())
            heir.beat()
            return got(b"one", etag='"old"')

    acre.reader.answers[A.url] = got(b"one", etag='"new"')
    slow = Overtaken(readings=acre.reader.readings)
    late = acre.harvest(slow, worker="late")
    late.beat()
    assert acre.titles("a") == ["Tin x"]
    assert acre.state("a").etag == '"new"'
