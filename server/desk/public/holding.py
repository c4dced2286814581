"""Says how long a public answer holds, so that the server may keep its bytes; decorates the views of desk.public.

An answer holds while the store's revision stays, and at most until the next moment at which time alone may change it:
a window that opens or closes, a notice that ends. server.live.ops.public_cache keeps it for that long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import ParamSpec, cast

from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue

from server.core.times import to_ms
from server.desk.web.context import desk
from server.security_headers import HOLDS_HEADER
from server.store.database import revision

LONGEST = timedelta(seconds=60)
Parameters = ParamSpec("Parameters")


def kept(view: Callable[Parameters, ResponseReturnValue]) -> Callable[Parameters, Response]:
    """Makes a view's answer one that the server keeps and browsers ask for again each time.

    The revision is read before the content, so a change meanwhile makes the answer void and never stale.
    """

    @wraps(view)
    def answered(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Response:
        epoch, read_at = revision.epoch(desk.db), revision.current(desk.db)
        g.holds_until = desk.now() + LONGEST
        answer = make_response(view(*args, **kwargs))
        hold(answer, epoch, read_at, g.holds_until)
        # "no-cache": a browser may keep it, but asks each time, so that nothing expired is shown from its memory.
        answer.headers["Cache-Control"] = "public, no-cache"
        answer.vary.add("Cookie")  # the language is in a cookie
        answer.set_etag(sha256(answer.get_data()).hexdigest()[:32])
        return cast(Response, answer.make_conditional(request)) if answer.status_code == 200 else answer

    return answered


def hold(answer: Response, epoch: str, read_at: int, until: datetime) -> None:
    """Tells the server that an answer made from the store at ``epoch`` and revision ``read_at`` holds ``until``."""
    answer.headers[HOLDS_HEADER] = f"{epoch} {read_at} {to_ms(until)}"


def changes_at(moments: Iterable[datetime | None]) -> None:
    """Tells that time alone may change the answer of this request at ``moments``; those of the past do not count."""
    now = desk.now()
    g.holds_until = min([g.holds_until, *(at for at in moments if at is not None and at > now)])
