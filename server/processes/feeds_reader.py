"""Connects the harvest to the library `feeds`: downloads here, parsing in child processes; called by worker."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from feeds.download.http import Fetched, fetch
from feeds.download.request import FetchPolicy
from feeds.entry import Picture, Reading
from feeds.formats.cap.document import CapIndex
from feeds.sandbox.isolate import SandboxPool
from feeds.selectors import Selectors
from server.worker.harvest.harvest import HarvestPools
from server.worker.harvest.thread_pools import ThreadPool

CHILDREN = 4


class FeedsReader:
    """Implements FeedClient and CapClient with the library `feeds`.

    Downloads run in this process; parsing and re-encoding of pictures run in child processes.
    """

    def __init__(self) -> None:
        self._sandbox = SandboxPool(CHILDREN)

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        return fetch(url, policy, etag=etag, last_modified=last_modified)

    def read(
        self, body: bytes, *, address: str, content_type: str, zone: str, now: datetime, page: Selectors | None
    ) -> Reading:
        return self._sandbox.read(body, address=address, content_type=content_type, zone=zone, now=now, page=page)

    def article(self, body: bytes, *, address: str, content_type: str) -> tuple[str, str | None, str]:
        return self._sandbox.article(body, address=address, content_type=content_type)

    def read_cap(self, body: bytes, *, address: str, content_type: str, zone: str, certificate: str) -> CapIndex:
        return self._sandbox.read_cap(
            body, address=address, content_type=content_type, zone=zone, certificate=certificate
        )

    def picture(self, body: bytes) -> Picture:
        return self._sandbox.picture(body)


def pools() -> HarvestPools:
    """Creates the thread pools for file sources, for hosts, and for hosts that failed last time.

    Each pool reads at most ``total_limit`` sources at a time. Of these at most ``active_limit`` may have taken less
    than a few seconds so far, so that slow sources do not delay others (see ThreadPool).
    """
    return HarvestPools(
        files=ThreadPool(ThreadPoolExecutor(2, "files"), active_limit=2, total_limit=2),
        healthy=ThreadPool(ThreadPoolExecutor(24, "hosts"), active_limit=4, total_limit=24),
        failing=ThreadPool(ThreadPoolExecutor(12, "failing"), active_limit=2, total_limit=12),
    )
