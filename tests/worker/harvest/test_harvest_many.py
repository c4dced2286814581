"""The harvest of many sources, with fakes and with real hosts: no source delays or breaks another one."""

# ruff: noqa: ARG002 - a fake has the whole signature of what it replaces
from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from feeds.download.http import Fetched
from feeds.download.request import FetchPolicy
from feeds.errors import FeedError, ParseError, TimedOut
from server.core.model import Source
from server.processes.feeds_reader import FeedsReader
from server.store.database import revision
from server.store.sources import story_queries
from server.worker.harvest.harvest import LEASE, Harvest
from tests.cast import NOW, entry, source
from tests.feeds.hosts import Host, hangs, host, in_turn, responds
from tests.paths import ROOT
from tests.worker.harvest.support import (
    SOON,
    A,
    B,
    BlockingFeeds,
    FakeFeeds,
    HarvestCase,
    Logged,
    fetched,
    file_source,
    wait_until,
)

FEED = (ROOT / "feeds/samples/tin.xml").read_bytes()
PICTURE = (ROOT / "feeds/samples/pictures/kenh-muong.jpg").read_bytes()


@pytest.mark.parametrize(
    "broken",
    [TimedOut("Chậm.", "timeout"), ParseError("Không đọc được.", "xml"), RuntimeError("a bug"), MemoryError()],
)
def test_an_error_in_one_source_does_not_stop_others(case: HarvestCase, broken: Exception, logged: Logged) -> None:
    case.seed(A, B)
    case.reader.answers |= {A.url: broken, B.url: fetched()}
    case.reader.readings[b"one"] = (entry("x", title="Tin x"),)
    harvest = case.harvest()
    harvest.tick()
    harvest.tick()
    assert case.titles("b") == ["Tin x"]
    if not isinstance(broken, FeedError):
        assert [line["source"] for line in logged if line["event"] == "harvest broke"] == ["a"]
        case.clock.now = NOW + LEASE
        case.reader.answers[A.url] = fetched()
        harvest.tick()
        assert case.titles("a") == ["Tin x"]


def test_a_host_gets_one_request_at_a_time_while_others_are_read(
    case: HarvestCase, threads: ThreadPoolExecutor
) -> None:
    others = [Source(f"k{n}", "K", "feed", f"https://khac.vn/{n}", trust="auto") for n in range(3)]
    mine = [source(f"s{n}") for n in range(3)]
    case.seed(*mine, *others)
    blocking = BlockingFeeds()
    harvest = case.harvest(blocking, remote=threads)
    harvest.tick()
    assert blocking.both.wait(SOON)
    case.clock.move(minutes=6)  # the leases of waiting sources expire, but they must not be fetched twice
    harvest.tick()
    blocking.go.set()
    wait_until(harvest.tick, lambda: len(blocking.asked) == 6)
    assert blocking.most == {"tinh.example.vn": 1, "khac.vn": 1}
    assert sorted(url for url, _, _ in blocking.asked) == sorted(one.url for one in (*mine, *others))


def test_files_do_not_wait_for_hosts_that_hang(case: HarvestCase, threads: ThreadPoolExecutor) -> None:
    hanging = [Source(f"k{n}", "K", "feed", f"https://h{n}.vn/", trust="auto") for n in range(8)]
    case.seed(*hanging, file_source("tin.xml"))
    (case.data / "tin.xml").write_bytes(b"one")
    blocking = BlockingFeeds()
    blocking.readings[b"one"] = (entry("x", title="Tin x"),)
    case.harvest(blocking, remote=threads).tick()
    assert case.titles("tep") == ["Tin x"]
    blocking.go.set()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


# real hosts


def _real(case: HarvestCase) -> Harvest:
    return case.harvest(FeedsReader())


def _at(server: Host, path: str = "/rss") -> Source:
    return Source("that", "Thật", "feed", server.url(path, name="127.0.0.1"), area="tinh", trust="auto")


def test_a_real_feed_over_http_and_its_304(case: HarvestCase) -> None:
    first = responds("200 OK", 'ETag: "v1"', "Content-Type: application/rss+xml", body=FEED)
    with host(in_turn(first, responds("304 Not Modified"))) as server:
        case.seed(_at(server))
        harvest = _real(case)
        harvest.tick()
        stored = case.titles("that")
        assert len(stored) > 3
        before = revision.current(case.house.db)
        case.clock.move(minutes=15)
        harvest.tick()
    assert b'If-None-Match: "v1"' in server.asked[-1]
    assert case.titles("that") == stored
    assert revision.current(case.house.db) == before
    assert case.state("that").failures == 0


def test_a_real_picture_is_re_encoded(case: HarvestCase) -> None:
    def script(server: Host, connection: socket.socket, request: bytes) -> None:
        picture = server.url("/anh.jpg", name="127.0.0.1")
        feed = f'<rss><channel><item><title>Kênh</title><guid>k</guid><enclosure url="{picture}" type="image/jpeg"/>'
        body = PICTURE if b"/anh.jpg" in request.split(b"\r\n")[0] else f"{feed}</item></channel></rss>".encode()
        responds("200 OK", body=body)(server, connection, request)

    with host(script) as server:
        case.seed(_at(server))
        _real(case).tick()
    (story,) = story_queries.of_source(case.house.db, "that", most=9)
    assert story.image is not None
    assert (case.data / f"{story.image}.webp").read_bytes()[8:12] == b"WEBP"


def test_a_private_address_that_is_not_allowed_is_refused_with_a_message(case: HarvestCase) -> None:
    with host(responds("200 OK", body=FEED)) as server:
        case.seed(Source("noi-bo", "Nội bộ", "feed", f"http://127.0.0.2:{server.port}/", trust="auto"))
        _real(case).tick()
        assert server.asked == []
    assert case.state("noi-bo").failures == 1
    assert case.state("noi-bo").last_error


def test_the_source_of_a_killed_worker_is_read_once_after_its_lease(case: HarvestCase) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + FEED[:300]
    with host(hangs(half)) as server:
        case.seed(_at(server))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.worker.harvest.doomed_worker", str(case.data)], cwd=ROOT
        )
        wait_until(process.poll, lambda: bool(server.asked))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    address = _at(server).url
    case.reader.answers[address] = fetched()
    case.reader.readings[b"one"] = (entry("x", title="Tin x"), entry("y", title="Tin y"))
    successor = case.harvest(worker="successor")
    successor.tick()
    assert case.reader.asked == []  # the killed worker's lease is still valid
    case.clock.move(seconds=LEASE.total_seconds())
    successor.tick()
    successor.tick()
    assert case.reader.asked == [(address, "", "")]
    assert sorted(case.titles("that")) == ["Tin x", "Tin y"]


def test_a_worker_without_its_lease_does_not_overwrite(case: HarvestCase) -> None:
    case.seed(A)
    successor = case.harvest(worker="successor")
    case.reader.readings |= {b"one": (entry("x", title="Tin x"),)}

    class Overtaken(FakeFeeds):
        def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
            case.clock.move(seconds=LEASE.total_seconds())
            successor.tick()
            return fetched(b"one", etag='"old"')

    case.reader.answers[A.url] = fetched(b"one", etag='"new"')
    late_feeds = Overtaken(readings=case.reader.readings)
    late = case.harvest(late_feeds, worker="late")
    late.tick()
    assert case.titles("a") == ["Tin x"]
    assert case.state("a").etag == '"new"'
