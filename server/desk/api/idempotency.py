"""Answers a request that is sent twice with the same Idempotency-Key only once; called by v1.blueprint.

Clients may leave the header out. The keys are those of one API token: another token's are not known to it.
"""

from __future__ import annotations

import hashlib
import re

import structlog
from flask import Response, g, request

from server.desk.api.words import say
from server.desk.web.context import desk
from server.desk.web.problems import problem
from server.store.api import requests
from server.store.database.errors import StoreError

log = structlog.get_logger("api")

HEADER = "Idempotency-Key"
PATTERN = "^[!-~]{1,200}$"
_KEY = re.compile(PATTERN)
_WAIT_SECONDS = "2"


def begin(token: int) -> Response | None:
    """None if the request may run; else the answer to the first request under its key, or why it may not run."""
    given = request.headers.get(HEADER)
    if given is None or request.method in ("GET", "HEAD"):
        return None
    if not _KEY.fullmatch(given):
        return problem(400, say("idempotency key wrong"))
    digest = _digest()
    earlier = requests.begin(desk.db, token, given, digest, desk.now())
    if earlier is None:
        g.idempotency = token, given
        return None
    if earlier.digest != digest:
        return problem(422, say("idempotency key used"))
    if earlier.status is None:
        made = problem(409, say("idempotency key running"))
        made.headers["Retry-After"] = _WAIT_SECONDS
        return made
    return Response(earlier.body, earlier.status, content_type=earlier.type, headers={"Idempotent-Replayed": "true"})


def key() -> str:
    """The Idempotency-Key of the running request, "" if it has none."""
    given: tuple[int, str] | None = g.get("idempotency")
    return given[1] if given else ""


def end(made: Response) -> None:
    """Keeps the answer. A failure of the server is not kept, so that the request may be sent again."""
    given: tuple[int, str] | None = g.pop("idempotency", None)
    if given is None:
        return
    try:
        if made.status_code >= 500:
            requests.drop(desk.db, *given)
        else:
            requests.end(desk.db, *given, status=made.status_code, type=made.content_type or "", body=made.get_data())
    except StoreError as error:
        log.warning("answer not kept", error=str(error))


def _digest() -> str:
    """A hash of what was sent; of a file only its length, so that it need not be read into memory."""
    sent = str(request.content_length).encode() if request.mimetype == "multipart/form-data" else request.get_data()
    return hashlib.sha256(b"\n".join((request.method.encode(), request.full_path.encode(), sent))).hexdigest()
