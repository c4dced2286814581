"""Polls a Bảng Tin server as the workers of many communes do, without storing anything; started by bench/levels.py.

python -m bench._level_pollers ADDRESS AREA COUNT SECONDS

Each poller asks once in SECONDS, evenly spread: for the document of the server, then for the feed of AREA, each on a
new connection, with the ETag of its last answer and, after the first, ``since`` - by feeds.fetch, as the worker does.

"ready" is printed when all have polled once. For each line on standard input the requests since the last line are
printed as "NEW UNCHANGED FAILED BYTES".
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from time import monotonic
from urllib.parse import quote

from feeds import FeedError, FetchPolicy, fetch
from server.core.levels.items import WELL_KNOWN
from server.worker.levels.messages import read_document
from server.worker.levels.server_intake import OVERLAP

POLICY = FetchPolicy(allow_private=("127.0.0.0/8", "::1"))
THREADS = 8


class Counts:
    """Counts the answers of all pollers."""

    def __init__(self) -> None:
        self._lock, self._found = Lock(), Counter[str]()

    def add(self, **more: int) -> None:
        with self._lock:
            self._found.update(more)

    def taken(self) -> str:
        """The counts since the last call, as a line of text."""
        with self._lock:
            found, self._found = self._found, Counter()
        return " ".join(str(found[name]) for name in ("new", "unchanged", "failed", "size"))


class Poller:
    """One commune that reads the server; it remembers the ETags and the time of its last new feed."""

    def __init__(self, address: str, area: str, counts: Counts) -> None:
        self._address, self._area, self._counts = address, area, counts
        self._etags: dict[str, str] = {}
        self._feed = ""
        self._since: datetime | None = None

    def poll(self) -> None:
        try:
            document = self._ask(f"{self._address}{WELL_KNOWN}", "document")
            if document:
                self._feed = next(one.feed for one in read_document(document).areas if one.slug == self._area)
            now = datetime.now(UTC)
            if self._ask(self._with_since(), "feed"):
                self._since = now
        except FeedError:
            self._counts.add(failed=1)

    def _with_since(self) -> str:
        if self._since is None:
            return self._feed
        hour = (self._since - OVERLAP).replace(minute=0, second=0, microsecond=0)
        return f"{self._feed}?since={quote(hour.isoformat())}"

    def _ask(self, address: str, what: str) -> bytes:
        """The new content; empty if it is unchanged."""
        got = fetch(address, POLICY, etag=self._etags.get(what, ""), last_modified="")
        if got.status == 304:
            self._counts.add(unchanged=1)
            return b""
        self._etags[what] = got.etag
        self._counts.add(new=1, size=len(got.body))
        return got.body


def main(address: str, area: str, count: int, seconds: float) -> None:
    counts, never = Counts(), Event()
    pollers = [Poller(address, area, counts) for _ in range(count)]

    def answer() -> None:
        for _ in sys.stdin:
            print(counts.taken(), flush=True)

    Thread(target=answer, daemon=True).start()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(Poller.poll, pollers))
        print("ready", flush=True)
        due, number = monotonic(), 0
        while True:
            due += seconds / count
            never.wait(max(0.0, due - monotonic()))
            pool.submit(pollers[number % count].poll)
            number += 1


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
