"""Describes an action that waits for a second factor: who requested it and when; called by reauthenticate and access.

The page that asks for the code contains the description as a signed form field and posts it again with the action. So
the server does not store the action, and it refuses an action that is old, was requested by another person, is done
already or concerns an object that has changed meanwhile.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from threading import Lock
from typing import Literal

from flask import Flask, Response, current_app, g, request, session
from itsdangerous import BadSignature, URLSafeSerializer

from server.core.times import from_ms, to_ms
from server.desk.web.context import desk
from server.desk.web.return_address import referring_page
from server.store.audit import audit
from server.store.people.sign_ins import AHEAD

FIELD = "factor_act"
"""The name of the form field with the signed description of the action."""
LASTS = timedelta(minutes=5)
# How many finished actions a session remembers, so that the Back button and a second submit do not repeat them.
_MOST_DONE = 12
_SESSION = "acts_done"

Refusal = Literal["old", "foreign", "done", "changed"]


@dataclass(frozen=True, slots=True)
class PendingAct:
    """An action that waits for a second factor, as it was requested.

    ``key`` is a random name; ``person`` is the id of the person who requested the action; ``at`` is the time of the
    request in ms since 1970 UTC; ``newest`` is the id of the newest audit record at that time; ``back`` is the
    address of the page that was open.
    """

    key: str
    person: int
    at: int
    newest: int
    back: str


def begin() -> PendingAct:
    """Describes the action of the current request, requested by the current user now."""
    return PendingAct(
        secrets.token_hex(8), desk.person().id, to_ms(desk.now()), audit.newest(desk.db), referring_page()
    )


def written(act: PendingAct) -> str:
    """Returns the signed text of ``act`` for the form field FIELD."""
    return str(_signer(current_app).dumps(asdict(act)))


def posted() -> PendingAct | None:
    """Returns the action that the form field FIELD of the request describes.

    None if the field is missing or wrongly signed; the caller treats this as an action that is requested for the
    first time.
    """
    try:
        return PendingAct(**_signer(current_app).loads(request.form.get(FIELD, "")))
    except (BadSignature, TypeError):
        return None


def refusal(act: PendingAct, subject: str, parameters: Mapping[str, object]) -> Refusal | None:
    """Returns the reason why the action must be refused now; None if it may be done.

    ``subject`` is the pattern of the object's audit name that the route declares (`rights.Need`); ``parameters`` are
    the values of the route's parameters.
    """
    if act.person != desk.person().id:
        return "foreign"
    if act.key in session.get(_SESSION, ()):
        return "done"
    if not -AHEAD <= desk.now() - from_ms(act.at) <= LASTS:
        return "old"
    if subject and audit.changed_since(desk.db, subject.format(**parameters), act.newest):
        return "changed"
    return None


def take(act: PendingAct) -> bool:
    """Reserves the action for the current request; False if another request has reserved or done it.

    `settle` ends the reservation at the end of the request.
    """
    if not _taken().add(act.key):
        return False
    g.taken_act = act.key
    return True


def settle(done: bool) -> None:
    """Keeps the reservation that `take` made in this request if the action was done, else releases it.

    No effect without a reservation. An action that was done is remembered in the session, against a later repetition.
    It stays reserved in this process, against a second submit at the same moment. If it was not done, the user may
    try it again.
    """
    key = g.pop("taken_act", None)
    if key is None:
        return
    if done:
        session[_SESSION] = [*session.get(_SESSION, ()), key][-_MOST_DONE:]
    else:
        _taken().remove(key)


def settle_every_act(app: Flask) -> None:
    """Makes ``app`` call `settle` after every request; an action counts as done if the status is below 400."""

    @app.after_request
    def answered(answer: Response) -> Response:
        settle(answer.status_code < 400)
        return answer

    @app.teardown_request
    def ended(_: BaseException | None) -> None:
        settle(False)  # no effect after ``answered``; after an exception, which made no answer, frees the action


class _Taken:
    """The keys of the last thousand actions that were reserved or done in this process; thread-safe."""

    def __init__(self) -> None:
        self._lock, self._keys = Lock(), deque[str](maxlen=1_000)

    def add(self, key: str) -> bool:
        """Adds a key; False if it is there already."""
        with self._lock:
            if key in self._keys:
                return False
            self._keys.append(key)
            return True

    def remove(self, key: str) -> None:
        """Removes a key; no effect if it is not there."""
        with self._lock, suppress(ValueError):
            self._keys.remove(key)


def _taken() -> _Taken:
    taken: _Taken = current_app.extensions.setdefault("taken acts", _Taken())
    return taken


def _signer(app: Flask) -> URLSafeSerializer:
    return URLSafeSerializer(str(app.secret_key), salt="pending act")
