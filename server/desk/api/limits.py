"""Limits how many requests an API key may send in a minute; called by v1.blueprint before each operation.

The limits are token buckets, which are in the store (store.api.buckets). For reading requests, this module takes
several units out of a bucket at once and keeps the unused ones in memory for HELD, so that not every request writes
to the store. While the store cannot be written, every request is let through: the limit must not be the reason why a
notice does not reach a board.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Literal

import structlog
from flask import Response, current_app, request

from server.desk.web.context import desk
from server.desk.web.error_pages import api_message
from server.desk.web.problems import problem
from server.store.api import buckets
from server.store.database.errors import StoreError

log = structlog.get_logger("api")

Kind = Literal["read", "write", "state"]
READS_AT_ONCE = 20
"""How many reads are taken out of the bucket at a time."""
HELD = timedelta(seconds=10)
"""After this time, requests that were taken out and not used are lost."""
_EXTENSION = "bangtin-api-limits"


@dataclass(slots=True)
class _Held:
    """Requests that were taken out of a bucket and are not used yet, in memory; thread-safe.

    ``counts`` maps (id of the API key, kind of request) to how many they are and until when they may be used.
    """

    counts: dict[tuple[int, Kind], tuple[int, datetime]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def use(self, token: int, kind: Kind, now: datetime) -> bool:
        """Uses up one of the requests taken out before; returns False if none is left or their time is over."""
        with self.lock:
            count, until = self.counts.get((token, kind), (0, now))
            if not count or not now < until <= now + HELD:
                return False
            self.counts[token, kind] = count - 1, until
            return True

    def add(self, token: int, kind: Kind, count: int, now: datetime) -> None:
        with self.lock:
            self.counts[token, kind] = count, now + HELD


def refusal(token: int) -> Response | None:
    """Returns None if the API key with the id ``token`` may send the current request now.

    Otherwise returns an answer 429, whose header Retry-After says in how many seconds it may.
    """
    reads = request.method in ("GET", "HEAD")
    # PUT reports a whole state, as often as once a second, so it has a bucket of its own, as large as that of reads.
    states = request.method == "PUT"
    kind: Kind = "read" if reads else "state" if states else "write"
    held: _Held = current_app.extensions.setdefault(_EXTENSION, _Held())
    now = desk.now()
    if held.use(token, kind, now):
        return None
    section = desk.config.api
    per_minute = section.reads_per_minute if reads or states else section.writes_per_minute
    most = min(READS_AT_ONCE, per_minute) if reads or states else 1
    try:
        taken = buckets.take(desk.db, token, kind, per_minute=per_minute, most=most, now=now)
    except StoreError as error:
        log.warning("limit not checked", error=str(error))
        return None
    if taken.count:
        held.add(token, kind, taken.count - 1, now)
        return None
    made = problem(429, api_message(429))
    made.headers["Retry-After"] = str(taken.seconds)
    return made
