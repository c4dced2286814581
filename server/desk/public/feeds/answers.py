"""Answers requests for public files, and caches the files until the boards change; called by this package's views.

The cache is `KeptFiles`. Clients may keep an answer, but must revalidate it each time (no-cache), by its ETag or by
Last-Modified.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import cast

from flask import Response, current_app, request

from server.content.public_feeds.kept_files import KeptFiles, Made
from server.desk.public.holding import hold
from server.desk.web.context import desk
from server.store.database import revision

_SECOND = timedelta(seconds=1)


def answer(name: str, make: Callable[[], Made], links: str = "") -> Response:
    """Returns a response with the file called ``name``; 304 if the client has the current one already.

    ``make`` makes the file from the store; it is called only if the cached file is not valid any more. ``links`` is
    the value of the header Link, "" for none.
    """
    files: KeptFiles = current_app.extensions.setdefault("public_feeds", KeptFiles())
    now, epoch = desk.now(), revision.epoch(desk.db)
    # The revision is read before the store, so that a change in between makes the file once more, never one too few.
    kept = files.file(name, revision.current(desk.db), now, make)
    response = Response(kept.made.body, content_type=kept.made.kind)
    hold(response, epoch, kept.revision, kept.until)
    response.set_etag(kept.etag)
    if links:
        response.headers["Link"] = links
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
