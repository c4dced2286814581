"""Keeps a request that is sent twice with the same Idempotency-Key from taking effect twice; called by v1.blueprint.

The second request gets the stored answer to the first one. The header is optional. Each API key has Idempotency-Keys
of its own: two programs may use the same text.
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
    """Returns None if the view may run, else the answer to send instead. ``token`` is the API key's id.

    The answer is the stored one if the same request was answered before; 400 for a malformed Idempotency-Key, 422 if
    it was used for another request, 409 while the first request with it is running. Requests by GET and HEAD, and
    those without the header, may always run.
    """
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
    """Returns the Idempotency-Key of the current request; "" if it has none."""
    given: tuple[int, str] | None = g.get("idempotency")
    return given[1] if given else ""


def forget() -> None:
    """Drops what is stored of the current request, so that not even a digest of its body is kept."""
    given: tuple[int, str] | None = g.pop("idempotency", None)
    if given is not None:
        requests.drop(desk.db, *given)


def end(made: Response) -> None:
    """Stores the answer ``made`` under the Idempotency-Key of the current request, if it has one.

    An answer with a status of 500 or above is not stored, so that the client may send the request again.
    """
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
    """Returns a SHA-256 digest, in hex, of the method, the address and the body of the current request.

    Of a multipart form, only the length of the body is used, so that an uploaded file need not be read into memory.
    """
    sent = str(request.content_length).encode() if request.mimetype == "multipart/form-data" else request.get_data()
    return hashlib.sha256(b"\n".join((request.method.encode(), request.full_path.encode(), sent))).hexdigest()
