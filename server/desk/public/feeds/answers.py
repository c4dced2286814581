"""Answers requests for public files, and caches the files until the boards change; called by this package's views.

A cached file is used until the store changes or an item begins or ends, at most for a minute, so nobody can read an
item that was withdrawn or is over. Clients may keep an answer, but must revalidate it each time (no-cache), by its
ETag or by Last-Modified.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from threading import Lock
from typing import cast

from flask import Response, current_app, request

from server.desk.public.holding import hold
from server.desk.web.context import desk
from server.store.database import revision

MOST_BYTES = 900_000
"""How long a file may be."""
LONGEST_KEPT = timedelta(minutes=1)
MOST_KEPT_BYTES = 32_000_000
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Made:
    """A file as a view has made it: its ``body`` and its media type ``kind``.

    ``changes`` is when the passing of time alone will next change it, None if never.
    """

    body: bytes
    kind: str
    changes: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    """A cached file, valid while the store has the revision ``revision``, from ``since`` until ``until``.

    ``changed`` is when its bytes were first seen to differ from the bytes before.
    """

    made: Made
    etag: str
    changed: datetime
    revision: int
    since: datetime
    until: datetime


class KeptFiles:
    """A thread-safe cache of the files that were requested last, with at most `MOST_KEPT_BYTES` in all."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()
        self._bytes = 0

    def file(self, name: str, at: int, now: datetime, make: Callable[[], Made]) -> _Kept:
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
        found = _Kept(made, etag, changed, at, now, until)
        self._put(name, found)
        return found

    def _put(self, name: str, found: _Kept) -> None:
        with self._lock:
            before = self._kept.pop(name, None)
            self._bytes += len(found.made.body) - (len(before.made.body) if before else 0)
            self._kept[name] = found
            while self._bytes > MOST_KEPT_BYTES and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped.made.body)


def answer(name: str, make: Callable[[], Made]) -> Response:
    """Returns a response with the file called ``name``; 304 if the client has the current one already.

    ``make`` makes the file from the store; it is called only if the cached file is not valid any more.
    """
    files: KeptFiles = current_app.extensions.setdefault("public_feeds", KeptFiles())
    now, epoch = desk.now(), revision.epoch(desk.db)
    # The revision is read before the store, so that a change in between makes the file once more, never one too few.
    kept = files.file(name, revision.current(desk.db), now, make)
    response = Response(kept.made.body, content_type=kept.made.kind)
    hold(response, epoch, kept.revision, kept.until)
    response.set_etag(kept.etag)
    # A time of change is exact to the second. Within that second the file may change again, so it is not told yet.
    if now - kept.changed.replace(microsecond=0) >= _SECOND:
        response.last_modified = kept.changed
    return cast(Response, _open_to_all(response, "public, no-cache").make_conditional(request))


def refused(status: HTTPStatus, sentence: object) -> Response:
    """Returns an answer in plain text with this status; its one sentence says why there is no file."""
    made = Response(f"{sentence}\n", status, content_type="text/plain; charset=utf-8")
    return _open_to_all(made, "no-store")


def _open_to_all(response: Response, age: str) -> Response:
    response.headers["Cache-Control"] = age
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
