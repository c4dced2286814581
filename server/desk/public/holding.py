"""Says how long a public answer stays valid, so that the server may cache it; used by the views of desk.public.

An answer is valid as long as the store's revision does not change, and at most until the next moment at which the
passing of time alone may change it: a period of showing begins or ends, a notice ends. server.live.ops.public_cache
keeps it for that long.
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
    """A decorator: the server caches the view's answer, and browsers revalidate it each time.

    The answer is valid for at most `LONGEST`. The revision is read before the view runs, so a change of the store
    meanwhile makes the answer invalid.
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
    """Adds the header that tells the server until when the answer is valid.

    ``epoch`` and ``read_at`` are the epoch and the revision of the store from which the answer was made.
    """
    answer.headers[HOLDS_HEADER] = f"{epoch} {read_at} {to_ms(until)}"


def changes_at(moments: Iterable[datetime | None]) -> None:
    """Called by a view under `kept`: the passing of time may change its answer at ``moments``.

    The answer is then valid only until the first of them; None and moments in the past are ignored.
    """
    now = desk.now()
    g.holds_until = min([g.holds_until, *(at for at in moments if at is not None and at > now)])
