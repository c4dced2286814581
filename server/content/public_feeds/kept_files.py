"""Caches public files until the boards change; used by desk.public.feeds and topics.

A cached file is used until the store changes or an item begins or ends, at most for a minute, so nobody can read an
item that was withdrawn or is over.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

MOST_BYTES = 900_000
"""How long a file may be."""
LONGEST_KEPT = timedelta(minutes=1)
MOST_KEPT_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class Made:
    """A newly made public file: its ``body`` and its media type ``kind``.

    ``changes`` is the next time at which the file changes although the store does not; None if there is none.
    """

    body: bytes
    kind: str
    changes: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A cached file, valid while the store has the revision ``revision``, from ``since`` until ``until``.

    ``changed`` is the time at which the file was first made with these bytes.
    """

    made: Made
    etag: str
    changed: datetime
    revision: int
    since: datetime
    until: datetime


class KeptFiles:
    """A thread-safe cache of the files that were made last.

    Removes the oldest files while all together exceed `MOST_KEPT_BYTES`; the newest file is always kept.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, KeptFile] = OrderedDict()
        self._lock = Lock()
        self._bytes = 0

    def file(self, name: str, at: int, now: datetime, make: Callable[[], Made]) -> KeptFile:
        """Returns the file called ``name``, from the cache if it is valid at revision ``at`` and time ``now``.

        Otherwise calls ``make`` and caches its result.
        """
        with self._lock:
            known = self._kept.get(name)
        if known and known.revision == at and known.since <= now < known.until:
            return known
        made = make()
        etag = sha256(made.body).hexdigest()[:32]
        changed = known.changed if known and known.etag == etag and known.changed <= now else now
        until = min(made.changes or now + LONGEST_KEPT, now + LONGEST_KEPT)
        found = KeptFile(made, etag, changed, at, now, until)
        self._put(name, found)
        return found

    def _put(self, name: str, found: KeptFile) -> None:
        with self._lock:
            before = self._kept.pop(name, None)
            self._bytes += len(found.made.body) - (len(before.made.body) if before else 0)
            self._kept[name] = found
            while self._bytes > MOST_KEPT_BYTES and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped.made.body)
